//! How many panes are live, for the head of the wall: what is stale or failed is never counted among them, and what cannot
//! be any of these (nobody read it, or its operation has ended) is not counted at all. Counts alone, so that the head
//! changes only when a pane does.

use super::sheet::Freshness;
use super::{azure, instances, log, operation};
use crate::console::model::{Model, Pane};
use crate::console::theme::Role;
use crate::console::widgets::canvas::Words;
use crate::console::world::watched::Watched;

/// In words; none while there is no operation.
pub(in crate::console) fn health(model: &Model) -> Words {
    let Some(watched) = model.subject_operation() else { return Words::new() };
    let (mut live, mut loading, mut stale, mut failed) = (0, 0, 0, 0);
    for pane in Pane::EVERY {
        match freshness(model, watched, pane) {
            Freshness::Live(_) => live += 1,
            Freshness::Loading => loading += 1,
            Freshness::Stale(_) => stale += 1,
            Freshness::Failed(_) => failed += 1,
            Freshness::Ended(_) | Freshness::NotRead => {}
        }
    }
    let counts = [
        (live, Role::Dim, "live"),
        (loading, Role::Loading, "loading"),
        (stale, Role::Warn, "STALE"),
        (failed, Role::Crit, "failed"),
    ];
    let mut gap = "panes: ";
    counts.into_iter().filter(|(count, ..)| *count > 0).fold(Words::new(), |words, (count, role, word)| {
        words.and(Role::Dim, std::mem::replace(&mut gap, "  ")).and(role, format_args!("{count} {word}"))
    })
}

/// How fresh a pane is, without its lines.
pub(super) fn freshness(model: &Model, watched: &Watched, pane: Pane) -> Freshness {
    let work = &watched.operation.intent.work;
    match pane {
        Pane::Operation | Pane::Afterwards => operation::freshness(model.now(), watched),
        Pane::All => instances::freshness_of_all(model),
        Pane::Target => instances::freshness_of(model, work.instance()),
        Pane::Active => match model.source_of(&watched.operation) {
            Some(id) => instances::freshness_of(model, &id),
            None => Freshness::NotRead,
        },
        Pane::Storage if work.address().is_none() => Freshness::NotRead,
        Pane::Storage => instances::freshness_of_storage(model),
        Pane::Quota => azure::freshness_of_quota(model),
        Pane::Parity => azure::freshness_of_parity(model, &watched.operation),
        Pane::Log => log::freshness(model),
    }
}
