//! The keys that hold here, made from the table of keys.

use ratatui::layout::Rect;
use tui_input::Input;

use crate::console::keymap::Bound;
use crate::console::model::{Model, Typing};
use crate::console::text;
use crate::console::theme::Role;
use crate::console::widgets::canvas::{Canvas, Words};

/// Draws it: from which line, searched for what, and whether the search is being typed.
pub(in crate::console) fn draw(
    model: &Model,
    canvas: &mut Canvas<'_, '_>,
    (scroll, search, typing): (usize, &Input, Typing),
) {
    let all = canvas.area();
    let size = (all.width.saturating_sub(8).min(88), all.height.saturating_sub(2));
    let wanted = search.value().to_lowercase();
    let keymap = &model.preferences.keymap;
    let lines: Vec<&Bound> = keymap.in_force(model.place_scopes()).filter(|it| found(it, &wanted)).collect();
    let title = Words::one(Role::Strong, "Keys of this screen");
    let right = Words::one(Role::Dim, text::count(lines.len(), "binding"));
    let inner = canvas.dialog(size, Role::Plain, &title, &right);
    let list = Rect { height: inner.height.saturating_sub(2), ..inner };
    let scroll = scroll.min(lines.len().saturating_sub(usize::from(list.height)));
    for (line, binding) in (0..list.height).zip(lines.iter().skip(scroll)) {
        let keys: Vec<String> = binding.keys.iter().map(ToString::to_string).collect();
        let keys = keys.join(" ");
        canvas.words(
            list,
            line,
            &Words::one(Role::Key, format!("{keys:<24} ")).and(Role::Plain, binding.help),
        );
    }
    let more = lines.len().saturating_sub(scroll + usize::from(list.height));
    let foot = inner.height.saturating_sub(1);
    match typing {
        Typing::Now => canvas.field(inner, foot, "/", search),
        Typing::Done if lines.is_empty() => {
            canvas.words(inner, foot, &Words::one(Role::Warn, "no key matches; Esc closes"))
        }
        Typing::Done if more > 0 => {
            canvas.words(
                inner,
                foot,
                &Words::one(Role::Dim, format!("{more} more below   / search   Esc close")),
            );
        }
        Typing::Done => canvas.words(inner, foot, &Words::one(Role::Dim, "/ search   Esc close")),
    }
}

fn found(binding: &Bound, wanted: &str) -> bool {
    binding.help.to_lowercase().contains(wanted)
        || binding.keys.iter().any(|key| key.to_string().to_lowercase() == wanted)
}
