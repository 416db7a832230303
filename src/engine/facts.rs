//! What preflight rules look at, read at once and handed over as it arrives. What cannot be read becomes unknown, with
//! the reason; nothing here fails.

use futures::StreamExt;
use futures::future::{BoxFuture, FutureExt};
use futures::stream::FuturesUnordered;
use jiff::Timestamp;

use crate::azure::error::AzureError;
use crate::azure::listing::Listing;
use crate::domain::backup::{Backup, Provenance};
use crate::domain::fact::{Fact, Known, Unknown, Unreadable};
use crate::domain::plan::{Plan, RestorePlan};
use crate::domain::preflight::Facts;
use crate::domain::provenance::{self, Witnesses};
use crate::domain::storage::StorageAccount;

use super::Engine;
use super::survey::MANIFEST_LIMIT;

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
        while let Some(changes) = readings.next().await {
            for change in changes {
                change(&mut facts);
            }
            sink(&facts);
        }
        facts
    }

    async fn of_instance(&self, plan: &Plan) -> Vec<Reading> {
        let id = plan.instance();
        let read = self.azure.instance(id).await;
        let fact = self.fact(read, format!("ARM GET {}", id.name()));
        vec![Box::new(|facts| facts.instance = fact)]
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

    async fn of_backup(&self, plan: &RestorePlan, how: Listing) -> Vec<Reading> {
        let source = format!("storage HEAD {}", plan.backup);
        let fact = match self.account_named(&plan.backup.location.account).await {
            Err(why) => self.unknown(why, source),
            Ok(account) => match self.azure.blob(&account, &plan.backup, how).await {
                Err(error) => self.unknown(error.unreadable(), source),
                Ok(blob) => {
                    let read_at = self.now();
                    let value = self.identified(plan, blob, &account, how).await;
                    Fact::Known(Known { value, source, read_at })
                }
            },
        };
        vec![Box::new(|facts| facts.backup = fact)]
    }

    /// The backup with its origin, by the strongest witness that can be heard now.
    async fn identified(
        &self,
        plan: &RestorePlan,
        blob: crate::domain::backup::Blob,
        account: &StorageAccount,
        how: Listing,
    ) -> Backup {
        let beside = plan.backup.location.at(crate::domain::manifest::name_for(&plan.backup.name));
        let (manifest, instances) = futures::join!(
            self.azure.read_blob(account, &beside, how, MANIFEST_LIMIT),
            self.instances_by_name()
        );
        let manifest = manifest.ok().and_then(|body| serde_json::from_slice(&body).ok());
        let journal = self.journal.remembered();
        let operator = (plan.source.provenance == Provenance::Operator).then_some(&plan.source);
        let witnesses =
            Witnesses { manifest: manifest.as_ref(), journal: &journal, instances: &instances, operator };
        provenance::identify(blob, witnesses)
    }

    fn fact<T>(&self, read: Result<T, AzureError>, source: String) -> Fact<T> {
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
