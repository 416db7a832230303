//! The bytes of a file become an operation: the longest run of good records from its beginning.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use jiff::Timestamp;

use crate::domain::operation::{Operation, OperationEvent};

use super::driver::Driver;
use super::error::JournalError;
use super::record::{self, BadRecord};

/// What a file tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replay {
    /// The operation after its last good record.
    pub operation: Operation,
    /// Every event with its time, the first one included.
    pub events: Vec<(Timestamp, OperationEvent)>,
    /// Who wrote the last good record.
    pub writer: Driver,
    /// The machines on which its records were written.
    pub hosts: BTreeSet<String>,
    /// How many bytes the good records take.
    pub good: usize,
    /// What stands behind them.
    pub damage: Option<Damage>,
}

/// Bytes at the end of a file that are no record. What they said is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The line of the first bad record, counted from 1.
    pub line: usize,
    /// How many bytes are lost, the bad record and all behind it.
    pub bytes: usize,
}

/// Why a file tells no operation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct NoOperation {
    line: usize,
    why: String,
}

impl NoOperation {
    pub(super) fn of(&self, path: &Path) -> JournalError {
        JournalError::Unreadable { path: path.to_owned(), why: self.to_string() }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes from line {} on cannot be read", self.bytes, self.line)
    }
}

/// Reads a file.
///
/// # Errors
/// Its first record is damaged, one is of a newer version, or one cannot follow the one before it. Such a file is never
/// mended: what cannot be understood is not damage.
pub fn replay(bytes: &[u8]) -> Result<Replay, NoOperation> {
    let mut so_far: Option<Replay> = None;
    let mut at = 0;
    for (index, line) in bytes.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let number = index + 1;
        let no = |why: String| NoOperation { line: number, why };
        let record = match line.strip_suffix(b"\n").ok_or(BadRecord::Damaged).and_then(record::decode) {
            Ok(record) => record,
            Err(BadRecord::Foreign(why)) => return Err(no(BadRecord::Foreign(why).to_string())),
            Err(BadRecord::Damaged) => {
                let mut replay = so_far.ok_or_else(|| no("the first record is damaged".to_owned()))?;
                replay.damage = Some(Damage { line: number, bytes: bytes.len() - at });
                return Ok(replay);
            }
        };
        at += line.len();
        match (&mut so_far, record.event) {
            (None, event) => {
                let operation = Operation::begun(&event, record.at)
                    .ok_or_else(|| no(format!("begins with '{}' and not with a plan", event.name())))?;
                let events = vec![(record.at, event)];
                let hosts = BTreeSet::from([record.by.host.clone()]);
                so_far = Some(Replay { operation, events, writer: record.by, hosts, good: at, damage: None });
            }
            (Some(replay), event) => {
                replay.operation.apply(record.at, &event).map_err(|error| no(error.to_string()))?;
                replay.events.push((record.at, event));
                replay.hosts.insert(record.by.host.clone());
                replay.writer = record.by;
                replay.good = at;
            }
        }
    }
    so_far.ok_or_else(|| NoOperation { line: 1, why: "the file is empty".to_owned() })
}
