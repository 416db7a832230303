//! The program on a disk that runs full, and what it leaves there: for its user only, whatever the umask; and nothing at
//! all in a directory that is not his alone.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it cannot go on"
)]
#![allow(dead_code, unreachable_pub, reason = "a part of the terminal is used")]

mod lab;
#[path = "support/pty.rs"]
mod pty;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use lab::{Lab, Ran, SIGN_IN, environment};
use pty::Session;

const TARGET: &str = "apim-core-dr";

/// Runs the program under a shell that does this first. The shell has `"$@"` for the program with its words.
fn under(lab: &Lab, shell: &str, words: &[&str]) -> Ran {
    let plain = lab.command(words);
    let mut command = Command::new("sh");
    command.args(["-c", shell, "sh"]).arg(plain.get_program()).args(plain.get_args());
    command.env_clear().envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    lab::ran(command.output().unwrap())
}

fn restore(backup: &str) -> Vec<&str> {
    let words =
        ["restore", "--backup", backup, "--target", TARGET, "--access", "system", "--confirm", TARGET];
    [&words[..], &["--output", "json"]].concat()
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()) {
        if path.is_dir() {
            found.extend(below(&path));
        }
        found.push(path);
    }
    found
}

fn journals(lab: &Lab) -> Vec<PathBuf> {
    let all = below(&lab.state().join("operations"));
    all.into_iter().filter(|path| path.extension().is_some_and(|it| it == "jsonl")).collect()
}

/// The disk runs full in the middle of each record in turn. Until the request may leave that keeps it from leaving;
/// afterwards it is watched to its end, and found again by whoever starts the program on a disk with room.
#[test]
fn a_disk_that_runs_full_keeps_the_request_from_leaving_or_is_told() {
    let lab = Lab::new("quiet", 1200.0);
    let backup = lab.newest("apim-core-prod");
    assert_eq!(lab.run(&restore(&backup)).code, 0);
    let [clean] = journals(&lab).try_into().unwrap();
    let lengths: Vec<u64> = fs::read(&clean)
        .unwrap()
        .split_inclusive(|&byte| byte == b'\n')
        .map(|line| line.len() as u64)
        .collect();
    let mut at = 0;
    let mut limits = vec![0];
    limits.extend(lengths.iter().map(|length| {
        at += length;
        at - length / 2
    }));
    let (mut kept, mut told) = (0, 0);
    for (record, limit) in limits.iter().enumerate() {
        fs::remove_dir_all(lab.state().join("operations")).unwrap();
        let before = lab.posts().len();
        let shell = format!("trap '' XFSZ; exec prlimit --fsize={limit} -- \"$@\"");
        let ran = under(&lab, &shell, &restore(&backup));
        let posts = lab.posts().len() - before;
        if record <= 2 {
            kept += 1;
            ran.expect(1, &["Not sent: the journal cannot be written"]);
            assert_eq!((posts, ran.verdict()["phase"].as_str()), (0, Some("notSent")), "record {record}");
        } else {
            told += 1;
            ran.expect(0, &["NOT RECORDED"]);
            assert_eq!((posts, ran.verdict()["phase"].as_str()), (1, Some("succeeded")), "record {record}");
        }
        let resumed = lab.run(&["operations", "resume", "--all", "--output", "json"]);
        assert_eq!(resumed.code, if record == 2 { 1 } else { 0 }, "record {record}: {resumed:#?}");
        let now = lab.run(&["operations", "--output", "json"]).json()["operations"].clone();
        let phase = now[0]["phase"].as_str().unwrap_or("nothing").to_owned();
        let expected = ["nothing", "nothing", "notSent"].get(record).unwrap_or(&"succeeded");
        assert_eq!(phase, *expected, "record {record}: {now:#?}");
        assert_eq!(lab.posts().len() - before, posts, "resuming sends nothing");
    }
    println!("the disk ran full in {} records: {kept} kept the request, {told} were told", limits.len());
}

