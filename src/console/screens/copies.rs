//! The menu of what can be copied: each form with the beginning of what it would be.

use crate::console::model::Model;
use crate::console::recipe::{self, FORMS};
use crate::console::text;
use crate::console::theme::Role;
use crate::console::widgets::canvas::{Canvas, Words};

/// Columns of the words before a beginning.
const GAP: usize = 16;

/// Draws it.
pub(in crate::console) fn draw(model: &Model, canvas: &mut Canvas<'_, '_>, chosen: usize) {
    let Ok(recipe) = recipe::recipe(model) else { return };
    let width = canvas.area().width.saturating_sub(6).min(100);
    let height = u16::try_from(FORMS.len()).unwrap_or(5) + 4;
    let title = Words::one(Role::Strong, "Copy the ").and_name(Role::Strong, recipe.what.as_str());
    let inner = canvas.dialog((width, height), Role::Plain, &title, &Words::one(Role::Dim, "Esc"));
    let room = usize::from(inner.width).saturating_sub(GAP);
    for (line, (form, letter, word)) in (0..).zip(FORMS) {
        let words = Words::one(Role::Key, format!("{letter}  ")).and(Role::Plain, format!("{word:<13}"));
        let words = match recipe.text(form) {
            Ok(text) => {
                let one: Vec<&str> = text.split_whitespace().collect();
                words
                    .then(Words::shown(Role::Plain, text::cut(&one.join(" "), room, canvas.theme.ellipsis())))
            }
            Err(why) => words.and(Role::Warn, why),
        };
        canvas.words(inner, line, &words);
        if usize::from(line) == chosen {
            canvas.lay(inner, line, canvas.theme.chosen());
            canvas.cursor(inner.x, inner.y + line);
        }
    }
    let foot = "No key is copied: where one is needed $ACCOUNT_KEY or $TOKEN stands.";
    canvas.words(inner, height - 3, &Words::one(Role::Dim, foot));
}
