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
use crate::domain::operation::{Acceptation, Observed, OperationEvent, Poll, Work};
use crate::domain::plan::{Access, BackupPlan, Kind, Plan, samples::restore};
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
        purpose: crate::domain::operation::Purpose::Real,
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
        OperationEvent::Noted { text: "looked".into(), person: None },
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
    let replayed = journal.replay(id(1)).unwrap();
    assert_eq!(replayed.hosts, [Driver::this_process().host].into());
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
        OperationEvent::Noted { text: String::new(), person: None },
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

#[test]
fn what_somebody_else_has_begun_is_watched_from_a_file_like_any_other() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let observed = Observed {
        instance: instance("apim-dr", Tier::Premium).id,
        kind: Kind::Restore,
        correlation_id: "c-1".into(),
        caller: None,
        began_at: now(),
    };
    let watched = Operation::observe(id(1), observed, "https://management.azure.com");
    let file = journal.attach(watched, now()).unwrap();
    assert_eq!(file.operation().phase, Phase::Untracked);
    drop(file);
    let again = journal.take_over(id(1), now()).unwrap();
    assert_eq!(again.operation().correlation_id.as_deref(), Some("c-1"));
    drop(again);
    // Its end may never be told, so it bars a new one until a person knows of it.
    assert!(
        matches!(journal.create(intent(2), now()), Err(JournalError::Unfinished(open)) if open.id == id(1))
    );
    journal.begin(intent(2), &[id(1)], now()).unwrap();
}

/// Its name alone makes an instance nobody's but its own.
#[test]
fn an_operation_bars_none_in_another_cloud_or_subscription() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let _running = journal.create(intent(1), now()).unwrap();
    let elsewhere = Intent { resource_manager: "https://management.chinacloudapi.cn".into(), ..intent(2) };
    journal.create(elsewhere, now()).unwrap();
    let mut namesake = intent(3);
    if let Work::Plan(Plan::Restore(plan)) = &mut namesake.work {
        plan.target =
            plan.target.as_str().replace("/resourceGroups/", "/resourceGroups/other-").parse().unwrap();
    }
    journal.create(namesake, now()).unwrap();
    assert!(
        matches!(journal.create(intent(4), now()), Err(JournalError::Unfinished(open)) if open.id == id(1))
    );
}

#[test]
fn operations_are_listed_by_when_they_were_planned_whatever_their_files_are_called() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let within = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service";
    for (n, name, after) in [(3, "z", 0), (2, "a", 1), (1, "b", 2)] {
        let mut planned = intent(n);
        if let Work::Plan(Plan::Restore(plan)) = &mut planned.work {
            plan.target = format!("{within}/{name}").parse().unwrap();
        }
        // Within one second the names sort by target.
        journal.create(planned, now() + SignedDuration::from_millis(after)).unwrap();
    }
    let ids: Vec<OperationId> = journal.list().0.iter().map(|listed| listed.operation.id()).collect();
    assert_eq!(ids, [id(3), id(2), id(1)]);
}

#[test]
fn a_journal_whose_directory_is_gone_says_so_and_begins_nothing() {
    let (dir, journal, _path) = finished();
    fs::remove_dir_all(journal.folder()).unwrap();
    let (listed, problems) = journal.list();
    assert_eq!((listed.len(), problems.len()), (0, 1));
    assert!(problems[0].summary.starts_with("cannot list"), "{}", problems[0]);
    assert!(matches!(journal.create(intent(2), now()), Err(JournalError::Io { .. })));
    assert!(matches!(journal.attach(intent(2), now()), Err(JournalError::Io { .. })));
    assert!(matches!(journal.read(id(1)), Err(JournalError::Io { .. })));
    assert!(matches!(journal.unfinished(intent(1).work.instance(), ""), Err(JournalError::Io { .. })));
    drop(dir);
}

