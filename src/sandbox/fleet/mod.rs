//! The company "contoso": its file, and how the file becomes a world.
//!
//! The file says what is peculiar; what is alike everywhere (ids, keys, sizes, counts) is drawn from the seed. Ages
//! are relative to the start, so a backup that is about to expire is always about to expire.

mod backups;
mod changes;
mod crowd;
mod file;
mod manifests;

use jiff::{SignedDuration, Timestamp};

use super::conduct::Conduct;
use super::seed::Seed;
use super::world::World;
use super::world::access::{Denial, Grant, Lock};
use super::world::instance::{Content, FormerTier, Identity, Instance, UserIdentity};
use super::world::storage::{Account, Container, etag};
use file::Fleet;

/// How the world is to be at the start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Founding<'a> {
    pub(crate) seed: Seed,
    pub(crate) at: Timestamp,
    pub(crate) conduct: &'a Conduct,
    /// Readable instances in all; the file's own are never fewer.
    pub(crate) instances: Option<usize>,
    /// Backups in all; the file's own are never fewer.
    pub(crate) backups: Option<usize>,
}

/// Makes the world of contoso. The error says what is wrong with the file.
pub(crate) fn found(founding: &Founding<'_>) -> Result<World, String> {
    let mut fleet = Fleet::contoso()?;
    crowd::enlarge(&mut fleet, founding);
    let mut world = World {
        seed: founding.seed,
        tenant: fleet.tenant.clone(),
        caller: fleet.caller.clone(),
        regions: fleet.regions.clone(),
        subscriptions: fleet.subscriptions.clone(),
        instances: fleet
            .instances
            .iter()
            .map(|row| (row.name.clone(), row.instance(&fleet, founding)))
            .collect(),
        identities: fleet.identities.iter().map(|row| row.identity(&fleet)).collect(),
        accounts: fleet
            .accounts
            .iter()
            .map(|row| (row.name.clone(), row.account(&fleet, founding)))
            .collect(),
        roles: fleet.roles.clone(),
        grants: Vec::new(),
        groups: fleet.groups.clone(),
        denials: Vec::new(),
        locks: Vec::new(),
        vaults: fleet.vaults.clone(),
        operations: std::collections::BTreeMap::new(),
        events: Vec::new(),
        revision: 0x00a7_14ea,
    };
    for row in &fleet.grants {
        let grant = row.grant(&world, founding)?;
        if !founding.conduct.roles_withheld.contains(&row.to) {
            world.grants.push(grant);
        }
    }
    for row in &fleet.denials {
        let scope = scope(&world, &row.on).ok_or_else(|| format!("a denial is on nothing: {}", row.on))?;
        let id = founding.seed.guid(&format!("denial/{}", row.name));
        let (name, data_actions) = (row.name.clone(), row.data_actions.clone());
        world.denials.push(Denial { id, name, scope, data_actions });
    }
    for row in &fleet.locks {
        let scope = scope(&world, &row.on).ok_or_else(|| format!("a lock is on nothing: {}", row.on))?;
        let (name, level, notes) = (row.name.clone(), row.level.clone(), row.notes.clone());
        world.locks.push(Lock { name, level, notes, scope });
    }
    for series in &fleet.backups {
        backups::write(&mut world, series, founding)?;
    }
    for (at, names) in &founding.conduct.further_blobs {
        backups::write_further(&mut world, at, names, founding.seed)?;
    }
    for row in &fleet.changes {
        changes::remember(&mut world, row, founding)?;
    }
    world.events.sort_by_key(|event| event.at);
    Ok(world)
}

/// The ARM id that a word of the file means: a subscription, `Subscription/group`, an instance or an account.
fn scope(world: &World, word: &str) -> Option<String> {
    if let Some(instance) = world.instances.get(word) {
        return Some(instance.id.clone());
    }
    if let Some(account) = world.accounts.get(word) {
        return Some(account.id.clone());
    }
    let (name, group) = word.split_once('/').map_or((word, None), |(name, group)| (name, Some(group)));
    let subscription = world.subscriptions.iter().find(|subscription| subscription.name == name)?;
    let group = group.map(|group| format!("/resourceGroups/{group}")).unwrap_or_default();
    Some(format!("/subscriptions/{}{group}", subscription.id))
}

impl file::GrantRow {
    fn grant(&self, world: &World, founding: &Founding<'_>) -> Result<Grant, String> {
        let scope = scope(world, &self.on).ok_or_else(|| format!("a grant is on nothing: {}", self.on))?;
        let role = world.roles.iter().find(|role| role.name == self.role);
        let role = role.ok_or_else(|| format!("a grant gives an unknown role: {}", self.role))?;
        let named = world.identities.iter().find(|identity| identity.name == self.to);
        let group = world.groups.iter().find(|group| group.name == self.to);
        let (principal, principal_type) = if self.to == "caller" {
            (world.caller.object_id.clone(), "User")
        } else if let Some(identity) = named {
            (identity.principal.clone(), "ServicePrincipal")
        } else if let Some(group) = group {
            (group.id.clone(), "Group")
        } else {
            let system = world.instances.get(&self.to).and_then(|instance| instance.identity.system.clone());
            (system.ok_or_else(|| format!("a grant goes to nobody: {}", self.to))?, "ServicePrincipal")
        };
        let id = founding.seed.guid(&format!("grant/{}/{}/{}", self.to, self.role, self.on));
        let age = self.minutes_ago.map_or(SignedDuration::from_hours(24 * 260), |minutes| {
            SignedDuration::from_mins(i64::from(minutes))
        });
        Ok(Grant { id, principal, principal_type, role: role.id.clone(), scope, created: founding.at - age })
    }
}

