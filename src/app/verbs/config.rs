//! `config`: what of the configuration cannot be used, a sample of it, and its schema. Nothing is asked of Azure.

use std::fmt;

use serde::Serialize;

use crate::app::exit::Exit;
use crate::app::output::Paper;
use crate::app::{keys, themes, views};
use crate::cli::ConfigAct;
use crate::domain::problem::Problem;
use crate::settings::{SAMPLE, Settings, schema::SCHEMA};

/// The answer of `config check`.
#[derive(Serialize)]
struct Checked {
    path: String,
    found: bool,
    problems: Vec<Problem>,
}

/// Checks the configuration, or prints the sample.
///
/// # Errors
/// The answer could not be written.
pub(super) fn run(settings: &Settings, paper: Paper, act: ConfigAct) -> Result<Exit, Problem> {
    match act {
        ConfigAct::PrintDefault => paper.document(SAMPLE).map(|()| Exit::Done),
        ConfigAct::Schema => paper.document(SCHEMA).map(|()| Exit::Done),
        ConfigAct::Check => check(settings, paper),
    }
}

fn check(settings: &Settings, paper: Paper) -> Result<Exit, Problem> {
    let mut problems = settings.problems.clone();
    // Those of the file were told when it was read; themes and views are only looked at here and in the console.
    let (_, unlike) = themes::palette(&settings.appearance);
    let (_, unread) = views::read(&settings.views);
    let (_, unbound) = keys::keymap(&settings.keys);
    for problem in unlike.into_iter().chain(unread).chain(unbound) {
        paper.problem(&problem);
        problems.push(problem);
    }
    let file = &settings.paths.config;
    let checked = Checked { path: file.display().to_string(), found: file.exists(), problems };
    paper.answer(&checked, Shown(&checked))?;
    Ok(if checked.problems.is_empty() { Exit::Done } else { Exit::Usage })
}

struct Shown<'a>(&'a Checked);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = crate::domain::visible::name(&self.0.path);
        match (self.0.found, self.0.problems.len()) {
            (false, 0) => writeln!(f, "{path} is not there: every default holds"),
            (true, 0) => writeln!(f, "{path} can be used whole"),
            (_, 1) => writeln!(f, "{path}: 1 problem"),
            (_, count) => writeln!(f, "{path}: {count} problems"),
        }
    }
}
