use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use super::*;
use crate::domain::operation::{Intent, OperationId, Work};
use crate::domain::plan::{Access, BackupPlan, Plan};

fn instance(name: &str) -> ResourceId {
    let within = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service";
    format!("{within}/{name}").parse().unwrap()
}

fn refused(told: Result<(), JournalError>) -> String {
    match told {
        Err(JournalError::NotPrivate { why, .. }) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_directory_is_made_with_all_above_it_for_its_owner_only() {
    let dir = tempfile::tempdir().unwrap();
    let deep = dir.path().join("one/two");
    make_private(&deep).unwrap();
    for made in [&deep, &dir.path().join("one")] {
        assert_eq!(fs::metadata(made).unwrap().mode() & 0o777, 0o700);
    }
    make_private(&deep).unwrap();
    // A name without a directory lies in the one that the process is in.
    let here = PathBuf::from(format!(".made-by-a-test-{}", std::process::id()));
    let made = make_private(&here);
    fs::remove_dir(&here).unwrap();
    made.unwrap();
}

#[test]
fn what_others_may_enter_is_refused_whatever_they_may_do_there() {
    let dir = tempfile::tempdir().unwrap();
    for mode in [0o700, 0o500, 0o701, 0o710, 0o704, 0o740, 0o702, 0o720, 0o777] {
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(mode)).unwrap();
        let told = make_private(dir.path());
        if mode & 0o077 == 0 {
            told.unwrap();
        } else {
            assert_eq!(refused(told), format!("others may enter it (mode {mode:o})"));
        }
    }
}

#[test]
fn what_is_no_directory_of_ones_own_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (file, link, loose) = (dir.path().join("file"), dir.path().join("link"), dir.path().join("loose"));
    fs::write(&file, "").unwrap();
    symlink(dir.path(), &link).unwrap();
    symlink("/nowhere/at/all", &loose).unwrap();
    assert_eq!(refused(make_private(&file)), "is no directory");
    assert_eq!(refused(make_private(&link)), "is a link and not a directory");
    assert_eq!(refused(make_private(&loose)), "is a link and not a directory");
    let error = make_private(&file.join("below")).unwrap_err();
    assert!(matches!(error, JournalError::Io { doing: "create", .. }), "{error}");
    if rustix::process::geteuid().is_root() {
        let theirs = dir.path().join("theirs");
        make_private(&theirs).unwrap();
        std::os::unix::fs::chown(&theirs, Some(65534), None).unwrap();
        assert_eq!(refused(make_private(&theirs)), "belongs to user 65534 and not to you (user 0)");
    } else {
        println!("not tried: a directory of somebody else, because only root can give one away");
    }
}

#[test]
fn a_file_is_named_by_time_kind_target_and_id_and_found_by_its_target() {
    let named = |name: &str| {
        let plan = BackupPlan {
            instance: instance(name),
            to: "stcore/apim/x".parse().unwrap(),
            access: Access::System,
        };
        let intent = Intent {
            operation_id: OperationId::new(uuid::Uuid::from_u128(7)),
            work: Work::Plan(Plan::Backup(plan)),
            accepted: Vec::new(),
            checks: Vec::new(),
            resource_manager: String::new(),
            tier: None,
            tool: String::new(),
            purpose: crate::domain::operation::Purpose::Real,
        };
        name_of(&Operation::planned(intent, "2026-11-23T12:00:00.9Z".parse().unwrap()))
    };
    let long = "x".repeat(60);
    let table =
        [("apim-core2", "apim-core2"), ("a_b", "a-b"), ("ä..b;c", "---b-c"), (long.as_str(), &long[..50])];
    for (name, tamed) in table {
        let id = "00000000-0000-0000-0000-000000000007";
        assert_eq!(named(name), format!("20261123T120000Z_backup_{tamed}_{id}.jsonl"));
        let path = Path::new("/state").join(named(name).to_uppercase());
        assert!(may_be_of(&path, &instance(name)), "{name}");
        assert!(!may_be_of(&path, &instance("other")), "{name}");
    }
    for odd in ["x.jsonl", "a_b_c.jsonl", "a_b_c_d_e.jsonl", ""] {
        assert!(may_be_of(Path::new(odd), &instance("other")), "a name that is not ours says nothing: {odd}");
    }
}

