//! Frames of the right to write, of the menu of copies and of a text that is shown whole.

use jiff::SignedDuration;
use lifeboat::console::Msg;
use lifeboat::console::message::Loaded;
use lifeboat::console::preferences::{Glyphs, Preferences};
use lifeboat::domain::problem::Problem;
use lifeboat::domain::writing::Permit;

use super::facts::account;
use super::frames::{SIZES, golden};
use super::stage::{self, Stage};

fn at_every_size(name: &str, play: impl Fn(&mut Stage)) {
    for (columns, rows) in SIZES {
        let mut stage = Stage::full(columns, rows);
        play(&mut stage);
        golden(&format!("{name}_{columns}x{rows}"), &stage);
    }
}

#[test]
fn the_right_to_write() {
    at_every_size("write_time", |stage| {
        stage.tell(Msg::Writing(Permit::Until(stage::now() + SignedDuration::from_secs(821))));
    });
    at_every_size("write_over", |stage| {
        stage.tell(Msg::Writing(Permit::Until(stage::now() + SignedDuration::from_secs(30))));
        stage.check_a_restore();
        stage.answer(|_| {});
        stage.press("nnapim-core-dr");
        stage.tell(Msg::Tick(stage::now() + SignedDuration::from_secs(30)));
        stage.press("<Enter>");
    });
    at_every_size("acts_read_only", |stage| {
        stage.tell(Msg::Writing(Permit::NotNow));
        stage.press("/core-prod<Enter>a");
    });
}

#[test]
fn copies_and_sheets() {
    at_every_size("copies_review", |stage| {
        stage.check_a_restore();
        stage.answer(|_| {});
        stage.press("nY");
    });
    at_every_size("copies_backup", |stage| {
        stage.part(Loaded::Accounts(vec![account()]));
        stage.press("/core-prod<Enter><Enter>Yj");
        stage.press("Y");
    });
    at_every_size("portal", |stage| {
        stage.press("/core-prod<Enter>o");
    });
    at_every_size("not_copied", |stage| {
        stage.check_a_restore();
        stage.answer(|_| {});
        stage.press("nYc");
        let text = stage.copied().to_owned();
        let problem = Problem::new("This terminal has no clipboard");
        stage.tell(Msg::Uncopied { text, problem });
    });
}

#[test]
fn in_ascii_too() {
    let mut stage = Stage::with(Preferences { glyphs: Glyphs::Ascii, ..stage::preferences() }, 80, 24);
    stage.load();
    stage.tell(Msg::Writing(Permit::Until(stage::now() + SignedDuration::from_secs(821))));
    stage.press("/core-prod<Enter>Y");
    golden("copies_ascii_80x24", &stage);
    assert!(stage.screen().is_ascii(), "{}", stage.screen());
}
