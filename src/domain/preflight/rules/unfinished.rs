//! Operations of ours that are open on the instance.

use crate::domain::fact::Fact;
use crate::domain::preflight::{Case, Evidence, Finding, Rule};
use crate::domain::unfinished::{Bar, Unfinished};

static NONE: Rule = Rule {
    id: "unfinished",
    title: "nothing of ours is open",
    documented: "Azure answers a second operation with 409 ServiceLocked while it knows of the first (recorded traffic); one whose outcome is UNKNOWN only the journal knows",
};

/// No operation of ours is open on the instance. One that runs is waited for; one whose outcome is UNKNOWN is a matter
/// for a person, because its end may never be told. Whoever looks at no journal says nothing here: the journal itself
/// refuses a second operation when it is begun.
pub(super) fn none(case: &Case<'_>) -> Option<Finding> {
    let fact = &case.facts.unfinished;
    let open = match fact {
        Fact::NotAsked => return None,
        Fact::Known(known) => known.value.as_slice(),
        Fact::Unknown(_) => &[],
    };
    let told = |all: &[Unfinished]| all.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    let running = open.iter().find(|it| it.bar() == Bar::UntilEnded);
    let finding = match (fact, running.or(open.first())) {
        (Fact::Unknown(unknown), _) => NONE
            .blocked(format!("whether one is open is {}", unknown.reason))
            .advising("Look at the instance itself; when nothing runs there, move the file elsewhere"),
        (_, None) => NONE.ok("no operation of this journal is open on it"),
        (_, Some(first)) if running.is_some() => NONE.blocked(told(open)).advising(first.remedy()),
        (_, Some(first)) => NONE.unknown(told(open)).advising(first.remedy()),
    };
    Some(finding.resting_on(Evidence::of("open operations", &fact.map(|open| open.len().to_string()))))
}

#[cfg(test)]
mod tests {
    use crate::domain::fact::Unreadable;
    use crate::domain::operation::Phase;
    use crate::domain::preflight::samples::{Row, assert_rows, known, open, unread};
    use crate::domain::verdict::Verdict::{Blocked, Ok, Unknown};

    const ROWS: &[Row] = &[
        ("unfinished", Ok, |_, _| {}),
        ("unfinished", Blocked, |_, f| f.unfinished = known(vec![open(Phase::Planned)])),
        ("unfinished", Blocked, |_, f| f.unfinished = known(vec![open(Phase::Submitting)])),
        ("unfinished", Blocked, |_, f| f.unfinished = known(vec![open(Phase::Accepted)])),
        ("unfinished", Unknown, |_, f| f.unfinished = known(vec![open(Phase::Unconfirmed)])),
        ("unfinished", Unknown, |_, f| f.unfinished = known(vec![open(Phase::Untracked)])),
        ("unfinished", Blocked, |_, f| {
            f.unfinished = known(vec![open(Phase::Unconfirmed), open(Phase::Accepted)]);
        }),
        ("unfinished", Blocked, |_, f| f.unfinished = unread(Unreadable::NotRecorded("damaged".into()))),
    ];

    #[test]
    fn each_rule_gives_each_of_its_answers() {
        assert_rows(ROWS);
    }
}
