//! The operations wall: one pane for each operation, with what Azure said last and when it is asked again. No
//! percentage, because Azure reports none.

use ratatui::layout::Rect;

use crate::console::layout::Room;
use crate::console::model::{Model, Zoom};
use crate::console::text;
use crate::console::theme::{self, Role, Theme};
use crate::console::widgets::canvas::{Canvas, Keys, Words};
use crate::console::world::watched::Watched;
use crate::domain::duration;
use crate::domain::operation::{Operation, Phase, Work};
use crate::domain::plan::{Kind, Plan};

/// Lines of a pane that shows everything.
const PANE: u16 = 11;
/// Lines of a pane that shows the phase and the milestones.
const SMALL: u16 = 4;

/// Draws the wall.
pub(in crate::console) fn draw(model: &Model, body: Rect, canvas: &mut Canvas<'_, '_>) {
    let all = model.world.operations();
    let body = starting(model, body, canvas);
    if all.is_empty() {
        if model.world.starting.is_empty() {
            let inner = canvas.pane(body, Keys::Here, &Words::one(Role::Strong, "Operations"), &Words::new());
            let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
            canvas.words(inner, 1, &Words::one(Role::Plain, "No operation was started from here yet."));
            canvas.words(inner, 2, &Words::one(Role::Dim, "a on an instance or a backup opens the acts."));
        }
        return;
    }
    let at = all.iter().position(|it| Some(it.operation.id()) == model.wall.cursor).unwrap_or(0);
    if model.wall.zoom == Zoom::One {
        return whole(model, all[at], body, canvas);
    }
    match model.size().room() {
        Room::Huge => grid(model, &all, (at, 3), body, canvas),
        Room::Wide => grid(model, &all, (at, 2), body, canvas),
        Room::Narrow | Room::TooSmall => stack(model, &all, at, body, canvas),
    }
}

/// Panes of one size side by side, `columns` in a row, around the chosen one.
fn grid(
    model: &Model,
    all: &[&Watched],
    (at, columns): (usize, u16),
    body: Rect,
    canvas: &mut Canvas<'_, '_>,
) {
    let columns = columns.min(u16::try_from(all.len()).unwrap_or(columns)).max(1);
    let per_row = usize::from(columns);
    let rows = u16::try_from(all.len().div_ceil(per_row)).unwrap_or(u16::MAX);
    let fitting = (body.height / PANE).clamp(1, rows);
    let height = (body.height / fitting).min(PANE + 4);
    let first = (at / per_row + 1).saturating_sub(usize::from(fitting));
    for row in 0..fitting {
        for column in 0..columns {
            let number = (first + usize::from(row)) * per_row + usize::from(column);
            let Some(watched) = all.get(number) else { return };
            let x = body.x + column * (body.width / columns);
            let right = if column + 1 == columns { body.right() } else { x + body.width / columns };
            let area = Rect { x, y: body.y + row * height, width: right - x, height };
            let keys = if number == at { Keys::Here } else { Keys::Elsewhere };
            pane(model, watched, (number + 1, keys), area, canvas);
        }
    }
}

/// Panes one below the other: the chosen one whole, the others in two lines.
fn stack(model: &Model, all: &[&Watched], at: usize, body: Rect, canvas: &mut Canvas<'_, '_>) {
    let others = usize::from(body.height.saturating_sub(PANE) / SMALL);
    let first = at.saturating_sub(others);
    let mut y = body.y;
    for (number, watched) in all.iter().enumerate().skip(first) {
        let (wanted, keys) = if number == at { (PANE, Keys::Here) } else { (SMALL, Keys::Elsewhere) };
        let height = wanted.min(body.bottom().saturating_sub(y));
        if height < SMALL {
            let hidden = format!(" {} more below", all.len() - number);
            return canvas.words(Rect { y, height, ..body }, 0, &Words::one(Role::Dim, hidden));
        }
        pane(model, watched, (number + 1, keys), Rect { y, height, ..body }, canvas);
        y += height;
    }
}

