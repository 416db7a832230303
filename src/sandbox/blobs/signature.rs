//! SharedKey: the signature over a request that proves possession of an account key.
//!
//! The string to sign is that of 2009-09-19 and later. In path style the account stands in the URL's path as well,
//! so it appears twice in the canonical resource.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

use super::world::storage::Account;
use super::{Call, Refusal};

/// A request older than this could be somebody else's, recorded.
const FRESH: SignedDuration = SignedDuration::from_mins(15);

/// Checks the `Authorization: SharedKey account:signature` header.
pub(super) fn check(call: &Call, account: &Account) -> Result<(), Refusal> {
    let header = call.header("authorization").unwrap_or_default();
    let (name, signature) = header
        .strip_prefix("SharedKey ")
        .and_then(|rest| rest.trim().split_once(':'))
        .ok_or(Refusal::BAD_SIGNATURE)?;
    let date = call.header("x-ms-date").or_else(|| call.header("date")).ok_or(Refusal::BAD_SIGNATURE)?;
    let date = jiff::fmt::rfc2822::parse(date).map_err(|_| Refusal::BAD_SIGNATURE)?.timestamp();
    if name != account.name || is_stale(date, call.at) {
        return Err(Refusal::BAD_SIGNATURE);
    }
    let given = BASE64.decode(signature).map_err(|_| Refusal::BAD_SIGNATURE)?;
    let text = string_to_sign(call, &account.name);
    let fits = account.keys.iter().any(|key| {
        let key = BASE64.decode(key).unwrap_or_default();
        Hmac::<Sha256>::new_from_slice(&key)
            .is_ok_and(|mac| mac.chain_update(text.as_bytes()).verify_slice(&given).is_ok())
    });
    if fits { Ok(()) } else { Err(Refusal::BAD_SIGNATURE) }
}

fn is_stale(date: Timestamp, now: Timestamp) -> bool {
    now.duration_since(date).abs() > FRESH
}

/// The text that the client signed.
fn string_to_sign(call: &Call, account: &str) -> String {
    let header = |name: &str| call.header(name).unwrap_or_default();
    let length = match header("content-length") {
        "0" => "",
        length => length,
    };
    let date = if call.header("x-ms-date").is_some() { "" } else { header("date") };
    let lines = [
        call.method.as_str(),
        header("content-encoding"),
        header("content-language"),
        length,
        header("content-md5"),
        header("content-type"),
        date,
        header("if-modified-since"),
        header("if-match"),
        header("if-none-match"),
        header("if-unmodified-since"),
        header("range"),
    ];
    format!("{}\n{}{}", lines.join("\n"), canonical_headers(call), canonical_resource(call, account))
}

fn canonical_headers(call: &Call) -> String {
    let mut lines: Vec<String> = call
        .headers
        .iter()
        .filter(|(name, _)| name.as_str().starts_with("x-ms-"))
        .filter_map(|(name, value)| Some(format!("{name}:{}\n", value.to_str().ok()?.trim())))
        .collect();
    lines.sort();
    lines.concat()
}

fn canonical_resource(call: &Call, account: &str) -> String {
    let mut names: Vec<String> = call.query.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort();
    names.dedup();
    let pairs: String = names
        .iter()
        .map(|wanted| {
            let mut values: Vec<&str> = call
                .query
                .iter()
                .filter(|(name, _)| name.eq_ignore_ascii_case(wanted))
                .map(|(_, value)| value.as_str())
                .collect();
            values.sort_unstable();
            format!("\n{wanted}:{}", values.join(","))
        })
        .collect();
    format!("/{account}{}{pairs}", call.path)
}
