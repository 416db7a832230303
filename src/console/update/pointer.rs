//! The mouse: the wheel moves, a click chooses a row. Nothing is ever opened, pressed or confirmed by it.

use super::{keys, moves};
use crate::console::effect::Effect;
use crate::console::intent::Intent;
use crate::console::keymap::Scope;
use crate::console::layout::ABOVE;
use crate::console::list::Move;
use crate::console::message::Turn;
use crate::console::model::{Model, Notice, Place, Tone};
use crate::console::preferences::Mouse;

/// Rows that a notch of the wheel moves in a list.
const NOTCH: isize = 3;

/// On, when it was off.
pub(super) fn toggle(model: &mut Model) -> Vec<Effect> {
    model.mouse = match model.mouse {
        Mouse::Off => Mouse::On,
        Mouse::On => Mouse::Off,
    };
    let text = match model.mouse {
        Mouse::On => "mouse on: the wheel moves, a click chooses; the terminal selects text with Shift held",
        Mouse::Off => "mouse off: the terminal selects text again",
    };
    model.notice = Some(Notice { text: text.to_owned(), tone: Tone::Plain });
    vec![Effect::Mouse(model.mouse)]
}

/// The wheel was turned.
pub(super) fn wheel(model: &mut Model, turn: Turn) -> Vec<Effect> {
    if model.mouse == Mouse::Off || !model.scopes().contains(&Scope::Lists) {
        return Vec::new();
    }
    let is_list = matches!(model.place(), Place::Fleet | Place::Backups(_) | Place::Parity(_));
    let rows = if is_list && model.overlay.is_none() { NOTCH } else { 1 };
    let rows = match turn {
        Turn::Up => -rows,
        Turn::Down => rows,
    };
    model.touch();
    keys::act(model, Intent::Go(Move::By(rows)))
}

/// A row was clicked. What lies over the screen, dialogs and wizards take no click, nor does a display that stands: what
/// is under the pointer is not what is.
pub(super) fn click(model: &mut Model, line: u16) -> Vec<Effect> {
    if model.mouse == Mouse::Off || model.overlay.is_some() || model.frozen.is_some() {
        return Vec::new();
    }
    let Some((from, to)) = rows(model, line) else { return Vec::new() };
    let by = isize::try_from(to).unwrap_or(0) - isize::try_from(from).unwrap_or(0);
    model.touch();
    if by == 0 { Vec::new() } else { moves::act(model, Intent::Go(Move::By(by))) }
}

/// The chosen row and the one that stands on this line of the screen.
fn rows(model: &Model, line: u16) -> Option<(usize, usize)> {
    let size = model.size();
    // The border of the pane, and the names of the columns.
    let (first, height, window, count) = match model.place() {
        Place::Fleet => {
            (2, size.list_rows(size.below_fleet()), model.fleet_window(), model.fleet_rows().len())
        }
        Place::Backups(_) if model.cell.is_none() => {
            (2, size.list_rows(size.below_backups()), model.backup_window(), model.backup_rows().len())
        }
        _ => return None,
    };
    let at = usize::from(line.checked_sub(ABOVE + first)?);
    let row = window.offset + at;
    (at < height && row < count).then_some((window.row?, row))
}
