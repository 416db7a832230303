//! The console opened at a place by the command line of the shell, in a pseudo-terminal: what `:where` says there opens
//! the same in another one.
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

use lab::Lab;
use sitting::console;

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
