//! Every screen and state at every size, compared with `tests/golden/*.txt`.
//!
//! `LIFEBOAT_GOLDEN=write cargo test --test console_screens` writes them anew; read the difference before you keep it.

use std::fs;
use std::path::Path;

use jiff::SignedDuration;
use lifeboat::console::Msg;
use lifeboat::console::message::Loaded;
use lifeboat::console::preferences::{Glyphs, Preferences};
use lifeboat::domain::fact::Fact;
use lifeboat::domain::problem::{Problem, Trouble};

use super::stage::{self, Stage};

pub(crate) const SIZES: [(u16, u16); 3] = [(80, 24), (120, 35), (200, 55)];

/// Compares a frame with the stored one.
#[expect(clippy::disallowed_methods, reason = "the switch that writes the frames anew is the test's own")]
pub(crate) fn golden(name: &str, frame: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{name}.txt"));
    if std::env::var_os("LIFEBOAT_GOLDEN").is_some() {
        fs::write(&path, frame).unwrap();
        return;
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert!(stored == frame, "{name} differs\n--- stored\n{stored}\n--- drawn\n{frame}");
}

#[test]
fn fleet() {
    for (columns, rows) in SIZES {
        let stage = Stage::full(columns, rows);
        golden(&format!("fleet_{columns}x{rows}"), &stage.screen());
    }
}

#[test]
fn backups() {
    for (columns, rows) in SIZES {
        let mut stage = Stage::full(columns, rows);
        stage.press("/core-prod<Enter><Enter>");
        golden(&format!("backups_{columns}x{rows}"), &stage.screen());
        stage.press("<Tab>");
        golden(&format!("backups_matrix_{columns}x{rows}"), &stage.screen());
        stage.press("<Enter>");
        golden(&format!("backups_cell_{columns}x{rows}"), &stage.screen());
    }
}

#[test]
fn backups_that_are_not_what_one_hopes() {
    let mut stage = Stage::full(80, 24);
    stage.press("/core-prod<Enter><Enter>G");
    golden("backups_expired_80x24", &stage.screen());
    stage.press("q/<Esc>/billing-prod<Enter><Enter>l");
    golden("backups_hearsay_80x24", &stage.screen());
    stage.press("t");
    golden("backups_moments_80x24", &stage.screen());
    let mut stage = Stage::full(120, 35);
    stage.press("/origin<Enter><Enter>");
    golden("backups_strays_120x35", &stage.screen());
    stage.press("arnn");
    stage.answer(|_| {});
    golden("restore_stray_120x35", &stage.screen());
}

#[test]
fn wizard() {
    for (columns, rows) in SIZES {
        let at = |name: &str| format!("{name}_{columns}x{rows}");
        let mut stage = Stage::full(columns, rows);
        stage.press("/core-prod<Enter><Enter>a");
        golden(&at("acts"), &stage.screen());
        stage.press("r");
        golden(&at("restore_target"), &stage.screen());
        stage.press("n");
        golden(&at("restore_access"), &stage.screen());
        stage.press("n");
        golden(&at("restore_reading"), &stage.screen());
        stage.answer(|facts| facts.workspaces = Fact::NotAsked);
        golden(&at("restore_findings"), &stage.screen());
        stage.press("<Enter>");
        golden(&at("restore_evidence"), &stage.screen());
        stage.press("<Enter> drill");
        golden(&at("restore_reason"), &stage.screen());
        stage.press("<Enter>");
        golden(&at("restore_accepted"), &stage.screen());
        stage.press("n");
        golden(&at("restore_review"), &stage.screen());
        stage.press("n");
        golden(&at("restore_confirm"), &stage.screen());
        stage.press("apim-core-");
        golden(&at("restore_typing"), &stage.screen());
        stage.press("dr");
        golden(&at("restore_whole"), &stage.screen());
        stage.press("<Enter>");
        golden(&at("restore_starting"), &stage.screen());
    }
}

#[test]
fn back_up_now() {
    for (columns, rows) in SIZES {
        let at = |name: &str| format!("{name}_{columns}x{rows}");
        let mut stage = Stage::full(columns, rows);
        stage.press("/core-prod<Enter>ab");
        golden(&at("backup_location"), &stage.screen());
        stage.press("nn");
        stage.answer(|_| {});
        golden(&at("backup_findings"), &stage.screen());
        stage.press("n");
        golden(&at("backup_ready"), &stage.screen());
    }
}

#[test]
fn blocked_and_production() {
    let mut stage = Stage::full(80, 24);
    stage.press("/billing-prod<Enter><Enter>ar");
    golden("restore_target_blocked_80x24", &stage.screen());
    stage.press("nn");
    stage.answer(|_| {});
    golden("restore_blocked_80x24", &stage.screen());
    let mut stage = Stage::full(80, 24);
    stage.press("/pay-prod<Enter><Enter>ar/<Esc>");
    golden("restore_target_pay_80x24", &stage.screen());
}

#[test]
fn operations() {
    for (columns, rows) in SIZES {
        let mut stage = Stage::full(columns, rows);
        golden(&format!("operations_none_{columns}x{rows}"), &{
            stage.press("4");
            stage.screen()
        });
        stage.wall();
        golden(&format!("operations_{columns}x{rows}"), &stage.screen());
        stage.press("<Enter>");
        golden(&format!("operations_zoom_{columns}x{rows}"), &stage.screen());
        stage.press("<Esc>q");
        golden(&format!("fleet_running_{columns}x{rows}"), &stage.screen());
        stage.press("q");
        golden(&format!("leaving_{columns}x{rows}"), &stage.screen());
    }
}

#[test]
fn s6_loading_empty_filtered_and_failed_are_told_apart() {
    let mut stage = Stage::empty(80, 24);
    golden("fleet_loading_80x24", &stage.screen());
    stage.part(Loaded::Subscriptions(vec![stage::subscription()]));
    stage.part(Loaded::Instances(stage::fleet()));
    golden("fleet_arriving_80x24", &stage.screen());
    stage.part(Loaded::Problem(stage::hr_problem()));
    stage.part(Loaded::Done { as_of: stage::now() });
    golden("fleet_partial_80x24", &stage.screen());
    stage.press("/bilxing<Enter>");
    golden("fleet_filtered_to_nothing_80x24", &stage.screen());

    let mut stage = Stage::empty(80, 24);
    stage.part(Loaded::Done { as_of: stage::now() });
    golden("fleet_empty_80x24", &stage.screen());

    let mut stage = Stage::empty(80, 24);
    stage.part(Loaded::Problem(signed_out()));
    stage.part(Loaded::Done { as_of: stage::now() });
    golden("fleet_failed_80x24", &stage.screen());

    let mut stage = Stage::full(80, 24);
    stage.tell(Msg::Tick(stage::now() + SignedDuration::from_mins(20)));
    golden("fleet_stale_80x24", &stage.screen());

    let mut stage = Stage::full(80, 24);
    stage.press("/lab<Enter><Enter>");
    golden("backups_none_80x24", &stage.screen());
}

fn signed_out() -> Problem {
    let mut problem = Problem::new("Nobody is signed in").next("Sign in with: az login --tenant 72f9");
    problem.kind = Trouble::SignedOut;
    problem
}

#[test]
fn menus_help_and_problems() {
    for (columns, rows) in SIZES {
        let mut stage = Stage::full(columns, rows);
        stage.press("s");
        golden(&format!("sort_{columns}x{rows}"), &stage.screen());
        stage.press("<Esc>?");
        golden(&format!("help_{columns}x{rows}"), &stage.screen());
        stage.press("/target");
        golden(&format!("help_search_{columns}x{rows}"), &stage.screen());
        stage.press("<Esc><Esc>!");
        golden(&format!("problems_none_{columns}x{rows}"), &stage.screen());
        stage.tell(Msg::Trouble(stage::hr_problem()));
        golden(&format!("problems_{columns}x{rows}"), &stage.screen());
        stage.press("<Enter>");
        golden(&format!("problem_{columns}x{rows}"), &stage.screen());
    }
}

#[test]
fn tiny_sizes_say_what_is_needed() {
    for (columns, rows) in [(62, 18), (20, 5), (79, 24)] {
        let stage = Stage::full(columns, rows);
        golden(&format!("small_{columns}x{rows}"), &stage.screen());
    }
}

#[test]
fn v4_ascii_needs_no_glyph() {
    let mut stage = Stage::with(Preferences { glyphs: Glyphs::Ascii, ..stage::preferences() }, 80, 24);
    stage.load();
    golden("ascii_fleet_80x24", &stage.screen());
    stage.press("/core-prod<Enter><Enter>");
    golden("ascii_backups_80x24", &stage.screen());
    for keys in ["", "arnn", "<Enter>", "nn", "q4", "?", "<Esc>!"] {
        stage.press(keys);
        if keys == "arnn" {
            stage.answer(|_| {});
        }
        assert!(stage.screen().is_ascii(), "after {keys}:\n{}", stage.screen());
    }
}
