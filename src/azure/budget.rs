//! How much may leave towards Resource Manager and Resource Graph, and when not. Pure: time is an argument, counted
//! from any one moment.
//!
//! Resource Manager counts reads and writes per subscription and principal in token buckets (since 2024: 250 and 25 a
//! second, 200 and 10 a second; a POST counts as a write). Resource Graph takes fifteen queries in five seconds. We
//! keep the same accounts, so that a survey of a thousand subscriptions waits here instead of being refused there.
//! What others use up with the same identity shows in the answers' own counters, and the lower number counts.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Method;
use reqwest::header::HeaderMap;
use url::Url;

use crate::domain::resource::SubscriptionId;

use super::http::header;
use super::retry::retry_after;

/// What Azure counts apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Meter {
    /// Reads in a subscription, or above all of them.
    Reads(Option<SubscriptionId>),
    /// Everything else in a subscription, or above all of them.
    Writes(Option<SubscriptionId>),
    /// Queries of Resource Graph.
    Graph,
}

/// Whom a reading keeps waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Haste {
    /// An operation, or a plan that is about to be approved.
    Ahead,
    /// A list that grows on the screen. It leaves a reserve to the others.
    InTurn,
}

/// Why nothing may leave for so long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Wait {
    /// The account is used up, and fills again.
    Refill(Duration),
    /// Azure said so.
    Deadline(Duration),
}

/// What an answer says of the accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// Nothing is to be sent for so long.
    pub(crate) closed: Option<Duration>,
    /// So many requests are left.
    pub(crate) left: Option<u32>,
}

/// The accounts.
#[derive(Debug, Default)]
pub(crate) struct Budget(HashMap<Meter, Account>);

#[derive(Debug)]
struct Account {
    level: f64,
    at: Duration,
    closed_until: Duration,
}

struct Limit {
    size: f64,
    per_second: f64,
    reserve: f64,
}

/// An hour is the longest window that Resource Manager ever counted in; a longer deadline is a slip of somebody's.
const LONGEST: Duration = Duration::from_secs(3600);
/// For a 429 that names no time.
const UNNAMED: Duration = Duration::from_secs(5);

/// The shortest wait: sums of fractions miss a whole token by less than any clock can show.
const MOMENT: Duration = Duration::from_millis(1);

/// The counters of Resource Manager and of Resource Graph; those with `global` are shared with other principals.
const COUNTERS: [&str; 7] = [
    "x-ms-ratelimit-remaining-subscription-reads",
    "x-ms-ratelimit-remaining-subscription-global-reads",
    "x-ms-ratelimit-remaining-subscription-writes",
    "x-ms-ratelimit-remaining-subscription-global-writes",
    "x-ms-ratelimit-remaining-tenant-reads",
    "x-ms-ratelimit-remaining-tenant-writes",
    "x-ms-user-quota-remaining",
];

impl Meter {
    /// Where a request to Resource Manager counts.
    pub(crate) fn of(method: &Method, url: &Url) -> Self {
        let path = url.path().to_ascii_lowercase();
        if path.contains("/providers/microsoft.resourcegraph/") {
            return Self::Graph;
        }
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        let subscription = match (parts.next(), parts.next()) {
            (Some("subscriptions"), Some(id)) => Some(SubscriptionId::new(id)),
            _ => None,
        };
        if method == Method::GET || method == Method::HEAD {
            Self::Reads(subscription)
        } else {
            Self::Writes(subscription)
        }
    }

    fn limit(&self) -> Limit {
        match self {
            Self::Reads(_) => Limit { size: 250.0, per_second: 25.0, reserve: 25.0 },
            Self::Writes(_) => Limit { size: 200.0, per_second: 10.0, reserve: 25.0 },
            // Five at once and two a second are never more than fifteen in five seconds, wherever these begin.
            Self::Graph => Limit { size: 5.0, per_second: 2.0, reserve: 0.0 },
        }
    }
}

impl Said {
    /// Reads what an answer says, relative to its own date or to `now`.
    pub(crate) fn of(status: u16, headers: &HeaderMap, now: Timestamp) -> Self {
        let left = COUNTERS.into_iter().filter_map(|name| header(headers, name)?.parse().ok()).min();
        let resets = header(headers, "x-ms-user-quota-resets-after").as_deref().and_then(span);
        let closed = match status {
            429 => retry_after(headers, now).map(Duration::from_secs).or(resets).or(Some(UNNAMED)),
            // The last query of the window was answered; the next would not be.
            _ if left == Some(0) => resets,
            _ => None,
        };
        Self { closed: closed.map(|closed| closed.min(LONGEST)), left }
    }
}

/// `hh:mm:ss`, rounded up: the seconds stand there without their fraction.
fn span(text: &str) -> Option<Duration> {
    let mut seconds = 0_u64;
    let mut parts = 0;
    for part in text.trim().split(':') {
        seconds = seconds.checked_mul(60)?.checked_add(part.parse::<u32>().ok()?.into())?;
        parts += 1;
    }
    (parts == 3).then(|| Duration::from_secs(seconds.saturating_add(1)))
}

impl Budget {
    /// Takes one request off the account, or says how long there is none.
    pub(crate) fn take(&mut self, meter: &Meter, haste: Haste, now: Duration) -> Result<(), Wait> {
        let limit = meter.limit();
        let account = self.account(meter, now);
        if now < account.closed_until {
            return Err(Wait::Deadline(account.closed_until - now));
        }
        let needed = match haste {
            Haste::Ahead => 1.0,
            Haste::InTurn => 1.0 + limit.reserve,
        };
        if account.level < needed {
            let missing = (needed - account.level) / limit.per_second;
            return Err(Wait::Refill(Duration::from_secs_f64(missing).max(MOMENT)));
        }
        account.level -= 1.0;
        Ok(())
    }

    /// The same for the request that starts something. It never waits for an account to fill: its facts would grow
    /// old unseen, and Azure refuses it clearly when there really is no room. But where Azure named a deadline for
    /// requests of its kind it is not sent before that.
    ///
    /// # Errors
    /// How long the deadline is still away.
    pub(crate) fn take_at_once(&mut self, meter: &Meter, now: Duration) -> Result<(), Duration> {
        let account = self.account(meter, now);
        if now < account.closed_until {
            return Err(account.closed_until - now);
        }
        account.level = (account.level - 1.0).max(0.0);
        Ok(())
    }

    /// Learns from an answer.
    pub(crate) fn heard(&mut self, meter: &Meter, said: Said, now: Duration) {
        if said == Said::default() {
            return;
        }
        let account = self.account(meter, now);
        if let Some(left) = said.left {
            account.level = account.level.min(f64::from(left));
        }
        if let Some(closed) = said.closed {
            account.level = 0.0;
            account.closed_until = account.closed_until.max(now + closed);
        }
    }

    fn account(&mut self, meter: &Meter, now: Duration) -> &mut Account {
        let limit = meter.limit();
        let account = self.0.entry(meter.clone()).or_insert(Account {
            level: limit.size,
            at: now,
            closed_until: Duration::ZERO,
        });
        let passed = now.saturating_sub(account.at).as_secs_f64();
        account.level = (account.level + passed * limit.per_second).min(limit.size);
        account.at = account.at.max(now);
        account
    }
}

#[cfg(test)]
mod tests;
