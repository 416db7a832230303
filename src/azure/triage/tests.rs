use super::super::error::{Plane, Words};
use super::*;

fn refusal(plane: Plane, status: u16, code: &str, message: &str) -> AzureError {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    AzureError::Refused(Box::new(Refusal {
        what: "blobs of stcore/apim".to_owned(),
        plane,
        status,
        words: Words { code: some(code), message: some(message) },
        retry_after: Some(5),
        ids: RequestIds { request: Some("r-1".into()), correlation: Some("c-1".into()) },
    }))
}

#[test]
fn storages_four_refusals_are_told_apart() {
    let table = [
        ("AuthorizationPermissionMismatch", "role"),
        ("AuthenticationFailed", "clock"),
        ("AuthorizationFailure", "network"),
        ("KeyBasedAuthenticationNotPermitted", "forbids keys"),
    ];
    for (code, word) in table {
        let problem = problem(&refusal(Plane::Storage, 403, code, "Azure's words"));
        assert!(problem.meaning.as_deref().unwrap().contains(word), "{problem}");
        assert_eq!(problem.server_message.as_deref(), Some("Azure's words"));
        assert_eq!((problem.code.as_deref(), problem.kind), (Some(code), Trouble::Forbidden));
    }
}

#[test]
fn e3_a_missing_right_names_action_and_scope() {
    let message = "The client 'x' with object id 'y' does not have authorization to perform action \
        'Microsoft.ApiManagement/service/restore/action' over scope '/subscriptions/s/service/a' or the scope is invalid.";
    let problem = problem(&refusal(Plane::ResourceManager, 403, "AuthorizationFailed", message));
    let meaning = problem.meaning.unwrap();
    assert!(
        meaning.contains("Microsoft.ApiManagement/service/restore/action on /subscriptions/s/service/a"),
        "{meaning}"
    );
    assert!(problem.next.unwrap().contains("PIM"));
    assert_eq!(
        (problem.request_id.as_deref(), problem.correlation_id.as_deref()),
        (Some("r-1"), Some("c-1"))
    );
}

#[test]
fn sign_in_troubles_say_how_to_sign_in() {
    let table = [
        ("ERROR: Please run 'az login' to setup account.", "az login"),
        ("az not found on PATH", "--auth"),
        ("AADSTS7000215: Invalid client secret provided.", "AZURE_CLIENT_SECRET"),
        ("AADSTS70043: The refresh token has expired", "az login"),
        ("please run `azd auth login`", "azd auth login"),
        ("", "az login"),
    ];
    for (message, hint) in table {
        let error = AzureError::NoToken { via: "Azure CLI".into(), message: message.into() };
        let problem = problem(&error);
        assert!(problem.next.as_deref().unwrap().contains(hint), "{problem}");
        assert_eq!(problem.kind, Trouble::SignedOut);
    }
}

#[test]
fn e3_every_kind_of_refusal_says_what_it_means_and_what_to_do() {
    for status in [400, 401, 403, 404, 408, 409, 410, 412, 429, 500, 502, 503, 504] {
        let problem = problem(&refusal(Plane::ResourceManager, status, "Unheard", "of"));
        assert!(problem.next.is_some() && problem.http_status == Some(status), "{problem}");
        assert!(problem.summary.contains("blobs of stcore/apim"), "{problem}");
    }
}

#[test]
fn an_unknown_outcome_never_reads_like_a_failure() {
    let lost = AzureError::Unreachable { host: "h".into(), cause: "reset".into(), reach: Reach::MaybeSent };
    let problem = unconfirmed_error(&lost);
    assert!(problem.meaning.as_deref().unwrap().contains("may be running"), "{problem}");
    assert!(problem.next.as_deref().unwrap().contains("not sent again"), "{problem}");
    for kind in [UnreadableKind::Forbidden, UnreadableKind::Gone, UnreadableKind::Odd] {
        let problem = unreadable_status(&lost, kind);
        assert!(problem.meaning.unwrap().contains("goes on in Azure"));
    }
}

#[test]
fn facts_tell_forbidden_from_absent_from_silent() {
    use crate::domain::fact::Unreadable;
    let arm = |status| refusal(Plane::ResourceManager, status, "Code", "words\nmore").unreadable();
    assert_eq!(arm(403), Unreadable::Forbidden("Code: words".into()));
    assert_eq!(arm(404), Unreadable::Absent("Code: words".into()));
    assert_eq!(arm(500), Unreadable::Unreachable("Code: words".into()));
    assert_eq!(arm(400), Unreadable::Unreachable("Code: words".into()));
}
