//! The files that this process drives, so that what a person has to say finds its way into one while a task of its own
//! holds its lock.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use jiff::Timestamp;

use crate::domain::operation::remark::remark;
use crate::domain::operation::{OperationEvent, OperationId};
use crate::domain::problem::Problem;
use crate::journal::error::JournalError;
use crate::journal::operation_file::OperationFile;

use super::Engine;

/// A file with its lock, held by its driver and, for as long as a note takes, by whoever writes one.
pub(super) type SharedFile = Arc<Mutex<OperationFile>>;

/// The files that are driven here. It keeps none of them open.
#[derive(Default)]
pub(super) struct Desk(Mutex<HashMap<OperationId, Weak<Mutex<OperationFile>>>>);

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Desk")
    }
}

/// Takes the lock of a file. A task that panicked has left it as a failed write would, which it knows itself.
pub(super) fn held(file: &Mutex<OperationFile>) -> MutexGuard<'_, OperationFile> {
    file.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    /// Remembers a file as long as its driver has it.
    pub(super) fn admit(&self, file: &SharedFile) {
        let id = held(file).operation().id();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, file| file.strong_count() > 0);
        all.insert(id, Arc::downgrade(file));
    }

    fn find(&self, id: OperationId) -> Option<SharedFile> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&id).and_then(Weak::upgrade)
    }
}

impl Engine {
    /// Writes down what a person has to say about an operation, and gives it back with its time: through the driver when
    /// this process drives it, else under its lock. It is on the disk when this returns.
    ///
    /// # Errors
    /// It is no note, another process drives the operation, there is none with this id, or it cannot be written.
    pub fn note(
        &self,
        id: OperationId,
        text: &str,
        person: &str,
    ) -> Result<(OperationEvent, Timestamp), Problem> {
        let event = remark(text, person).map_err(|bad| Problem::usage(format!("Not noted: {bad}")))?;
        let at = self.now();
        let written = match self.desk.find(id) {
            Some(file) => held(&file).append(at, &event),
            None => self.journal.annotate(id, at, &event).map(|_| ()),
        };
        written.map_err(|error| not_noted(&error))?;
        Ok((event, at))
    }
}

/// Why a note was not written down, and where it can be.
pub fn not_noted(error: &JournalError) -> Problem {
    match error {
        JournalError::Busy(driver) => Problem::new(format!("Not noted: the operation is driven by {driver}"))
            .meaning("Only who drives an operation writes its journal")
            .next("Note it in that console (6, then +), or here once that one has ended"),
        other => {
            let problem = other.problem();
            Problem { summary: format!("Not noted: {}", problem.summary), ..problem }
        }
    }
}

#[cfg(test)]
mod tests;
