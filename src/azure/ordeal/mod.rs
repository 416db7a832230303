//! The wire against an Azure in memory, on simulated time, in thousands of variations.

mod origins;
mod pages;
mod patience;
mod quota;
mod tokens;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::time::OffsetDateTime;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Request, Response};
use tokio::time::Instant;

use crate::domain::region::Region;
use crate::domain::resource::{Subscription, SubscriptionId};
use crate::domain::storage::StorageAccount;

use super::cloud::Cloud;
use super::identity::Identity;
use super::sources::Source;
use super::transport::simulated::Network;
use super::transport::{Line, Lost};
use super::{Azure, Clock, Connection, Patience, WriteMode};

const SUB: &str = "00000000-0000-4000-8000-000000000001";
const ARM: &str = "https://management.azure.com";

/// What the network does with a request.
pub(super) type Heard = Result<Response, Lost>;

/// A clock that moves with the time of the simulation.
pub(super) fn clock() -> Clock {
    let began = Instant::now();
    let base: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    Arc::new(move || base + SignedDuration::try_from(began.elapsed()).unwrap())
}

pub(super) fn connection(clock: Clock) -> Connection {
    Connection {
        cloud: Cloud::public(),
        identity: Identity::default(),
        write_mode: WriteMode::Guarded,
        read_only_subscriptions: [].into(),
        patience: Patience::default(),
        clock,
    }
}

/// An Azure that answers at once, to somebody who is signed in for good.
pub(super) fn azure(answer: impl Fn(&Request) -> Heard + Send + Sync + 'static) -> Azure {
    let network = Network::new(move |request, _: Line| {
        let heard = answer(&request);
        Box::pin(async move { heard })
    });
    over(network)
}

/// Whoever is signed in for good, on this network.
pub(super) fn over(network: Network) -> Azure {
    let credential = Arc::new(Lasting::default());
    let source =
        Source { name: "simulated", issuer: None, credential: Box::new(move || Ok(credential.clone())) };
    Azure::simulated(connection(clock()), network, vec![source])
}

/// Gives tokens that outlive every test.
#[derive(Debug, Default)]
pub(super) struct Lasting(AtomicU64);

#[async_trait::async_trait]
impl TokenCredential for Lasting {
    async fn get_token(
        &self,
        _: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        let until = OffsetDateTime::from_unix_timestamp(4_000_000_000).unwrap();
        Ok(AccessToken::new(format!("canary-{number}"), until))
    }
}

pub(super) fn response(status: u16, headers: &[(&str, String)], body: impl Into<String>) -> Response {
    let mut built = http::Response::builder().status(status);
    for (name, value) in headers {
        built = built.header(*name, value);
    }
    built.body(reqwest::Body::from(body.into())).unwrap().into()
}

fn subscription(id: &str) -> Subscription {
    Subscription { id: SubscriptionId::new(id), name: format!("name of {id}"), state: None, tenant: None }
}

fn account(subscription: &str, name: &str, endpoint: &str) -> StorageAccount {
    let id = format!(
        "/subscriptions/{subscription}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/{name}"
    );
    StorageAccount {
        id: id.parse().unwrap(),
        name: name.to_owned(),
        region: Region::new("westeurope"),
        blob_endpoint: Some(endpoint.to_owned()),
        shared_key_access: None,
        public_network_access: None,
        default_action: None,
        bypass: None,
        resource_rules: Vec::new(),
        address_rules: Vec::new(),
        key_made_at: None,
        has_folders: None,
    }
}

fn body(request: &Request) -> &[u8] {
    request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default()
}
