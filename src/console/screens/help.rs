//! The keys that hold here, made from the table of keys.

use ratatui::layout::Rect;

use super::reading;
use crate::console::keymap::Bound;
use crate::console::layout::{ABOVE, Size};
use crate::console::model::Model;
use crate::console::text;
use crate::console::theme::Role;
use crate::console::widgets::canvas::{Canvas, Words};

/// Columns between the keys and what they do.
const GAP: usize = 2;
/// The widest that it gets.
const WIDEST: u16 = 88;
/// Lines of the foot, with a blank one before it.
const FOOT: u16 = 2;

/// The size of the whole dialog: the head stays, because it says where I am.
fn dialog(size: Size) -> (u16, u16) {
    (size.columns.saturating_sub(6).min(WIDEST), size.rows.saturating_sub(2 * ABOVE))
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

/// Its lines: the keys, and beside them what they do; what does not fit goes on below.
fn rows(model: &Model) -> Vec<(String, String)> {
    let bindings: Vec<&Bound> = model.preferences.keymap.in_force(model.place_scopes()).collect();
    let wide = bindings.iter().map(|it| text::width(&keys(it))).max().unwrap_or(0) + GAP;
    let room = usize::from(list_area(model.size()).width).saturating_sub(wide);
    let mut rows = Vec::new();
    for binding in bindings {
        let mut keys = keys(binding);
        for part in text::wrap(binding.help, room) {
            rows.push((format!("{keys:<wide$}"), part));
            keys.clear();
        }
    }
    rows
}

fn keys(binding: &Bound) -> String {
    let keys: Vec<String> = binding.keys.iter().map(ToString::to_string).collect();
    keys.join(" ")
}

/// Its lines, as text.
pub(in crate::console) fn lines(model: &Model) -> Vec<String> {
    rows(model).into_iter().map(|(keys, help)| format!("{keys}{help}")).collect()
}

/// Draws it from a line on.
pub(in crate::console) fn draw(model: &Model, canvas: &mut Canvas<'_, '_>, scroll: usize) {
    let rows = rows(model);
    let title = Words::one(Role::Strong, "Keys of this screen");
    let count = model.preferences.keymap.in_force(model.place_scopes()).count();
    let right = Words::one(Role::Dim, text::count(count, "binding"));
    let inner = canvas.dialog(dialog(model.size()), Role::Plain, &title, &right);
    let list = Rect { height: inner.height.saturating_sub(FOOT), ..inner };
    let scroll = scroll.min(rows.len().saturating_sub(usize::from(list.height)));
    let below = rows.len().saturating_sub(scroll + usize::from(list.height));
    for (line, (keys, help)) in (0..list.height).zip(rows.into_iter().skip(scroll)) {
        canvas.words(list, line, &Words::one(Role::Key, keys).and(Role::Plain, help));
    }
    let foot = inner.height.saturating_sub(1);
    if reading::foot(model, canvas, inner, foot) {
        return;
    }
    let more = if below > 0 { format!("{below} more below   ") } else { String::new() };
    canvas.words(inner, foot, &Words::one(Role::Dim, format!("{more}/ search   Esc close")));
}
