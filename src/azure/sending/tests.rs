use std::sync::{Arc, Mutex};
use std::time::Duration;

use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use reqwest::Method;
use tokio::time::Instant;

use super::super::ordeal::{Lasting, azure, clock, connection, over, response};
use super::super::polling::UnreadableKind;
use super::super::polling::tests::heard;
use super::super::sources::Source;
use super::super::transport::simulated::Network;
use super::super::transport::{Line, Lost};
use super::super::{Connection, Patience};
use super::*;
use crate::domain::plan::RequestBody;
use crate::domain::writing::Wish;

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

const ARM: &str = "https://management.azure.com";
const KEY: &str = "canary+account/key==";

fn id() -> OperationId {
    OperationId::new(uuid::Uuid::from_u128(7))
}

fn request(access_type: &'static str) -> Request {
    Request {
        method: "POST",
        url: format!("{ARM}/subscriptions/s/service/a/restore?api-version=2024-05-01"),
        body: RequestBody {
            storage_account: "stcore".into(),
            container_name: "apim".into(),
            backup_name: "b".into(),
            access_type,
            client_id: None,
        },
    }
}

/// What left: on which line, and the request itself.
type Left = Arc<Mutex<Vec<(Line, reqwest::Request)>>>;

/// An Azure that gives every request this answer, and what was sent to it.
fn answering(answer: impl Fn() -> Result<Response, Lost> + Send + Sync + 'static) -> (Azure, Left) {
    let left = Left::default();
    let log = left.clone();
    let network = Network::new(move |request, line| {
        log.lock().unwrap().push((line, request));
        let answer = answer();
        Box::pin(async move { answer })
    });
    (over(network), left)
}

#[tokio::test]
async fn the_post_leaves_once_on_a_line_of_its_own_with_the_key_where_it_is_needed() {
    for (access, key, sent_key) in [
        ("AccessKey", Some(KEY), Some(KEY)),
        ("SystemAssignedManagedIdentity", None, None),
        ("SystemAssignedManagedIdentity", Some(KEY), None),
    ] {
        let location = [("location", LOCATION.1.to_owned())];
        let (azure, left) = answering(move || Ok(response(202, &location, "")));
        let key = key.map(SecretString::from);
        let sent = azure.start(&request(access), key.as_ref(), id()).await;
        assert_eq!(word(&sent), "accepted", "{sent:?}");
        let left = left.lock().unwrap();
        let [(Line::Own, post)] = left.as_slice() else { panic!("{left:?}") };
        assert_eq!((post.method(), post.url().as_str()), (&Method::POST, request(access).url.as_str()));
        assert_eq!(post.headers()["x-ms-client-request-id"], id().to_string());
        let mut expected = serde_json::to_value(request(access).body).unwrap();
        expected.as_object_mut().unwrap().extend(sent_key.map(|key| ("accessKey".to_owned(), key.into())));
        let body = post.body().and_then(reqwest::Body::as_bytes).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(body).unwrap(), expected);
    }
}

#[tokio::test]
async fn what_cannot_be_sent_as_shown_is_not_sent() {
    let at = |url: &str| Request { url: url.to_owned(), ..request("SystemAssignedManagedIdentity") };
    let table = [
        (request("AccessKey"), "the account key is missing"),
        (at("https://evil.example/service/a/restore"), "https://evil.example"),
        (at("service/a/restore"), "restore: relative URL without a base"),
    ];
    for (request, why) in table {
        let (azure, left) = answering(|| Ok(response(202, &[], "")));
        let Sent::NotSent(problem) = azure.start(&request, None, id()).await else { panic!("{why}") };
        assert!(problem.meaning.as_deref().is_some_and(|it| it.contains(why)), "{problem}");
        assert!(left.lock().unwrap().is_empty());
    }
}

/// A body that cannot be read to its end takes nothing from what status and headers say.
#[tokio::test]
async fn an_answer_too_long_to_be_read_counts_by_its_status() {
    let there = ("location", LOCATION.1);
    let signed = ("x-ms-request-id", "r-1");
    for (status, header, expected) in [
        (202, Some(there), "accepted"),
        (202, Some(signed), "unconfirmed"),
        (200, Some(there), "unconfirmed"),
        (201, Some(there), "unconfirmed"),
        (400, Some(signed), "refused"),
        (400, None, "unconfirmed"),
        (503, Some(there), "unconfirmed"),
    ] {
        let headers: Vec<_> = header.map(|(name, value)| (name, value.to_owned())).into_iter().collect();
        let (azure, _) = answering(move || Ok(response(status, &headers, "x".repeat(ARM_LIMIT + 1))));
        let sent = azure.start(&request("SystemAssignedManagedIdentity"), None, id()).await;
        assert_eq!(word(&sent), expected, "{status} {header:?}");
    }
}

