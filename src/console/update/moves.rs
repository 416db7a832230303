//! Moving through lists, opening rows, filters, orders, copies.

use super::keys::{back, go, name_of, warn};
use super::marks;
use crate::console::effect::Effect;
use crate::console::intent::Intent;
use crate::console::layout::Room;
use crate::console::list::Move;
use crate::console::model::{
    BackupColumn, Below, FleetColumn, FleetKey, Model, Notice, Overlay, Place, Tone, Zoom,
};
use crate::domain::visible;
use tui_input::Input;

/// The step of the cursor that an intent means, where a page has `page` rows.
pub(super) fn step(intent: Intent, page: usize) -> Option<Move> {
    match intent {
        Intent::Go(step) => Some(step),
        Intent::Page(hundredths) => {
            let rows = isize::try_from(page).unwrap_or(isize::MAX / 200).max(1) * hundredths / 100;
            Some(Move::By(if rows == 0 { hundredths.signum() } else { rows }))
        }
        _ => None,
    }
}

/// A place in a list of `count`, after a step.
pub(super) fn stepped(at: usize, step: Move, count: usize) -> usize {
    let last = count.saturating_sub(1);
    match step {
        Move::By(rows) => at.saturating_add_signed(rows).min(last),
        Move::First => 0,
        Move::Last => last,
    }
}

/// Answers an intent in a place that is no wizard.
pub(super) fn act(model: &mut Model, intent: Intent) -> Vec<Effect> {
    if intent == Intent::Close {
        let place = model.place().clone();
        return close(model, &place);
    }
    match model.place() {
        Place::Fleet => fleet(model, intent),
        Place::Backups(_) => backups(model, intent),
        Place::Operations => super::wall::act(model, intent),
        Place::Problems => problems(model, intent),
        Place::Parity(_) | Place::Wizard(_) | Place::Failover | Place::Timeline => Vec::new(),
    }
}

/// Closes the innermost thing: a large pane, a filter, a place. The fleet stays.
fn close(model: &mut Model, place: &Place) -> Vec<Effect> {
    match place {
        Place::Problems if model.whole_problem.is_some() => model.whole_problem = None,
        Place::Backups(_) if model.cell.is_some() => model.cell = None,
        Place::Operations if model.wall.zoom == Zoom::One => model.wall.zoom = Zoom::All,
        Place::Fleet if model.marks.is_range() && marks::close(model) => {}
        Place::Fleet | Place::Backups(_) if filter(model).is_some_and(|it| !it.is_empty()) => {
            set_filter(model, String::new());
        }
        Place::Fleet if marks::close(model) => {}
        Place::Fleet => return super::inbox::cancel(model),
        Place::Operations if !model.wall.marked.is_empty() => model.wall.marked.clear(),
        _ => return back(model),
    }
    Vec::new()
}

fn fleet(model: &mut Model, intent: Intent) -> Vec<Effect> {
    let page = model.size.list_rows(model.size.below_fleet());
    if let Some(step) = step(intent, page) {
        model.marks.let_go();
        model.move_in_fleet(step);
        return Vec::new();
    }
    if marks::act(model, intent) {
        return Vec::new();
    }
    let chosen = model.fleet_chosen().map(|row| model.fleet_key(row));
    match (intent, chosen) {
        (Intent::Open, Some(key)) => go(model, Place::Backups(key)),
        (Intent::Copy, Some(FleetKey::Instance(id))) => {
            return copy(model, "resource id", pasted(id.as_str()));
        }
        (Intent::Filter, _) => start_filter(model),
        (Intent::Shape, _) => super::saved::open(model),
        (Intent::Sort, _) => model.overlay = Some(Overlay::Columns { chosen: 0 }),
        _ => {}
    }
    Vec::new()
}

fn backups(model: &mut Model, intent: Intent) -> Vec<Effect> {
    let page = model.size.list_rows(model.size.below_backups());
    if let Some(step) = step(intent, page) {
        let window = model.backup_window();
        let (rows, count) = (model.backup_rows(), model.backup_rows().len());
        let next = window.row.and_then(|row| rows.get(stepped(row, step, count))).copied();
        if let Some(backup) = next.and_then(|place| model.world.inventory.backups.all().get(place)) {
            model.backups.go(step, window, count, |_| &backup.blob.address);
        }
        return Vec::new();
    }
    match intent {
        Intent::Open => {
            let chosen = model.backup_chosen().is_some() && model.target_chosen().is_some();
            model.cell = if model.cell.is_none() && chosen { Some(0) } else { None };
        }
        Intent::Matrix => {
            model.cell = None;
            model.below = match model.below {
                Below::Why => Below::Matrix,
                Below::Matrix => Below::Why,
            };
        }
        Intent::Left => turn_target(model, -1),
        Intent::Right => turn_target(model, 1),
        Intent::Copy => {
            let address = model.backup_chosen().map(|backup| pasted(&backup.blob.address.to_string()));
            return address.map_or_else(Vec::new, |address| copy(model, "address", address));
        }
        Intent::Filter => {
            model.cell = None;
            start_filter(model);
        }
        Intent::Shape => super::saved::open(model),
        Intent::Sort => {
            model.cell = None;
            model.overlay = Some(Overlay::Columns { chosen: 0 });
        }
        _ => {}
    }
    Vec::new()
}

