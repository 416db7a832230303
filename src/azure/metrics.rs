//! The platform's own counters of an instance.

use jiff::SignedDuration;
use serde_json::Value;

use crate::domain::resource::ResourceId;
use crate::domain::traffic::{Traffic, WINDOW};

use super::arm::{json, odd};
use super::budget::Haste;
use super::error::AzureError;
use super::http::Ask;
use super::{Azure, wire};

const API_VERSION: &str = "2018-01-01";
/// The last minutes may not be counted yet: they are read beside the window, not as a part of it.
const LATE: SignedDuration = SignedDuration::from_mins(3);

impl Azure {
    /// How many requests the gateway of an instance has answered lately.
    ///
    /// # Errors
    /// As for any reading; an answer without a series of counts is [`AzureError::Odd`].
    pub async fn traffic(&self, id: &ResourceId) -> Result<Traffic, AzureError> {
        let until = self.present();
        let since = until.checked_sub(WINDOW + LATE).unwrap_or(until);
        let path = format!("{id}/providers/Microsoft.Insights/metrics");
        let span = format!("{since:.0}/{until:.0}");
        let pairs = [
            ("api-version", API_VERSION),
            ("metricnames", "Requests"),
            ("aggregation", "Total"),
            ("interval", "PT1M"),
            ("timespan", &span),
        ];
        let what = format!("requests to {}", id.name());
        let ask = Ask { haste: Haste::Ahead, ..Ask::get(what, self.arm(&path, &pairs)) };
        let reply = self.glance(&ask).await?;
        match requests(&json(&ask, &reply)?) {
            Some(requests) => Ok(Traffic { requests, since, until }),
            None => Err(odd(&ask.what, "the answer holds no counts", &reply)),
        }
    }
}

/// The sum of all minutes, `None` without any minute. A minute in which nothing was counted is there without a total.
fn requests(answer: &Value) -> Option<u64> {
    let metrics = wire::list(answer, "/value");
    let is_meant =
        |it: &&Value| wire::text(it, "/name/value").is_some_and(|name| name.eq_ignore_ascii_case("Requests"));
    let minutes: Vec<&Value> = metrics
        .filter(is_meant)
        .flat_map(|metric| wire::list(metric, "/timeseries"))
        .flat_map(|series| wire::list(series, "/data"))
        .collect();
    let counted = minutes.iter().filter_map(|minute| minute.get("total")?.as_f64());
    // Counts are whole numbers that come as decimals; a negative one would be nonsense.
    let sum = counted.filter(|count| *count > 0.0).sum::<f64>().ceil();
    if minutes.is_empty() { None } else { Some(sum as u64) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer(data: &Value) -> Value {
        json!({
            "cost": 0, "timespan": "2026-11-23T11:52:00Z/2026-11-23T12:00:00Z", "interval": "PT1M",
            "namespace": "Microsoft.ApiManagement/service", "resourceregion": "northeurope",
            "value": [{
                "id": "/subscriptions/s/x/providers/Microsoft.Insights/metrics/Requests",
                "type": "Microsoft.Insights/metrics", "unit": "Count", "errorCode": "Success",
                "name": {"value": "Requests", "localizedValue": "Requests"},
                "timeseries": [{"metadatavalues": [], "data": data}],
            }],
        })
    }

    #[test]
    fn minutes_are_added_up_and_none_at_all_is_no_zero() {
        let at = |minute: u32| format!("2026-11-23T11:{minute}:00Z");
        let table = [
            (json!([{"timeStamp": at(52), "total": 3.0}, {"timeStamp": at(53), "total": 4}]), Some(7)),
            (json!([{"timeStamp": at(52)}, {"timeStamp": at(53), "total": null}]), Some(0)),
            (json!([{"timeStamp": at(52), "total": 0.0}]), Some(0)),
            (json!([]), None),
        ];
        for (data, expected) in table {
            assert_eq!(requests(&answer(&data)), expected, "{data}");
        }
        for odd in
            [json!({}), json!({"value": []}), json!({"value": [{"timeseries": [{"data": [{"total": 1}]}]}]})]
        {
            assert_eq!(requests(&odd), None, "{odd}");
        }
    }
}
