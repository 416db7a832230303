//! A pretend Azure that quotes every secret it was ever told, and whoever looks for them in what was written.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use super::editor::{Answered, Asked, Edit};

/// Where the parrot speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Perch {
    /// Nowhere: it only listens.
    Nowhere,
    /// In the refusal of the one POST.
    Post,
    /// In the answer that ends an operation.
    Verdict,
    /// In the word of an operation that goes on.
    Word,
    /// Where the keys are asked for.
    Keys,
    /// Where a token is asked for.
    SignIn,
    /// In the XML of storage.
    Storage,
    /// Wherever something is read.
    Readings,
    /// In the activity log, with the answer of the POST lost.
    Log,
}

/// What must not be written.
#[derive(Clone, Default)]
pub struct Heard(Arc<Mutex<Secrets>>);

#[derive(Default)]
struct Secrets {
    /// What Azure was told, and quotes.
    told: BTreeSet<String>,
    /// What it was never told.
    planted: BTreeSet<String>,
    /// Parts of signed addresses, which the journal holds.
    signed: BTreeSet<String>,
    /// POSTs that held an account key.
    keys: usize,
}

impl Heard {
    /// Remembers a secret that Azure is not told.
    pub fn plant(&self, text: &str) {
        self.0.lock().unwrap().planted.insert(text.to_owned());
    }

    /// Remembers a secret that Azure is told.
    pub fn secret(&self, text: &str) {
        if !text.is_empty() {
            self.0.lock().unwrap().told.insert(text.to_owned());
        }
    }

    /// How many requests held an account key.
    pub fn keys(&self) -> usize {
        self.0.lock().unwrap().keys
    }

    /// How many secrets, told or not, and parts of addresses.
    pub fn count(&self) -> (usize, usize) {
        let heard = self.0.lock().unwrap();
        (heard.told.len() + heard.planted.len(), heard.signed.len())
    }

    fn listen(&self, asked: &Asked, answer: &Answered) {
        let header = |name: &str| asked.headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default();
        self.secret(header("authorization").strip_prefix("Bearer ").unwrap_or_default());
        let body: Value = serde_json::from_str(&asked.body).unwrap_or_default();
        self.secret(body["accessKey"].as_str().unwrap_or_default());
        self.0.lock().unwrap().keys += usize::from(body["accessKey"].is_string());
        let given: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        self.secret(given["access_token"].as_str().unwrap_or_default());
        for key in given["keys"].as_array().into_iter().flatten() {
            self.secret(key["value"].as_str().unwrap_or_default());
        }
        let location = answer.headers.get("location").and_then(|it| it.to_str().ok()).unwrap_or_default();
        for pair in location.split(['?', '&']) {
            if let Some((name, value)) = pair.split_once('=')
                && matches!(name, "c" | "s" | "h" | "sig")
            {
                self.0.lock().unwrap().signed.insert(value.to_owned());
            }
        }
    }

    /// Everything in one text, in every form.
    fn recited(&self, asked: &Asked) -> String {
        let heard = self.0.lock().unwrap();
        let mut text = format!("You asked for https://host{}?{} with", asked.path, asked.query);
        for secret in &heard.told {
            for form in forms(secret) {
                text.push_str(&format!(" '{form}'"));
            }
        }
        let sas = "https://st.blob.example/c/b?sv=2024-11-04&sig=Y2FuYXJ5LXNhcw%3D%3D&se=2026";
        text + " and " + sas
    }
}

/// How a secret may be written.
fn forms(secret: &str) -> Vec<String> {
    let part = secret.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    vec![
        secret.to_owned(),
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        part.replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d"),
        part,
        STANDARD.encode(secret),
        URL_SAFE.encode(secret),
    ]
}

