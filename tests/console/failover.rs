//! A failover: several instances in one plan, each confirmed by its own name.

use jiff::SignedDuration;
use lifeboat::console::failover::Stand;
use lifeboat::console::message::Loaded;
use lifeboat::console::model::Place;
use lifeboat::console::preferences::{Glyphs, Preferences, Writing};
use lifeboat::console::{Effect, Msg};
use lifeboat::domain::backup::Provenance;
use lifeboat::domain::fact::Fact;
use lifeboat::domain::operation::OperationEvent;
use lifeboat::domain::plan::Plan;
use lifeboat::domain::problem::Problem;

use super::frames::{SIZES, golden};
use super::stage::{self, Stage, Told};

/// The made-up fleet, with a standby for the payments and a manifest for the devices, and three of it marked.
pub(crate) fn marked(preferences: Preferences, columns: u16, rows: u16) -> Stage {
    let mut stage = Stage::with(preferences, columns, rows);
    stage.load();
    stage.part(Loaded::Instances(vec![stage::instance("apim-pay-dr", "Premium", 2, "francecentral")]));
    let newest = stage::backup("apim-iot-prod", Some("Standard"), 20, Provenance::Manifest);
    stage.part(Loaded::Backups(vec![newest]));
    for name in ["core-prod", "pay-prod", "iot-prod"] {
        stage.press(&format!("/{name}<Enter> <Esc>"));
    }
    stage.press("sn");
    stage
}

/// The plan for the three: core-prod, iot-prod, pay-prod.
pub(crate) fn planned(columns: u16, rows: u16) -> Stage {
    let mut stage = marked(stage::preferences(), columns, rows);
    stage.press("af");
    stage
}

/// Every row taken, and every check answered.
pub(crate) fn checked(columns: u16, rows: u16) -> Stage {
    let mut stage = planned(columns, rows);
    stage.press("n").answer(|_| {});
    stage.press("n").answer(|_| {});
    stage.press("n").answer(|_| {});
    stage
}

fn stands(stage: &Stage) -> Vec<Stand> {
    stage.model.failover.as_ref().unwrap().rows.iter().map(|row| row.stand.clone()).collect()
}

fn targets(stage: &Stage) -> Vec<Option<String>> {
    let rows = &stage.model.failover.as_ref().unwrap().rows;
    rows.iter().map(|row| row.target().map(|id| id.name().to_owned())).collect()
}

fn sent(stage: &Stage) -> Vec<String> {
    let started = stage.effects.iter().filter_map(|effect| match effect {
        Effect::Start { approved, .. } => Some(approved.plan().instance().name().to_owned()),
        _ => None,
    });
    started.collect()
}

/// Azure takes what was started last.
fn accept(stage: &mut Stage, number: u128) {
    let plan: Plan = stage.model.world.starting.last().unwrap().clone();
    let at = stage.model.now();
    let mut told = Told::begin(number, plan, at);
    told.then(at, OperationEvent::Submitting);
    told.then(at, stage::accepted());
    told.send(stage);
}

#[test]
fn a4_three_marked_fail_over_in_one_plan_each_by_its_own_typed_name() {
    let mut stage = planned(120, 35);
    assert_eq!(*stage.model.place(), Place::Failover);
    let some = |name: &str| Some(name.to_owned());
    let proposed = [some("apim-core-dr"), some("apim-billing-dr"), some("apim-pay-dr")];
    assert_eq!(targets(&stage), proposed, "{}", stage.screen());
    assert!(stands(&stage).iter().all(|it| *it == Stand::Proposed), "none is chosen by itself");
    stage.press("nnn");
    for _ in 0..3 {
        stage.answer(|_| {});
    }
    assert_eq!(stage.started(), 0);
    for (number, name) in [(1, "apim-core-dr"), (2, "apim-billing-dr"), (3, "apim-pay-dr")] {
        stage.press(&format!("<Enter>nn{name}"));
        assert_eq!(stage.started(), usize::try_from(number - 1).unwrap(), "{}", stage.screen());
        stage.press("<Enter>");
        assert_eq!(sent(&stage).last().map(String::as_str), Some(name), "{}", stage.screen());
        let place = if number == 3 { Place::Operations } else { Place::Failover };
        assert_eq!(*stage.model.place(), place, "{}", stage.screen());
        accept(&mut stage, number);
    }
    assert_eq!(sent(&stage), ["apim-core-dr", "apim-billing-dr", "apim-pay-dr"], "one POST each");
    assert_eq!(stage.model.world.unfinished(), 3);
    let screen = stage.screen();
    for name in sent(&stage) {
        assert!(screen.contains(&name), "{name} is not on the wall\n{screen}");
    }
    stage.press("q");
    assert_eq!(*stage.model.place(), Place::Failover);
    assert_eq!(stage.screen().matches("RUNNING").count(), 6, "table and pane\n{}", stage.screen());
}

