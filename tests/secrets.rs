//! Whatever happens, no secret is written anywhere: sessions of the binary before an Azure that quotes every secret it was
//! told, and a search through all that came of it.
//!
//! What is sensitive and not secret: names, ids, addresses of people in the activity log, and the signed address of an
//! operation, which the journal needs and nothing else gets.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it cannot go on"
)]

mod lab;
#[path = "support/pty.rs"]
mod pty;
#[path = "support/trials.rs"]
mod trials;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use lab::parrot::{Heard, Perch, found, found_below, parrot};
use lab::{Lab, SIGN_IN, environment};
use lifeboat::app::breakdown;
use lifeboat::app::terminal::Held;
use pty::Session;
use trials::{Chance, seeds, trials};

/// Secrets of other ways to sign in, as they may stand in an environment.
const OTHERS: [(&str, &str); 4] = [
    ("AZURE_CLIENT_CERTIFICATE_PASSWORD", "canary-certificate-password"),
    ("AZURE_PASSWORD", "canary-password-of-a-user"),
    ("AZURE_STORAGE_KEY", "canary-storage-key-of-the-environment"),
    ("AZURE_STORAGE_SAS_TOKEN", "sv=1&sig=canary-sas-of-the-environment"),
];

/// One laboratory and what was heard and written in it.
struct Watch {
    lab: Lab,
    heard: Heard,
    /// A backup that could be restored.
    blob: String,
    leaks: Vec<String>,
    seen: Seen,
}

/// That something happened at all.
#[derive(Clone, Copy, Default)]
struct Seen {
    secrets: usize,
    /// Parts of signed addresses.
    signed: usize,
    /// Bytes that were written for people and programs.
    bytes: usize,
    /// Secrets that were quoted and taken out.
    taken_out: usize,
    /// Texts that were put on the clipboard.
    copied: usize,
}

/// What a terminal was asked to put on its clipboard (OSC 52).
fn clipboard(written: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(written);
    let parts = text.split("\x1b]52;c;").skip(1);
    parts.filter_map(|part| BASE64_STANDARD.decode(part.split('\x07').next()?).ok()).collect()
}

impl Watch {
    fn new(scenario: &str, perch: Perch) -> Self {
        let heard = Heard::default();
        heard.secret(SIGN_IN[2].1);
        for (_, secret) in OTHERS {
            heard.plant(secret);
        }
        let mut lab = Lab::new(scenario, 4_000.0);
        let blob = lab.newest("apim-core-prod");
        lab.edit(parrot(perch, &heard));
        let key = "[[locations]]\naccount = \"stcorebackup\"\ncontainer = \"apim\"\nlisting = \"key\"\n";
        lab.configure(&lab.base_url.clone(), key);
        Self { lab, heard, blob, leaks: Vec::new(), seen: Seen::default() }
    }

    fn run(&mut self, words: &[&str]) -> i32 {
        let mut command = self.lab.command(&[words, &["--log-level", "trace"]].concat());
        let output = command.envs(OTHERS).output().unwrap();
        self.saw(&format!("standard output of {words:?}"), &output.stdout);
        self.saw(&format!("standard error of {words:?}"), &output.stderr);
        output.status.code().unwrap_or(-1)
    }

    fn saw(&mut self, what: &str, bytes: &[u8]) {
        self.leaks.extend(found(&self.heard, what, bytes));
        self.seen.bytes += bytes.len();
        self.seen.taken_out += String::from_utf8_lossy(bytes).matches("(taken out)").count();
    }

    /// A restore or a backup with the account's key, and everything that can be done about it.
    fn operate(&mut self, chance: &mut Chance) {
        let accepted = self.accepted();
        let accept: Vec<&str> = accepted.iter().flat_map(|it| ["--accept", it]).collect();
        let output = *chance.pick(&["table", "json"]);
        let (restore, backup) = ("apim-core-dr", "apim-core-prod");
        let blob = self.blob.clone();
        let words = if chance.one_in(3) {
            vec!["backup", backup, "--to", "stcorebackup/apim", "--access", "key", "--output", output]
        } else {
            let plan = ["--backup", &blob, "--target", restore, "--access", "key", "--confirm", restore];
            [&["restore"], &plan[..], &["--output", output]].concat()
        };
        let more: &[&str] = if chance.one_in(3) { &["--no-wait"] } else { &[] };
        self.run(&[&words[..], more, &accept].concat());
        self.run(&["operations", "--output", output]);
        self.run(&["operations", "resume", "--all", "--output", output]);
        self.run(&["operations", "--follow", "--output", output]);
        let listed = self.lab.run(&["operations", "--output", "json"]).json();
        if let Some(id) = listed["operations"][0]["operationId"].as_str().map(str::to_owned) {
            self.run(&["operations", "export", &id]);
            for format in ["md", "html", "json"] {
                self.run(&["report", &id, "--format", format]);
            }
        }
    }

    /// Reasons for every finding that could ask for one.
    fn accepted(&self) -> Vec<String> {
        let ids = [
            "permissions",
            "tier-supported",
            "tier-equal",
            "other-instance",
            "backup-readable",
            "backup-age",
            "access",
        ];
        ids.map(|id| format!("{id}=it is a test")).to_vec()
    }

