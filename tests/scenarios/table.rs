//! What must come of a restore or a backup in each scenario.

use lifeboat::domain::operation::Phase;

use super::trials::trials;
use super::{Bite, Row};

const LOST: &[&str] = &["planned", "submitting", "unconfirmed"];
const FOUND: &[&str] = &["planned", "submitting", "unconfirmed", "succeeded"];
const REFUSED: &[&str] = &["planned", "submitting", "refused"];
const FAILED: &[&str] = &["planned", "submitting", "accepted", "failed"];
const UNTRACKED: &[&str] = &["planned", "submitting", "accepted", "untracked", "succeeded"];

/// One row for each scenario; a restore that nothing disturbs is told planned, submitting, accepted, succeeded.
pub(crate) fn restores() -> Vec<Row> {
    let restore = Row::restore;
    let mut rows = vec![
        restore("quiet").planned_here(),
        restore("garbled").planned_here().bites(Bite::Fault("cut")).bites(Bite::Fault("answer")),
        restore("hostile").planned_here().ends(Phase::Failed, FAILED).words(
            "Cannot restore: \u{1b}]0;owned\u{7}\u{1b}[2J\u{1b}[1;1H\u{202e}deliaf\u{202c} the \u{200b}backup is not \
             readable\r\n\u{9b}31mPress any key to send it again",
        ),
        restore("ragged").planned_here(),
        restore("region-down").planned_here(),
        restore("silent").planned_on_a_quiet_day().hurried().posts(0).bites(Bite::Fault("silence")).ends(
            Phase::NotSent,
            &["planned", "notSent"],
        ),
        restore("slow").planned_on_a_quiet_day().bites(Bite::Fault("delay")),
        restore("throttled").planned_here(),
        // Whether it was taken is not known.
        restore("lost-answer").ends(Phase::Succeeded, FOUND).bites(Bite::Fault("loseAnswer")),
        restore("lost-request").ends(Phase::Unconfirmed, LOST).bites(Bite::Fault("reset")),
        restore("lost-refusal").ends(Phase::Unconfirmed, LOST).bites(Bite::Fault("loseAnswer")),
        restore("post-error-taken")
            .ends(Phase::Succeeded, FOUND)
            .words("Encountered internal server error. Diagnostic information: activity 'b1f5'."),
        restore("post-error-untaken")
            .ends(Phase::Unconfirmed, LOST)
            .words("The service is temporarily unavailable. Please try again later."),
        restore("post-unanswered").hurried().ends(Phase::Succeeded, FOUND).bites(Bite::Fault("withholdAnswer")),
        restore("proxy-page").ends(Phase::Succeeded, FOUND).bites(Bite::Fault("disguise")).bites(Bite::Status(403)),
        restore("log-late").ends(Phase::Succeeded, FOUND).bites(Bite::Fault("loseAnswer")),
        restore("log-forbidden").ends(Phase::Unconfirmed, LOST).bites(Bite::Status(403)),
        // The status is hard to read.
        restore("address-foreign").ends(Phase::Succeeded, FOUND).bites(Bite::Fault("headers")),
        restore("address-missing").ends(Phase::Succeeded, FOUND).bites(Bite::Fault("headers")),
        restore("address-wandering"),
        restore("poll-babel").slowly().bites(Bite::Status(401)).bites(Bite::Status(204)).bites(Bite::Status(307)),
        restore("poll-flaky").slowly().bites(Bite::Status(503)).bites(Bite::Fault("reset")),
        restore("poll-forbidden").ends(Phase::Succeeded, UNTRACKED).bites(Bite::Status(403)),
        restore("poll-gone").ends(Phase::Succeeded, UNTRACKED).bites(Bite::Status(404)).bites(Bite::Status(410)),
        restore("poll-slow").bites(Bite::Fault("ponder")),
        restore("retry-after").bites(Bite::Fault("headers")),
        // Network and sign-in give way.
        restore("captive-portal").slowly().bites(Bite::Fault("answer")),
        restore("ends-unseen").slowly().bites(Bite::Fault("reset")),
        restore("network-gone").slowly().bites(Bite::Fault("reset")),
        restore("signed-out").slowly().bites(Bite::Status(401)).bites(Bite::Fault("answer")),
        token_expiry(),
        restore("token-revoked").slowly().bites(Bite::Status(401)),
    ];
    rows.extend(not_taken());
    rows.extend(bad_ends());
    rows
}

