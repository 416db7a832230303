//! Which right opens a storage account: a token, the key, or the one after the other.

use std::collections::HashMap;

use reqwest::Response;
use secrecy::SecretString;
use tokio::sync::Mutex;

use crate::domain::resource::ResourceId;
use crate::domain::storage::StorageAccount;

use super::Azure;
use super::error::{AzureError, RefusalKind};
use super::http::{Ask, Right};
use super::listing::Listing;

/// The keys that were read for listing, in memory only. The request that starts something reads its own.
#[derive(Default)]
pub(crate) struct Keys(Mutex<HashMap<ResourceId, SecretString>>);

impl Azure {
    /// Sends a request to storage with whatever right `how` asks for.
    ///
    /// `Auto` takes the token first. When that is refused, and the account does not forbid keys, and a key may be
    /// read, it takes the key; otherwise the first refusal is the answer, because it says what is missing.
    pub(crate) async fn with_access(
        &self,
        account: &StorageAccount,
        how: Listing,
        ask: &Ask,
    ) -> Result<Response, AzureError> {
        let by_token = Right::Bearer(&self.0.cloud.storage_scope);
        match how {
            Listing::Entra => self.0.wire.open(ask, by_token).await,
            Listing::Key => self.with_key(account, ask).await,
            Listing::Auto => {
                // An account that once asked for its key is not asked with a token again and again.
                if self.0.keys.0.lock().await.contains_key(&account.id) {
                    return self.with_key(account, ask).await;
                }
                let refusal = match self.0.wire.open(ask, by_token).await {
                    Err(error) if is_about_the_token(&error) => error,
                    answer => return answer,
                };
                if account.shared_key_access == Some(false) {
                    return Err(refusal);
                }
                match self.with_key(account, ask).await {
                    Err(error) if is_about_the_key(&error) => {
                        tracing::debug!(%error, account = account.name, "the key does not help either");
                        Err(refusal)
                    }
                    answer => answer,
                }
            }
        }
    }

    /// Sends with the key; one that is refused was perhaps rotated, and is read anew once.
    async fn with_key(&self, account: &StorageAccount, ask: &Ask) -> Result<Response, AzureError> {
        let (key, is_kept) = self.key(account).await?;
        let answer = self.0.wire.open(ask, Right::Key(&account.name, &key)).await;
        if !answer.as_ref().is_err_and(is_about_the_token) {
            return answer;
        }
        self.0.keys.0.lock().await.remove(&account.id);
        if !is_kept {
            return answer;
        }
        let (key, _) = self.key(account).await?;
        let answer = self.0.wire.open(ask, Right::Key(&account.name, &key)).await;
        if answer.as_ref().is_err_and(is_about_the_token) {
            self.0.keys.0.lock().await.remove(&account.id);
        }
        answer
    }

    /// The account's key, and whether it was kept from an earlier reading. Read once however many ask.
    async fn key(&self, account: &StorageAccount) -> Result<(SecretString, bool), AzureError> {
        let mut keys = self.0.keys.0.lock().await;
        if let Some(key) = keys.get(&account.id) {
            return Ok((key.clone(), true));
        }
        let key = self.account_key(account).await?;
        keys.insert(account.id.clone(), key.clone());
        Ok((key, false))
    }
}

/// Whether another right might help: no token, 401 or 403.
fn is_about_the_token(error: &AzureError) -> bool {
    match error {
        AzureError::NoToken { .. } => true,
        AzureError::Refused(refusal) => {
            matches!(refusal.kind(), RefusalKind::SignedOut | RefusalKind::Forbidden)
        }
        _ => false,
    }
}

/// Whether the way by the key is closed, so that the refusal of the token says more.
fn is_about_the_key(error: &AzureError) -> bool {
    is_about_the_token(error)
        || matches!(error, AzureError::ReadOnly { .. } | AzureError::Setup(_))
        || matches!(error, AzureError::Refused(refusal) if refusal.kind() == RefusalKind::Conflict)
}
