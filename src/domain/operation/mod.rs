//! One backup or restore from intent to verdict, as a fold of its events.
//!
//! The same fold runs live, after a crash, in the verbs and in reports, so none of them can disagree with the disk.

pub mod address;
pub mod remark;

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::approval::{Acceptance, ApprovedPlan, Checked};
use super::problem::Problem;
use super::sku::Tier;

/// The version of this program.
pub const TOOL: &str = concat!("lifeboat ", env!("CARGO_PKG_VERSION"));

pub use id::OperationId;
pub use purpose::Purpose;
pub use work::{Observed, Work};

mod id;
mod purpose;
mod words;
mod work;

/// Where an operation stands, by what we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// Written down; nothing was sent.
    Planned,
    /// The request is about to leave, or has left and its answer was not written down.
    Submitting,
    /// Azure took it and named an address to ask at.
    Accepted,
    /// Azure took it, but its address no longer answers for it. The instance and the activity log decide.
    Untracked,
    /// It may have been taken: the answer was lost. Never sent again by itself.
    Unconfirmed,
    /// Azure says it is done.
    Succeeded,
    /// Azure says it failed.
    Failed,
    /// Azure said no; nothing was started.
    Refused,
    /// No byte of the request left.
    NotSent,
}

impl Phase {
    /// Every phase.
    pub const ALL: [Self; 9] = [
        Self::Planned,
        Self::Submitting,
        Self::Accepted,
        Self::Untracked,
        Self::Unconfirmed,
        Self::Succeeded,
        Self::Failed,
        Self::Refused,
        Self::NotSent,
    ];

    /// Whether nothing more can happen.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Refused | Self::NotSent)
    }

    /// The phase after `event`.
    ///
    /// # Errors
    /// An event that cannot follow means a bug or a damaged journal; it changes nothing.
    pub fn after(self, event: &OperationEvent) -> Result<Self, IllegalTransition> {
        use OperationEvent as E;
        match (self, event) {
            (Self::Planned, E::Submitting) => Ok(Self::Submitting),
            (Self::Planned | Self::Submitting, E::NotSent { .. }) => Ok(Self::NotSent),
            (Self::Submitting, E::Refused { .. }) => Ok(Self::Refused),
            (Self::Submitting, E::Unconfirmed { .. }) => Ok(Self::Unconfirmed),
            (Self::Submitting | Self::Unconfirmed | Self::Untracked, E::Accepted(_)) => Ok(Self::Accepted),
            (Self::Accepted, E::Untracked { .. }) => Ok(Self::Untracked),
            // Evidence can settle what no answer settled; `Submitting` is included because Azure may answer the POST
            // itself with the finished resource.
            (
                Self::Submitting | Self::Accepted | Self::Untracked | Self::Unconfirmed,
                E::Succeeded { .. } | E::Failed { .. },
            ) => Ok(if matches!(event, E::Succeeded { .. }) { Self::Succeeded } else { Self::Failed }),
            (Self::Unconfirmed, E::Refused { .. }) => Ok(Self::Refused),
            (Self::Accepted | Self::Untracked, E::Polled(_)) => Ok(self),
            (Self::Succeeded, E::ManifestWritten { .. }) => Ok(self),
            (_, E::Noted { .. }) => Ok(self),
            (phase, event) => Err(IllegalTransition { phase, event: event.name() }),
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Planned => "planned",
            Self::Submitting => "submitting",
            Self::Accepted => "running",
            Self::Untracked => "running, status unreadable",
            Self::Unconfirmed => "UNKNOWN",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::NotSent => "not sent",
        })
    }
}

/// An event that cannot follow a phase.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{event} cannot follow {phase:?}")]
pub struct IllegalTransition {
    /// The phase that stays.
    pub phase: Phase,
    /// The event that was not taken.
    pub event: &'static str,
}

/// What happened to an operation. Durable: each becomes one line of its journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "camelCase")]
pub enum OperationEvent {
    /// A plan was approved. First event of the journal of an operation of ours.
    Planned(Box<Intent>),
    /// Somebody else's operation is watched from here. First event of such a journal.
    Attached(Box<Intent>),
    /// The request is about to leave. Written before the first byte is sent, so that after a crash we know to look
    /// before anybody sends again.
    Submitting,
    /// Azure answered 202 with an address.
    Accepted(Acceptation),
    /// No byte of the request left: name, connection or TLS failed.
    NotSent {
        /// Why.
        problem: Problem,
    },
    /// Azure said no.
    Refused {
        /// Its words.
        problem: Problem,
    },
    /// The answer was lost or could not be read: it may have been taken.
    Unconfirmed {
        /// What was seen instead.
        problem: Problem,
    },
    /// The address answered.
    Polled(Poll),
    /// The address no longer speaks for the operation.
    Untracked {
        /// What it said instead.
        problem: Problem,
    },
    /// It is done.
    Succeeded {
        /// How we know.
        evidence: String,
    },
    /// It failed.
    Failed {
        /// Azure's words.
        problem: Problem,
    },
    /// The manifest was written beside the backup.
    ManifestWritten {
        /// Its blob.
        name: String,
    },
    /// Something worth keeping that changes nothing: a console that took over, evidence that was looked at, or what a
    /// person has to say, see [`remark`]. One shape for both, so that an older console reads on over a person's note.
    Noted {
        /// The note.
        text: String,
        /// Who says so; `None` when it is this program.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<String>,
    },
}

