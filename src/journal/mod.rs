//! Memory on disk: one append-only file per operation, and a cache of the inventory that may be thrown away.
//!
//! The files are the only truth about what was started from here. They are JSON lines that `grep`, `jq` and a
//! colleague can read; each line carries a checksum (see [`record`]), and each change of phase is on the disk before
//! anything else happens. Nothing here knows Azure: recovery works with no cloud.
//!
//! - [`record`]: one line, to and fro. Pure.
//! - [`replay`]: the bytes of a file become an operation, and damage becomes words. Pure.
//! - [`operation_file`]: the file that this process drives, with its lock.
//! - [`folder`]: the directory, for its owner only; and the lock under which operations begin.
//! - `exchange`: handing an operation on to another laptop.
//! - [`cache`]: the inventory as it was last seen. [`reports`]: what a person had written of it.
//! - [`drafts`]: what was chosen in a wizard and not sent yet.

pub mod cache;
pub mod commands;
pub mod drafts;
pub mod driver;
pub mod error;
mod exchange;
pub mod folder;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod operation_file;
pub mod record;
pub mod replay;
pub mod reports;

#[cfg(test)]
mod damage_tests;
#[cfg(test)]
mod tests;

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::domain::operation::{Intent, Operation, OperationEvent, OperationId, Phase};
use crate::domain::problem::Problem;
use crate::domain::provenance::Remembered;
use crate::domain::resource::ResourceId;
use crate::domain::unfinished::{Bar, Unfinished};

use driver::Driver;
use error::JournalError;
use operation_file::OperationFile;
use replay::{Damage, Replay};

/// The operation files of one state directory. Cheap to clone; holds no lock itself.
#[derive(Clone, Debug)]
pub struct Journal {
    folder: PathBuf,
    driver: Driver,
}

/// One operation as its file tells it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The operation, as far as the file can be read.
    pub operation: Operation,
    /// Who drives it now; `None` when nobody does.
    pub driven_by: Option<Driver>,
    /// What of the file could not be read.
    pub damage: Option<Damage>,
    /// The file.
    pub path: PathBuf,
}

impl Journal {
    /// Opens the journal in the state directory, which is made when it is not there, for its owner only.
    ///
    /// # Errors
    /// The directory cannot be made, is no directory, or may be entered by others.
    pub fn open(state_dir: &Path) -> Result<Self, JournalError> {
        let folder = state_dir.join("operations");
        folder::make_private(&folder)?;
        Ok(Self { folder, driver: Driver::this_process() })
    }

    /// The directory that holds the files.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Begins the file of a new operation: its intent is on the disk and its lock held when this returns.
    ///
    /// # Errors
    /// As [`Self::begin`], with no operation that was known of.
    pub fn create(&self, intent: Intent, at: Timestamp) -> Result<OperationFile, JournalError> {
        self.begin(intent, &[], at)
    }

    /// Begins the file of a new operation: its intent is on the disk and its lock held when this returns. One instance
    /// has one operation at a time, whichever process begins it: from the look at the others until the new file has its
    /// name no other operation is begun here. `despite` are operations whose outcome is UNKNOWN, and that a person knew
    /// of who wants this one all the same.
    ///
    /// # Errors
    /// Another operation on the instance has no verdict, or a file that may tell of one cannot be read; or the new file
    /// cannot be written or synced. Then nothing may be sent.
    pub fn begin(
        &self,
        intent: Intent,
        despite: &[OperationId],
        at: Timestamp,
    ) -> Result<OperationFile, JournalError> {
        let _alone = folder::begin_alone(&self.folder, folder::TRIES)?;
        let open = self.unfinished(intent.work.instance(), &intent.resource_manager)?;
        let is_known = |it: &Unfinished| it.bar() == Bar::UntilConfirmed && despite.contains(&it.id);
        if let Some(other) = open.into_iter().find(|it| !is_known(it)) {
            return Err(JournalError::Unfinished(Box::new(other)));
        }
        OperationFile::create(&self.folder, &self.driver, OperationEvent::Planned(Box::new(intent)), at)
    }

    /// Begins the file of an operation that somebody else has begun and that is watched from here.
    ///
    /// # Errors
    /// The file cannot be written or synced.
    pub fn attach(&self, intent: Intent, at: Timestamp) -> Result<OperationFile, JournalError> {
        OperationFile::create(&self.folder, &self.driver, OperationEvent::Attached(Box::new(intent)), at)
    }

    /// The operations on an instance, started at this root of ARM, that have no verdict and stand in the way of a new
    /// one.
    ///
    /// # Errors
    /// A file that may tell of one cannot be read.
    pub fn unfinished(
        &self,
        instance: &ResourceId,
        resource_manager: &str,
    ) -> Result<Vec<Unfinished>, JournalError> {
        let mut found = Vec::new();
        for path in folder::operation_files(&self.folder)? {
            if !folder::may_be_of(&path, instance) {
                continue;
            }
            let listed = read_along(path).map_err(|error| JournalError::Obscured(Box::new(error)))?;
            let intent = &listed.operation.intent;
            if intent.work.instance() == instance && intent.resource_manager == resource_manager {
                found.extend(listed.unfinished());
            }
        }
        Ok(found)
    }

