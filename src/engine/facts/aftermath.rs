//! What a restore leaves to be done, asked once it is known what to ask: the manifest tells the source without any
//! request, and what the source does not have need not be looked for on the target.

use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};

use super::Reading;
use crate::domain::fact::{Fact, Unknown, Unreadable};
use crate::domain::parity::Portrait;
use crate::domain::plan::RestorePlan;
use crate::domain::preflight::Facts;
use crate::domain::resource::ResourceId;
use crate::engine::Engine;

/// A source that does not answer, in a region that is down, must not make the facts about the target old.
const SOURCE: Duration = Duration::from_secs(10);

/// What was asked already.
#[derive(Default)]
pub(super) struct Later {
    source: bool,
    target: bool,
    network: bool,
}

impl Engine {
    /// The readings that what is known by now makes possible.
    pub(super) fn of_aftermath<'a>(
        &'a self,
        plan: &'a RestorePlan,
        facts: &Facts,
        later: &mut Later,
    ) -> Vec<BoxFuture<'a, Vec<Reading>>> {
        let mut due = Vec::new();
        if !later.source && facts.backup.read_at().is_some() {
            later.source = true;
            due.push(self.of_source(facts).boxed());
        }
        if !later.target && facts.source.settings.read_at().is_some() {
            later.target = true;
            let source = &facts.source;
            if source.vault.value().is_some_and(|all| !all.is_empty()) {
                due.push(self.of_vault(&plan.target).boxed());
            }
            if source.portal.value().is_some_and(|portal| portal.published.is_some()) {
                due.push(self.of_portal(&plan.target).boxed());
            }
        }
        if !later.network && facts.instance.value().is_some_and(|it| it.is_in_a_network()) {
            later.network = true;
            due.push(self.of_network(&plan.target).boxed());
        }
        due
    }

    /// The source as the manifest tells it, otherwise as Azure shows it now.
    fn of_source(&self, facts: &Facts) -> BoxFuture<'_, Vec<Reading>> {
        if let Some(manifest) = facts.manifest.value().filter(|it| it.source.settings.is_some()) {
            let portrait = manifest.portrait();
            return Box::pin(async move { told(portrait) });
        }
        let id = facts.backup.value().and_then(|backup| backup.source.instance_id.clone());
        let nobody = self.nobody(facts);
        async move {
            let Some(id) = id else { return told(nobody) };
            told(match tokio::time::timeout(SOURCE, self.sketch(&id)).await {
                Ok(portrait) => portrait,
                Err(_) => self.silent(&id),
            })
        }
        .boxed()
    }

    async fn of_vault(&self, target: &ResourceId) -> Vec<Reading> {
        let fact = self.vault_of(target).await;
        vec![Box::new(|facts| facts.vault = fact)]
    }

    async fn of_portal(&self, target: &ResourceId) -> Vec<Reading> {
        let source = format!("ARM GET {}/portalRevisions", target.name());
        let fact = self.fact(self.azure.portal(target).await, source);
        vec![Box::new(|facts| facts.portal = fact)]
    }

    async fn of_network(&self, target: &ResourceId) -> Vec<Reading> {
        let source = format!("ARM GET {}/networkstatus", target.name());
        let fact = self.fact(self.azure.network_faults(target).await, source);
        vec![Box::new(|facts| facts.network = fact)]
    }

    /// A source of which nobody can say which instance it is, or was.
    fn nobody(&self, facts: &Facts) -> Portrait {
        let why = match &facts.manifest {
            Fact::Unknown(unknown) => {
                format!("no instance and no manifest tells of the source ({})", unknown.reason)
            }
            Fact::Known(_) | Fact::NotAsked => "no instance tells of the source".to_owned(),
        };
        self.blank(Unreadable::NotRecorded(why))
    }

    fn silent(&self, id: &ResourceId) -> Portrait {
        let words = format!("{} did not answer within {} s", id.name(), SOURCE.as_secs());
        self.blank(Unreadable::Unreachable(words))
    }

    /// A portrait of which nothing is known, for this reason.
    fn blank(&self, reason: Unreadable) -> Portrait {
        let unknown = Unknown { reason, source: "the source of the backup".to_owned(), asked_at: self.now() };
        Portrait {
            settings: Fact::Unknown(unknown.clone()),
            portal: Fact::Unknown(unknown.clone()),
            vault: Fact::Unknown(unknown),
            ..Portrait::default()
        }
    }
}

fn told(portrait: Portrait) -> Vec<Reading> {
    vec![Box::new(|facts| facts.source = portrait)]
}
