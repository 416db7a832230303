//! What can be said before anything is sent: facts in, findings out.
//!
//! A rule is a small function of the plan and the facts. It says `ok` only on facts that were read; a fact that is
//! missing makes the finding unknown.

mod finding;
mod rules;

use jiff::{SignedDuration, Timestamp};

pub use finding::{Evidence, Finding, Remedy, Rule};
use finding::{command, word};

use super::backup::{Backup, Blob, Deleted, Source};
use super::blob_service::BlobService;
use super::deed::Log;
use super::fact::Fact;
use super::instance::{Instance, Mark};
use super::lifecycle::LifecycleRule;
use super::lock::Locks;
use super::manifest::Manifest;
use super::operation::OperationId;
use super::parity::{NetworkFault, Portal, Portrait, Settings, VaultReference};
use super::permission::Permissions;
use super::plan::{Access, Plan, RestorePlan};
use super::role::{AccountRoles, Denial};
use super::session::Session;
use super::storage::StorageAccount;
use super::tier_change::TierChange;
use super::traffic::Traffic;
use super::unfinished::{Bar, Unfinished};
use super::usual::Usual;
use super::verdict::Verdict;

/// How old the facts about the target and the backup may be when a plan is approved.
pub const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// Everything that the rules look at.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The instance that the request is sent to, read from ARM, never from a cache or Resource Graph.
    pub instance: Fact<Instance>,
    /// How many workspaces it has: an instance with any has no backup and restore.
    pub workspaces: Fact<u64>,
    /// What the caller may do on it.
    pub permissions: Fact<Permissions>,
    /// The storage account.
    pub account: Fact<StorageAccount>,
    /// What the caller may do on the storage account.
    pub account_permissions: Fact<Permissions>,
    /// The backup as storage shows it now; only asked for a restore.
    pub backup: Fact<Backup>,
    /// The blob service of the storage account.
    pub blob_service: Fact<BlobService>,
    /// Its lifecycle rules.
    pub lifecycle: Fact<Vec<LifecycleRule>>,
    /// The roles on the storage account of the identity that will knock there; only asked for access by identity.
    pub roles: Fact<AccountRoles>,
    /// What is denied on the storage account, to whomever; asked together with the roles.
    pub denials: Fact<Vec<Denial>>,
    /// A deleted blob of the backup's name that is still kept; only asked where the backup is not there.
    pub deleted: Fact<Option<Deleted>>,
    /// The blob that a backup would be written over; only asked for a backup.
    pub occupied: Fact<Option<Blob>>,
    /// What the target is set to, out of the same answer as [`Self::instance`].
    pub settings: Fact<Settings>,
    /// The manifest beside the backup, when it is to be believed.
    pub manifest: Fact<Manifest>,
    /// What the source of the backup was, by its manifest, or as Azure shows it now.
    pub source: Portrait,
    /// What the target reads from Key Vaults by itself; only asked when the source reads something so.
    pub vault: Fact<Vec<VaultReference>>,
    /// The target's developer portal; only asked when the source's is published.
    pub portal: Fact<Portal>,
    /// What the target cannot reach; only asked when it is in a virtual network.
    pub network: Fact<Vec<NetworkFault>>,
    /// The operations of ours on the instance that have no verdict, as the journal tells them.
    pub unfinished: Fact<Vec<Unfinished>>,
    /// Who is signed in, and for how long.
    pub session: Fact<Session>,
    /// How long such an operation usually takes on the instance, by the journal; `None` when it has seen none.
    pub usual: Fact<Option<Usual>>,
    /// The locks that hold on the instance.
    pub locks: Fact<Locks>,
    /// What the activity log tells of the instance.
    pub log: Fact<Log>,
    /// The same of the instance that the backup was taken of; only asked for a restore.
    pub source_log: Fact<Log>,
    /// How the tier of that instance was changed; only asked when nothing tells the tier at the time of the backup.
    pub tier_changes: Fact<Vec<TierChange>>,
    /// The platform of that instance when the backup was taken; only asked for a restore.
    pub platform_then: Fact<String>,
    /// What the gateway of the instance has answered lately; only asked for a restore.
    pub traffic: Fact<Traffic>,
    /// What the configuration says of the instance; only asked for a restore.
    pub mark: Fact<Mark>,
}

/// All findings of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preflight {
    /// In the order of the rules.
    pub findings: Vec<Finding>,
    /// When the instance was read; `None` when it could not be: such a plan is never approved.
    pub instance_read_at: Option<Timestamp>,
    /// When the backup was read or asked in vain; `None` when it was not asked.
    pub backup_asked_at: Option<Timestamp>,
    /// The operations of ours whose outcome is UNKNOWN: who accepts that wants a new one despite them.
    pub unsettled: Vec<OperationId>,
}

/// What a rule is asked about.
struct Case<'a> {
    plan: &'a Plan,
    facts: &'a Facts,
    now: Timestamp,
}

impl<'a> Case<'a> {
    /// The plan, when it is a restore.
    fn restore(&self) -> Option<&'a RestorePlan> {
        self.plan.restore()
    }
}

/// The identity of `instance` that a plan's way of access names; for a key there is none.
pub fn identity_of(instance: &Instance, access: &Access) -> Option<Bearer> {
    match access {
        Access::Key => None,
        Access::System => {
            instance.identity.system.clone().map(|it| Bearer { name: it.clone(), principal: Some(it) })
        }
        Access::User { client_id } => {
            let mut all = instance.identity.user.iter();
            let found =
                all.find(|it| it.client_id.as_ref().is_some_and(|it| it.eq_ignore_ascii_case(client_id)));
            found.map(|it| Bearer { name: client_id.clone(), principal: it.principal_id.clone() })
        }
    }
}

/// An identity that knocks at storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// What it is named by.
    pub name: String,
    /// Its object id, by which roles name it; `None` when Azure does not say it.
    pub principal: Option<String>,
}

impl RestorePlan {
    /// Where the backup came from: as it was read now, otherwise as it was known when the plan was made.
    fn source_by<'a>(&'a self, facts: &'a Facts) -> &'a Source {
        facts.backup.value().map_or(&self.source, |backup| &backup.source)
    }

    /// When it was taken, in the same way.
    fn taken_by(&self, facts: &Facts) -> Option<Timestamp> {
        facts.backup.value().map_or(self.taken, |backup| backup.taken).map(|taken| taken.at)
    }
}

impl Preflight {
    /// Runs every rule that concerns the plan.
    pub fn run(plan: &Plan, facts: &Facts, now: Timestamp) -> Self {
        Self {
            findings: rules::all(&Case { plan, facts, now }),
            instance_read_at: facts.instance.value().and_then(|_| facts.instance.read_at()),
            backup_asked_at: facts.backup.read_at(),
            unsettled: facts
                .unfinished
                .value()
                .into_iter()
                .flatten()
                .filter(|it| it.bar() == Bar::UntilConfirmed)
                .map(|it| it.id)
                .collect(),
        }
    }

    /// The worst answer.
    pub fn verdict(&self) -> Verdict {
        Verdict::worst(self.findings.iter().map(|finding| finding.verdict))
    }

    /// The findings with this verdict.
    pub fn with(&self, verdict: Verdict) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.verdict == verdict)
    }

    /// The findings that a person has to accept one by one: warnings and unknowns.
    pub fn to_accept(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| matches!(finding.verdict, Verdict::Warn | Verdict::Unknown))
    }
}

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
