//! A2: while nothing may be written no request that changes anything arrives, before a real HTTP server; reading and
//! asking after what runs go on.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it cannot go on"
)]

mod azure_support;
mod lab;
#[path = "support/pty.rs"]
mod pty;
#[path = "support/trials.rs"]
mod trials;

use std::time::Duration;

use azure_support::{Server, answer, connect, operation};
use jiff::SignedDuration;
use lab::{Lab, SIGN_IN, environment};
use lifeboat::azure::WriteMode;
use lifeboat::azure::polling::Answer;
use lifeboat::azure::sending::Sent;
use lifeboat::domain::operation::PollStyle;
use lifeboat::domain::plan::{Access, Plan, Request, RestorePlan};
use lifeboat::domain::storage::Location;
use lifeboat::domain::writing::{Permit, Wish};
use pty::Session;
use trials::{Chance, seeds, trials};

fn restore(base: &str) -> Request {
    let plan = RestorePlan {
        target: azure_support::instance(),
        backup: Location::new("stcore", "apim").at("x.apimbackup"),
        access: Access::System,
        source: lifeboat::domain::backup::Source::UNKNOWN,
        taken: None,
    };
    Plan::Restore(plan).request(base)
}

/// A server that takes every start and says that everything runs.
async fn server() -> Server {
    Server::start(|asked, _| match asked.method.as_str() {
        "GET" => answer(202, "").with("location", asked.target.clone()),
        _ => answer(200, "{}"),
    })
    .await
}

fn changing(server: &Server) -> usize {
    server.asked().iter().filter(|asked| !matches!(asked.method.as_str(), "GET" | "HEAD")).count()
}

#[tokio::test]
async fn a2_the_switch_is_obeyed_where_requests_leave_and_polls_go_on() {
    let server = server().await;
    let azure = connect(&server.base, WriteMode::Guarded);
    let clone = azure.clone();
    assert_eq!(azure.permit(), Permit::Guarded);
    assert_eq!(clone.set_writing(Wish::ReadOnly), Permit::NotNow);
    let request = restore(&server.base);
    let url = format!("{}/subscriptions/s/operationresults/1", server.base);
    for _ in 0..3 {
        let sent = azure.start(&request, None, operation()).await;
        assert!(matches!(sent, Sent::NotSent(_)), "{sent:?}");
        azure.account_key(&server.account()).await.unwrap_err();
        let poll = azure.poll(&url, PollStyle::default(), &server.base, operation()).await;
        assert!(!matches!(poll, Answer::Unreadable { .. }), "{poll:?}");
    }
    assert_eq!(changing(&server), 0);
    assert_eq!(server.count("GET", "operationresults"), 3, "what runs is asked after");
    // Time to write, and its end by itself.
    let permit = azure.set_writing(Wish::For(SignedDuration::from_millis(400)));
    assert!(matches!(permit, Permit::Until(_)), "{permit:?}");
    azure.start(&request, None, operation()).await;
    assert_eq!(changing(&server), 1);
    tokio::time::sleep(Duration::from_millis(450)).await;
    let sent = azure.start(&request, None, operation()).await;
    assert!(matches!(sent, Sent::NotSent(_)), "{sent:?}");
    assert_eq!((changing(&server), azure.permit()), (1, Permit::NotNow));
}

#[tokio::test]
async fn a2_what_is_forbidden_by_configuration_cannot_be_lifted() {
    let server = server().await;
    let azure = connect(&server.base, WriteMode::ReadOnly);
    assert_eq!(azure.set_writing(Wish::For(SignedDuration::from_mins(15))), Permit::Never);
    azure.start(&restore(&server.base), None, operation()).await;
    assert_eq!(changing(&server), 0);
}

/// The keys of a walk: those that lead to a start among them.
const KEYS: [&str; 24] = [
    "\r",
    "\r",
    "a",
    "r",
    "b",
    "n",
    "n",
    "\t",
    "j",
    "k",
    "1",
    "2",
    "4",
    "7",
    "\x1b",
    "y",
    "Y",
    "o",
    "M",
    " ",
    "/core\r",
    "apim-core-dr",
    "\x1b[B",
    "q",
];

