//! The terminal is whole again whatever ends the console: a panic in any place at any moment, a signal at any moment,
//! being stopped and going on. Compared are the modes of the terminal (termios), the cursor, and the private modes.
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

use std::collections::BTreeMap;

use std::time::Duration;

use clap::Parser;
use lab::LIFEBOAT;
use lifeboat::app::breakdown;
use lifeboat::app::exit::Exit;
use lifeboat::app::terminal::{Held, Screen};
use lifeboat::cli::{Cli, Output};
use lifeboat::sandbox;
use lifeboat::settings::{Environment, Rehearsal, Settings};
use pty::Session;
use rustix::process::Signal;
use tempfile::TempDir;
use tokio::time::sleep;
use trials::{Chance, seeds, trials};

/// The child reads here what is to break down, and after how many milliseconds.
const FAULT: &str = "LIFEBOAT_TEST_FAULT";
const AFTER: &str = "LIFEBOAT_TEST_AFTER";

/// Where a panic may come from. `suspended` is a thread's while the console stops and goes on, again and again.
const FAULTS: [&str; 6] = ["task", "thread", "blocking", "loop", "drawing", "suspended"];

#[expect(clippy::disallowed_methods, reason = "a child is told by its environment what to do")]
fn told(name: &str) -> String {
    std::env::var(name).unwrap()
}

/// A program in this home. What it says when it breaks down is the same on every machine.
fn start(home: &TempDir, program: &str, words: &[&str], more: &[(&str, &str)]) -> Session {
    let variables = [&[("RUST_BACKTRACE", "0")][..], more].concat();
    sitting::start(home.path(), program, words, &variables, sitting::USUAL)
}

/// Sends a signal to one process; a group is never meant, and some `kill`s take one for everybody.
fn signal(pid: i32, name: &str) {
    let pid = rustix::process::Pid::from_raw(pid).filter(|pid| pid.as_raw_pid() > 1).unwrap();
    let signal = match name {
        "TERM" => Signal::TERM,
        "INT" => Signal::INT,
        "HUP" => Signal::HUP,
        "QUIT" => Signal::QUIT,
        "TSTP" => Signal::TSTP,
        other => panic!("{other} is not sent here"),
    };
    rustix::process::kill_process(pid, signal).unwrap();
}

fn assert_whole(session: &Session, when: &str) {
    assert!(session.amiss().is_empty(), "{when}: {:#?}\n{}", session.amiss(), session.text());
}

/// Not a test of its own: the console, in which something breaks down. It is composed as the door composes it.
#[test]
#[ignore = "run by t1_a_panic_anywhere_leaves_the_terminal_whole"]
fn breaks_down() {
    let (fault, after) = (told(FAULT), Duration::from_millis(told(AFTER).parse().unwrap()));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let exit = breakdown::outlive(|| match fault.as_str() {
        "drawing" => draw_until(after),
        _ => runtime.block_on(run_until(&fault, after)),
    });
    runtime.shutdown_background();
    std::process::exit(exit as i32);
}

async fn run_until(fault: &str, after: Duration) -> Exit {
    // First, because it takes its time on a busy machine: a panic before there is a console is none of the console's.
    let pretended = sandbox::start(sandbox::Options::default()).await.unwrap();
    match fault {
        "task" => drop(tokio::spawn(async move {
            sleep(after).await;
            panic!("a task broke down")
        })),
        "blocking" => drop(tokio::task::spawn_blocking(move || {
            std::thread::sleep(after);
            panic!("a blocking task broke down")
        })),
        "thread" | "suspended" => drop(std::thread::spawn(move || {
            std::thread::sleep(after);
            panic!("a thread broke down")
        })),
        _ => {}
    }
    let in_the_loop = async {
        sleep(after).await;
        if fault == "loop" {
            panic!("the loop broke down")
        }
        std::future::pending().await
    };
    let cli = Cli::parse_from(["lifeboat"]);
    let rehearsal =
        Rehearsal { base_url: pretended.base_url().to_owned(), scenario: "quiet".to_owned(), speed: 1.0 };
    let settings = Settings::load(&cli.global, &Environment::of_process(), Some(rehearsal)).unwrap();
    tokio::select! {
        ended = lifeboat::app::run(settings, None, Output::default()) => ended.unwrap(),
        never = in_the_loop => never,
    }
}

/// Draws without a pause, and breaks down in the middle of a frame.
fn draw_until(after: Duration) -> Exit {
    let held = Held::default();
    breakdown::on_panic(held.clone(), "/the/log", || ()).unwrap();
    let mut screen = Screen::enter(held, lifeboat::settings::Surroundings::PLAIN).unwrap();
    let begin = std::time::Instant::now();
    for n in 0_u64.. {
        let paint = |frame: &mut ratatui::Frame<'_>| {
            frame.render_widget(format!("frame {n} ").repeat(400), frame.area());
            assert!(begin.elapsed() < after, "the drawing broke down");
        };
        screen.draw(paint).unwrap();
    }
    Exit::Done
}

