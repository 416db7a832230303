//! The backups of an instance: how much is left of each, where its tier is known from, and whether it fits the
//! chosen target.

mod extract;

use ratatui::layout::Rect;

pub(in crate::console) use self::extract::extract;
use super::matrix;
use super::outline::freshness;
use crate::console::layout::Room;
use crate::console::model::{BackupColumn, Below, FleetKey, Model, Times};
use crate::console::text;
use crate::console::theme::{self, Role, Theme};
use crate::console::widgets::canvas::{Canvas, Keys, Words};
use crate::console::widgets::columns::{self, Column};
use crate::console::world::inventory::Reading;
use crate::domain::backup::{Backup, BackupState, LIFETIME, Provenance};
use crate::domain::duration;
use crate::domain::provenance;
use crate::domain::size;

/// What a column shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Newest,
    Name,
    Taken,
    Age,
    Expires,
    Bar,
    Tier,
    By,
    Size,
    Location,
    Fit,
}

const COLUMNS: [Column<What>; 11] = [
    Column { what: What::Newest, title: "", width: 1, grow: 0, rank: 20 },
    Column { what: What::Name, title: "NAME", width: 19, grow: 26, rank: 19 },
    Column { what: What::Taken, title: "TAKEN UTC", width: 11, grow: 0, rank: 14 },
    Column { what: What::Age, title: "AGE", width: 6, grow: 1, rank: 9 },
    Column { what: What::Expires, title: "EXPIRES", width: 8, grow: 2, rank: 18 },
    Column { what: What::Bar, title: "LEFT", width: 6, grow: 0, rank: 8 },
    Column { what: What::Tier, title: "TIER", width: 9, grow: 2, rank: 16 },
    Column { what: What::By, title: "KNOWN BY", width: 8, grow: 4, rank: 15 },
    Column { what: What::Size, title: "SIZE", width: 7, grow: 1, rank: 7 },
    Column { what: What::Location, title: "LOCATION", width: 20, grow: 10, rank: 5 },
    Column { what: What::Fit, title: "", width: 14, grow: 15, rank: 17 },
];

const _: () = assert!(COLUMNS.len() == crate::console::shape::BACKUPS.len(), "every column has its name");

/// Draws it.
pub(in crate::console) fn draw(model: &Model, body: Rect, canvas: &mut Canvas<'_, '_>) {
    if let Some(scroll) = model.cell {
        return matrix::whole(model, body, canvas, scroll);
    }
    let below = if model.backup_rows().is_empty() { 0 } else { model.size().below_backups() };
    let list = Rect { height: body.height.saturating_sub(below), ..body };
    let rest = Rect { y: list.bottom(), height: body.height - list.height, ..body };
    let room = usize::from(list.width.saturating_sub(4));
    let (_, dropped) = columns::place(&model.shapes.backups.of(&COLUMNS), room);
    let mut title = Words::one(Role::Strong, "Backups");
    if dropped > 0 {
        title = title.and(Role::Dim, format!("  +{}", text::count(dropped, "col")));
    }
    let inner = canvas.pane(list, Keys::Here, &title, &freshness(model));
    rows(model, inner, canvas);
    let shown = usize::from(inner.height.saturating_sub(1));
    canvas.part(list, model.backup_window().offset, shown, model.backup_rows().len());
    if below == 0 {
        return;
    }
    match (model.size().room(), model.below) {
        (Room::Huge, _) => {
            let left = Rect { width: rest.width * 3 / 5, ..rest };
            matrix::draw(model, left, canvas);
            matrix::why(model, Rect { x: left.right(), width: rest.width - left.width, ..rest }, canvas);
        }
        (_, Below::Matrix) => matrix::draw(model, rest, canvas),
        (_, Below::Why) => matrix::why(model, rest, canvas),
    }
}

/// RPO and counts, for the head.
pub(in crate::console) fn totals(model: &Model, canvas: &Canvas<'_, '_>) -> Words {
    let now = model.now();
    let Some(place) = model.subject_place() else {
        return Words::one(Role::Plain, text::count(model.subject_backups().len(), "backup"));
    };
    let judged = &model.judgement().instances[place];
    let (coverage, goal) = (&judged.coverage, judged.goal);
    let role = match coverage.newest_taken_at.map(|at| now.duration_since(at)) {
        Some(age) if age >= goal * 2 => Role::Crit,
        Some(age) if age >= goal => Role::Warn,
        _ => Role::Plain,
    };
    let sign = match role {
        Role::Plain => Words::new(),
        _ => Words::one(role, canvas.theme.sign(role)).and(Role::Plain, " "),
    };
    let rpo = match coverage.newest_taken_at {
        None => super::fleet::without(judged),
        Some(at) => Words::one(role, model.age_of(at)),
    };
    let words = sign
        .and(Role::Dim, "RPO ")
        .then(rpo)
        .and(Role::Dim, format_args!(" of {}   ", text::goal(goal)))
        .then(super::fleet::points(judged))
        .and(Role::Plain, " backups usable");
    match coverage.ends_at.filter(|_| coverage.cover(now).is_some()) {
        Some(end) => words.and(Role::Dim, "   cover ends ").and(Role::Plain, model.in_time(end)),
        None => words,
    }
}

