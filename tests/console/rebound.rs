//! A3 and A5 under any configuration of keys: a held key starts nothing, whatever it means.

use lifeboat::console::key::Key;
use lifeboat::console::keymap::{Bound, Entry, Keymap, Preset};
use lifeboat::console::preferences::Preferences;
use lifeboat::console::{Effect, Msg};

use super::stage::{self, Stage, parse};
use super::trials::{Chance, seeds, trials};

fn entry(path: &str, keys: &[&str]) -> Entry {
    let (section, name) = path.split_once('.').unwrap();
    Entry {
        section: section.to_owned(),
        name: name.to_owned(),
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
    }
}

fn bound(preset: Preset, entries: &[Entry]) -> Stage {
    let (keymap, refused) = Keymap::configured(preset, entries);
    assert_eq!(refused, []);
    let mut stage = Stage::with(Preferences { keymap, ..stage::preferences() }, 80, 24);
    stage.load();
    stage
}

/// Presses a key, and answers what was asked because of it.
fn press_answered(stage: &mut Stage, key: Key) {
    let asked = stage.effects.len();
    stage.tell(Msg::Key(key));
    stage.tell(Msg::Drawn);
    if stage.effects[asked..].iter().any(|effect| matches!(effect, Effect::GatherFacts { .. })) {
        stage.answer(|_| {});
    }
}

#[test]
fn c3_hints_help_and_lookup_follow_the_configuration() {
    let entries =
        [entry("fleet.open", &["e"]), entry("everywhere.help", &["F2"]), entry("fleet.filter", &[])];
    let mut stage = bound(Preset::NoVim, &entries);
    let hints = stage.screen().lines().last().unwrap().to_owned();
    assert!(hints.contains("e open") && hints.contains("F2 help"), "{hints}");
    assert!(!hints.contains("filter"), "{hints}");
    let before = stage.screen();
    stage.press("j/?<Enter>");
    assert_eq!(stage.screen(), before, "none of them means anything now");
    for key in [Key::Down, Key::F(2)] {
        stage.tell(Msg::Key(key));
        stage.tell(Msg::Drawn);
    }
    let help = stage.screen();
    assert!(help.contains("Open the backups of the instance") && !help.contains("Filter:"), "{help}");
}

/// What a key has to mean to come from the fleet to the last question of a restore.
const WAY: [&str; 5] = ["fleet.acts", "acts.restore", "choice.next", "checks.next", "review.next"];