impl file::InstanceRow {
    fn instance(&self, fleet: &Fleet, founding: &Founding<'_>) -> Instance {
        let (seed, name) = (founding.seed, &self.name);
        let (subscription, group) = fleet.place(&self.place);
        let days = i64::try_from(seed.within(&format!("age/{name}"), 90, 1500)).unwrap_or(90);
        let system = self.system_identity.then(|| seed.guid(&format!("principal/{name}")));
        Instance {
            id: format!(
                "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ApiManagement/service/{name}"
            ),
            name: name.clone(),
            subscription,
            group,
            region: self.region.clone(),
            further_regions: self.further_regions.clone(),
            tier: self.tier.clone(),
            units: self.units,
            platform: self.platform.clone(),
            zones: self.zones.clone(),
            identity: Identity {
                system,
                user: self.user_identities.clone(),
                spelling_of_none: self.no_identity.clone(),
            },
            hostnames: self.hostnames.clone(),
            network: self.network.clone(),
            tags: self.tags.clone(),
            workspaces: self.workspaces,
            created: founding.at - SignedDuration::from_hours(days * 24),
            state: self.state.clone(),
            target_state: self.target_state.clone(),
            content: content(self),
            surroundings: self.surroundings.clone(),
            revision: seed.within(&format!("revision/{name}"), 0x1_0000, 0xa0_0000),
            min_api_version: founding.conduct.min_api_version.get(name).cloned(),
            requests_per_minute: self.requests_per_minute,
            former_tiers: former_tiers(name, founding),
        }
    }
}

impl file::IdentityRow {
    fn identity(&self, fleet: &Fleet) -> UserIdentity {
        let (subscription, group) = fleet.place(&self.place);
        UserIdentity {
            id: format!(
                "/subscriptions/{subscription}/resourcegroups/{group}/providers/Microsoft.ManagedIdentity/\
                 userAssignedIdentities/{}",
                self.name
            ),
            name: self.name.clone(),
            principal: self.principal.clone(),
            client: self.client.clone(),
        }
    }
}

impl file::AccountRow {
    fn account(&self, fleet: &Fleet, founding: &Founding<'_>) -> Account {
        let (subscription, group) = fleet.place(&self.place);
        let created = founding.at - SignedDuration::from_hours(24 * 400);
        let container = |name: &String| {
            let tag = etag(founding.seed, &format!("container/{}/{name}", self.name));
            (name.clone(), Container::new(tag, created))
        };
        Account {
            id: format!(
                "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{}",
                self.name
            ),
            name: self.name.clone(),
            subscription,
            group,
            region: self.region.clone(),
            firewall: founding.conduct.firewalls.get(&self.name).unwrap_or(&self.firewall).clone(),
            shared_keys: self.shared_keys,
            cors_methods: self.cors_methods.clone(),
            deleted_after_days: self.deleted_after_days,
            public_access: self.public_access.clone(),
            keeps_deleted_days: self.keeps_deleted_days,
            created,
            keys: Account::draw_keys(founding.seed, &self.name),
            containers: self.containers.iter().map(container).collect(),
        }
    }
}

/// An instance whose backups were taken at another tier has changed it since.
fn former_tiers(name: &str, founding: &Founding<'_>) -> Vec<FormerTier> {
    let until = founding.at - SignedDuration::from_hours(3);
    let then = founding.conduct.tier_at_backup.get(name);
    then.map(|tier| FormerTier { tier: tier.clone(), until }).into_iter().collect()
}

/// A configuration with so many APIs and what usually comes with them.
fn content(row: &file::InstanceRow) -> Content {
    let (author, apis) = (row.author.as_ref().unwrap_or(&row.name), row.apis);
    let counts = [
        ("apis", apis),
        ("apiVersionSets", apis / 3),
        ("products", apis / 4 + 1),
        ("subscriptions", apis * 3 + 2),
        ("users", apis * 2 + 1),
        ("groups", 3 + apis / 5),
        ("namedValues", apis + 8),
        ("backends", apis / 2),
        ("certificates", apis / 6),
        ("loggers", 1),
        ("diagnostics", 1),
        ("policyFragments", apis / 3),
        ("tags", apis / 2),
        ("authorizationServers", apis / 7),
        ("identityProviders", 1),
        ("gateways", row.surroundings.gateways),
        ("policies", 1),
        ("caches", 0),
        ("schemas", apis / 4),
    ];
    Content {
        author: author.clone(),
        vault: row.surroundings.vault.clone(),
        counts: counts.into_iter().map(|(collection, count)| (collection.to_owned(), count)).collect(),
    }
}
