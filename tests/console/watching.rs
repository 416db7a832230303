//! What somebody else has begun, and what is seen of an operation between its polls.

use jiff::{SignedDuration, Timestamp};
use lifeboat::console::message::Focus;
use lifeboat::console::{Effect, Msg};
use lifeboat::domain::operation::{Observed, Operation, OperationEvent, OperationId};
use lifeboat::domain::plan::Kind;
use lifeboat::domain::pulse::{Beat, Pulse};

use super::frames::{SIZES, golden};
use super::stage::{self, Stage};
use super::wall::{running, wall};

fn watched(stage: &mut Stage, at: Timestamp) -> OperationId {
    let observed = Observed {
        instance: stage::instance("apim-core-dr", "Premium", 1, "northeurope").id,
        kind: Kind::Restore,
        correlation_id: "7f1e2b6c-0000-4000-8000-00000000beef".to_owned(),
        caller: Some("jo@contoso.example".to_owned()),
        began_at: at - SignedDuration::from_mins(9),
    };
    let id = OperationId::new(uuid::Uuid::from_u128(9 << 96));
    let event =
        OperationEvent::Attached(Box::new(Operation::observe(id, observed, "https://management.azure.com")));
    let operation = Box::new(Operation::begun(&event, at).unwrap());
    stage.tell(Msg::Operation { operation, event: Some(event), at });
    id
}

#[test]
fn what_somebody_else_runs_is_looked_for_by_two_keys_and_sends_nothing() {
    let mut stage = Stage::full(80, 24);
    stage.press("/core-d<Enter>aw");
    let Some(Effect::Attach { instance }) = stage.effects.last() else { panic!("{}", stage.screen()) };
    assert_eq!(instance.name(), "apim-core-dr");
    assert_eq!(stage.started(), 0);
}

#[test]
fn somebody_elses_operation_and_an_end_that_was_seen() {
    for (columns, rows) in SIZES {
        let mut stage = Stage::full(columns, rows);
        let now = stage.model.now();
        let operation = watched(&mut stage, now);
        stage.press("4");
        let next = Beat::NextPoll { at: now + SignedDuration::from_secs(30) };
        stage.tell(Msg::Pulse(Pulse { operation, at: now, beat: next }));
        let beat = Beat::InstanceFree { verdict_at: None };
        stage.tell(Msg::Pulse(Pulse { operation, at: now, beat }));
        stage.tell(Msg::Drawn);
        golden(&format!("operations_attached_{columns}x{rows}"), &stage);
    }
}

#[test]
fn the_bell_can_be_turned_off() {
    let mut stage = wall(80, 24);
    stage.tell(Msg::Focus(Focus::Lost));
    stage.press("b");
    let rung = |stage: &Stage| stage.effects.iter().filter(|it| matches!(it, Effect::Announce(_))).count();
    let before = rung(&stage);
    let end = |stage: &mut Stage, number| {
        let mut it = running(number, 724);
        it.then(stage::now(), OperationEvent::Succeeded { evidence: "200".to_owned() });
        it.send(stage);
    };
    end(&mut stage, 60);
    assert_eq!(rung(&stage), before);
    stage.press("b");
    end(&mut stage, 61);
    assert_eq!(rung(&stage), before + 1);
}
