//! What can be done with the row under the cursor, and why not.

use super::draft::{Draft, Task};
use super::intent::Intent;
use super::model::{FleetKey, FleetRow, Model, Place};
use super::update::writing::may_write;
use crate::domain::backup::Backup;
use crate::domain::instance::Instance;
use crate::domain::plan::{Access, Kind};
use crate::domain::provenance;
use crate::domain::resource::ResourceId;
use crate::domain::sku::BackupSupport;
use crate::domain::storage::Location;

/// A line of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// What it would do.
    pub deed: Deed,
    /// Its letter.
    pub letter: char,
    /// What it says.
    pub word: String,
    /// Why it cannot be done now.
    pub obstacle: Option<String>,
}

/// What an act does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Begins an operation, by way of its wizard.
    Begin(Kind),
    /// Watches what somebody else has begun. Changes nothing.
    Attach,
}

impl Act {
    /// What the menu says under it.
    pub fn promise(&self) -> &'static str {
        match self.deed {
            Deed::Begin(_) => "nothing is sent before you confirm",
            Deed::Attach => "changes nothing; looks for it in the activity log",
        }
    }
}

/// The menu for what is under the cursor: what overwrites most comes last.
pub fn acts(model: &Model) -> [Act; 3] {
    let name = match subject(model) {
        Some(instance) => instance.name.clone(),
        None => "an instance".to_owned(),
    };
    let restored = backup(model).map_or("a backup".to_owned(), |backup| backup.blob.address.name.clone());
    [
        Act {
            deed: Deed::Attach,
            letter: 'w',
            word: format!("watch what somebody else runs on {name}"),
            obstacle: attached(model).err(),
        },
        Act {
            deed: Deed::Begin(Kind::Backup),
            letter: 'b',
            word: format!("back up {name} now…"),
            obstacle: prepare_backup(model).err(),
        },
        Act {
            deed: Deed::Begin(Kind::Restore),
            letter: 'r',
            word: format!("restore {restored}…"),
            obstacle: prepare_restore(model).err(),
        },
    ]
}

/// The act of an intent.
pub fn deed_of(intent: Intent) -> Option<Deed> {
    match intent {
        Intent::BackUp => Some(Deed::Begin(Kind::Backup)),
        Intent::Restore => Some(Deed::Begin(Kind::Restore)),
        Intent::Attach => Some(Deed::Attach),
        _ => None,
    }
}

/// The instance whose operation would be watched, or why there is none.
pub fn attached(model: &Model) -> Result<ResourceId, String> {
    let instance = subject(model).ok_or_else(|| "no instance is chosen".to_owned())?;
    Ok(instance.id.clone())
}

/// A draft of the act, or why there is none.
pub fn prepare(model: &Model, kind: Kind) -> Result<Draft, String> {
    match kind {
        Kind::Backup => prepare_backup(model),
        Kind::Restore => prepare_restore(model),
    }
}

/// The instance that the cursor is about.
fn subject(model: &Model) -> Option<&Instance> {
    let instances = &model.world.inventory.instances;
    match (model.place(), model.fleet_chosen()) {
        (Place::Backups(FleetKey::Instance(id)), _) => instances.get(id),
        (Place::Fleet, Some(FleetRow::Instance(place))) => instances.all().get(place),
        _ => None,
    }
}

/// The backup that the cursor is about: the chosen one, in the fleet the newest usable one.
fn backup(model: &Model) -> Option<&Backup> {
    if let Place::Backups(_) = model.place() {
        return model.backup_chosen();
    }
    let Some(FleetRow::Instance(place)) = model.fleet_chosen() else { return None };
    let newest = model.judgement().instances.get(place)?.newest_usable?;
    model.world.inventory.backups.all().get(newest)
}

fn prepare_restore(model: &Model) -> Result<Draft, String> {
    may_write(model, None)?;
    let Some(backup) = backup(model) else {
        return Err("no usable backup of it is known".to_owned());
    };
    let source = match model.place() {
        Place::Backups(_) => model.subject_place(),
        _ => subject(model).and_then(|it| model.world.inventory.instances.place(&it.id)),
    };
    let ranked = model.candidates(source, backup);
    let proposed = ranked.iter().find(|it| it.may_be_proposed(backup)).map(|it| it.instance.id.clone());
    let targets: Vec<ResourceId> = ranked.iter().map(|it| it.instance.id.clone()).collect();
    if targets.is_empty() {
        return Err("no instance is known to restore it into".to_owned());
    }
    let judged_against = model.target.as_ref().filter(|_| matches!(model.place(), Place::Backups(_)));
    let choice = judged_against.and_then(|id| targets.iter().position(|it| it == id)).unwrap_or(0);
    let mut draft = Draft::new(Task::Restore { backup: Box::new(backup.clone()), targets, proposed });
    draft.choice = choice;
    Ok(draft)
}

fn prepare_backup(model: &Model) -> Result<Draft, String> {
    let Some(instance) = subject(model) else { return Err("no instance is chosen".to_owned()) };
    may_write(model, Some(&instance.id))?;
    if instance.backup_support() == BackupSupport::Unsupported {
        let tier = instance.sku.as_ref().map_or("its tier".to_owned(), |sku| sku.tier.to_string());
        return Err(format!("{tier} has no backups"));
    }
    let locations = locations_for(model, instance);
    if locations.is_empty() {
        return Err("no location for backups is known; configure one".to_owned());
    }
    let name = provenance::make_name(&model.preferences.backup_name, &instance.name, model.now());
    Ok(Draft::new(Task::Backup { instance: instance.id.clone(), locations, name }))
}

/// Where its newest backup lies, then the configured locations, then every other known one.
fn locations_for(model: &Model, instance: &Instance) -> Vec<Location> {
    let inventory = &model.world.inventory;
    let judged =
        inventory.instances.place(&instance.id).and_then(|place| model.judgement().instances.get(place));
    let newest =
        judged.and_then(|it| it.backups.first()).and_then(|&place| inventory.backups.all().get(place));
    let mut all: Vec<Location> = newest.map(|it| it.blob.address.location.clone()).into_iter().collect();
    for location in model.preferences.locations.iter().chain(&inventory.locations) {
        if !all.contains(location) {
            all.push(location.clone());
        }
    }
    all
}

/// The ways in which an instance could reach a storage account, and which of them is proposed.
pub fn accesses(model: &Model, instance: &Instance) -> (Vec<Access>, usize) {
    let proposed = model.preferences.access_of(instance);
    let mut all = vec![Access::System];
    let clients = instance.identity.user.iter().filter_map(|user| user.client_id.clone());
    all.extend(clients.map(|client_id| Access::User { client_id }));
    all.push(Access::Key);
    let place = all.iter().position(|it| *it == proposed).unwrap_or_else(|| {
        all.insert(0, proposed);
        0
    });
    (all, place)
}