#[test]
fn a2_whatever_is_pressed_while_read_only_nothing_that_changes_anything_arrives() {
    let lab = Lab::new("quiet", 1.0);
    let backup = lab.newest("apim-core-prod");
    let words = ["restore", "--backup", &backup, "--target", "apim-core-dr", "--access", "system"];
    let begun = lab.run(&[&words[..], &["--confirm", "apim-core-dr", "--no-wait"]].concat());
    assert_eq!(begun.code, 0, "{begun:?}");
    let number = |request: &serde_json::Value| request["number"].as_u64().unwrap();
    let before = lab.requests().last().map_or(0, number);
    let keys = trials(400, 5_000);
    let all = seeds(1);
    let mut polls = 0;
    for &seed in &all {
        let mut chance = Chance::new(seed);
        let config = lab.config().display().to_string();
        let words = ["--read-only", "--cloud", "lab", "--auth", "environment", "--config", &config];
        let own = environment(lab.home.path());
        let variables: Vec<(&str, &str)> =
            own.iter().map(|(name, value)| (*name, value.as_str())).chain(SIGN_IN).collect();
        let mut session = Session::start(&words, &variables, 120, 35);
        session.wait_for("[READ-ONLY]").wait_for("1 running");
        for _ in 0..keys {
            // Whoever leaves by chance has pressed enough.
            if !session.is_running() {
                session = Session::start(&words, &variables, 120, 35);
                session.wait_for("[READ-ONLY]");
            }
            session.send(chance.pick(&KEYS).as_bytes());
            std::thread::sleep(Duration::from_millis(8));
        }
        session.kill();
    }
    let arrived: Vec<_> = lab.requests().into_iter().filter(|request| number(request) > before).collect();
    for request in &arrived {
        let (method, path) = (request["method"].as_str().unwrap(), request["path"].as_str().unwrap());
        let reads = matches!(method, "GET" | "HEAD")
            || path.contains("Microsoft.ResourceGraph/resources")
            || path.ends_with("/oauth2/v2.0/token");
        assert!(reads, "{method} {path} arrived");
        polls += usize::from(path.to_ascii_lowercase().contains("operation"));
    }
    println!(
        "{keys} keys while read-only, {} requests, none that changes anything, {polls} polls; seeds {all:?}",
        arrived.len()
    );
    assert!(polls > 0, "what runs was asked after");
    assert_eq!(lab.posts().len(), 1);
}

#[test]
fn a1_time_to_write_is_asked_for_at_the_keyboard_and_ends_by_itself() {
    let lab = Lab::new("quiet", 600.0);
    lab.configure(&lab.base_url, include_str!("../assets/sandbox/contoso.toml"));
    let config = lab.config().display().to_string();
    let words = ["--cloud", "lab", "--auth", "environment", "--config", &config];
    let own = environment(lab.home.path());
    let variables: Vec<(&str, &str)> =
        own.iter().map(|(name, value)| (*name, value.as_str())).chain(SIGN_IN).collect();
    let mut session = Session::start(&words, &variables, 120, 35);
    session.wait_until("the whole fleet", |screen| screen.contains("29/30") && !screen.contains("reading"));
    session.wait_for("[GUARDED]");
    session.press(":readonly\r").wait_for("[READ-ONLY]");
    session.press("/core-p\r").wait_until("one row", |screan| !screan.contains("apim-pay-prod"));
    session.press("\r").wait_for("Backup × target");
    session.press("ar").wait_for(":write 15m");
    session.press("\x1b").wait_until("no menu", |screen| !screen.contains("Acts"));
    // As long as a busy machine needs for the way to the last question, and not much longer.
    session.press(":write 12s\r").wait_for("[WRITE 00:");
    session.press("arnn").wait_for("25 ok");
    session.press("n").wait_for("POST");
    session.press("n").wait_for("Type the name");
    session.press("apim-core-dr").wait_until("the end of the time", |screen| screen.contains("[READ-ONLY]"));
    session.press("\r").wait_for("nothing was sent, nothing is lost");
    assert_eq!(lab.posts().len(), 0, "{}", session.text());
    session.press("\x1b").wait_for("4 REVIEW");
    session.press(":write 15m\r").wait_for("[WRITE 1");
    session.press("n").wait_for("Type the name");
    session.press("apim-core-dr").wait_for("Enter sends it").press("\r");
    session.wait_until("its verdict", |screen| screen.contains("succeeded"));
    assert_eq!(lab.posts().len(), 1);
}
