//! Operations as plain lines, one for each thing that happens: for a log, a pipe, a screen reader. Nothing is drawn over,
//! nothing depends on colour or on where it stands, and times are in words.

use jiff::{SignedDuration, Timestamp};

use crate::domain::duration;
use crate::domain::operation::{Operation, Phase, Purpose};
use crate::domain::usual::Usual;

/// How an operation stands now: what, since when, how long such a one usually takes, what was said last, what comes next.
pub(super) fn standing(operation: &Operation, journal: &[Operation], now: Timestamp) -> String {
    let work = named(operation);
    let elapsed = duration::spoken(operation.elapsed(now));
    let mut parts = vec![format!("{work}: {} for {elapsed}", operation.phase), usual(operation, journal)];
    match (operation.last_polled_at, next_poll(operation)) {
        (None, None) => {}
        (None, Some(next)) => parts.push(format!("not polled yet; next poll {}", clock(next))),
        (Some(at), next) => {
            let next = next.map_or(String::new(), |next| format!("; next poll {}", clock(next)));
            parts.push(format!("last answer {} at {}{next}", answer(operation), clock(at)));
        }
    }
    parts.push(format!("operation {}", operation.id()));
    line(now, &parts.join("; "))
}

/// What happened between two looks at an operation, one line each; nothing when nothing did.
pub(super) fn happened(before: Option<&Operation>, now: &Operation, journal: &[Operation]) -> Vec<String> {
    let mut lines = Vec::new();
    let work = named(now);
    let polled = now.polls > before.map_or(0, |it| it.polls);
    if let Some(at) = now.last_polled_at.filter(|_| polled) {
        let next = next_poll(now).filter(|_| !now.phase.is_final());
        let next = next.map_or(String::new(), |next| format!("; next poll {}", clock(next)));
        lines.push(line(at, &format!("{work}: poll {}: {}{next}", now.polls, answer(now))));
    }
    if before.map(|it| it.phase) != Some(now.phase) {
        let at = [now.ended_at, now.last_polled_at, now.accepted_at, now.submitted_at];
        let at = at.into_iter().flatten().max().unwrap_or(now.planned_at);
        lines.push(line(at, &format!("{work}: {}", stands(now, journal, at))));
    }
    if now.manifest.is_some() && before.is_none_or(|it| it.manifest.is_none()) {
        let name = now.manifest.as_deref().unwrap_or_default();
        let at = now.ended_at.unwrap_or(now.planned_at);
        lines.push(line(at, &format!("{work}: manifest written: {name}")));
    }
    if let Some(why) =
        now.unwritten.as_ref().filter(|_| before.is_none_or(|it| it.unwritten != now.unwritten))
    {
        let at = now.ended_at.unwrap_or(now.planned_at);
        lines.push(line(at, &format!("{work}: manifest not written: {why}")));
    }
    lines
}

/// How long such a one usually takes, by the other ones of the journal.
pub(super) fn usual(operation: &Operation, journal: &[Operation]) -> String {
    let work = &operation.intent.work;
    let others = journal.iter().filter(|it| it.id() != operation.id());
    let usual = Usual::of(work.kind(), work.instance(), operation.intent.tier.as_ref(), others);
    usual.map_or("no runs of your own yet".to_owned(), |it| it.spoken())
}

fn stands(operation: &Operation, journal: &[Operation], at: Timestamp) -> String {
    let elapsed = || duration::spoken(operation.elapsed(at));
    let why = operation.problem.as_ref().map(|it| it.server_message.as_ref().unwrap_or(&it.summary));
    let why = why.map_or(String::new(), |why| format!(": {why}"));
    match operation.phase {
        Phase::Planned => format!("planned; operation {}", operation.id()),
        Phase::Submitting => "the request is leaving".to_owned(),
        Phase::Accepted => format!("Azure has taken it; {}", usual(operation, journal)),
        Phase::Untracked => format!("its status is unreadable{why}; it goes on in Azure"),
        Phase::Unconfirmed => format!("UNKNOWN whether Azure has taken it{why}"),
        Phase::Succeeded => format!("succeeded after {}", elapsed()),
        Phase::Failed => format!("failed after {}{why}", elapsed()),
        Phase::Refused => format!("refused by Azure{why}"),
        Phase::NotSent => format!("not sent{why}"),
    }
}

/// What the address answered last.
fn answer(operation: &Operation) -> String {
    let status = operation.last_http_status.map_or("none".to_owned(), |status| status.to_string());
    let word = operation.last_status.as_deref().map_or(String::new(), |word| format!(" {word}"));
    let why = operation.problem.as_ref().filter(|_| !operation.phase.is_final());
    let why = why.map_or(String::new(), |it| format!(", {}", it.summary));
    format!("{status}{word}{why}")
}

