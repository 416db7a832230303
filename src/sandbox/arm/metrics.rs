//! The counters of an instance: how many requests its gateway answered, minute by minute.
//!
//! Only this one metric is here. As with the real one, the newest minutes are not counted yet, and a minute in which
//! nothing happened has no total.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::world::instance::Instance;
use super::{Reply, Visit, error};

/// How long it takes until a minute is counted.
const LATE_MINUTES: i64 = 2;

impl Visit<'_> {
    /// `{svc}/providers/Microsoft.Insights/metrics`; `at` is where in the path `providers` stands.
    pub(super) fn metrics(&self, at: usize) -> Result<Reply, Reply> {
        let scope = self.scope(at);
        self.require("Microsoft.Insights/metrics/read", &scope)?;
        let Some(instance) = self.world.instance(&scope) else {
            return Err(error::no_route(&self.call.path));
        };
        let wanted = self.call.query("metricnames").unwrap_or("Requests");
        if !wanted.eq_ignore_ascii_case("Requests") {
            return Err(bad(&format!(
                "Failed to find metric configuration for provider: Microsoft.ApiManagement, \
                resource Type: service, metric: {wanted}, Valid metrics: Requests"
            )));
        }
        let aggregation = self.call.query("aggregation").unwrap_or("Total");
        if !aggregation.eq_ignore_ascii_case("Total")
            || self.call.query("interval").unwrap_or("PT1M") != "PT1M"
        {
            return Err(bad("The sandbox counts totals by the minute only."));
        }
        let span = self.call.query("timespan").unwrap_or_default();
        let ends = span.split_once('/').and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
        let Some((from, to)) = ends.filter(|(from, to)| from < to) else {
            return Err(bad(&format!("Invalid time interval input: {span}")));
        };
        let data = minutes(instance, (from, to), self.now());
        Ok(Reply::json(
            200,
            &json!({
                "cost": data.len(), "timespan": span, "interval": "PT1M",
                "namespace": "Microsoft.ApiManagement/service", "resourceregion": instance.region,
                "value": [{
                    "id": format!("{}/providers/Microsoft.Insights/metrics/Requests", instance.id),
                    "type": "Microsoft.Insights/metrics",
                    "name": { "value": "Requests", "localizedValue": "Requests" },
                    "displayDescription": "Gateway request metrics with multiple dimensions",
                    "unit": "Count",
                    "timeseries": [{ "metadatavalues": [], "data": data }],
                    "errorCode": "Success",
                }],
            }),
        ))
    }
}

/// One entry for each full minute of the span, with its total when there is one.
fn minutes(instance: &Instance, (from, to): (Timestamp, Timestamp), now: Timestamp) -> Vec<Value> {
    let counted = now - SignedDuration::from_mins(LATE_MINUTES);
    let first = from.as_second() - from.as_second().rem_euclid(60);
    let starts = (0..).map(|nth| first + nth * 60).take_while(|second| *second < to.as_second()).take(1440);
    let minute = |second: i64| {
        let start = Timestamp::from_second(second).unwrap_or(from);
        let mut entry = json!({ "timeStamp": super::clock::arm_date(start) });
        if instance.requests_per_minute > 0 && start < counted {
            entry["total"] = json!(f64::from(instance.requests_per_minute));
        }
        entry
    };
    starts.map(minute).collect()
}

/// Errors of metrics have no `error` around them.
fn bad(message: &str) -> Reply {
    Reply::json(400, &json!({ "code": "BadRequest", "message": message }))
}
