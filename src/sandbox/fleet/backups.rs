//! The backups that exist at the start, their manifests, and what the activity log remembers of them.

use jiff::{SignedDuration, Timestamp};

use super::super::conduct::Manifests;
use super::super::seed::Seed;
use super::super::world::World;
use super::super::world::activity::{Event, Step};
use super::super::world::instance::Instance;
use super::super::world::operation::Direction;
use super::super::world::storage::{AccessTier, Blob, Matter, Snapshot, etag};
use super::file::Series;
use super::{Founding, manifests};

/// Puts a series of backups where it belongs.
pub(super) fn write(world: &mut World, series: &Series, founding: &Founding<'_>) -> Result<(), String> {
    let instance = world.instances.get(&series.of).cloned();
    let instance = instance.ok_or_else(|| format!("backups of nothing: {}", series.of))?;
    for number in 0..series.count {
        let taken = taken(series, number, founding);
        let (name, mut blob) = backup(series, &instance, taken, founding);
        blob.peculiarity = series.peculiar.get(&number).copied();
        let beside = (series.manifest && founding.conduct.manifests == Manifests::Present)
            .then(|| manifests::beside(world, &instance, (taken, &blob), founding.seed));
        remember(world, &instance, (taken, blob.created), &name);
        let container = series
            .at
            .split_once('/')
            .and_then(|(account, container)| world.accounts.get_mut(account)?.containers.get_mut(container));
        let container = container.ok_or_else(|| format!("backups have no place: {}", series.at))?;
        container.modified = container.modified.max(blob.created);
        if let Some(manifest) = beside {
            container.blobs.insert(format!("{name}.lifeboat.json"), manifest);
        }
        container.blobs.insert(name, blob);
    }
    Ok(())
}

/// Puts further blobs beside the newest backup of a container: the same inside, under other names.
pub(super) fn write_further(world: &mut World, at: &str, names: &[String], seed: Seed) -> Result<(), String> {
    let container = at
        .split_once('/')
        .and_then(|(account, container)| world.accounts.get_mut(account)?.containers.get_mut(container))
        .ok_or_else(|| format!("further blobs have no place: {at}"))?;
    let backups = container.blobs.values().filter(|blob| matches!(blob.matter, Matter::Backup { .. }));
    let newest = backups.max_by_key(|blob| blob.created).cloned();
    let newest = newest.ok_or_else(|| format!("there is no backup to copy: {at}"))?;
    for name in names {
        let blob = Blob { etag: etag(seed, &format!("{at}/{name}")), ..newest.clone() };
        container.blobs.insert(name.clone(), blob);
    }
    Ok(())
}

/// When backup `number` (0 is the newest) was begun: on schedule, give or take a few minutes of queueing. The queue
/// is shorter than half the interval, so that names made of minutes stay apart.
fn taken(series: &Series, number: u32, founding: &Founding<'_>) -> Timestamp {
    let label = format!("queue/{}/{}/{number}", series.of, series.at);
    let hours = series.newest_hours + series.every_hours * f64::from(number);
    let longest = (series.every_hours * 1800.0).min(600.0) as u64;
    let queued = founding.seed.within(&label, 0, longest);
    let age = SignedDuration::try_from_secs_f64(hours * 3600.0).unwrap_or_default();
    founding.at - age - SignedDuration::from_secs(i64::try_from(queued).unwrap_or(0))
}

fn backup(series: &Series, instance: &Instance, taken: Timestamp, founding: &Founding<'_>) -> (String, Blob) {
    let name = taken.strftime(&series.name).to_string();
    let label = format!("{}/{name}", series.at);
    let mebibyte = 1024 * 1024;
    let length = series.mebibytes * mebibyte + founding.seed.within(&label, 0, 3 * mebibyte);
    let tier = founding.conduct.tier_at_backup.get(&instance.name).unwrap_or(&instance.tier).clone();
    let copied = founding.conduct.copied_after_days.get(&instance.name).copied().unwrap_or(0);
    let inside = taken - SignedDuration::from_hours(24 * i64::from(copied));
    let snapshot = Box::new(Snapshot { tier, taken: inside, content: instance.content.clone() });
    // Recorded backups of 2021 to 2023 took 362 to 616 s.
    let lasted = i64::try_from(founding.seed.within(&format!("lasted/{label}"), 362, 616)).unwrap_or(540);
    let ended = taken + SignedDuration::from_secs(lasted);
    let mut blob = Blob::new(etag(founding.seed, &label), ended, Matter::Backup { length, snapshot });
    let days = founding.at.duration_since(ended).as_hours() / 24;
    if series.archived_after_days.is_some_and(|after| days >= i64::from(after)) {
        blob.tier = AccessTier::Archive;
    }
    (name, blob)
}

/// The activity log keeps ninety days; all of the fleet's backups are younger.
fn remember(world: &mut World, instance: &Instance, (begun, ended): (Timestamp, Timestamp), name: &str) {
    let correlation = world.seed.guid(&format!("correlation/{}/{name}", instance.name));
    let client_request = world.seed.guid(&format!("client/{}/{name}", instance.name));
    let beginning = begun + SignedDuration::from_secs(1);
    for (step, at) in [(Step::Started, begun), (Step::Accepted, beginning), (Step::Succeeded, ended)] {
        world.events.push(Event {
            resource: instance.id.clone(),
            action: Direction::Backup.action().to_owned(),
            step,
            at,
            visible: at,
            correlation: correlation.clone(),
            other_caller: Some("sp-backup".to_owned()),
            client_request: client_request.clone(),
        });
    }
}
