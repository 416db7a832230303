use super::super::polling::tests::heard;
use super::*;

const LOCATION: (&str, &str) =
    ("location", "https://management.azure.com/s//operationresults/b25l==?api-version=1");

fn sorted(status: u16, headers: &[(&'static str, &str)], body: &str) -> Sent {
    heard(status, headers, body.as_bytes(), sort)
}

fn word(sent: &Sent) -> &'static str {
    match sent {
        Sent::Accepted(_) => "accepted",
        Sent::Done { .. } => "done",
        Sent::NotSent(_) => "not sent",
        Sent::Refused(_) => "refused",
        Sent::Unconfirmed(_) => "unconfirmed",
    }
}

#[test]
fn every_answer_of_the_post_is_sorted() {
    let idle = r#"{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/a","properties":{"provisioningState":"Succeeded","targetProvisioningState":""}}"#;
    let busy = &idle.replace("Succeeded", "Activating");
    let envelope = r#"{"error":{"code":"InvalidParameters","message":"m"}}"#;
    let there = &[LOCATION][..];
    let elsewhere = &[("location", "https://evil.example/x")][..];
    let signed = &[("x-ms-request-id", "r-1")][..];
    let table = [
        (202, there, "", "accepted"),
        (202, &[("azure-asyncoperation", "/monitor")][..], "", "accepted"),
        (202, &[], "", "unconfirmed"),
        (202, elsewhere, "", "unconfirmed"),
        (200, &[], idle, "done"),
        (200, there, idle, "accepted"),
        (201, there, r#"{"status":"Succeeded"}"#, "accepted"),
        (200, &[], busy, "unconfirmed"),
        (200, there, busy, "accepted"),
        (200, &[], "<html></html>", "unconfirmed"),
        (200, &[], "", "unconfirmed"),
        (204, &[], "", "unconfirmed"),
        (302, there, "", "unconfirmed"),
        (400, &[], envelope, "refused"),
        (400, signed, "", "refused"),
        (400, &[], "", "unconfirmed"),
        (400, &[], r#"{"message":"m"}"#, "unconfirmed"),
        (400, &[("x-ms-correlation-request-id", "c-1")][..], "", "unconfirmed"),
        (401, &[], envelope, "refused"),
        (401, signed, "", "refused"),
        (401, &[], "", "unconfirmed"),
        (403, &[], envelope, "refused"),
        (403, signed, "<html></html>", "refused"),
        (403, &[], "<html></html>", "unconfirmed"),
        (404, &[], envelope, "refused"),
        (404, &[], "", "unconfirmed"),
        (407, &[], "<html></html>", "unconfirmed"),
        (408, &[], envelope, "unconfirmed"),
        (408, signed, envelope, "unconfirmed"),
        (409, &[], envelope, "refused"),
        (409, &[], "", "unconfirmed"),
        (413, &[], "<html></html>", "unconfirmed"),
        (429, &[], envelope, "refused"),
        (429, signed, "", "refused"),
        (429, &[("retry-after", "17")][..], "", "unconfirmed"),
        (451, &[], "<html></html>", "unconfirmed"),
        (499, &[], envelope, "unconfirmed"),
        (499, signed, "", "unconfirmed"),
        (500, there, envelope, "unconfirmed"),
        (502, &[], "", "unconfirmed"),
        (503, &[("retry-after", "0")][..], envelope, "unconfirmed"),
        (504, &[], "", "unconfirmed"),
    ];
    for (status, headers, body, expected) in table {
        assert_eq!(word(&sorted(status, headers, body)), expected, "{status} {headers:?} {body}");
    }
}

#[test]
fn the_location_goes_before_the_monitor_and_is_kept_to_the_letter() {
    let both =
        [("azure-asyncoperation", "https://management.azure.com/monitor"), LOCATION, ("retry-after", "60")];
    let Sent::Accepted(acceptation) = sorted(202, &both, "") else { panic!("not accepted") };
    assert_eq!(acceptation.operation_url, LOCATION.1);
    assert_eq!(acceptation.style, PollStyle::Location);
    assert_eq!(acceptation.retry_after, Some(60));
}

#[test]
fn a_busy_instance_and_a_patient_azure_say_what_to_do() {
    let locked = r#"{"error":{"code":"ServiceLocked","message":"The API Service a is transitioning at this time.","details":null,"innerError":null}}"#;
    let Sent::Refused(problem) = sorted(409, &[], locked) else { panic!("not refused") };
    assert!(problem.summary.contains("busy"), "{problem}");
    assert!(problem.next.unwrap().contains("operations attach"));
    let patient = [("retry-after", "17"), ("x-ms-request-id", "r-1")];
    let Sent::Refused(problem) = sorted(429, &patient, "") else { panic!("not refused") };
    assert!(problem.next.unwrap().contains("17 s"));
}

#[test]
fn a_no_that_is_not_azures_says_so_and_that_it_may_be_running() {
    let page = "<html><body>Blocked by policy</body></html>";
    let Sent::Unconfirmed(problem) = sorted(403, &[], page) else { panic!("taken for Azure's word") };
    assert_eq!(problem.http_status, Some(403));
    let meaning = problem.meaning.unwrap();
    assert!(meaning.contains("HTTP 403") && meaning.contains("proxy"), "{meaning}");
    assert!(meaning.ends_with("It may be running."), "{meaning}");
    assert!(problem.next.unwrap().contains("not sent again"));
}

#[test]
fn without_an_answer_only_an_unsent_request_is_known_not_to_run() {
    let lost = |reach| AzureError::Unreachable { host: "h".into(), cause: "reset".into(), reach };
    let table = [
        (lost(Reach::NothingSent), "not sent"),
        (lost(Reach::MaybeSent), "unconfirmed"),
        (AzureError::NoToken { via: "Azure CLI".into(), message: "az login".into() }, "not sent"),
        (AzureError::ReadOnly { what: "restore".into() }, "not sent"),
        (AzureError::Setup("the account key is missing".into()), "not sent"),
        (
            AzureError::Odd {
                what: "restore".into(),
                detail: "too long".into(),
                http_status: Some(200),
                ids: super::super::error::RequestIds::default(),
            },
            "unconfirmed",
        ),
    ];
    for (error, expected) in table {
        assert_eq!(word(&unanswered(&error)), expected, "{error:?}");
    }
}
