//! Leaving a manifest beside a backup of ours, so that nobody has to guess later what it is.

use std::collections::{BTreeMap, BTreeSet};

use crate::azure::listing::Listing;
use crate::domain::backup::Blob;
use crate::domain::instance::Instance;
use crate::domain::manifest::{self, Manifest, ManifestBlob, ManifestSource};
use crate::domain::operation::{Operation, OperationEvent, OperationId, Phase};
use crate::domain::parity::{Portrait, Settings};
use crate::domain::plan::Plan;
use crate::domain::problem::Problem;
use crate::domain::provenance::Remembered;
use crate::domain::resource::ResourceId;
use crate::domain::sku::Sku;
use crate::domain::storage::{BackupAddress, StorageAccount};

use super::ledger::Ledger;
use super::survey::MANIFEST_LIMIT;
use super::{Engine, Reports};

/// What may lie where a manifest is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Onto {
    /// Anything: the backup is new, and a manifest that lies there was of the blob before it.
    Anything,
    /// Nothing.
    Nothing,
}

impl Engine {
    /// Writes the manifest of a backup of ours that has just succeeded; nothing else has one. A failure is noted and
    /// changes no verdict: the journal still remembers the backup.
    pub(super) async fn leave_manifest(&self, ledger: &mut Ledger) {
        let operation = ledger.operation();
        let Some(plan @ Plan::Backup(_)) = operation.intent.work.plan().cloned() else { return };
        if operation.phase == Phase::Succeeded {
            let written = self.write_manifest(operation, &plan, Onto::Anything).await;
            self.tell_manifest(ledger, written);
        }
    }

    /// Writes what manifests were not written because the time to write had ended, for the newest backup of ours of
    /// each instance: called when there is time to write again.
    pub async fn make_up_manifests(&self, reports: Reports) {
        let (listed, _) = self.journal.list();
        let lacking = listed.iter().map(|it| &it.operation).filter(|it| it.unwritten.is_some());
        let instances: BTreeSet<ResourceId> = lacking.map(|it| it.intent.work.instance().clone()).collect();
        for instance in instances {
            self.make_up_manifest(&instance, reports.clone()).await;
        }
    }

    /// Writes the manifest of the newest backup of ours of an instance, when the console that saw it succeed ended
    /// before it could, or had no time to write any more. Only beside the very blob that it wrote, and never over a
    /// manifest that is there.
    pub(super) async fn make_up_manifest(&self, instance: &ResourceId, reports: Reports) {
        let Some((id, plan)) = self.without_manifest(instance) else { return };
        if !self.azure.permit().allows() {
            return;
        }
        match self.take_up(id, reports) {
            Ok(mut ledger) => {
                let written = self.write_manifest(ledger.operation(), &plan, Onto::Nothing).await;
                self.tell_manifest(&mut ledger, written);
            }
            Err(problem) => tracing::info!(%problem, operation = %id, "its manifest is not looked after"),
        }
    }

    fn without_manifest(&self, instance: &ResourceId) -> Option<(OperationId, Plan)> {
        let (listed, _) = self.journal.list();
        let is_one = |it: &Operation| {
            Remembered::of(it).is_some_and(|one| one.instance == *instance) && self.is_of_this_cloud(it)
        };
        let backups = listed.into_iter().map(|it| it.operation).filter(is_one);
        let newest = backups.max_by_key(|it| it.ended_at).filter(|it| it.manifest.is_none())?;
        Some((newest.id(), newest.intent.work.plan()?.clone()))
    }

