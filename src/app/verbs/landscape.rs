//! Everything that a survey saw, collected: verbs answer once, at the end.

use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::app::compose::House;
use crate::domain::backup::Backup;
use crate::domain::instance::Instance;
use crate::domain::problem::Problem;
use crate::domain::resource::Subscription;
use crate::domain::storage::{Location, StorageAccount};
use crate::engine::survey::Sighting;

/// How far a survey goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// Instances and storage accounts; storage itself is not asked.
    Instances,
    /// Backups too.
    Backups,
}

/// What was seen.
#[derive(Clone, Debug)]
pub(super) struct Landscape {
    /// When the survey ended.
    pub(super) as_of: Timestamp,
    /// The subscriptions.
    pub(super) subscriptions: Vec<Subscription>,
    /// The instances.
    pub(super) instances: Vec<Instance>,
    /// The storage accounts.
    pub(super) accounts: Vec<StorageAccount>,
    /// The backups.
    pub(super) backups: Vec<Backup>,
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
            instances: Vec::new(),
            accounts: Vec::new(),
            backups: Vec::new(),
            listed: Vec::new(),
            problems: Vec::new(),
        };
        let (sink, mut sightings) = mpsc::unbounded_channel();
        let scope = house.scope(locations);
        let survey = house.engine.survey(scope, depth == Depth::Backups, sink);
        let collect = async {
            while let Some(sighting) = sightings.recv().await {
                seen.take(sighting);
            }
        };
        tokio::join!(survey, collect);
        seen
    }

    fn take(&mut self, sighting: Sighting) {
        match sighting {
            Sighting::Subscriptions(found) => self.subscriptions.extend(found),
            Sighting::Instances(found) => self.instances.extend(found),
            Sighting::Accounts(found) => self.accounts.extend(found),
            Sighting::Backups(found) => self.backups.extend(found),
            Sighting::Listed(location) => self.listed.push(location),
            Sighting::Problem(problem) => self.problems.push(problem),
            Sighting::Done { as_of } => self.as_of = as_of,
        }
    }

    /// Whether nothing at all could be read, so that an empty list says nothing.
    pub(super) fn is_blank(&self) -> bool {
        self.instances.is_empty()
            && !self.problems.is_empty()
            && self.problems.len() >= self.subscriptions.len()
    }
}
