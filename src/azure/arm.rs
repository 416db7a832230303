//! Readings from Resource Manager, one resource or one list at a time.

use std::collections::HashSet;
use std::ops::ControlFlow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use crate::domain::instance::Instance;
use crate::domain::permission::Permissions;
use crate::domain::plan::API_VERSION;
use crate::domain::resource::{ResourceId, Subscription, SubscriptionId};
use crate::domain::storage::StorageAccount;

use super::budget::Haste;
use super::error::{AzureError, RequestIds};
use super::http::{Ask, Reply, Right, ids};
use super::{Azure, origin, wire};

/// The api-versions of the providers other than API Management.
const SUBSCRIPTIONS: &str = "2022-12-01";
pub(crate) const STORAGE: &str = "2023-05-01";
const AUTHORIZATION: &str = "2022-04-01";

/// More pages than this are no list but a loop.
const MOST_PAGES: usize = 1_000;

/// What stays as it is in a query: OData's `$` and the harmless marks.
const QUERY: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'$').remove(b'/');

/// `name=value` pairs as a query. Blanks become `%20`: a `+` is not understood by every provider.
pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    let encoded = |text| utf8_percent_encode(text, QUERY).to_string();
    pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect::<Vec<_>>()
        .join("&")
}

impl Azure {
    /// Every subscription that the identity can see.
    ///
    /// # Errors
    /// No sign-in, no network, or Azure's refusal.
    pub async fn subscriptions(&self) -> Result<Vec<Subscription>, AzureError> {
        let url = self.arm("/subscriptions", &[("api-version", SUBSCRIPTIONS)]);
        let mut found = Vec::new();
        self.pages("subscriptions", url, Haste::InTurn, |entries| {
            found.extend(entries.iter().filter_map(wire::subscription));
        })
        .await?;
        Ok(found)
    }

    /// One instance, fresh from ARM: Resource Graph may be minutes behind.
    ///
    /// # Errors
    /// As for any reading; an answer that is no instance is [`AzureError::Odd`].
    pub async fn instance(&self, id: &ResourceId) -> Result<Instance, AzureError> {
        self.one(format!("instance {}", id.name()), id, API_VERSION, wire::instance).await
    }

    /// One storage account, fresh from ARM.
    ///
    /// # Errors
    /// As for an instance.
    pub async fn storage_account(&self, id: &ResourceId) -> Result<StorageAccount, AzureError> {
        self.one(format!("storage account {}", id.name()), id, STORAGE, wire::storage_account).await
    }

    /// How many workspaces an instance has. With any of them Azure refuses backups.
    ///
    /// # Errors
    /// As for any reading.
    pub async fn workspaces(&self, id: &ResourceId) -> Result<u64, AzureError> {
        let url = self.arm(&format!("{id}/workspaces"), &[("api-version", API_VERSION)]);
        let mut count = 0_u64;
        self.pages(&format!("workspaces of {}", id.name()), url, Haste::Ahead, |entries| {
            count += u64::try_from(entries.len()).unwrap_or(u64::MAX);
        })
        .await?;
        Ok(count)
    }

    /// What the identity may do with a resource. Deny assignments are not in it.
    ///
    /// # Errors
    /// As for any reading.
    pub async fn permissions(&self, id: &ResourceId) -> Result<Permissions, AzureError> {
        let path = format!("{id}/providers/Microsoft.Authorization/permissions");
        let url = self.arm(&path, &[("api-version", AUTHORIZATION)]);
        let mut found = Permissions::default();
        self.pages(&format!("permissions on {}", id.name()), url, Haste::Ahead, |entries| {
            found.0.extend(wire::permissions(&entries).0);
        })
        .await?;
        Ok(found)
    }

    /// The names of an account's containers, by the ARM route: it needs no right on the data.
    ///
    /// # Errors
    /// As for any reading.
    pub async fn containers(&self, account: &StorageAccount) -> Result<Vec<String>, AzureError> {
        let url =
            self.arm(&format!("{}/blobServices/default/containers", account.id), &[("api-version", STORAGE)]);
        let mut found = Vec::new();
        self.pages(&format!("containers of {}", account.name), url, Haste::InTurn, |entries| {
            found.extend(entries.iter().filter_map(wire::container));
        })
        .await?;
        Ok(found)
    }

    /// An account's first key, read anew. It is a POST, and refused in read-only mode.
    ///
    /// # Errors
    /// As for any reading, and [`AzureError::ReadOnly`].
    pub async fn account_key(&self, account: &StorageAccount) -> Result<SecretString, AzureError> {
        let url = self.arm(&format!("{}/listKeys", account.id), &[("api-version", STORAGE)]);
        let what = format!("keys of storage account {}", account.name);
        let ask = Ask { haste: Haste::Ahead, ..Ask::post(what, url, Vec::new()) };
        let reply = self.0.wire.read(&ask, self.bearer()).await?;
        let json = json(&ask, &reply)?;
        let key = json.pointer("/keys/0/value").and_then(Value::as_str).filter(|key| !key.is_empty());
        key.map(SecretString::from).ok_or_else(|| odd(&ask.what, "the answer holds no key", &reply))
    }

