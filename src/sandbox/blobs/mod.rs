//! The data plane of blob storage, path style: `/{account}/{container}/{blob}`.

mod access;
mod blob;
mod error;
mod listing;
mod signature;

use super::cloud::Cloud;
use super::exchange::{Call, Content, Reply, decoded};
use super::world::World;
use super::{clock, conduct, identity, world};
use error::Refusal;

/// The service versions a client may ask for lie between these; newer ones are refused like bad ones.
const NEWEST_VERSION: &str = "2026-10-06";

/// One request on its way through the storage of one account.
struct Errand<'a> {
    cloud: &'a Cloud,
    world: &'a mut World,
    call: &'a Call,
    account: String,
    container: Option<String>,
    blob: Option<String>,
}

/// Answers one request.
pub(crate) fn answer(cloud: &Cloud, call: &Call) -> Reply {
    let mut world = cloud.world();
    let (account, container, blob) = address(&call.path);
    let id = {
        let number = cloud.meters().next_answer();
        cloud.seed.guid(&format!("answer/{number}"))
    };
    let mut errand = Errand { cloud, world: &mut world, call, account, container, blob };
    let reply = errand.answer().unwrap_or_else(|refusal| refusal.reply(call, &id));
    let version = call.header("x-ms-version").unwrap_or("2021-12-02").to_owned();
    let reply = reply
        .with("server", "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0")
        .with("x-ms-request-id", id)
        .with("x-ms-version", version);
    match call.header("x-ms-client-request-id") {
        Some(id) => {
            let id = id.to_owned();
            reply.with("x-ms-client-request-id", id)
        }
        None => reply,
    }
}

/// Account, container and blob of a path. A blob name may hold slashes, even two in a row.
fn address(path: &str) -> (String, Option<String>, Option<String>) {
    let mut parts = path.trim_start_matches('/').splitn(3, '/').map(decoded);
    let account = parts.next().unwrap_or_default();
    let full = |part: Option<String>| part.filter(|part| !part.is_empty());
    (account, full(parts.next()), full(parts.next()))
}

impl Errand<'_> {
    fn answer(&mut self) -> Result<Reply, Refusal> {
        let account = self.world.accounts.get(&self.account).ok_or(Refusal::NO_ACCOUNT)?;
        if self.cloud.conduct.down_regions.contains(&account.region) {
            return Err(Refusal::UNAVAILABLE);
        }
        self.check_version()?;
        let comp = self.call.query("comp").unwrap_or_default();
        let is_container =
            self.call.query("restype").is_some_and(|kind| kind.eq_ignore_ascii_case("container"));
        let method = self.call.method.as_str();
        match (method, self.container.clone(), self.blob.clone()) {
            ("GET", None, None) if comp == "list" => {
                self.authorize(access::Want::ReadContainers)?;
                self.list_containers()
            }
            ("GET", Some(container), None) if comp == "list" && is_container => {
                self.authorize(access::Want::ReadBlobs)?;
                self.list_blobs(&container)
            }
            ("GET" | "HEAD", Some(container), None) if is_container && comp.is_empty() => {
                self.authorize(access::Want::ReadContainers)?;
                self.container_properties(&container)
            }
            ("GET" | "HEAD", Some(container), Some(blob)) if comp.is_empty() => {
                self.authorize(access::Want::ReadBlobs)?;
                self.read_blob(&container, &blob)
            }
            ("PUT", Some(container), Some(blob)) if comp.is_empty() => {
                self.authorize(access::Want::WriteBlobs)?;
                self.put_blob(&container, &blob)
            }
            _ => Err(Refusal::UNSUPPORTED),
        }
    }

    /// A bearer token needs a version that knows tokens; any version must be one that exists.
    fn check_version(&self) -> Result<(), Refusal> {
        match self.call.header("x-ms-version") {
            None => Ok(()),
            Some(version) => {
                let exists = version.parse::<jiff::civil::Date>().is_ok() && version <= NEWEST_VERSION;
                if exists { Ok(()) } else { Err(Refusal::BAD_VERSION) }
            }
        }
    }
}
