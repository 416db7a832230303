//! What a frame costs, in counts and never by a clock: allocations, bytes to the terminal, frames that are drawn.
//!
//! The counting allocator is of the whole test binary, so nothing else is tested here.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::time::{Duration, Instant};

#[path = "support/crowd.rs"]
mod crowd;
#[path = "support/trials.rs"]
mod trials;

use allocation_counter::{AllocationInfo, measure};
use crowd::Tape;
use jiff::SignedDuration;
use lifeboat::app::painter::Painter;
use lifeboat::console::message::Loaded;
use lifeboat::console::model::FleetColumn;
use lifeboat::console::{Key, Model, Msg, RequestId, update, view};
use lifeboat::domain::operation::{Intent, Operation, OperationEvent, OperationId, Work};
use lifeboat::domain::plan::{Access, BackupPlan, Plan};
use lifeboat::domain::storage::Location;
use ratatui::Terminal;
use trials::trials;

type Screen = Terminal<Painter<Tape>>;

/// The most bytes of a first frame with a row in every line, of which the text alone takes 7 312: 13 columns in 38 rows,
/// each with four changes of colour.
const FIRST: usize = 12_600;

/// A console that was drawn, and whose terminal has forgotten what it got.
struct Watched {
    model: Model,
    screen: Screen,
    tape: Tape,
}

/// What one step cost.
struct Step {
    update: AllocationInfo,
    frame: AllocationInfo,
    bytes: usize,
}

impl Watched {
    fn new(model: Model) -> Self {
        let (screen, tape) = crowd::terminal();
        let mut it = Self { model, screen, tape };
        it.draw();
        it
    }

    /// Draws, and gives the bytes that the terminal got.
    fn draw(&mut self) -> usize {
        let model = &self.model;
        self.screen.draw(|frame| view(model, frame)).unwrap();
        update(&mut self.model, Msg::Drawn);
        self.tape.take(<[u8]>::len)
    }

    fn press(&mut self, key: Key) -> Step {
        let model = &mut self.model;
        let update = measure(|| drop(update(model, Msg::Key(key))));
        let mut bytes = 0;
        let frame = measure(|| bytes = self.draw());
        Step { update, frame, bytes }
    }

    /// Scrolls past the end of the screen, up again, and down once more: so rows are seen for the first time, and then
    /// again. Gives what the last steps of the second time cost.
    fn scroll(&mut self, name: &str) -> Vec<Step> {
        const FAR: usize = 46;
        let first: Vec<Step> = (0..FAR).map(|_| self.press(Key::Down)).collect();
        let unseen = first.iter().skip(FAR - 5).map(|step| step.frame.count_total).max().unwrap();
        for key in [Key::Up, Key::Down] {
            (0..FAR).for_each(|_| drop(update(&mut self.model, Msg::Key(key))));
        }
        (0..5).for_each(|_| drop(update(&mut self.model, Msg::Key(Key::Up))));
        self.draw();
        let steps: Vec<Step> = (0..5).map(|_| self.press(Key::Down)).collect();
        let most = |of: fn(&Step) -> u64| steps.iter().map(of).max().unwrap();
        println!(
            "{name}: {} allocations a frame, {} in update; {unseen} where a row is seen for the first time; {} bytes",
            most(|it| it.frame.count_total),
            most(|it| it.update.count_total),
            first.iter().skip(FAR - 5).map(|it| it.bytes).max().unwrap(),
        );
        assert!(unseen <= 17, "a row is judged when it is seen for the first time, and no more");
        steps
    }
}

/// The fleet and the backups, with so many rows.
fn lists(rows: usize) -> [(String, Watched); 2] {
    let mut backups = Watched::new(crowd::model(1, rows));
    backups.press(Key::Enter);
    [
        (format!("fleet of {rows}"), Watched::new(crowd::model(rows, rows))),
        (format!("backups, {rows}"), backups),
    ]
}

