//! The verbs that only read, through the binary and over real HTTP: the shapes of the CLI contract, partial lists, bad
//! input, bad answers. None of them changes anything.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it cannot go on"
)]

mod lab;

use lab::Lab;
use lab::liar::{Lie, Untruth};
use serde_json::Value;

const PROBLEM: [&str; 9] = [
    "summary",
    "meaning",
    "next",
    "code",
    "serverMessage",
    "httpStatus",
    "scope",
    "requestId",
    "correlationId",
];

fn has_exactly(value: &Value, keys: &[&str]) {
    let object = value.as_object().unwrap_or_else(|| panic!("no object: {value}"));
    let mut found: Vec<&str> = object.keys().map(String::as_str).collect();
    let mut wanted = keys.to_vec();
    found.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(found, wanted);
}

fn changed_nothing(lab: &Lab) {
    let harmless = |request: &Value| {
        let (method, path) =
            (request["method"].as_str().unwrap(), request["path"].as_str().unwrap().to_lowercase());
        matches!(method, "GET" | "HEAD")
            || path.ends_with("/token")
            || path.ends_with("/resources")
            || path.ends_with("/listkeys")
    };
    let all = lab.requests();
    let other: Vec<&Value> = all.iter().filter(|request| !harmless(request)).collect();
    assert!(other.is_empty(), "{other:#?}");
}

