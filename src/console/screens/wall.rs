//! The operations wall: nine panes with a number each, as many of them at once as there is room for. The pane that has
//! the keys is always among them. Each says how old it is, and shows only what was read.

mod azure;
mod health;
mod instances;
mod log;
mod operation;
mod sheet;

use ratatui::layout::Rect;

pub(in crate::console) use self::health::health;
use self::sheet::{Content, Freshness, Sheet};
use super::operations;
use crate::console::layout::Room;
use crate::console::model::{Model, Pane, Zoom};
use crate::console::theme::{Role, Theme};
use crate::console::widgets::canvas::{Canvas, Keys, Words};

/// Lines of the first pane where there is little room.
const FIRST: u16 = 8;
/// The most that it takes there, to say what went wrong.
const MOST: u16 = 13;

/// Draws the wall.
pub(in crate::console) fn draw(model: &Model, body: Rect, canvas: &mut Canvas<'_, '_>) {
    let body = operations::starting(model, body, canvas);
    if model.wall.zoom == Zoom::One {
        return pane(model, model.wall.pane, body, canvas);
    }
    for (which, area) in arranged(model, body, canvas.theme) {
        pane(model, which, area, canvas);
    }
}

/// The furthest that the large pane can be scrolled.
pub(in crate::console) fn furthest(model: &Model, theme: Theme) -> usize {
    let (content, _) = content(model, model.wall.pane, theme, inside(model));
    content.lines.len().saturating_sub(inside(model).1)
}

/// The lines of the pane that is large, as they are drawn.
pub(in crate::console) fn lines(model: &Model, theme: Theme) -> Vec<String> {
    let inside = inside(model);
    match model.wall.pane {
        Pane::Log => log::lines(model, theme, inside.0),
        which => content(model, which, theme, inside).0.lines.iter().map(|line| line.text(theme)).collect(),
    }
}

/// The first of them on the screen, when `rows` are.
pub(in crate::console) fn first(model: &Model, rows: usize) -> usize {
    match model.wall.pane {
        Pane::Log => log::window(model, rows).0,
        _ => model.wall.scroll,
    }
}

/// Columns and rows of the pane that is large.
fn inside(model: &Model) -> (usize, usize) {
    let size = model.size();
    (usize::from(size.columns.saturating_sub(4)), usize::from(size.body().saturating_sub(2)))
}

/// Which panes are shown where.
fn arranged(model: &Model, body: Rect, theme: Theme) -> Vec<(Pane, Rect)> {
    match (model.size().room(), model.world.operations.is_empty()) {
        (room, true) => idle(room, model.wall.pane, body),
        (Room::Huge, false) => huge(body),
        (Room::Wide, false) => wide(model, body),
        (Room::Narrow | Room::TooSmall, false) => narrow(model, body, theme),
    }
}

/// Lines of a given height from the top of an area, and what is left of it.
fn split(area: Rect, height: u16) -> (Rect, Rect) {
    let height = height.min(area.height);
    let rest = Rect { y: area.y + height, height: area.height - height, ..area };
    (Rect { height, ..area }, rest)
}

/// An area in columns, by their parts of the whole.
fn columns<const N: usize>(area: Rect, parts: [u16; N]) -> [Rect; N] {
    let whole: u32 = parts.iter().map(|it| u32::from(*it)).sum::<u32>().max(1);
    let mut done = 0_u32;
    let at = |parts: u32| area.x + u16::try_from(u32::from(area.width) * parts / whole).unwrap_or(area.width);
    parts.map(|part| {
        let x = at(done);
        done += u32::from(part);
        Rect { x, width: at(done) - x, ..area }
    })
}

/// Nothing was started yet.
fn idle(room: Room, chosen: Pane, body: Rect) -> Vec<(Pane, Rect)> {
    let (first, rest) = split(body, 5);
    let mut middle = if room == Room::Narrow { Vec::new() } else { vec![Pane::Quota] };
    if !matches!(chosen, Pane::Operation | Pane::Log | Pane::Quota) {
        middle = vec![chosen];
    } else if chosen == Pane::Quota {
        middle = vec![Pane::Quota];
    }
    let (between, last) = split(rest, if middle.is_empty() { 0 } else { 11.min(rest.height / 2 + 1) });
    let mut all = vec![(Pane::Operation, first)];
    all.extend(middle.into_iter().map(|pane| (pane, between)));
    all.push((Pane::Log, last));
    all
}

/// One below the other: the operation, and what has the keys, or a line of everything else.
fn narrow(model: &Model, body: Rect, theme: Theme) -> Vec<(Pane, Rect)> {
    let inner = (usize::from(body.width.saturating_sub(4)), usize::from(FIRST - 2));
    let (content, _) = content(model, Pane::Operation, theme, inner);
    let says = model.subject_operation().is_some_and(|it| it.operation.problem.is_some());
    let wanted = u16::try_from(content.lines.len() + 2).unwrap_or(MOST);
    let (first, rest) = split(body, if says { wanted.clamp(FIRST, MOST) } else { FIRST });
    let mut all = vec![(Pane::Operation, first)];
    match model.wall.pane {
        Pane::Operation => {
            let others = u16::try_from(model.world.operations.len()).unwrap_or(u16::MAX);
            let (second, rest) = match others {
                0 | 1 => split(rest, 0),
                others => split(rest, 2 + others.min(2)),
            };
            // Where something went wrong the log says more than one line of the target.
            let (third, last) = split(rest, if rest.height >= 6 { 3 } else { 0 });
            all.extend([(Pane::All, second), (Pane::Target, third), (Pane::Log, last)]);
        }
        Pane::Log => all.push((Pane::Log, rest)),
        chosen => {
            let (second, last) = split(rest, rest.height.saturating_sub(4));
            all.extend([(chosen, second), (Pane::Log, last)]);
        }
    }
    all.retain(|(_, area)| area.height >= 3);
    all
}

