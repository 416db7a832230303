//! Asking the operation's address until it tells the end. What it says is shown first and slept on afterwards.
//!
//! An answer that cannot be read says nothing about the operation: not after one, not after a hundred. When the address
//! is forbidden, or has stayed silent for minutes while the instance itself can be read, other evidence takes over.

use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};

use crate::azure::polling::{self, Answer, Bounds, Progress, UnreadableKind};
use crate::domain::instance::{Activity, Instance};
use crate::domain::operation::{Operation, OperationEvent, Poll};
use crate::domain::problem::Problem;
use crate::domain::pulse::Beat;

use super::Engine;
use super::ledger::Ledger;
use super::pace::{self, Reason};

/// For how many of its usual intervals an address may say nothing readable before others are asked. Records of ARM show
/// 404 and 401 for minutes after an operation was accepted (ARO-HCP#6567).
const GRACE: u32 = 5;

/// What was seen of the instance between polls.
#[derive(Default)]
pub(super) struct Sight {
    /// What it was doing, if it could be read the last time.
    activity: Option<Activity>,
}

impl Sight {
    /// Whether the last look told something.
    pub(super) fn is_clear(&self) -> bool {
        self.activity.is_some()
    }

    /// Takes a new look in; true when the instance has just stopped being busy.
    fn flips(&mut self, now: Activity) -> bool {
        let flipped = matches!(self.activity, Some(Activity::Busy(_))) && !matches!(now, Activity::Busy(_));
        self.activity = Some(now);
        flipped
    }
}

/// A run of answers that could not be read.
#[derive(Default)]
struct Silence {
    since: Option<Instant>,
    answers: u32,
}

impl Silence {
    /// Takes one more in, and says how long to wait: soon at first, later as usual.
    fn lengthen(&mut self, kind: UnreadableKind, bounds: &Bounds) -> Duration {
        self.since.get_or_insert_with(Instant::now);
        self.answers += 1;
        patience(kind, bounds).unwrap_or_else(|| backoff(self.answers, bounds))
    }

    /// Whether it is time to look elsewhere. A network that is down for everything is no reason.
    fn is_final(&self, kind: UnreadableKind, bounds: &Bounds, sight: &Sight) -> bool {
        let long = self.since.is_some_and(|since| since.elapsed() >= bounds.absent.saturating_mul(GRACE));
        match kind {
            UnreadableKind::Forbidden => true,
            UnreadableKind::Gone | UnreadableKind::Odd | UnreadableKind::Network => long && sight.is_clear(),
            UnreadableKind::SignedOut | UnreadableKind::Throttled { .. } => false,
        }
    }
}

/// How long an answer that says nothing asks to be left alone: only a throttling does.
pub(super) fn patience(kind: UnreadableKind, bounds: &Bounds) -> Option<Duration> {
    match kind {
        UnreadableKind::Throttled { after } => Some(polling::wait(after, bounds)),
        UnreadableKind::SignedOut
        | UnreadableKind::Forbidden
        | UnreadableKind::Gone
        | UnreadableKind::Network
        | UnreadableKind::Odd => None,
    }
}

/// The shortest wait, doubled with each attempt up to the usual one.
pub(super) fn backoff(attempt: u32, bounds: &Bounds) -> Duration {
    let doubled = bounds.min.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1)));
    doubled.min(bounds.absent).max(bounds.min)
}

impl Engine {
    /// Watches an accepted operation until it has its verdict or its address no longer speaks for it.
    pub(super) async fn watch(&self, ledger: &mut Ledger, first_wait: Duration) {
        let mut wait = first_wait;
        let mut silence = Silence::default();
        let mut sight = Sight::default();
        loop {
            let reason = if silence.answers == 0 { Reason::Soon } else { Reason::Alone };
            self.rest(ledger, wait, &mut sight, reason).await;
            match self.ask(ledger.operation()).await {
                Answer::Running(progress) => {
                    silence = Silence::default();
                    wait = polling::wait(progress.retry_after, &self.bounds);
                    ledger.record(OperationEvent::Polled(running(progress, wait)));
                }
                Answer::Succeeded { evidence } => {
                    return ledger.record(OperationEvent::Succeeded { evidence });
                }
                Answer::Failed(problem) => return ledger.record(OperationEvent::Failed { problem }),
                Answer::Unreadable { problem, kind, http_status } => {
                    wait = silence.lengthen(kind, &self.bounds);
                    ledger.record(OperationEvent::Polled(unreadable(&problem, http_status, wait)));
                    if silence.is_final(kind, &self.bounds, &sight) {
                        return ledger.record(OperationEvent::Untracked { problem });
                    }
                }
            }
        }
    }

    /// Asks the operation's address once.
    pub(super) async fn ask(&self, operation: &Operation) -> Answer {
        match &operation.operation_url {
            Some(url) => {
                let pinned = &operation.intent.resource_manager;
                self.azure.poll(url, operation.style, pinned, operation.id()).await
            }
            None => Answer::Unreadable {
                problem: Problem::new("The status is unreadable: Azure named no address to ask at"),
                kind: UnreadableKind::Forbidden,
                http_status: None,
            },
        }
    }

