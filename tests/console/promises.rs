//! What an operator may rely on in every place: where the terminal's cursor is, that nothing moves by itself where that
//! is not wanted, that states differ without colour, that a finding shows what it rests on.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use lifeboat::console::message::Loaded;
use lifeboat::console::palette::Palette;
use lifeboat::console::preferences::{Motion, Preferences};
use lifeboat::console::view;
use lifeboat::console::{Effect, Msg};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{TerminalOptions, Viewport};

use super::frames::SIZES;
use super::stage::{self, Stage};

/// What a terminal of its own shows of a console: the row under its cursor, and whether the cell there is marked.
fn under_the_cursor(stage: &Stage) -> Option<(String, bool)> {
    let size = stage.model.size();
    let options = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, size.columns, size.rows)) };
    let mut bytes = Vec::new();
    {
        let mut terminal = Terminal::with_options(CrosstermBackend::new(&mut bytes), options).unwrap();
        terminal.draw(|frame| view(&stage.model, frame)).unwrap();
        // It shows the cursor when it is dropped.
        std::mem::forget(terminal);
    }
    let mut screen = vt100::Parser::new(size.rows.try_into().unwrap(), size.columns.try_into().unwrap(), 0);
    screen.process(&bytes);
    let screen = screen.screen();
    let (row, column) = screen.cursor_position();
    let line = screen.contents_between(row, 0, row, size.columns);
    let chosen = screen.cell(row, column).is_some_and(vt100::Cell::inverse);
    (!screen.hide_cursor()).then_some((line, chosen))
}

/// Where the terminal's cursor has to be.
#[derive(Clone, Copy, PartialEq)]
enum Cursor {
    /// On what is marked as chosen.
    Chosen,
    /// Anywhere in the place.
    There,
}

/// Every place and overlay, with the keys that lead there.
const PLACES: [(&str, &str, Cursor); 22] = [
    ("the fleet", "", Cursor::Chosen),
    ("the fleet, further down", "jjj", Cursor::Chosen),
    ("a filter", "/core", Cursor::There),
    ("the sort menu", "s", Cursor::Chosen),
    ("the acts", "/core-prod<Enter>a", Cursor::Chosen),
    ("the help", "?", Cursor::There),
    ("a search in the help", "?/tar", Cursor::There),
    ("the backups", "/core-prod<Enter><Enter>", Cursor::Chosen),
    ("the backups, further down", "/core-prod<Enter><Enter>jj", Cursor::Chosen),
    ("a cell", "/core-prod<Enter><Enter><Enter>", Cursor::There),
    ("the targets", "/core-prod<Enter><Enter>ar", Cursor::Chosen),
    ("the accesses", "/core-prod<Enter><Enter>arn", Cursor::Chosen),
    ("the findings", "/core-prod<Enter><Enter>arnn!", Cursor::Chosen),
    ("a finding", "/core-prod<Enter><Enter>arnn!<Enter>", Cursor::There),
    ("the review", "/core-prod<Enter><Enter>arnn!n", Cursor::There),
    ("the last question", "/core-prod<Enter><Enter>arnn!nn", Cursor::There),
    ("a name being typed", "/core-prod<Enter><Enter>arnn!nnapim", Cursor::There),
    ("where to back up to", "/core-prod<Enter>ab", Cursor::Chosen),
    ("the question before a backup", "/core-prod<Enter>abnn!n", Cursor::There),
    ("the operations, none", "4", Cursor::There),
    ("the problems, none", "7", Cursor::There),
    ("parity", "/core-prod<Enter><Enter>5", Cursor::There),
];

#[test]
fn v7_the_cursor_stands_on_the_chosen_row_or_in_the_text_in_every_place() {
    let mut seen = 0;
    for (columns, rows) in SIZES {
        for (place, keys, wanted) in PLACES {
            let mut stage = Stage::full(columns, rows);
            for (part, piece) in keys.split('!').enumerate() {
                if part > 0 {
                    stage.answer(|_| {});
                }
                stage.press(piece);
            }
            let Some((line, chosen)) = under_the_cursor(&stage) else {
                panic!("no cursor in {place}\n{}", stage.screen());
            };
            assert!(
                chosen || wanted == Cursor::There,
                "{place} at {columns}x{rows}: the cursor is in {line:?}\n{}",
                stage.screen()
            );
            seen += 1;
        }
        let mut stage = Stage::full(columns, rows);
        stage.wall();
        for keys in ["4", "<Enter>", "<Esc>qq"] {
            stage.press(keys);
            assert!(under_the_cursor(&stage).is_some(), "no cursor after {keys}\n{}", stage.screen());
            seen += 1;
        }
    }
    println!("{seen} screens, each with a cursor");
}