#[test]
fn s3_a_frame_in_steady_scroll_allocates_next_to_nothing_and_the_same_at_any_size() {
    let many = usize::try_from(trials(10_000, 100_000)).unwrap();
    let costs = [100, 2_000, many].map(|rows| {
        lists(rows).map(|(name, mut console)| {
            let steps = console.scroll(&name);
            for step in &steps {
                assert!(step.frame.count_total <= 8, "{name}: {} allocations", step.frame.count_total);
                assert_eq!(step.update.count_total, 0, "{name}: update allocates nothing");
            }
            steps.iter().map(|it| (it.frame.count_total, it.frame.bytes_total)).max().unwrap()
        })
    });
    assert!(costs.iter().all(|cost| *cost == costs[0]), "the number of rows costs nothing: {costs:?}");
}

#[test]
fn a_move_of_the_cursor_says_little_to_the_terminal() {
    for (name, mut console) in lists(100) {
        let mut bytes: Vec<usize> = (0..10).map(|_| console.press(Key::Down).bytes).collect();
        bytes.sort_unstable();
        println!("{name}: a move of the cursor takes {} to {} bytes", bytes[0], bytes[9]);
        // Where there is a matrix, it moves on once in half of its rows.
        assert!(bytes[8] <= 300 && bytes[9] <= 700, "{name}: {bytes:?}");
    }
}

#[test]
fn the_first_frame_is_short_and_nothing_is_cleared_after_it() {
    for (instances, open) in [(500, &[][..]), (1, &[Key::Enter][..])] {
        let mut model = crowd::model(instances, 10_000);
        open.iter().for_each(|key| drop(update(&mut model, Msg::Key(*key))));
        let (mut screen, tape) = crowd::terminal();
        screen.draw(|frame| view(&model, frame)).unwrap();
        let first = tape.take(<[u8]>::len);
        println!("the first frame takes {first} bytes");
        assert!(first <= FIRST, "{first} bytes");
        let mut console = Watched { model, screen, tape };
        for key in [Key::PageDown, Key::Char('G'), Key::Char('?'), Key::Esc, Key::Char('o'), Key::Char('1')] {
            update(&mut console.model, Msg::Key(key));
            let model = &console.model;
            console.screen.draw(|frame| view(model, frame)).unwrap();
            let cleared = console
                .tape
                .take(|bytes| bytes.windows(4).any(|it| it == b"\x1b[2J" || it.starts_with(b"\x1b[J")));
            assert!(!cleared, "{key} clears the screen");
        }
    }
}

/// What some keys cost together, update and frames: allocations, and what a debug build takes on this machine.
struct Cost {
    allocations: u64,
    took: Duration,
}

fn cost(console: &mut Watched, keys: &[Key]) -> Cost {
    let began = Instant::now();
    let steps = keys.iter().map(|key| console.press(*key));
    let allocations = steps.map(|step| step.update.count_total + step.frame.count_total).sum();
    Cost { allocations, took: began.elapsed() }
}

/// A filter asks every row and a sort orders all of them; neither judges anything anew, and a step asks nobody.
#[test]
fn s3_a_key_in_a_crowd_costs_what_its_rows_do() {
    const FILTER: [Key; 5] = [Key::Char('/'), Key::Char('0'), Key::Char('0'), Key::Char('4'), Key::Char('2')];
    const SORT: [Key; 3] = [Key::Char('s'), Key::Down, Key::Enter];
    // READY in the fleet, for which every instance is judged: it is made when it is asked for.
    const LAST: [Key; 3] = [Key::Char('s'), Key::Char('G'), Key::Enter];
    type Keys<'a> = (&'a str, &'a [Key]);
    let kinds: [Keys<'_>; 4] = [
        ("100 steps", &[Key::Down; 100]),
        ("a filter", &FILTER),
        ("a sort", &SORT),
        ("a sort by the last column", &LAST),
    ];
    let of = |instances: usize, backups: usize| {
        let mut backups_of_one = Watched::new(crowd::model(1, backups));
        backups_of_one.press(Key::Enter);
        [
            ("fleet", instances, Watched::new(crowd::model(instances, backups))),
            ("backups", backups, backups_of_one),
        ]
    };
    let quarter = of(1_250, 5_000);
    let whole = of(5_000, 20_000);
    for ((list, few, mut small), (_, many, mut large)) in quarter.into_iter().zip(whole) {
        for (name, keys) in kinds {
            let (less, more) = (cost(&mut small, keys), cost(&mut large, keys));
            if list == "fleet" && *keys == LAST {
                let by = [&small, &large].map(|console| console.model.fleet.sort.by);
                assert_eq!(by, [FleetColumn::Ready; 2], "the last column is the one that is judged");
            }
            let per_row = more.allocations.div_ceil(u64::try_from(many).unwrap());
            assert!(per_row <= 50 || *keys == LAST, "{list}, {name}: {per_row} allocations for each row");
            // Four times as many rows, so at most four times the work, and what every frame costs.
            let grown = less.allocations * 4 + 1_000;
            assert!(
                more.allocations <= grown,
                "{list}, {name}: {} for four times the rows",
                more.allocations
            );
            println!(
                "{list}, {name}: {} allocations with {few} rows, {} with {many}; {:?} and {:?} in this build",
                less.allocations, more.allocations, less.took, more.took
            );
        }
    }
}

