//! `instances`: the fleet.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use super::landscape::Landscape;
use crate::app::compose::House;
use crate::app::exit::Exit;
use crate::app::output::{Paper, Table, or_unknown};
use crate::domain::backup::Backup;
use crate::domain::coverage::Coverage;
use crate::domain::duration;
use crate::domain::instance::Instance;
use crate::domain::problem::Problem;
use crate::domain::resource::{ResourceId, SubscriptionId};
use crate::domain::sku::{BackupSupport, Tier};
use crate::engine::survey::Depth;

/// The answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fleet {
    as_of: Timestamp,
    instances: Vec<Row>,
    problems: Vec<Problem>,
    #[serde(skip)]
    depth: Depth,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: ResourceId,
    name: String,
    subscription_id: SubscriptionId,
    resource_group: String,
    location: String,
    sku: SkuShape,
    provisioning_state: Option<String>,
    target_provisioning_state: Option<String>,
    platform_version: Option<String>,
    backup_support: BackupSupport,
    newest_backup: Option<Newest>,
    backups: Option<Counts>,
}

#[derive(Serialize)]
struct SkuShape {
    name: Option<Tier>,
    capacity: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Newest {
    name: String,
    taken_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct Counts {
    usable: usize,
    total: usize,
}

/// Lists the fleet.
///
/// # Errors
/// The answer could not be written.
pub(super) async fn run(house: &House, paper: Paper, depth: Depth) -> Result<Exit, Problem> {
    let seen = Landscape::survey(house, depth, &[]).await;
    for problem in &seen.problems {
        paper.problem(problem);
    }
    let exit = if seen.is_blank() { Exit::of_problems(&seen.problems) } else { Exit::Done };
    let mut owned = seen.owned();
    let fleet = seen.instances.values();
    let rows = fleet.map(|it| row(it, &owned.remove(&it.id).unwrap_or_default(), &seen, depth));
    let mut instances: Vec<Row> = rows.collect();
    instances.sort_by(|a, b| a.name.cmp(&b.name));
    let fleet = Fleet { as_of: seen.as_of, instances, problems: seen.problems, depth };
    paper.answer(&fleet, &fleet)?;
    Ok(exit)
}

fn row(instance: &Instance, backups: &[&Backup], seen: &Landscape, depth: Depth) -> Row {
    let cover = match depth {
        Depth::Instances => None,
        Depth::Configured | Depth::Discover => {
            Some(Coverage::of(instance, backups.iter().copied(), seen.as_of))
        }
    };
    // None seen in a list with gaps is no count.
    let whole = seen.problems.is_empty() || instance.backup_support() == BackupSupport::Unsupported;
    let cover = cover.filter(|cover| cover.total > 0 || whole);
    let newest = cover.as_ref().and_then(|cover| {
        let name = cover.newest.clone()?;
        let backup = backups.iter().find(|it| it.blob.address.name == name)?;
        let taken_at = backup.taken.map(|taken| taken.at);
        Some(Newest { name, taken_at, expires_at: backup.expires_at() })
    });
    Row {
        id: instance.id.clone(),
        name: instance.name.clone(),
        subscription_id: instance.subscription(),
        resource_group: instance.id.resource_group().to_owned(),
        location: instance.region.to_string(),
        sku: SkuShape {
            name: instance.sku.as_ref().map(|sku| sku.tier.clone()),
            capacity: instance.sku.as_ref().and_then(|sku| sku.units),
        },
        provisioning_state: instance.state.clone(),
        target_provisioning_state: instance.target_state.clone(),
        platform_version: instance.platform_version.clone(),
        backup_support: instance.backup_support(),
        newest_backup: newest,
        backups: cover.map(|cover| Counts { usable: cover.usable, total: cover.total }),
    }
}

impl fmt::Display for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table =
            Table::new(&["NAME", "TIER", "REGION", "STATE", "BACKUPS", "RPO", "GROUP", "SUBSCRIPTION"]);
        let asked = |value: Option<String>| match self.depth {
            Depth::Instances => "-".to_owned(),
            Depth::Configured | Depth::Discover => or_unknown(value),
        };
        for row in &self.instances {
            let tier = or_unknown(row.sku.name.as_ref());
            let units =
                row.sku.capacity.filter(|units| *units > 0).map_or(String::new(), |n| format!("/{n}"));
            let taken = row.newest_backup.as_ref().and_then(|newest| newest.taken_at);
            let rpo = taken.map(|at| duration::short(self.as_of.duration_since(at)));
            table.row([
                row.name.clone(),
                format!("{tier}{units}"),
                row.location.clone(),
                or_unknown(row.provisioning_state.as_ref()),
                asked(row.backups.as_ref().map(|n| format!("{}/{}", n.usable, n.total))),
                // Known to be without one is not the same as not known.
                if rpo.is_none() && row.backups.is_some() { "-".to_owned() } else { asked(rpo) },
                row.resource_group.clone(),
                row.subscription_id.to_string(),
            ]);
        }
        table.fmt(f)
    }
}
