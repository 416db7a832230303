//! The backup as storage shows it now, and where it came from.

use crate::azure::listing::Listing;
use crate::domain::backup::{Backup, Blob, Provenance};
use crate::domain::fact::{Fact, Known, Unreadable};
use crate::domain::manifest::Manifest;
use crate::domain::plan::RestorePlan;
use crate::domain::provenance::{self, Witnesses};
use crate::domain::storage::StorageAccount;

use super::Reading;
use crate::engine::Engine;
use crate::engine::manifest::{beside, understood};
use crate::engine::survey::MANIFEST_LIMIT;

impl Engine {
    pub(super) async fn of_backup(&self, plan: &RestorePlan, how: Listing) -> Vec<Reading> {
        let source = format!("storage HEAD {}", plan.backup);
        let (backup, manifest) = match self.account_named(&plan.backup.location.account).await {
            Err(why) => (self.unknown(why.clone(), source.clone()), self.unknown(why, source)),
            Ok(account) => match self.azure.blob(&account, &plan.backup, how).await {
                Err(error) => {
                    let why = error.unreadable();
                    (self.unknown(why.clone(), source.clone()), self.unknown(why, source))
                }
                Ok(blob) => {
                    let read_at = self.now();
                    let (value, manifest) = self.identified(plan, blob, &account, how).await;
                    (Fact::Known(Known { value, source, read_at }), manifest)
                }
            },
        };
        vec![Box::new(|facts| facts.backup = backup), Box::new(|facts| facts.manifest = manifest)]
    }

    /// The backup with its origin, by the strongest witness that can be heard now, and its manifest.
    async fn identified(
        &self,
        plan: &RestorePlan,
        blob: Blob,
        account: &StorageAccount,
        how: Listing,
    ) -> (Backup, Fact<Manifest>) {
        let place = beside(&plan.backup);
        let (body, instances) = futures::join!(
            self.azure.read_blob(account, &place, how, MANIFEST_LIMIT),
            self.instances_by_name()
        );
        let read = body
            .map_err(|error| error.unreadable())
            .and_then(|body| understood(&body).map_err(|problem| Unreadable::NotRecorded(problem.summary)));
        let manifest = self.manifest_fact(read, &blob);
        let journal = self.journal.remembered();
        let operator = (plan.source.provenance == Provenance::Operator).then_some(&plan.source);
        let witnesses =
            Witnesses { manifest: manifest.value(), journal: &journal, instances: &instances, operator };
        (provenance::identify(blob, witnesses), manifest)
    }
}
