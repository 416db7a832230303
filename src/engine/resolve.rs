//! When no address tells how an operation stands: look at the instance, the activity log and the blob until one of them
//! does. Nothing is ever sent from here, and nothing is concluded from silence.

use std::time::Duration;

use jiff::SignedDuration;
use tokio::time::Instant;

use crate::azure::error::AzureError;
use crate::azure::listing::Listing;
use crate::azure::polling::{self, Answer};
use crate::domain::instance::Activity;
use crate::domain::operation::{Acceptation, Operation, OperationEvent, Phase};
use crate::domain::plan::Kind;
use crate::domain::pulse::Beat;

use super::Engine;
use super::evidence::{self, Evidence, Proof};
use super::ledger::Ledger;
use super::pace::Reason;
use super::watch::{self, Sight};

/// For how many usual intervals (45 minutes with the documented ones) evidence is looked for while nothing is under way.
/// The activity log is up to twenty minutes late; half an hour was seen.
const PATIENCE: u32 = 45;
/// An operation that left this many intervals ago (a day) has all its evidence by now: one look is enough.
const LONG_AGO: u32 = 24 * 60;
/// How far the clock of this machine may be off for the activity log still to be searched at the right place.
const CLOCK_ERROR: SignedDuration = SignedDuration::from_hours(1);

/// How the search went.
pub(super) enum Resolved {
    /// It has its verdict.
    Settled,
    /// Its address speaks again, and is to be asked after this time.
    Tracked {
        /// The time.
        wait: Duration,
    },
    /// Nothing tells. The phase stays; looking again later may find more.
    Open,
}

/// What an address that had fallen silent said.
enum Asked {
    /// It spoke.
    Answered(Resolved),
    /// It did not, and asks to be left alone for so long.
    InVain {
        /// How long.
        patience: Duration,
    },
}

/// One look at all the witnesses.
pub(super) struct Look {
    pub(super) evidence: Evidence,
    /// Whether every witness was asked and none was out of reach: only then was there nothing to be found.
    complete: bool,
    words: String,
}

impl Engine {
    /// Looks for evidence until it settles the operation, its address speaks again, or there is nothing left to wait for.
    pub(super) async fn resolve(&self, ledger: &mut Ledger) -> Resolved {
        let mut sight = Sight::default();
        let mut quiet_since = None;
        let mut noted_taken = false;
        for attempt in 1.. {
            let mut wait = watch::backoff(attempt, &self.bounds);
            if ledger.operation().phase == Phase::Untracked {
                match self.ask_again(ledger).await {
                    Asked::Answered(resolved) => return resolved,
                    Asked::InVain { patience } => wait = wait.max(patience),
                }
            }
            let look = self.look(ledger.operation()).await;
            ledger.pulse(Beat::Looking { what: look.words.clone() });
            match evidence::weigh(ledger.operation(), &look.evidence) {
                Proof::Succeeded { evidence } => {
                    return settle(ledger, OperationEvent::Succeeded { evidence });
                }
                Proof::Failed(problem) => return settle(ledger, OperationEvent::Failed { problem }),
                Proof::Refused(problem) => return settle(ledger, OperationEvent::Refused { problem }),
                Proof::Taken if !noted_taken => {
                    noted_taken = true;
                    ledger.note("the activity log shows that Azure accepted it; its end is not logged yet");
                }
                Proof::Taken | Proof::Nothing => {}
            }
            let quiet = look.complete && !matches!(look.evidence.activity, Some(Activity::Busy(_)));
            quiet_since = if quiet { quiet_since.or_else(|| Some(Instant::now())) } else { None };
            if quiet_since.is_some_and(|since| since.elapsed() >= self.patience(ledger.operation())) {
                ledger.note(format!("no evidence of its end was found: {}", look.words));
                return Resolved::Open;
            }
            self.rest(ledger, wait, &mut sight, Reason::Alone).await;
        }
        Resolved::Open
    }

