//! `POST …/backup` and `POST …/restore`: what is refused at once, and what is accepted and may fail later.
//!
//! The order of the checks is Resource Manager's first (right, existence, lock), then the provider's. Texts marked
//! [R] are recorded, [I] quoted from a public issue; the others are in the same style but nobody has seen them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;

use super::results::Address;
use super::world::access::Plane;
use super::world::instance::Instance;
use super::world::operation::{Direction, End, Operation, Place};
use super::world::storage::{
    AccessTier, Account, Container, Firewall, Matter, SharedKeys, Snapshot, etag, is_container_name,
};
use super::{Reply, Visit, error};

const READ_BLOBS: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";
const WRITE_BLOBS: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write";
/// [R] both of them.
const NOT_AUTHORIZED: &str = "This request is not authorized to perform this operation.";
const NOT_PERMITTED: &str = "This request is not authorized to perform this operation using this permission.";
/// A backup can be restored for thirty days.
const LIFETIME_HOURS: i64 = 30 * 24;

/// The body of the request.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    storage_account: String,
    container_name: String,
    backup_name: String,
    #[serde(default)]
    access_type: Access,
    access_key: Option<String>,
    client_id: Option<String>,
}

/// How the instance is to reach the storage account.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
enum Access {
    #[default]
    AccessKey,
    SystemAssignedManagedIdentity,
    UserAssignedManagedIdentity,
}

/// Why storage cannot be used: text and the parameter that is blamed.
type Blame = (String, String);

