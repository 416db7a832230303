//! Azure Resource Manager: what every request must bring, where each path leads, what every answer carries.

mod activity;
mod authorization;
pub(crate) mod children;
mod error;
pub(crate) mod gateway;
mod graph;
mod instance_body;
mod instances;
mod kql;
mod metrics;
mod network;
mod reach;
mod results;
mod storage;
mod subscriptions;
pub(crate) mod throttle;
mod transfer;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::cloud::Cloud;
use super::exchange::{Call, Reply};
use super::identity::{self, Audience};
use super::world::World;
use super::world::access::Plane;
use super::{clock, conduct, world};

/// One request on its way through Resource Manager.
struct Visit<'a> {
    cloud: &'a Cloud,
    world: &'a mut World,
    call: &'a Call,
    /// Decoded path segments as they were written.
    path: Vec<String>,
}

/// Answers one request.
pub(crate) fn answer(cloud: &Cloud, call: &Call) -> Reply {
    let reply = admitted(cloud, call).unwrap_or_else(|refusal| refusal);
    dressed(cloud, call, reply)
}

fn admitted(cloud: &Cloud, call: &Call) -> Result<Reply, Reply> {
    let path = call.segments();
    if path.first().is_some_and(|first| first.eq_ignore_ascii_case("metadata")) {
        return Ok(subscriptions::metadata(call));
    }
    identity::check(cloud, call, Audience::ResourceManager)
        .map_err(|rejection| error::unauthenticated(&rejection, &call.origin, &cloud.world().tenant.id))?;
    check_version(call)?;
    throttle::admit(cloud, call, &path)?;
    let mut world = cloud.world();
    let mut visit = Visit { cloud, world: &mut world, call, path };
    Ok(visit.answer().unwrap_or_else(|refusal| refusal))
}

/// A date, perhaps a preview. Any published one is accepted: the shapes answered are those of 2024.
fn check_version(call: &Call) -> Result<(), Reply> {
    let Some(version) = call.query("api-version").filter(|version| !version.is_empty()) else {
        return Err(error::refusal(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        ));
    };
    let date = version.strip_suffix("-preview").unwrap_or(version);
    if date.len() == 10 && date.parse::<jiff::civil::Date>().is_ok() {
        return Ok(());
    }
    let message =
        format!("The api-version '{version}' is invalid. The supported versions are dates (yyyy-MM-dd).");
    Err(error::refusal(400, "InvalidApiVersionParameter", &message))
}

/// Puts on what every answer of Resource Manager carries: ids, counters, cache and security headers.
pub(crate) fn dressed(cloud: &Cloud, call: &Call, reply: Reply) -> Reply {
    let number = cloud.meters().next_answer();
    let id = cloud.seed.guid(&format!("answer/{number}"));
    let correlation = reply
        .header("x-ms-correlation-request-id")
        .or(call.header("x-ms-correlation-request-id"))
        .unwrap_or(&id)
        .to_owned();
    let routing = format!("WESTEUROPE:{}:{id}", call.at.strftime("%Y%m%dT%H%M%SZ"));
    let mut reply = reply
        .with("x-ms-request-id", &id)
        .with_only("x-ms-correlation-request-id", &correlation)
        .with("x-ms-routing-request-id", routing)
        .with("strict-transport-security", "max-age=31536000; includeSubDomains")
        .with("x-content-type-options", "nosniff")
        .with("cache-control", "no-cache")
        .with("pragma", "no-cache")
        .with("expires", "-1");
    for (name, value) in throttle::counters(cloud, call) {
        reply = reply.with(name, value);
    }
    let wanted =
        call.header("x-ms-return-client-request-id").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    match call.header("x-ms-client-request-id").filter(|_| wanted) {
        Some(id) => {
            let id = id.to_owned();
            reply.with("x-ms-client-request-id", id)
        }
        None => reply,
    }
}

