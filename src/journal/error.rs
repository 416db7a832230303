//! What can go wrong with the memory on disk, typed by what a caller can decide on.

use std::io;
use std::path::{Path, PathBuf};

use crate::domain::operation::{IllegalTransition, OperationId};
use crate::domain::problem::Problem;
use crate::domain::unfinished::{Bar, Unfinished};

use super::driver::Driver;

/// Why the journal did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The disk said no.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What was tried: "write", "sync", …
        doing: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A write or sync of this file failed before. It is never tried again: after a failed sync nobody knows what is
    /// on the disk, and a second one may succeed without having written anything.
    #[error("{} failed to be written before and is not written any more", .0.display())]
    Broken(PathBuf),
    /// Somebody else drives the operation.
    #[error("driven by {0}")]
    Busy(Driver),
    /// There is no such operation.
    #[error("no operation {0} in the journal")]
    Absent(OperationId),
    /// The event cannot follow. Nothing was written.
    #[error(transparent)]
    Illegal(#[from] IllegalTransition),
    /// The file tells no operation that this program understands. It is left as it is.
    #[error("{}: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// An operation on the same instance has no verdict yet.
    #[error("{0}")]
    Unfinished(Box<Unfinished>),
    /// A file that may tell of an operation on the same instance cannot be read.
    #[error("whether another operation is open cannot be read: {0}")]
    Obscured(Box<JournalError>),
    /// Others may enter the directory, it is somebody else's, or it is none.
    #[error("{}: {why}", path.display())]
    NotPrivate {
        /// The directory.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Two files with one id tell two stories.
    #[error("the file tells another story of operation {0} than the journal")]
    Conflict(OperationId),
    /// The event could not be put into words; a bug.
    #[error("the event cannot be written as JSON: {0}")]
    Unwritable(String),
}

impl JournalError {
    /// What makes the system's no one of ours.
    pub(super) fn io<E: Into<io::Error>>(doing: &'static str, path: &Path) -> impl Fn(E) -> Self + Copy {
        move |source| Self::Io { doing, path: path.to_owned(), source: source.into() }
    }

    /// What a person reads.
    pub fn problem(&self) -> Problem {
        let problem = Problem::new(self.to_string());
        match self {
            Self::Io { path, .. } | Self::Broken(path) => problem
                .about(path.display().to_string())
                .meaning("What happens is not being recorded")
                .next("Make room on the disk or make the state directory writable"),
            Self::Busy(_) => problem
                .meaning("Another console watches this operation; it is in good hands")
                .next("Follow it there, or end that console and resume it here"),
            Self::Absent(_) => problem.next("List them: lifeboat operations"),
            Self::Unreadable { path, .. } => problem
                .about(path.display().to_string())
                .meaning("The file is left as it is")
                .next("Look at the instance itself, and read the file by eye: it is JSON, a record a line"),
            Self::Unfinished(open) => problem
                .about(open.instance.clone())
                .meaning(match open.bar() {
                    Bar::UntilEnded => "One instance takes one operation at a time",
                    Bar::UntilConfirmed => {
                        "It may be running; a new one is begun only by somebody who knows of it"
                    }
                })
                .next(open.remedy()),
            Self::Obscured(error) => Problem { summary: problem.summary, ..error.problem() }
                .meaning("The file may tell of an operation on this instance that is still running")
                .next("Look at the instance itself; when nothing runs there, move the file elsewhere"),
            Self::NotPrivate { path, .. } => {
                problem.about(path.display().to_string()).next("Make it yours alone: chmod 700")
            }
            Self::Conflict(_) => problem
                .meaning("Both are kept as they are")
                .next("Compare the two by eye; the longer one is usually the newer"),
            Self::Illegal(_) | Self::Unwritable(_) => {
                problem.meaning("Nothing was written").next("Please report this")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::operation::{OperationEvent, Phase};
    use crate::domain::plan::Kind;
    use jiff::Timestamp;

    fn unfinished(phase: Phase) -> JournalError {
        JournalError::Unfinished(Box::new(Unfinished {
            id: OperationId::new(uuid::Uuid::from_u128(7)),
            kind: Kind::Restore,
            instance: "apim-dr".into(),
            phase,
            since: Timestamp::UNIX_EPOCH,
            driven_by: None,
        }))
    }

    /// What a person reads of each error: the summary, what it is about, what it means, what to do. A part of each.
    #[test]
    fn every_error_says_what_it_is_about_and_what_to_do() {
        let id = OperationId::new(uuid::Uuid::from_u128(7));
        let path = || PathBuf::from("/state/x.jsonl");
        let full = || JournalError::io("write", &path())(io::Error::other("no space"));
        let illegal = Phase::Failed.after(&OperationEvent::Submitting).unwrap_err();
        let unreadable = || JournalError::Unreadable { path: path(), why: "line 1: torn".into() };
        let not_private = JournalError::NotPrivate { path: path(), why: "is no directory".into() };
        let about = Some("/state/x.jsonl");
        let table = [
            (full(), "cannot write /state/x.jsonl: no space", about, "not being recorded", "Make room"),
            (
                JournalError::Broken(path()),
                "/state/x.jsonl failed to be written before",
                about,
                "not being recorded",
                "Make room",
            ),
            (
                JournalError::Busy(Driver { pid: 7, host: "laptop".into() }),
                "driven by pid 7 on laptop",
                None,
                "in good hands",
                "Follow it there",
            ),
            (JournalError::Absent(id), "no operation 00000000-", None, "", "lifeboat operations"),
            (illegal.into(), "submitting cannot follow Failed", None, "Nothing was written", "report this"),
            (unreadable(), "/state/x.jsonl: line 1: torn", about, "left as it is", "by eye"),
            (
                unfinished(Phase::Accepted),
                "of apim-dr is running since",
                Some("apim-dr"),
                "one operation at a time",
                "lifeboat operations resume",
            ),
            (
                unfinished(Phase::Unconfirmed),
                "of apim-dr is UNKNOWN since",
                Some("apim-dr"),
                "It may be running",
                "Look for evidence first",
            ),
            (
                JournalError::Obscured(Box::new(unreadable())),
                "whether another operation is open cannot be read: /state/x.jsonl: line 1: torn",
                about,
                "still running",
                "move the file elsewhere",
            ),
            (not_private, "/state/x.jsonl: is no directory", about, "", "chmod 700"),
            (JournalError::Conflict(id), "another story of operation 0000", None, "Both are kept", "by eye"),
            (JournalError::Unwritable("x".into()), "as JSON: x", None, "Nothing was written", "report this"),
        ];
        for (error, summary, about, meaning, next) in table {
            let problem = error.problem();
            assert_eq!(problem.summary, error.to_string());
            assert!(problem.summary.contains(summary), "{problem}");
            assert_eq!(problem.scope.as_deref(), about, "{problem}");
            assert!(problem.meaning.as_deref().unwrap_or_default().contains(meaning), "{problem}");
            assert!(problem.next.as_deref().is_some_and(|it| it.contains(next)), "{problem}");
        }
    }
}
