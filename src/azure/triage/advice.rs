//! What a refusal means and what helps, by Azure's codes and by the words that the codes leave open.

use super::super::error::{Plane, Refusal, RefusalKind};

/// The three texts of a problem.
pub(super) struct Advice {
    pub(super) summary: String,
    pub(super) meaning: Option<String>,
    pub(super) next: Option<String>,
}

/// A code, words that must stand in the message (or none), what it means, what to do next.
type Row = (&'static str, &'static str, &'static str, &'static str);

/// Resource Manager and API Management. Sources: recorded refusals, public issues, the backup article.
const RESOURCE_MANAGER: &[Row] = &[
    (
        "",
        "backup SKU is",
        "The tier of the instance is not the tier of the backup.",
        "Restore into an instance of the backup's tier, or change the tier of this one first.",
    ),
    (
        "",
        "backup expired",
        "Azure restores a backup for thirty days only.",
        "Choose a younger backup, or take a new one if the source still answers.",
    ),
    (
        "InvalidParameters",
        "using this permission",
        "The identity that Azure uses for the storage account has no right on its blobs.",
        "Give it the role Storage Blob Data Contributor on the account; it takes some minutes to count.",
    ),
    (
        "InvalidParameters",
        "not authorized to perform this operation",
        "The storage account does not let the instance in: no role, or its firewall.",
        "Give the identity Storage Blob Data Contributor, and let trusted Azure services through the account's firewall.",
    ),
    (
        "InvalidParameters",
        "could not be resolved",
        "Azure found no storage account of this name.",
        "Check the name of the storage account.",
    ),
    (
        "InvalidParameters",
        "Requested value",
        "A CORS rule of the storage account names a method that Azure's backup cannot read (PATCH).",
        "Remove the CORS rules of the blob service, or use a managed identity instead of the key.",
    ),
    (
        "InvalidParameters",
        "invalid characters",
        "The name of the container is not one that storage knows.",
        "Check the name of the container.",
    ),
    (
        "InvalidParameters",
        "",
        "Azure does not take what the request says.",
        "Read Azure's words: they name the parameter.",
    ),
    (
        "ServiceLocked",
        "",
        "Another operation is under way on the instance.",
        "Watch it (in the console: a, then w; or: lifeboat operations attach INSTANCE), or wait until the instance is idle. Nothing is sent again by itself.",
    ),
    ("ScopeLocked", "", "A lock on the resource forbids it.", "Remove the lock, or ask whoever set it."),
    (
        "RequestDisallowedByPolicy",
        "",
        "A policy of the subscription forbids it.",
        "Ask whoever owns the policy for an exemption.",
    ),
    (
        "InvalidAuthenticationTokenTenant",
        "",
        "The token is of another tenant than the subscription.",
        "Sign in to the right tenant: az login --tenant ID, or --tenant.",
    ),
    (
        "SubscriptionNotFound",
        "",
        "The identity sees no such subscription.",
        "Check the subscription and the tenant that you are signed in to.",
    ),
    (
        "ServiceNotFound",
        "",
        "There is no such instance.",
        "Check its name; if it was deleted, it may be undeleted within 48 hours.",
    ),
    (
        "ResourceGroupNotFound",
        "",
        "There is no such resource group, or the identity may not see it.",
        "Check the name and the subscription.",
    ),
    (
        "ResourceNotFound",
        "",
        "There is no such resource, or the identity may not see it.",
        "Check the name and the subscription.",
    ),
    ("ExpiredAuthenticationToken", "", "The sign-in has ended.", "Sign in with: az login"),
];

