//! Names and messages that are out to deceive, through every screen: nothing of them reaches the terminal as an order,
//! and no two of them look the same.

use std::collections::BTreeMap;

use lifeboat::console::message::{Gathering, Loaded};
use lifeboat::console::preferences::{Glyphs, InstancePreference, Preferences};
use lifeboat::console::{Effect, Msg, view};
use lifeboat::domain::backup::{Backup, Provenance};
use lifeboat::domain::instance::Instance;
use lifeboat::domain::operation::{Acceptation, Observed, Operation, OperationEvent, OperationId, Poll};
use lifeboat::domain::plan::Kind;
use lifeboat::domain::preflight::Facts;
use lifeboat::domain::problem::Problem;
use lifeboat::domain::pulse::{Beat, Pulse};
use lifeboat::domain::region::Region;
use lifeboat::domain::resource::{Subscription, SubscriptionId};
use lifeboat::domain::sku::Tier;
use lifeboat::domain::storage::Location;
use lifeboat::domain::visible;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

use super::hostile::{self, Witness};
use super::stage::{self, Stage, Told, known, now};
use super::trials::{Chance, seeds, trials};

/// What others called their things, and what they said.
#[derive(Clone, Debug)]
struct Given {
    instance: String,
    target: String,
    blob: String,
    source: String,
    subscription: String,
    account: String,
    container: String,
    region: String,
    version: String,
    message: String,
    id: String,
    /// More instances and backups.
    others: Vec<String>,
}

impl Given {
    fn by(chance: &mut Chance) -> Self {
        let mut text = || hostile::text(|end| chance.below(end));
        Self {
            instance: text().replace('/', ""),
            target: text().replace('/', ""),
            blob: text(),
            source: text(),
            subscription: text(),
            account: text(),
            container: text(),
            region: text(),
            version: text(),
            message: text(),
            id: text(),
            others: (0..40).map(|_| text().replace('/', "")).collect(),
        }
    }

    fn plain() -> Self {
        let plain = |text: &str| text.to_owned();
        Self {
            instance: plain("apim-a"),
            target: plain("apim-b"),
            blob: plain("apim-a-2026-11-22-10-54.apimbackup"),
            source: plain("apim-a"),
            subscription: plain("Core"),
            account: plain("stcore"),
            container: plain("apim"),
            region: plain("westeurope"),
            version: plain("stv2"),
            message: plain("No."),
            id: plain("7f1e"),
            others: Vec::new(),
        }
    }

    fn count(&self) -> u64 {
        11 + self.others.len() as u64
    }

    fn made(&self, number: usize, name: &str) -> Instance {
        let id = format!(
            "/subscriptions/6f1c/resourceGroups/rg{}/providers/Microsoft.ApiManagement/service/{number}{name}",
            self.id.replace('/', "")
        );
        Instance {
            id: id.parse().unwrap(),
            name: format!("{number}{name}"),
            platform_version: Some(self.version.clone()),
            virtual_network: Some(self.version.clone()),
            ..stage::instance("x", "Premium", 1, &self.region)
        }
    }

    fn instances(&self) -> Vec<Instance> {
        let mut all = vec![self.made(0, &self.instance), self.made(1, &self.target)];
        for (number, name) in (2..).zip(&self.others) {
            let mut other = self.made(number, name);
            other.state = Some(name.clone());
            other.region = Region::new(name);
            if let Some(sku) = &mut other.sku {
                sku.tier = Tier::from(name.as_str());
            }
            all.push(other);
        }
        all
    }

    fn backups(&self, of: &Instance) -> Vec<Backup> {
        let made = |hours: i64, name: &str| {
            let mut backup = stage::backup("x", Some("Premium"), hours, Provenance::Manifest);
            backup.blob.address = Location::new(&self.account, &self.container).at(name);
            backup.blob.etag = Some(self.id.clone());
            backup.blob.access_tier = Some("Hot".to_owned());
            backup.source.instance = Some(of.name.clone());
            backup.source.instance_id = Some(of.id.clone());
            backup
        };
        let others = self.others.iter().zip(2..).map(|(name, hours)| made(hours, name));
        let mut all: Vec<Backup> = std::iter::once(made(1, &self.blob)).chain(others).collect();
        let mut stray = made(50, &self.blob);
        stray.blob.address.location = Location::new("strays", &self.container);
        stray.source.instance = Some(self.source.clone());
        stray.source.instance_id = None;
        all.push(stray);
        all
    }

