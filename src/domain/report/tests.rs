//! The report of a restore that was accepted with a warning and ended well, of one that failed, and of hostile names.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::redaction::redact;
use super::*;
use crate::domain::approval::{Acceptance, Checked};
use crate::domain::backup::samples::backup;
use crate::domain::instance::samples::instance;
use crate::domain::operation::remark::remark;
use crate::domain::operation::{Acceptation, Intent, OperationId, Phase, Poll, Work};
use crate::domain::plan::{Plan, samples::restore};
use crate::domain::problem::Problem;
use crate::domain::sku::Tier;
use crate::domain::verdict::Verdict;

const HOURS_OLD: i64 = 11;

fn start() -> Timestamp {
    "2026-11-23T11:52:00Z".parse().unwrap()
}

fn at(seconds: i64) -> Timestamp {
    start() + SignedDuration::from_secs(seconds)
}

fn polled(correlation: &str) -> OperationEvent {
    OperationEvent::Polled(Poll {
        http_status: Some(202),
        next_in: 60,
        correlation_id: Some(correlation.to_owned()),
        ..Poll::default()
    })
}

fn intent() -> Intent {
    let plan = restore(&backup("apim-pay-prod", HOURS_OLD, start()), &instance("apim-pay-dr", Tier::Premium));
    Intent {
        operation_id: OperationId::new(Uuid::from_u128(0x1b9d)),
        work: Work::Plan(Plan::Restore(plan)),
        accepted: vec![Acceptance {
            finding: "target-traffic".into(),
            reason: "probe of jo@contoso.example".into(),
        }],
        checks: vec![Checked {
            finding: "target-traffic".into(),
            verdict: Verdict::Warn,
            summary: "41 requests at apim-pay-dr.azure-api.net".into(),
        }],
        resource_manager: "https://management.azure.com".into(),
        tier: Some(Tier::Premium),
        tool: "lifeboat".into(),
        purpose: crate::domain::operation::Purpose::Real,
    }
}

/// A story whose request left after 27 s; `rest` are its later events with their seconds.
fn story(rest: Vec<(i64, OperationEvent)>) -> Story {
    let mut events = vec![
        (start(), OperationEvent::Planned(Box::new(intent()))),
        (at(27), OperationEvent::Submitting),
        (
            at(28),
            OperationEvent::Accepted(Acceptation {
                operation_url: "https://management.azure.com/x?t=1&c=very-secret".into(),
                request_id: Some("req-1".into()),
                correlation_id: Some("corr-0".into()),
                ..Acceptation::default()
            }),
        ),
    ];
    events.extend(rest.into_iter().map(|(seconds, event)| (at(seconds), event)));
    let mut operation = Operation::begun(&events[0].1, start()).unwrap();
    for (when, event) in &events[1..] {
        operation.apply(*when, event).unwrap();
    }
    let objectives =
        Objectives { rpo: Some(SignedDuration::from_hours(12)), rto: Some(SignedDuration::from_mins(30)) };
    Story { operation, events, damage: None, hosts: vec!["jos-laptop".into()], objectives }
}

fn done() -> Story {
    let text = "taken over by pid 7 on jos-laptop".to_owned();
    let succeeded = OperationEvent::Succeeded { evidence: "Azure says 200".into() };
    story(vec![
        (60, polled("corr-1")),
        (120, polled("corr-2")),
        (180, polled("corr-3")),
        (200, OperationEvent::Noted { text, person: None }),
        (240, polled("corr-4")),
        (1_500, succeeded),
    ])
}

fn failed() -> Story {
    let problem = Problem {
        code: Some("RestoreFailed".into()),
        server_message: Some("Cannot restore: current SKU is 'StandardV2', backup SKU is 'Standard'".into()),
        ..Problem::new("Azure says that the restore failed")
    };
    story(vec![(300, OperationEvent::Failed { problem })])
}

