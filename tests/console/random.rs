//! R21: keys, answers, ticks and sizes at random: nothing panics, nothing is started that nobody meant.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use lifeboat::console::keymap::CHAINS;
use lifeboat::console::message::{Loaded, Turn};
use lifeboat::console::model::Place;
use lifeboat::console::preferences::Mouse;
use lifeboat::console::{Effect, Key, Msg};
use lifeboat::domain::approval::ApprovedPlan;
use lifeboat::domain::plan::{Kind, Plan};
use lifeboat::domain::writing::Permit;

use super::stage::{self, Stage};
use super::trials::{Chance, seeds, trials};

/// The most steps of one walk.
const LONGEST: u64 = 120;
/// How old the facts may be that anything is approved on.
const FRESH: SignedDuration = SignedDuration::from_secs(60);

#[derive(Clone, Debug)]
enum Step {
    Key(Key),
    Drawn,
    Answer,
    Load,
    Tick(u16),
    Resize(u16, u16),
    Paste(String),
    Wheel(Turn),
    Click(u16, u16),
    Permit(Permit),
}

const LETTERS: &[u8] = b"jkhlgGarnnpbqosy/  123456!?tYz-fFLeE9MocvwmiI=+:[]xN<>~";
const CONTROLS: &[u8] = b"cdufbrlw";
const MOVES: [Key; 8] =
    [Key::PageDown, Key::PageUp, Key::Home, Key::End, Key::Up, Key::Down, Key::Left, Key::Right];

/// Any character there is, each as likely as the next.
fn character(chance: &mut Chance) -> char {
    u32::try_from(chance.below(0x11_0000)).ok().and_then(char::from_u32).unwrap_or('\u{fffd}')
}

fn key(chance: &mut Chance) -> Key {
    match chance.below(18) {
        0..6 => Key::Char(char::from(*chance.pick(LETTERS))),
        6..10 => Key::Enter,
        10..12 => Key::Char('r'),
        12 => Key::Char(character(chance)),
        13 => Key::Esc,
        14 => Key::Tab,
        15 => Key::Backspace,
        16 => *chance.pick(&MOVES),
        _ => Key::Ctrl(char::from(*chance.pick(CONTROLS))),
    }
}

fn step(chance: &mut Chance) -> Step {
    let below = |chance: &mut Chance, end| u16::try_from(chance.below(end)).unwrap();
    match chance.below(46) {
        0..20 => Step::Key(key(chance)),
        20..28 => Step::Drawn,
        28..31 => Step::Answer,
        31 => Step::Load,
        32 => Step::Tick(below(chance, 180)),
        33 => Step::Resize(1 + below(chance, 229), 1 + below(chance, 69)),
        // What leads to a start, more often than chance alone would.
        34 => Step::Key(Key::Tab),
        35 => Step::Key(Key::Char('r')),
        36 => Step::Paste((0..chance.below(13)).map(|_| character(chance)).collect()),
        37 => Step::Paste("apim-core-dr\r".to_owned()),
        38..40 => Step::Wheel(*chance.pick(&[Turn::Up, Turn::Down])),
        40..45 => Step::Click(below(chance, 120), below(chance, 40)),
        _ => Step::Permit(permit(chance)),
    }
}

/// What the sender may tell: mostly that writing is allowed.
fn permit(chance: &mut Chance) -> Permit {
    match chance.below(6) {
        0 => Permit::NotNow,
        1 => Permit::Until(
            stage::now() + SignedDuration::from_secs(60 + i64::try_from(chance.below(3_000)).unwrap()),
        ),
        _ => Permit::Guarded,
    }
}

/// A console on its way: at the fleet, at the findings of a restore, before the last letter of the name, before the
/// last keys of a backup, at a failover plan, at the timeline of an incident.
fn on_the_way(far: u64) -> Stage {
    let mut stage = Stage::full(80, 24);
    match far {
        0 => {}
        3 => {
            stage.press("/core-prod<Enter>abnn");
            stage.answer(|_| {});
            stage.press("n");
        }
        4 => {
            stage = super::failover::planned(80, 24);
            stage.effects.retain(|effect| !matches!(effect, Effect::Start { .. }));
        }
        5 => {
            stage.wall();
            stage.press("6");
        }
        _ => {
            stage.check_a_restore();
            stage.answer(|_| {});
        }
    }
    if far == 2 {
        stage.press("nnapim-core-d");
    }
    stage
}

/// One walk and what was found out on it.
struct Walk {
    stage: Stage,
    /// When the question about facts was last answered.
    answered: jiff::Timestamp,
    /// What the screen showed of the name when it was last drawn.
    seen: String,
    keys: u64,
    pointed: u64,
    backups: u64,
    restores: u64,
    /// How often each place was where a key went.
    visits: Visits,
}

