//! What happened to an operation, in words.

use jiff::SignedDuration;

use super::{OperationEvent, Poll};
use crate::domain::duration;

impl OperationEvent {
    /// The event in one line, for people.
    pub fn in_words(&self) -> String {
        match self {
            Self::Planned(_) => "written down; nothing sent yet".to_owned(),
            Self::Attached(_) => "somebody else began it; it is watched from here".to_owned(),
            Self::Submitting => "the request is leaving".to_owned(),
            Self::Accepted(accepted) => {
                let wait =
                    accepted.retry_after.map_or(String::new(), |wait| format!(", asks to wait {wait} s"));
                format!("Azure took it (202){wait}; the address is saved")
            }
            Self::NotSent { problem } => format!("not sent: {}", problem.summary),
            Self::Refused { problem } => format!("refused: {}", problem.summary),
            Self::Unconfirmed { problem } => format!("no readable answer: {}", problem.summary),
            Self::Polled(poll) => {
                let wait = SignedDuration::from_secs(i64::try_from(poll.next_in).unwrap_or_default());
                format!("{}; again in {}", poll.answer_in_words(), duration::short(wait))
            }
            Self::Untracked { problem } => format!("its status is unreadable: {}", problem.summary),
            Self::Succeeded { evidence } => format!("succeeded: {evidence}"),
            Self::Failed { problem } => {
                let words = problem.server_message.as_deref().unwrap_or(&problem.summary);
                format!("failed: {words}")
            }
            Self::ManifestWritten { name } => format!("manifest written: {name}"),
            Self::Noted { text, person: None } => text.clone(),
            Self::Noted { text, person: Some(person) } => format!("{person} notes: {text}"),
        }
    }
}

impl Poll {
    /// What the address answered, in one line.
    pub fn answer_in_words(&self) -> String {
        let status = self.http_status.map_or("no answer".to_owned(), |status| status.to_string());
        let word = self.status.as_ref().map_or(String::new(), |word| format!(" {word}"));
        let trouble = self.problem.as_ref().map_or(String::new(), |it| format!(": {}", it.summary));
        format!("polled: {status}{word}{trouble}")
    }
}
