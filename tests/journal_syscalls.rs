//! The real program under strace: killed before any of its system calls, refused by the disk at any of them. What it
//! says afterwards is held against what the pretend Azure saw.
//!
//! `.ci/run` runs these; they need strace and the right to trace. A run has one worker thread, so that the n-th call of a
//! kind is the same call in the next run.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on should say where"
)]

mod lab;
#[path = "support/trials.rs"]
mod trials;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use lab::{Lab, Ran};
use tempfile::TempDir;
use trials::{Chance, seeds, trials};

const TARGET: &str = "apim-core-dr";
/// The calls that touch the journal or the network, and those that make and name files.
const CALLS: [&str; 14] = [
    "openat",
    "mkdir",
    "write",
    "fdatasync",
    "fsync",
    "flock",
    "renameat2",
    "linkat",
    "unlink",
    "ftruncate",
    "connect",
    "sendto",
    "writev",
    "recvfrom",
];
/// Those of them that a disk can refuse.
const DISK: [&str; 7] = ["mkdir", "openat", "write", "fdatasync", "fsync", "flock", "renameat2"];
const REFUSALS: [&str; 4] = ["EIO", "ENOSPC", "EROFS", "EDQUOT"];

/// One pretend Azure for all runs; each has a disk of its own.
struct Bench {
    lab: Lab,
    backup: String,
}

/// One run of the program and what it left.
struct Run {
    state: TempDir,
    ran: Ran,
    calls: Vec<Call>,
    posts_before: usize,
}

/// One system call.
#[derive(Clone, Debug)]
struct Call {
    thread: String,
    name: String,
    text: String,
}

impl Call {
    fn is_refused(&self) -> bool {
        self.text.ends_with("(INJECTED)")
    }

    /// Whether it touches the journal.
    fn is_of_journal(&self) -> bool {
        self.text.contains("/lifeboat/operations")
    }

    fn is_of_operation_file(&self) -> bool {
        self.is_of_journal() && (self.text.contains(".jsonl>") || self.text.contains(".new>"))
    }

    /// Whether it sends the one request that starts something.
    fn is_the_post(&self) -> bool {
        self.text.contains("\"POST /subscriptions/")
    }
}

impl Bench {
    fn new() -> Self {
        let lab = Lab::new("quiet", 2400.0);
        let quick = fs::read_to_string(lab.config()).unwrap();
        let quick = quick
            .replace("max = \"2s\"", "max = \"200ms\"")
            .replace("absent = \"100ms\"", "absent = \"50ms\"");
        fs::write(lab.config(), quick).unwrap();
        let backup = lab.newest("apim-core-prod");
        Self { lab, backup }
    }

    fn restore(&self) -> [&str; 11] {
        let backup = self.backup.as_str();
        let words =
            ["restore", "--backup", backup, "--target", TARGET, "--access", "system", "--confirm", TARGET];
        let [a, b, c, d, e, f, g, h, i] = words;
        [a, b, c, d, e, f, g, h, i, "--output", "json"]
    }

    fn command(&self, state: &Path, words: &[&str]) -> Command {
        let mut command = self.lab.command(words);
        command.env("XDG_STATE_HOME", state).env("TOKIO_WORKER_THREADS", "1");
        command
    }

    fn run(&self, state: &Path, words: &[&str]) -> Ran {
        lab::ran(self.command(state, words).output().unwrap())
    }

    /// A whole restore under strace, with these expressions.
    fn traced(&self, expressions: &[String]) -> Run {
        let posts_before = self.lab.posts().len();
        let (state, log) = (TempDir::new().unwrap(), self.lab.home.path().join("trace"));
        let plain = self.command(state.path(), &self.restore());
        let mut strace = Command::new("strace");
        strace.args(["-f", "-qq", "-y", "-s", "60", "-o"]).arg(&log);
        for expression in expressions {
            strace.args(["-e", expression]);
        }
        strace.arg(plain.get_program()).args(plain.get_args()).env_clear().stdin(Stdio::null());
        strace.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let output = strace.output().expect("strace is installed");
        let calls = calls(&String::from_utf8_lossy(&fs::read(&log).unwrap()));
        Run { state, ran: lab::ran(output), calls, posts_before }
    }

