//! What Azure's JSON becomes. Every field may be missing, null or of another type than documented; what cannot be
//! read is `None`, and no single odd field costs the rest of an answer.

use jiff::Timestamp;
use serde_json::Value;

use crate::domain::instance::{Identity, Instance, UserIdentity};
use crate::domain::permission::{Grant, Permissions};
use crate::domain::region::Region;
use crate::domain::resource::{ResourceId, Subscription, SubscriptionId};
use crate::domain::sku::{Sku, Tier};
use crate::domain::storage::StorageAccount;

use super::activity::ActivityEvent;

/// The text at a path such as `/properties/provisioningState`.
pub(crate) fn text(json: &Value, path: &str) -> Option<String> {
    json.pointer(path).and_then(Value::as_str).map(str::to_owned)
}

/// The same, when there is anything in it.
pub(crate) fn filled(json: &Value, path: &str) -> Option<String> {
    text(json, path).filter(|text| !text.is_empty())
}

pub(crate) fn list<'a>(json: &'a Value, path: &str) -> impl Iterator<Item = &'a Value> {
    json.pointer(path).and_then(Value::as_array).into_iter().flatten()
}

pub(crate) fn texts(json: &Value, path: &str) -> Vec<String> {
    list(json, path).filter_map(Value::as_str).map(str::to_owned).collect()
}

pub(crate) fn time(json: &Value, path: &str) -> Option<Timestamp> {
    json.pointer(path)?.as_str()?.parse().ok()
}

fn id(json: &Value) -> Option<ResourceId> {
    text(json, "/id")?.parse().ok()
}

/// An instance, from ARM or from Resource Graph. `None` without an id: nothing could be done with it.
pub(crate) fn instance(json: &Value) -> Option<Instance> {
    let id = id(json)?;
    Some(Instance {
        name: filled(json, "/name").unwrap_or_else(|| id.name().to_owned()),
        region: Region::new(&text(json, "/location").unwrap_or_default()),
        additional_regions: list(json, "/properties/additionalLocations")
            .filter_map(|place| text(place, "/location"))
            .map(|name| Region::new(&name))
            .collect(),
        // Until 2014-02-14 the SKU was one of the properties.
        sku: json.get("sku").and_then(sku).or_else(|| json.pointer("/properties/sku").and_then(sku)),
        state: text(json, "/properties/provisioningState"),
        target_state: text(json, "/properties/targetProvisioningState"),
        platform_version: filled(json, "/properties/platformVersion"),
        identity: json.get("identity").map(identity).unwrap_or_default(),
        virtual_network: filled(json, "/properties/virtualNetworkType"),
        gateway_url: filled(json, "/properties/gatewayUrl"),
        hostnames: list(json, "/properties/hostnameConfigurations")
            .filter_map(|host| filled(host, "/hostName"))
            .collect(),
        // Recorded: the constraint is always told, as an object with a null when there is none.
        min_api_version: json
            .pointer("/properties/apiVersionConstraint")
            .map(|it| text(it, "/minApiVersion").unwrap_or_default()),
        created_at: time(json, "/properties/createdAtUtc"),
        etag: filled(json, "/etag"),
        id,
    })
}

fn sku(json: &Value) -> Option<Sku> {
    let units = json.get("capacity").and_then(Value::as_u64).and_then(|units| u32::try_from(units).ok());
    Some(Sku { tier: Tier::from(filled(json, "/name")?), units })
}

/// `type` is `SystemAssigned`, `UserAssigned`, both with a comma, or `none` in any letter case.
fn identity(json: &Value) -> Identity {
    let word = text(json, "/type").unwrap_or_default().to_ascii_lowercase();
    let is_system = word.split(',').any(|part| part.trim() == "systemassigned");
    let user = json.get("userAssignedIdentities").and_then(Value::as_object).into_iter().flatten();
    Identity {
        system: if is_system { filled(json, "/principalId") } else { None },
        user: user
            .map(|(id, of)| UserIdentity {
                id: id.clone(),
                client_id: filled(of, "/clientId"),
                principal_id: filled(of, "/principalId"),
            })
            .collect(),
    }
}

/// A subscription.
pub(crate) fn subscription(json: &Value) -> Option<Subscription> {
    let id = SubscriptionId::new(&filled(json, "/subscriptionId")?);
    Some(Subscription {
        name: filled(json, "/displayName").unwrap_or_else(|| id.to_string()),
        state: text(json, "/state"),
        tenant: filled(json, "/tenantId"),
        id,
    })
}

