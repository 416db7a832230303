//! Handing an operation on: its file is all that another laptop needs to carry it on.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use crate::domain::operation::{Operation, Phase};

use super::error::JournalError;
use super::folder;
use super::operation_file;
use super::replay::{self, Replay};

/// An operation of a day has some 1500 polls; nothing of ours comes near this.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Takes a file in under its own name. Of a file that is here already the longer version wins, when one begins with
/// the other; everything else is a conflict, and both stay as they are.
pub(super) fn import(folder: &Path, from: &Path) -> Result<Operation, JournalError> {
    let size = fs::metadata(from).map_err(|error| JournalError::io("read", from, error))?.len();
    let unreadable = |why: String| Err(JournalError::Unreadable { path: from.to_owned(), why });
    if size > LARGEST {
        return unreadable(format!("is too large for an operation: {size} bytes"));
    }
    let bytes = fs::read(from).map_err(|error| JournalError::io("read", from, error))?;
    let Replay { operation, damage, .. } = replay::replay(&bytes).map_err(|error| error.of(from))?;
    if let Some(damage) = damage {
        return unreadable(format!("{damage}: have it exported again"));
    }
    if operation.phase == Phase::Planned {
        return unreadable(
            "it was not sent yet when it was exported, and whether it was since is only known there: have it exported \
             again"
                .to_owned(),
        );
    }
    let path = folder.join(folder::name_of(&operation));
    if path.exists() {
        return merge(&path, &bytes, operation);
    }
    let mut unseen = folder::unseen(folder)?;
    let written = unseen.write_all(&bytes).and_then(|()| unseen.as_file().sync_all());
    written.map_err(|error| JournalError::io("write", &path, error))?;
    folder::reveal(unseen, &path)?;
    Ok(operation)
}

fn merge(path: &Path, imported: &[u8], operation: Operation) -> Result<Operation, JournalError> {
    let io = |doing| move |error| JournalError::io(doing, path, error);
    let mut file = OpenOptions::new().append(true).open(path).map_err(io("open"))?;
    operation_file::lock(&file, path)?;
    let own = fs::read(path).map_err(io("read"))?;
    if own.starts_with(imported) {
        return replay::replay(&own).map(|it| it.operation).map_err(|error| error.of(path));
    }
    let Some(news) = imported.strip_prefix(own.as_slice()) else {
        return Err(JournalError::Conflict(operation.id()));
    };
    let written = file.write_all(news).and_then(|()| file.sync_all());
    written.map_err(io("write"))?;
    Ok(operation)
}
