//! A draft survives being left and the end of the program.

use jiff::SignedDuration;
use lifeboat::console::draft::Step;
use lifeboat::console::failover::Stand;
use lifeboat::console::message::Loaded;
use lifeboat::console::model::{Overlay, Place};
use lifeboat::console::preferences::{Preferences, Writing};
use lifeboat::console::{Effect, Msg};
use lifeboat::domain::fact::Fact;
use lifeboat::domain::operation::{OperationEvent, OperationId};
use lifeboat::domain::plan::{Plan, RestorePlan};
use lifeboat::domain::problem::Problem;
use lifeboat::domain::sketch::{Line, Part, Sketches};
use uuid::Uuid;

use super::failover;
use super::frames::{SIZES, golden};
use super::stage::{self, Stage, Told};

/// What was last handed to the disk.
pub(crate) fn kept(stage: &Stage) -> Sketches {
    let kept = stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::KeepDrafts(sketches) => Some((**sketches).clone()),
        _ => None,
    });
    kept.unwrap_or_default()
}

/// A console that starts later with what another one kept.
pub(crate) fn restarted(kept: Sketches, minutes: i64) -> Stage {
    let mut stage = Stage::empty(80, 24);
    stage.tell(Msg::Tick(stage::now() + SignedDuration::from_mins(minutes)));
    stage.tell(Msg::Drafts(Box::new(kept)));
    stage.tell(Msg::Drawn);
    stage
}

/// A restore with an accepted warning and most of its name typed.
pub(crate) fn almost(columns: u16, rows: u16) -> Stage {
    let mut stage = Stage::full(columns, rows);
    stage.check_a_restore();
    stage.answer(|facts| facts.workspaces = Fact::NotAsked);
    stage.press(" drill<Enter>nnapim-core-d");
    stage
}

#[test]
fn a_draft_that_was_left_is_offered_and_gone_on_with_but_its_name_is_typed_again() {
    let mut stage = almost(80, 24);
    stage.press("<Esc><Esc><Esc><Esc><Esc>");
    assert_eq!(*stage.model.place(), Place::Backups(stage.model.subject().unwrap().clone()));
    assert!(stage.model.draft.is_none());
    stage.press("ar");
    let screen = stage.screen();
    assert!(screen.contains("Go on with the draft of 12:04Z?"), "{screen}");
    assert!(screen.contains("1 warning accepted"), "{screen}");
    let asked = stage.gathering().0;
    stage.press("<Enter>");
    assert!(stage.gathering().0 > asked, "the checks run again");
    stage.answer(|facts| facts.workspaces = Fact::NotAsked);
    assert!(stage.screen().contains("accepted: drill"), "{}", stage.screen());
    stage.press("nn");
    assert!(stage.screen().contains("12 characters missing"), "{}", stage.screen());
    stage.press("apim-core-dr<Enter>");
    assert_eq!(stage.started(), 1, "{}", stage.screen());
    assert_eq!(kept(&stage), Sketches::default(), "a started plan has no draft");
}

#[test]
fn the_offer_can_be_declined_and_escaped() {
    let mut stage = almost(80, 24);
    stage.press("<Esc>1ar<Esc>");
    assert!(stage.model.overlay.is_none() && stage.model.draft.is_none());
    stage.press("arx");
    assert!(matches!(stage.model.overlay, Some(Overlay::Offer(_))), "other keys mean nothing");
    stage.press("n");
    assert_eq!(stage.model.draft.as_ref().unwrap().step, Step::Where);
    assert!(stage.model.draft.as_ref().unwrap().accepted.is_empty());
    stage.press("n");
    assert!(kept(&stage).restore.unwrap().lines[0].accepted.is_empty(), "the new one takes its place");
}

