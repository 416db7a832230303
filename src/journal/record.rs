//! One line of an operation file.
//!
//! `{"v":1,"at":"…","event":"…", … ,"by":{"pid":1,"host":"…"},"crc":"0123abcd"}` and a line feed. The checksum is the
//! CRC-32 of IEEE 802.3 over the bytes of the line before `,"crc":`, in eight lower-case hexadecimal digits. It is
//! always the last member and always written so, which lets a line be checked before it is parsed:
//!
//! `sed 's/,"crc":"[0-9a-f]*"}$//' | tr -d '\n' | crc32 /dev/stdin`

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::operation::OperationEvent;
use crate::domain::visible;

use super::driver::Driver;
use super::error::JournalError;

/// The version of the records that this program writes.
pub const VERSION: u32 = 1;

/// What stands on one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The version of the format.
    #[serde(rename = "v")]
    pub version: u32,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub event: OperationEvent,
    /// Who wrote it.
    pub by: Driver,
}

/// Why a line is no record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRecord {
    /// The checksum is missing or wrong: the line is not what was written.
    #[error("its checksum does not fit")]
    Damaged,
    /// The checksum fits, and this program does not understand it: it was written by a newer one.
    #[error("it was written by a newer lifeboat: {0}")]
    Foreign(String),
}

const SEAL: &str = ",\"crc\":\"";
const END: &str = "\"}";

/// The line of a record, with its line feed.
///
/// # Errors
/// The event cannot be written as JSON; a bug.
pub fn encode(record: &Record) -> Result<Vec<u8>, JournalError> {
    let line = serde_json::to_string(record).map_err(|error| JournalError::Unwritable(error.to_string()))?;
    // Whoever looks at the file with `cat` sees names that do nothing to the terminal.
    let mut line = visible::json(&line).into_owned().into_bytes();
    // The closing brace makes room for the last member.
    line.pop();
    seal(&mut line);
    Ok(line)
}

/// Closes a line that lacks its brace: with its checksum and its line feed.
pub(super) fn seal(line: &mut Vec<u8>) {
    let crc = crc32fast::hash(line);
    line.extend_from_slice(format!("{SEAL}{crc:08x}{END}\n").as_bytes());
}

/// The record of a line without its line feed.
///
/// # Errors
/// A line that was changed since, or one of a newer version.
pub fn decode(line: &[u8]) -> Result<Record, BadRecord> {
    let split = line.len().checked_sub(SEAL.len() + 8 + END.len()).ok_or(BadRecord::Damaged)?;
    let (body, seal) = line.split_at(split);
    if seal != format!("{SEAL}{:08x}{END}", crc32fast::hash(body)).as_bytes() {
        return Err(BadRecord::Damaged);
    }
    let foreign = |error: serde_json::Error| BadRecord::Foreign(error.to_string());
    let version: Version = serde_json::from_slice(line).map_err(foreign)?;
    if version.version != VERSION {
        return Err(BadRecord::Foreign(format!("version {}", version.version)));
    }
    serde_json::from_slice(line).map_err(foreign)
}

#[derive(Deserialize)]
struct Version {
    #[serde(rename = "v")]
    version: u32,
}