#[test]
fn a4_the_name_of_one_row_starts_no_other() {
    let mut stage = checked(80, 24);
    stage.press("g<Enter>nnapim-pay-dr<Enter><Enter>");
    assert_eq!(stage.started(), 0);
    assert!(stage.screen().contains("that is another"), "{}", stage.screen());
}

#[test]
fn a5_type_ahead_starts_nothing_beyond_what_was_named() {
    let mut stage = checked(80, 24);
    stage.press("g<Enter>nnapim-core-dr");
    // The whole story of the next row is typed in the same burst as the Enter that sends this one.
    stage.burst("<Enter><Enter>nnapim-billing-dr<Enter><Enter>nn<Enter>");
    assert_eq!(sent(&stage), ["apim-core-dr"]);
    let mut stage = checked(80, 24);
    stage.press(&"<Enter>".repeat(40));
    stage.press(&"n".repeat(40));
    assert_eq!(stage.started(), 0);
    let mut stage = marked(stage::preferences(), 80, 24);
    stage.burst("afnnn");
    assert!(stands(&stage).iter().all(|it| *it == Stand::Proposed), "a table that nobody saw takes nothing");
}

#[test]
fn two_rows_never_share_a_target_and_none_is_restored_into_a_source() {
    let mut stage = checked(80, 24);
    // The second row: up from its checks to its targets, to the one that the first has.
    stage.press("gj<Enter>pp");
    let at = |stage: &Stage, name: &str| {
        let draft = stage.model.draft.as_ref().unwrap();
        let lifeboat::console::draft::Task::Restore { targets, .. } = &draft.task else {
            panic!("a restore")
        };
        targets.iter().position(|it| it.name() == name).unwrap()
    };
    for (name, why) in [
        ("apim-core-dr", "apim-core-dr is the target of row 1"),
        ("apim-pay-prod", "apim-pay-prod is to fail over itself, in row 3"),
    ] {
        let down = at(&stage, name);
        stage.press("g").press(&"j".repeat(down)).press("n");
        assert!(stage.screen().contains(why), "{}", stage.screen());
    }
    // Left like this it is a proposal again, and cannot be taken.
    stage.press("<Esc>");
    assert_eq!(stands(&stage)[1], Stand::Proposed);
    stage.press("n");
    assert!(stage.screen().contains("apim-pay-prod is to fail over itself"), "{}", stage.screen());
    // Once its row is left out it may be a target, and the row may not come back.
    stage.press("j ").press("gj<Enter>n");
    assert!(stage.screen().contains("2 ACCESS"), "{}", stage.screen());
    stage.press("n<Esc>j ");
    assert!(stage.screen().contains("row 2 restores into apim-pay-prod"), "{}", stage.screen());
}

#[test]
fn checks_run_one_after_another_and_one_that_was_ended_is_run_again() {
    let mut stage = planned(120, 35);
    let asked = |stage: &Stage| {
        stage.effects.iter().filter(|effect| matches!(effect, Effect::GatherFacts { .. })).count()
    };
    stage.press("nnn");
    assert_eq!(asked(&stage), 1, "the others wait");
    let (first, plan) = stage.gathering();
    // The person opens the third row: it is read now, which ends the question about the first.
    stage.press("G<Enter>");
    assert_eq!(asked(&stage), 2);
    assert_eq!(stage.gathering().1.instance().name(), "apim-pay-dr");
    let facts = Box::new(stage::facts(&plan, stage::now()));
    stage.answer(|_| {});
    assert_eq!(stage.gathering().1.instance().name(), "apim-core-dr", "the first is read again");
    stage.tell(Msg::Facts { request: first, facts, gathering: lifeboat::console::message::Gathering::Done });
    stage.answer(|_| {});
    assert_eq!(stage.gathering().1.instance().name(), "apim-billing-dr");
    stage.answer(|_| {});
    assert_eq!(asked(&stage), 4);
    stage.press("<Esc>");
    assert!(stage.screen().contains("3 to confirm"), "{}", stage.screen());
}

