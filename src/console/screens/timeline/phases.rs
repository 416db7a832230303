//! The phases of a recovery, as far as anybody knows them. What nobody wrote down is said to be unknown, and never
//! drawn.

use jiff::{SignedDuration, Timestamp};
use ratatui::layout::Rect;

use crate::console::model::Model;
use crate::console::theme::Role;
use crate::console::widgets::canvas::{Canvas, Keys, Words};
use crate::domain::duration;
use crate::domain::operation::Phase;
use crate::domain::report::Chapter;

/// Columns of a phase's name.
const NAME: usize = 16;
/// Columns of what is said of it, beside the bar.
const SAID: u16 = 44;

/// One phase.
struct Stretch {
    name: &'static str,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    role: Role,
    said: String,
}

/// The phases of a chapter, at this time.
fn of(model: &Model, chapter: &Chapter) -> [Stretch; 4] {
    let now = model.now();
    let began = model.timeline.began_at;
    let detect = Stretch {
        name: "detect, decide",
        from: began,
        until: began.map(|_| chapter.planned_at),
        role: if began.is_some() { Role::Ok } else { Role::Unknown },
        said: match began {
            Some(began) => format!("{}   until the plan was approved", short(began, chapter.planned_at)),
            None => "not known: b says when it began".to_owned(),
        },
    };
    let (role, said) = sent(chapter, now);
    let until = chapter.accepted_at.or(chapter.ended_at);
    let send = Stretch { name: "send", from: Some(chapter.planned_at), until, role, said };
    let (role, said) = carried(chapter, now);
    let run = Stretch {
        name: match chapter.kind {
            crate::domain::plan::Kind::Restore => "restore",
            crate::domain::plan::Kind::Backup => "back up",
        },
        from: chapter.accepted_at,
        until: chapter.accepted_at.map(|_| chapter.ended_at.unwrap_or(now)),
        role,
        said,
    };
    let verify = Stretch {
        name: "verify, switch",
        from: None,
        until: None,
        role: Role::Unknown,
        said: "not recorded; + notes what you see".to_owned(),
    };
    [detect, send, run, verify]
}

fn short(from: Timestamp, until: Timestamp) -> String {
    duration::short(until.duration_since(from))
}

fn sent(chapter: &Chapter, now: Timestamp) -> (Role, String) {
    match (chapter.accepted_at, chapter.phase) {
        (Some(at), _) => (Role::Ok, format!("{}   until Azure took it", short(chapter.planned_at, at))),
        (None, Phase::NotSent) => (Role::Warn, "not sent".to_owned()),
        (None, Phase::Refused) => (Role::Crit, "refused by Azure".to_owned()),
        (None, Phase::Unconfirmed) => (Role::Unknown, "sent; no answer was read".to_owned()),
        (None, Phase::Succeeded | Phase::Failed) => (Role::Unknown, "its answer was not read".to_owned()),
        (None, _) => (Role::Loading, format!("{}   under way", short(chapter.planned_at, now))),
    }
}

fn carried(chapter: &Chapter, now: Timestamp) -> (Role, String) {
    match (chapter.accepted_at, chapter.ended_at, chapter.phase) {
        (Some(from), Some(end), phase) => {
            let role = if phase == Phase::Succeeded { Role::Ok } else { Role::Crit };
            (role, format!("{}   {phase}", short(from, end)))
        }
        (Some(from), None, phase) => (Role::Running, format!("{}   {phase}", short(from, now))),
        (None, Some(_), phase) => (Role::Unknown, format!("{phase}; when it began is not known")),
        (None, None, Phase::Unconfirmed) => (Role::Unknown, "not known whether it runs".to_owned()),
        (None, None, _) => (Role::Dim, "not started".to_owned()),
    }
}

/// Draws them in a pane, with bars to one scale.
pub(super) fn draw(model: &Model, area: Rect, canvas: &mut Canvas<'_, '_>) {
    let Some(chapter) = model.lead_chapter() else { return };
    let title = Words::one(Role::Strong, "Phases ").and(Role::Dim, format!("of the {}", chapter.title()));
    let inner = canvas.pane(area, Keys::Elsewhere, &title, &Words::new());
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let all = of(model, chapter);
    let start = all.iter().filter_map(|it| it.from).min().unwrap_or(chapter.planned_at);
    let end = all.iter().filter_map(|it| it.until).max().unwrap_or(model.now());
    let whole = end.duration_since(start).max(SignedDuration::from_secs(1));
    let room = inner.width.saturating_sub(SAID + 16);
    for (line, stretch) in (0..inner.height).zip(&all) {
        let sign = canvas.theme.sign(stretch.role);
        let name = Words::one(stretch.role, format!("{sign:<3}"))
            .and(Role::Plain, format!("{:<NAME$}", stretch.name));
        canvas.words(inner, line, &name);
        if let (Some(from), Some(until)) = (stretch.from, stretch.until) {
            let place = |at: Timestamp| scaled(at.duration_since(start), whole, room);
            let (left, right) = (place(from), place(until));
            let left = left.min(room.saturating_sub(1));
            let wide = usize::from(right.saturating_sub(left).max(1));
            let bar = Rect { x: inner.x + 19 + left, width: room.saturating_sub(left), ..inner };
            canvas.words(bar, line, &Words::one(stretch.role, canvas.theme.bar(wide, 1, 1)));
        }
        let said = Rect { x: inner.right().saturating_sub(SAID - 4), width: SAID - 4, ..inner };
        canvas.words(said, line, &Words::one(stretch.role, stretch.said.as_str()));
    }
}

fn scaled(part: SignedDuration, whole: SignedDuration, room: u16) -> u16 {
    let columns = part.as_secs().max(0) * i64::from(room) / whole.as_secs().max(1);
    u16::try_from(columns).unwrap_or(room).min(room)
}

/// Draws them in two lines.
pub(super) fn strip(model: &Model, area: Rect, canvas: &mut Canvas<'_, '_>) {
    let Some(chapter) = model.lead_chapter() else { return };
    let area = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let [detect, send, run, verify] = of(model, chapter);
    for (line, pair) in (0..).zip([[detect, run], [send, verify]]) {
        let half = area.width * 2 / 5;
        for (x, stretch) in [0, half].into_iter().zip(&pair) {
            let part = Rect { x: area.x + x, width: if x == 0 { half } else { area.width - half }, ..area };
            let words = Words::one(stretch.role, format!("{} ", canvas.theme.sign(stretch.role)))
                .and(Role::Dim, format!("{} ", stretch.name))
                .and(stretch.role, brief(&stretch.said));
            canvas.words(part, line, &words);
        }
    }
}

/// What is said of a phase where there is room for a word or two.
fn brief(said: &str) -> String {
    let first = said.split([':', ';']).next().unwrap_or_default();
    let timed = first.split_once("   until").map_or(first, |(time, _)| time);
    timed.replace("   ", " ")
}
