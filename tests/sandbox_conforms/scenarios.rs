//! What each scenario does to a request.

use std::time::{Duration, Instant};

use lifeboat::sandbox::{Options, SandboxError, scenario_names, start};
use serde_json::{Value, json};

use super::peer::{Answer, CORE, PAYMENTS, Peer, account, instance};

/// Starts a restore of the newest backup of apim-core-prod into apim-core-dr.
async fn restore(peer: &Peer) -> std::io::Result<Answer> {
    let backup = peer.backups("stcorebackup/apim").await.pop().unwrap();
    let body = json!({ "storageAccount": "stcorebackup", "containerName": "apim", "backupName": backup,
        "accessType": "SystemAssignedManagedIdentity" });
    let bearer = format!("Bearer {}", peer.arm_token);
    let path = format!("{}/restore?api-version=2024-05-01", instance(CORE, "rg-core-dr", "apim-core-dr"));
    peer.send("POST", &path, &[("authorization", &bearer)], body.to_string().as_bytes()).await
}

/// One poll; a broken connection is `None`.
async fn poll(peer: &Peer, location: &str) -> Option<Answer> {
    let bearer = format!("Bearer {}", peer.arm_token);
    peer.send("GET", &peer.target_of(location), &[("authorization", &bearer)], b"").await.ok()
}

