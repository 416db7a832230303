//! Every instance: how it stands, what it could be restored from and into.

mod extract;

use ratatui::layout::Rect;

pub(in crate::console) use self::extract::extract;
use super::fleet_detail;
use super::outline::freshness;
use crate::console::layout::Room;
use crate::console::model::{FleetColumn, FleetRow, Model};
use crate::console::preferences::Importance;
use crate::console::text;
use crate::console::theme::{self, Role, Theme};
use crate::console::widgets::canvas::{Canvas, Keys, Words};
use crate::console::widgets::columns::{self, Column, Placed};
use crate::console::world::inventory::Reading;
use crate::console::world::judgement::{Judged, Standby, Standing};
use crate::domain::backup::LIFETIME;
use crate::domain::instance::Instance;
use crate::domain::readiness::Grade;
use crate::domain::sku::BackupSupport;
use crate::domain::verdict::Verdict;

/// What a column shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    State,
    Name,
    Tier,
    Region,
    Rpo,
    Goal,
    Expires,
    Bar,
    Points,
    Standby,
    Ready,
    Azure,
    Subscription,
}

const COLUMNS: [Column<What>; 13] = [
    Column { what: What::State, title: "ST", width: 2, grow: 0, rank: 20 },
    Column { what: What::Name, title: "NAME", width: 18, grow: 14, rank: 19 },
    Column { what: What::Tier, title: "TIER", width: 11, grow: 1, rank: 13 },
    Column { what: What::Region, title: "REGION", width: 14, grow: 5, rank: 10 },
    Column { what: What::Rpo, title: "RPO", width: 6, grow: 2, rank: 16 },
    Column { what: What::Goal, title: "GOAL", width: 5, grow: 1, rank: 6 },
    Column { what: What::Expires, title: "EXPIRES", width: 8, grow: 3, rank: 18 },
    Column { what: What::Bar, title: "LEFT", width: 6, grow: 4, rank: 7 },
    Column { what: What::Points, title: "POINTS", width: 7, grow: 0, rank: 14 },
    Column { what: What::Standby, title: "STANDBY", width: 18, grow: 24, rank: 17 },
    Column { what: What::Ready, title: "READY", width: 9, grow: 0, rank: 11 },
    Column { what: What::Azure, title: "AZURE SAYS", width: 12, grow: 6, rank: 8 },
    Column { what: What::Subscription, title: "SUBSCRIPTION", width: 14, grow: 14, rank: 5 },
];

const _: () = assert!(COLUMNS.len() == crate::console::shape::FLEET.len(), "every column has its name");

/// Draws it.
pub(in crate::console) fn draw(model: &Model, body: Rect, canvas: &mut Canvas<'_, '_>) {
    let below = model.size().below_fleet();
    let list = Rect { height: body.height.saturating_sub(below), ..body };
    let rest = Rect { y: list.bottom(), height: body.height - list.height, ..body };
    let room = usize::from(list.width.saturating_sub(4));
    let (placed, dropped) = columns::place(&model.shapes.fleet.of(&COLUMNS), room);
    let mut title = Words::one(Role::Strong, "Instances");
    if dropped > 0 {
        title = title.and(Role::Dim, format_args!("  +{}", text::count(dropped, "col")));
    }
    let inner = canvas.pane(list, Keys::Here, &title, &freshness(model));
    rows(model, &placed, inner, canvas);
    let shown = usize::from(inner.height.saturating_sub(1));
    canvas.part(list, model.fleet_window().offset, shown, model.fleet_rows().len());
    if model.size().room() == Room::Narrow {
        fleet_detail::strip(model, rest, canvas);
    } else {
        fleet_detail::panes(model, rest, canvas);
    }
}

fn rows(model: &Model, placed: &[Placed<What>], inner: Rect, canvas: &mut Canvas<'_, '_>) {
    let shown = model.fleet_rows();
    if shown.is_empty() {
        return nothing(model, inner, canvas);
    }
    let (theme, sort) = (canvas.theme, model.fleet.sort);
    let area = Rect { x: inner.x + 1, width: inner.width - 1, ..inner };
    columns::heads(canvas, area, placed, |what| {
        (column_of(what) == Some(sort.by)).then(|| theme.order(sort.direction))
    });
    let gap = Rect { x: area.x + gap_of_mark(placed), width: 1, ..area };
    let window = model.fleet_window();
    for (line, at) in (1..inner.height).zip(window.offset..shown.len()) {
        match shown[at] {
            FleetRow::Instance(place) => {
                let row = Row {
                    place,
                    instance: &model.world.inventory.instances.all()[place],
                    judged: &model.judgement().instances[place],
                };
                let cells = placed.iter().map(|column| cell(model, theme, &row, *column));
                columns::row(canvas, (area, line), placed, cells);
            }
            FleetRow::Strays => canvas.words(area, line, &strays(model, theme)),
        }
        mark(model, shown[at], gap, line, canvas);
        if window.row == Some(at) {
            canvas.chosen(inner, line, 1 + columns::up_to(placed, |what| what == What::Name));
        }
    }
}

