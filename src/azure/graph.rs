//! The inventory: Resource Graph for everything at once, the ARM list per subscription where Graph is silent.
//!
//! Graph leaves out what the identity may not read without a word, so a subscription without rows is asked directly:
//! silence is not emptiness. Graph may also be minutes behind, so nothing is decided from it alone.

use std::collections::HashSet;

use futures::StreamExt;
use futures::stream;
use serde_json::{Value, json};

use crate::domain::instance::Instance;
use crate::domain::problem::Problem;
use crate::domain::resource::{ResourceId, Subscription, SubscriptionId};
use crate::domain::storage::StorageAccount;

use super::arm::{self, odd};
use super::error::AzureError;
use super::http::Ask;
use super::{Azure, Page, wire};

pub(crate) const API_VERSION: &str = "2021-03-01";
/// The most rows that one page may have, and the most subscriptions that one question may name.
const LARGEST: usize = 1_000;
/// How many subscriptions are asked directly at the same time.
const AT_ONCE: usize = 8;
/// More pages than this are no result but a loop.
const MOST_PAGES: usize = 1_000;

/// Without `id` in the projection and an order, Graph gives no token for the next page.
const INSTANCES: &str = "resources | where type =~ 'microsoft.apimanagement/service' \
     | project id, name, type, location, sku, identity, properties | order by id asc";
const ACCOUNTS: &str = "resources | where type =~ 'microsoft.storage/storageaccounts' \
     | project id, name, type, location, properties | order by id asc";

/// One kind of thing to be listed.
struct Kind<T> {
    noun: &'static str,
    query: &'static str,
    of: fn(&Value) -> Option<T>,
    id: fn(&T) -> &ResourceId,
}

/// What has been handed over so far.
#[derive(Default)]
struct Heard {
    ids: HashSet<ResourceId>,
    subscriptions: HashSet<SubscriptionId>,
}

impl Azure {
    /// Every instance in `subscriptions`, page by page, and one problem per subscription that could not be read.
    pub async fn instances(&self, subscriptions: &[Subscription], page: Page<'_, Instance>) -> Vec<Problem> {
        let kind = Kind { noun: "instances", query: INSTANCES, of: wire::instance, id: |it| &it.id };
        let list = |id: SubscriptionId| async move { self.listed_instances(&id).await };
        self.inventory(&kind, subscriptions, list, page).await
    }

    /// Every storage account in `subscriptions`, and one problem per subscription that could not be read.
    pub async fn storage_accounts(
        &self,
        subscriptions: &[Subscription],
    ) -> (Vec<StorageAccount>, Vec<Problem>) {
        let kind =
            Kind { noun: "storage accounts", query: ACCOUNTS, of: wire::storage_account, id: |it| &it.id };
        let list = |id: SubscriptionId| async move { self.listed_accounts(&id).await };
        let mut found = Vec::new();
        let problems = self.inventory(&kind, subscriptions, list, &mut |page| found.extend(page)).await;
        (found, problems)
    }

    async fn inventory<T, L, F>(
        &self,
        kind: &Kind<T>,
        subscriptions: &[Subscription],
        list: L,
        page: Page<'_, T>,
    ) -> Vec<Problem>
    where
        L: Fn(SubscriptionId) -> F,
        F: Future<Output = Result<Vec<T>, AzureError>>,
    {
        let mut heard = Heard::default();
        let mut silent = Vec::new();
        for chunk in subscriptions.chunks(LARGEST) {
            match self.graph(kind, chunk, &mut heard, page).await {
                Ok(()) => {
                    silent.extend(chunk.iter().filter(|it| !heard.subscriptions.contains(&it.id)));
                }
                // Whoever cannot sign in or reach Azure at all would hear the same from every subscription.
                Err(
                    error @ (AzureError::NoToken { .. }
                    | AzureError::SignInUnreached { .. }
                    | AzureError::Unreachable { .. }),
                ) => {
                    return vec![error.problem()];
                }
                Err(error) => {
                    tracing::warn!(%error, "Resource Graph does not answer; each subscription is asked");
                    silent.extend(chunk);
                }
            }
        }
        // Collected first: a stream that kept the closure could not be sent to another thread.
        let asked = |it: &Subscription| {
            let (it, answer) = (it.clone(), list(it.id.clone()));
            async move { (it, answer.await) }
        };
        let asked: Vec<_> = silent.into_iter().map(asked).collect();
        let mut answers = stream::iter(asked).buffer_unordered(AT_ONCE);
        let mut problems = Vec::new();
        while let Some((subscription, answer)) = answers.next().await {
            match answer {
                Ok(rows) => heard.hand_over(kind, rows, page),
                Err(error) => problems.push(unreadable(kind.noun, &subscription, &error)),
            }
        }
        problems
    }

    /// Asks Resource Graph, page by page.
    async fn graph<T>(
        &self,
        kind: &Kind<T>,
        subscriptions: &[Subscription],
        heard: &mut Heard,
        page: Page<'_, T>,
    ) -> Result<(), AzureError> {
        let ids: Vec<&str> = subscriptions.iter().map(|it| it.id.as_str()).collect();
        let url = self.arm("/providers/Microsoft.ResourceGraph/resources", &[("api-version", API_VERSION)]);
        let mut tokens = HashSet::new();
        let mut token: Option<String> = None;
        loop {
            let mut options = json!({ "$top": LARGEST, "resultFormat": "objectArray" });
            if let Some(token) = &token {
                options["$skipToken"] = json!(token);
            }
            let body = json!({ "subscriptions": ids, "query": kind.query, "options": options });
            let ask =
                Ask::post(format!("{} in Resource Graph", kind.noun), url.clone(), body.to_string().into());
            let reply = self.0.wire.read(&ask, self.bearer()).await?;
            let json = arm::json(&ask, &reply)?;
            let Some(rows) = json.get("data").and_then(Value::as_array) else {
                return Err(odd(&ask.what, "the answer holds no rows", &reply));
            };
            heard.hand_over(kind, rows.iter().filter_map(kind.of).collect(), page);
            let next = wire::text(&json, "/$skipToken").filter(|token| !token.is_empty());
            // A word, not a boolean.
            let is_truncated = wire::text(&json, "/resultTruncated").is_some_and(|word| word == "true");
            match next {
                Some(next) if tokens.len() < MOST_PAGES && tokens.insert(next.clone()) => token = Some(next),
                Some(_) => return Err(odd(&ask.what, "the pages lead back to themselves", &reply)),
                None if is_truncated => return Err(odd(&ask.what, "the answer was cut short", &reply)),
                None => return Ok(()),
            }
        }
    }
}

impl Heard {
    /// Hands over what was not handed over before: after a fallback the same things come twice.
    fn hand_over<T>(&mut self, kind: &Kind<T>, rows: Vec<T>, page: Page<'_, T>) {
        let fresh: Vec<T> = rows.into_iter().filter(|row| self.ids.insert((kind.id)(row).clone())).collect();
        self.subscriptions.extend(fresh.iter().map(|row| (kind.id)(row).subscription()));
        if !fresh.is_empty() {
            page(fresh);
        }
    }
}

fn unreadable(noun: &str, subscription: &Subscription, error: &AzureError) -> Problem {
    let mut problem =
        error.problem().about(format!("subscription {} ({})", subscription.name, subscription.id));
    problem.summary = format!("The {noun} of subscription {} could not be read", subscription.name);
    problem
}
