//! Sizes: every small one, the absurd ones, and changes in the middle of everything. Nothing panics, and nothing is
//! drawn outside.

use std::ops::RangeInclusive;

use lifeboat::console::{Msg, view};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::stage::Stage;
use super::trials::{Chance, seeds, trials};

/// From one place to the next: the fleet, backups, acts, the steps of a restore, help, operations, one of them large,
/// problems, sorting.
const WAY: [&str; 10] = ["", "/core-prod<Enter><Enter>", "ar", "n", "n", "?", "<Esc>4", "<Enter>", "!", "s"];

const COLUMNS: RangeInclusive<u16> = 0..=40;
const ROWS: RangeInclusive<u16> = 0..=12;

/// What no terminal has, and some report.
const ABSURD: [(u16, u16); 6] =
    [(65_535, 1), (1, 65_535), (65_535, 0), (0, 65_535), (20_000, 3), (3, 20_000)];

/// Draws what the console knows on a terminal of this size, which it may not have heard of yet.
fn draw(stage: &Stage, columns: u16, rows: u16) {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| view(&stage.model, frame)).unwrap();
}

#[test]
fn v5_every_size_up_to_40_by_12_and_the_absurd_ones_are_borne_everywhere() {
    let mut stage = Stage::full(80, 24);
    stage.wall();
    let mut drawn = 0;
    for way in WAY {
        stage.press(way);
        let small = COLUMNS.flat_map(|columns| ROWS.map(move |rows| (columns, rows)));
        for (columns, rows) in small.chain(ABSURD) {
            stage.tell(Msg::Resize { columns, rows });
            draw(&stage, columns, rows);
            drawn += 1;
        }
        stage.tell(Msg::Resize { columns: 80, rows: 24 });
    }
    println!("{drawn} frames: {} places, every size up to 40x12 and {ABSURD:?}", WAY.len());
}

/// A size as it may come: mostly small, sometimes usual, now and then absurd.
fn any_size(chance: &mut Chance) -> (u16, u16) {
    let mut below = |end| u16::try_from(chance.below(end)).unwrap();
    match below(20) {
        0 => ABSURD[usize::from(below(6))],
        1..=7 => (below(41), below(13)),
        _ => (below(240), below(80)),
    }
}

#[test]
fn sizes_that_change_in_the_middle_of_everything_are_borne() {
    const RESIZES: u64 = 50;
    const KEYS: [&str; 29] = [
        "j", "k", "G", "g", "<Enter>", "<Esc>", "<PgDn>", "<PgUp>", "<Home>", "<End>", "<Tab>", "4", "o",
        "<Esc>", "Y", "<Esc>", "M", "f", "p", "?", "!", "s", "/", "z", "a", "r", "b", "q", "<C-l>",
    ];
    let seeds = seeds(trials(6, 100));
    let mut heard = 0;
    for &seed in &seeds {
        let mut chance = Chance::new(seed);
        let mut stage = Stage::empty(80, 24);
        for step in 0..RESIZES {
            let (columns, rows) = any_size(&mut chance);
            // The terminal changes at once; the console hears of it before or after the next frame.
            if chance.one_in(2) {
                draw(&stage, columns, rows);
            }
            stage.tell(Msg::Resize { columns, rows });
            heard += 1;
            let (keys, more) = (*chance.pick(&KEYS), *chance.pick(&KEYS));
            match (step, chance.below(6)) {
                (5, _) => stage.load(),
                (10, _) => stage.wall(),
                (_, 0) => {
                    stage.burst(keys).burst(more);
                }
                (_, 1) => stage.tell(Msg::Paste("apim-core-dr\r".to_owned())),
                _ => {
                    stage.press(keys);
                }
            }
            draw(&stage, columns, rows);
        }
    }
    println!("{heard} resizes in {} runs; seeds 1 to {}", seeds.len(), seeds.len());
}
