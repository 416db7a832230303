//! The rows of a failover plan: which targets may be proposed and taken, and what a row that was sent keeps.

use lifeboat::console::draft::{Guard, Task};
use lifeboat::console::failover::Stand;
use lifeboat::console::message::Loaded;
use lifeboat::console::model::Overlay;
use lifeboat::console::{Effect, Msg};
use lifeboat::domain::operation::OperationEvent;
use lifeboat::domain::plan::{Kind, Plan, RestorePlan};
use lifeboat::domain::problem::Problem;
use lifeboat::domain::writing::Permit;

use super::failover::{checked, planned};
use super::stage::{self, Stage, Told};

fn marked(names: &[&str]) -> Stage {
    let mut stage = Stage::full(120, 35);
    for name in names {
        stage.press(&format!("/{name}<Enter> <Esc>"));
    }
    stage
}

fn stand(stage: &Stage, row: usize) -> &Stand {
    &stage.model.failover.as_ref().unwrap().rows[row].stand
}

fn targets(stage: &Stage) -> Vec<Option<String>> {
    let rows = &stage.model.failover.as_ref().unwrap().rows;
    rows.iter().map(|row| row.target().map(|id| id.name().to_owned())).collect()
}

fn core_dr(stage: &Stage) -> bool {
    targets(stage).contains(&Some("apim-core-dr".to_owned()))
}

/// A restore into apim-core-dr.
fn restored(stage: &mut Stage, last: Option<OperationEvent>) {
    let at = stage.model.now();
    let mut told = Told::begin(9, stage::restore("apim-billing-prod", "apim-core-dr"), at);
    told.then(at, OperationEvent::Submitting);
    told.then(at, stage::accepted());
    last.into_iter().for_each(|event| told.then(at, event));
    told.send(stage);
}

#[test]
fn two_that_would_have_the_same_target_get_two() {
    let mut stage = marked(&["core-prod", "pay-prod", "billing-prod"]);
    stage.press("af");
    let mut all: Vec<String> = targets(&stage).into_iter().flatten().collect();
    assert!(all.contains(&"apim-core-dr".to_owned()), "{}", stage.screen());
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count, "{}", stage.screen());
}

#[test]
fn the_target_of_a_row_that_is_left_out_is_free_for_another() {
    let mut stage = marked(&["pay-prod"]);
    stage.press("af");
    assert!(core_dr(&stage), "it is the best that there is\n{}", stage.screen());
    let mut stage = marked(&["core-prod", "pay-prod"]);
    stage.press("af");
    let rows = &stage.model.failover.as_ref().unwrap().rows;
    let row = |name: &str| rows.iter().position(|row| row.source.name() == name).unwrap();
    let (core, pay) = (row("apim-core-prod"), row("apim-pay-prod"));
    let own = |stage: &Stage, at: usize| targets(stage)[at].clone();
    assert_eq!(own(&stage, core).as_deref(), Some("apim-core-dr"), "{}", stage.screen());
    let turned = |stage: &mut Stage| {
        stage.press("g").press(&"j".repeat(pay)).press("l");
        own(stage, pay)
    };
    assert_ne!(turned(&mut stage).as_deref(), Some("apim-core-dr"), "{}", stage.screen());
    stage.press("g").press(&"j".repeat(core)).press(" ");
    assert_eq!(*stand(&stage, core), Stand::LeftOut);
    assert_eq!(turned(&mut stage).as_deref(), Some("apim-core-dr"), "{}", stage.screen());
}

