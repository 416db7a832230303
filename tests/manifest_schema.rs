//! What lies beside a backup keeps to the published schema: the manifest that the program writes, and those that the
//! pretend Azure has at its start.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it cannot go on"
)]

mod azure_support;
mod lab;

use std::sync::Arc;

use lab::Lab;
use lifeboat::azure::listing::Listing;
use lifeboat::azure::{Azure, WriteMode};
use lifeboat::domain::backup::Blob;
use serde_json::{Value, json};

fn schema() -> Value {
    serde_json::from_str(include_str!("../assets/manifest.schema.json")).unwrap()
}

/// What of a value breaks the schema. It knows the words that the schema uses, and stops at any other.
fn breaches(schema: &Value, root: &Value, value: &Value, path: &str) -> Vec<String> {
    const KNOWN: [&str; 12] = [
        "$ref",
        "$schema",
        "$defs",
        "title",
        "description",
        "type",
        "enum",
        "required",
        "properties",
        "items",
        "additionalProperties",
        "const",
    ];
    let rules = schema.as_object().unwrap();
    let odd = rules.keys().find(|word| !KNOWN.contains(&word.as_str()));
    assert_eq!(odd, None, "the test does not know this word");
    if let Some(place) = rules.get("$ref").and_then(Value::as_str) {
        return breaches(root.pointer(place.strip_prefix('#').unwrap()).unwrap(), root, value, path);
    }
    let mut found = Vec::new();
    if let Some(types) = rules.get("type") {
        let wanted = types.as_array().cloned().unwrap_or_else(|| vec![types.clone()]);
        if !wanted.iter().any(|word| is_a(value, word.as_str().unwrap())) {
            return vec![format!("{path} is not {types}: {value}")];
        }
    }
    if rules.get("enum").is_some_and(|all| !all.as_array().unwrap().contains(value)) {
        found.push(format!("{path} is none of the values: {value}"));
    }
    if let Some(object) = value.as_object() {
        let required = rules.get("required").and_then(Value::as_array).into_iter().flatten();
        let missing = required.filter(|name| !object.contains_key(name.as_str().unwrap()));
        found.extend(missing.map(|name| format!("{path} lacks {name}")));
        let known = rules.get("properties").and_then(Value::as_object);
        for (name, inner) in object {
            let path = format!("{path}/{name}");
            match (known.and_then(|it| it.get(name)), rules.get("additionalProperties")) {
                (Some(rule), _) => found.extend(breaches(rule, root, inner, &path)),
                (None, Some(Value::Bool(false))) => found.push(format!("{path} is not in the schema")),
                (None, Some(rule @ Value::Object(_))) => found.extend(breaches(rule, root, inner, &path)),
                (None, _) => {}
            }
        }
    }
    if let (Some(entries), Some(rule)) = (value.as_array(), rules.get("items")) {
        found.extend(entries.iter().flat_map(|entry| breaches(rule, root, entry, &format!("{path}/*"))));
    }
    found
}

fn is_a(value: &Value, word: &str) -> bool {
    match word {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => panic!("{word}"),
    }
}

#[expect(clippy::disallowed_methods, reason = "tokens are checked against the clock of the sandbox")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// Every manifest of a container, by the name of its backup.
async fn manifests(base_url: &str, container: &str) -> Vec<(String, Value)> {
    let mut connection = azure_support::connection(base_url, WriteMode::ReadOnly);
    connection.clock = Arc::new(now);
    let azure = Azure::connect(connection).unwrap();
    let subscriptions = azure.subscriptions().await.unwrap();
    let (accounts, _) = azure.storage_accounts(&subscriptions).await;
    let account = accounts.iter().find(|it| it.name == "stcorebackup").unwrap();
    let mut blobs: Vec<Blob> = Vec::new();
    let mut page = |page: Vec<Blob>| blobs.extend(page);
    azure.blobs(account, container, Listing::Entra, &mut page).await.unwrap();
    let mut found = Vec::new();
    for blob in blobs.iter().filter(|it| it.address.name.ends_with(".lifeboat.json")) {
        let body = azure.read_blob(account, &blob.address, Listing::Entra, 1 << 20).await.unwrap();
        found.push((blob.address.name.clone(), serde_json::from_slice(&body).unwrap()));
    }
    found
}

#[test]
fn every_manifest_keeps_to_the_schema() {
    let lab = Lab::new("quiet", 600.0);
    let words = ["backup", "apim-core-prod", "--to", "stcorebackup/apim", "--access", "system"];
    lab.run(&words).expect(0, &["manifest written"]);
    let all = lab.runtime.block_on(manifests(&lab.base_url, "apim"));
    let own = all.iter().filter(|(name, _)| name.starts_with("apim-core-prod-")).count();
    assert!(own == 1 && all.len() > 20, "{own} of {}", all.len());
    let schema = schema();
    for (name, manifest) in &all {
        assert_eq!(breaches(&schema, &schema, manifest, ""), [""; 0], "{name}: {manifest:#}");
    }
    let (_, written) = all.iter().find(|(name, _)| name.starts_with("apim-core-prod-")).unwrap();
    assert_eq!(written["version"], 2);
    let source = &written["source"];
    assert_eq!((&source["counts"]["apis"], &source["counts"]["users"]), (&json!(14), &json!(29)));
    assert!(source["settings"]["hostnames"].as_array().unwrap().len() == 3, "{source:#}");
    assert_eq!(source["portal"]["published"], "20260901080000");
    assert_eq!(source["vaultReferences"], json!([]));
}

/// A check that cannot fail is none: each kind of breach is seen.
#[test]
fn breaches_are_seen() {
    let schema = schema();
    let fine = json!({
        "version": 1, "takenAt": "2026-11-23T12:00:00Z", "operationId": "o",
        "blob": {"etag": "e", "length": 1},
        "source": {"id": "/i", "name": "n", "sku": null, "location": "w", "platformVersion": null,
            "hostnames": [], "identities": []},
    });
    assert_eq!(breaches(&schema, &schema, &fine, ""), [""; 0]);
    for (path, value) in [
        ("/version", json!(3)),
        ("/takenAt", json!(7)),
        ("/blob", json!({"etag": "e"})),
        ("/source/sku", json!({"tier": "Premium", "units": "4"})),
        ("/source/hostnames", json!([null])),
        ("/source/platformVersion", json!([])),
        ("/source", json!({"more": 1})),
    ] {
        let mut spoiled = fine.clone();
        *spoiled.pointer_mut(path).unwrap() = value;
        assert_ne!(breaches(&schema, &schema, &spoiled, ""), [""; 0], "{path}");
    }
}
