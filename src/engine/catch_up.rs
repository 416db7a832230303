//! Operations that nobody drives any longer: one look at each, so that what has ended meanwhile, as a nightly backup that
//! nobody waited for, is written down and stands in nobody's way.

use tokio::sync::mpsc::unbounded_channel;

use crate::azure::polling::Answer;
use crate::domain::operation::{OperationEvent, Phase};
use crate::domain::resource::ResourceId;

use super::Engine;
use super::evidence::{self, Proof};
use super::ledger::Ledger;

impl Engine {
    /// Looks once at each operation on an instance that has no verdict and that nobody drives. Never sends one again; a
    /// backup that turns out to have succeeded gets its manifest, and so does the newest one that had succeeded before and
    /// has none. What cannot be told stays as it is.
    pub async fn catch_up(&self, instance: &ResourceId) {
        // Nobody listens: what comes of it is in the journal.
        self.make_up_manifest(instance, unbounded_channel().0).await;
        let open = self.journal.unfinished(instance, self.azure.resource_manager()).unwrap_or_default();
        for one in open.into_iter().filter(|it| it.driven_by.is_none()) {
            // Nobody listens: what comes of it is in the journal.
            let (reports, _) = unbounded_channel();
            match self.take_up(one.id, reports) {
                Ok(mut ledger) => self.glance(&mut ledger).await,
                Err(problem) => tracing::info!(%problem, operation = %one.id, "left as it is"),
            }
        }
    }

    async fn glance(&self, ledger: &mut Ledger) {
        let operation = ledger.operation();
        let verdict = match self.told_by_address(ledger).await {
            Some(verdict) => Some(verdict),
            // While an address speaks for it nothing else does.
            None if operation.phase == Phase::Accepted => None,
            None => match evidence::weigh(operation, &self.look(operation).await.evidence) {
                Proof::Succeeded { evidence } => Some(OperationEvent::Succeeded { evidence }),
                Proof::Failed(problem) => Some(OperationEvent::Failed { problem }),
                Proof::Refused(problem) => Some(OperationEvent::Refused { problem }),
                Proof::Taken | Proof::Nothing => None,
            },
        };
        if let Some(verdict) = verdict {
            ledger.record(verdict);
        }
        self.leave_manifest(ledger).await;
    }

    /// The verdict that the address of an operation tells, if it has one, may be asked already, and tells one.
    async fn told_by_address(&self, ledger: &Ledger) -> Option<OperationEvent> {
        ledger.operation().operation_url.as_ref()?;
        if !self.until_due(ledger.operation()).is_zero() {
            return None;
        }
        match self.ask(ledger.operation()).await {
            Answer::Succeeded { evidence } => Some(OperationEvent::Succeeded { evidence }),
            Answer::Failed(problem) => Some(OperationEvent::Failed { problem }),
            Answer::Running(_) | Answer::Unreadable { .. } => None,
        }
    }
}