/// The whole program by keys and verbs under one umask: every path that makes a file.
fn use_all(lab: &Lab, umask: &str) {
    let shell = format!("umask {umask}; exec \"$@\"");
    let loud = |words: &[&str]| {
        let ran = under(lab, &shell, &[words, &["--log-level", "trace"]].concat());
        assert_eq!(ran.code, 0, "umask {umask}: {ran:#?}");
        ran
    };
    let backup = lab.newest("apim-core-prod");
    loud(&restore(&backup));
    let [journal] = journals(lab).try_into().unwrap();
    let id = loud(&["operations", "--output", "json"]).json()["operations"][0]["operationId"]
        .as_str()
        .unwrap()
        .to_owned();
    // Mended, with the original kept.
    let whole = fs::read(&journal).unwrap();
    let lines: Vec<&[u8]> = whole.split_inclusive(|&byte| byte == b'\n').collect();
    fs::write(&journal, [lines[..3].concat().as_slice(), b"{"].concat()).unwrap();
    loud(&["operations", "resume", "--all"]);
    // Taken in.
    let parcel = lab.home.path().join("parcel");
    fs::write(&parcel, loud(&["operations", "export", &id]).stdout).unwrap();
    fs::remove_file(&journal).unwrap();
    loud(&["operations", "import", parcel.to_str().unwrap()]);
    fs::remove_file(&parcel).unwrap();

    let config = lab.config().display().to_string();
    let words =
        ["-c", &shell, "sh", lab::LIFEBOAT, "--cloud", "lab", "--auth", "environment", "--config", &config];
    let own = environment(lab.home.path());
    let variables: Vec<(&str, &str)> =
        own.iter().map(|(name, value)| (*name, value.as_str())).chain(SIGN_IN).collect();
    let mut console = Session::start_program("sh", &words, &variables, 120, 35);
    let cache = lab.home.path().join("cache/lifeboat/inventory.json");
    let end = Instant::now() + pty::PATIENCE;
    while !cache.exists() {
        assert!(Instant::now() < end, "no inventory was kept:\n{}", console.text());
        std::thread::sleep(Duration::from_millis(50));
    }
    console.press("q");
    assert!(console.exit().success());
}

#[test]
fn everything_is_for_its_user_only_whatever_the_umask() {
    let mut seen = 0;
    for umask in ["000", "022", "077"] {
        let lab = Lab::new("quiet", 1200.0);
        let configuration = fs::read(lab.config()).unwrap();
        let before = fs::metadata(lab.config()).unwrap();
        use_all(&lab, umask);
        let all = below(lab.home.path());
        for path in all.iter().filter(|path| **path != lab.config()) {
            let mode = fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777;
            let wanted = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode, wanted, "umask {umask}: {} has mode {mode:o}", path.display());
            seen += 1;
        }
        for kind in [".jsonl", ".damaged-1", ".lock", ".log", "inventory.json"] {
            let is = |path: &PathBuf| path.to_string_lossy().ends_with(kind);
            assert!(all.iter().any(is), "umask {umask}: no {kind} was made: {all:#?}");
        }
        let after = fs::metadata(lab.config()).unwrap();
        assert_eq!(fs::read(lab.config()).unwrap(), configuration, "the configuration is never written");
        assert_eq!(
            (after.mode(), after.mtime_nsec(), after.ino()),
            (before.mode(), before.mtime_nsec(), before.ino())
        );
    }
    println!("{seen} files and directories under 3 umasks");
}

/// What is done to a directory, and what is said of it then.
type Spoilt<'a> = (&'a str, &'a dyn Fn(&Path));

/// A directory with which somebody else may have a hand holds neither journal nor log, and nothing is started.
#[test]
fn what_is_not_his_alone_is_refused() {
    let lab = Lab::new("quiet", 1200.0);
    let backup = lab.newest("apim-core-prod");
    let spoil: [Spoilt<'_>; 5] = [
        ("others may enter", &|path| fs::set_permissions(path, fs::Permissions::from_mode(0o750)).unwrap()),
        ("others may enter", &|path| fs::set_permissions(path, fs::Permissions::from_mode(0o701)).unwrap()),
        ("is a link", &|path| {
            fs::rename(path, path.with_extension("aside")).unwrap();
            symlink(path.with_extension("aside"), path).unwrap();
        }),
        ("is a link", &|path| {
            fs::remove_dir_all(path).unwrap();
            symlink("/nowhere/at/all", path).unwrap();
        }),
        ("is no directory", &|path| {
            fs::remove_dir_all(path).unwrap();
            fs::write(path, "").unwrap();
        }),
    ];
    for name in ["operations", "log"] {
        for (told, spoil) in &spoil {
            fs::remove_dir_all(lab.state()).unwrap();
            lab.run(&["operations"]);
            spoil(&lab.state().join(name));
            let ran = lab.run(&restore(&backup));
            assert!(ran.stderr.contains(told), "{name} {told}: {ran:#?}");
            assert_eq!(ran.code, if name == "operations" { 1 } else { 0 }, "{ran:#?}");
        }
    }
    // Without a log the work is done all the same; without a journal nothing is.
    assert_eq!(lab.posts().len(), spoil.len());
}

#[test]
fn a_directory_of_somebody_else_is_refused() {
    let lab = Lab::new("quiet", 1200.0);
    let folder = lab.state().join("operations");
    lab.run(&["operations"]).expect(0, &[]);
    if fs::metadata(&folder).unwrap().uid() == 0 {
        assert!(Command::new("chown").arg("65534").arg(&folder).status().unwrap().success());
    } else {
        // Nobody but root can give a directory away, and this one is root's.
        let state = lifeboat::journal::folder::make_private(Path::new("/root"));
        assert!(state.expect_err("root's home").to_string().contains("belongs to user 0"));
        return;
    }
    let ran = lab.run(&["operations"]);
    ran.expect(1, &["belongs to user 65534 and not to you"]);
}
