//! A5: several restores drafted at once, keys and answers at random: each that starts was named by its own typed name,
//! whole and seen, on fresh facts; none starts twice, and no two go to one instance.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use lifeboat::console::failover::{Failover, Row, Stand};
use lifeboat::console::message::Gathering;
use lifeboat::console::{Effect, Key, Msg, RequestId};
use lifeboat::domain::plan::Plan;
use lifeboat::domain::sketch::Part;

use super::failover;
use super::stage::{self, Stage};
use super::trials::{Chance, seeds, trials};

/// How old the facts may be that anything is approved on.
const FRESH: SignedDuration = SignedDuration::from_secs(60);
const NAMES: [&str; 3] = ["apim-core-dr", "apim-billing-dr", "apim-pay-dr"];
const LETTERS: &[u8] = b"jkgGnpnnhlar f14q-?o";

/// What is known from outside about a walk.
struct Walk {
    stage: Stage,
    /// When a question about a plan was last answered.
    answered: BTreeMap<String, Timestamp>,
    /// The last question about facts that has no answer yet.
    asked: Option<(RequestId, Plan)>,
    /// What the dialog showed of the name when it was last drawn.
    seen: String,
    started: Vec<String>,
    /// Whether the draft in the wizard was a row of the plan before the last key.
    is_row: bool,
    singles: u64,
    restarts: u64,
}

impl Walk {
    fn new(stage: Stage) -> Self {
        let mut it = Self {
            stage,
            answered: BTreeMap::new(),
            asked: None,
            seen: String::new(),
            started: Vec::new(),
            is_row: false,
            singles: 0,
            restarts: 0,
        };
        it.collect("", Key::Esc);
        it
    }

    fn typed(&self) -> String {
        self.stage.model.draft.as_ref().map_or(String::new(), |draft| draft.typed.value().to_owned())
    }

    fn key(&mut self, key: Key) {
        let typed = self.typed();
        self.is_row = self.stage.model.failover.as_ref().is_some_and(|plan| plan.open.is_some());
        if typed != self.seen {
            self.seen.clear();
        }
        self.stage.tell(Msg::Key(key));
        self.collect(&typed, key);
    }

    fn drawn(&mut self) {
        self.stage.tell(Msg::Drawn);
        self.seen = self.typed();
        self.collect("", Key::Esc);
    }

    fn answer(&mut self) {
        let Some((request, plan)) = self.asked.take() else { return };
        let now = self.stage.model.now();
        let facts = Box::new(stage::facts(&plan, now));
        self.answered.insert(plan.instance().name().to_owned(), now);
        self.stage.tell(Msg::Facts { request, facts, gathering: Gathering::Done });
        self.collect("", Key::Esc);
    }

    /// Looks at what the console wished.
    fn collect(&mut self, typed: &str, key: Key) {
        for effect in std::mem::take(&mut self.stage.effects) {
            match effect {
                Effect::GatherFacts { request, plan } => self.asked = Some((request, *plan)),
                Effect::Start { approved, .. } => {
                    let name = approved.plan().instance().name().to_owned();
                    assert_eq!(key, Key::Enter);
                    assert_eq!((name.as_str(), self.seen.as_str()), (typed, typed));
                    let age = self.stage.model.now().duration_since(self.answered[&name]);
                    assert!(age <= FRESH, "{name} was started on facts of {age:#} ago");
                    if self.is_row {
                        assert!(!self.started.contains(&name), "{name} was started twice by one plan");
                        self.started.push(name);
                    } else {
                        self.singles += 1;
                    }
                }
                Effect::KeepDrafts(kept) => {
                    self.forget_if_begun_anew();
                    let lines = kept.failover.iter().flat_map(|sketch| &sketch.lines);
                    let lines = lines.filter(|it| !matches!(it.part, Part::Begun { .. }));
                    let targets: Vec<&str> =
                        lines.filter_map(|it| Some(it.target.as_ref()?.name())).collect();
                    let started = targets.iter().find(|it| self.started.iter().any(|other| other == *it));
                    assert_eq!(started, None, "what was started is drafted no more");
                }
                _ => {}
            }
        }
        self.hold();
    }