#[test]
fn only_what_is_named_like_an_operation_is_listed_in_the_order_of_its_name() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["b.jsonl", "a.jsonl", ".hidden.jsonl", "a.jsonl.damaged-1", "jsonl", "a.json", ".x.new"] {
        fs::write(dir.path().join(name), "").unwrap();
    }
    let listed = operation_files(dir.path()).unwrap();
    assert_eq!(listed, [dir.path().join("a.jsonl"), dir.path().join("b.jsonl")]);
    let error = operation_files(&dir.path().join("nowhere")).unwrap_err();
    assert!(matches!(error, JournalError::Io { doing: "list", .. }), "{error}");
}

#[test]
fn a_file_of_64_mebibytes_is_read_and_a_longer_one_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x");
    let file = File::create(&path).unwrap();
    // Sparse: they take no room.
    file.set_len(64 << 20).unwrap();
    assert_eq!(read(&path).unwrap().len(), 64 << 20);
    file.set_len((64 << 20) + 1).unwrap();
    let error = read(&path).unwrap_err();
    assert!(error.to_string().contains("more than 67108864 bytes"), "{error}");
    let error = read(dir.path()).unwrap_err();
    assert!(matches!(error, JournalError::Io { doing: "read", .. }), "{error}");
}

#[test]
fn whoever_begins_an_operation_waits_for_the_one_before_and_not_for_ever() {
    let dir = tempfile::tempdir().unwrap();
    let first = begin_alone(dir.path(), TRIES).unwrap();
    assert_eq!(first.metadata().unwrap().mode() & 0o777, 0o600);
    let error = begin_alone(dir.path(), 2).unwrap_err();
    assert!(error.to_string().contains("another console has been beginning an operation"), "{error}");
    let waiting = thread::spawn({
        let folder = dir.path().to_owned();
        move || begin_alone(&folder, TRIES).map(drop)
    });
    thread::sleep(BETWEEN_TRIES * 2);
    assert!(!waiting.is_finished());
    drop(first);
    waiting.join().unwrap().unwrap();
    fs::remove_file(dir.path().join(BEGINNING)).unwrap();
    fs::create_dir(dir.path().join(BEGINNING)).unwrap();
    let error = begin_alone(dir.path(), TRIES).unwrap_err();
    assert!(matches!(error, JournalError::Io { doing: "lock", .. }), "{error}");
}

#[test]
fn an_unseen_file_is_for_its_owner_gone_when_dropped_and_takes_nobodys_name() {
    let dir = tempfile::tempdir().unwrap();
    let taken = dir.path().join("taken.jsonl");
    fs::write(&taken, "first").unwrap();
    let unseen_one = unseen(dir.path()).unwrap();
    assert_eq!(fs::metadata(unseen_one.path()).unwrap().mode() & 0o777, 0o600);
    assert_eq!(operation_files(dir.path()).unwrap(), std::slice::from_ref(&taken));
    let error = reveal(unseen_one, &taken).unwrap_err();
    assert!(matches!(error, JournalError::Io { doing: "create", .. }), "{error}");
    assert_eq!(fs::read(&taken).unwrap(), b"first");
    reveal(unseen(dir.path()).unwrap(), &dir.path().join("free.jsonl")).unwrap();
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    let nowhere = dir.path().join("nowhere");
    assert!(matches!(unseen(&nowhere), Err(JournalError::Io { doing: "create a file in", .. })));
    assert!(matches!(sync(&nowhere), Err(JournalError::Io { doing: "sync", .. })));
    assert!(matches!(check_own(&nowhere), Err(JournalError::Io { doing: "look at", .. })));
    assert!(matches!(check_private(&nowhere), Err(JournalError::Io { doing: "look at", .. })));
}
