//! The README's pictures, made by driving the program: `LIFEBOAT_PICTURES=assets/screenshots cargo test --test
//! pictures` writes them. Without the variable the same screens are driven and drawn, and nothing is written.
#![cfg(unix)]
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops where it cannot go on; this one is told by a variable where to write"
)]

mod lab;
#[path = "support/pty.rs"]
mod pty;
#[path = "support/svg.rs"]
mod svg;

use std::path::Path;
use std::time::Duration;

use lab::environment;
use pty::Session;
use tempfile::TempDir;

/// A rehearsal of its own, in a terminal of this size.
fn rehearsal(home: &TempDir, (columns, rows): (u16, u16), speed: &str) -> Session {
    let own = environment(home.path());
    let mut variables: Vec<(&str, &str)> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
    variables.push(("COLORTERM", "truecolor"));
    Session::start(&["--sandbox", "--speed", speed], &variables, columns, rows)
}

/// Waits until a frame is whole: what was waited for may be drawn before the rest of it.
fn settle(session: &Session) {
    let mut before = 0;
    while before != session.bytes() {
        before = session.bytes();
        std::thread::sleep(Duration::from_millis(150));
    }
}

/// Draws the screen as it stands, and keeps it when asked to.
fn picture(session: &Session, name: &str, title: &str) {
    settle(session);
    keep(name, &session.screen(|screen| svg::draw(screen, title)));
}

fn keep(name: &str, drawn: &str) {
    assert!(drawn.starts_with("<svg") && drawn.ends_with("</svg>\n"));
    assert!(!drawn.contains(|c: char| c.is_control() && c != '\n'), "{name} holds a control character");
    // Small enough for a page that is read over a phone.
    assert!(drawn.len() < 150_000, "{name} has {} bytes", drawn.len());
    println!("{name}: {} bytes", drawn.len());
    if let Ok(folder) = std::env::var("LIFEBOAT_PICTURES") {
        std::fs::write(Path::new(&folder).join(name), drawn).unwrap();
    }
}

#[test]
fn from_the_fleet_to_what_happened_in_a_restore() {
    let home = TempDir::new().unwrap();
    let mut session = rehearsal(&home, (120, 35), "40");
    session.wait_until("the whole fleet", |screen| {
        screen.contains("next expiry") && !screen.contains("loading")
    });
    // Down to an instance that has backups, so that the picture explains one.
    session.press("gjjjjjjj").wait_for("┌ apim-core-prod");
    picture(&session, "fleet.svg", "The fleet: instances with recovery point age, cover and standby verdict");
    session.press("5").wait_for("Differences").wait_for("s ago");
    picture(
        &session,
        "parity.svg",
        "An instance beside its standby: what a restore closes, what somebody must set by hand",
    );
    session.press("q").wait_for("┌ apim-core-prod");
    session.press("\r").wait_for("Fleet › apim-core-prod").wait_for("KNOWN BY");
    picture(&session, "backups.svg", "The backups of an instance and the matrix of backups and targets");
    session.press("arnn").wait_for("25 ok");
    picture(&session, "checks.svg", "The checks before a restore, with their evidence");
    session.press("n").wait_for("POST");
    picture(
        &session,
        "review.svg",
        "The review before a restore: what will be sent, once, and what is done by hand",
    );
    session.press("n").wait_for("Type the name");
    picture(&session, "confirm.svg", "The last question: what is lost, and the name that has to be typed");
    session.press("apim-core-dr").wait_for("Enter sends it").press("\r");
    session.wait_for("RUNNING").wait_until("some polls", |screen| screen.contains("3 polls"));
    picture(&session, "operations.svg", "The operations wall with a running restore");
    session.wait_until("its verdict", |screen| screen.contains("SUCCEEDED"));
    session.press("T").wait_for("Timeline").wait_for("Phases");
    picture(&session, "timeline.svg", "What happened in the incident, beside the report on it");
    session.press("\x03\x03");
    assert!(session.exit().success());
}

#[test]
fn a_failover_of_several() {
    let home = TempDir::new().unwrap();
    let mut session = rehearsal(&home, (120, 35), "40");
    session.wait_until("the whole fleet", |screen| {
        screen.contains("next expiry") && !screen.contains("loading")
    });
    for (marks, name) in (1..).zip(["core-prod", "pay-prod", "auth-prod"]) {
        session.press(&format!("/{name}\r")).wait_for(&format!("filter /{name}"));
        session.press(" ").wait_for(&format!("marked {marks}"));
        session.press("\x1b").wait_until("all rows", |screen| !screen.contains("filter /"));
    }
    session.press("af").wait_for("to take").press("nnn");
    session.wait_until("every check", |screen| !screen.contains("to take") && !screen.contains("checking"));
    picture(&session, "failover.svg", "A failover of three instances: one plan, and for each its own checks");
    session.press("\x03\x03");
    assert!(session.exit().success());
}

/// A restore from the fleet to its verdict, as a few frames of one picture.
#[test]
fn a_restore_as_a_film() {
    let home = TempDir::new().unwrap();
    let mut session = rehearsal(&home, (80, 24), "60");
    let mut frames: Vec<(String, f32)> = Vec::new();
    let mut frame = |session: &Session, seconds: f32| {
        settle(session);
        frames.push((session.screen(|screen| svg::draw(screen, "")), seconds));
    };
    session.wait_until("the whole fleet", |screen| {
        screen.contains("next expiry") && !screen.contains("loading")
    });
    frame(&session, 2.0);
    session.press("/core-p\r").wait_until("one row", |screen| !screen.contains("apim-pay-prod"));
    frame(&session, 1.5);
    session.press("\r").wait_for("KNOWN BY");
    frame(&session, 2.0);
    session.press("arnn").wait_for("25 ok");
    frame(&session, 2.5);
    session.press("n").wait_for("POST");
    frame(&session, 2.5);
    session.press("n").wait_for("Type the name").press("apim-core-dr").wait_for("Enter sends it");
    frame(&session, 2.5);
    session.press("\r").wait_for("RUNNING");
    frame(&session, 2.0);
    session.wait_until("its verdict", |screen| screen.contains("SUCCEEDED"));
    frame(&session, 3.5);
    keep("restore.svg", &svg::film(&frames, "A restore in the sandbox, from the fleet to its verdict"));
    session.press("\x03\x03");
    assert!(session.exit().success());
}