    /// Starts a restore and kills it after this time.
    fn killed_after(&self, time: Duration) -> Run {
        let posts_before = self.lab.posts().len();
        let state = TempDir::new().unwrap();
        let mut command = self.command(state.path(), &self.restore());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(time);
        child.kill().unwrap();
        Run { state, ran: lab::ran(child.wait_with_output().unwrap()), calls: Vec::new(), posts_before }
    }

    /// Starts the program again after whatever happened, and holds what it says against what Azure saw. Gives the last
    /// word on the operation, and how often Azure was asked for it.
    fn truth(&self, run: &Run, what: &str) -> (String, usize) {
        let resumed = self.run(run.state.path(), &["operations", "resume", "--all", "--output", "json"]);
        let listed = self.run(run.state.path(), &["operations", "--output", "json"]);
        assert_eq!(listed.code, 0, "{what}: {listed:#?}");
        let operations = listed.json()["operations"].as_array().unwrap().clone();
        assert!(operations.len() <= 1, "{what}: {operations:#?}");
        let word = operations.first().map_or("nothing", |it| it["phase"].as_str().unwrap()).to_owned();
        let posts = &self.lab.posts()[run.posts_before..];
        assert!(posts.len() <= 1, "{what}: DUPLICATED {posts:#?}");
        match posts {
            [post] => {
                let operation = operations.first().unwrap_or_else(|| lost(what));
                assert_eq!(operation["operationId"], post["clientRequestId"], "{what}: LOST");
                assert_eq!(word, "succeeded", "{what}: MIS-STATED {resumed:#?}");
            }
            _ => assert!(
                ["nothing", "notSent", "unconfirmed"].contains(&word.as_str()),
                "{what}: MIS-STATED, nothing was sent and it says {word}: {resumed:#?}"
            ),
        }
        (word, posts.len())
    }
}

fn lost(what: &str) -> ! {
    std::panic::panic_any(format!("{what}: LOST, Azure has it and the journal has not"))
}

/// The calls of a trace in the order in which they ended. What strace had to tell in two parts is put together.
fn calls(trace: &str) -> Vec<Call> {
    let mut begun: BTreeMap<&str, &str> = BTreeMap::new();
    let mut calls = Vec::new();
    for line in trace.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let rest = rest.trim_start();
        let text = if let Some(first) = rest.strip_suffix("<unfinished ...>") {
            begun.insert(thread, first);
            continue;
        } else if let Some((_, second)) = rest.strip_prefix("<... ").and_then(|it| it.split_once(" resumed>"))
        {
            format!("{}{second}", begun.remove(thread).unwrap_or_default())
        } else {
            rest.to_owned()
        };
        let Some((name, _)) = text.split_once('(') else { continue };
        calls.push(Call { thread: thread.to_owned(), name: name.to_owned(), text });
    }
    calls
}

/// The n-th call of its kind on its thread, for each call.
fn numbered(calls: &[Call]) -> Vec<(usize, &Call)> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut numbered = Vec::new();
    for call in calls {
        let count = counts.entry((&call.thread, &call.name)).or_default();
        *count += 1;
        numbered.push((*count, call));
    }
    numbered
}

fn trace(names: &[&str]) -> String {
    format!("trace={}", names.join(","))
}

