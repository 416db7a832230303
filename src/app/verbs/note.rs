//! `operations note`: what a person has to say about an operation. Azure is not asked, and nothing is sent.

use jiff::Timestamp;
use serde::Serialize;

use super::operations::chosen;
use crate::app::clock;
use crate::app::exit::Exit;
use crate::app::output::Paper;
use crate::domain::operation::remark::remark;
use crate::domain::operation::{OperationEvent, OperationId};
use crate::domain::problem::Problem;
use crate::engine::not_noted;
use crate::journal::Journal;
use crate::settings::Settings;

/// The answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Noted {
    operation_id: OperationId,
    at: Timestamp,
    person: String,
    text: String,
}

/// Writes the note down.
///
/// # Errors
/// The operation is not known, the text is no note, another console drives the operation, or the journal cannot be
/// written.
pub(super) fn run(
    settings: &Settings,
    journal: &Journal,
    paper: Paper,
    (word, text): (&str, &str),
) -> Result<Exit, Problem> {
    let event = remark(text, &settings.person).map_err(|bad| Problem::usage(format!("Not noted: {bad}")))?;
    let at = clock::system()();
    for operation in chosen(journal, paper, Some(word))? {
        journal.annotate(operation.id(), at, &event).map_err(|error| not_noted(&error))?;
        if let OperationEvent::Noted { text, person: Some(person) } = &event {
            let (person, text) = (person.clone(), text.clone());
            let answer = Noted { operation_id: operation.id(), at, person, text };
            let line = format!("noted {} {}\n", operation.id(), event.in_words());
            paper.answer(&answer, line)?;
        }
    }
    Ok(Exit::Done)
}
