//! The file `assets/sandbox/fleet/contoso.json`. An unknown key is an error.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::world::access::{Group, Role};
use super::super::world::instance::FurtherRegion;
use super::super::world::storage::{Firewall, Peculiarity, SharedKeys};
use super::super::world::surroundings::{Surroundings, Vault};
use super::super::world::{Caller, Region, Subscription, Tenant};

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Fleet {
    pub(super) tenant: Tenant,
    pub(super) caller: Caller,
    pub(super) subscriptions: Vec<Subscription>,
    pub(super) regions: Vec<Region>,
    pub(super) identities: Vec<IdentityRow>,
    pub(super) instances: Vec<InstanceRow>,
    pub(super) accounts: Vec<AccountRow>,
    pub(super) backups: Vec<Series>,
    pub(super) roles: Vec<Role>,
    pub(super) grants: Vec<GrantRow>,
    pub(super) locks: Vec<LockRow>,
    #[serde(default)]
    pub(super) groups: Vec<Group>,
    #[serde(default)]
    pub(super) denials: Vec<DenialRow>,
    pub(super) changes: Vec<ChangeRow>,
    pub(super) vaults: Vec<Vault>,
}

/// An instance.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct InstanceRow {
    pub(super) name: String,
    /// `Subscription/group`
    #[serde(rename = "in")]
    pub(super) place: String,
    pub(super) region: String,
    pub(super) tier: String,
    pub(super) units: u32,
    /// Size of the configuration: how many APIs.
    pub(super) apis: u32,
    /// Whose configuration it holds; its own when absent.
    pub(super) author: Option<String>,
    #[serde(default)]
    pub(super) further_regions: Vec<FurtherRegion>,
    #[serde(default)]
    pub(super) zones: Vec<String>,
    #[serde(default)]
    pub(super) system_identity: bool,
    #[serde(default)]
    pub(super) user_identities: Vec<String>,
    /// How "no identity" is written; `null` on the wire when absent here.
    pub(super) no_identity: Option<String>,
    #[serde(default)]
    pub(super) hostnames: Vec<String>,
    #[serde(default = "no_network")]
    pub(super) network: String,
    pub(super) platform: String,
    #[serde(default)]
    pub(super) workspaces: u32,
    /// What its gateway is asked by its users.
    #[serde(default)]
    pub(super) requests_per_minute: u32,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
    #[serde(default = "succeeded")]
    pub(super) state: String,
    #[serde(default)]
    pub(super) target_state: String,
    #[serde(default)]
    pub(super) surroundings: Surroundings,
}

/// A user-assigned identity.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct IdentityRow {
    pub(super) name: String,
    #[serde(rename = "in")]
    pub(super) place: String,
    pub(super) principal: String,
    pub(super) client: String,
}

/// A storage account.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AccountRow {
    pub(super) name: String,
    #[serde(rename = "in")]
    pub(super) place: String,
    pub(super) region: String,
    pub(super) containers: Vec<String>,
    #[serde(default = "open")]
    pub(super) firewall: Firewall,
    #[serde(default = "allowed")]
    pub(super) shared_keys: SharedKeys,
    #[serde(default)]
    pub(super) cors_methods: Vec<String>,
    pub(super) deleted_after_days: Option<u32>,
    #[serde(default = "enabled")]
    pub(super) public_access: Option<String>,
    pub(super) keeps_deleted_days: Option<u32>,
}

/// Backups of one instance, taken at regular intervals.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Series {
    /// The instance.
    pub(super) of: String,
    /// `account/container`
    pub(super) at: String,
    /// Blob name, a strftime pattern for the time when the backup was begun.
    pub(super) name: String,
    pub(super) newest_hours: f64,
    pub(super) every_hours: f64,
    pub(super) count: u32,
    /// Usual size.
    pub(super) mebibytes: u64,
    /// Whether a manifest lies beside each.
    #[serde(default)]
    pub(super) manifest: bool,
    /// From this age on the blobs lie in the archive tier.
    pub(super) archived_after_days: Option<u32>,
    /// What is peculiar about some of them, by their number; 0 is the newest.
    #[serde(default)]
    pub(super) peculiar: BTreeMap<u32, Peculiarity>,
}

/// A role assignment.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct GrantRow {
    /// `caller`, an instance (its system-assigned identity), a user-assigned identity or a group.
    pub(super) to: String,
    /// Name of a role in the file.
    pub(super) role: String,
    /// A subscription, `Subscription/group`, an instance or an account.
    pub(super) on: String,
    /// How long ago it was given; for ever when absent.
    pub(super) minutes_ago: Option<u32>,
}

/// A deny assignment, for everybody.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DenialRow {
    pub(super) name: String,
    pub(super) data_actions: Vec<String>,
    pub(super) on: String,
}

/// A management lock.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct LockRow {
    pub(super) name: String,
    pub(super) level: String,
    pub(super) notes: String,
    pub(super) on: String,
}

/// What somebody did to the configuration of an instance, as the activity log tells it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ChangeRow {
    /// The instance.
    pub(super) on: String,
    /// The end of the action: `apis/write`.
    pub(super) action: String,
    /// Below the instance: `apis/orders`; the instance itself when empty.
    #[serde(default)]
    pub(super) of: String,
    pub(super) hours_ago: f64,
    pub(super) by: String,
    /// Whether the log tells an end.
    #[serde(default)]
    pub(super) ends: Ends,
}

/// How a change ended.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(super) enum Ends {
    #[default]
    Well,
    Badly,
    Never,
}

impl Fleet {
    /// Reads the shipped file.
    pub(super) fn contoso() -> Result<Fleet, String> {
        serde_json::from_str(include_str!("../../../assets/sandbox/fleet/contoso.json"))
            .map_err(|error| format!("the fleet \"contoso\" cannot be read: {error}"))
    }

    /// Subscription id and resource group of `Subscription/group`. A name that is not in the file stays a name,
    /// and is then as unreachable as a wrong id would be.
    pub(super) fn place(&self, place: &str) -> (String, String) {
        let (name, group) = place.split_once('/').unwrap_or((place, ""));
        let subscription = self.subscriptions.iter().find(|subscription| subscription.name == name);
        (subscription.map_or_else(|| name.to_owned(), |found| found.id.clone()), group.to_owned())
    }
}

fn no_network() -> String {
    "None".to_owned()
}

fn succeeded() -> String {
    "Succeeded".to_owned()
}

fn open() -> Firewall {
    Firewall::Open
}

fn enabled() -> Option<String> {
    Some("Enabled".to_owned())
}

fn allowed() -> SharedKeys {
    SharedKeys::Allowed
}
