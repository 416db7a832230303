//! The card that says how much room is missing.

use ratatui::layout::Rect;

use crate::console::layout::NEEDED;
use crate::console::theme::Role;
use crate::console::widgets::canvas::{Canvas, Words};

/// Draws it, as much as fits.
pub(in crate::console) fn draw(area: Rect, canvas: &mut Canvas<'_, '_>) {
    let sentence = format!(
        "{}×{} needed, this is {}×{}. Make the window larger, or run: lifeboat instances",
        NEEDED.columns, NEEDED.rows, area.width, area.height
    );
    let taken = canvas.paragraph(area, 0, Role::Strong, &sentence);
    if taken < area.height {
        canvas.words(area, taken, &Words::one(Role::Dim, "q quits"));
    }
}
