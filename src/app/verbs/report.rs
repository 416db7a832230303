//! `report`: what happened, from the journal of this machine. Azure is not asked.

use super::operations;
use crate::app::clock;
use crate::app::compose;
use crate::app::exit::Exit;
use crate::app::output::Paper;
use crate::app::stories::story;
use crate::cli::{Output, ReportArguments, ReportFormat};
use crate::console::model::timeline::moment;
use crate::domain::operation::{Operation, OperationId};
use crate::domain::problem::Problem;
use crate::domain::report::redaction::redact;
use crate::domain::report::{Report, html, markdown};
use crate::journal::Journal;
use crate::settings::Settings;

/// Writes the report.
///
/// # Errors
/// An operation is not known, the journal cannot be read, or the report could not be written.
pub(super) fn run(settings: &Settings, paper: Paper, arguments: &ReportArguments) -> Result<Exit, Problem> {
    let journal = compose::journal(settings)?;
    let mut stories = Vec::new();
    for id in wanted(&journal, paper, &arguments.ids)? {
        stories.push(story(settings, &journal, id)?.0);
    }
    let now = clock::system()();
    let began = arguments.began.as_deref().map(|text| moment(text, now)).transpose();
    let began = began.map_err(|why| Problem::usage(format!("--began: {why}")))?;
    let mut report = Report::of(&stories, began, now);
    if arguments.redact {
        report = redact(&report, &stories);
    }
    let usual = if paper.is_json() { ReportFormat::Json } else { ReportFormat::Md };
    match arguments.format.unwrap_or(usual) {
        ReportFormat::Md => paper.document(&markdown::write(&report))?,
        ReportFormat::Html => paper.document(&html::write(&report))?,
        ReportFormat::Json => Paper::new(Output::Json).answer(&report, "")?,
    }
    Ok(Exit::Done)
}

/// The operations that are meant, each once.
fn wanted(journal: &Journal, paper: Paper, words: &[String]) -> Result<Vec<OperationId>, Problem> {
    let ids = |all: Vec<Operation>| all.iter().map(Operation::id).collect::<Vec<_>>();
    if words.is_empty() {
        return Ok(ids(operations::chosen(journal, paper, None)?));
    }
    let mut found = Vec::new();
    for word in words {
        found.extend(ids(operations::chosen(journal, paper, Some(word))?));
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}
