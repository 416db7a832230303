//! Marking instances of the fleet.

use super::keys::warn;
use crate::console::intent::Intent;
use crate::console::list::Move;
use crate::console::model::{FleetKey, Grip, Model, Notice, Tone};
use crate::console::text;
use crate::domain::resource::ResourceId;

/// Answers an intent that concerns marks; says whether it was one.
pub(super) fn act(model: &mut Model, intent: Intent) -> bool {
    match intent {
        Intent::Mark => {
            if let Some(id) = under_cursor(model) {
                model.marks.turn(id);
                model.move_in_fleet(Move::By(1));
            }
        }
        Intent::Range if model.marks.is_range() => model.marks.end_range(),
        Intent::Range => {
            if let Some(id) = under_cursor(model) {
                model.marks.begin_range(id, Grip::Begun);
            }
        }
        Intent::MarkAlong(by) => {
            if let Some(id) = under_cursor(model) {
                model.marks.begin_range(id, Grip::Held);
                model.move_in_fleet(Move::By(by));
            }
        }
        _ => return false,
    }
    true
}

/// Takes marks back when nothing else is left to close; says whether there were any.
pub(super) fn close(model: &mut Model) -> bool {
    let Some(gone) = model.marks.take_back() else { return false };
    if gone > 0 {
        let text = format!("{} taken back", text::count(gone, "mark"));
        model.notice = Some(Notice { text, tone: Tone::Plain });
    }
    true
}

fn under_cursor(model: &mut Model) -> Option<ResourceId> {
    match model.fleet_chosen().map(|row| model.fleet_key(row)) {
        Some(FleetKey::Instance(id)) => Some(id),
        Some(FleetKey::Strays) => {
            warn(model, "only instances can be marked");
            None
        }
        None => None,
    }
}
