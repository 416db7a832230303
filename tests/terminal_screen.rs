//! The full screen in a pseudo-terminal: the first frame without an answer from anybody, a restore by keys alone, and a
//! terminal that is whole again after quit, signal, suspension and panic.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it cannot go on"
)]

mod lab;
#[path = "support/pty.rs"]
mod pty;
#[path = "support/sitting.rs"]
mod sitting;
#[path = "support/trials.rs"]
mod trials;

use std::process::Command;
use std::time::Duration;

use lab::Lab;
use lifeboat::app::breakdown;
use lifeboat::app::terminal::{Held, Screen};
use pty::Session;
use sitting::console;
use tempfile::TempDir;
use trials::{Chance, trials};

/// The program in a rehearsal of its own.
fn rehearsal(home: &TempDir, more: &[&str]) -> Session {
    sitting::alone(home.path(), &[&["--sandbox"][..], more].concat(), &[])
}

fn signal(session: &Session, name: &str) {
    assert!(
        Command::new("kill")
            .args([format!("-{name}"), session.pid().to_string()])
            .status()
            .unwrap()
            .success()
    );
}

fn assert_whole(session: &Session) {
    assert!(session.amiss().is_empty(), "{:#?}", session.amiss());
}

#[test]
fn l1_first_frame_without_network() {
    let home = TempDir::new().unwrap();
    let mut session = rehearsal(&home, &["--scenario", "silent"]);
    session.wait_for("Fleet").wait_for("SANDBOX silent");
    session.press("?").wait_for("Keys of this screen");
    session.press("q").wait_for("? help").press("q");
    assert!(session.exit().success());
    assert_whole(&session);
}

#[test]
fn the_second_start_shows_what_the_first_one_saw_though_nobody_answers() {
    let mut lab = Lab::new("quiet", 600.0);
    let cache = lab.home.path().join("cache/lifeboat/inventory.json");
    let mut first = console(&lab, &[]);
    first.wait_for("apim-core-prod").wait_until("the cache on disk", |_| cache.exists());
    first.press("q");
    assert!(first.exit().success());
    lab.go_silent();
    let mut second = console(&lab, &[]);
    second.wait_for("apim-billing-prod").press("q");
    assert!(second.exit().success());
    assert_whole(&second);
}

#[test]
fn from_launch_to_an_accepted_restore_in_at_most_36_keys() {
    let lab = Lab::new("quiet", 600.0);
    let fleet = include_str!("../assets/sandbox/contoso.toml");
    lab.configure(&lab.base_url, fleet);
    let mut session = console(&lab, &[]);
    session.wait_until("the whole fleet", |screen| screen.contains("29/30") && !screen.contains("reading"));
    session.press("/core-p\r").wait_until("one row", |screen| !screen.contains("apim-pay-prod"));
    session.press("\r").wait_for("Backup × target");
    session.press("arnn").wait_for("25 ok");
    session.press("n").wait_for("POST");
    session.press("n").wait_for("Type the name");
    session.press("apim-core-dr").wait_for("Enter sends it").press("\r");
    session.wait_until("its verdict", |screen| screen.contains("succeeded"));
    assert!(session.strokes() <= 36, "{} keys", session.strokes());
    assert_eq!(lab.posts().len(), 1);
    session.press("\x03\x03");
    assert!(session.exit().success());
    assert_whole(&session);
}

#[test]
fn o1_killed_in_the_middle_the_next_start_attaches_by_itself() {
    let lab = Lab::new("quiet", 60.0);
    let backup = lab.newest("apim-core-prod");
    let words = [
        "restore",
        "--backup",
        &backup,
        "--target",
        "apim-core-dr",
        "--access",
        "system",
        "--confirm",
        "apim-core-dr",
        "--no-wait",
    ];
    assert_eq!(lab.run(&words).code, 0);
    let mut session = console(&lab, &[]);
    session.wait_for("1 running");
    session.press("4").wait_until("its verdict", |screen| screen.contains("succeeded"));
    session.kill();
    assert_eq!(lab.posts().len(), 1);
}

