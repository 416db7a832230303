//! A search in a text that is read: the help, a whole problem, evidence, a log. It ends with the text.

use tui_input::Input;

use super::{Model, Overlay, Pane, Place, Typing, Zoom};

/// A search.
#[derive(Clone, Debug)]
pub struct Search {
    /// What is looked for.
    pub input: Input,
    /// Whether it is being typed.
    pub typing: Typing,
    /// Which of the lines that have it, counted from 0.
    pub at: usize,
}

impl Default for Search {
    fn default() -> Self {
        Self { input: Input::default(), typing: Typing::Done, at: 0 }
    }
}

impl Search {
    /// Whether something is looked for.
    pub fn is_active(&self) -> bool {
        self.typing == Typing::Now || !self.input.value().is_empty()
    }
}

/// A text that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    /// The keys of the place.
    Help,
    /// What is known of this program and its surroundings.
    About,
    /// All of one problem.
    Problem,
    /// All of one cell of the matrix.
    Cell,
    /// All of one finding.
    Finding,
    /// A pane of the wall that is shown large.
    Pane,
    /// All of one event.
    Event,
}

impl Model {
    /// The text that is read now; `None` where there are lists only.
    pub fn text(&self) -> Option<Text> {
        match (&self.overlay, self.place()) {
            (Some(Overlay::Help { .. }), _) => Some(Text::Help),
            (Some(Overlay::About { .. }), _) => Some(Text::About),
            (Some(_), _) => None,
            (None, Place::Timeline) => self.timeline.whole.map(|_| Text::Event),
            (None, Place::Problems) => self.whole_problem.map(|_| Text::Problem),
            (None, Place::Backups(_)) => self.cell.map(|_| Text::Cell),
            (None, Place::Wizard(_)) => {
                self.draft.as_ref().and_then(|draft| draft.evidence).map(|_| Text::Finding)
            }
            // The list of operations has a cursor of its own.
            (None, Place::Operations) => {
                (self.wall.zoom == Zoom::One && self.wall.pane != Pane::All).then_some(Text::Pane)
            }
            (None, _) => None,
        }
    }
}
