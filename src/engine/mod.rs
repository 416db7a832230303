//! Carries an operation from an approved plan to its verdict, and takes it up again after a crash.
//!
//! The order of things is the whole point: the intent is on the disk before the request leaves, the address is on the
//! disk before anybody hears of it, and no way through this room sends a request twice. Both faces of the program use
//! it; they hear of an operation through [`Report`]s and never hold its state.
//!
//! - `launch`: the one POST and what its answer means.
//! - `watch`: asking the operation's address until it tells the end. `pace`: how closely the instance is watched.
//! - `resolve`: what to do when no address tells: look for evidence, until then say UNKNOWN.
//! - `catch_up`: one look at what nobody drives any longer.
//! - `evidence`: what the evidence proves. Pure.
//! - `attach`: watching what somebody else has begun. `deeds`: what the activity log tells, put together.
//! - `desk`: what is driven here, for the notes of people.
//! - `ledger`: every event goes to the journal first and to the faces then.
//! - [`survey`]: the inventory, as it arrives. `facts`: what preflight rules look at; [`sweep`]: of many plans at once.
//! - `glance`: what a person who watches wants to see beside the operation.
//! - [`parity`]: an instance beside its standby. `portrait`: what is compared of one.

mod attach;
mod catch_up;
mod deeds;
mod desk;
mod evidence;
mod facts;
mod glance;
mod known;
mod launch;
mod ledger;
mod manifest;
mod pace;
pub mod parity;
mod portrait;
mod resolve;
#[cfg(test)]
mod simulation;
pub mod survey;
pub mod sweep;
mod watch;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;

use crate::azure::polling::Bounds;
use crate::azure::{Azure, Clock};
use crate::domain::approval::ApprovedPlan;
use crate::domain::instance::Mark;
use crate::domain::operation::{Operation, OperationEvent, OperationId, Phase};
use crate::domain::problem::Problem;
use crate::domain::pulse::Pulse;
use crate::domain::resource::ResourceId;
use crate::domain::sku::Tier;
use crate::journal::Journal;

use desk::Desk;
pub use desk::not_noted;
use known::Known;
use ledger::Ledger;

/// What drives operations. Cheap to clone; any number of operations run at once, each as the caller's own task.
#[derive(Clone)]
pub struct Engine {
    azure: Azure,
    journal: Journal,
    clock: Clock,
    bounds: Bounds,
    known: Arc<Known>,
    desk: Arc<Desk>,
    /// Names and ids of the instances that the configuration marks, in lower case; `None` without a configuration.
    marks: Option<Arc<BTreeMap<String, Mark>>>,
}

/// What a face hears of an operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    /// The operation after an event that is in the journal, with the event and its time. Without an event it is the
    /// operation as it was found when it was taken over.
    Operation(Box<Operation>, Option<OperationEvent>, Timestamp),
    /// Progress that may be lost.
    Pulse(Pulse),
}

/// Where reports go. A face that has gone stops nothing.
pub type Reports = UnboundedSender<Report>;

/// How it ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The operation as it stands: with its verdict, or in a phase that no evidence could settle for now. Resuming it
    /// later looks again.
    Stands(Box<Operation>),
    /// It was not touched: another console drives it, it is of another cloud, or its file cannot be read.
    NotTaken(Problem),
}

impl Engine {
    /// An engine on these rooms.
    pub fn new(azure: Azure, journal: Journal, clock: Clock, bounds: Bounds) -> Self {
        Self { azure, journal, clock, bounds, known: Arc::default(), desk: Arc::default(), marks: None }
    }

    /// The same, told how instances are marked, by name or resource id.
    #[must_use]
    pub fn marking(mut self, marks: impl IntoIterator<Item = (String, Mark)>) -> Self {
        let mut all: BTreeMap<String, Mark> = BTreeMap::new();
        for (name, mark) in marks {
            let known = all.entry(name.to_ascii_lowercase()).or_default();
            *known = mark.max(*known);
        }
        self.marks = Some(Arc::new(all));
        self
    }

    /// What is said of an instance; `None` when nobody told of marks at all.
    fn mark_of(&self, id: &ResourceId) -> Option<Mark> {
        let marks = self.marks.as_ref()?;
        let found = [id.as_str(), id.name()].map(|it| marks.get(&it.to_ascii_lowercase()).copied());
        Some(found.into_iter().flatten().max().unwrap_or_default())
    }

    /// Sends an approved plan, once, and watches it to its end. `tier` is that of the instance, for the journal.
    ///
    /// Dropping the future ends the watching and nothing else: the operation goes on in Azure, and [`Self::resume`]
    /// takes it up again.
    pub async fn run(
        &self,
        approved: ApprovedPlan,
        id: OperationId,
        tier: Option<Tier>,
        reports: Reports,
    ) -> Outcome {
        let operation = match self.launch(&approved, id, tier, reports).await {
            Ok((mut ledger, wait)) => {
                self.carry(&mut ledger, wait).await;
                ledger.into_operation()
            }
            Err(unsent) => *unsent,
        };
        Outcome::Stands(Box::new(operation))
    }

    /// Takes up an operation of the journal and watches it to its end. Never sends anything. One that has its verdict is
    /// given back as it is.
    pub async fn resume(&self, id: OperationId, reports: Reports) -> Outcome {
        match self.journal.read(id) {
            Err(error) => return Outcome::NotTaken(error.problem()),
            Ok(listed) if listed.operation.phase.is_final() => {
                return Outcome::Stands(Box::new(listed.operation));
            }
            Ok(_) => {}
        }
        let mut ledger = match self.take_up(id, reports) {
            Ok(ledger) => ledger,
            Err(problem) => return Outcome::NotTaken(problem),
        };
        let wait = self.until_due(ledger.operation());
        self.carry(&mut ledger, wait).await;
        Outcome::Stands(Box::new(ledger.into_operation()))
    }

    /// The operations of this cloud that have no verdict, oldest first, driven by others or by nobody.
    pub fn unfinished(&self) -> Vec<Operation> {
        let (listed, _) = self.journal.list();
        let open = |it: &Operation| !it.phase.is_final() && self.is_of_this_cloud(it);
        listed.into_iter().map(|it| it.operation).filter(open).collect()
    }

    /// Watches until nothing more can be learnt.
    async fn carry(&self, ledger: &mut Ledger, first_wait: std::time::Duration) {
        let mut wait = first_wait;
        loop {
            match ledger.operation().phase {
                Phase::Accepted => self.watch(ledger, wait).await,
                Phase::Untracked | Phase::Unconfirmed => match self.resolve(ledger).await {
                    resolve::Resolved::Tracked { wait: next } => wait = next,
                    resolve::Resolved::Settled => {}
                    resolve::Resolved::Open => return,
                },
                Phase::Planned
                | Phase::Submitting
                | Phase::Succeeded
                | Phase::Failed
                | Phase::Refused
                | Phase::NotSent => break,
            }
        }
        self.leave_manifest(ledger).await;
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Whether an operation was started at the Resource Manager that this engine speaks to. An address of another one,
    /// perhaps out of an imported file, is never asked with this token.
    fn is_of_this_cloud(&self, operation: &Operation) -> bool {
        operation.intent.resource_manager == self.azure.resource_manager()
    }
}
