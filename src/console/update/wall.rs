//! The operations wall: its keys, and what is read while it is looked at. And the display that stands.

use jiff::SignedDuration;

use super::keys::warn;
use super::moves::{copy, step, stepped};
use super::{inbox, parity};
use crate::console::effect::Effect;
use crate::console::intent::{Intent, Tell};
use crate::console::layout::Size;
use crate::console::list::Move;
use crate::console::message::{Focus, RequestId};
use crate::console::model::{Bell, Model, Notice, Pane, Place, Tone, Zoom};
use crate::console::screens::wall;
use crate::console::theme::Theme;
use crate::console::widgets::picture::Frozen;
use crate::console::world::log::{Entry, Level};
use crate::domain::duration;
use crate::domain::glance::{Glance, Question};
use crate::domain::operation::{Operation, OperationId};
use crate::domain::resource::ResourceId;
use crate::domain::visible;

/// How often the activity log is read.
const LOG: SignedDuration = SignedDuration::from_mins(1);
/// How long before an operation the log is read from.
const BEFORE: SignedDuration = SignedDuration::from_mins(10);

/// Answers an intent in the wall.
pub(super) fn act(model: &mut Model, intent: Intent) -> Vec<Effect> {
    let page = usize::from(model.size.body() / 2);
    if let Some(step) = step(intent, page) {
        go(model, step);
        return Vec::new();
    }
    match intent {
        Intent::Pane(number) => turn_to(model, number),
        Intent::Switch => turn_to(model, (model.wall.pane.number()) % Pane::EVERY.len()),
        Intent::PaneBefore => {
            turn_to(model, (model.wall.pane.number() + Pane::EVERY.len() - 2) % Pane::EVERY.len());
        }
        Intent::Left => choose(model, Move::By(-1)),
        Intent::Right => choose(model, Move::By(1)),
        Intent::Open if matches!(model.wall.pane, Pane::Parity | Pane::Afterwards) => return compare(model),
        Intent::Open | Intent::Zoom => {
            model.wall.scroll = 0;
            model.wall.zoom = match model.wall.zoom {
                Zoom::All => Zoom::One,
                Zoom::One => Zoom::All,
            };
        }
        Intent::Follow => follow(model),
        Intent::Level => {
            model.wall.level = model.wall.level.next();
            let words = format!("the log shows {}", model.wall.level.words());
            model.notice = Some(Notice { text: words, tone: Tone::Plain });
        }
        Intent::OlderError => seek(model, Way::Older),
        Intent::NewerError => seek(model, Way::Newer),
        Intent::Bell => ring(model),
        Intent::Tell(Tell::Mark) => mark(model),
        Intent::Copy => return copied(model),
        _ => {}
    }
    Vec::new()
}

/// Back in time or forward.
#[derive(Clone, Copy)]
enum Way {
    Older,
    Newer,
}

fn turn_to(model: &mut Model, number: usize) {
    if let Some(pane) = Pane::EVERY.get(number) {
        model.wall.pane = *pane;
        model.wall.scroll = 0;
    }
}

/// Moves in the pane that has the keys: through the log, down a pane that is shown large, else through the operations.
fn go(model: &mut Model, step: Move) {
    match (model.wall.pane, model.wall.zoom) {
        (Pane::Log, _) => {
            let lines = lines(model, model.wall.level);
            let at = chosen_line(model, &lines);
            let next = stepped(at, step, lines.len());
            // At the newest it follows again only when somebody asks: g is also a way to look at it.
            model.wall.line = lines.get(next).copied();
        }
        (Pane::All, _) | (_, Zoom::All) => choose(model, step),
        (_, Zoom::One) => {
            let furthest = wall::furthest(model, Theme::of(&model.preferences));
            model.wall.scroll = stepped(model.wall.scroll, step, furthest + 1);
        }
    }
}

/// Shows this line of the pane that is large.
pub(super) fn scroll_to(model: &mut Model, line: usize) {
    match model.wall.pane {
        Pane::Log => model.wall.line = lines(model, model.wall.level).get(line).copied(),
        _ => model.wall.scroll = line,
    }
}

/// Turns to another operation.
fn choose(model: &mut Model, step: Move) {
    let ids: Vec<OperationId> = model.world.operations().iter().map(|it| it.operation.id()).collect();
    let at = ids.iter().position(|id| Some(*id) == model.wall.cursor).unwrap_or(0);
    model.wall.scroll = 0;
    model.wall.cursor = ids.get(stepped(at, step, ids.len())).copied();
}

/// The numbers of the lines that are shown, newest first.
fn lines(model: &Model, level: Level) -> Vec<u64> {
    model.world.log.newest(level).map(|it| it.number).collect()
}

