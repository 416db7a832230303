//! How long it usually takes, by the operations that this journal has seen to the end. No run, no number.

use std::fmt;

use jiff::SignedDuration;
use serde::Serialize;

use super::duration;
use super::operation::{Operation, Phase};
use super::plan::Kind;
use super::resource::ResourceId;
use super::sku::Tier;

/// An end that was noticed later than this after the last look says little of when it was: the console was away.
const UNWATCHED: SignedDuration = SignedDuration::from_mins(15);

/// What the runs have in common with the one that is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Alike {
    /// The instance.
    Target,
    /// The tier only: no run on the instance is known.
    Tier,
}

/// How long it usually takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usual {
    /// Half of the runs took no longer.
    pub median: SignedDuration,
    /// Nine of ten runs took no longer.
    pub p90: SignedDuration,
    /// Nineteen of twenty took no longer.
    pub p95: SignedDuration,
    /// How many runs that rests on.
    pub runs: usize,
    /// What they have in common.
    pub alike: Alike,
}

impl Usual {
    /// How long an operation of this kind usually takes on `target`: by its own runs, else by those on instances of
    /// its tier. `None` when there is no run of either.
    pub fn of<'a>(
        kind: Kind,
        target: &ResourceId,
        tier: Option<&Tier>,
        journal: impl IntoIterator<Item = &'a Operation>,
    ) -> Option<Self> {
        let alike = |it: &Operation| match &it.intent {
            intent if intent.work.instance() == target => Some(Alike::Target),
            intent if tier.is_some() && intent.tier.as_ref() == tier => Some(Alike::Tier),
            _ => None,
        };
        let runs = journal.into_iter().filter(|it| it.intent.work.kind() == kind);
        let runs: Vec<(Alike, SignedDuration)> =
            runs.filter_map(|it| Some((alike(it)?, took(it)?))).collect();
        let nearest = runs.iter().map(|(alike, _)| *alike).min()?;
        let mut times: Vec<SignedDuration> =
            runs.into_iter().filter(|(alike, _)| *alike == nearest).map(|(_, took)| took).collect();
        times.sort_unstable();
        Some(Self {
            median: percentile(&times, 50)?,
            p90: percentile(&times, 90)?,
            p95: percentile(&times, 95)?,
            runs: times.len(),
            alike: nearest,
        })
    }
}

impl Usual {
    /// In few columns: "usual 38–52m (7 runs)", from the median to what nine of ten did not exceed.
    pub fn brief(&self) -> String {
        let (from, to) = (rounded(self.median), rounded(self.p90));
        let runs = if self.runs == 1 { "1 run".to_owned() } else { format!("{} runs", self.runs) };
        let of = match self.alike {
            Alike::Target => "",
            Alike::Tier => " of its tier",
        };
        let unit = |text: &str| text.trim_start_matches(|c: char| c.is_ascii_digit()).to_owned();
        let span = match () {
            () if from == to => to,
            () if unit(&from) == unit(&to) => format!("{}–{to}", from.trim_end_matches(unit(&from).as_str())),
            () => format!("{from}–{to}"),
        };
        format!("usual {span} ({runs}{of})")
    }

    /// In words that can be read aloud: "usually 38 to 52 minutes, by 7 runs".
    pub fn spoken(&self) -> String {
        let minutes = |it: SignedDuration| (it.as_secs() + 30) / 60;
        let (from, to) = (minutes(self.median), minutes(self.p90));
        let runs = if self.runs == 1 { "1 run".to_owned() } else { format!("{} runs", self.runs) };
        let of = match self.alike {
            Alike::Target => "",
            Alike::Tier => " of its tier",
        };
        match (from, to) {
            (_, 0) => format!("usually less than a minute, by {runs}{of}"),
            (_, 1) => format!("usually a minute, by {runs}{of}"),
            (from, to) if from == to => format!("usually {to} minutes, by {runs}{of}"),
            (from, to) => format!("usually {from} to {to} minutes, by {runs}{of}"),
        }
    }
}

/// To the minute from two minutes on, else to the second.
fn rounded(it: SignedDuration) -> String {
    match it.as_secs() {
        seconds if seconds < 120 => format!("{seconds}s"),
        seconds => format!("{}m", (seconds + 30) / 60),
    }
}

impl fmt::Display for Usual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let runs = if self.runs == 1 { "1 run".to_owned() } else { format!("{} runs", self.runs) };
        let of = match self.alike {
            Alike::Target => "",
            Alike::Tier => " of its tier",
        };
        let (median, p90) = (duration::short(self.median), duration::short(self.p90));
        match self.runs {
            1 => write!(f, "{median} ({runs}{of})"),
            _ => write!(f, "{median}, 9 of 10 within {p90} ({runs}{of})"),
        }
    }
}

/// How long a finished operation took; `None` when it did not succeed, or when nobody was there to see it end.
fn took(it: &Operation) -> Option<SignedDuration> {
    let (begun, ended) = (it.submitted_at?, it.ended_at?);
    let looked = it.last_polled_at.or(it.accepted_at)?;
    let seen = ended.duration_since(looked) <= UNWATCHED;
    (it.phase == Phase::Succeeded && seen && ended > begun).then(|| ended.duration_since(begun))
}

