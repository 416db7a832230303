//! How a sitting in a terminal begins: the binary in a pseudo-terminal, in a home of its own, signed in to the laboratory
//! or in a rehearsal.
#![allow(dead_code, unreachable_pub, reason = "each test file uses a part of it")]

use std::path::Path;

use crate::lab::{Lab, SIGN_IN, environment};
use crate::pty::Session;

/// The usual terminal of a test.
pub const USUAL: (u16, u16) = (120, 35);

/// The words that lead the program to the laboratory, after these.
pub fn words(lab: &Lab, more: &[&str]) -> Vec<String> {
    let config = lab.config().display().to_string();
    let mut all: Vec<String> = more.iter().map(|word| (*word).to_owned()).collect();
    all.extend(["--cloud", "lab", "--auth", "environment", "--config", &config].map(str::to_owned));
    all
}

/// The program signed in to a laboratory.
pub fn console(lab: &Lab, more: &[&str]) -> Session {
    signed_in(lab, more, &[], USUAL)
}

/// The same with further variables, in a terminal of this size.
pub fn signed_in(lab: &Lab, more: &[&str], variables: &[(&str, &str)], size: (u16, u16)) -> Session {
    let all: Vec<(&str, &str)> = SIGN_IN.into_iter().chain(variables.iter().copied()).collect();
    start(lab.home.path(), crate::lab::LIFEBOAT, &refs(&words(lab, more)), &all, size)
}

/// A program that a shell starts, signed in to a laboratory: `shell` finds it and its words as `"$0" "$@"`.
pub fn behind_a_shell(lab: &Lab, shell: &str) -> Session {
    let words = [vec!["-c".to_owned(), shell.to_owned(), crate::lab::LIFEBOAT.to_owned()], words(lab, &[])];
    start(lab.home.path(), "bash", &refs(&words.concat()), &SIGN_IN, USUAL)
}

/// A laboratory whose fleet is known by its standbys, and a console that has read all of it.
pub fn furnished(lab: &Lab, more: &[&str]) -> Session {
    lab.configure(&lab.base_url, include_str!("../../assets/sandbox/contoso.toml"));
    let mut session = console(lab, more);
    session.wait_until("the whole fleet", |screen| screen.contains("29/30") && !screen.contains("reading"));
    session
}

/// The program with these words and nobody signed in.
pub fn alone(home: &Path, words: &[&str], variables: &[(&str, &str)]) -> Session {
    start(home, crate::lab::LIFEBOAT, words, variables, USUAL)
}

/// A program with this home and these variables besides.
pub fn start(
    home: &Path,
    program: &str,
    words: &[&str],
    variables: &[(&str, &str)],
    (columns, rows): (u16, u16),
) -> Session {
    let own = environment(home);
    let own = own.iter().map(|(name, value)| (*name, value.as_str()));
    let all: Vec<(&str, &str)> = own.chain(variables.iter().copied()).collect();
    Session::start_program(program, words, &all, columns, rows)
}

fn refs(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}
