//! The last thirty days of an instance, one sign a day: on which a backup was taken that is still there, and on which
//! none was.

use std::fmt;

use jiff::SignedDuration;
use ratatui::layout::Rect;

use crate::console::model::Model;
use crate::console::text;
use crate::console::theme::Role;
use crate::console::widgets::canvas::{Canvas, Words};

/// So long a backup can be restored.
const DAYS: u32 = 30;

/// Lines that it takes.
pub(in crate::console) const LINES: u16 = 3;

/// Draws them, the oldest first, and how many have a backup.
pub(in crate::console) fn draw(model: &Model, area: Rect, canvas: &mut Canvas<'_, '_>) {
    let taken = taken(model);
    let head = Words::one(Role::Dim, "Backups of the last 30 days, old to new");
    canvas.words(area, 0, &head);
    let theme = canvas.theme;
    let strip = text::told(|f: &mut fmt::Formatter<'_>| {
        (0..DAYS).rev().try_for_each(|day| write!(f, "{}", theme.bar(1, i64::from(taken >> day & 1), 1)))
    });
    let count = taken.count_ones();
    let role = if count < DAYS { Role::Warn } else { Role::Ok };
    let words = Words::one(Role::Plain, strip).and(role, format_args!("  on {count} of {DAYS}"));
    canvas.words(area, 1, &words);
}

/// A bit for every day with a backup, today the lowest. The newest backup comes first, so a day is found by halving:
/// this is drawn at every key.
fn taken(model: &Model) -> u32 {
    const DAY: SignedDuration = SignedDuration::from_hours(24);
    let (all, subject) = (model.world.inventory.backups.all(), model.subject_backups());
    let age = |&place: &usize| Some(model.now().duration_since(all.get(place)?.taken?.at));
    let has_one = |day: &u32| {
        let begin = DAY * i32::try_from(*day).unwrap_or(0);
        let first = subject.partition_point(|it| age(it).is_some_and(|age| age < begin));
        subject.get(first).and_then(age).is_some_and(|age| age < begin + DAY)
    };
    (0..DAYS).filter(has_one).fold(0, |bits, day| bits | 1 << day)
}
