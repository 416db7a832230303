//! What every screen has: product and clock, path, totals above; message and hints below.

use ratatui::layout::Rect;

use crate::console::draft::Task;
use crate::console::keymap;
use crate::console::layout::{ABOVE, BELOW, Room};
use crate::console::list::Filter;
use crate::console::model::{BackupColumn, FleetColumn, Model, Overlay, Place, Tone};
use crate::console::preferences::Writing;
use crate::console::text;
use crate::console::theme::{self, Role};
use crate::console::widgets::canvas::{Canvas, Words};
use crate::console::world::inventory::{Reading, STALE, Shown};
use crate::domain::plan::Kind;
use crate::domain::session::Renewal;

/// Draws the head and gives the body.
pub(in crate::console) fn draw(model: &Model, canvas: &mut Canvas<'_, '_>) -> Rect {
    let all = canvas.area();
    let inner = Rect { x: all.x + 1, width: all.width.saturating_sub(2), ..all };
    canvas.both_ends(inner, 0, &product(model), &marks(model));
    canvas.both_ends(inner, 1, &path(model, canvas), &narrowing(model, canvas));
    canvas.both_ends(inner, 2, &totals(model, canvas), &next_expiry(model));
    let banner = model.size().banner;
    for (line, words) in (ABOVE..ABOVE + banner).zip(super::banner::lines(model, canvas.theme)) {
        canvas.words(inner, line, &words);
    }
    let above = ABOVE + banner;
    Rect { y: all.y + above, height: all.height - above - BELOW, ..all }
}

/// Draws message and hints. A filter that is being typed has the terminal's cursor, so this comes after the body.
pub(in crate::console) fn foot(model: &Model, canvas: &mut Canvas<'_, '_>) {
    let all = canvas.area();
    let inner = Rect { x: all.x + 1, width: all.width.saturating_sub(2), ..all };
    message(model, inner, canvas);
    hints(model, inner, canvas);
}

fn product(model: &Model) -> Words {
    Words::one(Role::Strong, "lifeboat ").and(Role::Dim, model.preferences.scope.as_str())
}

fn marks(model: &Model) -> Words {
    let mut words = Words::new();
    if let Some(marker) = &model.preferences.marker {
        words = words.and(Role::Mark, format!(" {marker} ")).and(Role::Plain, "  ");
    }
    if model.preferences.writing == Writing::ReadOnly {
        words = words.and(Role::Mark, " READ-ONLY ").and(Role::Plain, "  ");
    }
    let unfinished = model.world.unfinished();
    if unfinished > 0 && *model.place() != Place::Operations {
        let running = format!("{} running", text::count(unfinished, "operation"));
        words = words.and(Role::Running, running).and(Role::Plain, "  ");
    }
    let unread = model.unread();
    if unread > 0 && *model.place() != Place::Problems {
        words = words.and(Role::Crit, format!("! {unread} unread")).and(Role::Plain, "  ");
    }
    sign_in(model, words).and(Role::Plain, text::clock(model.now()))
}

/// How long the token lasts, once one was given.
fn sign_in(model: &Model, words: Words) -> Words {
    let Some(sign_in) = &model.world.sign_in else { return words };
    let left = sign_in.until.duration_since(model.now());
    let (role, said) = match (left.is_positive(), sign_in.renewal) {
        (false, _) => (Role::Crit, "auth ended".to_owned()),
        (true, Renewal::Assured) => (Role::Dim, format!("auth {}", text::age(left))),
        (true, Renewal::Doubtful) => (Role::Warn, format!("auth {}, may end", text::age(left))),
    };
    words.and(role, said).and(Role::Plain, "  ")
}

fn path(model: &Model, canvas: &Canvas<'_, '_>) -> Words {
    let mut words = Words::new();
    let last = model.trail().len() - 1;
    for (at, place) in model.trail().iter().enumerate() {
        if at > 0 {
            words = words.and(Role::Dim, canvas.theme.step());
        }
        let role = if at == last { Role::Strong } else { Role::Plain };
        words = match place {
            Place::Fleet => words.and(role, "Fleet"),
            Place::Backups(key) => words.and_name(role, key.name()),
            Place::Wizard(Kind::Restore) => words.and(role, "Restore"),
            Place::Wizard(Kind::Backup) => words.and(role, "Back up"),
            Place::Operations => words.and(role, "Operations"),
            Place::Parity(source) => {
                let standby = model.world.compared.as_ref().map_or("", |it| it.standby.name());
                words.and_name(role, source.name()).and(Role::Dim, " | ").and_name(role, standby)
            }
            Place::Problems => words.and(role, "Problems"),
            Place::Timeline => words.and(role, "Timeline"),
        };
    }
    words
}

