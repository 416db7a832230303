//! Safety at the keyboard: the right to write as the screen shows it and asks for it, and what stands before a start.

use jiff::SignedDuration;
use lifeboat::console::draft::{Button, Step, Task};
use lifeboat::console::intent::Intent;
use lifeboat::console::keymap::Scope;
use lifeboat::console::preferences::{Preferences, Writing};
use lifeboat::console::{Effect, Key, Msg};
use lifeboat::domain::writing::Permit;

use super::stage::{self, Stage};

/// The right end of the first line.
fn head(stage: &Stage) -> String {
    stage.screen().lines().next().unwrap().to_owned()
}

fn after(seconds: i64) -> Msg {
    Msg::Tick(stage::now() + SignedDuration::from_secs(seconds))
}

#[test]
fn a1_the_head_says_whether_anything_can_be_written_and_counts_down() {
    let mut stage = Stage::full(80, 24);
    assert!(head(&stage).contains("[GUARDED]"), "{}", head(&stage));
    stage.tell(Msg::Writing(Permit::NotNow));
    assert!(head(&stage).contains("[READ-ONLY]"), "{}", head(&stage));
    stage.tell(Msg::Writing(Permit::Until(stage::now() + SignedDuration::from_secs(821))));
    assert!(head(&stage).contains("[WRITE 13:41]"), "{}", head(&stage));
    stage.tell(after(1));
    assert!(head(&stage).contains("[WRITE 13:40]"), "{}", head(&stage));
    stage.tell(after(820));
    assert!(head(&stage).contains("[WRITE 00:01]"), "{}", head(&stage));
    stage.tell(after(821));
    assert!(head(&stage).contains("[READ-ONLY]"), "{}", head(&stage));
    assert!(stage.screen().contains(":write 15m lifts it"), "{}", stage.screen());
}

#[test]
fn a1_the_clock_of_the_writing_time_draws_once_a_second_and_only_while_it_runs() {
    let mut stage = Stage::full(80, 24);
    stage.press("!");
    stage.tell(Msg::Writing(Permit::Until(stage::now() + SignedDuration::from_secs(60))));
    stage.tell(Msg::Drawn);
    let mut frames = 0;
    for tenth in 1..=600_i64 {
        stage.tell(Msg::Tick(stage::now() + SignedDuration::from_millis(tenth * 100)));
        if stage.model.is_dirty() {
            frames += 1;
            stage.tell(Msg::Drawn);
        }
    }
    assert_eq!(frames, 60);
    for second in 61..89 {
        stage.tell(after(second));
        assert!(!stage.model.is_dirty(), "after {second} s");
    }
}

#[test]
fn a1_a_write_while_read_only_says_how_to_lift_it_and_begins_nothing() {
    let mut stage = Stage::full(80, 24);
    stage.tell(Msg::Writing(Permit::NotNow));
    stage.press("/core-prod<Enter>a");
    assert!(stage.screen().contains(":write 15m"), "{}", stage.screen());
    stage.press("r");
    assert!(stage.model.draft.is_none());
    assert!(stage.screen().contains("not possible: read-only now; :write 15m"), "{}", stage.screen());
}

#[test]
fn what_the_configuration_forbids_is_not_said_to_be_lifted() {
    let preferences = Preferences { writing: Writing::ReadOnly, ..stage::preferences() };
    let mut stage = Stage::with(preferences, 80, 24);
    stage.load();
    assert!(head(&stage).contains("[READ-ONLY]"), "{}", head(&stage));
    stage.press("/core-prod<Enter>ar");
    assert!(!stage.screen().contains(":write"), "{}", stage.screen());
    assert!(stage.screen().contains("for this run"), "{}", stage.screen());
}

#[test]
fn a_wizard_that_loses_its_writing_time_says_so_and_keeps_all() {
    let mut stage = Stage::full(80, 24);
    stage.tell(Msg::Writing(Permit::Until(stage::now() + SignedDuration::from_secs(30))));
    stage.check_a_restore();
    stage.answer(|_| {});
    stage.press("nnapim-core-dr");
    stage.tell(after(30));
    stage.tell(Msg::Drawn);
    assert!(stage.screen().contains("Nothing of the draft is lost"), "{}", stage.screen());
    stage.press("<Enter>");
    assert_eq!(stage.started(), 0);
    assert!(stage.screen().contains("nothing was sent, nothing is lost"), "{}", stage.screen());
    assert_eq!(stage.model.draft.as_ref().unwrap().typed.value(), "apim-core-dr");
    stage.tell(Msg::Writing(Permit::Until(stage::now() + SignedDuration::from_secs(900))));
    stage.tell(Msg::Drawn);
    stage.press("<Enter>");
    assert_eq!(stage.started(), 1, "{}", stage.screen());
}