fn rows(model: &Model, inner: Rect, canvas: &mut Canvas<'_, '_>) {
    let shown = model.backup_rows();
    if shown.is_empty() {
        return nothing(model, inner, canvas);
    }
    let room = usize::from(inner.width.saturating_sub(2));
    let (placed, _) = columns::place(&model.shapes.backups.of(&COLUMNS), room);
    let (theme, sort) = (canvas.theme, model.backups.sort);
    let area = Rect { x: inner.x + 1, width: inner.width - 1, ..inner };
    columns::heads(canvas, area, &placed, |what| {
        (column_of(what) == Some(sort.by)).then(|| theme.order(sort.direction))
    });
    let fits = placed.iter().position(|it| it.what == What::Fit);
    if let (Some(target), Some(at)) = (model.target_chosen(), fits) {
        let words = Words::one(Role::Strong, format_args!("{} ", theme.arrow()))
            .and_name(Role::Strong, target.name.as_str());
        let before: usize = placed.iter().take(at).map(|it| it.width + 1).sum();
        canvas.cell(area, (0, before), placed[at].width, &words);
    }
    let newest = model.subject_place().and_then(|place| model.judgement().instances[place].newest_usable);
    let window = model.backup_window();
    for (line, at) in (1..inner.height).zip(window.offset..shown.len()) {
        let backup = &model.world.inventory.backups.all()[shown[at]];
        let cells = placed.iter().map(|column| match column.what {
            What::Newest if newest == Some(shown[at]) => Words::one(Role::Strong, "*"),
            What::Newest => Words::new(),
            What::Name => {
                let past = backup.state(model.now()) == BackupState::Expired;
                let role = if past { Role::Dim } else { Role::Plain };
                name(model, theme, backup, (role, column.width))
            }
            What::Expires => expires(model, theme, backup, column.width),
            what => cell(model, theme, backup, what),
        });
        columns::row(canvas, (area, line), &placed, cells);
        if window.row == Some(at) {
            canvas.chosen(inner, line, 1 + columns::up_to(&placed, |what| what == What::Name));
        }
    }
}

fn column_of(what: What) -> Option<BackupColumn> {
    match what {
        What::Name => Some(BackupColumn::Name),
        What::Taken => Some(BackupColumn::Taken),
        What::Tier => Some(BackupColumn::Tier),
        What::Size => Some(BackupColumn::Size),
        What::Location => Some(BackupColumn::Location),
        What::Newest | What::Age | What::Expires | What::Bar | What::By | What::Fit => None,
    }
}

/// The name in this role and room, or as much of it as tells it from its neighbours: the ending goes first, then what
/// repeats the name of the instance. A sign stands for what went, and a name that lacks the ending is not shortened, so
/// that no short name can be taken for another.
pub(in crate::console) fn name(
    model: &Model,
    theme: Theme,
    backup: &Backup,
    (role, room): (Role, usize),
) -> Words {
    let whole = backup.blob.address.name.as_str();
    let all = Words::name(role, whole);
    let Some(stem) = whole.strip_suffix(provenance::EXTENSION).filter(|_| all.width(theme) > room) else {
        return all;
    };
    let without_ending = Words::name(role, stem).and(role, theme.ellipsis());
    let subject = model.subject().map_or("", FleetKey::name);
    let rest = stem.strip_prefix(subject).and_then(|it| it.strip_prefix('-')).filter(|it| !it.is_empty());
    match rest {
        Some(rest) if without_ending.width(theme) > room => {
            Words::shown(role, theme.ellipsis()).and_name(role, rest)
        }
        _ => without_ending,
    }
}

