//! Several consoles on one state directory: one operation at a time on one instance, one writer for each operation, and
//! no lock that outlives its process.
//!
//! The other consoles are this test program itself, started again in a folder of its own.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should say where")]

#[path = "support/trials.rs"]
mod trials;

use std::fs;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use lifeboat::domain::operation::{Acceptation, Intent, OperationEvent, OperationId, Phase, Work};
use lifeboat::domain::plan::{Access, BackupPlan, Plan};
use lifeboat::domain::problem::Problem;
use lifeboat::journal::Journal;
use lifeboat::journal::driver::Driver;
use lifeboat::journal::error::JournalError;
use lifeboat::journal::operation_file::OperationFile;
use lifeboat::journal::record::{self, Record};
use trials::{Chance, seeds, trials};
use uuid::Uuid;

/// A file of this name tells the program that it is to be a console.
const CALL: &str = "be-a-console";
const CONSOLES: usize = 8;

fn at() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn id(n: u64) -> OperationId {
    OperationId::new(Uuid::from_u128(n.into()))
}

fn intent(n: u64) -> Intent {
    let instance = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/apim-core";
    Intent {
        operation_id: id(n),
        work: Work::Plan(Plan::Backup(BackupPlan {
            instance: instance.parse().unwrap(),
            to: "stcore/apim/x".parse().unwrap(),
            access: Access::System,
        })),
        accepted: Vec::new(),
        checks: Vec::new(),
        resource_manager: "https://management.azure.com".into(),
        tier: None,
        tool: "lifeboat".into(),
        purpose: lifeboat::domain::operation::Purpose::Real,
    }
}

/// Another console: it does what its standard input says, line by line, and says what came of it.
#[test]
fn console() {
    if !Path::new(CALL).exists() {
        return;
    }
    let say = |word: &str| writeln!(std::io::stderr().lock(), "said {word}").unwrap();
    say("here");
    let mut held: Option<OperationFile> = None;
    for line in std::io::stdin().lines().map_while(Result::ok) {
        let words: Vec<&str> = line.split(' ').collect();
        let [what, folder, n] = words.as_slice() else { panic!("{line}") };
        let (journal, n) = (Journal::open(Path::new(folder)).unwrap(), n.parse().unwrap());
        let tried = match *what {
            "begin" => journal.create(intent(n), at()).and_then(|mut file| {
                file.append(at(), &OperationEvent::Submitting)?;
                Ok(file)
            }),
            "take" => journal.take_over(id(n), at()),
            _ => {
                held = None;
                say("dropped");
                continue;
            }
        };
        match tried {
            Ok(file) => held = Some(file),
            Err(JournalError::Unfinished(_) | JournalError::Busy(_)) => {}
            Err(error) => panic!("{error}"),
        }
        say(if held.is_some() { "mine" } else { "not mine" });
    }
}

struct Console {
    child: Child,
    said: Lines<BufReader<ChildStderr>>,
}

