//! Operations as their journals tell them, for reports and for the timeline; and the files that reports are written to.

use jiff::Timestamp;
use serde_json::Value;

use super::verbs::parity;
use crate::console::intent::{ListFormat, ReportFormat};
use crate::console::world::stories::Told;
use crate::domain::extract::Extract;
use crate::domain::operation::{Operation, OperationEvent, OperationId, address};
use crate::domain::parity::{Comparison, paper};
use crate::domain::plan::Plan;
use crate::domain::problem::Problem;
use crate::domain::report::{Objectives, Report, Story, html, markdown};
use crate::domain::visible;
use crate::journal::{Journal, reports};
use crate::settings::Settings;

/// One operation with everything that happened to it, and its file.
///
/// # Errors
/// It is not known, or its file cannot be read.
pub(super) fn story(
    settings: &Settings,
    journal: &Journal,
    id: OperationId,
) -> Result<(Story, String), Problem> {
    let told = journal.replay(id).map_err(|error| error.problem())?;
    let file = journal.file_of(id).map_err(|error| error.problem())?;
    let story = Story {
        objectives: objectives(settings, &told.operation),
        operation: told.operation,
        events: told.events,
        damage: told.damage.map(|damage| damage.to_string()),
        hosts: told.hosts.into_iter().collect(),
    };
    Ok((story, file.display().to_string()))
}

/// Several, for the timeline, and what cannot be read.
pub(super) fn told(settings: &Settings, journal: &Journal, ids: &[OperationId]) -> (Vec<Told>, Vec<Problem>) {
    let (mut all, mut problems) = (Vec::new(), Vec::new());
    for id in ids {
        match story(settings, journal, *id) {
            Ok((story, file)) => {
                let lines = story.events.iter().map(|(_, event)| line(event)).collect();
                all.push(Told { story, file, lines });
            }
            Err(problem) => problems.push(problem),
        }
    }
    (all, problems)
}

/// An event as its line of the journal has it, but for the address of the operation, of which its host is all that any
/// screen shows.
fn line(event: &OperationEvent) -> String {
    let Ok(mut json) = serde_json::to_value(event) else { return event.name().to_owned() };
    if let Some(Value::String(url)) = json.get_mut("operationUrl") {
        *url = format!("{:?}", address::Shown(url));
    }
    serde_json::to_string_pretty(&json).unwrap_or_else(|_| event.name().to_owned())
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

/// Writes a report to a new file beside the journal, and gives its path. The working directory of a full screen is
/// nowhere in particular, and others may read there.
///
/// # Errors
/// The file cannot be written.
pub(super) fn write(settings: &Settings, report: &Report, format: ReportFormat) -> Result<String, Problem> {
    let (text, ending) = match format {
        ReportFormat::Markdown => (markdown::write(report), "md"),
        ReportFormat::Html => (html::write(report), "html"),
        ReportFormat::Json => {
            let text = serde_json::to_string_pretty(report)
                .map_err(|error| Problem::new(format!("The report cannot be written as JSON: {error}")))?;
            (format!("{text}\n"), "json")
        }
    };
    let name = format!("lifeboat-report-{}", report.generated_at.strftime(STAMP));
    keep(settings, (&name, ending), &text, "`lifeboat report > FILE` writes it anywhere else")
}

/// Writes a comparison to a new file beside the reports, and gives its path.
///
/// # Errors
/// The file cannot be written.
pub(super) fn write_comparison(
    settings: &Settings,
    comparison: &Comparison,
    format: ReportFormat,
    now: Timestamp,
) -> Result<String, Problem> {
    let blocks = paper::of(comparison, now);
    let (text, ending) = match format {
        ReportFormat::Markdown => (markdown::page(&blocks), "md"),
        ReportFormat::Html => (html::page("Comparison", &blocks), "html"),
        ReportFormat::Json => {
            let text = parity::json(comparison).map_err(|error| {
                Problem::new(format!("The comparison cannot be written as JSON: {error}"))
            })?;
            (format!("{text}\n"), "json")
        }
    };
    let name = format!("lifeboat-parity-{}", now.strftime(STAMP));
    keep(settings, (&name, ending), &text, "`lifeboat parity SOURCE STANDBY > FILE` writes it anywhere else")
}

/// Writes a list to a new file beside the reports, and gives its path.
///
/// # Errors
/// The file cannot be written.
pub(super) fn write_list(settings: &Settings, list: &Extract, format: ListFormat) -> Result<String, Problem> {
    let (text, ending) = match format {
        ListFormat::Csv => (list.csv(), "csv"),
        ListFormat::Json => {
            let text = serde_json::to_string_pretty(list)
                .map_err(|error| Problem::new(format!("The list cannot be written as JSON: {error}")))?;
            (format!("{}\n", visible::json(&text)), "json")
        }
    };
    let name = format!("{}-{}", list.file(), list.made_at.strftime(STAMP));
    keep(
        settings,
        (&name, ending),
        &text,
        "`lifeboat instances --output json > FILE` or its like writes it anywhere else",
    )
}

/// The moment in a name of a file.
const STAMP: &str = "%Y%m%dT%H%M%SZ";

fn keep(settings: &Settings, name: (&str, &str), text: &str, next: &str) -> Result<String, Problem> {
    let path = reports::keep(&settings.paths.state, name, text.as_bytes());
    path.map(|path| path.display().to_string()).map_err(|error| {
        let problem = error.problem();
        Problem { summary: format!("The report was not written: {}", problem.summary), ..problem }.next(next)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::operation::{Acceptation, Poll};

    #[test]
    fn the_address_of_an_operation_is_on_no_screen() {
        let url = "https://management.azure.com/subscriptions/1/operationresults/2?t=1&c=canary&s=canary";
        let accepted = OperationEvent::Accepted(Acceptation {
            operation_url: url.to_owned(),
            request_id: Some("req-1".to_owned()),
            ..Acceptation::default()
        });
        let polled = OperationEvent::Polled(Poll { operation_url: Some(url.to_owned()), ..Poll::default() });
        for event in [accepted, polled] {
            let text = line(&event);
            assert!(!text.contains("canary") && !text.contains("operationresults"), "{text}");
            assert!(text.contains("management.azure.com/…"), "{text}");
        }
    }
}
