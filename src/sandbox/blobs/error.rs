//! Refusals of blob storage: XML, and the code once more in `x-ms-error-code`, the only place a HEAD has for it.

use super::clock::arm_date;
use super::{Call, Reply};

/// A refusal with its code and text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Refusal {
    status: u16,
    code: &'static str,
    message: &'static str,
}

const fn refusal(status: u16, code: &'static str, message: &'static str) -> Refusal {
    Refusal { status, code, message }
}

impl Refusal {
    pub(super) const NO_ACCOUNT: Refusal =
        refusal(404, "ResourceNotFound", "The specified resource does not exist.");
    pub(super) const NO_CONTAINER: Refusal =
        refusal(404, "ContainerNotFound", "The specified container does not exist.");
    pub(super) const NO_BLOB: Refusal = refusal(404, "BlobNotFound", "The specified blob does not exist.");
    pub(super) const ARCHIVED: Refusal =
        refusal(409, "BlobArchived", "This operation is not permitted on an archived blob.");
    pub(super) const EXISTS: Refusal =
        refusal(409, "BlobAlreadyExists", "The specified blob already exists.");
    pub(super) const CONDITION: Refusal = refusal(
        412,
        "ConditionNotMet",
        "The condition specified using HTTP conditional header(s) is not met.",
    );
    pub(super) const BAD_RANGE: Refusal =
        refusal(416, "InvalidRange", "The range specified is invalid for the current size of the resource.");
    pub(super) const NO_CREDENTIALS: Refusal = refusal(
        401,
        "NoAuthenticationInformation",
        "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.",
    );
    pub(super) const BAD_TOKEN: Refusal = refusal(
        401,
        "InvalidAuthenticationInfo",
        "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.",
    );
    pub(super) const BAD_SIGNATURE: Refusal = refusal(
        403,
        "AuthenticationFailed",
        "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly \
         including the signature.",
    );
    pub(super) const FIREWALL: Refusal =
        refusal(403, "AuthorizationFailure", "This request is not authorized to perform this operation.");
    pub(super) const NO_ROLE: Refusal = refusal(
        403,
        "AuthorizationPermissionMismatch",
        "This request is not authorized to perform this operation using this permission.",
    );
    pub(super) const NO_KEYS: Refusal = refusal(
        403,
        "KeyBasedAuthenticationNotPermitted",
        "Key based authentication is not permitted on this storage account.",
    );
    pub(super) const NO_VERSION: Refusal = refusal(
        400,
        "MissingRequiredHeader",
        "An HTTP header that's mandatory for this request is not specified.",
    );
    pub(super) const BAD_VERSION: Refusal = refusal(
        400,
        "InvalidHeaderValue",
        "The value for one of the HTTP headers is not in the correct format.",
    );
    pub(super) const BAD_QUERY: Refusal = refusal(
        400,
        "OutOfRangeQueryParameterValue",
        "One of the query parameters specified in the request URI is outside the permissible range.",
    );
    pub(super) const UNSUPPORTED: Refusal =
        refusal(405, "UnsupportedHttpVerb", "The resource doesn't support specified Http Verb.");
    pub(super) const UNAVAILABLE: Refusal = refusal(503, "ServerBusy", "The server is busy.");

    /// The answer. A HEAD gets the same headers and no body.
    pub(super) fn reply(self, call: &Call, id: &str) -> Reply {
        let Refusal { status, code, message } = self;
        let time = arm_date(call.at);
        let body = format!(
            "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code>\
             <Message>{message}\nRequestId:{id}\nTime:{time}</Message></Error>"
        );
        let reply = if call.method == "HEAD" {
            Reply::empty(status)
        } else {
            Reply::text(status, "application/xml", &body)
        };
        let reply = reply.with("x-ms-error-code", code);
        if status != 401 {
            return reply;
        }
        let challenge = format!(
            "Bearer authorization_uri={}/common/oauth2/authorize resource_id=https://storage.azure.com",
            call.origin
        );
        reply.with("www-authenticate", challenge)
    }
}
