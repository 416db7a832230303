//! What can be said before anything is sent: facts in, findings out.
//!
//! A rule is a small function of the plan and the facts. It says `ok` only on facts that were read; a fact that is
//! missing makes the finding unknown.

mod finding;
mod rules;

use jiff::{SignedDuration, Timestamp};

pub use finding::{Evidence, Finding, Remedy, Rule};

use super::backup::{Backup, Source};
use super::fact::Fact;
use super::instance::Instance;
use super::manifest::Manifest;
use super::operation::OperationId;
use super::parity::{NetworkFault, Portal, Portrait, Settings, VaultReference};
use super::permission::Permissions;
use super::plan::{Plan, RestorePlan};
use super::storage::StorageAccount;
use super::unfinished::{Bar, Unfinished};
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
        match self.plan {
            Plan::Restore(plan) => Some(plan),
            Plan::Backup(_) => None,
        }
    }
}

impl RestorePlan {
    /// Where the backup came from: as it was read now, otherwise as it was known when the plan was made.
    fn source_by<'a>(&'a self, facts: &'a Facts) -> &'a Source {
        facts.backup.value().map_or(&self.source, |backup| &backup.source)
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
