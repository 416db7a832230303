//! What a check answers: the rule that asked, the answer, what it rests on and what to do about it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::fact::{Fact, Unreadable};
use crate::domain::verdict::Verdict;

/// One check, as it introduces itself.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its stable id, such as `tier-equal`; scripts and journals name it.
    pub id: &'static str,
    /// What it asks, in few words.
    pub title: &'static str,
    /// Where it is written that Azure behaves so: a sentence of the documentation, a public issue, a recording.
    pub documented: &'static str,
}

/// The answer of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The check.
    pub rule: &'static Rule,
    /// The answer.
    pub verdict: Verdict,
    /// The answer in one line.
    pub summary: String,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
    /// What to do about it.
    pub remedy: Option<Remedy>,
}

/// What to do about a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// In words.
    pub advice: String,
    /// A command that does it, to be copied as it stands; only what is known to be right, and never `az apim update`,
    /// which takes the identity away unless it is named (azure-cli, `custom.py`).
    pub command: Option<String>,
}

/// One value that a finding rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// What was read.
    pub name: String,
    /// Its value; `None` when it could not be read.
    pub value: Option<String>,
    /// Where it was read, or why it could not be.
    pub source: String,
    /// When it was read or asked.
    pub read_at: Option<Timestamp>,
}

impl Rule {
    /// It is fine: only on facts that were read.
    pub fn ok(&'static self, summary: impl Into<String>) -> Finding {
        self.finds(Verdict::Ok, summary)
    }

    /// It may go wrong, or do harm.
    pub fn warn(&'static self, summary: impl Into<String>) -> Finding {
        self.finds(Verdict::Warn, summary)
    }

    /// A fact is missing.
    pub fn unknown(&'static self, summary: impl Into<String>) -> Finding {
        self.finds(Verdict::Unknown, summary)
    }

    /// A fact could not be read: what it is, and which permission on what to ask for when that is what is missing.
    pub fn unread<T>(&'static self, fact: &Fact<T>, what: &str, action: &str) -> Finding {
        let finding = self.unknown(format!("{what} could not be read"));
        match fact {
            Fact::Unknown(unknown) if matches!(unknown.reason, Unreadable::Forbidden(_)) => {
                finding.advising(format!("Ask for {action}, or for somebody who may look"))
            }
            _ => finding,
        }
    }

    /// Azure would refuse it, or it would do harm that nobody can mean.
    pub fn blocked(&'static self, summary: impl Into<String>) -> Finding {
        self.finds(Verdict::Blocked, summary)
    }

    /// An answer without evidence and remedy yet.
    pub fn finds(&'static self, verdict: Verdict, summary: impl Into<String>) -> Finding {
        Finding { rule: self, verdict, summary: summary.into(), evidence: Vec::new(), remedy: None }
    }
}

impl Finding {
    /// The id of its rule.
    pub fn id(&self) -> &'static str {
        self.rule.id
    }

    /// The same, resting on one more value.
    #[must_use]
    pub fn resting_on(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }

    /// The same, with what to do about it.
    #[must_use]
    pub fn advising(mut self, remedy: impl Into<Remedy>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

impl Remedy {
    /// The same with a command that does it.
    #[must_use]
    pub fn by(mut self, command: impl Into<String>) -> Self {
        self.command = Some(command.into());
        self
    }
}

/// A command out of its parts, each of which is as a shell wants it.
pub(super) fn command(parts: &[&str]) -> String {
    parts.join(" ")
}

/// A value as one word of a shell: quoted, unless every shell reads it as it stands.
pub(super) fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

impl From<String> for Remedy {
    fn from(advice: String) -> Self {
        Self { advice, command: None }
    }
}

impl From<&str> for Remedy {
    fn from(advice: &str) -> Self {
        advice.to_owned().into()
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.command {
            Some(command) => write!(f, "{}: {command}", self.advice),
            None => f.write_str(&self.advice),
        }
    }
}

/// The source of a value that nobody asked for yet.
const NOT_ASKED: &str = "not asked";

impl Evidence {
    /// Whether it is still to be asked for.
    pub fn is_open(&self) -> bool {
        self.value.is_none() && self.source == NOT_ASKED
    }

    /// A fact as evidence: its value, or why there is none.
    pub fn of(name: &str, fact: &Fact<String>) -> Self {
        let (value, source) = match fact {
            Fact::Known(known) => (Some(known.value.clone()), known.source.clone()),
            Fact::Unknown(unknown) => (None, format!("{}: {}", unknown.source, unknown.reason)),
            Fact::NotAsked => (None, NOT_ASKED.to_owned()),
        };
        Self { name: name.to_owned(), value, source, read_at: fact.read_at() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_a_command_stays_one_word() {
        let table = [
            ("rg-core", "rg-core"),
            ("/subscriptions/s/x", "/subscriptions/s/x"),
            ("rg (old)", "'rg (old)'"),
            ("", "''"),
            ("a'; rm -rf /", "'a'\\''; rm -rf /'"),
            ("$(id)", "'$(id)'"),
        ];
        for (text, expected) in table {
            assert_eq!(word(text), expected);
        }
    }
}
