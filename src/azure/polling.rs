//! How an operation is followed: what each answer means, and how long to wait for the next. Pure.
//!
//! The rule of the house: only an answer that speaks of the operation ends it. A 404, a sign-in page, a broken
//! gateway or a missing right say something about the reading, never about the operation.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderMap;
use serde_json::Value;
use url::Url;

use crate::domain::instance::Activity;
use crate::domain::operation::PollStyle;
use crate::domain::operation::address::Shown;
use crate::domain::problem::Problem;

use super::error::{AzureError, Refusal, Words};
use super::http::{header, ids};
use super::retry::retry_after;
use super::{origin, triage, wire, words};

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
    /// What ARM's contract for resource providers says: 10 to 600 seconds, and 60 when nothing is named. The instance is
    /// read as often as 32 requests for an operation of usual length allow.
    fn default() -> Self {
        Self {
            min: Duration::from_secs(10),
            max: Duration::from_secs(600),
            absent: Duration::from_secs(60),
            instance: Duration::from_secs(10),
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
#[derive(Clone, Default, PartialEq, Eq)]
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

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress")
            .field("http_status", &self.http_status)
            .field("status", &self.status)
            .field("operation_url", &self.operation_url.as_deref().map(Shown))
            .field("style", &self.style)
            .field("retry_after", &self.retry_after)
            .field("correlation_id", &self.correlation_id)
            .finish()
    }
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

/// An answer about an operation: of the POST that started it, or of its address.
pub(crate) struct Heard<'a> {
    /// The address that answered.
    pub(crate) request: &'a Url,
    /// The origin that every further address must have.
    pub(crate) pinned: &'a Url,
    pub(crate) status: u16,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
    /// The answer as a refusal, should it be one.
    pub(crate) refusal: Refusal,
    pub(crate) now: Timestamp,
}

/// What the body of a success says.
pub(crate) enum Body {
    /// An instance that is idle again.
    Finished(String),
    /// A word for something that goes on.
    Running(String),
    /// The word of a status monitor for a bad end, with its reasons.
    Failed(Words),
    /// Nothing about the operation; why.
    Odd(String),
}

/// What an answer of the operation's address says.
pub(crate) fn verdict(heard: &Heard<'_>, style: PollStyle) -> Answer {
    match heard.status {
        202 => heard.running(None, style),
        200 | 201 => match heard.body() {
            Body::Finished(evidence) => Answer::Succeeded { evidence },
            Body::Running(word) => heard.running(Some(word), style),
            Body::Failed(words) => {
                Answer::Failed(triage::failed(&Refusal { words, ..heard.refusal.clone() }))
            }
            Body::Odd(why) => heard.odd(&why),
        },
        401 => heard.unreadable(UnreadableKind::SignedOut),
        403 => heard.unreadable(UnreadableKind::Forbidden),
        404 | 410 => heard.unreadable(UnreadableKind::Gone),
        429 => heard.unreadable(UnreadableKind::Throttled { after: heard.refusal.retry_after }),
        408 | 500..=599 => heard.unreadable(UnreadableKind::Network),
        409 => heard.unreadable(UnreadableKind::Odd),
        // A status monitor always answers 200: its 4xx is about the reading. So is one that ARM's own front door
        // gave, and one that is not in ARM's envelope.
        400..=499 if style == PollStyle::AsyncOperation => heard.unreadable(UnreadableKind::Odd),
        400..=499 if header(heard.headers, "x-ms-failure-cause").as_deref() == Some("gateway") => {
            heard.unreadable(UnreadableKind::Odd)
        }
        400..=499 if heard.has_envelope() => Answer::Failed(triage::failed(&heard.refusal)),
        status => heard.odd(&format!("HTTP {status} without Azure's words")),
    }
}

/// An answer that could not even be had.
pub(crate) fn unread(error: &AzureError) -> Answer {
    let kind = match error {
        AzureError::NoToken { .. } => UnreadableKind::SignedOut,
        AzureError::Unreachable { .. } | AzureError::SignInUnreached { .. } => UnreadableKind::Network,
        AzureError::Throttled { seconds, .. } => UnreadableKind::Throttled { after: Some(*seconds) },
        AzureError::Setup(_)
        | AzureError::Refused(_)
        | AzureError::Odd { .. }
        | AzureError::ReadOnly { .. } => UnreadableKind::Odd,
    };
    Answer::Unreadable { problem: triage::unreadable_status(error, kind), kind, http_status: None }
}

