//! What a restore would not bring back: the changes of the source after the backup was taken.

use jiff::Timestamp;

use crate::domain::deed::{Changes, Log};
use crate::domain::duration;
use crate::domain::fact::Fact;
use crate::domain::preflight::{Case, Evidence, Finding, Rule};

use super::in_flight;
use super::overwritten::uncovered;

static NOTHING: Rule = Rule {
    id: "writes-lost",
    title: "no change is lost",
    documented: "changes after a backup are not in it, and such as are made while it runs \"might be excluded\" (documentation); the activity log tells who changed what",
};

/// How many parts are told one by one.
const TOLD: usize = 8;

/// Nobody has changed the configuration of the source since the backup was taken.
pub(super) fn nothing(case: &Case<'_>) -> Option<Finding> {
    let plan = case.restore()?;
    let log = &case.facts.source_log;
    let taken = plan.taken_by(case.facts);
    let source = plan.source_by(case.facts).instance.as_deref().unwrap_or("the source");
    let finding = match (log.value(), taken) {
        (None, _) => in_flight::unread(&NOTHING, log),
        (_, None) => NOTHING.unknown("when the backup was taken is not known"),
        (Some(told_by), Some(taken)) => match told_by.changes_since(taken) {
            Some(changes) => NOTHING
                .warn(format!(
                    "{} of {source}, newer than the backup, would be lost",
                    told(&changes, told_by, taken)
                ))
                .advising(
                    "Take a fresh backup if the source can still give one; else make these changes again",
                ),
            None if !told_by.covers(taken) => NOTHING.unknown(uncovered(told_by)),
            None => NOTHING.ok(format!(
                "no change in the {} since the backup",
                duration::short(case.now.duration_since(taken))
            )),
        },
    };
    Some(evidence(finding, log, taken))
}

/// `14 changes (apis 9, policies 5)`; of a log that does not reach back to the backup, at least.
pub(super) fn told(changes: &Changes<'_>, log: &Log, taken: Timestamp) -> String {
    let least = if log.covers(taken) { "" } else { "at least " };
    let few: Vec<String> =
        changes.parts.iter().take(3).map(|(name, count)| format!("{name} {count}")).collect();
    let more = if changes.parts.len() > few.len() { ", …" } else { "" };
    let (count, few) = (changes.count(), few.join(", "));
    format!("{least}{count} change{} ({few}{more})", if count == 1 { "" } else { "s" })
}

/// The changes as evidence, part by part: the most changed first, and said when there are more.
pub(super) fn evidence(finding: Finding, log: &Fact<Log>, taken: Option<Timestamp>) -> Finding {
    let changes = log.value().zip(taken).and_then(|(log, taken)| log.changes_since(taken));
    let Some(changes) = changes else {
        let none = log.map(|told| format!("none since {}", taken.unwrap_or(told.since)));
        return finding.resting_on(Evidence::of("changes", &none));
    };
    let row = |name: &str, value: String| Evidence::of(name, &log.map(|_| value.clone()));
    let last = changes.last;
    let by = last.caller.as_deref().unwrap_or("somebody");
    let mut finding = finding
        .resting_on(row("last change", format!("{} by {by} at {}", last.action, last.began_at)))
        .resting_on(row("last changed", last.resource.clone()));
    for (name, count) in changes.parts.iter().take(TOLD) {
        finding = finding.resting_on(row(&format!("changes of {name}"), count.to_string()));
    }
    match changes.parts.iter().skip(TOLD).map(|(_, count)| count).sum::<usize>() {
        0 => finding,
        more => finding.resting_on(row("changes of other parts", format!("{more}, not told one by one"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::deed::samples::deed;
    use crate::domain::deed::{Deed, End};
    use crate::domain::fact::Unreadable;
    use crate::domain::plan::Plan;
    use crate::domain::preflight::Preflight;
    use crate::domain::preflight::samples::{Row, assert_rows, edit, fine, now, unread};
    use crate::domain::verdict::Verdict::{Ok, Unknown, Warn};
    use jiff::SignedDuration;

    fn write(hours: i64) -> Deed {
        deed("apim-core", "apis/write", now() - SignedDuration::from_hours(hours))
    }

    /// The backup is five hours old.
    const ROWS: &[Row] = &[
        ("writes-lost", Ok, |_, _| {}),
        ("writes-lost", Ok, |_, f| edit(&mut f.source_log, |it| it.deeds = vec![write(6)])),
        ("writes-lost", Ok, |_, f| {
            edit(&mut f.source_log, |it| it.deeds = vec![Deed { end: End::Badly, ..write(2) }]);
        }),
        ("writes-lost", Warn, |_, f| edit(&mut f.source_log, |it| it.deeds = vec![write(4)])),
        ("writes-lost", Warn, |_, f| {
            edit(&mut f.source_log, |it| {
                it.deeds = vec![write(1)];
                it.since = now() - SignedDuration::from_hours(3);
            });
        }),
        ("writes-lost", Unknown, |_, f| edit(&mut f.source_log, |it| it.since = now())),
        ("writes-lost", Unknown, |_, f| edit(&mut f.backup, |it| it.taken = None)),
        ("writes-lost", Unknown, |_, f| f.source_log = Fact::NotAsked),
        ("writes-lost", Unknown, |_, f| f.source_log = unread(Unreadable::Forbidden("no".into()))),
        ("writes-lost", Unknown, |_, f| f.source_log = unread(Unreadable::NotRecorded("which?".into()))),
    ];

    #[test]
    fn each_rule_gives_each_of_its_answers() {
        assert_rows(ROWS);
    }

    #[test]
    fn the_list_of_what_would_be_lost_is_capped_and_says_so() {
        let (plan, mut facts) = fine();
        let parts = [
            "apis", "tags", "users", "groups", "schemas", "products", "backends", "loggers", "caches",
            "policies",
        ];
        edit(&mut facts.source_log, |it| {
            it.since = now() - SignedDuration::from_hours(1);
            for (nth, part) in parts.iter().enumerate() {
                for second in 0..=(10 - nth) {
                    let at = now() - SignedDuration::from_secs(1000 + second as i64);
                    it.deeds.push(deed("apim-core", &format!("{part}/write"), at));
                }
            }
        });
        let preflight = Preflight::run(&Plan::Restore(plan), &facts, now());
        let finding = preflight.findings.iter().find(|it| it.id() == "writes-lost").unwrap();
        assert_eq!(
            finding.summary,
            "at least 65 changes (apis 11, tags 10, users 9, …) of apim-core, newer than the backup, would be lost"
        );
        assert_eq!(finding.evidence.len(), 2 + TOLD + 1);
        let rest = finding.evidence.last().unwrap();
        assert_eq!(rest.value.as_deref(), Some("5, not told one by one"));
        assert_eq!(
            finding.evidence[0].value.as_deref().map(|it| it.contains("dev@contoso.example")),
            Some(true)
        );
    }
}
