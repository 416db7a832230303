//! The backup: its tier, its origin, whether it can be read, and its age.

use crate::domain::backup::LIFETIME;
use crate::domain::compatibility::{self, Reason};
use crate::domain::duration;
use crate::domain::fact::{Fact, Unreadable};
use crate::domain::preflight::{Case, Evidence, Finding, Remedy, Rule};
use crate::domain::size;

static TIER: Rule =
    Rule { id: "tier-equal", title: "tiers are equal", documented: compatibility::EQUAL.documented };

/// Backup and target are of one tier.
pub(super) fn tier_equal(case: &Case<'_>) -> Option<Finding> {
    let plan = case.restore()?;
    let facts = case.facts;
    let target = facts.instance.map(|it| it.sku.as_ref().map(|sku| sku.tier.clone()));
    let source = plan.source_by(facts);
    let reason = match target.value() {
        None => Some(Reason::TargetTierUnknown),
        Some(tier) => compatibility::tier(source, tier.as_ref()),
    };
    let backup_tier = source.tier.as_ref().map(ToString::to_string);
    let finding = match &reason {
        None => TIER.ok(format!("both {}", backup_tier.as_deref().unwrap_or_default())),
        Some(reason) => TIER.finds(reason.verdict(), reason.to_string()).advising(tier_remedy(reason)),
    };
    let shown = target.map(|tier| tier.as_ref().map_or("not reported".to_owned(), ToString::to_string));
    Some(finding.resting_on(Evidence::of("target tier", &shown)).resting_on(Evidence {
        name: "backup tier".to_owned(),
        value: backup_tier,
        source: format!("provenance: {}", source.provenance),
        read_at: facts.backup.read_at(),
    }))
}

fn tier_remedy(reason: &Reason) -> Remedy {
    match reason {
        Reason::TierDiffers { backup, .. } => {
            let sentence = reason.servers_sentence().unwrap_or_default();
            format!("Choose a {backup} target. Azure would answer: {sentence}").into()
        }
        Reason::TierByHearsay(_) => "Make sure that the tier was the same when the backup was taken".into(),
        _ => "Find out of which tier the backup is; Azure tells only by failing".into(),
    }
}

static OTHER: Rule = Rule {
    id: "other-instance",
    title: "source is not the target",
    documented: compatibility::OTHER.documented,
};

/// A target that is the source is said aloud.
pub(super) fn other_instance(case: &Case<'_>) -> Option<Finding> {
    let plan = case.restore()?;
    let source = plan.source_by(case.facts);
    let same = match (&source.instance_id, &source.instance) {
        (Some(id), _) => Some(*id == plan.target),
        (None, Some(name)) => Some(name.eq_ignore_ascii_case(plan.target.name())),
        (None, None) => None,
    };
    let finding = match same {
        None => OTHER.unknown("where the backup came from is not recorded"),
        Some(true) => OTHER
            .warn("the target is the instance that was backed up")
            .advising("Accept only if you mean to roll this very instance back"),
        Some(false) => OTHER.ok("source and target are two instances"),
    };
    let row = |name: &str, value: Option<String>, source: String| Evidence {
        name: name.to_owned(),
        value,
        source,
        read_at: case.facts.backup.read_at(),
    };
    Some(
        finding
            .resting_on(row("source", source.instance.clone(), format!("provenance: {}", source.provenance)))
            .resting_on(row("target", Some(plan.target.to_string()), "the plan".to_owned())),
    )
}

static READABLE: Rule = Rule {
    id: "backup-readable",
    title: "backup is readable",
    documented: "a blob in the archive tier answers BlobArchived to every reading (storage documentation)",
};

