//! `check --all`: how ready every instance in scope is, for cron. Nothing is changed.
//!
//! Each instance is judged by the inventory first; the restore that it would take is then checked like any other, in one
//! sweep that reads nothing twice.

use std::fmt;

use futures::StreamExt;
use futures::future::{BoxFuture, FutureExt};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::estate::Estate;
use super::landscape::Landscape;
use crate::app::compose::House;
use crate::app::exit::Exit;
use crate::app::output::{Paper, Table};
use crate::domain::backup::Backup;
use crate::domain::compatibility::Reason;
use crate::domain::duration;
use crate::domain::instance::Instance;
use crate::domain::operation::Operation;
use crate::domain::plan::{Kind, Plan, RestorePlan};
use crate::domain::preflight::Preflight;
use crate::domain::problem::Problem;
use crate::domain::readiness::{Choice, Grade, Readiness};
use crate::domain::resource::ResourceId;
use crate::domain::sku::Tier;
use crate::domain::usual::{Alike, Usual};
use crate::domain::verdict::Verdict;
use crate::engine::survey::Depth;
use crate::engine::sweep::Sweep;
use crate::settings::Settings;

/// How many restores are checked at the same time.
const AT_ONCE: usize = 8;

/// The answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    as_of: Timestamp,
    instances: Vec<Row>,
    problems: Vec<Problem>,
}