    fn problem(&self) -> Problem {
        let mut problem = Problem::new(format!("{} could not be read", self.subscription))
            .about(self.account.clone())
            .meaning(self.message.clone())
            .next(self.message.clone());
        problem.code = Some(self.id.clone());
        problem.server_message = Some(self.message.clone());
        problem.request_id = Some(self.id.clone());
        problem.correlation_id = Some(self.id.clone());
        problem
    }
}

/// A console that has read all of it.
fn console(given: &Given, glyphs: Glyphs, (columns, rows): (u16, u16)) -> Stage {
    let all = given.instances();
    let mut preferences = Preferences { glyphs, scope: given.subscription.clone(), ..Preferences::default() };
    let standby = InstancePreference { standby: Some(all[1].name.clone()), ..InstancePreference::default() };
    preferences.instances.set(&all[0].name, standby);
    preferences.locations.push(Location::new(&given.account, &given.container));
    let mut stage = Stage::with(preferences, columns, rows);
    let named = Subscription {
        id: SubscriptionId::new("6f1c"),
        name: given.subscription.clone(),
        state: None,
        tenant: None,
    };
    stage.part(Loaded::Subscriptions(vec![named]));
    stage.part(Loaded::Backups(given.backups(&all[0])));
    stage.part(Loaded::Instances(all));
    stage.part(Loaded::Problem(given.problem()));
    stage.part(Loaded::Done { as_of: now() });
    stage.tell(Msg::Drawn);
    stage
}

fn answer(stage: &mut Stage, given: &Given) {
    let (request, plan) = stage.gathering();
    let instance = given.instances().into_iter().find(|it| it.id == *plan.instance()).unwrap();
    let backup =
        given.backups(&given.instances()[0]).into_iter().find(|it| it.blob.address == *plan.address());
    let mut account = stage::account();
    account.name.clone_from(&given.account);
    account.region = Region::new(&given.region);
    let usual = stage::facts(&stage::restore("apim-core-prod", "apim-core-dr"), now());
    let facts = Facts {
        instance: known(instance, now()),
        account: known(account, now()),
        backup: backup.map_or(usual.backup.clone(), |it| known(it, now())),
        ..usual
    };
    stage.tell(Msg::Facts { request, facts: Box::new(facts), gathering: Gathering::Done });
    stage.tell(Msg::Drawn);
}

/// Operations whose every word is given.
fn operations(stage: &mut Stage, given: &Given) {
    let (_, plan) = stage.gathering();
    // Six, so that every row of two or three panes is full.
    for number in 1..=6 {
        let mut told = Told::begin(number, plan.clone(), now());
        told.then(now(), OperationEvent::Submitting);
        told.then(
            now(),
            OperationEvent::Accepted(Acceptation {
                operation_url: "https://management.azure.com/operationresults/5f".to_owned(),
                correlation_id: Some(given.id.clone()),
                ..Acceptation::default()
            }),
        );
        let status = Some(given.version.clone());
        told.then(now(), OperationEvent::Polled(Poll { status, next_in: 71, ..Poll::default() }));
        told.then(now(), OperationEvent::Noted { text: given.message.clone(), person: None });
        match number % 3 {
            0 => {}
            1 => told.then(now(), OperationEvent::Failed { problem: given.problem() }),
            _ => told.then(now(), OperationEvent::Succeeded { evidence: given.message.clone() }),
        }
        told.send(stage);
        let state = Some(given.version.clone());
        for beat in [
            Beat::InstanceRead { state: state.clone(), target_state: state },
            Beat::Looking { what: given.message.clone() },
            Beat::JournalFailed { problem: given.problem() },
        ] {
            stage.tell(Msg::Pulse(Pulse { operation: told.operation.id(), at: now(), beat }));
        }
    }
}

/// An operation of somebody whose name is given.
fn of_somebody_else(stage: &mut Stage, given: &Given) {
    let observed = Observed {
        instance: given.instances()[1].id.clone(),
        kind: Kind::Restore,
        correlation_id: given.id.clone(),
        caller: Some(given.message.clone()),
        began_at: now(),
    };
    let id = OperationId::new(uuid::Uuid::from_u128(9 << 96));
    let event =
        OperationEvent::Attached(Box::new(Operation::observe(id, observed, "https://management.azure.com")));
    let operation = Box::new(Operation::begun(&event, now()).unwrap());
    stage.tell(Msg::Operation { operation, event: Some(event), at: now() });
}