/// The blob is there, has a length, and is not in the archive tier.
pub(super) fn readable(case: &Case<'_>) -> Option<Finding> {
    case.restore()?;
    let fact = &case.facts.backup;
    let finding = match fact.value().map(|backup| &backup.blob) {
        None if matches!(fact, Fact::Unknown(it) if matches!(it.reason, Unreadable::Absent(_))) => READABLE
            .blocked("there is no such blob")
            .advising("Choose a backup from the list; look for a soft-deleted one in the portal"),
        None => READABLE
            .unknown("it could not be read")
            .advising("You cannot see it from here; the target may still reach it"),
        Some(blob) if blob.is_archived() => READABLE
            .blocked("it lies in the archive tier")
            .advising("Rehydrate it to Hot or Cool first; that takes hours"),
        Some(blob) if blob.size == Some(0) => {
            READABLE.blocked("it is empty").advising("Choose another backup")
        }
        Some(blob) => {
            let size = blob.size.map_or("of unknown size".to_owned(), size::short);
            let age = fact.value().and_then(|backup| backup.age(case.now));
            let age = age.map_or(String::new(), |age| format!(", {} old", duration::short(age)));
            READABLE.ok(format!("it is there, {size}{age}"))
        }
    };
    let etag = fact.map(|it| it.blob.etag.clone().unwrap_or_default());
    let tier = fact.map(|it| it.blob.access_tier.clone().unwrap_or_default());
    Some(finding.resting_on(Evidence::of("etag", &etag)).resting_on(Evidence::of("access tier", &tier)))
}

static YOUNG: Rule =
    Rule { id: "backup-age", title: "younger than 30 days", documented: compatibility::YOUNG.documented };

/// The thirty days are not over.
pub(super) fn young(case: &Case<'_>) -> Option<Finding> {
    let plan = case.restore()?;
    let backup = &case.facts.backup;
    let taken = backup.value().map_or(plan.taken, |backup| backup.taken);
    let left = taken.and_then(|taken| Some(taken.at.checked_add(LIFETIME).ok()?.duration_since(case.now)));
    let finding = match left {
        None => YOUNG.unknown("when it was taken is not known"),
        Some(left) if left.is_positive() && backup.value().is_none() => {
            YOUNG.unknown(format!("{} left by an earlier listing", duration::short(left)))
        }
        Some(left) if left.is_positive() => YOUNG.ok(format!("{} of 30 days left", duration::short(left))),
        Some(left) => YOUNG
            .blocked(format!("expired {} ago", duration::short(left.abs())))
            .advising("Choose a younger one. Azure would answer: Cannot restore: backup expired"),
    };
    Some(finding.resting_on(Evidence {
        name: "taken".to_owned(),
        value: taken.map(|taken| taken.at.to_string()),
        source: taken.map_or("nothing tells".to_owned(), |taken| taken.by.to_string()),
        read_at: backup.read_at(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::backup::samples::backup;
    use crate::domain::backup::{Provenance, Source};
    use crate::domain::preflight::samples::{Row, assert_rows, edit, now, unread};
    use crate::domain::sku::Tier;
    use crate::domain::verdict::Verdict::{Blocked, Ok, Unknown, Warn};

    const ROWS: &[Row] = &[
        ("tier-equal", Ok, |_, _| {}),
        ("tier-equal", Blocked, |_, f| edit(&mut f.backup, |b| b.source.tier = Some(Tier::Basic))),
        ("tier-equal", Warn, |_, f| edit(&mut f.backup, |b| b.source.provenance = Provenance::Name)),
        ("tier-equal", Unknown, |_, f| edit(&mut f.backup, |b| b.source = Source::UNKNOWN)),
        ("tier-equal", Unknown, |_, f| f.instance = Fact::NotAsked),
        ("other-instance", Ok, |_, _| {}),
        ("other-instance", Warn, |_, f| edit(&mut f.backup, |b| b.source.instance = Some("APIM-DR".into()))),
        ("other-instance", Unknown, |_, f| edit(&mut f.backup, |b| b.source.instance = None)),
        ("backup-readable", Ok, |_, _| {}),
        ("backup-readable", Blocked, |_, f| {
            edit(&mut f.backup, |b| b.blob.access_tier = Some("Archive".into()))
        }),
        ("backup-readable", Blocked, |_, f| edit(&mut f.backup, |b| b.blob.size = Some(0))),
        ("backup-readable", Blocked, |_, f| f.backup = unread(Unreadable::Absent("BlobNotFound".into()))),
        ("backup-readable", Unknown, |_, f| f.backup = unread(Unreadable::Forbidden("firewall".into()))),
        ("backup-age", Ok, |_, _| {}),
        ("backup-age", Blocked, |_, f| edit(&mut f.backup, |b| *b = backup("apim-core", 30 * 24, now()))),
        ("backup-age", Unknown, |_, f| edit(&mut f.backup, |b| b.taken = None)),
        ("backup-age", Unknown, |_, f| f.backup = Fact::NotAsked),
    ];

    #[test]
    fn each_rule_gives_each_of_its_answers() {
        assert_rows(ROWS);
    }
}
