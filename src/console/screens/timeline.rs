//! What happened in an incident, event by event, beside the report on it.

mod phases;
mod report;
mod whole;

use jiff::SignedDuration;
use ratatui::layout::Rect;

use crate::console::layout::{Room, Size};
use crate::console::list::Window;
use crate::console::model::timeline::{Pane, Row, Sheet};
use crate::console::model::{Model, Times};
use crate::console::text;
use crate::console::theme::{self, Role, Theme};
use crate::console::widgets::canvas::{Canvas, Keys, Words};
use crate::domain::duration;
use crate::domain::operation::remark::known_as;
use crate::domain::report::outline::offset;
use crate::domain::report::{Chapter, Entry, Measure, Voice};

pub(in crate::console) use report::furthest;
pub(in crate::console) use whole::{in_text, whole_page};

/// Lines of the phases, with their border where they have one.
const PHASES: u16 = 6;
/// The same where there is little room.
const STRIP: u16 = 2;

/// Columns of a voice.
const WHO: usize = 10;
/// Columns of a target, where several operations are shown.
const TARGET: usize = 18;

/// How many events fit on the screen.
pub(in crate::console) fn event_rows(size: Size) -> usize {
    size.list_rows(phases_height(size))
}

fn phases_height(size: Size) -> u16 {
    if size.room() == Room::Narrow { STRIP } else { PHASES }
}

/// Draws it.
pub(in crate::console) fn draw(model: &Model, body: Rect, canvas: &mut Canvas<'_, '_>) {
    if let (Some(scroll), Some(page)) = (model.timeline.whole, whole_page(model, canvas.theme)) {
        let title = Words::one(Role::Strong, "Event");
        return page.draw(canvas, body, (&title, &Words::one(Role::Dim, "Esc")), scroll);
    }
    if model.sheet().all == 0 {
        return nothing(model, body, canvas);
    }
    let high = phases_height(model.size()).min(body.height);
    if model.size().room() == Room::Narrow {
        let upper = Rect { height: body.height - high, ..body };
        match model.timeline.pane {
            Pane::Events => events(model, upper, Keys::Here, canvas),
            Pane::Report => report::draw(model, upper, Keys::Here, canvas),
        }
        return phases::strip(model, Rect { y: upper.bottom(), height: high, ..body }, canvas);
    }
    phases::draw(model, Rect { height: high, ..body }, canvas);
    let lower = Rect { y: body.y + high, height: body.height - high, ..body };
    let left = Rect { width: lower.width - preview_width(model.size()), ..lower };
    let right = Rect { x: left.right(), width: lower.width - left.width, ..lower };
    let (here, there) = match model.timeline.pane {
        Pane::Events => (Keys::Here, Keys::Elsewhere),
        Pane::Report => (Keys::Elsewhere, Keys::Here),
    };
    events(model, left, here, canvas);
    report::draw(model, right, there, canvas);
}

/// The columns of the report's pane.
fn preview_width(size: Size) -> u16 {
    match size.room() {
        Room::TooSmall | Room::Narrow => size.columns,
        Room::Wide => size.columns * 7 / 20,
        Room::Huge => size.columns / 2,
    }
}

/// No event, and why.
fn nothing(model: &Model, body: Rect, canvas: &mut Canvas<'_, '_>) {
    let title = Words::one(Role::Strong, "What happened");
    let inner = canvas.pane(body, Keys::Here, &title, &Words::new());
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let stories = model.world.stories.as_ref();
    match stories {
        None => {
            let words = "Nothing was started from here yet, so there is nothing to tell.";
            canvas.words(inner, 1, &Words::one(Role::Plain, words));
            let words = "a on an instance or a backup opens the acts; lifeboat operations import FILE \
                         brings what was started elsewhere.";
            canvas.paragraph(inner, 2, Role::Dim, words);
        }
        Some(it) if it.told.is_none() => {
            canvas.words(inner, 1, &Words::one(Role::Loading, "Reading the journal…"));
        }
        Some(it) => {
            canvas.words(inner, 1, &Words::one(Role::Warn, "The journal tells nothing of it."));
            let mut line = 2;
            for problem in &it.problems {
                line += canvas.paragraph(inner, line, Role::Crit, problem.to_string());
            }
        }
    }
}

