//! A server of a few lines that plays an Azure of exactly the answers that a test wants, and counts what it is asked.

#![allow(dead_code, reason = "every test file uses its part")]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use lifeboat::azure::cloud::Cloud;
use lifeboat::azure::identity::{AuthMode, EnvironmentVariables, Identity};
use lifeboat::azure::{Azure, Connection, Patience, WriteMode};
use lifeboat::domain::operation::OperationId;
use lifeboat::domain::resource::{ResourceId, Subscription, SubscriptionId};
use lifeboat::domain::storage::StorageAccount;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const SUB: &str = "00000000-0000-4000-8000-000000000001";
pub(crate) const INSTANCE: &str = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/rg/providers/Microsoft.ApiManagement/service/apim-dr";
pub(crate) const ACCOUNT: &str = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stcore";
/// `canary-account-key` in base64: must appear nowhere but in a signature.
pub(crate) const KEY: &str = "Y2FuYXJ5LWFjY291bnQta2V5";

/// What the server was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (own, value) = line.split_once(':')?;
            own.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn is(&self, method: &str, part: &str) -> bool {
        self.method == method && self.target.to_lowercase().contains(&part.to_lowercase())
    }
}

/// What the server does with a question.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Answer {
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
    /// Closes the connection without a word.
    HangUp,
    /// Promises a longer body than it sends, and closes.
    BreakOff {
        body: Vec<u8>,
    },
}

pub(crate) fn answer(status: u16, body: impl Into<Vec<u8>>) -> Act {
    Act::Answer { status, headers: Vec::new(), body: body.into() }
}

impl Act {
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.into()));
        }
        self
    }
}

/// The server. Ends with the test.
pub(crate) struct Server {
    pub(crate) base: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// `script` gets each question with its number; sign-in is answered by the server itself.
    pub(crate) async fn start(script: impl Fn(&Asked, usize) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (log, script) = (asked.clone(), Arc::new(script));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, log.clone(), script.clone()));
            }
        });
        Self { base, asked }
    }

    /// Everything but sign-in.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().iter().filter(|asked| !is_sign_in(asked)).cloned().collect()
    }

    pub(crate) fn sign_ins(&self) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| is_sign_in(asked)).count()
    }

    pub(crate) fn count(&self, method: &str, part: &str) -> usize {
        self.asked().iter().filter(|asked| asked.is(method, part)).count()
    }

    pub(crate) fn azure(&self) -> Azure {
        connect(&self.base, WriteMode::Guarded)
    }

    pub(crate) fn account(&self) -> StorageAccount {
        account(&format!("{}/stcore", self.base))
    }
}

fn is_sign_in(asked: &Asked) -> bool {
    asked.target.ends_with("/oauth2/v2.0/token")
}