    /// How long nothing must be seen before the search ends.
    fn patience(&self, operation: &Operation) -> Duration {
        let since = operation.submitted_at.unwrap_or(operation.planned_at);
        let age = Duration::try_from(self.now().duration_since(since)).unwrap_or_default();
        let usual = self.bounds.absent;
        if age >= usual.saturating_mul(LONG_AGO) { Duration::ZERO } else { usual.saturating_mul(PATIENCE) }
    }

    /// Asks an address that fell silent once more: rights may have been granted since.
    async fn ask_again(&self, ledger: &mut Ledger) -> Asked {
        let operation = ledger.operation();
        let Some(url) = operation.operation_url.clone() else {
            return Asked::InVain { patience: Duration::ZERO };
        };
        match self.ask(operation).await {
            Answer::Running(progress) => {
                let wait = polling::wait(progress.retry_after, &self.bounds);
                let accepted = Acceptation {
                    operation_url: progress.operation_url.unwrap_or(url),
                    style: progress.style,
                    retry_after: progress.retry_after,
                    request_id: operation.request_id.clone(),
                    correlation_id: operation.correlation_id.clone(),
                };
                ledger.record(OperationEvent::Accepted(accepted));
                Asked::Answered(Resolved::Tracked { wait })
            }
            Answer::Succeeded { evidence } => {
                Asked::Answered(settle(ledger, OperationEvent::Succeeded { evidence }))
            }
            Answer::Failed(problem) => Asked::Answered(settle(ledger, OperationEvent::Failed { problem })),
            Answer::Unreadable { problem, kind, http_status } => {
                let patience = watch::patience(kind, &self.bounds);
                let poll = watch::unreadable(&problem, http_status, patience.unwrap_or(self.bounds.absent));
                ledger.record(OperationEvent::Polled(poll));
                Asked::InVain { patience: patience.unwrap_or_default() }
            }
        }
    }

    /// Asks every witness at once.
    pub(super) async fn look(&self, operation: &Operation) -> Look {
        let work = &operation.intent.work;
        let since = operation.submitted_at.unwrap_or(operation.planned_at);
        let since = since.checked_sub(CLOCK_ERROR).unwrap_or(since);
        let until = self.now().checked_add(CLOCK_ERROR).unwrap_or_else(|_| self.now());
        let blob = async {
            let Some(address) = work.address().filter(|_| work.kind() == Kind::Backup) else {
                return Ok(None);
            };
            let account =
                self.account_named(&address.location.account).await.map_err(|why| why.to_string())?;
            match self.azure.blob(&account, address, Listing::Auto).await {
                Ok(blob) => Ok(Some(blob)),
                Err(error) if error.is_absent() => Ok(None),
                Err(error) => Err(error.to_string()),
            }
        };
        let log = self.azure.activity(work.instance(), since, until);
        let (instance, log, blob) = futures::join!(self.azure.instance(work.instance()), log, blob);
        let words = [
            instance.as_ref().map_or_else(
                |error| format!("instance: {error}"),
                |it| format!("instance {}", it.activity()),
            ),
            log.as_ref().map_or_else(
                |error| format!("activity log: {error}"),
                |it| format!("activity log {} entries", it.len()),
            ),
            match &blob {
                Ok(Some(_)) => "the blob is there".to_owned(),
                Ok(None) if work.kind() == Kind::Backup && work.address().is_some() => "no blob".to_owned(),
                Ok(None) => String::new(),
                Err(why) => format!("blob: {why}"),
            },
        ];
        Look {
            complete: instance.is_ok() && is_heard(&log),
            words: words.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(", "),
            evidence: Evidence {
                log: log.ok(),
                activity: instance.ok().map(|it| it.activity()),
                blob: blob.ok().flatten(),
            },
        }
    }
}

/// Whether a witness has spoken, if only to say that it will not: one that is out of reach may still have something.
fn is_heard<T>(said: &Result<T, AzureError>) -> bool {
    use crate::domain::problem::Trouble;
    match said {
        Ok(_) => true,
        Err(error) => matches!(error.trouble(), Trouble::Forbidden | Trouble::Other | Trouble::Usage),
    }
}

fn settle(ledger: &mut Ledger, verdict: OperationEvent) -> Resolved {
    ledger.record(verdict);
    Resolved::Settled
}
