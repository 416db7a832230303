//! Signing in with the Azure CLI: one process for many callers, without a terminal.
//!
//! The test starts itself again with a folder in front of `PATH` that holds an `az` of a few lines.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod azure_support;

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use azure_support::connection;
use lifeboat::azure::identity::{AuthMode, Identity};
use lifeboat::azure::{Azure, WriteMode};

const MARK: &str = "LIFEBOAT_TEST_AUTH";

/// Writes an `az` that notes its calls, refuses a terminal, and then does `rest`.
fn fake_az(folder: &Path, rest: &str) {
    let az = folder.join("az");
    let notes = folder.join("calls");
    let script = format!(
        "#!/bin/sh\necho \"$@\" >> {}\n[ -t 0 ] && exit 9\nread line && exit 8\n{rest}\n",
        notes.display()
    );
    std::fs::write(&az, script).unwrap();
    std::fs::set_permissions(&az, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// Runs [`child`] in a process of its own.
#[expect(clippy::disallowed_methods, reason = "PATH is what is under test")]
fn run_child(folder: &Path, mode: AuthMode) -> Output {
    let path = std::env::var("PATH").unwrap();
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture"])
        .env("PATH", format!("{}:{path}", folder.display()))
        .env(MARK, mode.as_str())
        .output()
        .unwrap()
}

/// Does nothing unless it was started by one of the others.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the parent speaks to the child through the environment")]
async fn child() {
    let Ok(mode) = std::env::var(MARK) else { return };
    let mut connection = connection("https://management.azure.com", WriteMode::Guarded);
    connection.identity = Identity { mode: mode.parse().unwrap(), ..Identity::default() };
    let azure = Azure::connect(connection).unwrap();
    for answer in futures::future::join_all((0..20).map(|_| azure.whoami())).await {
        match answer {
            Ok(signed_in) => println!("signed in via {}", signed_in.via),
            Err(error) => println!("PROBLEM {}", error.problem()),
        }
    }
}

#[test]
fn one_process_gives_the_token_for_all_who_ask() {
    for mode in [AuthMode::Cli, AuthMode::Auto] {
        let folder = tempfile::tempdir().unwrap();
        let token = r#"{"accessToken":"canary-token","expires_on":1900000000,"tokenType":"Bearer"}"#;
        fake_az(folder.path(), &format!("echo '{token}'"));
        let output = run_child(folder.path(), mode);
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(said.matches("signed in via Azure CLI").count(), 20, "{mode}: {said}");
        assert!(!said.contains("canary"), "{said}");
        let calls = std::fs::read_to_string(folder.path().join("calls")).unwrap();
        assert_eq!(calls.lines().count(), 1, "{calls}");
        assert!(calls.contains("--scope https://management.azure.com/.default"), "{calls}");
    }
}

#[test]
fn its_words_and_the_way_to_sign_in_reach_the_person() {
    let folder = tempfile::tempdir().unwrap();
    fake_az(folder.path(), "echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1");
    let output = run_child(folder.path(), AuthMode::Cli);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("ERROR: Please run 'az login' to setup account."), "{said}");
    assert_eq!(said.matches("Next: Sign in with: az login").count(), 20, "{said}");
    let calls = std::fs::read_to_string(folder.path().join("calls")).unwrap();
    assert_eq!(calls.lines().count(), 1, "one refusal is enough for all who waited for it");
}
