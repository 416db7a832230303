//! Comparing an instance with its standby.

use super::keys::{go, warn};
use super::moves::{copy, step, stepped};
use crate::console::effect::Effect;
use crate::console::intent::{Intent, ReportFormat, Tell};
use crate::console::list::Move;
use crate::console::message::RequestId;
use crate::console::model::{FleetKey, FleetRow, Model, Notice, Overlay, ParityRow, ParityRows, Place, Tone};
use crate::console::screens::both_sides;
use crate::console::world::Compared;
use crate::domain::parity::{ClosedBy, Comparison, IgnoredBy};
use crate::domain::resource::ResourceId;
use crate::domain::shell;
use crate::domain::visible;

/// Shows the comparison of the chosen instance, and asks for it.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    let chosen = match (model.place(), model.fleet_chosen()) {
        (Place::Parity(_), _) => return Vec::new(),
        (Place::Backups(FleetKey::Instance(id)), _) => Some(id.clone()),
        (_, Some(FleetRow::Instance(place))) => {
            model.world.inventory.instances.all().get(place).map(|it| it.id.clone())
        }
        _ => None,
    };
    let Some(id) = chosen else {
        warn(model, "no instance is chosen");
        return Vec::new();
    };
    show(model, &id)
}

/// Shows the comparison of an instance, and asks for it unless it is there.
pub(super) fn show(model: &mut Model, id: &ResourceId) -> Vec<Effect> {
    let Some((source, standby)) = model.parity_pair(id) else {
        warn(model, "there is no other instance to compare it with");
        return Vec::new();
    };
    go(model, Place::Parity(source.clone()));
    let same = model.world.compared.as_ref().is_some_and(|it| it.source == source && it.standby == standby);
    if same && model.parity.standby.is_none() {
        return Vec::new();
    }
    model.parity.standby = None;
    ask(model, source, standby)
}

/// Shows the comparison of these two, and asks for it unless it is there.
pub(super) fn show_pair(model: &mut Model, source: ResourceId, standby: ResourceId) -> Vec<Effect> {
    go(model, Place::Parity(source.clone()));
    if model.world.compared.as_ref().is_some_and(|it| it.source == source && it.standby == standby) {
        return Vec::new();
    }
    model.parity.standby = Some(standby.clone());
    ask(model, source, standby)
}

fn ask(model: &mut Model, source: ResourceId, standby: ResourceId) -> Vec<Effect> {
    let request = model.next_request();
    let recorded = model.parity_manifest(&source);
    model.parity.row = 0;
    model.world.compared =
        Some(Compared { source: source.clone(), standby: standby.clone(), request, found: None });
    model.touch();
    vec![Effect::Compare { request, source, standby, recorded }]
}

/// A comparison arrived. One that answers an earlier question is dropped.
pub(super) fn compared(model: &mut Model, request: RequestId, mut comparison: Comparison) {
    comparison.parity.ignore(&model.parity_rules());
    let Some(compared) = model.world.compared.as_mut().filter(|it| it.request == request) else { return };
    compared.found = Some(comparison);
    model.touch();
}

/// Answers an intent.
pub(super) fn act(model: &mut Model, intent: Intent) -> Vec<Effect> {
    let page = model.size.list_rows(model.size.below_parity());
    let count = model.parity_rows().len();
    model.parity.row = model.parity.row.min(count.saturating_sub(1));
    match intent {
        Intent::Left => return turn(model, -1),
        Intent::Right => return turn(model, 1),
        Intent::Refresh => return again(model),
        Intent::Equal => {
            model.parity.rows = match model.parity.rows {
                ParityRows::Differing => ParityRows::All,
                ParityRows::All => ParityRows::Differing,
            };
            model.parity.row = model.parity.row.min(model.parity_rows().len().saturating_sub(1));
        }
        Intent::Next => seek(model, after),
        Intent::Previous => seek(model, before),
        Intent::Copy => return copied(model),
        Intent::Ignore => return ignore(model),
        Intent::Open => whole(model),
        Intent::Tell(Tell::Write) if model.comparison().is_some() => {
            model.overlay = Some(Overlay::Formats { chosen: 0 });
        }
        Intent::Tell(Tell::Write) => warn(model, "nothing is compared yet"),
        _ => {
            if let Some(step) = step(intent, page) {
                model.parity.row = stepped(model.parity.row, step, count);
            }
        }
    }
    Vec::new()
}

fn again(model: &mut Model) -> Vec<Effect> {
    let pair = model.world.compared.as_ref().map(|it| (it.source.clone(), it.standby.clone()));
    pair.map_or_else(Vec::new, |(source, standby)| ask(model, source, standby))
}

