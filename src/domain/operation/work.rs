//! What an operation does: what was planned here, or what was seen of an operation that somebody else has begun.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::plan::{Kind, Plan};
use crate::domain::resource::ResourceId;
use crate::domain::storage::BackupAddress;

/// What is done, by whoever began it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Work {
    /// A plan that passed the gate here.
    Plan(Plan),
    /// Somebody else's, watched from here.
    Observed(Observed),
}

/// What the activity log tells of an operation that was begun elsewhere. It names neither the blob nor the address at
/// which the operation could be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Observed {
    /// The instance that it works on.
    pub instance: ResourceId,
    /// What it does.
    pub kind: Kind,
    /// `correlationId`: groups its entries in the log, and is how its end is found.
    pub correlation_id: String,
    /// Who began it: a UPN or an application's object id.
    pub caller: Option<String>,
    /// When it began, by Azure's clock.
    pub began_at: Timestamp,
}

impl Work {
    /// Which of the two kinds it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Plan(plan) => plan.kind(),
            Self::Observed(observed) => observed.kind,
        }
    }

    /// The instance that is worked on: the target of a restore, the source of a backup.
    pub fn instance(&self) -> &ResourceId {
        match self {
            Self::Plan(plan) => plan.instance(),
            Self::Observed(observed) => &observed.instance,
        }
    }

    /// The blob that is read or written; `None` where that is not known.
    pub fn address(&self) -> Option<&BackupAddress> {
        self.plan().map(Plan::address)
    }

    /// The plan, when it was planned here.
    pub fn plan(&self) -> Option<&Plan> {
        match self {
            Self::Plan(plan) => Some(plan),
            Self::Observed(_) => None,
        }
    }
}

/// For people: "restore of apim-core-dr".
impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.kind(), self.instance().name())
    }
}