impl Heard<'_> {
    /// Where to ask next: the `Location`, which is what API Management promises, or the status monitor where only
    /// that is named. An address of another origin is not taken.
    pub(crate) fn address(&self) -> Option<(String, PollStyle)> {
        [("location", PollStyle::Location), ("azure-asyncoperation", PollStyle::AsyncOperation)]
            .into_iter()
            .find_map(|(name, style)| self.named(name).map(|url| (url, style)))
    }

    fn named(&self, name: &str) -> Option<String> {
        let text = header(self.headers, name)?;
        match origin::follow(&text, self.request, self.pinned) {
            Ok(url) => Some(url.into()),
            Err(stray) => {
                tracing::warn!(%stray, header = name, "an address is not followed");
                None
            }
        }
    }

    /// What the body of a success says, whatever the style: a `Location` may lead to a status monitor.
    pub(crate) fn body(&self) -> Body {
        let Ok(json) = serde_json::from_slice::<Value>(words::strip_bom(self.body)) else {
            let what = if self.body.is_empty() { "an empty answer" } else { "an answer that is not Azure's" };
            return Body::Odd(what.to_owned());
        };
        if let Some(word) = wire::text(&json, "/status") {
            return match word.to_ascii_lowercase().as_str() {
                "succeeded" => Body::Finished(format!("Azure's status monitor says {word}")),
                "failed" | "canceled" | "cancelled" => Body::Failed(
                    words::of_envelope(&json).unwrap_or(Words { code: Some(word), message: None }),
                ),
                _ => Body::Running(word),
            };
        }
        let word = |name: &str| wire::text(&json, &format!("/properties/{name}")).unwrap_or_default();
        let activity = Activity::of(&word("provisioningState"), &word("targetProvisioningState"));
        let is_instance = wire::instance(&json).is_some_and(|it| is_instance(it.id.as_str()));
        match activity {
            Activity::Busy(word) => Body::Running(word),
            Activity::Idle if is_instance => {
                Body::Finished("Azure answered with the instance, Succeeded".to_owned())
            }
            Activity::Broken(word) | Activity::Unknown(word) if is_instance => {
                Body::Odd(format!("the operation has ended, and the instance is {word}"))
            }
            _ => Body::Odd("an answer that describes no instance".to_owned()),
        }
    }

    fn running(&self, status: Option<String>, style: PollStyle) -> Answer {
        let newest = match style {
            PollStyle::Location => self.named("location"),
            PollStyle::AsyncOperation => self.named("azure-asyncoperation"),
        };
        let word =
            || serde_json::from_slice::<Value>(self.body).ok().and_then(|json| wire::text(&json, "/status"));
        Answer::Running(Progress {
            http_status: self.status,
            status: status.or_else(word),
            operation_url: newest,
            style,
            retry_after: retry_after(self.headers, self.now),
            correlation_id: ids(self.headers).correlation,
        })
    }

    /// Whether an error is Azure's own: in its envelope, or with a request id.
    pub(crate) fn is_signed(&self) -> bool {
        self.has_envelope() || self.refusal.ids.request.is_some()
    }

    fn has_envelope(&self) -> bool {
        serde_json::from_slice(self.body).is_ok_and(|json: Value| words::of_envelope(&json).is_some())
    }

    fn unreadable(&self, kind: UnreadableKind) -> Answer {
        let error = AzureError::Refused(Box::new(self.refusal.clone()));
        let problem = triage::unreadable_status(&error, kind);
        Answer::Unreadable { problem, kind, http_status: Some(self.status) }
    }

    fn odd(&self, why: &str) -> Answer {
        let error = AzureError::Odd {
            what: self.refusal.what.clone(),
            detail: why.to_owned(),
            http_status: Some(self.status),
            ids: ids(self.headers),
        };
        let kind = UnreadableKind::Odd;
        let problem = triage::unreadable_status(&error, kind);
        Answer::Unreadable { problem, kind, http_status: Some(self.status) }
    }
}

fn is_instance(id: &str) -> bool {
    id.to_ascii_lowercase().contains("/providers/microsoft.apimanagement/service/")
}

#[cfg(test)]
pub(crate) mod tests;
