//! The sandbox's own clock: real time, with durations made shorter by a speed.
//!
//! Timestamps are never scaled, so a backup that is thirty days old is thirty days old at any speed; only what
//! one would have to wait for (operations, `Retry-After`, the delay of the activity log) gets shorter.

use jiff::{SignedDuration, Timestamp};

/// Reads the time and shortens waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    speed: f64,
}

impl Clock {
    /// A clock whose waits are `speed` times shorter. Anything that is not a positive number counts as 1.
    pub(crate) fn new(speed: f64) -> Clock {
        Clock { speed: if speed.is_finite() && speed > 0.0 { speed } else { 1.0 } }
    }

    /// The present moment. The only place of the sandbox that reads it.
    #[expect(clippy::disallowed_methods, reason = "the sandbox has its own clock: this is it")]
    pub(crate) fn now(self) -> Timestamp {
        Timestamp::now()
    }

    /// `seconds` of Azure's time as they pass here.
    pub(crate) fn scaled(self, seconds: f64) -> SignedDuration {
        SignedDuration::try_from_secs_f64(seconds / self.speed).unwrap_or(SignedDuration::ZERO)
    }

    /// A `Retry-After` in whole seconds. Never 0: that would invite a busy loop that Azure never invites.
    pub(crate) fn retry_after(self, seconds: u32) -> String {
        let scaled = (f64::from(seconds) / self.speed).round().max(1.0);
        format!("{scaled:.0}")
    }
}

/// `Mon, 23 Nov 2026 22:20:23 GMT`, the only date form of HTTP headers and storage XML.
pub(crate) fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// `2026-11-23T22:20:23.1234567Z`: ARM writes seven digits, the resolution of a .NET tick.
pub(crate) fn arm_date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.7fZ").to_string()
}

/// .NET ticks (100 ns since year 1), as in the `t` parameter of a signed operation URL.
pub(crate) fn ticks(at: Timestamp) -> i128 {
    const TICKS_TO_UNIX_EPOCH: i128 = 621_355_968_000_000_000;
    TICKS_TO_UNIX_EPOCH + at.as_nanosecond() / 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scaled_retry_after_is_never_zero() {
        assert_eq!(Clock::new(1.0).retry_after(60), "60");
        assert_eq!(Clock::new(600.0).retry_after(60), "1");
        assert_eq!(Clock::new(f64::NAN).retry_after(20), "20");
    }

    #[test]
    fn dates_have_the_recorded_forms() {
        let at: Timestamp = "2025-05-16T13:13:11.2286392Z".parse().unwrap();
        assert_eq!(http_date(at), "Fri, 16 May 2025 13:13:11 GMT");
        assert_eq!(arm_date(at), "2025-05-16T13:13:11.2286392Z");
        assert_eq!(ticks(at), 638_829_979_912_286_392);
    }
}