/// Restores whose request Azure does not take.
fn not_taken() -> Vec<Row> {
    let restore = Row::restore;
    vec![
        restore("api-pinned")
            .planned_on_a_quiet_day()
            .ends(Phase::Refused, REFUSED)
            .words("the service 'apim-core-dr' accepts '2025-03-01-preview' and newer"),
        restore("blob-deleted").ends(Phase::Refused, REFUSED).words("The specified blob does not exist."),
        restore("busy").ends(Phase::Refused, REFUSED).words("apim-core-dr is transitioning at this time"),
        restore("not-allowed")
            .ends(Phase::Refused, REFUSED)
            .words("does not have authorization to perform action"),
        restore("role-missing")
            .planned_on_a_quiet_day()
            .ends(Phase::Refused, REFUSED)
            .words("not authorized to perform this operation using this permission.\r\nParameter name"),
        restore("storage-closed")
            .planned_on_a_quiet_day()
            .ends(Phase::Refused, REFUSED)
            .words("This request is not authorized to perform this operation.\r\nParameter name"),
        restore("storage-refused")
            .ends(Phase::Refused, REFUSED)
            .words("not authorized to perform this operation using this permission.\r\nParameter name"),
    ]
}

/// Restores that end badly, or never.
fn bad_ends() -> Vec<Row> {
    let restore = Row::restore;
    vec![
        restore("backup-expired")
            .planned_here()
            .ends(Phase::Failed, FAILED)
            .words("Cannot restore: backup expired"),
        restore("breakdown").ends(Phase::Failed, FAILED).words(
            "The operation was aborted: the configuration database of the service could not be reached.",
        ),
        restore("monitor-failed")
            .ends(Phase::Failed, FAILED)
            .words("The operation was aborted. Please retry later."),
        restore("stuck").goes_on(Phase::Accepted, &["planned", "submitting", "accepted"]),
        restore("tier-changed")
            .planned_on_a_quiet_day()
            .ends(Phase::Failed, FAILED)
            .words("Cannot restore: current SKU is 'Premium', backup SKU is 'Standard'"),
        restore("tier-mismatch")
            .planned_here()
            .ends(Phase::Failed, FAILED)
            .words("Cannot restore: current SKU is 'Premium', backup SKU is 'Standard'"),
    ]
}

/// A token lives for a minute at any speed: only a restore that takes longer outlives some.
fn token_expiry() -> Row {
    match trials(0, 1) {
        0 => Row::restore("token-expiry"),
        _ => Row::restore("token-expiry").at(6.0).bites(Bite::Times("/oauth2/", 3)),
    }
}

/// Backups where they go another way than a restore, or leave something else behind.
pub(crate) fn backups() -> Vec<Row> {
    let backup = Row::backup;
    let found = &["planned", "submitting", "unconfirmed", "succeeded", "manifestWritten"];
    let untracked = &["planned", "submitting", "accepted", "untracked", "succeeded", "manifestWritten"];
    vec![
        backup("quiet"),
        backup("busy").ends(Phase::Refused, REFUSED).words("apim-core-prod is transitioning at this time"),
        backup("lost-answer").ends(Phase::Succeeded, found),
        backup("lost-request").ends(Phase::Unconfirmed, LOST),
        backup("proxy-page").ends(Phase::Succeeded, found).bites(Bite::Fault("disguise")),
        backup("lost-refusal").ends(Phase::Unconfirmed, LOST),
        // The blob tells what the log may not.
        backup("log-forbidden").ends(Phase::Succeeded, found).bites(Bite::Status(403)),
        backup("address-missing").ends(Phase::Succeeded, found),
        backup("address-wandering"),
        backup("poll-gone").ends(Phase::Succeeded, untracked),
        backup("network-gone").slowly().bites(Bite::Fault("reset")),
        backup("breakdown").ends(Phase::Failed, FAILED).words("could not be reached."),
        backup("monitor-failed").ends(Phase::Failed, FAILED).words("Please retry later."),
    ]
}
