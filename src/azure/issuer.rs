//! Who gives the tokens over the network: how it is called when nobody answers there, and how long it is asked.
//!
//! azure_identity tries a request again for a minute, and names neither the host nor the proxy. A person who waits for
//! a console wants to read after seconds what cannot be reached, and through what.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use azure_core::error::ErrorKind;
use azure_core::http::policies::{RetryHeaders, RetryPolicy};
use azure_core::http::{RetryOptions, StatusCode};
use tokio::time::Instant;
use url::Url;

use super::error::AzureError;
use super::sources::plain;
use super::transport::{self, Route};

/// No try begins later than this after the first: a connection that is waited for ends the tries, one that is refused
/// at once is tried a few times.
const LATEST: Duration = Duration::from_secs(3);
/// Tries in all, the first included.
const TRIES: u32 = 4;

/// A service that gives tokens.
#[derive(Clone, Debug)]
pub(crate) struct Issuer {
    /// Its host.
    host: String,
    /// The proxy between, without its user and password.
    proxy: Option<String>,
}

impl Issuer {
    /// The one at this address, as our requests reach it.
    pub(crate) fn at(authority: &str) -> Option<Self> {
        let url = Url::parse(authority).ok()?;
        let proxy = match Route::to(&url) {
            Route::Direct => None,
            Route::Proxied => transport::proxy(&url),
        };
        Some(Self { host: url.host_str()?.to_owned(), proxy })
    }

    /// The one of this machine, which no proxy stands before.
    pub(crate) fn of_machine() -> Self {
        Self { host: "for this machine's own identity".to_owned(), proxy: None }
    }

    /// Nobody answered there.
    pub(crate) fn silent(&self, cause: String) -> AzureError {
        AzureError::SignInUnreached { host: self.host.clone(), proxy: self.proxy.clone(), cause }
    }

    /// Whether a source failed because the network did, or because the service is too busy: nobody said no, so nobody is
    /// signed out.
    pub(crate) fn unreached(&self, error: &azure_core::Error) -> Option<AzureError> {
        let mut next: Option<&(dyn Error + 'static)> = Some(error);
        let mut cause = None;
        while let Some(inner) = next {
            match inner.downcast_ref::<azure_core::Error>().map(azure_core::Error::kind) {
                Some(ErrorKind::Io | ErrorKind::Connection) => cause = Some(plain(&inner.to_string())),
                Some(ErrorKind::HttpResponse { status, .. }) if is_busy(*status) => {
                    cause = Some(format!("it answered with HTTP {}", u16::from(*status)));
                }
                _ => {}
            }
            // The network's own words say more than that the request failed.
            if let Some(said) = inner.downcast_ref::<reqwest::Error>().filter(|_| cause.is_some()) {
                cause = Some(transport::cause(said));
            }
            next = inner.source();
        }
        cause.map(|cause| self.silent(cause))
    }
}

/// Whether an answer says nothing of who is signed in: the service, or a gateway before it, could not answer now. By 410
/// a virtual machine's metadata service says that it is being updated.
fn is_busy(status: StatusCode) -> bool {
    matches!(u16::from(status), 408 | 410 | 429 | 500..)
}

/// How often azure_identity asks, from now on.
pub(crate) fn tries() -> RetryOptions {
    RetryOptions::custom(Arc::new(Hurry { begun: Instant::now() }))
}

#[derive(Debug)]
struct Hurry {
    begun: Instant,
}

impl RetryPolicy for Hurry {
    /// By a clock of our own: the one that is handed in starts with the end of the first try.
    fn is_expired(&self, _: azure_core::time::Duration, tried_again: u32) -> bool {
        tried_again + 1 >= TRIES || self.begun.elapsed() > LATEST
    }

    fn retry_headers(&self) -> Option<&RetryHeaders> {
        None
    }

    fn retry_status_codes(&self) -> &[StatusCode] {
        &[]
    }

    fn sleep_duration(&self, tried_again: u32) -> azure_core::time::Duration {
        azure_core::time::Duration::milliseconds(200 * i64::from(tried_again))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As azure_identity tells it: its own words around the answer.
    fn answered(status: StatusCode) -> azure_core::Error {
        let kind = ErrorKind::HttpResponse { status, error_code: None, raw_response: None };
        let inner = azure_core::Error::with_message(kind, "busy");
        azure_core::Error::with_error(ErrorKind::Credential, inner, "authentication failed")
    }

    #[test]
    fn who_is_too_busy_to_answer_has_signed_nobody_out() {
        let issuer = Issuer::of_machine();
        for busy in [408, 410, 429, 500, 502, 503, 504] {
            let unreached = issuer.unreached(&answered(busy.into()));
            let Some(AzureError::SignInUnreached { cause, .. }) = unreached else { panic!("{busy}") };
            assert!(cause.contains(&busy.to_string()), "{cause}");
        }
        for no in [400, 401, 403, 404] {
            assert!(issuer.unreached(&answered(no.into())).is_none(), "{no}");
        }
    }
}
