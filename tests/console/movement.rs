//! N1: every key of movement in every list and pane. N4, N5: every key is in the help of its place, and the hints go by
//! rank.

use std::collections::BTreeSet;
use std::fmt::Write;

use lifeboat::console::keymap::{Keymap, Scope};
use lifeboat::console::{Key, Msg};

use super::frames::stored;
use super::stage::{self, Stage};

/// The keys as they stand in the table.
static KEYMAP: std::sync::LazyLock<Keymap> = std::sync::LazyLock::new(Keymap::default);

/// A list or a pane, and the keys that lead there. Where `h` and `l` have a meaning of their own (the target, the pane,
/// the finding), they are left out here.
struct View {
    name: &'static str,
    way: &'static str,
    sideways: bool,
}

const fn view(name: &'static str, way: &'static str, sideways: bool) -> View {
    View { name, way, sideways }
}

const VIEWS: &[View] = &[
    view("fleet", "", true),
    view("backups", "/core-p<Enter><Enter>", false),
    view("matrix", "/core-p<Enter><Enter><Tab>", false),
    view("cell", "/core-p<Enter><Enter><Enter>", false),
    view("targets", "/core-p<Enter><Enter>ar", true),
    view("accesses", "/core-p<Enter><Enter>arn", true),
    view("checks", "/core-p<Enter><Enter>arnn", true),
    view("evidence", "/core-p<Enter><Enter>arnn<Enter>", false),
    view("operations", "4", false),
    view("log", "4<Tab><Enter>", false),
    view("parity", "/core-p<Enter>5", false),
    view("problems", "!", true),
    view("whole problem", "!<Enter>", true),
    view("help", "?", true),
    view("info", ":info<Enter>", true),
    view("acts", "/core-p<Enter>a", true),
    view("sort menu", "s", true),
    view("columns", "x", true),
];

/// There and back again.
const MOVES: &[(&str, &str)] = &[
    ("j", "k"),
    ("<Down>", "<Up>"),
    ("G", "g"),
    ("<End>", "<Home>"),
    ("<PgDn>", "<PgUp>"),
    ("<C-f>", "<C-b>"),
    ("<C-d>", "<C-u>"),
];
const SIDEWAYS: &[(&str, &str)] = &[("l", "h"), ("<Right>", "<Left>")];

/// A console in a view in which there is something to move through.
fn at(view: &View) -> Stage {
    let mut stage = Stage::full(80, 24);
    stage.wall();
    for number in 0..30 {
        let mut problem = stage::hr_problem();
        problem.meaning = Some(format!("number {number}\n{}", "one line and another\n".repeat(30)));
        stage.tell(Msg::Trouble(problem));
    }
    stage.press(view.way);
    if matches!(view.name, "checks" | "evidence") {
        stage.answer(|_| {});
    }
    if view.name == "parity" {
        super::comparing::answer_badly(&mut stage);
    }
    if view.name == "evidence" {
        // What is read whole must be longer than the screen.
        stage.tell(Msg::Resize { columns: 80, rows: 24 });
    }
    stage
}

#[test]
fn n1_every_key_of_movement_works_in_every_list_and_pane() {
    let mut pressed = 0;
    for view in VIEWS {
        let sideways = if view.sideways { SIDEWAYS } else { &[] };
        for (there, back) in MOVES.iter().chain(sideways) {
            let mut stage = at(view);
            stage.press("g");
            let start = stage.screen();
            let cursor = stage.cursor();
            let seen = |stage: &Stage| (stage.screen(), stage.cursor());
            stage.press(there);
            let moved = seen(&stage) != (start.clone(), cursor);
            let is_short = ["evidence", "cell"].contains(&view.name);
            assert!(moved || is_short, "{there} in {}\n{start}", view.name);
            stage.press(back);
            assert_eq!(stage.screen(), start, "{back} after {there} in {}", view.name);
            pressed += 2;
        }
    }
    println!("N1: {pressed} keys in {} views", VIEWS.len());
}

#[test]
fn n1_the_end_is_the_end() {
    for view in VIEWS {
        let mut stage = at(view);
        stage.press("G");
        let end = (stage.screen(), stage.cursor());
        for key in ["j", "<Down>", "<PgDn>", "<C-d>", "<C-f>", "<End>"] {
            stage.press(key);
            assert_eq!((stage.screen(), stage.cursor()), end, "{key} in {}", view.name);
        }
        stage.press("k");
        let is_short = ["evidence", "cell"].contains(&view.name);
        let moved = (stage.screen(), stage.cursor()) != end;
        assert!(moved || is_short, "one up is seen at once in {}\n{}", view.name, end.0);
        stage.press("j");
        assert_eq!((stage.screen(), stage.cursor()), end, "one up and one down in {}", view.name);
    }
}

