//! A look at what operations work on, for a person who watches them. Reads only, and bounded: who waits longer than that
//! would rather be told.

use std::time::Duration;

use jiff::SignedDuration;

use super::{Engine, deeds};
use crate::domain::deed::Deed;
use crate::domain::glance::{Glance, Question};
use crate::domain::instance::Instance;
use crate::domain::problem::Problem;
use crate::domain::resource::ResourceId;

/// How long a reading may take.
const LONGEST: Duration = Duration::from_secs(20);

impl Engine {
    /// Reads what is asked for, all at once.
    pub async fn look_upon(&self, question: Question) -> Glance {
        let instances = question.instances.into_iter().map(|id| async move {
            let read = self.seen_at_a_glance(&id).await;
            (id, read)
        });
        let log = async {
            let (id, since) = question.log?;
            let read = self.told_of(&id, since).await;
            Some((id, read))
        };
        let (instances, log) = futures::join!(futures::future::join_all(instances), log);
        Glance { at: self.now(), instances, log, quota: self.azure.quota() }
    }

    async fn seen_at_a_glance(&self, id: &ResourceId) -> Result<Instance, Problem> {
        match tokio::time::timeout(LONGEST, self.azure.instance(id)).await {
            Ok(read) => read.map_err(|error| error.problem()),
            Err(_) => Err(late(&format!("instance {}", id.name()))),
        }
    }

    async fn told_of(&self, id: &ResourceId, since: jiff::Timestamp) -> Result<Vec<Deed>, Problem> {
        // Whoever makes entries may have a clock that is ahead.
        let until = self.now().checked_add(SignedDuration::from_mins(10)).unwrap_or(self.now());
        match tokio::time::timeout(LONGEST, self.azure.activity(id, since, until)).await {
            Ok(read) => read.map(|events| deeds::gather(&events, &[])).map_err(|error| error.problem()),
            Err(_) => Err(late(&format!("activity log of {}", id.name()))),
        }
    }
}

fn late(what: &str) -> Problem {
    Problem::new(format!("No answer within {} s: {what}", LONGEST.as_secs()))
}
