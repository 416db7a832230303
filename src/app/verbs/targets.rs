//! `check --backup` without `--target`: which instance could take the backup now. Judged from the inventory; nothing is
//! chosen and nothing is changed.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use super::estate::Estate;
use super::landscape::Landscape;
use crate::app::compose::House;
use crate::app::exit::Exit;
use crate::app::output::{Paper, Table, or_unknown};
use crate::domain::candidate::Candidate;
use crate::domain::problem::Problem;
use crate::domain::region::Region;
use crate::domain::resource::ResourceId;
use crate::domain::sku::Tier;
use crate::domain::storage::BackupAddress;
use crate::domain::verdict::Verdict;
use crate::engine::survey::Depth;

/// The answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    as_of: Timestamp,
    proposed: Option<ResourceId>,
    candidates: Vec<Row>,
    problems: Vec<Problem>,
}

/// One instance as a target.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: ResourceId,
    name: String,
    location: Region,
    tier: Option<Tier>,
    verdict: Verdict,
    reason: String,
    server_message: Option<String>,
    why: String,
}

/// Ranks the fleet.
///
/// # Errors
/// The backup is not among those that can be seen, or the answer could not be written.
pub(super) async fn run(house: &House, paper: Paper, backup: &BackupAddress) -> Result<Exit, Problem> {
    let here = [backup.location.clone()];
    let seen = Landscape::survey(house, Depth::Configured, &here).await;
    for problem in &seen.problems {
        paper.problem(problem);
    }
    let Some(found) = seen.backups.get(backup) else { return Err(unseen(backup, &seen)) };
    let estate = Estate::of(house, &seen);
    let ranked = estate.candidates(found);
    let proposed = ranked.iter().find(|it| it.may_be_proposed(found)).map(|it| it.instance.id.clone());
    let exit = if proposed.is_some() { Exit::Done } else { Exit::Blocked };
    let candidates = ranked.iter().map(row).collect();
    let answer = Answer { as_of: seen.as_of, proposed, candidates, problems: seen.problems.clone() };
    paper.answer(&answer, &answer)?;
    if answer.proposed.is_some() {
        paper.say(
            "Judged from the inventory; --target and --access read all of it anew and check the restore",
        );
    }
    Ok(exit)
}

/// The backup was not seen: where its container was not read to its end, that may be why.
fn unseen(backup: &BackupAddress, seen: &Landscape) -> Problem {
    let read = seen.listed.contains(&backup.location);
    match seen.problems.last().filter(|_| !read) {
        Some(last) => {
            let meaning = format!("It may be among what could not be read: {}", last.summary);
            let problem = Problem::new(format!("{backup} was not seen")).meaning(meaning);
            Problem { kind: last.kind, http_status: last.http_status, ..problem }
        }
        None => Problem::usage(format!("There is no backup {backup}"))
            .next("`lifeboat backups` lists those that can be seen"),
    }
}

fn row(it: &Candidate<'_>) -> Row {
    Row {
        id: it.instance.id.clone(),
        name: it.instance.name.clone(),
        location: it.instance.region.clone(),
        tier: it.instance.sku.as_ref().map(|sku| sku.tier.clone()),
        verdict: it.fit.verdict,
        reason: it.fit.reason.to_string(),
        server_message: it.fit.reason.servers_sentence(),
        why: it.why(),
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::telling(&["VERDICT", "TARGET", "TIER", "REGION", "", "WHY"]);
        for row in &self.candidates {
            let proposed = if self.proposed.as_ref() == Some(&row.id) { "proposed" } else { "" };
            table.row([
                row.verdict.to_string(),
                row.name.clone(),
                or_unknown(row.tier.as_ref()),
                row.location.to_string(),
                proposed.to_owned(),
                row.why.clone(),
            ]);
        }
        table.fmt(f)
    }
}
