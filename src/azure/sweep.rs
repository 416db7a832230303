//! One look over a whole fleet: what is read of Resource Manager during it is read once, however many plans are judged by
//! it. Forty instances that could all be restored into one standby ask for that standby once.
//!
//! Nothing is kept beyond the sweep: a plan that is to be approved is judged on facts of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use super::Azure;
use super::error::AzureError;
use super::http::{Ask, Reply};

/// An answer that several readings share; an error is shared as well, because asking again would hear the same.
type Shared = Arc<OnceCell<Result<Arc<Reply>, AzureError>>>;

/// What was asked so far, by address.
#[derive(Default)]
pub(super) struct Sweep(Mutex<HashMap<String, Shared>>);

impl Sweep {
    fn cell(&self, ask: &Ask) -> Shared {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked.entry(ask.url.to_string()).or_default().clone()
    }
}

impl Azure {
    /// The same Azure for one sweep: every address of Resource Manager is read at most once, and whoever asks for it
    /// meanwhile waits for that one answer.
    #[must_use]
    pub fn sweeping(&self) -> Self {
        Self(self.0.clone(), Some(Arc::default()))
    }

    /// Reads an address of Resource Manager, or takes what this sweep has read of it.
    pub(super) async fn glance(&self, ask: &Ask) -> Result<Arc<Reply>, AzureError> {
        let read = || async { self.0.wire.read(ask, self.bearer()).await.map(Arc::new) };
        match &self.1 {
            None => read().await,
            Some(sweep) => sweep.cell(ask).get_or_init(read).await.clone(),
        }
    }
}
