//! The console opened at a place by the command line of the shell, in a pseudo-terminal: what `:where` says there opens
//! the same in another one.
#![cfg(unix)]
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it cannot go on"
)]

mod lab;
#[path = "support/pty.rs"]
mod pty;

use lab::{Lab, SIGN_IN, environment};
use pty::Session;

fn console(lab: &Lab, more: &[&str]) -> Session {
    let config = lab.config().display().to_string();
    let words = [&["--cloud", "lab", "--auth", "environment", "--config", &config][..], more].concat();
    let own = environment(lab.home.path());
    let variables: Vec<(&str, &str)> =
        own.iter().map(|(name, value)| (*name, value.as_str())).chain(SIGN_IN).collect();
    Session::start(&words, &variables, 120, 35)
}

#[test]
fn l5_n9_a_place_is_opened_and_told_as_it_was_opened() {
    let lab = Lab::new("quiet", 600.0);
    let open = ["--open", "backups apim-core-prod", "--open", "filter 2026", "--open", "sort size"];
    let mut session = console(&lab, &open);
    session.wait_for("Fleet › apim-core-prod").wait_for("filter /2026");
    session.press(":where\r").wait_for("copied: lifeboat --cloud=lab --config=");
    session.press(":q\r");
    assert!(session.exit().success());
    assert!(session.amiss().is_empty(), "{:#?}", session.amiss());
}

#[test]
fn c4_a_view_of_the_configuration_is_opened_and_a_wrong_one_is_told() {
    let lab = Lab::new("quiet", 600.0);
    lab.configure(&lab.base_url, "[views.ours]\nfilter = \"billing\"\ncolumns = [\"name\", \"ready\"]");
    let mut session = console(&lab, &["--view", "ours"]);
    session.wait_for("filter /billing").wait_for("READY");
    session.press(":theme light\r").press(":view theirs\r").wait_for("no view is called 'theirs'");
    session.press("\x1b").wait_for("? help").press(":q\r");
    assert!(session.exit().success());
    let mut session = console(&lab, &["--view", "theirs"]);
    session.wait_for("no view is called 'theirs'");
    session.press(":quit\r");
    assert!(session.exit().success());
}