/// Compares with the instance beside the one that it is compared with.
fn turn(model: &mut Model, by: isize) -> Vec<Effect> {
    let Some(compared) = &model.world.compared else { return Vec::new() };
    let (source, standby) = (compared.source.clone(), compared.standby.clone());
    let all = model.parity_standbys(&source);
    let at = all.iter().position(|it| it.id == standby).unwrap_or(0);
    let Some(next) = all.get(stepped(at, Move::By(by), all.len())).map(|it| it.id.clone()) else {
        return Vec::new();
    };
    if next == standby {
        return Vec::new();
    }
    model.parity.standby = Some(next.clone());
    ask(model, source, next)
}

/// The first place after this one that fits.
fn after(at: usize, fits: &[bool]) -> Option<usize> {
    (at + 1..fits.len()).find(|&place| fits[place])
}

/// The last place before this one that fits.
fn before(at: usize, fits: &[bool]) -> Option<usize> {
    (0..at.min(fits.len())).rev().find(|&place| fits[place])
}

/// Goes to another difference that somebody must close by hand, or that blocks a switch.
fn seek(model: &mut Model, way: fn(usize, &[bool]) -> Option<usize>) {
    let matters = |row: &ParityRow<'_>| match row {
        ParityRow::Differs(it) if it.ignored.is_some() => false,
        ParityRow::Differs(it) => it.closed_by == ClosedBy::ByHand || it.blocks_switch == Some(true),
        ParityRow::Unread(_) => true,
        ParityRow::Same(_) => false,
    };
    let fits: Vec<bool> = model.parity_rows().iter().map(matters).collect();
    if let Some(place) = way(model.parity.row, &fits) {
        model.parity.row = place;
    }
}

/// Ignores the chosen difference for this run, and copies the line that ignores it for good; or takes it in again.
fn ignore(model: &mut Model) -> Vec<Effect> {
    let rows = model.parity_rows();
    let Some(ParityRow::Differs(it)) = rows.get(model.parity.row) else {
        warn(model, "only what differs can be ignored");
        return Vec::new();
    };
    let id = it.id.clone();
    match it.ignored.clone() {
        Some(IgnoredBy::Configured { rule, pattern }) => {
            warn(model, format!("rule {rule} of the configuration ignores it: {pattern}"));
            Vec::new()
        }
        Some(IgnoredBy::Run(pattern)) => {
            model.parity.ignore.retain(|it| *it != pattern);
            set_apart(model);
            model.notice = Some(Notice { text: format!("{id} counts again"), tone: Tone::Plain });
            Vec::new()
        }
        None => {
            model.parity.ignore.push(id.clone());
            set_apart(model);
            let rules = model.preferences.ignore.iter().chain(&model.parity.ignore);
            let rules: Vec<String> = rules.map(|it| shell::json(it.as_str())).collect();
            let line = visible::lines(&format!("ignore = [{}]", rules.join(", ")));
            let text = "ignored for this run; copied the line for [parity] in the configuration";
            let effects = copy(model, "line", line);
            model.notice = Some(Notice { text: text.to_owned(), tone: Tone::Plain });
            effects
        }
    }
}

/// Applies the rules to what was found.
fn set_apart(model: &mut Model) {
    let rules = model.parity_rules();
    if let Some(found) = model.world.compared.as_mut().and_then(|it| it.found.as_mut()) {
        found.parity.ignore(&rules);
    }
    model.parity.row = model.parity.row.min(model.parity_rows().len().saturating_sub(1));
}

/// Shows both sides of the chosen row whole.
fn whole(model: &mut Model) {
    let rows = model.parity_rows();
    let Some(row) = rows.get(model.parity.row) else { return };
    let sheet = both_sides::of(model, row);
    model.overlay = Some(Overlay::Sheet(sheet));
}

/// Writes what was found, with what is ignored as it is shown.
pub(super) fn write(model: &mut Model, format: ReportFormat) -> Vec<Effect> {
    model.overlay = None;
    let Some(comparison) = model.comparison().cloned() else { return Vec::new() };
    vec![Effect::WriteComparison { comparison: Box::new(comparison), format }]
}

/// Copies the command of the chosen difference; where there is none, what it says.
fn copied(model: &mut Model) -> Vec<Effect> {
    let rows = model.parity_rows();
    let Some(ParityRow::Differs(it)) = rows.get(model.parity.row) else { return Vec::new() };
    let command = it.remedy.as_ref().and_then(|remedy| remedy.command.clone());
    match command {
        Some(command) => copy(model, "command", visible::lines(&command)),
        None => {
            let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "(none)".to_owned());
            let text = format!("{}: {} | {}", it.setting, side(&it.source), side(&it.standby));
            copy(model, "difference", visible::lines(&text))
        }
    }
}
