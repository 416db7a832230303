//! How the pretend Azure itself behaves in a scenario, when nothing is in the way of a request.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::world::storage::Firewall;

/// How the pretend Azure behaves when nothing is in the way.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Conduct {
    /// Tokens in the bucket of reads, and how many come back per second (ARM since 2024: 250 and 25).
    pub(crate) reads: Bucket,
    /// The same for writes and POST actions (200 and 10).
    pub(crate) writes: Bucket,
    /// Life of an access token in seconds.
    pub(crate) token_seconds: u32,
    /// So long after the first backup or restore was asked for, the tokens given out until then are taken back.
    pub(crate) tokens_revoked_after_seconds: Option<f64>,
    /// Where a backup or restore is polled.
    pub(crate) operation_address: OperationAddress,
    /// What a poll answers with.
    pub(crate) status_form: StatusForm,
    /// How a backup or restore that was accepted goes on.
    pub(crate) course: Course,
    /// Who is a moment faster than the first backup or restore, and begins the same on the same instance.
    pub(crate) rival: Option<String>,
    /// What has become of the backup that a restore names.
    pub(crate) named_backup: NamedBackup,
    /// How long an event takes to show in the activity log; scaled by the speed.
    pub(crate) log_delay_seconds: f64,
    /// Longest page of an ARM list.
    pub(crate) list_page: usize,
    /// How List Blobs cuts its pages.
    pub(crate) blob_pages: BlobPages,
    /// Regions whose control plane, gateways and storage do not answer.
    pub(crate) down_regions: Vec<String>,
    /// Whether a manifest lies beside the backups that have one in the fleet.
    pub(crate) manifests: Manifests,
    /// By instance: the tier its backups were taken at, when it is not the tier it has now.
    pub(crate) tier_at_backup: BTreeMap<String, String>,
    /// By instance: the oldest api-version that it answers to.
    pub(crate) min_api_version: BTreeMap<String, String>,
    /// By instance: how many days older its backups are inside than they look, because they are copies.
    pub(crate) copied_after_days: BTreeMap<String, u32>,
    /// By account: the firewall it has, when it is not that of the fleet.
    pub(crate) firewalls: BTreeMap<String, Firewall>,
    /// Who has none of the roles that the fleet gives.
    pub(crate) roles_withheld: Vec<String>,
    /// By `account/container`: names of further blobs.
    pub(crate) further_blobs: BTreeMap<String, Vec<String>>,
}

/// A token bucket.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Bucket {
    pub(crate) size: f64,
    pub(crate) per_second: f64,
}

/// The shapes of an operation's address.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(crate) enum OperationAddress {
    /// By api-version, as recorded: from 2024-05-01 on below the location, before that below the instance.
    ByVersion,
    /// `…/service/{name}/operationresults/{id}`.
    Service,
    /// `…/locations/{region}/operationResults/{id}`.
    Location,
    /// Another with every answer, now below the instance, now below the location, now without a host, always 4 kB
    /// long; only the newest is known.
    Wandering,
}

/// What the address of an operation answers with.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(crate) enum StatusForm {
    /// 202, and at the end the instance or a refusal: what API Management does.
    Resource,
    /// ARM's status monitor: always 200, with a word for how it stands.
    Monitor,
}

/// What happens to an operation after it was accepted.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Course {
    /// It comes to its end.
    Usual,
    /// It never ends, and the instance stays busy.
    Stuck,
    /// It ends half-way.
    BreaksDown(Breakdown),
}

/// How an operation ends half-way.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Breakdown {
    pub(crate) code: String,
    pub(crate) message: String,
    /// The `provisioningState` that the instance is left in.
    pub(crate) leaves: String,
}

/// What has become of the backup that a restore names.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(crate) enum NamedBackup {
    Kept,
    /// Somebody deleted it between the checks and the restore.
    Deleted,
}

/// How List Blobs cuts its pages.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(crate) enum BlobPages {
    /// As full as was asked for.
    Full,
    /// Short ones, and now and then an empty one that still has a marker: the service is allowed to.
    Ragged,
}

/// Whether manifests lie beside the backups.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Manifests {
    Present,
    Absent,
}

impl Default for Conduct {
    fn default() -> Conduct {
        Conduct {
            reads: Bucket { size: 250.0, per_second: 25.0 },
            writes: Bucket { size: 200.0, per_second: 10.0 },
            token_seconds: 3600,
            tokens_revoked_after_seconds: None,
            operation_address: OperationAddress::ByVersion,
            status_form: StatusForm::Resource,
            course: Course::Usual,
            rival: None,
            named_backup: NamedBackup::Kept,
            log_delay_seconds: 4.0,
            list_page: 1000,
            blob_pages: BlobPages::Full,
            down_regions: Vec::new(),
            manifests: Manifests::Present,
            tier_at_backup: BTreeMap::new(),
            min_api_version: BTreeMap::new(),
            copied_after_days: BTreeMap::new(),
            firewalls: BTreeMap::new(),
            roles_withheld: Vec::new(),
            further_blobs: BTreeMap::new(),
        }
    }
}