#[test]
fn an_operation_of_another_console_is_read_along_and_taken_over_when_that_one_dies() {
    let lab = Lab::new("quiet", 40.0);
    let backup = lab.newest("apim-core-prod");
    let words = ["restore", "--backup", &backup, "--target", "apim-core-dr", "--access", "system"];
    let mut other = lab.start(&[&words[..], &["--confirm", "apim-core-dr"]].concat());
    // Only what has been accepted is on the disk with its address.
    let shown = || lab.run(&["operations", "--output", "json"]).json()["operations"][0].clone();
    while shown()["phase"] != "running" {
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut session = console(&lab, &[]);
    session.press("4").wait_for("driven by pid");
    let polls = shown()["polls"].as_u64().unwrap();
    other.kill().unwrap();
    other.wait().unwrap();
    session.wait_until("its verdict", |screen| screen.contains("succeeded"));
    assert!(shown()["polls"].as_u64().unwrap() > polls, "nobody asked any more");
    assert_eq!(shown()["phase"], "succeeded");
    assert_eq!(lab.posts().len(), 1);
    session.kill();
}

#[test]
fn signals_leave_the_terminal_whole() {
    for name in ["TERM", "HUP", "INT"] {
        let home = TempDir::new().unwrap();
        let mut session = rehearsal(&home, &["--scenario", "silent"]);
        session.wait_for("Fleet");
        signal(&session, name);
        session.exit();
        assert_whole(&session);
    }
}

#[test]
fn stopped_and_continued_it_draws_all_of_it_again() {
    let home = TempDir::new().unwrap();
    let mut session = rehearsal(&home, &["--scenario", "silent"]);
    session.wait_for("Fleet");
    // There is no shell above it here, so the system does not stop it: the screen must come back all the same.
    session.send(b"\x1a");
    session.press("?").wait_for("Keys of this screen");
    signal(&session, "STOP");
    session.resize(100, 30);
    signal(&session, "CONT");
    session.press("q").wait_for("? help").press("q");
    assert!(session.exit().success());
    assert_whole(&session);
}

#[test]
fn a_paste_confirms_nothing_and_every_size_is_borne() {
    let home = TempDir::new().unwrap();
    let mut session = rehearsal(&home, &["--scenario", "silent"]);
    session.wait_for("Fleet");
    let mut chance = Chance::new(16);
    let changes = trials(60, 1_000);
    for _ in 0..changes {
        let mut below = |end| u16::try_from(chance.below(end)).unwrap();
        let (columns, rows) = match below(8) {
            0 => (0, 0),
            1 => (1, 1),
            2 => (65_535, 1),
            3 => (below(41), below(13)),
            _ => (below(240), below(80)),
        };
        session.resize(columns, rows);
        std::thread::sleep(Duration::from_millis(chance.below(25)));
    }
    session.resize(80, 24);
    session.send(b"\x1b[200~arnnapim-core-dr\r\x1b[201~\x0c").wait_for("Fleet");
    session.press("q");
    assert!(session.exit().success());
    assert_whole(&session);
    println!("{changes} resizes in a terminal (seed 16)");
}

#[test]
fn t5_an_idle_screen_is_quiet() {
    let home = TempDir::new().unwrap();
    let mut session = rehearsal(&home, &[]);
    session.wait_until("the whole fleet", |screen| screen.contains("29/30") && !screen.contains("reading"));
    // Let the last answers arrive.
    std::thread::sleep(Duration::from_secs(2));
    let before = session.bytes();
    std::thread::sleep(Duration::from_secs(3));
    let wrote = session.bytes() - before;
    // 20 kB a minute are allowed over a slow line.
    assert!(wrote < 1_000, "{wrote} bytes in three idle seconds");
    session.press("q");
    session.exit();
}

/// Not a test of its own: the next one runs it in a terminal.
#[test]
#[ignore = "run by a_panic_in_any_thread_leaves_the_terminal_whole"]
fn panics_on_the_full_screen() {
    let held = Held::default();
    let (told, was_told) = std::sync::mpsc::channel();
    breakdown::on_panic(held.clone(), "/the/log", move || told.send(()).unwrap()).unwrap();
    let mut screen = Screen::enter(held, lifeboat::settings::Surroundings::PLAIN).unwrap();
    screen.draw(|frame| frame.render_widget("ON THE SCREEN", frame.area())).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert!(std::thread::spawn(|| panic!("a worker broke down")).join().is_err());
    was_told.recv().unwrap();
    // A frame that comes late must not be drawn over the report.
    screen.draw(|frame| frame.render_widget("TOO LATE", frame.area())).unwrap();
    std::process::exit(7);
}

#[test]
fn a_panic_in_any_thread_leaves_the_terminal_whole() {
    let this = std::env::current_exe().unwrap();
    let words = ["--ignored", "--exact", "panics_on_the_full_screen", "--nocapture"];
    let mut session =
        Session::start_program(this.to_str().unwrap(), &words, &[("RUST_BACKTRACE", "0")], 120, 35);
    session.wait_for("ON THE SCREEN");
    assert_eq!(session.exit().exit_code(), 7);
    assert_whole(&session);
    let report = session.text();
    for text in ["a worker broke down", "operations resume --all", "/the/log"] {
        assert!(report.contains(text), "{report}");
    }
    assert!(!report.contains("TOO LATE") && !report.contains("ON THE SCREEN"), "{report}");
}
