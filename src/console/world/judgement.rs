//! What the inventory says of every instance: cover, standby, and how well it stands. Made once when facts change,
//! never per frame.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::inventory::{Inventory, Reading};
use crate::console::preferences::{Importance, Preferences};
use crate::domain::backup::{Backup, EXPIRING};
use crate::domain::compatibility::{self, Fit};
use crate::domain::coverage::Coverage;
use crate::domain::instance::Activity;
use crate::domain::resource::ResourceId;
use crate::domain::sku::BackupSupport;

/// Cover below this is worth a warning.
const SHORT_COVER: SignedDuration = SignedDuration::from_hours(10 * 24);

/// The judgement of everything at one moment.
#[derive(Debug, Default)]
pub struct Judgement {
    /// In the places of the instances.
    pub instances: Vec<Judged>,
    /// The places of backups of which no instance of the inventory is known to be the source, newest first.
    pub strays: Vec<usize>,
    /// How many instances stand how, worst first.
    pub counts: Vec<(Standing, usize)>,
    /// When the first instance loses its last recovery point.
    pub first_end: Option<Timestamp>,
    /// When it will be different although nothing new is read: something expires or passes a limit.
    pub valid_until: Option<Timestamp>,
}

/// The judgement of one instance.
#[derive(Debug, Default)]
pub struct Judged {
    /// How well its backups cover it.
    pub coverage: Coverage,
    /// The places of its backups, newest first.
    pub backups: Vec<usize>,
    /// The place of its newest usable backup.
    pub newest_usable: Option<usize>,
    /// Its standby.
    pub standby: Option<Standby>,
    /// The places of the instances whose standby it is.
    pub standby_of: Vec<usize>,
    /// How well it stands.
    pub standing: Standing,
    /// Its recovery point objective.
    pub goal: SignedDuration,
    /// How much it matters.
    pub importance: Importance,
}

/// When cover ends, as far as it is known, in the order in which an operator has to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// It has ended, or never began.
    Past,
    /// Soon: there is a warning.
    Soon(Timestamp),
    /// It may have ended already.
    Unknown,
    /// Later.
    Later(Timestamp),
}

impl Judged {
    /// When its cover ends.
    pub fn end(&self, now: Timestamp) -> End {
        match (self.coverage.ends_at, self.standing) {
            (Some(at), _) if at.duration_since(now) < SHORT_COVER => End::Soon(at),
            (Some(at), _) => End::Later(at),
            (None, Standing::Unknown | Standing::Loading) => End::Unknown,
            (None, _) => End::Past,
        }
    }
}

/// A configured standby.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standby {
    /// It is in the inventory, in this place; the fit of the newest usable backup, when there is one.
    Found(usize, Option<Fit>),
    /// No instance of the inventory has this name or id.
    Missing(String),
}

/// How well an instance stands, worst first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Without a recovery point, or close to it.
    Crit,
    /// Past a limit that is not the last.
    Warn,
    /// Cannot be told.
    Unknown,
    /// Being read.
    #[default]
    Loading,
    /// Inside every limit.
    Ok,
    /// Its tier has no backups.
    Unsupported,
}

impl Standing {
    /// Every one, worst first.
    pub const ALL: [Self; 6] =
        [Self::Crit, Self::Warn, Self::Unknown, Self::Loading, Self::Ok, Self::Unsupported];
}

impl Judgement {
    /// Judges everything at `now`.
    pub fn of(inventory: &Inventory, preferences: &Preferences, now: Timestamp) -> Self {
        let mut it = Self::default();
        it.instances.resize_with(inventory.instances.all().len(), Judged::default);
        it.sort_backups(inventory, now);
        it.pair(inventory, preferences, now);
        for (place, instance) in inventory.instances.all().iter().enumerate() {
            it.instances[place].goal = preferences.rpo_of(&instance.id);
            it.instances[place].importance = preferences.importance_of(&instance.id);
            let standing = it.stand(place, inventory, now);
            it.instances[place].standing = standing;
        }
        it.first_end = it.instances.iter().filter_map(|judged| judged.coverage.ends_at).min();
        let count =
            |standing: Standing| it.instances.iter().filter(|judged| judged.standing == standing).count();
        it.counts = Standing::ALL.into_iter().map(|standing| (standing, count(standing))).collect();
        it
    }

    /// Gives every backup to its instance, newest first.
    fn sort_backups(&mut self, inventory: &Inventory, now: Timestamp) {
        let backups = inventory.backups.all();
        let instances = inventory.instances.all();
        let named: HashMap<String, usize> =
            instances.iter().enumerate().map(|(place, it)| (it.name.to_ascii_lowercase(), place)).collect();
        let place_of = |backup: &Backup| match (&backup.source.instance_id, &backup.source.instance) {
            (Some(id), _) => inventory.instances.place(id),
            (None, Some(name)) => named.get(&name.to_ascii_lowercase()).copied(),
            (None, None) => None,
        };
        let mut order: Vec<usize> = (0..backups.len()).collect();
        order.sort_by_key(|&place| std::cmp::Reverse(backups[place].taken.map(|taken| taken.at)));
        for place in order {
            let backup = &backups[place];
            self.until(backup.expires_at(), now);
            let Some(owner) = place_of(backup) else {
                self.strays.push(place);
                continue;
            };
            let judged = &mut self.instances[owner];
            judged.coverage.count(backup, now);
            judged.backups.push(place);
            if judged.newest_usable.is_none() && backup.is_usable(now) {
                judged.newest_usable = Some(place);
            }
        }
    }

