//! The lifecycle rules of the storage account: a backup that is tidied away cannot be restored.

use jiff::SignedDuration;

use crate::domain::backup::LIFETIME;
use crate::domain::lifecycle::{Doom, Fate, doom};
use crate::domain::plan::Plan;
use crate::domain::preflight::{Case, Evidence, Finding, Rule};

static LIFECYCLE: Rule = Rule {
    id: "storage-lifecycle",
    title: "storage keeps the backup",
    documented: "a lifecycle rule deletes or archives whatever fits its filter (storage documentation); a deleted or archived blob cannot be restored",
};

const READ: &str = "Microsoft.Storage/storageAccounts/managementPolicies/read on the account";

/// A restore that is about to begin is over long before: what a rule does later is told, and no reason is asked for it.
/// Whoever takes a backup is warned of it.
const SOON: SignedDuration = SignedDuration::from_hours(48);

/// No rule takes the backup away within its thirty days.
pub(super) fn spares(case: &Case<'_>) -> Option<Finding> {
    let rules = &case.facts.lifecycle;
    let blob = case.facts.backup.value().map(|it| &it.blob);
    // A backup that is being taken is as old as this moment.
    let made = match case.plan {
        Plan::Backup(_) => Some((case.now, case.now)),
        Plan::Restore(_) => blob.and_then(|it| {
            let created = it.created_at.or(it.last_modified)?;
            Some((created, it.last_modified.unwrap_or(created)))
        }),
    };
    let taken = match case.plan {
        Plan::Backup(_) => Some(case.now),
        Plan::Restore(plan) => case.facts.backup.value().map_or(plan.taken, |it| it.taken).map(|it| it.at),
    };
    let expires = taken.and_then(|at| at.checked_add(LIFETIME).ok());
    let finding = match (rules.value(), made) {
        (None, _) => LIFECYCLE.unread(rules, "the lifecycle rules of the account", READ),
        (Some(all), _) if all.is_empty() => LIFECYCLE.ok("the account has no rule"),
        (Some(_), None) => LIFECYCLE.unknown("there are rules, and how old the blob is could not be read"),
        (Some(all), Some((created, modified))) => match doom(all, case.plan.address(), created, modified) {
            None => LIFECYCLE.ok("no rule of the account concerns it"),
            Some(doom) if expires.is_some_and(|expires| doom.from >= expires) => {
                LIFECYCLE.ok(format!("it is {} only after it has expired", doom.fate))
            }
            Some(doom) if matches!(case.plan, Plan::Restore(_)) && doom.from > case.now + SOON => {
                LIFECYCLE.ok(told(case, &doom))
            }
            Some(doom) => LIFECYCLE.warn(told(case, &doom)).advising(advice(case, &doom)),
        },
    };
    let shown = rules.map(|all| match all.as_slice() {
        [] => "none".to_owned(),
        all => all.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().join(", "),
    });
    Some(finding.resting_on(Evidence::of("lifecycle rules", &shown)))
}

fn told(case: &Case<'_>, doom: &Doom) -> String {
    let may = if doom.is_conditional { "may be" } else { "is" };
    let day = doom.from.strftime("%Y-%m-%d %H:%M UTC");
    let tense = if doom.from <= case.now { "due since" } else { "from" };
    format!("it {may} {} by the rule '{}' {tense} {day}, before it expires", doom.fate, doom.rule)
}

fn advice(case: &Case<'_>, doom: &Doom) -> &'static str {
    match (case.plan, doom.fate) {
        (Plan::Restore(_), _) if doom.from <= case.now => {
            "Restore soon, or turn the rule off first: it runs once a day"
        }
        (_, Fate::Deleted) => "Let the rule keep backups for thirty days and more",
        (_, Fate::Archived) => "Take the backups out of the rule: nothing is restored from the archive tier",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fact::{Fact, Unreadable};
    use crate::domain::lifecycle::{Deed, LifecycleRule, Since};
    use crate::domain::plan::{Access, BackupPlan};
    use crate::domain::preflight::Preflight;
    use crate::domain::preflight::samples::{Row, assert_rows, edit, finding_of, fine, known, now, unread};
    use crate::domain::verdict::Verdict::{self, Ok, Unknown, Warn};

    fn rule(prefix: &str, fate: Fate, days: u32) -> Vec<LifecycleRule> {
        vec![LifecycleRule {
            name: "tidy".into(),
            prefixes: vec![prefix.into()],
            is_for_tagged: false,
            deeds: vec![Deed { fate, days, since: Since::Modification }],
        }]
    }

    const ROWS: &[Row] = &[
        ("storage-lifecycle", Ok, |_, _| {}),
        ("storage-lifecycle", Ok, |_, f| f.lifecycle = known(rule("logs/", Fate::Deleted, 1))),
        ("storage-lifecycle", Ok, |_, f| f.lifecycle = known(rule("apim/", Fate::Deleted, 30))),
        ("storage-lifecycle", Ok, |_, f| f.lifecycle = known(rule("apim/", Fate::Deleted, 29))),
        ("storage-lifecycle", Warn, |_, f| f.lifecycle = known(rule("apim/", Fate::Deleted, 2))),
        ("storage-lifecycle", Warn, |_, f| f.lifecycle = known(rule("apim/", Fate::Archived, 0))),
        ("storage-lifecycle", Ok, |p, f| {
            f.lifecycle = known(rule("", Fate::Deleted, 400));
            edit(&mut f.backup, |b| b.taken = None);
            p.taken = None;
        }),
        ("storage-lifecycle", Unknown, |_, f| f.lifecycle = Fact::NotAsked),
        ("storage-lifecycle", Unknown, |_, f| f.lifecycle = unread(Unreadable::Forbidden("no".into()))),
        ("storage-lifecycle", Unknown, |_, f| {
            f.lifecycle = known(rule("", Fate::Deleted, 400));
            f.backup = Fact::NotAsked;
        }),
    ];

    #[test]
    fn each_rule_gives_each_of_its_answers() {
        assert_rows(ROWS);
    }

    #[test]
    fn it_says_when() {
        let found = finding_of("storage-lifecycle", |_, f| f.lifecycle = known(rule("", Fate::Deleted, 20)));
        assert_eq!(
            found.summary,
            "it is deleted by the rule 'tidy' from 2026-12-13 07:00 UTC, before it expires"
        );
        let found = finding_of("storage-lifecycle", |_, f| f.lifecycle = known(rule("", Fate::Archived, 0)));
        assert!(
            found.summary.contains("archived by the rule 'tidy' due since 2026-11-23"),
            "{}",
            found.summary
        );
    }

    #[test]
    fn a_backup_to_come_counts_from_now() {
        let (plan, mut facts) = fine();
        facts.backup = Fact::NotAsked;
        let plan =
            Plan::Backup(BackupPlan { instance: plan.target, to: plan.backup, access: Access::System });
        for (days, expected) in [(29, Warn), (30, Ok)] {
            facts.lifecycle = known(rule("apim/", Fate::Deleted, days));
            let found = Preflight::run(&plan, &facts, now()).findings;
            let verdict: Verdict = found.iter().find(|it| it.id() == LIFECYCLE.id).unwrap().verdict;
            assert_eq!(verdict, expected, "{days} days");
        }
    }
}
