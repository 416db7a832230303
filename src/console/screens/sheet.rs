//! A text that is shown whole: wrapped where the line ends, so that nothing is added to it or left out.

use ratatui::layout::Rect;

use crate::console::layout::Size;
use crate::console::model::{Model, Sheet};
use crate::console::text;
use crate::console::theme::{Role, Theme};
use crate::console::widgets::canvas::{Canvas, Words};

/// Columns and rows of the dialog around the text.
const AROUND: (u16, u16) = (4, 4);

/// The lines of the text in this width.
fn lines(shown: &Sheet, theme: Theme, columns: usize) -> Vec<String> {
    let lines = shown.text.split('\n').map(|line| theme.spelled(line));
    lines
        .flat_map(|line| if line.is_empty() { vec![line.into_owned()] } else { text::filled(&line, columns) })
        .collect()
}

fn size(columns: u16, rows: u16) -> Size {
    Size::of(columns.saturating_sub(4).min(110), rows.saturating_sub(4))
}

/// How many columns a line of it has.
pub(in crate::console) fn columns(model: &Model) -> usize {
    usize::from(size(model.size().columns, model.size().rows).columns.saturating_sub(AROUND.0))
}

/// How far it can be scrolled.
pub(in crate::console) fn furthest(model: &Model, shown: &Sheet) -> usize {
    let room = size(model.size().columns, model.size().rows);
    let columns = usize::from(room.columns.saturating_sub(AROUND.0));
    let all = lines(shown, Theme::of(&model.preferences), columns).len();
    all.saturating_sub(usize::from(room.rows.saturating_sub(AROUND.1)))
}

/// Draws it.
pub(in crate::console) fn draw(shown: &Sheet, canvas: &mut Canvas<'_, '_>) {
    let area = canvas.area();
    let room = size(area.width, area.height);
    let all = lines(shown, canvas.theme, usize::from(room.columns.saturating_sub(AROUND.0)));
    let height = u16::try_from(all.len()).unwrap_or(u16::MAX).saturating_add(AROUND.1).min(room.rows);
    let title = Words::one(Role::Strong, shown.title.as_str());
    let inner = canvas.dialog((room.columns, height), Role::Plain, &title, &Words::one(Role::Dim, "Esc"));
    canvas.words(inner, 0, &Words::one(Role::Plain, shown.lead.as_str()));
    let list = Rect { y: inner.y + 2, height: inner.height.saturating_sub(2), ..inner };
    let scroll = shown.scroll.min(all.len().saturating_sub(usize::from(list.height)));
    for (line, words) in (0..list.height).zip(all.iter().skip(scroll)) {
        canvas.words(list, line, &Words::shown(Role::Strong, words.as_str()));
    }
}
