//! The configuration as a function of bytes, with what must hold for every input. Built for tests and for the fuzz
//! targets in `fuzz/`; not a part of the program.

use std::path::Path;

use super::file::Configuration;

/// A configuration: whatever stands in it is read, or told.
pub fn configuration(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let read = Configuration::parse(Path::new("config.toml"), text);
    for problem in &read.problems {
        assert!(!problem.summary.is_empty());
    }
    assert!(!read.broken || !read.problems.is_empty(), "nothing is dropped in silence");
}

#[cfg(test)]
mod tests {
    use crate::trials::{fuzz, trials};

    #[test]
    fn seeds_and_damaged_seeds_hold_what_is_promised() {
        let damaged = trials(2_000, 200_000);
        fuzz("configuration", super::configuration, damaged);
    }
}
