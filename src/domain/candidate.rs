//! Into which instance a backup could be restored now: the whole fleet in the order in which a person would look, each
//! with the reason for its place. One may be proposed; none is ever chosen here.

use std::fmt;

use jiff::Timestamp;

use super::backup::Backup;
use super::compatibility::{self, Fit};
use super::coverage::is_of;
use super::instance::{Activity, Instance};
use super::region::Region;
use super::sku::BackupSupport;
use super::verdict::Verdict;

/// What an instance is kept for, as configured; the likelier to be meant, the earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Duty {
    /// To be restored into from the instance in question.
    Standby,
    /// To be restored into from another instance.
    Spare,
    /// Nothing that is configured.
    Unassigned,
    /// It serves.
    Production,
}

/// Where a target lies, seen from the source; the safer, the earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Distance {
    /// In the region that the documentation pairs with the source's.
    Paired,
    /// In another region.
    Elsewhere,
    /// The region of the source is not known.
    Unknown,
    /// In the same region: what takes one down may take both.
    Same,
}

/// One instance as a target of one backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// The instance.
    pub instance: &'a Instance,
    /// Whether the backup fits it.
    pub fit: Fit,
    /// What it is kept for.
    pub duty: Duty,
    /// How far from the source.
    pub distance: Distance,
}

impl<'a> Candidate<'a> {
    /// Judges one instance as a target. `home` is the region of the backup's source.
    pub fn judge(
        backup: &Backup,
        home: Option<&Region>,
        instance: &'a Instance,
        duty: Duty,
        now: Timestamp,
    ) -> Self {
        let distance = match home {
            None => Distance::Unknown,
            Some(home) if *home == instance.region => Distance::Same,
            Some(home) if home.is_paired_with(&instance.region) => Distance::Paired,
            Some(_) => Distance::Elsewhere,
        };
        Self { instance, fit: compatibility::fit(backup, instance, now), duty, distance }
    }

    /// Whether it may be proposed for this backup: it fits as far as can be told, nothing is under way on it, and
    /// nobody said that it serves. What is not known is never proposed.
    pub fn may_be_proposed(&self, backup: &Backup) -> bool {
        matches!(self.fit.verdict, Verdict::Ok | Verdict::Warn)
            && self.instance.activity() == Activity::Idle
            && self.duty != Duty::Production
            && !is_of(backup, self.instance)
    }

    /// Why it stands where it stands, in few words.
    pub fn why(&self) -> String {
        Why(self).to_string()
    }

    /// The configured standby first, whatever it is worth; the source itself last.
    fn rank(&self, backup: &Backup) -> impl Ord + use<'_, 'a> {
        (
            self.duty != Duty::Standby,
            is_of(backup, self.instance),
            self.fit.verdict == Verdict::Blocked,
            self.instance.backup_support() == BackupSupport::Unsupported,
            self.duty == Duty::Production,
            self.fit.verdict,
            self.duty,
            self.distance,
            self.instance.name.as_str(),
        )
    }
}

/// As [`Candidate::why`], without a text of its own: for what is drawn many times.
#[derive(Clone, Copy, Debug)]
pub struct Why<'a>(pub &'a Candidate<'a>);

impl fmt::Display for Why<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0.duty {
            Duty::Standby => "the configured standby, ",
            Duty::Spare => "kept as a standby of another, ",
            Duty::Unassigned => "",
            Duty::Production => "production, ",
        })?;
        match self.0.fit.verdict {
            Verdict::Ok => f.write_str("same tier, idle")?,
            _ => self.0.fit.reason.fmt(f)?,
        }
        let region = &self.0.instance.region;
        match self.0.distance {
            Distance::Paired => write!(f, ", in the paired region {region}"),
            Distance::Elsewhere => write!(f, ", in another region, {region}"),
            Distance::Unknown => write!(f, ", in {region}"),
            Distance::Same => f.write_str(", in the region of the source"),
        }
    }
}

