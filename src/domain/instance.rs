//! An API Management instance, as Resource Graph or ARM describes it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::region::Region;
use super::resource::{ResourceId, SubscriptionId};
use super::sku::{BackupSupport, Sku};

/// One instance. Every field that Azure may leave out is an `Option`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// Its ARM id.
    pub id: ResourceId,
    /// Its name, unique in a whole cloud because it is a host name.
    pub name: String,
    /// The primary region.
    pub region: Region,
    /// Further regions of a multi-region Premium instance.
    pub additional_regions: Vec<Region>,
    /// Tier and units; `None` when the answer had none.
    pub sku: Option<Sku>,
    /// Azure's `provisioningState`, verbatim.
    pub state: Option<String>,
    /// Azure's `targetProvisioningState`, verbatim; empty when idle.
    pub target_state: Option<String>,
    /// `stv1`, `stv2`, `stv2.1`, `mtv1`, `undetermined`, …
    pub platform_version: Option<String>,
    /// The managed identities that it has.
    pub identity: Identity,
    /// `None`, `External` or `Internal`, verbatim.
    pub virtual_network: Option<String>,
    /// Where its gateway listens.
    pub gateway_url: Option<String>,
    /// Custom and default host names, as configured.
    pub hostnames: Vec<String>,
    /// The oldest api-version that it answers to, verbatim; empty when it sets none, `None` when nothing was said of it.
    pub min_api_version: Option<String>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// The entity tag of the resource; changes with every change of it.
    pub etag: Option<String>,
}

/// The managed identities of an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The principal of the system-assigned identity, when there is one.
    pub system: Option<String>,
    /// The user-assigned identities.
    pub user: Vec<UserIdentity>,
}

/// One user-assigned identity of an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserIdentity {
    /// Its ARM id.
    pub id: String,
    /// What a backup request names it by.
    #[serde(alias = "client_id")]
    pub client_id: Option<String>,
    /// What role assignments name it by.
    #[serde(alias = "principal_id")]
    pub principal_id: Option<String>,
}

/// What the configuration of this program says of an instance. Of several marks the last one counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Nothing is said of it.
    #[default]
    Unmarked,
    /// Restores into it are drills.
    Drill,
    /// It carries production.
    Production,
}

/// What an instance is doing, read from its two state words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Activity {
    /// Succeeded, and nothing is under way.
    Idle,
    /// A change is under way; Azure's word for it.
    Busy(String),
    /// The last change ended badly; Azure's word.
    Broken(String),
    /// A state word is missing or new.
    Unknown(String),
}

impl Instance {
    /// The subscription that holds it.
    pub fn subscription(&self) -> SubscriptionId {
        self.id.subscription()
    }

    /// Whether its tier has backups at all.
    pub fn backup_support(&self) -> BackupSupport {
        self.sku.as_ref().map_or(BackupSupport::Unknown, |sku| sku.tier.backup_support())
    }

    /// Whether it runs inside a virtual network.
    pub fn is_in_a_network(&self) -> bool {
        self.virtual_network
            .as_deref()
            .is_some_and(|word| !word.is_empty() && !word.eq_ignore_ascii_case("None"))
    }

    /// What it is doing.
    pub fn activity(&self) -> Activity {
        let (state, target) = (self.state.as_deref(), self.target_state.as_deref());
        Activity::of(state.unwrap_or_default(), target.unwrap_or_default())
    }
}

impl Activity {
    /// What the two state words say; empty where Azure reports none.
    ///
    /// Recorded traffic shows `Succeeded` staying while only `targetProvisioningState` moves, and idle instances
    /// whose target says `Succeeded` instead of nothing.
    pub fn of(state: &str, target: &str) -> Self {
        let target_idle = target.is_empty() || target.eq_ignore_ascii_case("Succeeded");
        let is = |words: &[&str]| words.iter().any(|word| state.eq_ignore_ascii_case(word));
        let ended_badly = is(&["Failed", "Stopped", "TerminationFailed"]);
        match () {
            () if is(&["Succeeded"]) && target_idle => Self::Idle,
            () if ended_badly && target_idle => Self::Broken(state.to_owned()),
            () if ended_badly || is(&["Succeeded"]) => Self::Busy(target.to_owned()),
            () if is(&["Created", "Activating", "Updating", "Terminating", "Deleting"]) => {
                Self::Busy(state.to_owned())
            }
            () if state.is_empty() => Self::Unknown("not reported".to_owned()),
            () => Self::Unknown(state.to_owned()),
        }
    }
}

impl fmt::Display for Activity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Idle => f.write_str("Succeeded"),
            Self::Busy(word) | Self::Broken(word) | Self::Unknown(word) => f.write_str(word),
        }
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;
    use crate::domain::sku::Tier;

    /// An idle instance of `tier` with a system-assigned identity.
    pub(crate) fn instance(name: &str, tier: Tier) -> Instance {
        let id =
            format!("/subscriptions/s-1/resourceGroups/rg/providers/Microsoft.ApiManagement/service/{name}");
        Instance {
            id: id.try_into().unwrap_or_else(|error| panic!("{error}")),
            name: name.to_owned(),
            region: Region::new("westeurope"),
            additional_regions: Vec::new(),
            sku: Some(Sku { tier, units: Some(1) }),
            state: Some("Succeeded".to_owned()),
            target_state: Some(String::new()),
            platform_version: Some("stv2".to_owned()),
            identity: Identity { system: Some("principal-1".to_owned()), user: Vec::new() },
            virtual_network: Some("None".to_owned()),
            gateway_url: None,
            hostnames: Vec::new(),
            min_api_version: Some(String::new()),
            created_at: None,
            etag: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::samples::instance;
    use super::*;
    use crate::domain::sku::Tier;

    #[test]
    fn two_state_words_make_one_activity() {
        let busy = |word: &str| Activity::Busy(word.to_owned());
        let table = [
            (Some("Succeeded"), Some(""), Activity::Idle),
            (Some("Succeeded"), None, Activity::Idle),
            (Some("Succeeded"), Some("Succeeded"), Activity::Idle),
            (Some("Succeeded"), Some("Updating"), busy("Updating")),
            (Some("Succeeded"), Some("Deleting"), busy("Deleting")),
            (Some("Activating"), Some("Activating"), busy("Activating")),
            (Some("Updating"), Some(""), busy("Updating")),
            (Some("Failed"), Some(""), Activity::Broken("Failed".to_owned())),
            (Some("Failed"), Some("Updating"), busy("Updating")),
            (Some("Hibernating"), Some(""), Activity::Unknown("Hibernating".to_owned())),
            (None, None, Activity::Unknown("not reported".to_owned())),
        ];
        for (state, target, expected) in table {
            let mut it = instance("a", Tier::Premium);
            it.state = state.map(str::to_owned);
            it.target_state = target.map(str::to_owned);
            assert_eq!(it.activity(), expected, "{state:?} {target:?}");
        }
    }
}
