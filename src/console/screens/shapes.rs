//! The menu of the columns that a list shows.

use crate::console::model::{Model, Place};
use crate::console::shape::Seen;
use crate::console::theme::Role;
use crate::console::widgets::canvas::{Canvas, Words};

/// Draws it.
pub(in crate::console) fn draw(model: &Model, canvas: &mut Canvas<'_, '_>, chosen: usize) {
    let shape = match model.place() {
        Place::Backups(_) => &model.shapes.backups,
        _ => &model.shapes.fleet,
    };
    let height = u16::try_from(shape.columns().count()).unwrap_or(0) + 4;
    let title = Words::one(Role::Strong, "Columns");
    let right = Words::one(Role::Dim, format!("{} shown", shape.shown().len()));
    let inner = canvas.dialog((56, height), Role::Plain, &title, &right);
    for (line, (name, seen)) in (0..).zip(shape.columns()) {
        let (sign, role) = match seen {
            Seen::Yes => ("[x]", Role::Plain),
            Seen::No => ("[ ]", Role::Dim),
        };
        let about = about(name, model.place());
        let words = Words::one(Role::Key, format!("{sign} "))
            .and(role, format!("{:<14}", name.to_uppercase()))
            .and(Role::Dim, about);
        canvas.words(inner, line, &words);
        if usize::from(line) == chosen {
            canvas.lay(inner, line, canvas.theme.chosen());
            canvas.cursor(inner.x, inner.y + line);
        }
    }
    let foot = "the title of the list counts what finds no room";
    canvas.words(inner, inner.height.saturating_sub(1), &Words::one(Role::Dim, foot));
}

/// What a column shows, where its name does not say it.
fn about(name: &str, place: &Place) -> &'static str {
    match (name, place) {
        ("state", _) => "how well it stands",
        ("rpo", _) => "age of the newest usable backup",
        ("goal", _) => "how old that may be",
        ("expires", Place::Backups(_)) => "when it can no longer be used",
        ("expires", _) => "when its cover ends",
        ("left", _) => "what is left of 30 days",
        ("points", _) => "usable backups of all",
        ("standby", _) => "and whether it fits",
        ("ready", _) => "could it be restored now",
        ("azure", _) => "what Azure says of it",
        ("newest", _) => "a sign for the newest usable",
        ("known", _) => "how its source is known",
        ("fit", _) => "whether the target can take it",
        _ => "",
    }
}
