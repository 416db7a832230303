//! What a configuration can do to the keys, and what it cannot.

use super::*;
use crate::trials::{Chance, seeds, trials};

fn entry(path: &str, keys: &[&str]) -> Entry {
    let (section, name) = path.split_once('.').unwrap();
    Entry {
        section: section.to_owned(),
        name: name.to_owned(),
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
    }
}

fn why(entries: &[Entry]) -> Vec<String> {
    Keymap::configured(Preset::Standard, entries).1.into_iter().map(|it| it.why).collect()
}

#[test]
fn keys_are_given_taken_and_switched_off() {
    let entries = [
        entry("fleet.open", &["Enter", "e"]),
        entry("fleet.sort", &[]),
        entry("lists.down", &["F6", "Ctrl-N"]),
    ];
    let (map, refused) = Keymap::configured(Preset::Standard, &entries);
    assert_eq!(refused, []);
    let fleet = &[Scope::Fleet, Scope::Lists, Scope::Everywhere];
    assert_eq!(map.intent(fleet, Key::Char('e')), Some(Intent::Open));
    assert_eq!(map.intent(fleet, Key::Char('s')), None);
    assert_eq!(map.intent(fleet, Key::Ctrl('n')), Some(Intent::Go(Move::By(1))));
    assert_eq!(map.intent(fleet, Key::Char('j')), None);
    assert!(map.in_force(fleet).all(|line| line.name != "sort"), "it is in no hint and no help");
}

#[test]
fn what_cannot_be_had_is_refused_and_said() {
    for (path, keys, words) in [
        ("flet.open", &["e"][..], "no place with keys"),
        ("fleet.opne", &["e"], "no name of a key"),
        ("fleet.restore", &["r"], "no name of a key"),
        ("fleet.open", &["Hyper-X"], "is no key"),
        ("fleet.open", &["Ctrl-C"], "every program"),
        ("acts.restore", &["Enter"], "never begins an act"),
        ("acts.back-up", &["Space"], "never begins an act"),
        ("confirm-restore.open", &["y"], "cannot be changed"),
        ("confirm-backup.open", &[], "cannot be changed"),
        ("leaving.yes", &["q"], "cannot be changed"),
        ("everywhere.interrupt", &[], "cannot be changed"),
        ("filter.open", &["x"], "needed for the text"),
        ("everywhere.close", &[], "no way out"),
        ("fleet.sort", &["a"], "keys.fleet.sort and keys.fleet.acts"),
        ("fleet.sort", &["j"], "keys.fleet.sort and keys.lists.down"),
        ("everywhere.times", &["o"], "keys.everywhere.times and keys.fleet.portal"),
        ("matrix-cell.open", &["o"], "keys.matrix-cell.open and keys.backups.portal"),
    ] {
        let entries = [entry(path, keys)];
        let (map, refused) = Keymap::configured(Preset::Standard, &entries);
        assert_eq!(refused.len(), 1, "{path} = {keys:?}: {refused:?}");
        assert!(
            refused[0].why.contains(words) && !refused[0].next.is_empty(),
            "{path} = {keys:?}: {refused:?}"
        );
        assert_eq!(map, Keymap::default(), "{path} = {keys:?}");
    }
}

#[test]
fn a_key_can_be_taken_from_its_owner_first_and_places_that_never_meet_share_theirs() {
    assert_eq!(why(&[entry("fleet.sort", &["o"]), entry("fleet.portal", &[])]), Vec::<String>::new());
    assert_eq!(why(&[entry("fleet.portal", &["s"]), entry("fleet.sort", &["o"])]), Vec::<String>::new());
    assert_eq!(why(&[entry("fleet.sort", &["l"]), entry("lists.right", &["Right"])]), Vec::<String>::new());
    assert_eq!(why(&[entry("operations.zoom", &["/"])]), Vec::<String>::new());
    let both = why(&[entry("fleet.sort", &["e"]), entry("fleet.copy", &["e"])]);
    assert_eq!(both.len(), 1, "one of the two keeps it: {both:?}");
}

#[test]
fn a_line_that_gets_its_keys_back_does_not_share_them() {
    // The second cannot have what the third line has, and gets back what the first has taken.
    let entries = [entry("fleet.copy", &["s"]), entry("fleet.sort", &["a"])];
    let (map, refused) = Keymap::configured(Preset::Standard, &entries);
    assert_eq!(refused.len(), 2, "{refused:?}");
    assert_eq!(map, Keymap::default());
}

