//! The four answers of a check. Unknown is one of its own, and worse than a warning.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An answer, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// Read, and fine.
    Ok,
    /// Read, and to be accepted with open eyes.
    Warn,
    /// Not known; never shown as fine.
    Unknown,
    /// Azure would refuse, or the operator would regret it. Cannot be overridden.
    Blocked,
}

impl Verdict {
    /// The worst of several; `Ok` of none.
    pub fn worst(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().max().unwrap_or(Self::Ok)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Unknown => "unknown",
            Self::Blocked => "blocked",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_outweighs_a_warning_and_blocked_outweighs_all() {
        assert_eq!(Verdict::worst([Verdict::Ok, Verdict::Unknown, Verdict::Warn]), Verdict::Unknown);
        assert_eq!(Verdict::worst([Verdict::Blocked, Verdict::Unknown]), Verdict::Blocked);
        assert_eq!(Verdict::worst([]), Verdict::Ok);
    }

    #[test]
    fn it_keeps_its_column() {
        assert_eq!(format!("{:<8}|", Verdict::Ok), "ok      |");
    }
}