/// An open file that cannot be locked, as some network disks have it.
#[cfg(target_os = "linux")]
fn lockless(path: &Path) -> File {
    let by_path_only = rustix::fs::OFlags::PATH.bits().cast_signed();
    let options = &mut fs::OpenOptions::new();
    std::os::unix::fs::OpenOptionsExt::custom_flags(options.read(true), by_path_only).open(path).unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn whether_a_file_is_driven_is_not_guessed() {
    let (_dir, _journal, path) = finished();
    let error = is_free(&lockless(&path), &path).unwrap_err();
    assert!(matches!(error, JournalError::Io { doing: "lock", .. }), "{error}");
    let error = operation_file::lock(&lockless(&path), &path).unwrap_err();
    assert!(matches!(error, JournalError::Io { doing: "lock", .. }), "{error}");
}

#[test]
fn nobody_drives_where_no_lock_can_be_held() {
    let failed = |kind: io::ErrorKind| Err(TryLockError::Error(kind.into()));
    let table = [
        (Ok(()), Ok(true)),
        (Err(TryLockError::WouldBlock), Ok(false)),
        (failed(io::ErrorKind::Unsupported), Ok(true)),
        (failed(io::ErrorKind::PermissionDenied), Err(io::ErrorKind::PermissionDenied)),
    ];
    for (tried, expected) in table {
        assert_eq!(says_free(tried).map_err(|error| error.kind()), expected);
    }
}

/// Whoever reads along holds the lock for an instant; that is not driving.
#[test]
fn a_lock_that_is_held_for_an_instant_is_waited_for() {
    let (_dir, journal, path) = finished();
    let taken_over = || {
        let along = File::open(&path).unwrap();
        along.lock_shared().unwrap();
        let reader = std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(30));
            drop(along);
        });
        let taken = journal.take_over(id(1), now());
        reader.join().unwrap();
        taken.is_ok()
    };
    // On a machine that has much to do an instant can be long.
    assert!((0..20).any(|_| taken_over()), "a reader is taken for a driver");
}

#[test]
fn a_file_that_is_driven_takes_nothing_in() {
    let (_dir, journal, path) = finished();
    let parcel = tempfile::tempdir().unwrap();
    let exported = parcel.path().join("exported");
    fs::write(&exported, journal.export(id(1)).unwrap()).unwrap();
    let driven = journal.take_over(id(1), now()).unwrap();
    assert!(matches!(journal.import(&exported), Err(JournalError::Busy(_))));
    drop(driven);
    assert_eq!(journal.import(&exported).unwrap().phase, Phase::Succeeded);
    fs::write(&path, "not JSON\n").unwrap();
    assert!(matches!(journal.import(&exported), Err(JournalError::Conflict(_))));
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(matches!(journal.import(&exported), Err(JournalError::Io { doing: "open", .. })));
    fs::remove_dir_all(journal.folder()).unwrap();
    assert!(matches!(journal.import(&exported), Err(JournalError::Io { .. })));
}

#[test]
fn a_file_that_tells_no_operation_says_where_and_why() {
    let by = Driver { pid: 7, host: "laptop".into() };
    let line = |event: OperationEvent| {
        record::encode(&Record { version: 1, at: now(), event, by: by.clone() }).unwrap()
    };
    let planned = line(OperationEvent::Planned(Box::new(intent(1))));
    let table = [
        (Vec::new(), "line 1: the file is empty"),
        (b"not JSON\n".to_vec(), "line 1: the first record is damaged"),
        (line(OperationEvent::Submitting), "line 1: begins with 'submitting' and not with a plan"),
        ([&planned[..], &line(accepted())].concat(), "line 2: accepted cannot follow Planned"),
    ];
    for (bytes, why) in table {
        assert_eq!(replay(&bytes).unwrap_err().to_string(), why);
    }
    let torn = replay(&[&planned[..], b"torn"].concat()).unwrap();
    assert_eq!(torn.damage.unwrap().to_string(), "4 bytes from line 2 on cannot be read");
    assert_eq!(record::decode(b"{}").unwrap_err().to_string(), "its checksum does not fit");
}
