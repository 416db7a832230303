//! A made-up fleet of any size, as the cache of an earlier run, and a console that shows it through the real backend
//! into memory. For benchmarks and for what counts instead of measuring.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

use lifeboat::app::painter::Painter;
use lifeboat::console::layout::Size;
use lifeboat::console::message::{Cached, Loaded};
use lifeboat::console::{Model, Msg, Preferences, RequestId, update};
use lifeboat::domain::backup::{Backup, Blob, Condition};
use lifeboat::domain::instance::{Identity, Instance};
use lifeboat::domain::provenance::{Witnesses, identify};
use lifeboat::domain::region::Region;
use lifeboat::domain::sku::{Sku, Tier};
use lifeboat::domain::storage::Location;

/// The size at which costs are counted.
pub(crate) const SIZE: Size = Size::of(200, 60);

/// When everything happens.
pub(crate) fn now() -> Timestamp {
    "2026-11-23T12:04:31Z".parse().unwrap()
}

/// An instance with this number.
pub(crate) fn instance(number: usize) -> Instance {
    let name = format!("apim-crowd-{number:06}");
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

/// So many instances, and so many backups shared out over them.
pub(crate) fn cached(instances: usize, backups: usize) -> Cached {
    let instances: Vec<Instance> = (0..instances).map(instance).collect();
    let backup = |number: usize| -> Backup {
        let of = &instances[number % instances.len()];
        // Within thirty days, however many there are.
        let turn = i64::try_from(number / instances.len()).unwrap();
        let turns = i64::try_from(backups.div_ceil(instances.len())).unwrap().max(1);
        // One a minute at most, as names have it; what is more than fits into thirty days has expired.
        let apart = if turns <= 30 { 24 * 60 } else { (28 * 24 * 60 / turns).max(1) };
        let at = now() - SignedDuration::from_mins(180 + turn * apart);
        let name = format!("{}-{}.apimbackup", of.name, at.strftime("%Y-%m-%d-%H-%M"));
        let blob = Blob {
            address: Location::new("stcrowdbackup", "apim").at(name),
            size: Some(24_000_000),
            etag: Some(format!("0x8DC{number:012X}")),
            access_tier: Some("Hot".to_owned()),
            created_at: Some(at),
            last_modified: Some(at),
            condition: Condition::default(),
        };
        let mut it =
            identify(blob, Witnesses { instances: std::slice::from_ref(of), ..Witnesses::default() });
        it.source.instance.get_or_insert_with(|| of.name.clone());
        it.source.tier.get_or_insert(Tier::Premium);
        it
    };
    let backups = (0..backups).map(backup).collect();
    Cached { as_of: now(), subscriptions: Vec::new(), instances, accounts: Vec::new(), backups }
}

/// A console of [`SIZE`] that shows them.
pub(crate) fn model(instances: usize, backups: usize) -> Model {
    let (mut model, _) = Model::new(Preferences::default(), now(), SIZE);
    let request = RequestId(1);
    let Cached { instances, backups, .. } = cached(instances, backups);
    for what in [Loaded::Instances(instances), Loaded::Backups(backups), Loaded::Done { as_of: now() }] {
        update(&mut model, Msg::Loaded { request, what });
    }
    model
}

/// What a terminal got, and what it still holds of it.
#[derive(Clone, Default)]
pub(crate) struct Tape(Rc<RefCell<Vec<u8>>>);

impl Tape {
    /// Takes what was written since it was asked last; the room for it stays.
    pub(crate) fn take<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
        let mut bytes = self.0.borrow_mut();
        let said = read(&bytes);
        bytes.clear();
        said
    }
}

impl Write for Tape {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A terminal of [`SIZE`] that writes onto a tape what a real one would get.
pub(crate) fn terminal() -> (Terminal<Painter<Tape>>, Tape) {
    let tape = Tape::default();
    tape.0.borrow_mut().reserve(1 << 20);
    let area = Rect::new(0, 0, SIZE.columns, SIZE.rows);
    let options = TerminalOptions { viewport: Viewport::Fixed(area) };
    (Terminal::with_options(Painter::new(tape.clone()), options).unwrap(), tape)
}
