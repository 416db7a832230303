//! Typing a command: completion, the lines of before, Enter.

use super::command;
use super::keys::warn;
use crate::console::command::completion::completions;
use crate::console::effect::Effect;
use crate::console::intent::Intent;
use crate::console::list::Move;
use crate::console::model::{Model, Overlay};
use crate::console::prompt::Prompt;

/// Opens the command line.
pub(super) fn open(model: &mut Model) {
    let prompt = Prompt { completions: completions(model, ""), ..Prompt::default() };
    model.overlay = Some(Overlay::Command(Box::new(prompt)));
}

/// The line changed by a letter: what it could become is made anew.
pub(super) fn typed(model: &mut Model) {
    let Some(Overlay::Command(prompt)) = &model.overlay else { return };
    let found = completions(model, prompt.input.value());
    if let Some(Overlay::Command(prompt)) = &mut model.overlay {
        (prompt.completions, prompt.chosen, prompt.recalled) = (found, None, None);
    }
}

/// Answers a key that is no letter.
pub(super) fn answer(model: &mut Model, intent: Intent) -> Vec<Effect> {
    match intent {
        Intent::Open => return enter(model),
        Intent::Complete(by) => complete(model, by),
        Intent::Go(Move::By(by)) => step(model, by),
        _ => model.overlay = None,
    }
    Vec::new()
}

/// Tab. Where there is one way only it is taken at once, and what comes behind it is offered.
fn complete(model: &mut Model, by: isize) {
    let Some(Overlay::Command(prompt)) = &mut model.overlay else { return };
    match prompt.completions.as_slice() {
        [only] if prompt.chosen.is_none() => {
            let line = format!("{} ", only.line);
            prompt.put(&line);
            typed(model);
        }
        _ => prompt.turn(by),
    }
}

/// An arrow: through the lines of before while the line is empty or one of them, else through what it could become.
fn step(model: &mut Model, by: isize) {
    let Some(Overlay::Command(prompt)) = &mut model.overlay else { return };
    let is_empty = prompt.input.value().is_empty() && by.is_negative();
    if prompt.recalled.is_none() && !is_empty || prompt.chosen.is_some() {
        return prompt.turn(by);
    }
    let next = match (prompt.recalled, by.is_negative()) {
        (None, _) => Some(0),
        (Some(at), true) => Some(at + 1),
        (Some(at), false) => at.checked_sub(1),
    };
    let line = match next {
        None => Some(String::new()),
        Some(at) => model.said.line(at).map(str::to_owned),
    };
    let Some(line) = line else { return };
    prompt.put(&line);
    typed(model);
    if let Some(Overlay::Command(prompt)) = &mut model.overlay {
        prompt.recalled = next;
    }
}

/// Runs the line. One that cannot be run stays, so that it can be mended.
fn enter(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Command(prompt)) = model.overlay.take() else { return Vec::new() };
    let line = prompt.input.value().trim().to_owned();
    if line.is_empty() {
        return Vec::new();
    }
    model.said.keep(&line);
    // A command acts on what is, so that has to be seen again.
    model.frozen = None;
    match command::run(model, &line) {
        // First, because the line may be the one that leaves.
        Ok(effects) => std::iter::once(Effect::KeepCommand(line)).chain(effects).collect(),
        Err(refusal) => {
            warn(model, refusal.words());
            model.overlay = Some(Overlay::Command(prompt));
            Vec::new()
        }
    }
}
