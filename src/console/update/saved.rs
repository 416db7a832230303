//! Filter, order, columns and saved views of the list that is shown, by their names; and what of them is as configured.

use super::command::{Ran, no};
use super::keys::{go, visit};
use super::moves::{self, stepped};
use crate::console::command::meant::did_you_mean;
use crate::console::intent::{Intent, Stop};
use crate::console::list::{Direction, Filter};
use crate::console::model::{Model, Overlay, Place};
use crate::console::saved::{Listing, Order, View};
use crate::console::shape::Shape;

/// The list that is shown.
fn listing(model: &Model) -> Option<Listing> {
    match model.place() {
        Place::Fleet => Some(Listing::Fleet),
        Place::Backups(_) => Some(Listing::Backups),
        _ => None,
    }
}

/// Orders the list.
pub(super) fn sort(model: &mut Model, words: &str) -> Ran {
    let Some(list) = listing(model) else { return no("there is nothing to order here") };
    match list.order(words) {
        Ok(order) => {
            put_in_order(model, list, order);
            Ok(Vec::new())
        }
        Err(wanted) => no(format!("'{words}' is no order: use {wanted}")),
    }
}

fn put_in_order(model: &mut Model, list: Listing, order: Order) {
    match list {
        Listing::Fleet => {
            if let Some(sort) = order.of_fleet() {
                model.fleet.sort = sort;
                model.fleet_rows_changed();
            }
        }
        Listing::Backups => {
            if let Some(sort) = order.of_backups() {
                model.backups.sort = sort;
                model.backup_rows_changed();
            }
        }
    }
}

/// Filters the list.
pub(super) fn filter(model: &mut Model, text: &str) -> Ran {
    if listing(model).is_none() {
        return no("there is nothing to filter here");
    }
    moves::set_filter(model, text.to_owned());
    Ok(Vec::new())
}

/// Shows these columns of the list; without words, the menu of them.
pub(super) fn columns(model: &mut Model, words: &str) -> Ran {
    let Some(list) = listing(model) else { return no("there are no columns to choose here") };
    let words: Vec<&str> = words.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        open(model);
        return Ok(Vec::new());
    }
    match list.choose(&words) {
        Ok(names) => {
            shape_of(model, list, |shape| shape.choose(&names).is_ok());
            Ok(Vec::new())
        }
        Err((word, wanted)) => no(format!("'{word}' is no column: use {wanted}")),
    }
}

fn shape_of<T>(model: &mut Model, list: Listing, change: impl FnOnce(&mut Shape) -> T) -> T {
    change(match list {
        Listing::Fleet => &mut model.shapes.fleet,
        Listing::Backups => &mut model.shapes.backups,
    })
}

/// Opens the menu of the columns that are shown.
pub(super) fn open(model: &mut Model) {
    model.cell = None;
    model.overlay = Some(Overlay::Shape { chosen: 0 });
}

/// Answers a key in the menu of the columns that are shown.
pub(super) fn answer(model: &mut Model, chosen: usize, intent: Intent) {
    let Some(list) = listing(model) else {
        model.overlay = None;
        return;
    };
    let mut at = chosen;
    match intent {
        Intent::Toggle => {
            if !shape_of(model, list, |shape| shape.toggle(chosen)) {
                super::keys::warn(model, "the name stays: without it no row could be told from another");
            }
        }
        Intent::Shift(by) => at = shape_of(model, list, |shape| shape.shift(chosen, by)),
        Intent::Reset => shape_of(model, list, Shape::reset),
        other => match moves::step(other, 10) {
            Some(step) => at = stepped(chosen, step, list.columns().len()),
            None => {
                model.overlay = None;
                return;
            }
        },
    }
    model.overlay = Some(Overlay::Shape { chosen: at });
}

/// Goes to a saved view.
pub(super) fn view(model: &mut Model, name: &str) -> Ran {
    let views = &model.preferences.views;
    let Some(view) = views.iter().find(|it| it.name == name).cloned() else {
        let names: Vec<&str> = views.iter().map(|it| it.name.as_str()).collect();
        if names.is_empty() {
            return no("no view is configured: [views.NAME] in the configuration makes one");
        }
        let meant = did_you_mean(name, names.iter().copied());
        return no(format!("no view is called '{name}'{meant}; there are {}", names.join(", ")));
    };
    match (view.list, model.place()) {
        (Listing::Fleet, _) => go(model, Place::Fleet),
        (Listing::Backups, Place::Backups(_)) => {}
        (Listing::Backups, _) => visit(model, Stop::Backups),
    }
    if listing(model) == Some(view.list) {
        wear(model, &view);
    }
    Ok(Vec::new())
}

/// Lets a list look as a view says. What the view does not say is as usual.
fn wear(model: &mut Model, view: &View) {
    let usual = Order { by: 0, direction: usual_direction(view.list) };
    put_in_order(model, view.list, view.order.unwrap_or(usual));
    shape_of(model, view.list, |shape| {
        shape.reset();
        view.columns.as_ref().is_some_and(|names| shape.choose(names).is_err())
    });
    let filter = Filter(view.filter.clone());
    match view.list {
        Listing::Fleet => {
            model.fleet.filter = filter;
            model.fleet_rows_changed();
        }
        Listing::Backups => {
            model.backups.filter = filter;
            model.backup_rows_changed();
        }
    }
}

fn usual_direction(list: Listing) -> Direction {
    match list {
        Listing::Fleet => Direction::Up,
        Listing::Backups => Direction::Down,
    }
}

/// Lets both lists begin as the views of their names say.
pub(in crate::console) fn begin(model: &mut Model) {
    for list in Listing::ALL {
        if let Some(view) = model.preferences.views.iter().find(|it| it.name == list.word()).cloned() {
            wear(model, &view);
        }
    }
}

/// Narrows the fleet to a subscription, by its name or its id.
pub(super) fn subscription(model: &mut Model, name: &str) -> Ran {
    let known = &model.world.inventory.subscriptions;
    let found = known.iter().find(|it| it.name.eq_ignore_ascii_case(name) || it.id.as_str() == name);
    let wanted = match (name, found) {
        ("all", _) => None,
        (_, Some(found)) => Some(found.id.clone()),
        (_, None) => {
            let names: Vec<&str> = known.iter().map(|it| it.name.as_str()).collect();
            let meant = did_you_mean(name, names.iter().copied());
            return super::command::unread(model, format!("no subscription is called '{name}'{meant}"));
        }
    };
    model.subscription = wanted;
    model.fleet_rows_changed();
    go(model, Place::Fleet);
    Ok(Vec::new())
}
