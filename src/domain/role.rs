//! Roles: who may do what with the data of a storage account. Owning an account gives no right on its blobs.

use jiff::{SignedDuration, Timestamp};

use super::permission::Permissions;
use super::resource::ResourceId;

/// The built-in role that the documentation asks for, by its name.
pub const CONTRIBUTOR: &str = "Storage Blob Data Contributor";
/// So long a new assignment may not count yet ("up to 10 minutes": troubleshooting of Azure RBAC).
pub const SETTLING: SignedDuration = SignedDuration::from_mins(10);

/// The action that reads a blob.
pub const READ_BLOBS: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";
/// The action that writes one.
pub const WRITE_BLOBS: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write";

/// What the built-in roles that people confuse may do with blobs: they are the same in every tenant.
const BUILT_IN: &[(&str, &str, DataRight)] = &[
    ("ba92f5b4-2d11-453d-a403-e96b0029c9fe", CONTRIBUTOR, DataRight::Writes),
    ("b7e6dc6d-f1e8-4753-8033-0f276bb0955b", "Storage Blob Data Owner", DataRight::Writes),
    ("2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", "Storage Blob Data Reader", DataRight::Reads),
    ("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner", DataRight::None),
    ("b24988ac-6180-42a0-ab88-20f7382dd24c", "Contributor", DataRight::None),
    ("acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader", DataRight::None),
];

/// One role that somebody holds somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleAssignment {
    /// Where it counts: a management group, a subscription, a group or a resource, and all below it.
    pub scope: String,
    /// The id of the role definition, whole.
    pub definition: String,
    /// Its last part: a GUID that is the same in every tenant for built-in roles.
    pub role: String,
    /// Who holds it: the principal that was asked about, or a group that it is in.
    pub principal: String,
    /// A condition that narrows it; such a role may not hold where it is needed.
    pub condition: Option<String>,
    /// When it was given.
    pub created_at: Option<Timestamp>,
}

/// What a role may do with data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleDefinition {
    /// Its name.
    pub name: String,
    /// Its actions on data.
    pub data: Permissions,
}

/// A role that an identity holds, with what it may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRole {
    /// Where and since when.
    pub assignment: RoleAssignment,
    /// Its definition, where it had to be read and could be.
    pub definition: Option<RoleDefinition>,
}

/// The roles of one identity at, above and below one storage account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRoles {
    /// The account.
    pub account: ResourceId,
    /// The roles.
    pub held: Vec<HeldRole>,
}

/// Something that is forbidden whatever the roles say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// Its name.
    pub name: String,
    /// What it forbids to do with data.
    pub data: Permissions,
    /// Whom it names.
    pub principals: Vec<Principal>,
    /// Whom it spares, by id.
    pub spared: Vec<String>,
}

/// Somebody whom a denial names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The object id.
    pub id: String,
    /// User, Group, ServicePrincipal or SystemDefined, which is everybody; verbatim.
    pub kind: String,
}

/// What a role may do with blobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DataRight {
    /// Nothing.
    None,
    /// Read them.
    Reads,
    /// Read and write them.
    Writes,
}

impl RoleAssignment {
    /// The built-in role that it gives, with what that may do with blobs, when it is one of those known here.
    pub fn built_in(&self) -> Option<(&'static str, DataRight)> {
        BUILT_IN.iter().find(|(id, ..)| *id == self.role).map(|&(_, name, right)| (name, right))
    }

    /// Whether it counts for the whole of `resource`: it stands at it or above it.
    pub fn covers(&self, resource: &ResourceId) -> bool {
        // A management group is above every resource that Azure tells it for.
        let is_group = self.scope.to_ascii_lowercase().starts_with("/providers/microsoft.management/");
        is_group || resource.is_within(&self.scope)
    }
}

impl AccountRoles {
    /// Whether a role counts for the whole account.
    pub fn count_for_account(&self, role: &HeldRole) -> bool {
        role.assignment.covers(&self.account)
    }

    /// Whether a role counts for this container of the account and not for the others.
    pub fn count_for_container(&self, role: &HeldRole, container: &str) -> bool {
        let id = format!("{}/blobServices/default/containers/{container}", self.account);
        role.assignment.scope.trim_end_matches('/').eq_ignore_ascii_case(&id)
    }
}

impl HeldRole {
    /// The role's name, or its id.
    pub fn name(&self) -> &str {
        let built_in = self.assignment.built_in().map(|(name, _)| name);
        let read = self.definition.as_ref().map(|it| it.name.as_str());
        built_in.or(read).unwrap_or(&self.assignment.role)
    }

