//! Watching operations of this process: what happens goes out line by line, and being asked to leave never looks like
//! an end.

use std::collections::BTreeMap;
use std::future::Future;

use jiff::Timestamp;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::lines;
use super::shapes::{self, Verdict};
use crate::app::compose::House;
use crate::app::ending;
use crate::app::exit::Exit;
use crate::app::output::Paper;
use crate::azure::Clock;
use crate::domain::duration;
use crate::domain::operation::{Operation, OperationEvent, OperationId, Phase, Poll};
use crate::domain::problem::Problem;
use crate::domain::pulse::{Beat, Pulse};
use crate::engine::{Outcome, Report, Reports};

/// How long to stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// To the verdict.
    Verdict,
    /// Until Azure's answer to the request is known, or known to be lost.
    Answer,
}

/// What was seen of the operations, and what to do about it.
struct Watcher {
    clock: Clock,
    paper: Paper,
    until: Until,
    leaving: Leaving,
    seen: BTreeMap<OperationId, Operation>,
    /// The last sign of life that was told of each operation: only what changes is told.
    signs: BTreeMap<OperationId, String>,
    /// The operations of the journal: by them it is told how long one usually takes.
    history: Vec<Operation>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leaving {
    /// Nobody asked.
    No,
    /// As soon as the answer to the request that is under way is written down.
    AfterTheAnswer,
}

/// Runs `work`, prints what it reports, and ends as the operations stand: with their verdicts, or without, when
/// somebody asks to leave or only the answer was waited for. Cutting `work` off is safe at any time but while a
/// request waits for its answer, and then it is waited for.
pub(super) async fn watch<W, F>(house: &House, paper: Paper, until: Until, work: W) -> Exit
where
    W: FnOnce(Reports) -> F,
    F: Future<Output = Vec<Outcome>>,
{
    let (reports, inbox) = unbounded_channel();
    let history = house.journal.list().0.into_iter().map(|it| it.operation).collect();
    Watcher { history, ..Watcher::new(house.clock(), paper, until) }
        .attend(work(reports), inbox, ending::asked)
        .await
}

impl Watcher {
    fn new(clock: Clock, paper: Paper, until: Until) -> Self {
        let (seen, signs) = (BTreeMap::new(), BTreeMap::new());
        Self { clock, paper, until, leaving: Leaving::No, seen, signs, history: Vec::new() }
    }

    /// Attends `work` as [`watch`] says. `asked` waits for somebody who asks to leave.
    async fn attend<L: Future>(
        mut self,
        work: impl Future<Output = Vec<Outcome>>,
        mut inbox: UnboundedReceiver<Report>,
        asked: impl Fn() -> L,
    ) -> Exit {
        let mut outcomes = Vec::new();
        tokio::pin!(work);
        let mut leave = std::pin::pin!(asked());
        loop {
            tokio::select! {
                biased;
                Some(report) = inbox.recv() => self.take(report),
                all = &mut work => {
                    outcomes = all;
                    break;
                }
                _ = &mut leave => {
                    // The work may have begun to send since its last report was taken.
                    self.rest(&mut inbox);
                    if !self.ask_to_leave() {
                        break;
                    }
                    leave.set(asked());
                }
            }
            if self.may_leave() {
                break;
            }
        }
        self.rest(&mut inbox);
        self.conclude(outcomes)
    }

    fn take(&mut self, report: Report) {
        match report {
            Report::Operation(operation, event, at) => {
                match &event {
                    Some(event) => {
                        let line = told(&operation, self.whose(&operation), event, at);
                        let line = match event {
                            OperationEvent::Accepted(_) | OperationEvent::Attached(_) => {
                                format!("{line}; {}", lines::usual(&operation, &self.history))
                            }
                            _ => line,
                        };
                        self.paper.event(&shapes::event(&operation, event, at), &line);
                    }
                    None if !operation.phase.is_final() => {
                        self.paper.say(&lines::standing(&operation, &self.history, (self.clock)()));
                    }
                    None => {}
                }
                self.seen.insert(operation.id(), *operation);
            }
            Report::Pulse(pulse) => {
                if let Some(what) = self.news(&pulse) {
                    let whose = self.seen.get(&pulse.operation).map_or("", |it| self.whose(it));
                    let time = (self.clock)().strftime("%H:%M:%SZ");
                    self.paper.say(&line(&time.to_string(), "", whose, &what));
                }
            }
        }
    }