impl Visit<'_> {
    fn answer(&mut self) -> Result<Reply, Reply> {
        let lower: Vec<String> = self.path.iter().map(|segment| segment.to_ascii_lowercase()).collect();
        let words: Vec<&str> = lower.iter().map(String::as_str).collect();
        self.check_method(&words)?;
        // An extension (locks, permissions, …) may hang on any scope, so it is looked for from the end.
        if let Some(at) = words.iter().rposition(|word| *word == "providers") {
            match &words[at..] {
                ["providers", "microsoft.authorization", rest @ ..] => return self.authorization(at, rest),
                ["providers", "microsoft.insights", "diagnosticsettings"] => {
                    return self.diagnostic_settings(at);
                }
                ["providers", "microsoft.insights", "metrics"] => return self.metrics(at),
                _ => {}
            }
        }
        match words.as_slice() {
            ["tenants"] => Ok(self.tenants()),
            ["subscriptions"] => Ok(self.subscriptions()),
            ["providers", "microsoft.resourcegraph", "resources"] => self.resource_graph(),
            ["subscriptions", subscription, rest @ ..] => {
                self.known_subscription(subscription)?;
                self.below_subscription(rest)
            }
            _ => Err(error::no_route(&self.call.path)),
        }
    }

    fn below_subscription(&mut self, words: &[&str]) -> Result<Reply, Reply> {
        match words {
            [] => Ok(self.one_subscription()),
            ["locations"] => Ok(self.locations()),
            ["resourcegroups"] => self.groups(),
            ["resourcegroups", _] => self.one_group(),
            ["providers", "microsoft.insights", "eventtypes", "management", "values"] => self.activity_log(),
            ["providers", "microsoft.apimanagement", rest @ ..] => self.provider(rest),
            ["providers", "microsoft.storage", "storageaccounts"] => self.accounts(None),
            ["resourcegroups", group, "providers", "microsoft.apimanagement", "service", rest @ ..] => {
                self.in_group(group, rest)
            }
            ["resourcegroups", group, "providers", "microsoft.storage", "storageaccounts", rest @ ..] => {
                self.storage(group, rest)
            }
            _ => Err(error::no_route(&self.call.path)),
        }
    }

    /// Actions are POSTs, everything else here is only read.
    fn check_method(&self, words: &[&str]) -> Result<(), Reply> {
        let is_action = matches!(
            words,
            [.., "service", _, "backup" | "restore"]
                | [.., "storageaccounts", _, "listkeys"]
                | [.., "microsoft.resourcegraph", "resources"]
                | [.., "checknameavailability"]
        );
        let expected = if is_action { "POST" } else { "GET" };
        if self.call.method == expected {
            return Ok(());
        }
        let message = format!("The sandbox does not do {} here.", self.call.method);
        Err(error::refusal(405, "MethodNotAllowed", &message))
    }

    fn known_subscription(&self, id: &str) -> Result<(), Reply> {
        match self.world.subscription(id) {
            Some(_) => Ok(()),
            None => Err(error::refusal(
                404,
                "SubscriptionNotFound",
                &format!("The subscription '{id}' could not be found."),
            )),
        }
    }

    /// The id of the first `segments` of the path, as it was written.
    fn scope(&self, segments: usize) -> String {
        format!("/{}", self.path[..segments].join("/"))
    }

    /// Sees that the caller may do `action` at `scope`.
    fn require(&self, action: &str, scope: &str) -> Result<(), Reply> {
        let caller = &self.world.caller;
        if self.world.allows(&caller.object_id, Plane::Control, action, scope) {
            Ok(())
        } else {
            Err(error::forbidden(caller, action, scope))
        }
    }

    fn may(&self, action: &str, scope: &str) -> bool {
        self.world.allows(&self.world.caller.object_id, Plane::Control, action, scope)
    }

    /// A list of Resource Manager: the whole of it, or pages with an absolute `nextLink` when it is long.
    fn page(&self, items: Vec<Value>) -> Reply {
        let size = self.cloud.conduct.list_page.max(1);
        let from: usize = self.call.query("$skiptoken").and_then(|token| token.parse().ok()).unwrap_or(0);
        let total = items.len();
        let value: Vec<Value> = items.into_iter().skip(from).take(size).collect();
        let mut body = json!({ "value": value });
        if from + size < total {
            let version = self.version();
            let next = format!(
                "{}{}?api-version={version}&%24skiptoken={}",
                self.call.origin,
                self.call.path,
                from + size
            );
            body["nextLink"] = json!(next);
        }
        Reply::json(200, &body)
    }

    /// The api-version asked for.
    fn version(&self) -> &str {
        self.call.query("api-version").unwrap_or_default()
    }

    fn now(&self) -> Timestamp {
        self.call.at
    }

    fn is_down(&self, region: &str) -> bool {
        self.cloud.conduct.down_regions.iter().any(|down| down == region)
    }
}
