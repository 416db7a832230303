//! The rules, in the order in which they are shown. Each says what Azure would say later, and where that is written.

use jiff::Timestamp;

use super::{Evidence, Facts, Finding};
use crate::domain::compatibility::{self, Reason};
use crate::domain::duration;
use crate::domain::fact::Fact;
use crate::domain::instance::Instance;
use crate::domain::permission::{self, Permissions};
use crate::domain::plan::{Access, Kind, Plan, RestorePlan};
use crate::domain::size;
use crate::domain::unfinished::{Bar, Unfinished};
use crate::domain::verdict::Verdict;

/// Runs every rule that concerns the plan.
pub(super) fn all(plan: &Plan, facts: &Facts, now: Timestamp) -> Vec<Finding> {
    let mut findings = vec![
        caller_may_act(plan.kind(), &facts.permissions),
        instance_idle(plan.kind(), &facts.instance),
        tier_supported(facts),
    ];
    if let Plan::Restore(restore) = plan {
        findings.push(tier_equal(restore, facts));
        findings.push(other_instance(restore, facts));
        findings.push(backup_readable(facts, now));
        findings.push(backup_age(restore, facts, now));
    }
    findings.push(access_possible(plan.access(), facts));
    findings.extend(none_unfinished(&facts.unfinished));
    findings
}

/// The caller holds the action and may read the polling address. A caller who may act but not poll sees "forbidden"
/// while the operation goes on (azure-powershell#26536).
fn caller_may_act(kind: Kind, permissions: &Fact<Permissions>) -> Finding {
    let action = match kind {
        Kind::Restore => permission::RESTORE,
        Kind::Backup => permission::BACKUP,
    };
    let (verdict, summary, remedy) = match permissions.value() {
        None => (Verdict::Unknown, "your permissions could not be read".to_owned(), None),
        Some(held) if !held.allow(action) => {
            let role =
                "API Management Service Operator Role on the instance, or a custom role with the action";
            (Verdict::Blocked, format!("{action} is not granted to you"), Some(format!("Ask for: {role}")))
        }
        Some(held) if !held.allow(permission::POLL) => {
            let remedy = format!("Ask for {} too; without it the end is only inferred", permission::POLL);
            (Verdict::Warn, "you may start it but not read its progress".to_owned(), Some(remedy))
        }
        Some(_) => (Verdict::Ok, format!("{kind} and its progress are granted"), None),
    };
    let shown = permissions.map(|held| {
        let grants: Vec<String> = held.0.iter().flat_map(|grant| grant.actions.clone()).collect();
        grants.join(", ")
    });
    finding(
        "permissions",
        "you may do it",
        verdict,
        summary,
        vec![evidence("granted actions", &shown)],
        remedy,
    )
}

/// An instance that is changing answers 409 `ServiceLocked` (recorded).
fn instance_idle(kind: Kind, instance: &Fact<Instance>) -> Finding {
    let (verdict, summary, remedy) = match instance.value().map(compatibility::activity) {
        None => {
            let remedy = "Without a reading of the instance nothing can be sent to it".to_owned();
            (Verdict::Unknown, "its state could not be read".to_owned(), Some(remedy))
        }
        Some(None) => (Verdict::Ok, "Succeeded, and nothing is under way".to_owned(), None),
        Some(Some(Reason::TargetBusy(word))) => {
            let remedy = "Wait until it is done, or attach to the operation that runs".to_owned();
            (Verdict::Blocked, format!("{word}: another change is under way"), Some(remedy))
        }
        Some(Some(Reason::TargetBroken(word))) => {
            let remedy = format!("Find out why it is {word}; whether a {kind} works then is not documented");
            (Verdict::Warn, format!("{word}: its last change ended badly"), Some(remedy))
        }
        Some(Some(reason)) => (Verdict::Unknown, reason.to_string(), None),
    };
    let state = instance.map(|it| it.state.clone().unwrap_or_default());
    let target = instance.map(|it| it.target_state.clone().unwrap_or_default());
    let evidence = vec![evidence("provisioningState", &state), evidence("targetProvisioningState", &target)];
    finding("instance-idle", "instance is idle", verdict, summary, evidence, remedy)
}

