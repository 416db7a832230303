//! What goes wrong with single requests on their way.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::clock::Clock;
use super::exchange::{Call, Reply};

/// One thing that goes wrong on the way.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Fault {
    /// Any method when absent.
    method: Option<String>,
    /// The path, without regard to case: `*` stands for any run within a segment, `**` for anything.
    path: String,
    /// When it bites: from and to so many seconds after the first backup or restore was asked for, which is thereby
    /// still out of reach of a fault that begins later than 0. Scaled by the speed; at any time when absent.
    after: Option<[f64; 2]>,
    /// First and last occurrence that it hits, counted from 1 over all requests that match in path and time; all of
    /// them when absent.
    nth: Option<[u64; 2]>,
    /// What happens.
    #[serde(rename = "do")]
    pub(crate) deed: Misbehaviour,
}

/// What a fault does.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum Misbehaviour {
    /// The request is read and never answered.
    Silence,
    /// The connection is reset; the request takes no effect.
    Reset,
    /// The request takes effect and the connection is reset before the answer.
    LoseAnswer,
    /// The request takes effect and is never answered.
    WithholdAnswer,
    /// The answer comes so many seconds later (not scaled: a slow network does not hurry).
    DelaySeconds(f64),
    /// Azure takes so many seconds longer over it (scaled, as everything that Azure does).
    PonderSeconds(f64),
    /// The answer breaks off after so many bytes of its body.
    CutAfter(usize),
    /// This answer instead of Azure's; the request takes no effect.
    Answer(Canned),
    /// This answer instead of Azure's; the request takes effect.
    Disguise(Canned),
    /// Azure's answer with these headers instead of its own; null takes one away.
    Headers(BTreeMap<String, Option<String>>),
}

/// A prepared answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Canned {
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// A string is a page of something in between, sent as it is and without Azure's headers; anything else is JSON.
    #[serde(default)]
    body: Value,
}

impl Canned {
    /// Whether something in between answers, and not Azure.
    pub(crate) fn is_page(&self) -> bool {
        self.body.is_string()
    }

    /// The answer as it is sent.
    pub(crate) fn reply(&self) -> Reply {
        let reply = match &self.body {
            Value::Null => Reply::empty(self.status),
            Value::String(text) => Reply::text(self.status, "text/html", text),
            body => Reply::json(self.status, body),
        };
        self.headers.iter().fold(reply, |reply, (name, value)| reply.with_only(name, value))
    }
}

impl Misbehaviour {
    /// The word that the request log shows.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Misbehaviour::Silence => "silence",
            Misbehaviour::Reset => "reset",
            Misbehaviour::LoseAnswer => "loseAnswer",
            Misbehaviour::WithholdAnswer => "withholdAnswer",
            Misbehaviour::DelaySeconds(_) => "delay",
            Misbehaviour::PonderSeconds(_) => "ponder",
            Misbehaviour::CutAfter(_) => "cut",
            Misbehaviour::Answer(_) => "answer",
            Misbehaviour::Disguise(_) => "disguise",
            Misbehaviour::Headers(_) => "headers",
        }
    }
}

/// Counts what each fault has seen and says which bite.
#[derive(Debug)]
pub(crate) struct Mischief {
    faults: Vec<(Fault, u64)>,
    clock: Clock,
    /// When the first backup or restore was asked for.
    began: Option<Timestamp>,
}

impl Mischief {
    /// Nothing has happened yet.
    pub(crate) fn new(faults: Vec<Fault>, clock: Clock) -> Mischief {
        Mischief { faults: faults.into_iter().map(|fault| (fault, 0)).collect(), clock, began: None }
    }

    /// The moment so many seconds, scaled, after the first backup or restore was asked for.
    pub(crate) fn moment(&self, seconds: f64) -> Option<Timestamp> {
        self.began?.checked_add(self.clock.scaled(seconds)).ok()
    }

    /// The deeds that hit this request, in the order of the file.
    pub(crate) fn upon(&mut self, call: &Call) -> Vec<Misbehaviour> {
        if call.is_transfer() {
            self.began.get_or_insert(call.at);
        }
        let path = call.path.to_ascii_lowercase();
        let elapsed = self.began.map(|began| call.at.duration_since(began));
        let mut deeds = Vec::new();
        for (fault, seen) in &mut self.faults {
            let in_time = fault.after.is_none_or(|[from, to]| {
                elapsed.is_some_and(|it| self.clock.scaled(from) <= it && it < self.clock.scaled(to))
            });
            if !in_time || !fault.concerns(call.method.as_str(), &path) {
                continue;
            }
            *seen += 1;
            if fault.nth.is_none_or(|[first, last]| (first..=last).contains(seen)) {
                deeds.push(fault.deed.clone());
            }
        }
        deeds
    }
}

impl Fault {
    fn concerns(&self, method: &str, lower_path: &str) -> bool {
        self.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && fits(self.path.to_ascii_lowercase().as_bytes(), lower_path.as_bytes())
    }
}

/// Whether `text` has the form of `pattern` (see [`Fault::path`]).
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    match pattern {
        [] => text.is_empty(),
        [b'*', b'*', rest @ ..] => (0..=text.len()).any(|skipped| fits(rest, &text[skipped..])),
        [b'*', rest @ ..] => {
            let within = text.iter().position(|byte| *byte == b'/').unwrap_or(text.len());
            (0..=within).any(|skipped| fits(rest, &text[skipped..]))
        }
        [first, rest @ ..] => text.first() == Some(first) && fits(rest, &text[1..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_know_segments() {
        for (pattern, text, expected) in [
            ("**/restore", "/a/b/restore", true),
            ("**/restore", "/a/restored", false),
            ("/a/*/c", "/a/b/c", true),
            ("/a/*/c", "/a/b/b/c", false),
            ("**/operationresults/*", "/s/x/operationresults/abc=", true),
        ] {
            assert_eq!(fits(pattern.as_bytes(), text.as_bytes()), expected, "{pattern} {text}");
        }
    }
}
