//! Polling: the address of a running operation, signed anew in every answer, and what it says.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::json;

use super::clock::ticks;
use super::instance_body::body;
use super::scenario::OperationAddress;
use super::world::instance::Instance;
use super::world::operation::End;
use super::{Reply, Visit, error};

/// Reading the result of an operation needs this right; a role with only the action lacks it.
const READ: &str = "Microsoft.ApiManagement/service/operationresults/read";

/// Where one operation is polled.
pub(super) enum Address {
    /// The path below the instance, id included.
    Service(String),
    /// The path below the location.
    Location(String),
}

impl Address {
    /// Chooses the address of a new operation as the api-version asked for has it.
    pub(super) fn of(visit: &Visit<'_>, instance: &Instance, key: &str) -> Address {
        let version = visit.version();
        let by_location = match visit.cloud.conduct.operation_address {
            OperationAddress::ByVersion => version >= "2024",
            OperationAddress::Service => false,
            OperationAddress::Location => true,
        };
        let region = &instance.region;
        if by_location {
            let id = BASE64.encode(format!("{region}:{key}:apirpprodhub"));
            let subscription = &instance.subscription;
            Address::Location(format!(
                "/subscriptions/{subscription}/providers/Microsoft.ApiManagement/locations/{region}/operationResults/{id}"
            ))
        } else {
            let id = BASE64.encode(format!("{region}:{key}"));
            Address::Service(format!("{}/operationresults/{id}", instance.id))
        }
    }

    /// The whole URL, some 3 kB: time, certificate and signature are in it, and all but the certificate change.
    pub(super) fn url(&self, visit: &Visit<'_>, key: &str) -> String {
        let (Address::Service(path) | Address::Location(path)) = self;
        signed(visit, path, key)
    }
}

fn signed(visit: &Visit<'_>, path: &str, key: &str) -> String {
    let origin = &visit.call.origin;
    let version = visit.version();
    let time = ticks(visit.now());
    let seed = visit.world.seed;
    let certificate = seed.letters("certificate", 2575);
    let signature = seed.letters(&format!("s/{key}/{time}"), 342);
    let hash = hash(visit, key, &time.to_string());
    format!("{origin}{path}?api-version={version}&t={time}&c={certificate}&s={signature}&h={hash}")
}

fn hash(visit: &Visit<'_>, key: &str, time: &str) -> String {
    visit.world.seed.letters(&format!("h/{key}/{time}"), 43)
}

impl Visit<'_> {
    /// One poll. The right is needed where the address lies: `scope` counts the path segments of the subscription
    /// or of the instance. The id is taken from the path as it was written, for its case matters.
    pub(super) fn result(&self, scope: usize) -> Result<Reply, Reply> {
        let path = self.call.path.clone();
        let id = self.path.last().cloned().unwrap_or_default();
        let nothing = || error::refusal(404, "NotFound", "The operation was not found.");
        let text =
            BASE64.decode(&id).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(nothing)?;
        let mut parts = text.split(':');
        let (region, key) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let operation = self.world.operations.get(key).ok_or_else(nothing)?;
        let instance = self.world.instances.get(&operation.instance);
        let instance = instance.filter(|instance| instance.region == region).ok_or_else(nothing)?;
        self.require(READ, &self.scope(scope))?;
        self.check_signature(key)?;
        if !operation.finished {
            return Ok(Reply::empty(202)
                .with("location", signed(self, &path, key))
                .with("retry-after", self.cloud.clock.retry_after(60))
                .with("server", "Microsoft-HTTPAPI/2.0"));
        }
        Ok(match &operation.end {
            End::Written { .. } | End::Restored(_) => {
                Reply::json(200, &body(self.world, instance, self.version()))
            }
            End::Failed { code, message } => Reply::json(
                400,
                &json!({ "error": { "code": code, "message": message, "details": null, "innerError": null } }),
            ),
        })
    }

    /// A signed address is to be followed as it is: a changed one is refused. (What the real one answers then is
    /// not known; the sandbox says it plainly.)
    fn check_signature(&self, key: &str) -> Result<(), Reply> {
        let (Some(time), Some(given)) = (self.call.query("t"), self.call.query("h")) else { return Ok(()) };
        if given == hash(self, key, time) && self.call.query("s").is_some() && self.call.query("c").is_some()
        {
            return Ok(());
        }
        let message = "The signature of the operation URL does not match: it was not followed verbatim.";
        Err(error::refusal(403, "InvalidAsyncOperationSignature", message))
    }
}