#[test]
fn a_reason_is_offered_again_in_the_next_row_and_accepted_one_by_one() {
    let mut stage = planned(80, 24);
    stage.press("nn");
    stage.answer(|facts| facts.workspaces = Fact::NotAsked);
    stage.answer(|facts| facts.workspaces = Fact::NotAsked);
    stage.press("g<Enter> region down<Enter><Esc>j");
    assert!(stage.screen().contains("1 to accept"), "{}", stage.screen());
    stage.press("<Enter> ");
    assert!(stage.screen().contains("reason: region down"), "{}", stage.screen());
    stage.press("<Esc>n");
    assert!(stage.screen().contains("not accepted yet"), "it is not accepted by itself\n{}", stage.screen());
    stage.press(" <Enter>nnapim-billing-dr<Enter>");
    assert_eq!(sent(&stage), ["apim-billing-dr"], "{}", stage.screen());
}

#[test]
fn a_row_that_is_blocked_or_fails_does_not_stop_the_others() {
    let mut stage = planned(120, 35);
    stage.press("nnn");
    stage.answer(|facts| {
        if let Fact::Known(known) = &mut facts.instance {
            known.value.state = Some("Updating".to_owned());
            known.value.target_state = Some("Updating".to_owned());
        }
    });
    stage.answer(|_| {});
    stage.answer(|_| {});
    assert!(stage.screen().contains("blocked"), "{}", stage.screen());
    stage.press("gj<Enter>nnapim-billing-dr<Enter>");
    let at = stage.model.now();
    let mut told = Told::begin(1, stage.model.world.starting[0].clone(), at);
    told.then(at, OperationEvent::Submitting);
    let mut refused = Problem::new("The restore was refused");
    refused.server_message = Some("Cannot restore: backup expired".to_owned());
    told.then(at, OperationEvent::Refused { problem: refused });
    told.send(&mut stage);
    stage.press("<Enter>nnapim-pay-dr<Enter>");
    assert_eq!(sent(&stage), ["apim-billing-dr", "apim-pay-dr"]);
    stage.press("gj");
    let screen = stage.screen();
    assert!(screen.contains("Cannot restore: backup expired") && screen.contains("REFUSED"), "{screen}");
    assert!(screen.contains("1 blocked   2 started"), "{screen}");
    stage.press("n n<Enter>");
    assert_eq!(stage.started(), 2, "a row has one request");
}

#[test]
fn a_row_of_which_no_byte_left_waits_for_its_name_again() {
    let mut stage = checked(120, 35);
    stage.press("g<Enter>nnapim-core-dr<Enter>");
    let at = stage.model.now();
    let mut told = Told::begin(1, stage.model.world.starting[0].clone(), at);
    told.then(at, OperationEvent::NotSent { problem: Problem::new("Nothing was sent for restore") });
    told.send(&mut stage);
    assert_eq!(stands(&stage)[0], Stand::Chosen, "{}", stage.screen());
    assert!(stage.model.world.starting.is_empty());
    assert_eq!(stage.model.world.troubles.len(), 1, "the row says no longer why");
    assert!(stage.screen().contains("3 to confirm"), "{}", stage.screen());
    stage.press("g<Enter>nn<Enter><Enter>");
    assert_eq!(stage.started(), 1, "the name that was typed counted once");
    stage.press("apim-core-dr<Enter>");
    assert_eq!(sent(&stage), ["apim-core-dr", "apim-core-dr"], "{}", stage.screen());
    accept(&mut stage, 2);
    assert!(matches!(stands(&stage)[0], Stand::Started(_)));
}

#[test]
fn a_row_can_be_left_out_and_given_another_backup() {
    let mut stage = checked(80, 24);
    stage.press("g ");
    assert!(stage.screen().contains("left out"), "{}", stage.screen());
    stage.press("g<Enter>");
    assert!(stage.screen().contains("Space takes it in again"), "{}", stage.screen());
    stage.press(" gl");
    assert!(stage.screen().contains("2d01h"), "an older backup\n{}", stage.screen());
    assert_eq!(stands(&stage)[0], Stand::Proposed, "what was taken of another backup does not hold");
    stage.press("hh");
    assert!(stage.screen().contains("it is the newest usable backup"), "{}", stage.screen());
    stage.press("jj  ");
    for (name, row) in [("apim-core-dr", 0), ("apim-billing-dr", 1)] {
        stage.press("g").press(&"j".repeat(row)).press("n");
        stage.answer(|_| {});
        stage.press("g").press(&"j".repeat(row)).press(&format!("<Enter>nn{name}<Enter>"));
    }
    assert_eq!(sent(&stage), ["apim-core-dr", "apim-billing-dr"], "{}", stage.screen());
}