#[test]
fn times_are_measured_and_held_against_what_was_promised() {
    let began = Some(at(-420));
    let report = Report::of(&[done()], began, at(9_999));
    let chapter = &report.operations[0];
    let point = chapter.recovery_point.as_ref().unwrap();
    assert_eq!((point.seconds, point.met), (Some(HOURS_OLD * 3_600 - 420), Some(true)));
    let time = chapter.recovery_time.as_ref().unwrap();
    assert_eq!((time.seconds, time.met, time.running), (Some(1_920), Some(false), false));

    let unsaid = Report::of(&[done()], None, at(9_999));
    let chapter = &unsaid.operations[0];
    assert_eq!(chapter.recovery_point.as_ref().unwrap().seconds, Some(HOURS_OLD * 3_600 + 27));
    assert_eq!(chapter.recovery_time.as_ref().unwrap().met, Some(true), "from the plan: 25 minutes");
}

#[test]
fn a_clock_that_runs_keeps_no_promise_and_may_break_one() {
    for (now, met) in [(600, None), (1_800, None), (1_801, Some(false))] {
        let report = Report::of(&[story(vec![(60, polled("c"))])], None, at(now));
        let time = report.operations[0].recovery_time.clone().unwrap();
        assert_eq!((time.seconds, time.running, time.met), (Some(now), true, met), "{now}");
    }
}

#[test]
fn what_failed_has_recovered_nothing() {
    let report = Report::of(&[failed()], None, at(9_999));
    let time = report.operations[0].recovery_time.clone().unwrap();
    assert_eq!((time.seconds, time.met), (None, None));
    assert!(time.measured.contains("failed"));
    let text = markdown::write(&report);
    assert!(
        text.contains(
            "> RestoreFailed: Cannot restore: current SKU is 'StandardV2', backup SKU is 'Standard'"
        )
    );
}

#[test]
fn a_backup_without_a_date_has_no_recovery_point() {
    let mut story = done();
    if let Work::Plan(Plan::Restore(plan)) = &mut story.operation.intent.work {
        plan.taken = None;
    }
    let point = Report::of(&[story], None, at(9_999)).operations[0].recovery_point.clone().unwrap();
    assert_eq!((point.seconds, point.met, point.target_seconds), (None, None, Some(12 * 3_600)));
}

#[test]
fn polls_that_say_the_same_are_one_line_and_nothing_else_is_lost() {
    let report = Report::of(&[done()], None, at(9_999));
    let events = &report.operations[0].events;
    assert_eq!(events.len(), 8);
    let polls = &events[4];
    assert_eq!((polls.times, polls.until, polls.at), (3, at(180), at(60)));
    assert_eq!(polls.correlation_id.as_deref(), Some("corr-3"));
    assert_eq!(events.iter().map(|it| it.times).sum::<u64>(), 10, "one acceptance, and nine records");
}

#[test]
fn the_report_says_it_all_and_carries_no_address_of_the_operation() {
    let report = Report::of(&[done()], Some(at(-420)), at(9_999));
    let text = markdown::write(&report);
    for line in [
        "## Restore of apim-pay-dr: succeeded",
        "| target-traffic | warn: 41 requests at apim-pay-dr.azure-api.net | probe of jo@contoso.example |",
        "| Data lost \\(RPO\\) |",
        "T+7m28s | Azure | Azure took it (202)",
        "(3 times, until 11:55:00Z) | corr-3 |",
        "## What a restore does not bring",
    ] {
        let line = line.replace("\\(", "(").replace("\\)", ")");
        assert!(text.contains(&line), "{line}\n{text}");
    }
    let json = serde_json::to_string(&report).unwrap();
    let all = [text, html::write(&report), json.clone()];
    assert!(all.iter().all(|it| !it.contains("very-secret")));
    assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
}