/// "Backup and restore aren't supported in the v2 service tiers or in API Management instances configured with
/// workspaces" (documentation).
fn tier_supported(facts: &Facts) -> Finding {
    let tier = facts.instance.map(|it| it.sku.as_ref().map(|sku| sku.tier.clone()));
    let opposed = tier.value().map(|tier| compatibility::support(tier.as_ref()));
    let rebuild =
        || Some("Rebuild from source (infrastructure as code, APIOps); no backup helps here".to_owned());
    let (verdict, summary, remedy) = match (opposed, facts.workspaces.value()) {
        (Some(Some(reason)), _) if reason.verdict() == Verdict::Blocked => {
            (Verdict::Blocked, reason.to_string(), rebuild())
        }
        (_, Some(&count)) if count > 0 => {
            let summary = format!("{count} workspace(s): such an instance has no backup and restore");
            (Verdict::Blocked, summary, rebuild())
        }
        (None, _) => (Verdict::Unknown, "its tier could not be read".to_owned(), None),
        (Some(Some(reason)), _) => (Verdict::Unknown, reason.to_string(), None),
        (Some(None), None) => {
            (Verdict::Unknown, "whether it has workspaces could not be read".to_owned(), None)
        }
        (Some(None), Some(_)) => {
            (Verdict::Ok, "the tier has backup and restore; no workspaces".to_owned(), None)
        }
    };
    let shown = tier.map(|tier| tier.as_ref().map_or("not reported".to_owned(), ToString::to_string));
    let evidence = vec![
        evidence("sku.name", &shown),
        evidence("workspaces", &facts.workspaces.map(ToString::to_string)),
    ];
    finding("tier-supported", "tier has restore", verdict, summary, evidence, remedy)
}

/// "Cannot restore: current SKU is 'X', backup SKU is 'Y'" (azure-powershell#25072): the names of the tiers must be
/// equal, units need not.
fn tier_equal(plan: &RestorePlan, facts: &Facts) -> Finding {
    let target = facts.instance.map(|it| it.sku.as_ref().map(|sku| sku.tier.clone()));
    let source = facts.backup.value().map_or(&plan.source, |backup| &backup.source);
    let reason = match target.value() {
        None => Some(Reason::TargetTierUnknown),
        Some(tier) => compatibility::tier(source, tier.as_ref()),
    };
    let backup_tier = source.tier.as_ref().map(ToString::to_string);
    let (verdict, summary, remedy) = match &reason {
        None => (Verdict::Ok, format!("both {}", backup_tier.as_deref().unwrap_or_default()), None),
        Some(reason) => {
            let remedy = match reason {
                Reason::TierDiffers { backup, .. } => {
                    let sentence = reason.servers_sentence().unwrap_or_default();
                    format!("Choose a {backup} target. Azure would answer: {sentence}")
                }
                Reason::TierByHearsay(_) => {
                    "Make sure that the tier was the same when the backup was taken".to_owned()
                }
                _ => "Find out of which tier the backup is; Azure tells only by failing".to_owned(),
            };
            (reason.verdict(), reason.to_string(), Some(remedy))
        }
    };
    let shown = target.map(|tier| tier.as_ref().map_or("not reported".to_owned(), ToString::to_string));
    let evidence = vec![
        evidence("target tier", &shown),
        Evidence {
            name: "backup tier".to_owned(),
            value: backup_tier,
            source: format!("provenance: {}", source.provenance),
            read_at: facts.backup.read_at(),
        },
    ];
    finding("tier-equal", "tiers are equal", verdict, summary, evidence, remedy)
}

/// A restore replaces the whole configuration of its target, so a target that is the source is said aloud.
fn other_instance(plan: &RestorePlan, facts: &Facts) -> Finding {
    let source = facts.backup.value().map_or(&plan.source, |backup| &backup.source);
    let same = match (&source.instance_id, &source.instance) {
        (Some(id), _) => Some(*id == plan.target),
        (None, Some(name)) => Some(name.eq_ignore_ascii_case(plan.target.name())),
        (None, None) => None,
    };
    let (verdict, summary, remedy) = match same {
        None => (Verdict::Unknown, "where the backup came from is not recorded".to_owned(), None),
        Some(true) => {
            let remedy = "Accept only if you mean to roll this very instance back".to_owned();
            (Verdict::Warn, "the target is the instance that was backed up".to_owned(), Some(remedy))
        }
        Some(false) => (Verdict::Ok, "source and target are two instances".to_owned(), None),
    };
    let row = |name: &str, value: Option<String>, source: String| Evidence {
        name: name.to_owned(),
        value,
        source,
        read_at: facts.backup.read_at(),
    };
    let evidence = vec![
        row("source", source.instance.clone(), format!("provenance: {}", source.provenance)),
        row("target", Some(plan.target.to_string()), "the plan".to_owned()),
    ];
    finding("other-instance", "source is not the target", verdict, summary, evidence, remedy)
}

