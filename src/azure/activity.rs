//! The activity log: who did what to an instance, minutes late.

use jiff::{SignedDuration, Timestamp};

use crate::domain::resource::ResourceId;

use super::budget::Haste;
use super::error::AzureError;
use super::{Azure, wire};

const API_VERSION: &str = "2015-04-01";
/// "The start time cannot be more than 90 days in the past": a minute less, because the request takes its time.
const OLDEST: SignedDuration = SignedDuration::from_mins(90 * 24 * 60 - 1);

/// One entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityEvent {
    /// When it happened; it may have become visible up to twenty minutes later.
    pub at: Timestamp,
    /// The action: `Microsoft.ApiManagement/service/restore/action`, in any letter case.
    pub operation: Option<String>,
    /// Started, Accepted, Succeeded, Failed, verbatim.
    pub status: Option<String>,
    /// The HTTP reason, verbatim: Accepted, BadRequest, …
    pub sub_status: Option<String>,
    /// The `x-ms-client-request-id` of the request.
    pub client_request_id: Option<String>,
    /// Groups the entries of one request.
    pub correlation_id: Option<String>,
    /// A user's UPN or an application's object id.
    pub caller: Option<String>,
    /// Azure's words about a failure.
    pub message: Option<String>,
}

impl Azure {
    /// What the activity log has of a resource between two moments. Nothing found proves nothing for twenty minutes.
    ///
    /// # Errors
    /// No sign-in, no network, or Azure's refusal.
    pub async fn activity(
        &self,
        id: &ResourceId,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<ActivityEvent>, AzureError> {
        let since = since.max((self.0.wire.clock)() - OLDEST);
        let path = format!(
            "/subscriptions/{}/providers/Microsoft.Insights/eventtypes/management/values",
            id.subscription()
        );
        let filter = filter(id, since, until);
        let url = self.arm(&path, &[("api-version", API_VERSION), ("$filter", &filter)]);
        let mut found = Vec::new();
        self.pages(&format!("activity log of {}", id.name()), url, Haste::Ahead, |entries| {
            let known = entries.iter().filter_map(wire::activity).map(|event| ActivityEvent {
                message: event.message.map(|words| self.0.wire.credential.secrets.without(&words)),
                ..event
            });
            found.extend(known);
        })
        .await?;
        Ok(found)
    }
}

/// The whole grammar that Azure takes here: two times and one more condition, joined by `and`.
fn filter(id: &ResourceId, since: Timestamp, until: Timestamp) -> String {
    let id = id.as_str().replace('\'', "''");
    format!("eventTimestamp ge '{since:.0}' and eventTimestamp le '{until:.0}' and resourceUri eq '{id}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_keeps_to_the_closed_grammar() {
        let id = "/subscriptions/s/resourceGroups/o'b/providers/Microsoft.ApiManagement/service/a"
            .parse()
            .unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(
            filter(&id, at("2026-11-23T12:00:00.5Z"), at("2026-11-23T13:00:00Z")),
            "eventTimestamp ge '2026-11-23T12:00:00Z' and eventTimestamp le '2026-11-23T13:00:00Z' and resourceUri eq \
             '/subscriptions/s/resourceGroups/o''b/providers/Microsoft.ApiManagement/service/a'"
        );
    }
}
