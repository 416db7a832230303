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
use crate::domain::operation::{Operation, OperationEvent, OperationId, Phase};
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
    /// The last sign of life of each, so that the same one is not told again and again.
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
    let mut watcher =
        Watcher { paper, until, leaving: Leaving::No, seen: BTreeMap::new(), signs: BTreeMap::new() };
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
    fn take(&mut self, house: &House, report: Report) {
        match report {
            Report::Operation(operation, event, at) => {
                if let Some(event) = &event {
                    let line = told(&operation, event, at);
                    self.paper.event(&shapes::event(&operation, event, at), &line);
                }
                self.seen.insert(operation.id(), *operation);
            }
            Report::Pulse(pulse) => {
                let sign = sign(&pulse);
                if !sign.is_empty() && self.signs.get(&pulse.operation) != Some(&sign) {
                    self.paper.say(&format!("{}           {sign}", house.now().strftime("%H:%M:%SZ")));
                    self.signs.insert(pulse.operation, sign);
                }
            }
        }
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

/// An event for a person.
fn told(operation: &Operation, event: &OperationEvent, at: Timestamp) -> String {
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
            let word = poll.status.as_deref().unwrap_or("no word");
            let unread =
                poll.problem.as_ref().map_or(String::new(), |it| format!(", unreadable: {}", it.summary));
            format!("poll {}: {word}{unread}; next in {} s", operation.polls, poll.next_in)
        }
        OperationEvent::Untracked { problem } => {
            format!("its address no longer answers for it ({}); watching the instance", problem.summary)
        }
        OperationEvent::Succeeded { evidence } => format!("succeeded: {evidence}"),
        OperationEvent::Failed { .. } => "failed in Azure".to_owned(),
        OperationEvent::ManifestWritten { name } => format!("manifest written: {name}"),
        OperationEvent::Noted { text } => text.clone(),
    };
    format!("{} {:>8}  {what}", at.strftime("%H:%M:%SZ"), duration::short(operation.elapsed(at)))
}

/// A sign of life for a person; nothing for those that only say when the next one comes.
fn sign(pulse: &Pulse) -> String {
    match &pulse.beat {
        Beat::NextPoll { .. } => String::new(),
        Beat::InstanceRead { state, target_state } => {
            let word = |state: &Option<String>| {
                state.clone().filter(|it| !it.is_empty()).unwrap_or_else(|| "-".to_owned())
            };
            format!("the instance says {} -> {}", word(state), word(target_state))
        }
        Beat::InstanceUnreadable { problem } => format!("the instance cannot be read: {}", problem.summary),
        Beat::Looking { what } => what.clone(),
        Beat::JournalFailed { problem } => format!("NOT RECORDED: {problem}"),
    }
}
