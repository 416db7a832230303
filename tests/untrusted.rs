//! What others wrote, through the verbs of the binary: tables, JSON, people's words and the log give a terminal no order,
//! and no two names look the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it cannot go on"
)]

#[path = "support/hostile.rs"]
mod hostile;
mod lab;
#[cfg(unix)]
#[path = "support/pty.rs"]
mod pty;
#[path = "support/trials.rs"]
mod trials;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;

use hostile::Witness;
use lab::editor::{Answered, Asked, Edit};
use lab::{Lab, Ran};
use lifeboat::domain::visible;
use serde_json::{Value, json};
use trials::{Chance, seeds, trials};

/// Instances and backups that a laboratory shows.
const EACH: usize = 250;

/// What storage says of a blob that is there.
const PRESENT: [(&str, &str); 6] = [
    ("content-length", "4711"),
    ("etag", "\"0x8D\""),
    ("last-modified", "Mon, 23 Nov 2026 10:00:00 GMT"),
    ("x-ms-creation-time", "Mon, 23 Nov 2026 10:00:00 GMT"),
    ("x-ms-blob-type", "BlockBlob"),
    ("x-ms-access-tier", "Hot"),
];

/// The names of one laboratory.
struct Names {
    instances: Vec<String>,
    blobs: Vec<String>,
    subscription: String,
    message: String,
    id: String,
}

impl Names {
    fn by(chance: &mut Chance) -> Self {
        let mut text = || hostile::text(|end| chance.below(end));
        let mut distinct = |suffix: &str| {
            let mut all = BTreeSet::new();
            while all.len() < EACH {
                all.insert(text() + suffix);
            }
            all.into_iter().collect::<Vec<_>>()
        };
        let (instances, blobs) = (distinct(""), distinct("x"));
        Self { instances, blobs, subscription: text(), message: text(), id: text() }
    }

    /// Puts the names into the answers of Azure.
    fn edit(self: Arc<Self>) -> Edit {
        Arc::new(move |asked: &Asked, mut answer: Answered| {
            let path = asked.path.to_ascii_lowercase();
            if path.ends_with("/microsoft.resourcegraph/resources") && asked.body.contains("apimanagement") {
                answer.body = self.rows(&answer).to_string().into_bytes();
            } else if asked.query.contains("comp=list") && path.ends_with("/apim") {
                answer.body = self.listing(&answer.text()).into_bytes();
            } else if asked.method == "HEAD" {
                answer.status = 200;
                for (name, value) in PRESENT {
                    answer.headers.insert(name, reqwest::header::HeaderValue::from_static(value));
                }
            } else if path == "/subscriptions" {
                answer.body = self.subscriptions(&answer).to_string().into_bytes();
            } else if path.ends_with("/restore") {
                answer.status = 400;
                answer.body = self.refusal().to_string().into_bytes();
                if let Ok(id) = reqwest::header::HeaderValue::from_bytes(self.id.as_bytes()) {
                    answer.headers.insert("x-ms-request-id", id);
                }
            } else if path.ends_with("/permissions") || path.ends_with("/listkeys") {
                answer.status = 403;
                answer.body = self.refusal().to_string().into_bytes();
            }
            answer
        })
    }

    fn refusal(&self) -> Value {
        json!({ "error": { "code": self.id, "message": self.message, "details": [{ "message": self.id }] } })
    }

    fn rows(&self, answer: &Answered) -> Value {
        let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
        let rows = body["data"].as_array_mut().unwrap();
        let Some(one) = rows.first().cloned() else { return body };
        for (number, name) in self.instances.iter().enumerate() {
            let mut row = one.clone();
            row["id"] = format!("{}-{number}", one["id"].as_str().unwrap()).into();
            row["name"] = name.as_str().into();
            row["location"] = name.as_str().into();
            row["properties"]["provisioningState"] = name.as_str().into();
            row["properties"]["platformVersion"] = name.as_str().into();
            rows.push(row);
        }
        let count = rows.len();
        body["count"] = count.into();
        body["totalRecords"] = count.into();
        body
    }

