//! What the disk gives back as functions of bytes, with what must hold for every input. Built for tests and for the fuzz
//! targets in `fuzz/`; not a part of the program.
//!
//! A checksum keeps all that was changed by chance out, so each input is read as it is, and once more with checksums
//! that fit.

use super::{cache, record, replay};

/// An operation file: what is good of it is told again alike.
pub fn journal(bytes: &[u8]) {
    read(bytes);
    let mut sealed = Vec::new();
    for line in bytes.split(|&byte| byte == b'\n') {
        let mut line = line.strip_suffix(b"}").unwrap_or(line).to_vec();
        record::seal(&mut line);
        sealed.extend(line);
    }
    read(&sealed);
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
