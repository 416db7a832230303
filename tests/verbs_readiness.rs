//! `check --all` and the ranking of targets, through the binary and over real HTTP: shapes, exit codes, and how much it
//! asks of Azure.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it cannot go on"
)]

mod lab;

use std::collections::{BTreeMap, BTreeSet};

use lab::{Lab, Ran};
use serde_json::Value;

const STANDBY: &str = "[instances.\"apim-core-prod\"]\nstandby = \"apim-core-dr\"\naccess = \"system\"\n\
    [instances.\"apim-billing-prod\"]\nstandby = \"apim-billing-dr\"\n";

fn has_exactly(value: &Value, keys: &[&str]) {
    let object = value.as_object().unwrap_or_else(|| panic!("no object: {value}"));
    let mut found: Vec<&str> = object.keys().map(String::as_str).collect();
    let mut wanted = keys.to_vec();
    found.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(found, wanted);
}

fn row<'a>(answer: &'a Value, name: &str) -> &'a Value {
    let all = answer["instances"].as_array().unwrap();
    all.iter().find(|it| it["name"] == name).unwrap_or_else(|| panic!("no {name} in {answer:#}"))
}

fn check_all(lab: &Lab, more: &[&str]) -> (Ran, Value) {
    let ran = lab.run(&[&["check", "--all", "--output", "json"], more].concat());
    let answer = ran.json();
    (ran, answer)
}

#[test]
fn every_instance_has_a_grade_and_says_what_is_missing() {
    let lab = Lab::new("quiet", 600.0);
    lab.configure(&lab.base_url, STANDBY);
    let (ran, answer) = check_all(&lab, &[]);
    assert_eq!(ran.code, expected(&answer), "{}", ran.stderr);
    has_exactly(&answer, &["asOf", "instances", "problems"]);
    let all = answer["instances"].as_array().unwrap();
    let listed = lab.run(&["instances", "--output", "json"]).json();
    assert_eq!(all.len(), listed["instances"].as_array().unwrap().len(), "each instance once");
    for it in all {
        has_exactly(
            it,
            &[
                "id",
                "name",
                "grade",
                "backup",
                "target",
                "rpoSeconds",
                "rtoSeconds",
                "restoreTakes",
                "missing",
            ],
        );
        let grade = it["grade"].as_str().unwrap();
        assert!(["ready", "degraded", "unknown", "notReady", "exempt"].contains(&grade), "{it}");
        assert!(it["restoreTakes"].is_null(), "nothing was restored here: {it}");
        for lack in it["missing"].as_array().unwrap() {
            has_exactly(lack, &["id", "grade", "summary", "remedy"]);
        }
        if !it["backup"].is_null() {
            has_exactly(&it["backup"], &["account", "container", "name", "takenAt", "ageSeconds"]);
        }
        if !it["target"].is_null() {
            has_exactly(&it["target"], &["id", "name", "chosenBy", "verdict", "reason", "serverMessage"]);
        }
    }
    let core = row(&answer, "apim-core-prod");
    assert_eq!(
        (&core["target"]["name"], &core["target"]["chosenBy"]),
        (&"apim-core-dr".into(), &"standby".into())
    );
    let weighing: Vec<&Value> =
        core["missing"].as_array().unwrap().iter().filter(|it| it["grade"] != "ready").collect();
    // Its newest backup is older than the goal of a day, and nothing else is missing.
    let ids: Vec<&str> = weighing.iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!((core["grade"].as_str().unwrap(), ids), ("degraded", vec!["rpo"]), "{core:#}");
    let billing = row(&answer, "apim-billing-prod");
    assert_eq!(billing["target"]["chosenBy"], "proposed", "its standby would refuse it: {billing:#}");
    for (name, grade) in [
        ("apim-events", "exempt"),
        ("apim-partner-prod", "exempt"),
        ("apim-core-dr", "exempt"),
        // A subscription and a container cannot be read, and its backups may lie there.
        ("apim-geo-prod", "unknown"),
    ] {
        assert_eq!(row(&answer, name)["grade"], grade, "{:#}", row(&answer, name));
    }
    let (strict, _) = check_all(&lab, &["--strict"]);
    assert_eq!(strict.code, 3, "degraded and unknown are not ready");
}

