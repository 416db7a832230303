//! The rules, in the order in which they are shown: what is cheap to know before what is dear. Each says what Azure
//! would say later, and where that is written.

mod access;
mod aftermath;
mod backup;
mod caller;
mod target;
mod unfinished;

use super::{Case, Finding};

/// A check: `None` when the plan does not concern it.
type Check = fn(&Case<'_>) -> Option<Finding>;

const ALL: &[Check] = &[
    caller::may_act,
    target::idle,
    target::tier_supported,
    backup::tier_equal,
    backup::other_instance,
    backup::readable,
    backup::young,
    access::possible,
    aftermath::vaults_readable,
    aftermath::left_behind,
    aftermath::network_reaches,
    unfinished::none,
];

/// Runs every rule that concerns the plan.
pub(super) fn all(case: &Case<'_>) -> Vec<Finding> {
    ALL.iter().filter_map(|check| check(case)).collect()
}
