//! `POST …/backup` and `POST …/restore`: what is refused at once, and what is accepted and may fail later.
//!
//! The order of the checks is Resource Manager's first (right, existence, lock), then the provider's. A text is
//! recorded or reported where that is said; the others are in the same style, but nobody has seen them.

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
        refuse_unsupported(&instance, direction)?;
        let order: Order = serde_json::from_slice(&self.call.body).map_err(|fault| {
            invalid(&(format!("The request body is not valid: {fault}"), "parameters".to_owned()))
        })?;
        if instance.is_busy() {
            // Recorded, and without Retry-After.
            let message = format!(
                "The API Service {} is transitioning at this time. Please try the request again later.",
                instance.name
            );
            return Err(error::provider_refusal(409, "ServiceLocked", &message));
        }
        self.reach(&instance, &order, direction).map_err(|blame| invalid(&blame))?;
        let end = match direction {
            Direction::Backup => self.plan_backup(&instance, &order),
            Direction::Restore => self.plan_restore(&instance, &order).map_err(|blame| invalid(&blame))?,
        };
        Ok(self.accept(direction, &instance, &order, end))
    }

    fn accept(&mut self, direction: Direction, instance: &Instance, order: &Order, end: End) -> Reply {
        let (clock, now) = (self.cloud.clock, self.now());
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
        let client_request = self.call.header("x-ms-client-request-id").map(str::to_owned);
        let operation = Operation {
            direction,
            instance: instance.name.to_ascii_lowercase(),
            place: Place {
                account: order.storage_account.clone(),
                container: order.container_name.clone(),
                blob: order.backup_name.clone(),
            },
            ends: now.saturating_add(clock.scaled(seconds as f64)).unwrap_or(now),
            end,
            finished: false,
            log_delay: clock.scaled(self.cloud.conduct.log_delay_seconds),
            correlation: self.world.seed.guid(&format!("correlation/{key}")),
            client_request: client_request.unwrap_or_else(|| self.world.seed.guid(&format!("client/{key}"))),
        };
        let correlation = operation.correlation.clone();
        self.world.begin(key.clone(), operation, now);
        let address = Address::of(self, instance, &key);
        Reply::empty(202)
            .with("location", address.url(self, &key))
            .with("retry-after", clock.retry_after(60))
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
        let failed = |message: String| End::Failed { code: "RestoreFailed", message };
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
