//! Every shipped scenario with the engine before it, over real HTTP: what an operator rehearses is what is tested here.
//!
//! Each row says how a restore or a backup goes in a scenario. Whatever the row says: one POST at most, no verdict that
//! the pretend Azure does not share, and a journal that replays to what was told. Where a scenario harms requests, the
//! row names the harm, which must have been done: what does not bite tests nothing.

mod engine_support;
mod scenarios;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use lifeboat::domain::operation::Phase;
use lifeboat::sandbox::scenario_names;

use scenarios::table::{backups, restores};
use scenarios::{Plans, Row};

/// How many rows run at once: they mostly wait.
const ABREAST: usize = 16;

#[test]
fn every_scenario_ends_as_it_must() {
    let mut rows: Vec<Row> = restores().into_iter().chain(backups()).collect();
    rows.sort_by_key(|row| !row.is_long());
    let plans = Plans::on_a_quiet_day();
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..ABREAST {
            scope.spawn(|| {
                while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = row.run(&plans);
                    wrong.lock().unwrap().extend(found);
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    println!("{} scenarios, {} operations, {} wrong", scenario_names().len(), rows.len(), wrong.len());
    assert!(wrong.is_empty(), "{} rows are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_scenario_has_its_row_and_no_row_is_of_a_scenario_that_is_gone() {
    let shipped: BTreeSet<&str> = scenario_names().into_iter().collect();
    let rehearsed: BTreeSet<&str> = restores().iter().map(|row| row.scenario).collect();
    assert_eq!(shipped, rehearsed, "each file in assets/sandbox needs a row in tests/scenarios/table.rs");
    assert!(backups().iter().all(|row| shipped.contains(row.scenario)));
    assert!(restores().iter().chain(&backups()).all(|row| row.posts <= 1));
    assert!(restores().iter().any(|row| row.ends == Phase::Unconfirmed));
}
