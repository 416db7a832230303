//! The beginning of an operation: intent, one POST, one of four answers. And the beginning after a crash.

use std::time::Duration;

use secrecy::SecretString;

use crate::azure::polling;
use crate::azure::sending::Sent;
use crate::domain::approval::ApprovedPlan;
use crate::domain::operation::{Intent, Operation, OperationEvent, OperationId, Phase, Purpose};
use crate::domain::plan::{Access, Plan};
use crate::domain::problem::Problem;
use crate::domain::sku::Tier;
use crate::journal::error::JournalError;

use super::ledger::Ledger;
use super::{Engine, Report, Reports};

impl Engine {
    /// Writes the intent, sends the request, records what became of it. Gives the time until the first poll too.
    ///
    /// # Errors
    /// The journal could not be begun: the operation, which was not sent.
    pub(super) async fn launch(
        &self,
        approved: &ApprovedPlan,
        id: OperationId,
        tier: Option<Tier>,
        reports: Reports,
    ) -> Result<(Ledger, Duration), Box<Operation>> {
        let plan = approved.plan();
        let purpose = Purpose::of(plan, self.mark_of(plan.instance()).unwrap_or_default());
        let intent = Operation::intend(id, approved, self.azure.resource_manager(), tier);
        let intent = Intent { purpose, ..intent };
        let planned = OperationEvent::Planned(Box::new(intent.clone()));
        let file = match self.journal.begin(intent.clone(), approved.despite(), self.now()) {
            Ok(file) => file,
            Err(error) => {
                return Err(self.unrecorded(Operation::planned(intent, self.now()), &error, &reports));
            }
        };
        let mut ledger = Ledger::new(file, reports, self.clock.clone());
        self.desk.admit(ledger.file());
        ledger.show(Some(planned));
        let mut wait = self.bounds.absent;
        match self.ready_for(plan).await {
            Err(problem) => ledger.record(OperationEvent::NotSent { problem }),
            Ok(key) => match ledger.commit(OperationEvent::Submitting) {
                Err(error) => ledger.record(OperationEvent::NotSent { problem: no_intent(&error) }),
                Ok(()) => wait = self.send(&mut ledger, plan, key).await,
            },
        }
        Ok((ledger, wait))
    }

    /// The one POST. The key lives for its duration and nowhere else.
    async fn send(&self, ledger: &mut Ledger, plan: &Plan, key: Option<SecretString>) -> Duration {
        let request = plan.request(self.azure.resource_manager());
        let sent = self.azure.start(&request, key.as_ref(), ledger.operation().id()).await;
        drop(key);
        let mut retry_after = None;
        ledger.record(match sent {
            Sent::Accepted(accepted) => {
                retry_after = accepted.retry_after;
                OperationEvent::Accepted(accepted)
            }
            Sent::Done { evidence } => OperationEvent::Succeeded { evidence },
            Sent::NotSent(problem) => OperationEvent::NotSent { problem },
            Sent::Refused(problem) => OperationEvent::Refused { problem },
            Sent::Unconfirmed(problem) => OperationEvent::Unconfirmed { problem },
        });
        polling::wait(retry_after, &self.bounds)
    }

    /// Has everything at hand that the request needs, and gives the key when it needs one.
    async fn ready_for(&self, plan: &Plan) -> Result<Option<SecretString>, Problem> {
        let key = self.key_for(plan).await?;
        self.azure.make_ready().await?;
        Ok(key)
    }

    /// The account key, for a plan that needs one, read at the last moment.
    async fn key_for(&self, plan: &Plan) -> Result<Option<SecretString>, Problem> {
        if *plan.access() != Access::Key {
            return Ok(None);
        }
        let name = &plan.address().location.account;
        let account = self.account_named(name).await.map_err(|why| {
            Problem::new(format!("The storage account {name} is not found, so its key is not known"))
                .about(name.clone())
                .meaning(format!("Nothing was sent: {why}"))
                .next("Use a managed identity, or ask for a reading role on the account")
        })?;
        let key = self.azure.account_key(&account).await.map_err(|error| {
            let problem = error.problem();
            let meaning = format!("Nothing was sent: without the key of {name} the request cannot be made");
            Problem { meaning: Some(meaning), ..problem }
        })?;
        Ok(Some(key))
    }