    /// The instance, when more than one operation is watched: then a line has to say whose it is.
    fn whose<'a>(&self, operation: &'a Operation) -> &'a str {
        let others = self.seen.keys().any(|id| *id != operation.id());
        if others { operation.intent.work.instance().name() } else { "" }
    }

    /// What a sign of life tells that the one before did not.
    fn news(&mut self, pulse: &Pulse) -> Option<String> {
        let what = sign(&pulse.beat)?;
        let before = self.signs.insert(pulse.operation, what.clone());
        (before.as_ref() != Some(&what)).then_some(what)
    }

    fn rest(&mut self, inbox: &mut UnboundedReceiver<Report>) {
        while let Ok(report) = inbox.try_recv() {
            self.take(report);
        }
    }

    /// Whether the request of some operation is under way and not answered.
    fn is_sending(&self) -> bool {
        self.seen.values().any(|it| it.phase == Phase::Submitting)
    }

    /// Notes that somebody asked to leave; whether to stay for an answer first. Asked twice, it goes at once.
    fn ask_to_leave(&mut self) -> bool {
        let stay = self.is_sending() && self.leaving == Leaving::No;
        if stay {
            self.paper
                .say("Waiting for Azure's answer to the request that is under way; ask again to leave now.");
            self.leaving = Leaving::AfterTheAnswer;
        }
        stay
    }

    fn may_leave(&self) -> bool {
        // What has its verdict ends by itself.
        let is_open =
            |it: &Operation| matches!(it.phase, Phase::Accepted | Phase::Untracked | Phase::Unconfirmed);
        match (self.leaving, self.until) {
            (Leaving::AfterTheAnswer, _) => !self.is_sending(),
            (Leaving::No, Until::Answer) => !self.seen.is_empty() && self.seen.values().all(is_open),
            (Leaving::No, Until::Verdict) => false,
        }
    }

    /// The last lines, and the exit code: the worst of all operations.
    fn conclude(mut self, outcomes: Vec<Outcome>) -> Exit {
        let mut worst = Exit::Done;
        for outcome in outcomes {
            match outcome {
                // It may have ended before it was taken up, so that nothing was reported.
                Outcome::Stands(operation) => drop(self.seen.insert(operation.id(), *operation)),
                Outcome::NotTaken(problem) => {
                    self.paper.problem(&problem);
                    worst = Exit::Error;
                }
            }
        }
        let now = (self.clock)();
        for operation in self.seen.values_mut().filter(|it| it.phase == Phase::Planned) {
            // The work was cut off before it wrote down that the request was about to leave.
            let left = Problem::new("Nothing was sent: somebody asked to leave before the request did");
            drop(operation.apply(now, &OperationEvent::NotSent { problem: left }));
        }
        for operation in self.seen.values() {
            let running = !operation.phase.is_final();
            let waited = self.until == Until::Answer && self.leaving == Leaving::No;
            let taken = matches!(operation.phase, Phase::Accepted | Phase::Untracked);
            let exit = if waited && taken { Exit::Done } else { Exit::of_operation(operation) };
            if running {
                self.paper.say(&left_open(operation));
            } else if let Some(problem) = &operation.problem {
                self.paper.problem(problem);
            }
            let verdict = Verdict::of(operation);
            let line = format!("{} {}\n", verdict.phase, operation.id());
            // A reader that went away changes nothing about the operation.
            drop(self.paper.answer(&verdict, line));
            worst = worst.max(exit);
        }
        worst
    }
}

