//! An instance beside its standby. When the source does not answer, the manifest of a backup speaks for it.

use super::Engine;
use super::manifest::{beside, understood};
use super::survey::MANIFEST_LIMIT;
use crate::azure::listing::Listing;
use crate::domain::fact::{Fact, Known, Unknown, Unreadable};
use crate::domain::manifest::Manifest;
use crate::domain::parity::{self, Comparison, Portrait, Seen};
use crate::domain::problem::Problem;
use crate::domain::resource::ResourceId;
use crate::domain::storage::BackupAddress;

/// A backup whose manifest may speak for its source, and how its container is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The backup.
    pub backup: BackupAddress,
    /// How.
    pub listing: Listing,
}

impl Engine {
    /// Compares two instances as they are now. `recorded` is asked for the source when Azure does not show it.
    pub async fn parity(
        &self,
        source: &ResourceId,
        recorded: Option<&Recorded>,
        standby: &ResourceId,
    ) -> Comparison {
        let (one, other) = futures::join!(self.portrait(source), self.portrait(standby));
        let instead = match recorded.filter(|_| one.settings.value().is_none()) {
            Some(recorded) => self.recalled(recorded).await.ok(),
            None => None,
        };
        let now = self.now();
        let (one, source) = match instead {
            Some(told) => told,
            None => {
                let seen = Seen { name: one.name.clone(), as_of: now, manifest: None };
                (one, seen)
            }
        };
        self.compared((&one, source), &other)
    }

    /// Compares the source of a backup, as its manifest tells it, with an instance as it is now.
    ///
    /// # Errors
    /// There is no manifest beside the backup, or it cannot be read or believed.
    pub async fn parity_with(
        &self,
        recorded: &Recorded,
        standby: &ResourceId,
    ) -> Result<Comparison, Problem> {
        let (told, other) = futures::join!(self.recalled(recorded), self.portrait(standby));
        let (one, source) = told?;
        Ok(self.compared((&one, source), &other))
    }

    fn compared(&self, (one, source): (&Portrait, Seen), other: &Portrait) -> Comparison {
        let now = self.now();
        let standby = Seen { name: other.name.clone(), as_of: now, manifest: None };
        Comparison { source, standby, parity: parity::compare(one, other, now) }
    }

    /// The source of a backup as its manifest tells it.
    async fn recalled(&self, recorded: &Recorded) -> Result<(Portrait, Seen), Problem> {
        let address = &recorded.backup;
        let account = self
            .account_named(&address.location.account)
            .await
            .map_err(|why| Problem::new(why.to_string()).about(address.to_string()))?;
        let blob =
            self.azure.blob(&account, address, recorded.listing).await.map_err(|error| error.problem())?;
        let body = self.azure.read_blob(&account, &beside(address), recorded.listing, MANIFEST_LIMIT).await;
        let manifest = understood(&body.map_err(|error| error.problem())?)?;
        if !manifest.speaks_of(&blob) {
            return Err(Problem::new(OF_ANOTHER).about(address.to_string()));
        }
        let seen = Seen {
            name: manifest.source.name.clone(),
            as_of: manifest.as_of(),
            manifest: Some(address.clone()),
        };
        Ok((manifest.portrait(), seen))
    }

    /// The manifest that was read beside a backup, as a fact; one that speaks of another blob is not believed.
    pub(super) fn manifest_fact(
        &self,
        read: Result<Manifest, Unreadable>,
        blob: &crate::domain::backup::Blob,
    ) -> Fact<Manifest> {
        let source = format!("the manifest {}", beside(&blob.address));
        let reason = match read {
            Ok(value) if value.speaks_of(blob) => {
                return Fact::Known(Known { value, source, read_at: self.now() });
            }
            Ok(_) => Unreadable::NotRecorded(OF_ANOTHER.to_owned()),
            Err(reason) => reason,
        };
        Fact::Unknown(Unknown { reason, source, asked_at: self.now() })
    }
}

/// What is said of a manifest whose etag or length is not that of the backup.
pub(super) const OF_ANOTHER: &str =
    "the manifest beside it speaks of another blob (its etag or length differs), so it is not believed";
