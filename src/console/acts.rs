//! What can be done with the row under the cursor, and why not.

use super::draft::{Draft, Task};
use super::intent::Intent;
use super::model::{FleetKey, FleetRow, Model, Place};
use super::update::kept;
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
    /// Plans the failover of the marked instances.
    FailOver,
}

impl Act {
    /// What the menu says under it.
    pub fn promise(&self) -> &'static str {
        match self.deed {
            Deed::Begin(_) => "nothing is sent before you confirm",
            Deed::FailOver => "one plan; each is confirmed by the name of its own target",
            Deed::Attach => "changes nothing; looks for it in the activity log",
        }
    }
}

/// The menu for what is under the cursor: what overwrites most comes last.
pub fn acts(model: &Model) -> [Act; 4] {
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
        Act {
            deed: Deed::FailOver,
            letter: 'f',
            word: match model.marks.count() {
                0 => "fail over the marked instances…".to_owned(),
                1 => "fail over the marked instance…".to_owned(),
                count => format!("fail over the {count} marked instances…"),
            },
            obstacle: failed_over(model).err().filter(|_| kept(model, Deed::FailOver).is_none()),
        },
    ]
}

/// The act of an intent.
pub fn deed_of(intent: Intent) -> Option<Deed> {
    match intent {
        Intent::BackUp => Some(Deed::Begin(Kind::Backup)),
        Intent::Restore => Some(Deed::Begin(Kind::Restore)),
        Intent::Attach => Some(Deed::Attach),
        Intent::FailOver => Some(Deed::FailOver),
        _ => None,
    }
}

/// The instance whose operation would be watched, or why there is none.
pub fn attached(model: &Model) -> Result<ResourceId, String> {
    let instance = subject(model).ok_or_else(|| "no instance is chosen".to_owned())?;
    Ok(instance.id.clone())
}

/// Whether the marked instances could be failed over.
///
/// # Errors
/// Says why not.
pub fn failed_over(model: &Model) -> Result<(), String> {
    may_write(model, None)?;
    match model.marks.count() {
        0 => Err("no instance is marked; Space marks them in the fleet".to_owned()),
        _ => Ok(()),
    }
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
    let mut draft = restore_of(model, source, backup, |_| true)?;
    let judged_against = model.target.as_ref().filter(|_| matches!(model.place(), Place::Backups(_)));
    draft.choice = judged_against.and_then(|id| draft.place_of(id)).unwrap_or(0);
    Ok(draft)
}

/// A restore of this backup of the instance in `source`. The best target of those that `may` be is proposed, and the
/// cursor is on it.
///
/// # Errors
/// There is no instance to restore it into.
pub fn restore_of(
    model: &Model,
    source: Option<usize>,
    backup: &Backup,
    may: impl Fn(&ResourceId) -> bool,
) -> Result<Draft, String> {
    let ranked = model.candidates(source, backup);
    let best = ranked.iter().find(|it| it.may_be_proposed(backup) && may(&it.instance.id));
    let proposed = best.map(|it| it.instance.id.clone());
    let targets: Vec<ResourceId> = ranked.iter().map(|it| it.instance.id.clone()).collect();
    if targets.is_empty() {
        return Err("no instance is known to restore it into".to_owned());
    }
    let choice = proposed.as_ref().and_then(|id| targets.iter().position(|it| it == id));
    let mut draft = Draft::new(Task::Restore { backup: Box::new(backup.clone()), targets, proposed });
    draft.choice = choice.unwrap_or(0);
    Ok(draft)
}

fn prepare_backup(model: &Model) -> Result<Draft, String> {
    backup_of(model, subject(model).ok_or_else(|| "no instance is chosen".to_owned())?)
}

/// A backup of this instance, into the location that is proposed.
///
/// # Errors
/// It cannot be backed up from here: why.
pub fn backup_of(model: &Model, instance: &Instance) -> Result<Draft, String> {
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
