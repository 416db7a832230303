//! Could an instance be restored right now, asked while nothing is wrong: from which backup, into what, how much would
//! be lost, and what is missing. What is not known is its own grade and never passes for ready.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::backup::{Backup, EXPIRING};
use super::candidate::{Candidate, Duty};
use super::compatibility::{self, Fit};
use super::coverage::Coverage;
use super::duration;
use super::instance::Instance;
use super::preflight::{Finding, Preflight};
use super::resource::ResourceId;
use super::rhythm::Irregularity;
use super::sku::BackupSupport;
use super::storage::BackupAddress;
use super::usual::Usual;
use super::verdict::Verdict;

/// How ready an instance is, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Grade {
    /// It could not be restored now.
    NotReady,
    /// Whether it could is not known.
    Unknown,
    /// It could, but not as well as was meant.
    Degraded,
    /// It could.
    Ready,
    /// The question does not arise: its tier has no backups, or it is itself kept to be restored into.
    Exempt,
}

/// One thing that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// Its stable id: one of this file's, or that of the check that found it.
    pub id: &'static str,
    /// What the instance is at best while it is missing. [`Grade::Ready`] weighs nothing.
    pub grade: Grade,
    /// In words.
    pub summary: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// Where a restore would go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aim {
    /// The target.
    pub instance: ResourceId,
    /// Who named it.
    pub choice: Choice,
    /// Whether the newest usable backup fits it, by the inventory.
    pub fit: Fit,
}

/// Who named the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Choice {
    /// The configuration: it is the standby.
    Standby,
    /// Nobody: it is what fits best of all that can be seen.
    Proposed,
}

/// How ready one instance is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// The worst of what is missing.
    pub grade: Grade,
    /// The backup that would be restored: the newest usable one.
    pub from: Option<BackupAddress>,
    /// Where to.
    pub into: Option<Aim>,
    /// How old the result would be.
    pub age: Option<SignedDuration>,
    /// What is missing, worst first.
    pub lacks: Vec<Lack>,
}

/// How much of the inventory was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// All of it.
    Whole,
    /// Something could not be read: what was not seen may be there all the same.
    Gaps,
    /// It is still being read.
    Arriving,
}

/// The standby that the configuration names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standby<'a> {
    /// None.
    None,
    /// One that is not in the inventory.
    Absent(&'a str),
    /// This one.
    Is(&'a Instance),
}

/// All that is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// The instance.
    pub instance: &'a Instance,
    /// Its backups, counted.
    pub coverage: &'a Coverage,
    /// Its newest usable backup.
    pub newest: Option<&'a Backup>,
    /// What is not as it used to be among its backups.
    pub irregularities: &'a [Irregularity],
    /// How much was seen.
    pub view: View,
    /// How many instances it is the standby of.
    pub standby_of: usize,
    /// Its own standby.
    pub standby: Standby<'a>,
    /// The best target of the whole fleet, when something may be proposed.
    pub best: Option<&'a Candidate<'a>>,
    /// The recovery point objective.
    pub goal: SignedDuration,
    /// Now.
    pub now: Timestamp,
}

/// The checks that are told and weigh nothing. The first are about who asks: whoever runs this at night need not be the
/// one who restores, and better has no right to. What would be lost is weighed by the recovery point objective: a source
/// that is in use has always changed since its last backup.
const WEIGHTLESS: &[&str] = &["permissions", "sign-in", "writes-lost"];

/// The ids of this file's own.
const FIT: &str = "fit";
const BACKUP: &str = "backup";
const STANDBY: &str = "standby";
const RHYTHM: &str = "rhythm";
const RTO: &str = "rto";

impl Readiness {
    /// Judges an instance by the inventory.
    pub fn of(case: &Situation<'_>) -> Self {
        let mut it = Self { grade: Grade::Ready, from: None, into: None, age: None, lacks: Vec::new() };
        match (exemption(case), case.newest) {
            (Some(lack), _) => it.lacks.push(lack),
            (None, None) => it.lacks.push(without_backup(case)),
            (None, Some(newest)) => {
                it.from = Some(newest.blob.address.clone());
                it.age = newest.age(case.now);
                it.lacks.extend(points(case));
                it.aim(case, newest);
            }
        }
        it.graded()
    }

