//! The keys that hold here, made from the table of keys.

use ratatui::layout::Rect;

use super::reading;
use crate::console::keymap::{self, Binding};
use crate::console::layout::Size;
use crate::console::model::Model;
use crate::console::text;
use crate::console::theme::Role;
use crate::console::widgets::canvas::{Canvas, Words};

/// Columns of the keys.
const KEYS: usize = 24;
/// The widest that it gets.
const WIDEST: u16 = 88;
/// Lines of the foot, with a blank one before it.
const FOOT: u16 = 2;

/// The size of the whole dialog.
fn dialog(size: Size) -> (u16, u16) {
    (size.columns.saturating_sub(8).min(WIDEST), size.rows.saturating_sub(2))
}

/// Where the lines are drawn: inside the border and one column within.
pub(in crate::console) fn list_area(size: Size) -> Rect {
    let (width, height) = dialog(size);
    Rect {
        x: size.columns.saturating_sub(width) / 2 + 2,
        y: size.rows.saturating_sub(height) / 2 + 1,
        width: width.saturating_sub(4),
        height: height.saturating_sub(2 + FOOT),
    }
}

fn bindings(model: &Model) -> Vec<&'static Binding> {
    keymap::in_force(model.place_scopes()).collect()
}

fn keys(binding: &Binding) -> String {
    let keys: Vec<String> = binding.keys.iter().map(ToString::to_string).collect();
    format!("{:<KEYS$} ", keys.join(" "))
}

/// Its lines, as text.
pub(in crate::console) fn lines(model: &Model) -> Vec<String> {
    bindings(model).into_iter().map(|it| format!("{}{}", keys(it), it.help)).collect()
}

/// Draws it from a line on.
pub(in crate::console) fn draw(model: &Model, canvas: &mut Canvas<'_, '_>, scroll: usize) {
    let bindings = bindings(model);
    let title = Words::one(Role::Strong, "Keys of this screen");
    let right = Words::one(Role::Dim, text::count(bindings.len(), "binding"));
    let inner = canvas.dialog(dialog(model.size()), Role::Plain, &title, &right);
    let list = Rect { height: inner.height.saturating_sub(FOOT), ..inner };
    let scroll = scroll.min(bindings.len().saturating_sub(usize::from(list.height)));
    for (line, binding) in (0..list.height).zip(bindings.iter().skip(scroll)) {
        canvas.words(list, line, &Words::one(Role::Key, keys(binding)).and(Role::Plain, binding.help));
    }
    let foot = inner.height.saturating_sub(1);
    if reading::foot(model, canvas, inner, foot) {
        return;
    }
    let more = bindings.len().saturating_sub(scroll + usize::from(list.height));
    let more = if more > 0 { format!("{more} more below   ") } else { String::new() };
    canvas.words(inner, foot, &Words::one(Role::Dim, format!("{more}/ search   Esc close")));
}
