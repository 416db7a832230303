//! Resource Graph.

use serde_json::{Value, json};

use super::peer::{Answer, HR, Peer};

const ROUTE: &str = "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01";
const INSTANCES: &str = "resources | where type =~ 'microsoft.apimanagement/service' | extend p = properties | project \
                         id, name, resourceGroup, subscriptionId, location, sku, state = \
                         tostring(p.provisioningState) | order by id asc";

async fn ask(peer: &Peer, query: &str, options: Value) -> Answer {
    peer.arm("POST", ROUTE, &json!({ "query": query, "options": options })).await
}

#[tokio::test]
async fn the_inventory_pages_and_is_silent_about_what_cannot_be_read() {
    let peer = Peer::quiet().await;
    let mut found = Vec::new();
    let mut token = Value::Null;
    loop {
        let mut options = json!({ "$top": 10, "resultFormat": "objectArray" });
        if !token.is_null() {
            options["$skipToken"] = token;
        }
        let answer = ask(&peer, INSTANCES, options).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(answer.header("x-ms-user-quota-remaining").is_some());
        assert_eq!(answer.header("x-ms-user-quota-resets-after").map(str::len), Some(8));
        let body = answer.json();
        assert_eq!((&body["totalRecords"], &body["resultTruncated"]), (&json!(25), &json!("false")));
        found.extend(body["data"].as_array().unwrap().clone());
        match body.get("$skipToken") {
            Some(next) => token = next.clone(),
            None => break,
        }
    }
    assert_eq!(found.len(), 25);
    let ids: Vec<String> = found.iter().map(|row| row["id"].as_str().unwrap().to_ascii_lowercase()).collect();
    assert!(ids.is_sorted());
    assert!(!ids.iter().any(|id| id.starts_with(HR)));
    assert!(found.iter().any(|row| row["state"] == "Failed"));
    assert!(found.iter().any(|row| row["state"] == "Updating"));
    assert!(found.iter().all(|row| row["location"].as_str().is_some_and(|region| !region.contains(' '))));
}

#[tokio::test]
async fn subscriptions_narrow_the_question() {
    let peer = Peer::quiet().await;
    let one = HR.replace("0005", "0004").replace("/subscriptions/", "");
    let hidden = HR.replace("/subscriptions/", "");
    for (scope, count) in [(vec![one.clone()], 5), (vec![hidden], 0), (vec![one.to_uppercase()], 5)] {
        let body = json!({ "subscriptions": scope, "query": INSTANCES });
        assert_eq!(peer.arm("POST", ROUTE, &body).await.json()["count"], count, "{scope:?}");
    }
}

#[tokio::test]
async fn storage_and_subscriptions_are_there_too() {
    let peer = Peer::quiet().await;
    let storage =
        "Resources | where type == 'microsoft.storage/storageaccounts' | project id, name, properties";
    assert_eq!(ask(&peer, storage, json!({})).await.json()["count"], 9);
    let subscriptions =
        "resourcecontainers | where type == 'microsoft.resources/subscriptions' | project id, name";
    assert_eq!(ask(&peer, subscriptions, json!({})).await.json()["count"], 4);
    let one =
        "resources | where type =~ 'Microsoft.ApiManagement/service' and name =~ 'APIM-core-dr' | project id";
    assert_eq!(ask(&peer, one, json!({})).await.json()["count"], 1);
}

#[tokio::test]
async fn a_change_of_tier_is_remembered_with_what_was_before() {
    let query = "resourcechanges | extend ch = properties.changes | where properties.targetResourceType =~ \
                 'Microsoft.ApiManagement/service' | project id, target = tostring(properties.targetResourceId), \
                 old = tostring(ch['sku.name'].previousValue), new = tostring(ch['sku.name'].newValue)";
    assert_eq!(ask(&Peer::quiet().await, query, json!({})).await.json()["count"], 0);
    let found = ask(&Peer::in_scenario("tier-changed").await, query, json!({})).await.json();
    assert_eq!(found["count"], 1);
    let row = &found["data"][0];
    assert_eq!((&row["old"], &row["new"]), (&json!("Standard"), &json!("Premium")));
    assert!(row["target"].as_str().unwrap().ends_with("/service/apim-core-prod"), "{row}");
}

#[tokio::test]
async fn without_an_id_there_is_no_next_page() {
    let peer = Peer::quiet().await;
    let query = "resources | where type =~ 'microsoft.apimanagement/service' | project name";
    let body = ask(&peer, query, json!({ "$top": 3 })).await.json();
    assert_eq!((&body["resultTruncated"], body.get("$skipToken")), (&json!("true"), None));
    let table = ask(&peer, query, json!({ "$top": 3, "resultFormat": "table" })).await.json();
    assert_eq!(table["data"]["columns"], json!([{ "name": "name", "type": "string" }]));
    assert_eq!(table["data"]["rows"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_query_that_is_not_understood_is_refused_with_details() {
    let peer = Peer::quiet().await;
    let answer = ask(&peer, "where where", json!({})).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "BadRequest"));
    assert_eq!(answer.json()["error"]["details"][1]["code"], "ParserFailure");
    let foreign = ask(&peer, INSTANCES, json!({ "$skipToken": "bm90IG91cnM=" })).await;
    assert_eq!(foreign.status, 400);
}

#[tokio::test]
async fn the_quota_runs_out() {
    let peer = Peer::quiet().await;
    let mut statuses = Vec::new();
    for _ in 0..20 {
        statuses.push(ask(&peer, INSTANCES, json!({ "$top": 1 })).await);
    }
    // The window may have turned over once on a slow machine, but not often enough for twenty.
    let refused = statuses.iter().find(|answer| answer.status == 429);
    if let Some(refused) = refused {
        assert_eq!(refused.code(), "RateLimiting");
        assert!(refused.header("retry-after").unwrap().parse::<u32>().unwrap() >= 1);
    } else {
        assert!(
            statuses.iter().filter(|answer| answer.header("x-ms-user-quota-remaining") == Some("14")).count()
                > 1
        );
    }
}