/// Storage. The code names who refuses: roles, key, firewall, or the account's ban on keys.
const STORAGE: &[Row] = &[
    (
        "AuthorizationPermissionMismatch",
        "",
        "A role is missing: the identity may not read blobs of this account.",
        "Ask for Storage Blob Data Reader on the account (a role such as Owner does not include it), or list with the key.",
    ),
    (
        "AuthenticationFailed",
        "",
        "The key or the token was not taken: a rotated key, or a clock that is off.",
        "Check the clock of this machine; a rotated key is read anew with the next try.",
    ),
    ("InvalidAuthenticationInfo", "", "The token was not taken.", "Sign in with: az login"),
    ("NoAuthenticationInformation", "", "The token was not taken.", "Sign in with: az login"),
    (
        "AuthorizationFailure",
        "",
        "The network of the account keeps this machine out: its firewall, or a private endpoint.",
        "Let this address through the account's firewall, or work from a network that it lets in.",
    ),
    (
        "AuthorizationSourceIPMismatch",
        "",
        "The network of the account keeps this machine out.",
        "Let this address through the account's firewall.",
    ),
    (
        "KeyBasedAuthenticationNotPermitted",
        "",
        "The account forbids keys.",
        "List with Entra (listing = \"entra\") and the role Storage Blob Data Reader; use a managed identity for backup and restore.",
    ),
    ("PublicAccessNotPermitted", "", "The account wants every request signed.", "Sign in with: az login"),
    ("ContainerNotFound", "", "There is no such container.", "Check the name of the container."),
    ("ContainerBeingDeleted", "", "The container is being deleted.", "Choose another container."),
    (
        "BlobNotFound",
        "",
        "There is no such blob.",
        "Check the name of the backup; it may have been deleted by a lifecycle rule.",
    ),
    ("BlobArchived", "", "The blob lies in the archive tier.", "Rehydrate it first; that takes hours."),
    ("AccountIsDisabled", "", "The storage account is disabled.", "Look at the state of its subscription."),
    (
        "InvalidHeaderValue",
        "",
        "The storage service does not know the version that was asked for.",
        "Report this: it is older than 2021-12-02.",
    ),
];

/// What a refusal means and what helps.
pub(super) fn of(refusal: &Refusal) -> Advice {
    let rows = match refusal.plane {
        Plane::ResourceManager => RESOURCE_MANAGER,
        Plane::Storage => STORAGE,
    };
    let message = refusal.words.message.as_deref().unwrap_or_default();
    let fits = |row: &&Row| (row.0.is_empty() || refusal.has_code(row.0)) && message.contains(row.1);
    let (meaning, next) = match rows.iter().find(fits) {
        Some((_, _, meaning, next)) => (Some((*meaning).to_owned()), Some((*next).to_owned())),
        None => missing_right(message).unwrap_or_else(|| by_status(refusal)),
    };
    Advice { summary: summary(refusal), meaning, next }
}

fn summary(refusal: &Refusal) -> String {
    let what = &refusal.what;
    match refusal.kind() {
        RefusalKind::SignedOut => format!("Azure does not take the sign-in for {what}"),
        RefusalKind::Forbidden => format!("Not allowed: {what}"),
        RefusalKind::Absent => format!("Not there: {what}"),
        RefusalKind::Conflict => format!("In the way of {what}"),
        RefusalKind::Throttled => format!("Azure asks for patience with {what}"),
        RefusalKind::Broken => format!("Azure has trouble of its own with {what}"),
        RefusalKind::Rejected => format!("Azure refuses {what}"),
    }
}

type Texts = (Option<String>, Option<String>);

/// "… does not have authorization to perform action 'A' over scope 'S' …" names the two things that whoever can help
/// needs to know.
fn missing_right(message: &str) -> Option<Texts> {
    let after = |words: &str| message.split_once(words)?.1.split_once('\'').map(|(text, _)| text);
    let action = after("perform action '")?;
    let scope = after("over scope '").unwrap_or("the resource");
    Some((
        Some(format!("The signed-in identity lacks {action} on {scope}.")),
        Some(
            "Ask for a role that holds this action on this scope, or activate it if it is only eligible (PIM), then sign \
             in again."
                .to_owned(),
        ),
    ))
}

fn by_status(refusal: &Refusal) -> Texts {
    let (meaning, next) = match refusal.kind() {
        RefusalKind::SignedOut => (
            "The sign-in has ended, or is for another tenant.".to_owned(),
            "Sign in with: az login".to_owned(),
        ),
        RefusalKind::Forbidden => (
            "The signed-in identity may not do this.".to_owned(),
            "Ask for a role that allows it, or activate an eligible one (PIM).".to_owned(),
        ),
        RefusalKind::Absent => {
            ("It does not exist, or the identity may not see it.".to_owned(), "Check the name.".to_owned())
        }
        RefusalKind::Conflict => (
            "Something else is under way, or the thing is not in a state for this.".to_owned(),
            "Wait until it has ended, then look again.".to_owned(),
        ),
        RefusalKind::Throttled => (
            "Too many requests were sent, by this identity or by others.".to_owned(),
            match refusal.retry_after {
                Some(seconds) => format!("Try again in {seconds} s: that is what Azure asks for."),
                None => "Try again in a minute.".to_owned(),
            },
        ),
        RefusalKind::Broken => (
            "This is not about the request.".to_owned(),
            "Try again; look at Azure's service health.".to_owned(),
        ),
        RefusalKind::Rejected => return (None, Some("Read Azure's words.".to_owned())),
    };
    (Some(meaning), Some(next))
}
