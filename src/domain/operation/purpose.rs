//! What an operation is for. It is written down with the intent and not read from the configuration later: the journal says
//! what was confirmed, whatever is configured now, and on whichever machine it is carried on or reported.

use serde::{Deserialize, Serialize};

use crate::domain::instance::Mark;
use crate::domain::plan::{Kind, Plan};

/// What an operation is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Purpose {
    /// Whatever is not known to be a drill.
    #[default]
    Real,
    /// A restore into an instance that is kept for drills.
    Drill,
}

impl Purpose {
    /// The purpose of a plan whose instance has this mark.
    pub fn of(plan: &Plan, mark: Mark) -> Self {
        match (plan.kind(), mark) {
            (Kind::Restore, Mark::Drill) => Self::Drill,
            _ => Self::Real,
        }
    }

    /// Whether it is a drill.
    pub fn is_drill(self) -> bool {
        self == Self::Drill
    }

    /// Whether it goes without saying. For the journal, which keeps the lines of old as they are.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
    pub(super) fn is_real(&self) -> bool {
        *self == Self::Real
    }
}