#[test]
#[ignore = "needs strace; .ci/run runs it"]
fn a_console_killed_before_any_system_call_loses_doubles_and_misstates_nothing() {
    let bench = Bench::new();
    let clean = bench.traced(&[trace(&CALLS)]);
    assert_eq!(clean.ran.code, 0, "{:#?}", clean.ran);
    bench.truth(&clean, "clean");
    let mut points: BTreeSet<(String, usize)> = BTreeSet::new();
    for (n, call) in numbered(&clean.calls) {
        points.insert((call.name.clone(), n));
    }
    // Those around the request are always tried: from the intent to what Azure's answer leads to.
    let around = |call: &Call| call.is_of_operation_file() || call.is_the_post() || call.name == "flock";
    let telling: BTreeSet<(String, usize)> = numbered(&clean.calls)
        .into_iter()
        .filter(|(_, call)| around(call))
        .map(|(n, call)| (call.name.clone(), n))
        .collect();
    let all = points.len();
    let some = usize::try_from(trials(40, u64::MAX / 2)).unwrap();
    let step = all.div_ceil(some).max(1);
    let chosen: BTreeSet<_> = points.into_iter().step_by(step).chain(telling).collect();
    let mut words: BTreeMap<(String, usize), u64> = BTreeMap::new();
    for (name, n) in &chosen {
        let kill = format!("inject={name}:signal=KILL:when={n}");
        let run = bench.traced(&[trace(&[name]), kill]);
        *words.entry(bench.truth(&run, &format!("{name} {n}"))).or_default() += 1;
    }
    println!("killed before {} of {all} calls; last words and POSTs: {words:?}", chosen.len());
    assert!(words.keys().any(|(_, posts)| *posts == 1) && words.keys().any(|(_, posts)| *posts == 0));
}

#[test]
#[ignore = "long; .ci/run runs it"]
fn a_console_killed_at_any_moment_loses_doubles_and_misstates_nothing() {
    let bench = Bench::new();
    let began = Instant::now();
    let whole = Run { state: TempDir::new().unwrap(), ..bench.killed_after(Duration::ZERO) };
    let ran = bench.run(whole.state.path(), &bench.restore());
    assert_eq!(ran.code, 0, "{ran:#?}");
    let longest = u64::try_from(began.elapsed().as_micros()).unwrap();
    let seeds = seeds(trials(15, 5000));
    let mut words: BTreeMap<(String, usize), u64> = BTreeMap::new();
    for seed in &seeds {
        let time = Duration::from_micros(Chance::new(*seed).below(longest));
        let run = bench.killed_after(time);
        *words.entry(bench.truth(&run, &format!("seed {seed}, after {time:?}"))).or_default() += 1;
    }
    println!("{} killed within {longest} µs; last words and POSTs: {words:?}", seeds.len());
    println!("seeds {:?} to {:?}", seeds.first(), seeds.last());
}

#[test]
#[ignore = "needs strace; .ci/run runs it"]
fn a_disk_that_refuses_lets_nothing_leave_without_a_record_and_is_told() {
    let bench = Bench::new();
    let clean = bench.traced(&[trace(&CALLS)]);
    assert_eq!(clean.ran.code, 0, "{:#?}", clean.ran);
    let points: BTreeSet<(String, usize)> = numbered(&clean.calls)
        .into_iter()
        .filter(|(_, call)| call.is_of_journal() && DISK.contains(&call.name.as_str()))
        .map(|(n, call)| (call.name.clone(), n))
        .collect();
    assert!(points.len() >= 15, "{points:?}");
    let errors = usize::try_from(trials(1, REFUSALS.len() as u64)).unwrap();
    let (mut tally, mut missed) = (Tally::default(), 0);
    for (at, (name, n)) in points.iter().enumerate() {
        for turn in 0..errors {
            let error = REFUSALS[(at + turn) % REFUSALS.len()];
            // The thread that is woken writes too, now a little earlier, now a little later.
            let hit = [0, 1, -1, 2, -2, 3, -3, 4, -4, 5, 6, 7].into_iter().any(|off| {
                let n = n.saturating_add_signed(off).max(1);
                let refuse = format!("inject={name}:error={error}:when={n}");
                let what = format!("{name} {n} {error}");
                let run = bench.traced(&[trace(&CALLS), refuse]);
                let hit = tally.judge(&run, &what);
                bench.truth(&run, &what);
                hit
            });
            missed += usize::from(!hit);
        }
    }
    println!("{tally:?} at {} calls with {errors} errors each; {missed} never hit", points.len());
    assert!(tally.before > 0 && tally.after > 0, "{tally:?}");
    assert!(missed * 10 <= points.len() * errors, "{missed} never hit");
}

