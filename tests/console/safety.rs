//! Safety at the keyboard: the right to write as the screen shows it and asks for it.

use jiff::SignedDuration;
use lifeboat::console::preferences::{Preferences, Writing};
use lifeboat::console::{Effect, Msg};
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
    assert!(stage.screen().contains(":write 15m allows it anew"), "{}", stage.screen());
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
    assert!(stage.screen().contains("for this whole run"), "{}", stage.screen());
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
    assert!(stage.screen().contains("Nothing of this draft is lost"), "{}", stage.screen());
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
