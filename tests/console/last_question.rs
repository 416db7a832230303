//! The last question of a restore, one guard at a time: each holds by itself, whatever the others do.

use jiff::SignedDuration;
use lifeboat::console::draft::{Button, Guard, Step, Task};
use lifeboat::console::message::Gathering;
use lifeboat::console::model::{Overlay, Place};
use lifeboat::console::preferences::{Preferences, Writing};
use lifeboat::console::{Effect, Key, Msg};
use lifeboat::domain::backup::LIFETIME;
use lifeboat::domain::fact::Fact;
use lifeboat::domain::verdict::Verdict;

use super::stage::{self, Stage, parse};

fn asked() -> Stage {
    let mut stage = Stage::full(80, 24);
    stage.check_a_restore();
    stage.answer(|_| {});
    stage.press("nn");
    stage
}

fn draft(stage: &Stage) -> &lifeboat::console::draft::Draft {
    stage.model.draft.as_ref().unwrap()
}

/// Keys that nobody saw the effect of.
fn unseen(stage: &mut Stage, keys: &str) {
    for key in parse(keys) {
        stage.tell(Msg::Key(key));
    }
}

#[test]
fn a4_a_name_with_more_around_it_is_another_name() {
    for typed in ["apim-core-dr ", " apim-core-dr", "apim-core-drx", "apim-core-dr-2", "Apim-core-dr"] {
        let mut stage = asked();
        stage.press(typed).press("<Enter><Enter>");
        assert_eq!((stage.started(), draft(&stage).step), (0, Step::Confirm), "{typed:?}");
        assert_eq!(draft(&stage).button, Button::Cancel, "{typed:?}");
    }
}

#[test]
fn a4_the_button_is_chosen_by_a_whole_name_only() {
    let mut stage = asked();
    stage.press("apim-core-d<Tab>");
    assert_eq!(draft(&stage).button, Button::Cancel, "Tab does not reach it before");
    stage.press("r");
    assert_eq!(draft(&stage).button, Button::Act);
    stage.press("x");
    assert_eq!(draft(&stage).button, Button::Cancel, "it is taken back with the name");
}

#[test]
fn a5_a_name_that_was_changed_has_to_be_seen_again() {
    let mut stage = asked();
    stage.press("apim-core-d");
    assert_eq!(draft(&stage).guard, Guard::Open, "a part of a name arms nothing");
    stage.press("r");
    assert_eq!(draft(&stage).guard, Guard::Armed);
    unseen(&mut stage, "<Back>r<Enter>");
    assert_eq!(stage.started(), 0, "typed anew and not drawn");
    stage.tell(Msg::Drawn);
    stage.press("<Enter>");
    assert_eq!(stage.started(), 1);
}

#[test]
fn a5_the_dialog_opens_empty_and_unseen_and_is_left_so() {
    let mut stage = asked();
    stage.press("apim-core-dr<Esc>");
    let left = draft(&stage);
    assert_eq!((left.step, left.typed.value(), left.button), (Step::Review, "", Button::Cancel));
    // Whatever is left in it: it opens as if nobody had been there.
    let draft_of = stage.model.draft.as_mut().unwrap();
    draft_of.typed = tui_input::Input::from("apim-core-dr");
    (draft_of.button, draft_of.guard) = (Button::Act, Guard::Armed);
    unseen(&mut stage, "n");
    let opened = draft(&stage);
    assert_eq!((opened.step, opened.typed.value()), (Step::Confirm, ""));
    assert_eq!((opened.button, opened.guard), (Button::Cancel, Guard::Unseen));
}

#[test]
fn a5_what_is_drawn_below_something_else_was_not_seen() {
    let mut stage = asked();
    stage.press("apim-core-dr");
    stage.tell(Msg::Resize { columns: 100, rows: 30 });
    stage.model.overlay = Some(Overlay::Help { scroll: 0 });
    stage.tell(Msg::Drawn);
    assert_eq!(draft(&stage).guard, Guard::Unseen);
    stage.model.overlay = None;
    stage.tell(Msg::Key(Key::Enter));
    assert_eq!(stage.started(), 0);
}

#[test]
fn a4_answers_about_one_target_start_nothing_at_another() {
    let mut stage = asked();
    let draft_of = stage.model.draft.as_mut().unwrap();
    let Task::Restore { targets, .. } = &draft_of.task else { panic!("no restore") };
    let other = targets.iter().position(|id| id.name() != "apim-core-dr").unwrap();
    let name = targets[other].name().to_owned();
    draft_of.choice = other;
    stage.press(&name).press("<Enter><Enter>");
    assert_eq!(draft(&stage).typed.value(), name);
    assert_eq!(stage.started(), 0);
}

