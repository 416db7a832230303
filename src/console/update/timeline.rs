//! The timeline of an incident: which operations, which events, notes, and the report that is written.

use tui_input::Input;

use super::keys::{go, warn};
use super::moves::{copy, step, stepped};
use crate::console::effect::Effect;
use crate::console::intent::{Intent, ReportFormat, Tell};
use crate::console::list::Move;
use crate::console::message::RequestId;
use crate::console::model::timeline::{EventKey, Names, Pane, Timeline, moment};
use crate::console::model::{Model, Notice, Overlay, Place, Tone};
use crate::console::screens::timeline as screen;
use crate::console::theme::Theme;
use crate::console::world::log::Entry;
use crate::console::world::stories::{Stories, Told};
use crate::domain::duration;
use crate::domain::operation::remark::{LONGEST, note};
use crate::domain::operation::{OperationEvent, OperationId};
use crate::domain::problem::Problem;
use crate::domain::visible;

/// The formats, in the order of the menu.
pub(in crate::console) const FORMATS: [(char, ReportFormat, &str); 3] = [
    ('m', ReportFormat::Markdown, "Markdown"),
    ('h', ReportFormat::Html, "HTML, one page that loads nothing"),
    ('j', ReportFormat::Json, "JSON"),
];

/// Opens the timeline of an operation; without one, of the chosen one of the wall, else of the one that matters most:
/// what runs before what has ended, the newest first.
pub(in crate::console) fn open(model: &mut Model, lead: Option<OperationId>) -> Vec<Effect> {
    let subject = model.subject_operation().map(|it| it.operation.id());
    let on_the_wall = subject.filter(|_| *model.place() == Place::Operations);
    let first = model.world.operations().first().map(|it| it.operation.id());
    let already = (*model.place() == Place::Timeline).then_some(model.timeline.lead).flatten();
    let lead = lead.or(already).or(on_the_wall).or(first);
    go(model, Place::Timeline);
    let Some(lead) = lead else { return Vec::new() };
    let asked = model.incident_of(lead);
    let known = model.world.stories.as_ref().map(|it| it.asked.as_slice()).unwrap_or_default();
    let same_incident = model.timeline.lead.is_some_and(|old| asked.contains(&old) && known.contains(&old));
    if !same_incident {
        let unsaid = std::mem::take(&mut model.timeline.unsaid);
        model.timeline = Timeline::default();
        model.timeline.unsaid = unsaid;
        model.world.stories = None;
    }
    model.timeline.lead = Some(lead);
    read(model)
}

/// Asks the journal for the incident.
fn read(model: &mut Model) -> Vec<Effect> {
    let Some(lead) = model.timeline.lead else { return Vec::new() };
    let operations = model.incident_of(lead);
    let request = model.next_request();
    let stories = &mut model.world.stories;
    let told = stories.take().and_then(|it| it.told);
    *stories = Some(Stories { request, asked: operations.clone(), told, problems: Vec::new() });
    model.touch();
    vec![Effect::ReadStories { request, operations }]
}

/// The journal told.
pub(super) fn told(model: &mut Model, request: RequestId, told: Vec<Told>, problems: Vec<Problem>) {
    let Some(stories) = model.world.stories.as_mut().filter(|it| it.request == request) else { return };
    stories.told = Some(told);
    stories.problems = problems;
    model.timeline.changed();
    model.touch();
}

/// An operation moved: what is shown of it is read again, and what has become part of the incident.
pub(super) fn moved(model: &mut Model, operation: OperationId) -> Vec<Effect> {
    let shown = *model.place() == Place::Timeline;
    let part = model.timeline.lead.is_none_or(|lead| model.incident_of(lead).contains(&operation));
    if !shown || !part {
        return Vec::new();
    }
    model.timeline.lead.get_or_insert(operation);
    read(model)
}

/// A note is in the journal.
pub(super) fn noted(
    model: &mut Model,
    operation: OperationId,
    event: &OperationEvent,
    at: jiff::Timestamp,
) -> Vec<Effect> {
    // Another text may have been begun since.
    if matches!(event, OperationEvent::Noted { text, .. } if *text == model.timeline.unsaid) {
        model.timeline.unsaid.clear();
    }
    model.notice = Some(Notice { text: "noted in the journal".to_owned(), tone: Tone::Plain });
    let noted = model.world.operations.get(&operation).map(|it| Entry::event(&it.operation, event, at));
    noted.into_iter().for_each(|entry| model.world.log.add(entry));
    model.touch();
    moved(model, operation)
}

/// A note is not in the journal. Its text comes back with the next `+`.
pub(super) fn not_noted(model: &mut Model, problem: Problem) -> Vec<Effect> {
    let effects = super::inbox::trouble(model, problem);
    if let Some(notice) = &mut model.notice {
        notice.text.push_str("; + has the text still");
    }
    effects
}

