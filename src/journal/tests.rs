use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::error::JournalError;
use super::record::Record;
use super::replay::replay;
use super::*;
use crate::domain::backup::samples::backup;
use crate::domain::instance::samples::instance;
use crate::domain::operation::{Acceptation, OperationEvent, Poll, Work};
use crate::domain::plan::{Access, BackupPlan, Plan, samples::restore};
use crate::domain::sku::Tier;

pub(super) fn now() -> Timestamp {
    "2026-11-23T12:00:00.123456789Z".parse().unwrap()
}

pub(super) fn id(n: u128) -> OperationId {
    OperationId::new(Uuid::from_u128(n))
}

pub(super) fn intent(n: u128) -> Intent {
    let target = instance("apim-dr", Tier::Premium);
    Intent {
        operation_id: id(n),
        work: Work::Plan(Plan::Restore(restore(&backup("apim-core", 5, now()), &target))),
        accepted: Vec::new(),
        checks: Vec::new(),
        resource_manager: "https://management.azure.com".into(),
        tier: Some(Tier::Premium),
        tool: "lifeboat".into(),
    }
}

pub(super) fn accepted() -> OperationEvent {
    let operation_url = "https://management.azure.com/x//operationresults/YQ%3D".to_owned();
    OperationEvent::Accepted(Acceptation { operation_url, retry_after: Some(60), ..Acceptation::default() })
}

pub(super) fn story() -> Vec<OperationEvent> {
    let poll =
        Poll { http_status: Some(202), status: Some("running".into()), next_in: 60, ..Poll::default() };
    let untracked =
        OperationEvent::Untracked { problem: Problem::new("the address is ünreadable\n\"403\"") };
    vec![
        OperationEvent::Submitting,
        accepted(),
        OperationEvent::Polled(poll),
        untracked,
        OperationEvent::Noted { text: "looked".into() },
        OperationEvent::Succeeded { evidence: "activity log".into() },
    ]
}

/// A state directory with one finished operation; the directory, the journal, the file.
pub(super) fn finished() -> (tempfile::TempDir, Journal, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let mut file = journal.create(intent(1), now()).unwrap();
    for (n, event) in (1..).zip(story()) {
        file.append(now() + SignedDuration::from_secs(n), &event).unwrap();
    }
    let path = file.path().to_owned();
    (dir, journal, path)
}

#[test]
fn what_was_written_is_read_again() {
    let (_dir, journal, path) = finished();
    let (listed, problems) = journal.list();
    assert!(problems.is_empty());
    let [only] = listed.as_slice() else { panic!("{listed:?}") };
    assert_eq!(only.operation.phase, Phase::Succeeded);
    assert_eq!(only.operation.polls, 1);
    assert_eq!((&only.driven_by, &only.damage), (&None, &None));
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    assert_eq!(name, "20261123T120000Z_restore_apim-dr_00000000-0000-0000-0000-000000000001.jsonl");
    let replayed = replay(&fs::read(&path).unwrap()).unwrap();
    let events: Vec<_> = replayed.events.into_iter().skip(1).map(|(_, event)| event).collect();
    assert_eq!(events, story());
}

#[test]
fn each_line_is_json_with_its_version_time_event_writer_and_checksum() {
    let (_dir, _journal, path) = finished();
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 7);
    for line in text.lines() {
        let json: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(json["v"], 1);
        assert!(json["at"].as_str().unwrap().starts_with("2026-11-23T12:00:0"));
        assert!(json["event"].is_string());
        assert_eq!(json["by"]["pid"], std::process::id());
        let (body, _) = line.rsplit_once(",\"crc\":").unwrap();
        assert_eq!(json["crc"], format!("{:08x}", crc32fast::hash(body.as_bytes())));
    }
    assert!(
        text.starts_with(r#"{"v":1,"at":"2026-11-23T12:00:00.123456789Z","event":"planned","operationId":"#)
    );
}