fn cell(model: &Model, theme: Theme, backup: &Backup, what: What) -> Words {
    let state = backup.state(model.now());
    let past = state == BackupState::Expired;
    let plain = if past { Role::Dim } else { Role::Plain };
    match what {
        What::Newest | What::Name | What::Expires => Words::new(),
        What::Taken => backup.taken.map_or(Words::one(Role::Unknown, "?"), |taken| {
            let at = match model.times {
                Times::Durations => model.stamp(taken.at),
                Times::Usual | Times::Moments => text::short_day(taken.at),
            };
            Words::one(plain, at)
        }),
        What::Age => {
            let taken = backup.taken.as_ref();
            taken.map_or(Words::one(Role::Unknown, "?"), |taken| Words::one(plain, model.age_of(taken.at)))
        }
        What::Bar => {
            let hours = backup.time_left(model.now()).map_or(0, |left| left.as_hours()).max(0);
            Words::one(bar_role(state), theme.bar(6, hours, LIFETIME.as_hours()))
        }
        What::Tier => match &backup.source.tier {
            Some(tier) => Words::one(plain, tier),
            None => Words::one(Role::Unknown, "?"),
        },
        What::By => Words::one(provenance_role(backup.source.provenance), backup.source.provenance),
        What::Size => backup
            .blob
            .size
            .map_or(Words::one(Role::Unknown, "?"), |size| Words::one(plain, size::Short(size))),
        What::Location => Words::one(Role::Dim, &backup.blob.address.location),
        What::Fit => model.target_chosen().map_or(Words::new(), |target| {
            let fit = model.fit(backup, target);
            let role = theme::of_verdict(fit.verdict);
            Words::one(role, format_args!("{} {}", theme.sign(role), matrix::in_short(&fit.reason)))
        }),
    }
}

/// What is left. What ends soon has a sign behind it, so that it does not take its colour to see it. The running clock
/// of the last day gives its seconds for that where there is little room.
fn expires(model: &Model, theme: Theme, backup: &Backup, room: usize) -> Words {
    let sign = match backup.state(model.now()) {
        BackupState::Usable => None,
        BackupState::Expiring => Some(theme.sign(Role::Crit)),
        BackupState::Expired => return Words::one(Role::Dim, "EXPIRED"),
        BackupState::Archived => return Words::one(Role::Warn, "ARCHIVED"),
        BackupState::Unknown => return Words::one(Role::Unknown, "?"),
    };
    let Some(end) = backup.expires_at() else { return Words::one(Role::Unknown, "?") };
    let mut left = model.left_until(end);
    let Some(sign) = sign else { return Words::one(Role::Plain, left) };
    let before = room.saturating_sub(text::width(sign));
    if text::width(&left) > before {
        left = text::short(format_args!("{}", duration::Short(end.duration_since(model.now()))));
    }
    Words::one(Role::Crit, text::short(format_args!("{left:<before$}{sign}")))
}

fn bar_role(state: BackupState) -> Role {
    match state {
        BackupState::Expiring => Role::Crit,
        _ => Role::Dim,
    }
}

/// A weak witness is never dressed up.
fn provenance_role(provenance: Provenance) -> Role {
    match provenance {
        Provenance::Manifest | Provenance::Journal | Provenance::ActivityLog => Role::Plain,
        Provenance::Name | Provenance::Operator => Role::Warn,
        Provenance::Unknown => Role::Unknown,
    }
}

/// An empty list says why it is empty.
fn nothing(model: &Model, inner: Rect, canvas: &mut Canvas<'_, '_>) {
    let inventory = &model.world.inventory;
    let area = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let mut say = |line: u16, role: Role, words: &str| canvas.paragraph(area, line, role, words);
    let all = model.subject_backups().len();
    if all > 0 {
        say(1, Role::Warn, &format!("0 of {all} match /{}", model.backups.filter.0));
        say(2, Role::Dim, "Esc clears the filter");
        return;
    }
    let listed = text::count(inventory.locations.len(), "location");
    match (inventory.reading, inventory.problems.len()) {
        (Reading::NotAsked | Reading::Running { .. }, _) => {
            say(1, Role::Loading, "Reading storage. Backups appear as they are found.");
        }
        (Reading::Done { .. }, 0) => {
            say(1, Role::Crit, &format!("No backup found in {listed}. This instance has NO recovery point."));
            say(2, Role::Dim, "a b takes the first one");
        }
        (Reading::Done { .. }, failed) => {
            let parts = text::count(failed, "part");
            say(
                1,
                Role::Unknown,
                &format!("No backup was seen, but {parts} could not be read: there may be some."),
            );
            say(3, Role::Dim, "! shows what could not be read");
        }
    }
    if !model.judgement().strays.is_empty() {
        say(5, Role::Unknown, &super::fleet_detail::strays(model).to_string());
    }
}
