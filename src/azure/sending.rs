//! The one request that starts something, and what its outcome means.

use reqwest::Response;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use crate::domain::operation::{Acceptation, OperationId, PollStyle};
use crate::domain::plan::Request;
use crate::domain::problem::Problem;

use super::budget::Haste;
use super::error::{AzureError, Reach, Refusal};
use super::http::{ARM_LIMIT, Ask, whole};
use super::polling::{self, Answer, Body, Heard};
use super::retry::retry_after;
use super::{Azure, origin, triage};

/// A poll that takes longer than this says nothing.
const POLL_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(90);

/// What became of the POST. Only the first goes on by itself; none is ever sent again by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// 202, with an address to ask at.
    Accepted(Acceptation),
    /// 200 with the finished instance and no address to ask at: rare, and recorded.
    Done {
        /// How we know.
        evidence: String,
    },
    /// No byte of it left.
    NotSent(Problem),
    /// Azure said no, in its own envelope or under a request id of its own; nothing was started.
    Refused(Problem),
    /// It may have been taken.
    Unconfirmed(Problem),
}

impl Azure {
    /// Has everything at hand that [`Self::start`] needs, so that between the record that says "about to leave" and the
    /// request nothing is left that takes time: a console that dies there must call the outcome UNKNOWN.
    ///
    /// # Errors
    /// Nobody gives a token, or no connection can be made at all. Nothing was sent.
    pub async fn make_ready(&self) -> Result<(), Problem> {
        let token = self.0.wire.credential.token(&self.0.cloud.scope).await.map(drop);
        let ready = token.and_then(|()| self.0.wire.make_ready());
        ready.map_err(|error| triage::not_sent(&error))
    }

    /// Starts a backup or a restore: exactly one POST, on a connection of its own, sent once whatever comes.
    ///
    /// `key` is the account key that the body needs with [`crate::domain::plan::Access::Key`]. `id` goes with it as
    /// `x-ms-client-request-id`, by which the activity log can be searched.
    pub async fn start(&self, request: &Request, key: Option<&SecretString>, id: OperationId) -> Sent {
        let ask = match self.post(request, key, id) {
            Ok(ask) => ask,
            Err(error) => return unanswered(&error),
        };
        if let Some(key) = key {
            self.0.wire.credential.secrets.note(key);
        }
        match self.0.wire.send_only(&ask, self.bearer()).await {
            Ok(response) => self.sorted(&ask, response).await,
            Err(error) => unanswered(&error),
        }
    }

    /// Asks once how an operation stands. A token that is refused is renewed and the question put once more.
    ///
    /// `pinned` is the root of Resource Manager that the operation was started at. It must be this handle's own: an
    /// operation of another cloud, perhaps out of an imported file, is not asked with this token.
    pub async fn poll(&self, url: &str, style: PollStyle, pinned: &str, id: OperationId) -> Answer {
        let ask = match self.question(url, pinned, id) {
            Ok(ask) => ask,
            Err(error) => return polling::unread(&error),
        };
        let asked = tokio::time::timeout(POLL_TIMEOUT, async {
            let response = self.0.wire.once(&ask, self.bearer()).await?;
            self.heard(&ask, response, |heard| polling::verdict(heard, style)).await
        });
        match asked.await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => polling::unread(&error),
            Err(_) => polling::unread(&AzureError::Unreachable {
                host: ask.url.host_str().unwrap_or_default().to_owned(),
                cause: "no answer in time".to_owned(),
                reach: Reach::MaybeSent,
            }),
        }
    }

    fn post(
        &self,
        request: &Request,
        key: Option<&SecretString>,
        id: OperationId,
    ) -> Result<Ask, AzureError> {
        let what = request.url.split('?').next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
        let setup = |why: String| AzureError::Setup(format!("{what}: {why}"));
        let url = Url::parse(&request.url).map_err(|error| setup(error.to_string()))?;
        origin::require(&url, &self.0.root).map_err(|stray| setup(stray.to_string()))?;
        let mut body = serde_json::to_value(&request.body).map_err(|error| setup(error.to_string()))?;
        match (request.body.access_type, key) {
            ("AccessKey", None) => return Err(setup("the account key is missing".to_owned())),
            ("AccessKey", Some(key)) => body["accessKey"] = Value::from(key.expose_secret()),
            _ => {}
        }
        let mut ask = Ask::post(what, url, body.to_string().into_bytes());
        ask.id = id.to_string();
        Ok(ask)
    }

    fn question(&self, url: &str, pinned: &str, id: OperationId) -> Result<Ask, AzureError> {
        let odd =
            |stray: String| AzureError::Setup(format!("the operation cannot be asked about here: {stray}"));
        let pinned = Url::parse(pinned).map_err(|error| odd(error.to_string()))?;
        origin::require(&pinned, &self.0.root).map_err(|stray| odd(stray.to_string()))?;
        let url = origin::follow(url, &pinned, &pinned).map_err(|stray| odd(stray.to_string()))?;
        let mut ask = Ask { haste: Haste::Ahead, ..Ask::get("the operation's status", url) };
        ask.id = id.to_string();
        Ok(ask)
    }

    async fn sorted(&self, ask: &Ask, response: Response) -> Sent {
        match self.heard(ask, response, sort).await {
            Ok(sent) => sent,
            Err(error) => unanswered(&error),
        }
    }

    /// Reads an answer and lets `judge` say what it means.
    async fn heard<T>(
        &self,
        ask: &Ask,
        response: Response,
        judge: impl FnOnce(&Heard<'_>) -> T,
    ) -> Result<T, AzureError> {
        let (status, mut headers) = (response.status().as_u16(), response.headers().clone());
        let body = match whole(response, ARM_LIMIT).await {
            Ok(body) => body,
            // Only a success must be read to say something; a 202 says all in its headers, a refusal in its status.
            Err(_) if !matches!(status, 200 | 201) => Vec::new(),
            Err(cut) => {
                self.0.wire.discreet(&mut headers, Vec::new());
                return Err(cut.into_error(ask, status, &headers));
            }
        };
        let body = self.0.wire.discreet(&mut headers, body);
        let refusal = self.0.wire.refused(ask, status, &headers, &body);
        let (request, pinned, now) = (&ask.url, &self.0.root, (self.0.wire.clock)());
        Ok(judge(&Heard { request, pinned, status, headers: &headers, body: &body, refusal, now }))
    }
}

