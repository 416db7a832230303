//! The pane of what happened: all operations, problems and Azure's activity log together, newest first.

use jiff::SignedDuration;
use ratatui::layout::Rect;

use super::sheet::Freshness;
use crate::console::model::{Model, Pane, Times};
use crate::console::text;
use crate::console::theme::{Role, Theme};
use crate::console::widgets::canvas::{Canvas, Keys, Words};
use crate::console::world::log::{Entry, Level};

/// Columns of the name of an instance.
const WHOSE: usize = 18;
/// From so many columns on there is room for an id.
const WIDE: usize = 110;

/// Draws it.
pub(super) fn draw(model: &Model, area: Rect, canvas: &mut Canvas<'_, '_>) {
    let here = model.wall.pane == Pane::Log;
    let keys = if here { Keys::Here } else { Keys::Elsewhere };
    let title = Words::one(Role::Strong, format!("{} activity and log", Pane::Log.number()));
    let inner = canvas.pane(area, keys, &title, &right(model));
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let rows = usize::from(inner.height);
    let shown = || model.world.log.newest(model.wall.level);
    let count = shown().count();
    if count == 0 {
        let words =
            if model.world.log.is_empty() { "Nothing happened yet." } else { "Nothing at this level." };
        canvas.words(inner, 0, &Words::one(Role::Dim, words));
        return canvas.cursor(inner.x, inner.y);
    }
    let (first, chosen) = window(model, rows);
    for (line, (at, entry)) in (0..inner.height).zip(shown().enumerate().skip(first)) {
        canvas.words(inner, line, &words(entry, model, usize::from(inner.width), canvas.theme));
        if model.wall.marked.contains(&entry.number) {
            let beside = Rect { x: inner.x - 1, width: 1, ..inner };
            canvas.words(beside, line, &Words::one(Role::Key, canvas.theme.mark()));
        }
        let stands = here || model.wall.line.is_some();
        if at == chosen && stands {
            canvas.lay(inner, line, canvas.theme.chosen());
        }
        if at == chosen && here {
            canvas.cursor(inner.x, inner.y + line);
        }
    }
    canvas.part(area, first, rows, count);
}

/// The first line on the screen, when `rows` are, and the chosen one.
pub(super) fn window(model: &Model, rows: usize) -> (usize, usize) {
    let shown = || model.world.log.newest(model.wall.level);
    let chosen = model.wall.line.and_then(|line| shown().position(|it| it.number == line)).unwrap_or(0);
    let first = (chosen + 1).saturating_sub(rows.max(1) / 2 + 1).min(shown().count().saturating_sub(rows));
    (first, chosen)
}

/// Every line, as it is drawn into so many columns.
pub(super) fn lines(model: &Model, theme: Theme, columns: usize) -> Vec<String> {
    let line = |entry| words(entry, model, columns, theme).text(theme);
    model.world.log.newest(model.wall.level).map(line).collect()
}

/// A line: when, who says it, about what, what, and the beginning of the id by which support finds it.
pub(super) fn words(entry: &Entry, model: &Model, columns: usize, theme: Theme) -> Words {
    let role = match entry.level {
        Level::Info => Role::Plain,
        Level::Warn => Role::Warn,
        Level::Error => Role::Crit,
    };
    let sign = match entry.level {
        Level::Info => "",
        Level::Warn | Level::Error => theme.sign(role),
    };
    let old = model.now().duration_since(entry.at) > SignedDuration::from_hours(20);
    let at = match model.times {
        Times::Durations => model.stamp(entry.at),
        Times::Usual | Times::Moments if old => text::short_day(entry.at),
        Times::Usual | Times::Moments => text::clock_to_second(entry.at),
    };
    let words = Words::one(Role::Dim, format!("{at:<11} {:<5} ", entry.source.word()))
        .and(role, format!("{sign:<2} "))
        .and_padded(Role::Plain, &entry.whose, WHOSE, theme)
        .and(Role::Plain, " ");
    let short = entry.correlation.as_deref().filter(|_| columns >= WIDE);
    let short = short.map(|id| format!("  corr {}", theme.named(&id.chars().take(8).collect::<String>())));
    let Some(short) = short else { return words.and(role, entry.text.as_str()) };
    let room = columns.saturating_sub(words.width(theme) + text::width(&short));
    let shown = theme.spelled(&entry.text);
    let shown = text::cut(&shown, room, theme.ellipsis()).into_owned();
    let pad = " ".repeat(room.saturating_sub(text::width(&shown)));
    words.then(Words::shown(role, shown + &pad)).then(Words::shown(Role::Dim, short))
}

/// How fresh Azure's part of it is.
pub(super) fn freshness(model: &Model) -> Freshness {
    let id = model.subject_operation().map(|it| it.operation.intent.work.instance());
    let read = id.and_then(|id| model.world.glances.log_of(id));
    match read {
        Some((at, None)) => {
            let interval = model.glance_interval().max(SignedDuration::from_mins(1));
            Freshness::by_age(*at, interval, model.now())
        }
        Some((at, Some(_))) => Freshness::Failed(*at),
        None => Freshness::NotRead,
    }
}

fn right(model: &Model) -> Words {
    let freshness = freshness(model).words(model);
    let follow = if model.wall.line.is_none() { "FOLLOW" } else { "stands, F follows" };
    Words::one(Role::Dim, "activity ")
        .then(freshness)
        .and(Role::Plain, format!("  {follow}"))
        .and(Role::Dim, format!("  level {}", model.wall.level.word()))
}
