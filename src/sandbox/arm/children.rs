//! What an instance holds: APIs, products, subscriptions and the other collections, as items and as counts.
//!
//! Names are made from the configuration's author, so after a restore the target shows the source's items.

use serde_json::{Value, json};

use super::clock::arm_date;
use super::world::instance::{Content, Instance};
use super::world::surroundings::VaultUse;
use super::{Reply, Visit, error};

const TRADES: [&str; 12] = [
    "orders",
    "invoices",
    "customers",
    "catalog",
    "payments",
    "shipping",
    "stock",
    "accounts",
    "search",
    "reports",
    "devices",
    "events",
];

impl Visit<'_> {
    /// `{svc}/{collection}` with `$top` and `$skip`; `count` is the number of all of them.
    pub(super) fn collection(&self, instance: &Instance, wanted: &str) -> Result<Reply, Reply> {
        let action = format!("Microsoft.ApiManagement/service/{wanted}/read");
        self.require(&action, &instance.id)?;
        let (name, total) = if wanted == "workspaces" {
            ("workspaces", instance.workspaces)
        } else {
            let found = instance.content.counts.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            let (name, total) = found.ok_or_else(|| error::no_route(&self.call.path))?;
            (name.as_str(), *total)
        };
        let number = |key: &str| self.call.query(key).and_then(|text| text.parse::<u32>().ok());
        let skip = number("$skip").unwrap_or(0).min(total);
        let top = number("$top").unwrap_or(100);
        let end = skip.saturating_add(top).min(total);
        let value: Vec<Value> = (skip..end).map(|at| self.item(instance, name, at)).collect();
        let mut body = json!({ "value": value, "count": total });
        if end < total {
            let version = self.version();
            let (origin, path) = (&self.call.origin, &self.call.path);
            body["nextLink"] =
                json!(format!("{origin}{path}?api-version={version}&%24top={top}&%24skip={end}"));
        }
        Ok(Reply::json(200, &body))
    }

    /// The revisions of the developer portal: the published one, when there is one.
    pub(super) fn portal_revisions(&self, instance: &Instance) -> Result<Reply, Reply> {
        self.require("Microsoft.ApiManagement/service/portalRevisions/read", &instance.id)?;
        let revision = |name: &String| {
            json!({
                "id": format!("{}/portalRevisions/{name}", instance.id),
                "type": "Microsoft.ApiManagement/service/portalRevisions",
                "name": name,
                "properties": {
                    "description": "portal revision", "statusDetails": null, "status": "completed", "isCurrent": true,
                    "createdDateTime": "2026-09-01T08:00:00Z", "updatedDateTime": "2026-09-01T08:02:00Z",
                    "provisioningState": null,
                },
            })
        };
        let value: Vec<Value> = instance.surroundings.portal.iter().map(revision).collect();
        Ok(Reply::json(200, &json!({ "value": value, "count": value.len() })))
    }

    fn item(&self, instance: &Instance, collection: &str, number: u32) -> Value {
        let name = item_name(&instance.content, collection, number);
        let read = instance.content.vault.as_ref();
        let read = read.filter(|vault| collection == "namedValues" && number < vault.values);
        let properties = match read {
            Some(vault) => self.read_from_vault(instance, vault, &name),
            None => properties(instance, collection, number, &name),
        };
        json!({
            "id": format!("{}/{collection}/{name}", instance.id),
            "type": format!("Microsoft.ApiManagement/service/{collection}"),
            "name": name,
            "properties": properties,
        })
    }

    /// A named value of a Key Vault, with how its last reading ended: the identity must be on the instance, and the
    /// vault must let it in.
    fn read_from_vault(&self, instance: &Instance, vault: &VaultUse, name: &str) -> Value {
        let identity = vault.identity.as_ref();
        let known = identity.and_then(|name| self.world.identities.iter().find(|it| it.name == *name));
        let has = match identity {
            Some(name) => instance.identity.user.contains(name),
            None => instance.identity.system.is_some(),
        };
        let reader = identity.unwrap_or(&instance.name);
        let place = self.world.vaults.iter().find(|it| it.name == vault.name);
        let (code, message) = match place {
            _ if !has => ("ManagedIdentityNotFound", "The identity is not assigned to the service."),
            Some(place) if place.readers.contains(reader) => ("Success", ""),
            _ => ("AccessDenied", "Access denied. The caller may not read secrets of this vault."),
        };
        json!({
            "displayName": name, "secret": true, "tags": [],
            "keyVault": {
                "secretIdentifier": format!("https://{}.vault.azure.net/secrets/{name}", vault.name),
                "identityClientId": known.map(|it| it.client.clone()),
                "lastStatus": {
                    "code": code,
                    "message": if message.is_empty() { Value::Null } else { json!(message) },
                    "timeStampUtc": arm_date(self.now()),
                },
            },
        })
    }
}

/// `core-prod-orders-3` for the third round of trades, without the round in the first.
pub(crate) fn item_name(content: &Content, collection: &str, number: u32) -> String {
    if collection == "policies" {
        return "policy".to_owned();
    }
    let author = content.author.strip_prefix("apim-").unwrap_or(&content.author);
    let trades = u32::try_from(TRADES.len()).unwrap_or(1);
    let trade = TRADES[(number % trades) as usize];
    let prefix = if collection == "apis" { "" } else { collection };
    let round = number / trades;
    let parts = [prefix, author, trade];
    let name = parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("-");
    if round == 0 { name } else { format!("{name}-{}", round + 1) }
}

fn properties(instance: &Instance, collection: &str, number: u32, name: &str) -> Value {
    match collection {
        "apis" => json!({
            "displayName": name, "apiRevision": "1", "description": null, "subscriptionRequired": true,
            "serviceUrl": format!("https://backend.contoso.example/{name}"), "path": name,
            "protocols": ["https"], "isCurrent": true,
        }),
        "products" => json!({
            "displayName": name, "description": "", "terms": null, "subscriptionRequired": true,
            "approvalRequired": false, "subscriptionsLimit": null, "state": "published",
        }),
        "subscriptions" => json!({
            "ownerId": format!("{}/users/1", instance.id), "scope": format!("{}/apis", instance.id),
            "displayName": name, "state": "active", "createdDate": "2025-01-07T09:00:00Z",
        }),
        "users" => json!({
            "firstName": "User", "lastName": number.to_string(), "email": format!("user{number}@contoso.example"),
            "state": "active", "registrationDate": "2025-01-07T09:00:00Z", "identities": [],
        }),
        "namedValues" => {
            let is_secret = number.is_multiple_of(3);
            let value = if is_secret { Value::Null } else { json!(format!("value-{number}")) };
            json!({ "displayName": name, "value": value, "secret": is_secret, "tags": [] })
        }
        "policies" => json!({ "format": "xml", "value": format!("<policies><!-- {name} --></policies>") }),
        _ => json!({ "displayName": name, "description": "" }),
    }
}