/// Every place and state with keys of its own.
const PLACES: &[(&str, &str)] = &[
    ("fleet", ""),
    ("backups", "/core-p<Enter><Enter>"),
    ("cell", "/core-p<Enter><Enter><Enter>"),
    ("target", "/core-p<Enter><Enter>ar"),
    ("checks", "/core-p<Enter><Enter>arnn"),
    ("operations", "4"),
    ("log", "4<Enter>"),
    ("parity", "/core-p<Enter>5"),
    ("problems", "!"),
    ("problem", "!<Enter>"),
];

fn in_place(way: &str, columns: u16, rows: u16) -> Stage {
    let mut stage = Stage::full(columns, rows);
    stage.wall();
    stage.tell(Msg::Trouble(stage::hr_problem()));
    stage.model.notice = None;
    stage.press(way);
    stage
}

#[test]
fn n4_the_help_of_each_place_has_every_key_of_it_and_no_other() {
    let mut seen = BTreeSet::new();
    for (name, way) in PLACES {
        let mut stage = in_place(way, 120, 24);
        let bindings: Vec<_> = KEYMAP.in_force(stage.model.place_scopes()).collect();
        stage.press("?");
        let mut lines = BTreeSet::new();
        for _ in 0..bindings.len() {
            let screen = stage.screen();
            lines.extend(screen.lines().skip(4).take(14).filter_map(|line| {
                let inside = line.split('║').max_by_key(|part| part.chars().count())?;
                (!inside.trim().is_empty()).then(|| inside.trim().to_owned())
            }));
            stage.press("j");
        }
        for binding in &bindings {
            let first = binding.keys[0].to_string();
            let found = lines.iter().any(|line| line.starts_with(&first) && line.ends_with(binding.help));
            assert!(found, "{name}: {first} {} is missing in\n{lines:#?}", binding.help);
            seen.insert(format!("{:?} {first}", binding.scope));
        }
        let others = lines.iter().filter(|line| !bindings.iter().any(|it| line.ends_with(it.help)));
        let others: Vec<&String> = others.filter(|line| !line.contains("search")).collect();
        assert!(others.is_empty(), "{name}: {others:?}");
    }
    println!("N4: {} bindings in the help of {} places", seen.len(), PLACES.len());
}

#[test]
fn n4_every_key_of_a_place_does_what_the_help_says_it_is_for() {
    for (name, way) in PLACES {
        let stage = in_place(way, 120, 35);
        for binding in KEYMAP.in_force(stage.model.place_scopes()) {
            let hidden = |key: &Key| KEYMAP.intent(stage.model.place_scopes(), *key) != Some(binding.intent);
            let all_hidden = binding.keys.iter().all(hidden);
            assert!(!all_hidden, "{name}: {:?} is listed and means something else", binding.keys);
        }
    }
}

/// The hints of these keys at a width, as the foot draws them.
fn hints(scopes: &[Scope], columns: usize) -> String {
    let shown = KEYMAP.hints(scopes, columns);
    let words: Vec<String> = shown.iter().map(|it| format!("{} {}", it.keys[0], it.word)).collect();
    words.join("  ")
}

#[test]
fn n5_hints_go_by_rank_at_every_width_and_help_goes_last() {
    let mut table = String::new();
    for (name, way) in PLACES {
        let stage = in_place(way, 120, 35);
        let scopes = stage.model.scopes();
        let mut least = usize::MAX;
        for columns in (8..=220).rev() {
            let line = hints(scopes, columns);
            assert!(line.chars().count() <= columns, "{name} {columns}: {line}");
            let shown = KEYMAP.hints(scopes, columns);
            assert!(shown.len() <= least, "{name} {columns}: what was dropped does not come back");
            least = shown.len();
            assert!(shown.iter().any(|it| it.word == "help"), "{name} {columns}: {line}");
            let lowest = shown.iter().map(|it| it.rank).min().unwrap();
            let dropped = KEYMAP
                .in_force(scopes)
                .filter(|it| it.rank > lowest && !shown.iter().any(|other| other.help == it.help));
            assert_eq!(dropped.count(), 0, "{name} {columns}: {line}");
        }
        writeln!(table, "{name}").unwrap();
        for columns in (40..=220).step_by(20) {
            writeln!(table, "{columns:>4} {}", hints(scopes, columns)).unwrap();
        }
    }
    stored("hints_40_to_220", &table);
    for columns in 80..=220 {
        let stage = in_place("", columns, 30);
        let screen = stage.screen();
        let foot = screen.lines().last().unwrap().trim();
        assert_eq!(foot, hints(stage.model.scopes(), usize::from(columns) - 2), "the foot draws these");
    }
    println!("N5: {} places, widths 8 to 220", PLACES.len());
}