    fn listing(&self, honest: &str) -> String {
        let mut blobs = String::new();
        for name in &self.blobs {
            let escaped = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
            blobs.push_str(&format!(
                "<Blob><Name Encoded=\"true\">{escaped}</Name><Properties><Creation-Time>Mon, 23 Nov 2026 10:00:00 GMT\
                 </Creation-Time><Content-Length>1</Content-Length><BlobType>BlockBlob</BlobType></Properties></Blob>"
            ));
        }
        honest.replacen("<Blobs>", &format!("<Blobs>{blobs}"), 1)
    }

    fn subscriptions(&self, answer: &Answered) -> Value {
        let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
        for it in body["value"].as_array_mut().unwrap() {
            it["displayName"] = self.subscription.as_str().into();
        }
        body
    }
}

/// Sees that what was written gives no order.
fn harmless(what: &str, text: &str) {
    let witness = Witness::of(text.as_bytes());
    assert!(witness.orders.is_empty(), "{what}: {:?}", witness.orders);
    assert!(witness.sequences.is_empty(), "{what}: {:?}", witness.sequences);
    let hidden = text.chars().find(|&c| c != '\n' && visible::is_hidden(c));
    assert_eq!(hidden, None, "{what}");
}

fn run(lab: &Lab, words: &[&str]) -> Ran {
    let ran = lab.run(&[words, &["--log-level", "trace"]].concat());
    harmless(&format!("{words:?} on standard output"), &ran.stdout);
    harmless(&format!("{words:?} on standard error"), &ran.stderr);
    ran
}

/// Each name stands in the table as it must be shown, in a row of its own.
fn shown((what, before): (&str, &str), table: &str, names: &[String]) {
    let mut rows: BTreeMap<String, &String> = BTreeMap::new();
    for name in names {
        let cell = format!("{before}{name}");
        let shown = visible::name(&cell);
        assert!(table.contains(shown.as_ref()), "{what} lacks {name:?}");
        let other = rows.insert(shown.into_owned(), name);
        assert_eq!(other, None, "{what}: {name:?} looks like another");
    }
}

fn all_of(rows: &Value, names: &[String]) {
    let found: BTreeSet<&str> =
        rows.as_array().unwrap().iter().filter_map(|row| row["name"].as_str()).collect();
    for name in names {
        assert!(found.contains(name.as_str()), "JSON lacks {name:?}");
    }
}

#[test]
fn no_verb_gives_an_order_and_no_two_names_look_the_same() {
    let (wanted, seeds) = (trials(500, 1_000_000), seeds(1));
    let (mut names, mut runs) = (0, 0);
    for &seed in &seeds {
        let mut chance = Chance::new(seed);
        let mut own = 0;
        while own < wanted / seeds.len() as u64 {
            let given = Arc::new(Names::by(&mut chance));
            let lab = Lab::edited("quiet", 600.0, given.clone().edit());
            all_of(&run(&lab, &["instances", "--output", "json"]).json()["instances"], &given.instances);
            shown(("instances", ""), &run(&lab, &["instances"]).stdout, &given.instances);
            let at = ["backups", "--location", "stcorebackup/apim"];
            all_of(&run(&lab, &[&at[..], &["--output", "json"]].concat()).json()["backups"], &given.blobs);
            shown(("backups", "stcorebackup/apim/"), &run(&lab, &at).stdout, &given.blobs);
            run(&lab, &["info"]);
            for output in ["table", "json"] {
                let blob =
                    format!("stcorebackup/apim/{}", chance.pick::<String>(&given.blobs)).replace('\0', "");
                let plan = ["--backup", &blob, "--target", "apim-core-dr", "--output", output, "--access"];
                run(&lab, &[&["check"], &plan[..], &["key"]].concat());
                run(&lab, &[&["check"], &plan[..], &["system\u{9b}2J"]].concat());
                refused(&lab, &[&["restore"], &plan[..], &["system"]].concat());
                run(&lab, &["operations", "--output", output]);
                run(&lab, &["operations", "--follow", "--output", output]);
                run(&lab, &["report", "--output", output]);
                run(&lab, &["report", "--format", "html"]);
                let instance = chance.pick::<String>(&given.instances).replace('\0', "");
                run(&lab, &["backups", &instance, "--output", output]);
                runs += 6;
            }
            written(&lab);
            runs += 5;
            own += given.instances.len() as u64 + given.blobs.len() as u64;
        }
        names += own;
    }
    println!("{names} names, {runs} runs of the program, seeds {seeds:?}");
}

