use super::*;
use crate::domain::backup::samples::backup;
use crate::domain::instance::samples::instance;
use crate::domain::plan::{Plan, samples::restore};

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn intent() -> Intent {
    let plan = restore(&backup("apim-core", 5, now()), &instance("apim-dr", Tier::Premium));
    Intent {
        operation_id: OperationId::new(Uuid::from_u128(7)),
        work: Work::Plan(Plan::Restore(plan)),
        accepted: vec![Acceptance { finding: "tier-equal".into(), reason: "drill".into() }],
        checks: Vec::new(),
        resource_manager: "https://management.azure.com".into(),
        tier: Some(Tier::Premium),
        tool: "lifeboat".into(),
    }
}

fn every_event() -> Vec<OperationEvent> {
    let problem = Problem::new("x");
    vec![
        OperationEvent::Planned(Box::new(intent())),
        OperationEvent::Attached(Box::new(intent())),
        OperationEvent::Submitting,
        OperationEvent::Accepted(Acceptation {
            operation_url: "https://a/1".into(),
            ..Acceptation::default()
        }),
        OperationEvent::NotSent { problem: problem.clone() },
        OperationEvent::Refused { problem: problem.clone() },
        OperationEvent::Unconfirmed { problem: problem.clone() },
        OperationEvent::Polled(Poll { http_status: Some(202), next_in: 60, ..Poll::default() }),
        OperationEvent::Untracked { problem: problem.clone() },
        OperationEvent::Succeeded { evidence: "200".into() },
        OperationEvent::Failed { problem },
        OperationEvent::ManifestWritten { name: "m".into() },
        OperationEvent::Noted { text: "n".into() },
    ]
}

/// Every pair of phase and event, as a table: a row a phase, the events in the order of `every_event`. A dot means
/// that the event cannot follow.
#[test]
fn every_phase_and_every_event() {
    // planned attached submitting accepted notSent refused unconfirmed polled untracked succeeded failed manifest noted
    let table = [
        (Phase::Planned, ". . Submitting . NotSent . . . . . . . Planned"),
        (Phase::Submitting, ". . . Accepted NotSent Refused Unconfirmed . . Succeeded Failed . Submitting"),
        (Phase::Accepted, ". . . . . . . Accepted Untracked Succeeded Failed . Accepted"),
        (Phase::Untracked, ". . . Accepted . . . Untracked . Succeeded Failed . Untracked"),
        (Phase::Unconfirmed, ". . . Accepted . Refused . . . Succeeded Failed . Unconfirmed"),
        (Phase::Succeeded, ". . . . . . . . . . . Succeeded Succeeded"),
        (Phase::Failed, ". . . . . . . . . . . . Failed"),
        (Phase::Refused, ". . . . . . . . . . . . Refused"),
        (Phase::NotSent, ". . . . . . . . . . . . NotSent"),
    ];
    assert_eq!(table.len(), Phase::ALL.len());
    for (phase, row) in table {
        let cells: Vec<&str> = row.split(' ').collect();
        assert_eq!(cells.len(), every_event().len());
        for (event, cell) in every_event().iter().zip(cells) {
            let after = phase.after(event).map_or(".".to_owned(), |phase| format!("{phase:?}"));
            assert_eq!(after, cell, "{phase:?} after {}", event.name());
        }
    }
}

#[test]
fn a_final_phase_takes_no_verdict_twice() {
    for phase in Phase::ALL.into_iter().filter(|phase| phase.is_final()) {
        for event in every_event().iter().filter(|event| event.is_transition()) {
            assert!(phase.after(event).is_err(), "{phase:?} {}", event.name());
        }
    }
}

#[test]
fn an_illegal_event_changes_nothing() {
    let mut operation = Operation::planned(intent(), now());
    let before = operation.clone();
    for event in every_event().iter().filter(|event| Phase::Planned.after(event).is_err()) {
        assert!(operation.apply(now(), event).is_err());
        assert_eq!(operation, before);
    }
}

#[test]
fn the_fold_keeps_the_newest_address_and_the_first_acceptance() {
    let mut operation = Operation::planned(intent(), now());
    let second = |n| now() + jiff::SignedDuration::from_secs(n);
    let moved = Poll { operation_url: Some("https://a/2".into()), http_status: Some(202), ..Poll::default() };
    let accepted = Acceptation { operation_url: "https://a/1".into(), ..Acceptation::default() };
    let events = [
        OperationEvent::Submitting,
        OperationEvent::Accepted(accepted),
        OperationEvent::Polled(moved),
        OperationEvent::Polled(Poll::default()),
        OperationEvent::Succeeded { evidence: "200".into() },
    ];
    for (n, event) in (1..).zip(&events) {
        operation.apply(second(n), event).unwrap();
    }
    assert_eq!(operation.phase, Phase::Succeeded);
    assert_eq!(operation.operation_url.as_deref(), Some("https://a/2"));
    assert_eq!(operation.accepted_at, Some(second(2)));
    assert_eq!(operation.polls, 2);
    assert_eq!(operation.elapsed(second(99)), jiff::SignedDuration::from_secs(4));
}

#[test]
fn every_event_survives_its_json() {
    for event in every_event() {
        let json = serde_json::to_string(&event).unwrap();
        assert!(json.contains(&format!("\"event\":\"{}\"", event.name())), "{json}");
        assert_eq!(serde_json::from_str::<OperationEvent>(&json).unwrap(), event);
    }
}

#[test]
fn an_operation_is_printed_without_its_signed_address() {
    let mut operation = Operation::planned(intent(), now());
    let operation_url = "https://m.example/a?t=1&s=canary".to_owned();
    operation.apply(now(), &OperationEvent::Submitting).unwrap();
    let accepted = Acceptation { operation_url, ..Acceptation::default() };
    operation.apply(now(), &OperationEvent::Accepted(accepted)).unwrap();
    let printed = format!("{operation:?}");
    assert!(printed.contains("m.example/…") && !printed.contains("canary"), "{printed}");
}

#[test]
fn every_phase_and_every_illegal_step_has_words() {
    let words: std::collections::BTreeSet<String> = Phase::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(words.len(), Phase::ALL.len(), "two phases that read alike are one to a reader");
    let illegal = Phase::Failed.after(&OperationEvent::Submitting).unwrap_err();
    assert_eq!(illegal.to_string(), "submitting cannot follow Failed");
    assert_eq!(
        OperationId::new(Uuid::from_u128(7)).to_string().parse(),
        Ok(OperationId::new(Uuid::from_u128(7)))
    );
}