fn next_poll(operation: &Operation) -> Option<Timestamp> {
    let asked = operation.last_polled_at.or(operation.accepted_at)?;
    let wait = SignedDuration::from_secs(i64::try_from(operation.next_in?.min(86_400)).ok()?);
    let open = matches!(operation.phase, Phase::Accepted | Phase::Untracked);
    asked.checked_add(wait).ok().filter(|_| open && operation.operation_url.is_some())
}

/// What it is, and whether it is a drill.
fn named(operation: &Operation) -> String {
    let work = &operation.intent.work;
    match operation.intent.purpose {
        Purpose::Real => work.to_string(),
        Purpose::Drill => format!("DRILL, {work}"),
    }
}

fn clock(at: Timestamp) -> String {
    at.strftime("%H:%M:%SZ").to_string()
}

fn line(at: Timestamp, what: &str) -> String {
    format!("{}  {what}", clock(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::backup::samples::backup;
    use crate::domain::instance::samples::instance;
    use crate::domain::operation::{Acceptation, Intent, OperationEvent, OperationId, Poll, Work};
    use crate::domain::plan::{Plan, samples::restore};
    use crate::domain::problem::Problem;
    use crate::domain::sku::Tier;

    fn at(second: i64) -> Timestamp {
        let noon: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        noon + SignedDuration::from_secs(second)
    }

    fn planned(number: u128) -> Operation {
        let target = instance("apim-dr", Tier::Premium);
        let intent = Intent {
            operation_id: OperationId::new(uuid::Uuid::from_u128(number)),
            work: Work::Plan(Plan::Restore(restore(&backup("apim-core", 5, at(0)), &target))),
            accepted: Vec::new(),
            checks: Vec::new(),
            resource_manager: String::new(),
            tier: Some(Tier::Premium),
            tool: String::new(),
            purpose: crate::domain::operation::Purpose::Real,
        };
        Operation::planned(intent, at(0))
    }

    fn running() -> Operation {
        let mut it = planned(1);
        it.apply(at(1), &OperationEvent::Submitting).unwrap();
        let accepted = Acceptation {
            operation_url: "https://a/b".into(),
            retry_after: Some(60),
            ..Acceptation::default()
        };
        it.apply(at(2), &OperationEvent::Accepted(accepted)).unwrap();
        it
    }

    fn earlier(number: u128, minutes: i64) -> Operation {
        let mut it = planned(number);
        (it.submitted_at, it.accepted_at) = (Some(at(0)), Some(at(0)));
        (it.phase, it.last_polled_at) = (Phase::Succeeded, Some(at(minutes * 60)));
        it.ended_at = it.last_polled_at;
        it
    }

    #[test]
    fn an_operation_is_told_in_words_with_what_is_usual_and_what_comes_next() {
        let journal: Vec<Operation> = (10..).zip([38, 52, 40]).map(|(n, m)| earlier(n, m)).collect();
        let mut it = running();
        assert_eq!(
            standing(&it, &journal, at(62)),
            "12:01:02Z  restore of apim-dr: running for 1 minute; usually 40 to 52 minutes, by 3 runs; not polled yet; \
             next poll 12:01:02Z; operation 00000000-0000-0000-0000-000000000001"
        );
        let before = it.clone();
        assert!(happened(Some(&before), &it, &journal).is_empty());
        let poll =
            Poll { http_status: Some(202), status: Some("Updating".into()), next_in: 71, ..Poll::default() };
        it.apply(at(62), &OperationEvent::Polled(poll)).unwrap();
        assert_eq!(
            happened(Some(&before), &it, &journal),
            ["12:01:02Z  restore of apim-dr: poll 1: 202 Updating; next poll 12:02:13Z"]
        );
        assert!(standing(&it, &[], at(70)).contains("no runs of your own yet; last answer 202 Updating"));
        let before = it.clone();
        it.apply(at(1_861), &OperationEvent::Succeeded { evidence: "200".into() }).unwrap();
        assert_eq!(
            happened(Some(&before), &it, &journal),
            ["12:31:01Z  restore of apim-dr: succeeded after 31 minutes"]
        );
    }

    #[test]
    fn what_went_wrong_is_told_in_azures_words() {
        let mut it = running();
        let before = it.clone();
        let mut problem = Problem::new("The restore failed");
        problem.server_message = Some("Cannot restore: backup expired".into());
        it.apply(at(301), &OperationEvent::Failed { problem }).unwrap();
        assert_eq!(
            happened(Some(&before), &it, &[]),
            ["12:05:01Z  restore of apim-dr: failed after 5 minutes: Cannot restore: backup expired"]
        );
        assert_eq!(happened(None, &planned(3), &[]).len(), 1);
    }
}