/// A line of the log: when, after how long, whose, what.
fn line(at: &str, after: &str, whose: &str, what: &str) -> String {
    let colon = if whose.is_empty() { "" } else { ": " };
    format!("{at} {after:>8}  {whose}{colon}{what}")
}

/// What a person has to know of an operation that nobody watches any longer.
fn left_open(operation: &Operation) -> String {
    let (kind, id) = (operation.intent.work.kind(), operation.id());
    let stands = match operation.phase {
        Phase::Accepted | Phase::Untracked => format!("This {kind} goes on in Azure; nobody watches it now."),
        _ => format!(
            "It is not known whether Azure took this {kind}; it may go on in Azure. Do not start another."
        ),
    };
    format!("{stands} To watch it again: lifeboat operations resume {id}")
}

/// An event for a person.
fn told(operation: &Operation, whose: &str, event: &OperationEvent, at: Timestamp) -> String {
    let work = &operation.intent.work;
    let what = match event {
        OperationEvent::Planned(_) => {
            format!("{work} planned; operation {}", operation.id())
        }
        OperationEvent::Attached(_) => {
            format!("{work}, begun by somebody else, is watched; operation {}", operation.id())
        }
        OperationEvent::Submitting => format!("sending one POST to {}", work.instance().name()),
        OperationEvent::Accepted(_) => "Azure has taken it".to_owned(),
        OperationEvent::NotSent { .. } => "nothing was sent".to_owned(),
        OperationEvent::Refused { .. } => "Azure refused it".to_owned(),
        OperationEvent::Unconfirmed { problem } => {
            format!("UNKNOWN whether Azure has taken it ({}); looking for evidence", problem.summary)
        }
        OperationEvent::Polled(poll) => {
            format!("poll {}: {}; next in {} s", operation.polls, answer(poll), poll.next_in)
        }
        OperationEvent::Untracked { problem } => {
            format!("its address no longer answers for it ({}); watching the instance", problem.summary)
        }
        OperationEvent::Succeeded { evidence } => format!("succeeded: {evidence}"),
        OperationEvent::Failed { .. } => "failed in Azure".to_owned(),
        OperationEvent::ManifestWritten { name } => format!("manifest written: {name}"),
        OperationEvent::Noted { .. } => event.in_words(),
    };
    line(&at.strftime("%H:%M:%SZ").to_string(), &duration::short(operation.elapsed(at)), whose, &what)
}

/// A sign of life for a person; nothing for those that only say when the next one comes.
fn sign(beat: &Beat) -> Option<String> {
    let known = |state: &Option<String>| state.clone().filter(|it| !it.is_empty());
    Some(match beat {
        Beat::NextPoll { .. } => return None,
        Beat::InstanceRead { state, target_state } => {
            let state = known(state).unwrap_or_else(|| "nothing of its state".to_owned());
            let going = known(target_state).map_or(String::new(), |target| format!(", going to {target}"));
            format!("the instance says {state}{going}")
        }
        Beat::InstanceFree { verdict_at } => {
            let due = verdict_at.map_or("is up to the activity log".to_owned(), |at| {
                format!("is due {}", at.strftime("%H:%M:%SZ"))
            });
            format!("it has ended: the instance is busy no longer. Azure's verdict {due}")
        }
        Beat::InstanceUnreadable { problem } => format!("the instance cannot be read: {}", problem.summary),
        Beat::Looking { what } => what.clone(),
        Beat::JournalFailed { problem } => format!("NOT RECORDED: {problem}"),
    })
}

/// What a poll brought: Azure's word, or why there is none.
fn answer(poll: &Poll) -> String {
    match (&poll.problem, &poll.status, poll.http_status) {
        (Some(problem), ..) => format!("unreadable: {}", problem.summary),
        (None, Some(word), _) => word.clone(),
        (None, None, Some(202)) => "202, still running".to_owned(),
        (None, None, Some(status)) => status.to_string(),
        (None, None, None) => "no answer".to_owned(),
    }
}

#[cfg(test)]
mod tests;
