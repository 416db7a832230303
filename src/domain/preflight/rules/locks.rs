//! Locks on the instance, its group and its subscription.

use crate::domain::fact::{Fact, Unreadable};
use crate::domain::lock::{Lock, Locks};
use crate::domain::preflight::{Case, Evidence, Finding, Rule};

static NONE: Rule = Rule {
    id: "locks",
    title: "no lock forbids it",
    documented: "a ReadOnly lock is answered with 409 ScopeLocked (apiops#606 shows it for other requests; that it holds for backup and restore is inferred)",
};

/// What lets locks be read.
const READ: &str = "Microsoft.Authorization/locks/read";

/// No lock makes the instance read-only. One that only forbids its deletion stands in nobody's way.
pub(super) fn none(case: &Case<'_>) -> Option<Finding> {
    let kind = case.plan.kind();
    let fact = &case.facts.locks;
    let finding = match fact.value() {
        None if is_forbidden(fact) => {
            NONE.unknown("you may not read locks").advising(format!("Ask for {READ} on the subscription"))
        }
        None => NONE.unknown("locks could not be read"),
        Some(locks) => match (locks.standing.iter().find(|it| it.is_read_only()), &locks.unseen) {
            (Some(lock), _) => NONE
                .warn(format!("'{}' makes it read-only; Azure would probably refuse a {kind}", lock.name))
                .advising("Have the lock taken away first, by whoever put it there"),
            (None, Some(unseen)) => NONE
                .unknown(format!("none was seen, but {unseen}"))
                .advising(format!("Ask for {READ} on the subscription")),
            (None, None) if locks.standing.is_empty() => NONE.ok("there is none"),
            (None, None) => NONE.ok("none but against deletion"),
        },
    };
    Some(finding.resting_on(Evidence::of("locks", &fact.map(|locks| listed(&locks.standing)))))
}

fn is_forbidden(fact: &Fact<Locks>) -> bool {
    matches!(fact, Fact::Unknown(it) if matches!(it.reason, Unreadable::Forbidden(_)))
}

fn listed(locks: &[Lock]) -> String {
    let one = |lock: &Lock| {
        let notes = lock.notes.as_deref().map(|notes| format!(" ({notes})")).unwrap_or_default();
        format!("{} '{}' on {}{notes}", lock.level, lock.name, lock.scope)
    };
    if locks.is_empty() { "none".to_owned() } else { locks.iter().map(one).collect::<Vec<_>>().join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::preflight::samples::{Row, assert_rows, edit, unread};
    use crate::domain::verdict::Verdict::{Ok, Unknown, Warn};

    fn lock(level: &str) -> Lock {
        Lock { name: "keep".into(), level: level.into(), scope: "/subscriptions/s-1".into(), notes: None }
    }

    const ROWS: &[Row] = &[
        ("locks", Ok, |_, _| {}),
        ("locks", Ok, |_, f| edit(&mut f.locks, |it| it.standing.push(lock("CanNotDelete")))),
        ("locks", Warn, |_, f| {
            edit(&mut f.locks, |it| it.standing = vec![lock("CanNotDelete"), lock("readonly")]);
        }),
        ("locks", Warn, |_, f| {
            edit(&mut f.locks, |it| {
                *it = Locks { standing: vec![lock("ReadOnly")], unseen: Some("the subscription".into()) };
            });
        }),
        ("locks", Unknown, |_, f| edit(&mut f.locks, |it| it.unseen = Some("the subscription".into()))),
        ("locks", Unknown, |_, f| f.locks = Fact::NotAsked),
        ("locks", Unknown, |_, f| f.locks = unread(Unreadable::Forbidden("no".into()))),
    ];

    #[test]
    fn each_rule_gives_each_of_its_answers() {
        assert_rows(ROWS);
    }
}