/// A report was written.
pub(super) fn written(model: &mut Model, path: String) -> Vec<Effect> {
    // The end of a path tells it apart; all of it is on the clipboard.
    let cut = path.rmatch_indices(['/', '\\']).nth(1).map_or(0, |(at, _)| at);
    let end = path.get(cut..).unwrap_or(&path);
    let end = if cut > 0 { format!("…{end}") } else { end.to_owned() };
    model.notice = Some(Notice { text: format!("report written, path copied: {end}"), tone: Tone::Plain });
    model.touch();
    vec![Effect::Copy(path)]
}

/// Answers an intent.
pub(super) fn act(model: &mut Model, intent: Intent) -> Vec<Effect> {
    if model.timeline.whole.is_some() {
        return in_whole(model, intent);
    }
    match intent {
        Intent::Close => return close(model),
        Intent::Refresh => return read(model),
        Intent::Left => turn(model, -1),
        Intent::Right => turn(model, 1),
        Intent::Switch => {
            model.timeline.pane = match model.timeline.pane {
                Pane::Events => Pane::Report,
                Pane::Report => Pane::Events,
            };
        }
        Intent::Filter => {
            model.timeline.pane = Pane::Events;
            model.overlay = Some(Overlay::Filter(Input::from(model.timeline.filter.0.clone())));
        }
        Intent::Open if model.timeline_chosen().is_some() => model.timeline.whole = Some(0),
        Intent::Copy => return copied(model),
        Intent::Tell(tell) => tells(model, tell),
        other => go_on(model, other),
    }
    Vec::new()
}

fn tells(model: &mut Model, tell: Tell) {
    match tell {
        Tell::Note => match model.timeline_subject() {
            Some(operation) => {
                let input = Input::from(model.timeline.unsaid.clone());
                model.overlay = Some(Overlay::Note { operation, input });
            }
            None => warn(model, "no operation is shown that a note could be about"),
        },
        Tell::Began => {
            let known = model.timeline.began_at.map_or(String::new(), |at| at.to_string());
            model.overlay = Some(Overlay::Began(Input::from(known)));
        }
        Tell::Include => include(model),
        Tell::Mark => mark(model),
        Tell::Redact => {
            model.timeline.names = match model.timeline.names {
                Names::Shown => Names::TakenOut,
                Names::TakenOut => Names::Shown,
            };
            model.timeline.changed();
        }
        Tell::Write if model.sheet().whole.operations.is_empty() => {
            warn(model, "there is nothing to report yet");
        }
        Tell::Write => model.overlay = Some(Overlay::Formats { chosen: 0 }),
        Tell::As(_) => {}
    }
}

/// The innermost thing: marks, a filter, the report pane; then the place.
fn close(model: &mut Model) -> Vec<Effect> {
    let timeline = &mut model.timeline;
    match () {
        () if !timeline.marked.is_empty() => timeline.marked.clear(),
        () if timeline.filter.is_active() => set_filter(model, String::new()),
        () if timeline.pane == Pane::Report => timeline.pane = Pane::Events,
        () => return super::keys::back(model),
    }
    Vec::new()
}

/// Filters the events.
pub(super) fn set_filter(model: &mut Model, text: String) {
    model.timeline.filter.0 = text;
    model.timeline.changed();
}

fn in_whole(model: &mut Model, intent: Intent) -> Vec<Effect> {
    match intent {
        Intent::Close | Intent::Open => model.timeline.whole = None,
        Intent::Copy => return copied(model),
        Intent::Left => turn_whole(model, -1),
        Intent::Right => turn_whole(model, 1),
        Intent::Tell(tell) => {
            model.timeline.whole = None;
            tells(model, tell);
        }
        _ => {}
    }
    Vec::new()
}

/// All of the event beside the one that is shown.
fn turn_whole(model: &mut Model, by: isize) {
    walk(model, Move::By(by));
    model.timeline.whole = Some(0);
}

fn go_on(model: &mut Model, intent: Intent) {
    let height = screen::event_rows(model.size);
    let Some(step) = step(intent, height) else { return };
    match model.timeline.pane {
        Pane::Events => walk(model, step),
        Pane::Report => {
            let furthest = screen::furthest(model, Theme::of(&model.preferences));
            model.timeline.scroll = stepped(model.timeline.scroll, step, furthest + 1);
        }
    }
}

fn walk(model: &mut Model, step: Move) {
    let window = model.timeline_window(screen::event_rows(model.size));
    let sheet = model.sheet();
    let count = sheet.rows.len();
    let Some(at) = window.row.map(|row| stepped(row, step, count)) else { return };
    let key = sheet.rows.get(at).and_then(|row| sheet.key(*row));
    // At the newest the cursor stays with the newest.
    model.timeline.cursor = if at + 1 == count { None } else { key };
    model.timeline.offset = window.offset;
}