async fn finished(peer: &Peer) -> Value {
    for _ in 0..200 {
        let state = peer.behind("state").await;
        if state["operations"][0]["finished"] == true {
            return state;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the operation did not end");
}

#[tokio::test]
async fn every_scenario_starts_and_an_unknown_one_says_which_there_are() {
    for name in scenario_names() {
        let options = Options { scenario: name.to_owned(), ..Options::default() };
        start(options).await.unwrap().stop().await;
    }
    let options = Options { scenario: "calm".to_owned(), ..Options::default() };
    let fault = start(options).await.unwrap_err();
    assert!(matches!(&fault, SandboxError::Unreadable(text) if text.contains("lost-answer")), "{fault}");
}

#[tokio::test]
async fn a_taken_port_is_an_error_and_a_stopped_sandbox_is_gone() {
    let first = start(Options::default()).await.unwrap();
    let port = first.base_url().rsplit(':').next().unwrap().parse().unwrap();
    let fault = start(Options { port, ..Options::default() }).await.unwrap_err();
    assert!(matches!(fault, SandboxError::Socket { .. }));
    first.stop().await;
    start(Options { port, ..Options::default() }).await.expect("the port is free again");
}

#[tokio::test]
async fn a_lost_answer_has_had_its_effect() {
    let peer = Peer::in_scenario("lost-answer").await;
    assert!(restore(&peer).await.is_err());
    let posts = peer.behind("posts").await;
    assert_eq!((&posts["count"], &posts["requests"][0]["fault"]), (&json!(1), &json!("loseAnswer")));
    assert!(posts["requests"][0]["status"].is_null());
    let state = finished(&peer).await;
    assert_eq!(state["operations"].as_array().unwrap().len(), 1);
    assert_eq!(peer.state_of("apim-core-dr").await["counts"]["apis"], 14);
    assert_eq!(restore(&peer).await.unwrap().status, 202, "only the first answer is lost");
}

#[tokio::test]
async fn a_forbidden_poll_says_nothing_about_the_operation() {
    let peer = Peer::in_scenario("poll-forbidden").await;
    let accepted = restore(&peer).await.unwrap();
    let answer = poll(&peer, accepted.header("location").unwrap()).await.unwrap();
    assert_eq!((answer.status, answer.code().as_str()), (403, "AuthorizationFailed"));
    assert!(answer.header("x-ms-request-id").is_some());
    finished(&peer).await;
    assert_eq!(peer.state_of("apim-core-dr").await["counts"]["apis"], 14);
}

#[tokio::test]
async fn flaky_polls_come_in_order_and_then_it_works() {
    let peer = Peer::in_scenario("poll-flaky").await;
    let accepted = restore(&peer).await.unwrap();
    let location = accepted.header("location").unwrap();
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(poll(&peer, location).await.map(|answer| answer.status));
    }
    assert_eq!(statuses, [Some(503), Some(404), Some(200), None]);
    finished(&peer).await;
    assert_eq!(poll(&peer, location).await.unwrap().json()["name"], "apim-core-dr");
}

#[tokio::test]
async fn damaged_answers_look_like_answers() {
    let peer = Peer::in_scenario("garbled").await;
    let bearer = format!("Bearer {}", peer.arm_token);
    let headers = [("authorization", bearer.as_str())];
    let target = "/subscriptions?api-version=2022-12-01";
    assert!(
        peer.send("GET", target, &headers, b"").await.is_err(),
        "broken off before its length is reached"
    );
    assert_eq!(peer.get("/subscriptions").await.json()["value"].as_array().unwrap().len(), 5);
    let list = format!("{CORE}/providers/Microsoft.ApiManagement/service");
    let cut = peer.get(&list).await;
    assert_eq!((cut.status, cut.header("content-type")), (200, Some("application/json; charset=utf-8")));
    assert!(serde_json::from_slice::<Value>(&cut.body).is_err());
    assert_eq!(peer.get(&list).await.json()["value"].as_array().unwrap().len(), 6);
    let blobs = peer.blob("GET", "/stcorebackup/apim?restype=container&comp=list", &[], b"").await;
    assert!(blobs.status == 200 && blobs.text().ends_with("<Name>core-2026"));
    assert_eq!(peer.backups("stcorebackup/apim").await.len(), 30);
    let page = peer
        .arm("POST", "/providers/Microsoft.ResourceGraph/resources", &json!({ "query": "resources" }))
        .await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html")));
}

#[tokio::test]
async fn a_hidden_tier_is_refused_on_a_poll() {
    let peer = Peer::in_scenario("tier-mismatch").await;
    let text = peer.blob("GET", "/stcorebackup/apim?restype=container&comp=list", &[], b"").await.text();
    assert!(!text.contains(".lifeboat.json"));
    let accepted = restore(&peer).await.unwrap();
    assert_eq!(accepted.status, 202);
    finished(&peer).await;
    let end = poll(&peer, accepted.header("location").unwrap()).await.unwrap();
    assert_eq!(end.status, 400);
    assert_eq!(end.message(), "Cannot restore: current SKU is 'Premium', backup SKU is 'Standard'");
}

#[tokio::test]
async fn a_region_that_is_down_takes_its_instances_along() {
    let peer = Peer::in_scenario("region-down").await;
    let gone = peer.get(&instance(CORE, "rg-core", "apim-core-prod")).await;
    assert_eq!((gone.status, gone.code().as_str()), (503, "ServiceUnavailable"));
    assert_eq!(peer.get(&instance(CORE, "rg-core-dr", "apim-core-dr")).await.status, 200);
    let list = peer.get(&format!("{CORE}/providers/Microsoft.ApiManagement/service")).await.json();
    let row = list["value"].as_array().unwrap().iter().find(|row| row["name"] == "apim-core-prod").unwrap();
    assert_eq!(row["properties"]["provisioningState"], "Failed");
    assert_eq!(restore(&peer).await.unwrap().status, 202, "the standby and its storage lie elsewhere");
}

#[tokio::test]
async fn an_empty_bucket_is_429_with_a_time_to_wait() {
    let peer = Peer::in_scenario("throttled").await;
    let mut refused = None;
    for _ in 0..20 {
        let answer = peer.get(&instance(CORE, "rg-core-dr", "apim-core-dr")).await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("twelve reads and one more a second are fewer than twenty");
    assert_eq!(refused.code(), "SubscriptionRequestsThrottled");
    assert!(refused.header("retry-after").unwrap().parse::<u32>().unwrap() >= 1);
    assert_eq!(refused.header("x-ms-ratelimit-remaining-subscription-reads"), Some("0"));
    let other = peer.get(&account(PAYMENTS, "rg-billing", "stbilbackup")).await;
    assert_eq!(other.status, 200, "each subscription has a bucket of its own");
}

#[tokio::test]
async fn a_slow_answer_is_late_but_whole() {
    let peer = Peer::in_scenario("slow").await;
    let begun = Instant::now();
    assert_eq!(peer.get("/subscriptions").await.status, 200);
    assert!(begun.elapsed() >= Duration::from_millis(1900));
}

#[tokio::test]
async fn silence_is_silence_until_the_sandbox_stops() {
    let peer = Peer::in_scenario("silent").await;
    let asked = peer.send("GET", "/subscriptions?api-version=2022-12-01", &[], b"");
    assert!(tokio::time::timeout(Duration::from_millis(300), asked).await.is_err());
    assert_eq!(peer.behind("requests").await["requests"][0]["status"], Value::Null);
}

#[tokio::test]
async fn tokens_can_be_short_lived() {
    let peer = Peer::in_scenario("token-expiry").await;
    assert_eq!(peer.sign_in("https://management.azure.com/.default").await.json()["expires_in"], 59);
}

/// Starts a restore and gives the address that the answer names under `header`.
async fn address(peer: &Peer, header: &str) -> String {
    restore(peer).await.unwrap().header(header).unwrap().to_owned()
}

#[tokio::test]
async fn what_is_withheld_has_had_its_effect() {
    let peer = Peer::in_scenario("post-unanswered").await;
    assert!(tokio::time::timeout(Duration::from_millis(300), restore(&peer)).await.is_err());
    let posts = peer.behind("posts").await;
    assert_eq!(posts["requests"][0]["fault"], "withholdAnswer");
    assert!(posts["requests"][0]["status"].is_null());
    assert_eq!(finished(&peer).await["operations"][0]["end"], "restored");
}

#[tokio::test]
async fn an_error_can_hide_an_effect_or_none() {
    for (scenario, status, is_azures, operations) in [
        ("post-error-taken", 500, true, 1),
        ("post-error-untaken", 503, true, 0),
        ("proxy-page", 403, false, 1),
    ] {
        let peer = Peer::in_scenario(scenario).await;
        let answer = restore(&peer).await.unwrap();
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("x-ms-request-id").is_some(), is_azures, "{scenario}");
        let state = peer.behind("state").await;
        assert_eq!(state["operations"].as_array().unwrap().len(), operations, "{scenario}");
    }
}

#[tokio::test]
async fn a_fault_can_begin_with_the_first_operation_and_end_again() {
    let peer = Peer::in_scenario("captive-portal").await;
    let subscription = || peer.get(CORE);
    assert_eq!(subscription().await.header("server"), None, "not before");
    assert_eq!(restore(&peer).await.unwrap().status, 202, "nor at once");
    let mut portal = Vec::new();
    for _ in 0..200 {
        portal.push(subscription().await.header("server") == Some("proxy"));
        if portal.contains(&true) && portal.last() == Some(&false) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(portal.contains(&true) && portal.last() == Some(&false), "{portal:?}");
}

#[tokio::test]
async fn headers_can_be_changed_and_taken_away() {
    let peer = Peer::in_scenario("address-missing").await;
    let accepted = restore(&peer).await.unwrap();
    assert_eq!((accepted.status, accepted.header("location")), (202, None));
    let peer = Peer::in_scenario("address-foreign").await;
    assert!(address(&peer, "location").await.starts_with("https://management.azure.com.evil.example/"));
    let peer = Peer::in_scenario("retry-after").await;
    let accepted = restore(&peer).await.unwrap();
    assert_eq!(accepted.header("retry-after"), Some("soon"));
    let location = accepted.header("location").unwrap();
    let mut asked = Vec::new();
    for _ in 0..3 {
        let answer = poll(&peer, location).await.unwrap();
        asked.push(answer.header("retry-after").map(str::to_owned));
    }
    assert_eq!(asked, [None, Some("-5".to_owned()), Some("1000000000".to_owned())]);
}

#[tokio::test]
async fn a_wandering_address_is_long_and_only_the_newest_is_known() {
    let peer = Peer::in_scenario("address-wandering").await;
    let mut seen = vec![address(&peer, "location").await];
    loop {
        let newest = seen.last().unwrap();
        let newest = if newest.starts_with('/') {
            format!("http://{}{newest}", peer.authority)
        } else {
            newest.clone()
        };
        let answer = poll(&peer, &newest).await.unwrap();
        if answer.status == 200 {
            break;
        }
        assert_eq!(answer.status, 202, "{}", answer.text());
        assert_eq!(poll(&peer, &newest).await.unwrap().status, 404, "an older address");
        seen.push(answer.header("location").unwrap().to_owned());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let relative = seen.iter().filter(|it| it.starts_with('/')).count();
    let is_long = |it: &&String| it.starts_with('/') || it.len() == 4096;
    assert_eq!(seen.iter().filter(is_long).count(), seen.len());
    assert!(seen.len() >= 4 && relative >= 1, "{} addresses, {relative} relative", seen.len());
    for form in ["//operationresults/", "/operationResults/", "apim-core-dr/operationresults/"] {
        assert!(seen.iter().any(|it| it.contains(form)), "{form}");
    }
}

#[tokio::test]
async fn a_status_monitor_says_200_to_the_end() {
    let peer = Peer::in_scenario("monitor-failed").await;
    let monitor = address(&peer, "azure-asyncoperation").await;
    let running = poll(&peer, &monitor).await.unwrap();
    assert_eq!((running.status, &running.json()["status"]), (200, &json!("InProgress")));
    assert_eq!(finished(&peer).await["operations"][0]["end"], "failed");
    let end = poll(&peer, &monitor).await.unwrap();
    assert_eq!((end.status, &end.json()["status"]), (200, &json!("Failed")));
    assert_eq!(end.json()["error"]["message"], "The operation was aborted. Please retry later.");
}

#[tokio::test]
async fn an_operation_can_break_down_or_never_end() {
    let peer = Peer::in_scenario("breakdown").await;
    let location = address(&peer, "location").await;
    finished(&peer).await;
    let end = poll(&peer, &location).await.unwrap();
    assert_eq!((end.status, end.code().as_str()), (400, "OperationFailed"));
    let instance = peer.state_of("apim-core-dr").await;
    assert_eq!((&instance["provisioningState"], &instance["counts"]["apis"]), (&json!("Failed"), &json!(13)));
    let peer = Peer::in_scenario("stuck").await;
    let location = address(&peer, "location").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(poll(&peer, &location).await.unwrap().status, 202);
    assert_eq!(peer.state_of("apim-core-dr").await["targetProvisioningState"], "Updating");
}

#[tokio::test]
async fn a_rival_is_a_moment_faster_and_the_log_names_it() {
    let peer = Peer::in_scenario("busy").await;
    let refused = restore(&peer).await.unwrap();
    assert_eq!((refused.status, refused.code().as_str()), (409, "ServiceLocked"));
    finished(&peer).await;
    assert_eq!(restore(&peer).await.unwrap().status, 202, "once only");
    let since = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(5);
    let filter = format!("eventTimestamp ge '{since}' and resourceProvider eq 'Microsoft.ApiManagement'");
    let path = format!("{CORE}/providers/Microsoft.Insights/eventtypes/management/values");
    let bearer = format!("Bearer {}", peer.arm_token);
    let target =
        format!("{path}?api-version=2015-04-01&$filter={}", filter.replace(' ', "%20").replace('\'', "%27"));
    let log = peer.send("GET", &target, &[("authorization", &bearer)], b"").await.unwrap().json();
    let callers: Vec<&str> =
        log["value"].as_array().unwrap().iter().filter_map(|it| it["caller"].as_str()).collect();
    assert!(callers.contains(&"sp-deploy"), "{callers:?}");
}

#[tokio::test]
async fn a_backup_can_vanish_and_a_copy_can_be_older_than_it_looks() {
    let peer = Peer::in_scenario("blob-deleted").await;
    let before = peer.backups("stcorebackup/apim").await.len();
    let refused = restore(&peer).await.unwrap();
    assert_eq!((refused.status, refused.code().as_str()), (400, "InvalidParameters"));
    assert!(refused.message().contains("The specified blob does not exist."));
    assert_eq!(peer.backups("stcorebackup/apim").await.len(), before - 1);
    let peer = Peer::in_scenario("backup-expired").await;
    let location = address(&peer, "location").await;
    finished(&peer).await;
    let end = poll(&peer, &location).await.unwrap();
    assert_eq!((end.status, end.message().as_str()), (400, "Cannot restore: backup expired"));
}

#[tokio::test]
async fn a_revoked_token_is_refused_and_a_new_one_is_not() {
    let peer = Peer::in_scenario("token-revoked").await;
    restore(&peer).await.unwrap();
    let mut refused = None;
    for _ in 0..100 {
        let answer = peer.get(CORE).await;
        if answer.status == 401 {
            refused = Some(answer);
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(refused.expect("two minutes pass").code(), "InvalidAuthenticationToken");
    let fresh = peer.sign_in("https://management.azure.com/.default").await.json();
    let bearer = format!("Bearer {}", fresh["access_token"].as_str().unwrap());
    let target = format!("{CORE}?api-version=2022-12-01");
    assert_eq!(peer.send("GET", &target, &[("authorization", &bearer)], b"").await.unwrap().status, 200);
}

#[tokio::test]
async fn hostile_names_and_words_are_sent_as_they_are() {
    let peer = Peer::in_scenario("hostile").await;
    let list = peer.blob("GET", "/stcorebackup/apim?restype=container&comp=list", &[], b"").await.text();
    assert!(list.contains("<Name Encoded=\"true\">core%1B%5B2J%1B"), "what XML cannot hold is encoded");
    assert!(list.contains("<Name>core-\u{202e}Z0000T10116202\u{202c}</Name>"), "what it can hold is not");
    let location = address(&peer, "location").await;
    finished(&peer).await;
    let end = poll(&peer, &location).await.unwrap();
    assert!(end.message().contains("\u{1b}]0;owned\u{7}\u{1b}[2J"));
}
