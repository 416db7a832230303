//! An operation as it is watched: the fold of its durable events, and the signs of life between them.

use jiff::Timestamp;

use crate::console::text;
use crate::domain::operation::{Operation, OperationEvent, Poll};
use crate::domain::problem::{Problem, Trouble};
use crate::domain::pulse::Beat;

/// How many lines of an operation's log are kept.
const LOG: usize = 200;

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
    /// What happened, oldest first.
    pub log: Vec<(Timestamp, String)>,
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
            log: Vec::new(),
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
        match event {
            OperationEvent::Polled(poll) => {
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
        self.note(at, event.in_words());
    }

    /// A poll that the network swallowed lengthens the silence; any answer ends it.
    fn silence_after(&self, poll: &Poll, at: Timestamp) -> Option<Silence> {
        let lost = poll.http_status.is_none()
            && poll.problem.as_ref().is_some_and(|problem| problem.kind == Trouble::Unreachable);
        let (since, tries) = self.silence.as_ref().map_or((at, 0), |it| (it.since, it.tries));
        lost.then_some(Silence { since, tries: tries + 1 })
    }

    /// Takes a sign of life.
    pub fn feel(&mut self, at: Timestamp, beat: Beat) {
        self.driven_by = None;
        match beat {
            Beat::NextPoll { at } => self.next_poll_at = Some(at),
            Beat::InstanceRead { state, target_state } => {
                let state = state.unwrap_or_else(|| "not reported".to_owned());
                let target = target_state.filter(|word| !word.is_empty() && *word != state);
                let words = target.map_or(state.clone(), |target| format!("{state}, going to {target}"));
                self.instance = Some(InstanceSign { at, state: Ok(words) });
            }
            Beat::InstanceFree { verdict_at } => {
                self.free = Some((at, verdict_at));
                self.note(
                    at,
                    "the instance is busy no longer: the end, whose verdict is still to come".to_owned(),
                );
            }
            Beat::InstanceUnreadable { problem } => {
                self.instance = Some(InstanceSign { at, state: Err(problem.summary) });
            }
            Beat::Looking { what } => {
                self.note(at, what.clone());
                self.looking = Some(what);
            }
            Beat::JournalFailed { problem } => {
                self.note(at, problem.summary.clone());
                self.journal_problem = Some(problem);
            }
        }
    }

    /// Takes a note that a person wrote beside the events.
    pub fn hear(&mut self, at: Timestamp, event: &OperationEvent) {
        self.note(at, event.in_words());
    }

    fn note(&mut self, at: Timestamp, text: String) {
        if self.log.len() == LOG {
            self.log.remove(0);
        }
        self.log.push((at, text));
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
