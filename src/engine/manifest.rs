//! Leaving a manifest beside a backup of ours, so that nobody has to guess later what it is.

use crate::azure::listing::Listing;
use crate::domain::instance::Instance;
use crate::domain::manifest::{self, Manifest, ManifestBlob, ManifestSource};
use crate::domain::operation::{Operation, OperationEvent, Phase};
use crate::domain::plan::Plan;
use crate::domain::problem::Problem;
use crate::domain::storage::BackupAddress;

use super::Engine;
use super::ledger::Ledger;

impl Engine {
    /// Writes the manifest of a backup of ours that has just succeeded; nothing else has one. A failure is noted and changes no verdict: the journal
    /// still remembers the backup.
    pub(super) async fn leave_manifest(&self, ledger: &mut Ledger) {
        let operation = ledger.operation();
        let Some(plan @ Plan::Backup(_)) = operation.intent.work.plan().cloned() else { return };
        if operation.phase != Phase::Succeeded {
            return;
        }
        match self.write_manifest(ledger.operation(), &plan).await {
            Ok(name) => ledger.record(OperationEvent::ManifestWritten { name }),
            Err(problem) => ledger.note(format!(
                "no manifest was written beside the backup: {}. Its origin is known from this journal only",
                problem.summary
            )),
        }
    }

    async fn write_manifest(&self, operation: &Operation, plan: &Plan) -> Result<String, Problem> {
        let address = plan.address();
        let account = self
            .account_named(&address.location.account)
            .await
            .map_err(|why| Problem::new(why.to_string()))?;
        let (instance, settings) =
            self.azure.instance_and_settings(plan.instance()).await.map_err(|error| error.problem())?;
        let below = self.below(plan.instance()).await;
        let blob =
            self.azure.blob(&account, address, Listing::Auto).await.map_err(|error| error.problem())?;
        let (Some(etag), Some(length)) = (blob.etag, blob.size) else {
            return Err(Problem::new("storage told neither etag nor length of the backup"));
        };
        let mut manifest = describe(operation, &instance, ManifestBlob { etag, length });
        manifest.source = manifest.source.painted(&below);
        manifest.source.settings = Some(settings);
        let body = serde_json::to_vec_pretty(&manifest).map_err(|error| Problem::new(error.to_string()))?;
        let beside = beside(address);
        self.azure
            .write_blob(&account, &beside, Listing::Auto, body)
            .await
            .map_err(|error| error.problem())?;
        Ok(beside.name)
    }
}

/// Where the manifest of a backup lies.
pub(super) fn beside(backup: &BackupAddress) -> BackupAddress {
    backup.location.at(manifest::name_for(&backup.name))
}

/// The manifest that the bytes are. One of a newer version is not guessed at.
///
/// # Errors
/// They are no manifest, or a newer one.
pub(super) fn understood(body: &[u8]) -> Result<Manifest, Problem> {
    let manifest: Manifest =
        serde_json::from_slice(body).map_err(|error| Problem::new(format!("it is no manifest: {error}")))?;
    if manifest.is_understood() {
        Ok(manifest)
    } else {
        Err(Problem::new(format!("it is of version {}, newer than this program", manifest.version)))
    }
}

/// The source as it is now, and the tier as it was when the backup was planned.
fn describe(operation: &Operation, instance: &Instance, blob: ManifestBlob) -> Manifest {
    let mut sku = instance.sku.clone();
    if let (Some(sku), Some(tier)) = (&mut sku, &operation.intent.tier) {
        sku.tier = tier.clone();
    }
    let system = instance.identity.system.as_ref().map(|_| "system".to_owned());
    let users = instance.identity.user.iter().map(|user| user.id.clone());
    Manifest {
        version: manifest::VERSION,
        source: ManifestSource {
            id: instance.id.clone(),
            name: instance.name.clone(),
            sku,
            location: instance.region.to_string(),
            platform_version: instance.platform_version.clone(),
            hostnames: instance.hostnames.clone(),
            identities: system.into_iter().chain(users).collect(),
            settings: None,
            diagnostics: None,
            portal: None,
            counts: std::collections::BTreeMap::new(),
            vault_references: None,
        },
        taken_at: operation.accepted_at.or(operation.submitted_at).unwrap_or(operation.planned_at),
        operation_id: operation.id().to_string(),
        blob,
    }
}