/// What was to be done, and all that is needed to carry it on elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Intent {
    /// The operation.
    pub operation_id: OperationId,
    /// What is done.
    #[serde(flatten)]
    pub work: Work,
    /// Accepted warnings with their reasons.
    pub accepted: Vec<Acceptance>,
    /// Every finding as it stood.
    pub checks: Vec<Checked>,
    /// The root of ARM: the origin that every later address must have.
    pub resource_manager: String,
    /// The tier of the instance when the plan was approved.
    pub tier: Option<Tier>,
    /// The version of this program.
    pub tool: String,
    /// What it is for, as it was confirmed.
    #[serde(default, skip_serializing_if = "Purpose::is_real")]
    pub purpose: Purpose,
}

/// Azure's 202.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Acceptation {
    /// `Location`, or `Azure-AsyncOperation` when that was named: where to ask. Signed; see [`address`].
    pub operation_url: String,
    /// How to read its answers.
    pub style: PollStyle,
    /// `Retry-After` in seconds.
    pub retry_after: Option<u64>,
    /// `x-ms-request-id`.
    pub request_id: Option<String>,
    /// `x-ms-correlation-request-id`.
    pub correlation_id: Option<String>,
}

/// The two protocols of ARM for long-running operations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PollStyle {
    /// `Location`: 202 while running, then what a synchronous call would have answered.
    #[default]
    Location,
    /// `Azure-AsyncOperation`: always 200, with a status word in the body.
    AsyncOperation,
}

/// One answer of the operation's address that did not end it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Poll {
    /// The HTTP status; `None` when nothing answered.
    pub http_status: Option<u16>,
    /// Azure's status word, or ours in few words when there was none.
    pub status: Option<String>,
    /// The newest address, when the answer named another.
    pub operation_url: Option<String>,
    /// Seconds until the next poll.
    pub next_in: u64,
    /// Why the status could not be read, when it could not.
    pub problem: Option<Problem>,
    /// `x-ms-correlation-request-id`.
    pub correlation_id: Option<String>,
}

impl OperationEvent {
    /// The event's name as it stands in the journal.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Planned(_) => "planned",
            Self::Attached(_) => "attached",
            Self::Submitting => "submitting",
            Self::Accepted(_) => "accepted",
            Self::NotSent { .. } => "notSent",
            Self::Refused { .. } => "refused",
            Self::Unconfirmed { .. } => "unconfirmed",
            Self::Polled(_) => "polled",
            Self::Untracked { .. } => "untracked",
            Self::Succeeded { .. } => "succeeded",
            Self::Failed { .. } => "failed",
            Self::ManifestWritten { .. } => "manifestWritten",
            Self::Noted { .. } => "noted",
        }
    }

    /// Whether it must be on disk before anything else happens. Polls and notes may be lost in a power failure: the
    /// next poll says the same.
    pub fn is_transition(&self) -> bool {
        !matches!(self, Self::Polled(_) | Self::Noted { .. } | Self::ManifestWritten { .. })
    }
}

/// An operation as its events have made it.
#[derive(Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its intent.
    pub intent: Intent,
    /// Where it stands.
    pub phase: Phase,
    /// When it was planned.
    pub planned_at: Timestamp,
    /// When the request was about to leave.
    pub submitted_at: Option<Timestamp>,
    /// When Azure's 202 was read.
    pub accepted_at: Option<Timestamp>,
    /// When its verdict was known.
    pub ended_at: Option<Timestamp>,
    /// The newest address to ask at.
    pub operation_url: Option<String>,
    /// How to read its answers.
    pub style: PollStyle,
    /// How many seconds its last answer asked to wait for the next poll.
    pub next_in: Option<u64>,
    /// Polls so far.
    pub polls: u64,
    /// The last answer's HTTP status.
    pub last_http_status: Option<u16>,
    /// The last answer's status word.
    pub last_status: Option<String>,
    /// When it was last asked.
    pub last_polled_at: Option<Timestamp>,
    /// `x-ms-request-id` of the 202.
    pub request_id: Option<String>,
    /// `x-ms-correlation-request-id` of the 202.
    pub correlation_id: Option<String>,
    /// Why it did not succeed, or why its status cannot be read now.
    pub problem: Option<Problem>,
    /// The manifest beside the backup, when it was written.
    pub manifest: Option<String>,
    /// Why there is none, when it could not be written: "read-only since 12:19Z".
    pub unwritten: Option<String>,
}

