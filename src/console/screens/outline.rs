//! What every screen has: product and clock, path, totals above; message and hints below.

use ratatui::layout::Rect;

use super::crumbs::crumbs;
use super::narrowing::narrowing;
use crate::console::draft::Task;
use crate::console::layout::{ABOVE, BELOW, Room};
use crate::console::model::search::Text;
use crate::console::model::{Model, Overlay, Place, Times, Tone};
use crate::console::text;
use crate::console::theme::{self, Role};
use crate::console::widgets::canvas::{Canvas, Words};
use crate::console::world::inventory::{Reading, STALE, Shown};
use crate::domain::duration::Short;
use crate::domain::session::Renewal;
use crate::domain::writing::Permit;

/// Draws the head and gives the body.
pub(in crate::console) fn draw(model: &Model, canvas: &mut Canvas<'_, '_>) -> Rect {
    let all = canvas.area();
    let inner = Rect { x: all.x + 1, width: all.width.saturating_sub(2), ..all };
    canvas.both_ends(inner, 0, &product(model), &marks(model));
    let columns = usize::from(inner.width);
    let right = narrowing(model, canvas.theme, columns);
    let room = columns.saturating_sub(right.width(canvas.theme) + 1);
    canvas.both_ends(inner, 1, &crumbs(model, canvas.theme, room), &right);
    canvas.both_ends(inner, 2, &totals(model, canvas), &beside(model));
    for (line, words) in (ABOVE..ABOVE + model.size().banner).zip(super::banner::lines(model, canvas.theme)) {
        canvas.words(inner, line, &words);
    }
    body(model, all)
}

/// What is left between head and foot.
pub(in crate::console) fn body(model: &Model, all: Rect) -> Rect {
    let above = ABOVE + model.size().banner;
    Rect { y: all.y + above, height: all.height - above - BELOW, ..all }
}

/// Draws message and hints. A filter that is being typed has the terminal's cursor, so this comes after the body.
pub(in crate::console) fn foot(model: &Model, canvas: &mut Canvas<'_, '_>) {
    let all = canvas.area();
    let inner = Rect { x: all.x + 1, width: all.width.saturating_sub(2), ..all };
    message(model, inner, canvas);
    hints(model, inner, canvas);
}

/// Draws what is not still on a display that stands: message and hints; and puts the cursor where it says so.
pub(in crate::console) fn still(model: &Model, canvas: &mut Canvas<'_, '_>) {
    canvas.cursor(canvas.area().x + 1, canvas.area().y);
    foot(model, canvas);
}

fn product(model: &Model) -> Words {
    Words::one(Role::Strong, "lifeboat ").and(Role::Dim, model.preferences.scope.as_str())
}

fn marks(model: &Model) -> Words {
    let mut words = Words::new();
    if let Some(marker) = &model.preferences.marker {
        words = words.and(Role::Mark, format_args!(" {marker} ")).and(Role::Plain, "  ");
    }
    words = writing(words, model).and(Role::Plain, "  ");
    if let Some(frozen) = &model.frozen {
        let since = format!(" FROZEN {} ", text::clock_to_second(frozen.at));
        words = words.and(Role::Mark, since).and(Role::Plain, "  ");
    }
    let unfinished = model.world.unfinished();
    if unfinished > 0 && *model.place() != Place::Operations {
        let count = text::count(unfinished, "operation");
        words = words.and(Role::Running, format_args!("{count} running")).and(Role::Plain, "  ");
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
        (true, Renewal::Doubtful) => (Role::Warn, format!("auth {}, may end", left_of(model, sign_in.until))),
    };
    words.and(role, said).and(Role::Plain, "  ")
}

/// Whether anything can be written now, by word and by look; time to write with what is left of it.
fn writing(words: Words, model: &Model) -> Words {
    match model.permit.at(model.now()) {
        Permit::Never | Permit::NotNow => words.and(Role::Mark, "[READ-ONLY]"),
        Permit::Guarded => words.and(Role::Dim, "[GUARDED]"),
        Permit::Until(end) => {
            let left = end.duration_since(model.now()).as_secs();
            words.and(Role::Mark, format_args!("[WRITE {:02}:{:02}]", left / 60, left % 60))
        }
    }
}