#[test]
fn what_cannot_be_restored_is_said() {
    let mut stage = Stage::full(80, 24);
    stage.press("af");
    assert!(stage.screen().contains("no instance is marked"), "{}", stage.screen());
    stage.press("<Esc>/name:edge<Enter> <Esc>/name:docs<Enter> <Esc>a");
    assert!(stage.screen().contains("fail over the 2 marked instances"), "{}", stage.screen());
    stage.press("f");
    let screen = stage.screen();
    assert!(screen.contains("not possible") && screen.contains("none fits: choose"), "{screen}");
    stage.press("jn");
    assert_eq!(stage.effects.iter().filter(|it| matches!(it, Effect::GatherFacts { .. })).count(), 0);
    let preferences = Preferences { writing: Writing::ReadOnly, ..stage::preferences() };
    let mut stage = Stage::with(preferences, 80, 24);
    stage.load();
    stage.press(" af");
    assert!(stage.model.failover.is_none() && stage.screen().contains("read-only"), "{}", stage.screen());
}

#[test]
fn a_row_that_was_not_possible_is_proposed_once_more_is_known() {
    let mut stage = Stage::empty(80, 24);
    stage.part(Loaded::Instances(stage::fleet()));
    stage.press("/core-prod<Enter> af");
    assert!(stage.screen().contains("not possible"), "{}", stage.screen());
    stage.load();
    stage.press("n");
    assert_eq!(stands(&stage), [Stand::Chosen], "{}", stage.screen());
    let mut stage = Stage::empty(80, 24);
    stage.part(Loaded::Instances(stage::fleet()));
    stage.press("/core-prod<Enter> afn");
    assert!(stage.screen().contains("not possible: no usable backup"), "{}", stage.screen());
}

#[test]
fn facts_that_are_too_old_are_read_again_before_a_name_counts() {
    let mut stage = checked(80, 24);
    stage.tell(Msg::Tick(stage::now() + SignedDuration::from_secs(300)));
    stage.tell(Msg::Drawn);
    let before = stage.gathering().0;
    stage.press("g<Enter>n");
    assert!(stage.gathering().0 > before, "they are asked for at the review");
    stage.press("napim-core-dr<Enter>");
    assert_eq!(stage.started(), 0, "{}", stage.screen());
    stage.answer(|_| {});
    stage.press("<Enter>");
    assert_eq!(sent(&stage), ["apim-core-dr"]);
}

#[test]
fn o6_an_answer_about_one_row_is_never_shown_in_another() {
    let mut stage = planned(80, 24);
    stage.press("nnn");
    stage.answer(|facts| facts.workspaces = Fact::NotAsked);
    let (old, plan) = stage.gathering();
    stage.press("<C-r>");
    let mut facts = stage::facts(&plan, stage::now());
    facts.workspaces = Fact::NotAsked;
    stage.tell(Msg::Facts {
        request: old,
        facts: Box::new(facts),
        gathering: lifeboat::console::message::Gathering::Done,
    });
    let rows = &stage.model.failover.as_ref().unwrap().rows;
    let known = rows.iter().filter(|row| {
        let checks = row.draft.as_ref().unwrap().checks.as_ref();
        checks.is_some_and(|checks| !checks.preflight.findings.is_empty())
    });
    assert!(known.count() <= 2, "{}", stage.screen());
    for (row, checks) in rows.iter().filter_map(|row| Some((row, row.draft.as_ref()?.checks.as_ref()?))) {
        assert_eq!(Some(checks.plan.instance()), row.target());
    }
}

#[test]
fn the_plan_at_every_size() {
    for (columns, rows) in SIZES {
        let at = |name: &str| format!("failover_{name}_{columns}x{rows}");
        let mut stage = marked(stage::preferences(), columns, rows);
        stage.press("/name:docs<Enter> <Esc>/name:lab<Enter> <Esc>a");
        golden(&at("acts"), &stage);
        stage.press("f");
        golden(&at("proposed"), &stage);
        stage.press("gnjn");
        stage.answer(|facts| facts.workspaces = Fact::NotAsked);
        golden(&at("checking"), &stage);
        stage.answer(|_| {});
        stage.press("G ");
        golden(&at("checked"), &stage);
        stage.press("g<Enter> region down<Enter>");
        golden(&at("row"), &stage);
        stage.press("nnapim-core-dr<Enter>");
        accept(&mut stage, 1);
        golden(&at("running"), &stage);
    }
    let preferences = Preferences { glyphs: Glyphs::Ascii, ..stage::preferences() };
    let mut stage = marked(preferences, 80, 24);
    for keys in ["af", "n", "<Enter>", "<Esc>?", "<Esc><Esc>af"] {
        stage.press(keys);
        assert!(stage.screen().is_ascii(), "after {keys}:\n{}", stage.screen());
    }
}