impl Console {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "console", "--nocapture"])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut console = Self { child, said };
        assert_eq!(console.answer().unwrap(), "here");
        console
    }

    fn tell(&mut self, what: &str, folder: &Path, n: u64) {
        // One that was killed hears nothing.
        let _ = writeln!(self.child.stdin.as_mut().unwrap(), "{what} {} {n}", folder.display());
    }

    /// What it said; `None` when it was killed before it did.
    fn answer(&mut self) -> Option<String> {
        let lines = self.said.by_ref().map_while(Result::ok);
        let mut said = lines.filter_map(|line| line.strip_prefix("said ").map(str::to_owned));
        said.next()
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How often each thing happened.
#[derive(Debug, Default)]
struct Counts {
    rounds: u64,
    begun: u64,
    refused: u64,
    killed: u64,
    left_behind: u64,
    taken_over: u64,
}

#[test]
fn of_several_consoles_one_begins_and_one_writes() {
    let call = tempfile::tempdir().unwrap();
    fs::write(call.path().join(CALL), "").unwrap();
    let mut consoles: Vec<Console> = (0..CONSOLES).map(|_| Console::start(call.path())).collect();
    let mut counts = Counts::default();
    let seeds = seeds(trials(40, 1000));
    for seed in &seeds {
        let mut chance = Chance::new(*seed);
        let many = usize::try_from(chance.between(2, CONSOLES as u64)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        round(*seed, &mut chance, &mut consoles[..many], folder.path(), &mut counts);
        for console in &mut consoles {
            if console.child.try_wait().unwrap().is_some() {
                *console = Console::start(call.path());
            }
        }
    }
    println!("{counts:?}, seeds {:?} to {:?}", seeds.first(), seeds.last());
    assert!(counts.left_behind > 0 || seeds.len() < 20, "no console was killed after it began");
}

/// All begin at once; perhaps one is killed meanwhile. Then all want the operation that is there.
fn round(seed: u64, chance: &mut Chance, consoles: &mut [Console], folder: &Path, counts: &mut Counts) {
    counts.rounds += 1;
    for (n, console) in (1..).zip(consoles.iter_mut()) {
        console.tell("begin", folder, n);
    }
    let victim = usize::try_from(chance.below(2 * consoles.len() as u64)).unwrap();
    if let Some(console) = consoles.get_mut(victim) {
        std::thread::sleep(Duration::from_micros(chance.below(60_000)));
        console.kill();
        counts.killed += 1;
    }
    let said: Vec<Option<String>> = consoles.iter_mut().map(Console::answer).collect();
    let mine = said.iter().flatten().filter(|word| *word == "mine").count();
    counts.refused += said.iter().flatten().filter(|word| *word == "not mine").count() as u64;

    let journal = Journal::open(folder).unwrap();
    let (listed, problems) = journal.list();
    assert!(problems.is_empty(), "seed {seed}: {problems:?}");
    let begun: Vec<_> = listed.iter().filter(|it| it.operation.phase == Phase::Submitting).collect();
    assert!(begun.len() <= 1, "seed {seed}: {} operations on one instance: {begun:?}", begun.len());
    assert!(mine <= begun.len(), "seed {seed}: {mine} think that they may send");
    if said.iter().all(Option::is_some) {
        assert_eq!(mine, 1, "seed {seed}: nobody was killed, and {mine} may send");
    }
    let Some(begun) = begun.first() else { return };
    counts.begun += 1;
    counts.left_behind += u64::from(begun.driven_by.is_none());
    let waited = Instant::now();
    let refused = journal.create(intent(99), at()).unwrap_err();
    assert!(waited.elapsed() < Duration::from_secs(2), "seed {seed}: a lock outlived its console");
    let JournalError::Unfinished(other) = refused else { panic!("seed {seed}: {refused}") };
    assert_eq!(other.id, begun.operation.id());

    let alive = |console: &mut Console| console.child.try_wait().unwrap().is_none();
    let n = (1..).find(|n| id(*n) == begun.operation.id()).unwrap();
    for what in ["drop", "take"] {
        let mut told: Vec<&mut Console> =
            consoles.iter_mut().filter_map(|it| alive(it).then_some(it)).collect();
        for console in &mut told {
            console.tell(what, folder, n);
        }
        let said: Vec<String> = told.iter_mut().filter_map(|it| it.answer()).collect();
        if what == "take" && !said.is_empty() {
            assert_eq!(said.iter().filter(|word| *word == "mine").count(), 1, "seed {seed}: {said:?}");
            counts.taken_over += 1;
        }
    }
    for console in consoles.iter_mut().filter_map(|it| alive(it).then_some(it)) {
        console.tell("drop", folder, n);
        console.answer();
    }
}

/// Process ids are given out again, and start anew after a reboot: what a record says of its writer decides nothing.
#[test]
fn a_process_that_got_the_id_of_a_dead_console_holds_nothing_up() {
    let state = tempfile::tempdir().unwrap();
    let journal = Journal::open(state.path()).unwrap();
    let mut file = journal.create(intent(1), at()).unwrap();
    file.append(at(), &OperationEvent::Submitting).unwrap();
    let path = file.path().to_owned();
    drop(file);
    let host = Driver::this_process().host;
    for pid in [std::process::id(), 1, u32::MAX] {
        let by = Driver { pid, host: host.clone() };
        let events = [OperationEvent::Planned(Box::new(intent(1))), OperationEvent::Submitting];
        let lines =
            events.map(|event| record::encode(&Record { version: 1, at: at(), event, by: by.clone() }));
        fs::write(&path, lines.map(Result::unwrap).concat()).unwrap();
        // A console that the test beside this one starts has every open file, and its lock, until it begins.
        let is_free = || journal.read(id(1)).unwrap().driven_by.is_none();
        let waited = |_| {
            std::thread::sleep(Duration::from_millis(20));
            is_free()
        };
        assert!(is_free() || (0..100).any(waited), "pid {pid}");
        let taken = journal.take_over(id(1), at()).unwrap();
        assert!(matches!(journal.take_over(id(1), at()), Err(JournalError::Busy(_))));
        drop(taken);
    }
}

/// Every phase that an operation can be left in, and whether another may be begun.
#[test]
fn what_stands_in_the_way_of_another_operation() {
    use OperationEvent as E;
    let problem = || Problem::new("x");
    let accepted = || E::Accepted(Acceptation::default());
    let stories: [(&[E], Option<bool>); 8] = [
        (&[], None),
        (&[E::Submitting], Some(false)),
        (&[E::Submitting, accepted()], Some(false)),
        (&[E::Submitting, accepted(), E::Untracked { problem: problem() }], Some(true)),
        (&[E::Submitting, E::Unconfirmed { problem: problem() }], Some(true)),
        (&[E::Submitting, accepted(), E::Succeeded { evidence: String::new() }], None),
        (&[E::Submitting, E::Refused { problem: problem() }], None),
        (&[E::NotSent { problem: problem() }], None),
    ];
    for (story, bars) in stories {
        let state = tempfile::tempdir().unwrap();
        let journal = Journal::open(state.path()).unwrap();
        let mut file = journal.create(intent(1), at()).unwrap();
        // While it is driven even a plan is about to be sent.
        assert!(matches!(journal.create(intent(2), at()), Err(JournalError::Unfinished(_))));
        for event in story {
            file.append(at(), event).unwrap();
        }
        drop(file);
        let told = journal.create(intent(2), at());
        match bars {
            None => assert!(told.is_ok(), "{story:?}: {told:?}"),
            Some(set_aside) => {
                assert!(matches!(told, Err(JournalError::Unfinished(it)) if it.id == id(1)), "{story:?}");
                assert!(journal.begin(intent(2), &[id(3)], at()).is_err(), "another was known of");
                assert_eq!(journal.begin(intent(2), &[id(1)], at()).is_ok(), set_aside, "{story:?}");
            }
        }
    }
}

/// Another instance, or the same name in another cloud, is nobody's business; a file that cannot be read may be.
#[test]
fn other_instances_go_on_and_unreadable_files_stand_in_the_way_of_their_own() {
    let state = tempfile::tempdir().unwrap();
    let journal = Journal::open(state.path()).unwrap();
    let _running = journal.create(intent(1), at()).unwrap();
    let elsewhere = Intent { resource_manager: "https://management.chinacloudapi.cn".into(), ..intent(2) };
    journal.create(elsewhere, at()).unwrap();
    let mut other = intent(3);
    if let Work::Plan(Plan::Backup(plan)) = &mut other.work {
        plan.instance = plan.instance.as_str().replace("apim-core", "apim-edge").parse().unwrap();
    }
    let other = journal.create(other, at()).unwrap();
    drop(other);

    let (state, odd) = (tempfile::tempdir().unwrap(), "20260101T000000Z_backup_APIM-Core_x.jsonl");
    let journal = Journal::open(state.path()).unwrap();
    fs::write(journal.folder().join(odd), "not JSON\n").unwrap();
    let error = journal.create(intent(1), at()).unwrap_err();
    assert!(matches!(error, JournalError::Obscured(_)), "{error}");
    assert!(error.problem().next.unwrap().contains("move the file"));
    fs::rename(journal.folder().join(odd), journal.folder().join("20260101T000000Z_backup_other_x.jsonl"))
        .unwrap();
    journal.create(intent(1), at()).unwrap();
}

/// A plan that was never sent stands in nobody's way, but one whose file has lost its end may have been sent.
#[test]
fn a_plan_with_a_damaged_file_stands_in_the_way_until_it_is_looked_at() {
    let state = tempfile::tempdir().unwrap();
    let journal = Journal::open(state.path()).unwrap();
    let file = journal.create(intent(1), at()).unwrap();
    let path = file.path().to_owned();
    drop(file);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, [whole.as_slice(), b"{\"v\":1,"].concat()).unwrap();
    assert!(matches!(journal.create(intent(2), at()), Err(JournalError::Unfinished(_))));
    // Mended, by a console that ended before it wrote down what that means.
    drop(journal.take_over(id(1), at()).unwrap());
    assert!(matches!(journal.create(intent(2), at()), Err(JournalError::Unfinished(_))));
}
