//! `operations`: what was started, here or elsewhere; carried on and handed over.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{IsTerminal, Write, stdout};
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::watch::{Until, watch};
use super::{lines, lookup, note, shapes};
use crate::app::clock;
use crate::app::compose::{self, House};
use crate::app::ending;
use crate::app::exit::Exit;
use crate::app::output::{Paper, Table, or_unknown};
use crate::cli::{OperationsAct, OperationsArguments, Resumed};
use crate::domain::operation::{Operation, OperationId, Purpose};
use crate::domain::problem::Problem;
use crate::domain::visible;
use crate::journal::{Journal, Listed};
use crate::settings::Settings;

/// How often a followed journal is read.
const LOOK: Duration = Duration::from_millis(500);

/// The answer.
#[derive(Serialize)]
struct Operations {
    operations: Vec<shapes::Listed>,
}

/// Shows operations, or does with them what was asked.
///
/// # Errors
/// The operation is not known, a file cannot be read, or the answer could not be written.
pub(super) async fn run(
    settings: Settings,
    paper: Paper,
    arguments: &OperationsArguments,
) -> Result<Exit, Problem> {
    let journal = compose::journal(&settings)?;
    match &arguments.act {
        None if arguments.follow => follow(&journal, paper, arguments.id.as_deref()).await,
        None => show(&journal, paper, arguments.id.as_deref()),
        Some(OperationsAct::Resume(which)) => resume(&House::build(settings)?, paper, which).await,
        Some(OperationsAct::Attach { instance }) => attach(&House::build(settings)?, paper, instance).await,
        Some(OperationsAct::Note { id, text }) => note::run(&settings, &journal, paper, (id, text)),
        Some(OperationsAct::Import { file }) => import(&journal, paper, file),
        Some(OperationsAct::Export { id }) => export(&journal, id),
    }
}

/// The operations of the journal, as [`choose`] gives them. Tells what of it cannot be read.
pub(super) fn chosen(journal: &Journal, paper: Paper, word: Option<&str>) -> Result<Vec<Operation>, Problem> {
    let (listed, problems) = journal.list();
    for problem in &problems {
        paper.problem(problem);
    }
    // A record that is just being written looks like damage.
    for one in listed.iter().filter(|it| it.driven_by.is_none()) {
        if let Some(damage) = &one.damage {
            paper.say(&format!(
                "Operation {}: {damage}. Resuming it finds out how it stands",
                one.operation.id()
            ));
        }
    }
    choose(listed, &problems, word)
}

/// The newest first; only the one that is meant when a word is given.
///
/// # Errors
/// None or several are meant by the word, or nothing at all could be read.
fn choose(listed: Vec<Listed>, unread: &[Problem], word: Option<&str>) -> Result<Vec<Operation>, Problem> {
    let mut all: Vec<Operation> = listed.into_iter().map(|it| it.operation).collect();
    all.sort_by_key(|it| std::cmp::Reverse(it.planned_at));
    let Some(word) = word else {
        return match unread.first() {
            Some(_) if all.is_empty() => Err(Problem::new("No operation of the journal can be read")),
            _ => Ok(all),
        };
    };
    let begins = |it: &Operation| {
        let id = it.id().to_string();
        id.starts_with(word) || id.replace('-', "").starts_with(word)
    };
    all.retain(begins);
    match all.len() {
        1 => Ok(all),
        0 if !unread.is_empty() => {
            Err(Problem::new(format!("There is no operation '{word}' in what can be read of this journal"))
                .meaning("It may be in a file that cannot be read"))
        }
        0 => Err(Problem::usage(format!("There is no operation '{word}' in this journal"))
            .next("`lifeboat operations` lists them; `operations import FILE` brings one from elsewhere")),
        n => {
            let ids: Vec<String> = all.iter().map(|it| it.id().to_string()).collect();
            Err(Problem::usage(format!("{n} operations begin with '{word}'"))
                .next(format!("Use more digits: {}", ids.join(", "))))
        }
    }
}

fn show(journal: &Journal, paper: Paper, word: Option<&str>) -> Result<Exit, Problem> {
    let all = chosen(journal, paper, word)?;
    let shapes = Operations { operations: all.iter().map(shapes::Listed::from).collect() };
    if all.is_empty() {
        paper.say("No operation was started from here yet.");
    }
    paper.answer(&shapes, Shown(&all))?;
    Ok(Exit::Done)
}

/// Prints what happens, one plain line each, until everything shown has ended. The journal is only read, so another
/// console may drive.
async fn follow(journal: &Journal, paper: Paper, word: Option<&str>) -> Result<Exit, Problem> {
    let clock = clock::system();
    let mut told: BTreeMap<OperationId, Operation> = BTreeMap::new();
    let mut unread = Vec::new();
    let mut asked = std::pin::pin!(ending::asked());
    let mut first = true;
    loop {
        let (listed, problems) = journal.list();
        for problem in problems.iter().filter(|it| !unread.contains(*it)) {
            paper.problem(problem);
        }
        unread = problems;
        let history: Vec<Operation> = listed.iter().map(|it| it.operation.clone()).collect();
        let all = choose(listed, &unread, word)?;
        if std::mem::take(&mut first) {
            begin(paper, &all, word, (&history, clock()));
        } else {
            for operation in all.iter().filter(|it| told.get(&it.id()) != Some(it)) {
                let lines = lines::happened(told.get(&operation.id()), operation, &history);
                paper.event(&shapes::Listed::from(operation), &lines.join("\n"));
            }
        }
        told = all.iter().map(|it| (it.id(), it.clone())).collect();
        if all.iter().all(|it| it.phase.is_final()) {
            return Ok(worst(&all));
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = &mut asked => return Ok(worst(&all)),
        }
    }
}

