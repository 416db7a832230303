//! The configuration through the binary: what cannot be used is named with its line, what may be a guard is never lost.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it cannot go on"
)]

mod lab;

use lab::{Lab, SIGN_IN, bare, ran};
use tempfile::TempDir;

#[test]
fn l7_a_bad_key_is_told_with_its_line_and_the_rest_is_used() {
    let lab = Lab::new("quiet", 600.0);
    lab.configure(&lab.base_url, "[defaults]\nrpoo = \"1h\"");
    let ran = lab.run(&["instances", "--output", "json"]);
    ran.expect(0, &["line 11", "'rpoo'", "cloud, auth, read_only, rpo", "config.toml:11"]);
    assert!(ran.json()["instances"].as_array().unwrap().len() >= 14);
}

#[test]
fn c4_a_view_that_cannot_be_used_is_told_with_its_line_and_what_could_stand_there() {
    let lab = Lab::new("quiet", 600.0);
    lab.configure(&lab.base_url, "[views.prod]\nsort = \"colour\"\ncolumns = [\"name\", \"size\"]");
    let ran = lab.run(&["config", "check", "--output", "json"]);
    ran.expect(2, &["line 11", "views.prod.sort", "expires, state, name", "line 12", "\"size\""]);
    assert_eq!(ran.json()["problems"].as_array().unwrap().len(), 2);
    lab.configure(&lab.base_url, "[views.prod]\nsort = \"rpo down\"\ncolumns = [\"name\", \"rpo\"]");
    lab.run(&["config", "check"]).expect(0, &[]);
}

#[test]
fn what_cannot_be_read_whole_is_not_acted_on() {
    let lab = Lab::new("quiet", 600.0);
    lab.configure(&lab.base_url, "[defaults\nread_only = true");
    lab.run(&["instances"]).expect(2, &["not TOML", "line 10"]);
    let restore = lab.run(&[
        "restore",
        "--backup",
        "stcorebackup/apim/x",
        "--target",
        "apim-core-dr",
        "--access",
        "system",
        "--confirm",
        "apim-core-dr",
        "--output",
        "json",
    ]);
    restore.expect(2, &["configuration"]);
    assert_eq!(restore.verdict()["phase"], "notSent");
    assert!(lab.requests().is_empty());
}

#[test]
fn a_file_that_is_not_there_or_no_text_is_told() {
    let home = TempDir::new().unwrap();
    ran(bare(home.path(), &["--config", "/nowhere.toml", "instances"]).output().unwrap())
        .expect(2, &["/nowhere.toml", "cannot be read"]);
    let binary = home.path().join("binary.toml");
    std::fs::write(&binary, [0xff, 0xfe, 0x00]).unwrap();
    ran(bare(home.path(), &["--config", binary.to_str().unwrap(), "instances"]).output().unwrap())
        .expect(2, &["not UTF-8"]);
}

#[test]
fn an_unknown_cloud_is_refused_with_those_that_are_known() {
    let home = TempDir::new().unwrap();
    ran(bare(home.path(), &["--cloud", "mars", "instances"]).output().unwrap())
        .expect(2, &["'mars'", "public, usgov, china"]);
}

#[test]
fn plain_http_is_for_this_machine_only() {
    let lab = Lab::new("quiet", 600.0);
    lab.configure("http://management.lab.example", "");
    lab.run(&["instances"]).expect(2, &["loopback"]);
}

