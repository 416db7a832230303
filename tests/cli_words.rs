//! The program as a script meets it before anything is asked of Azure: help, versions, words that cannot be meant.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it cannot go on"
)]

mod lab;

use lab::{Ran, bare, ran};
use tempfile::TempDir;

fn run(words: &[&str]) -> Ran {
    let home = TempDir::new().unwrap();
    ran(bare(home.path(), words).output().unwrap())
}

#[test]
fn l3_help_and_version_answer_at_once_and_end_well() {
    for words in
        [&["--help"][..], &["-h"], &["--version"], &["help", "restore"], &["operations", "resume", "--help"]]
    {
        let ran = run(words);
        assert_eq!(ran.code, 0, "{words:?} {ran:?}");
        assert!(!ran.stdout.is_empty() && ran.stderr.is_empty(), "{words:?} {ran:?}");
    }
    let help = run(&["--help"]).stdout;
    for word in [
        "instances",
        "backups",
        "check",
        "restore",
        "backup",
        "operations",
        "parity",
        "report",
        "info",
        "sandbox",
        "man",
    ] {
        assert!(help.contains(&format!("\n  {word}")), "{word}\n{help}");
    }
    assert!(help.contains("lifeboat --sandbox") && help.contains("5 outcome unknown"), "{help}");
}

#[test]
fn words_that_cannot_be_meant_end_with_2_and_say_what_could() {
    let table: [(&[&str], &str); 8] = [
        (&["check", "--backup", "nonsense", "--target", "t", "--access", "key"], "ACCOUNT/CONTAINER/NAME"),
        (&["check", "--backup", "stcore/apim/b", "--target", "t", "--access", "sas"], "user:CLIENT_ID"),
        (&["backups", "--location", "stcore"], "ACCOUNT/CONTAINER"),
        (&["backup", "apim", "--to", "ST/apim", "--access", "key"], "ACCOUNT/CONTAINER"),
        (&["instances", "--auth", "browser"], "workload"),
        (&["--sandbox", "--scenario", "earthquake", "instances"], "region-down"),
        (&["--speed", "600", "instances"], "--sandbox"),
        (&["restore", "--backup", "stcore/apim/b", "--target", "t", "--access", "key"], "--confirm"),
    ];
    for (words, wanted) in table {
        let ran = run(words);
        ran.expect(2, &[wanted]);
        assert_eq!(ran.stdout, "", "{words:?}");
    }
}

#[test]
fn p2_completions_and_the_manual_come_from_the_binary() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = run(&["completions", shell]);
        assert_eq!(ran.code, 0);
        assert!(ran.stdout.contains("resume") && ran.stdout.contains("lifeboat"), "{shell}");
    }
    let manual = run(&["man"]);
    assert_eq!(manual.code, 0);
    assert!(manual.stdout.starts_with(".ie") || manual.stdout.contains(".TH"), "{}", manual.stdout);
}

#[test]
fn l4_without_a_terminal_the_full_screen_is_refused_with_a_hint() {
    run(&["--sandbox"]).expect(2, &["needs a terminal", "lifeboat instances"]);
    run(&[]).expect(2, &["needs a terminal"]);
}

#[test]
fn a_reader_that_went_away_is_no_panic() {
    let home = TempDir::new().unwrap();
    let mut command = bare(home.path(), &["man"]);
    let mut child =
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"));
}

#[test]
fn an_incident_began_so_long_ago_or_at_a_moment() {
    let began = |text: &str| run(&["report", "--format", "json", "--began", text]);
    let seconds = |text: &str| {
        let report = began(text).json();
        let at = |key: &str| report[key].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        at("generatedAt").duration_since(at("beganAt")).as_secs()
    };
    assert_eq!((seconds("45m"), seconds("2h")), (45 * 60, 2 * 3600));
    assert_eq!(began("2026-01-23T11:45Z").json()["beganAt"], "2026-01-23T11:45:00Z");
    for wrong in ["soon", "9999-01-01T00:00Z", ""] {
        let ran = began(wrong);
        assert_eq!(ran.code, 2, "{wrong}: {ran:?}");
        assert!(ran.stderr.contains("--began"), "{wrong}: {ran:?}");
    }
}
