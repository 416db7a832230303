//! Who holds which role on a resource.

use serde_json::Value;

use crate::domain::resource::ResourceId;

use super::budget::Haste;
use super::error::AzureError;
use super::{Azure, wire};

const API_VERSION: &str = "2022-04-01";

/// One role that a principal holds on a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleAssignment {
    /// Where it counts: a management group, a subscription, a group or a resource, and all below it.
    pub scope: String,
    /// The last part of the role definition's id: a GUID that is the same in every tenant for built-in roles.
    pub role: String,
    /// Who holds it.
    pub principal: String,
    /// A condition that narrows it; such a role may not hold where it is needed.
    pub condition: Option<String>,
}

impl Azure {
    /// The roles that count for `principal` on `resource`, inherited ones included.
    ///
    /// Azure answers with what lies below the resource as well; that is left out here. Roles that come through a
    /// group are not in it, so an empty answer is no proof.
    ///
    /// # Errors
    /// As for any reading.
    pub async fn role_assignments(
        &self,
        resource: &ResourceId,
        principal: &str,
    ) -> Result<Vec<RoleAssignment>, AzureError> {
        let path = format!("{resource}/providers/Microsoft.Authorization/roleAssignments");
        let filter = format!("principalId eq '{}'", principal.replace('\'', "''"));
        let url = self.arm(&path, &[("api-version", API_VERSION), ("$filter", &filter)]);
        let mut found = Vec::new();
        self.pages(&format!("roles on {}", resource.name()), url, Haste::Ahead, |entries| {
            found.extend(entries.iter().filter_map(of).filter(|it| counts(it, resource)));
        })
        .await?;
        Ok(found)
    }
}

fn of(json: &Value) -> Option<RoleAssignment> {
    let role = wire::text(json, "/properties/roleDefinitionId")?;
    Some(RoleAssignment {
        scope: wire::text(json, "/properties/scope")?,
        role: role.rsplit('/').next().unwrap_or_default().to_ascii_lowercase(),
        principal: wire::text(json, "/properties/principalId")?,
        condition: wire::text(json, "/properties/condition"),
    })
}

/// A management group is above every resource that Azure tells it for.
fn counts(it: &RoleAssignment, resource: &ResourceId) -> bool {
    let is_group = it.scope.to_ascii_lowercase().starts_with("/providers/microsoft.management/");
    is_group || resource.is_within(&it.scope)
}
