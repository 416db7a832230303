//! Operations watched through the binary: the wall in a terminal reads and never writes; the plain lines hold nothing
//! that a screen reader, a log or a pipe would stumble over.
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

use std::io::Read;
use std::process::Child;
use std::time::Duration;

use lab::Lab;
use sitting::{console, signed_in};

/// A restore that another process drives, taken by Azure.
fn driving(lab: &Lab) -> Child {
    let backup = lab.newest("apim-core-prod");
    let words = ["restore", "--backup", &backup, "--target", "apim-core-dr", "--access", "system"];
    let child = lab.start(&[&words[..], &["--confirm", "apim-core-dr"]].concat());
    while lab.run(&["operations", "--output", "json"]).json()["operations"][0]["phase"] != "running" {
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

/// Whether a line says when, of what, and what.
fn is_told(line: &str) -> bool {
    let at = line.get(..9).unwrap_or_default();
    let clock = at.ends_with('Z')
        && at.split([':', 'Z']).take(3).all(|part| part.len() == 2 && part.parse::<u8>().is_ok());
    clock && line[9..].starts_with("  restore of apim-core-dr: ")
}

fn assert_plain(text: &str) {
    assert!(!text.contains('\u{1b}'), "an escape sequence: {text:?}");
    let odd = |c: &char| c.is_control() && *c != '\n';
    assert_eq!(text.replace("\r\n", "\n").chars().find(odd), None, "{text:?}");
    assert!(text.is_ascii(), "{text:?}");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() >= 3 && lines.iter().all(|line| is_told(line)), "{text}");
    assert!(lines[0].contains("running for ") && lines[0].contains("no runs of your own yet"), "{text}");
    assert!(lines.iter().any(|line| line.contains("poll ") && line.contains("; next poll ")), "{text}");
    assert!(lines.last().unwrap().contains("succeeded after "), "{text}");
}

/// V8: one plain line for each thing that happens, in a terminal that could do more.
#[test]
fn v8_the_plain_lines_are_plain_in_a_terminal() {
    let lab = Lab::new("quiet", 120.0);
    let mut driving = driving(&lab);
    let no_colour = [("NO_COLOR", "1")];
    let mut following = signed_in(&lab, &["operations", "--follow", "--ascii"], &no_colour, (300, 50));
    following.wait_for("succeeded after");
    assert!(following.exit().success());
    assert_plain(&String::from_utf8(following.written()).unwrap());
    assert!(driving.wait().unwrap().success());
}

/// And over a pipe, without being asked to.
#[test]
fn v8_the_plain_lines_are_plain_over_a_pipe() {
    let lab = Lab::new("quiet", 120.0);
    let mut driving = driving(&lab);
    let mut following = lab.start(&["operations", "--follow"]);
    let mut text = String::new();
    following.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    assert!(following.wait().unwrap().success());
    assert_plain(&text);
    assert!(driving.wait().unwrap().success());
    let again = lab.run(&["operations", "--follow"]);
    assert_eq!(again.stderr, "1 operation ended earlier; lifeboat operations lists them.\n");
}

/// What is read while the wall is looked at is read: nothing but the one POST of the restore leaves.
#[test]
fn the_wall_of_somebody_elses_restore_reads_both_instances_and_writes_nothing() {
    let lab = Lab::new("quiet", 40.0);
    let mut driving = driving(&lab);
    let mut wall = console(&lab, &[]);
    wall.wait_until("the whole inventory", |screen| {
        screen.contains("1 operation running") && screen.contains("as of")
    });
    let before = lab.requests().len();
    wall.press("4").wait_for("driven by pid");
    wall.wait_until("the quota", |screen| screen.contains("left (header"));
    wall.wait_until("both instances", |screen| {
        screen.contains("4 target apim-core-dr") && screen.contains("5 active apim-core-prod")
    });
    wall.press("f").wait_for("FROZEN");
    wall.press("a").wait_for("the display is frozen");
    wall.press("f")
        .wait_until("its verdict", |screen| screen.contains("succeeded") || screen.contains("SUCCEEDED"));
    assert_eq!(lab.posts().len(), 1);
    let since = lab.requests().split_off(before);
    let wrote: Vec<_> = since
        .iter()
        .filter(|it| !matches!(it["method"].as_str(), Some("GET" | "HEAD")))
        .filter(|it| !it["path"].as_str().unwrap_or_default().to_lowercase().contains("resourcegraph"))
        .collect();
    assert!(since.len() > 2, "the wall read nothing");
    assert!(
        wrote.iter().all(|it| it["path"].as_str().unwrap_or_default().contains("/oauth2/")),
        "{wrote:#?}"
    );
    wall.press("\x03\x03");
    wall.exit();
    assert!(driving.wait().unwrap().success());
}
