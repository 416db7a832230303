//! What a frame costs in instructions, counted by valgrind: the same on every machine of a kind, so it may be held to a
//! number where a time may not.
//!
//! `cargo bench --bench instructions`. Runs itself under valgrind, and says so where there is none.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot set up should stop")]

use std::env;
use std::io::ErrorKind;
use std::process::Command;

#[path = "../tests/support/crowd.rs"]
mod crowd;

use lifeboat::console::{Key, Model, Msg, update, view};

/// The most that a frame of 200x60 may cost in which a list scrolls by a row, in millions of instructions.
const MOST: f64 = 5.0;
/// What the fleet may cost more with a hundred thousand rows than with a hundred.
const GROWTH: f64 = 1.02;
/// The rows that are compared.
const ROWS: [usize; 2] = [100, 100_000];
/// Steps of the shorter and of the longer run: what lies between them is what the steps cost.
const STEPS: [usize; 2] = [10, 40];

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["walk", list, rows, steps] => walk(list, rows.parse().unwrap(), steps.parse().unwrap()),
        _ => {
            for list in ["fleet", "backups"] {
                let Some(costs) = costs(list) else {
                    println!("instructions are not counted: valgrind is not here");
                    return;
                };
                let growth = costs[1] / costs[0];
                println!(
                    "{list}: {:.2} M instructions a frame, {growth:.3} times that with {} rows",
                    costs[0], ROWS[1]
                );
                assert!(costs[0] <= MOST, "{list}: more than {MOST} M");
                // Held for the fleet; for the backups of one instance it is told.
                assert!(list != "fleet" || growth <= GROWTH, "{list}: the number of rows costs something");
            }
        }
    }
}

/// Millions of instructions a step, by the number of rows.
fn costs(list: &str) -> Option<[f64; 2]> {
    let of = |rows: usize| -> Option<f64> {
        let [short, long] = [counted(list, rows, STEPS[0])?, counted(list, rows, STEPS[1])?];
        Some((long - short) / (STEPS[1] - STEPS[0]) as f64 / 1e6)
    };
    Some([of(ROWS[0])?, of(ROWS[1])?])
}

/// The instructions of a whole walk.
fn counted(list: &str, rows: usize, steps: usize) -> Option<f64> {
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe().unwrap())
        .args(["walk", list, &rows.to_string(), &steps.to_string()])
        .output();
    let output = match run {
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        run => run.unwrap(),
    };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let count = said.lines().find_map(|line| line.split_once("Collected :")).map(|(_, count)| count.trim());
    Some(count.ok_or(&said).unwrap().parse().unwrap())
}

/// Scrolls a list row by row. All that is seen was seen before.
fn walk(list: &str, rows: usize, steps: usize) {
    let mut model = match list {
        "fleet" => crowd::model(rows, rows),
        _ => crowd::model(1, rows),
    };
    if list == "backups" {
        update(&mut model, Msg::Key(Key::Enter));
    }
    let (mut terminal, tape) = crowd::terminal();
    let mut press = |model: &mut Model, key: Key| {
        update(model, Msg::Key(key));
        terminal.draw(|frame| view(model, frame)).unwrap();
        tape.take(|_| ());
    };
    (0..99).for_each(|_| press(&mut model, Key::Down));
    press(&mut model, Key::Char('g'));
    // To the last line that is seen: from here on every step scrolls.
    (0..50).for_each(|_| press(&mut model, Key::Down));
    (0..steps).for_each(|_| press(&mut model, Key::Down));
}
