//! Answers that say nothing, or something else than they seem to, put between the engine and the pretend Azure: one
//! POST each time, and never a verdict that Azure did not give.

mod engine_support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::join_all;

use engine_support::{Bench, Meddler, Meddling, id, told};
use lifeboat::domain::approval::ApprovedPlan;
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

/// A plan for all rows of a table: it names no address of Azure, and making it takes longer than carrying it out.
async fn approved() -> ApprovedPlan {
    Bench::start("quiet").await.approve_restore(SOURCE, STANDBY, Access::System).await
}

/// Meddles with the first `times` polls.
fn polls(times: usize, meddling: impl Fn() -> Meddling + Send + Sync + 'static) -> Meddler {
    let asked = AtomicUsize::new(0);
    Arc::new(move |_, path| {
        let meddle = is_poll(path) && asked.fetch_add(1, Ordering::Relaxed) < times;
        meddle.then(&meddling)
    })
}

/// Answers the first `times` polls in Azure's stead.
fn with_polls(times: usize, status: u16, headers: Headers, body: String) -> Meddler {
    polls(times, move || Meddling::Instead(status, headers.clone(), body.clone()))
}

/// What an address says before it says the truth.
struct Hostile {
    case: &'static str,
    meddler: Meddler,
    ends: Phase,
}

fn hostile(case: &'static str, meddler: Meddler) -> Hostile {
    Hostile { case, meddler, ends: Phase::Succeeded }
}

const HTML: &str = "<html><body>Sign in to the guest network</body></html>";
const BUSY: &str = r#"{"properties":{"provisioningState":"Activating"}}"#;
const FAILED: &str =
    r#"{"status":"Failed","error":{"code":"RestoreFailed","message":"Cannot restore: backup expired"}}"#;

/// The twelve answers that Azure's own SDK for Python was measured with (azure-core 1.41.0). It called four of them
/// Succeeded and three Failed, died of two, slept for 31 years, and sent its token to another host.
fn measured() -> Vec<Hostile> {
    let moved = |to| move || Meddling::Headers(vec![("location", to)]);
    let later = |when| move || Meddling::Headers(vec![("retry-after", when)]);
    let asked = AtomicUsize::new(0);
    let eight_times: Meddler =
        Arc::new(move |_, path| match asked.fetch_add(usize::from(is_poll(path)), Ordering::Relaxed) {
            0..4 if is_poll(path) => Some(Meddling::Instead(503, vec![], String::new())),
            4..8 if is_poll(path) => Some(Meddling::Reset),
            _ => None,
        });
    let failed = with_polls(1, 200, vec![], FAILED.into());
    vec![
        hostile("404 once, then 200", with_polls(1, 404, vec![], envelope("NotFound"))),
        hostile("401 once, then 200", with_polls(1, 401, vec![], envelope("ExpiredAuthenticationToken"))),
        hostile("503 four times and four resets, then 200", eight_times),
        Hostile { ends: Phase::Failed, ..hostile("200 that says Failed", failed) },
        hostile("200 that says Activating", with_polls(1, 200, vec![], BUSY.into())),
        hostile("200 text/html", with_polls(1, 200, vec![("content-type", "text/html")], HTML.into())),
        hostile("200 empty", with_polls(1, 200, vec![], String::new())),
        hostile("Retry-After: soon", polls(1, later("soon"))),
        hostile("Retry-After: 1e9", polls(1, later("1000000000"))),
        hostile("a relative Location", polls(usize::MAX, || Meddling::Relative)),
        hostile("202 without Location, then 200", polls(1, moved(""))),
        hostile("Location on another host", polls(1, moved("https://evil.example/operationresults/x"))),
    ]
}

/// What else an address was heard to say, or may say, and means nothing by.
fn further() -> Vec<Hostile> {
    let stray = vec![("location", "https://evil.example/x")];
    vec![
        hostile("410 once", with_polls(1, 410, vec![], String::new())),
        hostile("403 once", with_polls(1, 403, vec![], envelope("AuthorizationFailed"))),
        hostile("408 twice", with_polls(2, 408, vec![], envelope("Timeout"))),
        hostile("409 once", with_polls(1, 409, vec![], envelope("Conflict"))),
        hostile("429 once", with_polls(1, 429, vec![("retry-after", "1")], envelope("TooManyRequests"))),
        hostile("500 without words", with_polls(1, 500, vec![], String::new())),
        hostile("502 of a gateway", with_polls(1, 502, vec![], HTML.into())),
        hostile("504 once", with_polls(1, 504, vec![], envelope("GatewayTimeout"))),
        hostile("200 cut", with_polls(1, 200, vec![], r#"{"id":"/subscr"#.into())),
        hostile("200 with the word Succeeded and no instance", with_polls(1, 200, vec![], SUCCEEDED.into())),
        hostile("201 empty", with_polls(1, 201, vec![], String::new())),
        hostile("204", with_polls(1, 204, vec![], String::new())),
        hostile("400 without an envelope", with_polls(1, 400, vec![], HTML.into())),
        hostile("a redirect", with_polls(1, 307, stray, String::new())),
    ]
}

const SUCCEEDED: &str = r#"{"properties":{"provisioningState":"Succeeded"}}"#;

#[tokio::test]
async fn no_answer_that_says_nothing_ends_an_operation() {
    let (twelve, more) = (measured(), further());
    let (measured, further) = (twelve.len(), more.len());
    assert_eq!(measured, 12, "the answers that were measured are twelve");
    let approved = approved().await;
    let asked = twelve.into_iter().chain(more).map(|Hostile { case, meddler, ends }| {
        let approved = approved.clone();
        async move {
            let bench = Bench::behind(meddler).await;
            let (operation, reports) = bench.run(approved, id(1)).await;
            (case, ends, bench, operation, reports)
        }
    });
    for (case, ends, bench, operation, reports) in join_all(asked).await {
        assert_eq!(operation.phase, ends, "{case}: {:?}", operation.problem);
        assert_eq!(told(&reports).contains(&"failed"), ends == Phase::Failed, "{case}");
        assert_eq!(bench.posts().await.len(), 1, "{case}");
        bench.assert_replays(&operation);
        if ends == Phase::Failed {
            let words = operation.problem.unwrap().server_message;
            assert_eq!(words.as_deref(), Some("Cannot restore: backup expired"), "{case}");
        }
    }
    println!("{measured} of {measured} measured answers and {further} further ones: the right verdict");
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
    let approved = approved().await;
    for (status, case) in table {
        let meddler: Meddler = Arc::new(move |method, path| {
            let retry = vec![("retry-after", "0")];
            is_start(method, path).then(|| Meddling::After(status, retry, "<html></html>".into()))
        });
        let bench = Bench::behind(meddler).await;
        let (operation, reports) = bench.run(approved.clone(), id(1)).await;
        assert_eq!(operation.phase, Phase::Succeeded, "{status} {case}: {:?}", operation.problem);
        assert!(told(&reports).contains(&"unconfirmed"), "{status}");
        assert_eq!(bench.posts().await.len(), 1, "{status} {case}");
    }
}

/// Azure says no, or something before it does: nothing was started, and nobody says that it may have been.
#[tokio::test]
async fn a_clear_no_is_a_refusal_and_is_not_asked_again() {
    let approved = approved().await;
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
        let (operation, _) = bench.run(approved.clone(), id(1)).await;
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