/// What the refusals did.
#[derive(Debug, Default)]
struct Tally {
    /// The refused call was not one of the journal: the order of calls was another one.
    elsewhere: u64,
    /// Refused before the request could leave: it did not.
    before: u64,
    /// Refused in a reading that the journal can do without.
    harmless: u64,
    /// Refused after it had left: it was watched to its end.
    after: u64,
}

impl Tally {
    /// Takes a run in; whether the call that was refused was one of the journal.
    fn judge(&mut self, run: &Run, what: &str) -> bool {
        let refused = run.calls.iter().position(Call::is_refused);
        let Some(refused) = refused.filter(|at| run.calls[*at].is_of_journal()) else {
            self.elsewhere += 1;
            return false;
        };
        let (call, later) = (&run.calls[refused], &run.calls[refused + 1..]);
        let posted = run.calls[..refused].iter().any(Call::is_the_post);
        let posts_later = later.iter().filter(|it| it.is_the_post()).count();
        if matches!(call.name.as_str(), "write" | "fdatasync" | "fsync") {
            let again = |it: &&Call| {
                it.is_of_operation_file() && matches!(it.name.as_str(), "write" | "fdatasync" | "fsync")
            };
            assert_eq!(later.iter().filter(again).count(), 0, "{what}: written or synced again: {later:#?}");
            assert_eq!(posts_later, 0, "{what}: sent without a durable record");
        }
        if posted {
            self.after += 1;
            assert_eq!(run.ran.verdict()["phase"], "succeeded", "{what}: {:#?}", run.ran);
            run.ran.expect(0, &["NOT RECORDED"]);
        } else if posts_later == 1 {
            self.harmless += 1;
            assert!(["openat", "mkdir"].contains(&call.name.as_str()), "{what}: {call:?}");
        } else {
            self.before += 1;
            // Blocked already when the checks could not read the journal.
            assert!([1, 3].contains(&run.ran.code), "{what}: {:#?}", run.ran);
            let told =
                ["journal", "Not sent", "Nothing was sent"].iter().any(|word| run.ran.stderr.contains(word));
            assert!(told, "{what}: {}", run.ran.stderr);
        }
        true
    }
}

#[test]
#[ignore = "needs strace; .ci/run runs it"]
fn each_transition_is_synced_once_and_nothing_else_is() {
    let bench = Bench::new();
    let run = bench.traced(&[trace(&["fdatasync", "fsync", "write", "writev"])]);
    assert_eq!(run.ran.code, 0, "{:#?}", run.ran);
    let of_file =
        |name: &str| run.calls.iter().filter(|it| it.name == name && it.is_of_operation_file()).count();
    let file = journal_file(run.state.path());
    let events: Vec<String> = fs::read_to_string(&file)
        .unwrap()
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["event"].as_str().unwrap().to_owned()
        })
        .collect();
    let transitions = events.iter().filter(|it| !["polled", "noted"].contains(&it.as_str())).count();
    assert_eq!((transitions, of_file("fdatasync"), of_file("fsync")), (4, 4, 0), "{events:?}");
    assert_eq!(of_file("write"), events.len());
    let of_folder = |it: &&Call| it.name == "fsync" && it.text.contains("/lifeboat/operations>");
    assert_eq!(run.calls.iter().filter(of_folder).count(), 1, "the new name is synced");
    println!("{events:?}: {} fdatasync, 1 fsync of the folder", of_file("fdatasync"));
}

fn journal_file(state: &Path) -> PathBuf {
    let files = fs::read_dir(state.join("lifeboat/operations")).unwrap().map(|it| it.unwrap().path());
    files.into_iter().find(|it| it.extension().is_some_and(|it| it == "jsonl")).unwrap()
}
