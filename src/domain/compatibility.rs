//! Whether a backup fits a target, from the inventory alone: one verdict and the one decisive reason per cell.
//!
//! This is the matrix and the fleet's standby column. A restore is judged by [`super::preflight`], which uses the
//! same rules on facts read a moment ago.

use std::fmt;

use jiff::Timestamp;

use super::backup::{Backup, BackupState, Provenance, Source};
use super::coverage::is_of;
use super::instance::{Activity, Instance};
use super::sku::{BackupSupport, Tier};
use super::verdict::Verdict;

/// One cell of the matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// The answer.
    pub verdict: Verdict,
    /// The one reason that decides it.
    pub reason: Reason,
}

/// What is asked of every cell, and where it is written that Azure behaves so.
#[derive(Debug, PartialEq, Eq)]
pub struct Question {
    /// What it asks, in few words.
    pub title: &'static str,
    /// The sentence of the documentation, the public issue or the recording.
    pub documented: &'static str,
}

/// Whether the tier of the target has backup and restore.
pub const SUPPORTED: Question = Question {
    title: "tier has restore",
    documented: "\"Backup and restore aren't supported in the v2 service tiers or in API Management instances configured with workspaces\" (documentation)",
};
/// Whether the tiers are one.
pub const EQUAL: Question = Question {
    title: "tiers are equal",
    documented: "\"Cannot restore: current SKU is 'X', backup SKU is 'Y'\" (azure-powershell#25072): the names of the tiers must be equal, units need not",
};
/// Whether the thirty days are not over, and the blob can be read.
pub const YOUNG: Question = Question {
    title: "younger than 30 days",
    documented: "\"Cannot restore: backup expired\" after thirty days (documentation)",
};
/// Whether nothing is under way on the target.
pub const IDLE: Question = Question {
    title: "instance is idle",
    documented: "an instance that is changing answers 409 ServiceLocked (recorded traffic)",
};
/// Whether the target is another instance than the source.
pub const OTHER: Question = Question {
    title: "source is not the target",
    documented: "a restore replaces the whole configuration of its target (documentation)",
};

/// What decides a cell, worst first within its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The tier of the target has no backups.
    TierUnsupported(Tier),
    /// The tiers differ.
    TierDiffers {
        /// The tier of the backup.
        backup: Tier,
        /// The tier of the target.
        target: Tier,
    },
    /// Older than thirty days.
    Expired,
    /// In the archive tier.
    Archived,
    /// The target is changing; Azure's word.
    TargetBusy(String),
    /// The date of the backup is not known.
    AgeUnknown,
    /// The tier of the backup is not known.
    BackupTierUnknown,
    /// The tier of the target is not known, or not documented for backups.
    TargetTierUnknown,
    /// The state of the target is not known; Azure's word.
    TargetUnknown(String),
    /// The target's last change failed; Azure's word.
    TargetBroken(String),
    /// The target is where the backup came from.
    OverwritesSource,
    /// The instance is known, the tier is its tier of today: by the activity log, the name of the blob or the operator.
    TierByHearsay(Provenance),
    /// Nothing speaks against it.
    Fits,
}

impl Reason {
    /// The verdict that this reason carries.
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::TierUnsupported(_)
            | Self::TierDiffers { .. }
            | Self::Expired
            | Self::Archived
            | Self::TargetBusy(_) => Verdict::Blocked,
            Self::AgeUnknown | Self::BackupTierUnknown | Self::TargetTierUnknown | Self::TargetUnknown(_) => {
                Verdict::Unknown
            }
            Self::TargetBroken(_) | Self::OverwritesSource | Self::TierByHearsay(_) => Verdict::Warn,
            Self::Fits => Verdict::Ok,
        }
    }

    /// What Azure would answer to such a restore, word for word, where that is known.
    pub fn servers_sentence(&self) -> Option<String> {
        match self {
            Self::TierDiffers { backup, target } => {
                Some(format!("Cannot restore: current SKU is '{target}', backup SKU is '{backup}'"))
            }
            Self::Expired => Some("Cannot restore: backup expired".to_owned()),
            _ => None,
        }
    }
}