/// Order, filter and count of a list.
fn narrowing(model: &Model, canvas: &Canvas<'_, '_>) -> Words {
    let listed = |sort: String, filter: &Filter, shown: usize, all: usize| {
        let words = Words::one(Role::Dim, format!("sort {sort}   "));
        let words = if filter.is_active() || matches!(model.overlay, Some(Overlay::Filter(_))) {
            words.and(Role::Warn, format!("filter /{}   ", filter.0))
        } else {
            words
        };
        words.and(Role::Plain, format!("{shown} of {all}"))
    };
    match model.place() {
        Place::Fleet => {
            let word = FleetColumn::word(model.fleet.sort.by);
            let sort = format!("{word}{}", canvas.theme.order(model.fleet.sort.direction));
            let all = model.world.inventory.instances.all().len()
                + usize::from(!model.judgement().strays.is_empty());
            listed(sort, &model.fleet.filter, model.fleet_rows().len(), all)
        }
        Place::Backups(_) => {
            let word = BackupColumn::word(model.backups.sort.by);
            let sort = format!("{word}{}", canvas.theme.order(model.backups.sort.direction));
            listed(sort, &model.backups.filter, model.backup_rows().len(), model.subject_backups().len())
        }
        Place::Wizard(_) => Words::one(Role::Dim, "nothing has been sent"),
        Place::Parity(_) => super::parity::narrowing(model),
        Place::Operations => Words::one(Role::Dim, "Azure reports no percentage"),
        Place::Problems => Words::new(),
        Place::Timeline => super::timeline::clocks(model),
    }
}

fn totals(model: &Model, canvas: &Canvas<'_, '_>) -> Words {
    match model.place() {
        Place::Fleet => fleet_totals(model, canvas),
        Place::Backups(_) => super::backups::totals(model),
        Place::Wizard(_) => match model.draft.as_ref().map(|draft| &draft.task) {
            Some(Task::Restore { .. } | Task::Backup { .. }) => super::wizard::steps(model, canvas),
            None => Words::new(),
        },
        Place::Operations => super::operations::totals(model),
        Place::Parity(_) => super::parity::totals(model, canvas),
        Place::Problems => {
            let count = text::count(model.world.problems().len(), "problem");
            Words::one(Role::Plain, format!("{count}, newest first"))
        }
        Place::Timeline => super::timeline::totals(model),
    }
}

/// How many stand how, worst first; at the end whole items are left out where there is no room.
fn fleet_totals(model: &Model, canvas: &Canvas<'_, '_>) -> Words {
    let room = usize::from(canvas.area().width).saturating_sub(next_expiry(model).width(canvas.theme) + 3);
    let gap = if model.size().room() == Room::Narrow { "  " } else { "   " };
    let mut words = Words::new();
    for &(standing, count) in model.judgement().counts.iter().filter(|(_, count)| *count > 0) {
        let role = theme::of_standing(standing);
        let sign = canvas.theme.sign(role);
        let more = words.clone().and(role, format!("{sign} {count} {}", standing.word()));
        if more.width(canvas.theme) > room {
            break;
        }
        words = more.and(Role::Plain, gap);
    }
    words
}

/// When the first instance loses its last recovery point.
fn next_expiry(model: &Model) -> Words {
    match model.judgement().first_end.filter(|_| *model.place() == Place::Fleet) {
        Some(end) => Words::one(Role::Dim, "next expiry ")
            .and(Role::Plain, crate::domain::duration::countdown(end.duration_since(model.now()))),
        None => Words::new(),
    }
}

