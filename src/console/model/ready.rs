//! The fleet as targets, and how ready each instance is. Made when it is looked at, at most once per change of facts:
//! it costs more than the rest of the judgement, and most rows are on no screen.

use std::cell::OnceCell;

use super::Model;
use crate::console::preferences::Importance;
use crate::console::world::inventory::Reading;
use crate::console::world::judgement::{self, Judged};
use crate::domain::backup::Backup;
use crate::domain::candidate::{self, Candidate, Duty};
use crate::domain::instance::Instance;
use crate::domain::plan::Kind;
use crate::domain::readiness::{Grade, Readiness, Situation, Standby, View};
use crate::domain::region::Region;
use crate::domain::resource::ResourceId;
use crate::domain::rhythm;
use crate::domain::usual::Usual;

impl Model {
    /// What the instance in `place` is kept for, as seen from `source`.
    pub(super) fn duty(&self, source: Option<usize>, place: usize) -> Duty {
        let judged = &self.judgement().instances;
        let standby = source.and_then(|source| judged.get(source)).and_then(|it| it.standby.as_ref());
        let is_its_standby = matches!(standby, Some(judgement::Standby::Found(at, _)) if *at == place);
        let spare = judged.get(place).is_some_and(|it| !it.standby_of.is_empty());
        let instance = self.world.inventory.instances.all().get(place);
        let importance = instance.map(|it| self.preferences.importance_of(&it.id));
        match (is_its_standby, importance) {
            (true, _) => Duty::Standby,
            (false, Some(Importance::Production)) => Duty::Production,
            (false, _) if spare => Duty::Spare,
            (false, _) => Duty::Unassigned,
        }
    }

    /// The fleet as targets of a backup of `source`, the likeliest first.
    pub fn candidates(&self, source: Option<usize>, backup: &Backup) -> Vec<Candidate<'_>> {
        let fleet = self.world.inventory.instances.all();
        candidate::candidates(backup, self.home(source), fleet, |it| self.duty_of(source, it), self.now())
    }

    /// One instance as a target of a backup of the subject.
    pub fn candidate<'a>(&self, backup: &Backup, target: &'a Instance) -> Candidate<'a> {
        let source = candidate::source_of(backup, self.world.inventory.instances.all());
        let source = source.and_then(|it| self.world.inventory.instances.place(&it.id));
        Candidate::judge(backup, self.home(source), target, self.duty_of(source, target), self.now())
    }

    fn home(&self, source: Option<usize>) -> Option<&Region> {
        source.and_then(|place| self.world.inventory.instances.all().get(place)).map(|it| &it.region)
    }

    fn duty_of(&self, source: Option<usize>, instance: &Instance) -> Duty {
        let place = self.world.inventory.instances.place(&instance.id);
        place.map_or(Duty::Unassigned, |place| self.duty(source, place))
    }

    /// How ready the instance in `place` is.
    pub fn readiness(&self, place: usize) -> Option<&Readiness> {
        let count = self.world.inventory.instances.all().len();
        let all = self.readiness.get_or_init(|| (0..count).map(|_| OnceCell::new()).collect());
        let (instance, judged) =
            self.world.inventory.instances.all().get(place).zip(self.judgement().instances.get(place))?;
        all.get(place).map(|cell| cell.get_or_init(|| self.judge_readiness(place, instance, judged)))
    }

    /// The grade of the instance in `place`.
    pub fn grade(&self, place: usize) -> Grade {
        self.readiness(place).map_or(Grade::Unknown, |it| it.grade)
    }

    /// How long a restore of the instance in `place` usually takes where it would go now.
    pub fn usual_restore(&self, place: usize) -> Option<Usual> {
        self.usual_into(&self.readiness(place)?.into.as_ref()?.instance)
    }

    fn usual_into(&self, target: &ResourceId) -> Option<Usual> {
        let tier = self.world.inventory.instances.get(target)?.sku.as_ref().map(|sku| &sku.tier);
        let journal = self.world.operations.values().map(|watched| &watched.operation);
        Usual::of(Kind::Restore, target, tier, journal)
    }

    fn judge_readiness(&self, place: usize, instance: &Instance, judged: &Judged) -> Readiness {
        let inventory = &self.world.inventory;
        let newest = judged.newest_usable.and_then(|at| inventory.backups.all().get(at));
        let standby = match &judged.standby {
            None => Standby::None,
            Some(judgement::Standby::Missing(name)) => Standby::Absent(name),
            Some(judgement::Standby::Found(at, _)) => {
                inventory.instances.all().get(*at).map_or(Standby::None, Standby::Is)
            }
        };
        let view = match inventory.reading {
            Reading::Done { .. } if inventory.problems.is_empty() => View::Whole,
            Reading::Done { .. } => View::Gaps,
            Reading::NotAsked | Reading::Running { .. } => View::Arriving,
        };
        let best = newest.and_then(|newest| self.best(place, newest));
        let backups = judged.backups.iter().filter_map(|&at| inventory.backups.all().get(at));
        let readiness = Readiness::of(&Situation {
            instance,
            coverage: &judged.coverage,
            newest,
            irregularities: &rhythm::irregularities(backups, self.now()),
            view,
            standby_of: judged.standby_of.len(),
            standby,
            best: best.as_ref(),
            goal: self.preferences.rpo_of(&instance.id),
            now: self.now(),
        });
        let usual = readiness.into.as_ref().and_then(|aim| self.usual_into(&aim.instance));
        readiness.timed(usual.as_ref(), self.preferences.rto_of(&instance.id))
    }

    fn best(&self, source: usize, newest: &Backup) -> Option<Candidate<'_>> {
        // Of another tier nothing may be proposed, so most of a large fleet need not be judged.
        let tier = newest.source.tier.as_ref()?;
        let fleet = self.world.inventory.instances.all().iter();
        let fleet = fleet.filter(|it| it.sku.as_ref().is_some_and(|sku| sku.tier == *tier));
        let duty = |it: &Instance| self.duty_of(Some(source), it);
        candidate::best(newest, self.home(Some(source)), fleet, duty, self.now())
    }
}
