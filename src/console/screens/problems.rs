//! What went wrong, until it was read: in words, with Azure's own, and the ids that support asks for.

use ratatui::layout::Rect;

use crate::console::model::Model;
use crate::console::theme::{Role, Theme};
use crate::console::widgets::canvas::{Canvas, Keys, Words};

/// Draws them.
pub(in crate::console) fn draw(model: &Model, body: Rect, canvas: &mut Canvas<'_, '_>) {
    let all = model.world.problems();
    let title = Words::one(Role::Strong, "Problems");
    if all.is_empty() {
        let inner = canvas.pane(body, Keys::Here, &title, &Words::new());
        let area = Rect { x: inner.x + 1, ..inner };
        return canvas.words(area, 1, &Words::one(Role::Ok, "Nothing went wrong."));
    }
    let chosen = model.problem.min(all.len() - 1);
    if let Some(scroll) = model.whole_problem {
        return whole(model, scroll, body, canvas);
    }
    let below = model.size().below_choices() + 2;
    let list = Rect { height: body.height.saturating_sub(below), ..body };
    let rest = Rect { y: list.bottom(), height: body.height - list.height, ..body };
    let inner = canvas.pane(
        list,
        Keys::Here,
        &title,
        &Words::one(Role::Dim, format!("{} of {}", chosen + 1, all.len())),
    );
    let offset = (chosen + 1).saturating_sub(usize::from(inner.height).max(1));
    for (line, at) in (0..inner.height).zip(offset..all.len()) {
        let problem = &all[at].problem;
        let scope = problem.scope.as_deref().filter(|scope| !problem.summary.contains(scope));
        let scope = scope.map_or(String::new(), |scope| format!("   {scope}"));
        let words = Words::one(Role::Crit, format!(" {:<3}", canvas.theme.sign(Role::Crit)))
            .and(Role::Dim, format!("{}  ", model.stamp(all[at].at)))
            .and(Role::Plain, problem.summary.as_str())
            .and(Role::Dim, scope);
        canvas.words(inner, line, &words);
        if at == chosen {
            canvas.words(inner, line, &Words::one(Role::Strong, canvas.theme.marker()));
            canvas.lay(inner, line, canvas.theme.chosen());
            canvas.cursor(inner.x, inner.y + line);
        }
    }
    let inner = canvas.pane(rest, Keys::Elsewhere, &Words::one(Role::Strong, "In full"), &Words::new());
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let words = all[chosen].problem.to_string();
    let lines = canvas.theme.wrapped(&words, usize::from(inner.width)).len();
    canvas.paragraph(inner, 0, Role::Plain, words);
    canvas.part(rest, 0, usize::from(inner.height), lines);
}

/// All of the chosen problem, in lines.
pub(in crate::console) fn lines(model: &Model, theme: Theme) -> Option<Vec<String>> {
    let all = model.world.problems();
    let chosen = all.get(model.problem.min(all.len().saturating_sub(1)))?;
    let columns = usize::from(model.size().columns.saturating_sub(4));
    Some(theme.wrapped(&chosen.problem.to_string(), columns))
}

fn whole(model: &Model, scroll: usize, body: Rect, canvas: &mut Canvas<'_, '_>) {
    let inner =
        canvas.pane(body, Keys::Here, &Words::one(Role::Strong, "Problem"), &Words::one(Role::Dim, "Esc"));
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let lines = lines(model, canvas.theme).unwrap_or_default();
    let scroll = scroll.min(lines.len().saturating_sub(1));
    for (line, words) in (0..inner.height).zip(lines.iter().skip(scroll)) {
        canvas.words(inner, line, &Words::shown(Role::Plain, words.as_str()));
    }
    canvas.part(body, scroll, usize::from(inner.height), lines.len());
}
