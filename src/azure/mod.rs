//! The wire: Azure's protocols as functions of domain values.
//!
//! [`Azure`] is the only handle that the rest of the house holds. Everything that decides without a socket stands in
//! modules of its own: [`polling`] and [`sending`] say what an answer means, `retry` when a reading is tried again,
//! `origin` where a token may go, `wire` what JSON becomes.

pub mod activity;
pub mod cloud;
pub mod error;
pub mod identity;
pub mod listing;
pub mod polling;
pub mod sending;
mod triage;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use secrecy::SecretString;

use crate::domain::backup::Blob;
use crate::domain::instance::Instance;
use crate::domain::operation::{OperationId, PollStyle};
use crate::domain::permission::Permissions;
use crate::domain::plan::Request;
use crate::domain::problem::Problem;
use crate::domain::resource::{ResourceId, Subscription, SubscriptionId};
use crate::domain::storage::{BackupAddress, StorageAccount};

use activity::ActivityEvent;
use cloud::Cloud;
use error::AzureError;
use identity::{Identity, SignedIn};
use listing::Listing;
use polling::Answer;
use sending::Sent;

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
    /// The time.
    pub clock: Clock,
}

/// A page of something, handed over as it arrives.
pub type Page<'a, T> = &'a mut (dyn FnMut(Vec<T>) + Send);

/// Azure. Cheap to clone; clones share connections and tokens.
#[derive(Clone)]
pub struct Azure {}

#[expect(clippy::unused_async, unused_variables, reason = "signatures first; the bodies follow")]
impl Azure {
    /// Makes ready; asks nobody yet.
    ///
    /// # Errors
    /// A cloud whose addresses are not safe, or an identity that lacks what its mode needs.
    pub fn connect(connection: Connection) -> Result<Self, AzureError> {
        Err(AzureError::Setup("the wire is being laid".to_owned()))
    }

    /// The root of Resource Manager that this handle speaks to.
    pub fn resource_manager(&self) -> &str {
        ""
    }

    /// Who is signed in.
    pub async fn whoami(&self) -> Result<SignedIn, AzureError> {
        Err(AzureError::Setup("the wire is being laid".to_owned()))
    }

    /// Every subscription that the identity can see.
    pub async fn subscriptions(&self) -> Result<Vec<Subscription>, AzureError> {
        Err(AzureError::Setup("the wire is being laid".to_owned()))
    }

    /// Every instance in `subscriptions`, page by page, and one problem per subscription that could not be read.
    pub async fn instances(&self, subscriptions: &[Subscription], page: Page<'_, Instance>) -> Vec<Problem> {
        Vec::new()
    }

    /// One instance, fresh from ARM.
    pub async fn instance(&self, id: &ResourceId) -> Result<Instance, AzureError> {
        Err(AzureError::Setup("the wire is being laid".to_owned()))
    }

    /// How many workspaces an instance has.
    pub async fn workspaces(&self, id: &ResourceId) -> Result<u64, AzureError> {
        Err(AzureError::Setup("the wire is being laid".to_owned()))
    }

    /// What the identity may do with a resource.
    pub async fn permissions(&self, id: &ResourceId) -> Result<Permissions, AzureError> {
        Err(AzureError::Setup("the wire is being laid".to_owned()))
    }

    /// Every storage account in `subscriptions`, and one problem per subscription that could not be read.
    pub async fn storage_accounts(&self, subs: &[Subscription]) -> (Vec<StorageAccount>, Vec<Problem>) {
        (Vec::new(), Vec::new())
    }

    /// One storage account, fresh from ARM.
    pub async fn storage_account(&self, id: &ResourceId) -> Result<StorageAccount, AzureError> {
        Err(AzureError::Setup("the wire is being laid".to_owned()))
    }

    /// The names of an account's containers.
    pub async fn containers(&self, account: &StorageAccount) -> Result<Vec<String>, AzureError> {
        Err(AzureError::Setup("the wire is being laid".to_owned()))
    }

    /// An account's first key.
    pub async fn account_key(&self, account: &StorageAccount) -> Result<SecretString, AzureError> {
        Err(AzureError::Setup("the wire is being laid".to_owned()))
    }

    /// Every blob of a container, page by page.
    pub async fn blobs(
        &self,
        account: &StorageAccount,
        container: &str,
        how: Listing,
        page: Page<'_, Blob>,
    ) -> Result<(), AzureError> {
        Err(AzureError::Setup("the wire is being laid".to_owned()))
    }

    /// What storage says of one blob.
    pub async fn blob(
        &self,
        account: &StorageAccount,
        address: &BackupAddress,
        how: Listing,
    ) -> Result<Blob, AzureError> {
        Err(AzureError::Setup("the wire is being laid".to_owned()))
    }

    /// The content of a small blob, of at most `limit` bytes.
    pub async fn read_blob(
        &self,
        account: &StorageAccount,
        address: &BackupAddress,
        how: Listing,
        limit: usize,
    ) -> Result<Vec<u8>, AzureError> {
        Err(AzureError::Setup("the wire is being laid".to_owned()))
    }

    /// Writes a small blob, over one of that name.
    pub async fn write_blob(
        &self,
        account: &StorageAccount,
        address: &BackupAddress,
        how: Listing,
        body: Vec<u8>,
    ) -> Result<(), AzureError> {
        Err(AzureError::Setup("the wire is being laid".to_owned()))
    }

    /// What the activity log has of an instance between two moments.
    pub async fn activity(
        &self,
        id: &ResourceId,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<ActivityEvent>, AzureError> {
        Err(AzureError::Setup("the wire is being laid".to_owned()))
    }

    /// Starts a backup or a restore: exactly one POST.
    pub async fn start(&self, request: &Request, key: Option<&SecretString>, id: OperationId) -> Sent {
        Sent::NotSent(Problem::new("the wire is being laid"))
    }

    /// Asks once how an operation stands.
    pub async fn poll(&self, url: &str, style: PollStyle, pinned: &str, id: OperationId) -> Answer {
        Answer::Unreadable {
            problem: Problem::new("the wire is being laid"),
            kind: polling::UnreadableKind::Network,
            http_status: None,
        }
    }
}
