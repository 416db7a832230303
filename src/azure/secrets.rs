//! The secrets that this process holds, so that words which quote one can be shown without it.
//!
//! Azure's words go to the screen, into the journal and the log. Everything that is sent to be believed (tokens, account
//! keys, the client secret) is noted here first, and taken out of every word that comes back: as it is, in base64, and
//! percent-encoded.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::domain::discretion::{TAKEN_OUT, discreet};

/// More are not held at a time: a token of days ago opens nothing.
const MOST: usize = 64;
/// What is shorter is a word, and would be taken out of sentences.
const SHORTEST: usize = 8;

/// The secrets. Shared by all clones.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Arc<Mutex<VecDeque<SecretString>>>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets")
    }
}

impl Secrets {
    /// Takes note of a secret before it leaves.
    pub(crate) fn note(&self, secret: &SecretString) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = held.iter().any(|own| own.expose_secret() == secret.expose_secret());
        if is_known || secret.expose_secret().len() < SHORTEST {
            return;
        }
        if held.len() == MOST {
            held.pop_front();
        }
        held.push_back(secret.clone());
    }

    /// The text without any secret.
    pub(crate) fn without(&self, text: &str) -> String {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = text.to_owned();
        for secret in held.iter().map(ExposeSecret::expose_secret) {
            for form in forms(secret) {
                text = text.replace(&form, TAKEN_OUT);
            }
        }
        drop(held);
        discreet(&text).into_owned()
    }

    /// A body without any secret; one that is JSON stays JSON.
    pub(crate) fn without_in(&self, body: Vec<u8>) -> Vec<u8> {
        match serde_json::from_slice::<Value>(super::words::strip_bom(&body)) {
            Ok(mut json) => {
                self.clean(&mut json);
                json.to_string().into_bytes()
            }
            Err(_) => match String::from_utf8(body) {
                Ok(text) => self.without(&text).into_bytes(),
                Err(error) => error.into_bytes(),
            },
        }
    }

    fn clean(&self, json: &mut Value) {
        match json {
            Value::String(text) => *text = self.without(text),
            Value::Array(values) => values.iter_mut().for_each(|value| self.clean(value)),
            Value::Object(members) => {
                for (name, value) in members.iter_mut() {
                    match value {
                        // What has no shape is known by the name it stands under.
                        Value::String(text)
                            if discreet(&format!("{name}:{text}")) != format!("{name}:{text}") =>
                        {
                            TAKEN_OUT.clone_into(text);
                        }
                        other => self.clean(other),
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Headers without any secret, but for those that name the address of an operation: that is asked at and kept.
    pub(crate) fn without_in_headers(&self, headers: &mut HeaderMap) {
        for (name, value) in headers.iter_mut() {
            if matches!(name.as_str(), "location" | "azure-asyncoperation") {
                continue;
            }
            let Ok(text) = value.to_str() else { continue };
            let clean = self.without(text);
            if clean != text
                && let Ok(clean) = HeaderValue::from_str(&clean)
            {
                *value = clean;
            }
        }
    }
}

/// How a secret may be written: as it is, in base64, percent-encoded whole or as far as base64 needs it.
fn forms(secret: &str) -> Vec<String> {
    let whole = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let part = secret.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let mut forms = vec![secret.to_owned(), STANDARD_NO_PAD.encode(secret), URL_SAFE_NO_PAD.encode(secret)];
    for escaped in [whole, part] {
        forms.push(small_codes(&escaped));
        forms.push(escaped);
    }
    forms
}

/// The same with `%2f` instead of `%2F`.
fn small_codes(escaped: &str) -> String {
    let mut pieces = escaped.split('%');
    let mut small = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (code, rest) = piece.split_at_checked(2).unwrap_or((piece, ""));
        small.push('%');
        small.push_str(&code.to_ascii_lowercase());
        small.push_str(rest);
    }
    small
}

#[cfg(test)]
mod tests;
