use super::*;
use crate::domain::backup::samples::backup;
use crate::domain::instance::samples::instance;
use crate::domain::operation::{Acceptation, Intent, OperationEvent, OperationId, Work};
use crate::domain::plan::{Access, BackupPlan, Plan, samples::restore};
use crate::domain::sku::Tier;
use uuid::Uuid;

fn now() -> Timestamp {
    "2026-11-23T12:00:00.5Z".parse().unwrap()
}

fn operation(plan: Plan, last: &OperationEvent) -> Operation {
    let intent = Intent {
        operation_id: OperationId::new(Uuid::from_u128(7)),
        work: Work::Plan(plan),
        accepted: Vec::new(),
        checks: Vec::new(),
        resource_manager: "https://management.azure.com".into(),
        tier: Some(Tier::Premium),
        tool: "lifeboat".into(),
        purpose: crate::domain::operation::Purpose::Real,
    };
    let mut operation = Operation::planned(intent, now());
    operation.apply(now(), &OperationEvent::Submitting).unwrap();
    operation.apply(now(), last).unwrap();
    operation
}

fn a_restore() -> Plan {
    Plan::Restore(restore(&backup("apim-core", 5, now()), &instance("apim-dr", Tier::Premium)))
}

fn a_backup() -> Plan {
    let to = backup("apim-core", 0, now()).blob.address;
    Plan::Backup(BackupPlan { instance: instance("apim-core", Tier::Premium).id, to, access: Access::System })
}

fn unconfirmed() -> OperationEvent {
    OperationEvent::Unconfirmed { problem: Problem::new("lost") }
}

fn accepted() -> OperationEvent {
    OperationEvent::Accepted(Acceptation { correlation_id: Some("c-7".into()), ..Acceptation::default() })
}

/// An entry of the log: client request id, correlation id, status, sub-status.
fn entry(client: &str, correlation: &str, status: &str, sub_status: &str) -> ActivityEvent {
    ActivityEvent {
        at: now(),
        operation: Some("MICROSOFT.APIMANAGEMENT/SERVICE/RESTORE/ACTION".into()),
        resource: None,
        status: Some(status.into()),
        sub_status: Some(sub_status.into()),
        client_request_id: Some(client.into()),
        correlation_id: Some(correlation.into()),
        caller: None,
        message: Some("Cannot restore: backup expired".into()),
    }
}

const OURS: &str = "00000000-0000-0000-0000-000000000007";

#[test]
fn the_log_settles_only_what_it_names() {
    let table: Vec<(&str, Vec<ActivityEvent>, &str)> = vec![
        ("nothing", vec![], "nothing"),
        ("another operation", vec![entry("x", "c-1", "Succeeded", "")], "nothing"),
        ("begun", vec![entry(OURS, "c-1", "Started", "")], "nothing"),
        (
            "taken",
            vec![entry(OURS, "c-1", "Started", ""), entry(OURS, "c-1", "Accepted", "Accepted")],
            "taken",
        ),
        ("an acceptance called success", vec![entry(OURS, "c-1", "Succeeded", "Accepted")], "taken"),
        (
            "done",
            vec![entry(OURS, "c-1", "Accepted", ""), entry(OURS, "c-1", "Succeeded", "OK")],
            "succeeded",
        ),
        (
            "done, by correlation",
            vec![entry(OURS, "C-1", "Accepted", ""), entry("", "c-1", "Succeeded", "")],
            "succeeded",
        ),
        (
            "refused",
            vec![entry(OURS, "c-1", "Started", ""), entry(OURS, "c-1", "Failed", "Conflict")],
            "refused",
        ),
        (
            "failed",
            vec![entry(OURS, "c-1", "Failed", "BadRequest"), entry(OURS, "c-1", "Accepted", "")],
            "failed",
        ),
    ];
    for (case, log, expected) in table {
        let evidence = Evidence { log: Some(log), ..Evidence::default() };
        let proof = weigh(&operation(a_restore(), &unconfirmed()), &evidence);
        let word = match &proof {
            Proof::Succeeded { .. } => "succeeded",
            Proof::Failed(_) => "failed",
            Proof::Refused(_) => "refused",
            Proof::Taken => "taken",
            Proof::Nothing => "nothing",
        };
        assert_eq!(word, expected, "{case}");
        if let Proof::Failed(problem) | Proof::Refused(problem) = proof {
            assert_eq!(problem.server_message.as_deref(), Some("Cannot restore: backup expired"));
        }
    }
}