#[test]
fn redacted_no_name_is_left_and_the_ids_for_support_stay() {
    let story = done();
    let mut report = Report::of(std::slice::from_ref(&story), None, at(9_999));
    report.operations[0].checks[0].summary.push_str(" in 0c11ca11-0000-4000-8000-000000000001 (APIM-PAY-DR)");
    let redacted = redact(&report, &[story]);
    assert!(redacted.redacted);
    for text in
        [markdown::write(&redacted), html::write(&redacted), serde_json::to_string(&redacted).unwrap()]
    {
        let lower = text.to_lowercase();
        for name in ["apim-pay", "stcore", "jos-laptop", "jo@contoso", "contoso", "0c11ca11"] {
            assert!(!lower.contains(name), "{name} in {text}");
        }
        for kept in ["corr-3", "req-1", "00001b9d", "instance-1", "person-1", "machine-1"] {
            assert!(text.contains(kept), "{kept} not in {text}");
        }
    }
    // The same name has the same stand-in wherever it stands, and Azure's address of it as well.
    let chapter = &redacted.operations[0];
    assert!(chapter.instance_id.ends_with(&chapter.instance));
    assert!(chapter.checks[0].summary.contains(&format!("{}.azure-api.net", chapter.instance)));
    assert_eq!(chapter.phase, Phase::Succeeded);
}

/// A container may be called like a word of ours.
#[test]
fn names_that_are_words_of_ours_do_not_break_the_report() {
    for name in ["backup", "restore", "ok", "azure", "tier-equal", "2026", "manifest"] {
        let mut story = done();
        if let Work::Plan(Plan::Restore(plan)) = &mut story.operation.intent.work {
            plan.backup.location.container = name.into();
        }
        let report = Report::of(std::slice::from_ref(&story), None, at(9_999));
        let redacted = redact(&report, &[story]);
        assert_eq!(redacted.operations[0].kind, crate::domain::plan::Kind::Restore, "{name}");
        assert!(redacted.operations[0].backup.as_ref().unwrap().contains("/container-1/"), "{name}");
    }
}

#[test]
fn hostile_words_neither_format_nor_hide_nor_run() {
    let words = "a|b\u{202e}<script>alert(1)</script>\n# no heading\u{1b}[31m `x` [l](http://x) &amp;";
    let mut story = done();
    story.operation.intent.accepted[0].reason = words.into();
    let report = Report::of(&[story], None, at(9_999));
    let text = markdown::write(&report);
    let row = text.lines().find(|line| line.contains("alert")).unwrap();
    assert!(row.contains("a\\|b\\<U+202E\\>\\<script\\>"), "{row}");
    assert!(!text.contains('\u{1b}') && !text.contains("\n# no heading"));
    let page = html::write(&report);
    assert!(
        !page.contains("<script") && !page.contains('\u{202e}') && page.contains("&lt;script&gt;"),
        "{page}"
    );
}

fn noted() -> Story {
    let note = |text: &str, person: &str| remark(text, person).unwrap();
    story(vec![
        (60, polled("corr-1")),
        (90, note("apim-pay-dr answers 200 to the probe, says mira", "mira")),
        (120, polled("corr-2")),
        (1_500, OperationEvent::Succeeded { evidence: "Azure says 200".into() }),
        (1_600, note("DNS moved by hand", "jo")),
    ])
}

