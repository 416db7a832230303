//! The file of an operation that this process drives. Whoever holds its lock is the only one to write.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::operation::{Operation, OperationEvent};

use super::driver::Driver;
use super::error::JournalError;
use super::folder;
use super::record::{self, Record};
use super::replay::{self, Damage, Replay};

/// A console that only reads along holds the lock for an instant to see whether it is free, so one refusal says
/// nothing yet.
const TRIES: u32 = 5;
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// An open, locked operation file. The lock ends with it, or with the process however that ends.
#[derive(Debug)]
pub struct OperationFile {
    file: File,
    path: PathBuf,
    driver: Driver,
    operation: Operation,
    damage: Option<Damage>,
    /// How many bytes its good records take.
    good: u64,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Whole,
    /// A write or sync failed: what is on the disk is not known, and nothing more is written.
    Broken,
}

impl OperationFile {
    /// The file gets its name only when its first record is on the disk and its lock is held, so nobody ever sees
    /// half of it or takes it over before it began.
    pub(super) fn create(
        folder: &Path,
        driver: &Driver,
        first: OperationEvent,
        at: Timestamp,
    ) -> Result<Self, JournalError> {
        let operation = Operation::begun(&first, at)
            .ok_or_else(|| JournalError::Unwritable(format!("'{}' begins nothing", first.name())))?;
        let path = folder.join(folder::name_of(&operation));
        let line =
            record::encode(&Record { version: record::VERSION, at, event: first, by: driver.clone() })?;
        let mut unseen = folder::unseen(folder)?;
        unseen.as_file().lock().map_err(JournalError::io("lock", &path))?;
        unseen.write_all(&line).map_err(JournalError::io("write", &path))?;
        unseen.as_file().sync_data().map_err(JournalError::io("sync", &path))?;
        let file = folder::reveal(unseen, &path)?;
        let (driver, good) = (driver.clone(), line.len() as u64);
        Ok(Self { file, path, driver, operation, damage: None, good, state: State::Whole })
    }

    /// Takes the file over, and notes who did.
    pub(super) fn take_over(path: &Path, driver: &Driver, at: Timestamp) -> Result<Self, JournalError> {
        let (mut taken, mended) = Self::open(path, driver)?;
        let mended = mended.map_or(String::new(), |mended| format!("; {mended}"));
        let text = format!("taken over by {driver}{mended}");
        taken.append(at, &OperationEvent::Noted { text, person: None })?;
        Ok(taken)
    }

    /// Takes the lock for one event, and lets it go.
    pub(super) fn annotate(
        path: &Path,
        driver: &Driver,
        at: Timestamp,
        event: &OperationEvent,
    ) -> Result<Operation, JournalError> {
        let (mut file, mended) = Self::open(path, driver)?;
        if let Some(mended) = mended {
            file.append(
                at,
                &OperationEvent::Noted { text: format!("mended by {driver}; {mended}"), person: None },
            )?;
        }
        file.append(at, event)?;
        Ok(file.operation)
    }

    /// Takes the lock, reads the file under it, and mends its end. What was mended is told in words.
    fn open(path: &Path, driver: &Driver) -> Result<(Self, Option<String>), JournalError> {
        folder::check_own(path)?;
        let file =
            OpenOptions::new().read(true).append(true).open(path).map_err(JournalError::io("open", path))?;
        lock(&file, path)?;
        let bytes = folder::read_own(path)?;
        let Replay { operation, good, damage, .. } =
            replay::replay(&bytes).map_err(|error| error.of(path))?;
        let mut mended = None;
        if let Some(damage) = &damage {
            let kept = keep_original(path, &bytes)?;
            let cut = file.set_len(good as u64).and_then(|()| file.sync_all());
            cut.map_err(JournalError::io("mend", path))?;
            mended = Some(format!("{damage}, the file as it was is {}", kept.display()));
        }
        // Whoever mended it before may have ended before it wrote down what the damage means.
        let damage = damage.or_else(|| earlier_damage(path));
        let (path, driver) = (path.to_owned(), driver.clone());
        let taken = Self { file, path, driver, operation, damage, good: good as u64, state: State::Whole };
        Ok((taken, mended))
    }

