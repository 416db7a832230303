//! What the activity log and Resource Graph tell of target and source. A subscription's log is asked once, for everything
//! that lies in it.

use jiff::{SignedDuration, Timestamp};

use crate::azure::activity::Heard;
use crate::azure::error::AzureError;
use crate::domain::backup::{Blob, Provenance, Source};
use crate::domain::deed::Log;
use crate::domain::fact::{Fact, Unreadable};
use crate::domain::instance::Instance;
use crate::domain::operation::Operation;
use crate::domain::plan::{Plan, RestorePlan};
use crate::domain::provenance::{self, Logged};
use crate::domain::resource::{ResourceId, SubscriptionId};

use super::Reading;
use super::backup::Origin;
use crate::engine::{Engine, deeds};

/// How far back somebody else's operation is looked for; what a rule says about two hours needs a little more.
const RECENT: SignedDuration = SignedDuration::from_mins(130);

impl Engine {
    /// What was done to the instance, and to the one that the backup was taken of.
    pub(super) async fn of_logs(&self, plan: &Plan, origin: Option<&Origin>) -> Vec<Reading> {
        let recently = self.now().checked_sub(RECENT).unwrap_or(self.now());
        let target = plan.instance();
        let Some((source, taken)) = plan.restore().map(|restore| origin_of(restore, origin)) else {
            let log = self.told(target.subscription(), recently).await;
            let fact = self.log_of(target, log);
            return vec![Box::new(|facts| facts.log = fact)];
        };
        let since = taken.map_or(recently, |taken| taken.min(recently));
        let source_id = source.instance_id.as_ref();
        let other = source_id.map(ResourceId::subscription).filter(|it| *it != target.subscription());
        let elsewhere = async {
            match (other, taken) {
                (Some(subscription), Some(taken)) => Some(self.told(subscription, taken).await),
                _ => None,
            }
        };
        let (here, elsewhere) = futures::join!(self.told(target.subscription(), since), elsewhere);
        let source_log = match (source_id, taken) {
            (None, _) => self.unasked(source_unknown(&source)),
            (_, None) => self.unasked("when the backup was taken is not known".to_owned()),
            (Some(id), Some(_)) => self.log_of(id, elsewhere.unwrap_or_else(|| here.clone())),
        };
        let log = self.log_of(target, here);
        vec![Box::new(|facts| facts.log = log), Box::new(|facts| facts.source_log = source_log)]
    }

    /// How the tier of the source was changed, when nothing tells which it was.
    pub(super) async fn of_tier(&self, plan: &RestorePlan, origin: &Origin) -> Vec<Reading> {
        let (source, _) = origin_of(plan, Some(origin));
        let is_firm = matches!(source.provenance, Provenance::Manifest | Provenance::Journal);
        let Some(id) = source.instance_id.filter(|_| !is_firm) else { return Vec::new() };
        let read = self.azure.tier_changes(&id).await;
        let fact = self.fact(read, format!("Resource Graph, changes of {}", id.name()));
        vec![Box::new(|facts| facts.tier_changes = fact)]
    }

    /// The backup in the log that has written a blob of which neither manifest nor journal tell. One reading, of the time
    /// about which it was written: of the subscription of the instance that `guess` names, else of that of the account.
    pub(super) async fn logged(
        &self,
        blob: &Blob,
        guess: &Source,
        account: &ResourceId,
        instances: &[Instance],
    ) -> Option<Logged> {
        let (since, until) = provenance::may_have_begun(blob)?;
        let subscription = guess.instance_id.as_ref().unwrap_or(account).subscription();
        let heard = self.azure.deeds_in(&subscription, since, until + RECENT / 4).await.ok()?;
        provenance::logged(blob, &deeds::gather(&heard.events, &[]), instances)
    }

    async fn told(&self, subscription: SubscriptionId, since: Timestamp) -> Result<Heard, AzureError> {
        // Whoever makes entries may have a clock that is ahead.
        let until = self.now().checked_add(SignedDuration::from_mins(10)).unwrap_or(self.now());
        self.azure.deeds_in(&subscription, since, until).await
    }

    fn log_of(&self, instance: &ResourceId, heard: Result<Heard, AzureError>) -> Fact<Log> {
        let own: Vec<Operation> = self.journal.list().0.into_iter().map(|it| it.operation).collect();
        let read = heard.map(|heard| Log {
            since: heard.since,
            deeds: deeds::gather(&heard.events, &own).into_iter().filter(|it| it.is_on(instance)).collect(),
        });
        self.fact(read, format!("activity log of {}", instance.name()))
    }

    fn unasked<T>(&self, why: String) -> Fact<T> {
        self.unknown(Unreadable::NotRecorded(why), "activity log of the source".to_owned())
    }
}

/// Where the backup came from and when it was taken: as it was read now, otherwise as it was known when the plan was made.
fn origin_of(plan: &RestorePlan, origin: Option<&Origin>) -> (Source, Option<Timestamp>) {
    let read = origin.and_then(|it| it.backup.value());
    let source = read.map_or(&plan.source, |it| &it.source).clone();
    (source, read.map_or(plan.taken, |it| it.taken).map(|it| it.at))
}

fn source_unknown(source: &Source) -> String {
    match &source.instance {
        Some(name) => format!("{name}, which the backup is said to be of, is none that you can see"),
        None => "where the backup came from is not known".to_owned(),
    }
}
