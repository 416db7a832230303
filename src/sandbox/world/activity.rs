//! The activity log's memory.

use jiff::Timestamp;

/// One event.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// The resource, an ARM id.
    pub(crate) resource: String,
    /// `Microsoft.ApiManagement/service/restore/action`
    pub(crate) action: String,
    pub(crate) step: Step,
    pub(crate) at: Timestamp,
    /// When it begins to show.
    pub(crate) visible: Timestamp,
    pub(crate) correlation: String,
    /// Who did it, when it was not the person at the console.
    pub(crate) other_caller: Option<String>,
    /// What the caller sent as `x-ms-client-request-id`.
    pub(crate) client_request: String,
}

/// What an event reports. A backup or restore leaves three: started, accepted, and its end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    Started,
    Accepted,
    Succeeded,
    /// With ARM's error envelope as text.
    Failed(String),
}

impl Step {
    /// `eventName`
    pub(crate) fn event_name(&self) -> &'static str {
        match self {
            Step::Started => "BeginRequest",
            Step::Accepted | Step::Succeeded | Step::Failed(_) => "EndRequest",
        }
    }

    /// `status`
    pub(crate) fn status(&self) -> &'static str {
        match self {
            Step::Started => "Started",
            Step::Accepted => "Accepted",
            Step::Succeeded => "Succeeded",
            Step::Failed(_) => "Failed",
        }
    }

    /// `subStatus`: the HTTP word of the matter, empty for a beginning and for a success.
    pub(crate) fn sub_status(&self) -> &'static str {
        match self {
            Step::Started | Step::Succeeded => "",
            Step::Accepted => "Accepted",
            Step::Failed(_) => "BadRequest",
        }
    }
}
