//! Writing the list of a place to a file: the one question, and the wish.

use super::keys::warn;
use super::moves::{step, stepped};
use crate::console::effect::Effect;
use crate::console::intent::{Intent, ListFormat};
use crate::console::model::{Model, Overlay};
use crate::console::screens::extracts;

/// The formats, in the order of the menu.
pub(in crate::console) const FORMATS: [(char, ListFormat, &str); 2] = [
    ('c', ListFormat::Csv, "CSV, for a spreadsheet"),
    ('j', ListFormat::Json, "JSON, with filter, order and age"),
];

/// Asks for the format, when there is something to write.
pub(super) fn open(model: &mut Model) {
    if extracts::of(model).is_some_and(|list| !list.is_empty()) {
        model.overlay = Some(Overlay::Export { chosen: 0 });
    } else {
        warn(model, "there is nothing to write here");
    }
}

/// Answers an intent while the menu is open.
pub(super) fn answer(model: &mut Model, chosen: usize, intent: Intent) -> Vec<Effect> {
    let format = match (intent, step(intent, 10)) {
        (Intent::ExportAs(format), _) => format,
        (Intent::Open, _) => FORMATS[chosen.min(FORMATS.len() - 1)].1,
        (_, Some(step)) => {
            model.overlay = Some(Overlay::Export { chosen: stepped(chosen, step, FORMATS.len()) });
            return Vec::new();
        }
        _ => {
            model.overlay = None;
            return Vec::new();
        }
    };
    model.overlay = None;
    // What came while the menu was open is part of it.
    match extracts::of(model) {
        Some(list) => vec![Effect::WriteList { list: Box::new(list), format }],
        None => Vec::new(),
    }
}
