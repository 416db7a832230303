//! From an error to what a person reads: what happened, what it means, what to do next. Azure's words stay verbatim.

mod advice;
mod sign_in;

use crate::domain::problem::{Problem, Trouble};

use super::error::{AzureError, Reach, Refusal, RefusalKind, RequestIds};
use super::polling::UnreadableKind;

use advice::Advice;

/// What helps against a certificate that nobody here believes.
fn unbelieved(cause: &str) -> Option<&'static str> {
    cause.contains("certificate").then_some(
        "Where a proxy of your company opens connections, SSL_CERT_FILE=FILE names the authorities to believe.",
    )
}

/// What a person reads of an error.
pub(crate) fn problem(error: &AzureError) -> Problem {
    let mut problem = match error {
        AzureError::Refused(refusal) => of_refusal(refusal),
        AzureError::NoToken { via, message } => sign_in::problem(via, message),
        AzureError::SignInUnreached { host, proxy, cause } => sign_in::unreached(host, proxy.as_deref(), cause),
        AzureError::Setup(why) => Problem::new(why.clone()),
        AzureError::Unreachable { host, cause, reach } => Problem::new(format!("{host} does not answer"))
            .meaning(match reach {
                Reach::NothingSent => format!("No connection could be made: {cause}."),
                Reach::MaybeSent => format!("The connection was made and then failed: {cause}."),
            })
            .next(unbelieved(cause).unwrap_or("Check the network, the proxy (HTTPS_PROXY) and --cloud, then try again.")),
        AzureError::Odd { what, detail, http_status, ids } => {
            let problem = Problem::new(format!("The answer about {what} makes no sense"))
                .meaning(format!("{}.", capital(detail)))
                .next("Check whether a proxy or a sign-in page stands between; then try again.");
            with_ids(Problem { http_status: *http_status, ..problem }, ids)
        }
        AzureError::Throttled { what, seconds } => Problem::new(format!("Nothing was sent for {what}"))
            .meaning(format!(
                "There were too many requests with this identity, ours or others'. Azure takes no more of them for \
                 {seconds} s."
            ))
            .next(format!("Try again in {seconds} s.")),
        AzureError::ReadOnly { what } => Problem::new(format!("Nothing was sent for {what}"))
            .meaning("Read-only: no request that changes anything, or reads a key, can leave this program.")
            .next(
                "In the console :write 15m allows it for a while. What --read-only or read_only in the configuration \
                 forbids stays forbidden.",
            ),
    };
    problem.kind = error.trouble();
    problem
}

/// A POST that Azure refused: nothing was started.
pub(crate) fn refused(refusal: &Refusal) -> Problem {
    let mut problem = problem(&AzureError::Refused(Box::new(refusal.clone())));
    problem.summary = match refusal.kind() {
        RefusalKind::Conflict => format!("Azure did not take the {}: the instance is busy", refusal.what),
        RefusalKind::Throttled => format!("Azure did not take the {} for now", refusal.what),
        _ => format!("Azure refused the {}", refusal.what),
    };
    problem
}

/// An operation that Azure ended.
pub(crate) fn failed(refusal: &Refusal) -> Problem {
    let mut problem = problem(&AzureError::Refused(Box::new(refusal.clone())));
    "The operation failed in Azure".clone_into(&mut problem.summary);
    problem.kind = Trouble::Other;
    problem
}

/// A POST that may have been taken.
pub(crate) fn unconfirmed(refusal: &Refusal, why: &str) -> Problem {
    let of = of_refusal(refusal);
    unknown_outcome(Problem { meaning: Some(format!("{}.", capital(why))), ..of })
}

/// The same, when there was no answer at all.
pub(crate) fn unconfirmed_error(error: &AzureError) -> Problem {
    unknown_outcome(problem(error))
}

fn unknown_outcome(problem: Problem) -> Problem {
    let why = problem.meaning.as_deref().unwrap_or_default();
    Problem {
        summary: "It is not known whether Azure took the request".to_owned(),
        meaning: Some(format!("{why} It may be running.").trim_start().to_owned()),
        next: Some(
            "It is not sent again by itself. The instance and the activity log (up to twenty minutes late) will tell."
                .to_owned(),
        ),
        ..problem
    }
}

/// A POST that never left.
pub(crate) fn not_sent(error: &AzureError) -> Problem {
    let problem = problem(error);
    let why = problem.summary.clone();
    let meaning = problem.meaning.clone().map_or_else(String::new, |meaning| format!(" {meaning}"));
    Problem {
        summary: "The request was not sent".to_owned(),
        meaning: Some(format!("{why}.{meaning} Nothing was started in Azure.")),
        ..problem
    }
}

/// An answer that says nothing about the operation.
pub(crate) fn unreadable_status(error: &AzureError, kind: UnreadableKind) -> Problem {
    let problem = problem(error);
    let (meaning, next) = match kind {
        UnreadableKind::SignedOut => ("The token was not taken.", "Sign in again; the polls then go on."),
        UnreadableKind::Forbidden => (
            "Whoever may start an operation may still not be allowed to watch it.",
            "Ask for Microsoft.ApiManagement/service/operationresults/read (in the role Reader). The instance itself \
             is watched meanwhile.",
        ),
        UnreadableKind::Gone => (
            "The address of the operation is not known to Azure, for the moment or any more.",
            "The instance and the activity log are watched instead.",
        ),
        UnreadableKind::Throttled { .. } => {
            ("Azure asks for patience.", "The next poll waits as long as Azure asks.")
        }
        UnreadableKind::Network => ("The status could not be fetched.", "The polls go on."),
        UnreadableKind::Odd => (
            "The answer does not speak of the operation.",
            "The polls go on, and the instance itself is watched.",
        ),
    };
    let why = match error {
        AzureError::Odd { detail, .. } => format!(" ({detail})"),
        AzureError::Setup(why) => format!(" ({why})"),
        _ => String::new(),
    };
    Problem {
        summary: format!("The status of the operation could not be read{why}"),
        meaning: Some(format!("{meaning} The operation goes on in Azure.")),
        next: Some(next.to_owned()),
        ..problem
    }
}

fn of_refusal(refusal: &Refusal) -> Problem {
    let Advice { summary, meaning, next } = advice::of(refusal);
    let problem = Problem {
        summary,
        meaning,
        next,
        code: refusal.words.code.clone(),
        server_message: refusal.words.message.clone(),
        http_status: Some(refusal.status),
        ..Problem::default()
    };
    with_ids(problem, &refusal.ids)
}

fn with_ids(problem: Problem, ids: &RequestIds) -> Problem {
    Problem { request_id: ids.request.clone(), correlation_id: ids.correlation.clone(), ..problem }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
