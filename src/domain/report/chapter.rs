//! One operation of a report: what was meant, what was known, what happened.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Measure, Story};
use crate::domain::approval::{Acceptance, Checked};
use crate::domain::backup::{DateSource, Provenance, Taken};
use crate::domain::operation::{Operation, OperationEvent, OperationId, Phase, Purpose, Work};
use crate::domain::plan::{Kind, Plan};
use crate::domain::problem::Problem;
use crate::domain::verdict::Verdict;

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chapter {
    /// Its id; also the `x-ms-client-request-id` of its POST.
    pub operation_id: OperationId,
    /// Backup or restore.
    pub kind: Kind,
    /// Whether it was a drill.
    #[serde(default)]
    pub purpose: Purpose,
    /// The name of the instance that was restored into or backed up.
    pub instance: String,
    /// Its ARM id.
    pub instance_id: String,
    /// The backup; `None` when somebody else began it, which does not tell.
    pub backup: Option<String>,
    /// How Azure reached the storage account.
    pub access: Option<String>,
    /// Who began it, when it was not begun here.
    pub begun_by: Option<String>,
    /// Where the backup came from.
    pub origin: Option<Origin>,
    /// Where the operation stands.
    pub phase: Phase,
    /// When the plan was approved.
    pub planned_at: Timestamp,
    /// When the request left.
    pub submitted_at: Option<Timestamp>,
    /// When Azure's 202 was read.
    pub accepted_at: Option<Timestamp>,
    /// When its verdict was known.
    pub ended_at: Option<Timestamp>,
    /// How often its address was asked.
    pub polls: u64,
    /// `x-ms-request-id` of Azure's 202.
    pub request_id: Option<String>,
    /// `x-ms-correlation-request-id` of Azure's 202.
    pub correlation_id: Option<String>,
    /// How much was lost; only for a restore.
    pub recovery_point: Option<Measure>,
    /// How long it took; only for a restore.
    pub recovery_time: Option<Measure>,
    /// What was accepted, and why.
    pub accepted: Vec<Acceptance>,
    /// Every check as it stood.
    pub checks: Vec<Checked>,
    /// What happened; polls that said the same are one entry.
    pub events: Vec<Entry>,
    /// Why it did not succeed.
    pub problem: Option<Problem>,
    /// What of its journal cannot be read.
    pub damage: Option<String>,
    /// How many events whoever asked for the report left out of it.
    pub left_out: usize,
}

/// Where a restored backup came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    /// The instance that it was taken of.
    pub instance: Option<String>,
    /// Its tier then.
    pub tier: Option<String>,
    /// How that is known.
    pub provenance: Provenance,
    /// When it was taken.
    pub taken_at: Option<Timestamp>,
    /// What tells when.
    pub taken_by: Option<DateSource>,
}

/// One line of what happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// The line of the journal that tells it, counted from 1; of several, the first.
    pub line: usize,
    /// When.
    pub at: Timestamp,
    /// Seconds since the incident began, else since the plan.
    pub offset_seconds: i64,
    /// Whose word it is.
    pub who: Voice,
    /// The name of the person whose word it is, when it is a person's and known.
    pub person: Option<String>,
    /// What.
    pub what: String,
    /// How often in a row; the last time is `until`.
    pub times: u64,
    /// The last of those times.
    pub until: Timestamp,
    /// `x-ms-correlation-request-id` of the answer, the last one of several.
    pub correlation_id: Option<String>,
}

/// Whose word an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Voice {
    /// What Azure answered.
    Azure,
    /// What this program did or saw.
    Lifeboat,
    /// What a person decided or noted.
    Person,
}

impl Voice {
    /// For people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Azure => "Azure",
            Self::Lifeboat => "lifeboat",
            Self::Person => "operator",
        }
    }
}

