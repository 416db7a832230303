//! `POST …/backup` and `POST …/restore`: what is refused at once, and what is accepted and may fail later.
//!
//! The order of the checks is Resource Manager's first (right, existence, lock), then the provider's. A text is
//! recorded or reported where that is said; the others are in the same style, but nobody has seen them.

use jiff::Timestamp;

use super::conduct::{Course, NamedBackup, StatusForm};
use super::reach::{Blame, Order, invalid};
use super::results::Address;
use super::world::instance::Instance;
use super::world::operation::{Direction, End, Operation, Place};
use super::world::storage::{AccessTier, Matter, Snapshot};
use super::{Reply, Visit, error};

/// A backup can be restored for thirty days.
const LIFETIME_HOURS: i64 = 30 * 24;

impl Visit<'_> {
    /// Starts a backup or a restore, or refuses to.
    pub(super) fn transfer(&mut self, direction: Direction) -> Result<Reply, Reply> {
        let id = self.scope(8);
        self.require(direction.action(), &id)?;
        let instance = self.existing(&id)?;
        if let Some(lock) = self.world.read_only_lock(&instance.id) {
            let message = format!(
                "The scope '{}' cannot perform write operation because following scope(s) are locked: '{}'. Please \
                 remove the lock and try again.",
                instance.id, lock.scope
            );
            return Err(error::refusal(409, "ScopeLocked", &message));
        }
        if self.is_down(&instance.region) {
            return Err(error::region_down());
        }
        self.answers_version(&instance)?;
        refuse_unsupported(&instance, direction)?;
        let order: Order = serde_json::from_slice(&self.call.body).map_err(|fault| {
            invalid(&(format!("The request body is not valid: {fault}"), "parameters".to_owned()))
        })?;
        self.let_the_rival_in(&instance, &order, direction);
        let instance = self.existing(&id)?;
        if instance.is_busy() {
            // Recorded, and without Retry-After.
            let message = format!(
                "The API Service {} is transitioning at this time. Please try the request again later.",
                instance.name
            );
            return Err(error::provider_refusal(409, "ServiceLocked", &message));
        }
        if direction == Direction::Restore && self.cloud.conduct.named_backup == NamedBackup::Deleted {
            let now = self.now();
            self.world.delete_blob(&order.storage_account, &order.container_name, &order.backup_name, now);
        }
        self.reach(&instance, &order, direction).map_err(|blame| invalid(&blame))?;
        let end = match direction {
            Direction::Backup => self.plan_backup(&instance, &order),
            Direction::Restore => self.plan_restore(&instance, &order).map_err(|blame| invalid(&blame))?,
        };
        let mut operation = self.operation(direction, &instance, &order, end);
        if let Some(id) = self.call.header("x-ms-client-request-id") {
            id.clone_into(&mut operation.client_request);
        }
        Ok(self.accept(&instance, operation))
    }

    /// Lets somebody else begin the same on the same instance, once, if the scenario wants it.
    fn let_the_rival_in(&mut self, instance: &Instance, order: &Order, direction: Direction) {
        let Some(rival) = self.cloud.conduct.rival.clone() else { return };
        if !self.world.operations.is_empty() || instance.is_busy() {
            return;
        }
        let end = match direction {
            Direction::Backup => self.plan_backup(instance, order),
            Direction::Restore => match self.plan_restore(instance, order) {
                Ok(end) => end,
                Err(_) => return,
            },
        };
        let mut operation = self.operation(direction, instance, order, end);
        operation.other_caller = Some(rival);
        if direction == Direction::Backup {
            operation.place.blob.push_str("-by-somebody-else");
        }
        self.accept(instance, operation);
    }

    /// An operation that begins now, by nobody yet.
    fn operation(&self, direction: Direction, instance: &Instance, order: &Order, end: End) -> Operation {
        let (clock, now, conduct) = (self.cloud.clock, self.now(), &self.cloud.conduct);
        let number = self.world.operations.len();
        let short = self.world.seed.draw(&format!("operation/{}/{number}", instance.name)) & 0xffff_ffff;
        let key = format!("{}_{}_{short:08x}", instance.name, direction.word());
        let label = format!("duration/{key}");
        // Recorded: backups 362 to 616 s, restores 440 to 1147 s; a refused restore is found out early.
        let seconds = match (&end, direction) {
            (End::Failed { .. }, _) => 95,
            (_, Direction::Backup) => self.world.seed.within(&label, 480, 600),
            (_, Direction::Restore) => self.world.seed.within(&label, 580, 760),
        };
        let in_seconds = |seconds: u64| now.saturating_add(clock.scaled(seconds as f64)).unwrap_or(now);
        let (ends, end) = match &conduct.course {
            Course::Usual => (in_seconds(seconds), end),
            Course::Stuck => (Timestamp::MAX, end),
            Course::BreaksDown(how) => {
                let (code, message) = (how.code.clone(), how.message.clone());
                (in_seconds(seconds / 2), End::Failed { code, message, leaves: Some(how.leaves.clone()) })
            }
        };
        Operation {
            direction,
            instance: instance.name.to_ascii_lowercase(),
            place: Place {
                account: order.storage_account.clone(),
                container: order.container_name.clone(),
                blob: order.backup_name.clone(),
            },
            ends,
            end,
            finished: false,
            log_delay: clock.scaled(conduct.log_delay_seconds),
            correlation: self.world.seed.guid(&format!("correlation/{key}")),
            client_request: self.world.seed.guid(&format!("client/{key}")),
            other_caller: None,
            addresses: 1,
            key,
        }
    }

    fn accept(&mut self, instance: &Instance, operation: Operation) -> Reply {
        let (key, correlation) = (operation.key.clone(), operation.correlation.clone());
        self.world.begin(operation, self.now());
        let header = match self.cloud.conduct.status_form {
            StatusForm::Resource => "location",
            StatusForm::Monitor => "azure-asyncoperation",
        };
        Reply::empty(202)
            .with(header, Address::of(self, instance, &key).url(self, &key))
            .with("retry-after", self.cloud.clock.retry_after(60))
            .with("server", "Microsoft-HTTPAPI/2.0")
            .with("x-ms-correlation-request-id", correlation)
    }

    fn plan_backup(&self, instance: &Instance, order: &Order) -> End {
        let label = format!("size/{}/{}", instance.name, order.backup_name);
        let apis = instance.content.counts.get("apis").copied().unwrap_or(0);
        let mebibyte = 1024 * 1024;
        let length = u64::from(apis) * 10 * mebibyte + self.world.seed.within(&label, mebibyte, 4 * mebibyte);
        let snapshot =
            Snapshot { tier: instance.tier.clone(), taken: self.now(), content: instance.content.clone() };
        End::Written { length, snapshot }
    }

    /// What comes of restoring the blob. Tier and age are found out only while the restore runs.
    fn plan_restore(&self, instance: &Instance, order: &Order) -> Result<End, Blame> {
        let at_name = |text: &str| (text.to_owned(), format!("backupName (value: [{}])", order.backup_name));
        let account = self.world.accounts.get(&order.storage_account);
        let blob = account
            .and_then(|account| account.blob(&order.container_name, &order.backup_name))
            .ok_or_else(|| at_name("The specified blob does not exist."))?;
        if blob.tier == AccessTier::Archive {
            return Err(at_name("This operation is not permitted on an archived blob."));
        }
        let failed = |message| End::Failed { code: "RestoreFailed".to_owned(), message, leaves: None };
        Ok(match &blob.matter {
            Matter::Bytes(_) => failed("Cannot restore: backup is not readable".to_owned()),
            Matter::Backup { snapshot, .. } => {
                let age = self.now().duration_since(snapshot.taken);
                if age.as_hours() >= LIFETIME_HOURS {
                    failed("Cannot restore: backup expired".to_owned())
                } else if snapshot.tier != instance.tier {
                    let (current, backup) = (&instance.tier, &snapshot.tier);
                    failed(format!("Cannot restore: current SKU is '{current}', backup SKU is '{backup}'"))
                } else {
                    End::Restored(Snapshot::clone(snapshot))
                }
            }
        })
    }
}

/// Tiers and features for which the documentation rules backup and restore out. No refusal was ever recorded.
fn refuse_unsupported(instance: &Instance, direction: Direction) -> Result<(), Reply> {
    let word = direction.word();
    let message =
        if !matches!(instance.tier.as_str(), "Developer" | "Basic" | "Standard" | "Premium" | "Isolated") {
            format!("{word} is not supported in the '{}' pricing tier.", instance.tier)
        } else if instance.workspaces > 0 {
            format!("{word} is not supported for API Management services that have workspaces.")
        } else {
            return Ok(());
        };
    Err(error::provider_refusal(400, "MethodNotAllowedInPricingTier", &message))
}
