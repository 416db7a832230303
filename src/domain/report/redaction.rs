//! Names taken out of a report: of instances, groups, accounts, blobs, machines and people.
//!
//! Every text of the report is gone through, whichever field it stands in, so that none is forgotten. The same name
//! becomes the same stand-in everywhere, and ids by which Azure's support finds a request stay.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Report, Story};
use crate::domain::operation::Work;
use crate::domain::plan::{Access, Plan};

/// Fields whose values come from a fixed set of words, are times, or are ids by which Azure's support finds a request.
const FIXED: [&str; 21] = [
    "acceptedAt",
    "at",
    "beganAt",
    "code",
    "correlationId",
    "endedAt",
    "finding",
    "generatedAt",
    "kind",
    "operationId",
    "phase",
    "plannedAt",
    "provenance",
    "requestId",
    "submittedAt",
    "takenAt",
    "takenBy",
    "tool",
    "until",
    "verdict",
    "who",
];

/// The report without names.
///
/// # Errors
/// The report cannot be taken apart and put together; a bug.
pub fn redact(report: &Report, stories: &[Story]) -> Result<Report, serde_json::Error> {
    let mut names = Names::default();
    stories.iter().for_each(|story| names.learn(story));
    let kept = ids(report);
    let mut value = serde_json::to_value(report)?;
    walk(&mut value, "", &mut |field, text| {
        if !FIXED.contains(&field) {
            *text = names.without(text, &kept);
        }
    });
    let mut redacted: Report = serde_json::from_value(value)?;
    redacted.redacted = true;
    Ok(redacted)
}

/// The ids that may stand in a text too.
fn ids(report: &Report) -> Vec<String> {
    let of_requests = |chapter: &super::Chapter| {
        let of_events = chapter.events.iter().filter_map(|event| event.correlation_id.clone());
        let own = [chapter.request_id.clone(), chapter.correlation_id.clone()].into_iter().flatten();
        own.chain(of_events).chain([chapter.operation_id.to_string()]).collect::<Vec<_>>()
    };
    report.operations.iter().flat_map(of_requests).collect()
}

fn walk(value: &mut Value, field: &str, change: &mut impl FnMut(&str, &mut String)) {
    match value {
        Value::String(text) => change(field, text),
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, field, change)),
        Value::Object(members) => members.iter_mut().for_each(|(name, item)| walk(item, name, change)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Names with their stand-ins, in lower case.
#[derive(Default)]
struct Names {
    known: BTreeMap<String, String>,
    counts: BTreeMap<&'static str, usize>,
}

impl Names {
    fn learn(&mut self, story: &Story) {
        let work = &story.operation.intent.work;
        self.resource(work.instance().as_str());
        if let Work::Observed(observed) = work {
            self.name("person", observed.caller.as_deref());
        }
        if let Some(plan) = work.plan() {
            let address = plan.address();
            self.name("account", Some(&address.location.account));
            self.name("container", Some(&address.location.container));
            self.name("backup", Some(&address.name));
            if let Access::User { client_id } = plan.access() {
                self.name("identity", Some(client_id));
            }
        }
        if let Some(Plan::Restore(plan)) = work.plan() {
            self.name("instance", plan.source.instance.as_deref());
            if let Some(id) = &plan.source.instance_id {
                self.resource(id.as_str());
            }
        }
        story.hosts.iter().for_each(|host| self.name("machine", Some(host)));
    }

    /// Subscription, group and name of an ARM id.
    fn resource(&mut self, id: &str) {
        let segments: Vec<&str> = id.split('/').collect();
        for pair in segments.windows(2) {
            match pair[0].to_ascii_lowercase().as_str() {
                "subscriptions" => self.name("subscription", Some(pair[1])),
                "resourcegroups" => self.name("group", Some(pair[1])),
                "service" => self.name("instance", Some(pair[1])),
                _ => {}
            }
        }
    }

    fn name(&mut self, kind: &'static str, name: Option<&str>) {
        let Some(name) = name.map(str::to_lowercase).filter(|name| !name.is_empty()) else { return };
        if self.known.contains_key(&name) {
            return;
        }
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        self.known.insert(name, format!("{kind}-{count}"));
    }

    /// The text with every known name, every mail address and every id but the `kept` ones replaced. Letter case does
    /// not count; the longest name wins.
    fn without(&mut self, text: &str, kept: &[String]) -> String {
        let mut words: Vec<(String, String)> =
            self.known.iter().map(|(name, stand_in)| (name.clone(), stand_in.clone())).collect();
        words.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        let mut done = String::with_capacity(text.len());
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let begins = !done.chars().next_back().is_some_and(char::is_alphanumeric) || at == 0;
            let found = words.iter().find(|(name, _)| begins && starts_with_word(rest, name));
            if let Some((name, stand_in)) = found {
                done.push_str(stand_in);
                at += name.len();
            } else if let Some(token) =
                personal(rest).filter(|token| begins && !kept.iter().any(|it| it == token))
            {
                let kind = if token.contains('@') { "person" } else { "id" };
                self.name(kind, Some(token));
                done.push_str(self.known.get(&token.to_lowercase()).map_or("id", String::as_str));
                at += token.len();
            } else {
                let first = rest.chars().next().unwrap_or_default();
                done.push(first);
                at += first.len_utf8();
            }
        }
        done
    }
}

/// Whether the text begins with the name, and the name ends there.
fn starts_with_word(text: &str, name: &str) -> bool {
    text.get(..name.len()).is_some_and(|start| start.to_lowercase() == *name)
        && !text[name.len()..].chars().next().is_some_and(char::is_alphanumeric)
}

/// A GUID or a mail address at the beginning of the text.
fn personal(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !(c.is_alphanumeric() || "-_.+@".contains(c))).unwrap_or(text.len());
    let token = text[..end].trim_end_matches(['.', '-']);
    let is_mail = token.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'));
    let is_guid = token.len() == 36
        && token.char_indices().all(|(at, c)| match at {
            8 | 13 | 18 | 23 => c == '-',
            _ => c.is_ascii_hexdigit(),
        });
    (is_mail || is_guid).then_some(token)
}
