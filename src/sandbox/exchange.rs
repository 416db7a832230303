//! What was asked and what is answered, as plain values, so that no room below the door knows the HTTP library.

use axum::body::Bytes;
use axum::http::{HeaderMap, Method};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// One request, read to its end.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// The path as it was sent: still percent-encoded, double slashes kept. Storage signatures cover these bytes.
    pub(crate) path: String,
    /// The query as it was sent, without the `?`.
    pub(crate) raw_query: String,
    /// Decoded pairs in the order sent. A `+` stays a `+`: Azure does not read queries as forms.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Scheme and authority as the caller sees them, e.g. `https://arm.lab.example`; follows `X-Forwarded-Proto`.
    pub(crate) origin: String,
    pub(crate) at: Timestamp,
}

impl Call {
    /// A query value by name; Azure ignores the case of query names.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// A header that is readable text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Decoded path segments; empty ones (a double slash) are dropped, as ARM does.
    pub(crate) fn segments(&self) -> Vec<String> {
        self.path.split('/').filter(|segment| !segment.is_empty()).map(decoded).collect()
    }

    /// Whether it asks for a backup or a restore.
    pub(crate) fn is_transfer(&self) -> bool {
        let path = self.path.to_ascii_lowercase();
        self.method == Method::POST && (path.ends_with("/backup") || path.ends_with("/restore"))
    }

    /// Reads the pairs of a raw query.
    pub(crate) fn pairs(raw: &str) -> Vec<(String, String)> {
        raw.split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(key, value)| (decoded(key), decoded(value)))
            .collect()
    }
}

/// Percent-decoded text; bytes that are not UTF-8 become replacement characters.
pub(crate) fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// One answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) content: Content,
}

/// The body of an answer.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// Nothing; `Content-Length: 0` is sent.
    Empty,
    /// These bytes.
    Bytes(Vec<u8>),
    /// So many bytes of an opaque backup, made while they are sent: a blob here can be larger than memory.
    Opaque(u64),
    /// These bytes under a `Content-Length` that promises more: the connection breaks in mid-answer.
    Cut {
        /// What still gets through.
        sent: Vec<u8>,
        /// What was promised.
        promised: usize,
    },
}

impl Reply {
    /// An answer without a body.
    pub(crate) fn empty(status: u16) -> Reply {
        Reply { status, headers: Vec::new(), content: Content::Empty }
    }

    /// A JSON answer.
    pub(crate) fn json(status: u16, body: &Value) -> Reply {
        Reply { status, headers: Vec::new(), content: Content::Bytes(body.to_string().into_bytes()) }
            .with("content-type", "application/json; charset=utf-8")
    }

    /// A text answer of any media type.
    pub(crate) fn text(status: u16, media_type: &str, body: &str) -> Reply {
        Reply { status, headers: Vec::new(), content: Content::Bytes(body.as_bytes().to_vec()) }
            .with("content-type", media_type)
    }

    /// The same answer with one more header.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Reply {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The same answer with this header once, whatever it had before.
    pub(crate) fn with_only(mut self, name: &str, value: &str) -> Reply {
        self.headers.retain(|(present, _)| present != name);
        self.with(name, value)
    }

    /// The same answer without this header.
    pub(crate) fn without(mut self, name: &str) -> Reply {
        self.headers.retain(|(present, _)| present != name);
        self
    }

    /// A header that is set already.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(present, _)| present == name).map(|(_, value)| value.as_str())
    }

    /// The same answer, broken off after `bytes` of its body.
    pub(crate) fn cut_after(mut self, bytes: usize) -> Reply {
        if let Content::Bytes(body) = self.content {
            let promised = body.len();
            let sent = body.into_iter().take(bytes).collect();
            self.content = Content::Cut { sent, promised };
        }
        self
    }
}