fn events(model: &Model, area: Rect, keys: Keys, canvas: &mut Canvas<'_, '_>) {
    let sheet = model.sheet();
    let title = Words::one(Role::Strong, "What happened");
    let inner = canvas.pane(area, keys, &title, &state(model, sheet));
    let list = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
    let within = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    canvas.words(within, 0, &heads(model, sheet));
    if sheet.rows.is_empty() {
        let filter = &model.timeline.filter.0;
        let words = format!("0 of {} events match  /{filter}        Esc clears the filter", sheet.all);
        return canvas.words(Rect { x: list.x + 1, ..list }, 0, &Words::one(Role::Warn, words));
    }
    let height = usize::from(list.height);
    let Window { offset, row: chosen } = model.timeline_window(height);
    for (line, at) in (0..list.height).zip(offset..sheet.rows.len()) {
        let row = sheet.rows[at];
        canvas.words(within_line(list), line, &event(model, sheet, row, canvas.theme));
        if Some(at) == chosen && keys == Keys::Here {
            canvas.words(list, line, &Words::one(Role::Strong, canvas.theme.marker()));
            canvas.lay(list, line, canvas.theme.chosen());
            canvas.cursor(list.x, list.y + line);
        }
    }
    let last = u16::try_from(sheet.rows.len() - offset).unwrap_or(u16::MAX);
    going_on(model, within_line(list), last, canvas);
    canvas.part(area, offset, height, sheet.rows.len());
}

fn within_line(list: Rect) -> Rect {
    Rect { x: list.x + 1, width: list.width.saturating_sub(2), ..list }
}

/// What runs now, below the newest event.
fn going_on(model: &Model, area: Rect, line: u16, canvas: &mut Canvas<'_, '_>) {
    let sheet = model.sheet();
    let open = sheet.whole.operations.iter().filter(|it| !it.phase.is_final());
    for (line, chapter) in (line..area.height).zip(open) {
        let role = theme::of_phase(chapter.phase);
        let took = model.now().duration_since(chapter.submitted_at.unwrap_or(chapter.planned_at));
        let since = offset(model.now().duration_since(model.timeline_start()).as_secs());
        let words = Words::one(Role::Dim, format!("  {:<10}{since:<11}{:<WHO$}", clock(model), "now"))
            .and(role, format!("{} {} ", canvas.theme.sign(role), chapter.phase.to_string().to_uppercase()))
            .and(Role::Plain, format!("{}   {}", chapter.title(), duration::short(took)));
        canvas.words(area, line, &words);
    }
}

fn clock(model: &Model) -> String {
    text::clock_to_second(model.now()).to_string()
}

/// How many are shown, of which operations, how old it is.
fn state(model: &Model, sheet: &Sheet) -> Words {
    let filter = &model.timeline.filter;
    let words = if filter.is_active() {
        Words::one(Role::Warn, format!("filter /{}   ", filter.0))
    } else {
        Words::new()
    };
    let out = model.timeline.left_out.len();
    let words = match out {
        0 => words,
        out => words.and(Role::Warn, format!("{out} left out   ")),
    };
    words.and(Role::Dim, format!("{} of {}", sheet.rows.len(), sheet.all))
}

fn heads(model: &Model, sheet: &Sheet) -> Words {
    let (at, since) = match model.times {
        Times::Usual => (format!("{:<10}", "UTC"), format!("{:<11}", "OFFSET")),
        Times::Moments => (format!("{:<21}", "UTC"), format!("{:<11}", "OFFSET")),
        Times::Durations => (format!("{:<10}", "AGO"), format!("{:<11}", "OFFSET")),
    };
    let target = if shows_target(model, sheet) { format!("{:<TARGET$}", "TARGET") } else { String::new() };
    Words::one(Role::Dim, format!("  {at}{since}{:<WHO$}{target}WHAT", "WHO"))
}

fn shows_target(model: &Model, sheet: &Sheet) -> bool {
    sheet.whole.operations.len() > 1 && model.size().room() == Room::Huge
}

