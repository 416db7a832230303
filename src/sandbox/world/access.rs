//! Who may do what: role definitions, assignments and locks, evaluated as Azure documents them.

use jiff::Timestamp;
use serde::Deserialize;

use super::World;

/// A role definition.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Role {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) description: String,
    /// Whether somebody of the company made it.
    #[serde(default)]
    pub(crate) custom: bool,
    #[serde(default)]
    pub(crate) actions: Vec<String>,
    #[serde(default)]
    pub(crate) not_actions: Vec<String>,
    #[serde(default)]
    pub(crate) data_actions: Vec<String>,
    #[serde(default)]
    pub(crate) not_data_actions: Vec<String>,
}

/// A role assignment.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) id: String,
    pub(crate) principal: String,
    /// `User` or `ServicePrincipal` (managed identities are service principals).
    pub(crate) principal_type: &'static str,
    /// The GUID of the role.
    pub(crate) role: String,
    /// An ARM id; the assignment holds there and below.
    pub(crate) scope: String,
    pub(crate) created: Timestamp,
}

/// A group of the directory.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) id: String,
    /// Names of instances, whose system-assigned identities are members.
    pub(crate) members: Vec<String>,
}

/// A deny assignment: it holds for everybody.
#[derive(Clone, Debug)]
pub(crate) struct Denial {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) scope: String,
    pub(crate) data_actions: Vec<String>,
}

/// A management lock.
#[derive(Clone, Debug)]
pub(crate) struct Lock {
    pub(crate) name: String,
    /// `ReadOnly` or `CanNotDelete`.
    pub(crate) level: String,
    pub(crate) notes: String,
    pub(crate) scope: String,
}

/// Management or data: a role has separate lists of actions for the two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Plane {
    Control,
    Data,
}

impl Role {
    fn allows(&self, plane: Plane, action: &str) -> bool {
        let (granted, withheld) = match plane {
            Plane::Control => (&self.actions, &self.not_actions),
            Plane::Data => (&self.data_actions, &self.not_data_actions),
        };
        granted.iter().any(|pattern| covers(pattern, action))
            && !withheld.iter().any(|pattern| covers(pattern, action))
    }
}

impl World {
    /// Whether `principal` may do `action` at `scope`: one assignment at or above the scope must allow it.
    /// Nothing that is denied there is allowed.
    pub(crate) fn allows(&self, principal: &str, plane: Plane, action: &str, scope: &str) -> bool {
        let is_denied = |denial: &Denial| {
            plane == Plane::Data
                && within(scope, &denial.scope)
                && denial.data_actions.iter().any(|pattern| covers(pattern, action))
        };
        !self.denials.iter().any(is_denied)
            && self.roles_of(principal, scope).any(|role| role.allows(plane, action))
    }

    /// Whether a role assignment is to `principal` or to a group that it is in.
    pub(crate) fn is_to(&self, grant: &Grant, principal: &str) -> bool {
        let is_member = |name: &String| {
            self.instances.get(name).is_some_and(|it| it.identity.system.as_deref() == Some(principal))
        };
        grant.principal == principal
            || self.groups.iter().any(|it| it.id == grant.principal && it.members.iter().any(is_member))
    }

    /// The roles that `principal` holds at `scope`, inherited ones included.
    pub(crate) fn roles_of<'a>(
        &'a self,
        principal: &'a str,
        scope: &'a str,
    ) -> impl Iterator<Item = &'a Role> {
        self.grants
            .iter()
            .filter(move |grant| self.is_to(grant, principal) && within(scope, &grant.scope))
            .filter_map(|grant| self.roles.iter().find(|role| role.id == grant.role))
    }

    /// The lock that stands in the way of a change at `scope`, which may be one of a parent.
    pub(crate) fn read_only_lock(&self, scope: &str) -> Option<&Lock> {
        self.locks.iter().find(|lock| lock.level == "ReadOnly" && within(scope, &lock.scope))
    }
}

/// Whether `scope` is `parent` or lies below it.
pub(crate) fn within(scope: &str, parent: &str) -> bool {
    let parent = parent.trim_end_matches('/');
    scope.get(..parent.len()).is_some_and(|head| head.eq_ignore_ascii_case(parent))
        && matches!(scope.as_bytes().get(parent.len()), None | Some(b'/'))
}

/// Whether a pattern such as `Microsoft.ApiManagement/service/*/read` covers an action, without regard to case.
fn covers(pattern: &str, action: &str) -> bool {
    fn fits(pattern: &[u8], text: &[u8]) -> bool {
        match pattern {
            [] => text.is_empty(),
            [b'*', rest @ ..] => (0..=text.len()).any(|skipped| fits(rest, &text[skipped..])),
            [first, rest @ ..] => text.first() == Some(first) && fits(rest, &text[1..]),
        }
    }
    fits(pattern.to_ascii_lowercase().as_bytes(), action.to_ascii_lowercase().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_cover_any_run() {
        assert!(covers("*", "Microsoft.Storage/storageAccounts/read"));
        assert!(covers(
            "Microsoft.ApiManagement/service/*/read",
            "microsoft.apimanagement/service/apis/read"
        ));
        assert!(!covers("*/read", "Microsoft.ApiManagement/service/restore/action"));
    }

    #[test]
    fn a_scope_is_not_within_its_namesake() {
        assert!(within("/subscriptions/a/resourceGroups/rg-core", "/subscriptions/A"));
        assert!(within("/subscriptions/a", "/subscriptions/a/"));
        assert!(!within(
            "/subscriptions/a/resourceGroups/rg-core2",
            "/subscriptions/a/resourceGroups/rg-core"
        ));
    }
}
