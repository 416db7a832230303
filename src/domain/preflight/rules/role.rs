//! The role on the storage account of the identity that knocks there. Azure tries it before it accepts anything.

use jiff::Timestamp;

use crate::domain::duration;
use crate::domain::plan::{Access, Kind};
use crate::domain::preflight::{Bearer, Case, Evidence, Finding, Remedy, Rule, command, identity_of, word};
use crate::domain::role::{AccountRoles, CONTRIBUTOR, DataRight, HeldRole, SETTLING};

static ROLE: Rule = Rule {
    id: "storage-role",
    title: "identity has its role",
    documented: "the role Storage Blob Data Contributor, scoped to the storage account (documentation); without it the request is refused at once (recorded), with AuthorizationPermissionMismatch in storage's words",
};

const READ: &str = "Microsoft.Authorization/roleAssignments/read on the account";
const READ_DENIALS: &str = "Microsoft.Authorization/denyAssignments/read on the account";

/// How well one role serves, best first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Full,
    OfGroup,
    Fresh(Timestamp),
    Undated,
    OfOnesOwn,
    ReadsOnly,
    BelowAccount,
    Conditional,
    Unread,
}

/// The identity has a role that lets it read, and for a backup write.
pub(super) fn held(case: &Case<'_>) -> Option<Finding> {
    if *case.plan.access() == Access::Key {
        return None;
    }
    let facts = case.facts;
    let bearer = facts.instance.map(|it| identity_of(it, case.plan.access()));
    let finding = match bearer.value() {
        None => ROLE.unknown(
            "the identities of the instance could not be read, so their roles could not be looked for",
        ),
        Some(None) => {
            ROLE.unknown("the instance does not have the identity, so there is no role to look for")
        }
        Some(Some(Bearer { principal: None, name })) => ROLE.unknown(format!(
            "the object id of {name} is not reported, so its roles could not be looked for"
        )),
        Some(Some(Bearer { principal: Some(principal), .. })) => judge(case, principal),
    };
    let who = bearer.map(|it| match it {
        Some(Bearer { principal: Some(principal), .. }) => principal.clone(),
        Some(_) => "not reported".to_owned(),
        None => "none".to_owned(),
    });
    let roles = facts.roles.map(|it| match it.held.as_slice() {
        [] => "none".to_owned(),
        held => held.iter().map(told).collect::<Vec<_>>().join("; "),
    });
    let denials = facts.denials.map(|all| all.len().to_string());
    Some(
        finding
            .resting_on(Evidence::of("object id", &who))
            .resting_on(Evidence::of("roles", &roles))
            .resting_on(Evidence::of("deny assignments", &denials)),
    )
}

fn told(held: &HeldRole) -> String {
    let since = held.assignment.created_at.map_or(String::new(), |at| format!(" since {at}"));
    format!("{} at {}{since}", held.name(), held.assignment.scope)
}

fn judge(case: &Case<'_>, principal: &str) -> Finding {
    let facts = case.facts;
    let Some(roles) = facts.roles.value() else { return ROLE.unread(&facts.roles, "its roles", READ) };
    let grant = || grant(principal, roles);
    let standings =
        roles.held.iter().filter_map(|role| Some((standing(case, principal, roles, role)?, role)));
    let best = standings.min_by(|(a, _), (b, _)| a.cmp(b));
    let Some((standing, role)) = best else { return without_role(case).advising(grant()) };
    let denial = facts.denials.value().into_iter().flatten().find(|it| it.may_concern(principal));
    match (standing, denial) {
        (_, Some(denial)) => ROLE
            .warn(format!(
                "{} is given, but the deny assignment '{}' may take it away",
                role.name(),
                denial.name
            ))
            .advising(
                "Look at the deny assignment in the portal; it belongs to whoever manages the resources",
            ),
        (Standing::Full, None) if facts.denials.value().is_none() => {
            let what = format!("it has {}; whether something takes it away", role.name());
            ROLE.unread(&facts.denials, &what, READ_DENIALS)
        }
        (Standing::Full, None) => ROLE.ok(format!("it has {}", role.name())),
        (Standing::Fresh(from), None) => ROLE
            .warn(format!(
                "{} was given a moment ago and may not count for {} yet",
                role.name(),
                duration::short(from.duration_since(case.now))
            ))
            .advising("Wait, then check again"),
        (standing, None) => less_than_asked(&standing, role.name()).advising(grant()),
    }
}