    /// The same after the checks of the very restore that it speaks of: they read what the inventory only remembers.
    #[must_use]
    pub fn checked(mut self, preflight: &Preflight) -> Self {
        self.lacks.retain(|lack| lack.id != FIT);
        self.lacks.extend(preflight.findings.iter().filter_map(missing));
        if preflight.findings.is_empty() {
            self.lacks.push(lack("checks", Grade::Unknown, "nothing was checked"));
        }
        self.graded()
    }

    /// The same, held against the time that a restore may take. Without a run there is no number, and that is told.
    #[must_use]
    pub fn timed(mut self, usual: Option<&Usual>, goal: Option<SignedDuration>) -> Self {
        let found = match (usual, goal, &self.into) {
            (None, _, Some(aim)) => {
                let words = format!(
                    "how long a restore into {} takes is not known: none was watched to its end here",
                    aim.instance.name()
                );
                Some(lack(RTO, Grade::Ready, words).advising("Rehearse one"))
            }
            (Some(usual), Some(goal), _) if usual.p90 > goal => {
                let words = format!("a restore usually takes {usual}, the goal is {}", duration::whole(goal));
                Some(lack(RTO, Grade::Degraded, words))
            }
            _ => None,
        };
        self.lacks.extend(found);
        self.graded()
    }

    /// What is missing, in one line; what weighs nothing is left out.
    pub fn words(&self) -> String {
        let all: Vec<&str> = self.weighing().map(|lack| lack.summary.as_str()).collect();
        all.join("; ")
    }

    /// What is missing and weighs something.
    pub fn weighing(&self) -> impl Iterator<Item = &Lack> {
        self.lacks.iter().filter(|lack| lack.grade != Grade::Ready)
    }

    fn aim(&mut self, case: &Situation<'_>, newest: &Backup) {
        let fit = |target| compatibility::fit(newest, target, case.now);
        let aimed = |target: &Instance, choice, fit| Some(Aim { instance: target.id.clone(), choice, fit });
        let best = case.best;
        if let Standby::Is(target) = case.standby {
            let fit = fit(target);
            if fit.verdict != Verdict::Blocked || best.is_none() {
                self.lacks.extend(unfit(&fit, &target.name));
                self.into = aimed(target, Choice::Standby, fit);
                return;
            }
        }
        self.lacks.push(without_standby(case, newest));
        if let Some(best) = best {
            self.lacks.extend(unfit(&best.fit, &best.instance.name));
            self.into = aimed(best.instance, Choice::Proposed, best.fit.clone());
        }
    }

    fn graded(mut self) -> Self {
        self.lacks.sort_by_key(|lack| lack.grade);
        self.grade = self.lacks.first().map_or(Grade::Ready, |lack| lack.grade);
        self
    }
}

fn lack(id: &'static str, grade: Grade, summary: impl Into<String>) -> Lack {
    Lack { id, grade, summary: summary.into(), remedy: None }
}

