//! A time that was measured, against the one that was promised.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// One measured time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Measure {
    /// In seconds; `None` when it cannot be told.
    pub seconds: Option<i64>,
    /// Whether the clock still runs.
    pub running: bool,
    /// What was promised, in seconds; `None` when nobody said.
    pub target_seconds: Option<i64>,
    /// Whether the promise was kept; `None` when that is not known (yet).
    pub met: Option<bool>,
    /// From what to what it was measured, or why it cannot be told.
    pub measured: String,
}

impl Measure {
    /// A time that has ended.
    pub(super) fn ended(time: SignedDuration, target: Option<SignedDuration>, measured: String) -> Self {
        let met = target.map(|target| time <= target);
        Self { seconds: Some(time.as_secs()), running: false, met, ..Self::untold(target, measured) }
    }

    /// A time whose clock still runs: a promise can be broken already, but not kept.
    pub(super) fn running(time: SignedDuration, target: Option<SignedDuration>, measured: String) -> Self {
        let met = target.filter(|target| time > *target).map(|_| false);
        Self { seconds: Some(time.as_secs()), running: true, met, ..Self::untold(target, measured) }
    }

    /// A time that nothing tells.
    pub(super) fn untold(target: Option<SignedDuration>, measured: String) -> Self {
        let target_seconds = target.map(|target| target.as_secs());
        Self { seconds: None, running: false, target_seconds, met: None, measured }
    }
}