#[test]
fn a6_what_was_accepted_for_one_target_is_not_accepted_for_another() {
    let mut stage = Stage::full(80, 24);
    stage.check_a_restore();
    stage.answer(|facts| facts.workspaces = Fact::NotAsked);
    stage.press(" only APIs there<Enter>");
    assert_eq!(draft(&stage).accepted.len(), 1);
    stage.press("<Esc><Esc>jnn");
    assert_ne!(draft(&stage).instance().unwrap().name(), "apim-core-dr");
    assert_eq!(draft(&stage).accepted, []);
    let checks = draft(&stage).checks.as_ref().unwrap();
    assert_eq!(Some(&checks.plan), draft(&stage).plan().as_ref(), "the checks are about the new one");
    // The same target again is the same question.
    let mut stage = Stage::full(80, 24);
    stage.check_a_restore();
    stage.answer(|facts| facts.workspaces = Fact::NotAsked);
    stage.press(" only APIs there<Enter><Esc>n");
    assert_eq!(draft(&stage).accepted.len(), 1);
}

#[test]
fn a6_what_expired_since_its_checks_is_not_started() {
    for (seconds, started) in [(19, 1), (21, 0)] {
        let mut stage = Stage::full(80, 24);
        stage.check_a_restore();
        let at = stage.model.now() - LIFETIME + SignedDuration::from_secs(20);
        stage.answer(|facts| {
            let Fact::Known(backup) = &mut facts.backup else { panic!("no backup") };
            backup.value.taken.as_mut().unwrap().at = at;
        });
        stage.press("nnapim-core-dr");
        assert_eq!(draft(&stage).guard, Guard::Armed, "{}", stage.screen());
        stage.tell(Msg::Tick(stage::later(seconds)));
        stage.press("<Enter>");
        assert_eq!(stage.started(), started, "after {seconds} s\n{}", stage.screen());
    }
}

#[test]
fn a6_nothing_is_accepted_and_nothing_passed_while_answers_are_awaited() {
    let mut stage = Stage::full(80, 24);
    stage.check_a_restore();
    let (request, plan) = stage.gathering();
    let mut facts = stage::facts(&plan, stage.model.now());
    let whole = Box::new(facts.clone());
    stage.tell(Msg::Facts { request, facts: whole, gathering: Gathering::Open });
    stage.press("n");
    assert_eq!(draft(&stage).step, Step::Findings, "all is well so far, and not all is there");
    assert!(stage.screen().contains("not done yet"), "{}", stage.screen());
    facts.workspaces = Fact::NotAsked;
    stage.tell(Msg::Facts { request, facts: Box::new(facts), gathering: Gathering::Open });
    let findings = &draft(&stage).checks.as_ref().unwrap().preflight.findings;
    let open = findings.iter().position(|it| it.verdict == Verdict::Unknown).unwrap();
    stage.model.draft.as_mut().unwrap().finding = open;
    stage.press(" ");
    assert!(draft(&stage).reason.is_none(), "{}", stage.screen());
    assert!(stage.screen().contains("still reading"), "{}", stage.screen());
}

#[test]
fn a1_no_time_to_write_is_asked_for_where_the_configuration_forbids_it() {
    let preferences = Preferences { writing: Writing::ReadOnly, ..stage::preferences() };
    let mut stage = Stage::with(preferences, 120, 35);
    stage.load();
    stage.press(":write 15m<Enter>");
    assert!(!stage.effects.iter().any(|it| matches!(it, Effect::Writing(_))));
    assert!(stage.screen().contains("not possible: read-only for this run"), "{}", stage.screen());
}

#[test]
fn o2_the_question_whether_to_leave_is_answered_by_yes_and_nothing_else() {
    for key in ["<Esc>", "<Enter>", "n", "q", "j", " "] {
        let mut stage = Stage::full(80, 24);
        stage.wall();
        stage.press("q");
        assert!(matches!(stage.model.overlay, Some(Overlay::Leaving)), "{}", stage.screen());
        stage.press(key);
        assert!(!stage.effects.iter().any(|it| matches!(it, Effect::Quit)), "{key}");
        stage.model.overlay = Some(Overlay::Leaving);
        stage.press("y");
        assert!(stage.effects.iter().any(|it| matches!(it, Effect::Quit)));
    }
}

#[test]
fn o2_a_start_that_nobody_answered_yet_is_a_reason_to_ask() {
    let mut stage = asked();
    stage.press("apim-core-dr<Enter>");
    assert_eq!((stage.started(), stage.model.world.unfinished()), (1, 0));
    stage.press("<Esc>");
    assert_eq!(*stage.model.place(), Place::Fleet);
    stage.press("q");
    assert!(matches!(stage.model.overlay, Some(Overlay::Leaving)), "{}", stage.screen());
    assert!(!stage.effects.iter().any(|it| matches!(it, Effect::Quit)));
}
