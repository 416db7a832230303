//! Which containers look as if they held backups, and which blobs in them count. Pure.
//!
//! A backup is an opaque blob: nothing in storage says what it is. So only names can be gone by, and what is passed over
//! is counted and told.

use std::collections::BTreeSet;

use crate::domain::instance::Instance;
use crate::domain::provenance::{self, EXTENSION, Remembered};
use crate::domain::storage::{BackupAddress, Location};

use super::Origin;

/// Containers that Azure's own services keep; none of them holds backups.
const OF_THE_SYSTEM: [&str; 4] = ["azure-webjobs-", "insights-", "am-", "bootdiagnostics-"];

/// What people call containers with backups in them.
const TELLING: [&str; 2] = ["apim", "backup"];

/// Whether Azure keeps this container for itself: `$logs`, `$web`, diagnostics.
pub(super) fn is_of_the_system(container: &str) -> bool {
    container.starts_with('$') || OF_THE_SYSTEM.iter().any(|start| container.starts_with(start))
}

/// The names that make a container worth listing.
pub(super) struct Signs {
    /// Names of instances, in lower case and without hyphens, which names of accounts cannot have.
    instances: BTreeSet<String>,
    locations: BTreeSet<Location>,
}

impl Signs {
    pub(super) fn of(instances: &[Instance], remembered: &[Remembered]) -> Self {
        Self {
            instances: instances.iter().map(|it| bare(&it.name)).filter(|name| name.len() > 2).collect(),
            locations: remembered.iter().map(|it| it.address.location.clone()).collect(),
        }
    }

    /// Whether the name of the container or of its account speaks of API Management, of backups or of an instance, or we
    /// have written a backup there.
    pub(super) fn speak_of(&self, location: &Location) -> bool {
        let names = [bare(&location.account), bare(&location.container)];
        let has = |part: &str| names.iter().any(|name| name.contains(part));
        TELLING.iter().any(|word| has(word))
            || self.instances.iter().any(|instance| has(instance))
            || self.locations.contains(location)
    }
}

fn bare(name: &str) -> String {
    name.to_ascii_lowercase().replace('-', "")
}

/// Whether a blob counts as a backup: in a configured location every one does; in others those that something speaks
/// for.
pub(super) fn is_backup(
    address: &BackupAddress,
    origin: Origin,
    manifests: &BTreeSet<String>,
    remembered: &[Remembered],
) -> bool {
    origin == Origin::Configured
        || manifests.contains(&address.name)
        || address.name.ends_with(EXTENSION)
        || provenance::parse_name(&address.name).is_some()
        || remembered.iter().any(|it| it.address == *address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::instance::samples::instance;
    use crate::domain::sku::Tier;

    fn remembered(address: &str) -> Remembered {
        Remembered {
            address: address.parse().unwrap(),
            instance: instance("apim-core", Tier::Premium).id,
            tier: None,
            accepted_at: jiff::Timestamp::UNIX_EPOCH,
            ended_at: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn names_that_speak_of_backups_and_names_that_do_not() {
        let signs = Signs::of(&[instance("contoso-gw", Tier::Premium)], &[remembered("stmisc/drop/x")]);
        let table = [
            ("stcorebackup/data", true),
            ("stcore/apim", true),
            ("stcore/nightly-backups", true),
            ("stcore/contoso-gw", true),
            ("stcontosogw/data", true),
            ("stmisc/drop", true),
            ("stmisc/images", false),
            ("stcore/tfstate", false),
        ];
        for (location, expected) in table {
            assert_eq!(signs.speak_of(&location.parse().unwrap()), expected, "{location}");
        }
    }

    #[test]
    fn containers_of_azure_itself_are_left_out() {
        for name in ["$logs", "$web", "insights-logs-gatewaylogs", "azure-webjobs-secrets"] {
            assert!(is_of_the_system(name), "{name}");
        }
        assert!(!is_of_the_system("apim"));
    }

    #[test]
    fn what_counts_as_a_backup_depends_on_why_the_container_is_listed() {
        let manifests = BTreeSet::from(["opaque".to_owned()]);
        let remembered = [remembered("stcore/apim/ours")];
        let table = [
            ("notes.txt", true, false),
            ("opaque", true, true),
            ("apim-core-2026-11-22-10-54.apimbackup", true, true),
            ("old/any.apimbackup", true, true),
            ("ours", true, true),
        ];
        for (name, configured, discovered) in table {
            let address = Location::new("stcore", "apim").at(name);
            for (origin, expected) in [(Origin::Configured, configured), (Origin::Discovered, discovered)] {
                let counts = is_backup(&address, origin, &manifests, &remembered);
                assert_eq!(counts, expected, "{name} {origin:?}");
            }
        }
    }
}
