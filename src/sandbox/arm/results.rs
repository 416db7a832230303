//! Polling: the address of a running operation, signed anew in every answer, and what it says.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::json;

use super::clock::ticks;
use super::conduct::{OperationAddress, StatusForm};
use super::instance_body::body;
use super::world::instance::Instance;
use super::world::operation::{End, Operation};
use super::{Reply, Visit, error};

/// Reading the result of an operation needs this right; a role with only the action lacks it.
const READ: &str = "Microsoft.ApiManagement/service/operationresults/read";

/// How long the addresses are that change with every answer: what ARM asks clients to take at least.
const LONGEST: usize = 4096;

/// Where one operation is polled.
pub(super) enum Address {
    /// The path below the instance, id included.
    Service(String),
    /// The path below the location.
    Location(String),
    /// Another path each time, under this number.
    Wandering(String, u64),
}

impl Address {
    /// Chooses the address of a new operation as the api-version asked for has it.
    pub(super) fn of(visit: &Visit<'_>, instance: &Instance, key: &str) -> Address {
        match visit.cloud.conduct.operation_address {
            OperationAddress::ByVersion if visit.version() < "2024" => below_service(instance, key),
            OperationAddress::ByVersion | OperationAddress::Location => below_location(instance, key),
            OperationAddress::Service => below_service(instance, key),
            OperationAddress::Wandering => wandering(instance, key, 1),
        }
    }

    /// The whole URL, some 3 kB: time, certificate and signature are in it, and all but the certificate change.
    pub(super) fn url(&self, visit: &Visit<'_>, key: &str) -> String {
        match self {
            Address::Service(path) | Address::Location(path) => signed(visit, path, key),
            Address::Wandering(path, number) => {
                let url = format!("{}&n={number}", signed(visit, path, key));
                let padding = LONGEST.saturating_sub(url.len() + "&p=".len());
                let url = format!("{url}&p={}", visit.world.seed.letters("padding", padding));
                // ARM wants absolute addresses; providers have sent relative ones all the same.
                if number % 4 == 0 { url[visit.call.origin.len()..].to_owned() } else { url }
            }
        }
    }
}

fn below_service(instance: &Instance, key: &str) -> Address {
    let id = BASE64.encode(format!("{}:{key}", instance.region));
    Address::Service(format!("{}/operationresults/{id}", instance.id))
}

fn below_location(instance: &Instance, key: &str) -> Address {
    let region = &instance.region;
    let id = BASE64.encode(format!("{region}:{key}:apirpprodhub"));
    let subscription = &instance.subscription;
    Address::Location(format!(
        "/subscriptions/{subscription}/providers/Microsoft.ApiManagement/locations/{region}/operationResults/{id}"
    ))
}

/// In turn: with the double slash that was recorded, below the location, below the instance.
fn wandering(instance: &Instance, key: &str, number: u64) -> Address {
    let address = if number % 3 == 2 { below_location(instance, key) } else { below_service(instance, key) };
    let (Address::Service(path) | Address::Location(path) | Address::Wandering(path, _)) = address;
    let path = if number % 3 == 1 { path.replace("/operationresults/", "//operationresults/") } else { path };
    Address::Wandering(path, number)
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
    pub(super) fn result(&mut self, scope: usize) -> Result<Reply, Reply> {
        let id = self.path.last().cloned().unwrap_or_default();
        let text =
            BASE64.decode(&id).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(nothing)?;
        let mut parts = text.split(':');
        let (region, key) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let operation = self.world.operations.get(key).cloned().ok_or_else(nothing)?;
        let instance = self.world.instances.get(&operation.instance);
        let instance = instance.filter(|instance| instance.region == region).cloned().ok_or_else(nothing)?;
        self.require(READ, &self.scope(scope))?;
        self.check_signature(key)?;
        let is_wandering = self.cloud.conduct.operation_address == OperationAddress::Wandering;
        if is_wandering && self.call.query("n") != Some(operation.addresses.to_string().as_str()) {
            return Err(nothing());
        }
        let reply = match self.cloud.conduct.status_form {
            StatusForm::Monitor => return Ok(self.monitor(&operation)),
            StatusForm::Resource if operation.finished => return Ok(self.outcome(&instance, &operation)),
            StatusForm::Resource => Reply::empty(202)
                .with("retry-after", self.cloud.clock.retry_after(60))
                .with("server", "Microsoft-HTTPAPI/2.0"),
        };
        let next = if is_wandering {
            let number = operation.addresses + 1;
            if let Some(operation) = self.world.operations.get_mut(key) {
                operation.addresses = number;
            }
            wandering(&instance, key, number).url(self, key)
        } else {
            signed(self, &self.call.path, key)
        };
        Ok(reply.with("location", next))
    }

    /// What a finished operation answers: the instance, or why it failed.
    fn outcome(&self, instance: &Instance, operation: &Operation) -> Reply {
        match &operation.end {
            End::Written { .. } | End::Restored(_) => {
                Reply::json(200, &body(self.world, instance, self.version()))
            }
            End::Failed { code, message, .. } => Reply::json(
                400,
                &json!({ "error": { "code": code, "message": message, "details": null, "innerError": null } }),
            ),
        }
    }

    /// ARM's status monitor: 200 whatever it has to say.
    fn monitor(&self, operation: &Operation) -> Reply {
        let id = self.call.path.as_str();
        let name = operation.key.as_str();
        if !operation.finished {
            return Reply::json(200, &json!({ "id": id, "name": name, "status": "InProgress" }))
                .with("retry-after", self.cloud.clock.retry_after(60));
        }
        Reply::json(
            200,
            &match &operation.end {
                End::Written { .. } | End::Restored(_) => {
                    json!({ "id": id, "name": name, "status": "Succeeded" })
                }
                End::Failed { code, message, .. } => json!({
                    "id": id, "name": name, "status": "Failed", "error": { "code": code, "message": message },
                }),
            },
        )
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

fn nothing() -> Reply {
    error::refusal(404, "NotFound", "The operation was not found.")
}
