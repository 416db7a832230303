//! A network that is down: since when, how often it was tried, when it is tried again.

use jiff::{SignedDuration, Timestamp};

/// The first wait, doubled with each try.
const FIRST: SignedDuration = SignedDuration::from_secs(15);
/// The longest wait.
const LONGEST: SignedDuration = SignedDuration::from_secs(60);

/// What is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// Since when nothing answers.
    pub since: Timestamp,
    /// How often it was tried.
    pub tries: u32,
    /// When it is tried again.
    pub next_at: Timestamp,
    /// What does not answer.
    pub what: String,
}

impl Outage {
    /// After one more try that nobody answered.
    pub fn after(earlier: Option<Self>, what: String, now: Timestamp) -> Self {
        let (since, tries) = earlier.map_or((now, 0), |it| (it.since, it.tries));
        let wait = FIRST.saturating_mul(2_i32.saturating_pow(tries.min(8))).min(LONGEST);
        Self { since, tries: tries.saturating_add(1), next_at: now.checked_add(wait).unwrap_or(now), what }
    }
}
