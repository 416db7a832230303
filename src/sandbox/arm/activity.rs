//! The activity log: a closed filter grammar, errors in a form of its own, events that come late.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::clock::arm_date;
use super::world::activity::{Event, Step};
use super::{Reply, Visit};

const READ: &str = "Microsoft.Insights/eventtypes/values/read";
const KEPT_DAYS: i64 = 90;
/// The service cuts its pages at about this length.
const PAGE: usize = 200;

/// What a filter asks for.
#[derive(Debug, PartialEq)]
struct Filter {
    from: Timestamp,
    to: Option<Timestamp>,
    /// At most one of the four conditions, name in lower case.
    condition: Option<(String, String)>,
}

impl Visit<'_> {
    pub(super) fn activity_log(&self) -> Result<Reply, Reply> {
        let subscription = self.scope(2);
        self.require(READ, &subscription)?;
        let filter = Filter::read(self.call.query("$filter").unwrap_or_default(), self.now())
            .map_err(|message| refused(&message))?;
        let mut found: Vec<&Event> = self
            .world
            .events
            .iter()
            .filter(|event| super::world::access::within(&event.resource, &subscription))
            .filter(|event| event.visible <= self.now() && filter.lets_pass(event))
            .collect();
        found.sort_by_key(|event| std::cmp::Reverse(event.at));
        let from: usize = self.call.query("$skiptoken").and_then(|token| token.parse().ok()).unwrap_or(0);
        let mut value: Vec<Value> =
            found.iter().skip(from).take(PAGE).map(|event| self.event(event)).collect();
        if let Some(wanted) = self.call.query("$select") {
            let wanted: Vec<String> =
                wanted.split(',').map(|name| name.trim().to_ascii_lowercase()).collect();
            for row in value.iter_mut().filter_map(Value::as_object_mut) {
                row.retain(|name, _| wanted.contains(&name.to_ascii_lowercase()));
            }
        }
        let mut body = json!({ "value": value });
        if from + PAGE < found.len() {
            let (origin, path) = (&self.call.origin, &self.call.path);
            let query: Vec<&str> = self.call.raw_query.split('&').filter(|pair| !is_token(pair)).collect();
            body["nextLink"] =
                json!(format!("{origin}{path}?{}&%24skiptoken={}", query.join("&"), from + PAGE));
        }
        Ok(Reply::json(200, &body))
    }

    fn event(&self, event: &Event) -> Value {
        let parts: Vec<&str> = event.resource.split('/').collect();
        let (subscription, group) = (parts.get(2).unwrap_or(&""), parts.get(4).unwrap_or(&""));
        let caller = event.other_caller.as_ref().unwrap_or(&self.world.caller.name);
        let id = self.world.seed.guid(&format!("event/{}/{}", event.correlation, event.at));
        let operation = self.world.seed.guid(&format!("log-operation/{}", event.correlation));
        let path = format!("{}/events/{id}/ticks/{}", event.resource, super::clock::ticks(event.at));
        let (kind, method) = nature(&event.action);
        let word = |value: &str| json!({ "value": value, "localizedValue": value });
        let mut properties = json!({
            "eventCategory": "Administrative", "entity": event.resource, "message": event.action,
            "hierarchy": format!("{}/{subscription}", self.world.tenant.id),
        });
        if let Step::Failed(message) = &event.step {
            properties["statusCode"] = json!("BadRequest");
            properties["statusMessage"] = json!(message);
        }
        json!({
            "authorization": { "action": event.action, "scope": event.resource },
            "caller": caller,
            "channels": "Operation",
            "claims": { "name": caller, "ipaddr": "203.0.113.5" },
            "correlationId": event.correlation,
            "description": "",
            "eventDataId": id,
            "eventName": word(event.step.event_name()),
            "category": word("Administrative"),
            "httpRequest": {
                "clientRequestId": event.client_request, "clientIpAddress": "203.0.113.5", "method": method,
            },
            "id": path,
            "level": if matches!(event.step, Step::Failed(_)) { "Error" } else { "Informational" },
            "resourceGroupName": group,
            "resourceProviderName": word("Microsoft.ApiManagement"),
            "resourceType": word(kind),
            "resourceId": event.resource,
            "operationId": operation,
            "operationName": word(&event.action),
            "properties": properties,
            "status": word(event.step.status()),
            "subStatus": word(event.step.sub_status()),
            "eventTimestamp": arm_date(event.at),
            "submissionTimestamp": arm_date(event.visible),
            "subscriptionId": subscription,
            "tenantId": self.world.tenant.id,
        })
    }
}

