//! Refusals. ARM's own have `code` and `message`; those of the API Management provider carry two nulls more.

use serde_json::json;

use super::identity::Rejection;
use super::world::Caller;
use super::{Reply, world};

/// A refusal by Resource Manager itself.
pub(super) fn refusal(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, &json!({ "error": { "code": code, "message": message } }))
        .with("x-ms-failure-cause", "gateway")
}

/// A refusal by a resource provider, in the form that API Management's has in recordings.
pub(super) fn provider_refusal(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(
        status,
        &json!({ "error": { "code": code, "message": message, "details": null, "innerError": null } }),
    )
}

/// 401 with the challenge that tells a client where to sign in.
pub(super) fn unauthenticated(rejection: &Rejection, origin: &str, tenant: &str) -> Reply {
    let (code, message) = match rejection {
        Rejection::Missing => (
            "AuthenticationFailed",
            "Authentication failed. The 'Authorization' header is missing.".to_owned(),
        ),
        Rejection::Unreadable => ("InvalidAuthenticationToken", "The access token is invalid.".to_owned()),
        Rejection::Expired => (
            "ExpiredAuthenticationToken",
            "The access token expiry UTC time is earlier than current UTC time.".to_owned(),
        ),
        // Nobody has recorded this text.
        Rejection::Revoked => ("InvalidAuthenticationToken", "The access token has been revoked.".to_owned()),
        Rejection::WrongAudience(audience) => (
            "InvalidAuthenticationTokenAudience",
            format!(
                "The access token has been obtained for wrong audience or resource '{audience}'. It should exactly \
                 match with one of the allowed audiences 'https://management.core.windows.net/',\
                 'https://management.core.windows.net','https://management.azure.com/','https://management.azure.com'."
            ),
        ),
    };
    let challenge = match rejection {
        Rejection::Missing => format!("Bearer authorization_uri=\"{origin}/{tenant}\""),
        _ => format!(
            "Bearer authorization_uri=\"{origin}/{tenant}\", error=\"invalid_token\", error_description=\"{message}\""
        ),
    };
    refusal(401, code, &message).with("www-authenticate", challenge)
}

/// 403: signed in, but not allowed.
pub(super) fn forbidden(caller: &Caller, action: &str, scope: &str) -> Reply {
    let world::Caller { name, object_id } = caller;
    let message = format!(
        "The client '{name}' with object id '{object_id}' does not have authorization to perform action '{action}' \
         over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh your \
         credentials."
    );
    refusal(403, "AuthorizationFailed", &message)
}

/// 404 for a resource that does not exist in its group.
pub(super) fn not_found(kind: &str, name: &str, group: &str) -> Reply {
    let message = format!(
        "The Resource '{kind}/{name}' under resource group '{group}' was not found. For more details please go to \
         https://aka.ms/ARMResourceNotFoundFix"
    );
    refusal(404, "ResourceNotFound", &message)
}

/// 404 for a resource group that does not exist.
pub(super) fn no_group(group: &str) -> Reply {
    refusal(404, "ResourceGroupNotFound", &format!("Resource group '{group}' could not be found."))
}

/// 404 for a path that leads nowhere in the pretend Azure. It may well exist in the real one.
pub(super) fn no_route(path: &str) -> Reply {
    refusal(404, "NotFound", &format!("The sandbox has nothing at '{path}'."))
}

/// 503 for what lies in a region that is down.
pub(super) fn region_down() -> Reply {
    refusal(503, "ServiceUnavailable", "The service is temporarily unavailable. Please try again later.")
}