/// A line for every plan of which nothing was heard yet.
fn starting(model: &Model, body: Rect, canvas: &mut Canvas<'_, '_>) -> Rect {
    let lines = u16::try_from(model.world.starting.len()).unwrap_or(0).min(body.height / 2);
    let area = Rect { x: body.x + 1, ..body };
    for (line, plan) in (0..lines).zip(&model.world.starting) {
        let words = format!(
            "{} {}: writing the intent to the journal…",
            canvas.theme.sign(Role::Loading),
            what_of_plan(plan, canvas)
        );
        canvas.words(area, line, &Words::one(Role::Loading, words));
    }
    Rect { y: body.y + lines, height: body.height - lines, ..body }
}

/// How many run, ended, are not known.
pub(in crate::console) fn totals(model: &Model) -> Words {
    let count = |wanted: fn(Phase) -> bool| {
        model.world.operations.values().filter(|it| wanted(it.operation.phase)).count()
    };
    let mut words = Words::new();
    let parts: [(usize, Role, &str); 4] = [
        (count(|it| !it.is_final() && it != Phase::Unconfirmed), Role::Running, "running"),
        (count(|it| it == Phase::Unconfirmed), Role::Unknown, "UNKNOWN"),
        (count(|it| it == Phase::Succeeded), Role::Ok, "succeeded"),
        (count(|it| it.is_final() && it != Phase::Succeeded), Role::Crit, "not succeeded"),
    ];
    for (number, role, word) in parts {
        if number > 0 {
            words = words.and(role, format!("{number} {word}   "));
        }
    }
    words
}

fn what(work: &Work, canvas: &Canvas<'_, '_>) -> String {
    match work {
        Work::Plan(plan) => what_of_plan(plan, canvas),
        Work::Observed(observed) => {
            let by = observed.caller.as_deref().unwrap_or("somebody else");
            format!("{work}, begun by {}", by)
        }
    }
}

fn what_of_plan(plan: &Plan, canvas: &Canvas<'_, '_>) -> String {
    let arrow = canvas.theme.arrow();
    match plan {
        Plan::Restore(plan) => {
            let source = plan.source.instance.as_deref().unwrap_or("a backup");
            format!("restore {source} {arrow} {}", plan.target.name())
        }
        Plan::Backup(plan) => format!("backup {} {arrow} {}", plan.instance.name(), plan.to.location),
    }
}

/// A word for the phase as it is shouted.
fn phase_word(operation: &Operation) -> String {
    match (&operation.intent.work, operation.phase) {
        (Work::Observed(_), Phase::Untracked) => "RUNNING, BEGUN ELSEWHERE".to_owned(),
        (_, phase) => phase.to_string().to_uppercase(),
    }
}

fn liveness(model: &Model, watched: &Watched) -> Words {
    if let Some(by) = &watched.driven_by {
        return Words::one(Role::Warn, format!("driven by {by}"));
    }
    if watched.operation.phase.is_final() {
        return Words::one(Role::Dim, "ended");
    }
    // Without an address of its own it is not polled: the witnesses are looked at.
    let (next, now) = match watched.operation.operation_url {
        Some(_) => ("next poll", "polling now"),
        None => ("next look", "looking now"),
    };
    let next = match watched.next_poll_at.map(|at| at.duration_since(model.now())) {
        None => String::new(),
        Some(left) if left.is_positive() => format!("{next} {}", duration::short(left)),
        Some(_) => now.to_owned(),
    };
    Words::one(Role::Dim, next)
}

fn pane(
    model: &Model,
    watched: &Watched,
    (number, keys): (usize, Keys),
    area: Rect,
    canvas: &mut Canvas<'_, '_>,
) {
    let title =
        Words::one(Role::Strong, format!("{number} {}", what(&watched.operation.intent.work, canvas)));
    let inner = canvas.pane(area, keys, &title, &liveness(model, watched));
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    if keys == Keys::Here {
        canvas.cursor(inner.x, inner.y);
    }
    body_of(model, watched, inner, canvas);
}

