//! Progress that may be lost: what a running operation says between its events.

use jiff::Timestamp;

use super::operation::OperationId;
use super::problem::Problem;

/// One sign of life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pulse {
    /// Whose it is.
    pub operation: OperationId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub beat: Beat,
}

/// What a pulse tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beat {
    /// The next poll is due then.
    NextPoll {
        /// The moment.
        at: Timestamp,
    },
    /// The instance itself was read between polls.
    InstanceRead {
        /// `provisioningState`.
        state: Option<String>,
        /// `targetProvisioningState`.
        target_state: Option<String>,
    },
    /// The instance was seen busy before and is so no longer: the operation has ended, and how is told by its own
    /// address.
    InstanceFree {
        /// When that may be asked again; `None` where no address speaks for it and the activity log has to tell.
        verdict_at: Option<Timestamp>,
    },
    /// The instance could not be read.
    InstanceUnreadable {
        /// Why.
        problem: Problem,
    },
    /// Evidence is being looked for: the activity log, the instance, the blob.
    Looking {
        /// What is looked at, and what was found so far.
        what: String,
    },
    /// The journal could not be written. The operation goes on in Azure; what follows is not recorded.
    JournalFailed {
        /// Why.
        problem: Problem,
    },
}
