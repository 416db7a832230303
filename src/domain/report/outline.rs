//! A report as headings, tables and paragraphs: what every format for people says, in the same words and order.

use jiff::{SignedDuration, Timestamp};

use super::{Chapter, Entry, Measure, Report};
use crate::domain::duration;
use crate::domain::operation::Phase;
use crate::domain::problem::Problem;

/// One piece of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading of level 1 to 3.
    Heading(u8, String),
    /// A paragraph.
    Text(String),
    /// A list.
    List(Vec<String>),
    /// Words of others, to be shown as they are.
    Quote(String),
    /// Rows under a head.
    Table {
        /// The head.
        head: Vec<&'static str>,
        /// The rows, each as long as the head.
        rows: Vec<Vec<String>>,
    },
}

/// The blocks of a report.
pub fn of(report: &Report) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(1, "Recovery report".to_owned()), Block::Text(imprint(report))];
    if let Some(began) = report.began_at {
        blocks.push(Block::Text(format!(
            "The incident began {}, as the person says who asked for this report.",
            utc(began)
        )));
    }
    if report.operations.is_empty() {
        blocks.push(Block::Text("No operation is reported.".to_owned()));
        return blocks;
    }
    blocks.push(overview(&report.operations));
    for chapter in &report.operations {
        of_chapter(chapter, &mut blocks);
    }
    if !report.not_carried.is_empty() {
        blocks.push(Block::Heading(2, "What a restore does not bring".to_owned()));
        blocks.push(Block::List(report.not_carried.clone()));
    }
    blocks
}

fn imprint(report: &Report) -> String {
    let names = if report.redacted { " Names were taken out." } else { "" };
    format!("Written {} by {} from its journal. Times are UTC.{names}", utc(report.generated_at), report.tool)
}

fn overview(chapters: &[Chapter]) -> Block {
    let row = |chapter: &Chapter| {
        vec![
            chapter.title(),
            chapter.phase.to_string(),
            moment(chapter.submitted_at),
            moment(chapter.ended_at),
            took(chapter),
        ]
    };
    Block::Table {
        head: vec!["Operation", "Outcome", "Sent", "Ended", "Took"],
        rows: chapters.iter().map(row).collect(),
    }
}

fn of_chapter(chapter: &Chapter, blocks: &mut Vec<Block>) {
    blocks.push(Block::Heading(2, format!("{}: {}", sentence(&chapter.title()), chapter.phase)));
    blocks.push(particulars(chapter));
    if let Some(damage) = &chapter.damage {
        blocks.push(Block::Text(format!(
            "The journal of this operation is damaged ({damage}): what follows may lack its end."
        )));
    }
    let measures =
        [("Data lost (RPO)", &chapter.recovery_point), ("Time taken (RTO)", &chapter.recovery_time)];
    let rows: Vec<_> =
        measures.into_iter().filter_map(|(name, it)| Some(measured(name, it.as_ref()?))).collect();
    if !rows.is_empty() {
        blocks.push(Block::Heading(3, "Measured".to_owned()));
        blocks.push(Block::Table { head: vec!["", "Measured", "Target", "Met", "How"], rows });
    }
    if let Some(problem) = &chapter.problem {
        of_problem(problem, blocks);
    }
    if !chapter.accepted.is_empty() {
        blocks.push(Block::Heading(3, "Accepted, and why".to_owned()));
        let summary = |id: &str| {
            let found = chapter.checks.iter().find(|it| it.finding == id);
            found.map_or(String::new(), |it| format!("{}: {}", it.verdict, it.summary))
        };
        let rows = chapter
            .accepted
            .iter()
            .map(|it| vec![it.finding.clone(), summary(&it.finding), it.reason.clone()]);
        blocks.push(Block::Table { head: vec!["Check", "Answer", "Reason"], rows: rows.collect() });
    }
    if !chapter.checks.is_empty() {
        blocks.push(Block::Heading(3, "Checks as they stood when it was approved".to_owned()));
        let rows = chapter
            .checks
            .iter()
            .map(|it| vec![it.finding.clone(), it.verdict.to_string(), it.summary.clone()]);
        blocks.push(Block::Table { head: vec!["Check", "Answer", "Found"], rows: rows.collect() });
    }
    blocks.push(Block::Heading(3, "What happened".to_owned()));
    blocks.push(Block::Table {
        head: vec!["UTC", "Offset", "Who", "What", "Correlation id"],
        rows: chapter.events.iter().map(happened).collect(),
    });
    if chapter.left_out > 0 {
        let events = if chapter.left_out == 1 { "event was" } else { "events were" };
        blocks.push(Block::Text(format!(
            "{} {events} left out by whoever asked for this report; the journal has them.",
            chapter.left_out
        )));
    }
}

