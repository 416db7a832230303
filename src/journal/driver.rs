//! Who writes: every record names its process, so that a second console can say who drives an operation.

use std::fmt;
use std::fs;

use serde::{Deserialize, Serialize};

/// A process that drives operations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Driver {
    /// Its process id.
    pub pid: u32,
    /// The name of its machine; "unknown host" where the system does not tell it in a file.
    pub host: String,
}

impl Driver {
    /// This process.
    pub fn this_process() -> Self {
        let named = |path| fs::read_to_string(path).ok().map(|text| text.trim().to_owned());
        let host = named("/proc/sys/kernel/hostname")
            .or_else(|| named("/etc/hostname"))
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| "unknown host".to_owned());
        Self { pid: std::process::id(), host }
    }
}

impl fmt::Display for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pid {} on {}", self.pid, self.host)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_named_by_its_id_and_its_machine() {
        let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
        let own = Driver::this_process();
        assert_eq!(own.to_string(), format!("pid {} on {}", std::process::id(), host.trim()));
    }
}
