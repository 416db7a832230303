//! A crash writes nothing of memory to disk: there are tokens and keys in it.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it cannot go on"
)]

mod lab;

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus, Stdio};
use std::time::Duration;

use lab::bare;
use lifeboat::app::core_files;
use rustix::process::{DumpableBehavior, Pid, Signal, dumpable_behavior, kill_process};
use tempfile::TempDir;

const FATAL: [Signal; 4] = [Signal::SEGV, Signal::ABORT, Signal::BUS, Signal::FPE];

fn pid(child: &Child) -> Pid {
    Pid::from_child(child)
}

/// Sends a signal until the process ends of it. The first SIGSEGV or SIGBUS that comes from outside is taken by the
/// standard library, which looks for the end of a stack and finds none.
fn crash(mut child: Child, signal: Signal) -> ExitStatus {
    loop {
        kill_process(pid(&child), signal).unwrap();
        std::thread::sleep(Duration::from_millis(20));
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
    }
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
fn the_process_is_not_dumpable_whatever_the_limit_says() {
    assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::Dumpable, "or this test proves nothing");
    core_files::forbid().unwrap();
    assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
}
