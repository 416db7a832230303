//! The inventory, handed over as it arrives: subscriptions, then instances beside storage accounts, then what lies in
//! them. One part that cannot be read never hides another; each becomes a problem of its own.
//!
//! Backups lie where the configuration says, and in containers that look as if they held some (see `discovery`).

mod container;
mod discovery;

use std::collections::{BTreeSet, HashMap};

use futures::StreamExt;
use futures::future::{BoxFuture, FutureExt};
use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;

use crate::azure::listing::Listing;
use crate::domain::backup::Backup;
use crate::domain::instance::Instance;
use crate::domain::problem::Problem;
use crate::domain::provenance::Remembered;
use crate::domain::resource::{Subscription, SubscriptionId};
use crate::domain::storage::{Location, StorageAccount};

use super::Engine;

/// How many requests of one kind are under way at once: enough to hide the way to Azure, few enough for its limits (25
/// reads a second and subscription).
const AT_ONCE: usize = 8;

/// No manifest of ours comes near this; a larger blob of that name is none.
pub(super) const MANIFEST_LIMIT: usize = 1024 * 1024;

/// What to look at.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// These subscriptions; all that can be seen when empty.
    pub subscriptions: Vec<SubscriptionId>,
    /// Where backups are known to lie.
    pub locations: Vec<ConfiguredLocation>,
    /// How far to look.
    pub depth: Depth,
}

/// How far to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// Subscriptions, instances and storage accounts; storage itself is not asked.
    Instances,
    /// The configured locations too.
    Configured,
    /// All of it: other containers that look like it are found and listed too.
    #[default]
    Discover,
}

/// A location that the configuration names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfiguredLocation {
    /// Which.
    pub location: Location,
    /// How it is read.
    pub listing: Listing,
}

/// One thing seen. What is seen twice replaces what was seen before.
#[derive(Clone, Debug, PartialEq)]
pub enum Sighting {
    /// The subscriptions in scope, once.
    Subscriptions(Vec<Subscription>),
    /// A page of instances.
    Instances(Vec<Instance>),
    /// The storage accounts, once.
    Accounts(Vec<StorageAccount>),
    /// A container is being listed.
    Listing {
        /// Which.
        location: Location,
        /// Blobs seen in it so far.
        progress: usize,
    },
    /// Backups of one container, with what is known of their origin.
    Backups(Vec<Backup>),
    /// A container is listed to its end: backups of it that were not seen are gone.
    Listed(Location),
    /// Something could not be read.
    Problem(Problem),
    /// The containers were looked through.
    Discovered {
        /// How many are listed without being configured.
        found: usize,
        /// How many were passed over because nothing about them speaks of backups.
        passed_over: usize,
    },
    /// That was all.
    Done {
        /// When.
        as_of: Timestamp,
    },
}

/// Where sightings go. When nobody listens any more, the rest of the survey is idle work and ends soon.
pub type Sightings = UnboundedSender<Sighting>;

/// What all parts of one survey need.
struct Party<'a> {
    engine: &'a Engine,
    sink: Sightings,
    instances: Vec<Instance>,
    /// The places of the instances by their names, in lower case.
    named: HashMap<String, usize>,
    remembered: Vec<Remembered>,
}

/// A container that is to be listed.
struct Site<'a> {
    account: &'a StorageAccount,
    location: Location,
    listing: Listing,
    origin: Origin,
}

/// Why a container is listed, which decides what in it counts as a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Configured,
    Discovered,
}

impl Engine {
    /// Looks at everything in scope and tells `sink` what it sees, [`Sighting::Done`] last.
    pub async fn survey(&self, scope: Scope, sink: Sightings) {
        let see = |sighting| drop(sink.send(sighting));
        let subscriptions = self.subscriptions(&scope, &sink).await;
        if !subscriptions.is_empty() {
            see(Sighting::Subscriptions(subscriptions.clone()));
            let mut instances = Vec::new();
            let mut page = |page: Vec<Instance>| {
                instances.extend(page.iter().cloned());
                see(Sighting::Instances(page));
            };
            let (problems, (accounts, more)) = futures::join!(
                self.azure.instances(&subscriptions, &mut page),
                self.azure.storage_accounts(&subscriptions)
            );
            for problem in problems.into_iter().chain(more) {
                see(Sighting::Problem(problem));
            }
            self.meet(&accounts, &instances);
            see(Sighting::Accounts(accounts.clone()));
            if scope.depth != Depth::Instances {
                let remembered = self.journal.remembered();
                let mut named = HashMap::new();
                for (place, instance) in instances.iter().enumerate() {
                    named.entry(instance.name.to_ascii_lowercase()).or_insert(place);
                }
                let party = Party { engine: self, sink: sink.clone(), instances, named, remembered };
                party.backups(&scope, &accounts).await;
            }
        }
        see(Sighting::Done { as_of: self.now() });
    }

