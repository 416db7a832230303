//! The backup as storage shows it now, and where it came from.

use crate::azure::listing::Listing;
use crate::domain::backup::{Backup, Blob, Deleted, Provenance};
use crate::domain::fact::{Fact, Known, Unknown, Unreadable};
use crate::domain::manifest::Manifest;
use crate::domain::plan::RestorePlan;
use crate::domain::provenance::{self, Witnesses};
use crate::domain::storage::StorageAccount;

use super::Reading;
use crate::engine::Engine;
use crate::engine::manifest::{beside, understood};
use crate::engine::survey::MANIFEST_LIMIT;

/// What other readings need to know of the backup.
#[derive(Clone)]
pub(super) struct Origin {
    /// The backup, with where it came from.
    pub(super) backup: Fact<Backup>,
    /// The manifest beside it, when it is to be believed.
    manifest: Fact<Manifest>,
    /// A deleted blob of its name that is still kept; only asked where it is not there.
    deleted: Fact<Option<Deleted>>,
}

impl Engine {
    pub(super) async fn origin(&self, plan: &RestorePlan, how: Listing) -> Origin {
        let source = format!("storage HEAD {}", plan.backup);
        let unread = |why: Unreadable| Origin {
            backup: self.unknown(why.clone(), source.clone()),
            manifest: self.unknown(why, source.clone()),
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
                let backup = Fact::Known(Known { value, source, read_at });
                Origin { backup, manifest, deleted: Fact::NotAsked }
            }
        }
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
        let witnesses = Witnesses {
            manifest: manifest.value(),
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
        let found = provenance::identify(found.blob, witnesses);
        (found, manifest)
    }
}

impl Origin {
    /// As changes to the facts.
    pub(super) fn readings(self) -> Vec<Reading> {
        let platform = self.manifest.map(|it| it.source.platform_version.clone());
        let platform = match platform {
            Fact::Known(Known { value: Some(value), source, read_at }) => {
                Fact::Known(Known { value, source, read_at })
            }
            Fact::Known(Known { source, read_at, .. }) => Fact::Unknown(Unknown {
                reason: Unreadable::NotRecorded("the manifest does not tell it".to_owned()),
                source,
                asked_at: read_at,
            }),
            Fact::Unknown(unknown) => Fact::Unknown(unknown),
            Fact::NotAsked => Fact::NotAsked,
        };
        vec![
            Box::new(|facts| facts.backup = self.backup),
            Box::new(|facts| facts.manifest = self.manifest),
            Box::new(|facts| facts.platform_then = platform),
            Box::new(|facts| facts.deleted = self.deleted),
        ]
    }
}