/// One instance.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: ResourceId,
    name: String,
    grade: Grade,
    backup: Option<From>,
    target: Option<Into>,
    rpo_seconds: i64,
    rto_seconds: Option<i64>,
    restore_takes: Option<Takes>,
    missing: Vec<Missing>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct From {
    account: String,
    container: String,
    name: String,
    taken_at: Option<Timestamp>,
    age_seconds: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Into {
    id: ResourceId,
    name: String,
    chosen_by: Choice,
    /// By the inventory; the checks stand in `missing`.
    verdict: Verdict,
    reason: String,
    server_message: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Takes {
    median_seconds: i64,
    p90_seconds: i64,
    runs: usize,
    alike: Alike,
}

#[derive(Serialize)]
struct Missing {
    id: &'static str,
    /// What the instance is at best while it is missing; `ready` weighs nothing.
    grade: Grade,
    summary: String,
    remedy: Option<String>,
}

/// Judges every instance in scope.
///
/// # Errors
/// The answer could not be written.
pub(super) async fn run(house: &House, paper: Paper, strict: Strictness) -> Result<Exit, Problem> {
    let seen = Landscape::survey(house, Depth::Discover, &[]).await;
    for problem in &seen.problems {
        paper.problem(problem);
    }
    let mut instances = rows(house, paper, &seen).await;
    instances.sort_by(|a, b| (a.grade, &a.name).cmp(&(b.grade, &b.name)));
    let exit = match seen.is_blank() {
        true => Exit::of_problems(&seen.problems),
        false if instances.iter().any(|row| strict.refuses(row.grade)) => Exit::Blocked,
        false => Exit::Done,
    };
    let answer = Answer { as_of: seen.as_of, instances, problems: seen.problems };
    paper.answer(&answer, &answer)?;
    Ok(exit)
}

/// What is not good enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strictness {
    /// What could not be restored.
    Usual,
    /// Whatever is not ready.
    Strict,
}

impl Strictness {
    fn refuses(self, grade: Grade) -> bool {
        match grade {
            Grade::NotReady => true,
            Grade::Unknown | Grade::Degraded => self == Self::Strict,
            Grade::Ready | Grade::Exempt => false,
        }
    }
}

/// Every instance, each told as soon as it is judged.
async fn rows(house: &House, paper: Paper, seen: &Landscape) -> Vec<Row> {
    let estate = Estate::of(house, seen);
    let journal: Vec<Operation> = house.journal.list().0.into_iter().map(|it| it.operation).collect();
    let sweep = house.engine.sweep();
    let judged: Vec<BoxFuture<'_, Row>> = seen
        .instances
        .values()
        .map(|instance| judge(house, (&estate, &journal, &sweep), instance).boxed())
        .collect();
    let mut judged = futures::stream::iter(judged).buffer_unordered(AT_ONCE);
    let mut rows = Vec::new();
    while let Some(row) = judged.next().await {
        if paper.is_json() {
            paper.say(&format!("{:<10} {}", row.grade, row.name));
        }
        rows.push(row);
    }
    rows
}

async fn judge(
    house: &House,
    (estate, journal, sweep): (&Estate<'_>, &[Operation], &Sweep),
    instance: &Instance,
) -> Row {
    let newest = estate.newest(instance);
    let mut readiness = estate.readiness(instance);
    let target = readiness.into.as_ref().and_then(|aim| estate.instance(&aim.instance));
    if let Some((newest, target)) = newest.zip(target) {
        readiness = readiness.checked(&checked(house, estate, sweep, (newest, target)).await);
    }
    let tier: Option<&Tier> = target.and_then(|it| it.sku.as_ref()).map(|sku| &sku.tier);
    let usual = target.and_then(|it| Usual::of(Kind::Restore, &it.id, tier, journal));
    let rto = recovery_time(&house.settings, instance);
    let objectives = (estate.goal(instance).as_secs(), rto.map(|it| it.as_secs()));
    row(instance, newest, readiness.timed(usual.as_ref(), rto), usual, objectives)
}

/// How long a restore of an instance may take.
fn recovery_time(settings: &Settings, instance: &Instance) -> Option<SignedDuration> {
    let own = settings.called(&[instance.id.as_str(), instance.name.as_str()]);
    own.and_then(|it| it.rto).or(settings.rto)
}

/// The checks of the restore that would be taken.
async fn checked(
    house: &House,
    estate: &Estate<'_>,
    sweep: &Sweep,
    (newest, target): (&Backup, &Instance),
) -> Preflight {
    let plan = Plan::Restore(RestorePlan {
        target: target.id.clone(),
        backup: newest.blob.address.clone(),
        access: estate.access(target),
        source: newest.source.clone(),
        taken: newest.taken,
    });
    let facts = sweep.facts(&plan, house.listing(&newest.blob.address.location)).await;
    Preflight::run(&plan, &facts, house.now())
}

fn row(
    instance: &Instance,
    newest: Option<&Backup>,
    readiness: Readiness,
    usual: Option<Usual>,
    (rpo_seconds, rto_seconds): (i64, Option<i64>),
) -> Row {
    let from = readiness.from.map(|address| From {
        account: address.location.account,
        container: address.location.container,
        name: address.name,
        taken_at: newest.and_then(|it| it.taken).map(|taken| taken.at),
        age_seconds: readiness.age.map(|age| age.as_secs()),
    });
    let into = readiness.into.map(|aim| Into {
        name: aim.instance.name().to_owned(),
        id: aim.instance,
        chosen_by: aim.choice,
        verdict: aim.fit.verdict,
        reason: aim.fit.reason.to_string(),
        server_message: Reason::servers_sentence(&aim.fit.reason),
    });
    let missing = readiness.lacks.into_iter().map(|lack| Missing {
        id: lack.id,
        grade: lack.grade,
        summary: lack.summary,
        remedy: lack.remedy,
    });
    Row {
        id: instance.id.clone(),
        name: instance.name.clone(),
        grade: readiness.grade,
        backup: from,
        target: into,
        rpo_seconds,
        rto_seconds,
        restore_takes: usual.map(|it| Takes {
            median_seconds: it.median.as_secs(),
            p90_seconds: it.p90.as_secs(),
            runs: it.runs,
            alike: it.alike,
        }),
        missing: missing.collect(),
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::telling(&["READY", "INSTANCE", "INTO", "AGE", "TAKES", "MISSING"]);
        let seconds = |seconds: i64| duration::short(SignedDuration::from_secs(seconds));
        let dash = || "-".to_owned();
        for row in &self.instances {
            let exempt = row.grade == Grade::Exempt;
            let unknown = || if exempt { dash() } else { "?".to_owned() };
            let mut missing = row.missing.iter().map(|it| it.summary.clone());
            table.row([
                row.grade.to_string(),
                row.name.clone(),
                row.target.as_ref().map_or_else(dash, |it| it.name.clone()),
                row.backup.as_ref().and_then(|it| it.age_seconds).map_or_else(dash, seconds),
                row.restore_takes.as_ref().map_or_else(unknown, |it| seconds(it.median_seconds)),
                missing.next().unwrap_or_default(),
            ]);
            for more in missing {
                table.row([String::new(), String::new(), String::new(), String::new(), String::new(), more]);
            }
        }
        table.fmt(f)
    }
}
