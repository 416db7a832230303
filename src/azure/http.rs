//! Requests are made here and nowhere else, but for the tokens. This is where the promises about requests are kept:
//! nothing that changes anything in read-only mode, nothing sent twice that must not be, no more than Azure takes,
//! bounded answers.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Request, Response};
use secrecy::{ExposeSecret, SecretString};
use url::Url;
use uuid::Uuid;

use crate::domain::glance::Quota;
use crate::domain::resource::{ResourceId, SubscriptionId};

use super::budget::{Haste, Said};
use super::credential::{Credential, Token};
use super::error::{AzureError, Plane, Reach, Refusal, RequestIds, Words};
use super::gate::Gate;
use super::retry::{self, Fault};
use super::switch::Switch;
use super::transport::{Line, Lost, Transport, cause};
use super::{Clock, WriteMode, shared_key, words};

/// The largest answer that ARM lets a provider give.
pub(crate) const ARM_LIMIT: usize = 8 * 1024 * 1024;
/// The largest error body that is read.
pub(crate) const ERROR_LIMIT: usize = 256 * 1024;
/// A body that trickles longer than this is given up.
const BODY_TIMEOUT: Duration = Duration::from_secs(120);

/// One request, ready to leave but for its right. Not `Debug`: the body of one of them holds the account key.
pub(crate) struct Ask {
    /// What is asked for, in words: "instance apim-core".
    pub(crate) what: String,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) plane: Plane,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// Whom it keeps waiting.
    pub(crate) haste: Haste,
    /// Bytes of an answer that are read at most.
    pub(crate) limit: usize,
    /// `x-ms-client-request-id`.
    pub(crate) id: String,
    /// The subscription whose things are touched, where the address does not name it.
    pub(crate) subscription: Option<SubscriptionId>,
    /// Tries that failed.
    pub(crate) tried: AtomicU32,
}

impl Ask {
    /// A reading from Resource Manager.
    pub(crate) fn get(what: impl Into<String>, url: Url) -> Self {
        Self {
            what: what.into(),
            method: Method::GET,
            url,
            plane: Plane::ResourceManager,
            headers: vec![("accept", "application/json".to_owned())],
            body: Vec::new(),
            haste: Haste::InTurn,
            limit: ARM_LIMIT,
            id: Uuid::new_v4().to_string(),
            subscription: None,
            tried: AtomicU32::new(0),
        }
    }

    /// The same as a POST of JSON.
    pub(crate) fn post(what: impl Into<String>, url: Url, body: Vec<u8>) -> Self {
        let mut ask = Self { method: Method::POST, body, ..Self::get(what, url) };
        ask.headers.push(("content-type", "application/json".to_owned()));
        ask
    }
}

/// What lets a request in.
#[derive(Clone, Copy)]
pub(crate) enum Right<'a> {
    /// A token for this scope.
    Bearer(&'a str),
    /// The key of the account of this name.
    Key(&'a str, &'a SecretString),
}

/// An answer, read to its end. Not `Debug`: one of them is the answer with the keys.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// What may not leave.
#[derive(Debug)]
pub(crate) struct Guard {
    pub(crate) switch: Switch,
    subscriptions: BTreeSet<SubscriptionId>,
}

impl Guard {
    pub(crate) fn new(mode: WriteMode, subscriptions: BTreeSet<SubscriptionId>) -> Self {
        Self { switch: Switch::new(mode), subscriptions }
    }

    /// Lets readings pass, and everything else only where changes are allowed.
    ///
    pub(crate) fn pass(&self, ask: &Ask, now: Timestamp) -> Result<(), AzureError> {
        if is_reading(ask) {
            return Ok(());
        }
        let named = ask.url.path().parse::<ResourceId>().ok().map(|id| id.subscription());
        let is_closed = named.iter().chain(&ask.subscription).any(|id| self.subscriptions.contains(id));
        if is_closed || !self.switch.permit(now).allows() {
            return Err(AzureError::ReadOnly { what: ask.what.clone() });
        }
        Ok(())
    }
}

