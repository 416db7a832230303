//! The activity log.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::peer::{Answer, CORE, HR, Peer, instance};

async fn log(peer: &Peer, subscription: &str, filter: &str) -> Answer {
    let filter = filter.replace(' ', "%20").replace('+', "%2B");
    let route = "providers/microsoft.insights/eventtypes/management/values?api-version=2015-04-01";
    peer.get(&format!("{subscription}/{route}&$filter={filter}")).await
}

fn since(hours: i64) -> String {
    format!("eventTimestamp ge '{}'", Timestamp::now() - SignedDuration::from_hours(hours))
}

#[tokio::test]
async fn an_operation_shows_with_the_id_of_the_client_and_its_end() {
    let peer = Peer::quiet().await;
    let target = instance(CORE, "rg-core-dr", "apim-core-dr");
    let backup = peer.backups("stcorebackup/apim").await.pop().unwrap();
    let body = json!({ "storageAccount": "stcorebackup", "containerName": "apim", "backupName": backup,
        "accessType": "SystemAssignedManagedIdentity" });
    let bearer = format!("Bearer {}", peer.arm_token);
    let id = "11111111-2222-4333-8444-555555555555";
    let headers = [("authorization", bearer.as_str()), ("x-ms-client-request-id", id)];
    let path = format!("{target}/restore?api-version=2024-05-01");
    let accepted = peer.send("POST", &path, &headers, body.to_string().as_bytes()).await.unwrap();
    assert_eq!(accepted.status, 202);
    let filter = format!("{} and resourceUri eq '{}'", since(1), target.to_uppercase());
    let mut events = Vec::new();
    for _ in 0..100 {
        events = log(&peer, CORE, &filter).await.json()["value"].as_array().unwrap().clone();
        if events.len() == 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let words: Vec<(&Value, &Value)> =
        events.iter().map(|event| (&event["status"]["value"], &event["eventName"]["value"])).collect();
    assert_eq!(words[0], (&json!("Succeeded"), &json!("EndRequest")), "newest first: {words:?}");
    let ids: std::collections::BTreeSet<&str> =
        events.iter().filter_map(|event| event["eventDataId"].as_str()).collect();
    assert_eq!((ids.len(), words[1].0, words[2].0), (3, &json!("Accepted"), &json!("Started")));
    for event in &events {
        assert_eq!(event["operationName"]["value"], "Microsoft.ApiManagement/service/restore/action");
        assert_eq!(event["httpRequest"]["clientRequestId"], id);
        assert_eq!(event["correlationId"].as_str(), accepted.header("x-ms-correlation-request-id"));
        assert_eq!(event["caller"], "oncall@contoso.example");
    }
}

#[tokio::test]
async fn the_past_is_there_and_fields_can_be_chosen() {
    let peer = Peer::quiet().await;
    let filter = format!("{} and resourceGroupName eq 'RG-core'", since(24 * 60));
    let past = log(&peer, CORE, &filter).await.json();
    assert_eq!(past["value"].as_array().unwrap().len(), 90);
    assert_eq!(past["value"][0]["caller"], "sp-backup");
    let filter = format!("{filter}&$select=correlationId,status");
    let chosen = log(&peer, CORE, &filter).await.json();
    assert_eq!(chosen["value"][0].as_object().unwrap().len(), 2);
    let correlation = past["value"][0]["correlationId"].as_str().unwrap();
    let filter = format!("{} and correlationId eq '{correlation}'", since(24 * 60));
    assert_eq!(log(&peer, CORE, &filter).await.json()["value"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn what_people_changed_is_told_of_what_they_changed() {
    let peer = Peer::quiet().await;
    let filter = format!("{} and resourceProvider eq 'Microsoft.ApiManagement'", since(10));
    let events = log(&peer, CORE, &filter).await.json()["value"].as_array().unwrap().clone();
    let of = |action: &str| {
        let is_it =
            |it: &&Value| it["operationName"]["value"] == format!("Microsoft.ApiManagement/service/{action}");
        events.iter().filter(is_it).cloned().collect::<Vec<Value>>()
    };
    let policy = of("apis/policies/write");
    let auth = instance(CORE, "rg-auth", "apim-auth-prod");
    assert_eq!(policy[0]["resourceId"], format!("{auth}/apis/auth-orders/policies/policy"));
    assert_eq!(policy[0]["resourceType"]["value"], "Microsoft.ApiManagement/service/apis/policies");
    assert_eq!((policy[0]["httpRequest"]["method"].as_str(), policy.len()), (Some("PUT"), 2));
    assert_eq!(of("products/write")[0]["status"]["value"], "Failed", "newest first");
    let key = &of("subscriptions/regeneratePrimaryKey/action")[0];
    assert_eq!(key["resourceType"]["value"], "Microsoft.ApiManagement/service/subscriptions");
    assert_eq!(key["caller"], "support@contoso.example");
    // By the instance alone nothing of what lies in it is told: that it would be is documented nowhere.
    let filter = format!("{} and resourceUri eq '{auth}'", since(10));
    let own = log(&peer, CORE, &filter).await.json()["value"].as_array().unwrap().clone();
    assert!(own.iter().all(|it| it["resourceId"] == auth.as_str()), "{own:?}");
}

#[tokio::test]
async fn long_answers_page() {
    let peer = Peer::quiet().await;
    let hrefs = log(&peer, CORE, &since(24 * 60)).await.json();
    // Sixty backups of two instances, three events each, less those that are too old to be asked for.
    assert!(hrefs["value"].as_array().unwrap().len() <= 200);
    if let Some(next) = hrefs["nextLink"].as_str() {
        assert!(!peer.get(&peer.target_of(next)).await.json()["value"].as_array().unwrap().is_empty());
    }
}

#[tokio::test]
async fn the_grammar_is_closed_and_errors_have_no_envelope() {
    let peer = Peer::quiet().await;
    let start = "eventTimestamp ge 2018-01-01T00:00:00+00:00";
    let recorded = format!("{start} and eventTimestamp le 2999-01-01T00:00:00+00:00");
    for filter in [
        recorded.clone(),
        "resourceUri eq '/x'".to_owned(),
        format!("{} and operationName eq 'x'", since(1)),
        format!("{} or status eq 'x'", since(1)),
        String::new(),
    ] {
        let answer = log(&peer, CORE, &filter).await;
        assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("BadRequest")), "{filter}");
        assert!(answer.json().get("error").is_none());
    }
    let text = log(&peer, CORE, &recorded).await.json()["message"].clone();
    assert_eq!(text, "The start time cannot be more than 90 days in the past.");
    assert_eq!(log(&peer, HR, &since(1)).await.status, 403);
}