/// How often the console is drawn within this time, and what each frame takes, as the loop of the full screen would:
/// it sleeps until the next tick and draws when something changed.
fn frames_within(console: &mut Watched, time: SignedDuration) -> Vec<usize> {
    let end = console.model.now() + time;
    let mut frames = Vec::new();
    while let Some(sleep) = console.model.next_tick() {
        let at = console.model.now() + SignedDuration::try_from(sleep).unwrap();
        if at > end {
            break;
        }
        update(&mut console.model, Msg::Tick(at));
        if console.model.is_dirty() {
            frames.push(console.draw());
        }
    }
    frames
}

#[test]
fn an_idle_console_draws_its_clock_and_nothing_else() {
    for (name, mut console) in lists(100) {
        let hour = frames_within(&mut console, SignedDuration::from_hours(1));
        let bytes: usize = hour.iter().sum();
        println!("{name}: {} frames and {bytes} bytes in an idle hour", hour.len());
        assert!(hour.len() <= 60, "{name}: its clock shows minutes");
        let within = frames_within(&mut console, SignedDuration::from_secs(25));
        assert!(within.is_empty(), "{name}: nothing between two minutes");
    }
}

#[test]
fn a_running_operation_takes_a_frame_a_second_and_few_bytes() {
    let mut model = crowd::model(100, 100);
    let instance = crowd::instance(3);
    let plan = Plan::Backup(BackupPlan {
        instance: instance.id,
        to: Location::new("stcrowdbackup", "apim").at("three.apimbackup"),
        access: Access::System,
    });
    let intent = Intent {
        operation_id: OperationId::new(uuid::Uuid::from_u128(7)),
        work: Work::Plan(plan),
        accepted: Vec::new(),
        checks: Vec::new(),
        resource_manager: "https://management.azure.com".to_owned(),
        tier: None,
        tool: "lifeboat".to_owned(),
        purpose: lifeboat::domain::operation::Purpose::Real,
    };
    let mut operation = Operation::planned(intent, crowd::now());
    for event in [
        OperationEvent::Submitting,
        OperationEvent::Accepted(lifeboat::domain::operation::Acceptation::default()),
    ] {
        operation.apply(crowd::now(), &event).unwrap();
        update(
            &mut model,
            Msg::Operation { operation: Box::new(operation.clone()), event: Some(event), at: crowd::now() },
        );
    }
    let request = RequestId(1);
    update(&mut model, Msg::Loaded { request, what: Loaded::Done { as_of: crowd::now() } });
    let mut console = Watched::new(model);
    for (name, keys) in [("fleet", &[][..]), ("wall", &[Key::Char('4')][..])] {
        for key in keys {
            console.press(*key);
        }
        let mut frames = frames_within(&mut console, SignedDuration::from_secs(600));
        frames.sort_unstable();
        let median = frames[frames.len() / 2];
        println!(
            "{name}: {} frames in 600 s, {median} bytes in the middle, {} at most",
            frames.len(),
            frames[frames.len() - 1]
        );
        assert!(frames.len() <= 600 && median <= 64, "{name}: {} frames, {median} bytes", frames.len());
    }
}