/// Whichever way another act begins, over a row in the wizard: the row keeps its draft, and the new one is none of it.
#[test]
fn a_row_goes_back_to_its_plan_when_another_act_begins() {
    let is_back = |stage: &Stage| {
        let plan = stage.model.failover.as_ref().unwrap();
        assert_eq!(plan.open, None, "{}", stage.screen());
        assert_eq!(plan.rows[0].draft.as_ref().unwrap().instance().unwrap().name(), "apim-core-dr");
    };
    let mut stage = checked(120, 35);
    stage.press("g<Enter>");
    assert_eq!(stage.model.failover.as_ref().unwrap().open, Some(0));
    // The wizard stays on the way back.
    stage.press("4:backup apim-core-prod<Enter>");
    assert_eq!(stage.model.draft.as_ref().unwrap().task.kind(), Kind::Backup, "{}", stage.screen());
    is_back(&stage);
    // One that was left and is gone on with.
    stage.press("nn<Esc><Esc><Esc><Esc>:fleet<Enter>");
    assert!(stage.model.sketches.backup.is_some() && stage.model.draft.is_none(), "{}", stage.screen());
    stage.press("af<Enter>g<Enter>");
    assert_eq!(stage.model.failover.as_ref().unwrap().open, Some(0), "{}", stage.screen());
    stage.press("4:backup apim-core-prod<Enter><Enter>");
    assert_eq!(stage.model.draft.as_ref().unwrap().task.kind(), Kind::Backup, "{}", stage.screen());
    is_back(&stage);
}

#[test]
fn what_is_to_fail_over_itself_is_proposed_to_nobody() {
    let mut stage = marked(&["core-prod"]);
    stage.press("af");
    assert!(core_dr(&stage), "{}", stage.screen());
    let mut stage = marked(&["core-prod", "core-dr"]);
    stage.press("af");
    assert!(!core_dr(&stage), "{}", stage.screen());
}

#[test]
fn what_is_under_way_is_neither_proposed_nor_taken() {
    let mut stage = marked(&["core-prod"]);
    restored(&mut stage, None);
    stage.press("af");
    assert!(!core_dr(&stage), "{}", stage.screen());
    let mut stage = marked(&["core-prod"]);
    restored(&mut stage, Some(OperationEvent::Succeeded { evidence: "200".to_owned() }));
    stage.press("af");
    assert!(core_dr(&stage), "what has ended is in nobody's way\n{}", stage.screen());
    let mut stage = marked(&["core-prod"]);
    stage.model.world.starting.push(stage::restore("apim-billing-prod", "apim-core-dr"));
    stage.press("af");
    assert!(!core_dr(&stage), "what was handed over counts too\n{}", stage.screen());
    // It began after it was proposed.
    let mut stage = planned(120, 35);
    stage.model.world.starting.push(stage::restore("apim-billing-prod", "apim-core-dr"));
    stage.press("gn");
    assert_eq!(*stand(&stage, 0), Stand::Proposed, "{}", stage.screen());
    assert!(stage.screen().contains("an operation on apim-core-dr has not ended yet"), "{}", stage.screen());
}

#[test]
fn what_may_not_be_written_is_neither_proposed_nor_taken() {
    let mut preferences = stage::preferences();
    preferences.read_only_subscriptions.insert(stage::subscription().id);
    let mut stage = super::failover::marked(preferences, 120, 35);
    stage.press("af");
    assert!(targets(&stage).iter().all(Option::is_none), "{}", stage.screen());
    let mut stage = planned(120, 35);
    stage.tell(Msg::Writing(Permit::NotNow));
    stage.press("gn");
    assert_eq!(*stand(&stage, 0), Stand::Proposed, "{}", stage.screen());
    assert!(!stage.effects.iter().any(|it| matches!(it, Effect::GatherFacts { .. })));
}

#[test]
fn a_target_belongs_to_whoever_took_it_and_to_nobody_before() {
    let mut stage = planned(120, 35);
    let plan = |stage: &Stage| stage.model.failover.clone().unwrap();
    let own = plan(&stage).rows[0].target().unwrap().clone();
    assert_eq!(plan(&stage).conflict(1, &own), None, "a proposal holds nothing");
    stage.press("gn").answer(|_| {});
    assert_eq!(plan(&stage).conflict(0, &own), None, "it is its own");
    assert!(plan(&stage).conflict(1, &own).is_some());
    stage.press("g<Enter>nnapim-core-dr<Enter>");
    assert!(matches!(stand(&stage, 0), Stand::Started(_)), "{}", stage.screen());
    assert!(plan(&stage).conflict(1, &own).is_some(), "what was sent keeps its target");
}

