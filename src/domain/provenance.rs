//! Where a blob came from: the strongest witness wins, and the weakest is never dressed up.

use jiff::civil;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::backup::{Backup, Blob, DateSource, Provenance, Source, Taken};
use super::deed::{Deed, End};
use super::instance::Instance;
use super::manifest::Manifest;
use super::operation::{Operation, Phase, Work};
use super::plan::{Kind, Plan};
use super::resource::ResourceId;
use super::sku::Tier;
use super::storage::BackupAddress;

/// The ending that PowerShell and this program give to backups. Nothing obliges others to it.
pub const EXTENSION: &str = ".apimbackup";

/// A backup that our own journal remembers to have succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// Where it was written.
    pub address: BackupAddress,
    /// The instance that it was taken of.
    pub instance: ResourceId,
    /// Its tier at that time.
    pub tier: Option<Tier>,
    /// When Azure accepted the backup.
    pub accepted_at: Timestamp,
    /// When it was seen to have ended.
    pub ended_at: Timestamp,
}

impl Remembered {
    /// What is remembered of a backup of ours that has succeeded.
    pub fn of(operation: &Operation) -> Option<Self> {
        let Work::Plan(Plan::Backup(plan)) = &operation.intent.work else { return None };
        if operation.phase != Phase::Succeeded {
            return None;
        }
        Some(Self {
            address: plan.to.clone(),
            instance: plan.instance.clone(),
            tier: operation.intent.tier.clone(),
            accepted_at: operation.accepted_at.or(operation.submitted_at)?,
            ended_at: operation.ended_at?,
        })
    }

    /// Whether this is the blob: the address fits and it was written while the backup ran (with a minute of clock
    /// difference). A blob written over it later is another one.
    pub fn is(&self, blob: &Blob) -> bool {
        let minute = jiff::SignedDuration::from_mins(1);
        let ran = self.accepted_at - minute..=self.ended_at + minute;
        self.address == blob.address && blob.last_modified.is_some_and(|at| ran.contains(&at))
    }
}

/// A backup that the activity log tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// The instance that it was taken of.
    pub instance: ResourceId,
    /// When it was begun.
    pub began_at: Timestamp,
}

/// No backup on record took longer than this.
const LASTS_AT_MOST: SignedDuration = SignedDuration::from_hours(1);
/// How far the clocks of storage and log may differ.
const CLOCKS: SignedDuration = SignedDuration::from_mins(2);

/// When a backup may have been begun that has written this blob; the log is asked about this time.
pub fn may_have_begun(blob: &Blob) -> Option<(Timestamp, Timestamp)> {
    let written = blob.created_at.or(blob.last_modified)?;
    Some((written.checked_sub(LASTS_AT_MOST).ok()?, written.checked_add(CLOCKS).ok()?))
}

/// The backup of one of `instances` that has written this blob, when the log leaves no choice: the blob was written while
/// it ran, and no other ran then. The log does not tell where a backup was written, so two at one time tell nothing; the
/// name of the blob may say whose it is.
pub fn logged<'a>(
    blob: &Blob,
    deeds: impl IntoIterator<Item = &'a Deed>,
    instances: &[Instance],
) -> Option<Logged> {
    let (earliest, written) = may_have_begun(blob)?;
    let named = parse_name(&blob.address.name).map(|it| it.instance);
    let fits = |deed: &&Deed| {
        deed.transfer() == Some(Kind::Backup)
            && deed.end != End::Badly
            && (earliest..=written).contains(&deed.began_at)
            && deed.ended_at.is_none_or(|end| written - CLOCKS - CLOCKS <= end)
    };
    let begun = deeds.into_iter().filter(fits).filter_map(|deed| {
        let instance = instances.iter().find(|it| deed.is_on(&it.id))?;
        let is_meant = named.is_none_or(|name| name.eq_ignore_ascii_case(&instance.name));
        is_meant.then(|| Logged { instance: instance.id.clone(), began_at: deed.began_at })
    });
    let mut begun: Vec<Logged> = begun.collect();
    let one = begun.pop()?;
    begun.is_empty().then_some(one)
}

