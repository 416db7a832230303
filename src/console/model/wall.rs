//! The wall of operations: what its panes show, and what they need that is dear to make.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Model;
use crate::console::world::log::Level;
use crate::console::world::watched::Watched;
use crate::domain::operation::{Operation, OperationId, Work};
use crate::domain::plan::Plan;
use crate::domain::resource::ResourceId;
use crate::domain::storage::Location;
use crate::domain::usual::Usual;

/// The operations wall.
#[derive(Clone, Debug, Default)]
pub struct Wall {
    /// The operation that the panes are about; `None` means the first.
    pub cursor: Option<OperationId>,
    /// The pane that has the keys.
    pub pane: Pane,
    /// One pane or all.
    pub zoom: Zoom,
    /// How far the large pane was scrolled.
    pub scroll: usize,
    /// Which lines the log shows.
    pub level: Level,
    /// The chosen line of the log, by its number; `None` while the log follows what happens.
    pub line: Option<u64>,
    /// Whether an end rings.
    pub bell: Bell,
    /// The lines of the log, by their numbers, between which the time is measured.
    pub marked: Vec<u64>,
}

impl Wall {
    /// The wall after another operation was begun: it is about that one, and its taste stays.
    pub(in crate::console) fn begun(&self) -> Self {
        Self { level: self.level, bell: self.bell, ..Self::default() }
    }
}

/// One pane or all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Zoom {
    /// All panes.
    #[default]
    All,
    /// The one that has the keys.
    One,
}

/// Whether an end rings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bell {
    /// It does, unless somebody looks.
    #[default]
    On,
    /// It does not.
    Off,
}

/// A pane. Each has its number at every size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pane {
    /// The chosen operation.
    #[default]
    Operation,
    /// All operations.
    All,
    /// What is left to do by hand when it has ended.
    Afterwards,
    /// The instance that is worked on.
    Target,
    /// The instance that the backup was taken of.
    Active,
    /// The container that the backup lies in.
    Storage,
    /// How much Azure still lets us ask.
    Quota,
    /// What differs between the two instances.
    Parity,
    /// What happened.
    Log,
}

impl Pane {
    /// Every one, by its number.
    pub const EVERY: [Self; 9] = [
        Self::Operation,
        Self::All,
        Self::Afterwards,
        Self::Target,
        Self::Active,
        Self::Storage,
        Self::Quota,
        Self::Parity,
        Self::Log,
    ];

    /// Its number, from 1.
    pub fn number(self) -> usize {
        self as usize + 1
    }
}

/// What lies in a container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Backups.
    pub backups: usize,
    /// Their length together, of those whose length is known.
    pub bytes: u64,
    /// The place of the newest among the backups of the inventory.
    pub newest: Option<usize>,
    /// When they expire, as far as that is known, the first first.
    pub ends: Vec<Timestamp>,
}

/// What is made when it is looked at.
#[derive(Debug, Default)]
pub(in crate::console) struct Made {
    usuals: OnceCell<BTreeMap<OperationId, OnceCell<Option<Usual>>>>,
    held: OnceCell<BTreeMap<Location, Held>>,
}

impl Made {
    /// Operations came or ended.
    pub(in crate::console) fn operations_changed(&mut self) {
        *self = Self::default();
    }

    /// The inventory changed.
    pub(in crate::console) fn inventory_changed(&mut self) {
        *self = Self::default();
    }
}

impl Model {
    /// The operation that the wall is about.
    pub fn subject_operation(&self) -> Option<&Watched> {
        let chosen = self.wall.cursor.and_then(|id| self.world.operations.get(&id));
        chosen.or_else(|| self.world.operations().first().copied())
    }

    /// The instance that the backup of an operation was taken of, when that is another one than it works on.
    pub fn source_of(&self, operation: &Operation) -> Option<ResourceId> {
        let Work::Plan(Plan::Restore(plan)) = &operation.intent.work else { return None };
        let named = plan.source.instance.as_deref();
        plan.source.instance_id.clone().or_else(|| {
            let all = self.world.inventory.instances.all();
            all.iter()
                .find(|it| named.is_some_and(|name| name.eq_ignore_ascii_case(&it.name)))
                .map(|it| it.id.clone())
        })
    }

    /// How long such an operation usually takes, by the other ones of the journal. Made once, until one ends.
    pub fn usual_of(&self, id: OperationId) -> Option<Usual> {
        let all = &self.world.operations;
        let made = self.made.usuals.get_or_init(|| all.keys().map(|id| (*id, OnceCell::new())).collect());
        *made.get(&id)?.get_or_init(|| {
            let work = &all.get(&id)?.operation.intent.work;
            let own = all.get(&id)?.operation.intent.tier.clone();
            let known = self.world.inventory.instances.get(work.instance());
            let tier = own.or_else(|| known.and_then(|it| it.sku.as_ref()).map(|sku| sku.tier.clone()));
            let others = all.iter().filter(|(other, _)| **other != id).map(|(_, it)| &it.operation);
            Usual::of(work.kind(), work.instance(), tier.as_ref(), others)
        })
    }

    /// What lies in a container, as the inventory has it.
    pub fn held_in(&self, location: &Location) -> Option<&Held> {
        let made = self.made.held.get_or_init(|| {
            let mut made: BTreeMap<Location, Held> = BTreeMap::new();
            for watched in self.world.operations.values() {
                if let Some(address) = watched.operation.intent.work.address() {
                    made.entry(address.location.clone()).or_default();
                }
            }
            let backups = self.world.inventory.backups.all();
            for (place, backup) in backups.iter().enumerate() {
                let Some(held) = made.get_mut(&backup.blob.address.location) else { continue };
                held.backups += 1;
                held.bytes += backup.blob.size.unwrap_or(0);
                held.ends.extend(backup.expires_at());
                let taken = |place: usize| backups[place].taken.map(|it| it.at);
                if held.newest.is_none_or(|newest| taken(place) > taken(newest)) {
                    held.newest = Some(place);
                }
            }
            made.values_mut().for_each(|held| held.ends.sort_unstable());
            made
        });
        made.get(location)
    }
}

impl Held {
    /// How many expire within `span` from `now`, and how many have.
    pub fn expiring(&self, now: Timestamp, span: SignedDuration) -> (usize, usize) {
        let until = now.checked_add(span).unwrap_or(now);
        let past = self.ends.partition_point(|end| *end <= now);
        (self.ends.partition_point(|end| *end <= until) - past, past)
    }
}