fn event(model: &Model, sheet: &Sheet, row: Row, theme: Theme) -> Words {
    let Some((chapter, entry)) = sheet.entry(row) else { return Words::new() };
    let key = (chapter.operation_id, row.event);
    let left_out = model.timeline.left_out.contains(&key);
    let marked = model.timeline.marked.contains(&key);
    let plain = if left_out { Role::Dim } else { Role::Plain };
    let sign = match (marked, left_out) {
        (true, _) => "m ",
        (false, true) => "- ",
        (false, false) => "  ",
    };
    let at = match model.times {
        Times::Usual => format!("{:<10}", text::clock_to_second(entry.at)),
        Times::Moments => entry.at.strftime("%Y-%m-%d %H:%M:%SZ ").to_string(),
        Times::Durations => format!("{:<10}", text::age(model.now().duration_since(entry.at))),
    };
    let since = format!("{:<11}", offset(entry.at.duration_since(model.timeline_start()).as_secs()));
    let words = Words::one(Role::Strong, sign).and(plain, at).and(Role::Dim, since).and_padded(
        voice_role(entry, left_out),
        &who(model, entry),
        WHO,
        theme,
    );
    let words = if shows_target(model, sheet) {
        words.and_padded(Role::Dim, &chapter.instance, TARGET, theme)
    } else {
        words
    };
    let words = if left_out { words.and(Role::Dim, "(left out) ") } else { words };
    words.and(plain, told(model, entry))
}

fn voice_role(entry: &Entry, left_out: bool) -> Role {
    match entry.who {
        _ if left_out => Role::Dim,
        Voice::Azure => Role::Running,
        Voice::Person => Role::Strong,
        Voice::Lifeboat => Role::Plain,
    }
}

/// Whose word it is: "you" for the person at this keyboard.
fn who(model: &Model, entry: &Entry) -> String {
    match (&entry.person, entry.who) {
        (Some(person), _) if *person == known_as(&model.preferences.person) => "you".to_owned(),
        (Some(person), _) => person.clone(),
        (None, who) => who.word().to_lowercase(),
    }
}

fn told(model: &Model, entry: &Entry) -> String {
    match entry.times {
        1 => entry.what.clone(),
        times => format!("{} ({times}x, until {})", entry.what, model.stamp_to_second(entry.until)),
    }
}

/// Which operations, and the two clocks of an incident.
pub(in crate::console) fn totals(model: &Model) -> Words {
    let Some(chapter) = model.lead_chapter() else { return Words::new() };
    let count = model.world.stories.as_ref().map_or(0, |it| it.asked.len());
    let what = match (model.timeline.only, count) {
        (Some(_), 2..) => format!("only the {}", chapter.title()),
        (None, 2..) => format!("{count} operations, first the {}", chapter.title()),
        _ => chapter.title(),
    };
    let role = theme::of_phase(chapter.phase);
    Words::one(Role::Plain, format!("{what} ")).and(role, chapter.phase.to_string())
}

/// How long the recovery takes, and how much is lost, against what was promised.
pub(in crate::console) fn clocks(model: &Model) -> Words {
    let Some(chapter) = model.lead_chapter() else { return Words::new() };
    let gone = model.now().duration_since(model.sheet().whole.generated_at);
    let words = clock_of("RTO", chapter.recovery_time.as_ref(), gone);
    let lost = clock_of("data lost", chapter.recovery_point.as_ref(), SignedDuration::ZERO);
    if chapter.recovery_time.is_some() { words.and(Role::Plain, "   ").then(lost) } else { Words::new() }
}

fn clock_of(name: &str, measure: Option<&Measure>, gone: SignedDuration) -> Words {
    let Some(measure) = measure else { return Words::new() };
    let words = Words::one(Role::Dim, format!("{name} "));
    let Some(seconds) = measure.seconds else { return words.and(Role::Unknown, "not known") };
    let time = SignedDuration::from_secs(seconds);
    let time = if measure.running { time + gone } else { time };
    let target = measure.target_seconds.map(SignedDuration::from_secs);
    let late = target.is_some_and(|target| time > target);
    let role = if late { Role::Crit } else { Role::Strong };
    let running = if measure.running { ", running" } else { "" };
    let of = target.map_or(String::new(), |target| format!(" of {}", text::goal(target)));
    words.and(role, format!("{}{of}{running}", duration::short(time)))
}

/// The chapter that is about this operation.
fn chapter_of(sheet: &Sheet, row: Row) -> Option<&Chapter> {
    sheet.whole.operations.get(row.chapter)
}