/// What a line of the table gets: mostly the held key where it leads on, sometimes none, else what it has.
fn by_chance(line: &Bound, held: &str, seed: u64) -> Option<Entry> {
    let section = line.scope.section();
    let leads = matches!(
        line.name.as_str(),
        "acts" | "restore" | "back-up" | "next" | "open" | "attach" | "switch" | "yes" | "accept"
    );
    // Each line has a chance of its own, so that one more line in the table changes no other.
    let words = format!("{section}.{}", line.name);
    let own = words.bytes().fold(seed, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let mut own = Chance::new(own);
    let keys = match (leads && !own.one_in(4), own.one_in(3)) {
        (true, _) => vec![held.to_owned()],
        (false, true) => Vec::new(),
        (false, false) => return None,
    };
    Some(Entry { section, name: line.name.clone(), keys })
}

#[test]
fn a3_a_held_key_starts_nothing_under_any_configuration() {
    let seeds = seeds(trials(80, 2_000));
    let standard = Keymap::default();
    // One key for as much as it may have leads furthest: a configuration that takes it from all others first.
    let held = ["Enter", "Tab", "a", "n", "r", "b", "Space", "e", "F7", "Right"];
    let (mut presses, mut furthest) = (0_u64, 0);
    for &seed in &seeds {
        let mut chance = Chance::new(seed);
        // The first ones leave nothing to chance: the key means every step on the way, and no more.
        let surely = usize::try_from(seed).ok().and_then(|seed| held.get(seed.checked_sub(1)?));
        let name = surely.copied().unwrap_or_else(|| *chance.pick(&held));
        let entries: Vec<Entry> = match surely {
            Some(_) => WAY.iter().map(|path| entry(path, &[name])).collect(),
            None => standard.lines().iter().filter_map(|line| by_chance(line, name, seed)).collect(),
        };
        let (keymap, _) = Keymap::configured(Preset::Standard, &entries);
        let mut stage = Stage::with(Preferences { keymap, ..stage::preferences() }, 80, 24);
        stage.load();
        if surely.is_some() {
            stage.press("/core-prod");
            press_answered(&mut stage, Key::Enter);
        } else if chance.one_in(2) {
            let row = usize::try_from(chance.below(8)).unwrap();
            for _ in 0..row {
                stage.tell(Msg::Key(Key::Down));
            }
        }
        let key: Key = name.parse().unwrap();
        for _ in 0..300 {
            press_answered(&mut stage, key);
            furthest = furthest.max(stage.model.draft.as_ref().map_or(0, |draft| draft.step as usize + 1));
            presses += 1;
        }
        assert_eq!(stage.started(), 0, "seed {seed}: {name} held\n{}", stage.screen());
    }
    println!(
        "{} configurations (seeds 1 to {}), {presses} presses of one held key: nothing started; furthest step {furthest} of 5",
        seeds.len(),
        seeds.len()
    );
    assert!(
        seeds.len() == 1 || furthest == 5,
        "a held key must come to the last question, or this proves nothing"
    );
}

#[test]
fn a5_ten_seconds_of_a_held_enter_from_the_fleet_start_nothing() {
    let mut stage = Stage::full(120, 35);
    // Thirty repeats a second, as terminals send them; each is seen and answered.
    for _ in 0..300 {
        press_answered(&mut stage, Key::Enter);
    }
    assert_eq!(stage.started(), 0);
    // And from every step on the way to a restore and to a backup.
    for way in ["a", "ar", "arn", "arnn", "arnnnn", "abn", "abnn", "abnnn"] {
        let mut stage = Stage::full(120, 35);
        stage.press("/core-prod<Enter><Enter>");
        for key in parse(way) {
            press_answered(&mut stage, key);
        }
        for _ in 0..300 {
            press_answered(&mut stage, Key::Enter);
        }
        assert_eq!(stage.started(), 0, "after {way}\n{}", stage.screen());
    }
}

#[test]
fn a5_a_paste_of_the_name_and_a_return_confirms_nothing() {
    for pasted in ["apim-core-dr\r", "apim-core-dr\n\r\n", "\rapim-core-dr", "apim-core-dr"] {
        let mut stage = Stage::full(80, 24);
        stage.check_a_restore();
        stage.answer(|_| {});
        stage.press("nn");
        stage.tell(Msg::Paste(pasted.to_owned()));
        stage.tell(Msg::Drawn);
        assert_eq!(stage.started(), 0, "{pasted:?}");
        assert_eq!(stage.model.draft.as_ref().unwrap().typed.value(), "", "{pasted:?}");
        stage.press("<Enter>");
        assert_eq!(stage.started(), 0, "{pasted:?}");
    }
}

#[test]
fn a3_one_key_for_every_step_comes_to_the_last_question_and_no_further() {
    for act in ["acts.back-up", "acts.restore"] {
        let free =
            ["fleet.acts", act, "choice.next", "checks.next", "review.next"].map(|path| entry(path, &["u"]));
        let mut stage = bound(Preset::Standard, &free);
        for key in parse("/core-prod") {
            stage.tell(Msg::Key(key));
        }
        press_answered(&mut stage, Key::Enter);
        let mut furthest = 0;
        for _ in 0..300 {
            press_answered(&mut stage, Key::Char('u'));
            furthest = furthest.max(stage.model.draft.as_ref().map_or(0, |draft| draft.step as usize + 1));
        }
        assert_eq!((stage.started(), furthest), (0, 5), "{act}\n{}", stage.screen());
    }
}
