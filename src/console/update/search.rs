//! Looking for a word in the text that is read.

use tui_input::Input;

use super::moves::stepped;
use super::wall;
use crate::console::intent::Intent;
use crate::console::list::Move;
use crate::console::model::history::Way;
use crate::console::model::search::{Search, Text};
use crate::console::model::{Model, Overlay, Pane, Typing};
use crate::console::screens::reading;

/// Begins to look for a word.
pub(super) fn start(model: &mut Model) {
    model.search = Search { input: Input::default(), typing: Typing::Now, at: 0 };
}

/// An intent while the word is typed: it is kept, or given up.
pub(super) fn answer(model: &mut Model, intent: Intent) {
    match intent {
        Intent::Open => model.search.typing = Typing::Done,
        _ => model.search = Search::default(),
    }
}

/// The word changed: to the first line that has it, from what is on the screen on.
pub(super) fn typed(model: &mut Model) {
    let (found, seen) = (reading::matches(model), reading::scroll(model));
    model.search.at = found.iter().position(|&line| line >= seen).unwrap_or(0);
    show(model, &found);
}

/// To another line that has the word; behind the last comes the first.
pub(super) fn seek(model: &mut Model, way: Way) {
    let found = reading::matches(model);
    if found.is_empty() {
        return;
    }
    let at = model.search.at.min(found.len() - 1);
    model.search.at = match way {
        Way::Forth => (at + 1) % found.len(),
        Way::Back => (at + found.len() - 1) % found.len(),
    };
    show(model, &found);
}

/// Scrolls to the line that was found, no more than is needed.
fn show(model: &mut Model, found: &[usize]) {
    let Some(&line) = found.get(model.search.at) else { return };
    let (from, rows) = (reading::scroll(model), reading::rows(model));
    // The log has a cursor, which goes to the very line.
    if model.text() == Some(Text::Pane) && model.wall.pane == Pane::Log {
        wall::scroll_to(model, line);
    } else if line < from || line >= from + rows {
        scroll_to(model, line.saturating_sub(rows / 3).min(reading::furthest(model)));
    }
}

/// Scrolls the text, no further than there is any.
pub(super) fn scroll(model: &mut Model, step: Move) {
    let to = stepped(reading::scroll(model), step, reading::furthest(model) + 1);
    scroll_to(model, to);
}

fn scroll_to(model: &mut Model, line: usize) {
    match model.text() {
        Some(Text::Help | Text::About) => {
            if let Some(Overlay::Help { scroll } | Overlay::About { scroll }) = &mut model.overlay {
                *scroll = line;
            }
        }
        Some(Text::Problem) => model.whole_problem = Some(line),
        Some(Text::Cell) => model.cell = Some(line),
        Some(Text::Finding) => {
            if let Some(draft) = model.draft.as_mut() {
                draft.evidence = Some(line);
            }
        }
        Some(Text::Pane) => wall::scroll_to(model, line),
        Some(Text::Event) => model.timeline.whole = Some(line),
        None => {}
    }
}
