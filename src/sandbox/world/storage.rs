//! Storage accounts, containers and blobs.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use serde::Deserialize;

use super::super::seed::Seed;
use super::instance::Content;

/// A storage account.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) subscription: String,
    pub(crate) group: String,
    pub(crate) region: String,
    pub(crate) firewall: Firewall,
    pub(crate) shared_keys: SharedKeys,
    /// Methods of the one CORS rule; no rule when empty.
    pub(crate) cors_methods: Vec<String>,
    /// Days after which a lifecycle rule deletes blobs; no policy when absent.
    pub(crate) deleted_after_days: Option<u32>,
    /// `publicNetworkAccess`; old accounts have none.
    pub(crate) public_access: Option<String>,
    /// For how many days a deleted blob is kept; not at all when absent.
    pub(crate) keeps_deleted_days: Option<u32>,
    pub(crate) created: Timestamp,
    pub(crate) keys: [String; 2],
    pub(crate) containers: BTreeMap<String, Container>,
}

/// What the account's network rules let through. The person at the console is never on the list of a closed one.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Firewall {
    /// `defaultAction: Allow`.
    Open,
    /// Closed, but `bypass` holds AzureServices: system-assigned identities pass.
    TrustedServices,
    /// Closed, with a resource instance rule for each of these instances (by name).
    ResourceRules(Vec<String>),
    /// Closed, with address rules for API Management's control plane: a key works from another region.
    Addresses,
    /// Closed to everybody.
    Closed,
}

/// `allowSharedKeyAccess`; Azure omits it where it was never set, which means allowed.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(crate) enum SharedKeys {
    Allowed,
    Unset,
    Forbidden,
}

/// A container.
#[derive(Clone, Debug)]
pub(crate) struct Container {
    pub(crate) modified: Timestamp,
    pub(crate) etag: String,
    /// By name; List Blobs answers in this order.
    pub(crate) blobs: BTreeMap<String, Blob>,
    /// Deleted ones that are still kept, with when and for how many days.
    pub(crate) deleted: BTreeMap<String, (Blob, Timestamp, u32)>,
}

/// A block blob.
#[derive(Clone, Debug)]
pub(crate) struct Blob {
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
    /// Without quotation marks, e.g. `0x8DC904F56E9235D`.
    pub(crate) etag: String,
    pub(crate) media_type: String,
    pub(crate) tier: AccessTier,
    pub(crate) peculiarity: Option<Peculiarity>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) matter: Matter,
}

/// `AccessTier` of a blob.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum AccessTier {
    Hot,
    Archive,
}

/// What is peculiar about a blob.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Peculiarity {
    /// Somebody holds a lease on it.
    Leased,
    /// It is on its way out of the archive tier, where it still lies.
    Rehydrating,
    /// It is a copy that is not done.
    BeingCopied,
}

/// What a blob is made of.
#[derive(Clone, Debug)]
pub(crate) enum Matter {
    /// A backup: opaque to everybody but API Management.
    Backup { length: u64, snapshot: Box<Snapshot> },
    /// Anything else.
    Bytes(Vec<u8>),
}

/// What API Management finds in a backup when it opens it. The date inside is the one that expires: copying a
/// blob does not renew it.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) tier: String,
    pub(crate) taken: Timestamp,
    pub(crate) content: Content,
}

impl super::World {
    /// Deletes a blob, if it is there; the account may keep it for some days.
    pub(crate) fn delete_blob(&mut self, account: &str, container: &str, name: &str, at: Timestamp) {
        let Some(account) = self.accounts.get_mut(account) else { return };
        let Some(container) = account.containers.get_mut(container) else { return };
        if let (Some(blob), Some(days)) = (container.blobs.remove(name), account.keeps_deleted_days) {
            container.deleted.insert(name.to_owned(), (blob, at, days));
        }
    }
}

impl Account {
    /// Draws the two keys of an account.
    pub(crate) fn draw_keys(seed: Seed, name: &str) -> [String; 2] {
        ["key1", "key2"].map(|key| {
            let bytes: Vec<u8> =
                (0..8).flat_map(|part| seed.draw(&format!("{key}/{name}/{part}")).to_be_bytes()).collect();
            BASE64.encode(bytes)
        })
    }

    /// The blob, if the container and the blob exist.
    pub(crate) fn blob(&self, container: &str, name: &str) -> Option<&Blob> {
        self.containers.get(container)?.blobs.get(name)
    }
}

impl Container {
    /// A container without blobs.
    pub(crate) fn new(etag: String, at: Timestamp) -> Container {
        Container { modified: at, etag, blobs: BTreeMap::new(), deleted: BTreeMap::new() }
    }
}

impl Blob {
    /// A blob that was just written.
    pub(crate) fn new(etag: String, at: Timestamp, matter: Matter) -> Blob {
        Blob {
            created: at,
            modified: at,
            etag,
            media_type: "application/octet-stream".to_owned(),
            tier: AccessTier::Hot,
            peculiarity: None,
            metadata: BTreeMap::new(),
            matter,
        }
    }

    /// Size in bytes.
    pub(crate) fn length(&self) -> u64 {
        match &self.matter {
            Matter::Backup { length, .. } => *length,
            Matter::Bytes(bytes) => bytes.len() as u64,
        }
    }
}

/// The storage etag that belongs to `label`, without quotation marks.
pub(crate) fn etag(seed: Seed, label: &str) -> String {
    // Real ones begin with the high digits of a .NET tick count.
    format!("0x8DE{:012X}", seed.draw(label) & 0xffff_ffff_ffff)
}

/// Whether Azure takes this as the name of a container.
pub(crate) fn is_container_name(name: &str) -> bool {
    (3..=63).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
        && !name.contains("--")
}
