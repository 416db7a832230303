//! Several restores in one sitting, and a draft that outlives the program: the binary in a pseudo-terminal against the
//! pretend Azure.
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

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use lab::Lab;
use sitting::furnished;

/// What is kept of drafts on the disk.
fn kept(lab: &Lab) -> Option<String> {
    let folder = fs::read_dir(lab.state().join("drafts")).ok()?;
    let file = folder
        .filter_map(Result::ok)
        .map(|it| it.path())
        .find(|it| it.extension().is_some_and(|it| it == "json"))?;
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    fs::read_to_string(file).ok()
}

fn wait_for_disk(lab: &Lab, what: &str, is_so: impl Fn(Option<&str>) -> bool) {
    let end = Instant::now() + pty::PATIENCE;
    while !is_so(kept(lab).as_deref()) {
        assert!(Instant::now() < end, "the disk never had {what}: {:?}", kept(lab));
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn o1_a4_three_marked_fail_over_in_one_sitting_with_all_panes_live() {
    let lab = Lab::new("quiet", 12.0);
    let mut session = furnished(&lab, &[]);
    for (number, name) in [(1, "core-p"), (2, "pay-p"), (3, "auth-p")] {
        session.press(&format!("/name:{name}\r")).wait_for("1/25").press(" ");
        session.wait_for(&format!("marked {number}")).press("\x1b").wait_for("25/25");
    }
    session.press("a").wait_for("fail over the 3 marked instances").press("f").wait_for("3 to take");
    session.press("n").wait_for("2 to take").press("n").wait_for("1 to take").press("n");
    session.wait_for("2 to accept   1 to confirm");
    let mut targets = BTreeSet::new();
    for (row, name) in [(1, "apim-core-dr"), (2, "apim-pay-dr"), (3, "apim-auth-dr")] {
        session.wait_for("Failover").press("\r").wait_for(&format!("Restore {row} of 3"));
        session.wait_until("its answers", |screen| screen.contains("read ") && !screen.contains("reading"));
        let answered = |screen: &str| screen.contains("POST") || screen.contains("not accepted yet");
        while !session.press("n").wait_until("the review, or what is left", answered).text().contains("POST")
        {
            session.press(" ").wait_for("Why do you accept it?").press("drill\r");
            session.wait_until("the reason taken", |screen| !screen.contains("Why do you"));
        }
        session.press("n").wait_for("Type the name");
        session.press(name).wait_for("Enter sends it");
        assert_eq!(lab.posts().len(), row - 1, "nothing is sent before Enter");
        session.press("\r").wait_until("it gone", |screen| !screen.contains("Type the name"));
        targets.insert(name);
    }
    session.wait_for("Operations").wait_until("three that run", |screen| screen.contains("3 running"));
    session.wait_until("three panes", |screen| targets.iter().all(|name| screen.contains(*name)));
    session.wait_until("each at work", |screen| screen.matches("RUNNING").count() >= 3);
    let posts = lab.posts();
    let sent: BTreeSet<String> = posts.iter().map(|post| post["path"].as_str().unwrap().to_owned()).collect();
    assert_eq!((posts.len(), sent.len()), (3, 3), "{posts:#?}");
    for name in &targets {
        assert!(sent.iter().any(|path| path.ends_with(&format!("/{name}/restore"))), "{sent:?}");
    }
    wait_for_disk(&lab, "nothing left", |kept| kept.is_none());
    session.press("q").wait_for("3 started").kill();
    assert_eq!(lab.posts().len(), 3);
}

#[test]
fn killed_in_the_middle_of_the_wizard_the_next_start_offers_the_draft() {
    let lab = Lab::new("quiet", 60.0);
    let mut session = furnished(&lab, &[]);
    session.press("/auth-p\r").wait_for("1/25").press("\r").wait_for("Backup × target");
    let all = |screen: &str| screen.contains("s ago") && screen.contains("Space accepts it");
    session.press("arnn").wait_until("every answer", all).press(" ").wait_for("Why do you accept it?");
    session.press("drill\r").wait_for("accepted: drill");
    wait_for_disk(&lab, "the reason", |kept| kept.is_some_and(|it| it.contains("drill")));
    session.kill();
    let mut session = furnished(&lab, &[]);
    session.wait_for("a r goes on with it");
    session.press("/auth-p\r").wait_for("1/25").press("ar").wait_for("Go on with the draft");
    session.wait_for("1 warning accepted").press("\r").wait_for("accepted: drill");
    session.wait_until("fresh answers", |screen| screen.contains("read ") && !screen.contains("reading"));
    session.kill();
    assert_eq!(lab.posts().len(), 0);
    // One that says nothing to this program is told, put aside, and stops nothing.
    let folder = lab.state().join("drafts");
    let file = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    fs::write(&file, "lifeboat-drafts 99 00000000\n{}").unwrap();
    let mut session = furnished(&lab, &[]);
    session.wait_for("The draft of an earlier run cannot be read");
    session.kill();
    assert!(!file.exists() && fs::read_dir(&folder).unwrap().count() == 1);
}
