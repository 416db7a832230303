//! The command line: what could stand there, above what is typed.

use ratatui::layout::Rect;

use crate::console::layout::BELOW;
use crate::console::model::Model;
use crate::console::prompt::Prompt;
use crate::console::theme::Role;
use crate::console::widgets::canvas::{Canvas, Keys, Words};

/// Lines of the list at most.
const MOST: u16 = 10;
/// Columns of what is listed, before what it is.
const LABEL: usize = 26;
/// Lines of what was wrong at most.
const REFUSAL: u16 = 3;
/// Columns of its sign.
const SIGN: usize = 3;

/// Draws it. The line itself comes last, because it has the terminal's cursor.
pub(in crate::console) fn draw(model: &Model, prompt: &Prompt, canvas: &mut Canvas<'_, '_>) {
    let all = canvas.area();
    let inner = Rect { x: all.x + 1, width: all.width.saturating_sub(2), ..all };
    let count = prompt.completions.len();
    let rows = u16::try_from(count).unwrap_or(MOST).min(MOST);
    let told = refusal(model, inner, canvas);
    if rows > 0 {
        let height = rows + 2;
        let area = Rect { y: all.bottom().saturating_sub(BELOW + told + height), height, ..all };
        canvas.blank(area);
        let right = Words::one(Role::Dim, format!("{count} to choose from"));
        let pane = canvas.pane(area, Keys::Here, &Words::one(Role::Strong, "Commands"), &right);
        list(prompt, pane, canvas);
        let first = first(prompt, rows);
        canvas.part(area, first, usize::from(rows), count);
    }
    canvas.field(inner, inner.height - BELOW, ":", &prompt.input);
}

/// Why the line was not carried out, right above it. Gives the lines that it took.
fn refusal(model: &Model, inner: Rect, canvas: &mut Canvas<'_, '_>) -> u16 {
    let Some(notice) = &model.notice else { return 0 };
    let lines = canvas.theme.wrapped(&notice.text, usize::from(inner.width).saturating_sub(SIGN));
    let height = u16::try_from(lines.len()).unwrap_or(REFUSAL).min(REFUSAL);
    let y = inner.bottom().saturating_sub(BELOW + height);
    canvas.blank(Rect { x: 0, y, width: canvas.area().width, height });
    for (line, words) in (0..height).zip(lines) {
        let sign = if line == 0 { canvas.theme.sign(Role::Warn) } else { "" };
        let words = Words::one(Role::Warn, format!("{sign:<SIGN$}")).then(Words::shown(Role::Warn, words));
        canvas.words(Rect { y, height, ..inner }, line, &words);
    }
    height
}

/// The first shown line.
fn first(prompt: &Prompt, rows: u16) -> usize {
    prompt.chosen.map_or(0, |at| (at + 1).saturating_sub(usize::from(rows)))
}

fn list(prompt: &Prompt, pane: Rect, canvas: &mut Canvas<'_, '_>) {
    let first = first(prompt, pane.height);
    let area = Rect { x: pane.x + 1, width: pane.width.saturating_sub(2), ..pane };
    for (line, (at, it)) in (0..pane.height).zip(prompt.completions.iter().enumerate().skip(first)) {
        let words = Words::new().and_padded(Role::Key, &it.label, LABEL, canvas.theme);
        canvas.words(area, line, &words.and_name(Role::Dim, it.about.as_str()));
        if prompt.chosen == Some(at) {
            canvas.words(pane, line, &Words::one(Role::Strong, canvas.theme.marker()));
            canvas.lay(pane, line, canvas.theme.chosen());
        }
    }
}
