//! Role assignments, role definitions, permissions and locks: extensions that hang on any scope.

use serde_json::{Value, json};

use super::clock::arm_date;
use super::world::access::{Denial, Grant, Lock, Role, within};
use super::{Reply, Visit, error};

impl Visit<'_> {
    /// `{scope}/providers/Microsoft.Authorization/…`; `at` is where in the path `providers` stands.
    pub(super) fn authorization(&self, at: usize, words: &[&str]) -> Result<Reply, Reply> {
        let scope = self.scope(at);
        match words {
            ["permissions"] => Ok(self.permissions(&scope)),
            ["roleassignments"] => {
                self.require("Microsoft.Authorization/roleAssignments/read", &scope)?;
                self.role_assignments(&scope)
            }
            ["denyassignments"] => {
                self.require("Microsoft.Authorization/denyAssignments/read", &scope)?;
                self.denials(&scope)
            }
            ["roledefinitions"] => Ok(self.role_definitions()),
            ["roledefinitions", id] => self.role_definition(id),
            ["locks"] => {
                self.require("Microsoft.Authorization/locks/read", &scope)?;
                Ok(self.locks(&scope))
            }
            _ => Err(error::no_route(&self.call.path)),
        }
    }

    pub(super) fn diagnostic_settings(&self, at: usize) -> Result<Reply, Reply> {
        let scope = self.scope(at);
        self.require("Microsoft.Insights/diagnosticSettings/read", &scope)?;
        let names =
            self.world.instance(&scope).map(|it| it.surroundings.diagnostics.as_slice()).unwrap_or_default();
        let setting = |name: &String| {
            json!({
                "id": format!("{scope}/providers/microsoft.insights/diagnosticSettings/{name}"),
                "type": "Microsoft.Insights/diagnosticSettings",
                "name": name,
                "location": null,
                "kind": null,
                "tags": null,
                "properties": {
                    "storageAccountId": null, "serviceBusRuleId": null,
                    "workspaceId": format!(
                        "/subscriptions/{}/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/log-contoso",
                        self.path[1]
                    ),
                    "eventHubAuthorizationRuleId": null, "eventHubName": null,
                    "metrics": [{ "category": "AllMetrics", "enabled": true }],
                    "logs": [
                        { "category": "GatewayLogs", "categoryGroup": null, "enabled": true },
                        { "category": "WebSocketConnectionLogs", "categoryGroup": null, "enabled": false },
                    ],
                    "logAnalyticsDestinationType": null,
                },
                "identity": null,
            })
        };
        let value: Vec<Value> = names.iter().map(setting).collect();
        Ok(Reply::json(200, &json!({ "value": value })))
    }

    /// What the caller may do, one entry per role.
    fn permissions(&self, scope: &str) -> Reply {
        let caller = &self.world.caller.object_id;
        let value: Vec<Value> = self.world.roles_of(caller, scope).map(permission).collect();
        Reply::json(200, &json!({ "value": value }))
    }

    /// With `atScope()` assignments at and above the scope; otherwise those below it as well, as Azure does.
    fn role_assignments(&self, scope: &str) -> Result<Reply, Reply> {
        let filter = self.call.query("$filter").unwrap_or_default().trim();
        let named = |start: &str| filter.strip_prefix(start).and_then(|rest| rest.split('\'').next());
        let (own, followed) = (named("principalId eq '"), named("assignedTo('"));
        let principal = own.or(followed);
        if !filter.is_empty() && principal.is_none() && !filter.eq_ignore_ascii_case("atScope()") {
            let message = format!(
                "The filter '{filter}' is not supported. Supported filters are either \
                 'atScope()' or 'principalId eq '{{value}}'' or 'assignedTo('{{value}}')'."
            );
            return Err(error::refusal(400, "UnsupportedQuery", &message));
        }
        let concerns = |grant: &&Grant| {
            let above = within(scope, &grant.scope);
            let below = principal.is_some() || filter.is_empty();
            (above || below && within(&grant.scope, scope))
                && own.is_none_or(|id| grant.principal == id)
                // This filter follows groups (documented).
                && followed.is_none_or(|id| self.world.is_to(grant, id))
        };
        let rows = self.world.grants.iter().filter(concerns).map(|grant| assignment(grant, scope)).collect();
        Ok(self.page(rows))
    }

    /// With `atScope()` those at and above the scope.
    fn denials(&self, scope: &str) -> Result<Reply, Reply> {
        let filter = self.call.query("$filter").unwrap_or_default().trim();
        if !filter.is_empty() && !filter.eq_ignore_ascii_case("atScope()") {
            let message = format!("The filter '{filter}' is not supported by the sandbox; 'atScope()' is.");
            return Err(error::refusal(400, "UnsupportedQuery", &message));
        }
        let below = filter.is_empty();
        let concerns = |it: &&Denial| within(scope, &it.scope) || below && within(&it.scope, scope);
        Ok(self.page(self.world.denials.iter().filter(concerns).map(denial).collect()))
    }

    fn role_definitions(&self) -> Reply {
        let filter = self.call.query("$filter").unwrap_or_default().to_ascii_lowercase();
        let wanted = filter.strip_prefix("rolename eq '").and_then(|rest| rest.split('\'').next());
        let roles = self.world.roles.iter();
        let rows = roles.filter(|role| wanted.is_none_or(|name| role.name.eq_ignore_ascii_case(name)));
        self.page(rows.map(definition).collect())
    }

    fn role_definition(&self, id: &str) -> Result<Reply, Reply> {
        match self.world.roles.iter().find(|role| role.id.eq_ignore_ascii_case(id)) {
            Some(role) => Ok(Reply::json(200, &definition(role))),
            None => Err(error::refusal(
                404,
                "RoleDefinitionDoesNotExist",
                &format!("The specified role definition with ID '{id}' does not exist."),
            )),
        }
    }

    /// The locks at, above and below a scope.
    fn locks(&self, scope: &str) -> Reply {
        let concerns = |lock: &&Lock| within(scope, &lock.scope) || within(&lock.scope, scope);
        self.page(self.world.locks.iter().filter(concerns).map(lock).collect())
    }
}