fn totals(model: &Model, canvas: &Canvas<'_, '_>) -> Words {
    match model.place() {
        Place::Fleet => fleet_totals(model, canvas),
        Place::Backups(_) => super::backups::totals(model, canvas),
        Place::Wizard(_) => match model.draft.as_ref().map(|draft| &draft.task) {
            Some(Task::Restore { .. } | Task::Backup { .. }) => super::wizard::steps(model, canvas),
            None => Words::new(),
        },
        Place::Failover => super::failover::totals(model),
        Place::Operations => super::operations::totals(model),
        Place::Parity(_) => super::parity::totals(model, canvas),
        Place::Problems => {
            let count = text::count(model.world.problems().len(), "problem");
            Words::one(Role::Plain, format_args!("{count}, newest first"))
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
        let more = words.clone().and(role, format_args!("{sign} {count} {}", standing.word()));
        if more.width(canvas.theme) > room {
            break;
        }
        words = more.and(Role::Plain, gap);
    }
    words
}

/// What stands beside the totals.
fn beside(model: &Model) -> Words {
    match model.place() {
        Place::Operations => super::wall::health(model),
        _ => next_expiry(model),
    }
}

/// When the first instance loses its last recovery point.
fn next_expiry(model: &Model) -> Words {
    match model.judgement().first_end.filter(|_| *model.place() == Place::Fleet) {
        Some(end) => Words::one(Role::Dim, "next expiry ").and(Role::Plain, model.left_until(end)),
        None => Words::new(),
    }
}

/// How the inventory stands, for the title of a pane: what is loading, how old it is.
pub(in crate::console) fn freshness(model: &Model) -> Words {
    let failed = match model.world.inventory.reading {
        Reading::Done { .. } => super::banner::unreadable(&model.world.inventory),
        Reading::NotAsked | Reading::Running { .. } => Default::default(),
    };
    as_of(model).and(Role::Crit, failed)
}

/// How old the inventory is, alone: where another pane says already what failed.
pub(in crate::console) fn as_of(model: &Model) -> Words {
    let inventory = &model.world.inventory;
    let stale = |at: jiff::Timestamp| model.now().duration_since(at) > STALE;
    match inventory.reading {
        Reading::NotAsked => Words::one(Role::Dim, "not read yet"),
        Reading::Running { since, shown, .. } => {
            let took = Short(model.now().duration_since(since));
            let (count, what) = match model.place() {
                Place::Backups(_) => (inventory.backups.all().len(), "backup"),
                _ => (inventory.instances.all().len(), "instance"),
            };
            let so_far = text::told(|f| match count {
                count if count > 0 && shown.is_none() => write!(f, ": {} so far", text::count(count, what)),
                _ => Ok(()),
            });
            let words = Words::one(Role::Loading, format_args!("reading for {took}{so_far}"));
            let words = match shown {
                None => words,
                Some(Shown::Cache(at)) => {
                    words.and(Role::Dim, format_args!("  shown: cache, {}", old(model, at)))
                }
                Some(Shown::Earlier(at)) => {
                    words.and(Role::Dim, format_args!("  shown: {}", model.stamp(at)))
                }
            };
            match model.place() {
                Place::Fleet => words.and(Role::Dim, "  Esc cancels"),
                _ => words,
            }
        }
        Reading::Done { as_of } if stale(as_of) => {
            Words::one(Role::Warn, format_args!("STALE {}, Ctrl-R", model.age_of(as_of)))
        }
        Reading::Done { as_of } => Words::one(Role::Dim, as_of_words(model, as_of)),
    }
}

/// How old what is shown is: `3m old`, or `of 12:04Z`.
fn old(model: &Model, at: jiff::Timestamp) -> text::Short {
    match model.times {
        Times::Moments => text::short(format_args!("of {}", model.stamp(at))),
        Times::Usual | Times::Durations => {
            text::short(format_args!("{} old", text::age(model.now().duration_since(at))))
        }
    }
}

/// `as of 12:04Z`, or `read 3m ago`.
fn as_of_words(model: &Model, at: jiff::Timestamp) -> text::Short {
    let word = if model.times == Times::Durations { "read" } else { "as of" };
    text::short(format_args!("{word} {}", model.stamp(at)))
}

/// What is left, or until when.
fn left_of(model: &Model, end: jiff::Timestamp) -> text::Short {
    match model.times {
        Times::Moments => text::short(format_args!("until {}", text::clock(end))),
        Times::Usual | Times::Durations => text::age(end.duration_since(model.now())),
    }
}

fn message(model: &Model, inner: Rect, canvas: &mut Canvas<'_, '_>) {
    let line = inner.height - 2;
    // The command line stands here, and says itself what was wrong with it.
    if matches!(model.overlay, Some(Overlay::Command(_))) {
        return;
    }
    // The help has a foot of its own.
    if model.text() != Some(Text::Help) && super::reading::foot(model, canvas, inner, line) {
        return;
    }
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

/// The hints that fit.
fn hints(model: &Model, inner: Rect, canvas: &mut Canvas<'_, '_>) {
    let mut column = 0;
    for binding in model.preferences.keymap.hints(model.scopes(), usize::from(inner.width)) {
        let Some(key) = binding.keys.first() else { continue };
        let words = Words::one(Role::Key, key).and(Role::Dim, format_args!(" {}", binding.word));
        let wide = words.width(canvas.theme);
        canvas.cell(inner, (inner.height - 1, column), wide, &words);
        column += wide + 2;
    }
}
