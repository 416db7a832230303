//! What comes from outside: facts, operations, troubles.

use jiff::Timestamp;

use crate::console::effect::Effect;
use crate::console::message::{Focus, Gathering, Loaded, RequestId};
use crate::console::model::{Bell, Model, Notice, Tone};
use crate::console::world::log::Entry;
use crate::console::world::outage::Outage;
use crate::console::world::watched::Watched;
use crate::console::world::{Run, Trouble};
use crate::domain::operation::{Operation, OperationEvent, OperationId};
use crate::domain::preflight::Facts;
use crate::domain::problem::Problem;
use crate::domain::pulse::Pulse;

/// How many troubles are kept.
const KEPT: usize = 200;

/// A part of the inventory arrived.
pub(super) fn loaded(model: &mut Model, request: RequestId, what: Loaded) -> Vec<Effect> {
    let now = model.now();
    let done = matches!(what, Loaded::Done { .. });
    let problem = match &what {
        Loaded::Problem(problem) => Some(Entry::problem(problem, now)),
        _ => None,
    };
    if model.world.inventory.take(request, what, now) {
        problem.into_iter().for_each(|entry| model.world.log.add(entry));
        model.inventory_changed();
        if done {
            // While nothing answers at all it is tried again by itself; what is shown stays.
            let silent = model.world.inventory.silence().map(|it| it.problem.summary.clone());
            let earlier = model.world.outage.take();
            model.world.outage = silent.map(|what| Outage::after(earlier, what, now));
        }
        model.touch();
        return super::command::go_on(model);
    }
    Vec::new()
}

/// Facts about a plan arrived.
pub(super) fn facts(
    model: &mut Model,
    request: RequestId,
    facts: Facts,
    gathering: Gathering,
) -> Vec<Effect> {
    let now = model.now();
    let open = model.draft.as_mut().and_then(|draft| draft.checks.as_mut());
    if let Some(checks) = open.filter(|checks| checks.request == request) {
        let first = checks.run == Run::First;
        checks.take(request, facts, gathering, now);
        if first && gathering == Gathering::Done {
            super::wizard::attend(model);
        }
    } else if let Some(checks) = model.failover.as_mut().and_then(|failover| failover.checks_of(request)) {
        checks.take(request, facts, gathering, now);
    } else {
        return Vec::new();
    }
    model.touch();
    match gathering {
        Gathering::Open => Vec::new(),
        Gathering::Done => super::failover::next_check(model),
    }
}

/// An operation moved. Its end is rung, and what it changed is read anew.
pub(super) fn operation(
    model: &mut Model,
    operation: Operation,
    event: Option<&OperationEvent>,
    at: Timestamp,
) -> Vec<Effect> {
    model.touch();
    handed_over(model, &operation, event);
    let id = operation.id();
    let ended = operation.phase.is_final() && event.is_some_and(OperationEvent::is_transition);
    let words = format!(
        "{} {}: {}",
        operation.intent.work.kind(),
        operation.intent.work.instance().name(),
        operation.phase
    );
    let was_subject = model.subject_operation().is_some_and(|it| it.operation.id() == id);
    let before = model.world.operations.get(&id);
    let (is_new, driven_elsewhere) = (before.is_none(), before.is_some_and(|it| it.driven_by.is_some()));
    match event {
        Some(event) => model.world.log.add(Entry::event(&operation, event, at)),
        // What another process drives comes without its events.
        None if is_new || driven_elsewhere => {
            Entry::found(&operation).into_iter().for_each(|entry| model.world.log.add(entry))
        }
        None => {}
    }
    let hint = super::drafts::hint(model, &operation);
    let watched = model.world.operations.entry(id).or_insert_with(|| Watched::new(operation.clone()));
    watched.follow(operation, event, at);
    let mut effects = super::timeline::moved(model, id);
    if is_new || ended {
        model.made.operations_changed();
    }
    if !ended {
        return effects;
    }
    // What has ended goes behind what runs; whoever watched it to its end sees it all the same.
    if was_subject {
        model.wall.cursor = Some(id);
    }
    let text = format!("{words}{hint}");
    model.notice = Some(Notice { text, tone: Tone::Plain });
    effects.extend(refresh(model));
    if model.focus != Focus::Gained && model.wall.bell == Bell::On {
        effects.push(Effect::Announce(words));
    }
    effects
}

/// What was handed over is on its way. When no byte of it left it is not, and a plan of several has it to do again.
fn handed_over(model: &mut Model, operation: &Operation, event: Option<&OperationEvent>) {
    let Some(plan) = operation.intent.work.plan() else { return };
    let starting = &mut model.world.starting;
    if let Some(place) = starting.iter().position(|it| it == plan) {
        starting.remove(place);
    }
    if let Some(OperationEvent::NotSent { problem }) = event {
        if super::failover::not_sent(model, operation) {
            trouble(model, problem.clone());
        } else {
            super::drafts::not_sent(model, operation);
        }
    }
}

/// An operation gave a sign of life.
pub(super) fn pulse(model: &mut Model, pulse: Pulse) -> Vec<Effect> {
    if let Some(watched) = model.world.operations.get_mut(&pulse.operation) {
        if let Some(entry) = watched.feel(pulse.at, pulse.beat) {
            model.world.log.add(entry);
        }
        model.touch();
    }
    Vec::new()
}

/// Another process drives an operation.
pub(super) fn driven_elsewhere(model: &mut Model, operation: OperationId, by: String) -> Vec<Effect> {
    if let Some(watched) = model.world.operations.get_mut(&operation) {
        watched.driven_by = Some(by);
        model.touch();
    }
    Vec::new()
}

/// Something went wrong. It stays in the list of problems, and is told once at the bottom.
pub(super) fn trouble(model: &mut Model, problem: Problem) -> Vec<Effect> {
    model.notice = Some(Notice { text: problem.summary.clone(), tone: Tone::Warning });
    let at = model.now();
    model.world.log.add(Entry::problem(&problem, at));
    let troubles = &mut model.world.troubles;
    if troubles.len() == KEPT {
        troubles.remove(0);
    }
    troubles.push(Trouble { at, problem });
    model.touch();
    Vec::new()
}

/// Ends the reading of the inventory, if one is under way. Nothing is read by itself after that.
pub(super) fn cancel(model: &mut Model) -> Vec<Effect> {
    let now = model.now();
    if !model.world.inventory.cancel(now) {
        return Vec::new();
    }
    model.world.outage = None;
    model.inventory_changed();
    let text = "reading cancelled: what is shown is partial, Ctrl-R reads anew".to_owned();
    model.notice = Some(Notice { text, tone: Tone::Plain });
    model.touch();
    vec![Effect::CancelInventory]
}

/// Reads the inventory anew.
pub(in crate::console) fn refresh(model: &mut Model) -> Vec<Effect> {
    let request = model.next_request();
    let now = model.now();
    model.world.inventory.ask(request, now);
    model.touch();
    vec![Effect::LoadInventory { request }]
}