/// The gap that has the marks: the one before the names, or behind them where they come first.
fn gap_of_mark(placed: &[Placed<What>]) -> u16 {
    let name = placed.iter().position(|column| column.what == What::Name).unwrap_or(0);
    let before = &placed[..name.max(1).min(placed.len())];
    let gap = before.iter().map(|column| column.width + 1).sum::<usize>();
    u16::try_from(gap.saturating_sub(1)).unwrap_or(u16::MAX)
}

/// The sign of a marked instance.
fn mark(model: &Model, row: FleetRow, at: Rect, line: u16, canvas: &mut Canvas<'_, '_>) {
    let FleetRow::Instance(place) = row else { return };
    if model.marks.count() > 0 && model.marks.has(&model.world.inventory.instances.all()[place].id) {
        canvas.words(at, line, &Words::one(Role::Key, canvas.theme.mark()));
    }
}

fn column_of(what: What) -> Option<FleetColumn> {
    Some(match what {
        What::State => FleetColumn::State,
        What::Name => FleetColumn::Name,
        What::Tier => FleetColumn::Tier,
        What::Region => FleetColumn::Region,
        What::Rpo => FleetColumn::Rpo,
        What::Expires => FleetColumn::Expires,
        What::Points => FleetColumn::Points,
        What::Ready => FleetColumn::Ready,
        What::Goal | What::Bar | What::Standby | What::Azure | What::Subscription => return None,
    })
}

fn strays(model: &Model, theme: Theme) -> Words {
    let count = text::count(model.judgement().strays.len(), "backup");
    Words::one(Role::Unknown, format_args!("{:<3}", theme.sign(Role::Unknown)))
        .and(Role::Plain, format_args!("{count} of unknown origin"))
        .and(Role::Dim, "   no manifest, journal or name tells it")
}

/// What a row is about.
struct Row<'a> {
    place: usize,
    instance: &'a Instance,
    judged: &'a Judged,
}

fn cell(model: &Model, theme: Theme, row: &Row<'_>, column: Placed<What>) -> Words {
    let Row { place, instance, judged } = *row;
    let standing = theme::of_standing(judged.standing);
    match column.what {
        What::State => Words::one(standing, theme.sign(standing)),
        What::Name => match judged.importance {
            Importance::Production => Words::name(Role::Strong, instance.name.as_str()),
            Importance::Ordinary | Importance::Drill => Words::name(Role::Plain, instance.name.as_str()),
        },
        What::Tier => tier(instance),
        What::Region => Words::name(Role::Plain, instance.region.as_str()),
        What::Rpo => rpo(model, judged),
        What::Goal => Words::one(Role::Dim, text::goal(judged.goal)),
        What::Expires => expires(model, judged),
        What::Bar => bar(model, theme, judged),
        What::Points => points(judged),
        What::Standby => standby(model, theme, judged, column.width),
        What::Ready => ready(model, place),
        What::Azure => azure(instance),
        What::Subscription => Words::name(Role::Dim, model.world.inventory.subscription_of(&instance.id)),
    }
}

fn tier(instance: &Instance) -> Words {
    match &instance.sku {
        None => Words::one(Role::Unknown, "?"),
        Some(sku) if instance.backup_support() == BackupSupport::Unsupported => {
            Words::one(Role::Unsupported, &sku.tier)
        }
        Some(sku) => Words::one(Role::Plain, sku),
    }
}

/// What a column, or the head of the backups, says when there is no usable backup.
pub(super) fn without(judged: &Judged) -> Words {
    match judged.standing {
        Standing::Loading => Words::one(Role::Loading, "…"),
        Standing::Unknown => Words::one(Role::Unknown, "?"),
        Standing::Unsupported => Words::one(Role::Unsupported, "n/a"),
        _ if judged.coverage.total == 0 && !judged.standby_of.is_empty() => Words::one(Role::Dim, "n/a"),
        _ => Words::one(Role::Crit, "none"),
    }
}

fn rpo(model: &Model, judged: &Judged) -> Words {
    let Some(at) = judged.coverage.newest_taken_at else { return without(judged) };
    let age = model.now().duration_since(at);
    let goal = judged.goal;
    let role = match age {
        age if age >= goal * 2 => Role::Crit,
        age if age >= goal => Role::Warn,
        _ => Role::Plain,
    };
    Words::one(role, model.age_of(at))
}

fn expires(model: &Model, judged: &Judged) -> Words {
    let Some(end) = judged.coverage.ends_at else { return without(judged) };
    let left = end.duration_since(model.now());
    let role = match left.as_hours() {
        hours if hours < 3 * 24 => Role::Crit,
        hours if hours < 10 * 24 => Role::Warn,
        _ => Role::Plain,
    };
    Words::one(role, model.left_until(end))
}

