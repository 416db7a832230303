//! The backups of an instance for a file: the rows in their order, every column that was chosen, moments instead of
//! what is left until them, sizes in bytes.

use super::{COLUMNS, What};
use crate::console::model::{FleetKey, Model};
use crate::console::screens::extracts::{moment, narrowed};
use crate::console::text;
use crate::domain::backup::{Backup, BackupState};
use crate::domain::extract::Extract;
use crate::domain::verdict::Verdict;

/// All of it.
pub(in crate::console) fn extract(model: &Model) -> Extract {
    let shape = &model.shapes.backups;
    let all = shape.shown().into_iter().zip(shape.of(&COLUMNS).iter().map(|it| it.what).collect::<Vec<_>>());
    let chosen: Vec<(&'static str, What)> = all.filter(|(_, what)| *what != What::Bar).collect();
    let names = chosen.iter().map(|(name, _)| *name).collect();
    let mut list = narrowed(model, Extract::new("backups", names, model.now()));
    list.about = model.subject().map(|key| match key {
        FleetKey::Instance(id) => id.to_string(),
        FleetKey::Strays => key.name().to_owned(),
    });
    let newest = model.subject_place().and_then(|place| model.judgement().instances[place].newest_usable);
    for place in model.backup_rows() {
        let Some(backup) = model.world.inventory.backups.all().get(*place) else { continue };
        list.row(chosen.iter().map(|(_, what)| match what {
            What::Newest => Some(if newest == Some(*place) { "yes" } else { "no" }.to_owned()),
            what => value(model, backup, *what),
        }));
    }
    list
}

fn value(model: &Model, backup: &Backup, what: What) -> Option<String> {
    Some(match what {
        What::Newest | What::Bar => return None,
        What::Name => backup.blob.address.name.clone(),
        What::Taken => moment(backup.taken?.at),
        What::Age => text::age(model.now().duration_since(backup.taken?.at)).to_string(),
        What::Expires if backup.state(model.now()) == BackupState::Archived => "ARCHIVED".to_owned(),
        What::Expires => moment(backup.expires_at()?),
        What::Tier => backup.source.tier.as_ref()?.to_string(),
        What::By => backup.source.provenance.to_string(),
        What::Size => backup.blob.size?.to_string(),
        What::Location => backup.blob.address.location.to_string(),
        What::Fit => {
            let target = model.target_chosen()?;
            let fit = model.fit(backup, target);
            match fit.verdict {
                Verdict::Ok => format!("{}: ok", target.name),
                verdict => format!("{}: {verdict}, {}", target.name, fit.reason),
            }
        }
    })
}
