//! Whether this run may write, and for how long. Who sends decides; the screen only shows what it was told.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

/// What the sender lets pass now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permit {
    /// Nothing, for the whole run: the command line or the configuration forbids it.
    Never,
    /// Nothing, until somebody asks for time to write.
    NotNow,
    /// What went through the whole wizard.
    Guarded,
    /// The same until this moment; then nothing.
    Until(Timestamp),
}

/// What somebody asks of the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Write nothing from now on.
    ReadOnly,
    /// Write for so long, and then nothing.
    For(SignedDuration),
}

/// The longest time to write that is given: a shift. Who needs more starts a console that is not read-only.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(8);

/// The text is no time to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no time to write: use one such as 15m, up to 8h")]
pub struct InvalidTime(String);

impl Permit {
    /// The same as of `now`: a time that is over is over.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        match self {
            Self::Until(end) if now >= end => Self::NotNow,
            other => other,
        }
    }

    /// Whether anything may be written.
    pub fn allows(self) -> bool {
        matches!(self, Self::Guarded | Self::Until(_))
    }

    /// How the right to write is got back; `None` while there is one.
    pub fn remedy(self) -> Option<&'static str> {
        match self {
            Self::Never => Some("read-only for this run, by flag or configuration"),
            Self::NotNow => Some("read-only now; :write 15m lifts it for a while"),
            Self::Guarded | Self::Until(_) => None,
        }
    }
}

/// Of a time: `15m`, `1h`.
impl FromStr for Wish {
    type Err = InvalidTime;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shown = if text.chars().count() <= 20 { text } else { "…" };
        let time = text.trim().parse::<SignedDuration>().ok();
        match time.filter(|time| time.is_positive() && *time <= LONGEST) {
            Some(time) => Ok(Self::For(time)),
            None => Err(InvalidTime(shown.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_to_write_is_short_and_positive() {
        let minutes = |count| Ok(Wish::For(SignedDuration::from_mins(count)));
        let table = [
            ("15m", minutes(15)),
            (" 1h ", minutes(60)),
            ("8h", minutes(480)),
            ("90s", Ok(Wish::For(SignedDuration::from_secs(90)))),
        ];
        for (text, wish) in table {
            assert_eq!(text.parse::<Wish>(), wish, "{text}");
        }
        for text in ["", "0s", "-5m", "8h1s", "15", "soon", "9999999999999999999h"] {
            assert!(text.parse::<Wish>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_permit_ends_by_itself_and_only_its_absence_has_a_remedy() {
        let end: Timestamp = "2026-11-23T12:19:00Z".parse().unwrap();
        let before = end - SignedDuration::from_secs(1);
        assert_eq!(Permit::Until(end).at(before), Permit::Until(end));
        assert_eq!(Permit::Until(end).at(end), Permit::NotNow);
        for permit in [Permit::Never, Permit::NotNow, Permit::Guarded, Permit::Until(end)] {
            assert_eq!(permit.allows(), permit.remedy().is_none(), "{permit:?}");
        }
        assert!(Permit::NotNow.remedy().unwrap().contains(":write 15m"));
        assert!(!Permit::Never.remedy().unwrap().contains(":write"));
    }
}