    /// Sleeps, and reads the instance meanwhile: another address, with no say in how the operation ends. That it has
    /// stopped being busy is told at once; the operation's own address is not asked sooner for it.
    pub(super) async fn rest(&self, ledger: &Ledger, wait: Duration, sight: &mut Sight, reason: Reason) {
        let due = self.now().checked_add(wait).unwrap_or_else(|_| self.now());
        ledger.pulse(Beat::NextPoll { at: due });
        let end = Instant::now() + wait;
        loop {
            let next = Instant::now() + self.until_next_look(ledger.operation(), reason);
            if next >= end {
                return sleep_until(end).await;
            }
            sleep_until(next).await;
            let id = ledger.operation().intent.work.instance();
            let Ok(read) = timeout_at(end, self.azure.instance(id)).await else {
                // Not read in all that time: what was seen before is no sight of now.
                sight.activity = None;
                return;
            };
            match read {
                Ok(instance) => {
                    ledger.pulse(seen(&instance));
                    if sight.flips(instance.activity()) {
                        let verdict_at = (reason == Reason::Soon).then_some(due);
                        ledger.pulse(Beat::InstanceFree { verdict_at });
                        return sleep_until(end).await;
                    }
                }
                Err(error) => {
                    sight.activity = None;
                    ledger.pulse(Beat::InstanceUnreadable { problem: error.problem() });
                }
            }
        }
    }

    fn until_next_look(&self, operation: &Operation, reason: Reason) -> Duration {
        let elapsed = Duration::try_from(operation.elapsed(self.now())).unwrap_or_default();
        pace::until_next_look(operation.intent.work.kind(), elapsed, reason, &self.bounds)
    }

    /// How long the address of an operation that was taken up may not be asked yet.
    pub(super) fn until_due(&self, operation: &Operation) -> Duration {
        let Some(asked) = operation.last_polled_at.or(operation.accepted_at) else { return Duration::ZERO };
        let since = Duration::try_from(self.now().duration_since(asked)).unwrap_or_default();
        polling::wait(operation.next_in, &self.bounds).saturating_sub(since)
    }
}

pub(super) fn seen(instance: &Instance) -> Beat {
    Beat::InstanceRead { state: instance.state.clone(), target_state: instance.target_state.clone() }
}

/// A poll that said "still running".
fn running(progress: Progress, wait: Duration) -> Poll {
    Poll {
        http_status: Some(progress.http_status),
        status: progress.status,
        operation_url: progress.operation_url,
        next_in: whole_seconds(wait),
        problem: None,
        correlation_id: progress.correlation_id,
    }
}

/// A poll that said nothing about the operation.
pub(super) fn unreadable(problem: &Problem, http_status: Option<u16>, wait: Duration) -> Poll {
    Poll {
        http_status,
        status: Some("status unreadable".to_owned()),
        next_in: whole_seconds(wait),
        problem: Some(problem.clone()),
        ..Poll::default()
    }
}

/// Rounded up, so that a rehearsal at high speed does not say "in 0 s".
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_from_the_shortest_to_the_usual() {
        let bounds = Bounds::default();
        let waits: Vec<u64> = (1..=6).map(|n| backoff(n, &bounds).as_secs()).collect();
        assert_eq!(waits, [10, 20, 40, 60, 60, 60]);
        assert_eq!(backoff(u32::MAX, &bounds).as_secs(), 60);
    }

    #[test]
    fn only_the_end_of_being_busy_is_a_flip() {
        let busy = || Activity::Busy("Updating".into());
        let mut sight = Sight::default();
        let looks = [Activity::Idle, busy(), busy(), Activity::Idle, Activity::Idle, busy()];
        let flips: Vec<bool> = looks.into_iter().map(|it| sight.flips(it)).collect();
        assert_eq!(flips, [false, false, false, true, false, false]);
        assert!(sight.flips(Activity::Broken("Failed".into())));
    }

    #[test]
    fn silence_ends_watching_only_when_the_instance_can_be_seen() {
        let bounds = Bounds { absent: Duration::ZERO, ..Bounds::default() };
        let mut silence = Silence::default();
        let blind = Sight::default();
        let clear = Sight { activity: Some(Activity::Idle) };
        let table = [
            (UnreadableKind::Forbidden, true, true),
            (UnreadableKind::Gone, false, true),
            (UnreadableKind::Odd, false, true),
            (UnreadableKind::Network, false, true),
            (UnreadableKind::SignedOut, false, false),
            (UnreadableKind::Throttled { after: Some(9) }, false, false),
        ];
        for (kind, when_blind, when_clear) in table {
            silence.lengthen(kind, &bounds);
            assert_eq!(silence.is_final(kind, &bounds, &blind), when_blind, "{kind:?}");
            assert_eq!(silence.is_final(kind, &bounds, &clear), when_clear, "{kind:?}");
        }
        let patient = Bounds::default();
        assert!(!silence.is_final(UnreadableKind::Gone, &patient, &clear), "the grace is not over");
    }
}
