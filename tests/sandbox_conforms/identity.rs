//! Sign-in and the check of tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use serde_json::{Value, json};

use super::peer::Peer;

fn claims(token: &str) -> Value {
    serde_json::from_slice(&BASE64URL.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

fn forged(aud: &str, seconds: i64) -> String {
    let now = jiff::Timestamp::now().as_second();
    let part = |value: Value| BASE64URL.encode(value.to_string());
    format!(
        "Bearer {}.{}.forged",
        part(json!({ "alg": "none" })),
        part(json!({ "aud": aud, "exp": now + seconds }))
    )
}

#[tokio::test]
async fn a_token_has_the_audience_of_its_scope() {
    let peer = Peer::quiet().await;
    for (scope, aud) in [
        ("https://management.azure.com/.default", "https://management.azure.com"),
        ("https%3A%2F%2Fmanagement.core.windows.net%2F%2F.default", "https://management.core.windows.net/"),
        ("https://storage.azure.com/.default+offline_access", "https://storage.azure.com"),
    ] {
        let answer = peer.sign_in(scope).await;
        let body = answer.json();
        assert_eq!((answer.status, &body["token_type"]), (200, &json!("Bearer")), "{scope}");
        let claims = claims(body["access_token"].as_str().unwrap());
        assert_eq!(claims["aud"], aud, "{scope}");
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
        for name in ["iss", "oid", "tid", "appid", "nbf"] {
            assert!(!claims[name].is_null(), "{name}");
        }
    }
    let refused = peer.sign_in("https://graph.microsoft.com/.default").await;
    assert_eq!((refused.status, refused.json()["error"].as_str()), (400, Some("invalid_scope")));
}

#[tokio::test]
async fn both_arm_audiences_are_let_in_and_no_other() {
    let peer = Peer::quiet().await;
    for (authorization, status, code) in [
        (Some(forged("https://management.azure.com/", 60)), 200, ""),
        (Some(forged("https://management.core.windows.net", 60)), 200, ""),
        (Some(forged("https://storage.azure.com", 60)), 401, "InvalidAuthenticationTokenAudience"),
        (
            Some(forged("https://management.azure.com.evil.example", 60)),
            401,
            "InvalidAuthenticationTokenAudience",
        ),
        (Some(forged("https://management.azure.com", -1)), 401, "ExpiredAuthenticationToken"),
        (Some("Bearer abc".to_owned()), 401, "InvalidAuthenticationToken"),
        (None, 401, "AuthenticationFailed"),
    ] {
        let headers: Vec<(&str, &str)> =
            authorization.iter().map(|value| ("authorization", value.as_str())).collect();
        let answer = peer.send("GET", "/subscriptions?api-version=2022-12-01", &headers, b"").await.unwrap();
        assert_eq!(answer.status, status, "{authorization:?}: {}", answer.text());
        if status == 401 {
            assert_eq!(answer.code(), code);
            assert!(answer.header("www-authenticate").unwrap().starts_with("Bearer authorization_uri="));
        }
    }
}

#[tokio::test]
async fn discovery_follows_host_and_forwarded_proto() {
    let peer = Peer::quiet().await;
    let headers = [("host", "login.lab.example"), ("x-forwarded-proto", "https")];
    let target = "/contoso.example/v2.0/.well-known/openid-configuration";
    let found = peer.send("GET", target, &headers, b"").await.unwrap().json();
    assert_eq!(found["token_endpoint"], "https://login.lab.example/contoso.example/oauth2/v2.0/token");
    let target = "/common/discovery/instance?api-version=1.1";
    let found = peer.send("GET", target, &headers, b"").await.unwrap().json();
    assert_eq!(found["metadata"][0]["aliases"][0], "login.lab.example");
    let target = "/metadata/endpoints?api-version=2022-09-01";
    let found = peer.send("GET", target, &headers, b"").await.unwrap().json();
    assert_eq!(found["authentication"]["loginEndpoint"], "https://login.lab.example/");
}