    /// Another plan may propose again what the one before has sent: the checks see it, of which this test has none.
    fn forget_if_begun_anew(&mut self) {
        let plan = self.stage.model.failover.as_ref();
        let is_new = |plan: &Failover| {
            let untouched = |row: &Row| matches!(row.stand, Stand::Proposed | Stand::Impossible(_));
            plan.open.is_none() && plan.rows.iter().all(untouched)
        };
        if plan.is_none_or(is_new) {
            self.started.clear();
        }
    }

    /// What holds of every plan at every moment.
    fn hold(&self) {
        let Some(plan) = &self.stage.model.failover else { return };
        let held = plan.rows.iter().filter(|row| matches!(row.stand, Stand::Chosen | Stand::Started(_)));
        let held: Vec<&str> = held.filter_map(|row| Some(row.target()?.name())).collect();
        let apart: BTreeSet<&str> = held.iter().copied().collect();
        assert_eq!(held.len(), apart.len(), "two rows have one target: {held:?}");
    }

    fn step(&mut self, chance: &mut Chance) {
        match chance.below(40) {
            0..14 => self.key(Key::Char(char::from(*chance.pick(LETTERS)))),
            14..18 => self.key(Key::Enter),
            18 => self.key(Key::Esc),
            19 => self.key(Key::Tab),
            20..26 => self.drawn(),
            26..33 => self.answer(),
            33 => {
                let later = SignedDuration::from_secs(i64::try_from(chance.below(50)).unwrap());
                self.stage.tell(Msg::Tick(self.stage.model.now() + later));
                self.collect("", Key::Esc);
            }
            // A hand that goes for it: a whole row, sometimes with another row's name, sometimes unseen.
            34..39 => self.whole_row(chance),
            _ => self.restart(chance),
        }
    }

    fn whole_row(&mut self, chance: &mut Chance) {
        self.key(Key::Enter);
        self.drawn();
        self.answer();
        for _ in 0..2 {
            self.key(Key::Char('n'));
            self.drawn();
            self.answer();
        }
        let own = self.stage.model.draft.as_ref().and_then(|draft| draft.instance());
        let own = own.map_or("", |id| id.name()).to_owned();
        let name = if chance.one_in(3) { (*chance.pick(&NAMES)).to_owned() } else { own };
        for letter in name.chars() {
            self.key(Key::Char(letter));
        }
        if !chance.one_in(4) {
            self.drawn();
        }
        self.key(Key::Enter);
    }

    /// The program ends and begins again, with what the disk has.
    fn restart(&mut self, chance: &mut Chance) {
        if !chance.one_in(4) {
            return;
        }
        let kept = self.stage.model.sketches.clone();
        let now = self.stage.model.now();
        let mut stage = failover::marked(stage::preferences(), 80, 24);
        stage.tell(Msg::Tick(now));
        stage.tell(Msg::Drafts(Box::new(kept)));
        self.stage = stage;
        self.asked = None;
        self.seen.clear();
        self.restarts += 1;
        self.collect("", Key::Esc);
        for key in [Key::Char('a'), Key::Char('f'), Key::Enter] {
            self.key(key);
            self.drawn();
        }
    }
}

#[test]
fn a5_no_restore_starts_without_the_typed_name_of_its_own_target_while_several_are_drafted() {
    let walks = seeds(trials(400, 20_000));
    let (mut restores, mut singles, mut keys, mut whole, mut restarts) = (0, 0, 0, 0, 0);
    for &seed in &walks {
        let mut chance = Chance::new(seed);
        let mut walk = Walk::new(failover::checked(80, 24));
        walk.answered = NAMES.iter().map(|name| ((*name).to_owned(), stage::now())).collect();
        for _ in 0..chance.between(1, 120) {
            walk.step(&mut chance);
            keys += 1;
        }
        walk.stage.buffer();
        restores += walk.started.len();
        whole += u64::from(walk.started.len() == 3);
        restarts += walk.restarts;
        singles += walk.singles;
    }
    println!(
        "A5: {} walks (seeds {:?} to {:?}), {keys} steps, {restarts} restarts: {restores} restores of plans \
         and {singles} single ones started, {whole} plans to their end; each by Enter, its own name typed and drawn, on facts of a minute at most, none twice",
        walks.len(),
        walks.first(),
        walks.last()
    );
    let is_single = walks.len() == 1;
    assert!(
        is_single || (whole > 0 && restarts > 0),
        "some walks must come to an end, or this test proves nothing"
    );
}
