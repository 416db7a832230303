use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::cache::{Cache, CachedInventory};
use super::error::JournalError;
use super::record::{self, BadRecord, Record};
use super::replay::replay;
use super::*;
use crate::domain::backup::samples::backup;
use crate::domain::instance::samples::instance;
use crate::domain::operation::{Acceptation, OperationEvent, Poll};
use crate::domain::plan::{Access, BackupPlan, samples::restore};
use crate::domain::sku::Tier;

fn now() -> Timestamp {
    "2026-11-23T12:00:00.123456789Z".parse().unwrap()
}

fn id(n: u128) -> OperationId {
    OperationId::new(Uuid::from_u128(n))
}

fn intent(n: u128) -> Intent {
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

fn accepted() -> OperationEvent {
    let operation_url = "https://management.azure.com/x//operationresults/YQ%3D".to_owned();
    OperationEvent::Accepted(Acceptation { operation_url, retry_after: Some(60), ..Acceptation::default() })
}

fn story() -> Vec<OperationEvent> {
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
fn finished() -> (tempfile::TempDir, Journal, PathBuf) {
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

/// The last record, cut at every one of its bytes, and the file cut at every byte of all: the longest run of good
/// records stays, nothing panics, the original is kept.
#[test]
fn a_file_cut_at_any_byte_keeps_its_good_records() {
    let (dir, journal, path) = finished();
    let whole = fs::read(&path).unwrap();
    let ends: Vec<usize> =
        whole.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
    let last_begins = ends[ends.len() - 2];
    for cut in 0..whole.len() {
        let good = ends.iter().copied().filter(|end| *end <= cut).max();
        let Some(good) = good else {
            assert!(replay(&whole[..cut]).is_err(), "cut at {cut}");
            continue;
        };
        let told = replay(&whole[..cut]).unwrap();
        assert_eq!(told.good, good, "cut at {cut}");
        assert_eq!(told.damage.map(|it| it.bytes), (cut > good).then_some(cut - good), "cut at {cut}");
        if cut <= last_begins {
            continue;
        }
        fs::write(&path, &whole[..cut]).unwrap();
        let mended = journal.take_over(id(1), now()).unwrap();
        assert_eq!(mended.operation().phase, Phase::Untracked);
        assert!(mended.damage().is_some());
        drop(mended);
        assert_eq!(replay(&fs::read(&path).unwrap()).unwrap().damage, None, "cut at {cut}");
        let kept = path.with_file_name(format!("{}.damaged-1", path.file_name().unwrap().to_string_lossy()));
        assert_eq!(fs::read(&kept).unwrap(), &whole[..cut]);
        fs::remove_file(kept).unwrap();
    }
    println!("{} cuts, {} of them mended on disk", whole.len(), whole.len() - last_begins - 1);
    drop(dir);
}

#[test]
fn every_flipped_bit_of_a_record_is_seen() {
    let records = [OperationEvent::Submitting, accepted()].map(|event| Record {
        version: 1,
        at: now(),
        event,
        by: Driver { pid: 7, host: "laptop".into() },
    });
    let mut flips = 0;
    for record in records {
        let line = record::encode(&record).unwrap();
        let bare = line.strip_suffix(b"\n").unwrap();
        assert_eq!(record::decode(bare), Ok(record));
        for bit in 0..bare.len() * 8 {
            let mut flipped = bare.to_vec();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(record::decode(&flipped), Err(BadRecord::Damaged), "bit {bit}");
            flips += 1;
        }
    }
    println!("{flips} flips");
}

#[test]
fn a_bit_flipped_anywhere_in_a_file_never_turns_one_story_into_another() {
    let (_dir, _journal, path) = finished();
    let whole = fs::read(&path).unwrap();
    let told = replay(&whole).unwrap().events;
    for bit in 0..whole.len() * 8 {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        if let Ok(replayed) = replay(&flipped) {
            assert!(replayed.damage.is_some(), "bit {bit}");
            assert_eq!(replayed.events, told[..replayed.events.len()], "bit {bit}");
        }
    }
}

#[test]
fn damage_in_the_middle_loses_what_stands_behind_it_and_keeps_the_original() {
    let (_dir, journal, path) = finished();
    let whole = fs::read(&path).unwrap();
    let second_line = whole.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    let mut damaged = whole.clone();
    damaged[second_line + 20] ^= 1;
    fs::write(&path, &damaged).unwrap();
    for n in 1..=2 {
        let mended = journal.take_over(id(1), now()).unwrap();
        assert_eq!(mended.operation().phase, Phase::Planned);
        assert_eq!(mended.damage().unwrap().line, 2);
        drop(mended);
        let kept = format!("{}.damaged-{n}", path.display());
        assert_eq!(fs::read(&kept).unwrap(), damaged);
        assert_eq!(fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(&path, &damaged).unwrap();
    }
    assert_eq!(journal.list().0.len(), 1, "copies of damaged files are no operations");
}

/// Mending a file and writing down what the damage means are two steps, and a process can end between them.
#[test]
fn damage_is_not_forgotten_by_whoever_takes_over_next() {
    let (_dir, journal, path) = finished();
    let whole = fs::read(&path).unwrap();
    let second_line = whole.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    fs::write(&path, &whole[..second_line + 20]).unwrap();
    let first = journal.take_over(id(1), now()).unwrap();
    let lost = first.damage().cloned();
    assert!(lost.is_some());
    drop(first);
    let next = journal.take_over(id(1), now()).unwrap();
    assert_eq!(next.operation().phase, Phase::Planned);
    assert_eq!(next.damage(), lost.as_ref(), "the plan would be called never sent");
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

fn inventory() -> CachedInventory {
    CachedInventory {
        as_of: now(),
        resource_manager: "https://management.azure.com".into(),
        subscriptions: Vec::new(),
        instances: vec![instance("apim-core", Tier::Premium)],
        accounts: Vec::new(),
        backups: vec![backup("apim-core", 5, now())],
    }
}

#[test]
fn the_cache_is_whole_or_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::new(&dir.path().join("cache"));
    let kept = inventory();
    assert_eq!(cache.load(&kept.resource_manager), None);
    cache.store(&kept).unwrap();
    assert_eq!(cache.load(&kept.resource_manager), Some(kept.clone()));
    assert_eq!(cache.load("https://management.chinacloudapi.cn"), None);
    cache.store(&CachedInventory { backups: Vec::new(), ..kept.clone() }).unwrap();
    assert_eq!(cache.load(&kept.resource_manager).unwrap().backups, Vec::new());
    let file = dir.path().join("cache/inventory.json");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(dir.path().join("cache")).unwrap().count(), 1);
    let whole = fs::read(&file).unwrap();
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 1 << (at % 8);
        fs::write(&file, &damaged).unwrap();
        assert_eq!(cache.load(&kept.resource_manager), None, "byte {at}");
        fs::write(&file, &whole[..at]).unwrap();
        assert_eq!(cache.load(&kept.resource_manager), None, "cut at {at}");
    }
}
