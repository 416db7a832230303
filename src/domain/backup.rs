//! A restorable blob: what a listing says of it, where it came from, and how long it can still be restored.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::operation::Purpose;
use super::resource::ResourceId;
use super::sku::Tier;
use super::storage::BackupAddress;

/// How long a backup can be restored: thirty days from its creation, then Azure answers
/// "Cannot restore: backup expired" (documentation of the backup article).
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Below this much left, a backup counts as expiring.
pub const EXPIRING: SignedDuration = SignedDuration::from_hours(3 * 24);

/// What a restore does not bring (documentation of backup and restore), for people.
pub const NOT_CARRIED: [&str; 3] = [
    "A backup carries neither usage data, custom domain certificates, network settings, managed identities nor the \
     content of the developer portal.",
    "Host names of the target stay as they are. DNS is changed by you.",
    "Changes of the source after the backup was taken are not in it.",
];

/// The same for people, by what the restore is for: after a drill nothing is cut over.
pub fn not_carried(purpose: Purpose) -> [&'static str; 3] {
    let [first, _, last] = NOT_CARRIED;
    match purpose {
        Purpose::Real => NOT_CARRIED,
        Purpose::Drill => [first, "It is a drill: nothing is cut over, and DNS stays as it is.", last],
    }
}

/// What a container listing says of one blob.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blob {
    /// Where it lies.
    pub address: BackupAddress,
    /// Its length in bytes.
    pub size: Option<u64>,
    /// Its entity tag, without quotes.
    pub etag: Option<String>,
    /// Hot, Cool, Cold, Archive, verbatim.
    pub access_tier: Option<String>,
    /// `Creation-Time`. A copy has a new one although the backup inside is as old as before.
    pub created_at: Option<Timestamp>,
    /// `Last-Modified`. Moves when metadata is written.
    pub last_modified: Option<Timestamp>,
    /// What else may stand in the way of reading it or writing over it.
    #[serde(default)]
    pub condition: Condition,
}

/// What storage says of a blob beside its content; verbatim, and mostly nothing. Listings are not asked for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Condition {
    /// `x-ms-archive-status`: `rehydrate-pending-to-hot` and the like, while it still lies in the archive tier.
    pub rehydration: Option<String>,
    /// `x-ms-copy-status`: pending, success, aborted or failed; only of a blob that was made by a copy.
    pub copy: Option<String>,
    /// `x-ms-lease-state`: `leased` while somebody holds it and nobody else may write over it.
    pub lease: Option<String>,
    /// What forbids to write over it: a legal hold, or the day until which it may not be changed.
    pub hold: Option<String>,
}

/// A deleted blob that storage still keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deleted {
    /// When it was deleted.
    pub at: Option<Timestamp>,
    /// For how many days it is still kept.
    pub days_left: Option<u32>,
}

/// One backup: the blob and what is known of its origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// The blob.
    pub blob: Blob,
    /// Where it came from.
    pub source: Source,
    /// When it was taken, by the earliest date that the evidence gives.
    pub taken: Option<Taken>,
}

/// The moment of a backup and what tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The moment.
    pub at: Timestamp,
    /// Which evidence gave it.
    pub by: DateSource,
}

/// What a date was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DateSource {
    /// The manifest beside the blob.
    Manifest,
    /// Our own journal.
    Journal,
    /// The activity log of the instance.
    ActivityLog,
    /// The name of the blob.
    Name,
    /// `Creation-Time` of the blob.
    CreationTime,
    /// `Last-Modified` of the blob.
    LastModified,
}

/// Where a backup came from, and how we know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// The name of the instance that it was taken of.
    pub instance: Option<String>,
    /// Its ARM id.
    pub instance_id: Option<ResourceId>,
    /// The tier at the time of the backup.
    pub tier: Option<Tier>,
    /// How we know.
    pub provenance: Provenance,
}

/// How we know where a backup came from, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Provenance {
    /// A manifest beside it whose etag and length match.
    Manifest,
    /// Our journal of the backup; the blob's name and time match.
    Journal,
    /// The activity log of the instance. It does not tell the tier, which is then the instance's tier of today.
    ActivityLog,
    /// The naming convention. The tier is then the instance's tier of today, which may have changed.
    Name,
    /// What the operator said.
    Operator,
    /// Nothing tells.
    Unknown,
}