/// The lines of a pane. Returns how many it took.
fn body_of(model: &Model, watched: &Watched, inner: Rect, canvas: &mut Canvas<'_, '_>) -> u16 {
    let operation = &watched.operation;
    let role = theme::of_phase(operation.phase);
    let elapsed = duration::short(operation.elapsed(model.now()));
    let head = Words::one(role, format!("{} {}", canvas.theme.sign(role), phase_word(operation)))
        .and(Role::Strong, format!("   {elapsed}"))
        .and(Role::Dim, usual(operation.intent.work.kind(), operation.phase));
    canvas.words(inner, 0, &head);
    canvas.words(inner, 1, &milestones(watched, canvas));
    let mut line = 3;
    for (label, role, words) in facts(watched) {
        canvas.words(inner, line, &Words::one(Role::Dim, label));
        let right = Rect { x: inner.x + 10, width: inner.width.saturating_sub(10), ..inner };
        line += canvas.paragraph(right, line, role, &words);
    }
    if let Some(problem) = &operation.problem {
        let words = problem.server_message.as_ref().map(|words| format!("Azure says: {words}"));
        line += canvas.paragraph(
            inner,
            line,
            theme::of_phase(operation.phase),
            &words.unwrap_or(problem.summary.clone()),
        );
        if let Some(next) = &problem.next {
            line += canvas.paragraph(inner, line, Role::Plain, next);
        }
    }
    line
}

/// What documentation and recordings say of the time; nothing once it ended.
fn usual(kind: Kind, phase: Phase) -> String {
    match (phase.is_final(), kind) {
        (true, _) => String::new(),
        (false, Kind::Restore) => "   recorded ones took 7 to 19 minutes".to_owned(),
        (false, Kind::Backup) => "   documented: more than a minute".to_owned(),
    }
}

/// How far it came, as far as it is known.
fn milestones(watched: &Watched, canvas: &Canvas<'_, '_>) -> Words {
    let operation = &watched.operation;
    let theme = canvas.theme;
    let role = theme::of_phase(operation.phase);
    let ok = format!("{} ", theme.sign(Role::Ok));
    let (mut words, steps) = match operation.intent.work {
        Work::Plan(_) => (
            Words::one(Role::Ok, ok.as_str()).and(Role::Plain, "planned  "),
            vec![("sent", operation.submitted_at), ("accepted", operation.accepted_at)],
        ),
        Work::Observed(_) => (Words::new(), vec![("begun", operation.submitted_at)]),
    };
    for (word, at) in steps {
        words = match at {
            Some(_) if operation.ended_at.is_some() => {
                words.and(Role::Ok, ok.as_str()).and(Role::Plain, format!("{word}  "))
            }
            Some(at) => {
                let words = words.and(Role::Ok, ok.as_str());
                words.and(Role::Plain, format!("{word} {}  ", text::clock_to_second(at)))
            }
            None => words.and(Role::Dim, format!("{word}  ")),
        };
    }
    match operation.ended_at {
        Some(at) => {
            let words = words.and(role, format!("{} ", theme.sign(role)));
            words.and(Role::Plain, format!("{} {}", operation.phase, text::clock_to_second(at)))
        }
        None => words.and(Role::Dim, "ended"),
    }
}

fn facts(watched: &Watched) -> Vec<(&'static str, Role, String)> {
    let operation = &watched.operation;
    let mut facts = Vec::new();
    match operation.last_polled_at {
        None if operation.operation_url.is_some() => {
            facts.push(("last poll", Role::Dim, "none yet".to_owned()))
        }
        None => {}
        Some(at) => {
            let status =
                operation.last_http_status.map_or("no answer".to_owned(), |status| status.to_string());
            let word = operation.last_status.as_deref().map_or(String::new(), |word| format!(" {word}"));
            let words = format!(
                "{}   {status}{word}   {}",
                text::clock_to_second(at),
                text::count(usize::try_from(operation.polls).unwrap_or(0), "poll")
            );
            facts.push(("last poll", Role::Plain, words));
        }
    }
    // After the end, an older reading would only contradict it.
    let reading = watched.instance.as_ref().filter(|it| operation.ended_at.is_none_or(|end| it.at >= end));
    if let Some(sign) = reading {
        let role = if sign.state.is_ok() { Role::Plain } else { Role::Unknown };
        facts.push(("instance", role, sign.words()));
    }
    if let Some((seen, due)) = watched.free {
        let verdict = due.map_or("the activity log tells the verdict within 20 minutes".to_owned(), |due| {
            format!("the verdict is due {}", text::clock_to_second(due))
        });
        let words = format!("{}: the instance is busy no longer; {verdict}", text::clock_to_second(seen));
        facts.push(("end seen", Role::Running, words));
    }
    if let Some(what) = &watched.looking {
        facts.push(("looking", Role::Unknown, what.clone()));
    }
    if let Some(evidence) = &watched.evidence {
        facts.push(("evidence", Role::Plain, evidence.clone()));
    }
    if let Some(problem) = &watched.journal_problem {
        facts.push(("journal", Role::Crit, problem.summary.clone()));
    }
    let blob = operation.intent.work.address().map(ToString::to_string);
    facts.push((
        "blob",
        Role::Plain,
        blob.unwrap_or("not known: the activity log does not name it".to_owned()),
    ));
    let correlation =
        operation.correlation_id.as_deref().map_or(String::new(), |id| format!("   correlation {id}"));
    facts.push(("ids", Role::Dim, format!("operation {}{correlation}", operation.id().short())));
    facts
}

