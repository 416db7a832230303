//! Handing an operation on: its file is all that another laptop needs to carry it on.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use crate::domain::operation::{Operation, Phase};

use super::error::JournalError;
use super::folder;
use super::operation_file;
use super::replay::{self, Replay};

/// Takes a file in under its own name. Of a file that is here already the longer version wins, when one begins with
/// the other; everything else is a conflict, and both stay as they are.
pub(super) fn import(folder: &Path, from: &Path) -> Result<Operation, JournalError> {
    let unreadable = |why: String| Err(JournalError::Unreadable { path: from.to_owned(), why });
    let bytes = folder::read(from)?;
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
    written.map_err(JournalError::io("write", &path))?;
    folder::reveal(unseen, &path)?;
    Ok(operation)
}

fn merge(path: &Path, imported: &[u8], operation: Operation) -> Result<Operation, JournalError> {
    let mut file = OpenOptions::new().append(true).open(path).map_err(JournalError::io("open", path))?;
    operation_file::lock(&file, path)?;
    let own = folder::read_own(path)?;
    if own.starts_with(imported) {
        return replay::replay(&own).map(|it| it.operation).map_err(|error| error.of(path));
    }
    let Some(news) = imported.strip_prefix(own.as_slice()) else {
        return Err(JournalError::Conflict(operation.id()));
    };
    let written = file.write_all(news).and_then(|()| file.sync_all());
    written.map_err(JournalError::io("write", path))?;
    Ok(operation)
}