/// Six panes: the operation, all of them, one to choose, the target, the quota, the log.
fn wide(model: &Model, body: Rect) -> Vec<(Pane, Rect)> {
    let (top, rest) = split(body, body.height * 16 / 30);
    let (middle, last) = split(rest, rest.height * 8 / 14);
    let [left, right] = columns(top, [62, 38]);
    let ended = model.subject_operation().is_some_and(|it| it.operation.phase.is_final());
    let third = match model.wall.pane {
        chosen @ (Pane::Afterwards | Pane::Active | Pane::Storage | Pane::Parity) => chosen,
        _ if ended => Pane::Afterwards,
        _ => Pane::Active,
    };
    let (second, below) = split(right, right.height / 2);
    let [target, quota] = columns(middle, [1, 1]);
    vec![
        (Pane::Operation, left),
        (Pane::All, second),
        (third, below),
        (Pane::Target, target),
        (Pane::Quota, quota),
        (Pane::Log, last),
    ]
}

/// All nine.
fn huge(body: Rect) -> Vec<(Pane, Rect)> {
    let (top, rest) = split(body, body.height * 20 / 50);
    let (middle, last) = split(rest, rest.height * 12 / 30);
    let [first, second, third] = columns(top, [50, 25, 25]);
    let (all, target) = split(second, second.height / 2);
    let (afterwards, active) = split(third, third.height / 2);
    let [storage, quota, parity] = columns(middle, [1, 1, 1]);
    vec![
        (Pane::Operation, first),
        (Pane::All, all),
        (Pane::Afterwards, afterwards),
        (Pane::Target, target),
        (Pane::Active, active),
        (Pane::Storage, storage),
        (Pane::Quota, quota),
        (Pane::Parity, parity),
        (Pane::Log, last),
    ]
}

/// Draws one pane.
fn pane(model: &Model, which: Pane, area: Rect, canvas: &mut Canvas<'_, '_>) {
    if which == Pane::Log {
        return log::draw(model, area, canvas);
    }
    let keys = if which == model.wall.pane { Keys::Here } else { Keys::Elsewhere };
    let inside = (usize::from(area.width.saturating_sub(4)), usize::from(area.height.saturating_sub(2)));
    let (content, cursor) = content(model, which, canvas.theme, inside);
    let title = Words::one(Role::Strong, format!("{} ", which.number())).then(content.title);
    let right = content.freshness.words(model);
    let gap = if content.beside.width(canvas.theme) > 0 { "  " } else { "" };
    let inner = canvas.pane(area, keys, &title, &right.and(Role::Dim, gap).then(content.beside));
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let rows = usize::from(inner.height);
    let furthest = content.lines.len().saturating_sub(rows);
    let large = model.wall.zoom == Zoom::One && which != Pane::All;
    let first = if large { model.wall.scroll } else { (cursor + 2).saturating_sub(rows.max(2)) };
    let first = first.min(furthest);
    for (line, words) in (0..inner.height).zip(content.lines.iter().skip(first)) {
        canvas.words(inner, line, words);
    }
    canvas.part(area, first, rows, content.lines.len());
    if keys == Keys::Here {
        let line = if which == Pane::All { cursor.saturating_sub(first) } else { 0 };
        canvas.cursor(inner.x, inner.y.saturating_add(u16::try_from(line).unwrap_or(0)));
    }
}

/// What a pane shows, and the line in it that the cursor is on.
fn content(model: &Model, which: Pane, theme: Theme, inside: (usize, usize)) -> (Content, usize) {
    let mut sheet = Sheet::new(model, theme, inside);
    let Some(watched) = model.subject_operation().filter(|_| which != Pane::Quota) else {
        return (without_operation(sheet, which), 0);
    };
    let operation = &watched.operation;
    let content = match which {
        Pane::All => return instances::all(sheet),
        Pane::Operation => operation::content(sheet, watched),
        Pane::Afterwards => azure::afterwards(sheet, watched),
        Pane::Target => instances::target(sheet, watched),
        Pane::Active => instances::active(sheet, watched),
        Pane::Storage => instances::storage(sheet, operation),
        Pane::Parity => azure::parity(sheet, operation),
        Pane::Quota | Pane::Log => {
            sheet.line(Words::new());
            sheet.content(Words::new(), Freshness::NotRead, Words::new())
        }
    };
    (content, 0)
}

fn without_operation(mut sheet: Sheet<'_>, which: Pane) -> Content {
    match which {
        Pane::Quota => azure::quota(sheet),
        Pane::Operation if !sheet.model.world.starting.is_empty() => {
            sheet.line(Words::one(Role::Loading, "Nothing was heard of it yet."));
            sheet.content(Words::one(Role::Strong, "Operations"), Freshness::Loading, Words::new())
        }
        Pane::Operation => {
            sheet.line(Words::one(Role::Plain, "No operation was started from here yet."));
            sheet.line(Words::one(Role::Dim, "a on an instance or a backup opens the acts."));
            sheet.content(Words::one(Role::Strong, "Operations"), Freshness::NotRead, Words::new())
        }
        _ => {
            sheet.line(Words::one(Role::Dim, "It is about an operation, and there is none."));
            sheet.content(Words::one(Role::Strong, "no operation"), Freshness::NotRead, Words::new())
        }
    }
}
