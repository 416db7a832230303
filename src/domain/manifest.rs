//! The manifest beside a backup of ours: what the source was, so that a later restore need not guess.
//!
//! The blob `{backup name}.lifeboat.json` holds one [`Manifest`] as JSON. It is believed only while the etag and the
//! length that it names are those of the backup: a copied or overwritten backup has another etag.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::backup::Blob;
use super::resource::ResourceId;
use super::sku::Sku;

/// The suffix that turns the name of a backup into that of its manifest.
pub const SUFFIX: &str = ".lifeboat.json";

/// The version of the schema that this program writes.
pub const VERSION: u32 = 1;

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
    use crate::domain::backup::samples::backup;

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
