//! Throttling: token buckets per subscription and kind of request, and the quota of Resource Graph.
//!
//! The sizes are those that Resource Manager has had since 2024 (250 reads, 200 writes, refilled by 25 and 10 a
//! second); a scenario can make them small.

use std::collections::HashMap;

use jiff::Timestamp;

use super::conduct::{Bucket, Conduct};
use super::{Call, Cloud, Reply, error};

/// Resource Graph: so many queries in so many seconds for one user.
const GRAPH_QUOTA: u32 = 15;
const GRAPH_WINDOW: i64 = 5;

/// Every meter there is.
#[derive(Debug)]
pub(crate) struct Meters {
    reads: Bucket,
    writes: Bucket,
    levels: HashMap<(String, Meter), Level>,
    graph: (i64, u32),
    answers: u64,
}

/// The two kinds of request. A POST action counts as a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Meter {
    Read,
    Write,
}

#[derive(Debug)]
struct Level {
    tokens: f64,
    at: Timestamp,
}

impl Meters {
    /// Full buckets.
    pub(crate) fn new(conduct: &Conduct) -> Meters {
        Meters {
            reads: conduct.reads,
            writes: conduct.writes,
            levels: HashMap::new(),
            graph: (0, 0),
            answers: 0,
        }
    }

    /// Numbers the answers, for their ids.
    pub(crate) fn next_answer(&mut self) -> u64 {
        self.answers += 1;
        self.answers
    }

    fn bucket(&self, meter: Meter) -> Bucket {
        match meter {
            Meter::Read => self.reads,
            Meter::Write => self.writes,
        }
    }

    fn level(&mut self, subscription: &str, meter: Meter, now: Timestamp) -> &mut Level {
        let bucket = self.bucket(meter);
        let key = (subscription.to_ascii_lowercase(), meter);
        let level = self.levels.entry(key).or_insert(Level { tokens: bucket.size, at: now });
        let passed = now.duration_since(level.at).as_secs_f64().max(0.0);
        level.tokens = (level.tokens + passed * bucket.per_second).min(bucket.size);
        level.at = now;
        level
    }

    /// Takes a token, or says after how many seconds there will be one.
    fn take(&mut self, subscription: &str, meter: Meter, now: Timestamp) -> Result<(), u64> {
        let per_second = self.bucket(meter).per_second;
        let level = self.level(subscription, meter, now);
        if level.tokens >= 1.0 {
            level.tokens -= 1.0;
            return Ok(());
        }
        Err(((1.0 - level.tokens) / per_second).ceil().max(1.0) as u64)
    }

    /// Counts a query; the rest of the quota and the seconds until it is full again, or an error when it is spent.
    pub(super) fn query(&mut self, now: Timestamp) -> (Result<u32, ()>, i64) {
        let now = now.as_second();
        if now - self.graph.0 >= GRAPH_WINDOW {
            self.graph = (now, 0);
        }
        let resets = GRAPH_WINDOW - (now - self.graph.0);
        if self.graph.1 >= GRAPH_QUOTA {
            return (Err(()), resets);
        }
        self.graph.1 += 1;
        (Ok(GRAPH_QUOTA - self.graph.1), resets)
    }
}

/// Whether a request reads or writes.
fn meter(call: &Call) -> Meter {
    if call.method == "GET" || call.method == "HEAD" { Meter::Read } else { Meter::Write }
}

/// The subscription that a path is about; requests above subscriptions share a bucket of the tenant.
fn subscription(path: &[String]) -> &str {
    match path {
        [first, id, ..] if first.eq_ignore_ascii_case("subscriptions") => id,
        _ => "tenant",
    }
}

/// Lets a request through, or answers 429.
pub(super) fn admit(cloud: &Cloud, call: &Call, path: &[String]) -> Result<(), Reply> {
    // Resource Graph has a quota of its own.
    if path.iter().any(|segment| segment.eq_ignore_ascii_case("Microsoft.ResourceGraph")) {
        return Ok(());
    }
    let (subscription, meter) = (subscription(path), meter(call));
    cloud.meters().take(subscription, meter, call.at).map_err(|seconds| {
        let kind = if meter == Meter::Read { "reads" } else { "writes" };
        let message = format!(
            "Number of '{kind}' for subscription '{subscription}' exceeded. Please try again after '{seconds}' seconds \
             after additional tokens are available. Refer to https://aka.ms/arm-throttling for additional information."
        );
        error::refusal(429, "SubscriptionRequestsThrottled", &message).with("retry-after", seconds.to_string())
    })
}

/// The counters that an answer shows.
pub(super) fn counters(cloud: &Cloud, call: &Call) -> Vec<(&'static str, String)> {
    let path = call.segments();
    let mut meters = cloud.meters();
    let rest = meters.level(subscription(&path), meter(call), call.at).tokens.max(0.0).floor();
    let (own, global, share) = match meter(call) {
        Meter::Read => (
            "x-ms-ratelimit-remaining-subscription-reads",
            "x-ms-ratelimit-remaining-subscription-global-reads",
            3749,
        ),
        Meter::Write => (
            "x-ms-ratelimit-remaining-subscription-writes",
            "x-ms-ratelimit-remaining-subscription-global-writes",
            2999,
        ),
    };
    vec![(own, format!("{rest:.0}")), (global, share.to_string())]
}
