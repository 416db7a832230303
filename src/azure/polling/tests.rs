use proptest::prelude::*;
use reqwest::header::{HeaderName, HeaderValue};

use super::super::error::{Plane, RequestIds};
use super::*;

const ASKED: &str = "https://management.azure.com/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/a/operationresults/b25l==?api-version=2024-05-01";
const INSTANCE: &str = r#"{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/a","name":"a","properties":{"provisioningState":"STATE","targetProvisioningState":"TARGET"}}"#;

fn instance(state: &str, target: &str) -> String {
    INSTANCE.replace("STATE", state).replace("TARGET", target)
}

/// Gives `judge` an answer as it would come off the wire.
pub(crate) fn heard<T>(
    status: u16,
    headers: &[(&'static str, &str)],
    body: &[u8],
    judge: impl FnOnce(&Heard<'_>) -> T,
) -> T {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    }
    let request = Url::parse(ASKED).unwrap();
    let pinned = Url::parse("https://management.azure.com").unwrap();
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let refusal = Refusal {
        what: "restore".to_owned(),
        plane: Plane::ResourceManager,
        status,
        words: words::read(body),
        retry_after: retry_after(&map, now),
        ids: ids(&map),
    };
    judge(&Heard { request: &request, pinned: &pinned, status, headers: &map, body, refusal, now })
}

fn says(status: u16, headers: &[(&'static str, &str)], body: &str, style: PollStyle) -> String {
    match heard(status, headers, body.as_bytes(), |heard| verdict(heard, style)) {
        Answer::Running(progress) => format!("running {}", progress.status.unwrap_or_default()),
        Answer::Succeeded { .. } => "succeeded".to_owned(),
        Answer::Failed(problem) => format!("failed {}", problem.code.unwrap_or_default()),
        Answer::Unreadable { kind, http_status, .. } => {
            assert_eq!(http_status, Some(status));
            format!("{kind:?}")
        }
    }
}

#[test]
fn only_what_speaks_of_the_operation_ends_it() {
    let envelope = r#"{"error":{"code":"RestoreFailed","message":"Cannot restore: backup expired"}}"#;
    let table = [
        (202, String::new(), "running "),
        (202, r#"{"status":"InProgress"}"#.into(), "running InProgress"),
        (200, instance("Succeeded", ""), "succeeded"),
        (200, instance("Succeeded", "Succeeded"), "succeeded"),
        (201, instance("Succeeded", ""), "succeeded"),
        (200, instance("Activating", "Activating"), "running Activating"),
        (200, instance("Succeeded", "Updating"), "running Updating"),
        (200, instance("Failed", ""), "Odd"),
        (200, instance("Hibernating", ""), "Odd"),
        (200, r#"{"properties":{"provisioningState":"Activating"}}"#.into(), "running Activating"),
        (200, r#"{"properties":{"provisioningState":"Succeeded"}}"#.into(), "Odd"),
        (200, r#"{"properties":{"provisioningState":"Failed"}}"#.into(), "Odd"),
        (
            200,
            instance("Succeeded", "").replace("Microsoft.ApiManagement/service", "Microsoft.Web/sites"),
            "Odd",
        ),
        (200, r#"{"properties":{"provisioningState":""}}"#.into(), "Odd"),
        (200, r#"{"status":"InProgress"}"#.into(), "running InProgress"),
        (200, r#"{"status":"Succeeded"}"#.into(), "succeeded"),
        (200, r#"{"status":"Failed"}"#.into(), "failed Failed"),
        (200, r#"{"status":"Canceled"}"#.into(), "failed Canceled"),
        (
            200,
            r#"{"status":"Failed","error":{"code":"RestoreFailed","message":"m"}}"#.into(),
            "failed RestoreFailed",
        ),
        (200, r#"{"status":7}"#.into(), "Odd"),
        (200, "{}".into(), "Odd"),
        (200, "[]".into(), "Odd"),
        (200, String::new(), "Odd"),
        (200, "<html>Sign in</html>".into(), "Odd"),
        (200, instance("Succeeded", "")[..90].into(), "Odd"),
        (204, String::new(), "Odd"),
        (302, String::new(), "Odd"),
        (400, envelope.into(), "failed RestoreFailed"),
        (422, envelope.into(), "failed RestoreFailed"),
        (400, r#"{"code":"RestoreFailed","message":"flat"}"#.into(), "Odd"),
        (400, "<html></html>".into(), "Odd"),
        (400, String::new(), "Odd"),
        (401, envelope.into(), "SignedOut"),
        (403, envelope.into(), "Forbidden"),
        (404, envelope.into(), "Gone"),
        (410, envelope.into(), "Gone"),
        (408, envelope.into(), "Network"),
        (409, envelope.into(), "Odd"),
        (429, envelope.into(), "Throttled { after: None }"),
        (500, envelope.into(), "Network"),
        (502, "<html></html>".into(), "Network"),
        (503, String::new(), "Network"),
        (504, envelope.into(), "Network"),
    ];
    for (status, body, expected) in table {
        assert_eq!(says(status, &[], &body, PollStyle::Location), expected, "{status} {body}");
    }
}

#[test]
fn a_status_monitor_speaks_with_200_only() {
    let envelope = r#"{"error":{"code":"RestoreFailed"}}"#;
    let table = [
        (200, r#"{"status":"Succeeded"}"#, "succeeded"),
        (200, r#"{"status":"Running"}"#, "running Running"),
        (200, r#"{"status":"Failed","error":{"code":"X"}}"#, "failed X"),
        (202, "", "running "),
        (400, envelope, "Odd"),
        (404, envelope, "Gone"),
    ];
    for (status, body, expected) in table {
        assert_eq!(says(status, &[], body, PollStyle::AsyncOperation), expected, "{status} {body}");
    }
}

#[test]
fn arms_own_front_door_does_not_speak_for_the_operation() {
    let body = r#"{"error":{"code":"MissingSubscription","message":"m"}}"#;
    assert_eq!(says(400, &[("x-ms-failure-cause", "gateway")], body, PollStyle::Location), "Odd");
    assert_eq!(
        says(400, &[("x-ms-failure-cause", "service")], body, PollStyle::Location),
        "failed MissingSubscription"
    );
}

#[test]
fn an_answer_that_says_nothing_says_why() {
    let ended = instance("Failed", "");
    let table = [
        (200, "", "an empty answer"),
        (200, "<html>", "an answer that is not Azure's"),
        (200, ended.as_str(), "the operation has ended, and the instance is Failed"),
        (200, r#"{"properties":{"provisioningState":"Failed"}}"#, "an answer that describes no instance"),
        (204, "", "HTTP 204 without Azure's words"),
    ];
    for (status, body, why) in table {
        let answer = heard(status, &[], body.as_bytes(), |heard| verdict(heard, PollStyle::Location));
        let Answer::Unreadable { problem, .. } = answer else { panic!("{answer:?}") };
        assert_eq!(problem.summary, format!("The status of the operation could not be read ({why})"));
    }
}

/// Without an answer nothing is known of the operation, whatever the reason.
#[test]
fn what_could_not_be_asked_says_nothing_about_the_operation() {
    use super::super::error::Reach;
    let refused = heard(401, &[], b"", |heard| heard.refusal.clone());
    let lost = |reach| AzureError::Unreachable { host: "h".into(), cause: "reset".into(), reach };
    let odd = AzureError::Odd {
        what: "it".into(),
        detail: "too long".into(),
        http_status: Some(200),
        ids: RequestIds::default(),
    };
    let table = [
        (
            AzureError::NoToken { via: "Azure CLI".into(), message: "az login".into() },
            UnreadableKind::SignedOut,
        ),
        (lost(Reach::NothingSent), UnreadableKind::Network),
        (lost(Reach::MaybeSent), UnreadableKind::Network),
        (
            AzureError::Throttled { what: "it".into(), seconds: 7 },
            UnreadableKind::Throttled { after: Some(7) },
        ),
        (AzureError::Setup("x".into()), UnreadableKind::Odd),
        (AzureError::ReadOnly { what: "it".into() }, UnreadableKind::Odd),
        (AzureError::Refused(Box::new(refused)), UnreadableKind::Odd),
        (odd, UnreadableKind::Odd),
    ];
    for (error, expected) in table {
        let Answer::Unreadable { kind, http_status, .. } = unread(&error) else { panic!("{error:?}") };
        assert_eq!((kind, http_status), (expected, None), "{error:?}");
    }
}

#[test]
fn a_sign_of_life_is_printed_without_its_signed_address() {
    let location = [("location", "https://management.azure.com/x?t=1&s=canary"), ("retry-after", "17")];
    let answer = heard(202, &location, b"", |heard| verdict(heard, PollStyle::Location));
    let printed = format!("{answer:?}");
    assert!(printed.contains("management.azure.com/…") && printed.contains("17"), "{printed}");
    assert!(!printed.contains("canary"), "{printed}");
}

fn newest(headers: &[(&'static str, &str)], style: PollStyle) -> Option<String> {
    match heard(202, headers, b"", |heard| verdict(heard, style)) {
        Answer::Running(progress) => progress.operation_url,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_newest_address_counts_when_its_origin_does() {
    let fresh = "https://management.azure.com/x//operationresults/b25l%3D?api-version=1&asyncResponse&t=2";
    let monitor = "https://management.azure.com/monitor";
    let both = [("location", fresh), ("azure-asyncoperation", monitor)];
    assert_eq!(newest(&both, PollStyle::Location).as_deref(), Some(fresh));
    assert_eq!(newest(&both, PollStyle::AsyncOperation).as_deref(), Some(monitor));
    assert_eq!(newest(&[], PollStyle::Location), None);
    assert_eq!(newest(&[("location", "https://evil.example/x")], PollStyle::Location), None);
    assert_eq!(
        newest(&[("location", "/subscriptions/s/y")], PollStyle::Location).as_deref(),
        Some("https://management.azure.com/subscriptions/s/y")
    );
}

#[test]
fn a_failure_keeps_azures_words() {
    let body = br#"{"error":{"code":"RestoreFailed","message":"Cannot restore: current SKU is 'StandardV2', backup SKU is 'Standard'"}}"#;
    let Answer::Failed(problem) = heard(400, &[], body, |heard| verdict(heard, PollStyle::Location)) else {
        panic!("not failed")
    };
    assert_eq!(
        problem.server_message.as_deref(),
        Some("Cannot restore: current SKU is 'StandardV2', backup SKU is 'Standard'")
    );
    assert!(problem.next.unwrap().contains("tier"));
}

#[test]
fn waits_stay_within_their_bounds() {
    let bounds = Bounds::default();
    let table = [
        (None, 60),
        (Some(0), 10),
        (Some(9), 10),
        (Some(60), 60),
        (Some(601), 600),
        (Some(1_000_000_000), 600),
        (Some(u64::MAX), 600),
    ];
    for (asked, seconds) in table {
        assert_eq!(wait(asked, &bounds), Duration::from_secs(seconds), "{asked:?}");
    }
    let fast = Bounds {
        min: Duration::from_millis(20),
        max: Duration::from_secs(1),
        absent: Duration::from_millis(100),
        ..bounds
    };
    assert_eq!(wait(None, &fast), Duration::from_millis(100));
    assert_eq!(wait(Some(60), &fast), Duration::from_secs(1));
    let upside_down = Bounds { min: Duration::from_secs(20), max: Duration::from_secs(10), ..bounds };
    assert_eq!(wait(Some(60), &upside_down), Duration::from_secs(20));
}

proptest! {
    /// No answer but the instance, idle, or a monitor's word may end an operation well; none but Azure's own words
    /// may end it badly.
    #[test]
    fn no_other_answer_ends_an_operation(status in 100_u16..600, body in "[ -~]{0,60}", is_monitor: bool) {
        let style = if is_monitor { PollStyle::AsyncOperation } else { PollStyle::Location };
        let answer = heard(status, &[], body.as_bytes(), |heard| verdict(heard, style));
        prop_assert!(!matches!(answer, Answer::Succeeded { .. } | Answer::Failed(_)), "{:?}", answer);
    }
}
