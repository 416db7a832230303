//! The verbs that start something, through the binary: one POST and no more, whatever happens to the answer, to the
//! program or to the person.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it cannot go on"
)]

mod lab;

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use lab::{Lab, Ran};
use serde_json::Value;

const TARGET: &str = "apim-core-dr";

fn restore<'a>(backup: &'a str, target: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let words = [
        "restore",
        "--backup",
        backup,
        "--target",
        target,
        "--access",
        "system",
        "--confirm",
        target,
        "--output",
        "json",
    ];
    [&words[..], more].concat()
}

fn events(ran: &Ran) -> Vec<String> {
    ran.lines().iter().filter_map(|line| line["event"].as_str().map(str::to_owned)).collect()
}

/// Reads the lines of a running program until one has this event.
fn wait_for(child: &mut Child, event: &str) -> Vec<Value> {
    let mut lines = Vec::new();
    let out = child.stdout.as_mut().unwrap();
    // Byte by byte, so that nothing of what follows is lost in a buffer.
    let mut text = String::new();
    let mut byte = [0u8];
    while out.read(&mut byte).unwrap() == 1 {
        if byte[0] != b'\n' {
            text.push(char::from(byte[0]));
            continue;
        }
        let line: Value = serde_json::from_str(&text).unwrap();
        text.clear();
        let found = line["event"] == event;
        lines.push(line);
        if found {
            return lines;
        }
    }
    panic!("no line with {event}: {lines:#?}");
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn a_restore_is_one_post_and_ends_well() {
    let lab = Lab::new("quiet", 600.0);
    let backup = lab.newest("apim-core-prod");
    let ran = lab.run(&restore(&backup, TARGET, &[]));
    ran.expect(0, &["Azure has taken it"]);
    assert_eq!(lab.posts().len(), 1);
    let events = events(&ran);
    assert_eq!(events[..4], ["checked", "planned", "submitting", "accepted"]);
    assert_eq!(events.last().unwrap(), "succeeded");
    let verdict = ran.verdict();
    assert_eq!(verdict["phase"], "succeeded");
    assert!(verdict["problem"].is_null());
    assert_eq!(lab.posts()[0]["clientRequestId"], verdict["operationId"]);
    assert!(!ran.stdout.contains("operationUrl\""), "a signed address went out");
    // The journal replays to the same verdict.
    let shown = lab.run(&["operations", verdict["operationId"].as_str().unwrap(), "--output", "json"]).json();
    assert_eq!(shown["operations"][0]["phase"], "succeeded");
    assert!(shown["operations"][0]["polls"].as_u64().unwrap() >= 1);
}

/// The label comes from the journal: the configuration that made it is gone when it is read.
#[test]
fn a10_a_drill_is_recorded_and_told_by_every_verb() {
    let lab = Lab::new("quiet", 600.0);
    let marked = format!("[instances.\"{TARGET}\"]\ndrill = true\n");
    lab.configure(&lab.base_url, &marked);
    let backup = lab.newest("apim-core-prod");
    let ran = lab.run(&restore(&backup, TARGET, &[]));
    ran.expect(0, &["DRILL: the target is marked as one for drills"]);
    let id = ran.verdict()["operationId"].as_str().unwrap().to_owned();
    let planned = ran.stdout.lines().find(|line| line.contains("\"event\":\"planned\"")).unwrap();
    assert!(planned.contains("\"purpose\":\"drill\""), "{planned}");
    lab.configure(&lab.base_url, "");
    let told = "DRILL, restore of apim-core-dr: succeeded";
    lab.run(&["operations", &id, "--follow"]).expect(0, &[told]);
    lab.run(&restore(&backup, TARGET, &[])).expect(0, &[]);
    let shown = lab.run(&["operations", "--output", "json"]).json();
    let purposes: Vec<_> = shown["operations"].as_array().unwrap().iter().map(|it| &it["purpose"]).collect();
    assert_eq!(purposes, ["real", "drill"], "the newest first");
    assert_eq!(lab.run(&["operations"]).stdout.matches("restore DRILL").count(), 1);
    assert_eq!(lab.run(&["report"]).stdout.matches("## Restore of apim-core-dr (DRILL)").count(), 1);
    lab.configure(&lab.base_url, &format!("{marked}production = true\n"));
    lab.run(&["config", "check"]).expect(2, &["counts as production"]);
}

#[test]
fn a_report_tells_what_was_accepted_and_what_it_took() {
    let lab = Lab::new("quiet", 600.0);
    lab.configure(&lab.base_url, "[instances.apim-core-prod]\nrpo = \"5h\"\nrto = \"90m\"\n");
    let backup = lab.newest("apim-core-prod");
    let id = lab.run(&restore(&backup, TARGET, &[])).verdict()["operationId"].as_str().unwrap().to_owned();
    let asked = lab.requests().len();
    let text = lab.run(&["report", &id[..8], "--began", "2026-01-01T00:00:00Z"]);
    text.expect(0, &[]);
    for words in ["## Restore of apim-core-dr: succeeded", "| Data lost (RPO) |", "Azure took it (202)", &id]
    {
        assert!(text.stdout.contains(words), "{words}: {}", text.stdout);
    }
    let json = lab.run(&["report", "--output", "json"]).json();
    let chapter = &json["operations"][0];
    assert_eq!((&chapter["phase"], &chapter["operationId"]), (&"succeeded".into(), &id.as_str().into()));
    // The promise is that of the source, whose standby was restored into.
    assert_eq!(chapter["recoveryPoint"]["targetSeconds"], 5 * 3_600);
    assert_eq!(chapter["recoveryTime"]["targetSeconds"], 90 * 60);
    let asked_before = lab.requests().len();
    lab.run(&["operations", "note", &id[..8], "DNS moved by hand"]).expect(0, &[]);
    lab.run(&["operations", "note", &id[..8], "two\nlines"]).expect(2, &["must be one line of text"]);
    lab.run(&["operations", "note", "ffff", "x"]).expect(2, &["There is no operation 'ffff'"]);
    let noted = lab.run(&["operations", "note", &id[..8], "traffic is back", "--output", "json"]).json();
    assert_eq!((&noted["operationId"], &noted["text"]), (&id.as_str().into(), &"traffic is back".into()));
    let json = lab.run(&["report", "--output", "json"]).json();
    let told: Vec<&str> = json["operations"][0]["events"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["who"] == "person")
        .filter_map(|event| event["what"].as_str())
        .collect();
    assert_eq!(told, ["DNS moved by hand", "traffic is back"]);
    assert_eq!(lab.requests().len(), asked_before, "a note asks nothing of Azure");
    let redacted = lab.run(&["report", "--redact", "--format", "html"]);
    redacted.expect(0, &[]);
    for name in ["apim-core", "stcorebackup", "rg-core"] {
        assert!(!redacted.stdout.contains(name), "{name}: {}", redacted.stdout);
    }
    lab.run(&["report", "nothing-like-it"]).expect(2, &["There is no operation 'nothing-like-it'"]);
    assert_eq!(lab.requests().len(), asked, "a report asks nothing of Azure");
}

#[test]
fn the_sandbox_of_the_program_itself_does_it_too() {
    let home = tempfile::TempDir::new().unwrap();
    let speed = ["--sandbox", "--speed", "600"];
    let run =
        |words: &[&str]| lab::ran(lab::bare(home.path(), &[&speed[..], words].concat()).output().unwrap());
    let all = run(&["backups", "apim-core-prod", "--output", "json"]).json();
    let usable = all["backups"].as_array().unwrap().iter().find(|it| it["state"] == "usable").unwrap();
    let backup = lab::address(usable);
    let ran = run(&restore(&backup, TARGET, &[]));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.verdict()["phase"], "succeeded");
}

