//! Behind a proxy: the one that the environment names is taken for Azure, and never for this machine.
#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A proxy that lets nothing through, and the first line of each request to it.
fn proxy() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (tell, heard) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            if let Some(line) = lines.next() {
                drop(tell.send(line));
            }
            lines.take_while(|line| !line.is_empty()).for_each(drop);
            // Whoever has gone already needs no answer.
            drop(
                stream
                    .write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
            );
        }
    });
    (address, heard)
}

fn lifeboat(home: &TempDir, proxy: &str, words: &[&str]) -> Command {
    let below = |name: &str| home.path().join(name);
    let mut command = Command::new(env!("CARGO_BIN_EXE_lifeboat"));
    command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", home.path());
    for name in ["CONFIG", "STATE", "CACHE", "DATA"] {
        command.env(format!("XDG_{name}_HOME"), below(name));
    }
    for name in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"] {
        command.env(name, proxy);
    }
    command
        .env("AZURE_TENANT_ID", "c0a70500-0000-4000-8000-00000000c0de")
        .env("AZURE_CLIENT_ID", "c0a70500-0000-4000-8000-0000000000aa")
        .env("AZURE_CLIENT_SECRET", "none");
    command.args(words).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

#[test]
fn p4_azure_is_asked_through_the_proxy_of_the_environment() {
    let (address, heard) = proxy();
    let home = TempDir::new().unwrap();
    let mut child = lifeboat(&home, &address, &["--auth", "environment", "instances"]).spawn().unwrap();
    let line = heard.recv_timeout(Duration::from_secs(30));
    child.kill().unwrap();
    child.wait().unwrap();
    let line = line.unwrap_or_else(|_| "nobody asked the proxy".to_owned());
    assert!(line.starts_with("CONNECT login.microsoftonline.com:443 "), "{line}");
}

#[test]
fn p4_no_proxy_comes_between_the_program_and_its_own_machine() {
    let (address, heard) = proxy();
    let home = TempDir::new().unwrap();
    let ran = lifeboat(&home, &address, &["--sandbox", "instances"]).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(heard.try_iter().count(), 0);
}

/// A port on which nobody listens.
fn closed() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// Whoever cannot be reached has not said no: exit code 1, not 6, and nobody is sent to `az login`.
fn assert_unreached(home: &TempDir, address: &str, auth: &str, longest: Duration) {
    let words = ["--auth", auth, "instances"];
    let mut command = lifeboat(home, &format!("http://jo:canary-secret@{address}"), &words);
    let token = home.path().join("token");
    std::fs::write(&token, "e30.e30.e30").unwrap();
    command.env("AZURE_FEDERATED_TOKEN_FILE", token);
    let begun = Instant::now();
    let ran = command.output().unwrap();
    let (took, said) = (begun.elapsed(), String::from_utf8_lossy(&ran.stderr).into_owned());
    println!("{auth} through {address}: {took:?}");
    assert_eq!(ran.status.code(), Some(1), "{said}");
    assert!(took < longest, "{took:?}");
    let told = format!(
        "The sign-in service login.microsoftonline.com could not be reached through the proxy http://{address}"
    );
    assert!(said.contains(&told) && said.contains("Whether anybody is signed in is not known"), "{said}");
    for wrong in ["az login", "Not signed in", "Nobody is signed in", "canary-secret", "jo:"] {
        assert!(!said.contains(wrong), "{wrong}: {said}");
    }
}

#[test]
fn a_proxy_that_is_gone_is_told_as_such_at_once() {
    let home = TempDir::new().unwrap();
    for auth in ["environment", "workload"] {
        assert_unreached(&home, &closed(), auth, Duration::from_secs(12));
    }
}

#[test]
fn a_proxy_that_says_nothing_is_given_up_after_one_wait_for_a_connection() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    thread::scope(|scope| {
        for auth in ["environment", "workload"] {
            let address = &address;
            scope.spawn(move || {
                assert_unreached(&TempDir::new().unwrap(), address, auth, Duration::from_secs(25));
            });
        }
    });
}