impl Chapter {
    pub(super) fn of(story: &Story, began_at: Option<Timestamp>, now: Timestamp) -> Self {
        let operation = &story.operation;
        let work = &operation.intent.work;
        let plan = work.plan();
        let is_restore = work.kind() == Kind::Restore;
        let from = began_at.unwrap_or(operation.planned_at);
        Self {
            operation_id: operation.id(),
            kind: work.kind(),
            purpose: operation.intent.purpose,
            instance: work.instance().name().to_owned(),
            instance_id: work.instance().to_string(),
            backup: work.address().map(ToString::to_string),
            access: plan.map(|plan| plan.access().to_string()),
            begun_by: begun_by(work),
            origin: plan.and_then(origin),
            phase: operation.phase,
            planned_at: operation.planned_at,
            submitted_at: operation.submitted_at,
            accepted_at: operation.accepted_at,
            ended_at: operation.ended_at,
            polls: operation.polls,
            request_id: operation.request_id.clone(),
            correlation_id: operation.correlation_id.clone(),
            recovery_point: is_restore.then(|| recovery_point(story, began_at)),
            recovery_time: is_restore.then(|| recovery_time(story, began_at, now)),
            accepted: operation.intent.accepted.clone(),
            checks: operation.intent.checks.clone(),
            events: entries(&story.events, from),
            problem: operation.problem.clone(),
            damage: story.damage.clone(),
            left_out: 0,
        }
    }

    /// "restore of apim-core-dr", and whether it was a drill.
    pub fn title(&self) -> String {
        let drill = if self.purpose.is_drill() { " (DRILL)" } else { "" };
        format!("{} of {}{drill}", self.kind, self.instance)
    }
}

fn begun_by(work: &Work) -> Option<String> {
    match work {
        Work::Plan(_) => None,
        Work::Observed(observed) => {
            Some(observed.caller.clone().unwrap_or_else(|| "the log does not say whom".to_owned()))
        }
    }
}

fn taken(operation: &Operation) -> Option<Taken> {
    match operation.intent.work.plan() {
        Some(Plan::Restore(plan)) => plan.taken,
        _ => None,
    }
}

fn origin(plan: &Plan) -> Option<Origin> {
    let Plan::Restore(plan) = plan else { return None };
    Some(Origin {
        instance: plan.source.instance.clone(),
        tier: plan.source.tier.as_ref().map(ToString::to_string),
        provenance: plan.source.provenance,
        taken_at: plan.taken.map(|taken| taken.at),
        taken_by: plan.taken.map(|taken| taken.by),
    })
}

/// What was written between the backup and the incident is lost; without the beginning of the incident, between the
/// backup and the request.
fn recovery_point(story: &Story, began_at: Option<Timestamp>) -> Measure {
    let target = story.objectives.rpo;
    let Some(taken) = taken(&story.operation) else {
        return Measure::untold(target, "when the backup was taken is not known".to_owned());
    };
    let (end, what) = match (began_at, story.operation.submitted_at) {
        (Some(began), _) => (began, "the beginning of the incident"),
        (None, Some(sent)) => (sent, "the request"),
        (None, None) => return Measure::untold(target, "nothing was sent".to_owned()),
    };
    Measure::ended(
        end.duration_since(taken.at),
        target,
        format!("from the backup (by {}) to {what}", taken.by),
    )
}

/// A restore that did not succeed has recovered nothing: while it may still end well the clock runs on.
fn recovery_time(story: &Story, began_at: Option<Timestamp>, now: Timestamp) -> Measure {
    let operation = &story.operation;
    let target = story.objectives.rto;
    let (from, what) = match began_at {
        Some(began) => (began, "the beginning of the incident"),
        None => (operation.planned_at, "the approved plan"),
    };
    match (operation.phase, operation.ended_at) {
        (Phase::Succeeded, Some(end)) => Measure::ended(
            end.duration_since(from),
            target,
            format!("from {what} to the end of the restore; what follows by hand is not in it"),
        ),
        (Phase::Failed | Phase::Refused | Phase::NotSent, _) => {
            Measure::untold(target, format!("it ended as {}", operation.phase))
        }
        _ => Measure::running(now.duration_since(from), target, format!("from {what} until this report")),
    }
}