#[test]
fn a_restart_offers_the_draft_and_what_is_older_than_a_quarter_of_an_hour_is_given_up() {
    let stage = almost(80, 24);
    let sketches = kept(&stage);
    assert_eq!(sketches.restore.as_ref().unwrap().lines[0].accepted[0].reason, "drill");
    let mut stage = restarted(sketches.clone(), 14);
    assert!(stage.screen().contains("a draft of 12:04Z is kept: a r goes on with it"), "{}", stage.screen());
    stage.load();
    stage.press("/core-prod<Enter>ar<Enter>");
    assert_eq!(stage.model.draft.as_ref().unwrap().step, Step::Findings, "{}", stage.screen());
    assert_eq!(stage.gathering().1.instance().name(), "apim-core-dr");
    let stage = restarted(sketches, 16);
    assert!(stage.screen().contains("is given up: its checks are older"), "{}", stage.screen());
    assert_eq!(kept(&stage), Sketches::default());
    assert!(stage.effects.iter().any(|it| matches!(it, Effect::KeepDrafts(_))), "it goes from the disk too");
}

#[test]
fn a_draft_is_given_up_while_it_lies_there_too() {
    let mut stage = almost(80, 24);
    stage.press("<Esc>1");
    stage.tell(Msg::Tick(stage::now() + SignedDuration::from_mins(16)));
    stage.press("ar");
    assert!(stage.model.overlay.is_none(), "{}", stage.screen());
    assert_eq!(kept(&stage).restore, None);
}

#[test]
fn a_draft_of_what_is_gone_says_so_and_sends_nothing() {
    let stage = almost(80, 24);
    let mut stage = restarted(kept(&stage), 1);
    stage.part(Loaded::Instances(stage::fleet()));
    stage.press("/core-prod<Enter>ar<Enter>");
    assert!(stage.screen().contains("its backup is not known here"));
    assert!(stage.model.draft.is_none());
    let stage = almost(80, 24);
    let sketches = kept(&stage);
    let preferences = Preferences { writing: Writing::ReadOnly, ..stage::preferences() };
    let mut stage = Stage::with(preferences, 80, 24);
    stage.load();
    stage.tell(Msg::Drafts(Box::new(sketches)));
    stage.press("/core-prod<Enter>ar<Enter>");
    assert!(stage.model.draft.is_none(), "{}", stage.screen());
}

#[test]
fn no_secret_and_no_typed_name_is_kept() {
    let mut stage = Stage::full(80, 24);
    stage.check_a_restore();
    stage.answer(|facts| facts.workspaces = Fact::NotAsked);
    let secret = "AccountKey=c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0cw==";
    stage.press(" ");
    stage.tell(Msg::Paste(secret.to_owned()));
    stage.press("<Enter>nnapim-core-d");
    let text = format!("{:?}", kept(&stage));
    assert!(text.contains("accepted: [Acceptance"), "{text}");
    assert!(!text.contains("c2VjcmV0") && !text.contains("\"apim-core-d\""), "{text}");
}

#[test]
fn a_failover_plan_survives_too_and_what_was_started_is_only_shown() {
    let mut stage = failover::checked(80, 24);
    stage.press("g<Enter>nnapim-core-dr<Enter>");
    stage.press("gj ").press("G<Enter>pp");
    let sketches = kept(&stage);
    let plan = sketches.failover.clone().unwrap();
    let begun = plan.lines.iter().filter(|line| matches!(line.part, Part::Begun { .. }));
    let begun: Vec<_> = begun.map(|line| line.target.as_ref().unwrap().name()).collect();
    assert_eq!((plan.lines.len(), begun), (3, vec!["apim-core-dr"]), "one was started");
    let mut stage = failover::marked(stage::preferences(), 80, 24);
    stage.press("<Esc><Esc>");
    stage.tell(Msg::Drafts(Box::new(sketches)));
    assert!(stage.screen().contains("a f goes on with it"), "{}", stage.screen());
    stage.press("af");
    let screen = stage.screen();
    assert!(screen.contains("Go on with the failover plan") && screen.contains("apim-pay-dr"), "{screen}");
    stage.press("<Enter>");
    let rows = &stage.model.failover.as_ref().unwrap().rows;
    let shown: Vec<_> = rows.iter().map(|row| (row.source.name(), row.target().unwrap().name())).collect();
    let all = [
        ("apim-core-prod", "apim-core-dr"),
        ("apim-iot-prod", "apim-billing-dr"),
        ("apim-pay-prod", "apim-pay-dr"),
    ];
    assert_eq!(shown, all);
    // The journal does not tell of it: it is not offered again all the same.
    assert!(matches!(rows[0].stand, Stand::Started(_)), "{:?}", rows[0].stand);
    assert!(stage.screen().contains("UNKNOWN: not recorded"), "{}", stage.screen());
    assert!(stage.screen().contains("left out") && stage.screen().contains("checking"), "{}", stage.screen());
    stage.answer(|_| {});
    stage.press("G<Enter>nnapim-pay-dr<Enter>");
    assert_eq!(stage.started(), 1, "{}", stage.screen());
    assert_eq!(kept(&stage), Sketches::default(), "nothing is left to be done");
}

