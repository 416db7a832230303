//! The report as it would be written, in the words of its outline.

use ratatui::layout::Rect;

use super::{phases_height, preview_width};
use crate::console::layout::Size;
use crate::console::model::Model;
use crate::console::model::timeline::Names;
use crate::console::text;
use crate::console::theme::{Role, Theme};
use crate::console::widgets::canvas::{Canvas, Keys, Words};
use crate::domain::report::outline::{self, Block};

/// Columns of a label in a table of two columns.
const LABEL: usize = 18;

/// Draws it.
pub(super) fn draw(model: &Model, area: Rect, keys: Keys, canvas: &mut Canvas<'_, '_>) {
    let names = match model.timeline.names {
        Names::Shown => Words::one(Role::Dim, "names shown"),
        Names::TakenOut => Words::one(Role::Warn, "names taken out"),
    };
    let inner = canvas.pane(area, keys, &Words::one(Role::Strong, "Report preview"), &names);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let lines = lines(model, usize::from(inner.width), canvas.theme);
    let rows = usize::from(inner.height);
    let scroll = model.timeline.scroll.min(lines.len().saturating_sub(rows));
    for (line, words) in (0..inner.height).zip(lines.iter().skip(scroll)) {
        canvas.words(inner, line, words);
    }
    if keys == Keys::Here {
        canvas.cursor(inner.x, inner.y);
    }
    canvas.part(area, scroll, rows, lines.len());
}

/// The furthest that it can be scrolled.
pub(in crate::console) fn furthest(model: &Model, theme: Theme) -> usize {
    let size = model.size();
    let columns = usize::from(preview_width(size).saturating_sub(4));
    lines(model, columns, theme).len().saturating_sub(rows(size))
}

fn rows(size: Size) -> usize {
    usize::from(size.body().saturating_sub(phases_height(size) + 2))
}

fn lines(model: &Model, columns: usize, theme: Theme) -> Vec<Words> {
    let mut lines = Vec::new();
    for block in outline::of(&model.sheet().shown) {
        match block {
            Block::Heading(level, words) => {
                if level > 1 {
                    lines.push(Words::new());
                }
                let words = format!("{} {words}", "#".repeat(usize::from(level)));
                wrapped(&mut lines, theme, columns, ("", Role::Strong, &words));
            }
            Block::Text(words) => wrapped(&mut lines, theme, columns, ("", Role::Plain, &words)),
            Block::Quote(words) => wrapped(&mut lines, theme, columns, ("> ", Role::Warn, &words)),
            Block::List(items) => {
                for item in items {
                    wrapped(&mut lines, theme, columns, ("- ", Role::Plain, &item));
                }
            }
            Block::Table { head, rows } => table(&mut lines, theme, columns, (&head, &rows)),
        }
    }
    lines
}

/// Words behind a sign, the further lines as far in as the first.
fn wrapped(lines: &mut Vec<Words>, theme: Theme, columns: usize, (sign, role, words): (&str, Role, &str)) {
    let room = columns.saturating_sub(sign.len());
    for (number, line) in theme.wrapped(words, room).into_iter().enumerate() {
        let sign = if number == 0 { sign.to_owned() } else { " ".repeat(sign.len()) };
        lines.push(Words::one(Role::Dim, sign).then(Words::shown(role, line)));
    }
}

/// A table of names and values as such; another one row by row, cell behind cell.
fn table(
    lines: &mut Vec<Words>,
    theme: Theme,
    columns: usize,
    (head, rows): (&[&'static str], &[Vec<String>]),
) {
    for row in rows {
        match (head, row.as_slice()) {
            (["", ""], [name, value]) => {
                let label = theme.spelled(name);
                let label = text::cut(&label, LABEL - 1, theme.ellipsis()).into_owned();
                for (number, line) in
                    theme.wrapped(value, columns.saturating_sub(LABEL)).into_iter().enumerate()
                {
                    let label = if number == 0 { label.as_str() } else { "" };
                    let label = Words::one(Role::Dim, format!("{label:<LABEL$}"));
                    lines.push(label.then(Words::shown(Role::Plain, line)));
                }
            }
            _ => {
                let cells: Vec<&str> =
                    row.iter().map(String::as_str).filter(|cell| !cell.is_empty() && *cell != "-").collect();
                wrapped(lines, theme, columns, ("| ", Role::Plain, &cells.join(" | ")));
            }
        }
    }
}
