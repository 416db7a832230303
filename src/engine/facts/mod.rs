//! What preflight rules look at, read at once and handed over as it arrives. What cannot be read becomes unknown, with
//! the reason; nothing here fails.

mod aftermath;
mod backup;
mod log;
mod storage;
mod target;

use futures::StreamExt;
use futures::future::{BoxFuture, FutureExt};
use futures::stream::FuturesUnordered;
use jiff::Timestamp;

use crate::azure::error::AzureError;
use crate::azure::listing::Listing;
use crate::domain::fact::{Fact, Known, Unknown, Unreadable};
use crate::domain::plan::Plan;
use crate::domain::preflight::{Facts, identity_of};

use super::Engine;
use aftermath::Later;
use backup::Origin;

/// One answer, as a change to the facts.
type Reading = Box<dyn FnOnce(&mut Facts) + Send>;

/// The object id that will knock at storage, as far as it is known yet.
fn principal(plan: &Plan, facts: &Facts) -> Option<String> {
    identity_of(facts.instance.value()?, plan.access())?.principal
}

impl Engine {
    /// Reads everything that the rules need to judge a plan, and calls `sink` after each answer. `how` is the way in
    /// which the backup's container is read.
    pub async fn facts(&self, plan: &Plan, how: Listing, mut sink: impl FnMut(&Facts) + Send) -> Facts {
        let mut facts = Facts::default();
        let mut readings: FuturesUnordered<BoxFuture<'_, Vec<Reading>>> = FuturesUnordered::new();
        readings.push(self.of_instance(plan).boxed());
        readings.push(self.of_workspaces(plan).boxed());
        readings.push(self.of_permissions(plan).boxed());
        readings.push(self.of_account(plan).boxed());
        readings.push(self.of_journal(plan).boxed());
        readings.push(self.of_session().boxed());
        readings.push(std::future::ready(self.of_past(plan)).boxed());
        readings.push(self.of_locks(plan).boxed());
        match plan {
            Plan::Backup(backup) => {
                readings.push(self.of_logs(plan, None).boxed());
                readings.push(self.of_place(backup, how).boxed());
            }
            Plan::Restore(restore) => {
                readings.push(std::future::ready(self.of_mark(plan)).boxed());
                readings.push(self.of_traffic(plan).boxed());
                // Several readings begin with what the backup is; it is read once.
                let origin = self.origin(restore, how).boxed().shared();
                readings.push(origin.clone().map(Origin::readings).boxed());
                let known = origin.clone();
                readings.push(async move { self.of_logs(plan, Some(&known.await)).await }.boxed());
                readings.push(async move { self.of_tier(restore, &origin.await).await }.boxed());
            }
        }
        let mut roles_asked = false;
        let mut later = Later::default();
        while let Some(changes) = readings.next().await {
            for change in changes {
                change(&mut facts);
            }
            sink(&facts);
            // Whose roles to ask for is only known when the instance has told its identities.
            if let Some(principal) = principal(plan, &facts).filter(|_| !roles_asked) {
                roles_asked = true;
                readings.push(self.of_roles(plan, principal).boxed());
            }
            if let Plan::Restore(restore) = plan {
                readings.extend(self.of_aftermath(restore, &facts, &mut later));
            }
        }
        facts
    }

    async fn of_instance(&self, plan: &Plan) -> Vec<Reading> {
        let id = plan.instance();
        let read = self.azure.instance_and_settings(id).await;
        let both = self.fact(read, format!("ARM GET {}", id.name()));
        let (instance, settings) = (both.map(|(it, _)| it.clone()), both.map(|(_, it)| it.clone()));
        vec![Box::new(|facts| facts.instance = instance), Box::new(|facts| facts.settings = settings)]
    }

    async fn of_workspaces(&self, plan: &Plan) -> Vec<Reading> {
        let id = plan.instance();
        let read = self.azure.workspaces(id).await;
        let fact = self.fact(read, format!("ARM GET {}/workspaces", id.name()));
        vec![Box::new(|facts| facts.workspaces = fact)]
    }

    async fn of_permissions(&self, plan: &Plan) -> Vec<Reading> {
        let id = plan.instance();
        let read = self.azure.permissions(id).await;
        let fact = self.fact(read, format!("ARM permissions on {}", id.name()));
        vec![Box::new(|facts| facts.permissions = fact)]
    }

    async fn of_journal(&self, plan: &Plan) -> Vec<Reading> {
        let source = "the journal on this machine".to_owned();
        let fact = match self.journal.unfinished(plan.instance(), self.azure.resource_manager()) {
            Ok(value) => Fact::Known(Known { value, source, read_at: self.now() }),
            Err(error) => self.unknown(Unreadable::NotRecorded(error.to_string()), source),
        };
        vec![Box::new(|facts| facts.unfinished = fact)]
    }

    pub(super) fn fact<T>(&self, read: Result<T, AzureError>, source: String) -> Fact<T> {
        match read {
            Ok(value) => Fact::Known(Known { value, source, read_at: self.now() }),
            Err(error) => self.unknown(error.unreadable(), source),
        }
    }

    fn unknown<T>(&self, reason: Unreadable, source: String) -> Fact<T> {
        let asked_at: Timestamp = self.now();
        Fact::Unknown(Unknown { reason, source, asked_at })
    }
}
