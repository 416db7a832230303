//! An instance of API Management: what it is, and what it holds.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use super::surroundings::{Surroundings, VaultUse};

/// One instance.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) subscription: String,
    pub(crate) group: String,
    /// `westeurope`
    pub(crate) region: String,
    pub(crate) further_regions: Vec<FurtherRegion>,
    /// `Premium`, `StandardV2`, …
    pub(crate) tier: String,
    pub(crate) units: u32,
    pub(crate) platform: String,
    pub(crate) zones: Vec<String>,
    pub(crate) identity: Identity,
    pub(crate) hostnames: Vec<String>,
    /// `None`, `External`, `Internal`
    pub(crate) network: String,
    pub(crate) tags: BTreeMap<String, String>,
    /// A number of workspaces above 0 rules out backup and restore.
    pub(crate) workspaces: u32,
    pub(crate) created: Timestamp,
    /// `provisioningState`
    pub(crate) state: String,
    /// `targetProvisioningState`; empty when nothing goes on.
    pub(crate) target_state: String,
    /// What a backup carries.
    pub(crate) content: Content,
    /// What it does not.
    pub(crate) surroundings: Surroundings,
    pub(crate) revision: u64,
    /// The oldest api-version that it answers to, when it is restricted.
    pub(crate) min_api_version: Option<String>,
    /// What its gateway is asked by its users.
    pub(crate) requests_per_minute: u32,
    /// The tiers that it had before.
    pub(crate) former_tiers: Vec<FormerTier>,
}

/// A tier that an instance had until it was changed.
#[derive(Clone, Debug)]
pub(crate) struct FormerTier {
    pub(crate) tier: String,
    pub(crate) until: Timestamp,
}

/// A region beside the first one.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FurtherRegion {
    pub(crate) region: String,
    pub(crate) units: u32,
}

/// What an instance authenticates with towards other resources.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    /// The object id of the system-assigned identity.
    pub(crate) system: Option<String>,
    /// Names of user-assigned identities.
    pub(crate) user: Vec<String>,
    /// How "no identity" is written: Azure sends `null`, `{"type":"None"}` and `{"type":"none"}` alike.
    pub(crate) spelling_of_none: Option<String>,
}

/// A user-assigned identity.
#[derive(Clone, Debug)]
pub(crate) struct UserIdentity {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) principal: String,
    pub(crate) client: String,
}

/// The configuration of an instance, as far as one can count it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Content {
    /// Whose configuration this is: the name of the instance where it was made.
    pub(crate) author: String,
    /// Items by collection, e.g. `apis` → 14.
    pub(crate) counts: BTreeMap<String, u32>,
    /// What its named values read.
    pub(crate) vault: Option<VaultUse>,
}

impl Instance {
    /// Whether something goes on that keeps others out. Recorded idle targets are `""` and, now and then, the
    /// state itself.
    pub(crate) fn is_busy(&self) -> bool {
        !self.target_state.is_empty() && self.target_state != self.state
            || matches!(
                self.state.as_str(),
                "Activating" | "Updating" | "Created" | "Terminating" | "Deleting"
            )
    }
}
