//! Two instances side by side: what differs, what a restore closes, and what somebody must set by hand.
//!
//! A backup carries neither hostnames nor certificates, network, identities, diagnostic settings, protocols nor portal
//! content (documentation of backup and restore). What it does carry is compared by number and, where a list tells it
//! without a secret, by version.

mod contents;
mod held;
mod ignoring;
mod limits;
pub mod paper;
mod roles;
mod settings;
mod table;

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use contents::{Collection, Contents, Diagnostic, NetworkFault, Portal, VaultReference};
pub use ignoring::{IgnoredBy, Rules};
pub use roles::IdentityRole;
pub use settings::{CaCertificate, Certificate, Hostname, Settings};

use super::fact::{Fact, Unreadable};
use super::preflight::Remedy;
use super::resource::ResourceId;
use super::storage::BackupAddress;

/// An instance as it is compared: every part read for itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Portrait {
    /// What people call it.
    pub name: String,
    /// Its ARM id, when it is there to be changed.
    pub id: Option<ResourceId>,
    /// What the resource itself tells.
    pub settings: Fact<Settings>,
    /// What its system-assigned identity may do; empty when it has none.
    pub roles: Fact<Vec<IdentityRole>>,
    /// Its diagnostic settings.
    pub diagnostics: Fact<Vec<Diagnostic>>,
    /// Its developer portal.
    pub portal: Fact<Portal>,
    /// What it reads from Key Vaults by itself, hostnames left out.
    pub vault: Fact<Vec<VaultReference>>,
    /// What hangs below it.
    pub contents: BTreeMap<Collection, Fact<Contents>>,
}

/// What closes a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClosedBy {
    /// Somebody, in Azure.
    ByHand,
    /// A restore of a backup of the source.
    Restore,
    /// Nothing has to: it is expected, or does no harm.
    None,
}

impl fmt::Display for ClosedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ByHand => "by hand",
            Self::Restore => "restore",
            Self::None => "-",
        })
    }
}

/// Something that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its stable id, such as `hostname:api.contoso.example`.
    pub id: String,
    /// What differs, in words.
    pub setting: String,
    /// How it is on the source; `None` when it is not there.
    pub source: Option<String>,
    /// How it is on the standby; `None` when it is not there.
    pub standby: Option<String>,
    /// What closes it.
    pub closed_by: ClosedBy,
    /// Whether clients would fail if they were sent to the standby as it is; `None` when that cannot be told.
    pub blocks_switch: Option<bool>,
    /// What to do about it.
    pub remedy: Option<Remedy>,
    /// What set it apart, when something did.
    pub ignored: Option<IgnoredBy>,
}

/// Something that is the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equal {
    /// Its stable id.
    pub id: String,
    /// What it is, in words.
    pub setting: String,
    /// How it is.
    pub value: String,
}

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// The one that is protected.
    Source,
    /// The one that is kept to be restored into.
    Standby,
}

/// A part that could not be read on one side, so that nothing is said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Which part.
    pub setting: String,
    /// On which side.
    pub side: Side,
    /// Why.
    pub reason: Unreadable,
}

/// A comparison, and how each side was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The one that is protected.
    pub source: Seen,
    /// The one that is kept to be restored into.
    pub standby: Seen,
    /// What was found.
    pub parity: Parity,
}

/// How one side of a comparison was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its name.
    pub name: String,
    /// When it was as it is compared.
    pub as_of: Timestamp,
    /// The backup whose manifest tells it; `None` when Azure did.
    pub manifest: Option<BackupAddress>,
}

/// What a comparison found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parity {
    /// What differs: by hand before restore before nothing, what blocks a switch first.
    pub differences: Vec<Difference>,
    /// What is the same.
    pub equal: Vec<Equal>,
    /// What could not be compared.
    pub unreadable: Vec<Unread>,
}