#[test]
fn notes_and_acceptances_are_told_in_order_as_words_of_people() {
    let report = Report::of(&[noted()], None, at(9_999));
    let told: Vec<(usize, Voice, Option<&str>, &str)> = report.operations[0]
        .events
        .iter()
        .filter(|it| it.who == Voice::Person)
        .map(|it| (it.line, it.who, it.person.as_deref(), it.what.as_str()))
        .collect();
    let expected = [
        (1, Voice::Person, None, "accepted target-traffic: probe of jo@contoso.example"),
        (5, Voice::Person, Some("mira"), "apim-pay-dr answers 200 to the probe, says mira"),
        (8, Voice::Person, Some("jo"), "DNS moved by hand"),
    ];
    assert_eq!(told, expected);
    let text = markdown::write(&report);
    assert!(text.contains("| T+26m40s | jo | DNS moved by hand |"), "{text}");
    assert!(text.contains("| lifeboat | plan approved (1 warn); nothing sent yet |"), "{text}");
    let places: Vec<usize> =
        ["| operator | accepted", "| mira |", "| jo |"].map(|it| text.find(it).unwrap()).to_vec();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn redaction_takes_the_people_out_of_notes() {
    let story = noted();
    let report = Report::of(std::slice::from_ref(&story), None, at(9_999));
    let redacted = redact(&report, &[story]);
    for text in
        [markdown::write(&redacted), html::write(&redacted), serde_json::to_string(&redacted).unwrap()]
    {
        for name in ["mira", "apim-pay", ">jo<", "| jo |", "\"jo\""] {
            assert!(!text.contains(name), "{name} in {text}");
        }
        assert!(text.contains("person-1") && text.contains("person-2"), "{text}");
    }
}

#[test]
fn what_is_left_out_is_counted_and_nothing_else_is_missing() {
    let story = noted();
    let whole = Report::of(std::slice::from_ref(&story), None, at(9_999));
    let id = story.operation.id();
    let other = OperationId::new(Uuid::from_u128(7));
    let short = whole.clone().leaving_out(&LeftOut::from([(id, 0), (id, 4), (other, 1)]));
    let (all, kept) = (&whole.operations[0].events, &short.operations[0].events);
    assert_eq!((kept.len(), short.operations[0].left_out), (all.len() - 2, 2));
    assert!(!kept.contains(&all[0]) && !kept.contains(&all[4]) && kept.contains(&all[1]));
    let text = markdown::write(&short);
    assert!(text.contains("2 events were left out by whoever asked for this report"), "{text}");
    assert!(!markdown::write(&whole).contains("left out"));
}

#[test]
fn names_in_capitals_within_words_and_of_other_kinds() {
    let mut story = failed();
    story.hosts.push("JO-Desktop".into());
    let key = "7f1e2b6c-0000-4000-8000-00000000abcd";
    if let Work::Plan(Plan::Restore(plan)) = &mut story.operation.intent.work {
        plan.backup.location.container = "core".into();
        plan.access = crate::domain::plan::Access::User { client_id: "id-pay-backup".into() };
        plan.source.instance_id =
            "/subscriptions/s-9/resourceGroups/rg-hidden/providers/x/service/apim-old".parse().ok();
        assert!(plan.source.instance_id.is_some());
    }
    story.operation.correlation_id = Some(key.into());
    let problem = story.operation.problem.get_or_insert_with(|| Problem::new(""));
    problem.summary = "JO-Desktop saw apim-old fail".into();
    problem.server_message = Some("id-pay-backup in rg-hidden may not read core; the score of encore".into());
    let mut report = Report::of(std::slice::from_ref(&story), None, at(9_999));
    report.operations[0].checks[0].summary = format!("asked for as {key}");
    let redacted = redact(&report, &[story]);
    let chapter = &redacted.operations[0];
    let problem = chapter.problem.as_ref().unwrap();
    assert_eq!(chapter.checks[0].summary, format!("asked for as {key}"), "support finds it by this");
    let all = serde_json::to_string(&redacted).unwrap();
    for name in ["jo-desktop", "apim-old", "id-pay-backup", "rg-hidden"] {
        assert!(!all.to_lowercase().contains(name), "{name} in {all}");
    }
    let message = problem.server_message.as_deref().unwrap();
    assert!(message.ends_with("may not read container-1; the score of encore"), "{message}");
}

#[test]
fn whoever_began_what_was_only_watched_is_no_name_in_a_redacted_report() {
    let mut story = done();
    let observed = crate::domain::operation::Observed {
        instance: instance("apim-core", Tier::Premium).id,
        kind: Kind::Backup,
        correlation_id: "c-1".into(),
        caller: Some("deploy-bot".into()),
        began_at: start(),
    };
    story.operation.intent.work = Work::Observed(observed);
    let report = Report::of(std::slice::from_ref(&story), None, at(9_999));
    assert_eq!(report.operations[0].begun_by.as_deref(), Some("deploy-bot"));
    let redacted = redact(&report, &[story]);
    assert!(redacted.operations[0].begun_by.as_ref().is_some_and(|it| it.starts_with("person-")));
}

#[test]
fn a_promise_is_kept_to_the_second() {
    for (ended, met) in [(1_799, true), (1_800, true), (1_801, false)] {
        let end = OperationEvent::Succeeded { evidence: "Azure says 200".into() };
        let report = Report::of(&[story(vec![(ended, end)])], None, at(9_999));
        assert_eq!(report.operations[0].recovery_time.as_ref().unwrap().met, Some(met), "{ended}");
    }
}
