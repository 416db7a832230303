//! Instances, accounts and backups, and how far their reading is. A refresh replaces things as they arrive; what did
//! not come again leaves only when its part of the cloud was read to the end.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::Trouble;
use super::shelf::Shelf;
use crate::console::message::{Cached, Loaded, RequestId};
use crate::domain::backup::Backup;
use crate::domain::instance::Instance;
use crate::domain::problem::{self, Problem};
use crate::domain::resource::{ResourceId, Subscription, SubscriptionId};
use crate::domain::storage::{BackupAddress, Location, StorageAccount};

/// Older than this, an inventory is called stale.
pub const STALE: SignedDuration = SignedDuration::from_mins(15);

/// The inventory.
#[derive(Debug, Default)]
pub struct Inventory {
    /// Every instance.
    pub instances: Shelf<ResourceId, Instance>,
    /// Every backup.
    pub backups: Shelf<BackupAddress, Backup>,
    /// Every storage account.
    pub accounts: Shelf<ResourceId, StorageAccount>,
    /// Every subscription.
    pub subscriptions: Vec<Subscription>,
    /// Locations that were read to their end, or that hold a backup.
    pub locations: BTreeSet<Location>,
    /// What could not be read, in the last run or in the one under way.
    pub problems: Vec<Trouble>,
    /// How far it is.
    pub reading: Reading,
    listed: BTreeSet<Location>,
    newest: RequestId,
    fresh: bool,
    /// Whether Azure answered anything in this reading.
    heard: bool,
    /// Whether a person has ended this reading.
    cancelled: bool,
    /// When what is shown was read; `None` before anything was.
    heard_at: Option<Timestamp>,
}

/// How far the reading of the inventory is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// Nothing was asked.
    #[default]
    NotAsked,
    /// Under way. What an earlier run saw, if any, is still shown.
    Running {
        /// The question.
        request: RequestId,
        /// Since when.
        since: Timestamp,
        /// When what is shown was read.
        shown: Option<Shown>,
    },
    /// Done.
    Done {
        /// When.
        as_of: Timestamp,
    },
}

/// What is shown while newer facts are on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The cache of an earlier run of the program.
    Cache(Timestamp),
    /// An earlier reading of this run.
    Earlier(Timestamp),
}

impl Inventory {
    /// Asks anew: from now on only answers to `request` count.
    pub fn ask(&mut self, request: RequestId, now: Timestamp) {
        let shown = match self.reading {
            Reading::NotAsked => None,
            Reading::Running { shown, .. } => shown,
            Reading::Done { as_of } => Some(Shown::Earlier(as_of)),
        };
        self.newest = request;
        self.fresh = false;
        self.heard = false;
        self.cancelled = false;
        self.listed.clear();
        self.reading = Reading::Running { request, since: now, shown };
    }

    /// Takes a part of the inventory. An answer to a superseded question is dropped. Tells whether it was taken.
    pub fn take(&mut self, request: RequestId, what: Loaded, now: Timestamp) -> bool {
        if request != self.newest || self.cancelled {
            return false;
        }
        self.heard |= match &what {
            // Subscriptions may be those of the configuration.
            Loaded::Cache(_) | Loaded::Subscriptions(_) | Loaded::Done { .. } => false,
            Loaded::Problem(problem) => problem.http_status.is_some(),
            // A part that holds nothing may be one that nobody answered for.
            Loaded::Instances(page) => !page.is_empty(),
            Loaded::Accounts(page) => !page.is_empty(),
            Loaded::Backups(_) | Loaded::Listed(_) => true,
        };
        match what {
            Loaded::Cache(cached) => return self.take_cache(*cached),
            Loaded::Subscriptions(all) => self.subscriptions = all,
            Loaded::Instances(page) => self.take_instances(page),
            Loaded::Accounts(page) => {
                for account in page {
                    self.accounts.put(account.id.clone(), account, request);
                }
            }
            Loaded::Backups(page) => self.take_backups(page),
            Loaded::Listed(location) => {
                self.locations.insert(location.clone());
                self.listed.insert(location);
            }
            Loaded::Problem(problem) => {
                if !std::mem::replace(&mut self.fresh, true) {
                    self.problems.clear();
                }
                self.problems.push(Trouble { at: now, problem });
            }
            Loaded::Done { as_of } => self.finish(as_of),
        }
        true
    }

    fn take_cache(&mut self, cached: Cached) -> bool {
        let Reading::Running { request, since, shown: None } = self.reading else { return false };
        if !self.instances.all().is_empty() {
            return false;
        }
        self.newest = RequestId(0);
        self.take_instances(cached.instances);
        self.take_backups(cached.backups);
        for account in cached.accounts {
            self.accounts.put(account.id.clone(), account, RequestId(0));
        }
        self.subscriptions = cached.subscriptions;
        self.newest = request;
        self.reading = Reading::Running { request, since, shown: Some(Shown::Cache(cached.as_of)) };
        true
    }

