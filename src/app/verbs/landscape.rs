//! Everything that a survey saw, collected: verbs answer once, at the end.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::app::compose::House;
use crate::domain::backup::Backup;
use crate::domain::coverage::is_of;
use crate::domain::instance::Instance;
use crate::domain::problem::Problem;
use crate::domain::resource::{ResourceId, Subscription};
use crate::domain::storage::{BackupAddress, Location};
use crate::engine::survey::{Depth, Sighting};

/// Instances by their id.
pub(super) type Instances = BTreeMap<ResourceId, Instance>;

/// What was seen.
#[derive(Clone, Debug)]
pub(super) struct Landscape {
    /// When the survey ended.
    pub(super) as_of: Timestamp,
    /// The subscriptions.
    pub(super) subscriptions: Vec<Subscription>,
    /// The instances.
    pub(super) instances: Instances,
    /// The backups.
    pub(super) backups: BTreeMap<BackupAddress, Backup>,
    /// The locations that were read to their end.
    pub(super) listed: Vec<Location>,
    /// What could not be seen.
    pub(super) problems: Vec<Problem>,
}

impl Landscape {
    /// Looks at everything in scope. `locations` are looked at instead of the configured ones when there are any.
    pub(super) async fn survey(house: &House, depth: Depth, locations: &[Location]) -> Self {
        let mut seen = Self {
            as_of: house.now(),
            subscriptions: Vec::new(),
            instances: Instances::new(),
            backups: BTreeMap::new(),
            listed: Vec::new(),
            problems: Vec::new(),
        };
        let (sink, mut sightings) = mpsc::unbounded_channel();
        let survey = house.engine.survey(house.scope(locations, depth), sink);
        let collect = async {
            while let Some(sighting) = sightings.recv().await {
                seen.take(sighting);
            }
        };
        tokio::join!(survey, collect);
        seen
    }

    /// What is seen twice replaces what was seen before.
    fn take(&mut self, sighting: Sighting) {
        match sighting {
            Sighting::Subscriptions(found) => self.subscriptions = found,
            Sighting::Instances(found) => {
                self.instances.extend(found.into_iter().map(|it| (it.id.clone(), it)));
            }
            Sighting::Backups(found) => {
                self.backups.extend(found.into_iter().map(|it| (it.blob.address.clone(), it)));
            }
            Sighting::Listed(location) => self.listed.push(location),
            Sighting::Problem(problem) => self.problems.push(problem),
            Sighting::Done { as_of } => self.as_of = as_of,
            Sighting::Accounts(_) | Sighting::Listing { .. } | Sighting::Discovered { .. } => {}
        }
    }

    /// The backups of each instance that has some.
    pub(super) fn owned(&self) -> BTreeMap<&ResourceId, Vec<&Backup>> {
        let by_name: BTreeMap<String, &Instance> =
            self.instances.values().map(|it| (it.name.to_ascii_lowercase(), it)).collect();
        let mut owned: BTreeMap<&ResourceId, Vec<&Backup>> = BTreeMap::new();
        for backup in self.backups.values() {
            let owner = match (&backup.source.instance_id, &backup.source.instance) {
                (Some(id), _) => self.instances.get(id),
                (None, Some(name)) => by_name.get(&name.to_ascii_lowercase()).copied(),
                (None, None) => None,
            };
            if let Some(owner) = owner.filter(|owner| is_of(backup, owner)) {
                owned.entry(&owner.id).or_default().push(backup);
            }
        }
        owned
    }

    /// Whether nothing at all could be read, so that an empty list says nothing.
    pub(super) fn is_blank(&self) -> bool {
        self.instances.is_empty()
            && !self.problems.is_empty()
            && self.problems.len() >= self.subscriptions.len()
    }
}
