//! A bare HTTP/1.1 client: one connection for each request, everything sent as given, everything received kept.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, Mac};
use lifeboat::sandbox::{Options, Sandbox, start};
use serde_json::Value;
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const CORE: &str = "/subscriptions/6f1c0a10-5b1e-4c60-9a3e-0c0de0000001";
pub(crate) const PAYMENTS: &str = "/subscriptions/6f1c0a10-5b1e-4c60-9a3e-0c0de0000002";
pub(crate) const PRODUCTS: &str = "/subscriptions/6f1c0a10-5b1e-4c60-9a3e-0c0de0000003";
pub(crate) const PARTNER: &str = "/subscriptions/6f1c0a10-5b1e-4c60-9a3e-0c0de0000004";
pub(crate) const HR: &str = "/subscriptions/6f1c0a10-5b1e-4c60-9a3e-0c0de0000005";

/// The path of an instance.
pub(crate) fn instance(subscription: &str, group: &str, name: &str) -> String {
    format!("{subscription}/resourceGroups/{group}/providers/Microsoft.ApiManagement/service/{name}")
}

/// The path of a storage account.
pub(crate) fn account(subscription: &str, group: &str, name: &str) -> String {
    format!("{subscription}/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{name}")
}

/// A running sandbox and what is needed to talk to it.
pub(crate) struct Peer {
    _sandbox: Sandbox,
    pub(crate) authority: String,
    pub(crate) arm_token: String,
    pub(crate) blob_token: String,
}

/// One answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|fault| panic!("{fault}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// `error.code` of ARM's envelope.
    pub(crate) fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn message(&self) -> String {
        self.json()["error"]["message"].as_str().unwrap_or_default().to_owned()
    }
}

impl Peer {
    /// A sandbox that hurries.
    pub(crate) async fn quiet() -> Peer {
        Peer::with(Options { speed: 600.0, ..Options::default() }).await
    }

    pub(crate) async fn in_scenario(name: &str) -> Peer {
        Peer::with(Options { scenario: name.to_owned(), speed: 600.0, ..Options::default() }).await
    }

    pub(crate) async fn with(options: Options) -> Peer {
        let silent = options.scenario == "silent";
        let sandbox = start(options).await.unwrap();
        let authority = sandbox.base_url().strip_prefix("http://").unwrap().to_owned();
        let mut peer =
            Peer { _sandbox: sandbox, authority, arm_token: String::new(), blob_token: String::new() };
        if !silent {
            peer.arm_token = peer.token("https://management.azure.com/.default").await;
            peer.blob_token = peer.token("https://storage.azure.com/.default").await;
        }
        peer
    }

    async fn token(&self, scope: &str) -> String {
        let answer = self.sign_in(scope).await;
        answer.json()["access_token"].as_str().expect("a token").to_owned()
    }

    pub(crate) async fn sign_in(&self, scope: &str) -> Answer {
        let form = format!("grant_type=client_credentials&client_id=app&client_secret=s&scope={scope}");
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.send("POST", "/contoso.example/oauth2/v2.0/token", &headers, form.as_bytes()).await.unwrap()
    }

    /// Sends a request as it stands. An error means that the connection broke before the answer was whole.
    pub(crate) async fn send(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> io::Result<Answer> {
        let mut head = format!("{method} {target} HTTP/1.1\r\nconnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "host") {
            head += &format!("host: {}\r\n", self.authority);
        }
        if !body.is_empty() || method == "POST" || method == "PUT" {
            head += &format!("content-length: {}\r\n", body.len());
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        let mut stream = TcpStream::connect(&self.authority).await?;
        stream.write_all(format!("{head}\r\n").as_bytes()).await?;
        stream.write_all(body).await?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await?;
        read(&bytes, method)
    }

    /// A request to Resource Manager with a good token; the api-version is added when the target has none.
    pub(crate) async fn arm(&self, method: &str, target: &str, body: &Value) -> Answer {
        let joint = if target.contains('?') { '&' } else { '?' };
        let target = if target.contains("api-version=") {
            target.to_owned()
        } else {
            format!("{target}{joint}api-version=2024-05-01")
        };
        let bearer = format!("Bearer {}", self.arm_token);
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let bytes = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send(method, &target, &headers, &bytes).await.unwrap()
    }

    pub(crate) async fn get(&self, target: &str) -> Answer {
        self.arm("GET", target, &Value::Null).await
    }

    /// The target of an absolute URL that points back here.
    pub(crate) fn target_of(&self, url: &str) -> String {
        let start = format!("http://{}", self.authority);
        url.strip_prefix(&start).unwrap_or_else(|| panic!("{url} does not start with {start}")).to_owned()
    }

    /// A storage request with a token.
    pub(crate) async fn blob(
        &self,
        method: &str,
        target: &str,
        more: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let bearer = format!("Bearer {}", self.blob_token);
        let mut headers = vec![("authorization", bearer.as_str()), ("x-ms-version", "2021-12-02")];
        headers.extend_from_slice(more);
        self.send(method, target, &headers, body).await.unwrap()
    }

    /// The first key of an account, as Resource Manager gives it.
    pub(crate) async fn key(&self, account: &str) -> String {
        let answer = self.arm("POST", &format!("{account}/listKeys?$expand=kerb"), &Value::Null).await;
        answer.json()["keys"][0]["value"].as_str().expect("a key").to_owned()
    }

    /// Sends a storage request signed with a key. `resource` is what stands after `/{account}` in the canonical
    /// resource, written out by the test.
    pub(crate) async fn signed(&self, name: &str, key: &str, target: &str, resource: &str) -> Answer {
        let date = jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let text = format!(
            "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:{date}\nx-ms-version:2021-12-02\n/{name}{resource}"
        );
        let mut mac = Hmac::<Sha256>::new_from_slice(&BASE64.decode(key).unwrap()).unwrap();
        mac.update(text.as_bytes());
        let authorization = format!("SharedKey {name}:{}", BASE64.encode(mac.finalize().into_bytes()));
        let headers =
            [("authorization", authorization.as_str()), ("x-ms-date", &date), ("x-ms-version", "2021-12-02")];
        self.send("GET", target, &headers, b"").await.unwrap()
    }

    /// `/_sandbox/…`
    pub(crate) async fn behind(&self, what: &str) -> Value {
        self.send("GET", &format!("/_sandbox/{what}"), &[], b"").await.unwrap().json()
    }

    /// An instance in the sandbox's own picture of itself.
    pub(crate) async fn state_of(&self, name: &str) -> Value {
        let state = self.behind("state").await;
        let instances = state["instances"].as_array().unwrap();
        instances.iter().find(|instance| instance["name"] == name).cloned().unwrap()
    }

    /// The names in a container, manifests left out, oldest name first.
    pub(crate) async fn backups(&self, place: &str) -> Vec<String> {
        let answer = self.blob("GET", &format!("/{place}?restype=container&comp=list"), &[], b"").await;
        let text = answer.text();
        let names = text.split("<Name>").skip(1).filter_map(|rest| rest.split("</Name>").next());
        names.filter(|name| !name.ends_with(".lifeboat.json")).map(str::to_owned).collect()
    }
}

fn read(bytes: &[u8], method: &str) -> io::Result<Answer> {
    let broken = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").ok_or_else(broken)?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let answer = Answer { status: status.ok_or_else(broken)?, headers, body: bytes[end + 4..].to_vec() };
    let promised = answer.header("content-length").and_then(|length| length.parse::<usize>().ok());
    if method != "HEAD" && promised != Some(answer.body.len()) {
        return Err(broken());
    }
    Ok(answer)
}
