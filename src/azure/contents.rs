//! What hangs below an instance: collections, portal revisions, diagnostic settings, the state of its network.
//!
//! No call here asks for a secret: the list of named values leaves out the values of secrets. What entries say is kept
//! as the beginning of a hash only, enough to tell one version from another.

use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use crate::domain::parity::{Collection, Contents, Diagnostic, NetworkFault, Portal, VaultReference};
use crate::domain::plan::API_VERSION;
use crate::domain::resource::ResourceId;

use super::arm::{json, odd};
use super::budget::Haste;
use super::error::{AzureError, RequestIds};
use super::http::Ask;
use super::origin;
use super::{Azure, wire};

const DIAGNOSTICS: &str = "2021-05-01-preview";

/// Pages of one collection that are read at most; a page has a hundred entries.
const MOST_PAGES: usize = 20;

impl Azure {
    /// What an instance has of one collection. A list that goes on is read to its end where its entries matter, and
    /// otherwise counted by the number that Azure puts beside it.
    ///
    /// # Errors
    /// As for any reading; a list of more than two thousand entries without a number is [`AzureError::Odd`].
    pub async fn contents(&self, id: &ResourceId, of: Collection) -> Result<Contents, AzureError> {
        let what = format!("{of} of {}", id.name());
        let mut next = Some(self.arm(&format!("{id}/{}", of.path()), &[("api-version", API_VERSION)]));
        let mut found = Contents::default();
        for _ in 0..MOST_PAGES {
            let Some(url) = next else { return Ok(found) };
            let page = self.collection_page(&what, url).await?;
            take(&mut found, of, &page.entries);
            match page.count.filter(|count| !is_told_by_entry(of) && *count > found.count) {
                Some(count) => return Ok(Contents { count, ..found }),
                None => next = page.next,
            }
        }
        if next.is_none() {
            return Ok(found);
        }
        let detail = format!("there are more than {}, and Azure does not say how many", found.count);
        Err(AzureError::Odd { what, detail, http_status: None, ids: RequestIds::default() })
    }

    async fn collection_page(&self, what: &str, url: Url) -> Result<Page, AzureError> {
        let ask = Ask { haste: Haste::Ahead, ..Ask::get(what, url) };
        let reply = self.glance(&ask).await?;
        let mut json = json(&ask, &reply)?;
        let Some(Value::Array(entries)) = json.get_mut("value").map(Value::take) else {
            return Err(odd(what, "the answer is no list", &reply));
        };
        let link = wire::filled(&json, "/nextLink");
        let next = match link.map(|link| origin::follow(&link, &ask.url, &self.0.root)) {
            Some(Ok(next)) if next == ask.url => {
                return Err(odd(what, "the list leads back to itself", &reply));
            }
            Some(Ok(next)) => Some(next),
            Some(Err(stray)) => return Err(odd(what, &format!("nextLink: {stray}"), &reply)),
            None => None,
        };
        Ok(Page { entries, count: json.get("count").and_then(Value::as_u64), next })
    }

    /// Whether the developer portal is published.
    ///
    /// # Errors
    /// As for any reading.
    pub async fn portal(&self, id: &ResourceId) -> Result<Portal, AzureError> {
        let url = self.arm(&format!("{id}/portalRevisions"), &[("api-version", API_VERSION)]);
        let mut portal = Portal::default();
        self.pages(&format!("portal revisions of {}", id.name()), url, Haste::Ahead, |entries| {
            let current = entries.iter().find(|it| is_published(it));
            portal.published = portal.published.take().or_else(|| wire::filled(current?, "/name"));
        })
        .await?;
        Ok(portal)
    }

    /// Where Azure Monitor sends what an instance tells.
    ///
    /// # Errors
    /// As for any reading.
    pub async fn diagnostics(&self, id: &ResourceId) -> Result<Vec<Diagnostic>, AzureError> {
        let path = format!("{id}/providers/Microsoft.Insights/diagnosticSettings");
        let url = self.arm(&path, &[("api-version", DIAGNOSTICS)]);
        let mut found = Vec::new();
        self.pages(&format!("diagnostic settings of {}", id.name()), url, Haste::Ahead, |entries| {
            found.extend(entries.iter().filter_map(diagnostic));
        })
        .await?;
        Ok(found)
    }

