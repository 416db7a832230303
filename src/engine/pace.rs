//! How closely an instance is watched while an operation on it runs. Pure.
//!
//! The instance is another address than the operation's, so reading it keeps what `Retry-After` asks for. It tells the
//! end of being busy long before the operation's address may be asked again. Each reading costs one request, so they
//! are spent where ends are: the operations on record ran from 5 to 16 minutes for a backup and from 8 to 19 for a
//! restore.

use std::time::Duration;

use crate::azure::polling::Bounds;
use crate::domain::plan::Kind;

/// Why the instance is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// To see the end soon; the operation's own address speaks for it.
    Soon,
    /// Because nothing else can be read.
    Alone,
}

/// For how many usual intervals after its start an operation of this kind is not expected to end.
fn quiet_intervals(kind: Kind) -> u32 {
    match kind {
        Kind::Backup => 4,
        Kind::Restore => 8,
    }
}

/// The longer an operation runs, the rarer it is looked at: no more often than in this part of the time it has taken.
const PART: u32 = 60;

/// How long to wait until the next look, at a moment when the operation has run for `elapsed`.
pub(super) fn until_next_look(kind: Kind, elapsed: Duration, reason: Reason, bounds: &Bounds) -> Duration {
    let usual = (elapsed / PART).clamp(bounds.instance, bounds.absent.max(bounds.instance));
    let quiet = bounds.absent.saturating_mul(quiet_intervals(kind));
    match reason {
        Reason::Soon => quiet.saturating_sub(elapsed).max(usual),
        // At least one look fits into the usual wait for the next try.
        Reason::Alone => usual.min(bounds.absent / 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_are_spent_where_ends_are() {
        let bounds = Bounds::default();
        let table = [
            (Kind::Backup, 0, Reason::Soon, 240),
            (Kind::Backup, 0, Reason::Alone, 10),
            (Kind::Backup, 60, Reason::Soon, 180),
            (Kind::Backup, 240, Reason::Soon, 10),
            (Kind::Restore, 60, Reason::Soon, 420),
            (Kind::Restore, 475, Reason::Soon, 10),
            (Kind::Restore, 660, Reason::Soon, 11),
            (Kind::Restore, 1_800, Reason::Soon, 30),
            (Kind::Restore, 36_000, Reason::Soon, 60),
            (Kind::Restore, 36_000, Reason::Alone, 30),
        ];
        for (kind, elapsed, reason, expected) in table {
            let next = until_next_look(kind, Duration::from_secs(elapsed), reason, &bounds);
            assert_eq!(next, Duration::from_secs(expected), "{kind} {elapsed} {reason:?}");
        }
    }

    #[test]
    fn it_never_runs_hot() {
        let bounds = Bounds { absent: Duration::ZERO, ..Bounds::default() };
        for elapsed in [Duration::ZERO, Duration::MAX] {
            assert_eq!(until_next_look(Kind::Backup, elapsed, Reason::Soon, &bounds), bounds.instance);
        }
    }
}