    /// Every operation, oldest first, and a problem for each file that tells none.
    pub fn list(&self) -> (Vec<Listed>, Vec<Problem>) {
        let paths = match folder::operation_files(&self.folder) {
            Ok(paths) => paths,
            Err(error) => return (Vec::new(), vec![error.problem()]),
        };
        let (mut listed, mut problems) = (Vec::new(), Vec::new());
        for path in paths {
            match read_along(path) {
                Ok(one) => listed.push(one),
                Err(error) => problems.push(error.problem()),
            }
        }
        listed.sort_by_key(|it| (it.operation.planned_at, it.operation.id()));
        (listed, problems)
    }

    /// One operation, read along without its lock.
    ///
    /// # Errors
    /// There is none with this id, or its file cannot be read.
    pub fn read(&self, id: OperationId) -> Result<Listed, JournalError> {
        read_along(self.path_of(id)?)
    }

    /// Everything that the file of an operation tells, read along without its lock.
    ///
    /// # Errors
    /// There is none with this id, or its file cannot be read.
    pub fn replay(&self, id: OperationId) -> Result<Replay, JournalError> {
        let path = self.path_of(id)?;
        replay::replay(&folder::read_own(&path)?).map_err(|error| error.of(&path))
    }

    /// The file of an operation.
    ///
    /// # Errors
    /// There is none with this id.
    pub fn file_of(&self, id: OperationId) -> Result<PathBuf, JournalError> {
        self.path_of(id)
    }

    /// Takes the lock of an operation that nobody drives, mends its file when its end is damaged, and notes who took
    /// over.
    ///
    /// # Errors
    /// Another console drives it, there is none with this id, or its file cannot be read or written.
    pub fn take_over(&self, id: OperationId, at: Timestamp) -> Result<OperationFile, JournalError> {
        OperationFile::take_over(&self.path_of(id)?, &self.driver, at)
    }

    /// Writes one event, a note, into the file of an operation that nobody drives. It is on the disk when this returns.
    ///
    /// # Errors
    /// Another console drives it, there is none with this id, the event cannot follow, or the file cannot be read or
    /// written.
    pub fn annotate(
        &self,
        id: OperationId,
        at: Timestamp,
        event: &OperationEvent,
    ) -> Result<Operation, JournalError> {
        OperationFile::annotate(&self.path_of(id)?, &self.driver, at, event)
    }

    /// The bytes of an operation's file, to be handed on.
    ///
    /// # Errors
    /// There is none with this id, or its file cannot be read.
    pub fn export(&self, id: OperationId) -> Result<Vec<u8>, JournalError> {
        folder::read_own(&self.path_of(id)?)
    }

    /// Takes in a file that was exported elsewhere, or a longer version of one that is here.
    ///
    /// # Errors
    /// The file cannot be read, is damaged, ends before the request left, or tells another story than the file with the
    /// same id that is here.
    pub fn import(&self, path: &Path) -> Result<Operation, JournalError> {
        exchange::import(&self.folder, path)
    }

    /// The backups that are remembered to have succeeded, as witnesses of where a blob came from.
    pub fn remembered(&self) -> Vec<Remembered> {
        self.list().0.into_iter().filter_map(|listed| Remembered::of(&listed.operation)).collect()
    }

    fn path_of(&self, id: OperationId) -> Result<PathBuf, JournalError> {
        let ending = format!("_{id}.{}", folder::EXTENSION);
        let is_it = |path: &PathBuf| path.to_string_lossy().ends_with(&ending);
        folder::operation_files(&self.folder)?.into_iter().find(is_it).ok_or(JournalError::Absent(id))
    }
}

impl Listed {
    /// What stands in the way of a new operation on the same instance, if this one does.
    fn unfinished(&self) -> Option<Unfinished> {
        let operation = &self.operation;
        // A plan whose console has gone was never sent, unless the file has lost what says otherwise.
        let is_idle_plan =
            operation.phase == Phase::Planned && self.driven_by.is_none() && self.damage.is_none();
        if operation.phase.is_final() || is_idle_plan {
            return None;
        }
        Some(Unfinished {
            id: operation.id(),
            kind: operation.intent.work.kind(),
            instance: operation.intent.work.instance().name().to_owned(),
            phase: operation.phase,
            since: operation.submitted_at.unwrap_or(operation.planned_at),
            driven_by: self.driven_by.as_ref().map(ToString::to_string),
        })
    }
}

/// Reads a file without driving it.
fn read_along(path: PathBuf) -> Result<Listed, JournalError> {
    let bytes = folder::read_own(&path)?;
    let Replay { operation, damage, writer, .. } = replay::replay(&bytes).map_err(|error| error.of(&path))?;
    if operation.phase.is_final() {
        return Ok(Listed { operation, driven_by: None, damage, path });
    }
    let file = File::open(&path).map_err(JournalError::io("open", &path))?;
    let driven_by = if is_free(&file, &path)? { None } else { Some(writer) };
    let damage = damage.or_else(|| operation_file::earlier_damage(&path));
    Ok(Listed { operation, driven_by, damage, path })
}

/// Whether nobody holds the lock. The lock that finds out is let go at once.
fn is_free(file: &File, path: &Path) -> Result<bool, JournalError> {
    let tried = file.try_lock_shared();
    if tried.is_ok() {
        file.unlock().map_err(JournalError::io("unlock", path))?;
    }
    says_free(tried).map_err(JournalError::io("lock", path))
}

/// What a lock that was tried says. On a disk that knows no locks nobody can hold one.
fn says_free(tried: Result<(), TryLockError>) -> io::Result<bool> {
    match tried {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