    /// The instances of one subscription by the ARM list.
    pub(crate) async fn listed_instances(&self, id: &SubscriptionId) -> Result<Vec<Instance>, AzureError> {
        let path = format!("/subscriptions/{id}/providers/Microsoft.ApiManagement/service");
        let url = self.arm(&path, &[("api-version", API_VERSION)]);
        let mut found = Vec::new();
        self.pages(&format!("instances of subscription {id}"), url, Haste::InTurn, |entries| {
            found.extend(entries.iter().filter_map(wire::instance));
        })
        .await?;
        Ok(found)
    }

    /// The storage accounts of one subscription by the ARM list.
    pub(crate) async fn listed_accounts(
        &self,
        id: &SubscriptionId,
    ) -> Result<Vec<StorageAccount>, AzureError> {
        let path = format!("/subscriptions/{id}/providers/Microsoft.Storage/storageAccounts");
        let url = self.arm(&path, &[("api-version", STORAGE)]);
        let mut found = Vec::new();
        self.pages(&format!("storage accounts of subscription {id}"), url, Haste::InTurn, |entries| {
            found.extend(entries.iter().filter_map(wire::storage_account));
        })
        .await?;
        Ok(found)
    }

    /// An address of Resource Manager.
    pub(crate) fn arm(&self, path: &str, pairs: &[(&str, &str)]) -> Url {
        let mut url = self.0.root.clone();
        url.set_path(path);
        url.set_query(Some(&query(pairs)));
        url
    }

    pub(crate) fn bearer(&self) -> Right<'_> {
        Right::Bearer(&self.0.cloud.scope)
    }

    pub(crate) async fn one<T>(
        &self,
        what: String,
        id: &ResourceId,
        version: &str,
        of: impl Fn(&Value) -> Option<T>,
    ) -> Result<T, AzureError> {
        let url = self.arm(id.as_str(), &[("api-version", version)]);
        let ask = Ask { haste: Haste::Ahead, ..Ask::get(what, url) };
        let reply = self.glance(&ask).await?;
        of(&json(&ask, &reply)?).ok_or_else(|| odd(&ask.what, "the answer describes something else", &reply))
    }

    /// Reads a list page by page, following `nextLink` on the pinned origin.
    pub(crate) async fn pages(
        &self,
        what: &str,
        first: Url,
        haste: Haste,
        mut take: impl FnMut(Vec<Value>),
    ) -> Result<(), AzureError> {
        self.pages_while(what, first, haste, |entries| {
            take(entries);
            ControlFlow::Continue(())
        })
        .await
        .map(drop)
    }

    /// The same until `take` has enough: then it says so, if there were more pages.
    pub(crate) async fn pages_while(
        &self,
        what: &str,
        first: Url,
        haste: Haste,
        mut take: impl FnMut(Vec<Value>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, AzureError> {
        let mut seen = HashSet::new();
        let mut next = Some(first);
        while let Some(url) = next {
            let ask = Ask { haste, ..Ask::get(what, url) };
            if seen.len() == MOST_PAGES || !seen.insert(ask.url.clone()) {
                let detail = "the list has no end: its pages lead back to themselves".to_owned();
                return Err(AzureError::Odd {
                    what: what.to_owned(),
                    detail,
                    http_status: None,
                    ids: RequestIds::default(),
                });
            }
            let reply = self.glance(&ask).await?;
            let mut json = json(&ask, &reply)?;
            let Some(Value::Array(entries)) = json.get_mut("value").map(Value::take) else {
                return Err(odd(what, "the answer is no list", &reply));
            };
            let enough = take(entries);
            next = match json.get("nextLink").and_then(Value::as_str).filter(|link| !link.is_empty()) {
                Some(link) => Some(
                    origin::follow(link, &ask.url, &self.0.root)
                        .map_err(|stray| odd(what, &format!("nextLink: {stray}"), &reply))?,
                ),
                None => None,
            };
            if enough.is_break() && next.is_some() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// The JSON of an answer.
pub(crate) fn json(ask: &Ask, reply: &Reply) -> Result<Value, AzureError> {
    serde_json::from_slice(&reply.body).map_err(|error| {
        let detail = if reply.body.is_empty() {
            "the answer is empty".to_owned()
        } else if reply.body.trim_ascii_start().starts_with(b"<") {
            "the answer is a web page, not Azure's: a proxy or a sign-in page may stand between".to_owned()
        } else {
            format!("the answer cannot be read as JSON: {error}")
        };
        odd(&ask.what, &detail, reply)
    })
}

/// An answer that makes no sense.
pub(crate) fn odd(what: &str, detail: &str, reply: &Reply) -> AzureError {
    AzureError::Odd {
        what: what.to_owned(),
        detail: detail.to_owned(),
        http_status: Some(reply.status),
        ids: ids(&reply.headers),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_written_as_every_provider_reads_them() {
        let filter = "eventTimestamp ge '2026-11-23T12:00:00Z' and resourceUri eq '/a/b'";
        assert_eq!(
            query(&[("api-version", "2015-04-01"), ("$filter", filter)]),
            "api-version=2015-04-01&$filter=eventTimestamp%20ge%20%272026-11-23T12%3A00%3A00Z%27%20and%20\
             resourceUri%20eq%20%27/a/b%27"
        );
    }
}
