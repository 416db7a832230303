//! A key press: first to the text that is being typed, then by its meaning to what is innermost.

use tui_input::{Input, InputRequest};

use super::{
    copies, drafts, export, failover, inbox, moves, parity, places, pointer, prompt, saved, search, timeline,
    wall, wizard,
};
use crate::console::acts;
use crate::console::draft::{Guard, Step};
use crate::console::effect::Effect;
use crate::console::intent::{Intent, Stop};
use crate::console::key::Key;
use crate::console::keymap::Scope;
use crate::console::model::search::{Search, Text};
use crate::console::model::{FleetKey, Model, Notice, Overlay, Place, Tone, Typing};
use crate::console::screens::reading;

/// Takes a key.
pub(super) fn press(model: &mut Model, key: Key) -> Vec<Effect> {
    model.touch();
    let scopes = model.scopes();
    match key {
        Key::Ctrl('c') => return interrupt(model),
        Key::Ctrl('z') => return vec![Effect::Suspend],
        Key::Ctrl('l') => return vec![Effect::Repaint],
        _ => {}
    }
    if is_unseen(model) {
        return Vec::new();
    }
    model.notice = None;
    model.interrupted = false;
    model.opening.clear();
    match model.preferences.keymap.intent(scopes, key) {
        Some(intent) => {
            let effects = act(model, intent);
            if model.text().is_none() {
                model.search = Search::default();
            }
            effects
        }
        None if matches!(scopes, [Scope::Frozen]) => {
            warn(model, "the display is frozen: f goes on");
            Vec::new()
        }
        None => {
            type_into(model, scopes, key);
            Vec::new()
        }
    }
}

/// Takes pasted text: into text fields only, and never into the one that wants a name.
pub(super) fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    model.touch();
    let asking = model.draft.as_ref().is_some_and(|draft| draft.step == Step::Confirm);
    if matches!(model.place(), Place::Wizard(_)) && asking && model.overlay.is_none() {
        warn(model, "pasting is off here: the name has to be typed");
    } else if let Some(input) = field(model) {
        for c in text.chars().filter(|c| !c.is_control()) {
            input.handle(InputRequest::InsertChar(c));
        }
        typed(model);
    }
    Vec::new()
}

/// Says something until the next key.
pub(super) fn warn(model: &mut Model, text: impl Into<String>) {
    model.notice = Some(Notice { text: text.into(), tone: Tone::Warning });
}

/// Whether a dialog that starts something is open and was not drawn yet.
fn is_unseen(model: &Model) -> bool {
    let asking =
        |draft: &crate::console::draft::Draft| draft.step == Step::Confirm && draft.guard == Guard::Unseen;
    let table = |failover: &crate::console::failover::Failover| failover.guard == Guard::Unseen;
    model.overlay.is_none()
        && match model.place() {
            Place::Wizard(_) => model.draft.as_ref().is_some_and(asking),
            Place::Failover => model.failover.as_ref().is_some_and(table),
            _ => false,
        }
}

fn interrupt(model: &mut Model) -> Vec<Effect> {
    if std::mem::replace(&mut model.interrupted, true) {
        return vec![Effect::Quit];
    }
    warn(model, "Ctrl-C again quits; operations go on in Azure");
    Vec::new()
}

/// The text field that has the keys.
fn field(model: &mut Model) -> Option<&mut Input> {
    match &mut model.overlay {
        _ if model.search.typing == Typing::Now => return Some(&mut model.search.input),
        Some(Overlay::Filter(input)) => return Some(input),
        Some(Overlay::Note { input, .. } | Overlay::Began(input)) => return Some(input),
        Some(Overlay::Command(prompt)) => return Some(&mut prompt.input),
        Some(_) => return None,
        None => {}
    }
    let Some(Place::Wizard(_)) = model.trail.last() else { return None };
    let draft = model.draft.as_mut()?;
    match (&mut draft.reason, draft.step) {
        (Some(reason), _) => Some(reason),
        (None, Step::Confirm) if draft.task.kind() == crate::domain::plan::Kind::Restore => {
            Some(&mut draft.typed)
        }
        _ => None,
    }
}

