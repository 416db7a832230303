//! The storage account, what hangs on it, and who may use it.

use crate::azure::listing::Listing;
use crate::domain::fact::{Fact, Known};
use crate::domain::plan::{BackupPlan, Plan};
use crate::domain::role::AccountRoles;

use super::Reading;
use crate::engine::Engine;

impl Engine {
    /// The account and what hangs on it: four readings at once.
    pub(super) async fn of_account(&self, plan: &Plan) -> Vec<Reading> {
        let name = &plan.address().location.account;
        let met = match self.account_named(name).await {
            Ok(met) => met,
            Err(why) => {
                let source = format!("ARM list of storage accounts, looking for {name}");
                let account = self.unknown(why.clone(), source.clone());
                let permissions = self.unknown(why.clone(), source.clone());
                let service = self.unknown(why.clone(), source.clone());
                let lifecycle = self.unknown(why, source);
                return vec![
                    Box::new(|facts| facts.account = account),
                    Box::new(|facts| facts.account_permissions = permissions),
                    Box::new(|facts| facts.blob_service = service),
                    Box::new(|facts| facts.lifecycle = lifecycle),
                ];
            }
        };
        let (account, permissions, service, lifecycle) = futures::join!(
            self.azure.storage_account(&met.id),
            self.azure.permissions(&met.id),
            self.azure.blob_service(&met.id),
            self.azure.lifecycle(&met.id),
        );
        let account = self.fact(account, format!("ARM GET {name}"));
        let permissions = self.fact(permissions, format!("ARM permissions on {name}"));
        let service = self.fact(service, format!("ARM GET {name}/blobServices/default"));
        let lifecycle = self.fact(lifecycle, format!("ARM GET {name}/managementPolicies/default"));
        vec![
            Box::new(|facts| facts.account = account),
            Box::new(|facts| facts.account_permissions = permissions),
            Box::new(|facts| facts.blob_service = service),
            Box::new(|facts| facts.lifecycle = lifecycle),
        ]
    }

    /// The roles of the identity that will knock, and what is denied there.
    pub(super) async fn of_roles(&self, plan: &Plan, principal: String) -> Vec<Reading> {
        let name = &plan.address().location.account;
        let (roles, denials) = match self.account_named(name).await {
            Err(why) => {
                let source = format!("ARM list of storage accounts, looking for {name}");
                (self.unknown(why.clone(), source.clone()), self.unknown(why, source))
            }
            Ok(met) => {
                let (held, denials) =
                    futures::join!(self.azure.held_roles(&met.id, &principal), self.azure.denials(&met.id));
                let roles = held.map(|held| AccountRoles { account: met.id, held });
                (
                    self.fact(roles, format!("ARM role assignments on {name}")),
                    self.fact(denials, format!("ARM deny assignments on {name}")),
                )
            }
        };
        vec![Box::new(|facts| facts.roles = roles), Box::new(|facts| facts.denials = denials)]
    }

    /// What lies where a backup would be written. Where there is no such container there is nothing in the way: Azure
    /// makes it.
    pub(super) async fn of_place(&self, plan: &BackupPlan, how: Listing) -> Vec<Reading> {
        let source = format!("storage HEAD {}", plan.to);
        let fact = match self.account_named(&plan.to.location.account).await {
            Err(why) => self.unknown(why, source),
            Ok(account) => match self.azure.blob(&account, &plan.to, how).await {
                Err(error) if !error.is_absent() => self.unknown(error.unreadable(), source),
                found => Fact::Known(Known { value: found.ok(), source, read_at: self.now() }),
            },
        };
        vec![Box::new(|facts| facts.occupied = fact)]
    }
}
