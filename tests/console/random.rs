//! Keys, answers, ticks and sizes at random: nothing panics, nothing is started that nobody meant.

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

#[test]
fn nothing_panics_and_no_restore_starts_without_its_typed_name() {
    let steps = prop::collection::vec(step(), 1..160);
    let done = runner(96).run(&steps, |steps| {
        let mut stage = Stage::full(80, 24);
        let mut time = stage::now();
        let mut typed = String::new();
        for step in steps {
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
                Step::Load => stage.part(Loaded::Done { as_of: time }),
                Step::Tick(seconds) => {
                    time += SignedDuration::from_secs(i64::from(seconds));
                    stage.tell(Msg::Tick(time));
                }
                Step::Resize(columns, rows) => stage.tell(Msg::Resize { columns, rows }),
                Step::Paste(text) => stage.tell(Msg::Paste(text)),
            }
            if let Some(draft) = &stage.model.draft {
                typed = draft.typed.value().to_owned();
            }
            for effect in stage.effects.drain(..).collect::<Vec<_>>() {
                if let Effect::Start { approved, .. } = &effect
                    && let Plan::Restore(plan) = approved.plan()
                {
                    prop_assert_eq!(plan.target.name(), typed.as_str());
                }
                if matches!(effect, Effect::GatherFacts { .. } | Effect::LoadInventory { .. }) {
                    stage.effects.push(effect);
                }
            }
        }
        stage.buffer();
        Ok(())
    });
    done.unwrap();
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
