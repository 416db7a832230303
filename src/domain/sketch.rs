//! What is kept of a draft that was left: what was chosen and which warnings were accepted. Enough to go on with it, and
//! nothing that could start it: no name that was typed, no fact, no secret.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::approval::Acceptance;
use super::plan::Access;
use super::resource::ResourceId;
use super::storage::BackupAddress;

/// How long a draft can be gone on with after its checks: what was accepted then may be another thing now.
pub const LASTS: SignedDuration = SignedDuration::from_mins(15);

/// The drafts of one console.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sketches {
    /// A restore; it has one line.
    pub restore: Option<Sketch>,
    /// A failover plan; it has a line for each instance.
    pub failover: Option<Sketch>,
}

/// One draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sketch {
    /// When its checks were run; before they were, when it was left.
    pub as_of: Timestamp,
    /// Its restores.
    pub lines: Vec<Line>,
}

/// One restore of a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Line {
    /// The instance that is to live on elsewhere, where that is how it was found.
    pub source: Option<ResourceId>,
    /// The backup; `None` when there is none.
    pub backup: Option<BackupAddress>,
    /// The target; `None` while nobody chose it.
    pub target: Option<ResourceId>,
    /// How the target reaches the storage account; `None` while nobody chose it.
    pub access: Option<Access>,
    /// The warnings that were accepted, with their reasons.
    pub accepted: Vec<Acceptance>,
    /// Whether it is part of the plan.
    pub part: Part,
}

/// Whether a line is part of its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Part {
    /// It is.
    In,
    /// It was left out.
    Out,
}

impl Sketch {
    /// Whether it can still be gone on with.
    pub fn lasts(&self, now: Timestamp) -> bool {
        // A draft of the future was kept before the clock was set back: how old it is nobody knows.
        now.duration_since(self.as_of).abs() <= LASTS
    }

    /// How many warnings were accepted in all of it.
    pub fn accepted(&self) -> usize {
        self.lines.iter().map(|line| line.accepted.len()).sum()
    }
}

impl Sketches {
    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        self.restore.is_none() && self.failover.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_lasts_a_quarter_of_an_hour_and_no_longer_before_than_after() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        for (age, lasts) in [(0, true), (900, true), (901, false), (-900, true), (-901, false)] {
            let sketch = Sketch { as_of: now - SignedDuration::from_secs(age), lines: Vec::new() };
            assert_eq!(sketch.lasts(now), lasts, "{age}");
        }
    }
}
