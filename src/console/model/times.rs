//! How times are shown. Each place has a usual way, the one that is read fastest there; `t` turns all of them into
//! moments, then into durations, then back. What ticks every second stays where it is: it is the clock of its place.

use jiff::{SignedDuration, Timestamp};

use super::Model;
use crate::console::text::{self, Short, told};
use crate::domain::duration;

/// How times are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Times {
    /// Each in the way that is usual where it stands.
    #[default]
    Usual,
    /// As moments in UTC.
    Moments,
    /// As durations: `25h10m ago`.
    Durations,
}

impl Times {
    /// The way after this one.
    pub fn next(self) -> Self {
        match self {
            Self::Usual => Self::Moments,
            Self::Moments => Self::Durations,
            Self::Durations => Self::Usual,
        }
    }

    /// What is said when it begins.
    pub fn said(self) -> &'static str {
        match self {
            Self::Usual => "times as usual: what counts as a duration, what was read as a moment",
            Self::Moments => "every time as a moment in UTC; t again: as a duration",
            Self::Durations => "every time as a duration; t again: as usual",
        }
    }
}

impl Model {
    /// How old something is, in few columns: `25h10m`, or since when, `10:54Z` or `11-22`.
    pub(in crate::console) fn age_of(&self, at: Timestamp) -> Short {
        match self.times {
            Times::Usual | Times::Durations => text::age(self.now().duration_since(at)),
            Times::Moments => text::near(at, self.now()),
        }
    }

    /// What is left until `end`, in few columns: `28d22h`, `19:11:08` below a day, or when that is, `07:16Z` or `11-24`.
    pub(in crate::console) fn left_until(&self, end: Timestamp) -> Short {
        match self.times {
            Times::Usual | Times::Durations => {
                text::short(format_args!("{}", duration::Countdown(end.duration_since(self.now()))))
            }
            Times::Moments => text::near(end, self.now()),
        }
    }

    /// What is left until `end`, behind a verb: `in 28d22h`, or `2026-11-24 07:16Z`.
    pub(in crate::console) fn in_time(&self, end: Timestamp) -> Short {
        match self.times {
            Times::Usual | Times::Durations => {
                text::short(format_args!("in {}", duration::Countdown(end.duration_since(self.now()))))
            }
            Times::Moments => text::day(end),
        }
    }

    /// When something was read: `12:04Z`, the whole day when that is long ago, or `3m ago`.
    pub(in crate::console) fn stamp(&self, at: Timestamp) -> Short {
        let age = self.now().duration_since(at);
        match self.times {
            Times::Durations => ago(age),
            Times::Usual | Times::Moments if age.abs() > SignedDuration::from_hours(20) => text::day(at),
            Times::Usual | Times::Moments => text::clock(at),
        }
    }

    /// When something happened, to the second: `12:04:31Z`, or `3m ago`.
    pub(in crate::console) fn stamp_to_second(&self, at: Timestamp) -> Short {
        match self.times {
            Times::Durations => ago(self.now().duration_since(at)),
            Times::Usual | Times::Moments => text::clock_to_second(at),
        }
    }

    /// When something happened, with its day: `2026-11-22 10:54Z`, or `25h10m ago`.
    pub(in crate::console) fn stamp_of_day(&self, at: Timestamp) -> Short {
        match self.times {
            Times::Durations => ago(self.now().duration_since(at)),
            Times::Usual | Times::Moments => text::day(at),
        }
    }

    /// How long ago something was read where that is usual: `read 12s ago`, or `read 12:04:31Z`.
    pub(in crate::console) fn read(&self, verb: &str, at: Timestamp) -> Short {
        let age = self.now().duration_since(at).max(SignedDuration::ZERO);
        match self.times {
            Times::Usual | Times::Durations => {
                text::short(format_args!("{verb} {} ago", duration::Short(age)))
            }
            Times::Moments => text::short(format_args!("{verb} {}", text::clock_to_second(at))),
        }
    }
}

/// `3m ago`, or `in 3m` for what is still to come.
fn ago(age: SignedDuration) -> Short {
    let shown = text::age(age.abs());
    let words = told(|f| if age.is_negative() { write!(f, "in {shown}") } else { write!(f, "{shown} ago") });
    text::short(format_args!("{words}"))
}