#[test]
fn a_row_that_was_sent_is_not_left_out() {
    let mut stage = checked(120, 35);
    stage.press("g<Enter>nnapim-core-dr<Enter>g ");
    assert!(matches!(stand(&stage, 0), Stand::Started(_)), "{}", stage.screen());
    assert!(stage.screen().contains("it was sent already"), "{}", stage.screen());
}

#[test]
fn a_row_that_comes_back_is_taken_anew() {
    let mut stage = checked(120, 35);
    stage.press("g g ");
    assert_eq!(*stand(&stage, 0), Stand::Proposed, "{}", stage.screen());
}

#[test]
fn only_the_row_that_was_not_sent_waits_for_its_name_again() {
    let mut stage = checked(120, 35);
    stage.press("g<Enter>nnapim-core-dr<Enter><Enter>nnapim-billing-dr<Enter>");
    assert_eq!(stage.started(), 2, "{}", stage.screen());
    let at = stage.model.now();
    let mut told = Told::begin(2, stage.model.world.starting[1].clone(), at);
    told.then(at, OperationEvent::NotSent { problem: Problem::new("Nothing was sent for restore") });
    told.send(&mut stage);
    assert!(matches!(stand(&stage, 0), Stand::Started(_)), "{}", stage.screen());
    assert_eq!(*stand(&stage, 1), Stand::Chosen, "{}", stage.screen());
}

/// The same restore was begun a second time, beside the plan, and that one was stopped: the first may have left.
#[test]
fn a_row_that_may_have_left_stays_so_whatever_becomes_of_another_restore_like_it() {
    let evidence = || "200".to_owned();
    for last in [vec![], vec![stage::accepted()], vec![OperationEvent::Succeeded { evidence: evidence() }]] {
        let mut stage = checked(120, 35);
        stage.press("g<Enter>nnapim-core-dr<Enter>");
        let (at, plan) = (stage.model.now(), stage.model.world.starting[0].clone());
        let mut first = Told::begin(1, plan.clone(), at);
        first.then(at, OperationEvent::Submitting);
        last.iter().for_each(|event| first.then(at, event.clone()));
        first.send(&mut stage);
        let mut second = Told::begin(2, plan, at);
        second.then(at, OperationEvent::NotSent { problem: Problem::new("Another one is under way") });
        second.send(&mut stage);
        assert!(matches!(stand(&stage, 0), Stand::Started(_)), "{last:?}\n{}", stage.screen());
    }
}

/// An operation is that of a row by its target and its backup, not by one of them.
#[test]
fn what_was_not_sent_for_another_row_gives_no_row_back() {
    let mut stage = checked(120, 35);
    stage.press("g<Enter>nnapim-core-dr<Enter>");
    let own = stage.model.world.starting[0].clone();
    let Plan::Restore(plan) = own.clone() else { panic!("no restore") };
    let target = stage::instance("apim-pay-dr", "Premium", 2, "francecentral").id;
    let elsewhere = Plan::Restore(RestorePlan { target, ..plan.clone() });
    let mut backup = plan.backup.clone();
    backup.name.push('2');
    let another = Plan::Restore(RestorePlan { backup, ..plan });
    let told = |stage: &mut Stage, number: u128, plan: Plan| {
        let at = stage.model.now();
        let mut told = Told::begin(number, plan, at);
        told.then(at, OperationEvent::NotSent { problem: Problem::new("Nothing was sent for restore") });
        told.send(stage);
    };
    for (number, plan) in [(2, elsewhere), (3, another)] {
        told(&mut stage, number, plan);
        assert!(matches!(stand(&stage, 0), Stand::Started(_)), "{number}\n{}", stage.screen());
    }
    told(&mut stage, 4, own);
    assert_eq!(*stand(&stage, 0), Stand::Chosen, "{}", stage.screen());
}

