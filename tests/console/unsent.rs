//! What was confirmed and never left, and backups that were left: both are drafts again, and nothing that may have left
//! ever is.

use jiff::SignedDuration;
use lifeboat::console::draft::Step;
use lifeboat::console::model::{Overlay, Place};
use lifeboat::console::{Effect, Msg};
use lifeboat::domain::approval::ApprovedPlan;
use lifeboat::domain::fact::Fact;
use lifeboat::domain::operation::{Operation, OperationEvent, OperationId};
use lifeboat::domain::plan::Plan;
use lifeboat::domain::problem::Problem;
use lifeboat::domain::sketch::Sketches;
use lifeboat::domain::writing::Permit;
use uuid::Uuid;

use super::drafts::{almost, kept, restarted};
use super::stage::{self, Stage};

/// A key of a storage account, as somebody might paste it.
const SECRET: &str =
    "AccountKey=c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0cw==";

fn approved(stage: &Stage) -> ApprovedPlan {
    let started = stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::Start { approved, .. } => Some((**approved).clone()),
        _ => None,
    });
    started.unwrap()
}

/// What the engine tells of what was started last.
fn told(stage: &mut Stage, events: &[OperationEvent]) {
    let intent = Operation::intend(
        OperationId::new(Uuid::from_u128(7)),
        &approved(stage),
        "https://management.azure.com",
        None,
    );
    let at = stage.model.now();
    let planned = OperationEvent::Planned(Box::new(intent.clone()));
    let mut operation = Operation::planned(intent, at);
    let first = Msg::Operation { operation: Box::new(operation.clone()), event: Some(planned), at };
    stage.tell(first);
    for event in events {
        operation.apply(at, event).unwrap();
        let event = Some(event.clone());
        stage.tell(Msg::Operation { operation: Box::new(operation.clone()), event, at });
    }
}

fn not_sent() -> OperationEvent {
    OperationEvent::NotSent { problem: Problem::new("You are not signed in") }
}

/// A restore that was confirmed, with an accepted warning.
fn confirmed() -> Stage {
    let mut stage = almost(80, 24);
    stage.press("r<Enter>");
    assert_eq!(stage.started(), 1, "{}", stage.screen());
    assert_eq!(kept(&stage), Sketches::default());
    stage
}

/// A backup whose checks are answered and of which one warning is accepted.
fn backup(columns: u16, rows: u16, reason: &str) -> Stage {
    let mut stage = Stage::full(columns, rows);
    stage.press("/core-prod<Enter>abnn");
    stage.answer(|facts| facts.locks = Fact::NotAsked);
    stage.press(" ");
    stage.tell(Msg::Paste(reason.to_owned()));
    stage.press("<Enter>");
    stage
}

impl Stage {
    fn gatherings(&self) -> usize {
        self.effects.iter().filter(|it| matches!(it, Effect::GatherFacts { .. })).count()
    }
}

fn is_offered(stage: &Stage) -> bool {
    matches!(stage.model.overlay, Some(Overlay::Offer(_)))
}

#[test]
fn a_restore_of_which_no_byte_left_is_offered_again_without_its_name() {
    for events in [vec![not_sent()], vec![OperationEvent::Submitting, not_sent()]] {
        let mut stage = confirmed();
        told(&mut stage, &events);
        assert!(stage.screen().contains("not sent; a r goes on with its draft"), "{}", stage.screen());
        let sketches = kept(&stage);
        assert_eq!(sketches.restore.as_ref().unwrap().lines[0].accepted[0].reason, "drill");
        // In this run, and in the next one.
        let mut later = restarted(sketches, 10);
        later.load();
        for stage in [&mut stage, &mut later] {
            stage.press(":fleet<Enter><Esc>/core-prod<Enter>ar");
            let screen = stage.screen();
            assert!(is_offered(stage) && screen.contains("1 warning accepted"), "{screen}");
            stage.press("<Enter>");
            stage.answer(|facts| facts.workspaces = Fact::NotAsked);
            assert!(stage.screen().contains("accepted: drill"), "{}", stage.screen());
            stage.press("nn<Enter><Enter>");
            assert!(stage.screen().contains("12 characters missing"), "{}", stage.screen());
            let before = stage.started();
            stage.press("apim-core-dr<Enter>");
            assert_eq!(stage.started(), before + 1, "{}", stage.screen());
            assert_eq!(kept(stage), Sketches::default());
        }
    }
}

#[test]
fn what_may_have_left_is_never_a_draft_again() {
    let problem = || Problem::new("somehow");
    let sent = OperationEvent::Submitting;
    for events in [
        vec![],
        vec![sent.clone()],
        vec![sent.clone(), stage::accepted()],
        vec![sent.clone(), OperationEvent::Unconfirmed { problem: problem() }],
        vec![sent.clone(), OperationEvent::Refused { problem: problem() }],
        vec![sent.clone(), stage::accepted(), OperationEvent::Failed { problem: problem() }],
    ] {
        let mut stage = confirmed();
        told(&mut stage, &events);
        stage.press(":fleet<Enter><Esc>/core-prod<Enter>ar");
        let begins = matches!(stage.model.place(), Place::Wizard(_));
        assert!(begins && !is_offered(&stage), "{events:?}\n{}", stage.screen());
        assert_eq!(kept(&stage), Sketches::default(), "{events:?}");
    }
}

#[test]
fn a_newer_draft_is_not_put_aside_by_what_was_not_sent() {
    let mut stage = confirmed();
    stage.press(":fleet<Enter><Esc>/core-prod<Enter><Enter>jarnn");
    let newer = kept(&stage).restore.unwrap_or_else(|| panic!("{}", stage.screen()));
    told(&mut stage, &[not_sent()]);
    assert_eq!(kept(&stage).restore.as_ref(), Some(&newer));
    assert!(!stage.screen().contains("goes on with its draft"), "{}", stage.screen());
}

