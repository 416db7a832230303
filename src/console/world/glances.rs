//! What was seen of the instances that operations work on, beside the inventory: newer, and with its own time each.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::console::message::RequestId;
use crate::domain::glance::{Glance, Quota};
use crate::domain::instance::Instance;
use crate::domain::problem::Problem;
use crate::domain::resource::ResourceId;

/// After so long a question is taken to be lost.
const LOST: SignedDuration = SignedDuration::from_mins(2);

/// All of it.
#[derive(Debug, Default)]
pub struct Glances {
    /// The question that is under way, and since when.
    pending: Option<(RequestId, Timestamp)>,
    /// When something was asked last.
    asked_at: Option<Timestamp>,
    /// When the activity log of each was asked for last.
    log_asked_at: BTreeMap<ResourceId, Timestamp>,
    /// Each instance as it was seen.
    instances: BTreeMap<ResourceId, Sight>,
    /// When the activity log of each was read, or why not.
    logs: BTreeMap<ResourceId, (Timestamp, Option<Problem>)>,
    /// How much may still be asked, and when that was told.
    pub quota: Option<(Timestamp, Quota)>,
}

/// How an instance was seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sight {
    /// The last time that it could be read.
    pub seen: Option<(Timestamp, Instance)>,
    /// Why it could not be read the last time, when it could not.
    pub problem: Option<(Timestamp, Problem)>,
}

impl Glances {
    /// Whether nothing is under way.
    pub fn is_free(&self, now: Timestamp) -> bool {
        self.pending.is_none_or(|(_, since)| now.duration_since(since) > LOST)
    }

    /// Whether it is time to look at these again.
    pub fn is_due(&self, about: &[ResourceId], interval: SignedDuration, now: Timestamp) -> bool {
        let old = self.asked_at.is_none_or(|at| now.duration_since(at) >= interval);
        old || about.iter().any(|id| !self.instances.contains_key(id))
    }

    /// Whether it is time to read the activity log of this one again.
    pub fn is_log_due(&self, of: &ResourceId, interval: SignedDuration, now: Timestamp) -> bool {
        self.log_asked_at.get(of).is_none_or(|at| now.duration_since(*at) >= interval)
    }

    /// Notes a question.
    pub fn ask(&mut self, request: RequestId, log: Option<&ResourceId>, now: Timestamp) {
        self.pending = Some((request, now));
        self.asked_at = Some(now);
        if let Some(of) = log {
            self.log_asked_at.insert(of.clone(), now);
        }
    }

    /// Asks again at the next opportunity.
    pub fn forget_when(&mut self) {
        self.asked_at = None;
        self.log_asked_at.clear();
    }

    /// Whether anything was ever asked.
    pub fn was_asked(&self) -> bool {
        self.asked_at.is_some()
    }

    /// Takes an answer; that to an earlier question is dropped. Tells whether it was taken.
    pub fn take(&mut self, request: RequestId, glance: &Glance) -> bool {
        if self.pending.is_none_or(|(pending, _)| pending != request) {
            return false;
        }
        self.pending = None;
        for (id, read) in &glance.instances {
            let sight = self.instances.entry(id.clone()).or_default();
            match read {
                Ok(instance) => {
                    *sight = Sight { seen: Some((glance.at, instance.clone())), problem: None };
                }
                Err(problem) => sight.problem = Some((glance.at, problem.clone())),
            }
        }
        if let Some((id, read)) = &glance.log {
            self.logs.insert(id.clone(), (glance.at, read.as_ref().err().cloned()));
        }
        self.quota = Some((glance.at, glance.quota.clone()));
        true
    }

    /// How an instance was seen; `None` when nobody asked.
    pub fn of(&self, id: &ResourceId) -> Option<&Sight> {
        self.instances.get(id)
    }

    /// When the activity log of an instance was read, or why it was not.
    pub fn log_of(&self, id: &ResourceId) -> Option<&(Timestamp, Option<Problem>)> {
        self.logs.get(id)
    }
}