    /// An operation whose intent is on no disk is not sent, and only the faces hear of it.
    fn unrecorded(
        &self,
        mut operation: Operation,
        error: &JournalError,
        reports: &Reports,
    ) -> Box<Operation> {
        let event = OperationEvent::NotSent { problem: no_intent(error) };
        let at = self.now();
        if let Err(illegal) = operation.apply(at, &event) {
            tracing::error!(%illegal, "an operation that was never sent");
        }
        let operation = Box::new(operation);
        // Nobody listens any more: nothing was sent all the same.
        let _ = reports.send(Report::Operation(operation.clone(), Some(event), at));
        operation
    }

    /// Takes an operation of the journal over, and says what a crash left open.
    ///
    /// # Errors
    /// It is not ours to drive: why.
    pub(super) fn take_up(&self, id: OperationId, reports: Reports) -> Result<Ledger, Problem> {
        let listed = self.journal.read(id).map_err(|error| error.problem())?;
        if !self.is_of_this_cloud(&listed.operation) {
            return Err(foreign(&listed.operation, self.azure.resource_manager()));
        }
        let file = self.journal.take_over(id, self.now()).map_err(|error| error.problem())?;
        let mut ledger = Ledger::new(file, reports, self.clock.clone());
        self.desk.admit(ledger.file());
        ledger.show(None);
        let what = ledger.operation().intent.work.to_string();
        match (ledger.operation().phase, ledger.damage()) {
            (Phase::Planned, None) => ledger.record(OperationEvent::NotSent { problem: never_sent(&what) }),
            // A lost record may have said that the request was about to leave.
            (Phase::Planned, Some(damage)) => {
                ledger.record(OperationEvent::Submitting);
                ledger.record(OperationEvent::Unconfirmed { problem: lost_record(&what, &damage) });
            }
            (Phase::Submitting, _) => {
                ledger.record(OperationEvent::Unconfirmed { problem: lost_answer(&what) });
            }
            _ => {}
        }
        Ok(ledger)
    }
}

fn no_intent(error: &JournalError) -> Problem {
    let cause = error.problem();
    if matches!(error, JournalError::Unfinished(_) | JournalError::Obscured(_)) {
        return Problem { summary: format!("Not sent: {}", cause.summary), ..cause };
    }
    Problem {
        summary: format!("Not sent: the journal cannot be written ({})", cause.summary),
        meaning: Some("Nothing has changed in Azure: without a record on disk nothing is sent".into()),
        ..cause
    }
}

fn never_sent(what: &str) -> Problem {
    Problem::new(format!("The {what} was never sent"))
        .meaning("The console ended before the request left; nothing has changed in Azure")
        .next("Plan it again if it is still wanted")
}

fn lost_answer(what: &str) -> Problem {
    Problem::new(format!("Whether Azure took the {what} is not known"))
        .meaning("The console ended while the request was under way; it may be running")
        .next("Wait for the evidence that is being looked for; do not start another one before")
}

fn lost_record(what: &str, damage: &str) -> Problem {
    Problem::new(format!("Whether the {what} was sent is not known"))
        .meaning(format!("Its journal was damaged: {damage}"))
        .next("Wait for the evidence that is being looked for; do not start another one before")
}

fn foreign(operation: &Operation, here: &str) -> Problem {
    let there = &operation.intent.resource_manager;
    Problem::new(format!("The operation was started at {there}, and this console speaks to {here}"))
        .about(operation.id().to_string())
        .next("Start the console with the cloud that it belongs to")
}
