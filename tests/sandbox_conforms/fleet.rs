//! What contoso has, and that chance is repeatable.

use std::collections::{BTreeMap, BTreeSet};

use lifeboat::sandbox::Options;
use serde_json::{Value, json};

use super::peer::{CORE, PARTNER, PAYMENTS, PRODUCTS, Peer};

async fn instances(peer: &Peer) -> Vec<Value> {
    let mut found = Vec::new();
    for subscription in [CORE, PAYMENTS, PRODUCTS, PARTNER] {
        let mut target = format!("{subscription}/providers/Microsoft.ApiManagement/service");
        loop {
            let page = peer.get(&target).await.json();
            found.extend(page["value"].as_array().unwrap().clone());
            match page["nextLink"].as_str() {
                Some(next) => target = peer.target_of(next),
                None => break,
            }
        }
    }
    found
}

#[tokio::test]
async fn there_is_one_of_everything() {
    for scenario in ["quiet", "ragged"] {
        let peer = Peer::in_scenario(scenario).await;
        let found = instances(&peer).await;
        assert_eq!(found.len(), 25, "{scenario}: every page was followed");
        let tiers: BTreeSet<&str> = found.iter().filter_map(|row| row["sku"]["name"].as_str()).collect();
        let all = ["Basic", "Consumption", "Developer", "Premium", "Standard", "StandardV2"];
        assert_eq!(tiers, BTreeSet::from(all));
        let states: BTreeSet<&str> =
            found.iter().filter_map(|row| row["properties"]["provisioningState"].as_str()).collect();
        assert_eq!(states, BTreeSet::from(["Failed", "Succeeded", "Updating"]));
    }
}

#[tokio::test]
async fn the_same_seed_gives_the_same_world() {
    async fn picture(seed: u64) -> (Value, Vec<Value>) {
        let peer = Peer::with(Options { seed, ..Options::default() }).await;
        let rows = instances(&peer).await;
        let principals = rows.iter().map(|row| row["identity"]["principalId"].clone()).collect();
        (peer.behind("state").await["instances"].clone(), principals)
    }
    assert_eq!(picture(7).await, picture(7).await);
    assert_ne!(picture(7).await.1, picture(8).await.1);
}

#[tokio::test]
async fn backups_are_hours_to_forty_days_old() {
    let peer = Peer::quiet().await;
    let mut count = 0;
    let mut ages = BTreeMap::new();
    for place in [
        "stcorebackup/apim",
        "stcorebackup/auth",
        "stbilbackup/apim",
        "stpaybackup/apim",
        "stmobilebackup/apim",
        "stiotbackup/backups",
    ] {
        let text = peer.blob("GET", &format!("/{place}?restype=container&comp=list"), &[], b"").await.text();
        count += peer.backups(place).await.len();
        for created in text.split("<Creation-Time>").skip(1).filter_map(|rest| rest.split("</").next()) {
            let created = jiff::fmt::rfc2822::parse(created).unwrap().timestamp();
            let hours = jiff::Timestamp::now().duration_since(created).as_hours();
            *ages.entry(hours / 24).or_insert(0) += 1;
        }
    }
    assert!(count >= 150, "{count}");
    assert!(ages.contains_key(&0) && ages.keys().max().unwrap() >= &38, "{ages:?}");
}

#[tokio::test]
async fn a_crowd_has_exactly_the_size_asked_for() {
    let options = Options { instances: Some(1200), backups: Some(3000), ..Options::default() };
    let peer = Peer::with(options).await;
    assert_eq!(instances(&peer).await.len(), 1200);
    let crowd = peer.backups("stcrowdbackup/apim-0").await;
    assert_eq!(crowd.len(), 3000 - 234);
}

#[tokio::test]
async fn the_configuration_fits_the_fleet() {
    let peer = Peer::quiet().await;
    let names: BTreeSet<String> =
        instances(&peer).await.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect();
    let text = include_str!("../../assets/sandbox/contoso.toml");
    let file: Value = toml::from_str::<toml::Table>(text).map(|table| json!(table)).unwrap();
    for (name, settings) in file["instances"].as_object().unwrap() {
        assert!(names.contains(name), "{name}");
        if let Some(standby) = settings["standby"].as_str() {
            assert!(names.contains(standby), "{standby}");
        }
    }
    for location in file["locations"].as_array().unwrap() {
        let place =
            format!("{}/{}", location["account"].as_str().unwrap(), location["container"].as_str().unwrap());
        assert!(!peer.backups(&place).await.is_empty(), "{place}");
    }
}
