//! Sign-in: tokens as Entra issues them, and the check that a bearer token is meant for the plane it is shown to.
//!
//! Any client id with any secret is let in, and any token with the right audience that has not expired is accepted
//! whoever signed it: what is rehearsed here is not Entra.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::cloud::Cloud;
use super::exchange::{Call, Reply};
use super::world::World;

/// When a token was given out, to the nanosecond: `iat` has whole seconds, and a fast rehearsal lasts only a few.
const ISSUED: &str = "sandbox_issued";

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Audience {
    ResourceManager,
    Storage,
}

/// Why a token is not accepted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Rejection {
    Missing,
    Unreadable,
    Expired,
    Revoked,
    WrongAudience(String),
}

impl Audience {
    const ALL: [Audience; 2] = [Audience::ResourceManager, Audience::Storage];

    /// The hosts that name this audience; Resource Manager has an old and a new one.
    fn hosts(self) -> &'static [&'static str] {
        match self {
            Audience::ResourceManager => &["management.azure.com", "management.core.windows.net"],
            Audience::Storage => &["storage.azure.com"],
        }
    }

    /// Whether `text` (an `aud` claim, with or without a slash at the end) is this audience.
    fn is(self, text: &str) -> bool {
        let host = text.strip_prefix("https://").unwrap_or_default().trim_end_matches('/');
        self.hosts().contains(&host)
    }
}

/// Sees that the bearer token of a request is for `audience` and still good.
pub(crate) fn check(cloud: &Cloud, call: &Call, audience: Audience) -> Result<(), Rejection> {
    let header = call.header("authorization").ok_or(Rejection::Missing)?;
    let (scheme, token) = header.split_once(' ').ok_or(Rejection::Unreadable)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Rejection::Unreadable);
    }
    let claims = claims(token.trim()).ok_or(Rejection::Unreadable)?;
    let aud = claims["aud"].as_str().ok_or(Rejection::Unreadable)?;
    if !audience.is(aud) {
        return Err(Rejection::WrongAudience(aud.to_owned()));
    }
    let until = claims["exp"].as_i64().ok_or(Rejection::Unreadable)?;
    if until <= call.at.as_second() {
        return Err(Rejection::Expired);
    }
    if is_revoked(cloud, call, &claims) { Err(Rejection::Revoked) } else { Ok(()) }
}

/// Whether a token was given out before the moment at which all of them were taken back.
fn is_revoked(cloud: &Cloud, call: &Call, claims: &Value) -> bool {
    let after = cloud.conduct.tokens_revoked_after_seconds;
    let Some(revoked) = after.and_then(|seconds| cloud.mischief().moment(seconds)) else { return false };
    let exact = claims[ISSUED].as_str().and_then(|text| text.parse::<Timestamp>().ok());
    let issued = exact.or_else(|| Timestamp::from_second(claims["iat"].as_i64()?).ok());
    revoked <= call.at && issued.is_none_or(|issued| issued < revoked)
}

