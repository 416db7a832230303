//! Which instance stands by for which. Joined once: a fleet of thousands is asked for it again and again.

use std::collections::BTreeMap;

use super::landscape::Instances;
use crate::domain::instance::Instance;
use crate::domain::resource::ResourceId;

/// The standbys of a fleet.
pub(super) struct Standbys<'a> {
    /// The standby of each instance that has one in the fleet.
    of: BTreeMap<&'a ResourceId, &'a Instance>,
    /// How many instances each one stands by for.
    sources: BTreeMap<&'a ResourceId, usize>,
}

impl<'a> Standbys<'a> {
    /// Joins them. `wanted` says what is configured of an instance: the name or the resource id of its standby.
    pub(super) fn among<'w>(fleet: &'a Instances, wanted: impl Fn(&Instance) -> Option<&'w str>) -> Self {
        let mut names: BTreeMap<String, &Instance> = BTreeMap::new();
        for instance in fleet.values() {
            names.entry(instance.name.to_ascii_lowercase()).or_insert(instance);
        }
        let meant = |word: &str| match word.parse::<ResourceId>() {
            Ok(id) => fleet.get(&id),
            Err(_) => names.get(&word.to_ascii_lowercase()).copied(),
        };
        let of: BTreeMap<_, _> =
            fleet.values().filter_map(|it| Some((&it.id, meant(wanted(it)?)?))).collect();
        let mut sources = BTreeMap::new();
        for standby in of.values() {
            *sources.entry(&standby.id).or_default() += 1;
        }
        Self { of, sources }
    }

    /// The standby of an instance.
    pub(super) fn of(&self, instance: &Instance) -> Option<&'a Instance> {
        self.of.get(&instance.id).copied()
    }

    /// How many instances one stands by for.
    pub(super) fn sources_of(&self, standby: &Instance) -> usize {
        self.sources.get(&standby.id).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::domain::instance::samples::instance;
    use crate::domain::sku::Tier;
    use crate::trials::{Chance, seeds};

    #[test]
    fn every_instance_is_looked_at_once_and_the_joins_are_those_of_a_search() {
        let seeds = seeds(3);
        let mut joined = 0;
        for &seed in &seeds {
            let mut chance = Chance::new(seed);
            let count = 60;
            let fleet: Instances = (0..count)
                .map(|number| instance(&format!("apim-{number}"), Tier::Premium))
                .map(|it| (it.id.clone(), it))
                .collect();
            // Some name nobody, some name themselves, some are written otherwise, some by their id.
            let words: BTreeMap<ResourceId, String> = fleet
                .keys()
                .map(|id| {
                    let other = format!("apim-{}", chance.below(count * 5 / 4));
                    let word = match chance.below(3) {
                        0 => other.to_ascii_uppercase(),
                        1 => instance(&other, Tier::Premium).id.to_string(),
                        _ => other,
                    };
                    (id.clone(), word)
                })
                .collect();
            let looks = Cell::new(0);
            let standbys = Standbys::among(&fleet, |it| {
                looks.set(looks.get() + 1);
                words.get(&it.id).map(String::as_str)
            });
            assert_eq!(looks.get(), fleet.len(), "seed {seed}");
            let is_meant = |other: &&Instance, word: &str| match word.parse::<ResourceId>() {
                Ok(id) => id == other.id,
                Err(_) => other.name.eq_ignore_ascii_case(word),
            };
            for it in fleet.values() {
                let found = fleet.values().find(|other| is_meant(other, &words[&it.id]));
                assert_eq!(standbys.of(it).map(|it| &it.id), found.map(|it| &it.id), "seed {seed}");
                let sources = fleet.values().filter(|one| standbys.of(one).is_some_and(|of| of.id == it.id));
                assert_eq!(standbys.sources_of(it), sources.count(), "seed {seed}");
                joined += 1;
            }
        }
        println!("{joined} instances joined, seeds {seeds:?}");
    }
}
