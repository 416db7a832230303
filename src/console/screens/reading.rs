//! The text that is read now, as lines: what a search looks through, and how far it can be scrolled.

use ratatui::layout::Rect;

use super::{about, findings, help, matrix, problems, timeline, wall};
use crate::console::layout::ABOVE;
use crate::console::model::search::Text;
use crate::console::model::{Model, Overlay, Typing};
use crate::console::text;
use crate::console::theme::{Role, Theme};
use crate::console::widgets::canvas::{Canvas, Words};

/// The lines of the text that is read, as they are drawn.
pub(in crate::console) fn lines(model: &Model) -> Option<Vec<String>> {
    let theme = Theme::of(&model.preferences);
    match model.text()? {
        Text::Help => Some(help::lines(model)),
        Text::About => Some(about::page(model, theme).texts()),
        Text::Problem => problems::lines(model, theme),
        Text::Cell => {
            let (backup, target) = model.backup_chosen().zip(model.target_chosen())?;
            Some(matrix::page(model, backup, target, theme).texts())
        }
        Text::Finding => {
            let (draft, checks) = model.draft.as_ref()?.checked()?;
            let finding = checks.preflight.findings.get(draft.finding)?;
            Some(findings::page(model, draft, finding, theme).texts())
        }
        Text::Pane => Some(wall::lines(model, theme)),
        Text::Event => Some(timeline::whole_page(model, theme)?.texts()),
    }
}

/// Where they are drawn.
fn area(model: &Model) -> Option<Rect> {
    let size = model.size();
    let body = Rect { x: 0, y: ABOVE + size.banner, width: size.columns, height: size.body() };
    let inside = |pane: Rect| Rect {
        x: pane.x + 2,
        y: pane.y + 1,
        width: pane.width.saturating_sub(4),
        height: pane.height.saturating_sub(2),
    };
    match model.text()? {
        Text::Help => Some(help::list_area(size)),
        Text::About | Text::Problem | Text::Cell | Text::Finding | Text::Pane | Text::Event => {
            Some(inside(body))
        }
    }
}

/// How far the text can be scrolled: to where its last line is the last on the screen.
pub(in crate::console) fn furthest(model: &Model) -> usize {
    let lines = lines(model).map_or(0, |lines| lines.len());
    lines.saturating_sub(rows(model))
}

/// How many lines of it are seen.
pub(in crate::console) fn rows(model: &Model) -> usize {
    area(model).map_or(1, |area| usize::from(area.height).max(1))
}

/// The lines that have what is looked for.
pub(in crate::console) fn matches(model: &Model) -> Vec<usize> {
    let word = model.search.input.value();
    let lines = lines(model).unwrap_or_default();
    let has = |line: &String| !word.is_empty() && !text::found(line, word).is_empty();
    (0..lines.len()).filter(|&at| has(&lines[at])).collect()
}

/// The first line on the screen.
pub(in crate::console) fn scroll(model: &Model) -> usize {
    let scroll = match model.text() {
        Some(Text::Help | Text::About) => match &model.overlay {
            Some(Overlay::Help { scroll } | Overlay::About { scroll }) => Some(*scroll),
            _ => None,
        },
        Some(Text::Problem) => model.whole_problem,
        Some(Text::Cell) => model.cell,
        Some(Text::Finding) => model.draft.as_ref().and_then(|draft| draft.evidence),
        Some(Text::Event) => model.timeline.whole,
        Some(Text::Pane) => Some(wall::first(model, rows(model))),
        None => None,
    };
    scroll.unwrap_or(0).min(furthest(model))
}

/// Marks what was found on the screen. Comes after the text was drawn.
pub(in crate::console) fn mark(model: &Model, canvas: &mut Canvas<'_, '_>) {
    let word = model.search.input.value();
    if word.is_empty() {
        return;
    }
    let (Some(area), Some(lines)) = (area(model), lines(model)) else { return };
    let current = matches(model).get(model.search.at).copied();
    let style = canvas.theme.style(Role::Mark);
    for (row, (at, line)) in (0..area.height).zip(lines.iter().enumerate().skip(scroll(model))) {
        let found = text::found(line, word);
        for columns in &found {
            let (Ok(from), Ok(to)) = (u16::try_from(columns.start), u16::try_from(columns.end)) else {
                continue;
            };
            let x = area.x.saturating_add(from).min(area.right());
            canvas.lay(Rect { x, width: to.saturating_sub(from).min(area.right() - x), ..area }, row, style);
        }
        if current == Some(at) {
            let margin = Rect { x: area.x - 1, width: 1, ..area };
            canvas.words(margin, row, &Words::one(Role::Strong, canvas.theme.marker()));
            if model.search.typing == Typing::Done {
                canvas.cursor(margin.x, area.y + row);
            }
        }
    }
}

/// Draws the search into a line: what is looked for and which of how many it is. Tells whether there was one.
pub(in crate::console) fn foot(model: &Model, canvas: &mut Canvas<'_, '_>, area: Rect, line: u16) -> bool {
    if model.text().is_none() || !model.search.is_active() {
        return false;
    }
    let word = &model.search.input;
    let all = matches(model).len();
    let count = match all {
        _ if word.value().is_empty() => Words::new(),
        0 => Words::one(Role::Warn, "not found"),
        all => Words::one(Role::Plain, format!("{}/{all}", model.search.at + 1)),
    };
    match model.search.typing {
        Typing::Now => {
            canvas.words_right(area, line, &count);
            let wide = u16::try_from(count.width(canvas.theme)).unwrap_or(0).saturating_add(1);
            canvas.field(Rect { width: area.width.saturating_sub(wide), ..area }, line, "/", word);
        }
        Typing::Done => {
            let words = Words::one(Role::Strong, "/").and(Role::Plain, word.value()).and(Role::Plain, "   ");
            canvas.words(area, line, &words.then(count).and(Role::Dim, "   n N   Esc clears"));
        }
    }
    true
}
