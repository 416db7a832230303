//! What exists in the pretend Azure and what happens to it.
//!
//! Time passes only when somebody looks: each request first lets the [`World`] settle, which ends the operations
//! whose hour has come. Nobody can see the difference, and nothing runs in the background.

pub(crate) mod access;
pub(crate) mod activity;
pub(crate) mod instance;
pub(crate) mod operation;
pub(crate) mod storage;
pub(crate) mod surroundings;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::seed::Seed;
use access::{Denial, Grant, Group, Lock, Role};
use activity::Event;
use instance::{Instance, UserIdentity};
use operation::Operation;
use storage::Account;

/// Everything there is.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) seed: Seed,
    pub(crate) tenant: Tenant,
    pub(crate) caller: Caller,
    pub(crate) regions: Vec<Region>,
    pub(crate) subscriptions: Vec<Subscription>,
    /// By lower-case name: the names of instances are unique in all of Azure.
    pub(crate) instances: BTreeMap<String, Instance>,
    pub(crate) identities: Vec<UserIdentity>,
    /// By name, which is lower case anyway and unique in all of Azure.
    pub(crate) accounts: BTreeMap<String, Account>,
    pub(crate) roles: Vec<Role>,
    pub(crate) grants: Vec<Grant>,
    pub(crate) groups: Vec<Group>,
    pub(crate) denials: Vec<Denial>,
    pub(crate) locks: Vec<Lock>,
    pub(crate) vaults: Vec<surroundings::Vault>,
    /// By the readable part of the id, e.g. `apim-core-dr_Restore_9783204b`.
    pub(crate) operations: BTreeMap<String, Operation>,
    pub(crate) events: Vec<Event>,
    /// The last used revision: every change of an instance takes the next one for its etag.
    pub(crate) revision: u64,
}

/// The directory that everything belongs to.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Tenant {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) domain: String,
}

/// Who is signed in. Every accepted token stands for this one person.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Caller {
    pub(crate) object_id: String,
    pub(crate) name: String,
}

/// An Azure region.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Region {
    /// `westeurope`
    pub(crate) name: String,
    /// `West Europe`
    pub(crate) display_name: String,
    pub(crate) pair: Option<String>,
}

/// A subscription.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Subscription {
    pub(crate) id: String,
    pub(crate) name: String,
}

impl World {
    /// The instance with this id, whatever its case; `None` also when the name exists elsewhere.
    pub(crate) fn instance(&self, id: &str) -> Option<&Instance> {
        let name = id.rsplit('/').next()?.to_ascii_lowercase();
        self.instances.get(&name).filter(|instance| instance.id.eq_ignore_ascii_case(id))
    }

    /// The subscription with this id, whatever its case.
    pub(crate) fn subscription(&self, id: &str) -> Option<&Subscription> {
        self.subscriptions.iter().find(|subscription| subscription.id.eq_ignore_ascii_case(id))
    }

    /// `West Europe` for `westeurope`; an unknown region is returned as it is.
    pub(crate) fn display_region<'a>(&'a self, name: &'a str) -> &'a str {
        self.regions.iter().find(|region| region.name == name).map_or(name, |region| &region.display_name)
    }

    /// The resource groups of a subscription with the region of their first resource, by name.
    pub(crate) fn groups(&self, subscription: &str) -> BTreeMap<&str, &str> {
        let instances =
            self.instances.values().map(|i| (i.subscription.as_str(), i.group.as_str(), i.region.as_str()));
        let accounts =
            self.accounts.values().map(|a| (a.subscription.as_str(), a.group.as_str(), a.region.as_str()));
        instances
            .chain(accounts)
            .filter(|(owner, ..)| owner.eq_ignore_ascii_case(subscription))
            .map(|(_, group, region)| (group, region))
            .collect()
    }

    /// Lets everything happen that should have happened by `now`.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        let mut due: Vec<(Timestamp, String)> = self
            .operations
            .iter()
            .filter(|(_, operation)| operation.is_due(now))
            .map(|(id, operation)| (operation.ends, id.clone()))
            .collect();
        due.sort();
        for (_, id) in due {
            self.finish(&id);
        }
    }

    /// The state as tests may look at it: what no API of Azure shows at once.
    pub(crate) fn picture(&self) -> Value {
        let instances = self.instances.values().map(|instance| {
            json!({
                "name": instance.name, "tier": instance.tier, "provisioningState": instance.state,
                "targetProvisioningState": instance.target_state, "contentOf": instance.content.author,
                "counts": instance.content.counts,
            })
        });
        let operations = self.operations.iter().map(|(id, operation)| {
            json!({
                "id": id, "kind": operation.direction.word(), "instance": operation.instance,
                "blob": format!(
                    "{}/{}/{}", operation.place.account, operation.place.container, operation.place.blob
                ),
                "finished": operation.finished, "ends": operation.ends.to_string(), "end": operation.end.word(),
                "clientRequestId": operation.client_request, "correlationId": operation.correlation,
            })
        });
        json!({
            "instances": instances.collect::<Vec<_>>(),
            "operations": operations.collect::<Vec<_>>(),
        })
    }

    /// The next etag number.
    pub(crate) fn next_revision(&mut self) -> u64 {
        self.revision += 0x11;
        self.revision
    }
}