/// The time to write ends, or a check fails, at the moment of the last Enter: the draft is where it was, and left then.
#[test]
fn a_restore_that_was_stopped_at_the_last_enter_is_offered_when_it_is_left() {
    let mut stage = almost(80, 24);
    stage.press("r");
    stage.tell(Msg::Writing(Permit::NotNow));
    stage.press("<Enter>");
    assert_eq!(stage.started(), 0);
    assert!(stage.screen().contains("nothing was sent, nothing is lost"), "{}", stage.screen());
    stage.press("<Esc><Esc><Esc><Esc><Esc>ar");
    assert!(!is_offered(&stage), "nothing can be begun now");
    stage.tell(Msg::Writing(Permit::Guarded));
    stage.press("<Esc>ar");
    assert!(is_offered(&stage), "{}", stage.screen());
    stage.press("<Enter>");
    stage.answer(|facts| {
        facts.workspaces = Fact::NotAsked;
        facts.instance = Fact::NotAsked;
    });
    stage.press("nn");
    assert_ne!(stage.model.draft.as_ref().unwrap().step, Step::Confirm, "{}", stage.screen());
    stage.press(":fleet<Enter><Esc>/core-prod<Enter>ar");
    assert!(is_offered(&stage), "{}", stage.screen());
    assert_eq!(stage.started(), 0);
}

#[test]
fn a_backup_that_was_left_is_offered_and_keeps_the_name_of_its_blob() {
    let mut stage = backup(80, 24, "asked for");
    let plan = stage.gathering().1;
    stage.press("<Esc><Esc><Esc><Esc><Esc>");
    let sketches = kept(&stage);
    assert!(stage.model.draft.is_none() && sketches.backup.is_some() && sketches.restore.is_none());
    let mut later = restarted(sketches.clone(), 14);
    assert!(later.screen().contains("a draft of a backup of 12:04Z is kept: a b"), "{}", later.screen());
    later.load();
    for stage in [&mut stage, &mut later] {
        stage.press(":fleet<Enter><Esc>/core-prod<Enter>ab");
        let screen = stage.screen();
        assert!(screen.contains("Go on with the draft of a backup of 12:04Z?"), "{screen}");
        assert!(screen.contains("1 warning accepted. The checks run again."), "{screen}");
        let asked = stage.gatherings();
        stage.press("<Enter>");
        assert!(stage.gatherings() > asked, "the checks run again");
        assert_eq!(stage.gathering().1, plan, "the same blob, instance and access");
        stage.answer(|facts| facts.locks = Fact::NotAsked);
        stage.press("n");
        assert_eq!(stage.model.draft.as_ref().unwrap().step, Step::Confirm, "{}", stage.screen());
        stage.press("<Enter>");
        assert_eq!(stage.started(), 0, "Cancel is chosen");
        stage.press("n<Tab><Enter>");
        assert_eq!(stage.started(), 1, "{}", stage.screen());
        assert_eq!(kept(stage), Sketches::default());
    }
    let old = restarted(sketches, 16);
    assert!(old.screen().contains("is given up: its checks are older"), "{}", old.screen());
    assert_eq!(kept(&old), Sketches::default());
}

#[test]
fn a_backup_that_was_not_sent_is_a_draft_again_and_one_that_may_have_left_is_not() {
    let begun = || {
        let mut stage = backup(80, 24, "asked for");
        stage.press("n<Tab><Enter>");
        assert_eq!(stage.started(), 1, "{}", stage.screen());
        stage
    };
    let mut stage = begun();
    told(&mut stage, &[not_sent()]);
    assert!(stage.screen().contains("not sent; a b goes on with its draft"), "{}", stage.screen());
    stage.press(":fleet<Enter><Esc>/core-prod<Enter>ab<Enter>");
    assert_eq!(*stage.model.place(), Place::Wizard(lifeboat::domain::plan::Kind::Backup));
    let mut stage = begun();
    told(&mut stage, &[OperationEvent::Submitting, stage::accepted()]);
    stage.press(":fleet<Enter><Esc>/core-prod<Enter>ab");
    assert!(!is_offered(&stage), "{}", stage.screen());
}

/// What the disk still has is no draft when the journal knows that it was begun.
#[test]
fn a_backup_that_was_begun_never_comes_back_as_a_draft() {
    let mut stage = backup(80, 24, "asked for");
    stage.press("n");
    let before = kept(&stage);
    stage.press("<Tab><Enter>");
    let plan: Plan = stage.model.world.starting[0].clone();
    let mut later = restarted(before.clone(), 1);
    later.load();
    let mut told = stage::Told::begin(1, plan, stage::now() + SignedDuration::from_secs(1));
    told.then(stage::now(), OperationEvent::Submitting);
    told.send(&mut later);
    later.press("/core-prod<Enter>ab");
    assert!(!is_offered(&later), "{}", later.screen());
    let mut unknowing = restarted(before, 1);
    unknowing.load();
    unknowing.press("/core-prod<Enter>ab");
    assert!(is_offered(&unknowing), "or this proves nothing");
}

#[test]
fn no_secret_of_a_reason_is_kept_of_a_backup_or_of_what_was_not_sent() {
    let mut stage = backup(80, 24, SECRET);
    let text = format!("{:?}", kept(&stage));
    assert!(text.contains("accepted: [Acceptance") && !text.contains("c2VjcmV0"), "{text}");
    stage.press("n<Tab><Enter>");
    told(&mut stage, &[not_sent()]);
    let text = format!("{:?}", kept(&stage));
    assert!(text.contains("accepted: [Acceptance") && !text.contains("c2VjcmV0"), "{text}");
}