    /// The operation after its last record on disk.
    pub fn operation(&self) -> &Operation {
        &self.operation
    }

    /// What the file has lost, now or when it was mended before. A lost record may have said that the request left.
    pub fn damage(&self) -> Option<&Damage> {
        self.damage.as_ref()
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the next event; a transition is on the disk when this returns.
    ///
    /// # Errors
    /// An event that cannot follow: nothing was written. Or a failed write or sync: what is on the disk is not known,
    /// and every later append fails too.
    pub fn append(&mut self, at: Timestamp, event: &OperationEvent) -> Result<(), JournalError> {
        if self.state == State::Broken {
            return Err(JournalError::Broken(self.path.clone()));
        }
        let mut next = self.operation.clone();
        next.apply(at, event)?;
        let record = Record { version: record::VERSION, at, event: event.clone(), by: self.driver.clone() };
        let line = record::encode(&record)?;
        // Broken until proven whole, so that no way out of here can forget it.
        self.state = State::Broken;
        if let Err(error) = self.file.write_all(&line) {
            // Half a record would read as damage later, and hide that nothing was lost. If this fails too, it does.
            let _ = self.file.set_len(self.good);
            return Err(JournalError::io("write", &self.path)(error));
        }
        if event.is_durable() {
            self.file.sync_data().map_err(JournalError::io("sync", &self.path))?;
        }
        self.state = State::Whole;
        self.good += line.len() as u64;
        self.operation = next;
        Ok(())
    }
}

pub(super) fn lock(file: &File, path: &Path) -> Result<(), JournalError> {
    for attempt in 1.. {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if attempt < TRIES => thread::sleep(BETWEEN_TRIES),
            Err(TryLockError::WouldBlock) => return Err(JournalError::Busy(writer(path)?)),
            Err(TryLockError::Error(error)) => return Err(JournalError::io("lock", path)(error)),
        }
    }
    Ok(())
}

/// Who wrote last: whoever holds the lock has, because taking over is noted.
fn writer(path: &Path) -> Result<Driver, JournalError> {
    replay::replay(&folder::read_own(path)?).map(|it| it.writer).map_err(|error| error.of(path))
}

/// The names under which damaged versions of a file are kept, the first to be used first.
fn kept_names(path: &Path) -> impl Iterator<Item = PathBuf> {
    let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    (1_u32..).map(move |n| folder.join(format!("{name}.damaged-{n}")))
}

/// What a file had lost when it was last mended.
pub(super) fn earlier_damage(path: &Path) -> Option<Damage> {
    let kept = kept_names(path).take_while(|it| it.exists()).last()?;
    // An original that cannot be read any more was damaged all the same, from the second line on at the latest.
    let lost = Damage { line: 2, bytes: 0 };
    Some(fs::read(kept).ok().and_then(|bytes| replay::replay(&bytes).ok()?.damage).unwrap_or(lost))
}

/// Keeps a damaged file as it was, beside it, under the first free name.
fn keep_original(path: &Path, bytes: &[u8]) -> Result<PathBuf, JournalError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let kept = kept_names(path).find(|it| !it.exists()).unwrap_or_else(|| path.to_owned());
    let mut unseen = folder::unseen(folder)?;
    let written = unseen.write_all(bytes).and_then(|()| unseen.as_file().sync_all());
    written.map_err(JournalError::io("keep", &kept))?;
    folder::reveal(unseen, &kept)?;
    Ok(kept)
}