#[test]
fn a_subscription_that_is_closed_stays_closed_whatever_the_hour() {
    let mut preferences = stage::preferences();
    preferences.read_only_subscriptions.insert(stage::subscription().id);
    let mut stage = Stage::with(preferences, 80, 24);
    stage.load();
    stage.tell(Msg::Writing(Permit::Until(stage::now() + SignedDuration::from_secs(900))));
    stage.press("/core-prod<Enter><Enter>arn");
    assert!(stage.screen().contains("is read-only here"), "{}", stage.screen());
    assert!(!stage.effects.iter().any(|it| matches!(it, Effect::GatherFacts { .. })));
}

/// A console at the dialog that wants the name, of a restore into this instance.
fn asked(target: &str) -> Stage {
    let mut stage = Stage::full(120, 35);
    stage.press("/core-prod<Enter><Enter>ar");
    let draft = stage.model.draft.as_mut().unwrap();
    let Task::Restore { targets, .. } = &draft.task else { panic!("no restore") };
    draft.choice = targets.iter().position(|id| id.name() == target).unwrap();
    stage.press("nn");
    stage.answer(|_| {});
    stage.model.draft.as_mut().unwrap().step = Step::Review;
    stage.press("n");
    stage
}

#[test]
fn a3_what_writes_has_a_key_in_the_menu_of_acts_only_and_never_beside_a_safe_one() {
    let keymap = lifeboat::console::keymap::Keymap::default();
    for line in keymap.lines() {
        let writes = matches!(line.intent, Intent::BackUp | Intent::Restore | Intent::Attach);
        assert!(!writes || line.scope == Scope::Acts, "{line:?}");
        let plain = line.keys.iter().all(|key| matches!(key, Key::Char(c) if c.is_ascii_lowercase()));
        assert!(!writes || plain, "{line:?}");
    }
}

#[test]
fn a4_the_last_question_says_all_and_waits_for_the_whole_name() {
    let mut stage = asked("apim-core-dr");
    let screen = stage.screen();
    for words in [
        "Restore into apim-core-dr?",
        "apim-core-prod-2026-11-22-10-54.apimbackup",
        "taken 25h10m ago, 2026-11-22 10:54Z, from apim-core-prod",
        "REPLACES the configuration",
        "what changed there since is not in it",
        "cannot be cancelled",
        "30 or more",
        "12 characters missing",
    ] {
        assert!(screen.contains(words), "{words} is missing\n{screen}");
    }
    assert_eq!(stage.model.draft.as_ref().unwrap().button, Button::Cancel);
    for part in ["apim", "-core-d"] {
        stage.press(part).press("<Enter><Enter>");
        assert_eq!(stage.started(), 0, "{}", stage.screen());
    }
    stage.press("r<Enter>");
    assert_eq!(stage.started(), 1, "{}", stage.screen());
}

#[test]
fn a9_production_is_marked_by_word_and_frame_and_neither_side_is_taken_for_the_other() {
    let mut stage = asked("apim-core-prod");
    let screen = stage.screen();
    assert!(screen.contains(" PRODUCTION "), "{screen}");
    assert!(screen.contains("Restore into apim-core-prod?"), "{screen}");
    let buffer = stage.buffer();
    let red =
        buffer.content().iter().filter(|cell| cell.symbol() == "║" && cell.fg == ratatui::style::Color::Red);
    assert!(red.count() > 10, "its frame is red and double\n{screen}");
    // The name of the other side is not the name.
    stage.press("apim-core-dr<Enter>");
    assert_eq!(stage.started(), 0);
    assert!(stage.screen().contains("that is another name"), "{}", stage.screen());
    let mut stage = asked("apim-core-dr");
    assert!(!stage.screen().contains(" PRODUCTION "), "{}", stage.screen());
    stage.press("apim-core-prod<Enter>");
    assert_eq!(stage.started(), 0);
}

#[test]
fn a9_no_default_overwrites_production_or_the_source() {
    let mut stage = Stage::full(120, 35);
    let mut seen = 0;
    for row in 0..stage::fleet().len() {
        stage.press("1g");
        for _ in 0..row {
            stage.press("j");
        }
        stage.press("ar");
        let Some(draft) = stage.model.draft.as_ref() else {
            stage.press("<Esc>");
            continue;
        };
        let Task::Restore { backup, proposed, targets } = &draft.task else { panic!("no restore") };
        let source = backup.source.instance.as_deref();
        if let Some(target) = proposed {
            seen += 1;
            assert_ne!(Some(target.name()), source);
            assert!(!target.name().ends_with("-prod"), "{target} is proposed");
        }
        let first = draft.instance().unwrap();
        assert!(targets.len() == 1 || Some(first.name()) != source, "{first} is chosen first");
        stage.press("<Esc>");
    }
    assert!(seen > 0);
}
