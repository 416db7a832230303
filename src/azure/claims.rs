//! What an access token says of its bearer. It is read to be shown, never to decide: nobody checks the signature
//! here, Azure does.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::domain::session::Renewal;

/// The parts of a token that a person recognises.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Claims {
    pub(crate) tenant: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) object_id: Option<String>,
    /// An application that proved itself with a certificate or with somebody else's assertion, and is no managed
    /// identity: `appidacr` (`azpacr` in newer tokens) is 2, and no `xms_mirid` names a resource.
    pub(crate) is_asserted: bool,
}

impl Claims {
    /// Whether the source `via` gets the next token by itself. A command line tool that was signed in with an assertion
    /// keeps that, and it ends long before the token does.
    pub(crate) fn renewal(&self, via: &str) -> Renewal {
        let is_tool = matches!(via, "Azure CLI" | "Azure Developer CLI");
        if is_tool && self.is_asserted { Renewal::Doubtful } else { Renewal::Assured }
    }
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
        is_asserted: text(&["appidacr", "azpacr"]).is_some_and(|how| how == "2")
            && text(&["xms_mirid"]).is_none(),
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

    #[test]
    fn only_an_assertion_behind_a_tool_makes_renewal_doubtful() {
        let renewal =
            |payload: &str, via: &str| read(&format!("h.{}.s", URL_SAFE_NO_PAD.encode(payload))).renewal(via);
        let asserted = r#"{"appidacr":"2","idtyp":"app"}"#;
        let table = [
            (asserted, "Azure CLI", Renewal::Doubtful),
            (r#"{"azpacr":"2"}"#, "Azure Developer CLI", Renewal::Doubtful),
            (asserted, "workload identity", Renewal::Assured),
            (r#"{"appidacr":"2","xms_mirid":"/subscriptions/s/x"}"#, "Azure CLI", Renewal::Assured),
            (r#"{"appidacr":"1"}"#, "Azure CLI", Renewal::Assured),
            (r#"{"appidacr":"0","upn":"jo@contoso.example"}"#, "Azure CLI", Renewal::Assured),
        ];
        for (payload, via, expected) in table {
            assert_eq!(renewal(payload, via), expected, "{payload} {via}");
        }
    }
}