#[cfg(test)]
impl OperationFile {
    /// From now on every write to this file fails.
    pub(crate) fn fail(&mut self) {
        self.file = File::open(&self.path).unwrap_or_else(|error| panic!("{error}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::operation::{Intent, OperationId, Work};
    use crate::domain::plan::{Plan, samples::restore};
    use crate::domain::{backup::samples::backup, instance::samples::instance, sku::Tier};

    fn at() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn begin(
        folder: &Path,
        first: impl FnOnce(Box<Intent>) -> OperationEvent,
    ) -> Result<OperationFile, JournalError> {
        let target = instance("apim-dr", Tier::Premium);
        let intent = Intent {
            operation_id: OperationId::new(uuid::Uuid::from_u128(1)),
            work: Work::Plan(Plan::Restore(restore(&backup("apim-core", 5, at()), &target))),
            accepted: Vec::new(),
            checks: Vec::new(),
            resource_manager: String::new(),
            tier: None,
            tool: String::new(),
            purpose: crate::domain::operation::Purpose::Real,
        };
        OperationFile::create(folder, &Driver::this_process(), first(Box::new(intent)), at())
    }

    #[test]
    fn an_event_that_begins_no_operation_makes_no_file() {
        let dir = tempfile::tempdir().unwrap();
        let error = begin(dir.path(), |_| OperationEvent::Submitting).unwrap_err();
        assert!(error.to_string().contains("'submitting' begins nothing"), "{error}");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn after_a_failed_write_nothing_is_written_any_more() {
        let dir = tempfile::tempdir().unwrap();
        let mut file = begin(dir.path(), OperationEvent::Planned).unwrap();
        let healthy = file.file.try_clone().unwrap();
        let before = fs::read(file.path()).unwrap();
        file.fail();
        let error = file.append(at(), &OperationEvent::Submitting).unwrap_err();
        assert!(matches!(error, JournalError::Io { doing: "write", .. }), "{error}");
        file.file = healthy;
        let error = file.append(at(), &OperationEvent::Submitting).unwrap_err();
        assert!(matches!(error, JournalError::Broken(_)), "{error}");
        assert_eq!(fs::read(file.path()).unwrap(), before);
        assert_eq!(file.operation().phase, crate::domain::operation::Phase::Planned);
    }

    /// Half a record would read as damage later.
    #[test]
    #[cfg(target_os = "linux")]
    fn what_was_written_of_a_record_that_failed_is_taken_away_again() {
        use std::io::Seek;
        let dir = tempfile::tempdir().unwrap();
        let mut file = begin(dir.path(), OperationEvent::Planned).unwrap();
        file.append(at(), &OperationEvent::Noted { text: "looked".into(), person: None }).unwrap();
        let good = fs::metadata(file.path()).unwrap().len();
        // In memory, and as long as any file gets: it takes no byte more.
        let flags = rustix::fs::MemfdFlags::empty();
        let mut full = File::from(rustix::fs::memfd_create("full", flags).unwrap());
        full.set_len(i64::MAX.unsigned_abs()).unwrap();
        full.seek(std::io::SeekFrom::End(0)).unwrap();
        file.file = full.try_clone().unwrap();
        let error = file.append(at(), &OperationEvent::Submitting).unwrap_err();
        assert!(matches!(error, JournalError::Io { doing: "write", .. }), "{error}");
        assert_eq!(full.metadata().unwrap().len(), good);
    }

    /// After a sync that failed nobody knows what is on the disk.
    #[test]
    #[cfg(target_os = "linux")]
    fn after_a_failed_sync_nothing_is_written_any_more() {
        let dir = tempfile::tempdir().unwrap();
        let mut file = begin(dir.path(), OperationEvent::Planned).unwrap();
        let healthy = file.file.try_clone().unwrap();
        // It takes every write and cannot be synced.
        file.file = OpenOptions::new().append(true).open("/dev/null").unwrap();
        file.append(at(), &OperationEvent::Noted { text: "need not be synced".into(), person: None })
            .unwrap();
        let error = file.append(at(), &OperationEvent::Submitting).unwrap_err();
        assert!(matches!(error, JournalError::Io { doing: "sync", .. }), "{error}");
        file.file = healthy;
        let error = file.append(at(), &OperationEvent::Submitting).unwrap_err();
        assert!(matches!(error, JournalError::Broken(_)), "{error}");
        assert_eq!(file.operation().phase, crate::domain::operation::Phase::Planned);
    }
}