#[test]
fn instances_has_the_shape_of_the_contract_and_asks_no_storage() {
    let lab = Lab::new("quiet", 600.0);
    let ran = lab.run(&["--output", "json", "instances"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let answer = ran.json();
    has_exactly(&answer, &["asOf", "instances", "problems"]);
    let all = answer["instances"].as_array().unwrap();
    assert!(all.len() >= 14);
    for row in all {
        has_exactly(
            row,
            &[
                "id",
                "name",
                "subscriptionId",
                "resourceGroup",
                "location",
                "sku",
                "provisioningState",
                "targetProvisioningState",
                "platformVersion",
                "backupSupport",
                "newestBackup",
                "backups",
            ],
        );
        has_exactly(&row["sku"], &["name", "capacity"]);
        assert!(row["newestBackup"].is_null() && row["backups"].is_null());
    }
    let support = |name: &str| all.iter().find(|it| it["name"] == name).unwrap()["backupSupport"].clone();
    assert_eq!(support("apim-core-prod"), "supported");
    assert_eq!(support("apim-partner-prod"), "unsupported");
    let blobs = lab
        .requests()
        .iter()
        .filter(|it| it["query"].as_str().unwrap_or_default().contains("comp=list"))
        .count();
    assert_eq!(blobs, 0);
    changed_nothing(&lab);
}

#[test]
fn instances_with_backups_counts_them() {
    let lab = Lab::new("quiet", 600.0);
    let ran = lab.run(&["instances", "--with-backups", "--output", "json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let answer = ran.json();
    let all = answer["instances"].as_array().unwrap();
    let core = all.iter().find(|it| it["name"] == "apim-core-prod").unwrap();
    has_exactly(&core["newestBackup"], &["name", "takenAt", "expiresAt"]);
    assert!(core["backups"]["usable"].as_u64().unwrap() >= 1);
    assert!(core["backups"]["total"].as_u64() >= core["backups"]["usable"].as_u64());
    assert!(!answer["problems"].as_array().unwrap().is_empty(), "the firewalled account is told");
    for problem in answer["problems"].as_array().unwrap() {
        has_exactly(problem, &PROBLEM);
    }
    changed_nothing(&lab);
}

#[test]
fn backups_has_the_shape_of_the_contract_newest_first() {
    let lab = Lab::new("quiet", 600.0);
    let all = lab.backups("apim-core-prod");
    assert!(all.len() >= 20, "{}", all.len());
    for row in &all {
        has_exactly(
            row,
            &[
                "account",
                "container",
                "name",
                "sizeBytes",
                "etag",
                "accessTier",
                "createdAt",
                "lastModified",
                "takenAt",
                "takenAtSource",
                "expiresAt",
                "secondsToExpiry",
                "state",
                "source",
            ],
        );
        has_exactly(&row["source"], &["instance", "instanceId", "sku", "provenance"]);
        assert_eq!(row["source"]["instance"], "apim-core-prod");
    }
    assert!(all.is_sorted_by(|a, b| a["takenAt"].as_str() >= b["takenAt"].as_str()));
    assert!(!all.iter().any(|row| row["name"].as_str().unwrap().ends_with(".lifeboat.json")));
}

#[test]
fn one_location_is_enough() {
    let lab = Lab::new("quiet", 600.0);
    let ran = lab.run(&["backups", "--location", "stcorebackup/auth", "--output", "json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let answer = ran.json();
    let all = answer["backups"].as_array().unwrap();
    assert!(!all.is_empty() && all.iter().all(|row| row["container"] == "auth"));
}

#[test]
fn check_has_the_shape_of_the_contract_and_its_exit_codes() {
    let lab = Lab::new("quiet", 600.0);
    let backup = lab.newest("apim-core-prod");
    let check = |target: &str, more: &[&str]| {
        let words =
            ["check", "--backup", &backup, "--target", target, "--access", "system", "--output", "json"];
        lab.run(&[&words[..], more].concat())
    };
    let fine = check("apim-core-dr", &[]);
    assert_eq!(fine.code, 0, "{fine:?}");
    let answer = fine.json();
    has_exactly(&answer, &["verdict", "findings", "request"]);
    has_exactly(&answer["request"], &["method", "url", "body"]);
    assert!(answer["request"]["body"].get("accessKey").is_none());
    for finding in answer["findings"].as_array().unwrap() {
        let keys = ["id", "status", "summary", "evidence", "remedy", "command", "documented"];
        has_exactly(finding, &keys);
        for evidence in finding["evidence"].as_array().unwrap() {
            has_exactly(evidence, &["name", "value", "source", "readAt"]);
        }
    }
    let blocked = check("apim-shared-dr", &[]);
    assert_eq!(blocked.code, 3, "{blocked:?}");
    assert_eq!(blocked.json()["verdict"], "blocked");
    // Rolling an instance back to its own backup is a warning: fine without --strict, not with it.
    assert_eq!(check("apim-core-prod", &[]).code, 0);
    assert_eq!(check("apim-core-prod", &["--strict"]).code, 3);
    assert!(lab.posts().is_empty());
}

#[test]
fn unknown_and_misspelt_instances_are_usage_with_a_hint() {
    let lab = Lab::new("quiet", 600.0);
    let check = |target: &str| {
        lab.run(&["check", "--backup", "stcorebackup/apim/x", "--target", target, "--access", "system"])
    };
    // One subscription of the fleet cannot be read, so an unknown name may be there: that is said.
    let unknown = check("apim-core-dt");
    assert_ne!(unknown.code, 0);
    unknown.expect(unknown.code, &["apim-core-dt"]);
    check("/subscriptions/x").expect(2, &["resource id"]);
    let gone = "/subscriptions/6f1c0a10-5b1e-4c60-9a3e-0c0de0000001/resourceGroups/rg-core/providers/\
                Microsoft.ApiManagement/service/apim-gone";
    check(gone).expect(2, &["apim-gone", "cannot be read"]);
}

#[test]
fn nobody_signed_in_is_6() {
    let lab = Lab::new("quiet", 600.0);
    let mut command = lab.bare(&["instances", "--cloud", "lab", "--auth", "cli", "--config"]);
    let ran = lab::ran(command.arg(lab.config()).output().unwrap());
    ran.expect(6, &["az"]);
    let mut command = lab.bare(&["instances", "--cloud", "lab", "--auth", "environment", "--config"]);
    lab::ran(command.arg(lab.config()).output().unwrap()).expect(6, &["AZURE_"]);
}

#[test]
fn no_network_is_1() {
    let lab = Lab::new("quiet", 600.0);
    // Nothing listens on the discard port of the loopback.
    lab.configure("http://127.0.0.1:9", "");
    let ran = lab.run(&["instances", "--output", "json"]);
    ran.expect(1, &["could not be reached"]);
    assert!(!ran.stderr.contains("az login"), "nobody is signed out: {}", ran.stderr);
    assert!(!ran.json()["problems"].as_array().unwrap().is_empty());
}

static HTML: [Lie; 2] = [
    Lie {
        path: "/resources",
        query: "",
        status: 200,
        body: Untruth::Text("<html><body>Sign in to the guest network</body></html>"),
    },
    Lie {
        path: "/service",
        query: "",
        status: 200,
        body: Untruth::Text("<html><body>Sign in to the guest network</body></html>"),
    },
];
static CUT_JSON: [Lie; 2] = [
    Lie { path: "/resources", query: "", status: 200, body: Untruth::Half },
    Lie { path: "/service", query: "", status: 200, body: Untruth::Half },
];
static CUT_XML: [Lie; 1] = [Lie { path: "/apim", query: "comp=list", status: 200, body: Untruth::Half }];

#[test]
fn answers_that_make_no_sense_are_problems_and_never_an_empty_fleet() {
    for lies in [&HTML, &CUT_JSON] {
        let lab = Lab::lying(lies);
        let ran = lab.run(&["instances", "--output", "json"]);
        assert_eq!(ran.code, 1, "{ran:?}");
        let answer = ran.json();
        assert!(answer["instances"].as_array().unwrap().is_empty());
        assert!(!answer["problems"].as_array().unwrap().is_empty());
        for problem in answer["problems"].as_array().unwrap() {
            has_exactly(problem, &PROBLEM);
        }
    }
}

#[test]
fn a_cut_listing_is_a_problem_and_the_others_are_shown() {
    let lab = Lab::lying(&CUT_XML);
    let ran = lab.run(&["backups", "--output", "json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let answer = ran.json();
    assert!(answer["backups"].as_array().unwrap().iter().any(|row| row["container"] == "auth"));
    let told = |it: &Value| it["scope"].as_str().is_some_and(|scope| scope.contains("stcorebackup/apim"));
    assert!(answer["problems"].as_array().unwrap().iter().any(told), "{:#}", answer["problems"]);
}
