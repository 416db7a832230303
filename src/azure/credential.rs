//! One credential for everything, with its own cache: the sources of azure_identity start a process per token, or
//! cache in ways that differ.
//!
//! A token is kept per scope, renewed five minutes before its end, and fetched once however many ask for it. While a
//! renewal fails, a token that is still good goes on being used.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use azure_core::error::ErrorKind;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use super::Clock;
use super::claims;
use super::error::{AzureError, Reach};
use super::identity::SignedIn;
use super::secrets::Secrets;
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

/// What is kept for one scope.
#[derive(Default)]
struct Slot {
    /// How often the source was asked.
    asked: AtomicU64,
    kept: tokio::sync::Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    token: Option<Token>,
    not_before: Option<Timestamp>,
    failure: Option<AzureError>,
}

/// The credential. Shared by all clones of [`super::Azure`].
pub(crate) struct Credential {
    sources: Vec<Source>,
    chosen: OnceLock<usize>,
    slots: Mutex<HashMap<String, Arc<Slot>>>,
    clock: Clock,
    /// What must not come back in words.
    pub(crate) secrets: Secrets,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("via", &self.via()).finish_non_exhaustive()
    }
}

impl Credential {
    pub(crate) fn new(sources: Vec<Source>, clock: Clock) -> Self {
        Self { sources, chosen: OnceLock::new(), slots: Mutex::default(), clock, secrets: Secrets::default() }
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
        let before = slot.asked.load(Ordering::SeqCst);
        // Whoever comes while the source is being asked waits here, and shares what it gave: a token or a refusal.
        let mut kept = slot.kept.lock().await;
        if let Some(token) = kept.usable((self.clock)()) {
            return Ok(token);
        }
        match &kept.failure {
            Some(failure) if slot.asked.load(Ordering::SeqCst) > before => return Err(failure.clone()),
            _ => {}
        }
        let fetched = self.fetch(scope).await;
        slot.asked.fetch_add(1, Ordering::SeqCst);
        kept.take(fetched, (self.clock)())
    }

    /// When the token that is kept for `scope` ends; `None` while there is none, or while one is being fetched.
    pub(crate) fn good_until(&self, scope: &str) -> Option<Timestamp> {
        let slot = self.slot(scope);
        let kept = slot.kept.try_lock().ok()?;
        kept.token.as_ref().map(|token| token.expires_at)
    }

    /// Forgets `refused` if it is still the one that is kept: Azure did not take it.
    pub(crate) async fn invalidate(&self, scope: &str, refused: &Token) {
        let slot = self.slot(scope);
        let mut kept = slot.kept.lock().await;
        let is_same = |own: &Token| own.secret.expose_secret() == refused.secret.expose_secret();
        if kept.token.as_ref().is_some_and(is_same) {
            *kept = Kept::default();
        }
    }

    /// Who is signed in, read from a token for `scope`.
    pub(crate) async fn whoami(&self, scope: &str) -> Result<SignedIn, AzureError> {
        let token = self.token(scope).await?;
        let claims = claims::read(token.secret.expose_secret());
        let via = self.via().unwrap_or_default();
        Ok(SignedIn {
            renewal: claims.renewal(via),
            via: via.to_owned(),
            tenant: claims.tenant,
            name: claims.name,
            object_id: claims.object_id,
            expires_at: token.expires_at,
        })
    }

    fn slot(&self, scope: &str) -> Arc<Slot> {
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
        // A sign-in that could not be reached is the better reason than a tool that is not there.
        if let Some(at) = refusals.iter().position(|it| matches!(it, AzureError::Unreachable { .. })) {
            return Err(refusals.swap_remove(at));
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
        let refused = |message: String| AzureError::NoToken {
            via: source.name.to_owned(),
            message: self.secrets.without(&message),
        };
        let credential = (source.credential)().map_err(refused)?;
        let scopes = [scope];
        let asked = tokio::time::timeout(LONGEST, credential.get_token(&scopes, None)).await;
        let given = asked
            .map_err(|_| refused(format!("no answer within {} s", LONGEST.as_secs())))?
            .map_err(|error| unreached(&error).unwrap_or_else(|| refused(plain(&error.to_string()))))?;
        let expires_at = Timestamp::from_second(given.expires_on.unix_timestamp())
            .map_err(|_| refused("the token has no sensible end".to_owned()))?;
        if self.chosen.set(index).is_ok() {
            tracing::info!(via = source.name, "signed in");
        }
        let now = (self.clock)();
        // A token that lives less than ten minutes is used for half its life, not fetched anew for every request.
        let early = EARLY.min(expires_at.duration_since(now) / 2);
        let secret = SecretString::from(given.token.secret().to_owned());
        self.secrets.note(&secret);
        Ok(Token { secret, expires_at, renew_at: expires_at - early })
    }
}

impl Kept {
    /// The token, unless it is time for another.
    fn usable(&self, now: Timestamp) -> Option<Token> {
        let token = self.token.as_ref().filter(|token| now < token.expires_at)?;
        let may_wait = now < token.renew_at || self.not_before.is_some_and(|at| now < at);
        may_wait.then(|| token.clone())
    }

    /// Keeps what the source gave; instead of a refusal the old token serves while it is good.
    fn take(&mut self, fetched: Result<Token, AzureError>, now: Timestamp) -> Result<Token, AzureError> {
        let error = match fetched {
            Ok(token) => {
                *self = Self { token: Some(token.clone()), ..Self::default() };
                return Ok(token);
            }
            Err(error) => error,
        };
        self.not_before = Some(now + RESPITE);
        match self.token.as_ref().filter(|token| now < token.expires_at) {
            Some(old) => {
                tracing::warn!(%error, "the token could not be renewed; the old one is still good");
                Ok(old.clone())
            }
            None => {
                self.failure = Some(error.clone());
                Err(error)
            }
        }
    }
}

/// Whether a source failed because the network did: nobody said no, so nobody is signed out.
fn unreached(error: &azure_core::Error) -> Option<AzureError> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        let kind = inner.downcast_ref::<azure_core::Error>().map(azure_core::Error::kind);
        if matches!(kind, Some(ErrorKind::Io | ErrorKind::Connection)) {
            return Some(AzureError::Unreachable {
                host: "the sign-in of Azure".to_owned(),
                cause: plain(&innermost(inner)),
                reach: Reach::NothingSent,
            });
        }
        cause = inner.source();
    }
    None
}

/// What the network itself said: the words around it say that a request was not sent.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut last = error;
    while let Some(inner) = last.source() {
        last = inner;
    }
    last.to_string()
}

#[cfg(test)]
mod tests;