/// One operation on the whole screen, with its log.
fn whole(model: &Model, watched: &Watched, body: Rect, canvas: &mut Canvas<'_, '_>) {
    let lower = log_area(body);
    let upper = Rect { height: body.height - lower.height, ..body };
    let title = Words::one(Role::Strong, what(&watched.operation.intent.work, canvas));
    let inner = canvas.pane(upper, Keys::Here, &title, &liveness(model, watched));
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    body_of(model, watched, inner, canvas);
    if lower.height < 3 {
        return;
    }
    let count = text::count(watched.log.len(), "line");
    let log = canvas.pane(
        lower,
        Keys::Elsewhere,
        &Words::one(Role::Strong, "What happened, newest first"),
        &Words::one(Role::Dim, count),
    );
    let log = Rect { x: log.x + 1, width: log.width.saturating_sub(2), ..log };
    let rows = usize::from(log.height);
    let scroll = model.wall.scroll.min(watched.log.len().saturating_sub(rows));
    for (line, (at, words)) in (0..log.height).zip(watched.log.iter().rev().skip(scroll)) {
        let words = Words::one(Role::Dim, format!("{}  ", text::clock_to_second(*at)))
            .and(Role::Plain, words.as_str());
        canvas.words(log, line, &words);
    }
    canvas.part(lower, scroll, rows, watched.log.len());
}

/// Where the log of the one operation is drawn.
pub(in crate::console) fn log_area(body: Rect) -> Rect {
    let upper = (PANE + 3).min(body.height);
    Rect { y: body.y + upper, height: body.height - upper, ..body }
}

/// The log of the one operation, in lines, newest first.
pub(in crate::console) fn log_lines(model: &Model, theme: Theme) -> Vec<String> {
    let all = model.world.operations();
    let at = all.iter().position(|it| Some(it.operation.id()) == model.wall.cursor).unwrap_or(0);
    let Some(watched) = all.get(at) else { return Vec::new() };
    let line = |(at, words): &(jiff::Timestamp, String)| {
        format!("{}  {}", text::clock_to_second(*at), theme.spelled(words))
    };
    watched.log.iter().rev().map(line).collect()
}

/// The operations in few lines, for the fleet.
pub(in crate::console) fn summary(model: &Model, area: Rect, canvas: &mut Canvas<'_, '_>) {
    let all = model.world.operations();
    let right = Words::one(Role::Dim, format!("{} running", model.world.unfinished()));
    let inner = canvas.pane(area, Keys::Elsewhere, &Words::one(Role::Strong, "Operations"), &right);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    if all.is_empty() {
        return canvas.words(inner, 0, &Words::one(Role::Dim, "none yet"));
    }
    for (line, watched) in (0..inner.height).step_by(2).zip(&all) {
        let operation = &watched.operation;
        let role = theme::of_phase(operation.phase);
        canvas.words(inner, line, &Words::one(Role::Plain, what(&operation.intent.work, canvas)));
        let words = Words::one(role, format!("  {} {}", canvas.theme.sign(role), phase_word(operation)))
            .and(Role::Plain, format!("   {}", duration::short(operation.elapsed(model.now()))));
        canvas.words(inner, line + 1, &words);
    }
}
