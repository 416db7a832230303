//! Who is who: storage accounts and instances by name, as last seen. A name is all that a plan says of an account.
//!
//! Nothing here is a fact: what a rule rests on is read again by its id.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::fact::Unreadable;
use crate::domain::instance::Instance;
use crate::domain::resource::ResourceId;
use crate::domain::storage::StorageAccount;

use super::Engine;

#[derive(Default)]
pub(super) struct Known {
    accounts: Mutex<BTreeMap<String, StorageAccount>>,
    instances: Mutex<BTreeMap<ResourceId, Instance>>,
}

/// A task that died while holding it has left it whole: every change is one assignment.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Engine {
    /// Keeps who was seen.
    pub(super) fn meet(&self, accounts: &[StorageAccount], instances: &[Instance]) {
        held(&self.known.accounts).extend(accounts.iter().map(|it| (it.name.clone(), it.clone())));
        held(&self.known.instances).extend(instances.iter().map(|it| (it.id.clone(), it.clone())));
    }

    /// The account with this name, which is unique in a cloud; looked for in every subscription when nobody has met it.
    ///
    /// # Errors
    /// It is not there, or what may hold it could not be read.
    pub(super) async fn account_named(&self, name: &str) -> Result<StorageAccount, Unreadable> {
        if let Some(account) = held(&self.known.accounts).get(name).cloned() {
            return Ok(account);
        }
        let subscriptions = self.azure.subscriptions().await.map_err(|error| error.unreadable())?;
        let (accounts, problems) = self.azure.storage_accounts(&subscriptions).await;
        self.meet(&accounts, &[]);
        match (accounts.into_iter().find(|it| it.name == name), problems.first()) {
            (Some(account), _) => Ok(account),
            (None, None) => {
                Err(Unreadable::Absent(format!("no subscription that you can see has an account {name}")))
            }
            (None, Some(problem)) => Err(Unreadable::Unreachable(format!(
                "{name} was not found, and {} of the subscriptions could not be read: {}",
                problems.len(),
                problem.summary
            ))),
        }
    }

    /// Every instance that was met; looked for in every subscription when none was. What cannot be read is left out: a
    /// name that is not found makes the tier unknown.
    pub(super) async fn instances_by_name(&self) -> Vec<Instance> {
        let known: Vec<Instance> = held(&self.known.instances).values().cloned().collect();
        if !known.is_empty() {
            return known;
        }
        let Ok(subscriptions) = self.azure.subscriptions().await else { return Vec::new() };
        let mut found = Vec::new();
        self.azure.instances(&subscriptions, &mut |page| found.extend(page)).await;
        self.meet(&[], &found);
        found
    }
}