/// Whether a request changes nothing and shows no key.
///
/// It is judged by method and address, so that no caller can call a change a reading. The one POST that is a reading is
/// Resource Graph's.
fn is_reading(ask: &Ask) -> bool {
    let is_query = ask.method == Method::POST
        && ask.url.path().eq_ignore_ascii_case("/providers/Microsoft.ResourceGraph/resources");
    ask.method == Method::GET || ask.method == Method::HEAD || is_query
}

/// The way to Azure.
pub(crate) struct Wire {
    transport: Transport,
    pub(crate) guard: Arc<Guard>,
    gate: Gate,
    pub(crate) credential: Credential,
    pub(crate) clock: Clock,
}

impl Wire {
    pub(crate) fn new(transport: Transport, guard: Arc<Guard>, credential: Credential, clock: Clock) -> Self {
        Self { transport, guard, gate: Gate::new(), credential, clock }
    }

    /// How much may still be asked, but for the token.
    pub(crate) fn quota(&self) -> Quota {
        self.gate.quota((self.clock)())
    }

    /// Sends a reading, again where that may help, and reads the answer to its end.
    pub(crate) async fn read(&self, ask: &Ask, right: Right<'_>) -> Result<Reply, AzureError> {
        loop {
            let response = self.open(ask, right).await?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            match whole(response, ask.limit).await {
                Ok(body) => return Ok(Reply { status, headers, body }),
                Err(error) => self.rest(ask, error.into_error(ask, status, &headers)).await?,
            }
        }
    }

    /// Sends a reading, again where that may help, until an answer begins that is a success.
    pub(crate) async fn open(&self, ask: &Ask, right: Right<'_>) -> Result<Response, AzureError> {
        loop {
            let error = match self.once(ask, right).await {
                Ok(response) if response.status().is_success() => return Ok(response),
                Ok(response) => self.refusal(ask, response).await,
                Err(error) => error,
            };
            self.rest(ask, error).await?;
        }
    }

    /// Sends a request once, whatever comes; a token that is refused is renewed, and then it is sent once more.
    pub(crate) async fn once(&self, ask: &Ask, right: Right<'_>) -> Result<Response, AzureError> {
        let (response, token) = self.send(ask, right, Line::Shared).await?;
        match (right, token) {
            (Right::Bearer(scope), Some(token)) if response.status().as_u16() == 401 => {
                self.credential.invalidate(scope, &token).await;
                Ok(self.send(ask, right, Line::Shared).await?.0)
            }
            _ => Ok(response),
        }
    }

    /// Has at hand what [`Self::send_only`] needs.
    pub(crate) fn make_ready(&self) -> Result<(), AzureError> {
        self.transport.make_ready().map_err(|lost| AzureError::Setup(lost.cause))
    }

    /// Sends a request that must not be sent twice: on a connection of its own, with no second try of any kind.
    pub(crate) async fn send_only(&self, ask: &Ask, right: Right<'_>) -> Result<Response, AzureError> {
        Ok(self.send(ask, right, Line::Own).await?.0)
    }

