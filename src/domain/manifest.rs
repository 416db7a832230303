//! The manifest beside a backup of ours: what the source was, so that a later restore need not guess.
//!
//! The blob `{backup name}.lifeboat.json` holds one [`Manifest`] as JSON. It is believed only while the etag and the
//! length that it names are those of the backup: a copied or overwritten backup has another etag. Its fields are
//! described in `assets/manifest.schema.json`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::backup::Blob;
use super::fact::{Fact, Known, Unknown, Unreadable};
use super::parity::{
    Collection, Contents, Diagnostic, IdentityRole, Portal, Portrait, Settings, VaultReference,
};
use super::resource::ResourceId;
use super::sku::Sku;

/// The suffix that turns the name of a backup into that of its manifest.
pub const SUFFIX: &str = ".lifeboat.json";

/// The version of the schema that this program writes. Version 1 recorded no settings; it is still read.
pub const VERSION: u32 = 2;

/// What is written beside a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// The version of this schema.
    pub version: u32,
    /// What was backed up.
    pub source: ManifestSource,
    /// When the backup was accepted by Azure: changes after it are not in it.
    pub taken_at: Timestamp,
    /// The operation that made it.
    pub operation_id: String,
    /// The blob that it speaks of.
    pub blob: ManifestBlob,
}

/// The instance as it was at the time of the backup, as far as that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ManifestSource {
    /// When it was read: what can change, but for the tier, may have changed between the backup and then. Absent in older
    /// manifests.
    #[serde(default)]
    pub read_at: Option<Timestamp>,
    /// Its ARM id.
    pub id: ResourceId,
    /// Its name.
    pub name: String,
    /// The tier when the backup was planned, and its units.
    pub sku: Option<Sku>,
    /// Its primary region.
    pub location: String,
    /// Its platform version.
    pub platform_version: Option<String>,
    /// Its host names; a restore does not change those of the target.
    pub hostnames: Vec<String>,
    /// The ids of its user-assigned identities, and `system`.
    pub identities: Vec<String>,
    /// What it was set to. Here and below, `None` is what could not be read, and what version 1 did not record.
    #[serde(default)]
    pub settings: Option<Settings>,
    /// What its system-assigned identity was allowed to do.
    #[serde(default)]
    pub roles: Option<Vec<IdentityRole>>,
    /// Where Azure Monitor sent what it told.
    #[serde(default)]
    pub diagnostics: Option<Vec<Diagnostic>>,
    /// Its developer portal.
    #[serde(default)]
    pub portal: Option<Portal>,
    /// How much it held, by collection.
    #[serde(default)]
    pub counts: BTreeMap<String, u64>,
    /// What it read from Key Vaults by itself.
    #[serde(default)]
    pub vault_references: Option<Vec<VaultReference>>,
}

/// The blob that a manifest speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ManifestBlob {
    /// Its entity tag, without quotes.
    pub etag: String,
    /// Its length in bytes.
    pub length: u64,
}

impl Manifest {
    /// Whether it speaks of exactly this blob.
    pub fn speaks_of(&self, blob: &Blob) -> bool {
        blob.etag.as_deref() == Some(self.blob.etag.as_str()) && blob.size == Some(self.blob.length)
    }

    /// Whether this program knows what is in it: a newer one is not guessed at.
    pub fn is_understood(&self) -> bool {
        (1..=VERSION).contains(&self.version)
    }

    /// When the source was as it is described.
    pub fn as_of(&self) -> Timestamp {
        self.source.read_at.unwrap_or(self.taken_at)
    }

    /// The source as it was then, to be compared.
    pub fn portrait(&self) -> Portrait {
        let source = &self.source;
        let counted = |of: Collection| {
            let count =
                source.counts.get(of.path()).copied().map(|count| Contents { count, ..Contents::default() });
            (of, self.fact(count))
        };
        Portrait {
            name: source.name.clone(),
            id: Some(source.id.clone()),
            settings: self.fact(source.settings.clone()),
            roles: self.fact(source.roles.clone()),
            diagnostics: self.fact(source.diagnostics.clone()),
            portal: self.fact(source.portal.clone()),
            vault: self.fact(source.vault_references.clone()),
            contents: Collection::ALL.into_iter().map(counted).collect(),
        }
    }

