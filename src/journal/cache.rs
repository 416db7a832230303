//! The inventory as it was last seen, for the first frame. Disposable: a cache that does not fit in any way is no
//! cache. Nothing is ever approved from it.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::backup::Backup;
use crate::domain::instance::Instance;
use crate::domain::resource::Subscription;
use crate::domain::storage::StorageAccount;

use super::error::JournalError;
use super::folder;

/// The version of the schema; another version is no cache.
const VERSION: u32 = 1;
const NAME: &str = "inventory.json";

/// The inventory of one cloud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CachedInventory {
    /// When the reading was complete.
    pub as_of: Timestamp,
    /// The root of ARM that it was read from: an inventory of another cloud is never shown.
    pub resource_manager: String,
    /// The subscriptions.
    pub subscriptions: Vec<Subscription>,
    /// The instances.
    pub instances: Vec<Instance>,
    /// The storage accounts.
    pub accounts: Vec<StorageAccount>,
    /// The backups.
    pub backups: Vec<Backup>,
}

/// Where the inventory is kept between two runs.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The cache in this directory, which is made when something is stored.
    pub fn new(cache_dir: &Path) -> Self {
        Self { folder: cache_dir.to_owned() }
    }

    /// The inventory of this cloud, if one was kept where nobody else can write, and can be read.
    pub fn load(&self, resource_manager: &str) -> Option<CachedInventory> {
        folder::check_private(&self.folder).ok()?;
        let bytes = folder::read_own(&self.folder.join(NAME)).ok()?;
        let inventory = decode(&bytes)?;
        (inventory.resource_manager == resource_manager).then_some(inventory)
    }

    /// Keeps an inventory in place of the one before. Whoever reads sees the old one or the new one, whole.
    ///
    /// # Errors
    /// The disk says no; the one before stays.
    pub fn store(&self, inventory: &CachedInventory) -> Result<(), JournalError> {
        let body =
            serde_json::to_vec(inventory).map_err(|error| JournalError::Unwritable(error.to_string()))?;
        folder::replace(&self.folder, &self.folder.join(NAME), &header(&body), &body)
    }
}

/// The inventory that these bytes hold; `None` when they are not what was written.
pub(super) fn decode(bytes: &[u8]) -> Option<CachedInventory> {
    let line = bytes.iter().position(|&byte| byte == b'\n')?;
    let (head, body) = (bytes.get(..line)?, bytes.get(line + 1..)?);
    if head != header(body).as_bytes() {
        return None;
    }
    serde_json::from_slice(body).ok()
}

/// The first line: what it is, its version, the checksum of the rest.
pub(super) fn header(body: &[u8]) -> String {
    format!("lifeboat-inventory {VERSION} {:08x}", crc32fast::hash(body))
}

#[cfg(test)]
mod tests;
