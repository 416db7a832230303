//! The instances that were marked in the fleet, by their ids: they stay marked whatever the list shows, in whichever
//! order. A mark does nothing by itself; acts on several instances take the marked ones.

use std::collections::BTreeSet;

use super::{FleetKey, FleetRow, Model};
use crate::console::list::Move;
use crate::domain::resource::ResourceId;

/// The marks, and the range that is being marked.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    marked: BTreeSet<ResourceId>,
    range: Option<Range>,
}

/// From where a range goes, and what was marked before it.
#[derive(Clone, Debug)]
struct Range {
    how: Grip,
    anchor: ResourceId,
    before: BTreeSet<ResourceId>,
}

/// What keeps a range open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grip {
    /// A key began it and ends it; every step extends it.
    Begun,
    /// Shift is held: a step without it ends the range.
    Held,
}

impl Marks {
    /// Whether this instance is marked.
    pub fn has(&self, id: &ResourceId) -> bool {
        self.marked.contains(id)
    }

    /// How many are marked.
    pub fn count(&self) -> usize {
        self.marked.len()
    }

    /// All of them, by id.
    pub fn all(&self) -> impl Iterator<Item = &ResourceId> {
        self.marked.iter()
    }

    /// Whether a range is being marked.
    pub fn is_range(&self) -> bool {
        self.range.is_some()
    }

    /// Marks an instance, or takes its mark away. Ends a range.
    pub fn turn(&mut self, id: ResourceId) {
        self.range = None;
        if !self.marked.remove(&id) {
            self.marked.insert(id);
        }
    }

    /// Begins a range at an instance; one that was begun before goes on.
    pub fn begin_range(&mut self, anchor: ResourceId, how: Grip) {
        if self.range.is_none() {
            self.range = Some(Range { how, anchor: anchor.clone(), before: self.marked.clone() });
            self.marked.insert(anchor);
        }
    }

    /// Ends the range. What it marked stays marked.
    pub fn end_range(&mut self) {
        self.range = None;
    }

    /// A step was made without Shift.
    pub fn let_go(&mut self) {
        self.range.take_if(|range| range.how == Grip::Held);
    }

    /// Takes back what the innermost thing marked: the range, else everything. Says how many marks went; `None` when
    /// there was nothing to take back.
    pub fn take_back(&mut self) -> Option<usize> {
        let before = self.marked.len();
        match self.range.take() {
            Some(range) => self.marked = range.before,
            None if before == 0 => return None,
            None => self.marked.clear(),
        }
        Some(before - self.marked.len())
    }

    /// Marks what lies in the range now, and what was marked before it.
    fn cover(&mut self, covered: impl Iterator<Item = ResourceId>) {
        if let Some(range) = &self.range {
            self.marked = range.before.iter().cloned().chain(covered).collect();
        }
    }
}

impl Model {
    /// How many of the marked instances the fleet does not show now.
    pub fn marks_hidden(&self) -> usize {
        if self.marks.count() == 0 {
            return 0;
        }
        let instances = self.world.inventory.instances.all();
        let is_marked = |row: &&FleetRow| match row {
            FleetRow::Instance(place) => instances.get(*place).is_some_and(|it| self.marks.has(&it.id)),
            FleetRow::Strays => false,
        };
        self.marks.count() - self.fleet_rows().iter().filter(is_marked).count()
    }

    /// The marked instances in the order in which the fleet shows them, then those that it does not show.
    pub fn marked(&self) -> Vec<ResourceId> {
        let instances = self.world.inventory.instances.all();
        let shown = self.fleet_rows().iter().filter_map(|row| match row {
            FleetRow::Instance(place) => instances.get(*place).map(|it| &it.id),
            FleetRow::Strays => None,
        });
        let mut all: Vec<ResourceId> = shown.filter(|id| self.marks.has(id)).cloned().collect();
        let hidden: Vec<ResourceId> = self.marks.all().filter(|id| !all.contains(id)).cloned().collect();
        all.extend(hidden);
        all
    }

    /// Moves the cursor of the fleet. A range follows it.
    pub(in crate::console) fn move_in_fleet(&mut self, step: Move) {
        let (window, count) = (self.fleet_window(), self.fleet_rows().len());
        let Some(row) = window.row else { return };
        let last = count - 1;
        let next = match step {
            Move::By(by) => row.saturating_add_signed(by).min(last),
            Move::First => 0,
            Move::Last => last,
        };
        let key = self.fleet_key(self.fleet_rows()[next]);
        self.fleet.go(step, window, count, |_| &key);
        self.cover_range(next);
    }

    fn cover_range(&mut self, cursor: usize) {
        let Some(range) = &self.marks.range else { return };
        let rows = self.fleet_rows();
        let key = FleetKey::Instance(range.anchor.clone());
        let anchor = rows.iter().position(|&row| self.fleet_key(row) == key).unwrap_or(cursor);
        let between = &rows[anchor.min(cursor)..=anchor.max(cursor)];
        let covered: Vec<ResourceId> = between
            .iter()
            .filter_map(|&row| match self.fleet_key(row) {
                FleetKey::Instance(id) => Some(id),
                FleetKey::Strays => None,
            })
            .collect();
        self.marks.cover(covered.into_iter());
    }
}
