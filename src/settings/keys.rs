//! `[keys]`: which keys mean what. Only the shape is read here; what the names and keys mean is the console's to say.

use super::reader::{Reader, Section};

/// What a configuration says of the keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// `keys.preset`
    pub preset: Option<Written<String>>,
    /// Every `keys.PLACE.NAME`.
    pub entries: Vec<Written<KeyEntry>>,
}

/// Something and where it is written: `FILE:LINE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written<T> {
    /// What.
    pub what: T,
    /// The line, counted from 1.
    pub line: usize,
    /// The file and the line.
    pub place: String,
}

/// One line: these keys for that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyEntry {
    /// The place: `fleet`.
    pub section: String,
    /// The name: `open`.
    pub name: String,
    /// The keys as they are written; none switches it off.
    pub keys: Vec<String>,
}

impl Keys {
    /// Reads the section.
    pub(super) fn read(read: &mut Reader<'_>, section: &Section<'_>) -> Self {
        let preset = section.text(read, "preset").map(|name| section.written(read, "preset", name));
        let places = section.keys(read).into_iter().map(|(name, _)| name).filter(|name| name != "preset");
        let mut entries = Vec::new();
        for place in places.collect::<Vec<_>>() {
            let Some(inner) = section.table(read, &place) else { continue };
            for (name, _) in inner.keys(read) {
                if let Some(keys) = inner.texts(read, &name) {
                    let keys = keys.into_iter().map(|(key, _)| key).collect();
                    let entry = KeyEntry { section: place.clone(), name: name.clone(), keys };
                    entries.push(inner.written(read, &name, entry));
                }
            }
        }
        Self { preset, entries }
    }

    /// Puts `upper` on top.
    #[must_use]
    pub(super) fn under(mut self, upper: Self) -> Self {
        self.entries.extend(upper.entries);
        Self { preset: upper.preset.or(self.preset), entries: self.entries }
    }
}