/// The program may end between the start and the disk that forgets the draft.
#[test]
fn what_was_begun_never_comes_back_as_a_draft() {
    let mut stage = almost(80, 24);
    let before = kept(&stage);
    stage.press("r<Enter>");
    let plan = stage.model.world.starting[0].clone();
    let back_of = |plan: &Plan, seconds: i64, event: Option<OperationEvent>| {
        let mut stage = Stage::full(80, 24);
        let mut told = Told::begin(1, plan.clone(), stage::later(seconds));
        told.then(stage::later(seconds), event.unwrap_or(OperationEvent::Submitting));
        told.send(&mut stage);
        stage.tell(Msg::Drafts(Box::new(before.clone())));
        stage.press("/core-prod<Enter><Enter>ar");
        matches!(stage.model.overlay, Some(Overlay::Offer(_)))
    };
    let back = |event| back_of(&plan, 1, event);
    assert!(!back(None), "it is on its way");
    assert!(!back_of(&plan, 0, None), "it was confirmed in the second of its checks");
    let Plan::Restore(own) = &plan else { panic!("no restore") };
    let target = stage::instance("apim-billing-dr", "Standard", 1, "northeurope").id;
    let elsewhere = Plan::Restore(RestorePlan { target, ..own.clone() });
    assert!(back_of(&elsewhere, 1, None), "it goes to another");
    let mut backup = own.backup.clone();
    backup.name.push('2');
    let another = Plan::Restore(RestorePlan { backup, ..own.clone() });
    assert!(back_of(&another, 1, None), "it is of another backup");
    let problem = Problem::new("nothing left");
    assert!(back(Some(OperationEvent::NotSent { problem })), "of what was not sent nothing is done");
}

/// The clock was set back between the checks and the start, or the same restore was begun twice: what has not ended is
/// never a draft, whenever it was begun.
#[test]
fn what_may_be_under_way_is_no_draft_though_it_is_dated_before_it() {
    let mut stage = almost(80, 24);
    let before = kept(&stage);
    stage.press("r<Enter>");
    let plan = stage.model.world.starting[0].clone();
    let problem = || Problem::new("somehow");
    let offered = |event: OperationEvent| {
        let mut stage = Stage::full(80, 24);
        let mut told = Told::begin(1, plan.clone(), stage::now() - SignedDuration::from_mins(5));
        told.then(stage::now(), OperationEvent::Submitting);
        told.then(stage::now(), event);
        told.send(&mut stage);
        stage.tell(Msg::Drafts(Box::new(before.clone())));
        stage.press("/core-prod<Enter><Enter>ar");
        matches!(stage.model.overlay, Some(Overlay::Offer(_)))
    };
    assert!(!offered(stage::accepted()));
    assert!(!offered(OperationEvent::Unconfirmed { problem: problem() }));
    assert!(
        offered(OperationEvent::Refused { problem: problem() }),
        "an old one that has ended is another one"
    );
}

