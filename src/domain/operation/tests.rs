use uuid::Uuid;

use super::*;
use crate::domain::backup::samples::backup;
use crate::domain::instance::samples::instance;
use crate::domain::plan::{Kind, Plan, samples::restore};
use crate::domain::preflight::{Preflight, Rule};

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
        purpose: crate::domain::operation::Purpose::Real,
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
        OperationEvent::Noted { text: "n".into(), person: None },
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
fn polls_notes_and_manifests_may_be_lost_and_nothing_else() {
    let may_be_lost: Vec<&str> =
        every_event().iter().filter(|event| !event.is_transition()).map(OperationEvent::name).collect();
    assert_eq!(may_be_lost, ["polled", "manifestWritten", "noted"]);
    let ends: Vec<Phase> = Phase::ALL.into_iter().filter(|phase| phase.is_final()).collect();
    assert_eq!(ends, [Phase::Succeeded, Phase::Failed, Phase::Refused, Phase::NotSent]);
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

fn observed() -> Observed {
    Observed {
        instance: instance("apim-core", Tier::Premium).id,
        kind: Kind::Backup,
        correlation_id: "c-1".into(),
        caller: Some("ada@contoso.com".into()),
        began_at: now() - jiff::SignedDuration::from_mins(9),
    }
}

#[test]
fn an_approved_plan_begins_an_operation_that_holds_all_it_rested_on() {
    let plan = restore(&backup("apim-core", 5, now()), &instance("apim-dr", Tier::Premium));
    static TIERS: Rule = Rule { id: "tier-equal", title: "", documented: "" };
    let preflight = Preflight {
        findings: vec![TIERS.warn("tiers differ")],
        instance_read_at: Some(now()),
        backup_asked_at: Some(now()),
        unsettled: Vec::new(),
    };
    let accepted = vec![Acceptance { finding: "tier-equal".into(), reason: "drill".into() }];
    let approved = plan.clone().approve(&preflight, "apim-dr", &accepted, now()).unwrap();
    let id = OperationId::new(Uuid::from_u128(7));
    let intended = Operation::intend(id, &approved, "https://management.azure.com", Some(Tier::Premium));
    let checks = approved.checks().to_vec();
    assert_eq!(
        intended,
        Intent { checks, tool: TOOL.into(), work: Work::Plan(Plan::Restore(plan)), ..intent() }
    );
    assert_eq!(Operation::planned(intended, now()).id(), id);
}

#[test]
fn somebody_elses_operation_is_watched_from_when_azure_took_it() {
    let id = OperationId::new(Uuid::from_u128(8));
    let watched = Operation::observe(id, observed(), "https://management.azure.com");
    assert_eq!((watched.work.kind(), watched.work.instance()), (Kind::Backup, &observed().instance));
    assert_eq!((watched.work.plan(), watched.work.address()), (None, None));
    assert_eq!(watched.work.to_string(), "backup of apim-core");
    assert_eq!((watched.operation_id, watched.tool.as_str()), (id, TOOL));
    let attached = Operation::begun(&OperationEvent::Attached(Box::new(watched.clone())), now()).unwrap();
    let began_at = Some(observed().began_at);
    let expected = Operation {
        phase: Phase::Untracked,
        submitted_at: began_at,
        accepted_at: began_at,
        correlation_id: Some("c-1".into()),
        ..Operation::planned(watched, now())
    };
    assert_eq!(attached, expected);
    assert_eq!(attached.elapsed(now()), jiff::SignedDuration::from_mins(9));
}

#[test]
fn a_plan_tells_its_work_and_begins_an_operation_and_no_later_event_does() {
    let work = intent().work;
    assert_eq!((work.kind(), work.instance().name()), (Kind::Restore, "apim-dr"));
    assert_eq!(work.address(), work.plan().map(Plan::address));
    assert_eq!(work.address().map(|it| it.name.as_str()), Some("apim-core-5.apimbackup"));
    assert_eq!(work.to_string(), "restore of apim-dr");
    for event in every_event() {
        let phase = Operation::begun(&event, now()).map(|it| it.phase);
        let expected = match event {
            OperationEvent::Planned(_) => Some(Phase::Planned),
            OperationEvent::Attached(_) => Some(Phase::Untracked),
            _ => None,
        };
        assert_eq!(phase, expected, "{}", event.name());
    }
}

/// What each event leaves behind, a row an event; everything else stays as it was.
#[test]
fn the_fold_keeps_what_each_event_says() {
    let second = |n| now() + jiff::SignedDuration::from_secs(n);
    let problem = |text: &str| Problem::new(text);
    let accepted = Acceptation {
        operation_url: "https://a/1".into(),
        style: PollStyle::AsyncOperation,
        retry_after: Some(17),
        request_id: Some("r".into()),
        correlation_id: Some("c".into()),
    };
    let poll = Poll {
        http_status: Some(503),
        status: Some("Activating".into()),
        next_in: 60,
        problem: Some(problem("unreadable")),
        ..Poll::default()
    };
    type Left = fn(&mut Operation, Timestamp);
    let story: [(OperationEvent, Left); 7] = [
        (OperationEvent::Submitting, |it, at| it.submitted_at = Some(at)),
        (OperationEvent::Unconfirmed { problem: problem("reset") }, |it, _| {
            it.problem = Some(Problem::new("reset"))
        }),
        (OperationEvent::Accepted(accepted), |it, at| {
            it.accepted_at = Some(at);
            it.operation_url = Some("https://a/1".into());
            it.style = PollStyle::AsyncOperation;
            it.next_in = Some(17);
            (it.request_id, it.correlation_id) = (Some("r".into()), Some("c".into()));
            it.problem = None;
        }),
        (OperationEvent::Polled(poll), |it, at| {
            it.polls = 1;
            it.next_in = Some(60);
            it.last_polled_at = Some(at);
            (it.last_http_status, it.last_status) = (Some(503), Some("Activating".into()));
            it.problem = Some(Problem::new("unreadable"));
        }),
        (OperationEvent::Untracked { problem: problem("gone") }, |it, _| {
            it.problem = Some(Problem::new("gone"))
        }),
        (OperationEvent::Noted { text: "looked".into(), person: None }, |_, _| {}),
        (OperationEvent::Succeeded { evidence: "activity log".into() }, |it, at| {
            it.problem = None;
            it.ended_at = Some(at);
        }),
    ];
    let mut operation = Operation::planned(intent(), now());
    for (n, (event, left)) in (1..).zip(story) {
        let mut expected = Operation { phase: operation.phase.after(&event).unwrap(), ..operation.clone() };
        left(&mut expected, second(n));
        operation.apply(second(n), &event).unwrap();
        assert_eq!(operation, expected, "{}", event.name());
    }
    operation.apply(second(9), &OperationEvent::ManifestWritten { name: "m".into() }).unwrap();
    assert_eq!(operation.manifest.as_deref(), Some("m"));
    assert_eq!(operation.elapsed(second(99)), jiff::SignedDuration::from_secs(6));
}

#[test]
fn a_bad_end_keeps_its_reason_and_its_time() {
    let second = |n| now() + jiff::SignedDuration::from_secs(n);
    let problem = || Problem::new("no");
    let ends = [
        OperationEvent::NotSent { problem: problem() },
        OperationEvent::Refused { problem: problem() },
        OperationEvent::Failed { problem: problem() },
    ];
    for end in ends {
        let mut operation = Operation::planned(intent(), now());
        assert_eq!(operation.elapsed(second(3)), jiff::SignedDuration::from_secs(3));
        operation.apply(second(1), &OperationEvent::Submitting).unwrap();
        operation.apply(second(5), &end).unwrap();
        assert_eq!(
            (operation.ended_at, &operation.problem),
            (Some(second(5)), &Some(problem())),
            "{}",
            end.name()
        );
        assert_eq!(operation.elapsed(second(99)), jiff::SignedDuration::from_secs(4));
    }
}

#[test]
fn the_short_id_is_the_first_eight_digits_and_no_other_text_is_an_id() {
    let id = OperationId::new(Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef));
    assert_eq!(id.short(), "01234567");
    for text in ["", "01234567", "0123456789abcdef0123456789abcdeg"] {
        assert!(text.parse::<OperationId>().is_err(), "{text}");
    }
}

