//! Every event goes to the journal first and to the faces then, so that no screen is ever ahead of the disk.

use std::sync::{Arc, Mutex};

use crate::azure::Clock;
use crate::domain::operation::{Operation, OperationEvent};
use crate::domain::problem::Problem;
use crate::domain::pulse::{Beat, Pulse};
use crate::journal::error::JournalError;
use crate::journal::operation_file::OperationFile;

use super::desk::{SharedFile, held};
use super::{Report, Reports};

/// An operation that is being driven: its file, with the lock, and its state.
pub(super) struct Ledger {
    file: SharedFile,
    /// Equal to the file's as long as that can be written. When the disk fails under a running operation, watching
    /// goes on here, and the faces are told that it is not recorded.
    operation: Operation,
    reports: Reports,
    clock: Clock,
}

impl Ledger {
    pub(super) fn new(file: OperationFile, reports: Reports, clock: Clock) -> Self {
        let operation = file.operation().clone();
        Self { file: Arc::new(Mutex::new(file)), operation, reports, clock }
    }

    /// Its file, for the desk.
    pub(super) fn file(&self) -> &SharedFile {
        &self.file
    }

    /// The operation as it stands.
    pub(super) fn operation(&self) -> &Operation {
        &self.operation
    }

    pub(super) fn into_operation(self) -> Operation {
        self.operation
    }

    /// What was lost of its file when it was taken over, in words.
    pub(super) fn damage(&self) -> Option<String> {
        held(&self.file).damage().map(ToString::to_string)
    }

    /// Tells the faces how it stands.
    pub(super) fn show(&self, event: Option<OperationEvent>) {
        let at = (self.clock)();
        self.tell(Report::Operation(Box::new(self.operation.clone()), event, at));
    }

    /// Records an event that must be on the disk before anything else happens.
    ///
    /// # Errors
    /// It is not; then nothing of what depends on it may be done.
    pub(super) fn commit(&mut self, event: OperationEvent) -> Result<(), JournalError> {
        let at = (self.clock)();
        {
            let mut file = held(&self.file);
            file.append(at, &event)?;
            self.operation = file.operation().clone();
        }
        self.tell(Report::Operation(Box::new(self.operation.clone()), Some(event), at));
        Ok(())
    }

    /// Records what has happened in Azure. That cannot be undone by a disk that fails, so it is told all the same.
    pub(super) fn record(&mut self, event: OperationEvent) {
        let at = (self.clock)();
        if let Err(illegal) = self.operation.apply(at, &event) {
            tracing::error!(%illegal, operation = %self.operation.id(), "an event was not taken");
            return;
        }
        let written = held(&self.file).append(at, &event);
        if let Err(error) = written {
            tracing::error!(%error, operation = %self.operation.id(), "the journal is not written");
            self.pulse(Beat::JournalFailed { problem: not_recorded(&error) });
        }
        self.tell(Report::Operation(Box::new(self.operation.clone()), Some(event), at));
    }

    /// Records a note.
    pub(super) fn note(&mut self, text: impl Into<String>) {
        self.record(OperationEvent::Noted { text: text.into(), person: None });
    }

    /// Gives a sign of life.
    pub(super) fn pulse(&self, beat: Beat) {
        let at = (self.clock)();
        self.tell(Report::Pulse(Pulse { operation: self.operation.id(), at, beat }));
    }

    fn tell(&self, report: Report) {
        // Nobody listens any more: the operation is watched all the same.
        let _ = self.reports.send(report);
    }
}

fn not_recorded(error: &JournalError) -> Problem {
    let cause = error.problem();
    Problem {
        meaning: Some(
            "The operation goes on in Azure and is watched here, but what follows is not recorded".into(),
        ),
        ..cause
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    use super::*;
    use crate::domain::operation::{Acceptation, Intent, OperationId, Phase, Work};
    use crate::domain::plan::{Plan, samples::restore};
    use crate::domain::{backup::samples::backup, instance::samples::instance, sku::Tier};
    use crate::journal::Journal;

    fn ledger() -> (tempfile::TempDir, Ledger, UnboundedReceiver<Report>) {
        let dir = tempfile::tempdir().unwrap();
        let at: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let target = instance("apim-dr", Tier::Premium);
        let intent = Intent {
            operation_id: OperationId::new(uuid::Uuid::from_u128(1)),
            work: Work::Plan(Plan::Restore(restore(&backup("apim-core", 5, at), &target))),
            accepted: Vec::new(),
            checks: Vec::new(),
            resource_manager: String::new(),
            tier: None,
            tool: String::new(),
            purpose: crate::domain::operation::Purpose::Real,
        };
        let file = Journal::open(dir.path()).unwrap().create(intent, at).unwrap();
        let (reports, heard) = unbounded_channel();
        (dir, Ledger::new(file, reports, Arc::new(move || at)), heard)
    }

    #[test]
    fn what_cannot_be_committed_has_not_happened() {
        let (_dir, mut ledger, mut heard) = ledger();
        held(&ledger.file).fail();
        assert!(ledger.commit(OperationEvent::Submitting).is_err());
        assert_eq!(ledger.operation().phase, Phase::Planned);
        assert!(heard.try_recv().is_err(), "nobody hears of what is not on the disk");
    }

    #[test]
    fn what_has_happened_is_told_even_when_the_disk_fails_and_so_is_that() {
        let (_dir, mut ledger, mut heard) = ledger();
        ledger.commit(OperationEvent::Submitting).unwrap();
        heard.try_recv().unwrap();
        held(&ledger.file).fail();
        ledger.record(OperationEvent::Accepted(Acceptation::default()));
        assert_eq!(ledger.operation().phase, Phase::Accepted);
        let Report::Pulse(pulse) = heard.try_recv().unwrap() else { panic!("the failure is not told") };
        let Beat::JournalFailed { problem } = pulse.beat else { panic!("{:?}", pulse.beat) };
        assert!(problem.meaning.unwrap().contains("not recorded"));
        assert!(matches!(heard.try_recv(), Ok(Report::Operation(it, _, _)) if it.phase == Phase::Accepted));
    }

    #[test]
    fn an_event_is_on_the_disk_when_it_is_told() {
        let (dir, mut ledger, mut heard) = ledger();
        ledger.commit(OperationEvent::Submitting).unwrap();
        ledger.record(OperationEvent::Accepted(Acceptation::default()));
        let journal = Journal::open(dir.path()).unwrap();
        let on_disk = journal.read(ledger.operation().id()).unwrap().operation;
        let told: Vec<Report> = std::iter::from_fn(|| heard.try_recv().ok()).collect();
        assert!(matches!(told.last(), Some(Report::Operation(it, Some(_), _)) if **it == on_disk));
    }
}