/// Sorts the answer of the POST.
pub(crate) fn sort(heard: &Heard<'_>) -> Sent {
    match heard.status {
        202 => accepted(heard).unwrap_or_else(|| {
            Sent::Unconfirmed(triage::unconfirmed(
                &heard.refusal,
                "Azure took it and named no address to ask at",
            ))
        }),
        // An instance may say Succeeded while an operation on it runs: an address knows better.
        200 | 201 => accepted(heard).unwrap_or_else(|| match heard.body() {
            Body::Finished(evidence) => Sent::Done { evidence },
            _ => Sent::Unconfirmed(triage::unconfirmed(&heard.refusal, "the answer cannot be read")),
        }),
        // 499 is what gateways say when somebody hung up: not clear who, nor how far it had come.
        408 | 499 => Sent::Unconfirmed(triage::unconfirmed(&heard.refusal, "the server gave up waiting")),
        400..=499 if heard.is_signed() => Sent::Refused(triage::refused(&heard.refusal)),
        // A proxy can let a request through and keep back the answer alone.
        400..=499 => {
            let why = format!(
                "HTTP {} came with neither Azure's words nor its request id: a proxy may have let the request through \
                 and blocked the answer",
                heard.status
            );
            Sent::Unconfirmed(triage::unconfirmed(&heard.refusal, &why))
        }
        status => Sent::Unconfirmed(triage::unconfirmed(&heard.refusal, &format!("HTTP {status}"))),
    }
}

fn accepted(heard: &Heard<'_>) -> Option<Sent> {
    let (operation_url, style) = heard.address()?;
    let Refusal { ids, .. } = heard.refusal.clone();
    Some(Sent::Accepted(Acceptation {
        operation_url,
        style,
        retry_after: retry_after(heard.headers, heard.now),
        request_id: ids.request,
        correlation_id: ids.correlation,
    }))
}

/// Sorts a POST that got no answer: only when no byte of it left is it known not to have been taken.
fn unanswered(error: &AzureError) -> Sent {
    match error {
        AzureError::Unreachable { reach: Reach::NothingSent, .. }
        | AzureError::Setup(_)
        | AzureError::NoToken { .. }
        | AzureError::SignInUnreached { .. }
        | AzureError::Throttled { .. }
        | AzureError::ReadOnly { .. } => Sent::NotSent(triage::not_sent(error)),
        AzureError::Unreachable { .. } | AzureError::Odd { .. } | AzureError::Refused(_) => {
            Sent::Unconfirmed(triage::unconfirmed_error(error))
        }
    }
}

#[cfg(test)]
mod tests;