    /// What an instance in a virtual network cannot reach, in any of its regions.
    ///
    /// # Errors
    /// As for any reading.
    pub async fn network_faults(&self, id: &ResourceId) -> Result<Vec<NetworkFault>, AzureError> {
        let url = self.arm(&format!("{id}/networkstatus"), &[("api-version", API_VERSION)]);
        let ask = Ask { haste: Haste::Ahead, ..Ask::get(format!("network status of {}", id.name()), url) };
        let reply = self.glance(&ask).await?;
        let answer = json(&ask, &reply)?;
        let regions = answer.as_array().ok_or_else(|| odd(&ask.what, "the answer is no list", &reply))?;
        Ok(regions.iter().flat_map(faults).collect())
    }
}

/// One page of a collection.
struct Page {
    entries: Vec<Value>,
    count: Option<u64>,
    next: Option<Url>,
}

/// Whether a number is not enough: revisions of an API are entries of their own, and references to a Key Vault stand in
/// the entries.
fn is_told_by_entry(of: Collection) -> bool {
    matches!(of, Collection::Apis | Collection::NamedValues | Collection::Certificates)
}

/// Adds the entries of one page.
fn take(found: &mut Contents, of: Collection, entries: &[Value]) {
    for entry in entries {
        if of == Collection::Apis && is_old_revision(entry) {
            continue;
        }
        found.count += 1;
        if let Some((name, version)) = wire::filled(entry, "/name").zip(version(of, entry)) {
            found.versions.insert(name, version);
        }
        found.vault.extend(vault_reference(of, entry));
    }
}

/// An API has an entry for each of its revisions.
fn is_old_revision(entry: &Value) -> bool {
    entry.pointer("/properties/isCurrent").and_then(Value::as_bool) == Some(false)
        || wire::filled(entry, "/name").is_some_and(|name| name.contains(";rev="))
}

/// What tells a version of an entry from another, where the list shows it without a secret.
fn version(of: Collection, entry: &Value) -> Option<String> {
    let properties = entry.get("properties")?;
    match of {
        Collection::Apis => wire::filled(properties, "/apiRevision").map(|it| format!("revision {it}")),
        Collection::NamedValues => {
            // The reading of a vault changes by itself and says nothing of the version.
            let kept = ["/value", "/keyVault/secretIdentifier"].map(|path| wire::text(properties, path));
            Some(short_hash(&[&format!("{kept:?}"), &properties["tags"].to_string()]))
        }
        Collection::Policies => wire::text(properties, "/value").map(|text| short_hash(&[&text])),
        Collection::Certificates => wire::filled(properties, "/thumbprint"),
        Collection::Backends => wire::filled(properties, "/url").map(|url| short_hash(&[&url])),
        Collection::Products
        | Collection::Subscriptions
        | Collection::Users
        | Collection::Groups
        | Collection::Loggers
        | Collection::Gateways => None,
    }
}

