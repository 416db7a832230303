//! Keys, answers, ticks and sizes at random: nothing panics, nothing is started that nobody meant.

use std::cell::Cell;

use jiff::SignedDuration;
use lifeboat::console::message::Loaded;
use lifeboat::console::{Effect, Key, Msg};
use lifeboat::domain::plan::Plan;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::stage::{self, Stage};

#[derive(Clone, Debug)]
enum Step {
    Key(Key),
    Drawn,
    Answer,
    Load,
    Tick(u16),
    Resize(u16, u16),
    Paste(String),
}

fn key() -> impl Strategy<Value = Key> {
    prop_oneof![
        6 => prop::sample::select("jkhlgGarnnpbqosy/ 1234!?tYz-".chars().collect::<Vec<_>>()).prop_map(Key::Char),
        4 => Just(Key::Enter),
        2 => Just(Key::Char('r')),
        1 => any::<char>().prop_map(Key::Char),
        1 => Just(Key::Esc),
        1 => Just(Key::Tab),
        1 => Just(Key::Backspace),
        1 => prop::sample::select(vec![Key::PageDown, Key::PageUp, Key::Home, Key::End, Key::Up, Key::Down, Key::Left, Key::Right]),
        1 => prop::sample::select("cdufbrlw".chars().collect::<Vec<_>>()).prop_map(Key::Ctrl),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        20 => key().prop_map(Step::Key),
        8 => Just(Step::Drawn),
        3 => Just(Step::Answer),
        1 => Just(Step::Load),
        1 => any::<u16>().prop_map(Step::Tick),
        1 => (1u16..230, 1u16..70).prop_map(|(columns, rows)| Step::Resize(columns, rows)),
        1 => ".{0,12}".prop_map(Step::Paste),
        1 => Just(Step::Paste("apim-core-dr\r".to_owned())),
    ]
}

/// The same cases in every run.
fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]))
}

/// A console somewhere on its way: at the fleet, at the findings, before the last letter of the name.
fn somewhere(on_the_way: u8) -> Stage {
    let mut stage = Stage::full(80, 24);
    if on_the_way > 0 {
        stage.check_a_restore();
        stage.answer(|_| {});
    }
    if on_the_way > 1 {
        stage.press("nnapim-core-d");
    }
    stage
}

/// What the screen showed of the name when it was last drawn.
fn typed(stage: &Stage) -> String {
    stage.model.draft.as_ref().map_or(String::new(), |draft| draft.typed.value().to_owned())
}

#[test]
fn nothing_panics_and_no_restore_starts_without_its_typed_name_on_the_screen() {
    let walks = (0u8..3, prop::collection::vec(step(), 1..120));
    let started = Cell::new(0);
    let done = runner(120).run(&walks, |(on_the_way, steps)| {
        let mut stage = somewhere(on_the_way);
        let mut time = stage::now();
        let mut seen = String::new();
        for step in steps {
            let before = typed(&stage);
            if before != seen {
                seen.clear();
            }
            take(&mut stage, step.clone(), &mut time);
            for effect in std::mem::take(&mut stage.effects) {
                match effect {
                    Effect::Start { approved, .. } => {
                        started.set(started.get() + 1);
                        prop_assert!(matches!(step, Step::Key(Key::Enter)));
                        if let Plan::Restore(plan) = approved.plan() {
                            prop_assert_eq!(plan.target.name(), before.as_str());
                            prop_assert_eq!(&seen, &before, "the whole name was drawn before Enter");
                        }
                    }
                    Effect::GatherFacts { .. } | Effect::LoadInventory { .. } => stage.effects.push(effect),
                    _ => {}
                }
            }
            if matches!(step, Step::Drawn | Step::Answer) {
                seen = typed(&stage);
            }
        }
        stage.buffer();
        Ok(())
    });
    done.unwrap();
    assert!(started.get() > 0, "some walks must come to a start, or this test proves nothing");
}

fn take(stage: &mut Stage, step: Step, time: &mut jiff::Timestamp) {
    match step {
        Step::Key(key) => stage.tell(Msg::Key(key)),
        Step::Drawn => {
            stage.buffer();
            stage.tell(Msg::Drawn);
        }
        Step::Answer => {
            if stage.effects.iter().any(|effect| matches!(effect, Effect::GatherFacts { .. })) {
                stage.answer(|_| {});
            }
        }
        Step::Load => stage.part(Loaded::Done { as_of: *time }),
        Step::Tick(seconds) => {
            *time += SignedDuration::from_secs(i64::from(seconds % 90));
            stage.tell(Msg::Tick(*time));
        }
        Step::Resize(columns, rows) => stage.tell(Msg::Resize { columns, rows }),
        Step::Paste(text) => stage.tell(Msg::Paste(text)),
    }
}

#[test]
fn keys_alone_start_nothing_when_nothing_answers() {
    let keys = prop::collection::vec(key(), 1..200);
    let done = runner(96).run(&keys, |keys| {
        let mut stage = Stage::full(100, 30);
        for key in keys {
            stage.tell(Msg::Key(key));
            stage.tell(Msg::Drawn);
        }
        prop_assert_eq!(stage.started(), 0);
        Ok(())
    });
    done.unwrap();
}

#[test]
fn every_size_is_drawn_in_every_place() {
    let ways = ["", "/core-prod<Enter><Enter>", "ar", "n", "n", "?", "<Esc>o", "<Enter>", "!", "s"];
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
