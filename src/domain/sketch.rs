//! What is kept of a draft that was left: what was chosen and which warnings were accepted. Enough to go on with it, and
//! nothing that could start it: no name that was typed, no fact, no secret.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::approval::Acceptance;
use super::operation::Operation;
use super::plan::{Access, Kind, Plan};
use super::resource::ResourceId;
use super::storage::BackupAddress;

/// How long a draft can be gone on with after its checks: what was accepted then may be another thing now.
pub const LASTS: SignedDuration = SignedDuration::from_mins(15);

/// The drafts of one console: at most one of each act.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sketches {
    /// A restore; it has one line.
    pub restore: Option<Sketch>,
    /// A failover plan; it has a line for each instance.
    pub failover: Option<Sketch>,
    /// A backup; it has one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<Sketch>,
}

/// One draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sketch {
    /// When its checks were run; before they were, when it was left.
    pub as_of: Timestamp,
    /// Its restores, or its backup.
    pub lines: Vec<Line>,
}

/// One restore or backup of a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Line {
    /// The instance that is to live on elsewhere, where that is how it was found.
    pub source: Option<ResourceId>,
    /// What is restored, or the blob that is to be written; `None` when there is none.
    pub backup: Option<BackupAddress>,
    /// The instance that the request would go to; `None` while nobody chose it.
    pub target: Option<ResourceId>,
    /// How it reaches the storage account; `None` while nobody chose it.
    pub access: Option<Access>,
    /// The warnings that were accepted, with their reasons.
    pub accepted: Vec<Acceptance>,
    /// How far it is.
    pub part: Part,
}

/// How far a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Part {
    /// It is to be done.
    In,
    /// It was left out of its plan.
    Out,
    /// It was confirmed and handed over: the journal tells what became of it.
    Begun {
        /// When.
        at: Timestamp,
    },
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
        self.restore.is_none() && self.failover.is_none() && self.backup.is_none()
    }

    /// The one of a single restore or backup.
    pub fn single(&self, kind: Kind) -> Option<&Sketch> {
        match kind {
            Kind::Restore => self.restore.as_ref(),
            Kind::Backup => self.backup.as_ref(),
        }
    }

    /// The place of that one.
    pub fn single_mut(&mut self, kind: Kind) -> &mut Option<Sketch> {
        match kind {
            Kind::Restore => &mut self.restore,
            Kind::Backup => &mut self.backup,
        }
    }
}

impl Line {
    /// What is left of a plan whose request never left, with the reasons that were given.
    pub fn of(plan: &Plan, accepted: &[Acceptance]) -> Self {
        Self {
            source: None,
            backup: Some(plan.address().clone()),
            target: Some(plan.instance().clone()),
            access: Some(plan.access().clone()),
            accepted: accepted.iter().map(Acceptance::discreet).collect(),
            part: Part::In,
        }
    }

    /// Whether an operation does what the line, one of this kind, would do.
    pub fn is_of(&self, kind: Kind, operation: &Operation) -> bool {
        let plan = operation.intent.work.plan().filter(|it| it.kind() == kind);
        plan.is_some_and(|it| {
            self.target.as_ref() == Some(it.instance()) && self.backup.as_ref() == Some(it.address())
        })
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
