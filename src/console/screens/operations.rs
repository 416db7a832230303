//! Operations in few words: for the wall, for the fleet, and in totals.

use ratatui::layout::Rect;

use crate::console::model::Model;
use crate::console::theme::{self, Role, Theme};
use crate::console::widgets::canvas::{Canvas, Keys, Words};
use crate::console::world::watched::Watched;
use crate::domain::duration;
use crate::domain::operation::{Operation, Phase, Purpose, Work};
use crate::domain::plan::Plan;

/// A line for every plan of which nothing was heard yet.
pub(in crate::console) fn starting(model: &Model, body: Rect, canvas: &mut Canvas<'_, '_>) -> Rect {
    let lines = u16::try_from(model.world.starting.len()).unwrap_or(0).min(body.height / 2);
    let area = Rect { x: body.x + 1, ..body };
    for (line, plan) in (0..lines).zip(&model.world.starting) {
        let words = format!(
            "{} {}: writing the intent to the journal…",
            canvas.theme.sign(Role::Loading),
            what_of_plan(plan, canvas.theme)
        );
        canvas.words(area, line, &Words::one(Role::Loading, words));
    }
    Rect { y: body.y + lines, height: body.height - lines, ..body }
}

/// How many run, ended, are not known.
pub(in crate::console) fn totals(model: &Model) -> Words {
    let count = |wanted: fn(Phase) -> bool| {
        model.world.operations.values().filter(|it| wanted(it.operation.phase)).count()
    };
    let mut words = Words::new();
    let parts: [(usize, Role, &str); 4] = [
        (count(|it| !it.is_final() && it != Phase::Unconfirmed), Role::Running, "running"),
        (count(|it| it == Phase::Unconfirmed), Role::Unknown, "UNKNOWN"),
        (count(|it| it == Phase::Succeeded), Role::Ok, "succeeded"),
        (count(|it| it.is_final() && it != Phase::Succeeded), Role::Crit, "not succeeded"),
    ];
    for (number, role, word) in parts {
        if number > 0 {
            words = words.and(role, format!("{number} {word}   "));
        }
    }
    words
}

/// What an operation does, to what.
pub(in crate::console) fn what(work: &Work, theme: Theme) -> String {
    match work {
        Work::Plan(plan) => what_of_plan(plan, theme),
        Work::Observed(observed) => {
            let by = observed.caller.as_deref().unwrap_or("somebody else");
            format!("{work}, by {by}")
        }
    }
}

fn what_of_plan(plan: &Plan, theme: Theme) -> String {
    let arrow = theme.arrow();
    match plan {
        Plan::Restore(plan) => {
            let source = plan.source.instance.as_deref().unwrap_or("a backup");
            format!("restore {source} {arrow} {}", plan.target.name())
        }
        Plan::Backup(plan) => format!("backup {} {arrow} {}", plan.instance.name(), plan.to.location),
    }
}

/// The same where there is little room: a restore by its target, a backup by what it is of.
pub(in crate::console) fn in_short(work: &Work, theme: Theme) -> String {
    match work {
        Work::Plan(Plan::Restore(plan)) => format!("restore {} {}", theme.arrow(), plan.target.name()),
        Work::Plan(Plan::Backup(plan)) => format!("backup {}", plan.instance.name()),
        Work::Observed(_) => what(work, theme),
    }
}

/// A word for the phase as it is shouted.
pub(in crate::console) fn phase_word(operation: &Operation) -> String {
    match (&operation.intent.work, operation.phase) {
        (Work::Observed(_), Phase::Untracked) => "RUNNING, BEGUN ELSEWHERE".to_owned(),
        (_, phase) => phase.to_string().to_uppercase(),
    }
}

/// The operations in few lines, for the fleet.
pub(in crate::console) fn summary(model: &Model, area: Rect, canvas: &mut Canvas<'_, '_>) {
    let all = model.world.operations();
    let right = Words::one(Role::Dim, format_args!("{} running", model.world.unfinished()));
    let inner = canvas.pane(area, Keys::Elsewhere, &Words::one(Role::Strong, "Operations"), &right);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    if all.is_empty() {
        return canvas.words(inner, 0, &Words::one(Role::Dim, "none yet"));
    }
    for (line, watched) in (0..inner.height).step_by(2).zip(&all) {
        let work = &watched.operation.intent.work;
        let words = Words::one(Role::Plain, what(work, canvas.theme));
        let words = match watched.operation.intent.purpose {
            Purpose::Drill => words.and(Role::Plain, " ").and(Role::Drill, canvas.theme.drill()),
            Purpose::Real => words,
        };
        canvas.words(inner, line, &words);
        let words = Words::one(Role::Plain, "  ").then(standing(model, watched, canvas.theme));
        canvas.words(inner, line + 1, &words);
    }
}

/// How it stands and for how long.
pub(in crate::console) fn state(model: &Model, watched: &Watched, theme: Theme) -> Words {
    let operation = &watched.operation;
    let role = theme::of_phase(operation.phase);
    let elapsed = duration::short(operation.elapsed(model.now()));
    Words::one(role, format!("{} {}", theme.sign(role), phase_word(operation)))
        .and(Role::Strong, format!("   {elapsed}"))
}

/// How it stands, for how long, and how long such a one usually takes.
pub(in crate::console) fn standing(model: &Model, watched: &Watched, theme: Theme) -> Words {
    let words = state(model, watched, theme);
    match model.usual_of(watched.operation.id()) {
        _ if watched.operation.phase.is_final() => words,
        Some(usual) => words.and(Role::Dim, format!("   {}", usual.brief())),
        None => words.and(Role::Dim, "   no own runs yet"),
    }
}
