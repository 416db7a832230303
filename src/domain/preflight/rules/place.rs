//! The place that a backup would be written to.

use crate::domain::backup::Blob;
use crate::domain::plan::Plan;
use crate::domain::preflight::{Case, Evidence, Finding, Rule};

static FREE: Rule = Rule {
    id: "name-free",
    title: "the name is free",
    documented: "Azure writes a backup over a blob of the same name without a word; one that is leased or held cannot be written over (storage documentation)",
};

/// Nothing lies where the backup would be written.
pub(super) fn free(case: &Case<'_>) -> Option<Finding> {
    let Plan::Backup(_) = case.plan else { return None };
    let occupied = &case.facts.occupied;
    const OTHER_NAME: &str = "Choose another name; one with the time in it is free";
    let finding = match occupied.value() {
        None => {
            FREE.unknown("whether something of this name is there could not be read").advising(OTHER_NAME)
        }
        Some(None) => FREE.ok("nothing of this name is there"),
        Some(Some(blob)) => {
            let of = blob
                .last_modified
                .map_or(String::new(), |at| format!(" of {}", at.strftime("%Y-%m-%d %H:%M UTC")));
            FREE.warn(format!("it overwrites the blob{of}{}", resistance(blob))).advising(OTHER_NAME)
        }
    };
    let shown = occupied.map(|it| match it {
        None => "nothing".to_owned(),
        Some(blob) => {
            format!("a blob of {} bytes", blob.size.map_or("?".to_owned(), |size| size.to_string()))
        }
    });
    Some(finding.resting_on(Evidence::of("at that name", &shown)))
}

/// What keeps a blob from being written over.
fn resistance(blob: &Blob) -> String {
    let is_leased = blob.condition.lease.as_deref().is_some_and(|it| it.eq_ignore_ascii_case("leased"));
    match &blob.condition.hold {
        Some(hold) => format!(", or fails: it may not be changed ({hold})"),
        None if is_leased => ", or fails: somebody holds a lease on it".to_owned(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fact::{Fact, Unreadable};
    use crate::domain::plan::{Access, BackupPlan};
    use crate::domain::preflight::samples::{fine, known, now, unread};
    use crate::domain::preflight::{Facts, Preflight};
    use crate::domain::verdict::Verdict::{Ok, Unknown, Warn};

    #[test]
    fn each_rule_gives_each_of_its_answers() {
        let (plan, facts) = fine();
        let there = facts.backup.value().unwrap().blob.clone();
        let mut leased = there.clone();
        leased.condition.lease = Some("leased".into());
        let mut held = leased.clone();
        held.condition.hold = Some("a legal hold".into());
        let backup =
            BackupPlan { instance: plan.target.clone(), to: plan.backup.clone(), access: Access::System };
        let asked = |plan: &Plan, occupied: Fact<Option<Blob>>| {
            let facts = Facts { occupied, ..facts.clone() };
            Preflight::run(plan, &facts, now()).findings.into_iter().find(|it| it.id() == FREE.id)
        };
        let table = [
            (known(None), Ok, "nothing"),
            (known(Some(there)), Warn, "overwrites the blob of 2026-11-23 07:00 UTC"),
            (known(Some(leased)), Warn, "a lease"),
            (known(Some(held)), Warn, "a legal hold"),
            (Fact::NotAsked, Unknown, "could not be read"),
            (unread(Unreadable::Forbidden("no".into())), Unknown, "could not be read"),
        ];
        for (occupied, verdict, words) in table {
            let found = asked(&Plan::Backup(backup.clone()), occupied).unwrap();
            assert!(found.verdict == verdict && found.summary.contains(words), "{found:?}");
        }
        assert_eq!(asked(&Plan::Restore(plan), known(None)), None);
    }
}
