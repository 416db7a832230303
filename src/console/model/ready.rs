//! The fleet as targets, and how ready each instance is. Made when it is looked at, at most once per change of facts:
//! it costs more than the rest of the judgement, and most rows are on no screen.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::Model;
use crate::console::preferences::Importance;
use crate::console::world::inventory::Reading;
use crate::console::world::judgement::{self, Judged};
use crate::domain::backup::Backup;
use crate::domain::candidate::{self, Candidate, Duty};
use crate::domain::instance::{Activity, Instance};
use crate::domain::plan::Kind;
use crate::domain::readiness::{Grade, Readiness, Situation, Standby, View};
use crate::domain::region::Region;
use crate::domain::resource::ResourceId;
use crate::domain::rhythm;
use crate::domain::sku::Tier;
use crate::domain::usual::Usual;

/// By tier, the places of the instances that may come first as a target.
pub(super) type Contenders = HashMap<Tier, Vec<usize>>;

impl Model {
    /// What the instance in `place` is kept for, as seen from `source`.
    pub(super) fn duty(&self, source: Option<usize>, place: usize) -> Duty {
        let judged = &self.judgement().instances;
        let standby = source.and_then(|source| judged.get(source)).and_then(|it| it.standby.as_ref());
        let is_its_standby = matches!(standby, Some(judgement::Standby::Found(at, _)) if *at == place);
        let spare = judged.get(place).is_some_and(|it| !it.standby_of.is_empty());
        let importance = judged.get(place).map(|it| it.importance);
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
            goal: judged.goal,
            now: self.now(),
        });
        let usual = readiness.into.as_ref().and_then(|aim| self.usual_into(&aim.instance));
        readiness.timed(usual.as_ref(), self.preferences.rto_of(&instance.id))
    }

    fn best(&self, source: usize, newest: &Backup) -> Option<Candidate<'_>> {
        // Of another tier nothing may be proposed.
        let tier = newest.source.tier.as_ref()?;
        let instances = self.world.inventory.instances.all();
        let standby = match self.judgement().instances.get(source)?.standby {
            Some(judgement::Standby::Found(at, _)) => Some(at),
            _ => None,
        };
        let contenders = self.contenders().get(tier).map_or(&[][..], Vec::as_slice);
        let fleet = standby.iter().chain(contenders).filter_map(|&place| instances.get(place));
        let fleet = fleet.filter(|it| it.sku.as_ref().is_some_and(|sku| sku.tier == *tier));
        let duty = |it: &Instance| self.duty_of(Some(source), it);
        candidate::best(newest, self.home(Some(source)), fleet, duty, self.now())
    }

    /// Of all that may be proposed, those that could come first for some source. Instances of one tier, in one region,
    /// kept for the same, differ in nothing but their names, so two of each are enough: one of them may be the source.
    fn contenders(&self) -> &Contenders {
        self.contenders.get_or_init(|| {
            let instances = self.world.inventory.instances.all();
            let judged = &self.judgement().instances;
            let may = |&place: &usize| {
                instances[place].activity() == Activity::Idle
                    && judged[place].importance != Importance::Production
            };
            let mut places: Vec<usize> = (0..instances.len()).filter(may).collect();
            places.sort_by(|&a, &b| instances[a].name.cmp(&instances[b].name));
            let mut seen: HashMap<(&Tier, &Region, bool), usize> = HashMap::new();
            let mut contenders = Contenders::new();
            for place in places {
                let Some(sku) = &instances[place].sku else { continue };
                let spare = !judged[place].standby_of.is_empty();
                let before = seen.entry((&sku.tier, &instances[place].region, spare)).or_default();
                *before += 1;
                if *before <= 2 {
                    contenders.entry(sku.tier.clone()).or_default().push(place);
                }
            }
            contenders
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::layout::Size;
    use crate::console::message::Loaded;
    use crate::console::preferences::{InstancePreference, Preferences};
    use crate::console::{Msg, RequestId, update};
    use crate::domain::instance::samples::instance;
    use crate::trials::{Chance, seeds};

    /// Whatever the fleet: what is looked at is as good as all of it.
    #[test]
    fn two_of_each_kind_are_as_good_as_all_of_them() {
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        let (mut judged, mut proposed) = (0, 0);
        let seeds = seeds(400);
        for &seed in &seeds {
            let mut chance = Chance::new(seed);
            let mut preferences = Preferences::default();
            let regions = ["westeurope", "northeurope", "uksouth"];
            let fleet: Vec<Instance> = (0..chance.below(12) + 1)
                .map(|number| {
                    let tier = chance.pick(&[Tier::Premium, Tier::Basic]).clone();
                    let mut it = instance(&format!("apim-{number}"), tier);
                    it.region = Region::new(chance.pick::<&str>(&regions));
                    if chance.below(5) == 0 {
                        it.state = Some("Failed".to_owned());
                    }
                    let importance = *chance.pick(&[Importance::Ordinary, Importance::Production]);
                    let standby = (chance.below(3) == 0).then(|| format!("apim-{}", chance.below(12)));
                    let preference =
                        InstancePreference { importance, standby, ..InstancePreference::default() };
                    preferences.instances.set(&it.name, preference);
                    it
                })
                .collect();
            let (mut model, _) = Model::new(preferences, now, Size::of(80, 24));
            let what = Loaded::Instances(fleet.clone());
            update(&mut model, Msg::Loaded { request: RequestId(1), what });
            for (place, source) in fleet.iter().enumerate() {
                let mut newest = crate::domain::backup::samples::backup(&source.name, 5, now);
                newest.source.tier = source.sku.as_ref().map(|sku| sku.tier.clone());
                let all = model.world.inventory.instances.all();
                let duty = |it: &Instance| model.duty_of(Some(place), it);
                let best = candidate::best(&newest, model.home(Some(place)), all, duty, now);
                assert_eq!(model.best(place, &newest), best, "seed {seed}");
                judged += 1;
                proposed += usize::from(best.is_some());
            }
        }
        assert!(proposed > judged / 4 && proposed < judged, "{proposed} of {judged}");
        println!("{judged} sources, {proposed} with a target, seeds {:?}", seeds);
    }
}