#[test]
fn v7_with_reduced_motion_nothing_moves_but_the_minute() {
    let still = Preferences { motion: Motion::Reduced, ..stage::preferences() };
    for keys in ["", "4", "q/core-prod<Enter><Enter>"] {
        let mut stage = Stage::with(still.clone(), 120, 35);
        stage.load();
        stage.wall();
        stage.press(keys);
        // The middle of a minute, so that the clock has no reason to change.
        let begin: Timestamp = "2026-11-23T12:05:00Z".parse().unwrap();
        stage.tell(Msg::Tick(begin));
        stage.tell(Msg::Drawn);
        for second in 1..60 {
            stage.tell(Msg::Tick(begin + SignedDuration::from_secs(second)));
            assert!(!stage.model.is_dirty(), "after {keys:?} it moves in second {second}");
        }
        stage.tell(Msg::Tick(begin + SignedDuration::from_secs(60)));
        assert!(stage.model.is_dirty(), "the clock goes on");
        let wait = stage.model.next_tick().unwrap();
        assert!(wait.as_secs() >= 59, "nobody is woken before: {wait:?}");
    }
    let mut usual = Stage::full(120, 35);
    usual.wall();
    usual.tell(Msg::Drawn);
    usual.tell(Msg::Tick(stage::now() + SignedDuration::from_secs(2)));
    assert!(usual.model.is_dirty(), "without it a running operation ticks");
}

/// What is left of a frame without its colours: characters, and for each whether it is bold, dim, reversed.
fn stripped(stage: &Stage) -> String {
    let buffer = stage.buffer();
    let cells = buffer.content().iter();
    cells.map(|cell| format!("{}{:?}", cell.symbol(), cell.modifier)).collect()
}

#[test]
fn v2_states_differ_without_colour() {
    let colourless = Preferences { palette: Palette::MONO, ..stage::preferences() };
    let begin = || Stage::with(colourless.clone(), 80, 24);
    let full = || {
        let mut stage = begin();
        stage.load();
        stage
    };
    let mut states: BTreeMap<String, &str> = BTreeMap::new();
    let mut keep = |name: &'static str, stage: &Stage| {
        let buffer = stage.buffer();
        assert!(
            buffer.content().iter().all(|cell| cell.fg == ratatui::style::Color::Reset),
            "{name} is coloured"
        );
        if let Some(other) = states.insert(stripped(stage), name) {
            panic!("without colour, {name} looks like {other}");
        }
    };
    keep("loading", &begin());
    let mut empty = begin();
    empty.part(Loaded::Done { as_of: stage::now() });
    keep("empty", &empty);
    let mut failed = begin();
    failed.part(Loaded::Problem(stage::hr_problem()));
    failed.part(Loaded::Done { as_of: stage::now() });
    keep("failed", &failed);
    keep("loaded", &full());
    let mut filtered = full();
    filtered.press("/bilxing<Enter>");
    keep("filtered to nothing", &filtered);
    let mut stale = full();
    stale.tell(Msg::Tick(stage::now() + SignedDuration::from_mins(20)));
    keep("stale", &stale);
    let mut moved = full();
    moved.press("j");
    keep("another row chosen", &moved);
    for (name, keys) in [
        ("the acts", "/core-prod<Enter>a"),
        ("another act", "/core-prod<Enter>aj"),
        ("a finding that blocks", "/billing-prod<Enter><Enter>arnn!"),
        ("findings that do not", "/core-prod<Enter><Enter>arnn!"),
        ("cancel chosen", "/core-prod<Enter><Enter>arnn!nn"),
        ("the name half typed", "/core-prod<Enter><Enter>arnn!nnapim-core"),
        ("the name whole", "/core-prod<Enter><Enter>arnn!nnapim-core-dr"),
        ("the other button", "/core-prod<Enter><Enter>arnn!nnapim-core-dr<Tab>"),
    ] {
        let mut stage = full();
        for (part, piece) in keys.split('!').enumerate() {
            if part > 0 {
                stage.answer(|_| {});
            }
            stage.press(piece);
        }
        keep(name, &stage);
    }
    let mut wall = full();
    wall.wall();
    wall.press("4");
    keep("operations in four states", &wall);
    println!("{} states, no two alike without colour", states.len());
}

