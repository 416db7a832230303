use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::mpsc::unbounded_channel;

use super::super::ledger::Ledger;
use super::*;
use crate::domain::operation::{Acceptation, Intent, Phase, Work};
use crate::domain::plan::{Plan, samples::restore};
use crate::domain::{backup::samples::backup, instance::samples::instance, sku::Tier};
use crate::journal::Journal;

fn at() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn intent() -> Intent {
    let target = instance("apim-dr", Tier::Premium);
    Intent {
        operation_id: OperationId::new(uuid::Uuid::from_u128(1)),
        work: Work::Plan(Plan::Restore(restore(&backup("apim-core", 5, at()), &target))),
        accepted: Vec::new(),
        checks: Vec::new(),
        resource_manager: String::new(),
        tier: None,
        tool: String::new(),
        purpose: crate::domain::operation::Purpose::Real,
    }
}

fn said(text: &str) -> OperationEvent {
    remark(text, "jo").unwrap()
}

#[test]
fn a_note_goes_through_the_driver_that_holds_the_lock() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let file = journal.create(intent(), at()).unwrap();
    let (reports, _heard) = unbounded_channel();
    let mut ledger = Ledger::new(file, reports, Arc::new(at));
    let desk = Desk::default();
    desk.admit(ledger.file());
    let id = ledger.operation().id();

    let busy = journal.annotate(id, at(), &said("from elsewhere")).unwrap_err();
    assert!(not_noted(&busy).summary.contains("driven by pid"), "{busy}");

    ledger.commit(OperationEvent::Submitting).unwrap();
    held(&desk.find(id).unwrap()).append(at(), &said("DNS is over")).unwrap();
    ledger.record(OperationEvent::Accepted(Acceptation::default()));
    let told = journal.replay(id).unwrap();
    let names: Vec<&str> = told.events.iter().map(|(_, event)| event.name()).collect();
    assert_eq!(names, ["planned", "submitting", "noted", "accepted"]);
    assert_eq!((told.operation.phase, ledger.operation().phase), (Phase::Accepted, Phase::Accepted));

    drop(ledger);
    assert!(desk.find(id).is_none(), "what nobody drives any longer is not kept open");
    journal.annotate(id, at(), &said("after it")).unwrap();
    assert_eq!(journal.replay(id).unwrap().events.len(), 5);
}

#[test]
fn a_note_takes_the_lock_itself_leaves_no_other_trace_and_may_come_after_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let mut file = journal.create(intent(), at()).unwrap();
    file.append(at(), &OperationEvent::Submitting).unwrap();
    file.append(at(), &OperationEvent::Succeeded { evidence: "200".into() }).unwrap();
    let id = file.operation().id();
    drop(file);
    journal.annotate(id, at(), &said("checked by hand")).unwrap();
    let told = journal.replay(id).unwrap();
    assert_eq!(told.events.len(), 4);
    assert_eq!(told.events[3].1, said("checked by hand"));
    assert_eq!(told.operation.phase, Phase::Succeeded);
    let absent = OperationId::new(uuid::Uuid::from_u128(2));
    assert!(journal.annotate(absent, at(), &said("x")).is_err());
}

/// An older console knows `noted` with a text, and leaves out what it does not know.
#[test]
fn a_note_reads_as_what_older_consoles_know() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let file = journal.create(intent(), at()).unwrap();
    let (id, path) = (file.operation().id(), file.path().to_owned());
    drop(file);
    journal.annotate(id, at(), &said("x")).unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    let line = text.lines().last().unwrap();
    assert!(line.contains(r#""event":"noted","text":"x","person":"jo","by":{"#), "{line}");
}
