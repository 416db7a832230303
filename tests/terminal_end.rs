//! The console when its terminal ends: the window is closed, the line is cut, a shell in between dies. It is over within
//! a second, burns nothing, and what it watched can be taken up again.
#![cfg(target_os = "linux")]
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

use std::fs;
use std::time::{Duration, Instant};

use lab::Lab;
use rustix::process::{Pid, Signal, kill_process};
use sitting::behind_a_shell;
use trials::{Chance, seeds, trials};

/// The promise is 50 ms of computing at most. This build is not optimized, the kernel counts in hundredths, and other
/// tests run beside it, so twice as much is let pass; what it really was is printed. What is looked for, a process that
/// reads in circles, computes all the time.
const COMPUTING: Duration = Duration::from_millis(100);

/// A restore that is under way, as this laboratory's clock goes.
fn begin_a_restore(lab: &Lab) {
    let backup = lab.newest("apim-core-prod");
    let words = ["restore", "--backup", &backup, "--target", "apim-core-dr", "--access", "system"];
    let ran = lab.run(&[&words[..], &["--confirm", "apim-core-dr", "--no-wait"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
}

fn operation(lab: &Lab) -> serde_json::Value {
    lab.run(&["operations", "--output", "json"]).json()["operations"][0].clone()
}

/// The state of a process and what it has computed so far, its threads included: fields 3, 14 and 15 of
/// `/proc/<pid>/stat` (proc_pid_stat(5)), in hundredths of a second.
fn process(pid: i32) -> Option<(char, Duration)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let ticks: u64 = fields[11].parse::<u64>().ok()? + fields[12].parse::<u64>().ok()?;
    Some((fields[0].chars().next()?, Duration::from_millis(ticks * 10)))
}

/// Waits until a process has ended, and says how long that took and what it computed since it had computed `before`.
fn end_of(pid: i32, before: Duration) -> (Duration, Duration) {
    let begin = Instant::now();
    let mut computed = before;
    while let Some((state, so_far)) = process(pid) {
        computed = so_far.max(computed);
        if state == 'Z' {
            break;
        }
        assert!(begin.elapsed() < pty::PATIENCE, "it goes on without a terminal, {computed:?} computed");
        std::thread::sleep(Duration::from_millis(1));
    }
    (begin.elapsed(), computed - before)
}

/// What the worst one took. The time is promised to be a second at most.
#[derive(Debug, Default)]
struct Worst {
    time: Duration,
    computing: Duration,
}

impl Worst {
    fn take(&mut self, (time, computing): (Duration, Duration)) {
        self.time = self.time.max(time);
        self.computing = self.computing.max(computing);
        assert!(time <= Duration::from_secs(1), "it took {time:?}");
    }
}

#[test]
fn a_closed_terminal_ends_the_console_and_frees_what_it_watched() {
    let lab = Lab::new("quiet", 1.0);
    begin_a_restore(&lab);
    let seeds = seeds(trials(4, 100));
    let mut worst = Worst::default();
    for &seed in &seeds {
        let mut chance = Chance::new(seed);
        let shell = if seed % 2 == 0 { "exec \"$0\" \"$@\"" } else { "trap '' HUP; exec \"$0\" \"$@\"" };
        let mut session = behind_a_shell(&lab, shell);
        session.wait_for("1 running");
        std::thread::sleep(Duration::from_millis(chance.below(400)));
        let pid = session.foreground();
        let (_, before) = session.cut(|| process(pid)).unwrap();
        worst.take(end_of(pid, before));
        assert!(worst.computing <= COMPUTING, "seed {seed}: it computed for {:?}", worst.computing);
        assert_eq!(session.exit().exit_code(), 129, "seed {seed}");
        let left = operation(&lab);
        assert_eq!(left["phase"], "running", "seed {seed}: {left}");
        assert_eq!(left["drivenBy"], serde_json::Value::Null, "seed {seed}: {left}");
    }
    assert_eq!(lab.posts().len(), 1);
    println!("{} terminals closed (seeds {seeds:?}), the worst took {worst:?}", seeds.len());
}

#[test]
fn what_a_closed_terminal_left_is_carried_to_its_verdict() {
    let lab = Lab::new("quiet", 60.0);
    begin_a_restore(&lab);
    let mut session = behind_a_shell(&lab, "trap '' HUP; exec \"$0\" \"$@\"");
    session.wait_for("1 running");
    session.cut(|| ());
    session.exit();
    let ran = lab.run(&["operations", "resume", "--all"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(operation(&lab)["phase"], "succeeded");
    assert_eq!(lab.posts().len(), 1);
}

#[test]
fn a_console_whose_terminal_went_to_somebody_else_ends() {
    let lab = Lab::new("quiet", 1.0);
    // The shell in the middle has no job control: the console shares its group, and is an orphan when it dies. The one
    // above takes the terminal back.
    let shell =
        "set -m; bash -c '\"$0\" \"$@\"; true' \"$0\" \"$@\"; echo THE SHELL AGAIN; read -r _; read -r _";
    let rounds = trials(2, 20);
    let mut worst = Worst::default();
    for _ in 0..rounds {
        let mut session = behind_a_shell(&lab, shell);
        session.wait_for("Fleet");
        let middle = session.foreground();
        let children = fs::read_to_string(format!("/proc/{middle}/task/{middle}/children")).unwrap();
        let pid: i32 = children.trim().parse().unwrap();
        let (_, before) = process(pid).unwrap();
        let group = Pid::from_raw(middle).filter(|it| it.as_raw_pid() > 1).unwrap();
        kill_process(group, Signal::KILL).unwrap();
        worst.take(end_of(pid, before));
        // The reader may still hold the last bytes.
        std::thread::sleep(Duration::from_millis(300));
        // The modes are for the shell that has the terminal now; the console may not change them any more.
        let amiss: Vec<String> = session.amiss().into_iter().filter(|it| !it.contains("modes")).collect();
        assert!(amiss.is_empty(), "{amiss:#?}");
    }
    println!("{rounds} consoles left behind, the worst took {worst:?}");
}

#[test]
fn a_console_that_is_stopped_ends_with_its_terminal_too() {
    let lab = Lab::new("quiet", 1.0);
    let mut worst = Worst::default();
    for ignored in ["", "trap '' HUP; "] {
        let mut session =
            behind_a_shell(&lab, &format!("{ignored}set -m; \"$0\" \"$@\"; echo STOPPED; read -r _"));
        session.wait_for("Fleet");
        let pid = session.foreground();
        session.send(b"\x1a").wait_for("STOPPED");
        let (state, before) = process(pid).unwrap();
        assert_eq!(state, 'T');
        session.send(b"\r");
        session.exit();
        // The shell is gone; the system wakes the orphan up, and it finds no terminal that it may take.
        worst.take(end_of(pid, before));
    }
    println!("2 stopped consoles ended, the worst took {worst:?}");
}