#[test]
fn t1_a_panic_anywhere_leaves_the_terminal_whole() {
    let this = std::env::current_exe().unwrap();
    let words = ["--ignored", "--exact", "breaks_down", "--nocapture"];
    let seeds = seeds(trials(14, 500));
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for &seed in &seeds {
        let mut chance = Chance::new(seed);
        let fault = FAULTS[usize::try_from(seed).unwrap() % FAULTS.len()];
        let home = TempDir::new().unwrap();
        let after = chance.between(0, 900).to_string();
        let mut session = start(&home, this.to_str().unwrap(), &words, &[(FAULT, fault), (AFTER, &after)]);
        while fault == "suspended" && session.is_running() {
            session.send(b"\x1a");
            std::thread::sleep(Duration::from_millis(chance.below(80)));
        }
        let ended = session.exit();
        assert_eq!(ended.exit_code(), 5, "seed {seed}, {fault}: {ended:?}\n{}", session.text());
        assert_whole(&session, &format!("seed {seed}, {fault}"));
        let report = session.text();
        assert!(report.contains("broke down"), "seed {seed}, {fault}: no report on\n{report}");
        assert!(report.contains("operations resume --all"), "seed {seed}, {fault}: {report}");
        *counts.entry(fault).or_default() += 1;
    }
    println!("{} panics, every terminal whole: {counts:?}; seeds 1 to {}", seeds.len(), seeds.len());
}

#[test]
fn t1_a_signal_at_any_moment_leaves_the_terminal_whole() {
    let seeds = seeds(trials(8, 500));
    let mut ends: BTreeMap<String, u64> = BTreeMap::new();
    for &seed in &seeds {
        let mut chance = Chance::new(seed);
        let name = ["TERM", "INT", "HUP", "QUIT"][usize::try_from(seed).unwrap() % 4];
        let home = TempDir::new().unwrap();
        let mut session = start(&home, LIFEBOAT, &["--sandbox"], &[]);
        let pid = i32::try_from(session.pid()).unwrap();
        std::thread::sleep(Duration::from_millis(chance.below(600)));
        if chance.one_in(2) {
            // The mouse, on.
            session.send(b"M");
            std::thread::sleep(Duration::from_millis(chance.below(60)));
        }
        for _ in 0..chance.below(3) {
            session.resize(80 + u16::try_from(chance.below(60)).unwrap(), 30);
        }
        signal(pid, name);
        let ended = session.exit();
        assert_whole(&session, &format!("seed {seed}, {name}"));
        // One that comes before anything was taken ends the process as the system does.
        let how = ended.signal().map_or_else(|| format!("{name}: exit {}", ended.exit_code()), str::to_owned);
        let told = [("TERM", 143), ("INT", 130), ("HUP", 129), ("QUIT", 131)].iter().find(|it| it.0 == name);
        assert!(ended.signal().is_some() || ended.exit_code() == told.unwrap().1, "seed {seed}: {how}");
        *ends.entry(how).or_default() += 1;
    }
    println!("{} signals, every terminal whole: {ends:?}; seeds 1 to {}", seeds.len(), seeds.len());
}

/// A shell with job control that looks, each time that the console was stopped, whether it has its terminal back.
const SHELL: &str = r#"
set -m
before=$(stty -g)
"$0" "$@"
while [ -n "$(jobs -s)" ]; do
    if [ "$(stty -g)" = "$before" ]; then echo "A WHOLE TERMINAL"; else echo "A BROKEN TERMINAL"; fi
    read -r _
    printf '\033[2J'
    fg > /dev/null
done
echo "ENDED WITH $?"
"#;

#[test]
fn t2_stopped_by_key_or_by_signal_the_shell_has_its_terminal_until_the_console_goes_on() {
    let home = TempDir::new().unwrap();
    let seeds = seeds(trials(8, 500));
    let mut session = start(&home, "bash", &["-c", SHELL, LIFEBOAT, "--sandbox"], &[]);
    session.wait_for("Fleet");
    let pid = session.foreground();
    for &seed in &seeds {
        let mut chance = Chance::new(seed);
        std::thread::sleep(Duration::from_millis(chance.below(120)));
        if chance.one_in(2) {
            session.send(b"\x1a");
        } else {
            signal(pid, "TSTP");
        }
        session.wait_until("stopped console", |screen| screen.contains("TERMINAL"));
        assert!(session.text().contains("A WHOLE TERMINAL"), "seed {seed}");
        assert_whole(&session, &format!("seed {seed}, stopped"));
        session.send(b"\r").wait_for("Fleet");
    }
    signal(pid, "TERM");
    session.wait_for("ENDED WITH 143");
    session.exit();
    assert_whole(&session, "after the end");
    println!("{} times stopped and continued; seeds 1 to {}", seeds.len(), seeds.len());
}