    async fn send(
        &self,
        ask: &Ask,
        right: Right<'_>,
        line: Line,
    ) -> Result<(Response, Option<Token>), AzureError> {
        self.guard.pass(ask, (self.clock)())?;
        // Before the token: it would grow old in the queue.
        self.gate.pass(ask, line).await?;
        let mut headers = common(ask)?;
        let mut used = None;
        match right {
            Right::Bearer(scope) => {
                let token = self.credential.token(scope).await?;
                headers.insert(AUTHORIZATION, bearer(&token)?);
                used = Some(token);
            }
            Right::Key(account, key) => {
                self.credential.secrets.note(key);
                headers.extend(shared_key::sign(ask, account, key, (self.clock)())?);
            }
        }
        // reqwest leaves the length of an empty body out, which Azure's front ends answer with 411.
        if ask.body.is_empty() && ask.method != Method::GET && ask.method != Method::HEAD {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let mut request = Request::new(ask.method.clone(), ask.url.clone());
        *request.headers_mut() = headers;
        *request.body_mut() = Some(ask.body.clone().into());
        // Once more: the wait for the budget and the token may have outlasted the time to write.
        self.guard.pass(ask, (self.clock)())?;
        let response =
            match self.transport.send(request, if is_reading(ask) { line } else { Line::Own }).await {
                Ok(response) => response,
                Err(lost) => {
                    let error = self.lost(ask, lost);
                    if matches!(error, AzureError::Unreachable { reach: Reach::NothingSent, .. }) {
                        // So may the wait for the connection: see `transport`.
                        self.guard.pass(ask, (self.clock)())?;
                    }
                    return Err(error);
                }
            };
        let status = response.status().as_u16();
        let now = (self.clock)();
        self.gate.heard(ask, status, Said::of(status, response.headers(), now), now);
        tracing::debug!(method = %ask.method, what = ask.what, status, id = %ask.id, "answered");
        Ok((response, used))
    }

    fn lost(&self, ask: &Ask, Lost { reach, cause }: Lost) -> AzureError {
        tracing::debug!(method = %ask.method, what = ask.what, %cause, id = %ask.id, "not answered");
        AzureError::Unreachable { host: host(&ask.url), cause, reach }
    }

    /// What an answer that is no success says.
    pub(crate) async fn refusal(&self, ask: &Ask, response: Response) -> AzureError {
        let (status, mut headers) = (response.status().as_u16(), response.headers().clone());
        let body = whole(response, ERROR_LIMIT).await.unwrap_or_default();
        let body = self.discreet(&mut headers, body);
        AzureError::Refused(Box::new(self.refused(ask, status, &headers, &body)))
    }

    /// An answer that is told to people, without the secrets that it quotes.
    pub(crate) fn discreet(&self, headers: &mut HeaderMap, body: Vec<u8>) -> Vec<u8> {
        self.credential.secrets.without_in_headers(headers);
        self.credential.secrets.without_in(body)
    }

    /// The same of an answer that was read and made discreet.
    pub(crate) fn refused(&self, ask: &Ask, status: u16, headers: &HeaderMap, body: &[u8]) -> Refusal {
        let said = words::read(body);
        // A HEAD has no body: the code is in a header.
        let code = said.code.or_else(|| header(headers, "x-ms-error-code"));
        Refusal {
            what: ask.what.clone(),
            plane: ask.plane,
            status,
            words: Words { code, message: said.message },
            retry_after: retry::retry_after(headers, (self.clock)()),
            ids: ids(headers),
        }
    }

    /// Waits before the next try of a reading, or gives the error back when there is to be none. Whether it got no
    /// answer or half a one: its tries are counted together.
    pub(crate) async fn rest(&self, ask: &Ask, error: AzureError) -> Result<(), AzureError> {
        let fault = match &error {
            AzureError::Unreachable { .. } => Fault::Network,
            AzureError::Refused(refusal) => Fault::Status(refusal.status, refusal.retry_after),
            _ => return Err(error),
        };
        let jitter = jitter(ask, (self.clock)());
        let tried = ask.tried.fetch_add(1, Ordering::Relaxed) + 1;
        let Some(pause) = retry::pause(tried, fault, jitter) else { return Err(error) };
        tracing::debug!(%error, ?pause, "tried again after a pause");
        tokio::time::sleep(pause).await;
        Ok(())
    }
}

/// What keeps readings that failed together from returning together: they ask for different things, or on different
/// machines. Not random, so that a simulation can be repeated.
fn jitter(ask: &Ask, now: Timestamp) -> u8 {
    let mut hasher = DefaultHasher::new();
    (&ask.what, now.as_nanosecond()).hash(&mut hasher);
    hasher.finish().to_le_bytes()[0]
}

fn common(ask: &Ask) -> Result<HeaderMap, AzureError> {
    let mut headers = HeaderMap::new();
    let own = [("x-ms-client-request-id", ask.id.clone()), ("x-ms-return-client-request-id", "true".into())];
    for (name, value) in own.iter().chain(&ask.headers) {
        let value = HeaderValue::from_str(value)
            .map_err(|_| AzureError::Setup(format!("{}: '{name}' cannot be sent", ask.what)))?;
        headers.insert(HeaderName::from_static(name), value);
    }
    Ok(headers)
}

fn bearer(token: &Token) -> Result<HeaderValue, AzureError> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.secret.expose_secret()))
        .map_err(|_| AzureError::Setup("the token cannot be sent as a header".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Why a body was not read to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Cut {
    /// It is longer than we want to read.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    /// It broke off.
    #[error("the answer broke off: {0}")]
    BrokenOff(String),
}

impl Cut {
    /// The same as an error of the request that was answered.
    pub(crate) fn into_error(self, ask: &Ask, status: u16, headers: &HeaderMap) -> AzureError {
        match self {
            Self::BrokenOff(cause) => {
                AzureError::Unreachable { host: host(&ask.url), cause, reach: Reach::MaybeSent }
            }
            Self::TooLong(_) => AzureError::Odd {
                what: ask.what.clone(),
                detail: self.to_string(),
                http_status: Some(status),
                ids: ids(headers),
            },
        }
    }
}

/// Reads a body of at most `limit` bytes, counted after decompression.
pub(crate) async fn whole(mut response: Response, limit: usize) -> Result<Vec<u8>, Cut> {
    let read = async {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| Cut::BrokenOff(cause(&error)))? {
            if body.len() + chunk.len() > limit {
                return Err(Cut::TooLong(limit));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    };
    let slow = || Cut::BrokenOff(format!("it was not whole after {} s", BODY_TIMEOUT.as_secs()));
    tokio::time::timeout(BODY_TIMEOUT, read).await.unwrap_or_else(|_| Err(slow()))
}

/// The ids of an answer.
pub(crate) fn ids(headers: &HeaderMap) -> RequestIds {
    RequestIds {
        request: header(headers, "x-ms-request-id"),
        correlation: header(headers, "x-ms-correlation-request-id"),
    }
}

/// One header as text.
pub(crate) fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned).filter(|text| !text.is_empty())
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(method: Method, path: &str) -> Ask {
        let url = Url::parse(&format!("https://management.azure.com{path}")).unwrap();
        Ask { method, ..Ask::get("it", url) }
    }

    #[test]
    fn read_only_lets_readings_pass_and_nothing_else() {
        let guard = Guard::new(WriteMode::ReadOnly, BTreeSet::new());
        let open = Guard::new(WriteMode::Guarded, BTreeSet::new());
        let graph = "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01";
        let table = [
            (Method::GET, "/subscriptions", true),
            (Method::HEAD, "/container/blob", true),
            (Method::POST, graph, true),
            (Method::POST, "/subscriptions/s/x/restore", false),
            (Method::POST, "/subscriptions/s/x/listKeys", false),
            (Method::POST, "/a/providers/Microsoft.ResourceGraph/resources", false),
            (Method::PUT, graph, false),
            (Method::PUT, "/container/blob", false),
            (Method::PATCH, "/subscriptions/s/x", false),
            (Method::DELETE, "/subscriptions/s/x", false),
        ];
        for (method, path, passes) in table {
            assert_eq!(
                guard.pass(&ask(method.clone(), path), Timestamp::UNIX_EPOCH).is_ok(),
                passes,
                "{method} {path}"
            );
            assert!(open.pass(&ask(method, path), Timestamp::UNIX_EPOCH).is_ok());
        }
    }

    #[test]
    fn a_subscription_can_be_closed_on_its_own() {
        let guard = Guard::new(WriteMode::Guarded, [SubscriptionId::new("AAAA")].into());
        let pass = |ask: &Ask| guard.pass(ask, Timestamp::UNIX_EPOCH);
        assert!(pass(&ask(Method::POST, "/subscriptions/aaaa/resourceGroups/g/restore")).is_err());
        assert!(pass(&ask(Method::POST, "/subscriptions/bbbb/resourceGroups/g/restore")).is_ok());
        let mut blob = ask(Method::PUT, "/container/blob");
        assert!(pass(&blob).is_ok());
        blob.subscription = Some(SubscriptionId::new("aaaa"));
        assert!(pass(&blob).is_err());
    }
}