/// Judges against the target beside the chosen one.
fn turn_target(model: &mut Model, by: isize) {
    let targets = model.targets();
    let chosen = model.target_chosen().and_then(|it| model.world.inventory.instances.place(&it.id));
    let at = targets.iter().position(|place| Some(*place) == chosen).unwrap_or(0);
    let next = targets.get(stepped(at, Move::By(by), targets.len()));
    let id = next.and_then(|&place| model.world.inventory.instances.all().get(place)).map(|it| it.id.clone());
    model.target = id;
    model.cell = model.cell.map(|_| 0);
}

fn problems(model: &mut Model, intent: Intent) -> Vec<Effect> {
    let count = model.world.problems().len();
    let page = model.size.list_rows(model.size.below_choices());
    model.problem = model.problem.min(count.saturating_sub(1));
    if let Some(step) = step(intent, page) {
        model.problem = stepped(model.problem, step, count);
        return Vec::new();
    }
    match intent {
        Intent::Open if count > 0 => {
            model.whole_problem = if model.whole_problem.is_some() { None } else { Some(0) };
        }
        Intent::Copy => {
            let text =
                model.world.problems().get(model.problem).map(|it| visible::lines(&it.problem.to_string()));
            return text.map_or_else(Vec::new, |text| copy(model, "problem", text));
        }
        _ => {}
    }
    Vec::new()
}

/// A name as it is put on the clipboard: to the letter, because a command will want it so; but one that would act on the
/// terminal it is pasted into is written out.
fn pasted(name: &str) -> String {
    if name.contains(char::is_control) { visible::text(name).into_owned() } else { name.to_owned() }
}

/// Asks for a text to be copied, and says so.
pub(super) fn copy(model: &mut Model, what: &str, text: String) -> Vec<Effect> {
    model.notice = Some(Notice { text: format!("copied the {what}"), tone: Tone::Plain });
    vec![Effect::Copy(text)]
}

/// Shows the backups of an instance, with the cursor on what a restore would take: the newest usable one. What was
/// shown of the same instance before is left as it was.
pub(super) fn show_backups_of(model: &mut Model, key: FleetKey) {
    if model.subject() == Some(&key) {
        return;
    }
    if let Some(left) = model.subject.take() {
        let (filter, cursor) = (model.backups.filter.clone(), model.backups.cursor.clone());
        model.narrowed.keep(left, filter, cursor);
    }
    let before = model.narrowed.of(&key);
    model.subject = Some(key);
    model.backups.filter = before.as_ref().map_or_else(|| model.usual_filter(), |it| it.filter.clone());
    model.subject_changed();
    let newest = model.subject_place().and_then(|place| model.judgement().instances[place].newest_usable);
    let address = newest.map(|place| model.world.inventory.backups.all()[place].blob.address.clone());
    model.backups.cursor = before.and_then(|it| it.cursor).or(address);
    if model.size.room() >= Room::Wide {
        model.below = Below::Matrix;
    }
}

fn filter(model: &Model) -> Option<&str> {
    match model.place() {
        Place::Fleet => Some(&model.fleet.filter.0),
        Place::Backups(_) => Some(&model.backups.filter.0),
        _ => None,
    }
}

fn start_filter(model: &mut Model) {
    let text = filter(model).unwrap_or_default().to_owned();
    model.overlay = Some(Overlay::Filter(Input::from(text)));
}

/// Filters the list of the place.
pub(super) fn set_filter(model: &mut Model, text: String) {
    match model.place() {
        Place::Fleet => {
            model.fleet.filter.0 = text;
            model.fleet_rows_changed();
        }
        Place::Backups(_) => {
            model.backups.filter.0 = text;
            model.backup_rows_changed();
        }
        Place::Timeline => super::timeline::set_filter(model, text),
        _ => {}
    }
}

/// How many columns the list of the place can be sorted by.
pub(super) fn columns(trail: &[Place]) -> usize {
    match trail.last() {
        Some(Place::Backups(_)) => BackupColumn::ALL.len(),
        _ => FleetColumn::ALL.len(),
    }
}

/// Sorts by the column with this letter.
pub(super) fn choose_column(model: &mut Model, letter: char) {
    let number = match model.place() {
        Place::Backups(_) => BackupColumn::ALL.iter().position(|(_, own, _)| *own == letter),
        _ => FleetColumn::ALL.iter().position(|(_, own, _)| *own == letter),
    };
    match number {
        Some(number) => sort_by_number(model, number),
        None => warn(model, format!("no column has the letter {letter}")),
    }
}

/// Sorts by the column with this number, and closes the menu.
pub(super) fn sort_by_number(model: &mut Model, number: usize) {
    model.overlay = None;
    match model.place() {
        Place::Backups(_) => {
            if let Some((column, _, _)) = BackupColumn::ALL.get(number) {
                model.backups.sort_by(*column);
                model.backup_rows_changed();
            }
        }
        _ => {
            if let Some((column, _, _)) = FleetColumn::ALL.get(number) {
                model.fleet.sort_by(*column);
                model.fleet_rows_changed();
            }
        }
    }
}

impl FleetKey {
    /// What people call it.
    pub fn name(&self) -> &str {
        name_of(self)
    }
}
