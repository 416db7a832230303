//! What the console wishes to be done. The app does it; the console never does anything itself.

use super::intent::{ListFormat, ReportFormat};
use super::message::RequestId;
use super::preferences::Mouse;
use crate::domain::approval::ApprovedPlan;
use crate::domain::extract::Extract;
use crate::domain::glance::Question;
use crate::domain::operation::OperationId;
use crate::domain::parity::Comparison;
use crate::domain::plan::Plan;
use crate::domain::report::Report;
use crate::domain::resource::ResourceId;
use crate::domain::sketch::Sketches;
use crate::domain::sku::Tier;
use crate::domain::storage::BackupAddress;
use crate::domain::writing::Wish;

/// One wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Read the inventory: answer with [`super::Msg::Loaded`] and the same id, at last with `Done`. The cache of an
    /// earlier run may be sent first.
    LoadInventory {
        /// The question.
        request: RequestId,
    },
    /// Ask no further for the inventory. What was asked for is not answered with `Done`.
    CancelInventory,
    /// Read the facts about a plan: answer with [`super::Msg::Facts`] and the same id.
    GatherFacts {
        /// The question.
        request: RequestId,
        /// The plan.
        plan: Box<Plan>,
    },
    /// Start an approved plan, once: answer with [`super::Msg::Operation`], also when it cannot be sent.
    Start {
        /// The plan.
        approved: Box<ApprovedPlan>,
        /// The tier of the instance, for the journal.
        tier: Option<Tier>,
    },
    /// Look for what somebody else runs on an instance and watch it: answer with [`super::Msg::Operation`], or
    /// [`super::Msg::Trouble`].
    Attach {
        /// The instance.
        instance: ResourceId,
    },
    /// Compare an instance with its standby: answer with [`super::Msg::Compared`] and the same id.
    Compare {
        /// The question.
        request: RequestId,
        /// The one that is protected.
        source: ResourceId,
        /// The one that is kept to be restored into.
        standby: ResourceId,
        /// The backup whose manifest speaks for the source when Azure does not show it.
        recorded: Option<BackupAddress>,
    },
    /// Look at what operations work on: answer with [`super::Msg::Glanced`] and the same id. Reads only.
    Glance {
        /// The question.
        request: RequestId,
        /// What is to be looked at.
        what: Question,
    },
    /// Keep what is left of drafts for the next start, in place of what was kept before.
    KeepDrafts(Box<Sketches>),
    /// Look for drafts of an earlier run: answer with [`super::Msg::Drafts`], or with [`super::Msg::Trouble`] when they
    /// cannot be read.
    RecallDrafts,
    /// Carry on every unfinished operation of the journal, and tell of the finished ones.
    ResumeAll,
    /// Ask the sender for time to write, or to send no change from now on: answer with [`super::Msg::Writing`].
    Writing(Wish),
    /// Have the terminal report the mouse, or not.
    Mouse(Mouse),
    /// Open an address in the browser of this machine.
    Browse(String),
    /// Put a text on the clipboard; when nothing can carry it answer with [`super::Msg::Uncopied`].
    Copy(String),
    /// Tell somebody who looks elsewhere, in these words.
    Announce(String),
    /// Clear the terminal and draw all of it anew.
    Repaint,
    /// Stop as Ctrl-Z does.
    Suspend,
    /// Leave. Operations go on in Azure.
    Quit,
    /// Read operations of the journal event by event: answer with [`super::Msg::Stories`] and the same id.
    ReadStories {
        /// The question.
        request: RequestId,
        /// Which.
        operations: Vec<OperationId>,
    },
    /// Ask how long the sign-in lasts, which renews a token that is about to end: answer with [`super::Msg::SignedIn`].
    AskSignIn,
    /// Write a note into the journal of an operation: answer with [`super::Msg::Noted`] or [`super::Msg::NotNoted`].
    Note {
        /// The operation.
        operation: OperationId,
        /// The note.
        text: String,
    },
    /// Write a report to a file of its own that only its owner may read: answer with [`super::Msg::ReportWritten`] or
    /// [`super::Msg::Trouble`].
    WriteReport {
        /// The report.
        report: Box<Report>,
        /// How.
        format: ReportFormat,
    },
    /// Write a comparison to a file of its own, as a report.
    WriteComparison {
        /// What was found.
        comparison: Box<Comparison>,
        /// As what.
        format: ReportFormat,
    },
    /// Look for the commands of earlier runs: answer with [`super::Msg::Commands`], or with [`super::Msg::Trouble`] when
    /// they cannot be read.
    RecallCommands,
    /// Keep a command for later runs.
    KeepCommand(String),
    /// Write a list to a file of its own, as a report.
    WriteList {
        /// The list.
        list: Box<Extract>,
        /// As what.
        format: ListFormat,
    },
}
