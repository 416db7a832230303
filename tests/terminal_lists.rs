//! Lists through the binary: what Azure asks to wait for is told and kept to, a reading is cancelled for real, a list is
//! written to a file of its own, and commands outlive the run.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops where it cannot go on; this one measures what it waits for"
)]

mod lab;
#[path = "support/pty.rs"]
mod pty;
#[path = "support/sitting.rs"]
mod sitting;

use std::os::unix::fs::MetadataExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lab::Lab;
use lab::editor::{Answered, Asked, Edit};
use sitting::console;

/// So many seconds Azure asks to wait.
const WAIT: u64 = 12;

fn read(screen: &str) -> bool {
    screen.contains(" as of ") && !screen.contains("reading for")
}

/// The subscription that a request counts in.
fn subscription(path: &str) -> Option<&str> {
    path.strip_prefix("/subscriptions/")?.split_once('/').map(|(id, _)| id)
}

/// What was asked of which subscription, when, and how it was answered.
type Seen = Arc<Mutex<Vec<(Instant, String, u16)>>>;

/// Answers the first reading in a subscription after it was armed with 429.
fn impatient(armed: Arc<AtomicBool>, seen: Seen) -> Edit {
    Arc::new(move |asked: &Asked, mut answer: Answered| {
        let Some(id) = subscription(&asked.path).filter(|_| asked.method == "GET") else { return answer };
        if armed.swap(false, Ordering::SeqCst) {
            answer.status = 429;
            answer.headers.insert("retry-after", WAIT.to_string().parse().unwrap());
            answer.body =
                br#"{"error":{"code":"SubscriptionRequestsThrottled","message":"Too many."}}"#.to_vec();
        }
        seen.lock().unwrap().push((Instant::now(), id.to_owned(), answer.status));
        answer
    })
}

/// O4: the wait that Azure asks for is on the screen at once, with its length and with what is slowed by it; nothing is
/// asked in that subscription until it is over, and never more than the budget lets pass.
#[test]
fn o4_a_429_is_told_with_its_wait_and_kept_to() {
    let (armed, seen) = (Arc::new(AtomicBool::new(false)), Seen::default());
    let lab = Lab::edited("throttled", 1.0, impatient(Arc::clone(&armed), Arc::clone(&seen)));
    let mut screen = console(&lab, &[]);
    screen.wait_until("the whole inventory", read);
    armed.store(true, Ordering::SeqCst);
    screen.send(b"\x12");
    screen.wait_until("that Azure asks to wait, and how long", |screen| {
        let line = screen.lines().find(|line| line.contains("Azure asked us to wait (429). Slowed:"));
        line.is_some_and(|line| line.contains("some kinds of question for ") && line.contains('s'))
    });
    screen.press("4");
    screen.wait_until("the quota pane", |screen| {
        screen.contains("429       1 in 15 min   back-off ")
            && !screen.contains("back-off none")
            && screen.contains("slowed    4, 5, 7: 1m → 2m; polls keep Retry-After")
    });
    screen.press("1");
    std::thread::sleep(Duration::from_secs(WAIT));
    screen.press("q");
    screen.wait_until("the reading after the wait", read);
    screen.press("\x03\x03");
    screen.exit();
    let seen = seen.lock().unwrap();
    let (at, id, _) = seen.iter().find(|(_, _, status)| *status == 429).unwrap().clone();
    // What was on its way at that moment had left before anybody knew.
    let asked = seen.iter().filter(|(when, of, _)| *of == id && *when > at + Duration::from_millis(500));
    let early = asked.clone().filter(|(when, ..)| *when < at + Duration::from_secs(WAIT)).count();
    assert_eq!(early, 0, "asked before the wait was over: {seen:#?}");
    assert!(asked.count() > 0, "asked again after it");
    let refused = seen.iter().filter(|(_, _, status)| *status == 429).count();
    let most = seen.iter().map(|(_, of, _)| seen.iter().filter(|(_, it, _)| it == of).count()).max().unwrap();
    println!("{} readings, {refused} refused, at most {most} in one subscription", seen.len());
    assert_eq!(refused, 1, "the small buckets of the scenario were not run dry");
    assert!(most <= 250, "{most}");
}

/// Esc ends the reading itself, not only what is said of it: nothing is asked any more.
#[test]
fn esc_cancels_a_reading_and_nothing_more_is_asked() {
    let lab = Lab::new("slow", 1.0);
    let mut screen = console(&lab, &[]);
    screen.wait_for("Esc cancels");
    screen.press("\x1b").wait_for("reading cancelled: what is shown is partial, Ctrl-R reads anew");
    std::thread::sleep(Duration::from_secs(1));
    let asked = lab.requests().len();
    std::thread::sleep(Duration::from_secs(6));
    assert_eq!(lab.requests().len(), asked, "the reading goes on behind the screen");
    screen.wait_for("cancelled by you");
    screen.press("\x1b\x1b");
    screen.send(b"\x12");
    screen.wait_for("reading for");
    assert!(lab.requests().len() >= asked, "n2: it is still there");
    screen.press("\x03\x03");
    screen.exit();
}

#[test]
fn a_list_is_written_beside_the_reports_for_its_owner_only_and_commands_outlive_the_run() {
    let lab = Lab::new("quiet", 600.0);
    let mut screen = console(&lab, &[]);
    screen.wait_until("the whole inventory", read);
    screen.press("/name:core\rwc").wait_for("report written, path copied");
    screen.press("wc").wait_for("-2.csv");
    let folder = lab.state().join("reports");
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|it| it.unwrap().path()).collect();
    assert_eq!(files.len(), 2, "{files:?}");
    for file in &files {
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with("lifeboat-fleet-") && name.ends_with(".csv"), "{name}");
        assert_eq!(std::fs::metadata(file).unwrap().mode() & 0o777, 0o600);
        let text = std::fs::read_to_string(file).unwrap();
        assert!(text.starts_with("state,name,tier,") && text.contains(",apim-core-prod,"), "{text}");
    }
    screen.press(":problems\r").wait_for("newest first");
    let kept = lab.state().join("commands/commands.txt");
    for _ in 0..200 {
        if kept.exists() {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    screen.press("\x03\x03");
    screen.exit();
    assert_eq!(std::fs::metadata(&kept).unwrap().mode() & 0o777, 0o600);
    let mut again = console(&lab, &[]);
    again.wait_for("Instances").press(":").send(b"\x1b[A");
    again.wait_for(":problems");
    again.press("\x03\x03");
    again.exit();
}
