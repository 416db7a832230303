//! Storage accounts as Resource Manager shows them: properties, keys, blob service, containers, lifecycle.

use serde_json::{Value, json};

use super::clock::arm_date;
use super::world::storage::{Account, Container, Firewall, SharedKeys};
use super::{Reply, Visit, error};

const READ: &str = "Microsoft.Storage/storageAccounts/read";
const READ_SERVICE: &str = "Microsoft.Storage/storageAccounts/blobServices/read";
const READ_CONTAINERS: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/read";
const READ_POLICY: &str = "Microsoft.Storage/storageAccounts/managementPolicies/read";
const LIST_KEYS: &str = "Microsoft.Storage/storageAccounts/listkeys/action";

impl Visit<'_> {
    /// The list of a subscription or of one of its groups.
    pub(super) fn accounts(&self, group: Option<&str>) -> Result<Reply, Reply> {
        let segments = if group.is_some() { 4 } else { 2 };
        self.require(READ, &self.scope(segments))?;
        let subscription = &self.path[1];
        let rows = self
            .world
            .accounts
            .values()
            .filter(|row| row.subscription.eq_ignore_ascii_case(subscription))
            .filter(|row| group.is_none_or(|group| row.group.eq_ignore_ascii_case(group)))
            .map(|row| self.account_body(row))
            .collect();
        Ok(self.page(rows))
    }

    /// `…/resourceGroups/{g}/providers/Microsoft.Storage/storageAccounts/…`
    pub(super) fn storage(&self, group: &str, words: &[&str]) -> Result<Reply, Reply> {
        let Some(name) = words.first() else { return self.accounts(Some(group)) };
        let id = self.scope(8);
        let account = || {
            let found = self.world.accounts.get(*name).filter(|account| account.id.eq_ignore_ascii_case(&id));
            found.ok_or_else(|| error::not_found("Microsoft.Storage/storageAccounts", name, group))
        };
        match &words[1..] {
            [] => {
                self.require(READ, &id)?;
                Ok(Reply::json(200, &self.account_body(account()?)))
            }
            ["listkeys"] => {
                self.require(LIST_KEYS, &id)?;
                self.keys(account()?)
            }
            ["blobservices", "default"] => {
                self.require(READ_SERVICE, &id)?;
                Ok(Reply::json(200, &blob_service(account()?)))
            }
            ["blobservices", "default", "containers"] => {
                self.require(READ_CONTAINERS, &id)?;
                let account = account()?;
                let rows =
                    account.containers.iter().map(|(name, row)| container(account, name, row)).collect();
                Ok(self.page(rows))
            }
            ["blobservices", "default", "containers", wanted] => {
                self.require(READ_CONTAINERS, &id)?;
                let account = account()?;
                let message = "The specified container does not exist.";
                let found = account.containers.get(*wanted);
                let found = found.ok_or_else(|| error::refusal(404, "ContainerNotFound", message))?;
                Ok(Reply::json(200, &container(account, wanted, found)))
            }
            ["managementpolicies", "default"] => {
                self.require(READ_POLICY, &id)?;
                lifecycle(account()?)
            }
            _ => Err(error::no_route(&self.call.path)),
        }
    }

    fn keys(&self, account: &Account) -> Result<Reply, Reply> {
        if let Some(lock) = self.world.read_only_lock(&account.id) {
            let message =
                format!("The scope '{}' cannot perform write operation because it is locked.", lock.scope);
            return Err(error::refusal(409, "ScopeLocked", &message));
        }
        let created = arm_date(account.created);
        let key = |name: &str, value: &str| json!({ "creationTime": created, "keyName": name, "value": value, "permissions": "FULL" });
        let [first, second] = &account.keys;
        Ok(Reply::json(200, &json!({ "keys": [key("key1", first), key("key2", second)] })))
    }

    /// The account. Its blob endpoint is path-style and follows the host that was asked.
    pub(super) fn account_body(&self, account: &Account) -> Value {
        let created = arm_date(account.created);
        let down = self.is_down(&account.region);
        let mut properties = json!({
            "dnsEndpointType": "Standard",
            "defaultToOAuthAuthentication": false,
            "keyCreationTime": { "key1": created, "key2": created },
            "allowCrossTenantReplication": false,
            "privateEndpointConnections": [],
            "minimumTlsVersion": "TLS1_2",
            "allowBlobPublicAccess": false,
            "isHnsEnabled": false,
            "networkAcls": self.network_rules(account),
            "supportsHttpsTrafficOnly": true,
            "encryption": {
                "services": { "blob": { "keyType": "Account", "enabled": true, "lastEnabledTime": created } },
                "keySource": "Microsoft.Storage",
            },
            "accessTier": "Hot",
            "provisioningState": "Succeeded",
            "creationTime": created,
            "primaryEndpoints": { "blob": format!("{}/{}/", self.call.origin, account.name) },
            "primaryLocation": account.region,
            "statusOfPrimary": if down { "unavailable" } else { "available" },
        });
        if let Some(word) = &account.public_access {
            properties["publicNetworkAccess"] = json!(word);
        }
        match account.shared_keys {
            SharedKeys::Allowed => properties["allowSharedKeyAccess"] = json!(true),
            SharedKeys::Forbidden => properties["allowSharedKeyAccess"] = json!(false),
            SharedKeys::Unset => {}
        }
        json!({
            "sku": { "name": "Standard_LRS", "tier": "Standard" },
            "kind": "StorageV2",
            "id": account.id,
            "name": account.name,
            "type": "Microsoft.Storage/storageAccounts",
            "location": account.region,
            "tags": {},
            "properties": properties,
        })
    }

    fn network_rules(&self, account: &Account) -> Value {
        let action = if account.firewall == Firewall::Open { "Allow" } else { "Deny" };
        let bypass = match account.firewall {
            Firewall::Open | Firewall::TrustedServices => "AzureServices",
            Firewall::ResourceRules(_) | Firewall::Addresses | Firewall::Closed => "None",
        };
        let addresses = match account.firewall {
            Firewall::Addresses => json!([{ "value": "192.0.2.64/26", "action": "Allow" }]),
            Firewall::Open | Firewall::TrustedServices | Firewall::ResourceRules(_) | Firewall::Closed => {
                json!([])
            }
        };
        let mut rules = json!({
            "ipv6Rules": [], "bypass": bypass, "virtualNetworkRules": [], "ipRules": addresses,
            "defaultAction": action,
        });
        if let Firewall::ResourceRules(names) = &account.firewall {
            let tenant = &self.world.tenant.id;
            let ids =
                names.iter().filter_map(|name| self.world.instances.get(name)).map(|instance| &instance.id);
            rules["resourceAccessRules"] =
                ids.map(|id| json!({ "tenantId": tenant, "resourceId": id })).collect();
        }
        rules
    }
}

