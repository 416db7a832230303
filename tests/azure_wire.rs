//! The promises about requests, counted at the other end of the wire: how often, with what, and to whom.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod azure_support;

use azure_support::{Act, KEY, SUB, Server, answer, connection, instance, now, operation, subscriptions};
use lifeboat::azure::error::AzureError;
use lifeboat::azure::polling::{Answer, UnreadableKind};
use lifeboat::azure::sending::Sent;
use lifeboat::azure::{Azure, WriteMode};
use lifeboat::domain::backup::Source;
use lifeboat::domain::operation::PollStyle;
use lifeboat::domain::plan::{Access, Plan, Request, RestorePlan};
use lifeboat::domain::problem::Trouble;
use lifeboat::domain::resource::SubscriptionId;
use lifeboat::domain::storage::Location;
use secrecy::SecretString;

fn restore(base: &str, access: Access) -> Request {
    let backup = Location::new("stcore", "apim").at("core.apimbackup");
    Plan::Restore(RestorePlan { target: instance(), backup, access, source: Source::UNKNOWN, taken: None })
        .request(base)
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

const IDLE: &str = r#"{"id":"/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/rg/providers/Microsoft.ApiManagement/service/apim-dr","name":"apim-dr","sku":{"name":"Premium","capacity":1},"properties":{"provisioningState":"Succeeded","targetProvisioningState":""}}"#;

#[tokio::test]
async fn one_post_whatever_comes() {
    let envelope = r#"{"error":{"code":"ServiceLocked","message":"busy"}}"#;
    let table = [
        ("hangs up", Act::HangUp, "unconfirmed"),
        ("breaks off", Act::BreakOff { body: b"{".to_vec() }, "unconfirmed"),
        ("401", answer(401, envelope), "refused"),
        ("408", answer(408, ""), "unconfirmed"),
        ("409", answer(409, envelope).with("retry-after", "0"), "refused"),
        ("429", answer(429, envelope).with("retry-after", "0"), "refused"),
        ("500", answer(500, envelope), "unconfirmed"),
        ("502", answer(502, "").with("retry-after", "0"), "unconfirmed"),
        ("503", answer(503, envelope).with("retry-after", "0"), "unconfirmed"),
        ("504", answer(504, ""), "unconfirmed"),
        ("307", answer(307, "").with("location", "/elsewhere"), "unconfirmed"),
        ("308", answer(308, "").with("location", "/elsewhere"), "unconfirmed"),
        ("202", answer(202, "").with("location", "/operationresults/1"), "accepted"),
        ("202 to a stranger", answer(202, "").with("location", "https://evil.example/1"), "unconfirmed"),
        ("200 with the instance", answer(200, IDLE), "done"),
        ("200 with a web page", answer(200, "<html></html>"), "unconfirmed"),
    ];
    for (name, act, expected) in table {
        let server = Server::start(move |_, _| act.clone()).await;
        let sent = server.azure().start(&restore(&server.base, Access::System), None, operation()).await;
        assert_eq!(word(&sent), expected, "{name}: {sent:?}");
        assert_eq!(server.asked().len(), 1, "{name}: one request, ever");
    }
}

#[tokio::test]
async fn the_post_is_what_was_shown_and_carries_the_operations_id() {
    let server = Server::start(|_, _| answer(202, "").with("location", "/operationresults/1")).await;
    let azure = server.azure();
    let request = restore(&server.base, Access::Key);
    assert_eq!(word(&azure.start(&request, None, operation()).await), "not sent", "the key is missing");
    assert_eq!(server.asked().len(), 0);
    let key = SecretString::from(KEY);
    let sent = azure.start(&request, Some(&key), operation()).await;
    let Sent::Accepted(accepted) = sent else { panic!("{sent:?}") };
    assert_eq!(accepted.operation_url, format!("{}/operationresults/1", server.base));
    let asked = &server.asked()[0];
    assert_eq!(asked.header("x-ms-client-request-id"), Some("11111111-2222-4333-8444-555555555555"));
    assert_eq!(asked.header("x-ms-return-client-request-id"), Some("true"));
    let body: serde_json::Value = serde_json::from_str(&asked.body).unwrap();
    assert_eq!(body["accessKey"], KEY);
    assert_eq!(body["accessType"], "AccessKey");
    assert_eq!(body.as_object().unwrap().len(), 5);
}

#[tokio::test]
async fn a_request_that_cannot_connect_was_not_sent() {
    let server = Server::start(|_, _| answer(200, "")).await;
    let azure = server.azure();
    azure.whoami().await.unwrap();
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    // Signed in at the one, but nobody listens at the other.
    let mut elsewhere = connection(&server.base, WriteMode::Guarded);
    elsewhere.cloud.resource_manager.clone_from(&closed);
    let azure = Azure::connect(elsewhere).unwrap();
    let sent = azure.start(&restore(&closed, Access::System), None, operation()).await;
    let Sent::NotSent(problem) = sent else { panic!("{sent:?}") };
    assert_eq!(problem.kind, Trouble::Unreachable);
    let nobody = Azure::connect(connection(&closed, WriteMode::Guarded)).unwrap();
    let sent = nobody.start(&restore(&closed, Access::System), None, operation()).await;
    assert!(matches!(sent, Sent::NotSent(ref problem) if problem.kind == Trouble::Unreachable), "{sent:?}");
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_the_reading_goes_on() {
    let server =
        Server::start(|_, number| if number == 0 { answer(401, "") } else { answer(200, IDLE) }).await;
    let it = server.azure().instance(&instance()).await.unwrap();
    assert_eq!(it.sku.unwrap().to_string(), "Premium/1");
    assert_eq!((server.asked().len(), server.sign_ins()), (2, 2));
    let asked = server.asked();
    assert_ne!(asked[0].header("authorization"), asked[1].header("authorization"));

    let server =
        Server::start(|_, _| answer(401, r#"{"error":{"code":"ExpiredAuthenticationToken"}}"#)).await;
    let error = server.azure().instance(&instance()).await.unwrap_err();
    assert_eq!(error.trouble(), Trouble::SignedOut);
    assert_eq!(server.asked().len(), 2, "not again and again");
}

#[tokio::test]
async fn readings_are_tried_again_where_it_may_help() {
    for first in [answer(503, ""), answer(429, "").with("retry-after", "1"), Act::HangUp, answer(500, "")] {
        let server =
            Server::start(move |_, number| if number == 0 { first.clone() } else { answer(200, IDLE) }).await;
        server.azure().instance(&instance()).await.unwrap();
        assert_eq!(server.asked().len(), 2);
    }
    for status in [400, 403, 404, 409] {
        let server = Server::start(move |_, _| answer(status, "")).await;
        server.azure().instance(&instance()).await.unwrap_err();
        assert_eq!(server.asked().len(), 1, "{status}");
    }
    let server = Server::start(|_, _| answer(429, "").with("retry-after", "3000")).await;
    let error = server.azure().instance(&instance()).await.unwrap_err();
    assert_eq!(
        (error.trouble(), server.asked().len()),
        (Trouble::Throttled, 1),
        "before its time nothing is sent"
    );
}

#[tokio::test]
async fn no_token_leaves_the_pinned_origin() {
    let stranger = Server::start(|_, _| answer(200, "{}")).await;
    let there = format!("{}/x", stranger.base);
    let link = there.clone();
    let server = Server::start(move |asked, _| match asked.target.contains("redirect") {
        true => answer(302, "").with("location", link.clone()),
        false => answer(200, format!(r#"{{"value":[],"nextLink":"{link}"}}"#)),
    })
    .await;
    let azure = server.azure();
    let error = azure.subscriptions().await.unwrap_err();
    assert!(matches!(error, AzureError::Odd { .. }), "{error:?}");
    let poll = |url: String, pinned: String| {
        let azure = azure.clone();
        async move { azure.poll(&url, PollStyle::Location, &pinned, operation()).await }
    };
    let base = server.base.clone();
    for (url, pinned) in [
        (there.clone(), base.clone()),
        (there.clone(), stranger.base.clone()),
        (format!("{base}/redirect"), base.clone()),
        (base.replace("http://", "http://me@"), base.clone()),
        ("//evil.example/x".to_owned(), base.clone()),
        ("nonsense://".to_owned(), base),
    ] {
        let answer = poll(url.clone(), pinned).await;
        assert!(matches!(answer, Answer::Unreadable { kind: UnreadableKind::Odd, .. }), "{url}: {answer:?}");
    }
    let sent = azure.start(&restore(&stranger.base, Access::System), None, operation()).await;
    assert_eq!(word(&sent), "not sent");
    assert_eq!(stranger.asked().len() + stranger.sign_ins(), 0);
}

#[tokio::test]
async fn a_poll_that_says_nothing_ends_nothing() {
    let table = [
        (answer(401, ""), UnreadableKind::SignedOut, 2),
        (
            answer(403, r#"{"error":{"code":"AuthorizationFailed","message":"m"}}"#),
            UnreadableKind::Forbidden,
            1,
        ),
        (answer(404, r#"{"error":{"code":"ResourceNotFound","message":"m"}}"#), UnreadableKind::Gone, 1),
        (answer(429, "").with("retry-after", "17"), UnreadableKind::Throttled { after: Some(17) }, 1),
        (answer(503, ""), UnreadableKind::Network, 1),
        (Act::HangUp, UnreadableKind::Network, 1),
        (Act::BreakOff { body: IDLE.into() }, UnreadableKind::Network, 1),
        (answer(200, "<html>Sign in to the network</html>"), UnreadableKind::Odd, 1),
        (answer(200, ""), UnreadableKind::Odd, 1),
        (answer(200, &IDLE[..50]), UnreadableKind::Odd, 1),
    ];
    for (act, expected, requests) in table {
        let shown = format!("{act:?}");
        let server = Server::start(move |_, _| act.clone()).await;
        let url = format!("{}/operationresults/1", server.base);
        let answer = server.azure().poll(&url, PollStyle::Location, &server.base, operation()).await;
        let Answer::Unreadable { problem, kind, .. } = answer else { panic!("{shown}: {answer:?}") };
        assert_eq!(kind, expected, "{shown}");
        assert!(problem.meaning.unwrap().contains("goes on in Azure"), "{shown}");
        assert_eq!(server.asked().len(), requests, "{shown}");
    }
}

fn row(subscription: &str, name: &str) -> String {
    format!(
        r#"{{"id":"/subscriptions/{subscription}/resourceGroups/rg/providers/Microsoft.ApiManagement/service/{name}","name":"{name}"}}"#
    )
}

async fn names(azure: &Azure, ids: &[&str]) -> (Vec<String>, Vec<lifeboat::domain::problem::Problem>) {
    let mut found = Vec::new();
    let problems = azure
        .instances(&subscriptions(ids), &mut |page| found.extend(page.into_iter().map(|it| it.name)))
        .await;
    found.sort();
    (found, problems)
}

#[tokio::test]
async fn graph_is_paged_and_silent_subscriptions_are_asked() {
    let server = Server::start(|asked, _| match (asked.method.as_str(), asked.body.contains("skipToken")) {
        ("POST", false) => answer(
            200,
            format!(r#"{{"data":[{}],"$skipToken":"t1","resultTruncated":"false"}}"#, row(SUB, "a")),
        ),
        ("POST", true) => answer(200, format!(r#"{{"data":[{},{}]}}"#, row(SUB, "a"), row(SUB, "b"))),
        _ if asked.target.contains("hidden") => {
            answer(403, r#"{"error":{"code":"AuthorizationFailed","message":"The client may not."}}"#)
        }
        _ => answer(200, r#"{"value":[]}"#),
    })
    .await;
    let (found, problems) = names(&server.azure(), &[SUB, "hidden", "empty"]).await;
    assert_eq!(found, ["a", "b"]);
    assert_eq!(problems.len(), 1);
    assert!(problems[0].scope.as_deref().unwrap().contains("hidden"), "{problems:?}");
    assert_eq!(problems[0].server_message.as_deref(), Some("The client may not."));
    assert_eq!((server.count("POST", "ResourceGraph"), server.count("GET", "service?")), (2, 2));
}

#[tokio::test]
async fn when_graph_is_down_every_subscription_is_asked_and_nothing_comes_twice() {
    let server = Server::start(|asked, _| match (asked.method.as_str(), asked.body.contains("skipToken")) {
        ("POST", false) => answer(200, format!(r#"{{"data":[{}],"$skipToken":"t1"}}"#, row("s1", "a"))),
        ("POST", true) => answer(503, "").with("retry-after", "3600"),
        _ if asked.target.contains("page=2") => answer(200, format!(r#"{{"value":[{}]}}"#, row("s1", "b"))),
        _ if asked.target.contains("s1") => {
            let next = format!("http://{}/subscriptions/s1?page=2", asked.header("host").unwrap());
            answer(200, format!(r#"{{"value":[{}],"nextLink":"{next}"}}"#, row("s1", "a")))
        }
        _ => answer(200, format!(r#"{{"value":[{}, {{"no":"id"}}]}}"#, row("s2", "c"))),
    })
    .await;
    let (found, problems) = names(&server.azure(), &["s1", "s2"]).await;
    assert_eq!((found, problems.len()), (vec!["a".to_owned(), "b".to_owned(), "c".to_owned()], 0));
}

#[tokio::test]
async fn without_a_network_there_is_one_problem_and_not_one_per_subscription() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let azure = Azure::connect(connection(&closed, WriteMode::Guarded)).unwrap();
    let (found, problems) = names(&azure, &["s1", "s2", "s3"]).await;
    assert!(found.is_empty());
    assert_eq!(problems.iter().map(|it| it.kind).collect::<Vec<_>>(), [Trouble::Unreachable]);
}

#[tokio::test]
async fn lists_without_an_end_and_answers_without_sense_are_said_to_be_such() {
    let bodies = [
        r#"{"value":[],"nextLink":"/subscriptions?api-version=2022-12-01"}"#,
        "<html>Sign in</html>",
        r#"{"value":[{"subscriptionId":"#,
        r#"{"value":7}"#,
        r#"[]"#,
        "",
    ];
    for body in bodies {
        let server = Server::start(move |_, _| answer(200, body)).await;
        let error = server.azure().subscriptions().await.unwrap_err();
        assert!(matches!(error, AzureError::Odd { http_status: Some(200) | None, .. }), "{body}: {error:?}");
        assert!(error.problem().next.is_some());
    }
    let deep = "[".repeat(100_000);
    let server = Server::start(move |_, _| answer(200, deep.clone())).await;
    server.azure().subscriptions().await.unwrap_err();
    let long = vec![b' '; 9 * 1024 * 1024];
    let server = Server::start(move |_, _| answer(200, long.clone())).await;
    let error = server.azure().subscriptions().await.unwrap_err();
    assert!(error.to_string().contains("longer than"), "{error}");
}

#[tokio::test]
async fn read_only_lets_nothing_leave_that_changes_anything() {
    let server = Server::start(|asked, _| match asked.method.as_str() {
        "POST" => answer(200, r#"{"data":[]}"#),
        _ => answer(200, IDLE),
    })
    .await;
    let azure = azure_support::connect(&server.base, WriteMode::ReadOnly);
    let mut closed = connection(&server.base, WriteMode::Guarded);
    closed.read_only_subscriptions.insert(SubscriptionId::new(&SUB.to_uppercase()));
    for azure in [azure, Azure::connect(closed).unwrap()] {
        let sent = azure.start(&restore(&server.base, Access::System), None, operation()).await;
        assert_eq!(word(&sent), "not sent", "{sent:?}");
        let error = azure.account_key(&server.account()).await.unwrap_err();
        assert!(matches!(error, AzureError::ReadOnly { .. }));
        let address = Location::new("stcore", "apim").at("x");
        let listing = lifeboat::azure::listing::Listing::Entra;
        azure.write_blob(&server.account(), &address, listing, b"x".to_vec()).await.unwrap_err();
        azure.instance(&instance()).await.unwrap();
        azure.storage_accounts(&subscriptions(&[SUB])).await;
    }
    assert_eq!(server.count("POST", "ResourceGraph"), 2);
    let changing = server
        .asked()
        .iter()
        .filter(|asked| asked.method != "GET" && !asked.target.contains("Graph"))
        .count();
    assert_eq!(changing, 0);
}

#[tokio::test]
async fn every_request_can_be_found_again_and_no_secret_is_shown() {
    let server = Server::start(|_, _| {
        let words = format!("no, not with {KEY}");
        answer(403, format!(r#"{{"error":{{"code":"AuthorizationFailed","message":"{words}"}}}}"#))
            .with("x-ms-request-id", "r-1")
            .with("x-ms-correlation-request-id", "c-1")
    })
    .await;
    let azure = server.azure();
    let key = SecretString::from(KEY);
    let sent = azure.start(&restore(&server.base, Access::Key), Some(&key), operation()).await;
    let Sent::Refused(problem) = &sent else { panic!("{sent:?}") };
    assert_eq!(
        (problem.request_id.as_deref(), problem.correlation_id.as_deref()),
        (Some("r-1"), Some("c-1"))
    );
    assert_eq!(problem.server_message.as_deref(), Some("no, not with (taken out)"));
    let error = azure.account_key(&server.account()).await.unwrap_err();
    let events = azure.activity(&instance(), now(), now()).await.unwrap_err();
    azure.workspaces(&instance()).await.unwrap_err();
    azure.permissions(&instance()).await.unwrap_err();
    let mut ids: Vec<String> = Vec::new();
    for asked in server.asked() {
        assert_eq!(asked.header("x-ms-return-client-request-id"), Some("true"), "{}", asked.target);
        ids.push(asked.header("x-ms-client-request-id").unwrap().to_owned());
    }
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all, "each request has an id of its own");
    let keys = server.asked().into_iter().find(|asked| asked.is("POST", "listKeys")).unwrap();
    assert_eq!(keys.header("content-length"), Some("0"));
    let shown = format!("{azure:?} {sent:?} {error} {events}");
    assert!(!shown.to_lowercase().contains("canary") && !shown.contains(KEY), "{shown}");
}

#[tokio::test]
async fn who_is_signed_in_is_read_from_the_token() {
    let server = Server::start(|_, _| answer(200, "{}")).await;
    let azure = server.azure();
    let signed_in = azure.whoami().await.unwrap();
    assert_eq!((signed_in.via.as_str(), signed_in.tenant.as_deref()), ("environment", Some("t-1")));
    assert_eq!((signed_in.name.as_deref(), signed_in.object_id.as_deref()), (Some("app-1"), Some("o-1")));
    let calls = (0..50).map(|_| azure.whoami());
    futures::future::join_all(calls).await;
    assert_eq!(server.sign_ins(), 1);
}

/// However a reading goes wrong: its tries are counted together, whether nobody answered or the answer broke off.
#[tokio::test]
async fn a_reading_is_tried_four_times_in_all() {
    let kinds: [fn(usize) -> Act; 3] = [
        |_| Act::HangUp,
        |_| Act::BreakOff { body: b"{".to_vec() },
        |nth| if nth % 2 == 0 { Act::BreakOff { body: b"{".to_vec() } } else { answer(503, "{}") },
    ];
    for (nth, kind) in kinds.into_iter().enumerate() {
        let tried = std::sync::atomic::AtomicUsize::new(0);
        let server = Server::start(move |asked, _| match asked.method.as_str() {
            "GET" => kind(tried.fetch_add(1, std::sync::atomic::Ordering::SeqCst)),
            _ => answer(200, "{}"),
        })
        .await;
        server.azure().instance(&instance()).await.unwrap_err();
        assert_eq!(server.count("GET", "/service/"), 4, "kind {nth}");
    }
}
