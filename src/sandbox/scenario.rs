//! Misbehaviour as data: what goes wrong in a rehearsal is a JSON file, not code.
//!
//! A scenario has two parts. `conduct` sets how the pretend Azure itself behaves (how long tokens live, which region
//! is down). `faults` lists what happens to single requests on their way, matched by method, path and occurrence.
//! An unknown key is an error, so that a misspelt fault cannot pass for a fault that did not bite.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::mischief::Fault;

/// The scenarios shipped, by name. `quiet` comes first: it is the default.
const SHIPPED: &[(&str, &str)] = &[
    ("quiet", include_str!("../../assets/sandbox/quiet.json")),
    ("garbled", include_str!("../../assets/sandbox/garbled.json")),
    ("lost-answer", include_str!("../../assets/sandbox/lost-answer.json")),
    ("poll-flaky", include_str!("../../assets/sandbox/poll-flaky.json")),
    ("poll-forbidden", include_str!("../../assets/sandbox/poll-forbidden.json")),
    ("ragged", include_str!("../../assets/sandbox/ragged.json")),
    ("region-down", include_str!("../../assets/sandbox/region-down.json")),
    ("silent", include_str!("../../assets/sandbox/silent.json")),
    ("slow", include_str!("../../assets/sandbox/slow.json")),
    ("throttled", include_str!("../../assets/sandbox/throttled.json")),
    ("tier-mismatch", include_str!("../../assets/sandbox/tier-mismatch.json")),
    ("token-expiry", include_str!("../../assets/sandbox/token-expiry.json")),
];

/// The names that [`Options::scenario`](super::Options) accepts, the default first.
pub fn scenario_names() -> Vec<&'static str> {
    SHIPPED.iter().map(|(name, _)| *name).collect()
}

/// One rehearsal.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Scenario {
    /// One sentence for people.
    pub(crate) summary: String,
    #[serde(default)]
    pub(crate) conduct: Conduct,
    #[serde(default)]
    pub(crate) faults: Vec<Fault>,
}

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
    /// Where a backup or restore is polled.
    pub(crate) operation_address: OperationAddress,
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
}

/// A token bucket.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Bucket {
    pub(crate) size: f64,
    pub(crate) per_second: f64,
}

/// The two shapes of an operation's address.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(crate) enum OperationAddress {
    /// By api-version, as recorded: from 2024-05-01 on below the location, before that below the instance.
    ByVersion,
    /// `…/service/{name}/operationresults/{id}`.
    Service,
    /// `…/locations/{region}/operationResults/{id}`.
    Location,
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
            operation_address: OperationAddress::ByVersion,
            log_delay_seconds: 4.0,
            list_page: 1000,
            blob_pages: BlobPages::Full,
            down_regions: Vec::new(),
            manifests: Manifests::Present,
            tier_at_backup: BTreeMap::new(),
        }
    }
}

impl Scenario {
    /// Reads a shipped scenario; the error says what is wrong in words.
    pub(crate) fn named(name: &str) -> Result<Scenario, String> {
        let Some((_, text)) = SHIPPED.iter().find(|(shipped, _)| *shipped == name) else {
            return Err(format!(
                "there is no scenario \"{name}\"; there are: {}",
                scenario_names().join(", ")
            ));
        };
        serde_json::from_str(text).map_err(|error| format!("the scenario \"{name}\" cannot be read: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_scenario_reads_and_says_what_it_is() {
        for name in scenario_names() {
            let scenario = Scenario::named(name).unwrap();
            assert!(scenario.summary.ends_with('.'), "{name}");
        }
        assert!(Scenario::named("calm").unwrap_err().contains("quiet"));
    }

    #[test]
    fn an_unknown_key_is_an_error() {
        let text = r#"{"summary":"x.","faults":[{"path":"**","do":"silence","nht":[1,1]}]}"#;
        assert!(serde_json::from_str::<Scenario>(text).unwrap_err().to_string().contains("nht"));
    }
}