#[test]
fn d6_every_finding_shows_the_value_the_source_and_the_time() {
    let mut stage = Stage::full(120, 35);
    stage.check_a_restore();
    stage.answer(|_| {});
    stage.press("g");
    let findings = stage.model.draft.as_ref().unwrap().checks.as_ref().unwrap().preflight.findings.clone();
    let order = stage.model.draft.as_ref().unwrap().checks.as_ref().unwrap().order().to_vec();
    let mut shown = 0;
    for place in order {
        let finding = &findings[place];
        stage.press("<Enter>");
        let mut screen = stage.screen();
        stage.press("G");
        screen.push_str(&stage.screen());
        for evidence in &finding.evidence {
            let source: Vec<&str> = evidence.source.split_whitespace().take(2).collect();
            assert!(screen.contains(&evidence.name), "{}: no {}\n{screen}", finding.id(), evidence.name);
            assert!(screen.contains(&source.join(" ")), "{}: no {source:?}\n{screen}", finding.id());
            if let Some(at) = evidence.read_at {
                let clock = at.strftime("%H:%M:%S").to_string();
                assert!(screen.contains(&clock), "{}: not when ({clock})\n{screen}", finding.id());
            }
            shown += 1;
        }
        stage.press("<Enter>j");
    }
    assert!(shown > findings.len() / 2, "{shown} pieces of evidence for {} findings", findings.len());
    println!("{} findings rest on {shown} readings, each with its source and its time", findings.len());
}

#[test]
fn a7_the_exact_request_and_what_is_lost_are_shown_before_anything_is_sent() {
    let mut stage = Stage::full(200, 55);
    stage.check_a_restore();
    stage.answer(|_| {});
    stage.press("n");
    let screen = stage.screen();
    for words in
        ["POST", "/restore?api-version=", "apim-core-dr", "stcorebackup", "not in it", "never, once accepted"]
    {
        assert!(screen.contains(words), "no {words:?}\n{screen}");
    }
    assert!(screen.contains("A backup carries neither"), "what a backup does not carry\n{screen}");
    assert_eq!(stage.started(), 0);
}

#[test]
fn s3_rows_are_there_after_the_first_page_and_stay_while_more_come() {
    let mut stage = Stage::empty(80, 24);
    stage.part(Loaded::Instances(stage::fleet()[..2].to_vec()));
    let screen = stage.screen();
    assert!(screen.contains("apim-core-prod") && screen.contains("reading"), "{screen}");
    stage.press("j");
    let (before, _) = under_the_cursor(&stage).unwrap();
    stage.part(Loaded::Instances(stage::fleet()[2..].to_vec()));
    let (after, _) = under_the_cursor(&stage).unwrap();
    assert_eq!(before.split_whitespace().nth(2), after.split_whitespace().nth(2), "{}", stage.screen());
}

#[test]
fn e3_a_403_shows_the_action_the_scope_and_the_words_of_azure_and_copies_them() {
    let mut stage = Stage::full(120, 35);
    stage.tell(Msg::Trouble(stage::hr_problem()));
    stage.press("!<Enter>");
    let screen = stage.screen();
    let problem = stage::hr_problem();
    let words = problem.server_message.unwrap();
    // As they are, however the lines break.
    let flat = |text: &str| {
        let drawn = |c: char| !c.is_whitespace() && !"│║┌┐└┘═─╔╗╚╝".contains(c);
        text.chars().filter(|c| drawn(*c)).collect::<String>()
    };
    assert!(flat(&screen).contains(&flat(&words)), "{screen}");
    assert!(screen.contains("/subscriptions/9ce1") && screen.contains("Ask for Reader"), "{screen}");
    stage.press("y");
    let Some(Effect::Copy(copied)) = stage.effects.last() else { panic!("nothing is copied") };
    for part in [words.as_str(), "/subscriptions/9ce1", "7f1e2b6c"] {
        assert!(copied.contains(part), "no {part:?} in {copied}");
    }
}
