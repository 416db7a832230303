//! A laboratory for the binary: a pretend Azure in this process, a home directory of its own, and the program run as a
//! script would run it. What the pretend Azure saw can be counted afterwards.
#![allow(dead_code, unreachable_pub, reason = "each test file uses a part of the laboratory")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a laboratory that does not stand should stop the test"
)]

pub mod editor;
pub mod liar;
pub mod parrot;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use lifeboat::sandbox::{self, Options, Sandbox};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The program under test.
pub const LIFEBOAT: &str = env!("CARGO_BIN_EXE_lifeboat");

/// The laboratory.
pub struct Lab {
    pub runtime: Runtime,
    pub home: TempDir,
    pub base_url: String,
    sandbox: Option<Sandbox>,
}

/// What the program said and how it ended.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Lab {
    /// A laboratory with this scenario, at this speed.
    pub fn new(scenario: &str, speed: f64) -> Self {
        Self::founded(Options { scenario: scenario.to_owned(), speed, ..Options::default() })
    }

    /// A laboratory with so many instances and backups in all.
    pub fn crowded(instances: usize, backups: usize) -> Self {
        let (instances, backups) = (Some(instances), Some(backups));
        Self::founded(Options { speed: 600.0, instances, backups, ..Options::default() })
    }

    fn founded(options: Options) -> Self {
        let runtime = Runtime::new().unwrap();
        let sandbox = runtime.block_on(sandbox::start(options)).unwrap();
        let base_url = sandbox.base_url().to_owned();
        let lab = Self { runtime, home: TempDir::new().unwrap(), base_url, sandbox: Some(sandbox) };
        lab.configure(&lab.base_url.clone(), "");
        lab
    }

    /// A laboratory in which nothing is changed but some answers.
    pub fn lying(lies: &'static [liar::Lie]) -> Self {
        let mut lab = Self::new("quiet", 600.0);
        let honest = lab.base_url.clone();
        lab.base_url = lab.runtime.block_on(liar::stand_before(honest, lies));
        lab.configure(&lab.base_url.clone(), "");
        lab
    }

    /// A laboratory with this scenario in which every answer may be changed.
    pub fn edited(scenario: &str, speed: f64, edit: editor::Edit) -> Self {
        let mut lab = Self::new(scenario, speed);
        lab.edit(edit);
        lab
    }

    /// From now on every answer may be changed.
    pub fn edit(&mut self, edit: editor::Edit) {
        let honest = self.base_url.clone();
        self.base_url = self.runtime.block_on(editor::stand_before(honest, edit));
        self.configure(&self.base_url.clone(), "");
    }

    /// From now on nobody answers.
    pub fn go_silent(&mut self) {
        if let Some(sandbox) = self.sandbox.take() {
            self.runtime.block_on(sandbox.stop());
        }
    }

    /// Writes the configuration: a cloud `lab` at this address, quick polling, and what else is given.
    pub fn configure(&self, address: &str, more: &str) {
        let text = format!(
            "[clouds.lab]\nresource_manager = \"{address}\"\nauthority = \"{address}\"\n\
             scope = \"https://management.azure.com/.default\"\n\
             [polling]\nmin = \"50ms\"\nmax = \"2s\"\nabsent = \"100ms\"\ninstance = \"200ms\"\n{more}\n"
        );
        fs::write(self.config(), text).unwrap();
    }

    pub fn config(&self) -> PathBuf {
        self.home.path().join("config.toml")
    }

    /// Where the program keeps its journals here.
    pub fn state(&self) -> PathBuf {
        self.home.path().join("state/lifeboat")
    }

    /// The program with these words, in the home of the laboratory, without any sign-in.
    pub fn bare(&self, words: &[&str]) -> Command {
        bare(self.home.path(), words)
    }

    /// The program with these words, signed in to the laboratory.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = self.bare(words);
        command
            .args(["--cloud", "lab", "--auth", "environment"])
            .args(["--config".as_ref(), self.config().as_os_str()]);
        sign_in(&mut command);
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, words: &[&str]) -> Ran {
        ran(self.command(words).output().unwrap())
    }

    /// Starts the program.
    pub fn start(&self, words: &[&str]) -> Child {
        self.command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// The POSTs for a backup or a restore that the pretend Azure saw.
    pub fn posts(&self) -> Vec<Value> {
        self.seen("posts")
    }

    /// Every request that the pretend Azure saw.
    pub fn requests(&self) -> Vec<Value> {
        self.seen("requests")
    }

    fn seen(&self, what: &str) -> Vec<Value> {
        let address = format!("{}/_sandbox/{what}", self.base_url);
        let text =
            self.runtime.block_on(async { reqwest::get(address).await.unwrap().text().await.unwrap() });
        serde_json::from_str::<Value>(&text).unwrap()["requests"].as_array().unwrap().clone()
    }

    /// The backups of an instance, newest first, as the program lists them.
    pub fn backups(&self, instance: &str) -> Vec<Value> {
        let ran = self.run(&["backups", instance, "--output", "json"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.json()["backups"].as_array().unwrap().clone()
    }

    /// The address of the newest usable backup of an instance.
    pub fn newest(&self, instance: &str) -> String {
        let all = self.backups(instance);
        let usable = all.iter().find(|it| it["state"] == "usable").expect("a usable backup");
        address(usable)
    }
}

/// `ACCOUNT/CONTAINER/NAME` of a row of `backups`.
pub fn address(row: &Value) -> String {
    ["account", "container", "name"].map(|key| row[key].as_str().unwrap()).join("/")
}

/// The program with these words and an environment in which nothing of the machine counts.
pub fn bare(home: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(LIFEBOAT);
    command.args(words).env_clear().stdin(Stdio::null());
    for (name, value) in environment(home) {
        command.env(name, value);
    }
    command
}

/// The environment of the laboratory.
pub fn environment(home: &Path) -> Vec<(&'static str, String)> {
    let below = |name: &str| home.join(name).display().to_string();
    vec![
        ("HOME", below("")),
        ("PATH", "/usr/bin:/bin".to_owned()),
        ("TERM", "xterm-256color".to_owned()),
        ("LANG", "C.UTF-8".to_owned()),
        ("XDG_CONFIG_HOME", below("config")),
        ("XDG_STATE_HOME", below("state")),
        ("XDG_CACHE_HOME", below("cache")),
        ("XDG_DATA_HOME", below("data")),
        ("NO_PROXY", "127.0.0.1".to_owned()),
    ]
}

/// The variables of somebody who exists in the laboratory only.
pub const SIGN_IN: [(&str, &str); 3] = [
    ("AZURE_TENANT_ID", "c0a70500-0000-4000-8000-00000000c0de"),
    ("AZURE_CLIENT_ID", "c0a70500-0000-4000-8000-0000000000aa"),
    ("AZURE_CLIENT_SECRET", "canary-secret-of-the-laboratory"),
];

pub fn sign_in(command: &mut Command) {
    command.envs(SIGN_IN);
}

pub fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Ran {
    /// The one JSON document.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// The JSON lines.
    pub fn lines(&self) -> Vec<Value> {
        let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.stdout.lines().map(parse).collect()
    }

    /// The verdict line.
    pub fn verdict(&self) -> Value {
        self.lines().pop().unwrap_or_else(|| panic!("no verdict line: {self:#?}"))
    }

    /// Asserts the exit code and that standard error holds each text.
    pub fn expect(&self, code: i32, texts: &[&str]) -> &Self {
        assert_eq!(self.code, code, "{self:#?}");
        for text in texts {
            assert!(self.stderr.contains(text), "standard error lacks {text:?}\n{}", self.stderr);
        }
        self
    }
}