/// A storage account, from ARM or from Resource Graph.
pub(crate) fn storage_account(json: &Value) -> Option<StorageAccount> {
    let id = id(json)?;
    Some(StorageAccount {
        name: filled(json, "/name").unwrap_or_else(|| id.name().to_owned()),
        region: Region::new(&text(json, "/location").unwrap_or_default()),
        blob_endpoint: filled(json, "/properties/primaryEndpoints/blob"),
        shared_key_access: json.pointer("/properties/allowSharedKeyAccess").and_then(Value::as_bool),
        public_network_access: filled(json, "/properties/publicNetworkAccess"),
        default_action: filled(json, "/properties/networkAcls/defaultAction"),
        bypass: filled(json, "/properties/networkAcls/bypass"),
        resource_rules: list(json, "/properties/networkAcls/resourceAccessRules")
            .filter_map(|rule| filled(rule, "/resourceId"))
            .collect(),
        address_rules: address_rules(json),
        key_made_at: time(json, "/properties/keyCreationTime/key1"),
        has_folders: json.pointer("/properties/isHnsEnabled").and_then(Value::as_bool),
        id,
    })
}

/// The addresses and subnets that have a rule.
fn address_rules(json: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (rules, key) in [("ipRules", "/value"), ("ipv6Rules", "/value"), ("virtualNetworkRules", "/id")] {
        let path = format!("/properties/networkAcls/{rules}");
        found.extend(list(json, &path).filter_map(|rule| filled(rule, key)));
    }
    found
}

/// A container of the ARM route, unless it was deleted and is only kept for its retention days.
pub(crate) fn container(json: &Value) -> Option<String> {
    let is_deleted = json.pointer("/properties/deleted").and_then(Value::as_bool) == Some(true);
    if is_deleted { None } else { filled(json, "/name") }
}

/// What the permissions call answers.
pub(crate) fn permissions(entries: &[Value]) -> Permissions {
    let grant =
        |json: &Value| Grant { actions: texts(json, "/actions"), not_actions: texts(json, "/notActions") };
    Permissions(entries.iter().map(grant).collect())
}

/// An entry of the activity log; `None` without a time.
pub(crate) fn activity(json: &Value) -> Option<ActivityEvent> {
    let message = filled(json, "/properties/statusMessage").or_else(|| filled(json, "/properties/message"));
    Some(ActivityEvent {
        at: time(json, "/eventTimestamp")?,
        operation: filled(json, "/operationName/value"),
        resource: filled(json, "/resourceId"),
        status: filled(json, "/status/value"),
        sub_status: filled(json, "/subStatus/value"),
        client_request_id: filled(json, "/httpRequest/clientRequestId"),
        correlation_id: filled(json, "/correlationId"),
        caller: filled(json, "/caller"),
        message: message.map(|text| quoted(&text).unwrap_or(text)),
    })
}