/// Everything that can bear witness to the origin of a blob.
#[derive(Clone, Copy, Default)]
pub struct Witnesses<'a> {
    /// The manifest that lies beside it.
    pub manifest: Option<&'a Manifest>,
    /// The backups that our journal remembers.
    pub journal: &'a [Remembered],
    /// The backup in the activity log that has written it.
    pub logged: Option<&'a Logged>,
    /// The instances that are known today.
    pub instances: &'a [Instance],
    /// What the operator said of it.
    pub operator: Option<&'a Source>,
}

/// Turns a blob into a backup, by the strongest witness.
pub fn identify(blob: Blob, witnesses: Witnesses<'_>) -> Backup {
    let manifest = witnesses.manifest.filter(|m| m.speaks_of(&blob));
    let remembered = witnesses.journal.iter().find(|it| it.is(&blob));
    let named = parse_name(&blob.address.name);
    let source = manifest
        .map(of_manifest)
        .or_else(|| remembered.map(of_journal))
        .or_else(|| witnesses.logged.map(|it| of_log(it, witnesses.instances)))
        .or_else(|| named.as_ref().map(|name| of_name(name, witnesses.instances)))
        .or_else(|| witnesses.operator.cloned())
        .unwrap_or(Source::UNKNOWN);
    let dates = [
        (manifest.map(|m| m.taken_at), DateSource::Manifest),
        (remembered.map(|r| r.accepted_at), DateSource::Journal),
        (witnesses.logged.map(|it| it.began_at), DateSource::ActivityLog),
        (blob.created_at, DateSource::CreationTime),
        (blob.last_modified, DateSource::LastModified),
        (named.map(|name| name.at), DateSource::Name),
    ];
    let taken =
        dates.into_iter().filter_map(|(at, by)| at.map(|at| Taken { at, by })).min_by_key(|taken| taken.at);
    Backup { blob, source, taken }
}

fn of_manifest(manifest: &Manifest) -> Source {
    Source {
        instance: Some(manifest.source.name.clone()),
        instance_id: Some(manifest.source.id.clone()),
        tier: manifest.source.sku.as_ref().map(|sku| sku.tier.clone()),
        provenance: Provenance::Manifest,
    }
}

fn of_journal(it: &Remembered) -> Source {
    Source {
        instance: Some(it.instance.name().to_owned()),
        instance_id: Some(it.instance.clone()),
        tier: it.tier.clone(),
        provenance: Provenance::Journal,
    }
}

/// The log tells the instance; the tier is the one that it has today.
fn of_log(it: &Logged, instances: &[Instance]) -> Source {
    let instance = instances.iter().find(|known| known.id == it.instance);
    Source {
        instance: Some(it.instance.name().to_owned()),
        instance_id: Some(it.instance.clone()),
        tier: instance.and_then(|it| it.sku.as_ref()).map(|sku| sku.tier.clone()),
        provenance: Provenance::ActivityLog,
    }
}

/// A name tells the instance; the tier is then the one that the instance has today.
fn of_name(name: &Named<'_>, instances: &[Instance]) -> Source {
    let instance = instances.iter().find(|it| it.name.eq_ignore_ascii_case(name.instance));
    Source {
        instance: Some(name.instance.to_owned()),
        instance_id: instance.map(|it| it.id.clone()),
        tier: instance.and_then(|it| it.sku.as_ref()).map(|sku| sku.tier.clone()),
        provenance: Provenance::Name,
    }
}

/// A name in the convention `{instance}-{yyyy-MM-dd-HH-mm}.apimbackup`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<'a> {
    /// The instance that the name speaks of.
    pub instance: &'a str,
    /// The time in the name, taken as UTC. PowerShell writes local time, so it may be half a day off.
    pub at: Timestamp,
}

