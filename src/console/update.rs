//! What happens next. The only code that changes a model; it cannot do anything else.

mod command;
mod copies;
mod drafts;
pub(in crate::console) mod export;
mod failover;
mod inbox;
mod keys;
mod marks;
mod moves;
mod parity;
mod places;
mod pointer;
mod prompt;
mod saved;
mod search;
pub(in crate::console) mod timeline;
mod wall;
mod wizard;
pub(super) mod writing;

pub(super) use self::drafts::kept;
use jiff::Timestamp;

use super::draft::{Guard, Step};
use super::effect::Effect;
use super::layout::Size;
use super::message::Msg;
use super::model::{Model, Place};
use super::screens::banner;
use super::theme::Theme;

pub(in crate::console) use inbox::refresh;

pub(super) use self::saved::begin;

/// Takes a message; gives back what is to be done about it.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    let may_change_drafts = !matches!(msg, Msg::Tick(_) | Msg::Drawn | Msg::Pulse(_) | Msg::Loaded { .. });
    let effects = take(model, msg);
    let keep = if may_change_drafts { drafts::keep(model) } else { None };
    make_room(model);
    keep.into_iter().chain(effects).collect()
}

/// Gives the banner the lines that it takes, so that whatever counts lines counts without them.
fn make_room(model: &mut Model) {
    let lines = banner::lines(model, Theme::of(&model.preferences)).len();
    let lines = u16::try_from(lines).unwrap_or(0);
    if model.size.banner != lines {
        model.size.banner = lines;
        model.touch();
    }
}

fn take(model: &mut Model, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Key(key) => keys::press(model, key),
        Msg::Paste(text) => keys::paste(model, &text),
        Msg::Resize { columns, rows } => resize(model, Size::of(columns, rows)),
        Msg::Focus(focus) => {
            model.focus = focus;
            Vec::new()
        }
        Msg::Tick(now) => tick(model, now),
        Msg::Drawn => drawn(model),
        Msg::Loaded { request, what } => inbox::loaded(model, request, what),
        Msg::Facts { request, facts, gathering } => inbox::facts(model, request, *facts, gathering),
        Msg::Compared { request, comparison } => {
            parity::compared(model, request, *comparison);
            Vec::new()
        }
        Msg::Operation { operation, event, at } => inbox::operation(model, *operation, event.as_ref(), at),
        Msg::Drafts(sketches) => {
            drafts::recalled(model, *sketches);
            Vec::new()
        }
        Msg::Commands(lines) => {
            model.said.remember(&lines);
            Vec::new()
        }
        Msg::Pulse(pulse) => inbox::pulse(model, pulse),
        Msg::Glanced { request, glance } => wall::glanced(model, request, &glance),
        Msg::Quota { at, quota } => {
            model.world.glances.quota = Some((at, quota));
            model.touch();
            Vec::new()
        }
        Msg::DrivenElsewhere { operation, by } => inbox::driven_elsewhere(model, operation, by),
        Msg::Wheel(turn) => pointer::wheel(model, turn),
        Msg::Click { line, .. } => pointer::click(model, line),
        Msg::Uncopied { text, problem } => {
            copies::uncopied(model, text, &problem);
            Vec::new()
        }
        Msg::Writing(permit) => {
            writing::permitted(model, permit);
            Vec::new()
        }
        Msg::Trouble(problem) => inbox::trouble(model, problem),
        Msg::SignedIn(sign_in) => {
            model.world.sign_in = Some(sign_in);
            model.touch();
            Vec::new()
        }
        Msg::Stories { request, told, problems } => {
            timeline::told(model, request, told, problems);
            Vec::new()
        }
        Msg::Noted { operation, event, at } => timeline::noted(model, operation, &event, at),
        Msg::NotNoted(problem) => timeline::not_noted(model, problem),
        Msg::ReportWritten { path } => timeline::written(model, path),
        Msg::Open(lines) => command::open(model, lines),
    }
}

/// Time went on.
fn tick(model: &mut Model, now: Timestamp) -> Vec<Effect> {
    model.tick(now);
    writing::expire(model);
    let mut effects = wizard::keep_fresh(model);
    effects.extend(model.due());
    effects.extend(wall::keep_watch(model));
    effects
}

fn resize(model: &mut Model, size: Size) -> Vec<Effect> {
    wall::resized(model, size);
    model.size = size;
    // What is drawn anew has to be seen anew.
    if let Some(failover) = model.failover.as_mut() {
        failover.guard = Guard::Unseen;
    }
    if let Some(draft) = model.draft.as_mut() {
        draft.guard = Guard::Unseen;
    }
    model.touch();
    Vec::new()
}

/// What was drawn was seen: a dialog that starts something begins to listen.
fn drawn(model: &mut Model) -> Vec<Effect> {
    model.was_drawn();
    model.problems_seen();
    let asking = matches!(model.place(), Place::Wizard(_)) && model.overlay.is_none();
    let visible = model.size.room() > super::layout::Room::TooSmall;
    let table = *model.place() == Place::Failover && model.overlay.is_none() && visible;
    if let Some(failover) = model.failover.as_mut().filter(|_| table) {
        failover.guard = Guard::Open;
    }
    if let Some(draft) = model.draft.as_mut().filter(|draft| asking && visible && draft.step == Step::Confirm)
    {
        draft.guard = if draft.name_is_whole() { Guard::Armed } else { Guard::Open };
    }
    Vec::new()
}

impl Model {
    /// Asks for the facts about the draft's plan. What an earlier run found stays in force until this one is
    /// complete, when it was about the same plan.
    fn gather_facts(&mut self) -> Vec<Effect> {
        let request = self.next_request();
        let Some(plan) = self.draft.as_mut().and_then(|draft| draft.ask_about(request)) else {
            return Vec::new();
        };
        self.asked = request;
        self.touch();
        vec![Effect::GatherFacts { request, plan: Box::new(plan) }]
    }

    /// Whether the checks of the draft are under way.
    fn is_gathering(&self) -> bool {
        self.draft.as_ref().is_some_and(super::draft::Draft::is_gathering)
    }
}
