//! What was seen, joined with what is configured: whose backup is whose, what is kept for what.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::landscape::Landscape;
use super::standbys::Standbys;
use crate::app::compose::House;
use crate::app::preferences;
use crate::console::keymap::Keymap;
use crate::console::palette::Palette;
use crate::console::preferences::{Importance, Preferences};
use crate::domain::backup::Backup;
use crate::domain::candidate::{self, Candidate, Duty};
use crate::domain::coverage::Coverage;
use crate::domain::instance::Instance;
use crate::domain::plan::Access;
use crate::domain::readiness::{Readiness, Situation, Standby, View};
use crate::domain::resource::ResourceId;
use crate::domain::rhythm;

/// The fleet with its backups and its duties.
pub(super) struct Estate<'a> {
    seen: &'a Landscape,
    preferences: Preferences,
    standbys: Standbys<'a>,
    backups: BTreeMap<&'a ResourceId, Vec<&'a Backup>>,
    now: Timestamp,
}

impl<'a> Estate<'a> {
    /// Joins them.
    pub(super) fn of(house: &House, seen: &'a Landscape) -> Self {
        // Nothing is drawn here; what counts is what is configured of the instances.
        let preferences = preferences::of(&house.settings, Palette::TERMINAL, Keymap::default());
        let standbys =
            Standbys::among(&seen.instances, |it| preferences.instances.of(&it.id)?.standby.as_deref());
        Self { seen, preferences, standbys, backups: seen.owned(), now: house.now() }
    }

    /// The instance with this id.
    pub(super) fn instance(&self, id: &ResourceId) -> Option<&'a Instance> {
        self.seen.instances.get(id)
    }

    /// The newest usable backup of an instance.
    pub(super) fn newest(&self, instance: &Instance) -> Option<&'a Backup> {
        let usable = self.backups_of(instance).filter(|it| it.is_usable(self.now));
        usable.max_by_key(|it| it.taken.map(|taken| taken.at))
    }

    /// The recovery point objective of an instance.
    pub(super) fn goal(&self, instance: &Instance) -> SignedDuration {
        self.preferences.rpo_of(&instance.id)
    }

    /// How a target reaches the storage account.
    pub(super) fn access(&self, target: &Instance) -> Access {
        self.preferences.access_of(target)
    }

    /// The fleet as targets of a backup, the likeliest first.
    pub(super) fn candidates(&self, backup: &Backup) -> Vec<Candidate<'a>> {
        let source = candidate::source_of(backup, self.seen.instances.values());
        let home = source.map(|it| &it.region);
        let fleet = self.seen.instances.values();
        candidate::candidates(backup, home, fleet, |it| self.duty(source, it), self.now)
    }

    /// How ready an instance is by what was seen.
    pub(super) fn readiness(&self, instance: &Instance) -> Readiness {
        let coverage = Coverage::of(instance, self.backups_of(instance), self.now);
        let newest = self.newest(instance);
        let wanted = self.preferences.instances.of(&instance.id).and_then(|it| it.standby.as_deref());
        let standby = match (wanted, self.standbys.of(instance)) {
            (None, _) => Standby::None,
            (Some(name), None) => Standby::Absent(name),
            (Some(_), Some(standby)) => Standby::Is(standby),
        };
        let fleet = self.seen.instances.values();
        let best = newest.and_then(|newest| {
            let duty = |it: &Instance| self.duty(Some(instance), it);
            candidate::best(newest, Some(&instance.region), fleet, duty, self.now)
        });
        Readiness::of(&Situation {
            instance,
            coverage: &coverage,
            newest,
            irregularities: &rhythm::irregularities(self.backups_of(instance), self.now),
            view: if self.seen.problems.is_empty() { View::Whole } else { View::Gaps },
            standby_of: self.standbys.sources_of(instance),
            standby,
            best: best.as_ref(),
            goal: self.goal(instance),
            now: self.now,
        })
    }

    fn backups_of(&self, instance: &Instance) -> impl Iterator<Item = &'a Backup> + use<'a> {
        self.backups.get(&instance.id).cloned().unwrap_or_default().into_iter()
    }

    /// What an instance is kept for, as seen from `source`.
    fn duty(&self, source: Option<&Instance>, instance: &Instance) -> Duty {
        let standby = source.and_then(|source| self.standbys.of(source));
        if standby.is_some_and(|it| it.id == instance.id) {
            return Duty::Standby;
        }
        match self.preferences.importance_of(&instance.id) {
            Importance::Production => Duty::Production,
            Importance::Ordinary | Importance::Drill if self.standbys.sources_of(instance) > 0 => Duty::Spare,
            Importance::Ordinary | Importance::Drill => Duty::Unassigned,
        }
    }
}
