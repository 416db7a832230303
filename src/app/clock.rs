//! The one clock of the product. Everything else gets the time as an argument.

use std::sync::Arc;

use crate::azure::Clock;

/// The clock of this machine.
#[expect(clippy::disallowed_methods, reason = "this is the place that reads the clock")]
pub(super) fn system() -> Clock {
    Arc::new(jiff::Timestamp::now)
}
