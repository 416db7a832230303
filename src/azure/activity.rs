//! The activity log: who did what to an instance, minutes late.

use std::ops::ControlFlow;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use url::Url;

use crate::domain::resource::{ResourceId, SubscriptionId};

use super::budget::Haste;
use super::error::AzureError;
use super::{Azure, wire};

const API_VERSION: &str = "2015-04-01";
/// "The start time cannot be more than 90 days in the past": a minute less, because the request takes its time.
const OLDEST: SignedDuration = SignedDuration::from_mins(90 * 24 * 60 - 1);

/// So many pages are read of what is told about a whole subscription: about a thousand entries.
const MOST_PAGES: usize = 5;

/// What was heard of a subscription.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The entries.
    pub events: Vec<ActivityEvent>,
    /// From when on all of them: the log is kept for ninety days, and one that is too long is not read to its end.
    pub since: Timestamp,
}

/// One entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityEvent {
    /// When it happened; it may have become visible up to twenty minutes later.
    pub at: Timestamp,
    /// The action: `Microsoft.ApiManagement/service/restore/action`, in any letter case.
    pub operation: Option<String>,
    /// What it was done to, an ARM id.
    pub resource: Option<String>,
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
        let mut found = Vec::new();
        let filter = format!("resourceUri eq '{}'", quoted(id.as_str()));
        let (url, _) = self.log(&id.subscription(), (since, until), &filter);
        self.pages(&format!("activity log of {}", id.name()), url, Haste::Ahead, |entries| {
            found.extend(entries.iter().filter_map(|entry| self.event(entry)));
        })
        .await?;
        Ok(found)
    }

    /// What the activity log has of all instances of a subscription between two moments, with what lies in them: whether
    /// a filter by an instance lets the events of its APIs pass is documented nowhere.
    ///
    /// # Errors
    /// As for any reading.
    pub async fn deeds_in(
        &self,
        subscription: &SubscriptionId,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Heard, AzureError> {
        let filter = "resourceProvider eq 'Microsoft.ApiManagement'";
        let (url, since) = self.log(subscription, self.stretch(since, until), filter);
        let what = format!("activity log of subscription {subscription}");
        let (mut events, mut pages) = (Vec::new(), 0);
        let ended = self
            .pages_while(&what, url, Haste::Ahead, |entries| {
                events.extend(entries.iter().filter_map(|entry| self.event(entry)));
                pages += 1;
                if pages < MOST_PAGES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })
            .await?;
        let since = if ended.is_break() { read_since(&events).unwrap_or(until) } else { since };
        Ok(Heard { events, since })
    }

    /// The address of a stretch of the log, and from when on it really is: Azure keeps ninety days.
    fn log(
        &self,
        subscription: &SubscriptionId,
        (since, until): (Timestamp, Timestamp),
        condition: &str,
    ) -> (Url, Timestamp) {
        let since = since.max((self.0.wire.clock)() - OLDEST);
        let path = format!(
            "/subscriptions/{subscription}/providers/Microsoft.Insights/eventtypes/management/values"
        );
        let filter = filter(since, until, condition);
        (self.arm(&path, &[("api-version", API_VERSION), ("$filter", &filter)]), since)
    }

    fn event(&self, entry: &Value) -> Option<ActivityEvent> {
        let event = wire::activity(entry)?;
        let message = event.message.map(|words| self.0.wire.credential.secrets.without(&words));
        Some(ActivityEvent { message, ..event })
    }
}

/// From when on a log was read whose oldest part was left. That the newest comes first is documented nowhere: where it
/// does not, nothing of it is known to be whole.
fn read_since(events: &[ActivityEvent]) -> Option<Timestamp> {
    let is_newest_first = events.is_sorted_by(|one, next| one.at >= next.at);
    events.last().filter(|_| is_newest_first).map(|oldest| oldest.at)
}

/// The whole grammar that Azure takes here: two times and one more condition, joined by `and`.
fn filter(since: Timestamp, until: Timestamp, condition: &str) -> String {
    format!("eventTimestamp ge '{since:.0}' and eventTimestamp le '{until:.0}' and {condition}")
}

fn quoted(text: &str) -> String {
    text.replace('\'', "''")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_was_left_half_read_is_whole_only_as_far_as_its_order_shows() {
        let at = |minute: i64| ActivityEvent {
            at: Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute),
            ..ActivityEvent::default()
        };
        assert_eq!(read_since(&[at(9), at(7), at(7), at(4)]), Some(at(4).at));
        assert_eq!(read_since(&[at(4), at(7)]), None);
        assert_eq!(read_since(&[]), None);
    }

    #[test]
    fn the_filter_keeps_to_the_closed_grammar() {
        let id = "/subscriptions/s/resourceGroups/o'b/providers/Microsoft.ApiManagement/service/a";
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(
            filter(
                at("2026-11-23T12:00:00.5Z"),
                at("2026-11-23T13:00:00Z"),
                &format!("resourceUri eq '{}'", quoted(id))
            ),
            "eventTimestamp ge '2026-11-23T12:00:00Z' and eventTimestamp le '2026-11-23T13:00:00Z' and resourceUri eq \
             '/subscriptions/s/resourceGroups/o''b/providers/Microsoft.ApiManagement/service/a'"
        );
    }
}
