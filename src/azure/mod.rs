//! The wire: Azure's protocols as functions of domain values.
//!
//! [`Azure`] is the only handle that the rest of the house holds. Everything that decides without a socket stands in
//! modules of its own: [`polling`] and [`sending`] say what an answer means, `retry` when a reading is tried again,
//! `origin` where a token may go, `wire` what JSON becomes.

mod access;
mod account;
pub mod activity;
mod arm;
mod blob_xml;
mod blobs;
mod budget;
mod changes;
mod claims;
mod client_secret;
pub mod cloud;
mod contents;
mod credential;
pub mod error;
mod executor;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod gate;
mod graph;
mod http;
pub mod identity;
mod issuer;
pub mod listing;
mod locks;
mod metrics;
#[cfg(test)]
mod ordeal;
mod origin;
pub mod polling;
mod retry;
mod roles;
mod secrets;
pub mod sending;
mod settings;
mod shared_key;
mod sources;
mod sweep;
mod switch;
mod tally;
mod transport;
mod triage;
mod wire;
mod words;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use crate::domain::glance::Quota;
use crate::domain::resource::SubscriptionId;
use crate::domain::writing::{Permit, Wish};

use access::Keys;
use cloud::Cloud;
use credential::Credential;
use error::AzureError;
use http::{Guard, Wire};
use identity::{Identity, SignedIn};
use sweep::Sweep;
use transport::{MayLeave, Route, Transport};

/// Tells the time. Read in the app, handed down as a value.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Whether requests that change something may leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WriteMode {
    /// They may; the gate of the domain guards them.
    #[default]
    Guarded,
    /// None can leave, `listKeys` included. Reading and signing in go on.
    ReadOnly,
}

/// How long the wire waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For a connection. Before there is one nothing has been sent, so a try that ends here has done no harm.
    pub connect: Duration,
    /// For the next byte of a reading.
    pub silence: Duration,
    /// For the whole answer to the request that starts something.
    pub start: Duration,
}

impl Default for Patience {
    /// Azure was recorded to take 28 s for the POST alone; ARM gives up on a provider after 60 s.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            silence: Duration::from_secs(30),
            start: Duration::from_secs(120),
        }
    }
}

/// All that is needed to reach Azure.
#[derive(Clone)]
pub struct Connection {
    /// Which cloud.
    pub cloud: Cloud,
    /// As whom.
    pub identity: Identity,
    /// Whether anything may be changed.
    pub write_mode: WriteMode,
    /// Subscriptions in which nothing may be changed, whatever the write mode.
    pub read_only_subscriptions: BTreeSet<SubscriptionId>,
    /// How long to wait.
    pub patience: Patience,
    /// The time.
    pub clock: Clock,
}

/// A page of something, handed over as it arrives.
pub type Page<'a, T> = &'a mut (dyn FnMut(Vec<T>) + Send);

/// Azure. Cheap to clone; clones share connections, tokens and keys.
#[derive(Clone)]
pub struct Azure(Arc<Inner>, Option<Arc<Sweep>>);

struct Inner {
    cloud: Cloud,
    /// The root of Resource Manager: the one origin that its tokens go to.
    root: Url,
    wire: Wire,
    keys: Keys,
}

impl fmt::Debug for Azure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Azure").field("cloud", &self.0.cloud.name).finish_non_exhaustive()
    }
}

impl Azure {
    /// Makes ready; asks nobody yet.
    ///
    /// # Errors
    /// A cloud whose addresses are not safe, or an identity that lacks what its mode needs.
    pub fn connect(connection: Connection) -> Result<Self, AzureError> {
        let cloud = connection.cloud.checked()?;
        let root = cloud::check_address(&cloud.resource_manager).map_err(AzureError::Setup)?;
        let route = Route::to(&root);
        let patience = connection.patience;
        let client = transport::builder(route, patience)
            .build()
            .map_err(|error| AzureError::Setup(transport::cause(&error)))?;
        let sources = sources::sources(&connection.identity, &cloud, &client, &connection.clock);
        let credential = Credential::new(sources, connection.clock.clone());
        if let Some(secret) = &connection.identity.environment.client_secret {
            credential.secrets.note(secret);
        }
        let guard = Arc::new(Guard::new(connection.write_mode, connection.read_only_subscriptions));
        let (asked, clock) = (Arc::clone(&guard), connection.clock.clone());
        let may_leave: MayLeave = Arc::new(move || asked.switch.permit(clock()).allows());
        let transport = Transport::Network { client, alone: OnceLock::new(), route, patience, may_leave };
        let wire = Wire::new(transport, guard, credential, connection.clock);
        Ok(Self(Arc::new(Inner { cloud, root, wire, keys: Keys::default() }), None))
    }

    /// The root of Resource Manager that this handle speaks to, without a slash at its end.
    pub fn resource_manager(&self) -> &str {
        &self.0.cloud.resource_manager
    }

    /// How much may still be asked, as the answers so far told it. Asks nobody.
    pub fn quota(&self) -> Quota {
        let wire = &self.0.wire;
        let token_until = wire.credential.good_until(&self.0.cloud.scope);
        Quota { token_until, ..wire.quota() }
    }

    /// Asks for time to write, or for none from now on, and says what may leave now. Every clone obeys.
    pub fn set_writing(&self, wish: Wish) -> Permit {
        self.0.wire.guard.switch.set(wish, (self.0.wire.clock)())
    }

    /// Since when nothing may leave; `None` while something may, and when it never could.
    pub fn read_only_since(&self) -> Option<Timestamp> {
        self.0.wire.guard.switch.closed_since((self.0.wire.clock)())
    }

    /// What may leave now.
    pub fn permit(&self) -> Permit {
        self.0.wire.guard.switch.permit((self.0.wire.clock)())
    }

    /// Who is signed in.
    ///
    /// # Errors
    /// When no source gives a token.
    pub async fn whoami(&self) -> Result<SignedIn, AzureError> {
        self.0.wire.credential.whoami(&self.0.cloud.scope).await
    }
}

#[cfg(test)]
impl Azure {
    /// Speaks to an Azure in memory, with tokens from these sources.
    pub(crate) fn simulated(
        connection: Connection,
        network: transport::simulated::Network,
        sources: Vec<sources::Source>,
    ) -> Self {
        let cloud = connection.cloud.checked().unwrap();
        let root = cloud::check_address(&cloud.resource_manager).unwrap();
        let credential = Credential::new(sources, connection.clock.clone());
        let guard = Arc::new(Guard::new(connection.write_mode, connection.read_only_subscriptions));
        let transport = Transport::Simulated(network, connection.patience);
        let wire = Wire::new(transport, guard, credential, connection.clock);
        Self(Arc::new(Inner { cloud, root, wire, keys: Keys::default() }), None)
    }
}

#[cfg(test)]
pub(crate) mod simulation {
    //! What the tests of other rooms need to speak to an Azure in memory.

    pub(crate) use super::error::Reach;
    pub(crate) use super::sources::Source;
    pub(crate) use super::transport::simulated::Network;
    pub(crate) use super::transport::{Line, Lost};
}
