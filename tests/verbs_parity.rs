//! `parity`, through the binary and over real HTTP: the shape of the contract, what it costs, and what is said when a
//! side cannot be read.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it cannot go on"
)]

mod lab;

use std::sync::Arc;

use lab::Lab;
use lab::editor::Edit;
use serde_json::Value;

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn by_id<'a>(answer: &'a Value, id: &str) -> &'a Value {
    let all = answer["differences"].as_array().unwrap();
    all.iter().find(|it| it["id"] == id).unwrap_or_else(|| panic!("no {id} in {all:#?}"))
}

/// The readings of what belongs to an instance.
fn readings(lab: &Lab, name: &str) -> Vec<String> {
    let all = lab.requests();
    let paths = all.iter().map(|it| it["path"].as_str().unwrap().to_lowercase());
    paths.filter(|it| it.contains(&format!("/service/{name}"))).collect()
}

#[test]
fn the_shape_is_that_of_the_contract_and_each_part_is_read_once() {
    let lab = Lab::new("quiet", 600.0);
    let ran = lab.run(&["--output", "json", "parity", "apim-pay-prod", "apim-pay-dr"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let answer = ran.json();
    assert_eq!(keys(&answer), ["differences", "equal", "ignored", "source", "standby", "unreadable"]);
    assert_eq!(answer["ignored"], serde_json::json!([]));
    for it in answer["differences"].as_array().unwrap() {
        let wanted = ["blocksSwitch", "closedBy", "command", "id", "remedy", "setting", "source", "standby"];
        assert_eq!(keys(it), wanted);
        assert!(["restore", "byHand", "none"].contains(&it["closedBy"].as_str().unwrap()));
        assert!(it["blocksSwitch"].is_boolean() || it["blocksSwitch"].is_null());
    }
    let hostname = by_id(&answer, "hostname:pay.contoso.example");
    assert_eq!((&hostname["closedBy"], &hostname["blocksSwitch"]), (&"byHand".into(), &true.into()));
    assert!(hostname["standby"].is_null() && hostname["remedy"].as_str().unwrap().contains("TLS"));
    assert_eq!(by_id(&answer, "apis")["closedBy"], "restore");
    assert_eq!(by_id(&answer, "portal")["standby"], "not published");
    assert!(by_id(&answer, "identity:system")["command"].as_str().unwrap().contains("UserAssigned"));
    assert!(answer["equal"].as_u64().unwrap() > 10);
    assert_eq!(answer["unreadable"], serde_json::json!([]));
    for name in ["apim-pay-prod", "apim-pay-dr"] {
        let mut asked = readings(&lab, name);
        asked.sort();
        let count = asked.len();
        asked.dedup();
        assert_eq!((count, asked.len()), (14, 14), "one request for each part below it: {asked:#?}");
    }
    assert_eq!(lab.posts().len(), 0);
}

#[test]
fn what_the_configuration_ignores_stands_apart_with_its_rule_and_is_counted() {
    let lab = Lab::new("quiet", 600.0);
    let words = ["--output", "json", "parity", "apim-pay-prod", "apim-pay-dr"];
    let before = lab.run(&words).json();
    lab.configure(&lab.base_url, "[parity]\nignore = [\"tags.*\", \"hostname:pay.*\"]");
    lab.run(&["config", "check"]).expect(0, &[]);
    let after = lab.run(&words).json();
    let count = |answer: &Value, key: &str| answer[key].as_array().unwrap().len();
    let ignored = count(&after, "ignored");
    assert!(ignored > 0);
    assert_eq!(count(&before, "differences"), count(&after, "differences") + ignored, "nothing is lost");
    let first = &after["ignored"][0];
    assert_eq!((&first["rule"], &first["pattern"]), (&2.into(), &"hostname:pay.*".into()));
    assert_eq!(
        (&first["id"], &first["closedBy"]),
        (&"hostname:pay.contoso.example".into(), &"byHand".into())
    );
    let table = lab.run(&["parity", "apim-pay-prod", "apim-pay-dr"]);
    assert!(!table.stdout.contains("pay.contoso.example"), "{}", table.stdout);
    assert!(table.stdout.contains("ignored, of which 1 block a switch"), "{}", table.stdout);
    lab.configure(&lab.base_url, "[parity]\nignore = [\"\"]");
    lab.run(&["config", "check"]).expect(2, &["parity.ignore", "line 11"]);
}

#[test]
fn a_restore_closes_what_it_is_said_to_close_and_nothing_else() {
    let lab = Lab::new("quiet", 600.0);
    let ids = |by: &str| {
        let answer = lab.run(&["--output", "json", "parity", "apim-core-prod", "apim-core-dr"]).json();
        let all = answer["differences"].as_array().unwrap().clone();
        let ids = all.iter().filter(|it| it["closedBy"] == by).map(|it| it["id"].to_string());
        ids.collect::<Vec<_>>()
    };
    let (by_hand, by_restore) = (ids("byHand"), ids("restore"));
    assert!(!by_hand.is_empty() && !by_restore.is_empty(), "{by_hand:?} {by_restore:?}");
    let backup = lab.newest("apim-core-prod");
    let words = ["restore", "--backup", &backup, "--target", "apim-core-dr", "--access", "system"];
    lab.run(&[&words[..], &["--confirm", "apim-core-dr"]].concat()).expect(0, &["succeeded"]);
    assert_eq!(ids("restore"), [""; 0], "it brought all that was promised");
    assert_eq!(ids("byHand"), by_hand, "and nothing else");
}

#[test]
fn what_cannot_be_read_is_named_and_hides_nothing() {
    let forbid: Edit = Arc::new(|asked, mut answer| {
        if asked.path.ends_with("/portalRevisions") {
            answer.status = 403;
            answer.body =
                br#"{"error":{"code":"AuthorizationFailed","message":"You may not read that."}}"#.to_vec();
        }
        answer
    });
    let lab = Lab::edited("quiet", 600.0, forbid);
    let ran = lab.run(&["--output", "json", "parity", "apim-pay-prod", "apim-pay-dr"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let answer = ran.json();
    let unread = answer["unreadable"].as_array().unwrap();
    assert_eq!(unread.len(), 2, "{unread:#?}");
    assert_eq!(keys(&unread[0]), ["reason", "setting", "side"]);
    assert!(unread.iter().all(|it| it["setting"] == "developer portal"));
    by_id(&answer, "hostname:pay.contoso.example");
}

#[test]
fn a_source_in_a_dark_region_is_compared_by_its_newest_manifest() {
    let lab = Lab::new("region-down", 600.0);
    let ran = lab.run(&["--output", "json", "parity", "apim-core-prod", "apim-core-dr"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let answer = ran.json();
    let manifest = answer["source"]["manifest"].as_str().unwrap();
    assert!(manifest.starts_with("stcorebackup/apim/core-"), "{manifest}");
    assert_eq!(by_id(&answer, "regions")["source"], "swedencentral");
    assert_eq!(by_id(&answer, "apis")["standby"], "13");
    assert_eq!(answer["unreadable"], serde_json::json!([]));
    // The same by the backup itself.
    let named = lab.run(&["--output", "json", "parity", manifest, "apim-core-dr"]).json();
    assert_eq!(named["differences"], answer["differences"]);
}

/// The finding with this id, of a check of the newest backup of an instance against another.
fn finding(lab: &Lab, source: &str, target: &str, id: &str) -> Value {
    // The newest, whatever is left of its days.
    let backup = lab::address(&lab.backups(source)[0]);
    let words = ["check", "--backup", &backup, "--target", target, "--access", "system", "--output", "json"];
    let answer = lab.run(&words).json();
    answer["findings"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap().clone()
}

#[test]
fn a_check_warns_of_what_will_be_broken_after_the_restore() {
    let lab = Lab::new("quiet", 600.0);
    // By its live source, because no manifest lies beside: vault, network, and nothing left behind.
    let vault = finding(&lab, "apim-mobile-prod", "apim-mobile-dr", "key-vault");
    assert_eq!(vault["status"], "warn", "{vault:#}");
    assert!(vault["summary"].as_str().unwrap().contains("kv-mobile.vault.azure.net"), "{vault:#}");
    let network = finding(&lab, "apim-mobile-prod", "apim-mobile-dr", "network-status");
    assert!(network["summary"].as_str().unwrap().contains("SQLDatabase"), "{network:#}");
    assert_eq!(finding(&lab, "apim-mobile-prod", "apim-mobile-dr", "left-behind")["status"], "ok");
    // By its manifest: the hostname and the portal; the vault is read by the same identity today.
    let left = finding(&lab, "apim-pay-prod", "apim-pay-dr", "left-behind");
    assert_eq!(left["status"], "warn");
    let summary = left["summary"].as_str().unwrap();
    assert!(summary.contains("pay.contoso.example") && summary.contains("portal"), "{summary}");
    assert_eq!(finding(&lab, "apim-pay-prod", "apim-pay-dr", "key-vault")["status"], "ok");
    let gateways = finding(&lab, "apim-billing-prod", "apim-billing-dr", "left-behind");
    assert!(gateways["summary"].as_str().unwrap().contains("2 self-hosted gateway(s)"), "{gateways:#}");
}

/// A manifest of another blob is told in the list and in the check, and its words count nowhere.
#[test]
fn a_manifest_that_is_not_of_its_blob_is_told_and_not_believed() {
    let swap: Edit = Arc::new(|asked, mut answer| {
        if asked.method == "GET" && asked.path.ends_with(".lifeboat.json") {
            answer.body = answer.text().replace("\"etag\": \"", "\"etag\": \"of another ").into_bytes();
        }
        answer
    });
    let lab = Lab::edited("quiet", 600.0, swap);
    let listed =
        lab.run(&["backups", "apim-core-prod", "--location", "stcorebackup/apim", "--output", "json"]).json();
    let told = listed["problems"].to_string();
    assert!(told.contains("manifest that is not theirs") && told.contains("not believed"), "{told}");
    let all = lab.run(&["backups", "--location", "stcorebackup/apim", "--output", "json"]).json();
    let all = all["backups"].as_array().unwrap().clone();
    assert!(!all.is_empty() && all.iter().all(|it| it["source"]["provenance"] != "manifest"));
    let backup = lab::address(&all[0]);
    let words = ["check", "--backup", &backup, "--target", "apim-core-dr", "--access", "system"];
    let checked = lab.run(&[&words[..], &["--output", "json"]].concat()).json();
    let all = checked["findings"].as_array().unwrap();
    let left = all.iter().find(|it| it["id"] == "left-behind").unwrap();
    // The source is named by the activity log instead, and read itself.
    assert_eq!(left["evidence"][0]["source"], "ARM GET apim-core-prod", "{left:#}");
    assert!(left["evidence"].to_string().contains("speaks of another blob"), "{left:#}");
}

#[test]
fn words_that_mean_nothing_and_sides_that_nobody_may_read() {
    let lab = Lab::new("quiet", 600.0);
    lab.run(&["parity", "apim-core-prod", "apim-core-prod"]).expect(2, &["same instance"]);
    lab.run(&["parity", "apim-core-prod", "apim-nowhere"]).expect(6, &["apim-nowhere", "HR"]);
    let hr = "/subscriptions/6f1c0a10-5b1e-4c60-9a3e-0c0de0000005/resourceGroups/rg-hr/providers/\
              Microsoft.ApiManagement/service/apim-hr-prod";
    let other = hr.replace("apim-hr-prod", "apim-hr-dr");
    lab.run(&["parity", hr, &other]).expect(6, &["Nothing of the two could be compared"]);
    lab.run(&["parity", "stcorebackup/auth/nothing.apimbackup", "apim-core-dr"]).expect(1, &["nothing"]);
}
