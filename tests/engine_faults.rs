//! Answers that say nothing, or something else than they seem to, put between the engine and the pretend Azure: one
//! POST each time, and never a verdict that Azure did not give.

mod engine_support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use engine_support::{Bench, Meddler, Meddling, id, told};
use lifeboat::domain::operation::Phase;
use lifeboat::domain::plan::Access;

const SOURCE: &str = "apim-core-prod";
const STANDBY: &str = "apim-core-dr";

type Headers = Vec<(&'static str, &'static str)>;

fn is_start(method: &str, path: &str) -> bool {
    method == "POST" && path.ends_with("/restore")
}

fn is_poll(path: &str) -> bool {
    path.contains("/operationresults/")
}

fn envelope(code: &str) -> String {
    format!(r#"{{"error":{{"code":"{code}","message":"{code}, says the test"}}}}"#)
}

/// Meddles with the first `times` polls.
fn with_polls(times: usize, status: u16, headers: Headers, body: String) -> Meddler {
    let asked = AtomicUsize::new(0);
    Arc::new(move |_, path| {
        let meddle = is_poll(path) && asked.fetch_add(1, Ordering::Relaxed) < times;
        meddle.then(|| Meddling::Instead(status, headers.clone(), body.clone()))
    })
}

/// The table of RELIABILITY.md A1.2, and some more: what an address says before it says the truth.
#[tokio::test]
async fn no_answer_that_says_nothing_ends_an_operation() {
    let html = "<html><body>Sign in to the guest network</body></html>";
    let busy = r#"{"properties":{"provisioningState":"Activating"}}"#;
    let table: Vec<(&str, usize, u16, Headers, String)> = vec![
        ("404 once", 1, 404, vec![], envelope("NotFound")),
        ("410 once", 1, 410, vec![], String::new()),
        ("401 once", 1, 401, vec![], envelope("ExpiredAuthenticationToken")),
        ("403 once", 1, 403, vec![], envelope("AuthorizationFailed")),
        ("503 four times", 4, 503, vec![], String::new()),
        ("408 twice", 2, 408, vec![], envelope("Timeout")),
        ("409 once", 1, 409, vec![], envelope("Conflict")),
        ("429 once", 1, 429, vec![("retry-after", "1")], envelope("TooManyRequests")),
        ("200 that is still busy", 1, 200, vec![], busy.into()),
        ("200 with a sign-in page", 1, 200, vec![("content-type", "text/html")], html.into()),
        ("200 empty", 1, 200, vec![], String::new()),
        ("200 cut", 1, 200, vec![], r#"{"id":"/subscr"#.into()),
        ("202 with garbage to wait", 1, 202, vec![("retry-after", "soon")], String::new()),
        ("202 with 31 years to wait", 1, 202, vec![("retry-after", "1000000000")], String::new()),
        ("202 to another host", 1, 202, vec![("location", "https://evil.example/x")], String::new()),
        ("a redirect", 1, 307, vec![("location", "https://evil.example/x")], String::new()),
    ];
    let rows = table.len();
    for (case, times, status, headers, body) in table {
        let bench = Bench::behind(with_polls(times, status, headers, body)).await;
        let approved = bench.approve_restore(SOURCE, STANDBY, Access::System).await;
        let (operation, reports) = bench.run(approved, id(1)).await;
        assert_eq!(operation.phase, Phase::Succeeded, "{case}: {:?}", operation.problem);
        assert!(!told(&reports).contains(&"failed"), "{case}");
        assert_eq!(bench.posts().await.len(), 1, "{case}");
        bench.assert_replays(&operation);
    }
    println!("{rows} answers that say nothing, {rows} right verdicts");
}

#[tokio::test]
async fn a_failure_in_a_status_monitor_is_a_failure() {
    let failed =
        r#"{"status":"Failed","error":{"code":"RestoreFailed","message":"Cannot restore: backup expired"}}"#;
    let bench = Bench::behind(with_polls(1, 200, vec![], failed.into())).await;
    let approved = bench.approve_restore(SOURCE, STANDBY, Access::System).await;
    let (operation, _) = bench.run(approved, id(1)).await;
    assert_eq!(operation.phase, Phase::Failed);
    let words = operation.problem.unwrap().server_message;
    assert_eq!(words.as_deref(), Some("Cannot restore: backup expired"));
}

#[tokio::test]
async fn an_address_that_is_gone_for_good_gives_way_to_the_activity_log() {
    let bench = Bench::behind(with_polls(usize::MAX, 404, vec![], envelope("NotFound"))).await;
    let approved = bench.approve_restore(SOURCE, STANDBY, Access::System).await;
    let (operation, reports) = bench.run(approved, id(1)).await;
    assert_eq!(operation.phase, Phase::Succeeded, "{:?}", operation.problem);
    assert!(told(&reports).contains(&"untracked"));
    bench.assert_replays(&operation);
}

#[tokio::test]
async fn without_address_and_log_nothing_is_claimed() {
    let meddler: Meddler = Arc::new(|_, path| {
        let forbidden = is_poll(path) || path.contains("/eventtypes/management/values");
        forbidden.then(|| Meddling::Instead(403, vec![], envelope("AuthorizationFailed")))
    });
    let bench = Bench::behind(meddler).await;
    let approved = bench.approve_restore(SOURCE, STANDBY, Access::System).await;
    let (operation, reports) = bench.run(approved, id(1)).await;
    assert_eq!(operation.phase, Phase::Untracked);
    assert_eq!(told(&reports).last(), Some(&"noted"), "why the search ended is kept");
    assert_eq!(bench.posts().await.len(), 1);
    bench.assert_replays(&operation);
}

/// Azure takes the request, and what comes back is not its answer.
#[tokio::test]
async fn a_post_is_sent_once_whatever_comes_back() {
    let table =
        [(500, "taken"), (502, "taken"), (503, "taken"), (504, "taken"), (408, "taken"), (200, "taken")];
    for (status, case) in table {
        let meddler: Meddler = Arc::new(move |method, path| {
            let retry = vec![("retry-after", "0")];
            is_start(method, path).then(|| Meddling::After(status, retry, "<html></html>".into()))
        });
        let bench = Bench::behind(meddler).await;
        let approved = bench.approve_restore(SOURCE, STANDBY, Access::System).await;
        let (operation, reports) = bench.run(approved, id(1)).await;
        assert_eq!(operation.phase, Phase::Succeeded, "{status} {case}: {:?}", operation.problem);
        assert!(told(&reports).contains(&"unconfirmed"), "{status}");
        assert_eq!(bench.posts().await.len(), 1, "{status} {case}");
    }
}

/// Azure says no, or something before it does: nothing was started, and nobody says that it may have been.
#[tokio::test]
async fn a_clear_no_is_a_refusal_and_is_not_asked_again() {
    for (status, code) in [
        (400, "InvalidParameters"),
        (401, "InvalidAuthenticationToken"),
        (403, "AuthorizationFailed"),
        (404, "ResourceNotFound"),
        (409, "ServiceLocked"),
        (429, "TooManyRequests"),
    ] {
        let seen = Arc::new(AtomicUsize::new(0));
        let count = seen.clone();
        let meddler: Meddler = Arc::new(move |method, path| {
            is_start(method, path).then(|| {
                count.fetch_add(1, Ordering::Relaxed);
                Meddling::Instead(status, vec![("retry-after", "0")], envelope(code))
            })
        });
        let bench = Bench::behind(meddler).await;
        let approved = bench.approve_restore(SOURCE, STANDBY, Access::System).await;
        let (operation, _) = bench.run(approved, id(1)).await;
        assert_eq!(operation.phase, Phase::Refused, "{status}");
        assert_eq!(operation.problem.clone().unwrap().code.as_deref(), Some(code));
        assert_eq!(seen.load(Ordering::Relaxed), 1, "{status}");
        bench.assert_replays(&operation);
    }
}

/// A 202 whose address leads elsewhere: the token stays, and the operation is found by other evidence.
#[tokio::test]
async fn an_address_of_another_host_is_not_asked() {
    let meddler: Meddler = Arc::new(|method, path| {
        let elsewhere = vec![("location", "https://evil.example/operationresults/x")];
        is_start(method, path).then_some(Meddling::Headers(elsewhere))
    });
    let bench = Bench::behind(meddler).await;
    let approved = bench.approve_restore(SOURCE, STANDBY, Access::System).await;
    let (operation, _) = bench.run(approved, id(1)).await;
    assert_eq!(operation.phase, Phase::Succeeded, "{:?}", operation.problem);
    assert!(operation.operation_url.is_none_or(|url| !url.contains("evil")));
    assert_eq!(bench.posts().await.len(), 1);
}