/// Compares two instances as they were read. `now` tells which certificates are no longer good.
pub fn compare(source: &Portrait, standby: &Portrait, now: Timestamp) -> Parity {
    let mut parity = Parity::default();
    if let Some((one, other)) = parity.both("settings", &source.settings, &standby.settings) {
        table::compare(&mut parity, (one, other), standby.id.as_ref(), now);
    }
    if let Some((one, other)) = parity.both("identity roles", &source.roles, &standby.roles) {
        roles::compare(&mut parity, (one, other), standby.settings.value());
    }
    if let Some((one, other)) = parity.both("diagnostic settings", &source.diagnostics, &standby.diagnostics)
    {
        held::diagnostics(&mut parity, one, other);
    }
    if let Some((one, other)) = parity.both("developer portal", &source.portal, &standby.portal) {
        held::portal(&mut parity, one, other);
    }
    const UNASKED: Fact<Contents> = Fact::NotAsked;
    for collection in Collection::ALL {
        let of = |portrait: &'_ Portrait| portrait.contents.get(&collection).cloned().unwrap_or(UNASKED);
        let (one, other) = (of(source), of(standby));
        if let Some((one, other)) = parity.both(&collection.to_string(), &one, &other) {
            held::contents(&mut parity, collection, one, other);
            if let Some(sku) = standby.settings.value().and_then(|it| it.sku.as_ref()) {
                limits::compare(&mut parity, collection, one, &sku.tier);
            }
        }
    }
    let rank = |it: &Difference| match it.blocks_switch {
        Some(true) => 0,
        None => 1,
        Some(false) => 2,
    };
    parity.differences.sort_by_key(|it| (it.closed_by, rank(it)));
    parity
}

impl Parity {
    /// How many differences are closed by this; those that are ignored count nowhere.
    pub fn closed_by(&self, by: ClosedBy) -> usize {
        self.open().filter(|it| it.closed_by == by).count()
    }

    /// How many would make clients fail even after a restore.
    pub fn blocking(&self) -> usize {
        self.open().filter(|it| it.blocks()).count()
    }

    /// Whether nothing at all could be compared.
    pub fn is_blank(&self) -> bool {
        self.differences.is_empty() && self.equal.is_empty()
    }

    /// Both values, or a word on each side that has none.
    fn both<'a, T>(&mut self, setting: &str, one: &'a Fact<T>, other: &'a Fact<T>) -> Option<(&'a T, &'a T)> {
        for (side, why) in [(Side::Source, reason(one)), (Side::Standby, reason(other))] {
            if let Some(reason) = why {
                self.unreadable.push(Unread { setting: setting.to_owned(), side, reason });
            }
        }
        Some((one.value()?, other.value()?))
    }

    fn same(&mut self, id: impl Into<String>, setting: impl Into<String>, value: impl Into<String>) {
        self.equal.push(Equal { id: id.into(), setting: setting.into(), value: value.into() });
    }
}

/// Why a fact has no value.
fn reason<T>(fact: &Fact<T>) -> Option<Unreadable> {
    match fact {
        Fact::Known(_) => None,
        Fact::Unknown(unknown) => Some(unknown.reason.clone()),
        Fact::NotAsked => Some(Unreadable::NotRecorded("nobody asked".to_owned())),
    }
}

impl Difference {
    /// A difference with its two sides, of which nothing is known to be the matter yet.
    fn new(
        id: impl Into<String>,
        setting: impl Into<String>,
        (source, standby): (Option<String>, Option<String>),
    ) -> Self {
        Self {
            id: id.into(),
            setting: setting.into(),
            source,
            standby,
            closed_by: ClosedBy::None,
            blocks_switch: Some(false),
            remedy: None,
            ignored: None,
        }
    }

    /// Whether clients would fail even after a restore.
    pub fn blocks(&self) -> bool {
        self.blocks_switch == Some(true) && self.closed_by != ClosedBy::Restore
    }

    /// How the standby is expected to be after a restore of a backup of the source: what a backup carries is as it was at
    /// the source when the backup was taken, all else as it is.
    pub fn restored(&self) -> Option<&str> {
        match self.closed_by {
            ClosedBy::Restore => self.source.as_deref(),
            ClosedBy::ByHand | ClosedBy::None => self.standby.as_deref(),
        }
    }

    /// The same, closed by this.
    fn closed(mut self, by: ClosedBy) -> Self {
        self.closed_by = by;
        self
    }

    /// The same, with what it means for clients.
    fn blocking(mut self, blocks: Option<bool>) -> Self {
        self.blocks_switch = blocks;
        self
    }

    /// The same, with what to do.
    fn advising(mut self, remedy: impl Into<Remedy>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
