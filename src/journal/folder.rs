//! The directory of the operation files: for its owner only, with names that sort by time and tell what they hold.

use std::fs::{self, DirBuilder, File};
use std::path::{Path, PathBuf};

use crate::domain::operation::Operation;

use super::error::JournalError;

/// The ending of operation files.
pub(super) const EXTENSION: &str = "jsonl";

/// Makes the directory and those above it, for their owner only, and refuses one that others may enter.
pub(super) fn make_private(folder: &Path) -> Result<(), JournalError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| JournalError::io("create", folder, error))?;
    let metadata =
        fs::symlink_metadata(folder).map_err(|error| JournalError::io("look at", folder, error))?;
    let refuse = |why: String| Err(JournalError::NotPrivate { path: folder.to_owned(), why });
    if !metadata.is_dir() {
        return refuse("is a link and not a directory".to_owned());
    }
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
        if mode & 0o077 != 0 {
            return refuse(format!("others may enter it (mode {mode:o})"));
        }
    }
    Ok(())
}

/// The name of an operation's file: `<utc>_<kind>_<target>_<id>.jsonl`.
pub(super) fn name_of(operation: &Operation) -> String {
    let utc = operation.planned_at.strftime("%Y%m%dT%H%M%SZ");
    let work = &operation.intent.work;
    // Names of instances are letters, digits and hyphens; an imported file may say anything.
    let tame = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' };
    let target: String = work.instance().name().chars().take(50).map(tame).collect();
    format!("{utc}_{}_{target}_{}.{EXTENSION}", work.kind(), operation.id())
}

/// The operation files, by name. Links are passed over: nothing of ours makes them.
pub(super) fn operation_files(folder: &Path) -> Result<Vec<PathBuf>, JournalError> {
    let failed = |error| JournalError::io("list", folder, error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        let ours = path.extension().is_some_and(|ending| ending == EXTENSION) && !hidden;
        if ours && entry.file_type().map_err(failed)?.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Makes the names in a directory durable: a new file is not there after a power failure until this was done.
pub(super) fn sync(folder: &Path) -> Result<(), JournalError> {
    if cfg!(windows) {
        // Directories cannot be opened as files there; NTFS journals its names itself.
        return Ok(());
    }
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| JournalError::io("sync", folder, error))
}

/// A new file that nobody sees yet: with a name that lists pass over, 0600, deleted when it is dropped.
pub(super) fn unseen(folder: &Path) -> Result<tempfile::NamedTempFile, JournalError> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".").suffix(".new").append(true);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600));
    builder.tempfile_in(folder).map_err(|error| JournalError::io("create a file in", folder, error))
}

/// Gives an unseen file its name, unless that is taken, and makes the name durable.
pub(super) fn reveal(unseen: tempfile::NamedTempFile, path: &Path) -> Result<File, JournalError> {
    let file =
        unseen.persist_noclobber(path).map_err(|error| JournalError::io("create", path, error.error))?;
    if let Some(folder) = path.parent() {
        sync(folder)?;
    }
    Ok(file)
}