#[test]
fn c1_info_names_every_path_and_who_is_signed_in() {
    let lab = Lab::new("quiet", 600.0);
    let ran = lab.run(&["info", "--output", "json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let info = ran.json();
    assert_eq!(info["cloud"]["resourceManager"], lab.base_url.as_str());
    assert_eq!(info["paths"]["config"], lab.config().to_str().unwrap());
    assert!(info["paths"]["journals"].as_str().unwrap().starts_with(lab.state().to_str().unwrap()));
    assert!(info["subscriptions"].as_array().unwrap().len() >= 4);
    assert!(!info["identity"]["tenant"].is_null());
    assert!(!ran.stdout.contains(SIGN_IN[2].1) && !ran.stderr.contains(SIGN_IN[2].1));
}

#[test]
fn a_rehearsal_keeps_its_journals_apart() {
    let home = TempDir::new().unwrap();
    let output = bare(home.path(), &["--sandbox", "info", "--output", "json"]).output().unwrap();
    let info = ran(output).json();
    let journals = info["paths"]["journals"].as_str().unwrap();
    assert!(journals.ends_with("lifeboat/sandbox/operations"), "{journals}");
}

#[test]
fn c2_a_configuration_is_checked_without_asking_anybody() {
    let lab = Lab::new("quiet", 600.0);
    lab.run(&["config", "check"]).expect(0, &[]);
    lab.configure(&lab.base_url, "[defaults]\nrpoo = \"1h\"\ntheme = \"pink\"");
    let ran = lab.run(&["config", "check", "--output", "json"]);
    ran.expect(2, &["line 11", "'rpoo'", "There is no theme 'pink'", "colour-blind"]);
    assert_eq!(ran.json()["problems"].as_array().unwrap().len(), 2);
    // What cannot be read whole can be checked all the same.
    lab.configure(&lab.base_url, "[defaults\nread_only = true");
    lab.run(&["config", "check"]).expect(2, &["not TOML", "line 10"]);
    assert!(lab.requests().is_empty());
}

#[test]
fn c2_the_sample_that_is_printed_is_a_configuration() {
    let home = TempDir::new().unwrap();
    let sample = ran(bare(home.path(), &["config", "print-default"]).output().unwrap());
    assert_eq!(sample.code, 0, "{sample:?}");
    let file = home.path().join("sample.toml");
    std::fs::write(&file, sample.stdout).unwrap();
    ran(bare(home.path(), &["--config", file.to_str().unwrap(), "config", "check"]).output().unwrap())
        .expect(0, &[]);
}

#[test]
fn themes_and_keys_are_listed() {
    let home = TempDir::new().unwrap();
    let json = |verb: &str| ran(bare(home.path(), &[verb, "--output", "json"]).output().unwrap()).json();
    let themes = json("themes");
    let names: Vec<&str> =
        themes["themes"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["terminal", "dark", "light", "high-contrast", "colour-blind", "mono"]);
    let keys = json("keys");
    let acts: Vec<&serde_json::Value> =
        keys["keys"].as_array().unwrap().iter().filter(|it| it["place"] == "acts").collect();
    assert!(
        acts.iter().any(|it| it["keys"][0] == "r" && it["does"] == "Restore a backup into an instance"),
        "{acts:?}"
    );
}

#[test]
fn c3_keys_of_ones_own_are_checked_listed_and_refused_with_their_line() {
    let lab = Lab::new("quiet", 600.0);
    lab.configure(
        &lab.base_url,
        "[keys]\npreset = \"no-vim\"\n[keys.fleet]\nopen = [\"Enter\", \"e\"]\nsort = [\"a\"]\n[keys.acts]\nrestore = [\"Enter\"]",
    );
    lab.run(&["config", "check"]).expect(
        2,
        &[
            "line 14: keys.fleet.sort and keys.fleet.acts",
            "line 16: keys.acts.restore: Enter never begins an act",
            "config.toml:16",
        ],
    );
    let ran = lab.run(&["keys", "--output", "json"]);
    let json = ran.json();
    let keys = json["keys"].as_array().unwrap();
    let of = |name: &str| keys.iter().find(|it| it["name"] == name).unwrap()["keys"].clone();
    assert_eq!(of("fleet.open"), serde_json::json!(["Enter", "e"]));
    assert_eq!(of("fleet.sort"), serde_json::json!(["s"]));
    assert_eq!(of("lists.down"), serde_json::json!(["Down"]));
    assert_eq!(of("acts.restore"), serde_json::json!(["r"]));
}
