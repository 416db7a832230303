//! What preflight rules look at, read at once and handed over as it arrives. What cannot be read becomes unknown, with
//! the reason; nothing here fails.

mod aftermath;
mod backup;

use futures::StreamExt;
use futures::future::{BoxFuture, FutureExt};
use futures::stream::FuturesUnordered;
use jiff::Timestamp;

use crate::azure::error::AzureError;
use crate::azure::listing::Listing;
use crate::domain::fact::{Fact, Known, Unknown, Unreadable};
use crate::domain::plan::Plan;
use crate::domain::preflight::Facts;

use super::Engine;
use aftermath::Later;

/// One answer, as a change to the facts.
type Reading = Box<dyn FnOnce(&mut Facts) + Send>;

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
        if let Plan::Restore(restore) = plan {
            readings.push(self.of_backup(restore, how).boxed());
        }
        let mut later = Later::default();
        while let Some(changes) = readings.next().await {
            for change in changes {
                change(&mut facts);
            }
            sink(&facts);
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

    async fn of_account(&self, plan: &Plan) -> Vec<Reading> {
        let name = &plan.address().location.account;
        let (account, permissions) = match self.account_named(name).await {
            Err(why) => {
                let source = format!("ARM list of storage accounts, looking for {name}");
                (self.unknown(why.clone(), source.clone()), self.unknown(why, source))
            }
            Ok(met) => {
                let (account, permissions) =
                    futures::join!(self.azure.storage_account(&met.id), self.azure.permissions(&met.id));
                let account = self.fact(account, format!("ARM GET {name}"));
                (account, self.fact(permissions, format!("ARM permissions on {name}")))
            }
        };
        vec![
            Box::new(|facts| facts.account = account),
            Box::new(|facts| facts.account_permissions = permissions),
        ]
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