impl Operation {
    /// The operation that an approved plan begins.
    pub fn intend(
        id: OperationId,
        approved: &ApprovedPlan,
        resource_manager: &str,
        tier: Option<Tier>,
    ) -> Intent {
        Intent {
            operation_id: id,
            work: Work::Plan(approved.plan().clone()),
            accepted: approved.accepted().to_vec(),
            checks: approved.checks().to_vec(),
            resource_manager: resource_manager.to_owned(),
            tier,
            tool: TOOL.to_owned(),
            purpose: Purpose::Real,
        }
    }

    /// The intent to watch what somebody else has begun.
    pub fn observe(id: OperationId, observed: Observed, resource_manager: &str) -> Intent {
        Intent {
            operation_id: id,
            work: Work::Observed(observed),
            accepted: Vec::new(),
            checks: Vec::new(),
            resource_manager: resource_manager.to_owned(),
            tier: None,
            tool: TOOL.to_owned(),
            purpose: Purpose::Real,
        }
    }

    /// The operation after its first event: planned here, or attached to, which Azure has accepted long ago and which
    /// no address speaks for. `None` for any other event.
    pub fn begun(event: &OperationEvent, at: Timestamp) -> Option<Self> {
        match event {
            OperationEvent::Planned(intent) => Some(Self::planned((**intent).clone(), at)),
            OperationEvent::Attached(intent) => {
                let mut operation = Self::planned((**intent).clone(), at);
                operation.phase = Phase::Untracked;
                if let Work::Observed(observed) = &intent.work {
                    operation.submitted_at = Some(observed.began_at);
                    operation.accepted_at = Some(observed.began_at);
                    operation.correlation_id = Some(observed.correlation_id.clone());
                }
                Some(operation)
            }
            _ => None,
        }
    }

    /// The operation of a plan that was just written down.
    pub fn planned(intent: Intent, at: Timestamp) -> Self {
        Self {
            intent,
            phase: Phase::Planned,
            planned_at: at,
            submitted_at: None,
            accepted_at: None,
            ended_at: None,
            operation_url: None,
            style: PollStyle::Location,
            next_in: None,
            polls: 0,
            last_http_status: None,
            last_status: None,
            last_polled_at: None,
            request_id: None,
            correlation_id: None,
            problem: None,
            manifest: None,
            unwritten: None,
        }
    }

    /// Its id.
    pub fn id(&self) -> OperationId {
        self.intent.operation_id
    }

    /// Takes the next event.
    ///
    /// # Errors
    /// An event that cannot follow changes nothing.
    pub fn apply(&mut self, at: Timestamp, event: &OperationEvent) -> Result<(), IllegalTransition> {
        self.phase = self.phase.after(event)?;
        match event {
            OperationEvent::Submitting => self.submitted_at = Some(at),
            OperationEvent::Accepted(accepted) => self.accept(at, accepted),
            OperationEvent::Polled(poll) => self.poll(at, poll),
            OperationEvent::Untracked { problem } | OperationEvent::Unconfirmed { problem } => {
                self.problem = Some(problem.clone());
            }
            OperationEvent::NotSent { problem }
            | OperationEvent::Refused { problem }
            | OperationEvent::Failed { problem } => {
                self.problem = Some(problem.clone());
                self.ended_at = Some(at);
            }
            OperationEvent::Succeeded { .. } => {
                self.problem = None;
                self.ended_at = Some(at);
            }
            OperationEvent::ManifestWritten { name } => {
                self.manifest = Some(name.clone());
                self.unwritten = None;
            }
            OperationEvent::Noted { .. } => {
                if let Some(why) = event.unwritten() {
                    self.unwritten = Some(why.to_owned());
                }
            }
            OperationEvent::Planned(_) | OperationEvent::Attached(_) => {}
        }
        Ok(())
    }

    fn accept(&mut self, at: Timestamp, accepted: &Acceptation) {
        self.accepted_at.get_or_insert(at);
        self.operation_url = Some(accepted.operation_url.clone());
        self.style = accepted.style;
        self.next_in = accepted.retry_after;
        self.request_id.clone_from(&accepted.request_id);
        self.correlation_id.clone_from(&accepted.correlation_id);
        self.problem = None;
    }

    fn poll(&mut self, at: Timestamp, poll: &Poll) {
        self.polls += 1;
        self.next_in = Some(poll.next_in);
        self.last_polled_at = Some(at);
        self.last_http_status = poll.http_status;
        self.last_status.clone_from(&poll.status);
        self.problem.clone_from(&poll.problem);
        if let Some(url) = &poll.operation_url {
            self.operation_url = Some(url.clone());
        }
    }

    /// From the moment the request left until its verdict, or until `now`.
    pub fn elapsed(&self, now: Timestamp) -> jiff::SignedDuration {
        let from = self.submitted_at.unwrap_or(self.planned_at);
        self.ended_at.unwrap_or(now).duration_since(from)
    }
}

#[cfg(test)]
mod tests;