#[test]
fn without_vim_no_letter_moves_and_every_move_has_a_key() {
    let map = Keymap::preset(Preset::NoVim);
    for line in map.lines() {
        let is_move = matches!(line.intent, Intent::Go(_) | Intent::Left | Intent::Right | Intent::Switch);
        assert!(!line.keys.is_empty(), "{line:?}");
        let vim = ['h', 'j', 'k', 'l', 'g', 'G'].map(Key::Char);
        assert!(!is_move || !line.keys.iter().any(|key| vim.contains(key)), "{line:?}");
    }
}

/// Whatever a configuration says: what a program of a terminal means and what starts something stays where it is.
fn check(map: &Keymap, base: &Keymap, seed: u64) {
    for (line, before) in map.lines().iter().zip(base.lines()) {
        assert_eq!((line.scope, line.intent), (before.scope, before.intent), "seed {seed}");
        if matches!(line.intent, Intent::BackUp | Intent::Restore) {
            assert_eq!(line.scope, Scope::Acts, "seed {seed}");
            assert!(
                !line.keys.contains(&Key::Enter) && !line.keys.contains(&Key::Char(' ')),
                "seed {seed}: {line:?}"
            );
        }
        if matches!(line.scope, Scope::Confirm | Scope::Ready | Scope::Leaving) {
            assert_eq!(line.keys, before.keys, "seed {seed}");
        }
        let fixed = [Key::Ctrl('c'), Key::Ctrl('z'), Key::Ctrl('l')];
        let kept = matches!(line.intent, Intent::Interrupt | Intent::Suspend | Intent::Repaint);
        assert!(kept || !line.keys.iter().any(|key| fixed.contains(key)), "seed {seed}: {line:?}");
        assert!(line.intent != Intent::Close || !line.keys.is_empty(), "seed {seed}: {line:?}");
    }
    for (at, one) in map.lines().iter().enumerate() {
        for other in map.lines()[at + 1..].iter().filter(|other| other.scope == one.scope) {
            let shared = one.keys.iter().find(|key| other.keys.contains(key));
            assert!(
                shared.is_none(),
                "seed {seed}: {shared:?} in {:?}: {} and {}",
                one.scope,
                one.name,
                other.name
            );
        }
    }
}

#[test]
fn a3_no_configuration_moves_an_act_or_a_confirmation() {
    let seeds = seeds(trials(500, 20_000));
    let standard = Keymap::default();
    let keys = [
        "Enter", "Space", "Tab", "Esc", "a", "b", "r", "y", "o", "e", "j", "Ctrl-C", "Ctrl-D", "F5", "PgDn",
        "x", "é",
    ];
    let (mut taken, mut refusals) = (0, 0);
    for &seed in &seeds {
        let mut chance = Chance::new(seed);
        let entries: Vec<Entry> = (0..chance.between(1, 25))
            .map(|_| {
                let line = chance.pick(standard.lines());
                let keys = (0..chance.below(4)).map(|_| (*chance.pick(&keys)).to_owned()).collect();
                Entry { section: line.scope.section(), name: line.name.clone(), keys }
            })
            .collect();
        let preset = if chance.one_in(3) { Preset::NoVim } else { Preset::Standard };
        let (map, refused) = Keymap::configured(preset, &entries);
        check(&map, &Keymap::preset(preset), seed);
        refusals += refused.len();
        taken += entries.len() - refused.len();
    }
    println!(
        "{} configurations (seeds 1 to {}): {taken} lines taken, {refusals} refused",
        seeds.len(),
        seeds.len()
    );
    assert!(seeds.len() == 1 || taken > 0 && refusals > 0);
}

#[test]
fn a_key_is_read_as_it_is_shown() {
    let shown = Keymap::default();
    for key in shown.lines().iter().flat_map(|line| &line.keys) {
        assert_eq!(key.to_string().parse(), Ok(*key), "{key}");
    }
    for text in ["", "Ctrl-", "Ctrl-1", "ctrl-rr", "F0", "F25", "Alt-X", "Entr"] {
        assert!(text.parse::<Key>().is_err(), "{text}");
    }
    assert_eq!("ctrl-r".parse(), Ok(Key::Ctrl('r')));
    assert_eq!("-".parse(), Ok(Key::Char('-')));
}