#[tokio::test]
async fn no_answer_tells_the_key_that_it_quotes() {
    let quoting = |status, body: String| {
        let headers = [("x-ms-request-id", format!("r {KEY}")), ("x-ms-correlation-request-id", KEY.into())];
        move || Ok(response(status, &headers, body.clone()))
    };
    let envelope = format!(r#"{{"error":{{"code":"InvalidParameters","message":"accessKey {KEY}"}}}}"#);
    let long = || KEY.repeat(ARM_LIMIT / KEY.len() + 1);
    for (status, body) in [(400, envelope.clone()), (500, envelope), (200, "<html>".into()), (200, long())] {
        let (azure, _) = answering(quoting(status, body));
        let sent = azure.start(&request("AccessKey"), Some(&SecretString::from(KEY)), id()).await;
        let told = format!("{sent:?}");
        assert!(told.contains("request_id: Some") && !told.contains(KEY), "{status}: {told}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_not_asked_for_again() {
    for (reach, expected) in [(Reach::NothingSent, "not sent"), (Reach::MaybeSent, "unconfirmed")] {
        let (azure, left) = answering(move || Err(Lost { reach, cause: "reset".into() }));
        let sent = azure.start(&request("SystemAssignedManagedIdentity"), None, id()).await;
        assert_eq!((word(&sent), left.lock().unwrap().len()), (expected, 1));
        let answer = azure.poll(&format!("{ARM}/subscriptions/s/1"), PollStyle::Location, ARM, id()).await;
        assert!(matches!(answer, Answer::Unreadable { kind: UnreadableKind::Network, .. }), "{answer:?}");
    }
}

/// Nobody is signed in.
#[derive(Debug)]
struct Nobody;

#[async_trait::async_trait]
impl TokenCredential for Nobody {
    async fn get_token(
        &self,
        _: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        Err(azure_core::Error::with_message(azure_core::error::ErrorKind::Credential, "AADSTS70043: over"))
    }
}

#[tokio::test]
async fn readiness_needs_a_token_and_sends_nothing() {
    let (azure, left) = answering(|| Ok(response(202, &[], "")));
    assert_eq!(azure.make_ready().await, Ok(()));
    assert!(left.lock().unwrap().is_empty());
    let network = Network::new(|_, _| Box::pin(std::future::pending()));
    let source = Source { name: "simulated", issuer: None, credential: Box::new(|| Ok(Arc::new(Nobody))) };
    let azure = Azure::simulated(connection(clock()), network, vec![source]);
    let problem = azure.make_ready().await.unwrap_err();
    assert_eq!(problem.summary, "The request was not sent");
    let sent = azure.start(&request("SystemAssignedManagedIdentity"), None, id()).await;
    assert_eq!(word(&sent), "not sent");
}

#[tokio::test]
async fn an_operation_is_asked_about_at_its_own_address_and_root_only() {
    let url = format!("{ARM}/subscriptions/s//operationresults/1?api-version=1");
    let (azure, left) = answering(|| Ok(response(202, &[("retry-after", "17".into())], "")));
    let Answer::Running(progress) = azure.poll(&url, PollStyle::Location, ARM, id()).await else {
        panic!("not running")
    };
    assert_eq!((progress.http_status, progress.retry_after), (202, Some(17)));
    let (line, get) = left.lock().unwrap().pop().unwrap();
    assert_eq!((line, get.method(), get.url().as_str()), (Line::Shared, &Method::GET, url.as_str()));
    assert_eq!(get.headers()["x-ms-client-request-id"], id().to_string());
    let china = "https://management.chinacloudapi.cn";
    let table = [
        (url.as_str(), china, "an operation of another cloud"),
        ("https://evil.example/1", ARM, "an address elsewhere"),
        ("https://evil.example/1", "https://evil.example", "both"),
        (url.as_str(), "nowhere", "no root"),
    ];
    for (url, pinned, what) in table {
        let answer = azure.poll(url, PollStyle::Location, pinned, id()).await;
        let Answer::Unreadable { kind: UnreadableKind::Odd, problem, http_status: None } = answer else {
            panic!("{what}")
        };
        assert!(problem.summary.contains("cannot be asked about here"), "{problem}");
        assert!(left.lock().unwrap().is_empty(), "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_poll_that_trickles_is_given_up() {
    let patience = Patience { silence: Duration::from_secs(3600), ..Patience::default() };
    let network = Network::new(|_, _| Box::pin(std::future::pending()));
    let source =
        Source { name: "simulated", issuer: None, credential: Box::new(|| Ok(Arc::new(Lasting::default()))) };
    let azure = Azure::simulated(Connection { patience, ..connection(clock()) }, network, vec![source]);
    let begun = Instant::now();
    let answer = azure.poll(&format!("{ARM}/subscriptions/s/1"), PollStyle::Location, ARM, id()).await;
    assert!(matches!(answer, Answer::Unreadable { kind: UnreadableKind::Network, .. }), "{answer:?}");
    assert_eq!(begun.elapsed(), POLL_TIMEOUT);
}

/// A survey that has used the budget up but for its reserve keeps no operation waiting.
#[tokio::test(start_paused = true)]
async fn polls_go_ahead_of_readings() {
    let azure =
        azure(|_| Ok(response(202, &[("x-ms-ratelimit-remaining-subscription-reads", "9".to_owned())], "")));
    let begun = Instant::now();
    for _ in 0..2 {
        azure.poll(&format!("{ARM}/subscriptions/s/1"), PollStyle::Location, ARM, id()).await;
    }
    assert_eq!(begun.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn a_poll_reads_the_status_monitor_as_one() {
    let (azure, _) = answering(|| Ok(response(400, &[], r#"{"error":{"code":"RestoreFailed"}}"#)));
    let url = format!("{ARM}/subscriptions/s/1");
    let by_location = azure.poll(&url, PollStyle::Location, ARM, id()).await;
    assert!(matches!(by_location, Answer::Failed(_)), "{by_location:?}");
    let by_monitor = azure.poll(&url, PollStyle::AsyncOperation, ARM, id()).await;
    assert!(matches!(by_monitor, Answer::Unreadable { kind: UnreadableKind::Odd, .. }), "{by_monitor:?}");
}

/// A sign-in that takes a minute, and how often it was asked for a token.
#[derive(Debug, Default)]
struct Slow {
    asked: Arc<std::sync::atomic::AtomicUsize>,
    then: Lasting,
}

#[async_trait::async_trait]
impl TokenCredential for Slow {
    async fn get_token(
        &self,
        scopes: &[&str],
        options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        self.asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        tokio::time::sleep(Duration::from_secs(60)).await;
        self.then.get_token(scopes, options).await
    }
}

/// The switch is asked before the token, so that nobody signs in for nothing, and again at the moment of leaving.
#[tokio::test(start_paused = true)]
async fn a2_time_to_write_that_ends_while_the_token_is_fetched_lets_nothing_leave() {
    let (asked, left) = (Arc::<std::sync::atomic::AtomicUsize>::default(), Left::default());
    let log = left.clone();
    let network = Network::new(move |request, line| {
        log.lock().unwrap().push((line, request));
        Box::pin(async { Ok(response(202, &[LOCATION].map(|(name, it)| (name, it.to_owned())), "")) })
    });
    let counted = Arc::clone(&asked);
    let slow = move || Slow { asked: Arc::clone(&counted), then: Lasting::default() };
    let source = Source { name: "slow", issuer: None, credential: Box::new(move || Ok(Arc::new(slow()))) };
    let azure = Azure::simulated(connection(clock()), network, vec![source]);
    let request = request("SystemAssignedManagedIdentity");
    azure.set_writing(Wish::ReadOnly);
    assert_eq!(word(&azure.start(&request, None, id()).await), "not sent");
    assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 0, "nobody signs in for what may not leave");
    azure.set_writing(Wish::For(jiff::SignedDuration::from_secs(30)));
    assert_eq!(word(&azure.start(&request, None, id()).await), "not sent");
    assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 1);
    assert!(left.lock().unwrap().is_empty(), "the time was over when the token came");
    azure.set_writing(Wish::For(jiff::SignedDuration::from_secs(90)));
    assert_eq!(word(&azure.start(&request, None, id()).await), "accepted");
    assert_eq!(left.lock().unwrap().len(), 1);
}
