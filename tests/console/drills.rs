//! A10: a restore into an instance that is kept for drills is marked as one, from the list of targets to the report, and
//! the words of production are left out.

use lifeboat::console::draft::Task;
use lifeboat::console::preferences::{Glyphs, Importance, InstancePreference, Preferences};
use lifeboat::domain::fact::Fact;
use lifeboat::domain::instance::Mark;
use lifeboat::domain::operation::{OperationEvent, Purpose};
use lifeboat::domain::plan::Plan;
use lifeboat::domain::report::Report;
use ratatui::style::Color;

use super::frames::{SIZES, golden};
use super::stage::{self, Stage, Told};

fn marked(importance: Importance) -> Preferences {
    let mut preferences = stage::preferences();
    let preference = InstancePreference { importance, ..InstancePreference::default() };
    preferences.instances.set("apim-core-dr", preference);
    preferences
}

fn drilling(columns: u16, rows: u16) -> Stage {
    let mut stage = Stage::with(marked(Importance::Drill), columns, rows);
    stage.load();
    stage
}

/// What the engine would read of the mark.
fn answer(stage: &mut Stage, mark: Mark) {
    stage.answer(|facts| {
        if let Fact::Known(known) = &mut facts.mark {
            known.value = mark;
        }
    });
}

/// A restore into apim-core-dr that has ended well.
fn ended(purpose: Purpose) -> Told {
    let ago = |seconds: i64| stage::now() - jiff::SignedDuration::from_secs(seconds);
    let mut told = Told::begin(9, stage::restore("apim-core-prod", "apim-core-dr"), ago(1_000));
    told.operation.intent.purpose = purpose;
    told.then(ago(999), OperationEvent::Submitting);
    told.then(ago(998), stage::accepted());
    told.then(ago(10), OperationEvent::Succeeded { evidence: "it answered 200".to_owned() });
    told
}

#[test]
fn a10_a_restore_into_a_drill_target_is_marked_drill_by_word_sign_and_frame() {
    let mut stage = drilling(120, 35);
    stage.press("/core-prod<Enter><Enter>ar");
    let targets = stage.screen();
    let line = targets.lines().find(|line| line.contains("›apim-core-dr ")).unwrap();
    assert!(line.contains("◇ DRILL"), "{targets}");
    stage.press("nn");
    answer(&mut stage, Mark::Drill);
    stage.press("G");
    let checks = stage.screen();
    assert!(checks.contains("◇ DRILL") && checks.contains("target is for drills"), "{checks}");
    assert!(!checks.contains("target is no production"), "{checks}");
    stage.press("n");
    let review = stage.screen();
    assert!(review.matches("◇ DRILL").count() == 2 && review.contains("nothing is cut over"), "{review}");
    assert!(!review.contains("DNS is changed by you"), "{review}");
    stage.press("n");
    let asked = stage.screen();
    assert!(asked.contains(" ◇ DRILL ") && !asked.contains("PRODUCTION"), "{asked}");
    let buffer = stage.buffer();
    let frame = |color: Color| {
        buffer.content().iter().filter(|cell| cell.symbol() == "║" && cell.fg == color).count()
    };
    assert!(frame(Color::Cyan) > 10 && frame(Color::Red) == 0, "its frame is cyan\n{asked}");
    // It is guarded as any restore is.
    stage.press("<Enter>apim-core-d<Enter>");
    assert_eq!(stage.started(), 0);
    stage.press("r<Enter>");
    assert_eq!(stage.started(), 1, "{}", stage.screen());
}

#[test]
fn a10_a_drill_is_told_as_one_afterwards_by_what_was_written_down() {
    // The configuration says nothing of it any more.
    let mut stage = Stage::full(200, 55);
    let mut told = ended(Purpose::Drill);
    told.send(&mut stage);
    assert!(stage.screen().contains("apim-core-dr ◇ DRILL"), "in the fleet\n{}", stage.screen());
    stage.press("4");
    let wall = stage.screen();
    assert!(wall.contains("apim-core-dr ◇ DRILL") && wall.contains("nothing is cut over"), "{wall}");
    assert!(!wall.contains("DNS is changed by you"), "{wall}");
    let report = |purpose| {
        let told = ended(purpose);
        let story = lifeboat::domain::report::Story {
            operation: told.operation,
            events: Vec::new(),
            damage: None,
            hosts: Vec::new(),
            objectives: lifeboat::domain::report::Objectives::default(),
        };
        let report = Report::of(&[story], None, stage::now());
        lifeboat::domain::report::markdown::write(&report)
    };
    let drill = report(Purpose::Drill);
    assert!(
        drill.contains("Restore of apim-core-dr (DRILL)") && drill.contains("nothing is cut over"),
        "{drill}"
    );
    assert!(!drill.contains("DNS is changed by you"), "{drill}");
    let real = report(Purpose::Real);
    assert!(!real.contains("DRILL") && real.contains("DNS is changed by you"), "{real}");
}

#[test]
fn a10_production_is_never_a_drill_whoever_marks_it_as_one() {
    let mut preferences = marked(Importance::Drill);
    let id = stage::instance("apim-core-dr", "Premium", 1, "northeurope").id;
    let production =
        InstancePreference { importance: Importance::Production, ..InstancePreference::default() };
    preferences.instances.set(id.as_str(), production);
    assert_eq!(preferences.importance_of(&id), Importance::Production);
    let plan: Plan = stage::restore("apim-core-prod", "apim-core-dr");
    assert_eq!(preferences.purpose_of(&plan), Purpose::Real);
    // Nor is a backup of a drill target one.
    let mut stage = drilling(80, 24);
    stage.press("/core-dr<Enter>ab");
    let draft = stage.model.draft.as_ref().unwrap();
    assert!(matches!(draft.task, Task::Backup { .. }));
    assert!(!stage.screen().contains("DRILL"), "{}", stage.screen());
}

#[test]
fn a_drill_at_every_size() {
    for (columns, rows) in SIZES {
        let at = |name: &str| format!("drill_{name}_{columns}x{rows}");
        let mut stage = drilling(columns, rows);
        stage.press("/core-prod<Enter><Enter>ar");
        golden(&at("target"), &stage);
        stage.press("nn");
        answer(&mut stage, Mark::Drill);
        golden(&at("findings"), &stage);
        stage.press("n");
        golden(&at("review"), &stage);
        stage.press("n");
        golden(&at("confirm"), &stage);
        let mut stage = Stage::full(columns, rows);
        ended(Purpose::Drill).send(&mut stage);
        stage.press("4");
        golden(&at("wall"), &stage);
    }
    let preferences = Preferences { glyphs: Glyphs::Ascii, ..marked(Importance::Drill) };
    let mut stage = Stage::with(preferences, 80, 24);
    stage.load();
    for keys in ["/core-prod<Enter><Enter>ar", "nn"] {
        stage.press(keys);
        assert!(stage.screen().contains("<> DRILL") && stage.screen().is_ascii(), "{}", stage.screen());
    }
}
