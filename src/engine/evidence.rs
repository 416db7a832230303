//! What the evidence proves about an operation that no address speaks for. Pure.
//!
//! Only a witness that names this very operation, or the blob that it was to write, settles anything. That nothing was
//! found settles nothing: the activity log is up to twenty minutes late and may lose entries.

use jiff::{SignedDuration, Timestamp};

use crate::azure::activity::ActivityEvent;
use crate::domain::backup::Blob;
use crate::domain::instance::Activity;
use crate::domain::operation::{Operation, Phase};
use crate::domain::plan::Kind;
use crate::domain::problem::Problem;

/// A refusal comes within this time: Azure was recorded to take 28 s for one, ARM gives up on a provider after 60 s,
/// and the rest is for clocks that differ. The shortest restore on record took seven minutes.
const ANSWER: SignedDuration = SignedDuration::from_mins(3);

/// What was found. `None` where a witness could not be heard.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    /// The activity log of the instance around the time of the operation.
    pub(super) log: Option<Vec<ActivityEvent>>,
    /// What the instance is doing.
    pub(super) activity: Option<Activity>,
    /// For a backup, the blob that it was to write.
    pub(super) blob: Option<Blob>,
}

/// What it proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// The operation has succeeded.
    Succeeded {
        /// How we know.
        evidence: String,
    },
    /// It has failed.
    Failed(Problem),
    /// It was never begun.
    Refused(Problem),
    /// Azure took it; how it stands is not known.
    Taken,
    /// Nothing.
    Nothing,
}

/// Weighs the evidence for an operation whose request has left, or may have.
pub(super) fn weigh(operation: &Operation, evidence: &Evidence) -> Proof {
    let log = evidence.log.as_deref().unwrap_or_default();
    match (by_log(operation, log), &evidence.blob) {
        (Proof::Taken | Proof::Nothing, Some(blob)) if has_written(operation, blob, evidence) => {
            Proof::Succeeded {
                evidence: format!(
                    "{} was written after the request left, and the instance is not busy",
                    blob.address
                ),
            }
        }
        (proof, _) => proof,
    }
}

fn by_log(operation: &Operation, log: &[ActivityEvent]) -> Proof {
    let entries = own(operation, log);
    let any = |word: &str| entries.iter().copied().find(|entry| says(entry, word));
    if let Some(entry) = any("Succeeded") {
        return Proof::Succeeded { evidence: format!("the activity log says Succeeded at {}", entry.at) };
    }
    match (any("Failed").or_else(|| any("Canceled")), any("Accepted")) {
        // A request that was accepted and then failed has both entries; one that was refused has no acceptance, but
        // neither has one whose acceptance the log has lost.
        (Some(entry), None) if operation.phase == Phase::Unconfirmed && is_prompt(operation, entry) => {
            Proof::Refused(problem(operation, entry, "was refused"))
        }
        (Some(entry), _) => Proof::Failed(problem(operation, entry, "failed")),
        (None, Some(_)) => Proof::Taken,
        (None, None) => Proof::Nothing,
    }
}

/// Whether an entry was made while the request may still have been waiting for its answer.
fn is_prompt(operation: &Operation, entry: &ActivityEvent) -> bool {
    operation.submitted_at.is_some_and(|submitted| entry.at.duration_since(submitted) <= ANSWER)
}

/// The entries of this operation: those that carry its id, and those of the same action with their correlation id.
fn own<'a>(operation: &Operation, log: &'a [ActivityEvent]) -> Vec<&'a ActivityEvent> {
    let kind = operation.intent.work.kind();
    let action = format!("Microsoft.ApiManagement/service/{kind}/action");
    let id = operation.id().to_string();
    let same =
        |one: &Option<String>, other: &str| one.as_deref().is_some_and(|one| one.eq_ignore_ascii_case(other));
    let of_action: Vec<&ActivityEvent> = log.iter().filter(|entry| same(&entry.operation, &action)).collect();
    let named = of_action.iter().filter(|entry| same(&entry.client_request_id, &id));
    let mut correlations: Vec<&str> = named.filter_map(|entry| entry.correlation_id.as_deref()).collect();
    correlations.extend(operation.correlation_id.as_deref());
    let is_own = |entry: &&ActivityEvent| {
        same(&entry.client_request_id, &id) || correlations.iter().any(|it| same(&entry.correlation_id, it))
    };
    of_action.into_iter().filter(is_own).collect()
}

/// Whether an entry says this word. Some providers log an acceptance as `Succeeded` with the reason `Accepted`.
pub(super) fn says(entry: &ActivityEvent, word: &str) -> bool {
    let is =
        |text: &Option<String>, word: &str| text.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(word));
    let accepted_only = is(&entry.status, "Succeeded") && is(&entry.sub_status, "Accepted");
    match word {
        "Accepted" => is(&entry.status, "Accepted") || accepted_only,
        "Succeeded" => is(&entry.status, "Succeeded") && !accepted_only,
        _ => is(&entry.status, word),
    }
}

fn problem(operation: &Operation, entry: &ActivityEvent, verb: &str) -> Problem {
    Problem {
        server_message: entry.message.clone(),
        correlation_id: entry.correlation_id.clone(),
        ..Problem::new(format!("The {} {verb}, says the activity log", operation.intent.work))
            .about(operation.intent.work.instance().to_string())
            .next("Read Azure's words, then plan it again")
    }
}

/// Whether the blob of a backup was written after its request left, by an instance that is done with it. Storage tells
/// times in whole seconds, by its own clock: with ours far ahead of it nothing is proved.
fn has_written(operation: &Operation, blob: &Blob, evidence: &Evidence) -> bool {
    let Some(submitted) = operation.submitted_at else { return false };
    let whole = Timestamp::from_second(submitted.as_second()).unwrap_or(submitted);
    operation.intent.work.kind() == Kind::Backup
        && operation.intent.work.address() == Some(&blob.address)
        && blob.size.is_some_and(|size| size > 0)
        && blob.last_modified.is_some_and(|written| written.duration_since(whole) >= SignedDuration::ZERO)
        && matches!(evidence.activity, Some(Activity::Idle))
}

#[cfg(test)]
mod tests;
