//! How a verdict becomes an exit code. Scripts depend on the numbers (CLI contract).

use std::process::ExitCode;

use crate::domain::operation::{Operation, Phase};
use crate::domain::problem::{Problem, Trouble};

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Something went wrong here or on the way; nothing was started in Azure.
    Error = 1,
    /// Wrong words on the command line or in the configuration.
    Usage = 2,
    /// The preflight says no.
    Blocked = 3,
    /// The operation failed in Azure, or Azure refused it.
    Failed = 4,
    /// It may be running, or may have been taken.
    Unknown = 5,
    /// Nobody is signed in, or not allowed.
    NotAllowed = 6,
    /// The terminal of the console is gone: 128 and the number of SIGHUP, as shells count.
    HungUp = 129,
    /// SIGINT ended the console.
    Interrupted = 130,
    /// SIGQUIT ended the console.
    Quit = 131,
    /// SIGTERM ended the console.
    Terminated = 143,
}

impl Exit {
    /// How a verb ends that met this problem before anything was started.
    pub(super) fn of_problem(problem: &Problem) -> Self {
        match (problem.kind, problem.http_status) {
            (Trouble::Usage, _) => Self::Usage,
            (Trouble::SignedOut | Trouble::Forbidden, _) | (_, Some(401 | 403)) => Self::NotAllowed,
            (Trouble::Other | Trouble::Unreachable | Trouble::Throttled, _) => Self::Error,
        }
    }

    /// How a list ends that could not be read at all: not allowed when that is all that stood in the way.
    pub(super) fn of_problems(problems: &[Problem]) -> Self {
        problems.iter().map(Self::of_problem).min().unwrap_or(Self::Error)
    }

    /// How a verb ends that stops watching now. Anything but an end is unknown.
    pub(super) fn of_operation(operation: &Operation) -> Self {
        match operation.phase {
            Phase::Succeeded => Self::Done,
            Phase::Failed => Self::Failed,
            Phase::Refused => match operation.problem.as_ref().map(Self::of_problem) {
                Some(Self::NotAllowed) => Self::NotAllowed,
                _ => Self::Failed,
            },
            Phase::NotSent => match operation.problem.as_ref().map(Self::of_problem) {
                Some(Self::NotAllowed) => Self::NotAllowed,
                _ => Self::Error,
            },
            Phase::Planned | Phase::Submitting | Phase::Accepted | Phase::Untracked | Phase::Unconfirmed => {
                Self::Unknown
            }
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_contract() {
        let table = [
            (Exit::Done, 0),
            (Exit::Error, 1),
            (Exit::Usage, 2),
            (Exit::Blocked, 3),
            (Exit::Failed, 4),
            (Exit::Unknown, 5),
            (Exit::NotAllowed, 6),
            (Exit::HungUp, 129),
            (Exit::Interrupted, 130),
            (Exit::Quit, 131),
            (Exit::Terminated, 143),
        ];
        for (exit, number) in table {
            assert_eq!(exit as u8, number);
        }
    }

    #[test]
    fn a_problem_ends_by_its_kind_or_its_http_status() {
        let forbidden = Problem { http_status: Some(403), ..Problem::new("x") };
        assert_eq!(Exit::of_problem(&forbidden), Exit::NotAllowed);
        let signed_out = Problem { kind: Trouble::SignedOut, ..Problem::new("x") };
        assert_eq!(Exit::of_problem(&signed_out), Exit::NotAllowed);
        assert_eq!(Exit::of_problem(&Problem::usage("x")), Exit::Usage);
        assert_eq!(Exit::of_problem(&Problem::new("x")), Exit::Error);
        assert_eq!(Exit::of_problems(&[signed_out.clone(), forbidden]), Exit::NotAllowed);
        assert_eq!(Exit::of_problems(&[signed_out, Problem::new("network")]), Exit::Error);
        assert_eq!(Exit::of_problems(&[]), Exit::Error);
    }
}