    fn fact<T>(&self, recorded: Option<T>) -> Fact<T> {
        let source = "the manifest beside the backup".to_owned();
        match recorded {
            Some(value) => Fact::Known(Known { value, source, read_at: self.as_of() }),
            None => {
                let words = format!("the manifest, of version {}, does not say", self.version);
                Fact::Unknown(Unknown {
                    reason: Unreadable::NotRecorded(words),
                    source,
                    asked_at: self.as_of(),
                })
            }
        }
    }
}

impl ManifestSource {
    /// The same with everything that was read of it.
    #[must_use]
    pub fn painted(self, portrait: &Portrait) -> Self {
        let counted = |(of, fact): (&Collection, &Fact<Contents>)| {
            fact.value().map(|contents| (of.path().to_owned(), contents.count))
        };
        Self {
            settings: portrait.settings.value().cloned(),
            roles: portrait.roles.value().cloned(),
            diagnostics: portrait.diagnostics.value().cloned(),
            portal: portrait.portal.value().cloned(),
            vault_references: portrait.vault.value().cloned(),
            counts: portrait.contents.iter().filter_map(counted).collect(),
            ..self
        }
    }
}

/// The name of the manifest of the backup `name`.
pub fn name_for(name: &str) -> String {
    format!("{name}{SUFFIX}")
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;
    use crate::domain::sku::Tier;

    /// A manifest that speaks of `blob`, of a Standard instance.
    pub(crate) fn manifest(blob: &Blob, at: Timestamp) -> Manifest {
        let instance = crate::domain::instance::samples::instance("apim-core", Tier::Standard);
        Manifest {
            version: VERSION,
            source: ManifestSource {
                read_at: Some(at),
                id: instance.id,
                name: instance.name,
                sku: instance.sku,
                location: "westeurope".to_owned(),
                platform_version: None,
                hostnames: Vec::new(),
                identities: Vec::new(),
                settings: None,
                roles: None,
                diagnostics: None,
                portal: None,
                counts: BTreeMap::new(),
                vault_references: None,
            },
            taken_at: at,
            operation_id: "op".to_owned(),
            blob: ManifestBlob {
                etag: blob.etag.clone().unwrap_or_default(),
                length: blob.size.unwrap_or_default(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::samples::manifest;
    use super::*;
    use crate::domain::backup::samples::backup;
    use crate::domain::parity::compare;
    use crate::domain::parity::samples::portrait;

    /// What was recorded compares as what was read, but for what a count does not tell.
    #[test]
    fn a_portrait_survives_its_recording() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let mut it = manifest(&backup("apim-core", 5, now).blob, now);
        let read = portrait("apim-core");
        it.source = it.source.painted(&read);
        let parity = compare(&it.portrait(), &read, now);
        assert_eq!((parity.differences.as_slice(), parity.unreadable.as_slice()), (&[][..], &[][..]));
        assert_eq!(it.portrait().vault.value(), read.vault.value());
    }

    #[test]
    fn what_an_older_one_does_not_record_is_unknown() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let it = Manifest { version: 1, ..manifest(&backup("apim-core", 5, now).blob, now) };
        assert!(it.is_understood() && !Manifest { version: 3, ..it.clone() }.is_understood());
        let parity = compare(&it.portrait(), &portrait("apim-dr"), now);
        assert!(parity.is_blank());
        assert!(parity.unreadable.iter().all(|it| it.reason.to_string().contains("version 1")), "{parity:?}");
    }

    #[test]
    fn a_manifest_speaks_of_one_blob_only() {
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        let mut blob = backup("apim-core", 5, now).blob;
        let it = manifest(&blob, now);
        assert!(it.speaks_of(&blob));
        blob.size = Some(1);
        assert!(!it.speaks_of(&blob));
        blob.size = Some(it.blob.length);
        blob.etag = None;
        assert!(!it.speaks_of(&blob));
    }
}
