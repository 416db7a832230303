//! The line that greets whoever sits here for the first time: the three keys that lead to all others.

use super::{Notice, Tone};
use crate::console::intent::Intent;
use crate::console::keymap::{Keymap, Scope};

impl Notice {
    /// The line, with the keys as they hold in this run. It stands until the first key.
    pub(super) fn card(keymap: &Keymap) -> Self {
        let wanted = [
            (Scope::Everywhere, Intent::Help, "keys"),
            (Scope::Fleet, Intent::Filter, "filter"),
            (Scope::Everywhere, Intent::Command, "commands"),
        ];
        let mut text = "First time here?".to_owned();
        for (scope, intent, word) in wanted {
            let mut lines = keymap.lines().iter();
            let line = lines.find(|line| line.scope == scope && line.intent == intent);
            if let Some(key) = line.and_then(|line| line.keys.first()) {
                text.push_str(&format!("   {key} {word}"));
            }
        }
        Self { text, tone: Tone::Plain }
    }
}
