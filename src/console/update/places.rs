//! From place to place: the trail in the head, and the walk through the places where I was.

use super::keys::{go, warn};
use super::parity;
use crate::console::effect::Effect;
use crate::console::model::history::Way;
use crate::console::model::{Model, Place};

/// Puts a place on the trail: back to it when I came through it, else instead of its like, else at the end.
pub(super) fn enter(trail: &mut Vec<Place>, place: Place) {
    let like = |known: &Place| std::mem::discriminant(known) == std::mem::discriminant(&place);
    if let Some(at) = trail.iter().position(|known| *known == place) {
        trail.truncate(at);
    } else if let Some(at) = trail.iter().position(like) {
        trail.truncate(at);
    }
    trail.push(place);
}

/// Goes to a place where I was before, and asks for what it shows.
pub(super) fn revisit(model: &mut Model, place: Place) -> Vec<Effect> {
    if let Place::Parity(id) = &place {
        let compared = model.world.compared.as_ref().is_some_and(|it| it.source == *id);
        if !compared {
            return parity::show(model, &id.clone());
        }
    }
    go(model, place);
    Vec::new()
}

/// The place that was left last, and back again. One that is gone is passed over.
pub(super) fn last(model: &mut Model) -> Vec<Effect> {
    let here = model.place().clone();
    let last = model.last.clone().filter(|place| *place != here && model.is_there(place));
    let behind = || {
        let mut behind = model.history.behind().iter().rev();
        behind.find(|place| **place != here && model.is_there(place)).cloned()
    };
    match last.or_else(behind) {
        Some(place) => revisit(model, place),
        None => {
            warn(model, "there is no place before this one");
            Vec::new()
        }
    }
}

/// One step through the places where I was.
pub(super) fn walk(model: &mut Model, way: Way) -> Vec<Effect> {
    let here = model.place().clone();
    let mut history = std::mem::take(&mut model.history);
    let next = history.turn(way, here, |place| model.is_there(place));
    let effects = match next {
        Some(place) => revisit(model, place),
        None => {
            let word = if way == Way::Back { "before" } else { "after" };
            warn(model, format!("there is no place {word} this one"));
            Vec::new()
        }
    };
    // The walk itself is no way that was taken.
    model.history = history;
    effects
}