/// Places by their words, and the steps that were taken in them.
type Visits = BTreeMap<&'static str, u64>;

/// Every place there is: one that is added has to be reached too.
const PLACES: [&str; 9] = [
    "fleet",
    "backups",
    "wizard of a restore",
    "wizard of a backup",
    "failover",
    "operations",
    "parity",
    "problems",
    "timeline",
];

fn word(place: &Place) -> &'static str {
    match place {
        Place::Fleet => "fleet",
        Place::Backups(_) => "backups",
        Place::Wizard(Kind::Restore) => "wizard of a restore",
        Place::Wizard(Kind::Backup) => "wizard of a backup",
        Place::Failover => "failover",
        Place::Operations => "operations",
        Place::Parity(_) => "parity",
        Place::Problems => "problems",
        Place::Timeline => "timeline",
    }
}

fn all_were_visited(visits: &Visits) {
    println!("steps in each place: {visits:?}");
    for place in PLACES {
        assert!(visits.contains_key(place), "nothing came to the {place}: {visits:?}");
    }
}

impl Walk {
    fn new(stage: Stage) -> Self {
        Self {
            stage,
            answered: stage::now(),
            seen: String::new(),
            keys: 0,
            pointed: 0,
            backups: 0,
            restores: 0,
            visits: Visits::new(),
        }
    }

    fn typed(&self) -> String {
        self.stage.model.draft.as_ref().map_or(String::new(), |draft| draft.typed.value().to_owned())
    }

    fn take(&mut self, step: &Step) {
        *self.visits.entry(word(self.stage.model.place())).or_default() += 1;
        let before = self.typed();
        if before != self.seen {
            self.seen.clear();
        }
        let chain = self.stage.model.scopes();
        assert!(CHAINS.contains(&chain), "{chain:?} is missing in keymap::CHAINS");
        let permit = self.stage.model.permit;
        self.tell(step);
        for effect in std::mem::take(&mut self.stage.effects) {
            match effect {
                Effect::Start { approved, .. } => {
                    assert!(matches!(step, Step::Key(Key::Enter)), "{step:?} started something");
                    assert!(permit.at(self.stage.model.now()).allows(), "started while read-only");
                    self.check(&approved, &before);
                }
                Effect::GatherFacts { .. } | Effect::LoadInventory { .. } => self.stage.effects.push(effect),
                _ => {}
            }
        }
        if matches!(step, Step::Drawn | Step::Answer) {
            self.seen = self.typed();
        }
    }

    fn check(&mut self, approved: &ApprovedPlan, typed: &str) {
        let age = self.stage.model.now().duration_since(self.answered);
        assert!(age <= FRESH, "started on facts of {age:#} ago");
        let Plan::Restore(plan) = approved.plan() else {
            self.backups += 1;
            return;
        };
        self.restores += 1;
        assert_eq!(plan.target.name(), typed);
        assert_eq!(self.seen, typed, "the whole name was drawn before Enter");
    }

    fn tell(&mut self, step: &Step) {
        let now = self.stage.model.now();
        match step {
            Step::Key(key) => {
                self.keys += 1;
                self.stage.tell(Msg::Key(*key));
            }
            Step::Drawn => self.stage.tell(Msg::Drawn),
            Step::Answer => {
                if self.stage.effects.iter().any(|effect| matches!(effect, Effect::GatherFacts { .. })) {
                    self.stage.answer(|_| {});
                    self.answered = now;
                }
            }
            Step::Load => self.stage.part(Loaded::Done { as_of: now }),
            Step::Tick(seconds) => {
                self.stage.tell(Msg::Tick(now + SignedDuration::from_secs(i64::from(*seconds))));
            }
            Step::Resize(columns, rows) => {
                self.stage.tell(Msg::Resize { columns: *columns, rows: *rows });
            }
            Step::Wheel(turn) => {
                self.pointed += 1;
                self.stage.tell(Msg::Wheel(*turn));
            }
            Step::Click(column, line) => {
                self.pointed += 1;
                self.stage.tell(Msg::Click { column: *column, line: *line });
            }
            Step::Permit(permit) => self.stage.tell(Msg::Writing(*permit)),
            Step::Paste(text) => {
                self.keys += text.chars().count() as u64;
                self.stage.tell(Msg::Paste(text.clone()));
            }
        }
    }
}

