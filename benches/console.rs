//! What the screen costs: the first frame out of a cache, a cursor move, at sizes that an operator meets.
//!
//! `cargo bench --bench console`. The fleet is 500 instances with 10 000 backups unless the name says otherwise.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot set up should stop")]

use divan::{Bencher, black_box};
use jiff::{SignedDuration, Timestamp};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{TerminalOptions, Viewport};

use lifeboat::console::layout::Size;
use lifeboat::console::message::{Cached, Loaded};
use lifeboat::console::{Key, Model, Msg, Preferences, RequestId, update, view};
use lifeboat::domain::backup::{Backup, Blob};
use lifeboat::domain::instance::{Identity, Instance};
use lifeboat::domain::provenance::{Witnesses, identify};
use lifeboat::domain::region::Region;
use lifeboat::domain::sku::{Sku, Tier};
use lifeboat::domain::storage::Location;
use lifeboat::journal::cache::{Cache, CachedInventory};

const SIZE: Size = Size::of(200, 60);
const CLOUD: &str = "https://management.azure.com";

fn main() {
    divan::main();
}

fn now() -> Timestamp {
    "2026-11-23T12:04:31Z".parse().unwrap()
}

fn instance(number: usize) -> Instance {
    let name = format!("apim-crowd-{number:04}");
    let id = format!("/subscriptions/s/resourceGroups/rg/providers/Microsoft.ApiManagement/service/{name}");
    Instance {
        id: id.parse().unwrap(),
        name,
        region: Region::new("West Europe"),
        additional_regions: Vec::new(),
        sku: Some(Sku { tier: Tier::Premium, units: Some(2) }),
        state: Some("Succeeded".to_owned()),
        target_state: Some(String::new()),
        platform_version: Some("stv2".to_owned()),
        identity: Identity { system: Some("principal".to_owned()), user: Vec::new() },
        virtual_network: None,
        gateway_url: None,
        hostnames: Vec::new(),
        min_api_version: None,
        created_at: None,
        etag: None,
    }
}

fn inventory(instances: usize, backups: usize) -> CachedInventory {
    let instances: Vec<Instance> = (0..instances).map(instance).collect();
    let backup = |number: usize| -> Backup {
        let of = &instances[number % instances.len()];
        let hours = i64::try_from(number / instances.len()).unwrap() * 24 + 3;
        let at = now() - SignedDuration::from_hours(hours);
        let name = format!("{}-{}.apimbackup", of.name, at.strftime("%Y-%m-%d-%H-%M"));
        let blob = Blob {
            address: Location::new("stcrowdbackup", "apim").at(name),
            size: Some(24_000_000),
            etag: Some(format!("0x8DC{number:012X}")),
            access_tier: Some("Hot".to_owned()),
            created_at: Some(at),
            last_modified: Some(at),
            condition: lifeboat::domain::backup::Condition::default(),
        };
        identify(blob, Witnesses { instances: std::slice::from_ref(of), ..Witnesses::default() })
    };
    let backups = (0..backups).map(backup).collect();
    CachedInventory {
        as_of: now(),
        resource_manager: CLOUD.to_owned(),
        subscriptions: Vec::new(),
        instances,
        accounts: Vec::new(),
        backups,
    }
}

fn loaded(inventory: CachedInventory) -> Msg {
    let CachedInventory { as_of, subscriptions, instances, accounts, backups, .. } = inventory;
    let cached = Cached { as_of, subscriptions, instances, accounts, backups };
    Msg::Loaded { request: RequestId::default(), what: Loaded::Cache(Box::new(cached)) }
}

fn terminal() -> Terminal<CrosstermBackend<Vec<u8>>> {
    let area = Rect::new(0, 0, SIZE.columns, SIZE.rows);
    let options = TerminalOptions { viewport: Viewport::Fixed(area) };
    Terminal::with_options(CrosstermBackend::new(Vec::new()), options).unwrap()
}

fn model(instances: usize, backups: usize) -> Model {
    let (mut model, _) = Model::new(Preferences::default(), now(), SIZE);
    update(&mut model, loaded(inventory(instances, backups)));
    model
}

/// From the bytes of the cache on disk to the bytes of the first frame.
#[divan::bench(args = [(40, 400), (500, 10_000)])]
fn first_frame_from_cache(bencher: Bencher<'_, '_>, (instances, backups): (usize, usize)) {
    let folder = tempfile::tempdir().unwrap();
    // A folder of its own: that of the system may be open to others, and the cache refuses such a one.
    let cache = Cache::new(&folder.path().join("cache"));
    cache.store(&inventory(instances, backups)).unwrap();
    bencher.bench_local(|| {
        let (mut model, _) = Model::new(Preferences::default(), now(), SIZE);
        update(&mut model, loaded(cache.load(CLOUD).unwrap()));
        let mut terminal = terminal();
        terminal.draw(|frame| view(&model, frame)).unwrap();
        black_box(model)
    });
}

/// One step down in the fleet: update and frame.
#[divan::bench(args = [100, 500, 5_000])]
fn step_in_the_fleet(bencher: Bencher<'_, '_>, instances: usize) {
    step(bencher, model(instances, 10_000));
}

/// One step down in the list of one instance's backups: update and frame.
#[divan::bench(args = [100, 10_000, 100_000])]
fn step_in_the_backups(bencher: Bencher<'_, '_>, backups: usize) {
    let mut model = model(1, backups);
    update(&mut model, Msg::Key(Key::Enter));
    step(bencher, model);
}

fn step(bencher: Bencher<'_, '_>, mut model: Model) {
    let mut terminal = terminal();
    terminal.draw(|frame| view(&model, frame)).unwrap();
    let mut down = true;
    bencher.bench_local(|| {
        // To and fro, so that the list never ends.
        update(&mut model, Msg::Key(if down { Key::Down } else { Key::Up }));
        down = !down;
        terminal.draw(|frame| view(&model, frame)).unwrap();
    });
}