#[test]
fn a_row_that_was_begun_never_comes_back_with_its_plan() {
    let mut stage = failover::checked(80, 24);
    let before = kept(&stage);
    assert_eq!(before.failover.as_ref().unwrap().lines.len(), 3);
    stage.press("g<Enter>nnapim-core-dr<Enter>");
    let plan = stage.model.world.starting[0].clone();
    let mut stage = failover::marked(stage::preferences(), 80, 24);
    let mut told = Told::begin(1, plan, stage::now() + SignedDuration::from_secs(1));
    told.then(stage::now(), OperationEvent::Submitting);
    told.send(&mut stage);
    stage.tell(Msg::Drafts(Box::new(before)));
    stage.press("af");
    assert!(!stage.screen().contains("apim-core-prod  →"), "{}", stage.screen());
    assert!(stage.screen().contains("1 started. 0 warnings accepted."), "{}", stage.screen());
    stage.press("<Enter>");
    let shown = |stage: &Stage| -> Vec<_> {
        let rows = stage.model.failover.as_ref().unwrap().rows.iter();
        rows.map(|row| (row.source.name().to_owned(), matches!(row.stand, Stand::Started(_)))).collect()
    };
    let own = |name: &str, begun: bool| (name.to_owned(), begun);
    let all = [own("apim-core-prod", true), own("apim-iot-prod", false), own("apim-pay-prod", false)];
    assert_eq!(shown(&stage), all);
    let screen = stage.screen();
    assert!(screen.contains("apim-core-dr") && screen.contains("SUBMITTING"), "{screen}");
    // Whatever is pressed on it, it is only looked at: on the wall, with the cursor on its operation.
    stage.press("gng l<C-r><Enter>");
    assert_eq!(*stage.model.place(), Place::Operations);
    assert_eq!(stage.model.operation_chosen().unwrap().id(), OperationId::new(Uuid::from_u128(1 << 96)));
    assert_eq!((stage.started(), shown(&stage)), (0, all.to_vec()));
    // Its end is told in the plan, and of what was not sent there is a row to be done again.
    stage.press("q");
    told.then(stage::now(), OperationEvent::NotSent { problem: Problem::new("nothing left") });
    told.send(&mut stage);
    assert_eq!(shown(&stage)[0], own("apim-core-prod", false), "{}", stage.screen());
    stage.press("gn");
    stage.answer(|_| {});
    assert!(stage.screen().contains("apim-core-dr"), "{}", stage.screen());
}

/// What nobody took is proposed anew, by what is known then.
#[test]
fn the_target_of_a_row_that_nobody_took_is_not_kept() {
    let mut stage = failover::planned(80, 24);
    let own = |stage: &Stage| -> Vec<_> {
        let lines = kept(stage).failover.unwrap().lines;
        let target = |line: &Line| line.target.as_ref().map(|id| id.name().to_owned());
        lines.iter().map(|line| (target(line), line.access.is_some())).collect()
    };
    assert_eq!(own(&stage), vec![(None, false); 3]);
    stage.press("gn");
    let taken = (Some("apim-core-dr".to_owned()), true);
    assert_eq!(own(&stage), [taken, (None, false), (None, false)]);
    let sketches = kept(&stage);
    let mut stage = failover::marked(stage::preferences(), 80, 24);
    stage.tell(Msg::Drafts(Box::new(sketches)));
    stage.press("af<Enter>");
    let rows = &stage.model.failover.as_ref().unwrap().rows;
    let stands: Vec<_> = rows.iter().map(|row| row.stand.clone()).collect();
    assert_eq!(stands, [Stand::Chosen, Stand::Proposed, Stand::Proposed]);
}

#[test]
fn a_plan_that_was_left_goes_on_as_it_was() {
    let mut stage = failover::checked(80, 24);
    stage.press("1").press("af<Enter>");
    assert_eq!(*stage.model.place(), Place::Failover);
    assert!(stage.screen().contains("3 to confirm"), "{}", stage.screen());
    // A single restore beside it does not mix with it.
    stage.press("1/name:core-prod<Enter>arnn");
    assert_eq!(stage.model.failover.as_ref().unwrap().open, None);
    stage.press("1<Esc>af<Enter>");
    assert!(stage.screen().contains("3 to confirm"), "{}", stage.screen());
    assert!(kept(&stage).restore.is_some() && kept(&stage).failover.is_some());
}

#[test]
fn the_offer_at_every_size() {
    for (columns, rows) in SIZES {
        let mut stage = almost(columns, rows);
        stage.press("<Esc>1ar");
        golden(&format!("draft_offer_{columns}x{rows}"), &stage);
        let mut stage = failover::checked(columns, rows);
        stage.press("1af");
        golden(&format!("failover_offer_{columns}x{rows}"), &stage);
    }
}
