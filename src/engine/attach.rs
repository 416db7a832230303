//! Watching an operation that somebody else has begun: another console, a pipeline, the portal. The activity log names
//! it; nothing of it can be asked but the instance and that log.

use jiff::SignedDuration;

use crate::azure::activity::ActivityEvent;
use crate::domain::deed::{Deed, Doer, End};
use crate::domain::instance::Activity;
use crate::domain::operation::{Observed, Operation, OperationEvent, OperationId};
use crate::domain::problem::Problem;
use crate::domain::resource::ResourceId;

use super::ledger::Ledger;
use super::{Engine, Outcome, Reports, deeds};

/// How far back an operation is looked for that may still be running.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24);

impl Engine {
    /// The newest backup or restore of this instance that was begun elsewhere and whose end is not logged.
    ///
    /// # Errors
    /// The log cannot be read, or it names none.
    pub async fn under_way(&self, instance: &ResourceId) -> Result<Observed, Problem> {
        let now = self.now();
        let since = now.checked_sub(LOOK_BACK).unwrap_or(now);
        let until = now.checked_add(SignedDuration::from_hours(1)).unwrap_or(now);
        let (log, state) =
            futures::join!(self.azure.activity(instance, since, until), self.azure.instance(instance));
        let log = log.map_err(|error| error.problem())?;
        let (listed, _) = self.journal.list();
        let own: Vec<Operation> = listed.into_iter().map(|it| it.operation).collect();
        let busy = state.ok().map(|it| it.activity());
        newest_open(instance, &log, &own).ok_or_else(|| none(instance, busy.as_ref()))
    }

    /// Watches what somebody else has begun, until the log tells its end. Never sends anything.
    pub async fn attach(&self, observed: Observed, id: OperationId, reports: Reports) -> Outcome {
        let intent = Operation::observe(id, observed, self.azure.resource_manager());
        let file = match self.journal.attach(intent.clone(), self.now()) {
            Ok(file) => file,
            Err(error) => return Outcome::NotTaken(error.problem()),
        };
        let mut ledger = Ledger::new(file, reports, self.clock.clone());
        self.desk.admit(ledger.file());
        ledger.show(Some(OperationEvent::Attached(Box::new(intent))));
        self.carry(&mut ledger, self.bounds.absent).await;
        Outcome::Stands(Box::new(ledger.into_operation()))
    }
}

/// The newest of the log whose end it does not tell, and that the journal does not hold.
fn newest_open(instance: &ResourceId, log: &[ActivityEvent], own: &[Operation]) -> Option<Observed> {
    let open = |it: &Deed| it.end == End::Open && it.doer == Doer::Others;
    let begun = deeds::gather(log, own).into_iter().filter(open).filter_map(|deed| {
        Some(Observed {
            instance: instance.clone(),
            kind: deed.transfer()?,
            began_at: deed.began_at,
            correlation_id: deed.correlation_id?,
            caller: deed.caller,
        })
    });
    begun.max_by_key(|it| it.began_at)
}

fn none(instance: &ResourceId, activity: Option<&Activity>) -> Problem {
    let name = instance.name();
    let problem = Problem::new(format!("The activity log names no running backup or restore of {name}"))
        .about(instance.to_string());
    match activity {
        Some(Activity::Busy(word)) => problem
            .meaning(format!(
                "{name} is busy ({word}). It may be another change; and the log is up to 20 minutes late"
            ))
            .next("Try again in a few minutes, or ask for the file of the operation and import it"),
        Some(activity) => problem.meaning(format!("{name} is {activity}: nothing seems to run on it")),
        None => problem.meaning("The instance cannot be read either"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::Kind;
    use jiff::Timestamp;

    const INSTANCE: &str =
        "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ApiManagement/service/apim-dr";

    fn entry(minute: i64, correlation: &str, action: &str, status: &str) -> ActivityEvent {
        let noon: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        ActivityEvent {
            at: noon + SignedDuration::from_mins(minute),
            operation: Some(format!("microsoft.apimanagement/SERVICE/{action}/action")),
            status: Some(status.to_owned()),
            correlation_id: Some(correlation.to_owned()),
            caller: Some("jo@contoso.example".to_owned()),
            ..ActivityEvent::default()
        }
    }

    fn found(log: &[ActivityEvent], own: &[Operation]) -> Option<(String, Kind, i64)> {
        let noon: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        newest_open(&INSTANCE.parse().unwrap(), log, own)
            .map(|it| (it.correlation_id, it.kind, it.began_at.duration_since(noon).as_mins()))
    }

    #[test]
    fn the_newest_that_has_not_ended_is_found() {
        let mut accepted_only = entry(6, "c", "backup", "Succeeded");
        accepted_only.sub_status = Some("Accepted".to_owned());
        let log = [
            entry(1, "a", "restore", "Started"),
            entry(2, "a", "restore", "Accepted"),
            entry(9, "a", "restore", "Failed"),
            entry(3, "b", "restore", "Accepted"),
            entry(4, "b", "restore", "Started"),
            entry(8, "x", "write", "Started"),
        ];
        assert_eq!(found(&log, &[]), Some(("b".into(), Kind::Restore, 3)));
        let with_backup = [&log[..], &[entry(5, "c", "backup", "Started"), accepted_only]].concat();
        assert_eq!(found(&with_backup, &[]), Some(("c".into(), Kind::Backup, 5)));
        assert_eq!(found(&log[..3], &[]), None);
    }

    #[test]
    fn what_the_journal_holds_is_not_somebody_elses() {
        let log = [entry(1, "a", "restore", "Accepted")];
        let observed = newest_open(&INSTANCE.parse().unwrap(), &log, &[]).unwrap();
        let intent = Operation::observe(OperationId::new(uuid::Uuid::from_u128(1)), observed, "");
        let event = OperationEvent::Attached(Box::new(intent));
        let ours = Operation::begun(&event, log[0].at).unwrap();
        assert_eq!(found(&log, &[ours]), None);
    }
}
