//! Who holds which role on a resource, and what is denied whatever the roles say.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::parity::IdentityRole;
use crate::domain::permission::{Grant, Permissions};
use crate::domain::resource::{ResourceId, SubscriptionId};
use crate::domain::role::{DataRight, Denial, HeldRole, Principal, RoleAssignment, RoleDefinition};

use super::arm::{json, odd};
use super::budget::Haste;
use super::error::AzureError;
use super::http::Ask;
use super::{Azure, wire};

const API_VERSION: &str = "2022-04-01";
/// Whoever holds more roles that nobody knows is told that they were not read.
const MOST_DEFINITIONS: usize = 8;

impl Azure {
    /// The roles that `principal` holds at, above and below `resource`, those of its groups included: the filter
    /// `assignedTo` follows groups into groups, for service principals too ("List Azure role assignments using the
    /// REST API").
    ///
    /// # Errors
    /// As for any reading.
    pub async fn role_assignments(
        &self,
        resource: &ResourceId,
        principal: &str,
    ) -> Result<Vec<RoleAssignment>, AzureError> {
        self.assigned(resource.as_str(), resource.name(), principal).await
    }

    async fn assigned(
        &self,
        scope: &str,
        called: &str,
        principal: &str,
    ) -> Result<Vec<RoleAssignment>, AzureError> {
        let path = format!("{scope}/providers/Microsoft.Authorization/roleAssignments");
        let filter = format!("assignedTo('{}')", principal.replace('\'', "''"));
        let url = self.arm(&path, &[("api-version", API_VERSION), ("$filter", &filter)]);
        let mut found = Vec::new();
        self.pages(&format!("roles on {called}"), url, Haste::Ahead, |entries| {
            found.extend(entries.iter().filter_map(assignment));
        })
        .await?;
        Ok(found)
    }

    /// The same with what they may do. A definition is only asked for where no built-in role settles it.
    ///
    /// # Errors
    /// As for any reading; a definition that cannot be read costs only itself.
    pub async fn held_roles(
        &self,
        resource: &ResourceId,
        principal: &str,
    ) -> Result<Vec<HeldRole>, AzureError> {
        let found = self.role_assignments(resource, principal).await?;
        let is_enough = |it: &RoleAssignment| {
            it.covers(resource) && it.built_in().is_some_and(|(_, right)| right == DataRight::Writes)
        };
        let mut unknown: Vec<&RoleAssignment> = found.iter().filter(|it| it.built_in().is_none()).collect();
        unknown.sort_by(|a, b| a.role.cmp(&b.role));
        unknown.dedup_by(|a, b| a.role == b.role);
        unknown.truncate(if found.iter().any(is_enough) { 0 } else { MOST_DEFINITIONS });
        let read = self.role_definitions(&unknown).await;
        let definition = |it: &RoleAssignment| read.get(&it.role).cloned();
        Ok(found.iter().map(|it| HeldRole { definition: definition(it), assignment: it.clone() }).collect())
    }

    /// What `principal` may do anywhere in a subscription: with the names of its roles, as far as they can be read.
    ///
    /// # Errors
    /// As for any reading; a definition that cannot be read costs only the name.
    pub async fn roles_within(
        &self,
        subscription: &SubscriptionId,
        principal: &str,
    ) -> Result<Vec<IdentityRole>, AzureError> {
        let scope = format!("/subscriptions/{subscription}");
        let found = self.assigned(&scope, subscription.as_str(), principal).await?;
        let mut unknown: Vec<&RoleAssignment> = found.iter().filter(|it| it.built_in().is_none()).collect();
        unknown.sort_by(|a, b| a.role.cmp(&b.role));
        unknown.dedup_by(|a, b| a.role == b.role);
        unknown.truncate(MOST_DEFINITIONS);
        let read = self.role_definitions(&unknown).await;
        let name = |it: &RoleAssignment| match (it.built_in(), read.get(&it.role)) {
            (Some((name, _)), _) => name.to_owned(),
            (None, Some(definition)) => definition.name.clone(),
            (None, None) => it.role.clone(),
        };
        let role = |it: RoleAssignment| IdentityRole {
            name: name(&it),
            by_group: !it.principal.eq_ignore_ascii_case(principal),
            role: it.role,
            scope: it.scope,
        };
        Ok(found.into_iter().map(role).collect())
    }

    async fn role_definitions(&self, of: &[&RoleAssignment]) -> BTreeMap<String, RoleDefinition> {
        let asked =
            of.iter().map(|it| async { Some((it.role.clone(), self.role_definition(it).await.ok()?)) });
        futures::future::join_all(asked).await.into_iter().flatten().collect()
    }

    /// What a role may do with data.
    async fn role_definition(&self, of: &RoleAssignment) -> Result<RoleDefinition, AzureError> {
        let url = self.arm(&of.definition, &[("api-version", API_VERSION)]);
        let ask = Ask { haste: Haste::Ahead, ..Ask::get(format!("role {}", of.role), url) };
        let reply = self.glance(&ask).await?;
        definition(&json(&ask, &reply)?)
            .ok_or_else(|| odd(&ask.what, "the answer describes something else", &reply))
    }