fn type_into(model: &mut Model, scopes: &[Scope], key: Key) {
    if let ([Scope::Columns, ..], Key::Char(letter)) = (scopes, key) {
        moves::choose_column(model, letter);
        return;
    }
    let Some(input) = field(model) else { return };
    let request = match key {
        Key::Char(c) if !c.is_control() => InputRequest::InsertChar(c),
        Key::Backspace | Key::Ctrl('h') => InputRequest::DeletePrevChar,
        Key::Delete => InputRequest::DeleteNextChar,
        Key::Left | Key::Ctrl('b') => InputRequest::GoToPrevChar,
        Key::Right | Key::Ctrl('f') => InputRequest::GoToNextChar,
        Key::Home | Key::Ctrl('a') => InputRequest::GoToStart,
        Key::End | Key::Ctrl('e') => InputRequest::GoToEnd,
        Key::Ctrl('w') => InputRequest::DeletePrevWord,
        Key::Ctrl('u') => InputRequest::DeleteFromStart,
        Key::Ctrl('k') => InputRequest::DeleteTillEnd,
        _ => return,
    };
    input.handle(request);
    typed(model);
}

/// What was typed counts at once.
fn typed(model: &mut Model) {
    match &mut model.overlay {
        Some(Overlay::Filter(input)) => {
            let text = input.value().to_owned();
            moves::set_filter(model, text);
        }
        Some(Overlay::Note { .. } | Overlay::Began(_)) => {}
        _ if model.search.typing == Typing::Now => search::typed(model),
        Some(Overlay::Command(_)) => prompt::typed(model),
        _ => wizard::name_typed(model),
    }
}

/// Answers an intent.
pub(super) fn act(model: &mut Model, intent: Intent) -> Vec<Effect> {
    if read(model, intent) {
        return Vec::new();
    }
    if model.overlay.is_some() {
        return over(model, intent);
    }
    match intent {
        Intent::Help => {
            open(model, Overlay::Help { scroll: 0 });
        }
        Intent::Copies => return copies::open(model),
        Intent::Export => export::open(model),
        Intent::Portal => return copies::portal(model),
        Intent::Mouse => return pointer::toggle(model),
        Intent::Acts => open(model, Overlay::Acts { chosen: 0 }),
        Intent::Times => {
            model.times = model.times.next();
            model.notice = Some(Notice { text: model.times.said().to_owned(), tone: Tone::Plain });
        }
        Intent::Freeze => wall::freeze(model),
        Intent::Visit(Stop::Parity) => return parity::open(model),
        Intent::Visit(Stop::Timeline) => return timeline::open(model, None),
        Intent::Visit(stop) => visit(model, stop),
        Intent::Last => return places::last(model),
        Intent::Command => prompt::open(model),
        Intent::Walk(way) => return places::walk(model, way),
        Intent::Back => return back(model),
        _ => {
            return match model.place() {
                Place::Wizard(_) => wizard::act(model, intent),
                Place::Failover => failover::act(model, intent),
                Place::Parity(_) if intent != Intent::Close => parity::act(model, intent),
                Place::Timeline => timeline::act(model, intent),
                Place::Operations if intent == Intent::Refresh => wall::refresh(model),
                _ if intent == Intent::Refresh => inbox::refresh(model),
                _ => moves::act(model, intent),
            };
        }
    }
    Vec::new()
}

/// An intent that concerns the text that is read, if there is one. Tells whether it was answered.
fn read(model: &mut Model, intent: Intent) -> bool {
    if model.search.typing == Typing::Now {
        search::answer(model, intent);
        return true;
    }
    if model.text().is_none() {
        return false;
    }
    match intent {
        Intent::Filter => search::start(model),
        Intent::Seek(way) => search::seek(model, way),
        Intent::Close if model.search.is_active() => model.search = Search::default(),
        other => match moves::step(other, reading::rows(model)) {
            // A pane of the wall has a cursor or a scroll of its own.
            Some(step) if model.text() != Some(Text::Pane) => search::scroll(model, step),
            _ => return false,
        },
    }
    true
}