    /// What it may do with blobs; `None` when nobody could say.
    pub fn right(&self) -> Option<DataRight> {
        let read = |it: &RoleDefinition| match (it.data.allow(READ_BLOBS), it.data.allow(WRITE_BLOBS)) {
            (true, true) => DataRight::Writes,
            (true, false) => DataRight::Reads,
            (false, _) => DataRight::None,
        };
        let built_in = self.assignment.built_in().map(|(_, right)| right);
        built_in.or_else(|| self.definition.as_ref().map(read))
    }
}

impl Denial {
    /// Whether it may take the right on blobs from `principal`. Who is in which group cannot be seen here.
    pub fn may_concern(&self, principal: &str) -> bool {
        let is_one = |kind: &str| ["User", "ServicePrincipal"].iter().any(|it| kind.eq_ignore_ascii_case(it));
        let named = |it: &Principal| it.id.eq_ignore_ascii_case(principal) || !is_one(&it.kind);
        let is_spared = self.spared.iter().any(|it| it.eq_ignore_ascii_case(principal));
        let is_of_blobs = self.data.allow(READ_BLOBS) || self.data.allow(WRITE_BLOBS);
        is_of_blobs && !is_spared && self.principals.iter().any(named)
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;
    use crate::domain::permission::Grant;

    /// Storage Blob Data Contributor of `principal` at `scope`, held for long.
    pub(crate) fn contributor(principal: &str, scope: &str) -> HeldRole {
        let role = BUILT_IN[0].0.to_owned();
        let assignment = RoleAssignment {
            scope: scope.to_owned(),
            definition: format!("/providers/Microsoft.Authorization/roleDefinitions/{role}"),
            role,
            principal: principal.to_owned(),
            condition: None,
            created_at: Some(Timestamp::UNIX_EPOCH),
        };
        HeldRole { assignment, definition: None }
    }

    /// A role of one's own with these actions on data.
    pub(crate) fn defined(data: &[&str]) -> RoleDefinition {
        let actions = data.iter().map(|&it| it.to_owned()).collect();
        let data = Permissions(vec![Grant { actions, not_actions: Vec::new() }]);
        RoleDefinition { name: "Backup Robot".to_owned(), data }
    }

    /// A denial of everything about blobs to everybody.
    pub(crate) fn denial() -> Denial {
        let everybody = "00000000-0000-0000-0000-000000000000".to_owned();
        Denial {
            name: "deny-stack".to_owned(),
            data: defined(&["*"]).data,
            principals: vec![Principal { id: everybody, kind: "SystemDefined".to_owned() }],
            spared: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::samples::{contributor, defined, denial};
    use super::*;

    const ACCOUNT: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/st";

    #[test]
    fn a_role_counts_at_its_scope_and_below() {
        let account: ResourceId = ACCOUNT.parse().unwrap();
        let container = format!("{ACCOUNT}/blobServices/default/containers/apim");
        let table = [
            (ACCOUNT, true),
            ("/subscriptions/S", true),
            ("/", true),
            ("/providers/Microsoft.Management/managementGroups/root", true),
            (container.as_str(), false),
            ("/subscriptions/s/resourceGroups/other", false),
        ];
        for (scope, expected) in table {
            assert_eq!(contributor("p", scope).assignment.covers(&account), expected, "{scope}");
        }
    }

    #[test]
    fn what_a_role_may_do_is_known_by_its_id_or_by_its_definition() {
        let mut held = contributor("p", ACCOUNT);
        assert_eq!((held.name(), held.right()), (CONTRIBUTOR, Some(DataRight::Writes)));
        held.assignment.role = "b24988ac-6180-42a0-ab88-20f7382dd24c".to_owned();
        assert_eq!((held.name(), held.right()), ("Contributor", Some(DataRight::None)));
        held.assignment.role = "own".to_owned();
        assert_eq!((held.name(), held.right()), ("own", None));
        for (data, right) in [
            (&[READ_BLOBS, WRITE_BLOBS][..], DataRight::Writes),
            (&["Microsoft.Storage/*/read"], DataRight::Reads),
            (&[WRITE_BLOBS], DataRight::None),
            (&[], DataRight::None),
        ] {
            held.definition = Some(defined(data));
            assert_eq!((held.name(), held.right()), ("Backup Robot", Some(right)), "{data:?}");
        }
    }

    #[test]
    fn a_denial_concerns_whom_it_may_name_and_does_not_spare() {
        assert!(denial().may_concern("p"));
        let mut spared = denial();
        spared.spared.push("P".to_owned());
        assert!(!spared.may_concern("p"));
        let mut of_others = denial();
        of_others.principals[0].kind = "User".to_owned();
        assert!(!of_others.may_concern("p"));
        of_others.principals[0].id = "p".to_owned();
        assert!(of_others.may_concern("p"));
        let mut of_other_things = denial();
        of_other_things.data = defined(&["Microsoft.KeyVault/*"]).data;
        assert!(!of_other_things.may_concern("p"));
    }
}