    fn read(&mut self, chance: &mut Chance) {
        let output = *chance.pick(&["table", "json"]);
        self.run(&["backups", "--output", output]);
        self.run(&["instances", "--output", output]);
        self.run(&["info", "--output", output]);
        let blob = self.blob.clone();
        let plan = ["--backup", &blob, "--target", "apim-core-dr", "--access", "key", "--output", output];
        self.run(&[&["check"], &plan[..]].concat());
    }

    /// A console in a terminal: looked at, and ended without asking it.
    fn look(&mut self, chance: &mut Chance) {
        let config = self.lab.config().display().to_string();
        let words = ["--cloud", "lab", "--auth", "environment", "--log-level", "trace", "--config", &config];
        let own = environment(self.lab.home.path());
        let variables: Vec<(&str, &str)> =
            own.iter().map(|(name, value)| (*name, value.as_str())).chain(SIGN_IN).chain(OTHERS).collect();
        let mut session = Session::start(&words, &variables, 160, 45);
        session.wait_until("an answer", |screen| {
            ["as of", "unreadable", "Signed out", "could not"].iter().any(|word| screen.contains(word))
        });
        // Everything that copies, and what is shown for it.
        for keys in [
            "!", "y", "\r", "\x1b", "1", "y", "Y", "c", "o", "\x1b", "\r", "y", "Ya", "Yc", "Yp", "Yu", "Yj",
            "\r", "\x1b", "4", "y", "Ya", "Yc", "Yp", "Yu", "Yj", "o", "\x1b", "Y", "\x1b",
        ] {
            session.press(keys);
            std::thread::sleep(std::time::Duration::from_millis(30));
        }
        let arguments = fs::read(format!("/proc/{}/cmdline", session.pid())).unwrap_or_default();
        self.saw("the arguments", &arguments);
        if chance.one_in(2) {
            session.press("\x03\x03");
            session.exit();
        } else {
            session.kill();
        }
        let written = session.written();
        self.saw("the screen", &written);
        for text in clipboard(&written) {
            self.saw("the clipboard", &text);
            self.seen.copied += 1;
        }
    }

    /// Killed between the 202 and the end; another process takes it over, which has never seen the key.
    fn kill(&mut self) {
        let blob = self.blob.clone();
        let accepted = self.accepted();
        let accept: Vec<&str> = accepted.iter().flat_map(|it| ["--accept", it]).collect();
        let plan =
            ["--backup", &blob, "--target", "apim-core-dr", "--access", "key", "--confirm", "apim-core-dr"];
        let mut child = self.lab.start(&[&["restore"], &plan[..], &accept].concat());
        std::thread::sleep(std::time::Duration::from_millis(350));
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        self.saw("what a killed one said", &[output.stdout, output.stderr].concat());
        self.run(&["operations", "resume", "--all"]);
    }

    /// A configuration in which secrets stand where they do not belong.
    fn misconfigure(&mut self) {
        let key = "c2VjcmV0LWtleS1vZi10aGUtbGFib3JhdG9yeS1zZWNyZXQta2V5LW9mLXRoZS1sYWJvcmF0b3J5LXNlY3JldA==";
        let url = self.lab.base_url.replace("http://", "http://user:canary-of-an-address@");
        self.heard.plant(key);
        self.heard.plant("canary-of-an-address");
        self.heard.plant("canary-of-an-unknown-key");
        let more = format!(
            "[keys]\npreset = \"{key}\"\n[keys.fleet]\nopen = [\"{key}\"]\n[instances.\"apim-core-dr\"]\naccess = \"{key}\"\n[defaults]\nclient_secret = \"canary-of-an-unknown-key\"\n\
             rpo = \"{key}\"\nauth = canary-of-an-unknown-key\n"
        );
        self.lab.configure(&url, &more);
        self.run(&["info"]);
        self.run(&["keys"]);
        self.run(&["config", "check"]);
        self.run(&["instances"]);
        self.lab.configure(&self.lab.base_url.clone(), &more);
        self.run(&["info", "--output", "json"]);
        self.run(&["restore", "--backup", "a/b/c", "--target", "x", "--access", key, "--confirm", "x"]);
    }

    /// Everything that lies on the disk, too.
    fn conclude(mut self) -> Seen {
        let (below, files) = found_below(&self.heard, self.lab.home.path());
        self.leaks.extend(below);
        let (secrets, signed) = self.heard.count();
        assert!(self.leaks.is_empty(), "{:#?}", self.leaks);
        assert!(secrets > OTHERS.len() && files > 0, "{secrets} secrets, {files} files");
        Seen { secrets, signed, ..self.seen }
    }
}

const PERCHES: [Perch; 9] = [
    Perch::Nowhere,
    Perch::Post,
    Perch::Verdict,
    Perch::Word,
    Perch::Keys,
    Perch::SignIn,
    Perch::Storage,
    Perch::Readings,
    Perch::Log,
];

