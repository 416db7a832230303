//! The parsers of the wire as functions of bytes, with what must hold for every input. Built for tests and for the fuzz
//! targets in `fuzz/`; not a part of the program.

use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;

use super::blob_xml::Listing;
use super::error::{Plane, Refusal, RequestIds};
use super::polling::{self, Answer, Bounds, Heard};
use super::{origin, retry, wire, words};
use crate::domain::operation::PollStyle;
use crate::domain::storage::Location;

const ROOT: &str = "https://management.azure.com";

fn root() -> Option<Url> {
    Url::parse(ROOT).ok()
}

/// A page of List Blobs, whole and cut in two: the blobs are the same.
pub fn blob_xml(bytes: &[u8]) {
    let read = |pieces: &[&[u8]]| {
        let mut listing = Listing::new(Location::new("stcore", "apim"));
        let mut blobs = Vec::new();
        for piece in pieces {
            match listing.feed(piece) {
                Ok(more) => blobs.extend(more),
                Err(error) => return Err(error),
            }
        }
        listing.finish().map(|marker| (blobs, marker))
    };
    let whole = read(&[bytes]);
    let (one, other) = bytes.split_at(bytes.len() / 2);
    let cut = read(&[one, other]);
    assert_eq!(whole.is_ok(), cut.is_ok());
    if let (Ok(whole), Ok(cut)) = (whole, cut) {
        assert_eq!(whole, cut);
    }
}

/// The resources of an ARM list or a Resource Graph page. Whatever has an id is kept with it.
pub fn arm_list(bytes: &[u8]) {
    let Ok(json) = serde_json::from_slice::<Value>(words::strip_bom(bytes)) else { return };
    let entries = json.get("value").or_else(|| json.get("data")).and_then(Value::as_array);
    for entry in entries.into_iter().flatten().chain([&json]) {
        let named = entry.get("id").and_then(Value::as_str);
        if let Some(instance) = wire::instance(entry) {
            assert_eq!(Some(instance.id.as_str()), named);
            assert!(instance.name.len() <= bytes.len());
        }
        if let Some(account) = wire::storage_account(entry) {
            assert_eq!(Some(account.id.as_str()), named);
        }
        drop((wire::subscription(entry), wire::container(entry), wire::activity(entry)));
    }
}

/// The body of a refusal, in any of Azure's three forms.
pub fn error_body(bytes: &[u8]) {
    let said = words::read(bytes);
    assert!(said.code.is_none_or(|code| !code.is_empty()));
}

/// `Retry-After` and its relatives: the wait is always within its bounds.
pub fn retry_after(bytes: &[u8]) {
    let mut headers = HeaderMap::new();
    let names = ["retry-after", "x-ms-retry-after-ms", "retry-after-ms", "date"];
    for (name, value) in names.iter().cycle().zip(bytes.split(|&byte| byte == b'\n')) {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(HeaderName::from_static(name), value);
        }
    }
    let asked = retry::retry_after(&headers, Timestamp::UNIX_EPOCH);
    let wait = polling::wait(asked, &Bounds::default());
    assert!((10..=600).contains(&wait.as_secs()));
}

/// An address that an answer names: it is followed on the pinned origin only, and kept to the letter where it is whole.
pub fn operation_address(bytes: &[u8]) {
    let (Ok(text), Some(root)) = (std::str::from_utf8(bytes), root()) else { return };
    if let Ok(url) = origin::follow(text, &root, &root) {
        assert_eq!(url.origin(), root.origin());
        assert!(url.username().is_empty() && url.password().is_none());
    }
}

/// An answer of an operation's address: the first two bytes choose status and style, the rest is the body. Only what
/// says so ends an operation.
pub fn answer(bytes: &[u8]) {
    let (Some((&[status, style], body)), Some(root)) = (bytes.split_first_chunk::<2>(), root()) else {
        return;
    };
    let statuses = [200, 201, 202, 204, 301, 400, 401, 403, 404, 408, 409, 410, 422, 429, 500, 502, 503];
    let status = statuses[usize::from(status) % statuses.len()];
    let style = if style % 2 == 0 { PollStyle::Location } else { PollStyle::AsyncOperation };
    let said = words::read(body);
    let refusal = Refusal {
        what: "the operation's status".to_owned(),
        plane: Plane::ResourceManager,
        status,
        words: said,
        retry_after: None,
        ids: RequestIds::default(),
    };
    let headers = HeaderMap::new();
    let now = Timestamp::UNIX_EPOCH;
    let heard = Heard { request: &root, pinned: &root, status, headers: &headers, body, refusal, now };
    match polling::verdict(&heard, style) {
        Answer::Succeeded { .. } => assert!(matches!(status, 200 | 201)),
        Answer::Failed(_) => assert!(matches!(status, 200 | 201 | 400 | 422)),
        Answer::Running(_) => assert!(matches!(status, 200..=202)),
        Answer::Unreadable { http_status, .. } => assert_eq!(http_status, Some(status)),
    }
}

#[cfg(test)]
mod tests {
    use crate::trials::{fuzz, trials};

    #[test]
    fn seeds_and_damaged_seeds_hold_what_is_promised() {
        let damaged = trials(2_000, 200_000);
        fuzz("blob_xml", super::blob_xml, damaged);
        fuzz("arm_list", super::arm_list, damaged);
        fuzz("error_body", super::error_body, damaged);
        fuzz("retry_after", super::retry_after, damaged);
        fuzz("operation_address", super::operation_address, damaged);
        fuzz("answer", super::answer, damaged);
    }
}
