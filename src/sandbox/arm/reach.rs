//! How an instance reaches the storage account of its backup, and all the ways in which it does not.
//!
//! The provider tries it before it accepts anything, and blames a parameter of the request. A text is
//! recorded, or reported in a public issue, where that is said; the others are storage's own words in the same frame.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;

use super::world::access::Plane;
use super::world::instance::Instance;
use super::world::operation::Direction;
use super::world::storage::{Account, Container, Firewall, SharedKeys, etag, is_container_name};
use super::{Reply, Visit, error};

const READ_BLOBS: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";
const WRITE_BLOBS: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write";
/// Recorded, both of them.
const NOT_AUTHORIZED: &str = "This request is not authorized to perform this operation.";
const NOT_PERMITTED: &str = "This request is not authorized to perform this operation using this permission.";

/// The body of the request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Order {
    pub(super) storage_account: String,
    pub(super) container_name: String,
    pub(super) backup_name: String,
    #[serde(default)]
    access_type: Access,
    access_key: Option<String>,
    client_id: Option<String>,
}

/// How the instance is to reach the storage account.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
enum Access {
    #[default]
    #[serde(rename = "AccessKey")]
    Key,
    #[serde(rename = "SystemAssignedManagedIdentity")]
    System,
    #[serde(rename = "UserAssignedManagedIdentity")]
    User,
}

/// Why storage cannot be used: text and the parameter that is blamed.
pub(super) type Blame = (String, String);

impl Visit<'_> {
    /// Whether the instance can get at the account, the way the order says.
    pub(super) fn reach(
        &mut self,
        instance: &Instance,
        order: &Order,
        direction: Direction,
    ) -> Result<(), Blame> {
        let container = format!("backupContainerName (value: [{}])", order.container_name);
        let at_container = |text: &str| (text.to_owned(), container.clone());
        if !is_container_name(&order.container_name) {
            // Reported, spelling included.
            let text = "The specifed resource name contains invalid characters.";
            return Err((text.to_owned(), "backupContainerName".to_owned()));
        }
        let Some(account) = self.world.accounts.get(&order.storage_account) else {
            // Recorded.
            let host = format!("{}.blob.core.windows.net", order.storage_account);
            return Err(at_container(&format!("The remote name could not be resolved: '{host}'")));
        };
        if self.is_down(&account.region) {
            return Err(at_container("The remote server returned an error: (503) Server Unavailable."));
        }
        match order.access_type {
            Access::Key => key_reaches(account, instance, order, &at_container)?,
            Access::System | Access::User => {
                let principal = self.principal(instance, order)?;
                identity_reaches(account, instance, order.access_type, &at_container)?;
                let action = if direction == Direction::Backup { WRITE_BLOBS } else { READ_BLOBS };
                if !self.world.allows(&principal, Plane::Data, action, &account.id) {
                    return Err(at_container(NOT_PERMITTED));
                }
            }
        }
        self.find_container(order, direction).map_err(|text| at_container(&text))
    }

    /// The object id that will knock at the storage account.
    fn principal(&self, instance: &Instance, order: &Order) -> Result<String, Blame> {
        if order.access_type == Access::System {
            return instance.identity.system.clone().ok_or_else(|| {
                let text = format!(
                    "System-assigned managed identity is not enabled on service '{}'.",
                    instance.name
                );
                (text, "accessType".to_owned())
            });
        }
        let client = order.client_id.as_deref().unwrap_or_default();
        let named =
            self.world.identities.iter().find(|identity| identity.client.eq_ignore_ascii_case(client));
        named
            .filter(|identity| instance.identity.user.contains(&identity.name))
            .map(|identity| identity.principal.clone())
            .ok_or_else(|| {
                let name = &instance.name;
                let text =
                    format!("User-assigned managed identity '{client}' is not assigned to service '{name}'.");
                (text, "clientId".to_owned())
            })
    }

    /// A backup makes its container when there is none (recorded: `CreateIfNotExists` in a server stack).
    fn find_container(&mut self, order: &Order, direction: Direction) -> Result<(), String> {
        let (now, seed) = (self.now(), self.world.seed);
        let Some(account) = self.world.accounts.get_mut(&order.storage_account) else { return Ok(()) };
        let exists = account.containers.contains_key(&order.container_name);
        match direction {
            Direction::Restore if !exists => Err("The specified container does not exist.".to_owned()),
            Direction::Backup if !exists => {
                let tag = etag(seed, &format!("container/{}/{}", account.name, order.container_name));
                account.containers.insert(order.container_name.clone(), Container::new(tag, now));
                Ok(())
            }
            Direction::Backup | Direction::Restore => Ok(()),
        }
    }
}

/// Whether an account key gets through.
fn key_reaches(
    account: &Account,
    instance: &Instance,
    order: &Order,
    at_container: &impl Fn(&str) -> Blame,
) -> Result<(), Blame> {
    let Some(key) = order.access_key.as_deref().filter(|key| !key.is_empty()) else {
        return Err((
            "Access key is required for access type 'AccessKey'.".to_owned(),
            "accessKey".to_owned(),
        ));
    };
    if BASE64.decode(key).is_err() {
        return Err(("The access key is not a valid base-64 string.".to_owned(), "accessKey".to_owned()));
    }
    if account.cors_methods.iter().any(|method| method == "PATCH") {
        // Reported: an old storage library reads the account's CORS rules in key mode, and does not know PATCH.
        let text = format!("Requested value '{}' was not found.", account.cors_methods.join(","));
        return Err((text, "backupStorageAccount".to_owned()));
    }
    let firewall_lets_pass = match account.firewall {
        Firewall::Open => true,
        // Within a region the call comes from a private address that no rule can name.
        Firewall::Addresses => account.region != instance.region,
        Firewall::TrustedServices | Firewall::ResourceRules(_) | Firewall::Closed => false,
    };
    if !firewall_lets_pass {
        return Err(at_container(NOT_AUTHORIZED));
    }
    if account.shared_keys == SharedKeys::Forbidden {
        return Err(at_container("Key based authentication is not permitted on this storage account."));
    }
    if !account.keys.iter().any(|known| known == key) {
        return Err(at_container(
            "Server failed to authenticate the request. Make sure the value of Authorization header is formed \
             correctly including the signature.",
        ));
    }
    Ok(())
}

/// Whether the account's firewall lets an identity through. The exceptions are for system-assigned ones.
fn identity_reaches(
    account: &Account,
    instance: &Instance,
    access: Access,
    at_container: &impl Fn(&str) -> Blame,
) -> Result<(), Blame> {
    let is_system = access == Access::System;
    let passes = match &account.firewall {
        Firewall::Open => true,
        Firewall::TrustedServices => is_system,
        Firewall::ResourceRules(named) => is_system && named.contains(&instance.name),
        Firewall::Addresses | Firewall::Closed => false,
    };
    if passes { Ok(()) } else { Err(at_container(NOT_AUTHORIZED)) }
}

/// The synchronous 400 of the provider's validator.
pub(super) fn invalid((text, parameter): &Blame) -> Reply {
    let message = format!("Invalid parameter: {text}\r\nParameter name: {parameter}");
    error::provider_refusal(400, "InvalidParameters", &message)
}