fn bar(model: &Model, theme: Theme, judged: &Judged) -> Words {
    let Some(end) = judged.coverage.ends_at else { return Words::new() };
    let left = end.duration_since(model.now());
    Words::one(expires_role(left.as_hours()), theme.bar(6, left.as_hours(), LIFETIME.as_hours()))
}

fn expires_role(hours: i64) -> Role {
    match hours {
        ..72 => Role::Crit,
        72..240 => Role::Warn,
        _ => Role::Dim,
    }
}

pub(super) fn points(judged: &Judged) -> Words {
    let coverage = &judged.coverage;
    match (coverage.total, judged.standing) {
        (0, Standing::Loading) => Words::one(Role::Loading, "…"),
        (0, Standing::Unknown) => Words::one(Role::Unknown, "?/?"),
        (total, _) => Words::one(Role::Plain, format_args!("{}/{total}", coverage.usable)),
    }
}

/// The standby and whether the newest usable backup fits it, with as many words as there is room for.
fn standby(model: &Model, theme: Theme, judged: &Judged, room: usize) -> Words {
    let name =
        |place: usize| model.world.inventory.instances.all().get(place).map_or("?", |it| it.name.as_str());
    let first_that_fits = |long: Words, short: Words| if long.width(theme) <= room { long } else { short };
    match (&judged.standby, judged.standby_of.as_slice()) {
        (None, []) => Words::one(Role::Dim, "none"),
        (None, [one]) => first_that_fits(
            Words::one(Role::Dim, "for ").and_name(Role::Dim, name(*one)),
            Words::one(Role::Dim, "is a standby"),
        ),
        (None, several) => Words::one(Role::Dim, format_args!("for {} instances", several.len())),
        (Some(Standby::Missing(wanted)), _) => {
            let sign = theme.sign(Role::Warn);
            let short = Words::one(Role::Warn, format_args!("{sign} not found"));
            first_that_fits(Words::one(Role::Warn, format_args!("{sign} {wanted} not found")), short)
        }
        (Some(Standby::Found(place, None)), _) => Words::name(Role::Dim, name(*place)),
        (Some(Standby::Found(place, Some(fit))), _) => {
            let role = theme::of_verdict(fit.verdict);
            let words = Words::one(role, format_args!("{} ", theme.sign(role)));
            if fit.verdict == Verdict::Ok {
                return words.and_name(Role::Plain, name(*place));
            }
            let words = words.and(role, super::matrix::in_short(&fit.reason));
            first_that_fits(words.clone().and(Role::Plain, "  ").and_name(Role::Plain, name(*place)), words)
        }
    }
}

/// Whether it could be restored now.
fn ready(model: &Model, place: usize) -> Words {
    let grade = model.grade(place);
    let arriving = grade == Grade::Unknown && !matches!(model.world.inventory.reading, Reading::Done { .. });
    if arriving {
        return Words::one(Role::Loading, "…");
    }
    Words::one(theme::of_grade(grade), grade)
}

fn azure(instance: &Instance) -> Words {
    use crate::domain::instance::Activity;
    let activity = instance.activity();
    let role = match activity {
        Activity::Idle => Role::Dim,
        Activity::Busy(_) => Role::Running,
        Activity::Broken(_) => Role::Crit,
        Activity::Unknown(_) => Role::Unknown,
    };
    Words::one(role, activity)
}

/// An empty list says why it is empty.
fn nothing(model: &Model, inner: Rect, canvas: &mut Canvas<'_, '_>) {
    let inventory = &model.world.inventory;
    let area = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let mut say = |line: u16, role: Role, words: &str| canvas.paragraph(area, line, role, words);
    if model.fleet.filter.is_active() && !inventory.instances.all().is_empty() {
        let words = format!("0 of {} match /{}", inventory.instances.all().len(), model.fleet.filter.0);
        say(1, Role::Warn, &words);
        say(2, Role::Dim, "Esc clears the filter");
        return;
    }
    match (inventory.reading, inventory.problems.as_slice()) {
        (Reading::NotAsked | Reading::Running { .. }, []) => {
            say(1, Role::Loading, "Reading subscriptions and instances. Rows appear as they arrive.");
        }
        (_, [first, ..]) => {
            let lines = say(1, Role::Crit, &format!("Nothing could be read: {}", first.problem.summary));
            let next = first.problem.next.as_deref().unwrap_or("! shows every problem, Ctrl-R tries again");
            say(2 + lines, Role::Plain, next);
        }
        (Reading::Done { .. }, []) => {
            let words = format!(
                "No instance of API Management in {}.",
                text::count(inventory.subscriptions.len(), "subscription")
            );
            say(1, Role::Plain, &words);
            say(
                2,
                Role::Dim,
                "Another tenant or subscription? See lifeboat --help, --tenant and --subscription.",
            );
        }
    }
}
