//! What the disk gives back as functions of bytes, with what must hold for every input. Built for tests and for the fuzz
//! targets in `fuzz/`; not a part of the program.
//!
//! A checksum keeps all that was changed by chance out, so each input is read as it is, and once more with checksums
//! that fit.

use super::{cache, record, replay};

/// An operation file: what is good of it is told again alike.
pub fn journal(bytes: &[u8]) {
    read(bytes);
    read(&sealed(bytes));
}

fn sealed(bytes: &[u8]) -> Vec<u8> {
    let mut sealed = Vec::new();
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        let line = line.trim_ascii_end();
        let mut line = line.strip_suffix(b"}").unwrap_or(line).to_vec();
        record::seal(&mut line);
        sealed.extend(line);
    }
    sealed
}

fn read(bytes: &[u8]) {
    let Ok(told) = replay::replay(bytes) else { return };
    let lost = told.damage.as_ref().map_or(0, |damage| damage.bytes);
    assert_eq!(told.good + lost, bytes.len());
    let again = replay::replay(bytes.get(..told.good).unwrap_or_default());
    assert!(again.is_ok_and(|again| again.operation == told.operation && again.damage.is_none()));
}

/// A cache: what is believed can be kept again.
pub fn cache(bytes: &[u8]) {
    assert!(cache::decode(bytes).is_none() || bytes.starts_with(b"lifeboat-inventory"));
    let sealed = [cache::header(bytes).as_bytes(), b"\n", bytes].concat();
    if let Some(inventory) = cache::decode(&sealed) {
        assert!(serde_json::to_vec(&inventory).is_ok());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trials::{fuzz, trials};

    #[test]
    fn the_seeds_are_whole() {
        let story = include_bytes!("../../fuzz/corpus/journal/restore");
        let told = replay::replay(&sealed(story)).unwrap();
        assert_eq!((told.events.len(), told.damage), (5, None));
        let inventory = include_bytes!("../../fuzz/corpus/cache/inventory");
        assert!(cache::decode(&[cache::header(inventory).as_bytes(), b"\n", inventory].concat()).is_some());
    }

    #[test]
    fn seeds_and_damaged_seeds_hold_what_is_promised() {
        let damaged = trials(2_000, 200_000);
        fuzz("journal", super::journal, damaged);
        fuzz("cache", super::cache, damaged);
    }
}
