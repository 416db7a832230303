//! The roles that the system-assigned identities hold, compared. A new identity has none, and what it was to reach fails
//! after the switch: Key Vaults, backends, Event Hubs. A user-assigned identity takes its roles along.

use serde::{Deserialize, Serialize};

use super::{ClosedBy, Difference, Parity, Remedy, Settings};

/// A role that the system-assigned identity of an instance holds somewhere in its subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentityRole {
    /// Its name; its id where that could not be read.
    pub name: String,
    /// The last part of the id of its definition, the same in every tenant for built-in roles.
    pub role: String,
    /// Where it counts.
    pub scope: String,
    /// Whether it is held by way of a group.
    pub by_group: bool,
}

impl IdentityRole {
    fn is_same(&self, other: &Self) -> bool {
        self.role.eq_ignore_ascii_case(&other.role) && self.scope.eq_ignore_ascii_case(&other.scope)
    }

    /// The last part of the scope, which is what people call it.
    fn place(&self) -> &str {
        self.scope.rsplit('/').find(|part| !part.is_empty()).unwrap_or("the tenant")
    }
}

/// Compares what the identities may do. `standby` is what the standby is set to, where that was read.
pub(super) fn compare(
    parity: &mut Parity,
    (source, standby): (&[IdentityRole], &[IdentityRole]),
    settings: Option<&Settings>,
) {
    for one in source {
        let id = format!("role:{}:{}", one.role, one.scope.to_ascii_lowercase());
        let setting = format!("identity role on {}", one.place());
        if standby.iter().any(|other| one.is_same(other)) {
            parity.same(id, setting, one.name.clone());
            continue;
        }
        let remedy = Remedy::from(if one.by_group {
            "The source holds it by way of a group: add the identity of the standby to it"
        } else {
            "Grant it to the identity of the standby, before a restore if the named values need it"
        });
        let principal = settings.and_then(|it| it.identity.system.as_deref());
        let remedy = match principal.filter(|_| !one.by_group).and_then(|id| grant(one, id)) {
            Some(command) => remedy.by(command),
            None => remedy,
        };
        parity.differences.push(
            Difference::new(id, setting, (Some(one.name.clone()), None))
                .closed(ClosedBy::ByHand)
                .blocking(None)
                .advising(remedy),
        );
    }
    for other in standby.iter().filter(|it| !source.iter().any(|one| one.is_same(it))) {
        let id = format!("role:{}:{}", other.role, other.scope.to_ascii_lowercase());
        let setting = format!("identity role on {}", other.place());
        parity.differences.push(Difference::new(id, setting, (None, Some(other.name.clone()))));
    }
}

/// None when a word could end its quotes.
fn grant(role: &IdentityRole, principal: &str) -> Option<String> {
    let is_unsafe = |text: &str| text.contains(|c: char| c == '\'' || c.is_control());
    if [role.role.as_str(), role.scope.as_str(), principal].into_iter().any(is_unsafe) {
        return None;
    }
    Some(format!(
        "az role assignment create --assignee-object-id '{principal}' --assignee-principal-type ServicePrincipal \
         --role '{}' --scope '{}'",
        role.role, role.scope
    ))
}
