//! The wizard of a backup or a restore: which step it is at, and the screen of that step.

use ratatui::layout::Rect;

use super::{choices, confirm, findings, review};
use crate::console::draft::{Draft, Step};
use crate::console::model::Model;
use crate::console::theme::Role;
use crate::console::widgets::canvas::{Canvas, Words};
use crate::domain::plan::Kind;

/// Draws the step.
pub(in crate::console) fn draw(model: &Model, body: Rect, canvas: &mut Canvas<'_, '_>) {
    let Some(draft) = &model.draft else { return };
    match draft.step {
        Step::Where | Step::Access => choices::draw(model, draft, body, canvas),
        Step::Findings => findings::draw(model, draft, body, canvas),
        Step::Review => review::draw(model, draft, body, canvas),
        Step::Confirm => confirm::draw(model, draft, body, canvas),
    }
}

/// The steps, with the present one in capitals.
pub(in crate::console) fn steps(model: &Model, canvas: &Canvas<'_, '_>) -> Words {
    let Some(draft) = &model.draft else { return Words::new() };
    let all: &[(Step, &str)] = match draft.task.kind() {
        Kind::Restore => &[
            (Step::Where, "target"),
            (Step::Access, "access"),
            (Step::Findings, "checks"),
            (Step::Review, "review"),
            (Step::Confirm, "confirm"),
        ],
        Kind::Backup => &[
            (Step::Where, "location"),
            (Step::Access, "access"),
            (Step::Findings, "checks"),
            (Step::Confirm, "confirm"),
        ],
    };
    let drill = draft.plan().is_some_and(|plan| model.preferences.purpose_of(&plan).is_drill());
    let mut words = match drill {
        true => Words::one(Role::Drill, canvas.theme.drill()).and(Role::Plain, "   "),
        false => Words::new(),
    };
    for (number, (step, name)) in (1..).zip(all) {
        words = if *step == draft.step {
            words.and(Role::Strong, format!("{number} {}   ", name.to_uppercase()))
        } else if *step < draft.step {
            words.and(Role::Ok, format!("{number} {name} {}   ", canvas.theme.sign(Role::Ok)))
        } else {
            words.and(Role::Dim, format!("{number} {name}   "))
        };
    }
    words
}

/// What is restored from where into what, or backed up to where, in one line.
pub(in crate::console) fn subject(draft: &Draft, canvas: &Canvas<'_, '_>) -> Words {
    use crate::console::draft::Task;
    let arrow = format!("  {}  ", canvas.theme.arrow());
    match &draft.task {
        Task::Restore { backup, .. } => {
            let words = Words::name(Role::Plain, backup.blob.address.name.as_str()).and(Role::Dim, arrow);
            let target = draft.instance().map_or("?", crate::domain::resource::ResourceId::name);
            words.and_name(Role::Strong, target)
        }
        Task::Backup { instance, locations, .. } => {
            let words = Words::name(Role::Strong, instance.name()).and(Role::Dim, arrow);
            let location = locations.get(draft.choice).map_or("?".to_owned(), ToString::to_string);
            words.and(Role::Plain, location)
        }
    }
}
