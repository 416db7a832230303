//! `report`: what happened, from the journal of this machine. Azure is not asked.

use super::operations;
use crate::app::clock;
use crate::app::compose;
use crate::app::exit::Exit;
use crate::app::output::Paper;
use crate::cli::{Output, ReportArguments, ReportFormat};
use crate::domain::operation::{Operation, OperationId};
use crate::domain::plan::Plan;
use crate::domain::problem::Problem;
use crate::domain::report::redaction::redact;
use crate::domain::report::{Objectives, Report, Story, html, markdown};
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
        stories.push(story(settings, &journal, id)?);
    }
    let mut report = Report::of(&stories, arguments.began, clock::system()());
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

fn story(settings: &Settings, journal: &Journal, id: OperationId) -> Result<Story, Problem> {
    let told = journal.replay(id).map_err(|error| error.problem())?;
    Ok(Story {
        objectives: objectives(settings, &told.operation),
        operation: told.operation,
        events: told.events,
        damage: told.damage.map(|damage| damage.to_string()),
        hosts: told.hosts.into_iter().collect(),
    })
}

/// What is promised for the instance that is to be recovered: the source of the backup, not the standby.
fn objectives(settings: &Settings, operation: &Operation) -> Objectives {
    let work = &operation.intent.work;
    let of_source = match work.plan() {
        Some(Plan::Restore(plan)) => {
            let id = plan.source.instance_id.as_ref().map(|id| id.as_str());
            let words: Vec<&str> = id.into_iter().chain(plan.source.instance.as_deref()).collect();
            settings.called(&words)
        }
        _ => None,
    };
    let own = of_source.or_else(|| settings.called(&[work.instance().as_str(), work.instance().name()]));
    Objectives {
        rpo: Some(own.and_then(|it| it.rpo).unwrap_or(settings.rpo)),
        rto: own.and_then(|it| it.rto).or(settings.rto),
    }
}
