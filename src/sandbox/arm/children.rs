//! What an instance holds: APIs, products, subscriptions and the other collections, as items and as counts.
//!
//! Names are made from the configuration's author, so after a restore the target shows the source's items.

use serde_json::{Value, json};

use super::world::instance::{Content, Instance};
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
        let value: Vec<Value> = (skip..end).map(|at| item(instance, name, at)).collect();
        let mut body = json!({ "value": value, "count": total });
        if end < total {
            let version = self.version();
            let (origin, path) = (&self.call.origin, &self.call.path);
            body["nextLink"] =
                json!(format!("{origin}{path}?api-version={version}&%24top={top}&%24skip={end}"));
        }
        Ok(Reply::json(200, &body))
    }
}

fn item(instance: &Instance, collection: &str, number: u32) -> Value {
    let name = item_name(&instance.content, collection, number);
    json!({
        "id": format!("{}/{collection}/{name}", instance.id),
        "type": format!("Microsoft.ApiManagement/service/{collection}"),
        "name": name,
        "properties": properties(instance, collection, number, &name),
    })
}

/// `core-prod-orders-3` for the third round of trades, without the round in the first.
fn item_name(content: &Content, collection: &str, number: u32) -> String {
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
        _ => json!({ "displayName": name, "description": "" }),
    }
}