/// What can be done with a backup now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BackupState {
    /// Within its thirty days.
    Usable,
    /// Within them, with three days or less left.
    Expiring,
    /// Past them; Azure would refuse it.
    Expired,
    /// In the archive tier: it must be rehydrated before it can be read.
    Archived,
    /// Its date is not known.
    Unknown,
}

impl Blob {
    /// Whether it lies in the archive tier and cannot be read.
    pub fn is_archived(&self) -> bool {
        self.access_tier.as_deref().is_some_and(|tier| tier.eq_ignore_ascii_case("Archive"))
    }
}

impl Source {
    /// Nothing is known.
    pub const UNKNOWN: Self =
        Self { instance: None, instance_id: None, tier: None, provenance: Provenance::Unknown };
}

impl Backup {
    /// When Azure begins to refuse it; `None` when its date is not known.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.taken.and_then(|taken| taken.at.checked_add(LIFETIME).ok())
    }

    /// What is left of its thirty days; negative after them.
    pub fn time_left(&self, now: Timestamp) -> Option<SignedDuration> {
        self.expires_at().map(|end| end.duration_since(now))
    }

    /// How old it is.
    pub fn age(&self, now: Timestamp) -> Option<SignedDuration> {
        self.taken.map(|taken| now.duration_since(taken.at))
    }

    /// What can be done with it at `now`.
    pub fn state(&self, now: Timestamp) -> BackupState {
        match self.time_left(now) {
            None => BackupState::Unknown,
            Some(left) if left <= SignedDuration::ZERO => BackupState::Expired,
            Some(_) if self.blob.is_archived() => BackupState::Archived,
            Some(left) if left <= EXPIRING => BackupState::Expiring,
            Some(_) => BackupState::Usable,
        }
    }

    /// Whether it could be restored at `now` as far as its own state goes.
    pub fn is_usable(&self, now: Timestamp) -> bool {
        matches!(self.state(now), BackupState::Usable | BackupState::Expiring)
    }
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Manifest => "manifest",
            Self::Journal => "journal",
            Self::ActivityLog => "activity log",
            Self::Name => "name",
            Self::Operator => "operator",
            Self::Unknown => "unknown",
        })
    }
}

impl fmt::Display for DateSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Manifest => "manifest",
            Self::Journal => "journal",
            Self::ActivityLog => "activity log",
            Self::Name => "name",
            Self::CreationTime => "creation time",
            Self::LastModified => "last modified",
        })
    }
}

impl fmt::Display for BackupState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Usable => "usable",
            Self::Expiring => "expiring",
            Self::Expired => "expired",
            Self::Archived => "archived",
            Self::Unknown => "unknown",
        })
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;
    use crate::domain::storage::Location;

    /// A Premium backup of `instance` taken `hours` before `now`, with a manifest.
    pub(crate) fn backup(instance: &str, hours: i64, now: Timestamp) -> Backup {
        let at = now - SignedDuration::from_hours(hours);
        Backup {
            blob: Blob {
                address: Location::new("stcore", "apim").at(format!("{instance}-{hours}.apimbackup")),
                size: Some(1_000_000),
                etag: Some("0x8DC41".to_owned()),
                access_tier: Some("Hot".to_owned()),
                created_at: Some(at),
                last_modified: Some(at),
                condition: Condition::default(),
            },
            source: Source {
                instance: Some(instance.to_owned()),
                instance_id: None,
                tier: Some(Tier::Premium),
                provenance: Provenance::Manifest,
            },
            taken: Some(Taken { at, by: DateSource::CreationTime }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::samples::backup;
    use super::*;

    #[test]
    fn thirty_days_to_the_second() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let table = [
            (1, BackupState::Usable),
            (27 * 24 - 1, BackupState::Usable),
            (27 * 24, BackupState::Expiring),
            (30 * 24 - 1, BackupState::Expiring),
            (30 * 24, BackupState::Expired),
            (900 * 24, BackupState::Expired),
        ];
        for (hours, state) in table {
            assert_eq!(backup("core", hours, now).state(now), state, "{hours} h");
        }
        let last_second = now + LIFETIME - SignedDuration::from_secs(1);
        assert_eq!(backup("core", 0, now).state(last_second), BackupState::Expiring);
    }

    #[test]
    fn archived_is_not_usable_and_no_date_is_not_fine() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let mut it = backup("core", 1, now);
        it.blob.access_tier = Some("archive".into());
        assert_eq!(it.state(now), BackupState::Archived);
        it.taken = None;
        assert_eq!(it.state(now), BackupState::Unknown);
        assert!(!it.is_usable(now));
    }
}
