//! A console killed while it writes: what it told is on the disk, its lock is free, and the file reads.
//!
//! The process that is killed is this test program itself, started again in the state directory of the round.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use jiff::Timestamp;
use lifeboat::domain::operation::{Acceptation, Intent, OperationEvent, OperationId, Phase, Poll, Work};
use lifeboat::domain::plan::{Access, BackupPlan, Plan};
use lifeboat::journal::Journal;
use lifeboat::journal::error::JournalError;
use uuid::Uuid;

/// A file of this name tells the program that it is to be the writer.
const CALL: &str = "be-the-writer";
const ROUNDS: usize = 10;

fn at() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn id() -> OperationId {
    OperationId::new(Uuid::from_u128(1))
}

fn intent() -> Intent {
    let instance = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/apim-core";
    Intent {
        operation_id: id(),
        work: Work::Plan(Plan::Backup(BackupPlan {
            instance: instance.parse().unwrap(),
            to: "stcore/apim/x".parse().unwrap(),
            access: Access::System,
        })),
        accepted: Vec::new(),
        checks: Vec::new(),
        resource_manager: "https://management.azure.com".into(),
        tier: None,
        tool: "lifeboat".into(),
        purpose: lifeboat::domain::operation::Purpose::Real,
    }
}

/// The process that is killed: it says each event aloud when the journal has taken it.
#[test]
fn writer() {
    if !Path::new(CALL).exists() {
        return;
    }
    let mut file = Journal::open(Path::new(".")).unwrap().create(intent(), at()).unwrap();
    let say = |word: &str| {
        let mut out = std::io::stderr().lock();
        writeln!(out, "told {word}").unwrap();
    };
    say("planned");
    let begun = [OperationEvent::Submitting, OperationEvent::Accepted(Acceptation::default())];
    let polls = std::iter::repeat(OperationEvent::Polled(Poll::default()));
    for event in begun.into_iter().chain(polls) {
        file.append(at(), &event).unwrap();
        say(event.name());
    }
}

#[test]
fn a_killed_console_has_told_nothing_that_is_not_on_the_disk() {
    for round in 0..ROUNDS {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(CALL), "").unwrap();
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writer", "--nocapture"])
            .current_dir(dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(writer.stderr.take().unwrap()).lines().map_while(Result::ok);
        let mut told = lines.filter(|line| line.starts_with("told "));
        let heard = told.by_ref().take(round + 1).count();
        let journal = Journal::open(dir.path()).unwrap();
        assert!(
            matches!(journal.take_over(id(), at()), Err(JournalError::Busy(by)) if by.pid == writer.id())
        );
        writer.kill().unwrap();
        writer.wait().unwrap();
        let told = heard + told.count();

        let listed = journal.read(id()).unwrap();
        assert_eq!(listed.driven_by, None, "round {round}: the lock ends with the process");
        let transitions = match listed.operation.phase {
            Phase::Planned => 1,
            Phase::Submitting => 2,
            _ => 3,
        };
        let on_disk = transitions + usize::try_from(listed.operation.polls).unwrap();
        assert!(on_disk >= told, "round {round}: {told} told, {on_disk} on the disk");
        let taken = journal.take_over(id(), at()).unwrap();
        assert_eq!(taken.operation().polls, listed.operation.polls);
    }
    println!("{ROUNDS} consoles killed, none told what is not on the disk");
}