/// Live and on the disk the same events can follow a phase, and no others: every pair of them, in a file with good
/// checksums.
#[test]
fn every_event_follows_in_a_file_what_it_follows_live() {
    let problem = || Problem::new("x");
    let begun = [OperationEvent::Planned(Box::new(intent(1))), OperationEvent::Submitting, accepted()];
    let after = |n: usize, event| [&begun[..n], &[event]].concat();
    let stories = [
        (Phase::Planned, begun[..1].to_vec()),
        (Phase::Submitting, begun[..2].to_vec()),
        (Phase::Accepted, begun.to_vec()),
        (Phase::Untracked, after(3, OperationEvent::Untracked { problem: problem() })),
        (Phase::Unconfirmed, after(2, OperationEvent::Unconfirmed { problem: problem() })),
        (Phase::Succeeded, after(3, OperationEvent::Succeeded { evidence: String::new() })),
        (Phase::Failed, after(3, OperationEvent::Failed { problem: problem() })),
        (Phase::Refused, after(2, OperationEvent::Refused { problem: problem() })),
        (Phase::NotSent, after(1, OperationEvent::NotSent { problem: problem() })),
    ];
    let polled = OperationEvent::Polled(Poll::default());
    let further = [
        OperationEvent::Attached(Box::new(intent(1))),
        polled,
        OperationEvent::ManifestWritten { name: String::new() },
        OperationEvent::Noted { text: String::new() },
    ];
    let every: Vec<_> =
        stories.iter().filter_map(|(_, story)| story.last().cloned()).chain(further).collect();
    let line = |event: &OperationEvent| {
        let by = Driver { pid: 7, host: "laptop".into() };
        record::encode(&Record { version: 1, at: now(), event: event.clone(), by }).unwrap()
    };
    let mut pairs = 0;
    for (phase, story) in &stories {
        let bytes: Vec<u8> = story.iter().flat_map(line).collect();
        assert_eq!(replay(&bytes).unwrap().operation.phase, *phase);
        for event in &every {
            let told = replay(&[bytes.clone(), line(event)].concat()).map(|it| it.operation.phase);
            assert_eq!(told.ok(), phase.after(event).ok(), "{phase:?} {}", event.name());
            pairs += 1;
        }
    }
    assert_eq!(stories.len(), Phase::ALL.len());
    println!("{pairs} pairs of phase and event, the same live and in a file");
}

#[test]
fn files_are_for_their_owner_only() {
    let (dir, journal, path) = finished();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(journal.folder()), 0o700);
    fs::set_permissions(journal.folder(), fs::Permissions::from_mode(0o750)).unwrap();
    assert!(matches!(Journal::open(dir.path()), Err(JournalError::NotPrivate { .. })));
    let elsewhere = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(dir.path(), elsewhere.path().join("operations")).unwrap();
    assert!(matches!(Journal::open(elsewhere.path()), Err(JournalError::NotPrivate { .. })));
}

#[test]
fn records_of_a_newer_version_are_left_alone() {
    let (_dir, journal, path) = finished();
    let whole = fs::read_to_string(&path).unwrap();
    let sealed = |body: &str| {
        let body = body.strip_suffix('}').unwrap();
        format!("{body},\"crc\":\"{:08x}\"}}\n", crc32fast::hash(body.as_bytes()))
    };
    for body in [r#"{"v":2,"when":"soon"}"#, r#"{"v":1,"at":"2026-11-23T12:00:00Z","event":"beamed"}"#] {
        let newer = whole.clone() + &sealed(body);
        fs::write(&path, &newer).unwrap();
        let error = journal.take_over(id(1), now()).unwrap_err();
        assert!(error.to_string().contains("newer lifeboat"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), newer);
        let (listed, problems) = journal.list();
        assert_eq!((listed.len(), problems.len()), (0, 1));
    }
}

#[test]
fn an_illegal_event_is_not_written() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let mut file = journal.create(intent(1), now()).unwrap();
    let before = fs::read(file.path()).unwrap();
    assert!(matches!(file.append(now(), &accepted()), Err(JournalError::Illegal(_))));
    assert_eq!(fs::read(file.path()).unwrap(), before);
    file.append(now(), &OperationEvent::Submitting).unwrap();
}

#[test]
fn an_operation_has_one_driver_and_others_read_along() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let mut file = journal.create(intent(1), now()).unwrap();
    file.append(now(), &OperationEvent::Submitting).unwrap();
    let other = Journal::open(dir.path()).unwrap();
    let Err(JournalError::Busy(driver)) = other.take_over(id(1), now()) else { panic!("two drivers") };
    assert_eq!(driver, Driver::this_process());
    let along = other.read(id(1)).unwrap();
    assert_eq!(along.driven_by, Some(driver));
    assert_eq!(along.operation.phase, Phase::Submitting);
    file.append(now(), &accepted()).unwrap();
    drop(file);
    assert_eq!(other.read(id(1)).unwrap().driven_by, None);
    let taken = other.take_over(id(1), now()).unwrap();
    assert_eq!(taken.operation().phase, Phase::Accepted);
    assert!(fs::read_to_string(taken.path()).unwrap().contains("taken over by pid"));
}