/// How the inventory stands, for the title of a pane: what is loading, how old it is.
pub(in crate::console) fn freshness(model: &Model) -> Words {
    let inventory = &model.world.inventory;
    let failed = super::banner::unreadable(inventory);
    let stale = |at: jiff::Timestamp| model.now().duration_since(at) > STALE;
    match inventory.reading {
        Reading::NotAsked => Words::one(Role::Dim, "not read yet"),
        Reading::Running { since, shown, .. } => {
            let took = crate::domain::duration::short(model.now().duration_since(since));
            let so_far = match inventory.instances.all().len() {
                count if count > 0 && shown.is_none() => {
                    format!(": {} so far", text::count(count, "instance"))
                }
                _ => String::new(),
            };
            let words = Words::one(Role::Loading, format!("reading for {took}{so_far}"));
            match shown {
                None => words,
                Some(Shown::Cache(at)) => {
                    let age = text::age(model.now().duration_since(at));
                    words.and(Role::Dim, format!("  shown: cache, {age} old"))
                }
                Some(Shown::Earlier(at)) => words.and(Role::Dim, format!("  shown: {}", moment(model, at))),
            }
        }
        Reading::Done { as_of } if stale(as_of) => {
            let age = text::age(model.now().duration_since(as_of));
            Words::one(Role::Warn, format!("STALE {age}, Ctrl-R")).and(Role::Crit, failed)
        }
        Reading::Done { as_of } => {
            Words::one(Role::Dim, format!("as of {}", text::clock(as_of))).and(Role::Crit, failed)
        }
    }
}

/// A moment: only its time when it is of the last day.
fn moment(model: &Model, at: jiff::Timestamp) -> String {
    let far = model.now().duration_since(at) > jiff::SignedDuration::from_hours(20);
    if far { text::day(at) } else { text::clock(at) }
}

fn message(model: &Model, inner: Rect, canvas: &mut Canvas<'_, '_>) {
    let line = inner.height - 2;
    if let Some(Overlay::Filter(input)) = &model.overlay {
        return canvas.field(inner, line, "/", input);
    }
    if let (None, Some(Overlay::Note { input, .. })) = (&model.notice, &model.overlay) {
        return canvas.field(inner, line, "note: ", input);
    }
    if let (None, Some(Overlay::Began(input))) = (&model.notice, &model.overlay) {
        return canvas.field(
            inner,
            line,
            "incident began (11:45, 45m, a whole time; nothing: not known): ",
            input,
        );
    }
    if let Some(notice) = &model.notice {
        let role = match notice.tone {
            Tone::Plain => Role::Plain,
            Tone::Warning => Role::Warn,
        };
        let sign = if role == Role::Warn { canvas.theme.sign(Role::Warn) } else { "" };
        return canvas.words(
            inner,
            line,
            &Words::one(role, format!("{sign} {}", notice.text).trim().to_owned()),
        );
    }
    if *model.place() == Place::Operations && model.world.unfinished() > 0 {
        let words = "Safe to quit: what runs goes on in Azure and is shown again at the next start.";
        canvas.words(inner, line, &Words::one(Role::Dim, words));
    }
}

/// The hints that fit, by rank, in the order of the table.
fn hints(model: &Model, inner: Rect, canvas: &mut Canvas<'_, '_>) {
    let bindings: Vec<_> = keymap::in_force(model.scopes()).filter(|binding| binding.rank > 0).collect();
    let wide = |at: &usize| {
        let key = bindings[*at].keys.first().map_or(0, |key| text::width(&key.to_string()));
        key + text::width(bindings[*at].word) + 3
    };
    let mut by_rank: Vec<usize> = (0..bindings.len()).collect();
    by_rank.sort_by_key(|&at| std::cmp::Reverse(bindings[at].rank));
    let mut room = usize::from(inner.width) + 2;
    let mut shown: Vec<usize> = Vec::new();
    for at in by_rank {
        if wide(&at) > room {
            break;
        }
        room -= wide(&at);
        shown.push(at);
    }
    shown.sort_unstable();
    let mut words = Words::new();
    for (number, at) in shown.into_iter().enumerate() {
        let binding = bindings[at];
        let Some(key) = binding.keys.first() else { continue };
        let gap = if number == 0 { "" } else { "  " };
        words = words.and(Role::Key, format!("{gap}{key}")).and(Role::Dim, format!(" {}", binding.word));
    }
    canvas.words(inner, inner.height - 1, &words);
}