#[cfg(unix)]
#[test]
fn the_full_screen_gives_the_terminal_its_own_orders_only() {
    let mut chance = Chance::new(1);
    let given = Arc::new(Names::by(&mut chance));
    let lab = Lab::edited("quiet", 600.0, given.clone().edit());
    let cloud = "lab\u{7}\u{1b}]52;c;eA==\u{7}\u{202e}\u{9c}";
    let quoted = serde_json::to_string(cloud).unwrap();
    let text = fs::read_to_string(lab.config()).unwrap();
    fs::write(lab.config(), text.replace("[clouds.lab]", &format!("[clouds.{quoted}]"))).unwrap();
    let config = lab.config().display().to_string();
    let words = ["--cloud", cloud, "--auth", "environment", "--config", &config];
    let own = lab::environment(lab.home.path());
    let variables: Vec<(&str, &str)> =
        own.iter().map(|(name, value)| (*name, value.as_str())).chain(lab::SIGN_IN).collect();
    let mut session = pty::Session::start(&words, &variables, 200, 55);
    session.wait_until("the whole fleet", |screen| screen.contains("as of"));
    for keys in ["y", "G", "y", "\r", "y", "G", "y", "!", "y", "\r", "y", "1", "q"] {
        session.press(keys);
        std::thread::sleep(std::time::Duration::from_millis(30));
    }
    session.exit();
    let written = session.written();
    let witness = Witness::of(&written);
    // `ESC \\` ends a copy.
    let ours = ["OSC 0", "OSC 52", "ESC 5c", "control 0d"];
    let foreign: Vec<&String> = witness.orders.iter().filter(|it| !ours.contains(&it.as_str())).collect();
    assert!(foreign.is_empty(), "{foreign:?}");
    // One title, and a copy for each `y` at most.
    let count = |order: &str| witness.orders.iter().filter(|it| *it == order).count();
    assert_eq!(count("OSC 0"), 1, "{:?}", witness.orders);
    assert!((1..=6).contains(&count("OSC 52")), "{:?}", witness.orders);
    assert_eq!(count("control 07"), 0);
    let title = "lifeboat: lab<U+0007><U+001B>]52;c;eA==<U+0007><U+202E><U+009C>";
    assert!(String::from_utf8_lossy(&written).contains(&format!("\u{1b}]0;{title}\u{7}")));
    assert!(!witness.printed.contains(|c| c != '\n' && visible::is_hidden(c)));
}

/// A restore that Azure refuses in hostile words, with every warning accepted.
fn refused(lab: &Lab, words: &[&str]) {
    let known = run(lab, &[words, &["--confirm", "apim-core-dr"]].concat());
    let found: Vec<String> = known
        .stderr
        .lines()
        .filter_map(|line| line.strip_prefix("unknown").or_else(|| line.strip_prefix("warn")))
        .filter_map(|line| line.split_whitespace().next())
        .map(|id| format!("{id}=it is a test"))
        .collect();
    let accept: Vec<&str> = found.iter().flat_map(|it| ["--accept", it]).collect();
    let ran = run(lab, &[words, &["--confirm", "apim-core-dr"], &accept].concat());
    assert_eq!(ran.code, 4, "{ran:#?}");
}

/// Looks at the log and at the journal.
fn written(lab: &Lab) {
    let mut files = 0;
    for folder in ["log", "operations"] {
        for entry in fs::read_dir(lab.state().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            harmless(&path.display().to_string(), &text);
            files += usize::from(!text.is_empty());
        }
    }
    assert!(files >= 3, "{files} files");
}