fn entries(events: &[(Timestamp, OperationEvent)], from: Timestamp) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for (line, (at, event)) in (1..).zip(events) {
        let (what, correlation_id) = told(event);
        let is_poll = matches!(event, OperationEvent::Polled(_));
        if let Some(last) = entries.last_mut().filter(|last| is_poll && last.what == what) {
            last.times += 1;
            last.until = *at;
            last.correlation_id = correlation_id.or_else(|| last.correlation_id.take());
            continue;
        }
        let entry = Entry {
            line,
            at: *at,
            offset_seconds: at.duration_since(from).as_secs(),
            who: voice(event),
            person: person(event),
            what,
            times: 1,
            until: *at,
            correlation_id,
        };
        entries.extend(decided(event, &entry));
        entries.push(entry);
    }
    entries
}

/// What a person accepted before the plan was written down, and why.
fn decided(event: &OperationEvent, planned: &Entry) -> Vec<Entry> {
    let OperationEvent::Planned(intent) = event else { return Vec::new() };
    let entry = |it: &Acceptance| Entry {
        who: Voice::Person,
        what: format!("accepted {}: {}", it.finding, it.reason),
        ..planned.clone()
    };
    intent.accepted.iter().map(entry).collect()
}

fn person(event: &OperationEvent) -> Option<String> {
    match event {
        OperationEvent::Noted { person, .. } => person.clone(),
        _ => None,
    }
}

fn voice(event: &OperationEvent) -> Voice {
    use OperationEvent as E;
    match event {
        E::Accepted(_) | E::Refused { .. } | E::Failed { .. } | E::Succeeded { .. } => Voice::Azure,
        E::Polled(poll) if poll.http_status.is_some() => Voice::Azure,
        E::Noted { person: Some(_), .. } => Voice::Person,
        E::Planned(_)
        | E::Attached(_)
        | E::Submitting
        | E::Polled(_)
        | E::NotSent { .. }
        | E::Unconfirmed { .. }
        | E::Untracked { .. }
        | E::ManifestWritten { .. }
        | E::Noted { .. } => Voice::Lifeboat,
    }
}

/// An event with its correlation id. Of a poll only what Azure said: when the next was due is of no use afterwards.
fn told(event: &OperationEvent) -> (String, Option<String>) {
    use OperationEvent as E;
    let correlation = match event {
        E::Accepted(accepted) => accepted.correlation_id.clone(),
        E::Polled(poll) => poll.correlation_id.clone(),
        E::NotSent { problem }
        | E::Refused { problem }
        | E::Unconfirmed { problem }
        | E::Untracked { problem }
        | E::Failed { problem } => problem.correlation_id.clone(),
        E::Planned(_)
        | E::Attached(_)
        | E::Submitting
        | E::Succeeded { .. }
        | E::ManifestWritten { .. }
        | E::Noted { .. } => None,
    };
    let what = match event {
        E::Polled(poll) => poll.answer_in_words(),
        E::Noted { text, .. } => text.clone(),
        E::Planned(intent) if !intent.checks.is_empty() => {
            format!("plan approved ({}); nothing sent yet", checked(&intent.checks))
        }
        other => other.in_words(),
    };
    (what, correlation)
}

/// How many checks gave which answer: "9 ok, 2 warn".
fn checked(checks: &[Checked]) -> String {
    let words =
        [Verdict::Ok, Verdict::Warn, Verdict::Unknown, Verdict::Blocked].into_iter().filter_map(|verdict| {
            let count = checks.iter().filter(|it| it.verdict == verdict).count();
            (count > 0).then(|| format!("{count} {verdict}"))
        });
    words.collect::<Vec<_>>().join(", ")
}