/// Reads a name in the convention; `None` for any other.
pub fn parse_name(name: &str) -> Option<Named<'_>> {
    let file = name.rsplit('/').next()?;
    let stem = file.strip_suffix(EXTENSION)?;
    let split = stem.len().checked_sub("-yyyy-MM-dd-HH-mm".len()).filter(|&at| at > 0)?;
    let (instance, stamp) = (stem.get(..split)?, stem.get(split..)?.strip_prefix('-')?);
    let when = civil::DateTime::strptime("%Y-%m-%d-%H-%M", stamp).ok()?;
    let at = TimeZone::UTC.to_timestamp(when).ok()?;
    Some(Named { instance, at })
}

/// The name that this program gives to a backup of `instance` taken at `at`, from a template in which `{instance}`
/// and `{time}` (UTC, `yyyy-MM-dd-HH-mm`) stand for themselves.
pub fn make_name(template: &str, instance: &str, at: Timestamp) -> String {
    template.replace("{instance}", instance).replace("{time}", &at.strftime("%Y-%m-%d-%H-%M").to_string())
}

/// The template that is used when none is given.
pub const TEMPLATE: &str = "{instance}-{time}.apimbackup";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::backup::samples::backup;
    use crate::domain::deed::samples::deed;
    use crate::domain::instance::samples::instance;
    use crate::domain::manifest::samples::manifest;

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn blob(name: &str) -> Blob {
        let mut blob = backup("apim-core", 5, now()).blob;
        blob.address.name = name.to_owned();
        blob
    }

    #[test]
    fn names_in_the_convention_and_names_that_only_look_like_it() {
        let table = [
            ("apim-core-prod-2026-11-22-10-54.apimbackup", Some("apim-core-prod")),
            ("nightly/apim-core-2026-11-22-10-54.apimbackup", Some("apim-core")),
            ("apim-core-2026-11-22-10-54.zip", None),
            ("2026-11-22-10-54.apimbackup", None),
            ("-2026-11-22-10-54.apimbackup", None),
            ("apim-core-2026-13-22-10-54.apimbackup", None),
            ("apim-core-2026-11-22-10-5x.apimbackup", None),
            ("ünï-2026-11-22-10-54.apimbackup", Some("ünï")),
            ("ContosoBackup.apimbackup", None),
            ("", None),
        ];
        for (name, instance) in table {
            assert_eq!(parse_name(name).map(|n| n.instance), instance, "{name}");
        }
    }

    #[test]
    fn our_own_names_follow_the_convention() {
        let name = make_name(TEMPLATE, "apim-core", now());
        assert_eq!(name, "apim-core-2026-11-23-12-00.apimbackup");
        assert_eq!(parse_name(&name).unwrap().at, now());
    }

    #[test]
    fn the_strongest_witness_wins() {
        let it = blob("apim-core-2026-11-23-07-00.apimbackup");
        let written = it.last_modified.unwrap();
        let journal = [Remembered {
            address: it.address.clone(),
            instance: instance("apim-core", Tier::Basic).id,
            tier: Some(Tier::Basic),
            accepted_at: written - SignedDuration::from_mins(9),
            ended_at: written,
        }];
        let instances = [instance("apim-core", Tier::Developer)];
        let manifest = manifest(&it, written);
        let logged = Logged { instance: instances[0].id.clone(), began_at: written };
        let all = Witnesses {
            manifest: Some(&manifest),
            journal: &journal,
            logged: Some(&logged),
            instances: &instances,
            operator: None,
        };
        let graded = |witnesses| {
            let source = identify(it.clone(), witnesses).source;
            (source.provenance, source.tier)
        };
        assert_eq!(graded(all), (Provenance::Manifest, Some(Tier::Standard)));
        let all = Witnesses { manifest: None, ..all };
        assert_eq!(graded(all), (Provenance::Journal, Some(Tier::Basic)));
        let all = Witnesses { journal: &[], ..all };
        assert_eq!(graded(all), (Provenance::ActivityLog, Some(Tier::Developer)));
        let all = Witnesses { logged: None, ..all };
        assert_eq!(graded(all), (Provenance::Name, Some(Tier::Developer)));
        let all = Witnesses { instances: &[], ..all };
        assert_eq!(graded(all), (Provenance::Name, None));
        let opaque = identify(blob("backup5"), Witnesses { instances: &instances, ..Witnesses::default() });
        assert_eq!(opaque.source, Source::UNKNOWN);
    }

    #[test]
    fn a_manifest_of_another_blob_is_not_believed() {
        let it = blob("backup5");
        let mut manifest = manifest(&it, now());
        manifest.blob.etag = "0xOTHER".into();
        let witnesses = Witnesses { manifest: Some(&manifest), ..Witnesses::default() };
        assert_eq!(identify(it, witnesses).source, Source::UNKNOWN);
    }

    #[test]
    fn a_blob_written_over_a_remembered_one_is_another() {
        let it = blob("backup5");
        let written = it.last_modified.unwrap();
        let journal = [Remembered {
            address: it.address.clone(),
            instance: instance("apim-core", Tier::Basic).id,
            tier: None,
            accepted_at: written - SignedDuration::from_hours(9),
            ended_at: written - SignedDuration::from_hours(8),
        }];
        let witnesses = Witnesses { journal: &journal, ..Witnesses::default() };
        assert_eq!(identify(it, witnesses).source.provenance, Provenance::Unknown);
    }

    #[test]
    fn the_earliest_date_counts_so_a_copy_is_not_younger_than_its_name() {
        let it = blob("apim-core-2026-11-01-07-00.apimbackup");
        let taken = identify(it, Witnesses::default()).taken.unwrap();
        assert_eq!(taken.by, DateSource::Name);
        assert_eq!(taken.at.to_string(), "2026-11-01T07:00:00Z");
    }

    #[test]
    fn the_log_names_the_source_only_when_it_leaves_no_choice() {
        let known = [instance("apim-core", Tier::Basic), instance("apim-pay", Tier::Basic)];
        let it = blob("backup5");
        let written = it.created_at.unwrap();
        let before = |minutes| written - SignedDuration::from_mins(minutes);
        let backup = |name: &str, began: i64, ended: Option<i64>| Deed {
            began_at: before(began),
            ended_at: ended.map(before),
            ..deed(name, "backup/action", written)
        };
        let found =
            |blob: &Blob, deeds: &[Deed]| logged(blob, deeds, &known).map(|it| it.instance.name().to_owned());
        let core = backup("apim-core", 9, Some(0));
        assert_eq!(found(&it, std::slice::from_ref(&core)).as_deref(), Some("apim-core"));
        // Its end may never be told.
        assert_eq!(found(&it, &[backup("apim-core", 9, None)]).as_deref(), Some("apim-core"));
        let two = [core.clone(), backup("apim-pay", 5, Some(0))];
        assert_eq!(found(&it, &two), None);
        assert_eq!(found(&blob("apim-pay-2026-11-23-07-00.apimbackup"), &two).as_deref(), Some("apim-pay"));
        assert_eq!(found(&blob("apim-old-2026-11-23-07-00.apimbackup"), &two), None);
        for other in [
            backup("apim-core", 70, None),
            backup("apim-core", -5, None),
            backup("apim-core", 30, Some(20)),
            backup("apim-gone", 9, Some(0)),
            Deed { end: End::Badly, ..core.clone() },
            Deed { action: "Microsoft.ApiManagement/service/restore/action".into(), ..core },
        ] {
            assert_eq!(found(&it, std::slice::from_ref(&other)), None, "{other:?}");
        }
    }
}
