//! Shapes compared with recorded traffic, which lies beside the project and not in it. Where it is missing, the
//! comparison says so and is left out.

use std::path::PathBuf;

use serde_json::Value;

use super::peer::{CORE, Peer, account, instance};

/// Reads a recording, or says that there is none.
fn recording(name: &str) -> Option<Value> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let named = std::env::var_os("LIFEBOAT_SHARED").map(PathBuf::from);
    let places = named.into_iter().chain([root.join("../shared"), root.join("../../shared")]);
    let found = places.map(|place| place.join("azure/recordings").join(name)).find(|path| path.exists());
    if found.is_none() {
        eprintln!("SKIPPED: no recorded traffic at hand ({name})");
    }
    Some(serde_json::from_str(&std::fs::read_to_string(found?).unwrap()).unwrap())
}

/// Every key recorded must be there with the same kind of value; null goes with everything. Keys beyond are allowed.
fn assert_covers(ours: &Value, recorded: &Value, path: &str) {
    match (ours, recorded) {
        (Value::Null, _) | (_, Value::Null) => {}
        (Value::Object(ours), Value::Object(recorded)) => {
            for (key, value) in recorded {
                // Keys of maps are data, not shape.
                if matches!(key.as_str(), "tags" | "userAssignedIdentities") {
                    continue;
                }
                let here = ours.get(key).unwrap_or_else(|| panic!("{path}/{key} is missing"));
                assert_covers(here, value, &format!("{path}/{key}"));
            }
        }
        (Value::Array(ours), Value::Array(recorded)) => {
            if let (Some(ours), Some(recorded)) = (ours.first(), recorded.first()) {
                assert_covers(ours, recorded, &format!("{path}[0]"));
            }
        }
        _ => assert_eq!(
            std::mem::discriminant(ours),
            std::mem::discriminant(recorded),
            "{path}: {ours} is of another kind than {recorded}"
        ),
    }
}

fn entries(recording: &Value) -> impl Iterator<Item = &Value> {
    let list = recording.as_array().or_else(|| recording["entries"].as_array());
    list.into_iter().flatten()
}

/// The first recorded answer whose URL contains `part`.
fn body<'a>(recording: &'a Value, part: &str) -> &'a Value {
    let found = entries(recording).find(|entry| {
        entry["status"].as_u64().is_some_and(|status| status < 400)
            && entry["url"].as_str().is_some_and(|url| url.contains(part))
            && !entry["response_body"].is_null()
    });
    &found.unwrap_or_else(|| panic!("nothing recorded at {part}"))["response_body"]
}

#[tokio::test]
async fn an_instance_has_every_recorded_field() {
    let Some(recorded) = recording("services/net2025_premium_2024-05-01_get.json") else { return };
    let peer = Peer::quiet().await;
    for (group, name) in [("rg-core", "apim-core-prod"), ("rg-core-dr", "apim-core-dr2")] {
        let ours = peer.get(&instance(CORE, group, name)).await.json();
        assert_covers(&ours, &recorded["body"], name);
    }
}

#[tokio::test]
async fn storage_answers_have_every_recorded_field() {
    let peer = Peer::quiet().await;
    let core = account(CORE, "rg-core-dr", "stcorebackup");
    if let Some(recorded) = recording("storage/test_renew_account_key.json") {
        let ours = peer.arm("POST", &format!("{core}/listKeys"), &Value::Null).await.json();
        assert_covers(&ours, body(&recorded, "/listKeys"), "listKeys");
    }
    if let Some(recorded) = recording("storage/test_storage_container_list_scenarios.json") {
        let ours = peer.get(&format!("{core}/blobServices/default")).await.json();
        assert_covers(&ours, body(&recorded, "/blobServices/default?"), "blobServices");
    }
    if let Some(recorded) = recording("other/test_role_assignment_create_update.json") {
        let target = format!("{core}/providers/Microsoft.Authorization/roleAssignments");
        let ours = peer.get(&target).await.json();
        assert_covers(&ours["value"][0], body(&recorded, "/roleAssignments/"), "roleAssignments");
    }
}

/// The elements of an XML text, in order, each once.
fn elements(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for start in text.split('<').skip(1).filter(|start| !start.starts_with(['/', '?'])) {
        let name: String =
            start.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '-').collect();
        if !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

#[tokio::test]
async fn listings_have_the_recorded_elements_in_the_recorded_order() {
    let peer = Peer::quiet().await;
    let target = "/stcorebackup/apim?restype=container&comp=list&maxresults=5000";
    let ours = peer.blob("GET", target, &[], b"").await.text();
    if let Some(recorded) = recording("storage/test_storage_blob_list_scenarios.json") {
        assert_eq!(elements(&ours), elements(body(&recorded, "comp=list&").as_str().unwrap()));
    }
    let ours = peer.blob("GET", "/stcorebackup/?comp=list&maxresults=5000", &[], b"").await.text();
    if let Some(recorded) = recording("storage/test_storage_container_list_scenarios.json") {
        assert_eq!(elements(&ours), elements(body(&recorded, "/?comp=list").as_str().unwrap()));
    }
}

#[tokio::test]
async fn an_accepted_post_has_the_recorded_headers() {
    let Some(recorded) = recording("operations/2020-02-07__net__restore__2019-01-01.json") else { return };
    let peer = Peer::quiet().await;
    let backup = peer.backups("stcorebackup/apim").await.pop().unwrap();
    let order = serde_json::json!({ "storageAccount": "stcorebackup", "containerName": "apim",
        "backupName": backup, "accessType": "SystemAssignedManagedIdentity" });
    let target = format!("{}/restore", instance(CORE, "rg-core-dr", "apim-core-dr"));
    let accepted = peer.arm("POST", &target, &order).await;
    let poll = peer.get(&peer.target_of(accepted.header("location").unwrap())).await;
    for (ours, recorded) in [accepted, poll].iter().zip(entries(&recorded)) {
        assert_eq!(u64::from(ours.status), recorded["status"].as_u64().unwrap());
        for name in recorded["response_headers"].as_object().unwrap().keys() {
            assert!(ours.header(&name.to_ascii_lowercase()).is_some(), "{name} was recorded and is not sent");
        }
    }
}

#[tokio::test]
async fn a_graph_page_has_every_recorded_field() {
    let Some(recorded) = recording("other/resource_graph_page_and_error.json") else { return };
    let peer = Peer::quiet().await;
    let question = serde_json::json!({ "query": "resources | project id",
        "options": { "$top": 3, "resultFormat": "objectArray" } });
    let target = "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01";
    let ours = peer.arm("POST", target, &question).await.json();
    assert_covers(&ours, body(&recorded, "ResourceGraph"), "page");
}