/// The lock belongs to a process: it holds against another one, and ends with it.
#[test]
fn a_lock_of_another_process_holds_and_ends_with_it() {
    let (_dir, journal, path) = finished();
    if Command::new("flock").arg("--version").output().is_err() {
        println!("skipped: there is no flock(1) here to be the other process");
        return;
    }
    let mut other = Command::new("flock").arg("--no-fork").arg(&path).args(["sleep", "60"]).spawn().unwrap();
    let mut held = false;
    for _ in 0..100 {
        held = matches!(journal.take_over(id(1), now()), Err(JournalError::Busy(_)));
        if held {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert!(held, "the other process never got the lock");
    other.kill().unwrap();
    other.wait().unwrap();
    journal.take_over(id(1), now()).unwrap();
}

#[test]
fn an_exported_operation_goes_on_elsewhere_and_comes_home() {
    let (_here, journal, path) = finished();
    let whole = fs::read(&path).unwrap();
    assert_eq!(journal.export(id(1)).unwrap(), whole);
    let parcel = tempfile::tempdir().unwrap();
    let longer = parcel.path().join("longer");
    fs::write(&longer, &whole).unwrap();
    let first_three: usize = whole.split_inclusive(|&b| b == b'\n').take(3).map(<[u8]>::len).sum();
    let shorter = parcel.path().join("shorter");
    fs::write(&shorter, &whole[..first_three]).unwrap();

    let there = tempfile::tempdir().unwrap();
    let other = Journal::open(there.path()).unwrap();
    assert_eq!(other.import(&shorter).unwrap().phase, Phase::Accepted);
    assert_eq!(other.import(&longer).unwrap().phase, Phase::Succeeded);
    assert_eq!(other.import(&shorter).unwrap().phase, Phase::Succeeded, "what is known stays known");
    assert_eq!(other.export(id(1)).unwrap(), whole);

    let mut fork = journal.create(intent(2), now()).unwrap();
    fork.append(now(), &OperationEvent::Submitting).unwrap();
    let story = fs::read(fork.path()).unwrap();
    fs::write(&longer, story).unwrap();
    let mut twin = other.create(intent(2), now()).unwrap();
    twin.append(now(), &OperationEvent::NotSent { problem: Problem::new("x") }).unwrap();
    drop(twin);
    assert!(matches!(other.import(&longer), Err(JournalError::Conflict(_))));

    // Only the lock of the machine that planned it tells whether it is about to be sent.
    let plan_only = whole.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    fs::write(&longer, &whole[..plan_only]).unwrap();
    let third = tempfile::tempdir().unwrap();
    let error = Journal::open(third.path()).unwrap().import(&longer).unwrap_err();
    assert!(error.to_string().contains("exported again"), "{error}");

    fs::write(&longer, &whole[..whole.len() - 3]).unwrap();
    assert!(matches!(other.import(&longer), Err(JournalError::Unreadable { .. })));
    assert!(matches!(other.export(id(9)), Err(JournalError::Absent(_))));
}

#[test]
fn succeeded_backups_are_remembered() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let source = instance("apim-core", Tier::Premium);
    let to = backup("apim-core", 0, now()).blob.address;
    for n in 1..=2 {
        let plan = BackupPlan { instance: source.id.clone(), to: to.clone(), access: Access::System };
        let mut file =
            journal.create(Intent { work: Work::Plan(Plan::Backup(plan)), ..intent(n) }, now()).unwrap();
        file.append(now(), &OperationEvent::Submitting).unwrap();
        file.append(now(), &accepted()).unwrap();
        if n == 1 {
            file.append(now(), &OperationEvent::Succeeded { evidence: "200".into() }).unwrap();
        }
    }
    let remembered = journal.remembered();
    assert_eq!(remembered.len(), 1);
    assert_eq!((&remembered[0].address, &remembered[0].tier), (&to, &Some(Tier::Premium)));
}

#[test]
fn a_file_that_tells_nothing_hides_no_other() {
    let (_dir, journal, _path) = finished();
    fs::write(journal.folder().join("20260101T000000Z_restore_x_y.jsonl"), "not JSON\n").unwrap();
    fs::write(journal.folder().join(".half.new"), "{").unwrap();
    let (listed, problems) = journal.list();
    assert_eq!((listed.len(), problems.len()), (1, 1));
    assert!(problems[0].to_string().contains("first record is damaged"), "{}", problems[0]);
}