async fn serve(
    mut stream: TcpStream,
    log: Arc<Mutex<Vec<Asked>>>,
    script: Arc<impl Fn(&Asked, usize) -> Act>,
) {
    while let Some(asked) = read(&mut stream).await {
        let number = {
            let mut log = log.lock().unwrap();
            log.push(asked.clone());
            log.iter().filter(|asked| !is_sign_in(asked)).count()
        };
        let act = if is_sign_in(&asked) { token(number) } else { script(&asked, number.saturating_sub(1)) };
        let is_head = asked.method == "HEAD";
        match act {
            Act::HangUp => return,
            Act::BreakOff { body } => {
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len() + 1000);
                let _ = stream.write_all(&[head.as_bytes(), &body].concat()).await;
                let _ = stream.flush().await;
                return;
            }
            Act::Answer { status, headers, body } => {
                let mut head = format!("HTTP/1.1 {status} Some\r\n");
                let has_length = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length"));
                if !has_length {
                    head.push_str(&format!("content-length: {}\r\n", body.len()));
                }
                for (name, value) in headers {
                    head.push_str(&format!("{name}: {value}\r\n"));
                }
                head.push_str("\r\n");
                let body = if is_head { Vec::new() } else { body };
                if stream.write_all(&[head.as_bytes(), &body].concat()).await.is_err() {
                    return;
                }
            }
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        let mut piece = [0; 4096];
        let read = stream.read(&mut piece).await.ok().filter(|&read| read > 0)?;
        bytes.extend_from_slice(&piece[..read]);
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let mut first = head.lines().next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let mut asked = Asked { method, target, head, body: String::new() };
    let length: usize = asked.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = bytes.split_off(head_end + 4);
    while body.len() < length {
        let mut piece = [0; 4096];
        let read = stream.read(&mut piece).await.ok().filter(|&read| read > 0)?;
        body.extend_from_slice(&piece[..read]);
    }
    asked.body = String::from_utf8_lossy(&body).into_owned();
    Some(asked)
}

fn token(number: usize) -> Act {
    let claims = format!(r#"{{"tid":"t-1","oid":"o-1","appid":"app-1","canary-token":{number}}}"#);
    let token = format!("canary-header.{}.canary-signature", URL_SAFE_NO_PAD.encode(claims));
    answer(200, format!(r#"{{"token_type":"Bearer","expires_in":3600,"access_token":"{token}"}}"#))
}

pub(crate) fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

pub(crate) fn connection(base: &str, write_mode: WriteMode) -> Connection {
    Connection {
        cloud: Cloud {
            name: "lab".into(),
            resource_manager: base.to_owned(),
            scope: "https://management.azure.com/.default".into(),
            authority: base.to_owned(),
            storage_scope: "https://storage.azure.com/.default".into(),
        },
        identity: Identity {
            mode: AuthMode::Environment,
            tenant: None,
            environment: EnvironmentVariables {
                tenant_id: Some("t-1".into()),
                client_id: Some("app-1".into()),
                client_secret: Some("canary-client-secret".into()),
                ..EnvironmentVariables::default()
            },
        },
        write_mode,
        read_only_subscriptions: BTreeSet::new(),
        patience: Patience::default(),
        clock: Arc::new(now),
    }
}

pub(crate) fn connect(base: &str, write_mode: WriteMode) -> Azure {
    Azure::connect(connection(base, write_mode)).unwrap()
}

pub(crate) fn account(endpoint: &str) -> StorageAccount {
    StorageAccount {
        id: ACCOUNT.parse().unwrap(),
        name: "stcore".into(),
        region: lifeboat::domain::region::Region::new("westeurope"),
        blob_endpoint: Some(endpoint.to_owned()),
        shared_key_access: None,
        public_network_access: None,
        default_action: None,
        bypass: None,
        resource_rules: Vec::new(),
        address_rules: Vec::new(),
        key_made_at: None,
        has_folders: None,
    }
}

pub(crate) fn instance() -> ResourceId {
    INSTANCE.parse().unwrap()
}

pub(crate) fn subscriptions(ids: &[&str]) -> Vec<Subscription> {
    let of = |id: &&str| Subscription {
        id: SubscriptionId::new(id),
        name: format!("name of {id}"),
        state: None,
        tenant: None,
    };
    ids.iter().map(of).collect()
}

pub(crate) fn operation() -> OperationId {
    "11111111-2222-4333-8444-555555555555".parse().unwrap()
}

/// The folder of recorded traffic; says so where it is not there.
pub(crate) fn shared(part: &str) -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    #[expect(clippy::disallowed_methods, reason = "tests may be told where the recordings lie")]
    let told = std::env::var_os("LIFEBOAT_SHARED").map(PathBuf::from);
    let places = told.into_iter().chain([root.join("../shared"), root.join("../../shared")]);
    let found = places.map(|place| place.join("azure").join(part)).find(|place| place.exists());
    if found.is_none() {
        eprintln!("SKIPPED: recorded traffic ({part}) is not here; set LIFEBOAT_SHARED to its folder");
    }
    found
}

/// Every JSON file of a folder, with its name.
pub(crate) fn files(folder: &std::path::Path) -> Vec<(String, serde_json::Value)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path.file_name().unwrap().to_string_lossy().into_owned(), serde_json::from_str(&text).unwrap())
        })
        .collect();
    files.sort_by(|a, b| a.0.cmp(&b.0));
    files
}