/// Judges one backup against one target.
pub fn fit(backup: &Backup, target: &Instance, now: Timestamp) -> Fit {
    let reason = answers(backup, target, now)
        .into_iter()
        .filter_map(|(_, reason)| reason)
        // The first of the worst: the questions stand in the order in which they decide.
        .reduce(|worst, next| if next.verdict() > worst.verdict() { next } else { worst })
        .unwrap_or(Reason::Fits);
    Fit { verdict: reason.verdict(), reason }
}

/// Every question about one backup and one target, with what speaks against it.
pub fn answers(
    backup: &Backup,
    target: &Instance,
    now: Timestamp,
) -> [(&'static Question, Option<Reason>); 5] {
    let target_tier = target.sku.as_ref().map(|sku| &sku.tier);
    [
        (&SUPPORTED, support(target_tier)),
        (&EQUAL, tier(&backup.source, target_tier)),
        (&YOUNG, age(backup, now)),
        (&IDLE, activity(target)),
        (&OTHER, is_of(backup, target).then_some(Reason::OverwritesSource)),
    ]
}

/// What speaks against the tier of the target alone.
pub fn support(target: Option<&Tier>) -> Option<Reason> {
    let Some(tier) = target else { return Some(Reason::TargetTierUnknown) };
    match tier.backup_support() {
        BackupSupport::Supported => None,
        BackupSupport::Unsupported => Some(Reason::TierUnsupported(tier.clone())),
        BackupSupport::Unknown => Some(Reason::TargetTierUnknown),
    }
}

/// What speaks against restoring a backup of this source into this tier. Azure compares the names of the tiers.
pub fn tier(source: &Source, target: Option<&Tier>) -> Option<Reason> {
    match (&source.tier, target) {
        (None, _) => Some(Reason::BackupTierUnknown),
        (_, None) => Some(Reason::TargetTierUnknown),
        (Some(backup), Some(target)) if backup != target => match source.provenance {
            // The tier of today may not be the tier at backup time, so a difference proves nothing.
            Provenance::ActivityLog | Provenance::Name | Provenance::Operator | Provenance::Unknown => {
                Some(Reason::BackupTierUnknown)
            }
            Provenance::Manifest | Provenance::Journal => {
                Some(Reason::TierDiffers { backup: backup.clone(), target: target.clone() })
            }
        },
        (Some(_), Some(_)) => match source.provenance {
            Provenance::Manifest | Provenance::Journal => None,
            weak @ (Provenance::ActivityLog
            | Provenance::Name
            | Provenance::Operator
            | Provenance::Unknown) => Some(Reason::TierByHearsay(weak)),
        },
    }
}

/// Whether the tier of a backup was written down when it was taken, so that a difference proves something.
pub fn is_recorded(source: &Source) -> bool {
    let strong =
        matches!(source.provenance, Provenance::Manifest | Provenance::Journal | Provenance::ActivityLog);
    strong && source.tier.is_some()
}

/// What speaks against the backup itself.
pub fn age(backup: &Backup, now: Timestamp) -> Option<Reason> {
    match backup.state(now) {
        BackupState::Usable | BackupState::Expiring => None,
        BackupState::Expired => Some(Reason::Expired),
        BackupState::Archived => Some(Reason::Archived),
        BackupState::Unknown => Some(Reason::AgeUnknown),
    }
}

/// What speaks against the state of the target.
pub fn activity(target: &Instance) -> Option<Reason> {
    match target.activity() {
        Activity::Idle => None,
        Activity::Busy(word) => Some(Reason::TargetBusy(word)),
        Activity::Broken(word) => Some(Reason::TargetBroken(word)),
        Activity::Unknown(word) => Some(Reason::TargetUnknown(word)),
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TierUnsupported(tier) => write!(f, "{tier} has no restore"),
            Self::TierDiffers { backup, target } => write!(f, "tier: backup {backup}, target {target}"),
            Self::Expired => f.write_str("expired"),
            Self::Archived => f.write_str("archived"),
            Self::TargetBusy(word) => write!(f, "target busy: {word}"),
            Self::AgeUnknown => f.write_str("date not known"),
            Self::BackupTierUnknown => f.write_str("backup's tier not recorded"),
            Self::TargetTierUnknown => f.write_str("target's tier not known"),
            Self::TargetUnknown(word) => write!(f, "target's state not known: {word}"),
            Self::TargetBroken(word) => write!(f, "target {word}"),
            Self::OverwritesSource => f.write_str("overwrites its source"),
            Self::TierByHearsay(provenance) => write!(f, "tier by {provenance} only"),
            Self::Fits => f.write_str("fits"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::backup::samples::backup;
    use crate::domain::instance::samples::instance;

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn judged(change: impl FnOnce(&mut Backup, &mut Instance)) -> Reason {
        let mut backup = backup("apim-core", 5, now());
        let mut target = instance("apim-dr", Tier::Premium);
        change(&mut backup, &mut target);
        let fit = fit(&backup, &target, now());
        assert_eq!(fit.verdict, fit.reason.verdict());
        fit.reason
    }

    #[test]
    fn every_reason_can_be_the_decisive_one() {
        assert_eq!(judged(|_, _| {}), Reason::Fits);
        assert_eq!(
            judged(|b, _| b.source.tier = Some(Tier::Basic)),
            Reason::TierDiffers { backup: Tier::Basic, target: Tier::Premium }
        );
        let v2 = judged(|_, t| t.sku.as_mut().unwrap().tier = Tier::StandardV2);
        assert_eq!(v2, Reason::TierUnsupported(Tier::StandardV2));
        assert_eq!(judged(|b, _| b.taken = None), Reason::AgeUnknown);
        assert_eq!(judged(|b, _| *b = backup("apim-core", 31 * 24, now())), Reason::Expired);
        assert_eq!(judged(|b, _| b.blob.access_tier = Some("Archive".into())), Reason::Archived);
        assert_eq!(judged(|b, _| b.source = Source::UNKNOWN), Reason::BackupTierUnknown);
        assert_eq!(judged(|_, t| t.sku = None), Reason::TargetTierUnknown);
        let word = |w: &str| Some(w.to_owned());
        let busy = judged(|_, t| t.target_state = word("Updating"));
        assert_eq!(busy, Reason::TargetBusy("Updating".into()));
        assert_eq!(judged(|_, t| t.state = word("Failed")), Reason::TargetBroken("Failed".into()));
        assert_eq!(judged(|_, t| t.state = word("Dreaming")), Reason::TargetUnknown("Dreaming".into()));
        assert_eq!(judged(|_, t| t.name = "apim-core".into()), Reason::OverwritesSource);
        let named = judged(|b, _| b.source.provenance = Provenance::Name);
        assert_eq!(named, Reason::TierByHearsay(Provenance::Name));
    }

    #[test]
    fn a_difference_known_by_hearsay_is_unknown_and_not_blocked() {
        let reason = judged(|b, _| {
            b.source.provenance = Provenance::Name;
            b.source.tier = Some(Tier::Basic);
        });
        assert_eq!(reason, Reason::BackupTierUnknown);
    }

    #[test]
    fn the_servers_sentence_is_the_documented_one() {
        let reason = Reason::TierDiffers { backup: Tier::Standard, target: Tier::StandardV2 };
        assert_eq!(
            reason.servers_sentence().unwrap(),
            "Cannot restore: current SKU is 'StandardV2', backup SKU is 'Standard'"
        );
    }
}
