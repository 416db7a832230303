//! The entries of an activity log, put together: several entries tell one deed.

use std::collections::BTreeMap;

use crate::azure::activity::ActivityEvent;
use crate::domain::deed::{Deed, Doer, End};
use crate::domain::operation::Operation;

use super::evidence::says;

/// The deeds that the entries tell, in the order in which they began. `own` are the operations of the journal.
pub(super) fn gather(entries: &[ActivityEvent], own: &[Operation]) -> Vec<Deed> {
    let mut groups: BTreeMap<(String, String, String), Vec<&ActivityEvent>> = BTreeMap::new();
    for (nth, entry) in entries.iter().enumerate() {
        let Some(action) = &entry.operation else { continue };
        // What belongs to nothing stands alone.
        let together = entry.correlation_id.clone().unwrap_or_else(|| format!("alone {nth}"));
        let resource = entry.resource.clone().unwrap_or_default();
        let key = [together, action.clone(), resource].map(|it| it.to_ascii_lowercase());
        groups.entry(key.into()).or_default().push(entry);
    }
    let mut deeds: Vec<Deed> = groups.into_values().filter_map(|group| deed(group, own)).collect();
    deeds.sort_by_key(|it| it.began_at);
    deeds
}

fn deed(mut group: Vec<&ActivityEvent>, own: &[Operation]) -> Option<Deed> {
    group.sort_by_key(|entry| entry.at);
    let first = *group.first()?;
    let any = |word: &str| group.iter().find(|entry| says(entry, word));
    let (end, told) = match (any("Succeeded"), any("Failed").or_else(|| any("Canceled"))) {
        (Some(entry), _) => (End::Well, Some(entry)),
        (None, Some(entry)) => (End::Badly, Some(entry)),
        (None, None) => (End::Open, None),
    };
    let is_own = group.iter().any(|entry| own.iter().any(|it| is_of(entry, it)));
    Some(Deed {
        action: first.operation.clone()?,
        resource: first.resource.clone().unwrap_or_default(),
        began_at: first.at,
        ended_at: told.map(|entry| entry.at),
        end,
        caller: group.iter().find_map(|entry| entry.caller.clone()),
        correlation_id: first.correlation_id.clone(),
        doer: if is_own { Doer::Us } else { Doer::Others },
    })
}

/// Whether an entry was left by this operation.
fn is_of(entry: &ActivityEvent, operation: &Operation) -> bool {
    let same = operation.correlation_id.is_some() && operation.correlation_id == entry.correlation_id;
    let id = entry.client_request_id.as_deref();
    same || id.is_some_and(|id| id.eq_ignore_ascii_case(&operation.id().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{SignedDuration, Timestamp};

    fn entry(
        minute: i64,
        correlation: Option<&str>,
        action: &str,
        resource: &str,
        status: &str,
    ) -> ActivityEvent {
        let noon: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        ActivityEvent {
            at: noon + SignedDuration::from_mins(minute),
            operation: Some(action.to_owned()),
            resource: Some(resource.to_owned()),
            status: Some(status.to_owned()),
            correlation_id: correlation.map(str::to_owned),
            ..ActivityEvent::default()
        }
    }

    #[test]
    fn one_request_is_one_deed_whatever_the_order_of_its_entries() {
        let (write, api) = ("Microsoft.ApiManagement/service/apis/write", "/s/apis/orders");
        let log = [
            entry(3, Some("c"), write, api, "Succeeded"),
            entry(1, Some("c"), &write.to_uppercase(), api, "Started"),
            // The same deployment writes another.
            entry(2, Some("c"), write, "/s/apis/stock", "Failed"),
            entry(4, None, write, api, "Started"),
            entry(5, None, write, api, "Started"),
        ];
        let deeds = gather(&log, &[]);
        let shown: Vec<_> =
            deeds.iter().map(|it| (it.resource.as_str(), it.end, it.ended_at.is_some())).collect();
        assert_eq!(
            shown,
            [
                (api, End::Well, true),
                ("/s/apis/stock", End::Badly, true),
                (api, End::Open, false),
                (api, End::Open, false),
            ]
        );
        assert!(gather(&[ActivityEvent::default()], &[]).is_empty(), "without an action it is nothing");
    }
}
