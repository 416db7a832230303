//! Everything that can happen to the console, as values in one inbox.

use jiff::Timestamp;

use super::key::Key;
use super::world::SignIn;
use super::world::stories::Told;
use crate::domain::backup::Backup;
use crate::domain::glance::{Glance, Quota};
use crate::domain::instance::Instance;
use crate::domain::operation::{Operation, OperationEvent, OperationId};
use crate::domain::parity::Comparison;
use crate::domain::preflight::Facts;
use crate::domain::problem::Problem;
use crate::domain::pulse::Pulse;
use crate::domain::resource::Subscription;
use crate::domain::sketch::Sketches;
use crate::domain::storage::{Location, StorageAccount};
use crate::domain::writing::Permit;

/// Tells an answer which question it belongs to. A later question has a greater id; answers to superseded questions
/// are dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted (bracketed paste).
    Paste(String),
    /// The terminal has this size.
    Resize {
        /// Columns.
        columns: u16,
        /// Rows.
        rows: u16,
    },
    /// The terminal window gained or lost the focus.
    Focus(Focus),
    /// It is this time. The app sends it first in every batch of messages and whenever [`super::Model::next_tick`]
    /// has passed.
    Tick(Timestamp),
    /// What [`super::view()`] drew is on the screen. Dialogs that start something take no input before it: what was
    /// typed earlier was not meant for them.
    Drawn,
    /// A part of the inventory arrived.
    Loaded {
        /// The question.
        request: RequestId,
        /// The part.
        what: Loaded,
    },
    /// Facts about a plan arrived; more may follow with the same id.
    Facts {
        /// The question.
        request: RequestId,
        /// All facts so far.
        facts: Box<Facts>,
        /// Whether more will come.
        gathering: Gathering,
    },
    /// An instance and its standby were compared.
    Compared {
        /// The question.
        request: RequestId,
        /// What was found.
        comparison: Box<Comparison>,
    },
    /// An operation moved, or was found in the journal (then without an event).
    Operation {
        /// The operation after the event.
        operation: Box<Operation>,
        /// What happened.
        event: Option<OperationEvent>,
        /// When.
        at: Timestamp,
    },
    /// What an earlier run kept of its drafts.
    Drafts(Box<Sketches>),
    /// The commands of earlier runs, the newest last.
    Commands(Vec<String>),
    /// An operation gave a sign of life.
    Pulse(Pulse),
    /// What operations work on was looked at.
    Glanced {
        /// The question.
        request: RequestId,
        /// What was seen.
        glance: Box<Glance>,
    },
    /// Another process holds the lock of an operation's file.
    DrivenElsewhere {
        /// The operation.
        operation: OperationId,
        /// Who: "pid 4711 on host laptop-2".
        by: String,
    },
    /// Commands that the console was started with, as they would be typed behind `:`.
    Open(Vec<String>),
    /// The wheel of the mouse was turned.
    Wheel(Turn),
    /// The first button of the mouse was pressed here, counted from zero.
    Click {
        /// The column.
        column: u16,
        /// The line.
        line: u16,
    },
    /// A text could not be put on the clipboard.
    Uncopied {
        /// The text.
        text: String,
        /// Why.
        problem: Problem,
    },
    /// What the sender lets pass from now on.
    Writing(Permit),
    /// Something went wrong that belongs to nothing above.
    Trouble(Problem),
    /// The journal told of operations.
    Stories {
        /// The question.
        request: RequestId,
        /// What it told.
        told: Vec<Told>,
        /// What could not be read.
        problems: Vec<Problem>,
    },
    /// A note is in the journal.
    Noted {
        /// The operation.
        operation: OperationId,
        /// The note.
        event: OperationEvent,
        /// When.
        at: Timestamp,
    },
    /// A note is not in the journal. Its text is still with the person.
    NotNoted(Problem),
    /// How much may still be asked, as the answers to anything told it.
    Quota {
        /// When.
        at: Timestamp,
        /// What they told.
        quota: Quota,
    },
    /// A token was given: who is signed in, and for how long.
    SignedIn(SignIn),
    /// A report was written.
    ReportWritten {
        /// Its file.
        path: String,
    },
}

/// Which way the wheel was turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Away from the person.
    Up,
    /// Toward the person.
    Down,
}

/// Whether the terminal window has the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Focus {
    /// The terminal never said.
    #[default]
    NotTold,
    /// It has.
    Gained,
    /// It has not.
    Lost,
}

/// Whether more facts will come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gathering {
    /// Some questions are open.
    Open,
    /// All were answered.
    Done,
}

/// A part of the inventory.
#[derive(Clone, Debug)]
pub enum Loaded {
    /// The inventory of an earlier run. Taken only while nothing newer is known.
    Cache(Box<Cached>),
    /// Subscriptions that can be seen.
    Subscriptions(Vec<Subscription>),
    /// A page of instances.
    Instances(Vec<Instance>),
    /// A page of storage accounts.
    Accounts(Vec<StorageAccount>),
    /// A page of backups.
    Backups(Vec<Backup>),
    /// A location was read to its end.
    Listed(Location),
    /// A part could not be read.
    Problem(Problem),
    /// All of it was asked for.
    Done {
        /// When.
        as_of: Timestamp,
    },
}

/// The inventory of an earlier run.
#[derive(Clone, Debug)]
pub struct Cached {
    /// When it was read.
    pub as_of: Timestamp,
    /// Subscriptions.
    pub subscriptions: Vec<Subscription>,
    /// Instances.
    pub instances: Vec<Instance>,
    /// Storage accounts.
    pub accounts: Vec<StorageAccount>,
    /// Backups.
    pub backups: Vec<Backup>,
}
