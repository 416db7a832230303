//! `backups`: what can be restored, and until when.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use super::landscape::Landscape;
use super::lookup;
use crate::app::compose::House;
use crate::app::exit::Exit;
use crate::app::output::{Paper, Table, or_unknown};
use crate::cli::BackupsArguments;
use crate::domain::backup::{Backup, BackupState, DateSource, Provenance};
use crate::domain::coverage::is_of;
use crate::domain::duration;
use crate::domain::problem::Problem;
use crate::domain::resource::ResourceId;
use crate::domain::sku::Tier;
use crate::engine::survey::Depth;

/// The answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Points {
    as_of: Timestamp,
    backups: Vec<Row>,
    problems: Vec<Problem>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    account: String,
    container: String,
    name: String,
    size_bytes: Option<u64>,
    etag: Option<String>,
    access_tier: Option<String>,
    created_at: Option<Timestamp>,
    last_modified: Option<Timestamp>,
    taken_at: Option<Timestamp>,
    taken_at_source: Option<DateSource>,
    expires_at: Option<Timestamp>,
    seconds_to_expiry: Option<i64>,
    state: BackupState,
    source: SourceShape,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SourceShape {
    instance: Option<String>,
    instance_id: Option<ResourceId>,
    sku: Option<Tier>,
    provenance: Provenance,
}

/// Lists backups, newest first.
///
/// # Errors
/// The instance is not known and has no backup either; or the answer could not be written.
pub(super) async fn run(house: &House, paper: Paper, arguments: &BackupsArguments) -> Result<Exit, Problem> {
    let asked = &arguments.location;
    let depth = if asked.is_empty() { Depth::Discover } else { Depth::Configured };
    let seen = Landscape::survey(house, depth, asked).await;
    for problem in &seen.problems {
        paper.problem(problem);
    }
    let mut backups: Vec<Backup> = seen.backups.into_values().collect();
    let exit = if backups.is_empty() && seen.listed.is_empty() && !seen.problems.is_empty() {
        Exit::of_problems(&seen.problems)
    } else {
        Exit::Done
    };
    if let Some(word) = &arguments.instance {
        match lookup::by_word(word, &seen.instances, &seen.problems) {
            Ok(instance) => backups.retain(|backup| is_of(backup, instance)),
            Err(unknown) => keep_named(word, &mut backups).ok_or(unknown)?,
        }
    }
    backups.sort_by_key(|backup| std::cmp::Reverse(backup.taken.map(|taken| taken.at)));
    let rows = backups.iter().map(|backup| row(backup, seen.as_of)).collect();
    let points = Points { as_of: seen.as_of, backups: rows, problems: seen.problems };
    paper.answer(&points, &points)?;
    Ok(exit)
}

/// Keeps the backups that bear a name. An instance that is gone is the very reason to look for its backups, so its name
/// is enough as long as some backup bears it; `None` when none does.
fn keep_named(word: &str, backups: &mut Vec<Backup>) -> Option<()> {
    let id = word.parse::<ResourceId>().ok();
    let name = id.as_ref().map_or(word, |id| id.name());
    backups
        .retain(|backup| backup.source.instance.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name)));
    (!backups.is_empty()).then_some(())
}

fn row(backup: &Backup, now: Timestamp) -> Row {
    let blob = &backup.blob;
    Row {
        account: blob.address.location.account.clone(),
        container: blob.address.location.container.clone(),
        name: blob.address.name.clone(),
        size_bytes: blob.size,
        etag: blob.etag.clone(),
        access_tier: blob.access_tier.clone(),
        created_at: blob.created_at,
        last_modified: blob.last_modified,
        taken_at: backup.taken.map(|taken| taken.at),
        taken_at_source: backup.taken.map(|taken| taken.by),
        expires_at: backup.expires_at(),
        seconds_to_expiry: backup.time_left(now).map(|left| left.as_secs()),
        state: backup.state(now),
        source: SourceShape {
            instance: backup.source.instance.clone(),
            instance_id: backup.source.instance_id.clone(),
            sku: backup.source.tier.clone(),
            provenance: backup.source.provenance,
        },
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table =
            Table::new(&["STATE", "EXPIRES IN", "TAKEN (UTC)", "INSTANCE", "TIER", "KNOWN BY", "BACKUP"]);
        for row in &self.backups {
            let left = row.expires_at.map(|end| duration::short(end.duration_since(self.as_of)));
            table.row([
                row.state.to_string(),
                or_unknown(left),
                or_unknown(row.taken_at.map(|at| at.strftime("%Y-%m-%d %H:%M"))),
                or_unknown(row.source.instance.as_ref()),
                or_unknown(row.source.sku.as_ref()),
                row.source.provenance.to_string(),
                format!("{}/{}/{}", row.account, row.container, row.name),
            ]);
        }
        table.fmt(f)
    }
}