    /// What is denied at and above `resource`, to whomever.
    ///
    /// # Errors
    /// As for any reading.
    pub async fn denials(&self, resource: &ResourceId) -> Result<Vec<Denial>, AzureError> {
        let path = format!("{resource}/providers/Microsoft.Authorization/denyAssignments");
        let url = self.arm(&path, &[("api-version", API_VERSION), ("$filter", "atScope()")]);
        let mut found = Vec::new();
        self.pages(&format!("denials on {}", resource.name()), url, Haste::Ahead, |entries| {
            found.extend(entries.iter().map(denial));
        })
        .await?;
        Ok(found)
    }
}

fn assignment(json: &Value) -> Option<RoleAssignment> {
    let definition = wire::text(json, "/properties/roleDefinitionId")?;
    Some(RoleAssignment {
        scope: wire::text(json, "/properties/scope")?,
        role: definition.rsplit('/').next().unwrap_or_default().to_ascii_lowercase(),
        definition,
        principal: wire::text(json, "/properties/principalId")?,
        condition: wire::text(json, "/properties/condition"),
        created_at: wire::time(json, "/properties/createdOn"),
    })
}

fn definition(json: &Value) -> Option<RoleDefinition> {
    let permissions = json.pointer("/properties/permissions")?.as_array()?;
    let name = wire::text(json, "/properties/roleName")?;
    Some(RoleDefinition { name, data: data(permissions) })
}

/// What a denial does not say is taken for the worst: what it forbids for everything, whom it names for everybody.
fn denial(json: &Value) -> Denial {
    let permissions = json.pointer("/properties/permissions").and_then(Value::as_array);
    let everything = Grant { actions: vec!["*".to_owned()], not_actions: Vec::new() };
    let all = |path: &str| json.pointer(path).and_then(Value::as_array).cloned();
    let principal = |it: &Value| Principal {
        id: wire::text(it, "/id").unwrap_or_default(),
        kind: wire::text(it, "/type").unwrap_or_default(),
    };
    let everybody = Principal { id: String::new(), kind: String::new() };
    let named = all("/properties/principals").filter(|them| !them.is_empty());
    Denial {
        name: wire::text(json, "/properties/denyAssignmentName").unwrap_or_default(),
        data: permissions.map_or_else(|| Permissions(vec![everything]), |them| data(them)),
        principals: named.map_or_else(|| vec![everybody], |them| them.iter().map(principal).collect()),
        spared: all("/properties/excludePrincipals")
            .unwrap_or_default()
            .iter()
            .filter_map(|it| wire::text(it, "/id"))
            .collect(),
    }
}

fn data(permissions: &[Value]) -> Permissions {
    let grant = |json: &Value| Grant {
        actions: wire::texts(json, "/dataActions"),
        not_actions: wire::texts(json, "/notDataActions"),
    };
    Permissions(permissions.iter().map(grant).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::role::READ_BLOBS;
    use serde_json::json;

    #[test]
    fn an_assignment_is_read_with_its_time_and_condition() {
        let id = "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/BA92f5b4-2d11-453d-a403-e96b0029c9fe";
        let it = assignment(&json!({ "properties": { "roleDefinitionId": id, "principalId": "p-1",
            "principalType": "ServicePrincipal", "scope": "/subscriptions/s", "condition": null,
            "createdOn": "2026-11-23T11:58:00.1234567Z" } }))
        .unwrap();
        assert_eq!(it.built_in().unwrap().1, DataRight::Writes);
        assert_eq!((it.definition.as_str(), it.condition.clone()), (id, None));
        assert_eq!(it.created_at.unwrap().to_string(), "2026-11-23T11:58:00.1234567Z");
        for odd in [json!({}), json!({ "properties": { "scope": "/", "principalId": "p" } }), json!([])] {
            assert_eq!(assignment(&odd), None, "{odd}");
        }
    }

    #[test]
    fn a_definition_counts_by_its_actions_on_data() {
        let it = definition(&json!({ "properties": { "roleName": "Backup Robot", "type": "CustomRole",
            "permissions": [{ "actions": ["*"], "dataActions": ["*/read"], "notDataActions": [] }, {}] } }))
        .unwrap();
        assert!(it.name == "Backup Robot" && it.data.allow(READ_BLOBS));
        assert_eq!(definition(&json!({ "properties": { "roleName": "x", "permissions": null } })), None);
    }

    #[test]
    fn what_a_denial_leaves_out_is_taken_for_the_worst() {
        for bare in [json!({}), json!({ "properties": { "principals": [], "permissions": null } })] {
            assert!(denial(&bare).may_concern("p-1"), "{bare}");
        }
        let of = |principals: Value, spared: Value, data: Value| {
            denial(&json!({ "properties": { "denyAssignmentName": "stack", "principals": principals,
                "excludePrincipals": spared, "permissions": [{ "actions": ["*"], "dataActions": data }] } }))
        };
        let everybody = json!([{ "id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined" }]);
        let other = json!([{ "id": "p-2", "type": "ServicePrincipal" }]);
        assert!(of(everybody.clone(), json!([]), json!([READ_BLOBS])).may_concern("p-1"));
        assert!(!of(everybody.clone(), json!([{ "id": "p-1" }]), json!([READ_BLOBS])).may_concern("p-1"));
        assert!(!of(everybody, json!(null), json!([])).may_concern("p-1"));
        assert!(!of(other, json!([]), json!(["*"])).may_concern("p-1"));
    }
}
