//! The backup: its tier, its origin, whether it can be read, and its age.

use crate::domain::backup::{Blob, Condition, LIFETIME};
use crate::domain::compatibility::{self, Reason};
use crate::domain::duration;
use crate::domain::fact::{Fact, Unreadable};
use crate::domain::preflight::{Case, Evidence, Finding, Remedy, Rule, command, word};
use crate::domain::size;

use super::hearsay;

static TIER: Rule =
    Rule { id: "tier-equal", title: "tiers are equal", documented: compatibility::EQUAL.documented };

/// Backup and target are of one tier.
pub(super) fn tier_equal(case: &Case<'_>) -> Option<Finding> {
    let plan = case.restore()?;
    let facts = case.facts;
    let target = facts.instance.map(|it| it.sku.as_ref().map(|sku| sku.tier.clone()));
    let (source, then) = hearsay::source_then(plan, facts);
    let reason = match target.value() {
        None => Some(Reason::TargetTierUnknown),
        Some(tier) => hearsay::tier(&source, tier.as_ref(), then.as_ref()),
    };
    let backup_tier = source.tier.as_ref().map(ToString::to_string);
    let finding = match &reason {
        None => TIER.ok(format!("both {}", backup_tier.as_deref().unwrap_or_default())),
        Some(reason) => TIER
            .finds(reason.verdict(), hearsay::words(reason, &source, then.as_ref()))
            .advising(tier_remedy(reason)),
    };
    let shown = target.map(|tier| tier.as_ref().map_or("not reported".to_owned(), ToString::to_string));
    let finding = finding.resting_on(Evidence::of("target tier", &shown)).resting_on(Evidence {
        name: "backup tier".to_owned(),
        value: backup_tier,
        source: format!("provenance: {}", source.provenance),
        read_at: facts.backup.read_at(),
    });
    Some(match &facts.tier_changes {
        Fact::NotAsked => finding,
        changes => finding
            .resting_on(Evidence::of("changes of the source's tier", &changes.map(|it| hearsay::listed(it)))),
    })
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
        None => match fact {
            Fact::Unknown(it) if matches!(it.reason, Unreadable::Absent(_)) => absent(case),
            Fact::Unknown(it) => unseen(&it.reason),
            Fact::Known(_) | Fact::NotAsked => READABLE.unknown("it was not read"),
        },
        Some(blob) if blob.is_archived() => archived(blob),
        // What Azure says to an empty one is not known: no documentation and no recording tells it. There is no
        // configuration in it, and a restore overwrites what the target has.
        Some(blob) if blob.size == Some(0) => READABLE
            .blocked("it is empty")
            .advising(
                "Choose another backup. This rests on its length alone: what Azure answers to an empty one is written nowhere",
            )
            .resting_on(Evidence::of("length", &fact.map(|it| size::short(it.blob.size.unwrap_or_default())))),
        Some(Blob { condition: Condition { copy: Some(word), .. }, .. })
            if !word.eq_ignore_ascii_case("success") =>
        {
            READABLE
                .warn(format!("it is a copy, and the copying is '{word}'"))
                .advising("Wait until it is done, or restore from the original")
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

/// It is not there; perhaps it can be had back.
fn absent(case: &Case<'_>) -> Finding {
    let facts = case.facts;
    let address = case.plan.address();
    let Some(Some(deleted)) = facts.deleted.value() else {
        let versions = facts.blob_service.value().and_then(|it| it.versioning) == Some(true);
        let hint = if versions { "; the account keeps versions, perhaps an older one is there" } else { "" };
        return READABLE
            .blocked("there is no such blob")
            .advising(format!("Choose a backup from the list{hint}"));
    };
    let at = deleted.at.map_or(String::new(), |at| format!(" on {}", at.strftime("%Y-%m-%d %H:%M UTC")));
    let left = deleted.days_left.map_or(String::new(), |days| format!("; it is kept for {days} more days"));
    let finding = READABLE.blocked(format!("it was deleted{at}{left}"));
    let advice = Remedy::from("Undelete it, then check again");
    // Where versions are kept, "undelete" says that it worked and brings nothing back.
    finding.advising(match facts.blob_service.value() {
        Some(service) if service.versioning != Some(true) => advice.by(command(&[
            "az storage blob undelete --auth-mode login --account-name",
            &word(&address.location.account),
            "--container-name",
            &word(&address.location.container),
            "--name",
            &word(&address.name),
        ])),
        _ => advice,
    })
}

/// Storage keeps this machine out; its code says who does. The instance may get in all the same.
fn unseen(reason: &Unreadable) -> Finding {
    let of =
        |code: &str| matches!(reason, Unreadable::Forbidden(words) if words.split(':').next() == Some(code));
    let (what, advice) = if of("AuthorizationPermissionMismatch") {
        ("you have no role on the blobs of the account", "Ask for Storage Blob Data Reader on the account")
    } else if of("AuthenticationFailed") {
        ("storage did not take your key or token", "Check the clock of this machine, then try again")
    } else if of("AuthorizationFailure") {
        ("the account's firewall keeps this machine out", "Work from a network that the account lets in")
    } else if of("KeyBasedAuthenticationNotPermitted") {
        ("the account refuses keys", "Ask for Storage Blob Data Reader on the account, and list with Entra")
    } else {
        ("", "You cannot see it from here")
    };
    let summary = if what.is_empty() {
        "it could not be read".to_owned()
    } else {
        format!("it could not be read: {what}")
    };
    READABLE.unknown(summary).advising(format!("{advice}; the target may still reach it"))
}

fn archived(blob: &Blob) -> Finding {
    match &blob.condition.rehydration {
        Some(word) => READABLE
            .blocked(format!("it still lies in the archive tier ({word})"))
            .advising("Wait until it is rehydrated; that takes up to fifteen hours"),
        None => READABLE
            .blocked("it lies in the archive tier")
            .advising("Rehydrate it to Hot or Cool first; that takes hours"),
    }
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
    use crate::domain::backup::{Deleted, Provenance, Source};
    use crate::domain::preflight::samples::{Row, assert_rows, edit, finding_of, known, now, unread};
    use crate::domain::sku::Tier;
    use crate::domain::tier_change::TierChange;
    use crate::domain::verdict::Verdict::{Blocked, Ok, Unknown, Warn};
    use jiff::SignedDuration;

    /// The source was of this tier until an hour ago.
    fn changed_from(tier: Tier) -> Fact<Vec<TierChange>> {
        known(vec![TierChange { at: now() - SignedDuration::from_hours(1), from: Some(tier) }])
    }

    const ROWS: &[Row] = &[
        ("tier-equal", Ok, |_, _| {}),
        ("tier-equal", Blocked, |_, f| edit(&mut f.backup, |b| b.source.tier = Some(Tier::Basic))),
        ("tier-equal", Warn, |_, f| edit(&mut f.backup, |b| b.source.provenance = Provenance::Name)),
        ("tier-equal", Unknown, |_, f| edit(&mut f.backup, |b| b.source = Source::UNKNOWN)),
        ("tier-equal", Unknown, |_, f| f.instance = Fact::NotAsked),
        ("tier-equal", Warn, |_, f| edit(&mut f.backup, |b| b.source.provenance = Provenance::ActivityLog)),
        ("tier-equal", Blocked, |_, f| {
            edit(&mut f.backup, |b| b.source.provenance = Provenance::ActivityLog);
            f.tier_changes = changed_from(Tier::Standard);
        }),
        // The name may not tell the instance either.
        ("tier-equal", Unknown, |_, f| {
            edit(&mut f.backup, |b| b.source.provenance = Provenance::Name);
            f.tier_changes = changed_from(Tier::Standard);
        }),
        ("tier-equal", Warn, |_, f| {
            edit(&mut f.backup, |b| {
                b.source.provenance = Provenance::ActivityLog;
                b.source.tier = Some(Tier::Standard);
            });
            f.tier_changes = changed_from(Tier::Premium);
        }),
        // What the manifest says is not doubted.
        ("tier-equal", Ok, |_, f| f.tier_changes = changed_from(Tier::Standard)),
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
        ("backup-readable", Unknown, |_, f| f.backup = Fact::NotAsked),
        ("backup-readable", Blocked, |_, f| {
            edit(&mut f.backup, |b| {
                b.blob.access_tier = Some("Archive".into());
                b.blob.condition.rehydration = Some("rehydrate-pending-to-hot".into());
            });
        }),
        ("backup-readable", Warn, |_, f| {
            edit(&mut f.backup, |b| b.blob.condition.copy = Some("pending".into()))
        }),
        ("backup-readable", Warn, |_, f| {
            edit(&mut f.backup, |b| b.blob.condition.copy = Some("failed".into()))
        }),
        ("backup-readable", Ok, |_, f| {
            edit(&mut f.backup, |b| b.blob.condition.copy = Some("success".into()))
        }),
        ("backup-readable", Ok, |_, f| {
            edit(&mut f.backup, |b| b.blob.condition.lease = Some("leased".into()))
        }),
        ("backup-age", Ok, |_, _| {}),
        ("backup-age", Blocked, |_, f| edit(&mut f.backup, |b| *b = backup("apim-core", 30 * 24, now()))),
        ("backup-age", Unknown, |_, f| edit(&mut f.backup, |b| b.taken = None)),
        ("backup-age", Unknown, |_, f| f.backup = Fact::NotAsked),
    ];

    /// The rule is written down for the archive tier; an empty backup is stopped by its length, and says so.
    #[test]
    fn an_empty_backup_says_on_what_its_blocker_rests() {
        let finding = finding_of("backup-readable", |_, f| edit(&mut f.backup, |b| b.blob.size = Some(0)));
        let length = finding.evidence.iter().find(|it| it.name == "length").unwrap();
        assert_eq!(length.value.as_deref(), Some("0 B"));
        let advice = finding.remedy.unwrap().advice;
        assert!(advice.contains("rests on its length alone"), "{advice}");
    }

    #[test]
    fn each_rule_gives_each_of_its_answers() {
        assert_rows(ROWS);
    }

    #[test]
    fn a_forbidden_reading_says_who_forbids_it() {
        let table = [
            ("AuthorizationPermissionMismatch", "no role on the blobs"),
            ("AuthenticationFailed", "your key or token"),
            ("AuthorizationFailure", "firewall"),
            ("KeyBasedAuthenticationNotPermitted", "refuses keys"),
            ("SomethingNew", "it could not be read"),
        ];
        for (code, words) in table {
            // A HEAD has the code only; another reading has words after it.
            for reason in [code.to_owned(), format!("{code}: This request is not authorized.")] {
                let found =
                    finding_of("backup-readable", |_, f| f.backup = unread(Unreadable::Forbidden(reason)));
                assert_eq!(found.verdict, Unknown);
                assert!(found.summary.contains(words), "{code}: {}", found.summary);
                assert!(found.evidence[0].source.contains(code), "{:?}", found.evidence);
            }
        }
    }

    #[test]
    fn a_deleted_backup_is_undeleted_by_a_command_unless_versions_are_kept() {
        let deleted = Deleted { at: Some(now()), days_left: Some(6) };
        let gone = |versioning: Option<bool>| {
            finding_of("backup-readable", move |p, f| {
                p.backup.name = "core 1.apimbackup".into();
                f.backup = unread(Unreadable::Absent("BlobNotFound".into()));
                f.deleted = known(Some(deleted));
                edit(&mut f.blob_service, |it| it.versioning = versioning);
            })
        };
        let found = gone(None);
        assert_eq!(found.summary, "it was deleted on 2026-11-23 12:00 UTC; it is kept for 6 more days");
        assert_eq!(
            found.remedy.unwrap().command.unwrap(),
            "az storage blob undelete --auth-mode login --account-name stcore --container-name apim --name 'core 1.apimbackup'"
        );
        assert_eq!(gone(Some(true)).remedy.unwrap().command, None);
        let never = finding_of("backup-readable", |_, f| {
            f.backup = unread(Unreadable::Absent("BlobNotFound".into()));
            f.deleted = known(None);
        });
        assert_eq!((never.verdict, never.summary.as_str()), (Blocked, "there is no such blob"));
    }
}