/// The smallest of these sorted times that so many of a hundred do not exceed.
fn percentile(sorted: &[SignedDuration], of_hundred: usize) -> Option<SignedDuration> {
    sorted.get((sorted.len() * of_hundred).div_ceil(100).max(1) - 1).copied()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::backup::samples::backup;
    use crate::domain::instance::samples::instance;
    use crate::domain::operation::{Intent, OperationId, Work};
    use crate::domain::plan::{Plan, samples::restore};

    fn began() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    /// A restore into `target` that succeeded after so many minutes, watched to its end.
    fn run(target: &str, tier: Tier, minutes: i64) -> Operation {
        let plan = restore(&backup("apim-core", 5, began()), &instance(target, tier.clone()));
        let intent = Intent {
            operation_id: OperationId::new(uuid::Uuid::from_u128(1)),
            work: Work::Plan(Plan::Restore(plan)),
            accepted: Vec::new(),
            checks: Vec::new(),
            resource_manager: String::new(),
            tier: Some(tier),
            tool: String::new(),
            purpose: crate::domain::operation::Purpose::Real,
        };
        let mut it = Operation::planned(intent, began());
        let ended = began() + SignedDuration::from_mins(minutes);
        (it.submitted_at, it.accepted_at, it.ended_at) = (Some(began()), Some(began()), Some(ended));
        (it.last_polled_at, it.phase) = (Some(ended - SignedDuration::from_mins(1)), Phase::Succeeded);
        it
    }

    fn usual(journal: &[Operation]) -> Option<Usual> {
        let target = instance("apim-dr", Tier::Premium);
        Usual::of(Kind::Restore, &target.id, Some(&Tier::Premium), journal)
    }

    fn figures(journal: &[Operation]) -> Option<(i64, i64, usize, Alike)> {
        usual(journal).map(|it| (it.median.as_mins(), it.p90.as_mins(), it.runs, it.alike))
    }

    #[test]
    fn own_runs_go_before_those_of_the_tier_and_none_gives_no_number() {
        assert_eq!(usual(&[]), None);
        let elsewhere = run("apim-other", Tier::Premium, 50);
        let other_tier = run("apim-basic", Tier::Basic, 9);
        assert_eq!(figures(std::slice::from_ref(&other_tier)), None);
        assert_eq!(figures(&[other_tier, elsewhere.clone()]), Some((50, 50, 1, Alike::Tier)));
        assert_eq!(
            figures(&[elsewhere, run("apim-dr", Tier::Premium, 20)]),
            Some((20, 20, 1, Alike::Target))
        );
    }

    #[test]
    fn median_and_ninetieth_are_times_that_were_seen() {
        let table: &[(&[i64], i64, i64)] = &[
            (&[10, 30], 10, 30),
            (&[30, 10, 20], 20, 30),
            (&[10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 50, 90),
            (&[10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110], 60, 100),
        ];
        for (minutes, median, p90) in table {
            let journal: Vec<Operation> =
                minutes.iter().map(|it| run("apim-dr", Tier::Premium, *it)).collect();
            assert_eq!(figures(&journal), Some((*median, *p90, minutes.len(), Alike::Target)), "{minutes:?}");
        }
    }

    #[test]
    fn few_columns_and_words_that_can_be_read_aloud_say_the_same() {
        let of = |minutes: &[i64]| {
            let journal: Vec<Operation> =
                minutes.iter().map(|it| run("apim-dr", Tier::Premium, *it)).collect();
            usual(&journal).map(|it| (it.brief(), it.spoken())).unwrap()
        };
        let told = |minutes: &[i64], brief: &str, spoken: &str| {
            assert_eq!(of(minutes), (brief.to_owned(), spoken.to_owned()), "{minutes:?}");
        };
        told(&[38, 52, 40, 36, 38, 30, 41], "usual 38–52m (7 runs)", "usually 38 to 52 minutes, by 7 runs");
        told(&[12], "usual 12m (1 run)", "usually 12 minutes, by 1 run");
        told(&[1, 3], "usual 60s–3m (2 runs)", "usually 1 to 3 minutes, by 2 runs");
        let elsewhere = usual(&[run("apim-other", Tier::Premium, 50)]).unwrap();
        assert_eq!(elsewhere.brief(), "usual 50m (1 run of its tier)");
    }

    #[test]
    fn what_failed_runs_or_ended_unseen_is_no_measure() {
        let spoilt: [fn(&mut Operation); 5] = [
            |it| it.phase = Phase::Failed,
            |it| it.phase = Phase::Accepted,
            |it| it.ended_at = None,
            |it| it.submitted_at = None,
            |it| it.last_polled_at = it.submitted_at,
        ];
        for (number, spoil) in spoilt.iter().enumerate() {
            let mut it = run("apim-dr", Tier::Premium, 20);
            spoil(&mut it);
            assert_eq!(usual(&[it]), None, "{number}");
        }
        let mut backup = run("apim-dr", Tier::Premium, 20);
        let Work::Plan(Plan::Restore(plan)) = &backup.intent.work else { panic!() };
        let to = plan.backup.clone();
        let plan = crate::domain::plan::BackupPlan {
            instance: plan.target.clone(),
            to,
            access: plan.access.clone(),
        };
        backup.intent.work = Work::Plan(Plan::Backup(plan));
        assert_eq!(usual(&[backup]), None, "a backup says nothing of a restore");
    }
}
