//! What happened, of all operations together, by time: events, polls, problems, and what Azure's own log tells. Bounded;
//! the oldest goes first.

use std::collections::VecDeque;

use jiff::Timestamp;

use crate::domain::deed::{Deed, End};
use crate::domain::operation::{Operation, OperationEvent, OperationId, Phase};
use crate::domain::problem::Problem;
use crate::domain::resource::ResourceId;

/// How many lines are kept.
pub const KEPT: usize = 2_000;

/// The log.
#[derive(Debug, Default)]
pub struct Log {
    entries: VecDeque<Entry>,
    numbers: u64,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its own number, which it keeps while others come and go.
    pub number: u64,
    /// When it happened, or was told.
    pub at: Timestamp,
    /// Who says it.
    pub source: Source,
    /// How much it matters.
    pub level: Level,
    /// What it is about: the name of an instance.
    pub whose: String,
    /// What happened.
    pub text: String,
    /// The operation that it belongs to.
    pub operation: Option<OperationId>,
    /// The id by which Azure's support finds it.
    pub correlation: Option<String>,
}

/// Who says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A person at this console.
    You,
    /// This program.
    Tool,
    /// An answer of the operation's address.
    Poll,
    /// Azure, by an answer or in its activity log.
    Azure,
}

impl Source {
    /// In one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::You => "you",
            Self::Tool => "tool",
            Self::Poll => "poll",
            Self::Azure => "azure",
        }
    }
}

/// How much a line matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It went as it should.
    #[default]
    Info,
    /// It did not, and may still.
    Warn,
    /// It did not.
    Error,
}

impl Level {
    /// In one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }

    /// What is shown at this level.
    pub fn words(self) -> &'static str {
        match self {
            Self::Info => "everything",
            Self::Warn => "warnings and errors",
            Self::Error => "errors only",
        }
    }

    /// The next, and from the last the first.
    pub fn next(self) -> Self {
        match self {
            Self::Info => Self::Warn,
            Self::Warn => Self::Error,
            Self::Error => Self::Info,
        }
    }
}

impl Entry {
    /// A line about nothing in particular.
    pub fn new(at: Timestamp, source: Source, level: Level, text: impl Into<String>) -> Self {
        let (whose, text) = (String::new(), text.into());
        Self { number: 0, at, source, level, whose, text, operation: None, correlation: None }
    }

    /// The same about an operation.
    #[must_use]
    pub fn of(mut self, operation: &Operation) -> Self {
        self.whose = operation.intent.work.instance().name().to_owned();
        self.operation = Some(operation.id());
        self.correlation = self.correlation.or_else(|| operation.correlation_id.clone());
        self
    }

    /// What happened to an operation.
    pub fn event(operation: &Operation, event: &OperationEvent, at: Timestamp) -> Self {
        use OperationEvent as E;
        let (source, level) = match event {
            E::Planned(_) | E::Attached(_) | E::Submitting => (Source::You, Level::Info),
            E::Accepted(_) | E::Succeeded { .. } => (Source::Azure, Level::Info),
            E::Refused { .. } | E::Failed { .. } => (Source::Azure, Level::Error),
            E::NotSent { .. } | E::Unconfirmed { .. } => (Source::Tool, Level::Error),
            E::Polled(poll) if poll.problem.is_some() => (Source::Poll, Level::Warn),
            E::Polled(_) => (Source::Poll, Level::Info),
            E::Untracked { .. } => (Source::Poll, Level::Warn),
            E::Noted { person: Some(_), .. } => (Source::You, Level::Info),
            E::Noted { .. } if event.unwritten().is_some() => (Source::Tool, Level::Warn),
            E::ManifestWritten { .. } | E::Noted { .. } => (Source::Tool, Level::Info),
        };
        let mut entry = Self::new(at, source, level, event.in_words());
        entry.correlation = match event {
            E::Polled(poll) => poll.correlation_id.clone(),
            E::NotSent { problem } | E::Refused { problem } | E::Unconfirmed { problem } => {
                problem.correlation_id.clone()
            }
            E::Untracked { problem } | E::Failed { problem } => problem.correlation_id.clone(),
            _ => None,
        };
        entry.of(operation)
    }

    /// What the journal tells of an operation that was found in it.
    pub fn found(operation: &Operation) -> Vec<Self> {
        let level = match operation.phase {
            Phase::Succeeded => Level::Info,
            _ => Level::Error,
        };
        let ended = operation.problem.as_ref().map(|it| it.server_message.as_ref().unwrap_or(&it.summary));
        let ended = ended.map_or(operation.phase.to_string(), |why| format!("{}: {why}", operation.phase));
        let polled = operation.last_status.as_deref().map_or(String::new(), |word| format!(" {word}"));
        let polled = format!("polled {} times by then{polled}", operation.polls);
        let lines = [
            (operation.submitted_at, Source::You, Level::Info, "the request was about to leave".to_owned()),
            (operation.accepted_at, Source::Azure, Level::Info, "Azure took it".to_owned()),
            (operation.last_polled_at, Source::Poll, Level::Info, polled),
            (operation.ended_at, Source::Azure, level, ended),
        ];
        let lines = lines.into_iter().filter_map(|(at, source, level, text)| {
            Some(Self::new(at?, source, level, format!("{text} (journal)")).of(operation))
        });
        lines.collect()
    }