#[test]
fn a_goal_that_is_met_makes_it_ready_and_the_exit_code_says_so() {
    let lab = Lab::new("quiet", 600.0);
    let goal = STANDBY.replacen("standby", "rpo = \"48h\"\nstandby", 1);
    lab.configure(&lab.base_url, &goal);
    let (_, answer) = check_all(&lab, &[]);
    assert_eq!(row(&answer, "apim-core-prod")["grade"], "ready", "{:#}", row(&answer, "apim-core-prod"));
}

/// The exit code of an answer: 3 as soon as one instance is not ready.
fn expected(answer: &Value) -> i32 {
    let all = answer["instances"].as_array().unwrap();
    if all.iter().any(|it| it["grade"] == "notReady") { 3 } else { 0 }
}

/// Where everything could be read, what was not seen is not there.
#[test]
fn an_instance_that_could_not_be_restored_is_told_by_the_exit_code() {
    let lab = Lab::new("quiet", 600.0);
    lab.configure(&lab.base_url, STANDBY);
    let listed = lab.run(&["instances", "--output", "json"]).json();
    let all = listed["instances"].as_array().unwrap();
    let subscriptions: BTreeSet<&str> = all.iter().map(|it| it["subscriptionId"].as_str().unwrap()).collect();
    let mut codes = BTreeSet::new();
    for subscription in subscriptions {
        let (ran, answer) = check_all(&lab, &["--subscription", subscription]);
        assert_eq!(ran.code, expected(&answer), "{answer:#}");
        codes.insert(ran.code);
        let first = &answer["instances"][0];
        if ran.code == 3 {
            assert_eq!(first["grade"], "notReady", "the worst come first");
            let lack = &first["missing"][0];
            assert!(lack["grade"] == "notReady" && !lack["summary"].as_str().unwrap().is_empty(), "{lack}");
        }
    }
    assert!(codes.contains(&3), "{codes:?}");
}

