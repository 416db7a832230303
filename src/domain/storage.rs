//! Where backups lie: storage accounts, containers, addresses.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::region::Region;
use super::resource::ResourceId;

/// A storage account, as far as a backup depends on it. An absent field is `None`, never a default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageAccount {
    /// Its ARM id.
    pub id: ResourceId,
    /// Its name: all that a backup request says of it.
    pub name: String,
    /// Its region.
    pub region: Region,
    /// `primaryEndpoints.blob`: the only address of its blobs; never built from the name.
    pub blob_endpoint: Option<String>,
    /// `allowSharedKeyAccess`; Azure documents an absent value as allowed.
    pub shared_key_access: Option<bool>,
    /// `publicNetworkAccess`: Enabled, Disabled, SecuredByPerimeter.
    pub public_network_access: Option<String>,
    /// `networkAcls.defaultAction`: Allow or Deny.
    pub default_action: Option<String>,
    /// `networkAcls.bypass`: a comma-separated list.
    pub bypass: Option<String>,
    /// The resources that `networkAcls.resourceAccessRules` lets in.
    pub resource_rules: Vec<String>,
    /// The addresses that `networkAcls.ipRules` lets in, and the subnets that `virtualNetworkRules` lets in.
    #[serde(default)]
    pub address_rules: Vec<String>,
    /// `keyCreationTime.key1`: when the key that is used was made; old keys have none (recorded).
    #[serde(default)]
    pub key_made_at: Option<Timestamp>,
    /// `isHnsEnabled`: in an account with folders, access lists give rights that no role shows.
    #[serde(default)]
    pub has_folders: Option<bool>,
}

/// A container of an account: where backups lie. Written `ACCOUNT/CONTAINER`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Location {
    /// The account's name.
    pub account: String,
    /// The container's name.
    pub container: String,
}

/// The address of one backup. Written `ACCOUNT/CONTAINER/NAME`; the name may hold further slashes.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BackupAddress {
    /// The container that holds it.
    pub location: Location,
    /// The name of the blob.
    pub name: String,
}

// By hand, because a derived `clone_from` makes new texts: a cursor that moves on takes the room of the old ones.
impl Clone for Location {
    fn clone(&self) -> Self {
        Self { account: self.account.clone(), container: self.container.clone() }
    }

    fn clone_from(&mut self, other: &Self) {
        self.account.clone_from(&other.account);
        self.container.clone_from(&other.container);
    }
}

impl Clone for BackupAddress {
    fn clone(&self) -> Self {
        Self { location: self.location.clone(), name: self.name.clone() }
    }

    fn clone_from(&mut self, other: &Self) {
        self.location.clone_from(&other.location);
        self.name.clone_from(&other.name);
    }
}

/// The text is not an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not {wanted}")]
pub struct InvalidAddress {
    text: String,
    wanted: &'static str,
}

impl Location {
    /// A location by its two names.
    pub fn new(account: impl Into<String>, container: impl Into<String>) -> Self {
        Self { account: account.into(), container: container.into() }
    }

    /// The address of the blob `name` in it.
    pub fn at(&self, name: impl Into<String>) -> BackupAddress {
        BackupAddress { location: self.clone(), name: name.into() }
    }
}

/// Account names are 3 to 24 lower-case letters and digits (storage account naming rules).
fn is_account_name(text: &str) -> bool {
    (3..=24).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

/// Container names are 3 to 63 lower-case letters, digits and single hyphens, or one of the `$` names.
fn is_container_name(text: &str) -> bool {
    let plain = text.strip_prefix('$').unwrap_or(text);
    (3..=63).contains(&text.len())
        && plain.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !plain.starts_with('-')
        && !plain.ends_with('-')
        && !plain.contains("--")
}

impl FromStr for Location {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('/') {
            Some((account, container)) if is_account_name(account) && is_container_name(container) => {
                Ok(Self::new(account, container))
            }
            _ => Err(InvalidAddress { text: text.to_owned(), wanted: "a location: ACCOUNT/CONTAINER" }),
        }
    }
}

impl FromStr for BackupAddress {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidAddress { text: text.to_owned(), wanted: "a backup: ACCOUNT/CONTAINER/NAME" };
        let (account, rest) = text.split_once('/').ok_or_else(invalid)?;
        let (container, name) = rest.split_once('/').ok_or_else(invalid)?;
        let name_fits = (1..=1024).contains(&name.chars().count());
        if is_account_name(account) && is_container_name(container) && name_fits {
            Ok(Location::new(account, container).at(name))
        } else {
            Err(invalid())
        }
    }
}

impl TryFrom<String> for Location {
    type Error = InvalidAddress;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl TryFrom<String> for BackupAddress {
    type Error = InvalidAddress;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Location> for String {
    fn from(location: Location) -> Self {
        location.to_string()
    }
}

impl From<BackupAddress> for String {
    fn from(address: BackupAddress) -> Self {
        address.to_string()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.account, self.container)
    }
}

impl fmt::Display for BackupAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.location, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_round_trips_and_its_name_may_hold_slashes() {
        for text in ["stcore/apim/core.apimbackup", "st1/apim/2026/11/core backup+1"] {
            assert_eq!(text.parse::<BackupAddress>().unwrap().to_string(), text);
        }
        assert_eq!("stcore/apim".parse::<Location>().unwrap(), Location::new("stcore", "apim"));
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_wanted_form() {
        for text in [
            "",
            "core",
            "stcore/apim",
            "stcore/apim/",
            "ST/apim/x",
            "st/ap/x",
            "stcore/Apim/x",
            "stcore/-a-/x",
        ] {
            let error = text.parse::<BackupAddress>().unwrap_err().to_string();
            assert!(error.contains("ACCOUNT/CONTAINER/NAME"), "{text}: {error}");
        }
        assert!("stcore/a--b".parse::<Location>().is_err());
        assert!("stcore".parse::<Location>().is_err());
    }
}