#[test]
fn every_event_is_told_in_one_line() {
    let problem = || Problem::new("the answer was lost");
    let taken = |retry_after| OperationEvent::Accepted(Acceptation { retry_after, ..Acceptation::default() });
    let poll = |http_status, status: &str, problem| {
        let status = (!status.is_empty()).then(|| status.to_owned());
        OperationEvent::Polled(Poll { http_status, status, next_in: 90, problem, ..Poll::default() })
    };
    let azures = Problem { server_message: Some("backup expired".into()), ..problem() };
    let table = [
        (OperationEvent::Planned(Box::new(intent())), "written down; nothing sent yet"),
        (OperationEvent::Attached(Box::new(intent())), "somebody else began it; it is watched from here"),
        (OperationEvent::Submitting, "the request is leaving"),
        (taken(None), "Azure took it (202); the address is saved"),
        (taken(Some(60)), "Azure took it (202), asks to wait 60 s; the address is saved"),
        (OperationEvent::NotSent { problem: problem() }, "not sent: the answer was lost"),
        (OperationEvent::Refused { problem: problem() }, "refused: the answer was lost"),
        (OperationEvent::Unconfirmed { problem: problem() }, "no readable answer: the answer was lost"),
        (poll(Some(202), "", None), "polled: 202; again in 1m30s"),
        (poll(Some(200), "Activating", None), "polled: 200 Activating; again in 1m30s"),
        (poll(None, "", Some(problem())), "polled: no answer: the answer was lost; again in 1m30s"),
        (OperationEvent::Untracked { problem: problem() }, "its status is unreadable: the answer was lost"),
        (OperationEvent::Succeeded { evidence: "200".into() }, "succeeded: 200"),
        (OperationEvent::Failed { problem: problem() }, "failed: the answer was lost"),
        (OperationEvent::Failed { problem: azures }, "failed: backup expired"),
        (OperationEvent::ManifestWritten { name: "m".into() }, "manifest written: m"),
        (OperationEvent::Noted { text: "looked".into(), person: None }, "looked"),
    ];
    for (event, words) in table {
        assert_eq!(event.in_words(), words);
    }
}