#[test]
fn nothing_panics_and_no_restore_starts_without_its_typed_name_on_the_screen() {
    let walks = seeds(trials(1_000, 1_000_000));
    let (mut keys, mut pointed, mut backups, mut restores, mut drawn) = (0, 0, 0, 0, 0);
    let mut visits = Visits::new();
    for &seed in &walks {
        let mut chance = Chance::new(seed);
        let mut walk = Walk::new(on_the_way(chance.below(6)));
        if chance.one_in(2) {
            walk.stage.model.mouse = Mouse::On;
        }
        for _ in 0..chance.between(1, LONGEST) {
            walk.take(&step(&mut chance));
            // A frame costs a hundred times what a key does.
            if chance.one_in(40) {
                walk.stage.buffer();
                drawn += 1;
            }
        }
        walk.stage.buffer();
        drawn += 1;
        walk.visits.iter().for_each(|(place, steps)| *visits.entry(place).or_default() += steps);
        keys += walk.keys;
        pointed += walk.pointed;
        backups += walk.backups;
        restores += walk.restores;
    }
    println!(
        "R21: {} walks (seeds {:?} to {:?}), {keys} keys and pasted characters, {pointed} turns and clicks of the mouse, {drawn} \
         frames: {restores} restores and {backups} backups started, each by Enter and on fresh facts, each restore with its name typed and drawn",
        walks.len(),
        walks.first(),
        walks.last()
    );
    let is_single = walks.len() == 1;
    if !is_single {
        all_were_visited(&visits);
    }
    assert!(
        is_single || restores > 0 && backups > 0,
        "some walks must come to a start, or this test proves nothing"
    );
}

#[test]
fn a5_a_hundred_thousand_inputs_of_every_kind_neither_panic_nor_start_a_restore_without_its_name() {
    let wanted = trials(5_000, 100_000);
    let (mut inputs, mut walks, mut starts, mut restores, mut kinds) = (0, 0, 0, 0, [0_u64; 4]);
    let mut visits = Visits::new();
    while inputs < wanted {
        walks += 1;
        let mut chance = Chance::new(walks);
        let mut walk = Walk::new(on_the_way(chance.below(6)));
        walk.stage.model.mouse = Mouse::On;
        for _ in 0..LONGEST {
            let step = step(&mut chance);
            let kind = match step {
                Step::Key(_) => Some(0),
                Step::Wheel(_) | Step::Click(..) => Some(1),
                Step::Paste(_) => Some(2),
                Step::Resize(..) => Some(3),
                _ => None,
            };
            if let Some(kind) = kind {
                kinds[kind] += 1;
                inputs += 1;
            }
            walk.take(&step);
        }
        walk.stage.buffer();
        walk.visits.iter().for_each(|(place, steps)| *visits.entry(place).or_default() += steps);
        starts += walk.backups;
        restores += walk.restores;
    }
    let [keys, mouse, pastes, sizes] = kinds;
    println!(
        "{inputs} inputs in {walks} walks (seeds 1 to {walks}): {keys} keys, {mouse} of the mouse, {pastes} pastes, {sizes} \
         sizes; {restores} restores each with its name typed and drawn, {starts} backups by their button"
    );
    all_were_visited(&visits);
}

#[test]
fn keys_alone_start_nothing_when_nothing_answers() {
    let walks = seeds(trials(1_000, 100_000));
    let mut keys = 0;
    for &seed in &walks {
        let mut chance = Chance::new(seed);
        let mut stage = Stage::full(100, 30);
        for _ in 0..chance.between(1, 200) {
            stage.tell(Msg::Key(key(&mut chance)));
            stage.tell(Msg::Drawn);
            keys += 1;
        }
        assert_eq!(stage.started(), 0, "seed {seed}");
    }
    println!(
        "{} walks (seeds {:?} to {:?}), {keys} keys, nothing answered: nothing started",
        walks.len(),
        walks.first(),
        walks.last()
    );
}

#[test]
fn every_size_is_drawn_in_every_place() {
    let ways = [
        "",
        "/core-prod<Enter><Enter>",
        "ar",
        "n",
        "n",
        "?",
        "<Esc>4",
        "<Enter>",
        "Y",
        "<Esc>o",
        "<Esc>!",
        "s",
    ];
    let mut stage = Stage::full(80, 24);
    stage.wall();
    for way in ways {
        stage.press(way);
        for (columns, rows) in [
            (1, 1),
            (2, 40),
            (300, 1),
            (79, 24),
            (80, 23),
            (80, 24),
            (81, 60),
            (100, 30),
            (159, 44),
            (160, 45),
            (300, 90),
        ] {
            stage.tell(Msg::Resize { columns, rows });
            stage.buffer();
        }
        stage.tell(Msg::Resize { columns: 80, rows: 24 });
    }
}
