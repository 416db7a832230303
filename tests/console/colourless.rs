//! V2, state by state: with the colours taken away and the numbers too, every state of an operation, a check, a backup,
//! an instance, the right to write and the connection still reads differently from every other.

use std::collections::{BTreeMap, BTreeSet};

use lifeboat::console::Msg;
use lifeboat::console::message::Loaded;
use lifeboat::console::palette::Palette;
use lifeboat::console::preferences::Preferences;
use lifeboat::domain::backup::Provenance;
use lifeboat::domain::instance::Mark;
use lifeboat::domain::operation::{OperationEvent, Phase};
use lifeboat::domain::problem::Problem;
use lifeboat::domain::storage::Location;
use lifeboat::domain::writing::Permit;

use super::every::{self, SPOTS, STATES};
use super::stage::{self, Stage, Told, accepted, ago, later, restore};

fn colourless(mut stage: Stage) -> Stage {
    stage.model.preferences.palette = Palette::MONO;
    stage
}

fn full() -> Stage {
    let mut stage = Stage::with(Preferences { palette: Palette::MONO, ..stage::preferences() }, 200, 55);
    stage.load();
    stage
}

/// The characters alone, without numbers.
fn words(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// Every state by what it reads like; two that read the same are told.
fn all_differ<K: std::fmt::Debug>(what: &str, states: impl IntoIterator<Item = (K, String)>) {
    let mut seen: BTreeMap<String, K> = BTreeMap::new();
    for (name, reads) in states {
        if let Some(other) = seen.get(&reads) {
            panic!("{what}: {name:?} reads like {other:?}:\n{reads}");
        }
        seen.insert(reads, name);
    }
    println!("{what}: {} states", seen.len());
}

#[test]
fn v2_every_state_of_every_place_reads_differently() {
    for spot in SPOTS {
        let shown = STATES.iter().filter_map(|&state| {
            let stage = colourless(every::shown(spot, state, 80, 24).ok()?);
            Some((state, words(&stage.screen())))
        });
        // What its usual look holds already is no state of its own there.
        all_differ(&format!("{spot:?}"), shown);
    }
}

#[test]
fn v2_every_phase_of_an_operation_reads_differently() {
    let problem = || Problem::new("The answer says why");
    let events = |phase| {
        let began = vec![OperationEvent::Submitting];
        let taken = || [began.clone(), vec![accepted()]].concat();
        let problem = problem();
        match phase {
            Phase::Planned => Vec::new(),
            Phase::Submitting => began,
            Phase::Accepted => taken(),
            Phase::Untracked => [taken(), vec![OperationEvent::Untracked { problem }]].concat(),
            Phase::Unconfirmed => [began, vec![OperationEvent::Unconfirmed { problem }]].concat(),
            Phase::Succeeded => {
                let evidence = "The answer says why".to_owned();
                [taken(), vec![OperationEvent::Succeeded { evidence }]].concat()
            }
            Phase::Failed => [taken(), vec![OperationEvent::Failed { problem }]].concat(),
            Phase::Refused => [began, vec![OperationEvent::Refused { problem }]].concat(),
            Phase::NotSent => [began, vec![OperationEvent::NotSent { problem }]].concat(),
        }
    };
    let shown = Phase::ALL.map(|phase| {
        let mut stage = full();
        let mut it = Told::begin(1, restore("apim-pay-prod", "apim-pay-dr"), ago(60));
        for event in events(phase) {
            it.then(ago(50), event);
        }
        it.send(&mut stage);
        assert_eq!(it.operation.phase, phase);
        stage.press("4");
        // The first line below the title of the operation: its state in a word.
        let screen = stage.screen();
        let at = screen
            .lines()
            .position(|line| line.contains("╔ 1 ") || line.contains("┌ 1 "))
            .expect("the pane of the operation");
        let line = screen.lines().nth(at + 1).unwrap().to_owned();
        let state: Vec<&str> = line.split_whitespace().skip(1).take(3).collect();
        (phase, words(&state.join(" ")))
    });
    all_differ("phases", shown);
}

#[test]
fn v2_every_answer_of_a_check_has_a_sign_and_a_word_of_its_own() {
    let mut signs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (way, unread) in [("/core-prod<Enter><Enter>arnn", true), ("/billing-prod<Enter><Enter>arnn", false)]
    {
        let mut stage = full();
        stage.press(way).answer(|facts| {
            if unread {
                every::nothing_answered(facts);
            } else {
                facts.mark = stage::known(Mark::Production, stage::now());
            }
        });
        let count = stage.model.draft.as_ref().unwrap().checks.as_ref().unwrap().preflight.findings.len();
        for _ in 0..count {
            let screen = stage.screen();
            let row = screen.lines().find(|line| line.starts_with("║›")).unwrap();
            let title = screen.lines().rfind(|line| line.starts_with('┌')).unwrap();
            let end: Vec<&str> = title.split(['┐', '─']).map(str::trim).filter(|it| !it.is_empty()).collect();
            let said = end.iter().find(|it| it.split(' ').count() == 2 && it.chars().nth(1) == Some(' '));
            let (sign, word) =
                said.unwrap_or_else(|| panic!("no answer in {title}")).split_once(' ').unwrap();
            assert!(row.chars().nth(2) == sign.chars().next(), "{row}\n{title}");
            signs.entry(word.to_owned()).or_default().insert(sign.to_owned());
            stage.press("j");
        }
    }
    let words: Vec<&str> = signs.keys().map(String::as_str).collect();
    assert_eq!(words, ["blocked", "ok", "unknown", "warn"]);
    all_differ("checks", signs.into_iter().map(|(word, signs)| (word, signs.into_iter().collect())));
}

#[test]
fn v2_every_standing_of_an_instance_has_a_sign_and_a_word_of_its_own() {
    let mut signs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for state in [every::State::Usual, every::State::Partial, every::State::Loading] {
        let stage = colourless(every::shown(every::Spot::Fleet, state, 200, 55).ok().unwrap());
        let screen = stage.screen();
        let totals: Vec<&str> = screen.lines().nth(2).unwrap().split_whitespace().collect();
        for it in totals.windows(3).filter(|it| it[1].parse::<usize>().is_ok()) {
            signs.entry(it[2].to_owned()).or_default().insert(it[0].to_owned());
            let rows = screen.lines().filter(|line| line.chars().nth(2) == it[0].chars().next()).count();
            assert!(rows >= it[1].parse().unwrap(), "{it:?}\n{screen}");
        }
    }
    let words: Vec<&str> = signs.keys().map(String::as_str).collect();
    assert_eq!(words, ["critical", "loading", "ok", "unknown", "unsupported", "warning"]);
    all_differ("instances", signs.into_iter().map(|(word, signs)| (word, signs.into_iter().collect())));
}

#[test]
fn v2_every_state_of_a_backup_reads_differently() {
    // At 80 columns there is no room for the bar.
    for (width, height) in [(200, 55), (80, 24)] {
        backups_differ(width, height);
    }
}

fn backups_differ(width: u16, height: u16) {
    let mut stage = Stage::empty(width, height);
    stage.part(Loaded::Instances(stage::fleet()));
    let made = |hours| stage::backup("apim-core-prod", Some("Premium"), hours, Provenance::Manifest);
    let mut archived = made(200);
    archived.blob.access_tier = Some("Archive".to_owned());
    let mut undated = made(300);
    undated.taken = None;
    // Both in days and hours: only the sign tells the one that ends soon.
    let all = vec![made(50), made(27 * 24 + 12), made(29 * 24 + 4), made(31 * 24), archived, undated];
    stage.part(Loaded::Backups(all));
    stage.part(Loaded::Listed(Location::new("stcorebackup", "apim")));
    stage.part(Loaded::Done { as_of: stage::now() });
    let mut stage = colourless(stage);
    stage.press("/core-prod<Enter><Enter>");
    let screen = stage.screen();
    let bars: &[char] = &['█', '░'];
    let rows: Vec<(usize, String)> = screen
        .lines()
        .filter(|line| line.starts_with('║') && line.contains("Premium"))
        .map(|line| line.chars().skip(3).filter(|it| !bars.contains(it)).collect::<String>())
        // Neither numbers nor how much room they leave.
        .map(|row| {
            words(row.trim_end_matches(['║', '‹', ' '])).split_whitespace().collect::<Vec<_>>().join(" ")
        })
        .enumerate()
        .collect();
    assert_eq!(rows.len(), 6, "{screen}");
    for (_, soon) in &rows[2..4] {
        assert!(soon.contains(" ● ") && soon.ends_with("✓ fits"), "{soon}");
    }
    all_differ(&format!("backups at {width} columns"), rows);
}

#[test]
fn v2_every_right_to_write_and_every_connection_reads_differently() {
    let permits = [Permit::Never, Permit::NotNow, Permit::Guarded, Permit::Until(later(821))];
    let shown = permits.map(|permit| {
        let mut stage = full();
        stage.tell(Msg::Writing(permit));
        stage.press("/core-prod<Enter>a");
        (permit, words(&stage.screen()))
    });
    all_differ("the right to write", shown);
    use every::State::{Offline, SignedOut, Throttled, Usual};
    let shown = [Usual, SignedOut, Offline, Throttled].map(|state| {
        let stage = colourless(every::shown(every::Spot::Fleet, state, 80, 24).ok().unwrap());
        (state, words(stage.screen().lines().nth(3).unwrap()))
    });
    all_differ("the connection", shown);
}