/// The edit of a parrot that sits there.
pub fn parrot(perch: Perch, heard: &Heard) -> Edit {
    let heard = heard.clone();
    heard.plant("Y2FuYXJ5LXNhcw");
    Arc::new(move |asked: &Asked, mut answer: Answered| {
        heard.listen(asked, &answer);
        let path = asked.path.to_ascii_lowercase();
        let is_post = asked.method == "POST" && (path.ends_with("/restore") || path.ends_with("/backup"));
        let is_poll = path.contains("/operationresults/");
        let is_storage = asked.query.contains("comp=list");
        let status = match perch {
            Perch::Post if is_post => 400,
            Perch::Verdict if is_poll => 400,
            Perch::Keys if path.ends_with("/listkeys") => 403,
            Perch::SignIn if path.ends_with("/token") && heard.0.lock().unwrap().told.len() > 2 => 401,
            Perch::Storage if is_storage => 403,
            Perch::Readings if path.ends_with("/permissions") || path.ends_with("/resources") => 409,
            Perch::Word if is_poll && answer.status == 202 => 202,
            Perch::Log if path.ends_with("/eventtypes/management/values") => 200,
            _ => return answer,
        };
        let said = heard.recited(asked);
        let body = match perch {
            Perch::Storage => format!("<Error><Code>{said}</Code><Message>{}</Message></Error>", xml(&said)),
            Perch::SignIn => json!({ "error": "invalid_client", "error_description": said }).to_string(),
            Perch::Word => json!({ "status": said, "error": null }).to_string(),
            Perch::Log => log(&answer, &said),
            _ => {
                // As some serializers write it.
                let quoted = json!({ "error": { "code": "Parrot", "message": said,
                    "details": [{ "code": said, "message": said, "target": "accessKey" }] } });
                quoted.to_string().replace('+', "\\u002B").replace("==", "\\u003D=")
            }
        };
        answer.status = status;
        answer.body = body.into_bytes();
        recite_headers(&mut answer.headers, &heard);
        answer
    })
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;")
}

fn recite_headers(headers: &mut HeaderMap, heard: &Heard) {
    let secret = heard.0.lock().unwrap().told.iter().next().cloned().unwrap_or_default();
    let Ok(value) = HeaderValue::from_str(&secret) else { return };
    for name in ["x-ms-request-id", "x-ms-correlation-request-id", "x-ms-error-code"] {
        headers.insert(name, value.clone());
    }
}

fn log(answer: &Answered, said: &str) -> String {
    let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    for entry in body["value"].as_array_mut().into_iter().flatten() {
        entry["properties"]["statusMessage"] = said.into();
    }
    body.to_string()
}

/// What of these bytes is a secret, or a part of one that is long enough to be known by.
pub fn found(heard: &Heard, what: &str, bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    // A journal holds the address that it has to ask at, in this one place.
    let text = if what.contains("/operations/") || what.contains("export") {
        without_address(&text)
    } else {
        text.into()
    };
    let heard = heard.0.lock().unwrap();
    let mut found = Vec::new();
    for secret in heard.told.iter().chain(&heard.planted).chain(&heard.signed) {
        for form in forms(secret) {
            let form = form.trim_end_matches('=').trim_end_matches("%3D").trim_end_matches("%3d");
            let (head, tail) = (form.get(..24).unwrap_or(form), form.get(form.len().saturating_sub(24)..));
            for piece in [head, tail.unwrap_or(form)] {
                if text.contains(piece) {
                    let at = text.find(piece).unwrap_or_default();
                    let around = text.get(at.saturating_sub(80)..at).unwrap_or_default();
                    found.push(format!("{piece} in {what} after {around:?}"));
                }
            }
        }
    }
    found
}

fn without_address(text: &str) -> String {
    let mut pieces = text.split("\"operationUrl\":\"");
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        kept.push_str(piece.split_once('"').map_or("", |(_, rest)| rest));
    }
    kept
}

/// The same of every file below a folder, by its name too.
pub fn found_below(heard: &Heard, folder: &Path) -> (Vec<String>, usize) {
    let (mut all, mut files) = (Vec::new(), 0);
    let Ok(entries) = fs::read_dir(folder) else { return (all, files) };
    for path in entries.map(|entry| entry.unwrap().path()) {
        all.extend(found(heard, "the name of a file", path.display().to_string().as_bytes()));
        if path.is_dir() {
            let (below, count) = found_below(heard, &path);
            all.extend(below);
            files += count;
        } else if path.file_name().is_some_and(|name| name != "config.toml") {
            all.extend(found(heard, &path.display().to_string(), &fs::read(&path).unwrap()));
            files += 1;
        }
    }
    (all, files)
}
