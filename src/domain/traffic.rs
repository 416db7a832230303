//! What the gateway of an instance has answered lately: whether anybody would notice.

use jiff::{SignedDuration, Timestamp};

/// How far back traffic is looked for, at least: the newest minutes may not be counted yet.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(5);

/// The requests of a few minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traffic {
    /// How many were counted.
    pub requests: u64,
    /// The first minute.
    pub since: Timestamp,
    /// The last minute that may have been counted.
    pub until: Timestamp,
}