/// The place of the chosen line: the newest while the log follows; its neighbour when it is not shown.
fn chosen_line(model: &Model, lines: &[u64]) -> usize {
    let Some(chosen) = model.wall.line else { return 0 };
    lines.iter().position(|line| *line == chosen).unwrap_or(0)
}

fn follow(model: &mut Model) {
    let newest = lines(model, model.wall.level).first().copied();
    model.wall.line = if model.wall.line.is_some() { None } else { newest };
    let words = match model.wall.line {
        None => "the log follows what happens",
        Some(_) => "the log stands; F lets it follow",
    };
    model.notice = Some(Notice { text: words.to_owned(), tone: Tone::Plain });
}

/// Goes to another error of the log.
fn seek(model: &mut Model, way: Way) {
    let all: Vec<(u64, Level)> =
        model.world.log.newest(model.wall.level).map(|it| (it.number, it.level)).collect();
    let numbers: Vec<u64> = all.iter().map(|(number, _)| *number).collect();
    let at = chosen_line(model, &numbers);
    let is_error = |place: &usize| all.get(*place).is_some_and(|(_, level)| *level == Level::Error);
    // While the log follows, the newest line itself may be the one.
    let first = if model.wall.line.is_none() { at } else { at + 1 };
    let found = match way {
        Way::Older => (first..all.len()).find(is_error),
        Way::Newer => (0..at).rev().find(is_error),
    };
    match found {
        Some(place) => {
            model.wall.pane = Pane::Log;
            model.wall.line = numbers.get(place).copied();
        }
        None => {
            let words = match way {
                Way::Older => "no older error in the log",
                Way::Newer => "no newer error in the log",
            };
            model.notice = Some(Notice { text: words.to_owned(), tone: Tone::Plain });
        }
    }
}

/// Marks the chosen line of the log, or takes its mark away. Two marks tell the time between them.
fn mark(model: &mut Model) {
    model.wall.pane = Pane::Log;
    let shown = lines(model, model.wall.level);
    let Some(number) = shown.get(chosen_line(model, &shown)).copied() else { return };
    // What is marked stays under the cursor while more happens.
    model.wall.line = Some(number);
    let marked = &mut model.wall.marked;
    match marked.iter().position(|it| *it == number) {
        Some(at) => drop(marked.remove(at)),
        None => {
            if marked.len() == 2 {
                marked.clear();
            }
            marked.push(number);
        }
    }
    let at =
        |number: &u64| model.world.log.newest(Level::Info).find(|it| it.number == *number).map(|it| it.at);
    let ends: Vec<jiff::Timestamp> = model.wall.marked.iter().filter_map(at).collect();
    if let [one, other] = ends.as_slice() {
        let took = duration::short(other.duration_since(*one).abs());
        let text = format!("{took} between the two marked lines");
        model.notice = Some(Notice { text, tone: Tone::Plain });
    }
}

fn ring(model: &mut Model) {
    let (bell, words) = match model.wall.bell {
        Bell::On => (Bell::Off, "the end of an operation rings no more; it is still told here"),
        Bell::Off => (Bell::On, "the end of an operation rings, unless you look"),
    };
    model.wall.bell = bell;
    model.notice = Some(Notice { text: words.to_owned(), tone: Tone::Plain });
}

/// Compares both instances of the chosen operation.
fn compare(model: &mut Model) -> Vec<Effect> {
    let Some(operation) = model.subject_operation().map(|it| &it.operation) else { return Vec::new() };
    let target = operation.intent.work.instance().clone();
    match model.source_of(operation) {
        Some(source) if source != target => parity::show_pair(model, source, target),
        _ => {
            warn(model, "which other instance to compare it with is not known; 5 on the fleet asks");
            Vec::new()
        }
    }
}

/// Copies the chosen line of the log, or the ids of the operation.
fn copied(model: &mut Model) -> Vec<Effect> {
    if model.wall.pane == Pane::Log {
        let lines = lines(model, model.wall.level);
        let number = lines.get(chosen_line(model, &lines)).copied();
        let entry = model.world.log.newest(model.wall.level).find(|it| Some(it.number) == number);
        let text = entry.map(|it| visible::lines(&line_of(it)));
        return text.map_or_else(Vec::new, |text| copy(model, "line", text));
    }
    let text = model.subject_operation().map(|it| visible::lines(&ids_of(&it.operation)));
    text.map_or_else(Vec::new, |text| copy(model, "ids", text))
}

fn line_of(entry: &Entry) -> String {
    let mut text = format!("{} {} {} {}", entry.at, entry.source.word(), entry.whose, entry.text);
    if let Some(id) = &entry.operation {
        text.push_str(&format!("\noperation {id}"));
    }
    if let Some(id) = &entry.correlation {
        text.push_str(&format!("\ncorrelation {id}"));
    }
    text
}