/// Failures stand in the log as JSON inside a text; what a person wants is the words in it.
fn quoted(text: &str) -> Option<String> {
    let words = super::words::read(text.as_bytes());
    match (words.code, words.message) {
        (Some(code), Some(message)) => Some(format!("{code}: {message}")),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ID: &str =
        "/subscriptions/S-1/resourceGroups/rg/providers/Microsoft.ApiManagement/service/apim-core";

    #[test]
    fn an_instance_with_everything() {
        let it = instance(&json!({
            "id": ID, "name": "apim-core", "location": "West Europe", "etag": "AAAA=",
            "sku": {"name": "Premium", "capacity": 2},
            "identity": {"type": "SystemAssigned, UserAssigned", "principalId": "p-1", "userAssignedIdentities": {
                "/subscriptions/s/x": {"clientId": "c-2", "principalId": "p-2"}}},
            "properties": {"provisioningState": "Succeeded", "targetProvisioningState": "",
                "platformVersion": "stv2.1", "virtualNetworkType": "Internal",
                "createdAtUtc": "2025-05-16T13:13:06.3258554Z",
                "additionalLocations": [{"location": "North Europe"}],
                "hostnameConfigurations": [{"type": "Proxy", "hostName": "api.contoso.example"}],
                "apiVersionConstraint": {"minApiVersion": "2021-08-01"}},
        }))
        .unwrap();
        assert_eq!(it.sku.unwrap().to_string(), "Premium/2");
        assert_eq!(it.region.as_str(), "westeurope");
        assert_eq!(it.additional_regions, [Region::new("northeurope")]);
        assert_eq!(it.identity.system.as_deref(), Some("p-1"));
        assert_eq!(it.identity.user[0].client_id.as_deref(), Some("c-2"));
        assert_eq!(it.hostnames, ["api.contoso.example"]);
        assert_eq!(it.min_api_version.as_deref(), Some("2021-08-01"));
        assert_eq!(it.created_at.unwrap().to_string(), "2025-05-16T13:13:06.3258554Z");
    }

    #[test]
    fn an_instance_with_nothing_or_nonsense_is_still_listed() {
        for odd in [
            json!({ "id": ID }),
            json!({ "id": ID, "sku": null, "identity": null, "properties": null, "name": null }),
            json!({ "id": ID, "sku": "Premium", "identity": [], "properties": 7, "location": {} }),
            json!({ "id": ID, "sku": {"capacity": -1}, "properties": {"additionalLocations": "x", "createdAtUtc": "?"} }),
        ] {
            let it = instance(&odd).unwrap();
            assert_eq!((it.name.as_str(), it.sku, it.state), ("apim-core", None, None), "{odd}");
            assert_eq!(it.min_api_version, None, "{odd}");
        }
        let free = json!({ "id": ID, "properties": {"apiVersionConstraint": {"minApiVersion": null}} });
        assert_eq!(instance(&free).unwrap().min_api_version.as_deref(), Some(""));
        assert_eq!(instance(&json!({ "name": "apim-core" })), None);
        assert_eq!(instance(&json!([])), None);
    }

    #[test]
    fn identity_words_in_every_spelling() {
        let table = [
            ("SystemAssigned", true),
            ("systemassigned", true),
            ("SystemAssigned,UserAssigned", true),
            ("SystemAssigned, UserAssigned", true),
            ("UserAssigned", false),
            ("none", false),
            ("None", false),
            ("", false),
        ];
        for (word, is_system) in table {
            let it = identity(&json!({ "type": word, "principalId": "p" }));
            assert_eq!(it.system.is_some(), is_system, "{word}");
        }
    }

    #[test]
    fn an_account_keeps_what_is_absent_apart_from_what_is_false() {
        let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/stcore";
        let bare = storage_account(&json!({ "id": id, "properties": {} })).unwrap();
        assert_eq!((bare.shared_key_access, bare.blob_endpoint), (None, None));
        let full = storage_account(&json!({ "id": id, "properties": {
            "allowSharedKeyAccess": false, "publicNetworkAccess": "Enabled",
            "primaryEndpoints": {"blob": "https://stcore.blob.core.windows.net/"},
            "networkAcls": {"defaultAction": "Deny", "bypass": "Logging, AzureServices",
                "resourceAccessRules": [{"tenantId": "t", "resourceId": ID}],
                "ipRules": [{"value": "192.0.2.0/24", "action": "Allow"}, {"action": "Allow"}],
                "virtualNetworkRules": [{"id": "/subscriptions/s/subnet", "state": "Succeeded"}]},
            "keyCreationTime": {"key1": "2024-06-19T10:50:30.3781199Z", "key2": null},
            "isHnsEnabled": true } }))
        .unwrap();
        assert_eq!(full.shared_key_access, Some(false));
        assert_eq!(full.resource_rules, [ID]);
        assert_eq!(full.address_rules, ["192.0.2.0/24", "/subscriptions/s/subnet"]);
        assert_eq!(full.key_made_at.unwrap().to_string(), "2024-06-19T10:50:30.3781199Z");
        assert_eq!((full.has_folders, bare.has_folders, bare.key_made_at), (Some(true), None, None));
    }

    #[test]
    fn a_failure_in_the_log_is_taken_out_of_its_text() {
        let event = activity(&json!({
            "eventTimestamp": "2026-11-23T12:00:00.1234567Z", "caller": "jo@contoso.example",
            "operationName": {"value": "Microsoft.ApiManagement/service/restore/action"},
            "status": {"value": "Failed"}, "httpRequest": {"clientRequestId": "c-1"},
            "properties": {"statusMessage": "{\"error\":{\"code\":\"RestoreFailed\",\"message\":\"Cannot restore\"}}"},
        }))
        .unwrap();
        assert_eq!(event.message.as_deref(), Some("RestoreFailed: Cannot restore"));
        assert_eq!(event.client_request_id.as_deref(), Some("c-1"));
        assert_eq!(activity(&json!({ "status": {} })), None);
    }
}
