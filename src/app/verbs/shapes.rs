//! The JSON of the verbs that several of them share. Field names are a contract with scripts (CLI contract): camelCase,
//! RFC 3339 in UTC, and `null` for what is not known.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::domain::operation::address::host;
use crate::domain::operation::{Operation, OperationEvent, OperationId, Phase};
use crate::domain::problem::Problem;

/// The word for a phase.
pub(super) fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Planned => "planned",
        Phase::Submitting => "submitting",
        Phase::Accepted | Phase::Untracked => "running",
        Phase::Unconfirmed => "unconfirmed",
        Phase::Succeeded => "succeeded",
        Phase::Failed => "failed",
        Phase::Refused => "refused",
        Phase::NotSent => "notSent",
    }
}

/// The last line of an operation.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Verdict {
    /// `None` when it came to no operation.
    pub(super) operation_id: Option<OperationId>,
    /// `succeeded`, `failed`, `refused`, `notSent`, `unconfirmed` or `running`.
    pub(super) phase: &'static str,
    /// Why it did not succeed.
    pub(super) problem: Option<Problem>,
}

impl Verdict {
    /// As it stands when nobody watches any longer.
    pub(super) fn of(operation: &Operation) -> Self {
        Self {
            operation_id: Some(operation.id()),
            phase: match operation.phase {
                // The request may have left: that is what a script has to know.
                Phase::Submitting => "unconfirmed",
                known => phase(known),
            },
            problem: operation.problem.clone(),
        }
    }

    /// It came to no operation.
    pub(super) fn not_sent(problem: Problem) -> Self {
        Self { operation_id: None, phase: "notSent", problem: Some(problem) }
    }
}

/// One line of what happens to an operation: the event as the journal has it, but for the address to poll, which carries
/// a signature. Its host stands instead.
pub(super) fn event(operation: &Operation, event: &OperationEvent, at: Timestamp) -> Value {
    let mut line = Map::new();
    line.insert("at".to_owned(), json!(at));
    line.insert("operationId".to_owned(), json!(operation.id()));
    line.insert("phase".to_owned(), json!(phase(operation.phase)));
    if let Ok(Value::Object(own)) = serde_json::to_value(event) {
        line.extend(own);
    }
    if let Some(url) = line.remove("operationUrl") {
        line.insert("operationUrlHost".to_owned(), json!(url.as_str().and_then(host)));
    }
    Value::Object(line)
}

/// One operation in a list.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listed {
    operation_id: OperationId,
    kind: crate::domain::plan::Kind,
    purpose: crate::domain::operation::Purpose,
    target: String,
    backup: Option<String>,
    phase: &'static str,
    started_at: Option<Timestamp>,
    accepted_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    polls: u64,
    last_status: Option<String>,
    last_polled_at: Option<Timestamp>,
    operation_url_host: Option<String>,
    correlation_id: Option<String>,
    problem: Option<Problem>,
}

impl From<&Operation> for Listed {
    fn from(operation: &Operation) -> Self {
        let work = &operation.intent.work;
        Self {
            operation_id: operation.id(),
            kind: work.kind(),
            purpose: operation.intent.purpose,
            target: work.instance().to_string(),
            backup: work.address().map(ToString::to_string),
            phase: phase(operation.phase),
            started_at: operation.submitted_at,
            accepted_at: operation.accepted_at,
            ended_at: operation.ended_at,
            polls: operation.polls,
            last_status: operation.last_status.clone(),
            last_polled_at: operation.last_polled_at,
            operation_url_host: operation.operation_url.as_deref().and_then(host).map(str::to_owned),
            correlation_id: operation.correlation_id.clone(),
            problem: operation.problem.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::operation::{Intent, Work};
    use crate::domain::plan::{Plan, samples::restore};
    use crate::domain::{backup::samples::backup, instance::samples::instance, sku::Tier};

    fn names(json: &Value, found: &mut Vec<String>) {
        match json {
            Value::Object(members) => members.iter().for_each(|(name, value)| {
                found.push(name.clone());
                names(value, found);
            }),
            Value::Array(values) => values.iter().for_each(|value| names(value, found)),
            _ => {}
        }
    }

    #[test]
    fn the_names_in_an_event_are_those_of_the_contract() {
        let at = "2026-11-23T12:00:00Z".parse().unwrap();
        let intent = Intent {
            operation_id: OperationId::new(uuid::Uuid::from_u128(1)),
            work: Work::Plan(Plan::Restore(restore(
                &backup("apim-core", 5, at),
                &instance("apim-dr", Tier::Premium),
            ))),
            accepted: Vec::new(),
            checks: Vec::new(),
            resource_manager: String::new(),
            tier: None,
            tool: String::new(),
            purpose: crate::domain::operation::Purpose::Real,
        };
        let planned = OperationEvent::Planned(Box::new(intent.clone()));
        let line = event(&Operation::planned(intent, at), &planned, at);
        let mut found = Vec::new();
        names(&line, &mut found);
        assert!(found.iter().any(|name| name == "instanceId"), "{found:?}");
        assert!(found.iter().all(|name| name.chars().all(char::is_alphanumeric)), "{found:?}");
    }
}
