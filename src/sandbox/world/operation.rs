//! A backup or restore on Azure's side, from acceptance to end.
//!
//! How it will end is decided when it is accepted, but nobody can see that: until then it only says 202.

use jiff::{SignedDuration, Timestamp};

use super::World;
use super::activity::{Event, Step};
use super::storage::{Blob, Matter, Snapshot, etag};

/// The two directions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Direction {
    Backup,
    Restore,
}

/// One operation.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    /// The readable part of its id, e.g. `apim-core-dr_Restore_9783204b`.
    pub(crate) key: String,
    pub(crate) direction: Direction,
    /// Key of [`World::instances`].
    pub(crate) instance: String,
    pub(crate) place: Place,
    /// The greatest of all times for one that never ends.
    pub(crate) ends: Timestamp,
    pub(crate) end: End,
    pub(crate) finished: bool,
    /// How late the activity log is.
    pub(crate) log_delay: SignedDuration,
    pub(crate) correlation: String,
    pub(crate) client_request: String,
    /// Who began it, when it was not the person at the console.
    pub(crate) other_caller: Option<String>,
    /// How many addresses were given out for it.
    pub(crate) addresses: u64,
}

/// Where the backup lies, or will lie.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) account: String,
    pub(crate) container: String,
    pub(crate) blob: String,
}

/// What will have happened at the end.
#[derive(Clone, Debug)]
pub(crate) enum End {
    /// The blob is written.
    Written { length: u64, snapshot: Snapshot },
    /// The instance holds what the backup held.
    Restored(Snapshot),
    /// It came to nothing; a poll says why.
    Failed {
        code: String,
        message: String,
        /// The state that the instance is left in, when it is not the one it had.
        leaves: Option<String>,
    },
}

impl Direction {
    /// The token in operation ids.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Direction::Backup => "Backup",
            Direction::Restore => "Restore",
        }
    }

    /// The RBAC action, also the name in the activity log.
    pub(crate) fn action(self) -> &'static str {
        match self {
            Direction::Backup => "Microsoft.ApiManagement/service/backup/action",
            Direction::Restore => "Microsoft.ApiManagement/service/restore/action",
        }
    }
}

impl End {
    /// The word for tests.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            End::Written { .. } => "written",
            End::Restored(_) => "restored",
            End::Failed { .. } => "failed",
        }
    }
}

impl Operation {
    /// Whether it should have ended by `now` and has not.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        !self.finished && self.ends <= now
    }
}

impl World {
    /// Starts an operation: the instance is busy from now on, and the activity log will tell.
    pub(crate) fn begin(&mut self, operation: Operation, now: Timestamp) {
        if let Some(instance) = self.instances.get_mut(&operation.instance) {
            // Recorded: the state stays what it was and only the target moves.
            instance.target_state = "Updating".to_owned();
        }
        self.tell(&operation, now, Step::Started);
        // A moment later, so that the two events have an order and ids of their own.
        self.tell(&operation, now + SignedDuration::from_millis(1), Step::Accepted);
        self.operations.insert(operation.key.clone(), operation);
    }

    /// Ends an operation: what it was for happens now.
    pub(super) fn finish(&mut self, id: &str) {
        let Some(operation) = self.operations.get_mut(id) else { return };
        operation.finished = true;
        let operation = operation.clone();
        let at = operation.ends;
        let revision = self.next_revision();
        if let Some(instance) = self.instances.get_mut(&operation.instance) {
            instance.target_state.clear();
            instance.revision = revision;
            match &operation.end {
                End::Restored(snapshot) => {
                    instance.content = snapshot.content.clone();
                    instance.state = "Succeeded".to_owned();
                }
                End::Failed { leaves: Some(state), .. } => instance.state = state.clone(),
                End::Written { .. } | End::Failed { leaves: None, .. } => {}
            }
        }
        if let End::Written { length, snapshot } = &operation.end {
            self.write_backup(id, &operation, *length, snapshot.clone());
        }
        let step = match &operation.end {
            End::Written { .. } | End::Restored(_) => Step::Succeeded,
            End::Failed { code, message, .. } => {
                Step::Failed(serde_json::json!({ "error": { "code": code, "message": message } }).to_string())
            }
        };
        self.tell(&operation, at, step);
    }

    fn write_backup(&mut self, id: &str, operation: &Operation, length: u64, snapshot: Snapshot) {
        let place = &operation.place;
        let Some(account) = self.accounts.get_mut(&place.account) else { return };
        let Some(container) = account.containers.get_mut(&place.container) else { return };
        let matter = Matter::Backup { length, snapshot: Box::new(snapshot) };
        let blob = Blob::new(etag(self.seed, id), operation.ends, matter);
        container.blobs.insert(place.blob.clone(), blob);
    }

    fn tell(&mut self, operation: &Operation, at: Timestamp, step: Step) {
        let Some(instance) = self.instances.get(&operation.instance) else { return };
        self.events.push(Event {
            resource: instance.id.clone(),
            action: operation.direction.action().to_owned(),
            step,
            at,
            visible: at.saturating_add(operation.log_delay).unwrap_or(at),
            correlation: operation.correlation.clone(),
            other_caller: operation.other_caller.clone(),
            client_request: operation.client_request.clone(),
        });
    }
}