/// What a walk through the whole console showed: by the name of the screen, its text.
type Seen = BTreeMap<String, String>;

struct Tour<'a> {
    given: &'a Given,
    stage: Stage,
    seen: Seen,
    frames: u64,
}

impl Tour<'_> {
    /// Draws the screen into a terminal and looks at every byte.
    fn look(&mut self, name: &str) {
        let size = self.stage.model.size();
        let area = Rect::new(0, 0, size.columns, size.rows);
        let options = TerminalOptions { viewport: Viewport::Fixed(area) };
        let mut bytes = Vec::new();
        let mut terminal = Terminal::with_options(CrosstermBackend::new(&mut bytes), options).unwrap();
        let drawn = terminal.draw(|frame| view(&self.stage.model, frame)).unwrap();
        let text = stage::text(drawn.buffer);
        drop(terminal);
        let witness = Witness::of(&bytes);
        let given = self.given;
        assert!(witness.orders.is_empty(), "{name} obeys {:?} of {given:#?}", witness.orders);
        let foreign = witness.sequences.iter().find(|it| !matches!(it.as_str(), "H" | "m" | "?l" | "?h"));
        assert_eq!(foreign, None, "{name}: {given:#?}");
        let hidden = witness.printed.chars().find(|&c| visible::is_hidden(c));
        assert_eq!(hidden, None, "{name}: {given:#?}");
        self.straight(name, &text);
        self.frames += 1;
        self.seen.insert(name.to_owned(), text);
    }

    /// The right border of a frame stands in its column, whatever stands left of it: at the end of the screen, or of a
    /// half or a third of it where a row of panes is not full.
    fn straight(&self, name: &str, text: &str) {
        let wide = usize::from(self.stage.model.size().columns);
        for line in text.lines() {
            let columns: usize =
                line.chars().map(|c| unicode_width::UnicodeWidthChar::width(c).unwrap_or(0)).sum();
            let ends = ['║', '│', '╗', '┐', '╝', '┘'].iter().any(|end| line.ends_with(*end));
            assert!(columns <= wide, "{name} is {columns} wide: {line}");
            let starts = ['║', '│', '╔', '┌', '╚', '└'].iter().any(|start| line.starts_with(*start));
            let whole = columns == wide
                || [2, 3].iter().any(|parts| (1..*parts).any(|n| columns == wide / parts * n));
            assert!(!(starts && ends) || whole, "{name} is crooked: {line}\n{:#?}", self.given);
        }
    }

    fn press(&mut self, keys: &str, name: &str) {
        self.stage.press(keys);
        self.look(name);
    }
}

/// Walks through every screen.
fn tour(given: &Given, glyphs: Glyphs, size: (u16, u16)) -> (Seen, u64, Vec<Effect>) {
    let stage = console(given, glyphs, size);
    let mut tour = Tour { given, stage, seen: Seen::new(), frames: 0 };
    // By name, so that the first of the fleet is the one that has the backups.
    tour.press("sn", "fleet");
    if !tour.seen["fleet"].contains('0') {
        return (tour.seen, tour.frames, tour.stage.effects);
    }
    tour.press("g", "fleet, first");
    tour.press("y<Enter>", "backups");
    tour.press("gy", "backups, first");
    tour.press("<Tab>", "matrix");
    tour.press("<Enter>", "why");
    tour.press("a", "acts");
    tour.press("r", "targets");
    tour.press("n", "accesses");
    tour.press("n", "reading");
    answer(&mut tour.stage, given);
    tour.look("findings");
    tour.press("G", "last finding");
    tour.press("<Enter>", "evidence");
    tour.press("<Enter>", "findings again");
    tour.press("n", "review");
    tour.press("Yn", "confirm");
    tour.stage.tell(Msg::Paste(given.target.clone()));
    tour.look("typed");
    let mut effects = std::mem::take(&mut tour.stage.effects);
    let mut operated = Tour { stage: console(given, glyphs, size), ..tour };
    operated.stage.press("sng<Enter>garnn");
    operations(&mut operated.stage, given);
    operated.press("4", "operations");
    operated.press("y<Enter>", "operation");
    of_somebody_else(&mut operated.stage, given);
    operated.press("<Esc>", "operations of others");
    operated.press("y<Enter>", "operation of somebody else");
    operated.press("<Esc>!1", "fleet that runs");
    operated.press("!", "problems");
    operated.press("y<Enter>", "problem");
    operated.press("?", "help");
    operated.press("<Esc><Esc>1s", "columns");
    operated.stage.press("<Esc>/");
    operated.stage.tell(Msg::Paste(given.blob.clone()));
    operated.look("filter");
    operated.press("<Esc>1q", "leaving");
    operated.stage.press("<Esc>sng5");
    super::comparing::hostile(&mut operated.stage, [&given.message, &given.version, &given.id]);
    operated.press("y", "parity");
    operated.press("=G", "parity, last");
    effects.append(&mut operated.stage.effects);
    (operated.seen, operated.frames, effects)
}