/// How everything stands when the following begins. For people, what has ended long ago is one line.
fn begin(paper: Paper, all: &[Operation], word: Option<&str>, (history, now): (&[Operation], Timestamp)) {
    let ended = all.iter().filter(|it| it.phase.is_final()).count();
    for operation in all {
        let line = match (operation.phase.is_final(), word) {
            (false, _) => lines::standing(operation, history, now),
            (true, Some(_)) => lines::happened(None, operation, history).join("\n"),
            (true, None) => String::new(),
        };
        paper.event(&shapes::Listed::from(operation), &line);
    }
    match (all.len(), ended, word) {
        (0, ..) => paper.say("No operation was started from here yet."),
        (_, ended, None) if ended > 0 => {
            let were = if ended == 1 { "1 operation".to_owned() } else { format!("{ended} operations") };
            paper.say(&format!("{were} ended earlier; lifeboat operations lists them."));
        }
        _ => {}
    }
}

fn worst(all: &[Operation]) -> Exit {
    all.iter().map(Exit::of_operation).max().unwrap_or(Exit::Done)
}

/// Watches unfinished operations to their end, and tells the end of one that was named and has ended. Those of another
/// cloud are left: nobody is signed in there.
async fn resume(house: &House, paper: Paper, which: &Resumed) -> Result<Exit, Problem> {
    let all = chosen(&house.journal, paper, which.id.as_deref())?;
    let (ours, elsewhere): (Vec<Operation>, Vec<Operation>) = all
        .into_iter()
        .filter(|it| which.id.is_some() || !it.phase.is_final())
        .partition(|it| it.phase.is_final() || it.intent.resource_manager == house.resource_manager());
    for operation in &elsewhere {
        let root = &operation.intent.resource_manager;
        paper.say(&format!("{} belongs to {root}; use --cloud to reach it", operation.id()));
    }
    if ours.is_empty() {
        paper.say("There is nothing to resume.");
        return Ok(if elsewhere.is_empty() { Exit::Done } else { Exit::Unknown });
    }
    let exit = watch(house, paper, Until::Verdict, |reports| async move {
        let each = ours.iter().map(|it| house.engine.resume(it.id(), reports.clone()));
        futures::future::join_all(each).await
    })
    .await;
    Ok(exit)
}

/// Watches what somebody else has begun on an instance.
async fn attach(house: &House, paper: Paper, word: &str) -> Result<Exit, Problem> {
    let instance = lookup::instance(house, word).await?;
    let observed = house.engine.under_way(&instance).await?;
    let id = House::new_id();
    let exit = watch(house, paper, Until::Verdict, |reports| async move {
        vec![house.engine.attach(observed, id, reports).await]
    })
    .await;
    Ok(exit)
}

fn import(journal: &Journal, paper: Paper, file: &Path) -> Result<Exit, Problem> {
    let operation = journal.import(file).map_err(|error| {
        Problem::usage(format!("The file cannot be taken over: {error}"))
            .next("It must be what `lifeboat operations export ID` printed")
            .about(file.display().to_string())
    })?;
    paper.say(&format!("Taken over. To watch it: lifeboat operations resume {}", operation.id()));
    let all = [operation];
    paper.answer(&Operations { operations: all.iter().map(shapes::Listed::from).collect() }, Shown(&all))?;
    Ok(Exit::Done)
}

fn export(journal: &Journal, word: &str) -> Result<Exit, Problem> {
    let all = chosen(journal, Paper::new(crate::cli::Output::Table), Some(word))?;
    for operation in &all {
        let text = journal
            .export(operation.id())
            .map_err(|error| Problem::new(format!("The journal cannot be read: {error}")))?;
        let mut out = stdout().lock();
        // A file gets every byte. A terminal gets none that it would obey: the file may have come from elsewhere.
        let text = if out.is_terminal() {
            visible::json(&String::from_utf8_lossy(&text)).into_owned().into_bytes()
        } else {
            text
        };
        out.write_all(&text)
            .and_then(|()| out.flush())
            .map_err(|error| Problem::new(format!("It could not be written to standard output: {error}")))?;
    }
    Ok(Exit::Done)
}

/// What the last poll said: Azure's word, else the HTTP status.
fn last(operation: &Operation) -> String {
    let status = operation.last_http_status.map(|status| status.to_string());
    match (operation.polls, &operation.last_status) {
        (0, None) => "-".to_owned(),
        (_, Some(word)) => word.clone(),
        (_, None) => or_unknown(status),
    }
}

struct Shown<'a>(&'a [Operation]);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new(&[
            "OPERATION",
            "KIND",
            "INSTANCE",
            "PHASE",
            "STARTED (UTC)",
            "POLLS",
            "LAST",
            "BACKUP",
        ]);
        for operation in self.0 {
            let work = &operation.intent.work;
            table.row([
                operation.id().to_string(),
                match operation.intent.purpose {
                    Purpose::Real => work.kind().to_string(),
                    Purpose::Drill => format!("{} DRILL", work.kind()),
                },
                work.instance().name().to_owned(),
                operation.phase.to_string(),
                or_unknown(operation.submitted_at.map(|at| at.strftime("%Y-%m-%d %H:%M:%S"))),
                operation.polls.to_string(),
                last(operation),
                or_unknown(work.address()),
            ]);
        }
        table.fmt(f)
    }
}
