//! What can go wrong on the wire, typed by what a caller can decide on. No variant can hold a secret: what is kept
//! of a request is what it was about, what is kept of an answer is its status, its ids and Azure's words.

use crate::domain::fact::Unreadable;
use crate::domain::problem::{Problem, Trouble};

use super::triage;

/// Why a call did not give what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AzureError {
    /// The connection cannot be made as configured.
    #[error("{0}")]
    Setup(String),
    /// Nobody gave a token.
    #[error("{via} gave no token: {message}")]
    NoToken {
        /// The source that was asked: "Azure CLI", "environment", …
        via: String,
        /// Its words.
        message: String,
    },
    /// Who gives the tokens does not answer: whether anybody is signed in is not known.
    #[error(
        "the sign-in service {host} could not be reached{}: {cause}",
        .proxy.as_deref().map(|proxy| format!(" through the proxy {proxy}")).unwrap_or_default()
    )]
    SignInUnreached {
        /// Its host.
        host: String,
        /// The proxy between, without its user and password.
        proxy: Option<String>,
        /// What the network said.
        cause: String,
    },
    /// Azure answered, and the answer is no.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// Nobody answered.
    #[error("{host} does not answer: {cause}")]
    Unreachable {
        /// The host that was asked.
        host: String,
        /// What the network said.
        cause: String,
        /// How far the request came.
        reach: Reach,
    },
    /// Something answered that makes no sense here: HTML, cut JSON, an address of another origin.
    #[error("{what}: {detail}")]
    Odd {
        /// What was asked.
        what: String,
        /// What is odd about the answer.
        detail: String,
        /// The HTTP status of the answer.
        http_status: Option<u16>,
        /// The ids of the answer.
        ids: RequestIds,
    },
    /// Azure asked for patience, and this would have left before its time.
    #[error("{what} is not sent: Azure asks for patience, for {seconds} s more")]
    Throttled {
        /// What would have been sent.
        what: String,
        /// For how long.
        seconds: u64,
    },
    /// This program was told to change nothing.
    #[error("{what} is not sent: read-only")]
    ReadOnly {
        /// What would have been sent.
        what: String,
    },
}

/// How far a request came before the network gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// No byte of it left: name, connection or TLS failed.
    NothingSent,
    /// It may have arrived.
    MaybeSent,
}

/// The ids that Azure's support asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestIds {
    /// `x-ms-request-id`.
    pub request: Option<String>,
    /// `x-ms-correlation-request-id`.
    pub correlation: Option<String>,
}

/// Which of Azure's two doors answered; they use the same words for different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plane {
    /// Azure Resource Manager.
    ResourceManager,
    /// A blob endpoint.
    Storage,
}

/// An answer that is no success.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: HTTP {status}{}", .words.code.as_deref().map(|code| format!(" {code}")).unwrap_or_default())]
pub struct Refusal {
    /// What was asked, in words: "instance apim-core".
    pub what: String,
    /// Who answered.
    pub plane: Plane,
    /// The HTTP status.
    pub status: u16,
    /// Azure's code and text.
    pub words: Words,
    /// `Retry-After` in seconds.
    pub retry_after: Option<u64>,
    /// The ids of the answer.
    pub ids: RequestIds,
}

/// Azure's code and text, verbatim, out of whichever of its three error forms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// The code, such as `AuthorizationFailed`.
    pub code: Option<String>,
    /// The text, with the texts of its details on lines of their own.
    pub message: Option<String>,
}

/// What a refusal means to a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// 401: the token was not taken.
    SignedOut,
    /// 403.
    Forbidden,
    /// 404 and 410.
    Absent,
    /// 409 and 412.
    Conflict,
    /// 429.
    Throttled,
    /// 408 and 5xx: the server has trouble of its own.
    Broken,
    /// Any other.
    Rejected,
}

impl Refusal {
    /// What it means to a caller.
    pub fn kind(&self) -> RefusalKind {
        match self.status {
            401 => RefusalKind::SignedOut,
            403 => RefusalKind::Forbidden,
            404 | 410 => RefusalKind::Absent,
            409 | 412 => RefusalKind::Conflict,
            429 => RefusalKind::Throttled,
            408 | 500.. => RefusalKind::Broken,
            _ => RefusalKind::Rejected,
        }
    }

    /// Whether Azure's code is this one; letter case does not count.
    pub fn has_code(&self, code: &str) -> bool {
        self.words.code.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(code))
    }
}

impl AzureError {
    /// What a person reads.
    pub fn problem(&self) -> Problem {
        triage::problem(self)
    }

    /// What stood in the way of a fact.
    pub fn unreadable(&self) -> Unreadable {
        let words = self.one_line();
        match self.trouble() {
            Trouble::Forbidden | Trouble::SignedOut => Unreadable::Forbidden(words),
            Trouble::Unreachable | Trouble::Throttled | Trouble::Usage => Unreadable::Unreachable(words),
            Trouble::Other if self.is_absent() => Unreadable::Absent(words),
            Trouble::Other => Unreadable::Unreachable(words),
        }
    }

    /// Whether Azure says that there is no such thing.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.kind() == RefusalKind::Absent)
    }

    /// The kind of trouble, for exit codes and banners.
    pub fn trouble(&self) -> Trouble {
        match self {
            Self::Setup(_) => Trouble::Usage,
            Self::NoToken { .. } => Trouble::SignedOut,
            Self::Unreachable { .. } | Self::SignInUnreached { .. } => Trouble::Unreachable,
            Self::Throttled { .. } => Trouble::Throttled,
            Self::Odd { .. } | Self::ReadOnly { .. } => Trouble::Other,
            Self::Refused(refusal) => match refusal.kind() {
                RefusalKind::SignedOut => Trouble::SignedOut,
                RefusalKind::Forbidden => Trouble::Forbidden,
                RefusalKind::Throttled => Trouble::Throttled,
                RefusalKind::Broken => Trouble::Unreachable,
                RefusalKind::Absent | RefusalKind::Conflict | RefusalKind::Rejected => Trouble::Other,
            },
        }
    }

    /// Azure's words, or ours, in one line.
    fn one_line(&self) -> String {
        match self {
            Self::Refused(refusal) => match (&refusal.words.code, &refusal.words.message) {
                (Some(code), Some(text)) => format!("{code}: {}", text.lines().next().unwrap_or_default()),
                (Some(code), None) => code.clone(),
                (None, Some(text)) => text.lines().next().unwrap_or_default().to_owned(),
                (None, None) => refusal.to_string(),
            },
            other => other.to_string().lines().next().unwrap_or_default().to_owned(),
        }
    }
}
