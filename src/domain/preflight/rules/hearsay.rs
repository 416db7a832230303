//! The tier of a backup of which only the instance is known: the tier of today, and what Resource Graph tells of its
//! changes since.
//!
//! That Graph keeps changes of the tier under `sku.name` is inferred. A change that it shows is believed, because it
//! would not be there otherwise; that it shows none proves nothing, and stays a warning.

use std::borrow::Cow;

use crate::domain::backup::{Provenance, Source};
use crate::domain::compatibility::{self, Reason};
use crate::domain::preflight::{Facts, RestorePlan};
use crate::domain::sku::Tier;
use crate::domain::tier_change::{Then, TierChange, tier_then};

/// The source with the tier that it had when the backup was taken, as far as changes tell it; and what they tell, when
/// they were asked for.
pub(super) fn source_then<'a>(plan: &'a RestorePlan, facts: &'a Facts) -> (Cow<'a, Source>, Option<Then>) {
    let source = plan.source_by(facts);
    let is_firm = matches!(source.provenance, Provenance::Manifest | Provenance::Journal);
    let known = facts.tier_changes.value().zip(facts.tier_changes.read_at());
    let (Some((changes, read_at)), Some(taken), false) = (known, plan.taken_by(facts), is_firm) else {
        return (Cow::Borrowed(source), None);
    };
    let then = tier_then(changes, taken, read_at);
    match &then {
        Then::Was(tier) => (Cow::Owned(Source { tier: Some(tier.clone()), ..source.clone() }), Some(then)),
        Then::AsToday | Then::Unclear => (Cow::Borrowed(source), Some(then)),
    }
}

/// What speaks against restoring it into this tier.
pub(super) fn tier(source: &Source, target: Option<&Tier>, then: Option<&Then>) -> Option<Reason> {
    match (then, &source.tier, target, source.provenance) {
        (Some(Then::Was(_)), Some(backup), Some(target), Provenance::ActivityLog) if backup != target => {
            Some(Reason::TierDiffers { backup: backup.clone(), target: target.clone() })
        }
        _ => compatibility::tier(source, target),
    }
}

/// The reason in one line, with what the changes add to it.
pub(super) fn words(reason: &Reason, source: &Source, then: Option<&Then>) -> String {
    let tier = source.tier.as_ref().map_or("not known", Tier::as_str);
    match (reason, then) {
        (Reason::TierByHearsay(by), Some(Then::AsToday)) => {
            format!("{tier} today by {by}, and Resource Graph shows no change of the tier since the backup")
        }
        (Reason::TierByHearsay(by), Some(Then::Was(_))) => {
            format!("it was {tier} then, as Resource Graph shows; which instance it was is known by {by}")
        }
        (Reason::TierByHearsay(by), Some(Then::Unclear)) => {
            format!("{tier} today by {by}; Resource Graph does not reach back to the backup")
        }
        (Reason::BackupTierUnknown, Some(Then::Was(_))) => format!(
            "{tier} then, as Resource Graph shows, and the target is not; but that it is this instance's is known by {} only",
            source.provenance
        ),
        _ => reason.to_string(),
    }
}

/// The changes as evidence.
pub(super) fn listed(changes: &[TierChange]) -> String {
    let one = |it: &TierChange| match &it.from {
        Some(tier) => format!("{tier} until {}", it.at),
        None => format!("made or deleted at {}", it.at),
    };
    if changes.is_empty() {
        "none within fourteen days".to_owned()
    } else {
        changes.iter().map(one).collect::<Vec<_>>().join("; ")
    }
}