impl Lack {
    fn advising(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

/// Why the question does not arise.
fn exemption(case: &Situation<'_>) -> Option<Lack> {
    let Situation { instance, coverage, standby_of, .. } = case;
    if coverage.total > 0 {
        return None;
    }
    if instance.backup_support() == BackupSupport::Unsupported {
        let tier = instance.sku.as_ref().map_or("its tier".to_owned(), |sku| sku.tier.to_string());
        let words = format!("{tier} has no backup and restore: it can only be rebuilt from source");
        return Some(lack("tier", Grade::Exempt, words));
    }
    let kept = lack("kept", Grade::Exempt, "it is kept to be restored into and has no backups of its own");
    (*standby_of > 0).then_some(kept)
}

fn without_backup(case: &Situation<'_>) -> Lack {
    match (case.view, case.coverage.total) {
        (View::Arriving, _) => lack(BACKUP, Grade::Unknown, "its backups are being read"),
        (View::Gaps, 0) => {
            lack(BACKUP, Grade::Unknown, "no backup was seen, but not everything could be read")
                .advising("Find out what could not be read: it may lie there")
        }
        (View::Whole, 0) => lack(BACKUP, Grade::NotReady, "no backup of it was found")
            .advising(format!("Take one: lifeboat backup {}", case.instance.name)),
        (View::Whole | View::Gaps, total) => {
            lack(BACKUP, Grade::NotReady, format!("none of its {total} backups is usable"))
                .advising(format!("Take one: lifeboat backup {}", case.instance.name))
        }
    }
}

/// What its recovery points leave to be wished.
fn points(case: &Situation<'_>) -> Vec<Lack> {
    let mut lacks = Vec::new();
    let age = case.coverage.rpo(case.now).filter(|age| *age >= case.goal);
    if let Some(age) = age {
        let words = format!(
            "the newest backup is {} old, the goal is {}",
            duration::short(age),
            duration::whole(case.goal)
        );
        lacks.push(
            lack("rpo", Grade::Degraded, words).advising("Take a backup, and find out why none was taken"),
        );
    }
    let left = case.coverage.cover(case.now).filter(|left| *left <= EXPIRING);
    if let Some(left) = left {
        let words = format!("no recovery point is left in {}", duration::short(left));
        lacks.push(lack("cover", Grade::Degraded, words).advising("Take a backup before that"));
    }
    lacks.extend(case.irregularities.iter().map(unlike_before));
    lacks
}

/// A backup that is missing or torn now weighs; one that was missing once is told.
fn unlike_before(found: &Irregularity) -> Lack {
    let (grade, remedy) = match found {
        Irregularity::Overdue { .. } => {
            (Grade::Degraded, "Find out what takes the backups, and why it stopped")
        }
        Irregularity::OddSize { .. } => (
            Grade::Degraded,
            "Look at what changed in the instance; rehearse a restore of it, or take another",
        ),
        Irregularity::Gap { .. } => (
            Grade::Ready,
            "Find out why; keep the last few backups whatever their age, not only those of the last days",
        ),
    };
    lack(RHYTHM, grade, found.to_string()).advising(remedy)
}

/// Why the restore would not go where the configuration wants it.
fn without_standby(case: &Situation<'_>, newest: &Backup) -> Lack {
    let (words, unseen) = match case.standby {
        Standby::None => ("no standby is configured".to_owned(), false),
        Standby::Absent(name) => {
            (format!("the standby {name} is not among what can be seen"), case.view != View::Whole)
        }
        Standby::Is(target) => (format!("the standby {} would refuse it", target.name), false),
    };
    let configure = format!("Name its standby in the configuration: [instances.\"{}\"]", case.instance.name);
    match case.best {
        _ if unseen => lack(STANDBY, Grade::Unknown, words).advising("Find out what could not be read"),
        Some(best) => {
            let name = &best.instance.name;
            let kept = if best.duty == Duty::Spare { ", kept for another," } else { "" };
            lack(STANDBY, Grade::Degraded, format!("{words}; {name}{kept} would do")).advising(configure)
        }
        // A tier that nobody wrote down fits nothing for certain, which is not the same as fitting nothing.
        None if !compatibility::is_recorded(&newest.source) => {
            let words = format!("{words}, and whether anything else fits is not known");
            lack(STANDBY, Grade::Unknown, words).advising(configure)
        }
        None => lack(STANDBY, Grade::NotReady, format!("{words}, and nothing else fits")).advising(configure),
    }
}

/// What speaks against the target, by the inventory.
fn unfit(fit: &Fit, target: &str) -> Option<Lack> {
    let grade = grade_of(fit.verdict)?;
    let found = lack(FIT, grade, format!("{target}: {}", fit.reason));
    Some(match fit.reason.servers_sentence() {
        Some(sentence) => found.advising(format!("Azure would answer: {sentence}")),
        None => found,
    })
}

/// What a check leaves to be wished.
fn missing(finding: &Finding) -> Option<Lack> {
    let grade = grade_of(finding.verdict)?;
    let weighs = !WEIGHTLESS.contains(&finding.id());
    Some(Lack {
        id: finding.id(),
        grade: if weighs { grade } else { Grade::Ready },
        summary: format!("{}: {}", finding.rule.title, finding.summary),
        remedy: finding.remedy.as_ref().map(ToString::to_string),
    })
}

fn grade_of(verdict: Verdict) -> Option<Grade> {
    match verdict {
        Verdict::Ok => None,
        Verdict::Warn => Some(Grade::Degraded),
        Verdict::Unknown => Some(Grade::Unknown),
        Verdict::Blocked => Some(Grade::NotReady),
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::NotReady => "not ready",
            Self::Unknown => "unknown",
            Self::Degraded => "degraded",
            Self::Ready => "ready",
            Self::Exempt => "exempt",
        })
    }
}

#[cfg(test)]
mod tests;