    async fn write_manifest(
        &self,
        operation: &Operation,
        plan: &Plan,
        onto: Onto,
    ) -> Result<String, Problem> {
        let address = plan.address();
        let account = self
            .account_named(&address.location.account)
            .await
            .map_err(|why| Problem::new(why.to_string()))?;
        let blob =
            self.azure.blob(&account, address, Listing::Auto).await.map_err(|error| error.problem())?;
        let beside = beside(address);
        if onto == Onto::Nothing && self.is_there(operation, &account, &blob, &beside).await? {
            return Ok(beside.name);
        }
        let (instance, settings) =
            self.azure.instance_and_settings(plan.instance()).await.map_err(|error| error.problem())?;
        let (below, roles) =
            futures::join!(self.below(plan.instance()), self.roles_of(plan.instance(), &settings));
        let portrait = Portrait { roles, ..below };
        let (Some(etag), Some(length)) = (blob.etag, blob.size) else {
            return Err(Problem::new("storage told neither etag nor length of the backup"));
        };
        let mut manifest = self.describe(operation, &instance, ManifestBlob { etag, length });
        let source = manifest.source.painted(&portrait);
        // A tier that was changed since is not that of the backup.
        let settings = Settings { sku: source.sku.clone(), ..settings };
        manifest.source = ManifestSource { settings: Some(settings), ..source };
        let body = serde_json::to_vec_pretty(&manifest).map_err(|error| Problem::new(error.to_string()))?;
        let written = match onto {
            Onto::Anything => self.azure.write_blob(&account, &beside, Listing::Auto, body).await,
            Onto::Nothing => self.azure.write_new_blob(&account, &beside, Listing::Auto, body).await,
        };
        written.map(|()| beside.name).map_err(|error| error.problem())
    }

    /// What became of the manifest. Read-only is a promise: what has not left by its beginning waits for the next time to
    /// write, and it is said so.
    fn tell_manifest(&self, ledger: &mut Ledger, written: Result<String, Problem>) {
        let event = match written {
            Ok(name) => OperationEvent::ManifestWritten { name },
            Err(problem) if self.azure.permit().allows() => {
                OperationEvent::without_manifest(&problem.summary)
            }
            Err(_) => OperationEvent::without_manifest(&match self.azure.read_only_since() {
                Some(since) => format!("read-only since {}", since.strftime("%H:%MZ")),
                None => "read-only".to_owned(),
            }),
        };
        // Every start tries again; the journal need not say the same every time.
        let is_known =
            event.unwritten().is_some_and(|why| ledger.operation().unwritten.as_deref() == Some(why));
        if !is_known {
            ledger.record(event);
        }
    }

    /// Whether the manifest of a backup that has succeeded some time ago is there after all.
    ///
    /// # Errors
    /// The blob is another one by now, or something else lies where the manifest would.
    async fn is_there(
        &self,
        operation: &Operation,
        account: &StorageAccount,
        blob: &Blob,
        beside: &BackupAddress,
    ) -> Result<bool, Problem> {
        if !Remembered::of(operation).is_some_and(|it| it.is(blob)) {
            return Err(Problem::new(format!("{} was written over since", blob.address)));
        }
        let body = match self.azure.read_blob(account, beside, Listing::Auto, MANIFEST_LIMIT).await {
            Ok(body) => body,
            Err(error) if error.is_absent() => return Ok(false),
            Err(error) => return Err(error.problem()),
        };
        let is_ours = serde_json::from_slice(&body).is_ok_and(|it: Manifest| it.speaks_of(blob));
        is_ours.then_some(true).ok_or_else(|| Problem::new(format!("{beside} speaks of another backup")))
    }

    /// The source as it is now, with the tier that it had when the backup was planned: a wrong one would let a restore
    /// fail that had been judged to fit.
    fn describe(&self, operation: &Operation, instance: &Instance, blob: ManifestBlob) -> Manifest {
        let units = instance.sku.as_ref().and_then(|sku| sku.units);
        let sku = operation.intent.tier.clone().map(|tier| Sku { tier, units });
        let system = instance.identity.system.as_ref().map(|_| "system".to_owned());
        let users = instance.identity.user.iter().map(|user| user.id.clone());
        Manifest {
            version: manifest::VERSION,
            source: ManifestSource {
                read_at: Some(self.now()),
                id: instance.id.clone(),
                name: instance.name.clone(),
                sku,
                location: instance.region.to_string(),
                platform_version: instance.platform_version.clone(),
                hostnames: instance.hostnames.clone(),
                identities: system.into_iter().chain(users).collect(),
                settings: None,
                roles: None,
                diagnostics: None,
                portal: None,
                counts: BTreeMap::new(),
                vault_references: None,
            },
            taken_at: operation.accepted_at.or(operation.submitted_at).unwrap_or(operation.planned_at),
            operation_id: operation.id().to_string(),
            blob,
        }
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