/// Enough of a hash to tell two versions apart, and too little to find out what was hashed.
fn short_hash(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

fn vault_reference(of: Collection, entry: &Value) -> Option<VaultReference> {
    let vault = entry.pointer("/properties/keyVault").filter(|it| it.is_object())?;
    Some(VaultReference {
        holder: of.one().to_owned(),
        name: wire::filled(entry, "/name").unwrap_or_default(),
        secret: wire::filled(vault, "/secretIdentifier").unwrap_or_default(),
        identity_client_id: wire::filled(vault, "/identityClientId"),
        last_status: wire::filled(vault, "/lastStatus/code"),
        last_message: wire::filled(vault, "/lastStatus/message"),
    })
}

fn is_published(revision: &Value) -> bool {
    let status = wire::filled(revision, "/properties/status");
    revision.pointer("/properties/isCurrent").and_then(Value::as_bool) == Some(true)
        && status.is_none_or(|status| status.eq_ignore_ascii_case("completed"))
}

fn diagnostic(entry: &Value) -> Option<Diagnostic> {
    const PLACES: [(&str, &str); 4] = [
        ("/properties/workspaceId", "workspace"),
        ("/properties/storageAccountId", "storage account"),
        ("/properties/eventHubAuthorizationRuleId", "event hub"),
        ("/properties/marketplacePartnerId", "partner"),
    ];
    let is_on = |it: &&Value| it.get("enabled").and_then(Value::as_bool) == Some(true);
    let word = |it: &Value| wire::filled(it, "/category").or_else(|| wire::filled(it, "/categoryGroup"));
    let told = |path| wire::list(entry, path).filter(is_on).filter_map(word);
    let mut categories: Vec<String> = told("/properties/logs").chain(told("/properties/metrics")).collect();
    categories.sort_unstable();
    let places = PLACES.into_iter().filter(|(path, _)| wire::filled(entry, path).is_some());
    Some(Diagnostic {
        name: wire::filled(entry, "/name")?,
        destinations: places.map(|(_, word)| word.to_owned()).collect(),
        categories,
    })
}

fn faults(region: &Value) -> impl Iterator<Item = NetworkFault> {
    let name = wire::filled(region, "/location").unwrap_or_default();
    wire::list(region, "/networkStatus/connectivityStatus")
        .filter(|it| wire::filled(it, "/status").is_some_and(|it| it.eq_ignore_ascii_case("failure")))
        .map(move |it| NetworkFault {
            region: name.clone(),
            host: wire::filled(it, "/name").unwrap_or_default(),
            kind: wire::filled(it, "/resourceType").unwrap_or_default(),
            error: wire::filled(it, "/error").unwrap_or_default(),
            // Only a clear yes makes a fault a small one; a boolean in the published examples.
            optional: match it.get("isOptional") {
                Some(Value::String(word)) => {
                    ["true", "optional"].iter().any(|yes| word.eq_ignore_ascii_case(yes))
                }
                other => other.and_then(Value::as_bool) == Some(true),
            },
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn taken(of: Collection, entries: &[Value]) -> Contents {
        let mut found = Contents::default();
        take(&mut found, of, entries);
        found
    }

    #[test]
    fn an_api_counts_once_with_its_current_revision() {
        let of = |name: &str, revision: &str, current| json!({"name": name, "properties": {"apiRevision": revision, "isCurrent": current}});
        let found = taken(
            Collection::Apis,
            &[of("orders;rev=2", "2", false), of("orders", "3", true), of("stock", "1", true), json!({})],
        );
        assert_eq!(found.count, 3, "an entry that tells nothing is still one");
        assert_eq!(found.versions["orders"], "revision 3");
    }

    #[test]
    fn named_values_are_told_apart_and_never_shown() {
        let plain = |value: &str| json!({"name": "fx", "properties": {"value": value, "secret": false}});
        let one = taken(Collection::NamedValues, &[plain("8")]);
        let other = taken(Collection::NamedValues, &[plain("7")]);
        assert_ne!(one.versions["fx"], other.versions["fx"]);
        assert_eq!(one.versions["fx"].len(), 8);
        assert!(!format!("{:?}", taken(Collection::NamedValues, &[plain("S3CRET")])).contains("S3CRET"));
        let vault = json!({"name": "db", "properties": {"secret": true, "keyVault": {
            "secretIdentifier": "https://kv-core.vault.azure.net/secrets/db", "identityClientId": null,
            "lastStatus": {"code": "Success", "timeStampUtc": "2026-11-01T00:00:00Z"}}}});
        let found = taken(Collection::NamedValues, &[vault]);
        assert_eq!((found.vault[0].vault(), found.vault[0].reads()), ("kv-core.vault.azure.net", Some(true)));
    }

    #[test]
    fn a_portal_is_published_when_its_current_revision_is_complete() {
        let of =
            |current: bool, status: &str| json!({"properties": {"isCurrent": current, "status": status}});
        assert!(is_published(&of(true, "completed")));
        assert!(!is_published(&of(true, "failed")) && !is_published(&of(false, "completed")));
        assert!(!is_published(&json!({})));
    }

    #[test]
    fn diagnostics_name_what_is_on_and_where_it_goes() {
        let it = diagnostic(&json!({"name": "to-logs", "properties": {
            "workspaceId": "/w", "storageAccountId": null,
            "logs": [{"category": "GatewayLogs", "enabled": true}, {"category": "Audit", "enabled": false}],
            "metrics": [{"category": "AllMetrics", "enabled": true}]}}))
        .unwrap();
        assert_eq!(it.destinations, ["workspace"]);
        assert_eq!(it.categories, ["AllMetrics", "GatewayLogs"]);
    }

    #[test]
    fn only_failures_of_the_network_are_told() {
        let row = |status: &str, optional: Value| json!({"name": "x", "status": status, "error": "no", "resourceType": "SQLDatabase", "isOptional": optional});
        let region = json!({"location": "West Europe", "networkStatus": {"connectivityStatus": [
            row("success", json!("required")), row("failure", json!("required")), row("failure", json!("optional")),
            row("failure", json!(true)), row("initializing", json!(null))]}});
        let found: Vec<bool> = faults(&region).map(|it| it.optional).collect();
        assert_eq!(found, [false, true, true]);
    }
}
