//! What an access token says of its bearer. It is read to be shown, never to decide: nobody checks the signature
//! here, Azure does.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// The parts of a token that a person recognises.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Claims {
    pub(crate) tenant: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) object_id: Option<String>,
}

/// Reads a JWT; everything is `None` for a token that is none.
pub(crate) fn read(token: &str) -> Claims {
    let json: Option<Value> = token
        .split('.')
        .nth(1)
        .and_then(|payload| URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok())
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let Some(json) = json else { return Claims::default() };
    let text = |names: &[&str]| {
        names.iter().find_map(|name| json.get(name).and_then(Value::as_str)).map(str::to_owned)
    };
    Claims {
        tenant: text(&["tid"]),
        name: text(&["upn", "preferred_username", "unique_name", "app_displayname", "appid", "azp"]),
        object_id: text(&["oid"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_and_anything_else_is_not() {
        let payload =
            URL_SAFE_NO_PAD.encode(br#"{"tid":"t-1","oid":"o-1","upn":"jo@contoso.example","appid":"a"}"#);
        let claims = read(&format!("header.{payload}.signature"));
        assert_eq!(claims.name.as_deref(), Some("jo@contoso.example"));
        assert_eq!(claims.tenant.as_deref(), Some("t-1"));
        assert_eq!(claims.object_id.as_deref(), Some("o-1"));
        for text in ["", "opaque", "a.!!.c", "a.e30.c", "a.W10.c"] {
            assert_eq!(read(text), Claims::default(), "{text}");
        }
    }
}
