use std::cell::Cell;
use std::future::{pending, ready};
use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;

use super::*;
use crate::cli::Output;
use crate::domain::operation::{Acceptation, Intent, Work};
use crate::domain::plan::{Plan, samples::restore};
use crate::domain::{backup::samples::backup, instance::samples::instance, sku::Tier};

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn watcher() -> Watcher {
    Watcher::new(Arc::new(now), Paper::new(Output::Table), Until::Verdict)
}

fn pulse(state: &str, target: Option<&str>) -> Pulse {
    let (state, target_state) = (Some(state.to_owned()), target.map(str::to_owned));
    let at = "2026-11-23T12:04:31Z".parse().unwrap();
    let operation = OperationId::new(uuid::Uuid::from_u128(7));
    Pulse { operation, at, beat: Beat::InstanceRead { state, target_state } }
}

#[test]
fn a_sign_of_life_is_told_when_it_says_something_new() {
    let mut watcher = watcher();
    let going = pulse("Succeeded", Some("Updating"));
    assert_eq!(watcher.news(&going).unwrap(), "the instance says Succeeded, going to Updating");
    assert_eq!(watcher.news(&going), None);
    assert_eq!(watcher.news(&pulse("Succeeded", Some(""))).unwrap(), "the instance says Succeeded");
    assert!(watcher.news(&going).is_some());
}

#[test]
fn a_poll_is_told_with_azures_word_or_what_stood_in_its_way() {
    let poll = |status: Option<&str>, http_status| Poll {
        status: status.map(str::to_owned),
        http_status,
        ..Poll::default()
    };
    assert_eq!(answer(&poll(Some("InProgress"), Some(202))), "InProgress");
    assert_eq!(answer(&poll(None, Some(202))), "202, still running");
    let problem = Some(Problem::new("The network is down"));
    let unread = Poll { problem, ..poll(Some("status unreadable"), None) };
    assert_eq!(answer(&unread), "unreadable: The network is down");
}

fn planned() -> Operation {
    let target = instance("apim-dr", Tier::Premium);
    let intent = Intent {
        operation_id: OperationId::new(uuid::Uuid::from_u128(1)),
        work: Work::Plan(Plan::Restore(restore(&backup("apim-core", 5, now()), &target))),
        accepted: Vec::new(),
        checks: Vec::new(),
        resource_manager: String::new(),
        tier: None,
        tool: String::new(),
        purpose: crate::domain::operation::Purpose::Real,
    };
    Operation::planned(intent, now())
}

fn happen(reports: &UnboundedSender<Report>, operation: &mut Operation, event: OperationEvent) {
    operation.apply(now(), &event).unwrap();
    reports.send(Report::Operation(Box::new(operation.clone()), Some(event), now())).unwrap();
}

/// Somebody asks to leave at the very moment at which the request begins to leave.
#[tokio::test]
async fn a_request_that_has_just_begun_to_leave_is_waited_for() {
    let (reports, inbox) = unbounded_channel();
    let mut operation = planned();
    let phase = Cell::new(operation.phase);
    let work = async {
        happen(&reports, &mut operation, OperationEvent::Submitting);
        phase.set(operation.phase);
        tokio::task::yield_now().await;
        happen(&reports, &mut operation, OperationEvent::Accepted(Acceptation::default()));
        phase.set(operation.phase);
        pending::<Vec<Outcome>>().await
    };
    let times = Cell::new(0);
    let once = || {
        times.set(times.get() + 1);
        let is_first = times.get() == 1;
        async move { if is_first { ready(()).await } else { pending().await } }
    };
    assert_eq!(watcher().attend(work, inbox, once).await, Exit::Unknown);
    assert_eq!(phase.get(), Phase::Accepted, "the request was cut off");
}

#[tokio::test]
async fn left_before_the_request_left_nothing_was_sent() {
    let (reports, inbox) = unbounded_channel();
    reports.send(Report::Operation(Box::new(planned()), None, now())).unwrap();
    assert_eq!(watcher().attend(pending(), inbox, || ready(())).await, Exit::Error);
}
