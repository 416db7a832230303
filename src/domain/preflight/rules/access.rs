//! The way from the instance to the storage account: an identity that it has, or a key that the account allows.

use crate::domain::fact::Fact;
use crate::domain::permission;
use crate::domain::plan::{API_VERSION, Access};
use crate::domain::preflight::{Case, Evidence, Facts, Finding, Remedy, Rule, command, identity_of, word};

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
            let remedy = turn_on(case);
            by_identity(&found, "the instance has no system-assigned identity", remedy)
        }
        Access::User { client_id } => {
            let found = identity(facts, case.plan.access());
            let missing = format!("the instance does not have the identity {client_id}");
            by_identity(
                &found,
                &missing,
                "Attach that identity to the instance, or choose one that it has".into(),
            )
        }
    })
}

fn identity(facts: &Facts, access: &Access) -> Fact<Option<String>> {
    facts.instance.map(|it| identity_of(it, access).map(|bearer| bearer.name))
}

/// A command only where the instance has no other identity: what a PATCH does to those it does not name is not written
/// anywhere.
fn turn_on(case: &Case<'_>) -> Remedy {
    let advice = Remedy::from("Turn its system-assigned identity on (PATCH identity, keep the others)");
    let has_others = case.facts.instance.value().is_none_or(|it| !it.identity.user.is_empty());
    if has_others {
        return advice;
    }
    let url = format!("{}?api-version={API_VERSION}", case.plan.instance());
    advice.by(command(&[
        "az rest --method patch --url",
        &word(&url),
        "--body",
        &word("{\"identity\":{\"type\":\"SystemAssigned\"}}"),
    ]))
}

fn by_identity(found: &Fact<Option<String>>, missing: &str, remedy: Remedy) -> Finding {
    let finding = match found.value() {
        None => ACCESS.unread(found, "its identities", permission::READ),
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
        (None, _) => ACCESS.unread(&allowed, "the account", permission::ACCOUNT),
        (_, None) => ACCESS.unread(&may_list, "whether you may read its keys", permission::PERMISSIONS),
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
    use crate::domain::preflight::samples::{Row, assert_rows, edit, finding_of, grants, known};
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

    #[test]
    fn the_identity_is_turned_on_by_a_command_only_where_there_is_no_other() {
        let found = finding_of("access", |_, f| edit(&mut f.instance, |i| i.identity.system = None));
        assert_eq!(
            found.remedy.unwrap().command.unwrap(),
            "az rest --method patch --url '/subscriptions/s-1/resourceGroups/rg/providers/Microsoft.ApiManagement/service/\
             apim-dr?api-version=2024-05-01' --body '{\"identity\":{\"type\":\"SystemAssigned\"}}'"
        );
        let found = finding_of("access", |_, f| {
            let user = UserIdentity { id: "/x".into(), client_id: None, principal_id: None };
            edit(&mut f.instance, |i| (i.identity.system, i.identity.user) = (None, vec![user]));
        });
        assert_eq!(found.remedy.unwrap().command, None);
    }
}
