//! The backup as storage shows it now, and where it came from.

use crate::azure::listing::Listing;
use crate::domain::backup::{Backup, Blob, Deleted, Provenance};
use crate::domain::fact::{Fact, Known, Unreadable};
use crate::domain::manifest::{self, Manifest};
use crate::domain::plan::RestorePlan;
use crate::domain::provenance::{self, Witnesses};
use crate::domain::storage::StorageAccount;

use super::Reading;
use crate::engine::Engine;
use crate::engine::survey::MANIFEST_LIMIT;

/// What other readings need to know of the backup.
#[derive(Clone)]
pub(super) struct Origin {
    /// The backup, with where it came from.
    pub(super) backup: Fact<Backup>,
    /// The platform of its source at that time.
    platform: Fact<String>,
    /// A deleted blob of its name that is still kept; only asked where it is not there.
    deleted: Fact<Option<Deleted>>,
}

impl Engine {
    pub(super) async fn origin(&self, plan: &RestorePlan, how: Listing) -> Origin {
        let source = format!("storage HEAD {}", plan.backup);
        let unread = |why: Unreadable| Origin {
            backup: self.unknown(why.clone(), source.clone()),
            platform: self.unknown(why, source.clone()),
            deleted: Fact::NotAsked,
        };
        let account = match self.account_named(&plan.backup.location.account).await {
            Err(why) => return unread(why),
            Ok(account) => account,
        };
        match self.azure.blob(&account, &plan.backup, how).await {
            Err(error) if error.is_absent() => {
                let found = self.azure.deleted_blob(&account, &plan.backup, how).await;
                let deleted = self.fact(found, format!("deleted blobs of {}", plan.backup.location));
                Origin { deleted, ..unread(error.unreadable()) }
            }
            Err(error) => unread(error.unreadable()),
            Ok(blob) => {
                let read_at = self.now();
                let (value, manifest) = self.identified(plan, blob, &account, how).await;
                Origin {
                    backup: Fact::Known(Known { value, source, read_at }),
                    platform: self.platform(manifest.as_ref()),
                    deleted: Fact::NotAsked,
                }
            }
        }
    }

    fn platform(&self, manifest: Option<&Manifest>) -> Fact<String> {
        let source = "the manifest beside the backup".to_owned();
        match manifest.and_then(|it| it.source.platform_version.clone()) {
            Some(value) => Fact::Known(Known { value, source, read_at: self.now() }),
            None => self.unknown(Unreadable::NotRecorded("no manifest tells it".to_owned()), source),
        }
    }

    /// The backup with its origin, by the strongest witness that can be heard now, and the manifest that speaks of it.
    async fn identified(
        &self,
        plan: &RestorePlan,
        blob: Blob,
        account: &StorageAccount,
        how: Listing,
    ) -> (Backup, Option<Manifest>) {
        let beside = plan.backup.location.at(manifest::name_for(&plan.backup.name));
        let (manifest, instances) = futures::join!(
            self.azure.read_blob(account, &beside, how, MANIFEST_LIMIT),
            self.instances_by_name()
        );
        let manifest: Option<Manifest> = manifest.ok().and_then(|body| serde_json::from_slice(&body).ok());
        let manifest = manifest.filter(|it| it.speaks_of(&blob));
        let journal = self.journal.remembered();
        let operator = (plan.source.provenance == Provenance::Operator).then_some(&plan.source);
        let witnesses = Witnesses {
            manifest: manifest.as_ref(),
            journal: &journal,
            logged: None,
            instances: &instances,
            operator,
        };
        let found = provenance::identify(blob, witnesses);
        if matches!(found.source.provenance, Provenance::Manifest | Provenance::Journal) {
            return (found, manifest);
        }
        let logged = self.logged(&found.blob, &found.source, &account.id, &instances).await;
        let witnesses = Witnesses { logged: logged.as_ref(), ..witnesses };
        (provenance::identify(found.blob, witnesses), manifest)
    }
}

impl Origin {
    /// As changes to the facts.
    pub(super) fn readings(self) -> Vec<Reading> {
        vec![
            Box::new(|facts| facts.backup = self.backup),
            Box::new(|facts| facts.platform_then = self.platform),
            Box::new(|facts| facts.deleted = self.deleted),
        ]
    }
}
