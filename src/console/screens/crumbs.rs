//! Where I am, in the head of every screen: the places that lead here and, in the last one, what of it is open. What
//! does not fit goes at the front, because the end says where I am.

use smallvec::SmallVec;

use crate::console::draft::{Draft, Step};
use crate::console::model::{Model, Place, Zoom};
use crate::console::text;
use crate::console::theme::{Role, Theme};
use crate::console::widgets::canvas::Words;
use crate::domain::plan::Kind;

/// Draws them into `room` columns.
pub(in crate::console) fn crumbs(model: &Model, theme: Theme, room: usize) -> Words {
    let trail = model.trail();
    let open = open(model).map(|word| Words::one(Role::Strong, word));
    let named = trail.iter().enumerate().map(|(at, place)| {
        let is_end = at + 1 == trail.len() && open.is_none();
        crumb(model, place, if is_end { Role::Strong } else { Role::Plain })
    });
    let all: SmallVec<[Words; 6]> = named.chain(open.clone()).collect();
    let joined = |from: usize| {
        let front = if from > 0 { Words::shown(Role::Dim, theme.ellipsis()) } else { Words::new() };
        all[from..].iter().enumerate().fold(front, |words, (at, crumb)| {
            let step = if at + from > 0 { theme.step() } else { "" };
            words.and(Role::Dim, step).then(crumb.clone())
        })
    };
    let fitting = (0..all.len()).map(joined).find(|words| words.width(theme) <= room);
    fitting.unwrap_or_else(|| joined(all.len() - 1))
}

fn crumb(model: &Model, place: &Place, role: Role) -> Words {
    match place {
        Place::Fleet => Words::one(role, "Fleet").then(scope(model)),
        Place::Backups(key) => Words::name(role, key.name()),
        Place::Wizard(Kind::Restore) => Words::one(role, restore(model)),
        Place::Failover => Words::one(role, "Failover"),
        Place::Wizard(Kind::Backup) => Words::one(role, "Back up"),
        Place::Operations => Words::one(role, "Operations"),
        Place::Parity(source) => {
            let standby = model.world.compared.as_ref().map_or("", |it| it.standby.name());
            Words::name(role, source.name()).and(Role::Dim, " | ").and_name(role, standby)
        }
        Place::Problems => Words::one(role, "Problems"),
        Place::Timeline => Words::one(role, "Timeline"),
    }
}

/// A restore, and which row of a plan it is.
fn restore(model: &Model) -> String {
    let failover = model.failover.as_ref();
    match failover.and_then(|it| it.open.map(|at| (at, it.rows.len()))) {
        Some((at, count)) => format!("Restore {} of {count}", at + 1),
        None => "Restore".to_owned(),
    }
}

/// The subscription that the fleet is narrowed to.
fn scope(model: &Model) -> Words {
    match &model.subscription {
        None => Words::new(),
        Some(id) => Words::one(Role::Warn, " in ")
            .and_name(Role::Warn, text::cut(model.world.inventory.subscription_name(id), 24, "…")),
    }
}

/// What of the place is open over its list.
fn open(model: &Model) -> Option<&'static str> {
    match (model.place(), &model.draft) {
        (Place::Wizard(_), Some(draft)) => Some(step(draft)),
        (Place::Backups(_), _) if model.cell.is_some() => Some("evidence"),
        (Place::Operations, _) if model.wall.zoom == Zoom::One => Some("one"),
        (Place::Timeline, _) if model.timeline.whole.is_some() => Some("event"),
        (Place::Problems, _) if model.whole_problem.is_some() => Some("in full"),
        _ => None,
    }
}

fn step(draft: &Draft) -> &'static str {
    match (draft.step, draft.task.kind()) {
        (Step::Where, Kind::Restore) => "target",
        (Step::Where, Kind::Backup) => "location",
        (Step::Access, _) => "access",
        (Step::Findings, _) if draft.evidence.is_some() => "evidence",
        (Step::Findings, _) => "checks",
        (Step::Review, _) => "review",
        (Step::Confirm, _) => "confirm",
    }
}