/// The log may lose entries. A request that Azure refuses is refused at once; what failed after minutes was begun.
#[test]
fn a_late_failure_is_no_refusal_although_no_acceptance_is_logged() {
    for (minutes, is_refusal) in [(0, true), (2, true), (4, false), (12, false)] {
        let late = ActivityEvent {
            at: now() + SignedDuration::from_mins(minutes),
            ..entry(OURS, "c-1", "Failed", "BadRequest")
        };
        let evidence = Evidence { log: Some(vec![late]), ..Evidence::default() };
        let proof = weigh(&operation(a_restore(), &unconfirmed()), &evidence);
        assert_eq!(matches!(proof, Proof::Refused(_)), is_refusal, "{minutes} minutes: {proof:?}");
        assert_eq!(matches!(proof, Proof::Failed(_)), !is_refusal, "{minutes} minutes: {proof:?}");
    }
}

#[test]
fn the_log_of_another_action_is_not_ours() {
    let mut other = entry(OURS, "c-1", "Succeeded", "");
    other.operation = Some("Microsoft.ApiManagement/service/write".into());
    let evidence = Evidence { log: Some(vec![other]), ..Evidence::default() };
    assert_eq!(weigh(&operation(a_restore(), &unconfirmed()), &evidence), Proof::Nothing);
}

#[test]
fn an_accepted_operation_is_found_by_its_correlation_id_and_is_never_refused() {
    let evidence =
        Evidence { log: Some(vec![entry("", "C-7", "Failed", "BadRequest")]), ..Evidence::default() };
    assert!(matches!(weigh(&operation(a_restore(), &accepted()), &evidence), Proof::Failed(_)));
}

#[test]
fn an_idle_instance_alone_proves_nothing() {
    for plan in [a_restore(), a_backup()] {
        let evidence = Evidence { activity: Some(Activity::Idle), log: Some(Vec::new()), blob: None };
        assert_eq!(weigh(&operation(plan, &unconfirmed()), &evidence), Proof::Nothing);
    }
}

#[test]
fn a_blob_proves_a_backup_when_it_is_new_and_whole_and_the_instance_is_done() {
    let seconds = |n| Some(now() + SignedDuration::from_secs(n));
    let idle = Some(Activity::Idle);
    let busy = Some(Activity::Busy("Updating".into()));
    let table = [
        ("new", seconds(300), Some(1), idle.clone(), true),
        ("in the same second", Some("2026-11-23T12:00:00Z".parse().unwrap()), Some(1), idle.clone(), true),
        ("old", seconds(-5), Some(1), idle.clone(), false),
        ("without a date", None, Some(1), idle.clone(), false),
        ("empty", seconds(300), Some(0), idle.clone(), false),
        ("still written", seconds(300), Some(1), busy, false),
        ("nobody looked", seconds(300), Some(1), None, false),
    ];
    for (case, last_modified, size, activity, proves) in table {
        let blob = Blob { last_modified, size, ..backup("apim-core", 0, now()).blob };
        let evidence = Evidence { blob: Some(blob), activity, log: None };
        let proof = weigh(&operation(a_backup(), &unconfirmed()), &evidence);
        assert_eq!(matches!(proof, Proof::Succeeded { .. }), proves, "{case}");
    }
}

#[test]
fn a_log_that_says_failed_is_believed_over_a_blob() {
    let mut failed = entry(OURS, "c-1", "Failed", "");
    failed.operation = Some("Microsoft.ApiManagement/service/backup/action".into());
    let blob = Blob { last_modified: Some(now()), ..backup("apim-core", 0, now()).blob };
    let evidence = Evidence { log: Some(vec![failed]), activity: Some(Activity::Idle), blob: Some(blob) };
    assert!(matches!(weigh(&operation(a_backup(), &unconfirmed()), &evidence), Proof::Refused(_)));
}