#[test]
fn no_session_writes_a_secret() {
    let (wanted, all) = (trials(9, 1_000), seeds(1));
    let (mut sessions, mut keys, mut all_seen) = (0, 0, Seen::default());
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    for &seed in &all {
        let mut chance = Chance::new(seed);
        for number in 0..wanted / all.len() as u64 {
            let perch = PERCHES[usize::try_from(number).unwrap() % PERCHES.len()];
            let scenario = if perch == Perch::Log { "lost-answer" } else { "quiet" };
            let mut watch = Watch::new(scenario, perch);
            watch.operate(&mut chance);
            let kind = match chance.below(3) {
                0 => {
                    watch.read(&mut chance);
                    "reads"
                }
                1 => {
                    watch.look(&mut chance);
                    "looks"
                }
                _ => {
                    watch.kill();
                    "is killed"
                }
            };
            keys += watch.heard.keys();
            let seen = watch.conclude();
            *kinds.entry(kind.to_owned()).or_default() += 1;
            sessions += 1;
            all_seen.secrets += seen.secrets;
            all_seen.signed += seen.signed;
            all_seen.bytes += seen.bytes;
            all_seen.taken_out += seen.taken_out;
            all_seen.copied += seen.copied;
        }
    }
    let Seen { secrets, signed, bytes, taken_out, copied } = all_seen;
    println!(
        "{sessions} sessions {kinds:?}; {secrets} secrets, {keys} POSTs with a key, {signed} parts of addresses; \
         {bytes} bytes of words, {taken_out} times something taken out, {copied} texts on the clipboard; seeds {all:?}"
    );
    assert!(keys > 0 && signed > 0 && taken_out > 0, "the sessions prove nothing");
}

#[test]
fn a_broken_configuration_repeats_no_secret() {
    let mut watch = Watch::new("quiet", Perch::Nowhere);
    watch.misconfigure();
    watch.conclude();
}

/// Writes an `az` that notes its environment and its arguments, and does `rest`.
fn fake_az(folder: &Path, rest: &str) {
    let az = folder.join("az");
    let notes = folder.join("notes").display().to_string();
    fs::write(&az, format!("#!/bin/sh\n{{ env; echo \"$@\"; cat /proc/$$/cmdline; }} >> {notes}\n{rest}\n"))
        .unwrap();
    fs::set_permissions(&az, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn the_azure_cli_is_told_no_secret_and_its_words_are_told_without() {
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJ0aWQiOiJjYW5hcnkifQ.canary-signature-of-a-token";
    let given = format!("{{\"accessToken\":\"{token}\",\"expires_on\":1900000000,\"tokenType\":\"Bearer\"}}");
    for rest in [format!("echo '{given}'"), format!("echo '{given}'; echo 'ERROR: {token}' >&2; exit 1")] {
        let mut watch = Watch::new("quiet", Perch::Readings);
        watch.heard.plant(token);
        let tools = tempfile::tempdir().unwrap();
        fake_az(tools.path(), &rest);
        let mut command =
            watch.lab.bare(&["instances", "--cloud", "lab", "--auth", "cli", "--log-level", "trace"]);
        command.args(["--config".as_ref(), watch.lab.config().as_os_str()]);
        command.envs(SIGN_IN).envs(OTHERS);
        command.env("PATH", format!("{}:/usr/bin:/bin", tools.path().display()));
        let output = command.output().unwrap();
        watch.saw("standard output", &output.stdout);
        watch.saw("standard error", &output.stderr);
        let notes = fs::read(tools.path().join("notes")).unwrap();
        assert!(String::from_utf8_lossy(&notes).contains("get-access-token"), "it was asked");
        assert!(String::from_utf8_lossy(&notes).contains("HOME="), "it finds its sign-in");
        watch.saw("what the tool was given", &notes);
        watch.conclude();
    }
}

const KEY: &str =
    "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3ODkrLw1234==";

/// Not a test of its own: the next one runs it in a terminal.
#[test]
#[ignore = "run by a_panic_tells_no_secret"]
fn panics_with_a_secret() {
    let held = Held::default();
    breakdown::on_panic(held, "/the/log", || {}).unwrap();
    let quoted = format!("no key '{KEY}' in \"accessKey\":\"{KEY}\"\u{9b}2J\u{1b}]0;mine\u{7}");
    assert!(std::thread::spawn(move || panic!("{quoted}")).join().is_err());
    std::process::exit(7);
}

#[test]
fn a_panic_tells_no_secret() {
    let this = std::env::current_exe().unwrap();
    let words = ["--ignored", "--exact", "panics_with_a_secret", "--nocapture"];
    let mut session =
        Session::start_program(this.to_str().unwrap(), &words, &[("RUST_BACKTRACE", "0")], 120, 35);
    session.wait_for("a fault of lifeboat");
    assert_eq!(session.exit().exit_code(), 7);
    let written = String::from_utf8_lossy(&session.written()).into_owned();
    assert!(written.contains("no key '") && !written.contains(&KEY[..24]), "{written}");
    assert!(written.contains("<U+009B>2J") && !written.contains("\u{1b}]0;mine"), "{written}");
}
