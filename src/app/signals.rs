//! Signals that this process may listen to.
//!
//! A signal that whoever started the process had it ignore stays ignored: `nohup` means it, and so does a shell that
//! starts something in the background. Listening would set that aside.
#![cfg(unix)]

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Listens to a signal from now on; nothing when it is to be ignored, or when the platform does not let us.
pub(super) fn listen(kind: SignalKind) -> Option<Signal> {
    if ignored() & bit(kind) != 0 {
        return None;
    }
    signal(kind).inspect_err(|error| tracing::warn!(%error, ?kind, "no news of a signal")).ok()
}

/// The signals that are ignored, as a mask. Only Linux tells without unsafe code; elsewhere none is known.
fn ignored() -> u64 {
    std::fs::read_to_string("/proc/self/status").map_or(0, |status| mask(&status))
}

/// The mask out of `/proc/<pid>/status` (proc_pid_status(5)).
fn mask(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// The place of a signal in a mask: signal 1 is the lowest bit.
fn bit(kind: SignalKind) -> u64 {
    let place = u32::try_from(kind.as_raw_value() - 1).unwrap_or(u32::MAX);
    1_u64.checked_shl(place).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mask_is_read_as_the_kernel_writes_it() {
        let status = "Name:\tlifeboat\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000001005\n";
        let is_ignored = |kind| mask(status) & bit(kind) != 0;
        assert!(is_ignored(SignalKind::hangup()));
        assert!(is_ignored(SignalKind::quit()));
        assert!(is_ignored(SignalKind::pipe()));
        assert!(!is_ignored(SignalKind::interrupt()));
        assert!(!is_ignored(SignalKind::terminate()));
        assert_eq!(mask(""), 0);
        assert_eq!(mask("SigIgn:\tnone"), 0);
    }
}