fn ids_of(operation: &Operation) -> String {
    let mut text = format!("operation {}", operation.id());
    for (label, id) in [("correlation", &operation.correlation_id), ("request", &operation.request_id)] {
        if let Some(id) = id {
            text.push_str(&format!("\n{label} {id}"));
        }
    }
    text
}

/// Reads everything anew, and what the wall looks at too.
pub(super) fn refresh(model: &mut Model) -> Vec<Effect> {
    model.world.glances.forget_when();
    let mut effects = inbox::refresh(model);
    effects.extend(keep_watch(model));
    effects
}

/// Asks for what the wall shows beside its operations, when it is looked at and it is time.
pub(super) fn keep_watch(model: &mut Model) -> Vec<Effect> {
    let now = model.now();
    if *model.place() != Place::Operations || !model.world.glances.is_free(now) {
        return Vec::new();
    }
    let about = about(model);
    let interval = model.glance_interval();
    let log = log_of(model);
    let log = log.filter(|(id, _)| model.world.glances.is_log_due(id, LOG.max(interval), now));
    if !model.world.glances.is_due(&about, interval, now) && log.is_none() {
        return Vec::new();
    }
    let request = model.next_request();
    model.world.glances.ask(request, log.as_ref().map(|(id, _)| id), now);
    vec![Effect::Glance { request, what: Question { instances: about, log } }]
}

/// The instances that the chosen operation is about.
fn about(model: &Model) -> Vec<ResourceId> {
    let Some(watched) = model.subject_operation() else { return Vec::new() };
    let mut about = vec![watched.operation.intent.work.instance().clone()];
    about.extend(model.source_of(&watched.operation).filter(|source| *source != about[0]));
    about
}

/// Whose activity log is read, and from when on: that of an operation that may still say something there.
fn log_of(model: &Model) -> Option<(ResourceId, jiff::Timestamp)> {
    let operation = &model.subject_operation()?.operation;
    let silent = crate::domain::deed::LATE;
    let over = operation.ended_at.is_some_and(|at| model.now().duration_since(at) > silent);
    let since = operation.submitted_at.unwrap_or(operation.planned_at).checked_sub(BEFORE).ok()?;
    (!over).then(|| (operation.intent.work.instance().clone(), since))
}

/// What was looked at arrived.
pub(super) fn glanced(model: &mut Model, request: RequestId, glance: &Glance) -> Vec<Effect> {
    if model.world.glances.take(request, glance) {
        if let Some((id, Ok(deeds))) = &glance.log {
            let lines = deeds.iter().flat_map(|deed| Entry::deed(deed, id));
            lines.for_each(|entry| model.world.log.add(entry));
        }
        model.touch();
    }
    Vec::new()
}

/// Lets the display stand, or go on.
pub(super) fn freeze(model: &mut Model) {
    model.frozen = match model.frozen {
        Some(_) => None,
        None => Some(Frozen::since(model.now())),
    };
}

/// Another size cannot show what stood.
pub(super) fn resized(model: &mut Model, size: Size) {
    if model.size != size && model.frozen.take().is_some() {
        warn(model, "the window has another size: the display goes on");
    }
}

impl Model {
    /// How often the instances of the wall are read: closely while something runs, half as often when nobody looks at
    /// the window or when Azure asks for patience.
    pub fn glance_interval(&self) -> SignedDuration {
        let runs = self.subject_operation().is_some_and(|it| !it.operation.phase.is_final());
        let usual = self.usual_glance_interval();
        let away = !runs && self.focus == Focus::Lost;
        let usual = if away { usual * 2 } else { usual };
        if self.is_slowed() { usual * 2 } else { usual }
    }

    /// The same when nobody asks for patience.
    pub fn usual_glance_interval(&self) -> SignedDuration {
        let runs = self.subject_operation().is_some_and(|it| !it.operation.phase.is_final());
        SignedDuration::from_secs(if runs { 15 } else { 60 })
    }

    /// Whether Azure asked for patience lately.
    pub fn is_slowed(&self) -> bool {
        self.refused_lately() > 0 || self.closed_until().is_some()
    }

    /// How many answers of late were a 429, as far as it was told.
    pub fn refused_lately(&self) -> u32 {
        // What is counted are the last fifteen minutes before it was told.
        let quota = self.world.glances.quota.as_ref();
        let told = quota.filter(|(at, _)| self.now().duration_since(*at) < SignedDuration::from_mins(15));
        told.map_or(0, |(_, quota)| quota.throttled)
    }

    /// Until when Azure asked us to ask nothing of some kind, while that is ahead.
    pub fn closed_until(&self) -> Option<jiff::Timestamp> {
        let until = self.world.glances.quota.as_ref()?.1.closed_until?;
        (until > self.now()).then_some(until)
    }
}