    /// The subscriptions in scope. One that was named and cannot be seen is told, and asked all the same when the list
    /// itself cannot be had.
    async fn subscriptions(&self, scope: &Scope, sink: &Sightings) -> Vec<Subscription> {
        let see = |problem| drop(sink.send(Sighting::Problem(problem)));
        let wanted: BTreeSet<&SubscriptionId> = scope.subscriptions.iter().collect();
        match self.azure.subscriptions().await {
            Ok(seen) if wanted.is_empty() => {
                if seen.is_empty() {
                    see(Problem::new("No subscription can be seen")
                        .next("Ask for the Reader role on one, or sign in to another tenant: --tenant"));
                }
                seen
            }
            Ok(seen) => {
                for id in wanted.iter().filter(|id| !seen.iter().any(|it| it.id == ***id)) {
                    see(Problem::new("A subscription that was asked for cannot be seen")
                        .about(id.to_string())
                        .next("Check the id, or ask for the Reader role on it"));
                }
                seen.into_iter().filter(|it| wanted.contains(&it.id)).collect()
            }
            Err(error) => {
                see(error.problem());
                let unnamed = |id: &&SubscriptionId| Subscription {
                    id: (*id).clone(),
                    name: id.to_string(),
                    state: None,
                    tenant: None,
                };
                wanted.iter().map(unnamed).collect()
            }
        }
    }
}

impl Party<'_> {
    fn see(&self, sighting: Sighting) {
        // Nobody listens any more.
        let _ = self.sink.send(sighting);
    }

    /// Lists the configured locations first, then looks for others.
    async fn backups(&self, scope: &Scope, accounts: &[StorageAccount]) {
        let configured = self.configured(scope, accounts);
        let known: BTreeSet<Location> = configured.iter().map(|site| site.location.clone()).collect();
        self.list_all(configured).await;
        if scope.depth == Depth::Discover && !self.sink.is_closed() {
            let found = self.discover(accounts, &known).await;
            self.list_all(found).await;
        }
    }

    fn configured<'a>(&self, scope: &Scope, accounts: &'a [StorageAccount]) -> Vec<Site<'a>> {
        let mut sites = Vec::new();
        for it in &scope.locations {
            let name = &it.location.account;
            if let Some(account) = accounts.iter().find(|account| account.name == *name) {
                let (location, listing) = (it.location.clone(), it.listing);
                sites.push(Site { account, location, listing, origin: Origin::Configured });
            } else {
                let summary = format!("The storage account {name} is in no subscription that can be read");
                let next = "Check the name in [[locations]], or ask for the Reader role on the account";
                self.see(Sighting::Problem(Problem::new(summary).about(it.location.to_string()).next(next)));
            }
        }
        sites
    }

    /// Asks every account for its containers and keeps those that look as if they held backups.
    async fn discover<'a>(
        &self,
        accounts: &'a [StorageAccount],
        known: &BTreeSet<Location>,
    ) -> Vec<Site<'a>> {
        let named = discovery::Signs::of(&self.instances, &self.remembered);
        let asked: Vec<BoxFuture<'_, _>> = accounts
            .iter()
            .map(|it| async move { (it, self.engine.azure.containers(it).await) }.boxed())
            .collect();
        let mut answers = futures::stream::iter(asked).buffer_unordered(AT_ONCE);
        let (mut sites, mut passed_over) = (Vec::new(), 0);
        while let Some((account, answer)) = answers.next().await {
            let containers = match answer {
                Ok(containers) => containers,
                Err(error) => {
                    self.see(Sighting::Problem(error.problem().about(account.name.clone())));
                    continue;
                }
            };
            for container in containers.into_iter().filter(|name| !discovery::is_of_the_system(name)) {
                let location = Location::new(&account.name, container);
                if known.contains(&location) {
                    continue;
                }
                if named.speak_of(&location) {
                    let (listing, origin) = (Listing::Auto, Origin::Discovered);
                    sites.push(Site { account, location, listing, origin });
                } else {
                    passed_over += 1;
                }
            }
        }
        sites.sort_by(|a, b| a.location.cmp(&b.location));
        self.see(Sighting::Discovered { found: sites.len(), passed_over });
        sites
    }

    async fn list_all(&self, sites: Vec<Site<'_>>) {
        let listed: Vec<BoxFuture<'_, ()>> = sites.into_iter().map(|site| self.list(site).boxed()).collect();
        futures::stream::iter(listed).buffer_unordered(AT_ONCE).for_each(|()| async {}).await;
    }
}
