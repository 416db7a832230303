//! The backup as storage shows it now, and where it came from.

use crate::azure::listing::Listing;
use crate::domain::backup::{Backup, Blob, Provenance};
use crate::domain::fact::{Fact, Known};
use crate::domain::manifest;
use crate::domain::plan::RestorePlan;
use crate::domain::provenance::{self, Witnesses};
use crate::domain::storage::StorageAccount;

use super::Reading;
use crate::engine::Engine;
use crate::engine::survey::MANIFEST_LIMIT;

impl Engine {
    pub(super) async fn of_backup(&self, plan: &RestorePlan, how: Listing) -> Vec<Reading> {
        let source = format!("storage HEAD {}", plan.backup);
        let mut deleted = Fact::NotAsked;
        let fact = match self.account_named(&plan.backup.location.account).await {
            Err(why) => self.unknown(why, source),
            Ok(account) => match self.azure.blob(&account, &plan.backup, how).await {
                Err(error) => {
                    if error.is_absent() {
                        let found = self.azure.deleted_blob(&account, &plan.backup, how).await;
                        let source = format!("deleted blobs of {}", plan.backup.location);
                        deleted = self.fact(found, source);
                    }
                    self.unknown(error.unreadable(), source)
                }
                Ok(blob) => {
                    let read_at = self.now();
                    let value = self.identified(plan, blob, &account, how).await;
                    Fact::Known(Known { value, source, read_at })
                }
            },
        };
        vec![Box::new(|facts| facts.backup = fact), Box::new(|facts| facts.deleted = deleted)]
    }

    /// The backup with its origin, by the strongest witness that can be heard now.
    async fn identified(
        &self,
        plan: &RestorePlan,
        blob: Blob,
        account: &StorageAccount,
        how: Listing,
    ) -> Backup {
        let beside = plan.backup.location.at(manifest::name_for(&plan.backup.name));
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
}
