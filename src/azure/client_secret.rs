//! Signing in with a client secret at an authority on this machine.
//!
//! azure_identity insists on https, rightly. The pretend Azure answers on the loopback in plain http, and should be
//! reached by the same path as the real one: this is the one request that makes the difference.

use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::error::{Error, ErrorKind};
use azure_core::time::OffsetDateTime;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::{Url, form_urlencoded};

use super::Clock;
use super::cloud;
use super::words;

/// A service principal that signs in on the loopback.
pub(crate) struct LoopbackClientSecret {
    pub(crate) endpoint: Url,
    pub(crate) client_id: String,
    pub(crate) secret: SecretString,
    pub(crate) http: reqwest::Client,
    pub(crate) clock: Clock,
}

impl std::fmt::Debug for LoopbackClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoopbackClientSecret")
            .field("endpoint", &self.endpoint.as_str())
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: i64,
}

impl LoopbackClientSecret {
    /// The token endpoint of `tenant` at `authority`, when that is plain http on this machine.
    pub(crate) fn endpoint(authority: &str, tenant: &str) -> Option<Url> {
        let url =
            Url::parse(&format!("{}/{tenant}/oauth2/v2.0/token", authority.trim_end_matches('/'))).ok()?;
        (url.scheme() == "http" && cloud::is_loopback(&url)).then_some(url)
    }

    async fn ask(&self, scope: &str) -> azure_core::Result<Granted> {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &self.client_id)
            .append_pair("client_secret", self.secret.expose_secret())
            .append_pair("grant_type", "client_credentials")
            .append_pair("scope", scope)
            .finish();
        let request = self
            .http
            .post(self.endpoint.clone())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        let unanswered = |cause: String| Error::with_message(ErrorKind::Io, cause);
        let answer = request.send().await.map_err(|error| unanswered(super::transport::cause(&error)))?;
        let status = answer.status();
        let body = super::http::whole(answer, super::http::ERROR_LIMIT)
            .await
            .map_err(|error| unanswered(error.to_string()))?;
        if !status.is_success() {
            let words = words::read(&body);
            return Err(failed(words.message.or(words.code).unwrap_or_else(|| format!("HTTP {status}"))));
        }
        serde_json::from_slice(&body).map_err(|_| failed("the answer is no token".to_owned()))
    }
}

fn failed(message: String) -> Error {
    Error::with_message(ErrorKind::Credential, message)
}

#[async_trait::async_trait]
impl TokenCredential for LoopbackClientSecret {
    async fn get_token(
        &self,
        scopes: &[&str],
        _options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let granted = self.ask(&scopes.join(" ")).await?;
        let until = (self.clock)().as_second().saturating_add(granted.expires_in);
        let until = OffsetDateTime::from_unix_timestamp(until).map_err(|error| failed(error.to_string()))?;
        Ok(AccessToken::new(granted.access_token, until))
    }
}