fn particulars(chapter: &Chapter) -> Block {
    let unknown = || "not known".to_owned();
    let mut rows =
        vec![("Operation", chapter.operation_id.to_string()), ("Instance", chapter.instance_id.clone())];
    rows.push(("Backup", chapter.backup.clone().unwrap_or_else(unknown)));
    if let Some(origin) = &chapter.origin {
        let tier = origin.tier.as_ref().map_or(String::new(), |tier| format!(", {tier}"));
        let instance = origin.instance.clone().unwrap_or_else(unknown);
        rows.push(("Taken of", format!("{instance}{tier} (known by: {})", origin.provenance)));
        let by = origin.taken_by.map_or(String::new(), |by| format!(" (by {by})"));
        rows.push(("Taken", format!("{}{by}", moment(origin.taken_at))));
    }
    match &chapter.begun_by {
        Some(caller) => rows.push(("Begun by", caller.clone())),
        None => rows.push(("Storage access", chapter.access.clone().unwrap_or_else(unknown))),
    }
    rows.push(("Approved", utc(chapter.planned_at)));
    rows.push(("Sent", moment(chapter.submitted_at)));
    rows.push(("Accepted by Azure", moment(chapter.accepted_at)));
    rows.push(("Ended", moment(chapter.ended_at)));
    rows.push(("Polls", chapter.polls.to_string()));
    rows.push(("Request id", chapter.request_id.clone().unwrap_or_else(unknown)));
    rows.push(("Correlation id", chapter.correlation_id.clone().unwrap_or_else(unknown)));
    Block::Table {
        head: vec!["", ""],
        rows: rows.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect(),
    }
}

fn measured(name: &str, measure: &Measure) -> Vec<String> {
    let time = |seconds: Option<i64>| seconds.map(|it| duration::short(SignedDuration::from_secs(it)));
    let value = match time(measure.seconds) {
        None => "not known".to_owned(),
        Some(value) if measure.running => format!("{value}, and running"),
        Some(value) => value,
    };
    let met = match measure.met {
        None => "-",
        Some(true) => "yes",
        Some(false) => "NO",
    };
    let target = measure.target_seconds.map(|it| duration::whole(SignedDuration::from_secs(it)));
    let target = target.unwrap_or_else(|| "none set".to_owned());
    vec![name.to_owned(), value, target, met.to_owned(), measure.measured.clone()]
}

fn of_problem(problem: &Problem, blocks: &mut Vec<Block>) {
    blocks.push(Block::Heading(3, "What went wrong".to_owned()));
    blocks.push(Block::Text(problem.summary.clone()));
    if let Some(words) = &problem.server_message {
        let code = problem.code.as_ref().map_or(String::new(), |code| format!("{code}: "));
        blocks.push(Block::Quote(format!("{code}{words}")));
    }
    let further = [&problem.meaning, &problem.next].into_iter().flatten().cloned().collect::<Vec<_>>();
    if !further.is_empty() {
        blocks.push(Block::List(further));
    }
}

fn happened(entry: &Entry) -> Vec<String> {
    let what = match entry.times {
        1 => entry.what.clone(),
        times => format!("{} ({times} times, until {})", entry.what, clock(entry.until)),
    };
    let who = entry.person.as_deref().unwrap_or(entry.who.word());
    vec![
        utc(entry.at),
        offset(entry.offset_seconds),
        who.to_owned(),
        what,
        entry.correlation_id.clone().unwrap_or_default(),
    ]
}

fn took(chapter: &Chapter) -> String {
    let from = chapter.submitted_at.unwrap_or(chapter.planned_at);
    match (chapter.phase, chapter.ended_at) {
        (Phase::NotSent | Phase::Refused, _) => "-".to_owned(),
        (_, Some(end)) => duration::short(end.duration_since(from)),
        (_, None) => "no end known".to_owned(),
    }
}

/// "T+14m37s".
pub fn offset(seconds: i64) -> String {
    let sign = if seconds < 0 { "-" } else { "+" };
    let time = SignedDuration::from_secs(seconds).abs();
    format!("T{sign}{}", duration::short(time))
}

fn moment(at: Option<Timestamp>) -> String {
    at.map_or("-".to_owned(), utc)
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

fn clock(at: Timestamp) -> String {
    at.strftime("%H:%M:%SZ").to_string()
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
