//! What the screen costs: the first frame out of a cache, a cursor move, a key of a filter, at sizes that an operator
//! meets and beyond.
//!
//! `cargo bench --bench console`.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot set up should stop")]

#[path = "../tests/support/crowd.rs"]
mod crowd;

use crowd::{SIZE, Tape};
use divan::{Bencher, black_box};
use lifeboat::app::painter::Painter;
use lifeboat::console::message::{Cached, Loaded};
use lifeboat::console::{Key, Model, Msg, Preferences, RequestId, update, view};
use lifeboat::journal::cache::{Cache, CachedInventory};
use ratatui::Terminal;

const CLOUD: &str = "https://management.azure.com";

fn main() {
    divan::main();
}

fn inventory((instances, backups): (usize, usize)) -> CachedInventory {
    let Cached { as_of, subscriptions, instances, accounts, backups } = crowd::cached(instances, backups);
    let resource_manager = CLOUD.to_owned();
    CachedInventory { as_of, resource_manager, subscriptions, instances, accounts, backups }
}

fn loaded(inventory: CachedInventory) -> Msg {
    let CachedInventory { as_of, subscriptions, instances, accounts, backups, .. } = inventory;
    let cached = Cached { as_of, subscriptions, instances, accounts, backups };
    Msg::Loaded { request: RequestId::default(), what: Loaded::Cache(Box::new(cached)) }
}

/// A console that was drawn, with its terminal.
struct Drawn {
    model: Model,
    terminal: Terminal<Painter<Tape>>,
    tape: Tape,
}

impl Drawn {
    fn new(model: Model) -> Self {
        let (terminal, tape) = crowd::terminal();
        let mut it = Self { model, terminal, tape };
        it.draw();
        it
    }

    fn draw(&mut self) -> usize {
        let model = &self.model;
        self.terminal.draw(|frame| view(model, frame)).unwrap();
        self.tape.take(<[u8]>::len)
    }

    /// Update and frame.
    fn press(&mut self, key: Key) -> usize {
        update(&mut self.model, Msg::Key(key));
        self.draw()
    }
}

/// From the bytes of the cache on disk to the bytes of the first frame.
#[divan::bench(args = [(40, 400), (500, 10_000), (5_000, 20_000)])]
fn first_frame_from_cache(bencher: Bencher<'_, '_>, size: (usize, usize)) {
    let folder = tempfile::tempdir().unwrap();
    // A folder of its own: that of the system may be open to others, and the cache refuses such a one.
    let cache = Cache::new(&folder.path().join("cache"));
    cache.store(&inventory(size)).unwrap();
    bencher.bench_local(|| {
        let (mut model, _) = Model::new(Preferences::default(), crowd::now(), SIZE);
        update(&mut model, loaded(cache.load(CLOUD).unwrap()));
        black_box(Drawn::new(model))
    });
}

/// One step down in the fleet.
#[divan::bench(args = [(100, 400), (500, 10_000), (5_000, 20_000)])]
fn step_in_the_fleet(bencher: Bencher<'_, '_>, (instances, backups): (usize, usize)) {
    to_and_fro(bencher, crowd::model(instances, backups), [Key::Down, Key::Up]);
}

/// One step down in the list of one instance's backups.
#[divan::bench(args = [100, 20_000, 100_000])]
fn step_in_the_backups(bencher: Bencher<'_, '_>, backups: usize) {
    let mut model = crowd::model(1, backups);
    update(&mut model, Msg::Key(Key::Enter));
    to_and_fro(bencher, model, [Key::Down, Key::Up]);
}

/// A letter of a filter over the fleet, and its loss.
#[divan::bench(args = [(500, 10_000), (5_000, 20_000)])]
fn key_of_a_filter(bencher: Bencher<'_, '_>, (instances, backups): (usize, usize)) {
    let mut model = crowd::model(instances, backups);
    for key in ['/', '0', '4'] {
        update(&mut model, Msg::Key(Key::Char(key)));
    }
    to_and_fro(bencher, model, [Key::Char('2'), Key::Backspace]);
}

/// Two keys by turns, so that no list ever ends.
fn to_and_fro(bencher: Bencher<'_, '_>, model: Model, [one, other]: [Key; 2]) {
    let mut console = Drawn::new(model);
    let mut turn = 0_usize;
    bencher.bench_local(|| {
        turn += 1;
        black_box(console.press(if turn.is_multiple_of(2) { other } else { one }))
    });
}
