//! What a restore would overwrite on its target: the traffic that it carries, and what was changed on it.

use crate::domain::deed::Log;
use crate::domain::duration;
use crate::domain::fact::{Fact, Unreadable};
use crate::domain::instance::Mark;
use crate::domain::preflight::{Case, Evidence, Finding, Rule};
use crate::domain::traffic::Traffic;

use super::in_flight;
use super::lost::{evidence, told};

static QUIET: Rule = Rule {
    id: "traffic",
    title: "nobody uses the target",
    documented: "a restore replaces the whole configuration of its target, and \"changes made meanwhile could be overwritten\" (documentation); requests are counted by the platform's metrics, minutes late",
};

/// What lets traffic be read.
const METRICS: &str = "Microsoft.Insights/metrics/read";

/// The gateway of the target has answered nobody lately.
pub(super) fn quiet(case: &Case<'_>) -> Option<Finding> {
    case.restore()?;
    let fact = &case.facts.traffic;
    let finding = match (fact, fact.value()) {
        (_, Some(traffic)) if traffic.requests > 0 => QUIET
            .warn(format!("{} requests in the last {}: the target is in use", traffic.requests, span(traffic)))
            .advising(
                "Choose a target that nobody uses. Go on only if an outage of all that it serves is meant, and say why",
            ),
        (_, Some(traffic)) => QUIET.ok(format!("no request was counted in the last {}", span(traffic))),
        (Fact::Unknown(it), None) if matches!(it.reason, Unreadable::Forbidden(_)) => {
            QUIET.unknown("you may not read its metrics").advising(format!("Ask for {METRICS} on the instance"))
        }
        (_, None) => QUIET.unknown("whether it carries traffic could not be read"),
    };
    let shown = fact.map(|it| format!("{} from {} to {}", it.requests, it.since, it.until));
    Some(finding.resting_on(Evidence::of("requests", &shown)))
}

fn span(traffic: &Traffic) -> String {
    format!("{} minutes", traffic.until.duration_since(traffic.since).as_mins())
}

static UNMARKED: Rule = Rule {
    id: "target-marked",
    title: "target is no production",
    documented: "a restore replaces the whole configuration of its target (documentation); which instances carry production only the configuration of this program knows",
};

static FOR_DRILLS: Rule = Rule {
    id: UNMARKED.id,
    title: "target is for drills",
    documented: "a restore replaces the whole configuration of its target (documentation); which instances are kept for drills only the configuration of this program knows",
};

/// The target is not marked as production. Whoever reads no configuration says nothing here.
pub(super) fn unmarked(case: &Case<'_>) -> Option<Finding> {
    case.restore()?;
    let fact = &case.facts.mark;
    let finding = match fact {
        Fact::NotAsked => return None,
        Fact::Unknown(_) => UNMARKED.unknown("the configuration could not be read"),
        Fact::Known(it) if it.value == Mark::Production => UNMARKED
            .warn("the target is marked as production")
            .advising("Make sure that it is the target you mean; choose its standby if not"),
        Fact::Known(it) if it.value == Mark::Drill => {
            FOR_DRILLS.ok("DRILL: the target is marked as one for drills")
        }
        Fact::Known(_) => UNMARKED.ok("the target is not marked as production"),
    };
    let shown = fact.map(|mark| match mark {
        Mark::Production => "true".to_owned(),
        Mark::Drill => "drill".to_owned(),
        Mark::Unmarked => "not set".to_owned(),
    });
    Some(finding.resting_on(Evidence::of("production", &shown)))
}

static UNCHANGED: Rule = Rule {
    id: "target-changed",
    title: "target is as it was",
    documented: "what was configured on the target is replaced (documentation); the activity log tells who changed what",
};

/// Nobody has changed the configuration of the target since the backup was taken.
pub(super) fn unchanged(case: &Case<'_>) -> Option<Finding> {
    let plan = case.restore()?;
    let log = &case.facts.log;
    let taken = plan.taken_by(case.facts);
    let finding = match (log.value(), taken) {
        (None, _) => in_flight::unread(&UNCHANGED, log),
        (_, None) => UNCHANGED.unknown("when the backup was taken is not known"),
        (Some(told_by), Some(taken)) => match told_by.changes_since(taken) {
            Some(changes) => UNCHANGED
                .warn(format!(
                    "{}, newer than the backup, would be overwritten",
                    told(&changes, told_by, taken)
                ))
                .advising("Back the target up first, if anybody may want these changes back"),
            None if !told_by.covers(taken) => UNCHANGED.unknown(uncovered(told_by)),
            None => UNCHANGED.ok(format!(
                "no change in the {} since the backup",
                duration::short(case.now.duration_since(taken))
            )),
        },
    };
    Some(evidence(finding, log, taken))
}

/// Why a log that shows nothing says nothing.
pub(super) fn uncovered(log: &Log) -> String {
    format!("the log could be read from {} on only", log.since)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::deed::samples::deed;
    use crate::domain::preflight::samples::{Row, assert_rows, edit, known, now, traffic, unread};
    use crate::domain::verdict::Verdict::{Ok, Unknown, Warn};
    use jiff::SignedDuration;

    fn hours_ago(hours: i64) -> jiff::Timestamp {
        now() - SignedDuration::from_hours(hours)
    }

    /// The backup is five hours old.
    const ROWS: &[Row] = &[
        ("traffic", Ok, |_, _| {}),
        ("traffic", Warn, |_, f| f.traffic = known(traffic(1))),
        ("traffic", Unknown, |_, f| f.traffic = Fact::NotAsked),
        ("traffic", Unknown, |_, f| f.traffic = unread(Unreadable::Forbidden("no".into()))),
        ("target-marked", Ok, |_, _| {}),
        ("target-marked", Ok, |_, f| f.mark = known(Mark::Drill)),
        ("target-marked", Warn, |_, f| f.mark = known(Mark::Production)),
        ("target-marked", Unknown, |_, f| f.mark = unread(Unreadable::NotRecorded("damaged".into()))),
        ("target-changed", Ok, |_, _| {}),
        ("target-changed", Ok, |_, f| {
            edit(&mut f.log, |it| it.deeds = vec![deed("apim-dr", "apis/write", hours_ago(6))]);
        }),
        ("target-changed", Ok, |_, f| {
            edit(&mut f.log, |it| it.deeds = vec![deed("apim-dr", "restore/action", hours_ago(1))]);
        }),
        ("target-changed", Warn, |_, f| {
            edit(&mut f.log, |it| it.deeds = vec![deed("apim-dr", "apis/write", hours_ago(4))]);
        }),
        ("target-changed", Unknown, |_, f| edit(&mut f.log, |it| it.since = hours_ago(3))),
        ("target-changed", Unknown, |_, f| edit(&mut f.backup, |it| it.taken = None)),
        ("target-changed", Unknown, |_, f| f.log = Fact::NotAsked),
    ];

    #[test]
    fn each_rule_gives_each_of_its_answers() {
        assert_rows(ROWS);
    }
}
