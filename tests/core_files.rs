//! A crash writes nothing of memory to disk: there are tokens and keys in it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where it cannot go on")]

mod lab;

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};

use lab::bare;
use rustix::process::{Pid, Resource, Rlimit, Signal, getuid, kill_process, prlimit};
use tempfile::TempDir;

const FATAL: [Signal; 4] = [Signal::SEGV, Signal::ABORT, Signal::BUS, Signal::FPE];

fn pid(child: &Child) -> Pid {
    Pid::from_child(child)
}

/// Allows core files as far as this user may; whether that was as far as it goes.
fn allow_core_files(child: &Child) -> bool {
    prlimit(Some(pid(child)), Resource::Core, Rlimit { current: None, maximum: None }).is_ok()
}

fn crash(mut child: Child, signal: Signal) -> ExitStatus {
    kill_process(pid(&child), signal).unwrap();
    child.wait().unwrap()
}

/// The pretend Azure of the program, once it serves, with nothing of the test's memory in it.
fn serving(home: &TempDir) -> Child {
    let mut child = bare(home.path(), &["sandbox", "--port", "0"])
        .current_dir(home.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut out, &mut line).unwrap();
    assert!(line.starts_with("http"), "{line}");
    child
}

fn core_files(home: &TempDir) -> Vec<String> {
    let names = fs::read_dir(home.path()).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("core")).collect()
}

#[test]
fn no_crash_leaves_a_core_file() {
    for signal in FATAL {
        let home = TempDir::new().unwrap();
        let child = serving(&home);
        let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        let words: Vec<&str> = core.split_whitespace().collect();
        assert_eq!(words[4..6], ["0", "0"], "{core}");
        let status = crash(child, signal);
        assert_eq!(status.signal(), Some(signal.as_raw()));
        assert!(!status.core_dumped() && core_files(&home).is_empty(), "{status}: {:?}", core_files(&home));
    }
}

#[test]
fn nobody_of_the_same_user_reads_its_memory_and_no_limit_brings_a_core_file_back() {
    let home = TempDir::new().unwrap();
    let child = serving(&home);
    if !getuid().is_root() {
        let memory = fs::File::open(format!("/proc/{}/mem", child.id()));
        assert!(memory.is_err(), "its memory can be read");
        crash(child, Signal::KILL);
        println!("not root: the limit cannot be lifted, the memory cannot be read");
        return;
    }
    if !allow_core_files(&child) {
        crash(child, Signal::KILL);
        println!("not tried: no limit can be lifted here");
        return;
    }
    let status = crash(child, Signal::SEGV);
    assert!(!status.core_dumped() && core_files(&home).is_empty(), "{status}: {:?}", core_files(&home));
    // Without the protection the same way does lead to a dump, or this test proves nothing.
    let other = Command::new("sleep").arg("60").current_dir(home.path()).spawn().unwrap();
    assert!(allow_core_files(&other));
    let dumped = crash(other, Signal::SEGV).core_dumped();
    println!(
        "4 fatal signals and one with the limit lifted: no dump; an unprotected process dumps: {dumped}"
    );
}