    /// Something that went wrong.
    pub fn problem(problem: &Problem, at: Timestamp) -> Self {
        let mut entry = Self::new(at, Source::Tool, Level::Error, problem.summary.clone());
        entry.correlation.clone_from(&problem.correlation_id);
        entry
    }

    /// What Azure's activity log tells of a deed on an instance: its beginning, and its end when that is told.
    pub fn deed(deed: &Deed, instance: &ResourceId) -> Vec<Self> {
        let action = deed.action.to_ascii_lowercase();
        let action = action.rsplit_once("/service/").map_or(deed.action.clone(), |(_, end)| end.to_owned());
        let by = deed.caller.as_deref().map_or(String::new(), |caller| format!(" by {caller}"));
        let line = |at, level, word: &str| {
            let mut entry = Self::new(at, Source::Azure, level, format!("activity log: {action} {word}{by}"));
            entry.whose = instance.name().to_owned();
            entry.correlation.clone_from(&deed.correlation_id);
            entry
        };
        let mut lines = vec![line(deed.began_at, Level::Info, "began")];
        match (deed.end, deed.ended_at) {
            (End::Well, Some(at)) => lines.push(line(at, Level::Info, "succeeded")),
            (End::Badly, Some(at)) => lines.push(line(at, Level::Error, "failed")),
            _ => {}
        }
        lines
    }
}

impl Log {
    /// Adds a line where its time puts it. The same line is not added twice.
    pub fn add(&mut self, mut entry: Entry) {
        let full = self.entries.len() == KEPT;
        if full && self.entries.front().is_some_and(|oldest| entry.at <= oldest.at) {
            return;
        }
        let at = self.entries.partition_point(|it| it.at <= entry.at);
        let same =
            |it: &&Entry| it.source == entry.source && it.text == entry.text && it.whose == entry.whose;
        let others = self.entries.range(..at).rev().take_while(|it| it.at == entry.at);
        if others.into_iter().any(|it| same(&it)) {
            return;
        }
        self.numbers += 1;
        entry.number = self.numbers;
        self.entries.insert(at, entry);
        if full {
            self.entries.pop_front();
        }
    }

    /// The lines that matter so much, newest first.
    pub fn newest(&self, level: Level) -> impl Iterator<Item = &Entry> {
        self.entries.iter().rev().filter(move |it| it.level >= level)
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn entry(second: i64, level: Level, text: &str) -> Entry {
        let noon: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        Entry::new(noon + SignedDuration::from_secs(second), Source::Tool, level, text)
    }

    fn texts(log: &Log, level: Level) -> Vec<&str> {
        log.newest(level).map(|it| it.text.as_str()).collect()
    }

    #[test]
    fn lines_stand_by_time_and_twice_told_is_told_once() {
        let mut log = Log::default();
        for (second, text) in [(5, "b"), (1, "a"), (5, "c"), (9, "d"), (5, "b"), (1, "a")] {
            log.add(entry(second, Level::Info, text));
        }
        assert_eq!(texts(&log, Level::Info), ["d", "c", "b", "a"]);
        log.add(entry(6, Level::Info, "b"));
        assert_eq!(log.len(), 5, "at another time it is another line");
    }

    #[test]
    fn a_level_hides_what_matters_less() {
        let mut log = Log::default();
        for (second, level) in [(1, Level::Info), (2, Level::Warn), (3, Level::Error)] {
            log.add(entry(second, level, level.word()));
        }
        assert_eq!(texts(&log, Level::Warn), ["error", "warn"]);
        assert_eq!(texts(&log, Level::Error), ["error"]);
        assert_eq!(Level::Info.next().next().next(), Level::Info);
    }

    #[test]
    fn it_is_bounded_and_what_is_too_old_does_not_come_back() {
        let mut log = Log::default();
        for second in 0..5_000 {
            log.add(entry(second, Level::Info, &second.to_string()));
        }
        assert_eq!(log.len(), KEPT);
        log.add(entry(1, Level::Info, "1"));
        assert_eq!(log.len(), KEPT);
        assert_eq!(log.newest(Level::Info).last().unwrap().text, "3000");
        let numbers: Vec<u64> = log.newest(Level::Info).map(|it| it.number).collect();
        assert!(numbers.is_sorted_by(|one, next| one > next));
    }
}