/// The blob is there, has a length, and is not in the archive tier, where it cannot be read.
fn backup_readable(facts: &Facts, now: Timestamp) -> Finding {
    let backup = facts.backup.value();
    let (verdict, summary, remedy) = match backup {
        None => {
            let remedy = match &facts.backup {
                Fact::Unknown(unknown)
                    if matches!(unknown.reason, crate::domain::fact::Unreadable::Absent(_)) =>
                {
                    return absent(facts);
                }
                _ => "You cannot see it from here; the target may still reach it".to_owned(),
            };
            (Verdict::Unknown, "it could not be read".to_owned(), Some(remedy))
        }
        Some(backup) if backup.blob.is_archived() => {
            let remedy = "Rehydrate it to Hot or Cool first; that takes hours".to_owned();
            (Verdict::Blocked, "it lies in the archive tier".to_owned(), Some(remedy))
        }
        Some(backup) if backup.blob.size == Some(0) => {
            (Verdict::Blocked, "it is empty".to_owned(), Some("Choose another backup".to_owned()))
        }
        Some(backup) => {
            let size = backup.blob.size.map_or("of unknown size".to_owned(), size::short);
            let age = backup.age(now).map_or(String::new(), |age| format!(", {} old", duration::short(age)));
            (Verdict::Ok, format!("it is there, {size}{age}"), None)
        }
    };
    let etag = facts.backup.map(|it| it.blob.etag.clone().unwrap_or_default());
    let tier = facts.backup.map(|it| it.blob.access_tier.clone().unwrap_or_default());
    let evidence = vec![evidence("etag", &etag), evidence("access tier", &tier)];
    finding("backup-readable", "backup is readable", verdict, summary, evidence, remedy)
}

fn absent(facts: &Facts) -> Finding {
    let evidence = vec![evidence("blob", &facts.backup.map(|it| it.blob.address.to_string()))];
    let remedy = Some("Choose a backup from the list; look for a soft-deleted one in the portal".to_owned());
    let summary = "there is no such blob".to_owned();
    finding("backup-readable", "backup is readable", Verdict::Blocked, summary, evidence, remedy)
}

/// "Cannot restore: backup expired" after thirty days (documentation).
fn backup_age(plan: &RestorePlan, facts: &Facts, now: Timestamp) -> Finding {
    let taken = facts.backup.value().map_or(plan.taken, |backup| backup.taken);
    let left = taken.and_then(|taken| {
        let end = taken.at.checked_add(crate::domain::backup::LIFETIME).ok()?;
        Some(end.duration_since(now))
    });
    let (verdict, summary, remedy) = match left {
        None => (Verdict::Unknown, "when it was taken is not known".to_owned(), None),
        Some(left) if left.is_positive() && facts.backup.value().is_none() => {
            (Verdict::Unknown, format!("{} left by an earlier listing", duration::short(left)), None)
        }
        Some(left) if left.is_positive() => {
            (Verdict::Ok, format!("{} of 30 days left", duration::short(left)), None)
        }
        Some(left) => {
            let remedy =
                "Choose a younger one. Azure would answer: Cannot restore: backup expired".to_owned();
            (Verdict::Blocked, format!("expired {} ago", duration::short(left.abs())), Some(remedy))
        }
    };
    let evidence = vec![Evidence {
        name: "taken".to_owned(),
        value: taken.map(|taken| taken.at.to_string()),
        source: taken.map_or("nothing tells".to_owned(), |taken| taken.by.to_string()),
        read_at: facts.backup.read_at(),
    }];
    finding("backup-age", "younger than 30 days", verdict, summary, evidence, remedy)
}

/// The way to the storage account exists: an identity that the instance has, or a key that the account allows.
fn access_possible(access: &Access, facts: &Facts) -> Finding {
    match access {
        Access::Key => key_possible(facts),
        Access::System => {
            let found = facts.instance.map(|it| it.identity.system.clone());
            let summary = "the instance has no system-assigned identity";
            identity_possible(
                &found,
                summary,
                "Turn its system-assigned identity on (PATCH identity, keep the others)",
            )
        }
        Access::User { client_id } => {
            let found = facts.instance.map(|it| {
                let mut ids = it.identity.user.iter().filter_map(|user| user.client_id.clone());
                ids.find(|id| id.eq_ignore_ascii_case(client_id))
            });
            let summary = format!("the instance does not have the identity {client_id}");
            identity_possible(
                &found,
                &summary,
                "Attach that identity to the instance, or choose one that it has",
            )
        }
    }
}

