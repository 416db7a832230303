//! The comparison of an instance with its standby, as rows.

use super::Model;
use crate::console::world::judgement::Standby;
use crate::domain::backup::Provenance;
use crate::domain::instance::Instance;
use crate::domain::parity::{Comparison, Difference, Equal, Unread};
use crate::domain::resource::ResourceId;
use crate::domain::storage::BackupAddress;

/// What is shown of a comparison.
#[derive(Clone, Debug, Default)]
pub struct ParityList {
    /// The chosen row.
    pub row: usize,
    /// Which rows there are.
    pub rows: ParityRows,
    /// The standby that was chosen instead of the proposed one.
    pub standby: Option<ResourceId>,
}

/// Which rows there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ParityRows {
    /// What differs and what could not be read.
    #[default]
    Differing,
    /// What is the same too.
    All,
}

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParityRow<'a> {
    /// Something differs.
    Differs(&'a Difference),
    /// Something could not be compared.
    Unread(&'a Unread),
    /// Something is the same.
    Same(&'a Equal),
}

impl Model {
    /// The instance that is compared and the one that it is compared with: its configured standby, or the one whose
    /// standby it is, or what else it could be restored into.
    pub fn parity_pair(&self, id: &ResourceId) -> Option<(ResourceId, ResourceId)> {
        let instances = self.world.inventory.instances.all();
        let place = self.world.inventory.instances.place(id)?;
        let judged = self.judgement().instances.get(place)?;
        let named = |place: usize| instances.get(place).map(|it| it.id.clone());
        if let Some(Standby::Found(standby, _)) = judged.standby {
            return Some((id.clone(), named(standby)?));
        }
        if let Some(&source) = judged.standby_of.first() {
            return Some((named(source)?, id.clone()));
        }
        Some((id.clone(), self.parity_standbys(id).first()?.id.clone()))
    }

    /// Every instance that could stand by for this one, the likeliest first.
    pub fn parity_standbys(&self, source: &ResourceId) -> Vec<&Instance> {
        let instances = self.world.inventory.instances.all();
        let places = self.targets_for(self.world.inventory.instances.place(source), None);
        places.into_iter().filter_map(|place| instances.get(place)).filter(|it| it.id != *source).collect()
    }

    /// The newest backup of an instance whose manifest could speak for it.
    pub fn parity_manifest(&self, source: &ResourceId) -> Option<BackupAddress> {
        let told = self.world.inventory.backups.all().iter().filter(|it| {
            it.source.provenance == Provenance::Manifest
                && (it.source.instance_id.as_ref() == Some(source)
                    || it.source.instance_id.is_none()
                        && it.source.instance.as_deref() == Some(source.name()))
        });
        told.max_by_key(|it| it.taken.map(|taken| taken.at)).map(|it| it.blob.address.clone())
    }

    /// What was found, when it was found about what is shown.
    pub fn comparison(&self) -> Option<&Comparison> {
        self.world.compared.as_ref().and_then(|it| it.found.as_ref())
    }

    /// The rows of the comparison.
    pub fn parity_rows(&self) -> Vec<ParityRow<'_>> {
        let Some(found) = self.comparison() else { return Vec::new() };
        let parity = &found.parity;
        let differ = parity.differences.iter().map(ParityRow::Differs);
        let unread = parity.unreadable.iter().map(ParityRow::Unread);
        let same = parity.equal.iter().map(ParityRow::Same);
        let same = same.filter(|_| self.parity.rows == ParityRows::All);
        differ.chain(unread).chain(same).collect()
    }
}
