//! Whether the sign-in lasts until the end is seen.

use crate::domain::duration;
use crate::domain::preflight::{Case, Evidence, Finding, Rule};
use crate::domain::session::{Renewal, reckoned};

static LASTS: Rule = Rule {
    id: "sign-in",
    title: "sign-in lasts",
    documented: "a token ends after an hour or so, and with it the polls, not the operation (azure-docs#11086); a restore takes \"up to 45 minutes or more\" (documentation)",
};

/// The token is renewed by itself, or lives longer than such an operation takes.
pub(super) fn lasts(case: &Case<'_>) -> Option<Finding> {
    let (kind, facts) = (case.plan.kind(), case.facts);
    let usual = facts.usual.map(|it| reckoned(it.as_ref()));
    let finding = match (facts.session.value(), usual.value()) {
        (None, _) => LASTS.unknown("who is signed in could not be read"),
        (Some(session), _) if session.renewal == Renewal::Assured => {
            LASTS.ok(format!("{} renews it", session.via))
        }
        (Some(_), None) => LASTS.unknown("whether it lasts: how long such an operation takes was not read"),
        (Some(session), Some(&usual)) => {
            let left = session.expires_at.duration_since(case.now);
            let (ends, takes) = (duration::short(left), duration::short(usual));
            if left >= usual {
                LASTS.ok(format!("{ends} left, and a {kind} takes {takes} at most but for the slowest"))
            } else {
                LASTS
                    .warn(format!("ends in {ends}, a {kind} may take {takes}, and {} may not renew it", session.via))
                    .advising(format!(
                        "Sign in anew first. Without it the {kind} goes on unseen, and `lifeboat operations resume` finds it"
                    ))
            }
        }
    };
    let ends = facts.session.map(|it| format!("{} ({})", it.expires_at, it.via));
    let shown = facts.usual.map(|it| it.map_or("none was seen".to_owned(), |it| it.to_string()));
    Some(
        finding
            .resting_on(Evidence::of("token ends", &ends))
            .resting_on(Evidence::of("it usually takes", &shown)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fact::{Fact, Unreadable};
    use crate::domain::preflight::samples::{Row, assert_rows, edit, known, session, unread};
    use crate::domain::usual::{Alike, Usual};
    use crate::domain::verdict::Verdict::{Ok, Unknown, Warn};
    use jiff::SignedDuration;

    /// So many runs, the slowest of so many minutes.
    fn runs(runs: usize, minutes: i64) -> Fact<Option<Usual>> {
        let slowest = SignedDuration::from_mins(minutes);
        known(Some(Usual { median: slowest, p90: slowest, p95: slowest, runs, alike: Alike::Target }))
    }

    const ROWS: &[Row] = &[
        ("sign-in", Ok, |_, _| {}),
        ("sign-in", Ok, |_, f| f.usual = Fact::NotAsked),
        // Thirty minutes left: less than the documented forty-five, more than the twenty of the journal.
        ("sign-in", Warn, |_, f| f.session = known(session(Renewal::Doubtful))),
        ("sign-in", Ok, |_, f| {
            f.session = known(session(Renewal::Doubtful));
            f.usual = runs(5, 20);
        }),
        ("sign-in", Warn, |_, f| {
            f.session = known(session(Renewal::Doubtful));
            f.usual = runs(5, 31);
        }),
        // Four runs say little of the slowest.
        ("sign-in", Warn, |_, f| {
            f.session = known(session(Renewal::Doubtful));
            f.usual = runs(4, 20);
        }),
        ("sign-in", Unknown, |_, f| {
            edit(&mut f.session, |it| it.renewal = Renewal::Doubtful);
            f.usual = unread(Unreadable::NotRecorded("the journal is damaged".into()));
        }),
        ("sign-in", Unknown, |_, f| f.session = unread(Unreadable::Forbidden("signed out".into()))),
    ];

    #[test]
    fn each_rule_gives_each_of_its_answers() {
        assert_rows(ROWS);
    }
}
