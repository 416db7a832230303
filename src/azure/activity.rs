//! The activity log: who did what to an instance, minutes late.

use jiff::Timestamp;

/// One entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityEvent {
    /// When it happened; it may have become visible up to twenty minutes later.
    pub at: Timestamp,
    /// The action: `Microsoft.ApiManagement/service/restore/action`, in any letter case.
    pub operation: Option<String>,
    /// Started, Accepted, Succeeded, Failed, verbatim.
    pub status: Option<String>,
    /// The HTTP reason, verbatim: Accepted, BadRequest, …
    pub sub_status: Option<String>,
    /// The `x-ms-client-request-id` of the request.
    pub client_request_id: Option<String>,
    /// Groups the entries of one request.
    pub correlation_id: Option<String>,
    /// A user's UPN or an application's object id.
    pub caller: Option<String>,
    /// Azure's words about a failure, verbatim.
    pub message: Option<String>,
}
