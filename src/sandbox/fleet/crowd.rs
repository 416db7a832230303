//! Many more instances and backups, for measuring how a console copes.

use std::collections::BTreeMap;

use super::super::world::storage::{Firewall, SharedKeys};
use super::super::world::surroundings::Surroundings;
use super::Founding;
use super::file::{AccountRow, Fleet, InstanceRow, Series};

/// The subscriptions that a caller can read; the crowd is spread over them.
const HOMES: [&str; 4] = ["Core", "Payments", "Products", "Partner"];
const TIERS: [(&str, u32); 4] = [("Premium", 2), ("Standard", 1), ("Basic", 1), ("Developer", 1)];
/// At most so many backups in one container.
const PER_CONTAINER: usize = 5000;

/// Adds instances and backups until there are as many as asked for.
pub(super) fn enlarge(fleet: &mut Fleet, founding: &Founding<'_>) {
    let readable =
        fleet.instances.iter().filter(|row| HOMES.iter().any(|home| row.place.starts_with(home))).count();
    let more = founding.instances.unwrap_or(0).saturating_sub(readable);
    let regions: Vec<String> = fleet.regions.iter().map(|region| region.name.clone()).collect();
    let crowd: Vec<InstanceRow> = (0..more).map(|number| instance(number, &regions)).collect();
    let existing: usize = fleet.backups.iter().map(|series| series.count as usize).sum();
    add_backups(fleet, &crowd, founding.backups.unwrap_or(0).saturating_sub(existing));
    fleet.instances.extend(crowd);
}

fn instance(number: usize, regions: &[String]) -> InstanceRow {
    let (tier, units) = TIERS[number % TIERS.len()];
    let home = HOMES[number % HOMES.len()];
    InstanceRow {
        name: format!("apim-crowd-{number:04}"),
        place: format!("{home}/rg-crowd-{:02}", number % 40),
        region: regions[number % regions.len()].clone(),
        tier: tier.to_owned(),
        units,
        apis: u32::try_from(number % 30).unwrap_or(0) + 1,
        author: None,
        further_regions: Vec::new(),
        zones: Vec::new(),
        system_identity: number.is_multiple_of(2),
        user_identities: Vec::new(),
        no_identity: None,
        hostnames: Vec::new(),
        network: "None".to_owned(),
        platform: "stv2".to_owned(),
        workspaces: 0,
        requests_per_minute: 0,
        tags: BTreeMap::new(),
        state: "Succeeded".to_owned(),
        target_state: String::new(),
        surroundings: Surroundings::default(),
    }
}

/// Shares `wanted` backups out over the crowd, or over `apim-lab-dev` when there is none.
fn add_backups(fleet: &mut Fleet, crowd: &[InstanceRow], wanted: usize) {
    if wanted == 0 {
        return;
    }
    let sources: Vec<&str> = if crowd.is_empty() {
        vec!["apim-lab-dev"]
    } else {
        crowd.iter().take(wanted).map(|row| row.name.as_str()).collect()
    };
    let containers = wanted.div_ceil(PER_CONTAINER);
    fleet.accounts.push(AccountRow {
        name: "stcrowdbackup".to_owned(),
        place: "Core/rg-crowd-00".to_owned(),
        region: "northeurope".to_owned(),
        containers: (0..containers).map(|number| format!("apim-{number}")).collect(),
        firewall: Firewall::Open,
        shared_keys: SharedKeys::Allowed,
        cors_methods: Vec::new(),
        deleted_after_days: None,
        public_access: Some("Enabled".to_owned()),
        keeps_deleted_days: None,
    });
    fleet.grants.push(super::file::GrantRow {
        to: "caller".to_owned(),
        role: "Storage Blob Data Contributor".to_owned(),
        on: "stcrowdbackup".to_owned(),
        minutes_ago: None,
    });
    for (number, source) in sources.iter().enumerate() {
        let share = wanted / sources.len() + usize::from(number < wanted % sources.len());
        let count = u32::try_from(share).unwrap_or(u32::MAX);
        fleet.backups.push(Series {
            of: (*source).to_owned(),
            at: format!("stcrowdbackup/apim-{}", number % containers),
            name: format!("{source}-%Y-%m-%d-%H-%M.apimbackup"),
            newest_hours: 1.0 + f64::from(u32::try_from(number % 20).unwrap_or(0)),
            // However many there are, they lie within forty days and at least a queueing time apart.
            every_hours: 40.0 * 24.0 / f64::from(count.max(1)),
            count,
            mebibytes: 20,
            manifest: false,
            archived_after_days: None,
            peculiar: BTreeMap::new(),
        });
    }
}
