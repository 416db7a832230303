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
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::Color;

use super::stage::{self, Stage};

pub(crate) const SIZES: [(u16, u16); 3] = [(80, 24), (120, 35), (200, 55)];

/// Compares what a console shows with the stored frame: its characters, and below them their looks.
pub(crate) fn golden(name: &str, stage: &Stage) {
    stored(name, &whole(stage));
}

/// A frame as it is stored.
pub(crate) fn whole(stage: &Stage) -> String {
    let buffer = stage.buffer();
    format!("{}{}", stage::text(&buffer), looks(&buffer))
}

/// Which columns of which line look like anything but plain text.
fn looks(buffer: &Buffer) -> String {
    let mut told = String::new();
    for y in 0..buffer.area.height {
        let mut runs: Vec<(u16, u16, String)> = Vec::new();
        for x in 0..buffer.area.width {
            let look = look(&buffer[(x, y)]);
            match runs.last_mut() {
                Some((_, end, same)) if *same == look => *end = x,
                _ => runs.push((x, x, look)),
            }
        }
        let runs = runs.iter().filter(|(_, _, look)| !look.is_empty());
        let runs: Vec<String> = runs.map(|(from, to, look)| format!("{from}-{to}{look}")).collect();
        if !runs.is_empty() {
            told.push_str(&format!("~{y}: {}\n", runs.join(", ")));
        }
    }
    told
}

fn look(cell: &Cell) -> String {
    let mut words = String::new();
    if cell.fg != Color::Reset {
        words.push_str(&format!(" {}", cell.fg));
    }
    if cell.bg != Color::Reset {
        words.push_str(&format!(" on {}", cell.bg));
    }
    if !cell.modifier.is_empty() {
        words.push_str(&format!(" {:?}", cell.modifier));
    }
    words.to_lowercase()
}

/// Compares a text with the stored one.
#[expect(clippy::disallowed_methods, reason = "the switch that writes the frames anew is the test's own")]
pub(crate) fn stored(name: &str, frame: &str) {
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
        golden(&format!("fleet_{columns}x{rows}"), &stage);
    }
}

#[test]
fn backups() {
    for (columns, rows) in SIZES {
        let mut stage = Stage::full(columns, rows);
        stage.press("/core-prod<Enter><Enter>");
        golden(&format!("backups_{columns}x{rows}"), &stage);
        stage.press("<Tab>");
        golden(&format!("backups_matrix_{columns}x{rows}"), &stage);
        stage.press("<Enter>");
        golden(&format!("backups_cell_{columns}x{rows}"), &stage);
    }
}

#[test]
fn backups_that_are_not_what_one_hopes() {
    let mut stage = Stage::full(80, 24);
    stage.press("/core-prod<Enter><Enter>G");
    golden("backups_expired_80x24", &stage);
    stage.press("q/<Esc>/billing-prod<Enter><Enter>l");
    golden("backups_hearsay_80x24", &stage);
    stage.press("t");
    golden("backups_moments_80x24", &stage);
    let mut stage = Stage::full(120, 35);
    stage.press("/origin<Enter><Enter>");
    golden("backups_strays_120x35", &stage);
    stage.press("arnn");
    stage.answer(|_| {});
    golden("restore_stray_120x35", &stage);
}

#[test]
fn wizard() {
    for (columns, rows) in SIZES {
        let at = |name: &str| format!("{name}_{columns}x{rows}");
        let mut stage = Stage::full(columns, rows);
        stage.press("/core-prod<Enter><Enter>a");
        golden(&at("acts"), &stage);
        stage.press("r");
        golden(&at("restore_target"), &stage);
        stage.press("n");
        golden(&at("restore_access"), &stage);
        stage.press("n");
        golden(&at("restore_reading"), &stage);
        stage.answer(|facts| facts.workspaces = Fact::NotAsked);
        golden(&at("restore_findings"), &stage);
        stage.press("<Enter>");
        golden(&at("restore_evidence"), &stage);
        stage.press("<Enter> drill");
        golden(&at("restore_reason"), &stage);
        stage.press("<Enter>");
        golden(&at("restore_accepted"), &stage);
        stage.press("n");
        golden(&at("restore_review"), &stage);
        stage.press("n");
        golden(&at("restore_confirm"), &stage);
        stage.press("apim-core-");
        golden(&at("restore_typing"), &stage);
        stage.press("dr");
        golden(&at("restore_whole"), &stage);
        stage.press("<Enter>");
        golden(&at("restore_starting"), &stage);
    }
}