#[test]
fn no_name_gives_orders_on_any_screen() {
    let (wanted, seeds) = (trials(500, 1_000_000), seeds(4));
    let (mut names, mut frames, mut copies) = (0, 0, 0);
    let mut places = std::collections::BTreeSet::new();
    for &seed in &seeds {
        let mut chance = Chance::new(seed);
        let mut own = 0;
        while own < wanted / seeds.len() as u64 {
            let given = Given::by(&mut chance);
            let glyphs = if chance.one_in(3) { Glyphs::Ascii } else { Glyphs::Unicode };
            let size = *chance.pick(&[(80, 24), (120, 35), (200, 55), (160, 70)]);
            let (seen, drawn, effects) = tour(&given, glyphs, size);
            if glyphs == Glyphs::Ascii {
                let odd = seen.iter().find(|(_, text)| !text.is_ascii());
                assert_eq!(odd, None, "beyond ASCII");
            }
            for effect in effects {
                let Effect::Copy(text) = effect else { continue };
                let orders = Witness::of(text.as_bytes()).orders;
                assert!(orders.is_empty(), "on the clipboard: {orders:?} of {given:#?}");
                copies += 1;
            }
            places.extend(seen.into_keys());
            own += given.count();
            frames += drawn;
        }
        names += own;
    }
    assert!(places.len() > 25 && copies > 0, "{places:?}, {copies} copies");
    println!("{names} names, {frames} frames of {} screens, {copies} copies, seeds {seeds:?}", places.len());
}

/// One of the texts.
type Field = fn(&mut Given) -> &mut String;

/// Which texts of the world stand on which screens.
const SHOWN: [(&str, Field, &[&str]); 5] = [
    ("instance", |it| &mut it.instance, &["fleet", "fleet, first", "backups", "why"]),
    ("target", |it| &mut it.target, &["fleet", "targets", "accesses", "review", "confirm", "typed"]),
    ("blob", |it| &mut it.blob, &["backups, first", "why", "review", "confirm", "operations", "operation"]),
    ("message", |it| &mut it.message, &["operations", "operation", "problems", "problem", "parity"]),
    ("subscription", |it| &mut it.subscription, &["fleet", "problems", "problem"]),
];

#[test]
fn v9_names_that_differ_look_different_on_every_screen_that_shows_them() {
    let (count, seeds) = (trials(20, 20_000), seeds(2));
    let mut compared = 0;
    for &seed in &seeds {
        let mut chance = Chance::new(seed);
        for number in 0..count / seeds.len() as u64 {
            let (one, other) = hostile::pair(|end| chance.below(end));
            let (what, field, screens) = SHOWN[usize::try_from(number).unwrap() % SHOWN.len()];
            let glyphs = if chance.one_in(3) { Glyphs::Ascii } else { Glyphs::Unicode };
            let [first, second] = [&one, &other].map(|text| {
                let mut given = Given::plain();
                field(&mut given).clone_from(text);
                tour(&given, glyphs, (160, 50)).0
            });
            for screen in screens {
                let looks = |seen: &Seen| as_seen(&seen[*screen]);
                assert_ne!(looks(&first), looks(&second), "{screen}: {what} {one:?} and {other:?}");
                compared += 1;
            }
        }
    }
    println!("{count} pairs of names, {compared} pairs of frames, seeds {seeds:?}");
}

/// A frame as a reader sees it: what Unicode holds for the same letter is one.
fn as_seen(frame: &str) -> String {
    icu_normalizer::ComposingNormalizerBorrowed::new_nfc().normalize(frame).into_owned()
}