#[test]
fn a_backup_of_another_tier_is_blocked_before_any_post() {
    let lab = Lab::new("quiet", 600.0);
    let backup = lab.newest("apim-core-prod");
    let ran = lab.run(&restore(&backup, "apim-shared-dr", &["--accept", "tier-equal=I know better"]));
    ran.expect(3, &["tier-equal", "current SKU is 'Standard', backup SKU is 'Premium'"]);
    assert!(lab.posts().is_empty());
    assert_eq!(ran.verdict()["phase"], "notSent");
    assert!(ran.verdict()["operationId"].is_null());
    assert!(lab.run(&["operations", "--output", "json"]).json()["operations"].as_array().unwrap().is_empty());
}

#[test]
fn an_unknown_tier_needs_a_reason_and_azures_refusal_arrives_word_for_word() {
    let lab = Lab::new("tier-mismatch", 600.0);
    let backup = lab::address(
        lab.run(&["backups", "--location", "stcorebackup/apim", "--output", "json"]).json()["backups"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["state"] == "usable")
            .unwrap(),
    );
    let closed = lab.run(&restore(&backup, TARGET, &[]));
    closed.expect(3, &["--accept"]);
    assert!(lab.posts().is_empty());
    let accept: Vec<String> = closed
        .lines()
        .iter()
        .filter(|line| line["event"] == "checked")
        .flat_map(|line| line["findings"].as_array().unwrap().clone())
        .filter(|finding| finding["status"] == "unknown" || finding["status"] == "warn")
        .map(|finding| format!("{}=asked the team", finding["id"].as_str().unwrap()))
        .collect();
    let accept: Vec<&str> = accept.iter().flat_map(|it| ["--accept", it]).collect();
    let ran = lab.run(&restore(&backup, TARGET, &accept));
    let words = "Cannot restore: current SKU is 'Premium', backup SKU is 'Standard'";
    ran.expect(4, &[words]);
    assert_eq!(ran.verdict()["phase"], "failed");
    assert!(ran.verdict()["problem"]["serverMessage"].as_str().unwrap().contains(words));
    assert_eq!(lab.posts().len(), 1);
    // Resuming what has ended tells how it ended.
    let id = ran.verdict()["operationId"].as_str().unwrap().to_owned();
    let again = lab.run(&["operations", "resume", &id, "--output", "json"]);
    again.expect(4, &[words]);
    assert_eq!(again.verdict()["phase"], "failed");
    assert_eq!(lab.posts().len(), 1);
}

