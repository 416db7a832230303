//! Signing a request with the account key: `SharedKey`, as Azure Storage documents it since 2009-09-19.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use reqwest::header::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use url::Url;

use super::error::AzureError;
use super::http::Ask;

/// The date as storage wants it.
const DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

/// The headers that let `ask` in with the key of `account` at `now`.
///
/// # Errors
/// A key that is not base64.
pub(crate) fn sign(
    ask: &Ask,
    account: &str,
    key: &SecretString,
    now: Timestamp,
) -> Result<HeaderMap, AzureError> {
    let date = now.strftime(DATE).to_string();
    let bad_key = || AzureError::Setup(format!("the key of account {account} is not base64"));
    let bytes = STANDARD.decode(key.expose_secret()).map_err(|_| bad_key())?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&bytes).map_err(|_| bad_key())?;
    mac.update(string_to_sign(ask, account, &date).as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let unsendable = |_| AzureError::Setup(format!("the name of account {account} cannot be sent"));
    let mut value = HeaderValue::from_str(&format!("SharedKey {account}:{signature}")).map_err(unsendable)?;
    value.set_sensitive(true);
    let mut headers = HeaderMap::new();
    headers.insert("authorization", value);
    headers.insert("x-ms-date", HeaderValue::from_str(&date).map_err(unsendable)?);
    Ok(headers)
}

/// What is signed: the method, eleven standard headers, the `x-ms-` headers in order, the resource.
fn string_to_sign(ask: &Ask, account: &str, date: &str) -> String {
    let length = if ask.body.is_empty() { String::new() } else { ask.body.len().to_string() };
    let mut own: Vec<(&str, &str)> = vec![("x-ms-date", date)];
    own.extend([("x-ms-client-request-id", ask.id.as_str()), ("x-ms-return-client-request-id", "true")]);
    own.extend(
        ask.headers.iter().filter(|(name, _)| name.starts_with("x-ms-")).map(|(n, v)| (*n, v.as_str())),
    );
    own.sort_unstable();
    let standard =
        |name: &str| ask.headers.iter().find(|(own, _)| *own == name).map_or("", |(_, value)| value.as_str());
    // The empty line for `Date` says that `x-ms-date` counts.
    let lines = [
        ask.method.as_str(),
        standard("content-encoding"),
        standard("content-language"),
        &length,
        standard("content-md5"),
        standard("content-type"),
        "",
        standard("if-modified-since"),
        standard("if-match"),
        standard("if-none-match"),
        standard("if-unmodified-since"),
        standard("range"),
    ];
    let mut text = lines.join("\n");
    for (name, value) in own {
        text.push_str(&format!("\n{name}:{}", value.trim()));
    }
    text.push('\n');
    text.push_str(&resource(&ask.url, account));
    text
}

/// `/account/path`, then each parameter on a line, names in lower case and in order, values decoded. Where the
/// account is in the path, as with Azurite, it stands there twice.
fn resource(url: &Url, account: &str) -> String {
    let mut parameters: Vec<(String, String)> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name).to_lowercase(), decoded(value)))
        .collect();
    parameters.sort_unstable();
    let mut text = format!("/{account}{}", url.path());
    let mut previous: Option<String> = None;
    for (name, value) in parameters {
        if previous.as_ref() == Some(&name) {
            text.push_str(&format!(",{value}"));
        } else {
            text.push_str(&format!("\n{name}:{value}"));
        }
        previous = Some(name);
    }
    text
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::Method;
    use uuid::Uuid;

    fn ask(method: Method, url: &str) -> Ask {
        let url = Url::parse(url).unwrap();
        let headers = vec![("x-ms-version", "2021-12-02".to_owned()), ("accept", "*/*".to_owned())];
        Ask { method, headers, id: Uuid::nil().to_string(), ..Ask::get("blobs", url) }
    }

    #[test]
    fn the_documented_lines_in_the_documented_order() {
        let url = "https://stcore.blob.core.windows.net/apim?restype=container&comp=list&marker=a%20b%2Fc";
        let date = "Mon, 23 Nov 2026 12:00:00 GMT";
        let expected = "GET\n\n\n\n\n\n\n\n\n\n\n\
            \nx-ms-client-request-id:00000000-0000-0000-0000-000000000000\
            \nx-ms-date:Mon, 23 Nov 2026 12:00:00 GMT\
            \nx-ms-return-client-request-id:true\
            \nx-ms-version:2021-12-02\
            \n/stcore/apim\ncomp:list\nmarker:a b/c\nrestype:container";
        assert_eq!(string_to_sign(&ask(Method::GET, url), "stcore", date), expected);
    }

    #[test]
    fn a_body_has_a_length_and_a_type_and_path_style_names_the_account_twice() {
        let mut put = ask(Method::PUT, "http://127.0.0.1:10000/devstoreaccount1/apim/a%20b?x=2&X=1");
        put.body = b"hello".to_vec();
        put.headers.push(("content-type", "application/json".to_owned()));
        let text = string_to_sign(&put, "devstoreaccount1", "d");
        assert!(text.starts_with("PUT\n\n\n5\n\napplication/json\n\n\n"), "{text}");
        assert!(text.ends_with("\n/devstoreaccount1/devstoreaccount1/apim/a%20b\nx:1,2"), "{text}");
    }

    /// The signature of a known text, computed with another implementation (Python's `hmac`).
    #[test]
    fn the_signature_is_hmac_sha256_of_the_decoded_key() {
        let key: SecretString = STANDARD.encode(b"key").into();
        let mut mac = Hmac::<Sha256>::new_from_slice(b"key").unwrap();
        mac.update(b"The quick brown fox jumps over the lazy dog");
        assert_eq!(
            STANDARD.encode(mac.finalize().into_bytes()),
            "97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg="
        );
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        let ask = ask(Method::GET, "https://stcore.blob.core.windows.net/apim");
        let headers = sign(&ask, "stcore", &key, now).unwrap();
        assert_eq!(headers["x-ms-date"], "Mon, 23 Nov 2026 12:00:00 GMT");
        assert!(headers["authorization"].to_str().unwrap().starts_with("SharedKey stcore:"));
        assert!(headers["authorization"].is_sensitive());
        assert!(sign(&ask, "stcore", &"not base64!".into(), now).is_err());
    }
}
