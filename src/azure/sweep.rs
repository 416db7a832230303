//! One look over a whole fleet: what is read of Resource Manager during it is read once, however many plans are judged by
//! it. Forty instances that could all be restored into one standby ask for that standby once.
//!
//! For that it must be asked for in the same words, so within a sweep it is always the moment of its beginning, and logs are
//! asked for in whole days.
//!
//! Nothing is kept beyond the sweep: a plan that is to be approved is judged on facts of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::OnceCell;

use super::Azure;
use super::error::AzureError;
use super::http::{Ask, Reply};

/// An answer that several readings share; an error is shared as well, because asking again would hear the same.
type Shared = Arc<OnceCell<Result<Arc<Reply>, AzureError>>>;

/// What was asked so far, by address.
pub(super) struct Sweep {
    began: Timestamp,
    asked: Mutex<HashMap<String, Shared>>,
}

impl Sweep {
    fn cell(&self, ask: &Ask) -> Shared {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.entry(ask.url.to_string()).or_default().clone()
    }
}

impl Azure {
    /// The same Azure for one sweep: every address of Resource Manager is read at most once, and whoever asks for it
    /// meanwhile waits for that one answer.
    #[must_use]
    pub fn sweeping(&self) -> Self {
        let sweep = Sweep { began: (self.0.wire.clock)(), asked: Mutex::default() };
        Self(self.0.clone(), Some(Arc::new(sweep)))
    }

    /// Now; within a sweep its beginning.
    pub(super) fn present(&self) -> Timestamp {
        self.1.as_ref().map_or_else(|| (self.0.wire.clock)(), |sweep| sweep.began)
    }

    /// A stretch of a log as it is asked for; within a sweep as many whole days as hold it.
    pub(super) fn stretch(&self, since: Timestamp, until: Timestamp) -> (Timestamp, Timestamp) {
        if self.1.is_none() { (since, until) } else { whole_days(since, until) }
    }

    /// Reads an address of Resource Manager, or takes what this sweep has read of it.
    pub(super) async fn glance(&self, ask: &Ask) -> Result<Arc<Reply>, AzureError> {
        let read = || async { self.0.wire.read(ask, self.bearer()).await.map(Arc::new) };
        match &self.1 {
            None => read().await,
            Some(sweep) => sweep.cell(ask).get_or_init(read).await.clone(),
        }
    }
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The days, by UTC, that hold a stretch of time.
fn whole_days(since: Timestamp, until: Timestamp) -> (Timestamp, Timestamp) {
    let passed = |at: Timestamp| {
        let seconds = SignedDuration::from_secs(at.as_second().rem_euclid(DAY.as_secs()));
        seconds + SignedDuration::from_nanos(i64::from(at.subsec_nanosecond()))
    };
    let start = |at: Timestamp| at.checked_sub(passed(at)).unwrap_or(at);
    let end = if start(until) == until { until } else { start(until).checked_add(DAY).unwrap_or(until) };
    (start(since), end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_ask_for_the_same_days_and_every_stretch_is_in_its_days() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let days = |since, until| whole_days(at(since), at(until));
        let wanted = (at("2026-11-22T00:00:00Z"), at("2026-11-24T00:00:00Z"));
        assert_eq!(days("2026-11-22T10:54:01.5Z", "2026-11-23T12:00:00Z"), wanted);
        assert_eq!(days("2026-11-22T00:00:00Z", "2026-11-23T23:59:59.999Z"), wanted);
        assert_eq!(days("2026-11-22T23:59:59Z", "2026-11-24T00:00:00Z"), wanted);
        let old = days("1969-12-31T23:00:00Z", "1969-12-31T23:30:00Z");
        assert_eq!(old, (at("1969-12-31T00:00:00Z"), at("1970-01-01T00:00:00Z")));
    }
}
