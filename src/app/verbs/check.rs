//! `check`: whether a restore can work. Nothing is changed.

use std::fmt;

use serde::Serialize;

use super::judge::{FindingShape, Judged, judge};
use super::readiness::Strictness;
use super::{lookup, readiness, targets};
use crate::app::compose::House;
use crate::app::exit::Exit;
use crate::app::output::{Paper, Table};
use crate::cli::{CheckArguments, RestoreWords};
use crate::domain::backup::Source;
use crate::domain::plan::{Plan, Request, RestorePlan};
use crate::domain::problem::Problem;
use crate::domain::verdict::Verdict;
use crate::domain::visible;

/// The answer.
#[derive(Serialize)]
struct Answer {
    verdict: Verdict,
    findings: Vec<FindingShape>,
    request: Request,
}

/// Checks a restore, every instance, or the fleet as targets of a backup.
///
/// # Errors
/// The target or the backup is not known or cannot be read.
pub(super) async fn run(house: &House, paper: Paper, arguments: &CheckArguments) -> Result<Exit, Problem> {
    let strictness = if arguments.strict { Strictness::Strict } else { Strictness::Usual };
    match (&arguments.backup, &arguments.target, &arguments.access) {
        (None, _, _) => readiness::run(house, paper, strictness).await,
        (Some(backup), Some(target), Some(access)) => {
            let words =
                RestoreWords { backup: backup.clone(), target: target.clone(), access: access.clone() };
            restore(house, paper, &words, strictness).await
        }
        (Some(backup), _, _) => targets::run(house, paper, backup).await,
    }
}

async fn restore(
    house: &House,
    paper: Paper,
    words: &RestoreWords,
    strictness: Strictness,
) -> Result<Exit, Problem> {
    let judged = judge(house, plan(house, words).await?).await;
    let verdict = judged.preflight.verdict();
    let request = judged.plan.request(house.resource_manager());
    let answer = Answer { verdict, findings: judged.shapes(), request };
    paper.answer(&answer, Shown(&judged, &answer.request))?;
    if let Some(problem) = judged.instance_unread() {
        paper.problem(&problem);
        return Ok(Exit::of_problem(&problem));
    }
    let fine = match verdict {
        Verdict::Blocked => false,
        Verdict::Warn | Verdict::Unknown => strictness == Strictness::Usual,
        Verdict::Ok => true,
    };
    Ok(if fine { Exit::Done } else { Exit::Blocked })
}

/// The restore that the words mean.
///
/// # Errors
/// The target is not known.
pub(super) async fn plan(house: &House, words: &RestoreWords) -> Result<Plan, Problem> {
    Ok(Plan::Restore(RestorePlan {
        target: lookup::instance(house, &words.target).await?,
        backup: words.backup.clone(),
        access: words.access.clone(),
        source: Source::UNKNOWN,
        taken: None,
    }))
}

struct Shown<'a>(&'a Judged, &'a Request);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(judged, request) = self;
        let mut table = Table::telling(&["VERDICT", "CHECK", "FOUND"]);
        for finding in &judged.preflight.findings {
            table.row([finding.verdict.to_string(), finding.id().to_owned(), finding.summary.clone()]);
            if let Some(remedy) = finding.remedy.as_ref().filter(|_| finding.verdict != Verdict::Ok) {
                table.row([String::new(), String::new(), format!("-> {remedy}")]);
            }
        }
        let body = serde_json::to_string(&request.body).unwrap_or_default();
        let (body, url) = (visible::json(&body), visible::name(&request.url));
        write!(f, "{table}\nrequest    {} {url}\n           {body}\n", request.method)?;
        writeln!(f, "verdict    {}", judged.preflight.verdict())
    }
}