impl Visit<'_> {
    /// Starts a backup or a restore, or refuses to.
    pub(super) fn transfer(&mut self, direction: Direction) -> Result<Reply, Reply> {
        if self.call.method != "POST" {
            return Err(error::refusal(405, "MethodNotAllowed", "The requested method is not allowed."));
        }
        let id = self.scope(8);
        self.require(direction.action(), &id)?;
        let instance = self.existing(&id)?;
        if let Some(lock) = self.world.read_only_lock(&instance.id) {
            let message = format!(
                "The scope '{}' cannot perform write operation because following scope(s) are locked: '{}'. Please \
                 remove the lock and try again.",
                instance.id, lock.scope
            );
            return Err(error::refusal(409, "ScopeLocked", &message));
        }
        if self.is_down(&instance.region) {
            return Err(error::region_down());
        }
        refuse_unsupported(&instance, direction)?;
        let order: Order = serde_json::from_slice(&self.call.body).map_err(|fault| {
            invalid(&(format!("The request body is not valid: {fault}"), "parameters".to_owned()))
        })?;
        if instance.is_busy() {
            // [R] without Retry-After.
            let message = format!(
                "The API Service {} is transitioning at this time. Please try the request again later.",
                instance.name
            );
            return Err(error::provider_refusal(409, "ServiceLocked", &message));
        }
        self.reach(&instance, &order, direction).map_err(|blame| invalid(&blame))?;
        let end = match direction {
            Direction::Backup => self.plan_backup(&instance, &order),
            Direction::Restore => self.plan_restore(&instance, &order).map_err(|blame| invalid(&blame))?,
        };
        Ok(self.accept(direction, &instance, &order, end))
    }

    fn accept(&mut self, direction: Direction, instance: &Instance, order: &Order, end: End) -> Reply {
        let (clock, now) = (self.azure.clock, self.now());
        let number = self.world.operations.len();
        let short = self.world.seed.draw(&format!("operation/{}/{number}", instance.name)) & 0xffff_ffff;
        let key = format!("{}_{}_{short:08x}", instance.name, direction.word());
        let label = format!("duration/{key}");
        // Recorded: backups 362 to 616 s, restores 440 to 1147 s; a refused restore is found out early.
        let seconds = match (&end, direction) {
            (End::Failed { .. }, _) => 95,
            (_, Direction::Backup) => self.world.seed.within(&label, 480, 600),
            (_, Direction::Restore) => self.world.seed.within(&label, 580, 760),
        };
        let client_request = self.call.header("x-ms-client-request-id").map(str::to_owned);
        let operation = Operation {
            direction,
            instance: instance.name.to_ascii_lowercase(),
            place: Place {
                account: order.storage_account.clone(),
                container: order.container_name.clone(),
                blob: order.backup_name.clone(),
            },
            ends: now.saturating_add(clock.scaled(seconds as f64)).unwrap_or(now),
            end,
            finished: false,
            log_delay: clock.scaled(self.azure.conduct.log_delay_seconds),
            correlation: self.world.seed.guid(&format!("correlation/{key}")),
            client_request: client_request.unwrap_or_else(|| self.world.seed.guid(&format!("client/{key}"))),
        };
        let correlation = operation.correlation.clone();
        self.world.begin(key.clone(), operation, now);
        let address = Address::of(self, instance, &key);
        Reply::empty(202)
            .with("location", address.url(self, &key))
            .with("retry-after", clock.retry_after(60))
            .with("server", "Microsoft-HTTPAPI/2.0")
            .with("x-ms-correlation-request-id", correlation)
    }

    /// Whether the instance can get at the account, the way the order says.
    fn reach(&mut self, instance: &Instance, order: &Order, direction: Direction) -> Result<(), Blame> {
        let container = format!("backupContainerName (value: [{}])", order.container_name);
        let at_container = |text: &str| (text.to_owned(), container.clone());
        if !is_container_name(&order.container_name) {
            // [I], spelling included.
            let text = "The specifed resource name contains invalid characters.";
            return Err((text.to_owned(), "backupContainerName".to_owned()));
        }
        let Some(account) = self.world.accounts.get(&order.storage_account) else {
            // [R]
            let host = format!("{}.blob.core.windows.net", order.storage_account);
            return Err(at_container(&format!("The remote name could not be resolved: '{host}'")));
        };
        if self.is_down(&account.region) {
            return Err(at_container("The remote server returned an error: (503) Server Unavailable."));
        }
        match order.access_type {
            Access::AccessKey => key_reaches(account, instance, order, &at_container)?,
            Access::SystemAssignedManagedIdentity | Access::UserAssignedManagedIdentity => {
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
        if order.access_type == Access::SystemAssignedManagedIdentity {
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

    /// A backup makes its container when there is none [R: `CreateIfNotExists` in a server stack].
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

    fn plan_backup(&self, instance: &Instance, order: &Order) -> End {
        let label = format!("size/{}/{}", instance.name, order.backup_name);
        let apis = instance.content.counts.get("apis").copied().unwrap_or(0);
        let mebibyte = 1024 * 1024;
        let length = u64::from(apis) * 10 * mebibyte + self.world.seed.within(&label, mebibyte, 4 * mebibyte);
        let snapshot =
            Snapshot { tier: instance.tier.clone(), taken: self.now(), content: instance.content.clone() };
        End::Written { length, snapshot }
    }

    /// What comes of restoring the blob. Tier and age are found out only while the restore runs.
    fn plan_restore(&self, instance: &Instance, order: &Order) -> Result<End, Blame> {
        let at_name = |text: &str| (text.to_owned(), format!("backupName (value: [{}])", order.backup_name));
        let account = self.world.accounts.get(&order.storage_account);
        let blob = account
            .and_then(|account| account.blob(&order.container_name, &order.backup_name))
            .ok_or_else(|| at_name("The specified blob does not exist."))?;
        if blob.tier == AccessTier::Archive {
            return Err(at_name("This operation is not permitted on an archived blob."));
        }
        let failed = |message: String| End::Failed { code: "RestoreFailed", message };
        Ok(match &blob.matter {
            Matter::Bytes(_) => failed("Cannot restore: backup is not readable".to_owned()),
            Matter::Backup { snapshot, .. } => {
                let age = self.now().duration_since(snapshot.taken);
                if age.as_hours() >= LIFETIME_HOURS {
                    failed("Cannot restore: backup expired".to_owned())
                } else if snapshot.tier != instance.tier {
                    let (current, backup) = (&instance.tier, &snapshot.tier);
                    failed(format!("Cannot restore: current SKU is '{current}', backup SKU is '{backup}'"))
                } else {
                    End::Restored(Snapshot::clone(snapshot))
                }
            }
        })
    }
}

/// Tiers and features for which the documentation rules backup and restore out. No refusal was ever recorded.
fn refuse_unsupported(instance: &Instance, direction: Direction) -> Result<(), Reply> {
    let word = direction.word();
    let message =
        if !matches!(instance.tier.as_str(), "Developer" | "Basic" | "Standard" | "Premium" | "Isolated") {
            format!("{word} is not supported in the '{}' pricing tier.", instance.tier)
        } else if instance.workspaces > 0 {
            format!("{word} is not supported for API Management services that have workspaces.")
        } else {
            return Ok(());
        };
    Err(error::provider_refusal(400, "MethodNotAllowedInPricingTier", &message))
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
        // [I] an old storage library reads the account's CORS rules in key mode, and does not know PATCH.
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
    let is_system = access == Access::SystemAssignedManagedIdentity;
    let passes = match &account.firewall {
        Firewall::Open => true,
        Firewall::TrustedServices => is_system,
        Firewall::ResourceRules(named) => is_system && named.contains(&instance.name),
        Firewall::Addresses | Firewall::Closed => false,
    };
    if passes { Ok(()) } else { Err(at_container(NOT_AUTHORIZED)) }
}

/// The synchronous 400 of the provider's validator.
fn invalid((text, parameter): &Blame) -> Reply {
    let message = format!("Invalid parameter: {text}\r\nParameter name: {parameter}");
    error::provider_refusal(400, "InvalidParameters", &message)
}
