//! How an operation is followed: what each answer means, and how long to wait for the next. Pure.

use std::time::Duration;

use crate::domain::operation::PollStyle;
use crate::domain::problem::Problem;

/// Bounds on what an answer's `Retry-After` may ask for, and how often the instance itself is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Never sooner than this.
    pub min: Duration,
    /// Never later than this.
    pub max: Duration,
    /// When the answer names no time.
    pub absent: Duration,
    /// How often the instance is read while an operation runs.
    pub instance: Duration,
}

impl Default for Bounds {
    /// What ARM's contract for resource providers says: 10 to 600 seconds, and 60 when nothing is named.
    fn default() -> Self {
        Self {
            min: Duration::from_secs(10),
            max: Duration::from_secs(600),
            absent: Duration::from_secs(60),
            instance: Duration::from_secs(15),
        }
    }
}

/// How long to wait before the next poll.
pub fn wait(retry_after: Option<u64>, bounds: &Bounds) -> Duration {
    retry_after.map_or(bounds.absent, Duration::from_secs).clamp(bounds.min, bounds.max.max(bounds.min))
}

/// What one answer of an operation's address says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Still running.
    Running(Progress),
    /// Done.
    Succeeded {
        /// How we know.
        evidence: String,
    },
    /// Azure says that the operation failed.
    Failed(Problem),
    /// The answer says nothing about the operation.
    Unreadable {
        /// What a person reads of it.
        problem: Problem,
        /// What to do about it.
        kind: UnreadableKind,
        /// The HTTP status, when there was an answer.
        http_status: Option<u16>,
    },
}

/// A sign that the operation is still running.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The HTTP status.
    pub http_status: u16,
    /// Azure's status word, when it said one.
    pub status: Option<String>,
    /// Where to ask next, when the answer named another address.
    pub operation_url: Option<String>,
    /// How that address is to be read.
    pub style: PollStyle,
    /// `Retry-After` in seconds.
    pub retry_after: Option<u64>,
    /// `x-ms-correlation-request-id`.
    pub correlation_id: Option<String>,
}

/// Why an answer says nothing about the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnreadableKind {
    /// 401, or no token: sign in again; the operation goes on.
    SignedOut,
    /// 403: the operation may have been started by somebody who may not watch it.
    Forbidden,
    /// 404 and 410: the address is not known, for now or for good.
    Gone,
    /// 429.
    Throttled {
        /// Seconds that Azure asks for.
        after: Option<u64>,
    },
    /// Nobody answered, or the server has trouble (408, 5xx).
    Network,
    /// Anything else: HTML, an empty 200, cut JSON, 409.
    Odd,
}
