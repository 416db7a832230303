//! What happened, for those who were not there: measured times, who accepted what and why, every event with its ids.
//!
//! A [`Report`] is made of operations as the journal tells them and of nothing else, so what is not known is missing in
//! it and never made up. It is data first; [`outline`] turns it into blocks, and [`markdown`] and [`html`] only write
//! those down.

pub mod html;
pub mod markdown;
pub mod outline;
pub mod redaction;

mod chapter;
mod measure;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::backup::not_carried;
use super::operation::{Operation, OperationEvent, OperationId, Purpose};
use super::plan::Kind;

pub use chapter::{Chapter, Entry, Origin, Voice};
pub use measure::Measure;

/// The version of the report's JSON.
pub const VERSION: u32 = 1;

/// One operation as its journal tells it.
#[derive(Clone, Debug)]
pub struct Story {
    /// The operation after its last event.
    pub operation: Operation,
    /// Every event with its time, the first one included.
    pub events: Vec<(Timestamp, OperationEvent)>,
    /// What of the journal cannot be read, in words.
    pub damage: Option<String>,
    /// The machines that wrote it; only to be redacted.
    pub hosts: Vec<String>,
    /// What its instance is held to.
    pub objectives: Objectives,
}

/// What an instance is held to; `None` where nobody said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Objectives {
    /// The recovery point objective: how much may be lost.
    pub rpo: Option<SignedDuration>,
    /// The recovery time objective: how long it may take.
    pub rto: Option<SignedDuration>,
}

/// Everything that is reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The version of this shape.
    pub version: u32,
    /// The program that wrote it.
    pub tool: String,
    /// When it was written.
    pub generated_at: Timestamp,
    /// When the incident began, as the person says.
    pub began_at: Option<Timestamp>,
    /// Whether names were taken out.
    pub redacted: bool,
    /// The operations, oldest first.
    pub operations: Vec<Chapter>,
    /// What a restore does not bring; empty when nothing was restored.
    pub not_carried: Vec<String>,
}

impl Report {
    /// The report on these operations. `began_at` is when the incident began, if anybody said.
    pub fn of(stories: &[Story], began_at: Option<Timestamp>, now: Timestamp) -> Self {
        let mut operations: Vec<Chapter> = stories.iter().map(|it| Chapter::of(it, began_at, now)).collect();
        operations.sort_by_key(|it| it.planned_at);
        let mut restored = operations.iter().filter(|it| it.kind == Kind::Restore).map(|it| it.purpose);
        let purpose = restored
            .next()
            .map(|first| restored.fold(first, |all, it| if all == it { all } else { Purpose::Real }));
        Self {
            version: VERSION,
            tool: super::operation::TOOL.to_owned(),
            generated_at: now,
            began_at,
            redacted: false,
            operations,
            not_carried: purpose.map_or(Vec::new(), |it| not_carried(it).map(str::to_owned).to_vec()),
        }
    }
}

/// Which events of which operation are left out: their places in [`Chapter::events`].
pub type LeftOut = BTreeSet<(OperationId, usize)>;

impl Report {
    /// The report without these events. It says how many are missing.
    #[must_use]
    pub fn leaving_out(mut self, left_out: &LeftOut) -> Self {
        for chapter in &mut self.operations {
            let id = chapter.operation_id;
            let all = std::mem::take(&mut chapter.events);
            let before = all.len();
            let kept = all.into_iter().enumerate().filter(|(place, _)| !left_out.contains(&(id, *place)));
            chapter.events = kept.map(|(_, entry)| entry).collect();
            chapter.left_out = before - chapter.events.len();
        }
        self
    }
}

#[cfg(test)]
mod tests;