fn claims(token: &str) -> Option<Value> {
    let mut parts = token.split('.');
    let (_header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes = BASE64URL.decode(payload.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Answers the sign-in endpoints.
pub(crate) fn answer(cloud: &Cloud, call: &Call) -> Reply {
    let segments = call.segments();
    let lower: Vec<String> = segments.iter().map(|segment| segment.to_ascii_lowercase()).collect();
    let path: Vec<&str> = lower.iter().map(String::as_str).collect();
    match (call.method.as_str(), path.as_slice()) {
        ("POST", [tenant, "oauth2", "v2.0", "token"] | [tenant, "oauth2", "token"]) => {
            token(cloud, call, tenant)
        }
        ("GET", ["common", "discovery", "instance"]) => discovery(cloud, call),
        ("GET", [tenant, "v2.0", ".well-known", "openid-configuration"] | [tenant, ".well-known", _]) => {
            let world = cloud.world();
            let tenant = if *tenant == "common" { world.tenant.id.as_str() } else { tenant };
            Reply::json(200, &configuration(&call.origin, tenant))
        }
        _ => Reply::json(
            404,
            &json!({ "error": "invalid_request", "error_description": "AADSTS900144: unknown endpoint." }),
        ),
    }
}

fn token(cloud: &Cloud, call: &Call, tenant: &str) -> Reply {
    let text = String::from_utf8_lossy(&call.body).replace('+', "%20");
    let form = Call::pairs(&text);
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let grant = field("grant_type").unwrap_or_default();
    if !matches!(grant, "client_credentials" | "refresh_token" | "authorization_code" | "password") {
        return refused(
            "unsupported_grant_type",
            "AADSTS70003: The app requested an unsupported grant type.",
        );
    }
    let Some(client) = field("client_id").filter(|client| !client.is_empty()) else {
        return refused(
            "invalid_request",
            "AADSTS900144: The request body must contain the following parameter: 'client_id'.",
        );
    };
    let proof = field("client_secret").or_else(|| field("client_assertion")).unwrap_or_default();
    if grant == "client_credentials" && proof.is_empty() {
        return refused(
            "invalid_client",
            "AADSTS7000216: 'client_assertion' or 'client_secret' is required.",
        );
    }
    let scopes = field("scope").or_else(|| field("resource")).unwrap_or_default();
    let asked = scopes.split(' ').find_map(|scope| {
        let resource = scope.strip_suffix(".default").unwrap_or(scope);
        Audience::ALL.iter().any(|audience| audience.is(resource)).then_some(resource)
    });
    let Some(resource) = asked else {
        let text = format!(
            "AADSTS70011: The provided request must include a valid scope. The scope {scopes} is not valid."
        );
        return refused("invalid_scope", &text);
    };
    let lifetime = i64::from(cloud.conduct.token_seconds);
    // ".../.default" after a resource with its own slash leaves two; Entra's `aud` keeps one of them.
    let aud = if resource.ends_with("//") {
        &resource[..resource.len() - 1]
    } else {
        resource.trim_end_matches('/')
    };
    let claims = entitlement(&cloud.world(), (tenant, client), aud, call.at, lifetime);
    let header = BASE64URL.encode(json!({ "typ": "JWT", "alg": "RS256", "kid": "sandbox" }).to_string());
    let signature = cloud.seed.letters(&claims.to_string(), 342);
    let access_token = format!("{header}.{}.{signature}", BASE64URL.encode(claims.to_string()));
    let expires_in = lifetime - 1;
    Reply::json(
        200,
        &json!({
            "token_type": "Bearer", "expires_in": expires_in, "ext_expires_in": expires_in,
            "access_token": access_token,
        }),
    )
    .with("cache-control", "no-store, no-cache")
}

fn entitlement(
    world: &World,
    (tenant, client): (&str, &str),
    aud: &str,
    at: Timestamp,
    lifetime: i64,
) -> Value {
    let now = at.as_second();
    let is_guid = tenant.len() == 36 && tenant.contains('-');
    let tid = if is_guid { tenant } else { world.tenant.id.as_str() };
    json!({
        "aud": aud,
        "iss": format!("https://sts.windows.net/{tid}/"),
        "iat": now, "nbf": now, "exp": now + lifetime,
        "appid": client, "appidacr": "1", "idtyp": "app",
        "oid": world.caller.object_id, "sub": world.caller.object_id,
        "tid": tid, "ver": "1.0", ISSUED: at.to_string(),
    })
}

fn refused(error: &str, description: &str) -> Reply {
    Reply::json(400, &json!({ "error": error, "error_description": description, "error_codes": [] }))
}

fn configuration(origin: &str, tenant: &str) -> Value {
    json!({
        "token_endpoint": format!("{origin}/{tenant}/oauth2/v2.0/token"),
        "authorization_endpoint": format!("{origin}/{tenant}/oauth2/v2.0/authorize"),
        "device_authorization_endpoint": format!("{origin}/{tenant}/oauth2/v2.0/devicecode"),
        "issuer": format!("{origin}/{tenant}/v2.0"),
        "jwks_uri": format!("{origin}/{tenant}/discovery/v2.0/keys"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "response_types_supported": ["code", "id_token", "code id_token"],
        "subject_types_supported": ["pairwise"],
        "tenant_region_scope": "EU",
    })
}

fn discovery(cloud: &Cloud, call: &Call) -> Reply {
    let tenant = cloud.world().tenant.id.clone();
    let host = call.origin.split_once("://").map_or(call.origin.as_str(), |(_, host)| host);
    Reply::json(
        200,
        &json!({
            "tenant_discovery_endpoint": format!("{}/{tenant}/v2.0/.well-known/openid-configuration", call.origin),
            "api-version": "1.1",
            "metadata": [{ "preferred_network": host, "preferred_cache": host, "aliases": [host] }],
        }),
    )
}