/// Shows one operation of the incident, then the next, then all of them.
fn turn(model: &mut Model, by: isize) {
    let Some(stories) = &model.world.stories else { return };
    let asked = &stories.asked;
    if asked.len() < 2 {
        return warn(model, "the incident has one operation only");
    }
    let at =
        model.timeline.only.and_then(|only| asked.iter().position(|id| *id == only)).map_or(0, |at| at + 1);
    let next = at.saturating_add_signed(by).min(asked.len());
    model.timeline.only = next.checked_sub(1).and_then(|at| asked.get(at)).copied();
    model.timeline.cursor = None;
    model.timeline.changed();
}

fn chosen_key(model: &Model) -> Option<EventKey> {
    let row = model.timeline_chosen()?;
    model.sheet().key(row)
}

fn include(model: &mut Model) {
    let Some(key) = chosen_key(model) else { return };
    // The cursor stays here, also while it followed the newest.
    model.timeline.cursor = Some(key);
    if !model.timeline.left_out.remove(&key) {
        model.timeline.left_out.insert(key);
    }
    model.timeline.changed();
}

fn mark(model: &mut Model) {
    let Some(key) = chosen_key(model) else { return };
    let marked = &mut model.timeline.marked;
    match marked.iter().position(|it| *it == key) {
        Some(at) => drop(marked.remove(at)),
        None => {
            if marked.len() == 2 {
                marked.clear();
            }
            marked.push(key);
        }
    }
    if let Some((from, until)) = model.timeline_measured() {
        let took = duration::short(until.duration_since(from));
        let text = format!("{took} between the two marked events");
        model.notice = Some(Notice { text, tone: Tone::Plain });
    }
}

/// Copies the event with its ids.
fn copied(model: &mut Model) -> Vec<Effect> {
    let text = screen::in_text(model);
    text.map_or_else(Vec::new, |text| copy(model, "event", visible::lines(&text)))
}

/// Answers an intent while a field or a menu of the timeline lies over the screen.
pub(super) fn over(model: &mut Model, intent: Intent) -> Vec<Effect> {
    match (&mut model.overlay, intent) {
        (Some(Overlay::Note { .. }), Intent::Open) => return keep_note(model),
        (Some(Overlay::Note { .. }), _) => put_off(model),
        (Some(Overlay::Began(_)), Intent::Open) => keep_began(model),
        (Some(Overlay::Formats { .. }), Intent::Tell(Tell::As(format))) => return write(model, format),
        (Some(Overlay::Formats { chosen }), Intent::Open) => {
            let format = FORMATS[(*chosen).min(FORMATS.len() - 1)].1;
            return write(model, format);
        }
        (Some(Overlay::Formats { chosen }), other) => match step(other, 10) {
            Some(step) => *chosen = stepped(*chosen, step, FORMATS.len()),
            None => model.overlay = None,
        },
        _ => model.overlay = None,
    }
    Vec::new()
}

/// The note is done. One that cannot be kept stays in its field, with the reason below.
fn keep_note(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Note { operation, input }) = model.overlay.take() else { return Vec::new() };
    let text = match note(input.value()) {
        Ok(text) => text,
        Err(bad) => {
            warn(model, bad.to_string());
            model.overlay = Some(Overlay::Note { operation, input });
            return Vec::new();
        }
    };
    model.timeline.unsaid.clone_from(&text);
    vec![Effect::Note { operation, text }]
}

/// The note is put off. Its text stays.
fn put_off(model: &mut Model) {
    if let Some(Overlay::Note { input, .. }) = model.overlay.take() {
        model.timeline.unsaid = input.value().chars().take(2 * LONGEST).collect();
    }
}

/// Takes the time at which the incident began; none when nothing was typed.
fn keep_began(model: &mut Model) {
    let Some(Overlay::Began(input)) = model.overlay.take() else { return };
    let text = input.value().trim();
    let began = if text.is_empty() { Ok(None) } else { moment(text, model.now()).map(Some) };
    match began {
        Ok(began) => {
            model.timeline.began_at = began;
            model.timeline.changed();
        }
        Err(why) => {
            warn(model, why);
            model.overlay = Some(Overlay::Began(input));
        }
    }
}

/// Writes the report as it is previewed, or the comparison that is shown.
fn write(model: &mut Model, format: ReportFormat) -> Vec<Effect> {
    if matches!(model.place(), Place::Parity(_)) {
        return super::parity::write(model, format);
    }
    model.overlay = None;
    // What still runs has run on since the preview was made.
    model.timeline.changed();
    if model.sheet().whole.operations.is_empty() {
        warn(model, "there is nothing to report yet");
        return Vec::new();
    }
    let report = Box::new(model.sheet().shown.clone());
    vec![Effect::WriteReport { report, format }]
}