#[test]
fn the_checks_of_a_row_can_be_run_again() {
    let mut stage = checked(120, 35);
    let asked = stage.gathering().0;
    stage.press("g<C-r>");
    assert_ne!(stage.gathering().0, asked, "{}", stage.screen());
    assert_eq!(stage.gathering().1.instance().name(), "apim-core-dr");
}

#[test]
fn no_backup_that_has_expired_can_be_turned_to() {
    let mut stage = planned(120, 35);
    stage.press("g").press(&"l".repeat(60));
    let row = &stage.model.failover.as_ref().unwrap().rows[0];
    let Task::Restore { backup, .. } = &row.draft.as_ref().unwrap().task else { panic!("no restore") };
    assert!(backup.is_usable(stage.model.now()), "{}", stage.screen());
    assert!(stage.screen().contains("it is the oldest usable backup"), "{}", stage.screen());
}

#[test]
fn another_target_that_was_not_taken_leaves_no_answer_behind() {
    let mut stage = planned(120, 35);
    stage.press("gn").answer(|facts| facts.workspaces = lifeboat::domain::fact::Fact::NotAsked);
    stage.press("g<Enter> looked at<Enter>");
    assert_eq!(stage.model.draft.as_ref().unwrap().accepted.len(), 1, "{}", stage.screen());
    stage.model.draft.as_mut().unwrap().choice += 1;
    stage.press("<Esc>");
    let row = &stage.model.failover.as_ref().unwrap().rows[0];
    assert_eq!(row.stand, Stand::Proposed);
    let draft = row.draft.as_ref().unwrap();
    assert!(draft.checks.is_none() && draft.accepted.is_empty(), "{draft:?}");
}

#[test]
fn a5_a_table_that_changed_or_is_hidden_has_to_be_seen_again() {
    let guard = |stage: &Stage| stage.model.failover.as_ref().unwrap().guard;
    let mut stage = checked(120, 35);
    assert_eq!(guard(&stage), Guard::Open);
    stage.tell(Msg::Resize { columns: 100, rows: 30 });
    assert_eq!(guard(&stage), Guard::Unseen);
    stage.model.overlay = Some(Overlay::Help { scroll: 0 });
    stage.tell(Msg::Drawn);
    assert_eq!(guard(&stage), Guard::Unseen, "help lies over it");
    stage.model.overlay = None;
    stage.tell(Msg::Drawn);
    assert_eq!(guard(&stage), Guard::Open);
    stage.press("g<Enter>");
    stage.tell(Msg::Key(lifeboat::console::Key::Esc));
    assert_eq!(guard(&stage), Guard::Unseen, "the way back from a row");
}

#[test]
fn s5_what_is_marked_and_hidden_is_part_of_the_plan() {
    let mut stage = marked(&["core-prod", "pay-prod"]);
    stage.part(Loaded::Instances(Vec::new()));
    stage.press("/core-prod<Enter>af");
    let sources: Vec<String> =
        stage.model.failover.as_ref().unwrap().rows.iter().map(|row| row.source.name().to_owned()).collect();
    assert_eq!(sources, ["apim-core-prod", "apim-pay-prod"], "the shown first");
}

#[test]
fn s5_a_mark_of_its_own_ends_a_range() {
    let mut stage = Stage::full(120, 35);
    stage.press("gvj");
    assert!(stage.model.marks.is_range());
    stage.press(" ");
    assert!(!stage.model.marks.is_range());
    let before = stage.model.marks.count();
    stage.press("jj");
    assert_eq!(stage.model.marks.count(), before, "the cursor marks nothing any more");
}
