//! Which places hold at the same time, the innermost first. A key that one of them knows means nothing to those behind.

use super::Scope as S;

/// Every row that [`crate::console::Model::scopes`] can answer.
pub const CHAINS: &[&[S]] = &[
    &[S::Typing],
    &[S::Searching],
    &[S::Command],
    &[S::Reason],
    &[S::Confirm],
    &[S::Ready],
    &[S::Leaving],
    &[S::Frozen],
    &[S::Help, S::Reading, S::Lists],
    &[S::Acts, S::Lists],
    &[S::Columns, S::Lists],
    &[S::Shape, S::Lists],
    &[S::Copies, S::Lists],
    &[S::Sheet, S::Lists],
    &[S::Export, S::Lists],
    &[S::Fleet, S::Lists, S::Everywhere],
    &[S::Cell, S::Reading, S::Backups, S::Lists, S::Everywhere],
    &[S::Backups, S::Lists, S::Everywhere],
    &[S::Failover, S::Lists, S::Everywhere],
    &[S::Offer],
    &[S::Operations, S::Lists, S::Everywhere],
    &[S::Reading, S::Operations, S::Lists, S::Everywhere],
    &[S::Parity, S::Lists, S::Everywhere],
    &[S::Problems, S::Lists, S::Everywhere],
    &[S::Timeline, S::Lists, S::Everywhere],
    &[S::Reading, S::Event, S::Lists, S::Everywhere],
    &[S::Writing],
    &[S::Formats, S::Lists],
    &[S::Reading, S::Problems, S::Lists, S::Everywhere],
    &[S::Choice, S::Lists, S::Everywhere],
    &[S::Evidence, S::Reading, S::Lists, S::Everywhere],
    &[S::Findings, S::Lists, S::Everywhere],
    &[S::Review, S::Everywhere],
];

/// Whether both can hold at once, or are the same.
pub(super) fn meet(one: S, other: S) -> bool {
    one == other || CHAINS.iter().any(|chain| chain.contains(&one) && chain.contains(&other))
}