    fn take_instances(&mut self, page: Vec<Instance>) {
        for instance in page {
            self.instances.put(instance.id.clone(), instance, self.newest);
        }
    }

    fn take_backups(&mut self, page: Vec<Backup>) {
        for backup in page {
            let address = backup.blob.address.clone();
            if !self.locations.contains(&address.location) {
                self.locations.insert(address.location.clone());
            }
            self.backups.put(address, backup, self.newest);
        }
    }

    /// What was not seen in this run goes, where the run could have seen it.
    fn finish(&mut self, as_of: Timestamp) {
        let newest = self.newest;
        if !std::mem::replace(&mut self.fresh, true) {
            self.problems.clear();
        }
        if self.problems.is_empty() {
            self.instances.retain(|_, request| request == newest);
            self.accounts.retain(|_, request| request == newest);
        }
        let listed = &self.listed;
        let complete = self.problems.is_empty();
        self.backups.retain(|backup, request| {
            let read_to_its_end = complete || listed.contains(&backup.blob.address.location);
            request == newest || !read_to_its_end
        });
        // What is shown is as old as it was when nobody answered.
        let shown = match self.reading {
            Reading::Running { shown: Some(Shown::Cache(at) | Shown::Earlier(at)), .. } => Some(at),
            _ => None,
        };
        self.heard_at = if self.heard || self.problems.is_empty() { Some(as_of) } else { shown };
        self.reading = Reading::Done { as_of: self.heard_at.unwrap_or(as_of) };
    }

    /// Ends the reading that is under way, because a person wishes so. What has arrived stays, beside what an earlier
    /// reading saw; that some of it is missing or older is a problem like any other. Tells whether one was under way.
    pub fn cancel(&mut self, now: Timestamp) -> bool {
        let Reading::Running { shown, .. } = self.reading else { return false };
        if !std::mem::replace(&mut self.fresh, true) {
            self.problems.clear();
        }
        let problem = Problem::new("The reading was cancelled by you: what is shown is not all there is")
            .meaning("What had not arrived yet is missing, or is what an earlier reading saw")
            .next("Ctrl-R reads anew");
        self.problems.push(Trouble { at: now, problem });
        // The oldest of what is shown tells the age.
        let as_of = match shown {
            Some(Shown::Cache(at) | Shown::Earlier(at)) => at,
            None => now,
        };
        self.heard_at = if self.heard || shown.is_some() { Some(as_of) } else { None };
        self.reading = Reading::Done { as_of };
        self.cancelled = true;
        true
    }

    /// Whether what is shown is of a reading that a person ended.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled
    }

    /// When the oldest of what is shown was read; `None` before anything was.
    pub fn as_of(&self) -> Option<Timestamp> {
        match self.reading {
            Reading::NotAsked | Reading::Running { shown: None, .. } => None,
            Reading::Running { shown: Some(Shown::Cache(at) | Shown::Earlier(at)), .. }
            | Reading::Done { as_of: at } => Some(at),
        }
    }

    /// What people call a subscription, else its id.
    pub fn subscription_name<'a>(&'a self, id: &'a SubscriptionId) -> &'a str {
        self.subscriptions.iter().find(|it| it.id == *id).map_or(id.as_str(), |it| it.name.as_str())
    }

    /// When what is shown was read, however often it was asked for in vain since.
    pub fn shown_as_of(&self) -> Option<Timestamp> {
        match self.reading {
            Reading::Running { shown: Some(Shown::Cache(at)), .. } => Some(at),
            _ => self.heard_at,
        }
    }

    /// The network problem of a reading that nobody answered.
    pub fn silence(&self) -> Option<&Trouble> {
        let is_network = |it: &&Trouble| {
            it.problem.kind == problem::Trouble::Unreachable && it.problem.http_status.is_none()
        };
        self.problems.iter().find(is_network).filter(|_| !self.heard)
    }

    /// What people call the subscription of a resource, else its id.
    pub fn subscription_of<'a>(&'a self, resource: &'a ResourceId) -> &'a str {
        let id = resource.subscription_text();
        let known = self.subscriptions.iter().find(|it| it.id.as_str().eq_ignore_ascii_case(id));
        known.map_or(id, |it| it.name.as_str())
    }

    /// The sign-in problem of the last run, if it had one.
    pub fn signed_out(&self) -> Option<&Trouble> {
        self.problems.iter().find(|it| it.problem.kind == problem::Trouble::SignedOut)
    }
}
