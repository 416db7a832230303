//! One credential for everything, with its own cache: the sources of azure_identity start a process per token, or
//! cache in ways that differ.
//!
//! A token is kept per scope, renewed five minutes before its end, and fetched once however many ask for it. While a
//! renewal fails, a token that is still good goes on being used.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use super::Clock;
use super::claims;
use super::error::AzureError;
use super::identity::SignedIn;
use super::sources::{Source, plain};

/// How long before its end a token is renewed.
const EARLY: SignedDuration = SignedDuration::from_mins(5);
/// After a failed renewal the old token serves this long before the source is asked again.
const RESPITE: SignedDuration = SignedDuration::from_secs(30);
/// No source may take longer; the CLI is bounded on its own, a missing metadata endpoint would take minutes.
const LONGEST: Duration = Duration::from_secs(60);

/// A token and its end. `Debug` does not show it.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) secret: SecretString,
    pub(crate) expires_at: Timestamp,
    renew_at: Timestamp,
}

#[derive(Default)]
struct Slot {
    token: Option<Token>,
    not_before: Option<Timestamp>,
}

/// The credential. Shared by all clones of [`super::Azure`].
pub(crate) struct Credential {
    sources: Vec<Source>,
    chosen: OnceLock<usize>,
    slots: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Slot>>>>,
    clock: Clock,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("via", &self.via()).finish_non_exhaustive()
    }
}

impl Credential {
    pub(crate) fn new(sources: Vec<Source>, clock: Clock) -> Self {
        Self { sources, chosen: OnceLock::new(), slots: Mutex::default(), clock }
    }

    /// The source that gives the tokens, once one did.
    pub(crate) fn via(&self) -> Option<&'static str> {
        self.chosen.get().and_then(|&index| self.sources.get(index)).map(|source| source.name)
    }

    /// A token for `scope`.
    ///
    /// # Errors
    /// [`AzureError::NoToken`] when no source gives one and none is left that is still good.
    pub(crate) async fn token(&self, scope: &str) -> Result<Token, AzureError> {
        let slot = self.slot(scope);
        // Whoever comes while a token is being fetched waits here and finds it.
        let mut slot = slot.lock().await;
        let now = (self.clock)();
        if let Some(token) = slot.token.as_ref().filter(|token| now < token.expires_at) {
            let may_wait = now < token.renew_at || slot.not_before.is_some_and(|at| now < at);
            if may_wait {
                return Ok(token.clone());
            }
        }
        match self.fetch(scope).await {
            Ok(token) => {
                *slot = Slot { token: Some(token.clone()), not_before: None };
                Ok(token)
            }
            Err(error) => {
                let now = (self.clock)();
                slot.not_before = Some(now + RESPITE);
                match slot.token.as_ref().filter(|token| now < token.expires_at) {
                    Some(old) => {
                        tracing::warn!(%error, "the token could not be renewed; the old one is still good");
                        Ok(old.clone())
                    }
                    None => Err(error),
                }
            }
        }
    }

    /// Forgets `refused` if it is still the one that is kept: Azure did not take it.
    pub(crate) async fn invalidate(&self, scope: &str, refused: &Token) {
        let slot = self.slot(scope);
        let mut slot = slot.lock().await;
        let is_same = |kept: &Token| kept.secret.expose_secret() == refused.secret.expose_secret();
        if slot.token.as_ref().is_some_and(is_same) {
            *slot = Slot::default();
        }
    }

    /// Who is signed in, read from a token for `scope`.
    pub(crate) async fn whoami(&self, scope: &str) -> Result<SignedIn, AzureError> {
        let token = self.token(scope).await?;
        let claims = claims::read(token.secret.expose_secret());
        Ok(SignedIn {
            via: self.via().unwrap_or_default().to_owned(),
            tenant: claims.tenant,
            name: claims.name,
            object_id: claims.object_id,
            expires_at: token.expires_at,
        })
    }

    fn slot(&self, scope: &str) -> Arc<tokio::sync::Mutex<Slot>> {
        let mut slots: MutexGuard<'_, _> = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.entry(scope.to_owned()).or_default().clone()
    }

    /// Asks the source that worked before, or each in turn until one does.
    async fn fetch(&self, scope: &str) -> Result<Token, AzureError> {
        if let Some((index, source)) = self.chosen.get().and_then(|&i| self.sources.get(i).map(|s| (i, s))) {
            return self.ask(index, source, scope).await;
        }
        let mut refusals = Vec::new();
        for (index, source) in self.sources.iter().enumerate() {
            match self.ask(index, source, scope).await {
                Ok(token) => return Ok(token),
                Err(error) => refusals.push(error),
            }
        }
        match <[AzureError; 1]>::try_from(refusals) {
            Ok([only]) => Err(only),
            Err(several) => Err(AzureError::NoToken {
                via: "every source".to_owned(),
                message: several.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
            }),
        }
    }

    async fn ask(&self, index: usize, source: &Source, scope: &str) -> Result<Token, AzureError> {
        let refused = |message: String| AzureError::NoToken { via: source.name.to_owned(), message };
        let credential = (source.credential)().map_err(refused)?;
        let scopes = [scope];
        let asked = tokio::time::timeout(LONGEST, credential.get_token(&scopes, None)).await;
        let given = asked
            .map_err(|_| refused(format!("no answer within {} s", LONGEST.as_secs())))?
            .map_err(|error| refused(plain(&error.to_string())))?;
        let expires_at = Timestamp::from_second(given.expires_on.unix_timestamp())
            .map_err(|_| refused("the token has no sensible end".to_owned()))?;
        if self.chosen.set(index).is_ok() {
            tracing::info!(via = source.name, "signed in");
        }
        let now = (self.clock)();
        // A token that lives less than ten minutes is used for half its life, not fetched anew for every request.
        let early = EARLY.min(expires_at.duration_since(now) / 2);
        Ok(Token { secret: given.token.secret().to_owned().into(), expires_at, renew_at: expires_at - early })
    }
}

#[cfg(test)]
mod tests;
