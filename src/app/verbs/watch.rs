//! Watching operations of this process: what happens goes out line by line, and being asked to leave never looks like
//! an end.

use std::collections::BTreeMap;
use std::future::Future;

use jiff::Timestamp;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::shapes::{self, Verdict};
use crate::app::compose::House;
use crate::app::ending;
use crate::app::exit::Exit;
use crate::app::output::Paper;
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
    /// Until Azure has taken it.
    Accepted,
}

/// What was seen of the operations, and what to do about it.
struct Watcher {
    paper: Paper,
    until: Until,
    leaving: Leaving,
    seen: BTreeMap<OperationId, Operation>,
    /// The last sign of life that was told of each operation: only what changes is told.
    signs: BTreeMap<OperationId, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leaving {
    /// Nobody asked.
    No,
    /// As soon as the answer to the request that is under way is written down.
    AfterTheAnswer,
}

/// Runs `work`, prints what it reports, and ends as the operations stand: with their verdicts, or without, when
/// somebody asks to leave or only the acceptance was waited for. Cutting `work` off is safe at any time but while a
/// request waits for its answer, and then it is waited for.
pub(super) async fn watch<W, F>(house: &House, paper: Paper, until: Until, work: W) -> Exit
where
    W: FnOnce(Reports) -> F,
    F: Future<Output = Vec<Outcome>>,
{
    let (reports, mut inbox) = unbounded_channel();
    let mut watcher = Watcher::new(paper, until);
    let mut untaken = Vec::new();
    let work = work(reports);
    tokio::pin!(work);
    let mut asked = std::pin::pin!(ending::asked());
    loop {
        tokio::select! {
            biased;
            Some(report) = inbox.recv() => watcher.take(house, report),
            outcomes = &mut work => {
                untaken.extend(outcomes.into_iter().filter_map(not_taken));
                break;
            }
            () = &mut asked => {
                if !watcher.ask_to_leave() {
                    break;
                }
                asked.set(ending::asked());
            }
        }
        if watcher.may_leave() {
            break;
        }
    }
    watcher.rest(house, &mut inbox);
    for problem in &untaken {
        paper.problem(problem);
    }
    let exit = watcher.conclude();
    if untaken.is_empty() { exit } else { exit.max(Exit::Error) }
}

/// Why an operation was not even taken over: somebody else drives it, or its file cannot be read.
fn not_taken(outcome: Outcome) -> Option<Problem> {
    match outcome {
        Outcome::NotTaken(problem) => Some(problem),
        Outcome::Stands(_) => None,
    }
}

impl Watcher {
    fn new(paper: Paper, until: Until) -> Self {
        Self { paper, until, leaving: Leaving::No, seen: BTreeMap::new(), signs: BTreeMap::new() }
    }

    fn take(&mut self, house: &House, report: Report) {
        match report {
            Report::Operation(operation, event, at) => {
                if let Some(event) = &event {
                    let line = told(&operation, self.whose(&operation), event, at);
                    self.paper.event(&shapes::event(&operation, event, at), &line);
                }
                self.seen.insert(operation.id(), *operation);
            }
            Report::Pulse(pulse) => {
                if let Some(what) = self.news(&pulse) {
                    let whose = self.seen.get(&pulse.operation).map_or("", |it| self.whose(it));
                    let time = house.now().strftime("%H:%M:%SZ");
                    self.paper.say(&line(&time.to_string(), "", whose, &what));
                }
            }
        }
    }

    /// The instance, when more than one operation is watched: then a line has to say whose it is.
    fn whose<'a>(&self, operation: &'a Operation) -> &'a str {
        let others = self.seen.keys().any(|id| *id != operation.id());
        if others { operation.intent.plan.instance().name() } else { "" }
    }

    /// What a sign of life tells that the one before did not.
    fn news(&mut self, pulse: &Pulse) -> Option<String> {
        let what = sign(&pulse.beat)?;
        let before = self.signs.insert(pulse.operation, what.clone());
        (before.as_ref() != Some(&what)).then_some(what)
    }

    fn rest(&mut self, house: &House, inbox: &mut UnboundedReceiver<Report>) {
        while let Ok(report) = inbox.try_recv() {
            self.take(house, report);
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
        let settled = !self.seen.is_empty() && self.seen.values().all(|it| it.accepted_at.is_some());
        match (self.leaving, self.until) {
            (Leaving::AfterTheAnswer, _) => !self.is_sending(),
            (Leaving::No, Until::Accepted) => settled,
            (Leaving::No, Until::Verdict) => false,
        }
    }

    /// The last lines, and the exit code: the worst of all operations.
    fn conclude(self) -> Exit {
        let mut worst = Exit::Done;
        for operation in self.seen.values() {
            let running = !operation.phase.is_final();
            let waited = self.until == Until::Accepted && self.leaving == Leaving::No;
            let taken = matches!(operation.phase, Phase::Accepted | Phase::Untracked);
            let exit = if waited && taken { Exit::Done } else { Exit::of_operation(operation) };
            if running {
                let id = operation.id();
                self.paper.say(&format!(
                    "This {} goes on in Azure; nobody watches it now. To watch it again: lifeboat operations resume {id}",
                    operation.intent.plan.kind()
                ));
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

/// An event for a person.
fn told(operation: &Operation, whose: &str, event: &OperationEvent, at: Timestamp) -> String {
    let plan = &operation.intent.plan;
    let what = match event {
        OperationEvent::Planned(_) => {
            format!("{} of {} planned; operation {}", plan.kind(), plan.instance().name(), operation.id())
        }
        OperationEvent::Submitting => format!("sending one POST to {}", plan.instance().name()),
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
        OperationEvent::Noted { text } => text.clone(),
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
mod tests {
    use super::*;
    use crate::cli::Output;

    fn pulse(state: &str, target: Option<&str>) -> Pulse {
        let (state, target_state) = (Some(state.to_owned()), target.map(str::to_owned));
        let at = "2026-11-23T12:04:31Z".parse().unwrap();
        let operation = OperationId::new(uuid::Uuid::from_u128(7));
        Pulse { operation, at, beat: Beat::InstanceRead { state, target_state } }
    }

    #[test]
    fn a_sign_of_life_is_told_when_it_says_something_new() {
        let mut watcher = Watcher::new(Paper::new(Output::Table), Until::Verdict);
        let going = pulse("Succeeded", Some("Updating"));
        assert_eq!(watcher.news(&going).unwrap(), "the instance says Succeeded, going to Updating");
        assert_eq!(watcher.news(&going), None);
        assert_eq!(watcher.news(&pulse("Succeeded", Some(""))).unwrap(), "the instance says Succeeded");
        assert!(watcher.news(&going).is_some());
    }

    #[test]
    fn a_poll_is_told_with_azures_word_or_what_stood_in_its_way() {
        let poll = |status: Option<&str>, http_status| Poll {
            status: status.map(str::to_owned),
            http_status,
            ..Poll::default()
        };
        assert_eq!(answer(&poll(Some("InProgress"), Some(202))), "InProgress");
        assert_eq!(answer(&poll(None, Some(202))), "202, still running");
        let problem = Some(Problem::new("The network is down"));
        let unread = Poll { problem, ..poll(Some("status unreadable"), None) };
        assert_eq!(answer(&unread), "unreadable: The network is down");
    }
}