#[test]
fn back_up_now() {
    for (columns, rows) in SIZES {
        let at = |name: &str| format!("{name}_{columns}x{rows}");
        let mut stage = Stage::full(columns, rows);
        stage.press("/core-prod<Enter>ab");
        golden(&at("backup_location"), &stage);
        stage.press("nn");
        stage.answer(|_| {});
        golden(&at("backup_findings"), &stage);
        stage.press("n");
        golden(&at("backup_ready"), &stage);
    }
}

#[test]
fn blocked_and_production() {
    let mut stage = Stage::full(80, 24);
    stage.press("/billing-prod<Enter><Enter>ar");
    golden("restore_target_blocked_80x24", &stage);
    stage.press("nn");
    stage.answer(|_| {});
    golden("restore_blocked_80x24", &stage);
    let mut stage = Stage::full(80, 24);
    stage.press("/pay-prod<Enter><Enter>ar/<Esc>");
    golden("restore_target_pay_80x24", &stage);
}

#[test]
fn operations() {
    for (columns, rows) in SIZES {
        let mut stage = Stage::full(columns, rows);
        stage.press("4");
        golden(&format!("operations_none_{columns}x{rows}"), &stage);
        stage.wall();
        golden(&format!("operations_{columns}x{rows}"), &stage);
        stage.press("<Enter>");
        golden(&format!("operations_zoom_{columns}x{rows}"), &stage);
        stage.press("<Esc>q");
        golden(&format!("fleet_running_{columns}x{rows}"), &stage);
        stage.press("q");
        golden(&format!("leaving_{columns}x{rows}"), &stage);
    }
}

#[test]
fn s6_loading_empty_filtered_and_failed_are_told_apart() {
    let mut stage = Stage::empty(80, 24);
    golden("fleet_loading_80x24", &stage);
    stage.part(Loaded::Subscriptions(vec![stage::subscription()]));
    stage.part(Loaded::Instances(stage::fleet()));
    golden("fleet_arriving_80x24", &stage);
    stage.part(Loaded::Problem(stage::hr_problem()));
    stage.part(Loaded::Done { as_of: stage::now() });
    golden("fleet_partial_80x24", &stage);
    stage.press("/bilxing<Enter>");
    golden("fleet_filtered_to_nothing_80x24", &stage);

    let mut stage = Stage::empty(80, 24);
    stage.part(Loaded::Done { as_of: stage::now() });
    golden("fleet_empty_80x24", &stage);

    let mut stage = Stage::empty(80, 24);
    stage.part(Loaded::Problem(signed_out()));
    stage.part(Loaded::Done { as_of: stage::now() });
    golden("fleet_failed_80x24", &stage);

    let mut stage = Stage::full(80, 24);
    stage.tell(Msg::Tick(stage::now() + SignedDuration::from_mins(20)));
    golden("fleet_stale_80x24", &stage);

    let mut stage = Stage::full(80, 24);
    stage.press("/lab<Enter><Enter>");
    golden("backups_none_80x24", &stage);
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
        golden(&format!("sort_{columns}x{rows}"), &stage);
        stage.press("<Esc>?");
        golden(&format!("help_{columns}x{rows}"), &stage);
        stage.press("/target");
        golden(&format!("help_search_{columns}x{rows}"), &stage);
        stage.press("<Esc><Esc>!");
        golden(&format!("problems_none_{columns}x{rows}"), &stage);
        stage.tell(Msg::Trouble(stage::hr_problem()));
        golden(&format!("problems_{columns}x{rows}"), &stage);
        stage.press("<Enter>");
        golden(&format!("problem_{columns}x{rows}"), &stage);
    }
}

#[test]
fn tiny_sizes_say_what_is_needed() {
    for (columns, rows) in [(62, 18), (20, 5), (79, 24)] {
        let stage = Stage::full(columns, rows);
        golden(&format!("small_{columns}x{rows}"), &stage);
    }
}

#[test]
fn v4_ascii_needs_no_glyph() {
    let mut stage = Stage::with(Preferences { glyphs: Glyphs::Ascii, ..stage::preferences() }, 80, 24);
    stage.load();
    golden("ascii_fleet_80x24", &stage);
    stage.press("/core-prod<Enter><Enter>");
    golden("ascii_backups_80x24", &stage);
    for keys in ["", "arnn", "<Enter>", "nn", "q4", "?", "<Esc>!"] {
        stage.press(keys);
        if keys == "arnn" {
            stage.answer(|_| {});
        }
        assert!(stage.screen().is_ascii(), "after {keys}:\n{}", stage.screen());
    }
}