#[test]
fn when_nothing_can_be_read_nothing_is_ready() {
    let mut lab = Lab::new("quiet", 600.0);
    lab.go_silent();
    let (ran, answer) = check_all(&lab, &[]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert_eq!(answer["instances"].as_array().unwrap().len(), 0);
    assert!(!answer["problems"].as_array().unwrap().is_empty());
}

/// Forty more instances, each with a backup and without a standby of its own, and every one of them a target of others.
#[test]
fn a_fleet_of_forty_times_forty_asks_for_nothing_twice_and_keeps_the_budget() {
    let lab = Lab::crowded(65, 234 + 200);
    let (ran, answer) = check_all(&lab, &[]);
    let all = answer["instances"].as_array().unwrap();
    let crowd: Vec<&Value> =
        all.iter().filter(|it| it["name"].as_str().unwrap().starts_with("apim-crowd")).collect();
    assert!(crowd.len() >= 40, "{} instances in the crowd", crowd.len());
    let aimed = crowd.iter().filter(|it| !it["target"].is_null()).count();
    assert!(aimed >= 40, "{aimed} of {} have a target\n{}", crowd.len(), ran.stderr);
    let targets: BTreeSet<&str> = all.iter().filter_map(|it| it["target"]["name"].as_str()).collect();
    let mut asked: BTreeMap<String, usize> = BTreeMap::new();
    let mut reads: BTreeMap<String, usize> = BTreeMap::new();
    let mut logs = 0;
    for request in lab.requests() {
        let path = request["path"].as_str().unwrap().to_lowercase();
        let query = request["query"].as_str().unwrap_or_default();
        assert_ne!(request["status"], 429, "{path}");
        if request["method"] == "GET" && path.starts_with("/subscriptions") {
            // Of the traffic it is the last minutes that are asked for, whenever that is.
            let query = if path.ends_with("/microsoft.insights/metrics") { "" } else { query };
            logs += usize::from(path.contains("/eventtypes/"));
            *asked.entry(format!("{path}?{query}")).or_default() += 1;
            let subscription = path.split('/').nth(2).unwrap_or("all of them").to_owned();
            *reads.entry(subscription).or_default() += 1;
        }
    }
    let twice: Vec<_> = asked.iter().filter(|(_, times)| **times > 1).collect();
    println!(
        "{} instances, {} targets, {} reads of Resource Manager, by subscription {:?}, {logs} of them of logs, asked twice: {}",
        all.len(),
        targets.len(),
        asked.values().sum::<usize>(),
        reads.values().collect::<Vec<_>>(),
        twice.len()
    );
    assert!(twice.is_empty(), "{twice:#?}");
    // The bucket of a subscription holds 250 reads; a whole look takes no more, so that nobody waits for it to fill.
    assert!(reads.values().all(|count| *count <= 250), "{reads:?}");
}

#[test]
fn the_targets_of_a_backup_are_ranked_and_one_is_proposed() {
    let lab = Lab::new("quiet", 600.0);
    lab.configure(&lab.base_url, STANDBY);
    let backup = lab.newest("apim-core-prod");
    let ran = lab.run(&["check", "--backup", &backup, "--output", "json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let answer = ran.json();
    has_exactly(&answer, &["asOf", "proposed", "candidates", "problems"]);
    let all = answer["candidates"].as_array().unwrap();
    for it in all {
        has_exactly(it, &["id", "name", "location", "tier", "verdict", "reason", "serverMessage", "why"]);
    }
    assert_eq!(all[0]["name"], "apim-core-dr");
    assert_eq!(all[0]["why"], "the configured standby, same tier, idle, in the paired region northeurope");
    assert_eq!(answer["proposed"], all[0]["id"]);
    assert_eq!(all.last().unwrap()["name"], "apim-core-prod", "its own source comes last");
    let differs = all.iter().find(|it| it["name"] == "apim-shared-dr").unwrap();
    assert_eq!(
        differs["serverMessage"],
        "Cannot restore: current SKU is 'Standard', backup SKU is 'Premium'"
    );
    let gone = lab.run(&["check", "--backup", "stcorebackup/apim/gone", "--output", "json"]);
    assert!(matches!(gone.code, 1 | 2), "{gone:?}");
    let harmless = |it: &Value| matches!(it["method"].as_str().unwrap(), "GET" | "HEAD" | "POST");
    assert!(lab.requests().iter().all(harmless) && lab.posts().is_empty());
}

/// A restore that this journal has seen to its end is the measure; before it there is none.
#[test]
fn how_long_it_takes_is_known_from_the_own_journal_only() {
    let lab = Lab::new("quiet", 6000.0);
    let goals = STANDBY.replacen("standby", "rpo = \"48h\"\nrto = \"1s\"\nstandby", 1);
    lab.configure(&lab.base_url, &goals);
    let (_, before) = check_all(&lab, &[]);
    let core = row(&before, "apim-core-prod");
    assert!(core["restoreTakes"].is_null() && core["rtoSeconds"] == 1, "{core:#}");
    let told = core["missing"].as_array().unwrap().iter().find(|it| it["id"] == "rto").unwrap();
    assert_eq!(told["grade"], "ready", "it weighs nothing: {told}");
    let backup = lab.newest("apim-core-prod");
    let words = ["--backup", &backup, "--target", "apim-core-dr", "--access", "system"];
    let restored = lab.run(&[&["restore", "--confirm", "apim-core-dr"], &words[..]].concat());
    assert_eq!(restored.code, 0, "{restored:?}");
    let (_, after) = check_all(&lab, &[]);
    let core = row(&after, "apim-core-prod");
    let takes = &core["restoreTakes"];
    has_exactly(takes, &["medianSeconds", "p90Seconds", "runs", "alike"]);
    assert_eq!((&takes["runs"], takes["alike"].as_str()), (&1.into(), Some("target")), "{takes}");
    assert_eq!(takes["medianSeconds"], takes["p90Seconds"]);
}