/// The instance of the fleet that a backup was taken of.
pub fn source_of<'a>(backup: &Backup, fleet: impl IntoIterator<Item = &'a Instance>) -> Option<&'a Instance> {
    fleet.into_iter().find(|instance| is_of(backup, instance))
}

/// The fleet as targets of a backup, the likeliest first. `home` is the region of the backup's source, `duty` says what
/// an instance is kept for.
pub fn candidates<'a>(
    backup: &Backup,
    home: Option<&Region>,
    fleet: impl IntoIterator<Item = &'a Instance>,
    duty: impl Fn(&Instance) -> Duty,
    now: Timestamp,
) -> Vec<Candidate<'a>> {
    let judge = |instance| Candidate::judge(backup, home, instance, duty(instance), now);
    let mut all: Vec<Candidate<'a>> = fleet.into_iter().map(judge).collect();
    all.sort_by(|one, other| one.rank(backup).cmp(&other.rank(backup)));
    all
}

/// The best target that may be proposed, without ranking the others.
pub fn best<'a>(
    backup: &Backup,
    home: Option<&Region>,
    fleet: impl IntoIterator<Item = &'a Instance>,
    duty: impl Fn(&Instance) -> Duty,
    now: Timestamp,
) -> Option<Candidate<'a>> {
    let judge = |instance| Candidate::judge(backup, home, instance, duty(instance), now);
    let proposable = fleet.into_iter().map(judge).filter(|it| it.may_be_proposed(backup));
    proposable.min_by(|one, other| one.rank(backup).cmp(&other.rank(backup)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::backup::Source;
    use crate::domain::backup::samples::backup;
    use crate::domain::instance::samples::instance;
    use crate::domain::sku::Tier;
    use crate::trials::{Chance, seeds};

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn at(name: &str, tier: Tier, region: &str) -> Instance {
        Instance { region: Region::new(region), ..instance(name, tier) }
    }

    fn duty(of: &Instance) -> Duty {
        match of.name.rsplit('-').next() {
            Some("standby") => Duty::Standby,
            Some("spare") => Duty::Spare,
            Some("prod") => Duty::Production,
            _ => Duty::Unassigned,
        }
    }

    fn fleet() -> Vec<Instance> {
        let mut busy = at("z-busy", Tier::Premium, "northeurope");
        busy.target_state = Some("Updating".to_owned());
        let mut failed = at("z-failed", Tier::Premium, "northeurope");
        failed.state = Some("Failed".to_owned());
        vec![
            at("apim-core", Tier::Premium, "westeurope"),
            at("a-same", Tier::Premium, "westeurope"),
            at("a-basic", Tier::Basic, "northeurope"),
            at("a-v2", Tier::PremiumV2, "northeurope"),
            at("a-prod", Tier::Premium, "northeurope"),
            busy,
            failed,
            at("z-other", Tier::Premium, "uksouth"),
            at("z-paired", Tier::Premium, "northeurope"),
            at("z-spare", Tier::Premium, "westeurope"),
            at("z-standby", Tier::Premium, "westeurope"),
        ]
    }

    fn order(fleet: &[Instance]) -> Vec<&str> {
        let backup = backup("apim-core", 5, now());
        let home = source_of(&backup, fleet).map(|it| &it.region);
        candidates(&backup, home, fleet, duty, now()).iter().map(|it| it.instance.name.as_str()).collect()
    }

    #[test]
    fn the_standby_comes_first_then_what_fits_and_lies_apart() {
        let wanted = [
            "z-standby",
            "z-spare",
            "z-paired",
            "z-other",
            "a-same",
            "z-failed",
            "a-prod",
            "a-basic",
            "z-busy",
            "a-v2",
            "apim-core",
        ];
        assert_eq!(order(&fleet()), wanted);
    }

    #[test]
    fn the_best_is_the_first_that_may_be_proposed_and_says_why() {
        let backup = backup("apim-core", 5, now());
        let home = Region::new("westeurope");
        let mut fleet = fleet();
        for (proposed, why) in [
            ("z-standby", "the configured standby, same tier, idle, in the region of the source"),
            ("z-spare", "kept as a standby of another, same tier, idle, in the region of the source"),
            ("z-paired", "same tier, idle, in the paired region northeurope"),
            ("z-other", "same tier, idle, in another region, uksouth"),
            ("a-same", "same tier, idle, in the region of the source"),
        ] {
            let best = best(&backup, Some(&home), &fleet, duty, now()).unwrap();
            assert_eq!((best.instance.name.as_str(), best.why().as_str()), (proposed, why));
            fleet.retain(|it| it.name != proposed);
        }
        assert_eq!(best(&backup, Some(&home), &fleet, duty, now()), None, "{fleet:#?}");
    }

    /// A failed instance hides behind a tier that is only hearsay, and must not be proposed all the same.
    #[test]
    fn what_is_not_idle_or_not_known_is_not_proposed() {
        let mut hearsay = backup("apim-core", 5, now());
        hearsay.source.provenance = crate::domain::backup::Provenance::Name;
        let mut failed = at("a", Tier::Premium, "northeurope");
        failed.state = Some("Failed".to_owned());
        assert_eq!(best(&hearsay, None, [&failed], duty, now()), None);
        let fine = at("a", Tier::Premium, "northeurope");
        assert!(best(&hearsay, None, [&fine], duty, now()).is_some());
        hearsay.source = Source::UNKNOWN;
        assert_eq!(best(&hearsay, None, [&fine], duty, now()), None);
    }

    /// Whatever the fleet: nothing blocked stands before what fits but the standby, and the best is the first that may
    /// be proposed.
    #[test]
    fn any_fleet_is_ranked_soundly() {
        let (mut fleets, mut targets) = (0, 0);
        let seeds = seeds(500);
        for &seed in &seeds {
            let mut chance = Chance::new(seed);
            let tiers = ["Premium", "Standard", "Basic", "Developer", "PremiumV2", "Isolated", "Consumption"];
            let regions = ["westeurope", "northeurope", "uksouth", "polandcentral"];
            let roles = ["standby", "spare", "prod", "x", "y"];
            let states = ["Succeeded", "Updating", "Failed", "Dreaming"];
            let one = |number: u64, chance: &mut Chance| {
                let name = format!("i{number}-{}", chance.pick(&roles));
                let region = chance.pick::<&str>(&regions);
                let mut it = at(&name, Tier::from(*chance.pick(&tiers)), region);
                it.state = Some((*chance.pick(&states)).to_owned());
                it
            };
            let fleet: Vec<Instance> = (0..chance.below(12)).map(|number| one(number, &mut chance)).collect();
            let mut it = backup("i0-x", chance.between(1, 40 * 24) as i64, now());
            it.source.tier = Some(Tier::from(*chance.pick(&tiers)));
            let home = source_of(&it, &fleet).map(|it| &it.region);
            let ranked = candidates(&it, home, &fleet, duty, now());
            assert_eq!(ranked.len(), fleet.len(), "seed {seed}");
            let blocked = |c: &Candidate<'_>| c.fit.verdict == Verdict::Blocked;
            let rest: Vec<&Candidate<'_>> = ranked.iter().filter(|c| c.duty != Duty::Standby).collect();
            let own = |c: &Candidate<'_>| is_of(&it, c.instance);
            assert!(rest.iter().is_sorted_by_key(|c| (own(c), blocked(c))), "seed {seed}");
            let first = ranked.iter().find(|c| c.may_be_proposed(&it));
            assert_eq!(best(&it, home, &fleet, duty, now()).as_ref(), first, "seed {seed}");
            if let Some(first) = first {
                assert!(!blocked(first) && !own(first) && first.duty != Duty::Production, "seed {seed}");
            }
            fleets += 1;
            targets += fleet.len();
        }
        println!(
            "{fleets} fleets with {targets} targets ranked, seeds {:?} to {:?}",
            seeds.first(),
            seeds.last()
        );
    }
}