impl Filter {
    /// Reads `eventTimestamp ge '…' and eventTimestamp le '…' and NAME eq '…'`; quotes may be missing around times.
    fn read(text: &str, now: Timestamp) -> Result<Filter, String> {
        let (mut from, mut to, mut condition) = (None, None, None);
        for term in text.split(" and ").map(str::trim).filter(|term| !term.is_empty()) {
            let words: Vec<&str> = term.splitn(3, ' ').collect();
            let [name, operator, value] = words.as_slice() else { return Err(unreadable(text)) };
            let value = value.trim().trim_matches('\'');
            let (name, operator) = (name.to_ascii_lowercase(), operator.to_ascii_lowercase());
            let time = || moment(value).ok_or_else(|| unreadable(text));
            match (name.as_str(), operator.as_str()) {
                ("eventtimestamp", "ge") => from = Some(time()?),
                ("eventtimestamp", "le") => to = Some(time()?),
                (
                    "resourcegroupname" | "resourceuri" | "resourceid" | "resourceprovider" | "correlationid",
                    "eq",
                ) if condition.is_none() => {
                    condition = Some((name, value.to_owned()));
                }
                ("eventchannels", "eq") => {}
                _ => return Err(unreadable(text)),
            }
        }
        let from = from.ok_or_else(|| "The $filter query parameter must have a start time.".to_owned())?;
        if now.duration_since(from) > SignedDuration::from_hours(KEPT_DAYS * 24) {
            // Recorded.
            return Err("The start time cannot be more than 90 days in the past.".to_owned());
        }
        Ok(Filter { from, to, condition })
    }

    fn lets_pass(&self, event: &Event) -> bool {
        let in_time = self.from <= event.at && self.to.is_none_or(|to| event.at <= to);
        in_time
            && self.condition.as_ref().is_none_or(|(name, value)| match name.as_str() {
                "resourceuri" | "resourceid" => event.resource.eq_ignore_ascii_case(value),
                "resourcegroupname" => {
                    event.resource.split('/').nth(4).is_some_and(|group| group.eq_ignore_ascii_case(value))
                }
                "correlationid" => event.correlation.eq_ignore_ascii_case(value),
                _ => value.eq_ignore_ascii_case("Microsoft.ApiManagement"),
            })
    }
}

/// The type of what an action is done to, and the method that does it.
fn nature(action: &str) -> (&str, &'static str) {
    let Some((kind, verb)) = action.rsplit_once('/') else { return (action, "POST") };
    match verb {
        "write" => (kind, "PUT"),
        "delete" => (kind, "DELETE"),
        _ => (kind.rsplit_once('/').map_or(kind, |(kind, _)| kind), "POST"),
    }
}

/// A time; one without an offset is in UTC.
fn moment(text: &str) -> Option<Timestamp> {
    text.parse().or_else(|_| format!("{text}Z").parse()).ok()
}

fn unreadable(text: &str) -> String {
    format!("The filter '{text}' is not supported.")
}

/// The activity log has no `error` around its errors.
fn refused(message: &str) -> Reply {
    Reply::json(400, &json!({ "code": "BadRequest", "message": message }))
}

fn is_token(pair: &str) -> bool {
    pair.to_ascii_lowercase().contains("skiptoken=")
}
