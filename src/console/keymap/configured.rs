//! What a configuration may change in the table of keys, and what it may not: nothing that starts something moves out
//! of its dialog, whatever a file says.

use super::chains::meet;
use super::{Bound, Keymap, Scope};
use crate::console::intent::Intent;
use crate::console::key::Key;

/// The keys to begin with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preset {
    /// The table.
    #[default]
    Standard,
    /// The table without the letters that move as in vi: arrows and named keys stay.
    NoVim,
}

/// What every preset is called.
pub const PRESETS: [(&str, Preset); 2] = [("standard", Preset::Standard), ("no-vim", Preset::NoVim)];

/// The letters that move as in vi.
const VIM: [Key; 6] =
    [Key::Char('h'), Key::Char('j'), Key::Char('k'), Key::Char('l'), Key::Char('g'), Key::Char('G')];

/// One line of a configuration: these keys for that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The section: `fleet`.
    pub section: String,
    /// The name in it: `open`.
    pub name: String,
    /// The keys as they are written; none switches it off.
    pub keys: Vec<String>,
}

/// An entry that is left out, by its place among the entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Which.
    pub entry: usize,
    /// Why.
    pub why: String,
    /// What can be done.
    pub next: String,
}

/// An entry that can be understood: the line of the table it is about.
struct Change {
    entry: usize,
    line: usize,
}

impl Keymap {
    /// The keys of a preset.
    pub fn preset(preset: Preset) -> Self {
        let mut map = Self::default();
        if preset == Preset::NoVim {
            for line in &mut map.lines {
                if line.keys.iter().any(|key| !VIM.contains(key)) {
                    line.keys.retain(|key| !VIM.contains(key));
                }
            }
        }
        map
    }

    /// The keys of a preset with these changes, and the entries that are left out of them.
    pub fn configured(preset: Preset, entries: &[Entry]) -> (Self, Vec<Refused>) {
        let base = Self::preset(preset);
        let mut map = base.clone();
        let (mut changes, mut refused) = (Vec::new(), Vec::new());
        for (entry, wish) in entries.iter().enumerate() {
            match understood(&base, wish) {
                Ok((line, keys)) => {
                    map.lines[line].keys = keys;
                    changes.retain(|change: &Change| change.line != line);
                    changes.push(Change { entry, line });
                }
                Err((why, next)) => refused.push(Refused { entry, why, next }),
            }
        }
        // A line that gets its old keys back may meet another that took one of them, so until nothing meets.
        while let Some((change, other, key)) = conflict(&base, &map, &changes) {
            let Change { entry, line } = changes.remove(change);
            let (one, other) = (path(&map.lines[line]), path(&map.lines[other]));
            map.lines[line].keys.clone_from(&base.lines[line].keys);
            refused.push(Refused {
                entry,
                why: format!("{one} and {other} hold at the same time, and both would have {key}"),
                next: format!("Give {other} another key too, or none: {} = []", bare(&other)),
            });
        }
        refused.sort_by_key(|it| it.entry);
        (map, refused)
    }
}

/// A word as it may be repeated: what is longer is no misspelt key, and may be a secret that was written where it does
/// not belong.
pub fn repeated(word: &str) -> String {
    let length = word.chars().count();
    if length <= 20 { format!("'{word}'") } else { format!("a text of {length} characters") }
}

/// What a line is called in a configuration.
fn path(line: &Bound) -> String {
    format!("keys.{}.{}", line.scope.section(), line.name)
}

fn bare(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// The line that an entry is about and the keys that it gets; or why not, and what can be done.
fn understood(base: &Keymap, wish: &Entry) -> Result<(usize, Vec<Key>), (String, String)> {
    let path = format!("keys.{}.{}", wish.section, wish.name);
    let of_section = |line: &&Bound| line.scope.section() == wish.section;
    let known: Vec<&str> = base.lines.iter().filter(of_section).map(|line| line.name.as_str()).collect();
    if known.is_empty() {
        let mut sections: Vec<String> = base.lines.iter().map(|line| line.scope.section()).collect();
        sections.sort_unstable();
        sections.dedup();
        return Err((
            format!("'keys.{}' is no place with keys", wish.section),
            format!("Use one of: {}", sections.join(", ")),
        ));
    }
    let at = base.lines.iter().position(|line| of_section(&line) && line.name == wish.name);
    let Some(at) = at else {
        return Err((format!("'{path}' is no name of a key"), format!("Use one of: {}", known.join(", "))));
    };
    let line = &base.lines[at];
    if is_fixed(line) {
        return Err((
            format!("{path} cannot be changed: what starts or ends something keeps its keys"),
            "Take it out".to_owned(),
        ));
    }
    if wish.keys.is_empty() && line.intent == Intent::Close {
        return Err((format!("{path} = [] would leave no way out"), "Give it a key".to_owned()));
    }
    let mut keys = Vec::new();
    for written in &wish.keys {
        let key: Key = written.parse().map_err(|()| {
            let next = "Write a key as `lifeboat keys` does: o, O, Ctrl-R, F5, Enter, Space, PgDn, Shift-Tab";
            (format!("{path}: {} is no key", repeated(written)), next.to_owned())
        })?;
        may_have(line, key).map_err(|why| (format!("{path}: {key} {why}"), "Use another key".to_owned()))?;
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Ok((at, keys))
}

/// Dialogs that start or end something, and what the terminal means in every program.
fn is_fixed(line: &Bound) -> bool {
    matches!(line.scope, Scope::Confirm | Scope::Ready | Scope::Leaving)
        || matches!(line.intent, Intent::Interrupt | Intent::Suspend | Intent::Repaint)
}

/// Whether a line may have a key, whatever the others have.
fn may_have(line: &Bound, key: Key) -> Result<(), &'static str> {
    if matches!(key, Key::Ctrl('c' | 'z' | 'l')) {
        return Err("means the same in every program of a terminal");
    }
    if line.scope == Scope::Acts && line.intent != Intent::Open && matches!(key, Key::Enter | Key::Char(' '))
    {
        return Err("never begins an act by itself");
    }
    let is_text = matches!(key, Key::Char(_) | Key::Backspace | Key::Delete | Key::Left | Key::Right);
    if line.scope.takes_text() && is_text {
        return Err("is needed for the text that is typed there");
    }
    Ok(())
}

/// A change that gives a line a key which another one has that can hold at the same time. What the table itself hides is
/// no conflict.
fn conflict(base: &Keymap, map: &Keymap, changes: &[Change]) -> Option<(usize, usize, Key)> {
    for (at, change) in changes.iter().enumerate().rev() {
        let line = &map.lines[change.line];
        for (other, theirs) in map.lines.iter().enumerate() {
            if other == change.line || !meet(line.scope, theirs.scope) {
                continue;
            }
            let before = |key: &Key| {
                base.lines[change.line].keys.contains(key) && base.lines[other].keys.contains(key)
            };
            let shared = line.keys.iter().find(|key| theirs.keys.contains(key) && !before(key));
            if let Some(key) = shared {
                return Some((at, other, *key));
            }
        }
    }
    None
}