/// No role serves.
fn without_role(case: &Case<'_>) -> Finding {
    // In an account with folders a right may also come from an access list, which no role shows.
    let has_lists = case.facts.account.value().is_none_or(|it| it.has_folders == Some(true));
    let verb = if case.plan.kind() == Kind::Backup { "write" } else { "read" };
    if has_lists {
        ROLE.unknown(format!("no role lets it {verb} blobs; an access list might"))
    } else {
        ROLE.blocked(format!("it has no role that lets it {verb} blobs"))
    }
}

/// A role serves, or may, and is not quite what the documentation asks for.
fn less_than_asked(standing: &Standing, name: &str) -> Finding {
    match standing {
        Standing::OfGroup => {
            ROLE.warn(format!("it has {name} through a group; a new membership counts only after hours"))
        }
        Standing::OfOnesOwn => {
            ROLE.warn(format!("{name} lets it, but the documentation asks for {CONTRIBUTOR}"))
        }
        Standing::ReadsOnly => {
            ROLE.warn(format!("{name} lets it read only; the documentation asks for {CONTRIBUTOR}"))
        }
        Standing::BelowAccount => {
            ROLE.warn(format!("{name} is given below the account; the documentation asks for the account"))
        }
        Standing::Conditional => {
            ROLE.unknown(format!("{name} has a condition, and whether it holds cannot be said"))
        }
        Standing::Unread => ROLE.unknown(format!("what the role {name} allows could not be read")),
        Standing::Full | Standing::Fresh(_) | Standing::Undated => {
            ROLE.unknown(format!("it has {name}; since when is not reported"))
        }
    }
}

/// How one role serves; `None` when it does not.
fn standing(case: &Case<'_>, principal: &str, roles: &AccountRoles, role: &HeldRole) -> Option<Standing> {
    let container = &case.plan.address().location.container;
    let is_of_account = roles.count_for_account(role);
    if !is_of_account && !roles.count_for_container(role, container) {
        return None;
    }
    let it = &role.assignment;
    let needed = if case.plan.kind() == Kind::Backup { DataRight::Writes } else { DataRight::Reads };
    let right = match role.right() {
        None => return Some(Standing::Unread),
        Some(right) if right < needed => return None,
        Some(right) => right,
    };
    let settled = it.created_at.and_then(|at| at.checked_add(SETTLING).ok());
    Some(if it.condition.as_ref().is_some_and(|text| !text.trim().is_empty()) {
        Standing::Conditional
    } else if !is_of_account {
        Standing::BelowAccount
    } else if right < DataRight::Writes {
        Standing::ReadsOnly
    } else if it.built_in().is_none() {
        Standing::OfOnesOwn
    } else if !it.principal.eq_ignore_ascii_case(principal) {
        Standing::OfGroup
    } else {
        match settled {
            None => Standing::Undated,
            Some(from) if from > case.now => Standing::Fresh(from),
            Some(_) => Standing::Full,
        }
    })
}