fn blob_service(account: &Account) -> Value {
    let rules: Vec<Value> = (!account.cors_methods.is_empty())
        .then(|| {
            json!({
                "allowedOrigins": ["https://portal.contoso.example"],
                "allowedMethods": account.cors_methods,
                "maxAgeInSeconds": 3600,
                "exposedHeaders": ["*"],
                "allowedHeaders": ["*"],
            })
        })
        .into_iter()
        .collect();
    let kept = match account.keeps_deleted_days {
        None => json!({ "allowPermanentDelete": false, "enabled": false }),
        Some(days) => json!({ "allowPermanentDelete": false, "enabled": true, "days": days }),
    };
    json!({
        "sku": { "name": "Standard_LRS", "tier": "Standard" },
        "id": format!("{}/blobServices/default", account.id),
        "name": "default",
        "type": "Microsoft.Storage/storageAccounts/blobServices",
        "properties": {
            "cors": { "corsRules": rules },
            "deleteRetentionPolicy": kept,
        },
    })
}

fn container(account: &Account, name: &str, container: &Container) -> Value {
    json!({
        "id": format!("{}/blobServices/default/containers/{name}", account.id),
        "name": name,
        "type": "Microsoft.Storage/storageAccounts/blobServices/containers",
        "etag": format!("\"{}\"", container.etag),
        "properties": {
            "deleted": false,
            "remainingRetentionDays": 0,
            "defaultEncryptionScope": "$account-encryption-key",
            "denyEncryptionScopeOverride": false,
            "publicAccess": "None",
            "leaseStatus": "Unlocked",
            "leaseState": "Available",
            "lastModifiedTime": arm_date(container.modified),
            "legalHold": { "hasLegalHold": false, "tags": [] },
            "hasImmutabilityPolicy": false,
            "hasLegalHold": false,
        },
    })
}

fn lifecycle(account: &Account) -> Result<Reply, Reply> {
    let Some(days) = account.deleted_after_days else {
        let message = format!("No ManagementPolicy found for account {}", account.name);
        return Err(error::refusal(404, "ManagementPolicyNotFound", &message));
    };
    let delete = json!({ "delete": { "daysAfterModificationGreaterThan": days } });
    Ok(Reply::json(
        200,
        &json!({
            "id": format!("{}/managementPolicies/default", account.id),
            "name": "DefaultManagementPolicy",
            "type": "Microsoft.Storage/storageAccounts/managementPolicies",
            "properties": {
                "lastModifiedTime": arm_date(account.created),
                "policy": { "rules": [{
                    "enabled": true, "name": "tidy", "type": "Lifecycle",
                    "definition": {
                        "filters": { "blobTypes": ["blockBlob"], "prefixMatch": ["apim/"] },
                        "actions": { "baseBlob": delete },
                    },
                }] },
            },
        }),
    ))
}