fn identity_possible(found: &Fact<Option<String>>, missing: &str, remedy: &str) -> Finding {
    let (verdict, summary, remedy) = match found.value() {
        None => (Verdict::Unknown, "its identities could not be read".to_owned(), None),
        Some(None) => (Verdict::Blocked, missing.to_owned(), Some(remedy.to_owned())),
        // Its role on the account is another question, and Azure answers it before it accepts anything.
        Some(Some(_)) => (Verdict::Ok, "the instance has this identity".to_owned(), None),
    };
    let shown = found.map(|id| id.clone().unwrap_or_else(|| "none".to_owned()));
    finding("access", "access is possible", verdict, summary, vec![evidence("identity", &shown)], remedy)
}

/// A refused key is answered with `KeyBasedAuthenticationNotPermitted`.
fn key_possible(facts: &Facts) -> Finding {
    let allowed = facts.account.map(|account| account.shared_key_access);
    let may_list = facts.account_permissions.map(|held| held.allow(permission::LIST_KEYS));
    let (verdict, summary, remedy) = match (allowed.value(), may_list.value()) {
        (Some(Some(false)), _) => {
            let remedy = "Use a managed identity".to_owned();
            (Verdict::Blocked, "the account refuses shared keys".to_owned(), Some(remedy))
        }
        (_, Some(false)) => {
            let remedy =
                format!("Ask for {} on the account, or use a managed identity", permission::LIST_KEYS);
            (Verdict::Blocked, "you may not read the account's keys".to_owned(), Some(remedy))
        }
        (None, _) => (Verdict::Unknown, "the account could not be read".to_owned(), None),
        (_, None) => (Verdict::Unknown, "whether you may read its keys could not be read".to_owned(), None),
        // Azure documents an absent allowSharedKeyAccess as allowed.
        (Some(None | Some(true)), Some(true)) => {
            (Verdict::Ok, "the account allows keys and you may read them".to_owned(), None)
        }
    };
    let shown = allowed.map(|value| value.map_or("absent (allowed)".to_owned(), |value| value.to_string()));
    let evidence = vec![
        evidence("allowSharedKeyAccess", &shown),
        evidence("listKeys granted", &may_list.map(ToString::to_string)),
    ];
    finding("access", "access is possible", verdict, summary, evidence, remedy)
}

/// No operation of ours is open on the instance. One that runs is waited for; one whose outcome is UNKNOWN is a matter
/// for a person, because its end may never be told. Whoever looks at no journal says nothing here: the journal itself
/// refuses a second operation when it is begun.
fn none_unfinished(fact: &Fact<Vec<Unfinished>>) -> Option<Finding> {
    let open = match fact {
        Fact::NotAsked => return None,
        Fact::Known(known) => known.value.as_slice(),
        Fact::Unknown(_) => &[],
    };
    let told = |all: &[Unfinished]| all.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    let running = open.iter().find(|it| it.bar() == Bar::UntilEnded);
    let (verdict, summary, remedy) = match (fact, running.or(open.first())) {
        (Fact::Unknown(unknown), _) => {
            let remedy =
                "Look at the instance itself; when nothing runs there, move the file elsewhere".to_owned();
            (Verdict::Blocked, format!("whether one is open is {}", unknown.reason), Some(remedy))
        }
        (_, None) => (Verdict::Ok, "no operation of this journal is open on it".to_owned(), None),
        (_, Some(first)) => {
            let verdict = if running.is_some() { Verdict::Blocked } else { Verdict::Unknown };
            (verdict, told(open), Some(first.remedy()))
        }
    };
    let evidence = vec![evidence("open operations", &fact.map(|open| open.len().to_string()))];
    Some(finding("unfinished", "nothing of ours is open", verdict, summary, evidence, remedy))
}

/// A fact as evidence: its value, or why there is none.
fn evidence(name: &str, fact: &Fact<String>) -> Evidence {
    let (value, source) = match fact {
        Fact::Known(known) => (Some(known.value.clone()), known.source.clone()),
        Fact::Unknown(unknown) => (None, format!("{}: {}", unknown.source, unknown.reason)),
        Fact::NotAsked => (None, "not asked".to_owned()),
    };
    Evidence { name: name.to_owned(), value, source, read_at: fact.read_at() }
}

#[expect(
    clippy::too_many_arguments,
    reason = "the six parts of a finding, in the order in which they are read"
)]
fn finding(
    id: &'static str,
    title: &'static str,
    verdict: Verdict,
    summary: String,
    evidence: Vec<Evidence>,
    remedy: Option<String>,
) -> Finding {
    Finding { id, title, verdict, summary, evidence, remedy }
}
