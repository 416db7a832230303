//! The directory of the operation files: for its owner only, with names that sort by time and tell what they hold.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::domain::operation::Operation;
use crate::domain::resource::ResourceId;

use super::error::JournalError;

/// The ending of operation files.
pub(super) const EXTENSION: &str = "jsonl";
/// An operation of a day has some 1500 polls; nothing of ours comes near this.
const LARGEST: u64 = 64 * 1024 * 1024;
/// Whoever holds its lock begins an operation.
const BEGINNING: &str = ".beginning.lock";
/// Beginning one takes two syncs. A disk may be slow, and several consoles may wait.
pub(super) const TRIES: u32 = 500;
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// Makes a directory and those above it, for their owner only, and refuses one that others may enter, that is somebody
/// else's, or that is only a link to one.
///
/// # Errors
/// It cannot be made, or is refused.
pub fn make_private(folder: &Path) -> Result<(), JournalError> {
    make(folder)?;
    check_private(folder)
}

/// Makes what is missing, and each name durable: a file is not there after a power failure when its directory is not.
fn make(folder: &Path) -> Result<(), JournalError> {
    if folder.as_os_str().is_empty() || folder.exists() {
        return Ok(());
    }
    let above = folder.parent().unwrap_or(Path::new(""));
    make(above)?;
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Ok(()) => sync(above),
        // Another console was quicker, or it is a link that leads nowhere, which the check tells.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(JournalError::io("create", folder)(error)),
    }
}

/// Refuses a directory in which others may have a hand.
pub(super) fn check_private(folder: &Path) -> Result<(), JournalError> {
    let metadata = fs::symlink_metadata(folder).map_err(JournalError::io("look at", folder))?;
    let refuse = |why: String| Err(JournalError::NotPrivate { path: folder.to_owned(), why });
    if metadata.is_symlink() {
        return refuse("is a link and not a directory".to_owned());
    }
    if !metadata.is_dir() {
        return refuse("is no directory".to_owned());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let mode = metadata.mode() & 0o777;
        if mode & 0o077 != 0 {
            return refuse(format!("others may enter it (mode {mode:o})"));
        }
        let own = rustix::process::geteuid().as_raw();
        if metadata.uid() != own {
            return refuse(format!("belongs to user {} and not to you (user {own})", metadata.uid()));
        }
    }
    Ok(())
}

/// The name of an operation's file: `<utc>_<kind>_<target>_<id>.jsonl`.
pub(super) fn name_of(operation: &Operation) -> String {
    let utc = operation.planned_at.strftime("%Y%m%dT%H%M%SZ");
    let work = &operation.intent.work;
    format!("{utc}_{}_{}_{}.{EXTENSION}", work.kind(), tame(work.instance()), operation.id())
}

/// An instance in the name of a file. Names of instances are letters, digits and hyphens; an imported file may say
/// anything.
fn tame(instance: &ResourceId) -> String {
    let tame = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' };
    instance.name().chars().take(50).map(tame).collect()
}

/// Whether a file may tell of this instance: its name says so, or is none that we give.
pub(super) fn may_be_of(path: &Path, instance: &ResourceId) -> bool {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    match name.split('_').collect::<Vec<_>>().as_slice() {
        [_, _, target, _] => target.eq_ignore_ascii_case(&tame(instance)),
        _ => true,
    }
}

/// What is named as an operation file, by name. Whether it is one is found out when it is read.
pub(super) fn operation_files(folder: &Path) -> Result<Vec<PathBuf>, JournalError> {
    let failed = JournalError::io("list", folder);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        let ours = path.extension().is_some_and(|ending| ending == EXTENSION) && !hidden;
        if ours {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// The bytes of an operation file of this directory. Nothing of ours makes links, and whoever opens a pipe waits for a
/// writer that never comes.
pub(super) fn read_own(path: &Path) -> Result<Vec<u8>, JournalError> {
    check_own(path)?;
    read(path)
}

/// Refuses what is no regular file.
pub(super) fn check_own(path: &Path) -> Result<(), JournalError> {
    let metadata = fs::symlink_metadata(path).map_err(JournalError::io("look at", path))?;
    if !metadata.is_file() {
        let why = "is no regular file".to_owned();
        return Err(JournalError::Unreadable { path: path.to_owned(), why });
    }
    Ok(())
}

/// The bytes of a file that may be anybody's: never more than an operation can have.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, JournalError> {
    let failed = JournalError::io("read", path);
    let mut bytes = Vec::new();
    File::open(path).map_err(failed)?.take(LARGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LARGEST {
        let why = format!("is too large for an operation: more than {LARGEST} bytes");
        return Err(JournalError::Unreadable { path: path.to_owned(), why });
    }
    Ok(bytes)
}

/// Waits until nobody else begins an operation in this directory. The lock ends with what is returned, or with the
/// process however that ends.
pub(super) fn begin_alone(folder: &Path, tries: u32) -> Result<File, JournalError> {
    let path = folder.join(BEGINNING);
    let failed = JournalError::io("lock", &path);
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path).map_err(failed)?;
    for _ in 0..tries {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => thread::sleep(BETWEEN_TRIES),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
    Err(failed(io::Error::new(
        io::ErrorKind::TimedOut,
        "another console has been beginning an operation for long",
    )))
}

/// Makes the names in a directory durable: a new file is not there after a power failure until this was done.
pub(super) fn sync(folder: &Path) -> Result<(), JournalError> {
    if cfg!(windows) {
        // Directories cannot be opened as files there; NTFS journals its names itself.
        return Ok(());
    }
    // What lies above a name alone is the directory that the process is in.
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(JournalError::io("sync", folder))
}

/// A new file that nobody sees yet: with a name that lists pass over, 0600, deleted when it is dropped.
pub(super) fn unseen(folder: &Path) -> Result<tempfile::NamedTempFile, JournalError> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".").suffix(".new").append(true);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600));
    builder.tempfile_in(folder).map_err(JournalError::io("create a file in", folder))
}

/// Keeps a head line and a body in place of the file at `path`, which lies in `folder`. Whoever reads sees the old file or the new one, whole.
///
/// # Errors
/// The disk says no; the file before stays.
pub(super) fn replace(folder: &Path, path: &Path, head: &str, body: &[u8]) -> Result<(), JournalError> {
    make_private(folder)?;
    let mut unseen = unseen(folder)?;
    let written = unseen
        .write_all(head.as_bytes())
        .and_then(|()| unseen.write_all(b"\n"))
        .and_then(|()| unseen.write_all(body))
        .and_then(|()| unseen.as_file().sync_data());
    written.map_err(JournalError::io("write", path))?;
    unseen.persist(path).map_err(JournalError::io("replace", path))?;
    Ok(())
}

/// Gives an unseen file its name, unless that is taken, and makes the name durable.
pub(super) fn reveal(unseen: tempfile::NamedTempFile, path: &Path) -> Result<File, JournalError> {
    let file = unseen.persist_noclobber(path).map_err(JournalError::io("create", path))?;
    if let Some(folder) = path.parent() {
        sync(folder)?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests;