fn grant(principal: &str, roles: &AccountRoles) -> Remedy {
    let advice = format!("Give it {CONTRIBUTOR} on the account; it takes up to ten minutes to count");
    Remedy::from(advice).by(command(&[
        "az role assignment create --assignee-object-id",
        &word(principal),
        "--assignee-principal-type ServicePrincipal --role",
        &word(CONTRIBUTOR),
        "--scope",
        &word(roles.account.as_str()),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fact::{Fact, Unreadable};
    use crate::domain::instance::UserIdentity;
    use crate::domain::plan::{BackupPlan, Plan};
    use crate::domain::preflight::samples::{Row, assert_rows, edit, finding_of, fine, known, now, unread};
    use crate::domain::preflight::{Facts, Preflight};
    use crate::domain::role::samples::{defined, denial};
    use crate::domain::role::{READ_BLOBS, WRITE_BLOBS};
    use crate::domain::verdict::Verdict::{Blocked, Ok, Unknown, Warn};
    use jiff::SignedDuration;

    const READER: &str = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";

    fn role(facts: &mut Facts, change: impl FnOnce(&mut HeldRole)) {
        edit(&mut facts.roles, |it| change(&mut it.held[0]));
    }

    fn of_ones_own(it: &mut HeldRole, data: &[&str]) {
        it.assignment.role = "0wn".into();
        it.definition = Some(defined(data));
    }

    const ROWS: &[Row] = &[
        ("storage-role", Ok, |_, _| {}),
        ("storage-role", Ok, |_, f| role(f, |it| it.assignment.scope = "/subscriptions/S".into())),
        ("storage-role", Unknown, |_, f| f.instance = Fact::NotAsked),
        ("storage-role", Unknown, |_, f| edit(&mut f.instance, |i| i.identity.system = None)),
        ("storage-role", Unknown, |_, f| f.roles = Fact::NotAsked),
        ("storage-role", Unknown, |_, f| f.roles = unread(Unreadable::Forbidden("no".into()))),
        ("storage-role", Unknown, |_, f| f.denials = unread(Unreadable::Forbidden("no".into()))),
        ("storage-role", Warn, |_, f| f.denials = known(vec![denial()])),
        ("storage-role", Blocked, |_, f| edit(&mut f.roles, |it| it.held.clear())),
        ("storage-role", Unknown, |_, f| {
            edit(&mut f.roles, |it| it.held.clear());
            edit(&mut f.account, |it| it.has_folders = Some(true));
        }),
        ("storage-role", Unknown, |_, f| {
            edit(&mut f.roles, |it| it.held.clear());
            f.account = Fact::NotAsked;
        }),
        // Owner of the account, and no right on its blobs.
        ("storage-role", Blocked, |_, f| {
            role(f, |it| it.assignment.role = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635".into());
        }),
        ("storage-role", Blocked, |_, f| {
            role(f, |it| it.assignment.scope += "/blobServices/default/containers/logs")
        }),
        ("storage-role", Warn, |_, f| {
            role(f, |it| it.assignment.scope += "/blobServices/default/containers/apim")
        }),
        ("storage-role", Warn, |_, f| role(f, |it| it.assignment.role = READER.into())),
        ("storage-role", Warn, |_, f| {
            role(f, |it| it.assignment.created_at = Some(now() - SignedDuration::from_secs(599)));
        }),
        ("storage-role", Ok, |_, f| {
            role(f, |it| it.assignment.created_at = Some(now() - SignedDuration::from_secs(600)));
        }),
        ("storage-role", Unknown, |_, f| role(f, |it| it.assignment.created_at = None)),
        ("storage-role", Warn, |_, f| role(f, |it| it.assignment.principal = "a group".into())),
        ("storage-role", Unknown, |_, f| role(f, |it| it.assignment.condition = Some("@Resource".into()))),
        ("storage-role", Warn, |_, f| role(f, |it| of_ones_own(it, &[READ_BLOBS, WRITE_BLOBS]))),
        ("storage-role", Blocked, |_, f| role(f, |it| of_ones_own(it, &[]))),
        ("storage-role", Unknown, |_, f| role(f, |it| it.assignment.role = "0wn".into())),
        // The best of several counts.
        ("storage-role", Ok, |_, f| {
            edit(&mut f.roles, |it| {
                let mut second = it.held[0].clone();
                second.assignment.role = READER.into();
                second.assignment.created_at = None;
                it.held.insert(0, second);
            });
        }),
        ("storage-role", Ok, |p, f| {
            p.access = Access::User { client_id: "C-1".into() };
            let principal_id = Some("principal-1".into());
            let user = UserIdentity { id: "/x".into(), client_id: Some("c-1".into()), principal_id };
            edit(&mut f.instance, |i| i.identity.user = vec![user]);
        }),
        ("storage-role", Unknown, |p, f| {
            p.access = Access::User { client_id: "c-1".into() };
            let user = UserIdentity { id: "/x".into(), client_id: Some("c-1".into()), principal_id: None };
            edit(&mut f.instance, |i| i.identity.user = vec![user]);
        }),
    ];

    #[test]
    fn each_rule_gives_each_of_its_answers() {
        assert_rows(ROWS);
    }

    #[test]
    fn a_key_needs_no_role_and_a_backup_needs_to_write() {
        let (mut plan, mut facts) = fine();
        let found = |plan: &Plan, facts: &Facts| {
            let all = Preflight::run(plan, facts, now()).findings;
            all.into_iter().find(|it| it.id() == ROLE.id).map(|it| it.verdict)
        };
        let backup = |access| {
            Plan::Backup(BackupPlan { instance: plan.target.clone(), to: plan.backup.clone(), access })
        };
        let (by_identity, by_key) = (backup(Access::System), backup(Access::Key));
        assert_eq!((found(&by_identity, &facts), found(&by_key, &facts)), (Some(Ok), None));
        role(&mut facts, |it| it.assignment.role = READER.into());
        assert_eq!(found(&by_identity, &facts), Some(Blocked));
        plan.access = Access::Key;
        assert_eq!(found(&Plan::Restore(plan), &facts), None);
    }

    #[test]
    fn the_command_gives_the_role_to_the_identity_on_the_account() {
        let found = finding_of("storage-role", |_, f| edit(&mut f.roles, |it| it.held.clear()));
        assert_eq!(
            found.remedy.unwrap().command.unwrap(),
            "az role assignment create --assignee-object-id principal-1 --assignee-principal-type ServicePrincipal \
             --role 'Storage Blob Data Contributor' --scope \
             /subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/stcore"
        );
    }
}
