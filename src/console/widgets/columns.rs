//! Columns that go one after the other when it gets narrow, and grow when there is room.

use ratatui::layout::Rect;
use smallvec::SmallVec;

use super::canvas::{Canvas, Words};
use crate::console::text;
use crate::console::theme::Role;

/// A column.
#[derive(Clone, Copy, Debug)]
pub(in crate::console) struct Column<C> {
    /// What it shows.
    pub(in crate::console) what: C,
    /// Its head.
    pub(in crate::console) title: &'static str,
    /// Its least width.
    pub(in crate::console) width: usize,
    /// How much it may grow.
    pub(in crate::console) grow: usize,
    /// The lower, the earlier it goes.
    pub(in crate::console) rank: u8,
}

/// A column in its place.
#[derive(Clone, Copy, Debug)]
pub(in crate::console) struct Placed<C> {
    /// What it shows.
    pub(in crate::console) what: C,
    /// Its head.
    pub(in crate::console) title: &'static str,
    /// Its width here.
    pub(in crate::console) width: usize,
}

/// Columns between two columns.
const GAP: usize = 1;

/// The columns that are shown, in their order.
pub(in crate::console) type Row<C> = SmallVec<[Placed<C>; 16]>;

/// Places columns into `room`. Returns those that are shown and how many are not.
pub(in crate::console) fn place<C: Copy>(columns: &[Column<C>], room: usize) -> (Row<C>, usize) {
    let mut kept: SmallVec<[&Column<C>; 16]> = columns.iter().collect();
    let needed =
        |kept: &[&Column<C>]| kept.iter().map(|it| it.width + GAP).sum::<usize>().saturating_sub(GAP);
    while needed(&kept) > room && kept.len() > 1 {
        let Some(least) = (0..kept.len()).min_by_key(|&at| kept[at].rank) else { break };
        kept.remove(least);
    }
    let mut spare = room.saturating_sub(needed(&kept));
    let mut placed: Row<C> =
        kept.iter().map(|it| Placed { what: it.what, title: it.title, width: it.width.min(room) }).collect();
    // Room is given in turns, one column at a time, so that the first one does not take it all.
    while spare > 0 {
        let before = spare;
        for (column, wide) in kept.iter().zip(&mut placed) {
            if spare > 0 && wide.width < column.width + column.grow {
                wide.width += 1;
                spare -= 1;
            }
        }
        if spare == before {
            break;
        }
    }
    (placed, columns.len() - kept.len())
}

/// Draws a row of cells, each in the width of its column.
pub(in crate::console) fn row<C>(
    canvas: &mut Canvas<'_, '_>,
    (area, line): (Rect, u16),
    columns: &[Placed<C>],
    cells: impl Iterator<Item = Words>,
) {
    let mut at = 0;
    for (column, cell) in columns.iter().zip(cells) {
        canvas.cell(area, (line, at), column.width, &cell);
        at += column.width + GAP;
    }
}

/// Draws the heads of the columns; `sorted` gives the sign behind one of them.
pub(in crate::console) fn heads<C: Copy>(
    canvas: &mut Canvas<'_, '_>,
    area: Rect,
    columns: &[Placed<C>],
    sorted: impl Fn(C) -> Option<&'static str>,
) {
    let cells = columns.iter().map(|column| match sorted(column.what) {
        Some(sign) => {
            let (title, _) = text::fitting(column.title, column.width.saturating_sub(1), "");
            Words::one(Role::Strong, format_args!("{title}{sign}"))
        }
        None => Words::one(Role::Dim, column.title),
    });
    row(canvas, (area, 0), columns, cells);
}

/// How wide the columns are up to the end of the first that is wanted.
pub(in crate::console) fn up_to<C: Copy>(columns: &[Placed<C>], wanted: impl Fn(C) -> bool) -> usize {
    let end = columns.iter().position(|column| wanted(column.what)).map_or(columns.len(), |at| at + 1);
    columns.iter().take(end).map(|column| column.width + GAP).sum()
}