/// An intent while something lies over the screen.
fn over(model: &mut Model, intent: Intent) -> Vec<Effect> {
    match model.overlay {
        Some(Overlay::Note { .. } | Overlay::Began(_) | Overlay::Formats { .. }) => {
            return timeline::over(model, intent);
        }
        Some(Overlay::Command(_)) => return prompt::answer(model, intent),
        Some(Overlay::Export { chosen }) => return export::answer(model, chosen, intent),
        Some(Overlay::Offer(deed)) => return drafts::answer(model, deed, intent),
        Some(Overlay::Shape { chosen }) => {
            saved::answer(model, chosen, intent);
            return Vec::new();
        }
        _ => {}
    }
    let Some(overlay) = model.overlay.as_mut() else { return Vec::new() };
    match (overlay, intent) {
        (Overlay::Copies { chosen }, intent) => {
            let chosen = *chosen;
            return copies::choose(model, chosen, intent);
        }
        (Overlay::Sheet(_), intent) => return copies::read(model, intent),
        (Overlay::Leaving, Intent::Yes) => return vec![Effect::Quit],
        (Overlay::Filter(_), Intent::Close) => {
            moves::set_filter(model, String::new());
            model.overlay = None;
        }
        (Overlay::Acts { chosen }, Intent::Open) => {
            let chosen = *chosen;
            let deed = acts::acts(model).get(chosen).map(|act| act.deed);
            return deed.map_or_else(Vec::new, |deed| wizard::begin(model, deed));
        }
        (Overlay::Acts { chosen }, step) => match (acts::deed_of(step), moves::step(step, 10)) {
            (Some(deed), _) => return wizard::begin(model, deed),
            (None, Some(step)) => *chosen = moves::stepped(*chosen, step, 4),
            (None, None) => model.overlay = None,
        },
        (Overlay::Columns { chosen }, Intent::Open) => {
            let chosen = *chosen;
            moves::sort_by_number(model, chosen);
        }
        (Overlay::Columns { chosen }, step) => match moves::step(step, 10) {
            Some(step) => *chosen = moves::stepped(*chosen, step, moves::columns(&model.trail)),
            None => model.overlay = None,
        },
        (
            Overlay::Leaving
            | Overlay::Filter(_)
            | Overlay::Help { .. }
            | Overlay::About { .. }
            | Overlay::Command(_)
            | Overlay::Shape { .. }
            | Overlay::Note { .. }
            | Overlay::Began(_)
            | Overlay::Formats { .. }
            | Overlay::Export { .. }
            | Overlay::Offer(_),
            _,
        ) => model.overlay = None,
    }
    Vec::new()
}

fn open(model: &mut Model, overlay: Overlay) {
    model.overlay = Some(overlay);
}

/// Goes to a place: back to it when I came through it, else forward.
pub(super) fn go(model: &mut Model, place: Place) {
    if *model.place() == place {
        return;
    }
    let left = model.place().clone();
    model.history.leave(left.clone());
    model.last = Some(left);
    model.cell = None;
    if let Place::Backups(key) = &place {
        moves::show_backups_of(model, key.clone());
    }
    places::enter(&mut model.trail, place);
    if !model.trail.iter().any(|place| matches!(place, Place::Wizard(_))) {
        failover::put_back(model);
    }
}

pub(super) fn visit(model: &mut Model, stop: Stop) {
    let place = match stop {
        Stop::Fleet => Place::Fleet,
        Stop::Operations => Place::Operations,
        Stop::Problems => Place::Problems,
        // It has a question to ask, see `parity::open`.
        Stop::Parity | Stop::Timeline => return,
        Stop::Backups => {
            let chosen = model.fleet_chosen().map(|row| model.fleet_key(row));
            let subject =
                if *model.place() == Place::Fleet { chosen } else { model.subject().cloned().or(chosen) };
            match subject {
                Some(key) => Place::Backups(key),
                None => return warn(model, "no instance is chosen"),
            }
        }
    };
    go(model, place);
}

/// Back to where I came from; at the root the console is left, not without a question while operations run.
pub(super) fn back(model: &mut Model) -> Vec<Effect> {
    if model.trail.len() > 1 {
        model.cell = None;
        model.last = model.trail.pop();
        if let Some(left) = model.last.clone() {
            model.history.leave(left);
        }
        if !model.trail.iter().any(|place| matches!(place, Place::Wizard(_))) {
            if matches!(model.last, Some(Place::Wizard(_))) {
                model.last = None;
            }
            failover::put_back(model);
        }
        return Vec::new();
    }
    if model.world.unfinished() > 0 || !model.world.starting.is_empty() {
        open(model, Overlay::Leaving);
        return Vec::new();
    }
    vec![Effect::Quit]
}

/// The instance of a fleet key, for people.
pub(super) fn name_of(key: &FleetKey) -> &str {
    match key {
        FleetKey::Instance(id) => id.name(),
        FleetKey::Strays => "backups of unknown origin",
    }
}