#[test]
fn a_wrong_confirmation_and_read_only_send_nothing() {
    let lab = Lab::new("quiet", 600.0);
    let backup = lab.newest("apim-core-prod");
    let mut words = restore(&backup, TARGET, &[]);
    words[8] = "apim-core";
    lab.run(&words).expect(2, &["--confirm", TARGET]);
    lab.run(&restore(&backup, TARGET, &["--read-only"])).expect(2, &["read-only"]);
    assert!(lab.posts().is_empty());
}

#[test]
fn killed_between_the_202_and_the_end_it_is_attached_again() {
    let lab = Lab::new("quiet", 60.0);
    let backup = lab.newest("apim-core-prod");
    let mut child = lab.start(&restore(&backup, TARGET, &[]));
    wait_for(&mut child, "accepted");
    child.kill().unwrap();
    child.wait().unwrap();
    let shown = lab.run(&["operations", "--output", "json"]).json();
    assert_eq!(shown["operations"][0]["phase"], "running");
    let ran = lab.run(&["operations", "resume", "--all", "--output", "json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.verdict()["phase"], "succeeded");
    assert_eq!(lab.posts().len(), 1);
    lab.run(&["operations", "resume", "--all"]).expect(0, &["nothing to resume"]);
}

#[test]
fn no_wait_ends_with_the_202_and_resume_ends_it() {
    let lab = Lab::new("quiet", 300.0);
    let backup = lab.newest("apim-core-prod");
    let ran = lab.run(&restore(&backup, TARGET, &["--no-wait"]));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.verdict()["phase"], "running");
    let id = ran.verdict()["operationId"].as_str().unwrap()[..8].to_owned();
    assert_eq!(lab.run(&["operations", "resume", &id]).code, 0);
    assert_eq!(lab.posts().len(), 1);
}

#[test]
fn what_another_laptop_began_is_watched_from_here_to_its_end() {
    let lab = Lab::new("quiet", 60.0);
    let backup = lab.newest("apim-core-prod");
    lab.run(&["operations", "attach", TARGET])
        .expect(1, &["names no running backup or restore", "nothing seems to run"]);
    assert_eq!(lab.run(&restore(&backup, TARGET, &["--no-wait"])).code, 0);
    std::fs::remove_dir_all(lab.state()).unwrap();
    let attach = ["operations", "attach", TARGET, "--output", "json"];
    let ran = (0..50).map(|_| lab.run(&attach)).find(|it| it.code != 1).unwrap();
    assert_eq!((ran.code, &ran.verdict()["phase"]), (0, &"succeeded".into()), "{ran:?}");
    assert_eq!(events(&ran).first().unwrap(), "attached");
    assert_eq!(lab.posts().len(), 1, "nothing was sent from here");
    assert_eq!(lab.run(&["operations", "--output", "json"]).json()["operations"][0]["backup"], Value::Null);
}

#[test]
fn ctrl_c_says_that_it_goes_on_and_ends_with_5() {
    let lab = Lab::new("quiet", 20.0);
    let backup = lab.newest("apim-core-prod");
    let mut child = lab.start(&restore(&backup, TARGET, &[]));
    wait_for(&mut child, "accepted");
    signal(&child, "INT");
    let began = Instant::now();
    let ran = lab::ran(child.wait_with_output().unwrap());
    ran.expect(5, &["goes on in Azure", "operations resume"]);
    assert_eq!(ran.verdict()["phase"], "running");
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_lost_answer_is_looked_up_and_never_sent_again() {
    let lab = Lab::new("lost-answer", 600.0);
    let backup = lab.newest("apim-core-prod");
    let ran = lab.run(&restore(&backup, TARGET, &[]));
    assert!(events(&ran).iter().any(|it| it == "unconfirmed"), "{ran:?}");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(lab.posts().len(), 1);
}

#[test]
fn no_wait_does_not_wait_for_evidence_either() {
    let lab = Lab::new("lost-answer", 20.0);
    let backup = lab.newest("apim-core-prod");
    let ran = lab.run(&restore(&backup, TARGET, &["--no-wait"]));
    ran.expect(5, &["operations resume"]);
    assert_eq!(ran.verdict()["phase"], "unconfirmed");
    assert_eq!(events(&ran).last().unwrap(), "unconfirmed");
    assert_eq!(lab.posts().len(), 1);
}

#[test]
fn what_a_journal_has_lost_is_told() {
    let lab = Lab::new("quiet", 300.0);
    let backup = lab.newest("apim-core-prod");
    assert_eq!(lab.run(&restore(&backup, TARGET, &["--no-wait"])).code, 0);
    let is_journal = |path: &std::path::PathBuf| path.extension().is_some_and(|it| it == "jsonl");
    let file = files(&lab.state().join("operations")).into_iter().find(is_journal).unwrap();
    let mut whole = std::fs::read(&file).unwrap();
    whole.extend_from_slice(b"{\"v\":1,");
    std::fs::write(&file, whole).unwrap();
    lab.run(&["operations"]).expect(0, &["7 bytes from line 4 on cannot be read"]);
}

#[test]
fn a_journal_that_cannot_be_read_is_not_an_empty_one() {
    let lab = Lab::new("quiet", 600.0);
    lab.run(&["operations"]).expect(0, &[]);
    let folder = lab.state().join("operations");
    std::fs::write(folder.join("20261123T120000Z_restore_apim-core-dr_x.jsonl"), "not JSON\n").unwrap();
    lab.run(&["operations"]).expect(1, &["first record is damaged"]);
    lab.run(&["operations", "4711"]).expect(1, &["first record is damaged", "4711"]);
    lab.run(&["operations", "resume", "--all"]).expect(1, &["first record is damaged"]);
}

#[test]
fn an_operation_is_handed_over_as_a_file() {
    let lab = Lab::new("quiet", 300.0);
    let backup = lab.newest("apim-core-prod");
    let ran = lab.run(&restore(&backup, TARGET, &["--no-wait"]));
    let id = ran.verdict()["operationId"].as_str().unwrap().to_owned();
    let file = lab.home.path().join("handed-over.jsonl");
    std::fs::write(&file, lab.run(&["operations", "export", &id]).stdout).unwrap();
    let elsewhere = lab.home.path().join("elsewhere");
    let run = |words: &[&str]| {
        let mut command = lab.command(words);
        command.env("XDG_STATE_HOME", &elsewhere);
        lab::ran(command.output().unwrap())
    };
    assert_eq!(run(&["operations", "import", file.to_str().unwrap()]).code, 0);
    let resumed = run(&["operations", "resume", &id, "--output", "json"]);
    assert_eq!(resumed.code, 0, "{resumed:?}");
    assert_eq!(resumed.verdict()["phase"], "succeeded");
    assert_eq!(lab.posts().len(), 1);
    run(&["operations", "import", "/nowhere.jsonl"]).expect(2, &["/nowhere.jsonl"]);
    run(&["operations", "no-such"]).expect(2, &["no-such"]);
}

#[test]
fn a_backup_is_one_post_and_leaves_its_manifest() {
    let lab = Lab::new("quiet", 600.0);
    let ran = lab.run(&[
        "backup",
        "apim-core-prod",
        "--to",
        "stcorebackup/apim",
        "--access",
        "system",
        "--output",
        "json",
    ]);
    ran.expect(0, &["manifest written"]);
    assert_eq!(lab.posts().len(), 1);
    let all = lab.backups("apim-core-prod");
    let newest = &all[0];
    assert_eq!(newest["source"]["provenance"], "manifest");
    assert!(newest["name"].as_str().unwrap().starts_with("apim-core-prod-"));
}

#[test]
fn an_account_key_is_used_and_never_written_anywhere() {
    let lab = Lab::new("quiet", 600.0);
    let backup = lab.newest("apim-core-prod");
    let mut words = restore(&backup, TARGET, &["--log-level", "trace"]);
    words[6] = "key";
    let ran = lab.run(&words);
    assert_eq!(ran.code, 0, "{ran:?}");
    let mut written = ran.stdout.clone() + &ran.stderr;
    for file in files(lab.home.path()) {
        written.push_str(&String::from_utf8_lossy(&std::fs::read(file).unwrap()));
    }
    assert!(!written.contains("accessKey"), "a key went out");
    assert!(!written.contains(lab::SIGN_IN[2].1));
    assert!(!written.contains("SharedKey "));
}

fn files(below: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(below).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

#[test]
fn follow_reads_along_without_driving() {
    let lab = Lab::new("quiet", 300.0);
    let backup = lab.newest("apim-core-prod");
    let mut driving = lab.start(&restore(&backup, TARGET, &[]));
    wait_for(&mut driving, "accepted");
    let mut following = lab.start(&["operations", "--follow", "--output", "json"]);
    let mut lines = BufReader::new(following.stdout.take().unwrap()).lines();
    let first: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    assert_eq!(first["phase"], "running");
    let last = lines.map(Result::unwrap).last().unwrap();
    assert_eq!(serde_json::from_str::<Value>(&last).unwrap()["phase"], "succeeded");
    assert_eq!(following.wait().unwrap().code(), Some(0));
    assert_eq!(driving.wait().unwrap().code(), Some(0));
    assert_eq!(lab.posts().len(), 1);
}

/// A backup every night that nobody waits for must not keep the next one from being made.
#[test]
fn what_ended_while_nobody_watched_stands_in_nobodys_way() {
    let lab = Lab::new("quiet", 600.0);
    let backup = |name: &str| {
        let to = ["backup", "apim-core-prod", "--to", "stcorebackup/apim", "--access", "system", "--no-wait"];
        lab.run(&[&to[..], &["--name", name, "--output", "json"]].concat())
    };
    let first = backup("first");
    assert_eq!(first.code, 0, "{first:?}");
    backup("second").expect(3, &["unfinished", "the backup", "is running since"]);
    assert_eq!(lab.posts().len(), 1);
    let mut second = backup("second");
    for _ in 0..50 {
        if second.code == 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(200));
        second = backup("second");
    }
    assert_eq!(second.code, 0, "{second:?}");
    assert_eq!(lab.posts().len(), 2);
    let first = first.verdict()["operationId"].as_str().unwrap().to_owned();
    let shown = lab.run(&["operations", &first, "--output", "json"]).json();
    assert_eq!(shown["operations"][0]["phase"], "succeeded");
    let all = lab.backups("apim-core-prod");
    let found = all.iter().find(|it| it["name"] == "first").unwrap();
    assert_eq!(found["source"]["provenance"], "manifest");
}