    /// Finds the standbys and judges the newest usable backup against each.
    fn pair(&mut self, inventory: &Inventory, preferences: &Preferences, now: Timestamp) {
        let instances = inventory.instances.all();
        for (place, instance) in instances.iter().enumerate() {
            let Some(wanted) = preferences.instances.of(&instance.id).and_then(|it| it.standby.as_ref())
            else {
                continue;
            };
            let Some(found) = find(inventory, wanted) else {
                self.instances[place].standby = Some(Standby::Missing(wanted.clone()));
                continue;
            };
            let newest = self.instances[place].newest_usable.map(|backup| &inventory.backups.all()[backup]);
            let fit = newest.map(|backup| compatibility::fit(backup, &instances[found], now));
            self.instances[place].standby = Some(Standby::Found(found, fit));
            self.instances[found].standby_of.push(place);
        }
    }

    fn stand(&mut self, place: usize, inventory: &Inventory, now: Timestamp) -> Standing {
        let instance = &inventory.instances.all()[place];
        let own = match instance.activity() {
            Activity::Broken(_) => Standing::Warn,
            Activity::Unknown(_) => Standing::Unknown,
            Activity::Idle | Activity::Busy(_) => Standing::Ok,
        };
        let support = instance.backup_support();
        let Judged { coverage, standby_of, .. } = &self.instances[place];
        if coverage.total == 0 && (support == BackupSupport::Unsupported || !standby_of.is_empty()) {
            return match own {
                Standing::Ok if standby_of.is_empty() => Standing::Unsupported,
                own => own,
            };
        }
        let Some(taken_at) = coverage.newest_taken_at else {
            return match inventory.reading {
                Reading::Done { .. } if coverage.total == 0 && !inventory.problems.is_empty() => {
                    Standing::Unknown
                }
                Reading::Done { .. } => Standing::Crit,
                Reading::NotAsked | Reading::Running { .. } => Standing::Loading,
            };
        };
        let ends_at = coverage.ends_at;
        let rpo = self.instances[place].goal;
        let late =
            [(taken_at.checked_add(rpo), Standing::Warn), (taken_at.checked_add(rpo * 2), Standing::Crit)];
        let late = late.map(|(at, standing)| (at.ok(), standing));
        let short = [(SHORT_COVER, Standing::Warn), (EXPIRING, Standing::Crit)];
        let short =
            short.map(|(left, standing)| (ends_at.and_then(|end| end.checked_sub(left).ok()), standing));
        let passed = late.into_iter().chain(short).filter_map(|(at, standing)| {
            self.until(at, now);
            at.filter(|&at| at <= now).map(|_| standing)
        });
        let worst = passed.min().unwrap_or(Standing::Ok);
        worst.min(own).min(self.standby_standing(place))
    }

    fn standby_standing(&self, place: usize) -> Standing {
        use crate::domain::verdict::Verdict;
        match &self.instances[place].standby {
            Some(Standby::Found(_, Some(fit))) if fit.verdict == Verdict::Blocked => Standing::Warn,
            Some(Standby::Missing(_)) => Standing::Warn,
            Some(Standby::Found(..)) | None => Standing::Ok,
        }
    }

    /// The judgement changes at `at`, if that is still to come.
    fn until(&mut self, at: Option<Timestamp>, now: Timestamp) {
        if let Some(at) = at.filter(|&at| at > now) {
            self.valid_until = Some(self.valid_until.map_or(at, |until| until.min(at)));
        }
    }
}

/// The place of the instance with this name or resource id.
pub fn find(inventory: &Inventory, name_or_id: &str) -> Option<usize> {
    if let Ok(id) = name_or_id.parse::<ResourceId>() {
        return inventory.instances.place(&id);
    }
    inventory.instances.all().iter().position(|it| it.name.eq_ignore_ascii_case(name_or_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_comes_behind_what_ends_soon_and_before_what_lasts() {
        let now: Timestamp = "2026-11-23T12:04:31Z".parse().unwrap();
        let covered = |hours| {
            let ends_at = Some(now + SignedDuration::from_hours(hours));
            Judged { coverage: Coverage { ends_at, ..Coverage::default() }, ..Judged::default() }
        };
        let without = |standing| Judged { standing, ..Judged::default() };
        let order = [
            without(Standing::Crit),
            covered(19),
            covered(9 * 24),
            without(Standing::Unknown),
            covered(28 * 24),
            covered(29 * 24),
        ];
        assert!(order.iter().map(|judged| judged.end(now)).is_sorted());
        assert_eq!(without(Standing::Loading).end(now), End::Unknown);
    }
}
