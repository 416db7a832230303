//! The way from the instance to the storage account: an identity that it has, or a key that the account allows.

use crate::domain::fact::Fact;
use crate::domain::permission;
use crate::domain::plan::Access;
use crate::domain::preflight::{Case, Evidence, Facts, Finding, Rule, identity_of};

static ACCESS: Rule = Rule {
    id: "access",
    title: "access is possible",
    documented: "the identity must be enabled on both instances (documentation); a refused key is answered with KeyBasedAuthenticationNotPermitted",
};

/// The way of access exists.
pub(super) fn possible(case: &Case<'_>) -> Option<Finding> {
    let facts = case.facts;
    Some(match case.plan.access() {
        Access::Key => by_key(facts),
        Access::System => {
            let found = identity(facts, case.plan.access());
            let remedy = "Turn its system-assigned identity on (PATCH identity, keep the others)";
            by_identity(&found, "the instance has no system-assigned identity", remedy)
        }
        Access::User { client_id } => {
            let found = identity(facts, case.plan.access());
            let missing = format!("the instance does not have the identity {client_id}");
            by_identity(&found, &missing, "Attach that identity to the instance, or choose one that it has")
        }
    })
}

fn identity(facts: &Facts, access: &Access) -> Fact<Option<String>> {
    facts.instance.map(|it| identity_of(it, access).map(|bearer| bearer.name))
}

fn by_identity(found: &Fact<Option<String>>, missing: &str, remedy: &str) -> Finding {
    let finding = match found.value() {
        None => ACCESS.unknown("its identities could not be read"),
        Some(None) => ACCESS.blocked(missing).advising(remedy),
        // Its role on the account is another question, with a check of its own.
        Some(Some(_)) => ACCESS.ok("the instance has this identity"),
    };
    let shown = found.map(|id| id.clone().unwrap_or_else(|| "none".to_owned()));
    finding.resting_on(Evidence::of("identity", &shown))
}

fn by_key(facts: &Facts) -> Finding {
    let allowed = facts.account.map(|account| account.shared_key_access);
    let may_list = facts.account_permissions.map(|held| held.allow(permission::LIST_KEYS));
    let finding = match (allowed.value(), may_list.value()) {
        (Some(Some(false)), _) => {
            ACCESS.blocked("the account refuses shared keys").advising("Use a managed identity")
        }
        (_, Some(false)) => ACCESS
            .blocked("you may not read the account's keys")
            .advising(format!("Ask for {} on the account, or use a managed identity", permission::LIST_KEYS)),
        (None, _) => ACCESS.unknown("the account could not be read"),
        (_, None) => ACCESS.unknown("whether you may read its keys could not be read"),
        // Azure documents an absent allowSharedKeyAccess as allowed.
        (Some(None | Some(true)), Some(true)) => ACCESS.ok("the account allows keys and you may read them"),
    };
    let shown = allowed.map(|value| value.map_or("absent (allowed)".to_owned(), |value| value.to_string()));
    // A rotated key does no harm: the key is read at the last moment.
    let made = facts
        .account
        .map(|account| account.key_made_at.map_or("not reported".to_owned(), |at| at.to_string()));
    finding
        .resting_on(Evidence::of("allowSharedKeyAccess", &shown))
        .resting_on(Evidence::of("key1 made", &made))
        .resting_on(Evidence::of("listKeys granted", &may_list.map(ToString::to_string)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::instance::UserIdentity;
    use crate::domain::preflight::samples::{Row, assert_rows, edit, grants, known};
    use crate::domain::verdict::Verdict::{Blocked, Ok, Unknown};

    const ROWS: &[Row] = &[
        ("access", Ok, |_, _| {}),
        ("access", Blocked, |_, f| edit(&mut f.instance, |i| i.identity.system = None)),
        ("access", Unknown, |_, f| f.instance = Fact::NotAsked),
        ("access", Blocked, |p, _| p.access = Access::User { client_id: "c-1".into() }),
        ("access", Ok, |p, f| {
            p.access = Access::User { client_id: "C-1".into() };
            let user = UserIdentity { id: "/x".into(), client_id: Some("c-1".into()), principal_id: None };
            edit(&mut f.instance, |i| i.identity.user = vec![user]);
        }),
        ("access", Ok, |p, _| p.access = Access::Key),
        ("access", Blocked, |p, f| {
            p.access = Access::Key;
            edit(&mut f.account, |a| a.shared_key_access = Some(false));
        }),
        ("access", Blocked, |p, f| {
            p.access = Access::Key;
            f.account_permissions = known(grants(&["*/read"]));
        }),
        ("access", Unknown, |p, f| {
            p.access = Access::Key;
            f.account = Fact::NotAsked;
        }),
        ("access", Unknown, |p, f| {
            p.access = Access::Key;
            f.account_permissions = Fact::NotAsked;
        }),
    ];

    #[test]
    fn each_rule_gives_each_of_its_answers() {
        assert_rows(ROWS);
    }
}
