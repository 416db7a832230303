//! Operations as their journals tell them, event by event: what the timeline and the report are made of.

use crate::console::message::RequestId;
use crate::domain::operation::OperationId;
use crate::domain::problem::Problem;
use crate::domain::report::Story;

/// What was asked of the journal, and what it told.
#[derive(Clone, Debug)]
pub struct Stories {
    /// The newest question.
    pub request: RequestId,
    /// The operations that it was about.
    pub asked: Vec<OperationId>,
    /// What was told; `None` before the first answer.
    pub told: Option<Vec<Told>>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// One operation as its file tells it.
#[derive(Clone, Debug)]
pub struct Told {
    /// What happened.
    pub story: Story,
    /// Its file, for people.
    pub file: String,
    /// Every event as it stands in the file, in the order of the story. The address of the operation is left out of it,
    /// see [`crate::domain::operation::address`].
    pub lines: Vec<String>,
}
