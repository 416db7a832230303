//! An operation as it is watched: the fold of its durable events, and the signs of life between them.

use jiff::Timestamp;

use super::log::{Entry, Level, Source};
use crate::console::text;
use crate::domain::operation::{Operation, OperationEvent, Poll};
use crate::domain::problem::{Problem, Trouble};
use crate::domain::pulse::Beat;

/// One watched operation.
#[derive(Debug)]
pub struct Watched {
    /// The operation.
    pub operation: Operation,
    /// When it is asked again.
    pub next_poll_at: Option<Timestamp>,
    /// The instance as it was read between polls.
    pub instance: Option<InstanceSign>,
    /// When the instance was seen to be busy no longer, and when the verdict is due.
    pub free: Option<(Timestamp, Option<Timestamp>)>,
    /// What is being looked at to find out what happened.
    pub looking: Option<String>,
    /// Why the journal cannot be written any more.
    pub journal_problem: Option<Problem>,
    /// The process that drives it, when that is not this one.
    pub driven_by: Option<String>,
    /// Since when its address cannot be reached, and how often it was tried.
    pub silence: Option<Silence>,
    /// How its success is known.
    pub evidence: Option<String>,
    /// The last sign of life: an event, or a reading.
    pub heard_at: Option<Timestamp>,
    /// Polls that told nothing, since this console watches, and the last of them.
    pub unreadable: (usize, Option<(Timestamp, String)>),
}

/// A network that gives no answer to the polls of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    /// Since when.
    pub since: Timestamp,
    /// How often it was tried.
    pub tries: u32,
}

/// What the last look at the instance gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceSign {
    /// When.
    pub at: Timestamp,
    /// The two state words, or why they could not be read.
    pub state: Result<String, String>,
}

impl Watched {
    /// An operation that was just heard of.
    pub fn new(operation: Operation) -> Self {
        Self {
            operation,
            next_poll_at: None,
            instance: None,
            free: None,
            looking: None,
            journal_problem: None,
            driven_by: None,
            silence: None,
            evidence: None,
            heard_at: None,
            unreadable: (0, None),
        }
    }

    /// Takes the operation after an event.
    pub fn follow(&mut self, operation: Operation, event: Option<&OperationEvent>, at: Timestamp) {
        self.operation = operation;
        if self.operation.phase.is_final() {
            self.driven_by = None;
        }
        let Some(event) = event else { return };
        self.driven_by = None;
        self.heard_at = Some(at);
        match event {
            OperationEvent::Polled(poll) => {
                if poll.problem.is_some() {
                    let status = poll.http_status.map_or("no answer".to_owned(), |it| it.to_string());
                    self.unreadable = (self.unreadable.0 + 1, Some((at, status)));
                }
                let seconds = i64::try_from(poll.next_in).unwrap_or(i64::MAX / 2_000_000_000);
                self.next_poll_at = at.checked_add(jiff::SignedDuration::from_secs(seconds)).ok();
                self.silence = self.silence_after(poll, at);
            }
            OperationEvent::Succeeded { evidence } => self.evidence = Some(evidence.clone()),
            _ => {}
        }
        if self.operation.phase.is_final() {
            self.next_poll_at = None;
            self.silence = None;
            self.free = None;
            self.looking = None;
        }
    }

    /// A poll that the network swallowed lengthens the silence; any answer ends it.
    fn silence_after(&self, poll: &Poll, at: Timestamp) -> Option<Silence> {
        let lost = poll.http_status.is_none()
            && poll.problem.as_ref().is_some_and(|problem| problem.kind == Trouble::Unreachable);
        let (since, tries) = self.silence.as_ref().map_or((at, 0), |it| (it.since, it.tries));
        lost.then_some(Silence { since, tries: tries + 1 })
    }

    /// Takes a sign of life; gives a line for the log when it says something new.
    pub fn feel(&mut self, at: Timestamp, beat: Beat) -> Option<Entry> {
        self.driven_by = None;
        if !matches!(beat, Beat::NextPoll { .. } | Beat::JournalFailed { .. }) {
            self.heard_at = Some(at);
        }
        let told =
            |source, level, text: String| Some(Entry::new(at, source, level, text).of(&self.operation));
        match beat {
            Beat::NextPoll { at } => {
                self.next_poll_at = Some(at);
                None
            }
            Beat::InstanceRead { state, target_state } => {
                let state = state.unwrap_or_else(|| "not reported".to_owned());
                let target = target_state.filter(|word| !word.is_empty() && *word != state);
                let words = target.map_or(state.clone(), |target| format!("{state}, going to {target}"));
                let line = told(Source::Azure, Level::Info, format!("the instance says {words}"));
                self.sees(InstanceSign { at, state: Ok(words) }).then_some(line).flatten()
            }
            Beat::InstanceFree { verdict_at } => {
                self.free = Some((at, verdict_at));
                let words = "the instance is busy no longer: the end, whose verdict is still to come";
                told(Source::Azure, Level::Info, words.to_owned())
            }
            Beat::InstanceUnreadable { problem } => {
                let words = format!("the instance cannot be read: {}", problem.summary);
                let line = told(Source::Tool, Level::Warn, words);
                self.sees(InstanceSign { at, state: Err(problem.summary) }).then_some(line).flatten()
            }
            Beat::Looking { what } => {
                let line = told(Source::Tool, Level::Info, what.clone());
                (self.looking.replace(what.clone()) != Some(what)).then_some(line).flatten()
            }
            Beat::JournalFailed { problem } => {
                let words = format!("NOT RECORDED: {}", problem.summary);
                let line = told(Source::Tool, Level::Error, words);
                self.journal_problem = Some(problem);
                line
            }
        }
    }

    /// Takes a reading of the instance; true when it says something else than the one before.
    fn sees(&mut self, sign: InstanceSign) -> bool {
        let same = self.instance.as_ref().is_some_and(|before| before.state == sign.state);
        self.instance = Some(sign);
        !same
    }
}

impl InstanceSign {
    /// In one line, with its time.
    pub fn words(&self) -> String {
        let at = text::clock_to_second(self.at);
        match &self.state {
            Ok(state) => format!("{state}   read {at}"),
            Err(why) => format!("not readable: {why}   tried {at}"),
        }
    }
}
