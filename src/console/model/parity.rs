//! The comparison of an instance with its standby, as rows.

use super::{FleetKey, Model};
use crate::console::world::judgement::Standby;
use crate::domain::backup::{Backup, Provenance};
use crate::domain::instance::Instance;
use crate::domain::parity::{Comparison, Difference, Equal, Rules, Unread};
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
    /// The rules of this run, beside those of the configuration.
    pub ignore: Vec<String>,
}

/// Which rows there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ParityRows {
    /// What differs and what could not be read.
    #[default]
    Differing,
    /// What is ignored and what is the same too.
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
        let differ = parity.open().map(ParityRow::Differs);
        let unread = parity.unreadable.iter().map(ParityRow::Unread);
        let ignored = parity.ignored().map(|(it, _)| ParityRow::Differs(it));
        let same = parity.equal.iter().map(ParityRow::Same);
        let rest = ignored.chain(same).filter(|_| self.parity.rows == ParityRows::All);
        differ.chain(unread).chain(rest).collect()
    }

    /// What is set apart in a comparison: by the configuration, and in this run.
    pub fn parity_rules(&self) -> Rules {
        Rules { configured: self.preferences.ignore.clone(), of_run: self.parity.ignore.clone() }
    }

    /// The backup of the source that a restore would take: the chosen one, else the newest usable one.
    pub fn parity_backup(&self, source: &ResourceId) -> Option<&Backup> {
        let backups = self.world.inventory.backups.all();
        let is_subject = matches!(self.subject(), Some(FleetKey::Instance(id)) if id == source);
        let cursor = self.backups.cursor.as_ref().filter(|_| is_subject);
        let chosen = cursor.and_then(|address| backups.iter().find(|it| it.blob.address == *address));
        chosen.or_else(|| {
            let place = self.world.inventory.instances.place(source)?;
            backups.get(self.judgement().instances.get(place)?.newest_usable?)
        })
    }
}
