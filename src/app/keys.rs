//! Keys become a keymap: what the configuration says in words, on the table of the console.

use crate::console::keymap::{Entry, Keymap, PRESETS, Preset, repeated};
use crate::domain::problem::Problem;
use crate::settings::keys::{Keys, Written};

/// The keys that are asked for, and what of them could not be had.
pub(super) fn keymap(keys: &Keys) -> (Keymap, Vec<Problem>) {
    let mut problems = Vec::new();
    let preset = keys.preset.as_ref().map_or(Preset::default(), |written| {
        let known = PRESETS.iter().find(|(name, _)| *name == written.what);
        known.map_or_else(
            || {
                let names = PRESETS.map(|(name, _)| name).join(", ");
                let why = format!("keys.preset is none that is known: {}", repeated(&written.what));
                problems.push(problem(written, &why, format!("Use one of: {names}")));
                Preset::default()
            },
            |(_, preset)| *preset,
        )
    });
    let entries: Vec<Entry> = keys
        .entries
        .iter()
        .map(|it| Entry {
            section: it.what.section.clone(),
            name: it.what.name.clone(),
            keys: it.what.keys.clone(),
        })
        .collect();
    let (keymap, refused) = Keymap::configured(preset, &entries);
    problems.extend(refused.into_iter().filter_map(|refused| {
        keys.entries.get(refused.entry).map(|written| problem(written, &refused.why, refused.next))
    }));
    (keymap, problems)
}

fn problem<T>(written: &Written<T>, why: &str, next: String) -> Problem {
    Problem::usage(format!("Configuration, line {}: {why}", written.line))
        .meaning("This is left out; the key stays what it was, and the rest of the file is used")
        .next(next)
        .about(written.place.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::key::Key;
    use crate::console::keymap::Scope;
    use crate::settings::keys::KeyEntry;

    #[test]
    fn what_cannot_be_had_is_told_with_its_line() {
        let entry = |line, name: &str, keys: &[&str]| Written {
            what: KeyEntry {
                section: "fleet".to_owned(),
                name: name.to_owned(),
                keys: keys.iter().map(|key| (*key).to_owned()).collect(),
            },
            line,
            place: format!("lifeboat.toml:{line}"),
        };
        let preset = Written { what: "emacs".to_owned(), line: 2, place: "lifeboat.toml:2".to_owned() };
        let keys = Keys {
            preset: Some(preset),
            entries: vec![
                entry(4, "open", &["Enter", "e"]),
                entry(5, "sort", &["a"]),
                entry(6, "restore", &["r"]),
            ],
        };
        let (keymap, problems) = keymap(&keys);
        let told: Vec<String> = problems.iter().map(|it| format!("{} {:?}", it.summary, it.scope)).collect();
        assert_eq!(told.len(), 3, "{told:#?}");
        assert!(told[0].contains("line 2") && told[0].contains("'emacs'"), "{told:#?}");
        assert!(
            told[1].contains("line 5") && told[1].contains("keys.fleet.sort and keys.fleet.acts"),
            "{told:#?}"
        );
        assert!(told[2].contains("line 6") && told[2].contains("lifeboat.toml:6"), "{told:#?}");
        assert!(keymap.intent(&[Scope::Fleet], Key::Char('e')).is_some());
        assert_eq!(
            keymap.intent(&[Scope::Fleet], Key::Char('s')),
            Some(crate::console::intent::Intent::Sort)
        );
    }
}
