//! Something read: known with its time and source, unknown with a reason, or not asked yet.
//!
//! Rules take facts, so that "we could not see" can never turn into "it is fine".

use std::fmt;

use jiff::Timestamp;

/// A value that had to be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Fact<T> {
    /// Read.
    Known(Known<T>),
    /// Asked, and not answered.
    Unknown(Unknown),
    /// Not asked yet.
    #[default]
    NotAsked,
}

/// A value with where and when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known<T> {
    /// The value.
    pub value: T,
    /// Where it came from, in words a person can check: "ARM GET apim-core-dr".
    pub source: String,
    /// When it was read.
    pub read_at: Timestamp,
}

/// Why a value is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// What stood in the way.
    pub reason: Unreadable,
    /// Where it was asked.
    pub source: String,
    /// When it was asked.
    pub asked_at: Timestamp,
}

/// What stood in the way of a reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// We may not read it; Azure's words.
    Forbidden(String),
    /// Nobody answered, or not in a way that could be read.
    Unreachable(String),
    /// There is no such thing; Azure's words.
    Absent(String),
    /// The source has no such record.
    NotRecorded(String),
}

impl<T> Fact<T> {
    /// The value, when known.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Known(known) => Some(&known.value),
            Self::Unknown(_) | Self::NotAsked => None,
        }
    }

    /// When it was read, or asked in vain; `None` when not asked.
    pub fn read_at(&self) -> Option<Timestamp> {
        match self {
            Self::Known(known) => Some(known.read_at),
            Self::Unknown(unknown) => Some(unknown.asked_at),
            Self::NotAsked => None,
        }
    }

    /// A fact about a part of the value, with the same source and time.
    pub fn map<U>(&self, part: impl FnOnce(&T) -> U) -> Fact<U> {
        match self {
            Self::Known(known) => Fact::Known(Known {
                value: part(&known.value),
                source: known.source.clone(),
                read_at: known.read_at,
            }),
            Self::Unknown(unknown) => Fact::Unknown(unknown.clone()),
            Self::NotAsked => Fact::NotAsked,
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forbidden(words) => write!(f, "not allowed to read it: {words}"),
            Self::Unreachable(words) => write!(f, "no readable answer: {words}"),
            Self::Absent(words) => write!(f, "not there: {words}"),
            Self::NotRecorded(words) => write!(f, "not recorded: {words}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_known_fact_has_a_value() {
        let known = Fact::Known(Known { value: 7, source: "test".into(), read_at: Timestamp::UNIX_EPOCH });
        assert_eq!(known.map(|n| n + 1).value(), Some(&8));
        let unknown: Fact<i32> = Fact::Unknown(Unknown {
            reason: Unreadable::Forbidden("no".into()),
            source: "test".into(),
            asked_at: Timestamp::UNIX_EPOCH,
        });
        assert_eq!(unknown.value(), None);
        assert_eq!(unknown.map(|n| n + 1).read_at(), Some(Timestamp::UNIX_EPOCH));
        assert_eq!(Fact::<i32>::NotAsked.read_at(), None);
    }
}
