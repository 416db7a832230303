//! Who writes: every record names its process, so that a second console can say who drives an operation.

use std::fmt;
use std::fs;
use std::path::Path;

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
        let host = host(["/proc/sys/kernel/hostname", "/etc/hostname"].map(Path::new));
        Self { pid: std::process::id(), host }
    }
}

/// The first of these files that names a host.
fn host(files: [&Path; 2]) -> String {
    let named = |path| fs::read_to_string(path).ok().map(|text| text.trim().to_owned());
    files.into_iter().filter_map(named).find(|name| !name.is_empty()).unwrap_or("unknown host".to_owned())
}

impl fmt::Display for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pid {} on {}", self.pid, self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_named_by_its_id_and_its_machine() {
        let own = Driver::this_process();
        assert_eq!(own.to_string(), format!("pid {} on {}", std::process::id(), own.host));
    }

    #[test]
    fn a_machine_is_called_what_the_first_file_with_a_name_says() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = dir.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let (one, other, empty) = (file("1", "laptop\n"), file("2", " desk "), file("3", "\n"));
        let nowhere = dir.path().join("nowhere");
        let table = [
            ([&one, &other], "laptop"),
            ([&nowhere, &other], "desk"),
            ([&empty, &other], "desk"),
            ([&one, &nowhere], "laptop"),
            ([&empty, &nowhere], "unknown host"),
        ];
        for (files, name) in table {
            assert_eq!(host(files.map(|path| path.as_path())), name);
        }
    }
}
