//! The rules, in the order in which they are shown: what is cheap to know before what is dear. Each says what Azure
//! would say later, and where that is written.

mod access;
mod aftermath;
mod backup;
mod caller;
mod cors;
mod firewall;
mod hearsay;
mod in_flight;
mod lifecycle;
mod locks;
mod lost;
mod overwritten;
mod place;
mod role;
mod session;
mod target;
mod unfinished;
mod versions;

use super::{Case, Finding};

/// A check: `None` when the plan does not concern it.
type Check = fn(&Case<'_>) -> Option<Finding>;

const ALL: &[Check] = &[
    caller::may_act,
    session::lasts,
    target::idle,
    target::tier_supported,
    versions::api,
    locks::none,
    backup::tier_equal,
    backup::other_instance,
    backup::readable,
    backup::young,
    access::possible,
    firewall::lets_in,
    cors::absent,
    role::held,
    lifecycle::spares,
    place::free,
    aftermath::vaults_readable,
    aftermath::left_behind,
    aftermath::network_reaches,
    unfinished::none,
    versions::platform,
    in_flight::none,
    overwritten::unmarked,
    overwritten::quiet,
    overwritten::unchanged,
    lost::nothing,
];

/// Runs every rule that concerns the plan.
pub(super) fn all(case: &Case<'_>) -> Vec<Finding> {
    ALL.iter().filter_map(|check| check(case)).collect()
}
