//! What somebody else has begun on the instance, and may still be under way.

use jiff::SignedDuration;

use crate::domain::deed::{Deed, LATE, Log};
use crate::domain::duration;
use crate::domain::fact::{Fact, Unreadable};
use crate::domain::preflight::{Case, Evidence, Finding, Rule};

static NONE: Rule = Rule {
    id: "in-flight",
    title: "nobody else is at it",
    documented: "an instance that is changing answers 409 ServiceLocked (recorded traffic); whether the log tells the end of a backup is documented nowhere",
};

/// What lets the log be read.
pub(super) const READ: &str = "Microsoft.Insights/eventtypes/values/read";

/// How far back something is looked for: nothing is known to take longer.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(2);

/// The log shows no backup, restore or other change of the whole instance that has begun and not ended.
pub(super) fn none(case: &Case<'_>) -> Option<Finding> {
    let log = &case.facts.log;
    let from = case.now.checked_sub(LOOK_BACK).unwrap_or(case.now);
    let finding = match log.value() {
        None => unread(&NONE, log),
        Some(told) => {
            match told.under_way_since(from) {
                Some(deed) => {
                    let ago = duration::short(case.now.duration_since(deed.began_at));
                    let by = deed.caller.as_deref().unwrap_or("somebody");
                    NONE.warn(format!("{by} began {} {ago} ago, and no end is logged", what(&deed.action)))
                    .advising("Ask them, or attach to it: lifeboat operations attach; Azure refuses while it runs")
                }
                None if !told.covers(from) => NONE.unknown("the log is too long to be read two hours back"),
                None => NONE.ok(format!("nothing is open in the log (may lag {} minutes)", LATE.as_mins())),
            }
        }
    };
    let shown = log.map(|told| match told.under_way_since(from) {
        Some(Deed { action, began_at, correlation_id, .. }) => {
            let correlation = correlation_id.as_deref().unwrap_or("not told");
            format!("{action} at {began_at}, correlation {correlation}")
        }
        None => "none".to_owned(),
    });
    Some(finding.resting_on(Evidence::of("begun and not ended", &shown)))
}

/// `restore` for `Microsoft.ApiManagement/service/restore/action`, `a write` for a change of its settings.
fn what(action: &str) -> String {
    let mut words = action.rsplit('/').map(str::to_ascii_lowercase);
    match (words.next(), words.next()) {
        (Some(last), Some(before)) if last == "action" => format!("a {before}"),
        (Some(last), _) => format!("a {last} of its settings"),
        (None, _) => action.to_owned(),
    }
}

/// The answer to a log that could not be read.
pub(super) fn unread(rule: &'static Rule, log: &Fact<Log>) -> Finding {
    match log {
        Fact::Unknown(it) if matches!(it.reason, Unreadable::Forbidden(_)) => rule
            .unknown("you may not read the activity log")
            .advising(format!("Ask for {READ} on the subscription")),
        Fact::Unknown(it) if matches!(it.reason, Unreadable::NotRecorded(_)) => {
            rule.unknown(it.reason.to_string())
        }
        _ => rule.unknown("the activity log could not be read"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::deed::samples::deed;
    use crate::domain::deed::{Doer, End};
    use crate::domain::preflight::samples::{Row, assert_rows, edit, now};
    use crate::domain::verdict::Verdict::{Ok, Unknown, Warn};

    fn begun(minutes: i64) -> Deed {
        let at = now() - SignedDuration::from_mins(minutes);
        Deed { end: End::Open, ended_at: None, ..deed("apim-dr", "restore/action", at) }
    }

    const ROWS: &[Row] = &[
        ("in-flight", Ok, |_, _| {}),
        ("in-flight", Ok, |_, f| edit(&mut f.log, |it| it.deeds = vec![begun(130)])),
        ("in-flight", Ok, |_, f| {
            edit(&mut f.log, |it| it.deeds = vec![Deed { doer: Doer::Us, ..begun(5) }]);
        }),
        ("in-flight", Warn, |_, f| edit(&mut f.log, |it| it.deeds = vec![begun(5)])),
        ("in-flight", Unknown, |_, f| {
            edit(&mut f.log, |it| it.since = now() - SignedDuration::from_hours(1));
        }),
        ("in-flight", Unknown, |_, f| f.log = Fact::NotAsked),
    ];

    #[test]
    fn each_rule_gives_each_of_its_answers() {
        assert_rows(ROWS);
    }

    #[test]
    fn an_action_is_named_as_people_name_it() {
        assert_eq!(what("Microsoft.ApiManagement/service/RESTORE/action"), "a restore");
        assert_eq!(what("Microsoft.ApiManagement/service/write"), "a write of its settings");
    }
}