fn permission(role: &Role) -> Value {
    json!({
        "actions": role.actions,
        "notActions": role.not_actions,
        "dataActions": role.data_actions,
        "notDataActions": role.not_data_actions,
    })
}

fn definition(role: &Role) -> Value {
    json!({
        "properties": {
            "roleName": role.name,
            "type": if role.custom { "CustomRole" } else { "BuiltInRole" },
            "description": role.description,
            "assignableScopes": ["/"],
            "permissions": [permission(role)],
            "createdOn": "2015-02-02T21:55:09.8806423Z",
            "updatedOn": "2021-11-11T20:13:47.8628684Z",
            "createdBy": null,
            "updatedBy": null,
        },
        "id": format!("/providers/Microsoft.Authorization/roleDefinitions/{}", role.id),
        "type": "Microsoft.Authorization/roleDefinitions",
        "name": role.id,
    })
}

fn assignment(grant: &Grant, scope: &str) -> Value {
    let subscription: Vec<&str> = scope.split('/').take(3).collect();
    json!({
        "properties": {
            "roleDefinitionId": format!(
                "{}/providers/Microsoft.Authorization/roleDefinitions/{}", subscription.join("/"), grant.role
            ),
            "principalId": grant.principal,
            "principalType": grant.principal_type,
            "scope": grant.scope,
            "condition": null,
            "conditionVersion": null,
            "createdOn": arm_date(grant.created),
            "updatedOn": arm_date(grant.created),
            "createdBy": null,
            "updatedBy": null,
            "delegatedManagedIdentityResourceId": null,
            "description": null,
        },
        "id": format!("{}/providers/Microsoft.Authorization/roleAssignments/{}", grant.scope, grant.id),
        "type": "Microsoft.Authorization/roleAssignments",
        "name": grant.id,
    })
}

fn denial(denial: &Denial) -> Value {
    json!({
        "properties": {
            "denyAssignmentName": denial.name,
            "description": "Made by a deployment stack.",
            "permissions": [{
                "actions": [], "notActions": [], "dataActions": denial.data_actions, "notDataActions": [],
                "condition": null, "conditionVersion": null,
            }],
            "scope": denial.scope,
            "doNotApplyToChildScopes": false,
            "principals": [
                { "id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined", "displayName": "All Principals" },
            ],
            "excludePrincipals": [],
            "isSystemProtected": true,
        },
        "id": format!("{}/providers/Microsoft.Authorization/denyAssignments/{}", denial.scope, denial.id),
        "type": "Microsoft.Authorization/denyAssignments",
        "name": denial.id,
    })
}

fn lock(lock: &Lock) -> Value {
    json!({
        "properties": { "level": lock.level, "notes": lock.notes },
        "id": format!("{}/providers/Microsoft.Authorization/locks/{}", lock.scope, lock.name),
        "type": "Microsoft.Authorization/locks",
        "name": lock.name,
    })
}
