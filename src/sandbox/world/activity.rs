//! The activity log's memory.

use jiff::Timestamp;

/// One event. A backup or restore leaves three: Started, Accepted, and at its end Succeeded or Failed.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// The resource, an ARM id.
    pub(crate) resource: String,
    /// `Microsoft.ApiManagement/service/restore/action`
    pub(crate) action: String,
    /// `Started`, `Accepted`, `Succeeded`, `Failed`
    pub(crate) status: &'static str,
    /// The HTTP word of the matter, e.g. `Accepted`; empty for a beginning.
    pub(crate) sub_status: &'static str,
    pub(crate) stage: Stage,
    pub(crate) at: Timestamp,
    /// When it begins to show.
    pub(crate) visible: Timestamp,
    pub(crate) correlation: String,
    /// Who did it, when it was not the person at the console.
    pub(crate) other_caller: Option<String>,
    /// What the caller sent as `x-ms-client-request-id`.
    pub(crate) client_request: String,
    /// For a failure: ARM's error envelope as text.
    pub(crate) message: Option<String>,
}

/// `eventName`
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Stage {
    Begin,
    End,
}

impl Stage {
    /// The word of the log.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Stage::Begin => "BeginRequest",
            Stage::End => "EndRequest",
        }
    }
}
