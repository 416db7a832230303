//! Durations as an operator reads them: two units at most, and a clock below a day where it ticks.

use std::fmt;

use jiff::SignedDuration;

/// As [`short`], without a text of its own: for what is drawn many times.
#[derive(Clone, Copy, Debug)]
pub struct Short(pub SignedDuration);

/// As [`whole`], without a text of its own: for what is drawn many times.
#[derive(Clone, Copy, Debug)]
pub struct Whole(pub SignedDuration);

/// As [`countdown`], without a text of its own: for what is drawn many times.
#[derive(Clone, Copy, Debug)]
pub struct Countdown(pub SignedDuration);

/// "28d22h", "25h10m" below two days, "12m04s" below an hour, "7s".
pub fn short(duration: SignedDuration) -> String {
    Short(duration).to_string()
}

/// A span that somebody set, or that is usual, without the unit that it has none of: "24h", "1h30m", "15m", "90s" as
/// "1m30s". What was measured is always [`short`].
pub fn whole(duration: SignedDuration) -> String {
    Whole(duration).to_string()
}

/// In words that can be read aloud: "12 minutes", "1 hour 5 minutes", "40 seconds".
pub fn spoken(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    let count = |number: i64, unit: &str| format!("{number} {unit}{}", if number == 1 { "" } else { "s" });
    match (seconds / 3_600, seconds / 60 % 60) {
        (0, 0) => count(seconds, "second"),
        (0, minutes) => count(minutes, "minute"),
        (hours, 0) => count(hours, "hour"),
        (hours, minutes) => format!("{} {}", count(hours, "hour"), count(minutes, "minute")),
    }
}

/// As [`short`], but `19:11:08` below a day: for countdowns that tick.
pub fn countdown(duration: SignedDuration) -> String {
    Countdown(duration).to_string()
}

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0.is_negative() { "-" } else { "" };
        let seconds = self.0.as_secs().unsigned_abs();
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600, seconds / 60);
        match () {
            () if hours >= 48 => write!(f, "{sign}{days}d{:02}h", hours % 24),
            () if hours >= 1 => write!(f, "{sign}{hours}h{:02}m", minutes % 60),
            () if minutes >= 1 => write!(f, "{sign}{minutes}m{:02}s", seconds % 60),
            () => write!(f, "{sign}{seconds}s"),
        }
    }
}

impl fmt::Display for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        match seconds {
            3_600.. if seconds % 3_600 == 0 => write!(f, "{}h", seconds / 3_600),
            60..3_600 if seconds % 60 == 0 => write!(f, "{}m", seconds / 60),
            _ => Short(self.0).fmt(f),
        }
    }
}

impl fmt::Display for Countdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        if (0..86_400).contains(&seconds) {
            write!(f, "{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
        } else {
            Short(self.0).fmt(f)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_units_at_most() {
        let table = [
            (0, "0s"),
            (7, "7s"),
            (724, "12m04s"),
            (3_600, "1h00m"),
            (90_600, "25h10m"),
            (172_800, "2d00h"),
            (2_498_400, "28d22h"),
            (-90, "-1m30s"),
        ];
        for (seconds, text) in table {
            assert_eq!(short(SignedDuration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn what_was_set_has_no_empty_unit() {
        let table = [
            (86_400, "24h"),
            (172_800, "48h"),
            (5_400, "1h30m"),
            (900, "15m"),
            (90, "1m30s"),
            (15, "15s"),
            (0, "0s"),
            (90_660, "25h11m"),
        ];
        for (seconds, text) in table {
            assert_eq!(whole(SignedDuration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn spoken_it_has_no_abbreviation() {
        let table = [
            (0, "0 seconds"),
            (1, "1 second"),
            (724, "12 minutes"),
            (3_600, "1 hour"),
            (90_660, "25 hours 11 minutes"),
            (-5, "0 seconds"),
        ];
        for (seconds, text) in table {
            assert_eq!(spoken(SignedDuration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn a_countdown_ticks_below_a_day() {
        assert_eq!(countdown(SignedDuration::from_secs(69_068)), "19:11:08");
        assert_eq!(countdown(SignedDuration::from_secs(86_400)), "24h00m");
    }
}
