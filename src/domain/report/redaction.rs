//! Names taken out of a report: of instances, groups, accounts, blobs, machines and people.
//!
//! Every text of the report that is not of a fixed set of words is gone through, so that none is forgotten. The same name
//! becomes the same stand-in everywhere, and ids by which Azure's support finds a request stay.

use std::collections::BTreeMap;

use super::{Chapter, Entry, Measure, Origin, Report, Story};
use crate::domain::approval::{Acceptance, Checked};
use crate::domain::operation::{OperationEvent, Work};
use crate::domain::plan::{Access, Plan};
use crate::domain::problem::Problem;

/// The report without names.
#[must_use]
pub fn redact(report: &Report, stories: &[Story]) -> Report {
    let mut names = Names::default();
    stories.iter().for_each(|story| names.learn(story));
    let kept = ids(report);
    let mut redacted = Report { redacted: true, ..report.clone() };
    redacted.each_text(&mut |text| *text = names.without(text, &kept));
    redacted
}

/// The ids that may stand in a text too.
fn ids(report: &Report) -> Vec<String> {
    let of_requests = |chapter: &Chapter| {
        let of_events = chapter.events.iter().filter_map(|event| event.correlation_id.clone());
        let own = [chapter.request_id.clone(), chapter.correlation_id.clone()].into_iter().flatten();
        own.chain(of_events).chain([chapter.operation_id.to_string()]).collect::<Vec<_>>()
    };
    report.operations.iter().flat_map(of_requests).collect()
}

// What follows takes every value apart by name, so that a field that is added cannot be forgotten.

impl Report {
    fn each_text(&mut self, change: &mut impl FnMut(&mut String)) {
        let Self {
            version: _,
            tool: _,
            generated_at: _,
            began_at: _,
            redacted: _,
            operations,
            not_carried: _,
        } = self;
        operations.iter_mut().for_each(|chapter| chapter.each_text(change));
    }
}

impl Chapter {
    #[expect(clippy::too_many_lines, reason = "a line for each field, so that none is forgotten")]
    fn each_text(&mut self, change: &mut impl FnMut(&mut String)) {
        let Self {
            operation_id: _,
            kind: _,
            purpose: _,
            instance,
            instance_id,
            backup,
            access,
            begun_by,
            origin,
            phase: _,
            planned_at: _,
            submitted_at: _,
            accepted_at: _,
            ended_at: _,
            polls: _,
            request_id: _,
            correlation_id: _,
            recovery_point,
            recovery_time,
            accepted,
            checks,
            events,
            problem,
            damage,
            left_out: _,
        } = self;
        change(instance);
        change(instance_id);
        [backup, access, begun_by, damage].into_iter().flatten().for_each(&mut *change);
        if let Some(Origin { instance, tier: _, provenance: _, taken_at: _, taken_by: _ }) = origin {
            instance.iter_mut().for_each(&mut *change);
        }
        for measure in [recovery_point, recovery_time].into_iter().flatten() {
            let Measure { seconds: _, running: _, target_seconds: _, met: _, measured } = measure;
            change(measured);
        }
        for Acceptance { finding: _, reason } in accepted {
            change(reason);
        }
        for Checked { finding: _, verdict: _, summary } in checks {
            change(summary);
        }
        for entry in events {
            let Entry {
                line: _,
                at: _,
                offset_seconds: _,
                who: _,
                person,
                what,
                times: _,
                until: _,
                correlation_id: _,
            } = entry;
            person.iter_mut().for_each(&mut *change);
            change(what);
        }
        if let Some(problem) = problem {
            of_problem(problem, change);
        }
    }
}

fn of_problem(problem: &mut Problem, change: &mut impl FnMut(&mut String)) {
    let Problem {
        summary,
        meaning,
        next,
        code: _,
        server_message,
        http_status: _,
        scope,
        request_id: _,
        correlation_id: _,
        kind: _,
    } = problem;
    change(summary);
    [meaning, next, server_message, scope].into_iter().flatten().for_each(change);
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
        for (_, event) in &story.events {
            if let OperationEvent::Noted { person, .. } = event {
                self.name("person", person.as_deref());
            }
        }
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
