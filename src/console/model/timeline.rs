//! What is shown of an incident: its operations, their events in the order of time, and the report on them. The report
//! is made here, by the code that the verb `report` uses, and handed to the app as a value: what is previewed is what
//! is written.

use std::borrow::Cow;
use std::cell::OnceCell;

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::Model;
use crate::console::list::{Filter, Window};
use crate::domain::operation::{Operation, OperationId};
use crate::domain::report::redaction::redact;
use crate::domain::report::{Chapter, Entry, LeftOut, Report, Story};

/// Operations that follow each other more closely than this belong to one incident: a retry comes soon.
const TOGETHER: SignedDuration = SignedDuration::from_mins(30);

/// An event: its operation and its place among the events of that chapter.
pub type EventKey = (OperationId, usize);

/// What is shown of an incident.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    /// The operation that it was opened for.
    pub lead: Option<OperationId>,
    /// Only this operation of the incident; `None` shows all of them.
    pub only: Option<OperationId>,
    /// When the incident began, as the person says.
    pub began_at: Option<Timestamp>,
    /// What is left out of the report.
    pub left_out: LeftOut,
    /// Whether names are taken out of the report.
    pub names: Names,
    /// Which pane has the keys.
    pub pane: Pane,
    /// The chosen event; `None` means the newest.
    pub cursor: Option<EventKey>,
    /// The first row that was shown last.
    pub(in crate::console) offset: usize,
    /// How far the report was scrolled.
    pub scroll: usize,
    /// Whether one event is shown whole, and how far it was scrolled.
    pub whole: Option<usize>,
    /// Which events are shown.
    pub filter: Filter,
    /// The ends of a time that is measured.
    pub marked: Vec<EventKey>,
    /// A note that was typed and is not written down yet.
    pub unsaid: String,
    sheet: OnceCell<Sheet>,
}

/// Whether names are taken out of the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Names {
    /// They stay.
    #[default]
    Shown,
    /// They are taken out.
    TakenOut,
}

/// The panes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    /// What happened.
    #[default]
    Events,
    /// The report on it.
    Report,
}

/// What is made of the stories once, until one of them or a choice changes.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The report with every event and every name.
    pub whole: Report,
    /// The report as it would be written.
    pub shown: Report,
    /// Which events are shown, oldest first.
    pub rows: Vec<Row>,
    /// How many there are, whatever the filter.
    pub all: usize,
}

/// One row: a chapter of the whole report, and an event of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The place of the chapter.
    pub chapter: usize,
    /// The place of the event in it.
    pub event: usize,
}

impl Sheet {
    /// The chapter and the event of a row.
    pub fn entry(&self, row: Row) -> Option<(&Chapter, &Entry)> {
        let chapter = self.whole.operations.get(row.chapter)?;
        Some((chapter, chapter.events.get(row.event)?))
    }

    /// What identifies a row.
    pub fn key(&self, row: Row) -> Option<EventKey> {
        self.whole.operations.get(row.chapter).map(|chapter| (chapter.operation_id, row.event))
    }
}

impl Timeline {
    /// What it is made of changed.
    pub(in crate::console) fn changed(&mut self) {
        self.sheet = OnceCell::new();
    }
}

impl Model {
    /// The operation whose id begins so, when there is exactly one.
    pub fn operation_named(&self, word: &str) -> Option<OperationId> {
        let word = word.replace('-', "").to_lowercase();
        let ids = self.world.operations.keys().copied();
        let mut meant = ids.filter(|id| id.to_string().replace('-', "").starts_with(&word));
        let first = meant.next().filter(|_| !word.is_empty());
        if meant.next().is_some() { None } else { first }
    }

    /// Rows, report and what they are made of.
    pub fn sheet(&self) -> &Sheet {
        self.timeline.sheet.get_or_init(|| self.make_sheet())
    }

    fn make_sheet(&self) -> Sheet {
        let timeline = &self.timeline;
        let told = self.world.stories.as_ref().and_then(|it| it.told.as_deref()).unwrap_or_default();
        let meant = |id| timeline.only.is_none_or(|only| only == id);
        let stories: Vec<Story> =
            told.iter().map(|it| &it.story).filter(|it| meant(it.operation.id())).cloned().collect();
        let whole = Report::of(&stories, timeline.began_at, self.now());
        let short = whole.clone().leaving_out(&timeline.left_out);
        let shown = match timeline.names {
            Names::Shown => short,
            Names::TakenOut => redact(&short, &stories),
        };
        let mut rows: Vec<Row> = Vec::new();
        for (place, chapter) in whole.operations.iter().enumerate() {
            rows.extend((0..chapter.events.len()).map(|event| Row { chapter: place, event }));
        }
        let all = rows.len();
        let at = |row: &Row| whole.operations[row.chapter].events[row.event].at;
        rows.sort_by_key(at);
        rows.retain(|row| {
            let chapter = &whole.operations[row.chapter];
            is_shown(&timeline.filter, chapter, &chapter.events[row.event])
        });
        Sheet { whole, shown, rows, all }
    }

    /// The events that are on the screen where `height` fit.
    pub fn timeline_window(&self, height: usize) -> Window {
        let sheet = self.sheet();
        let Some(last) = sheet.rows.len().checked_sub(1) else { return Window { offset: 0, row: None } };
        let chosen = self.timeline.cursor;
        let row = chosen.and_then(|key| sheet.rows.iter().position(|row| sheet.key(*row) == Some(key)));
        let row = row.unwrap_or(last);
        let height = height.max(1);
        let offset = self.timeline.offset.min(sheet.rows.len().saturating_sub(height));
        Window { offset: offset.clamp((row + 1).saturating_sub(height), row), row: Some(row) }
    }

    /// The chosen event.
    pub fn timeline_chosen(&self) -> Option<Row> {
        let row = self.timeline_window(1).row?;
        self.sheet().rows.get(row).copied()
    }

    /// The operation that a note would be about: that of the chosen event, else the one that the timeline is about.
    pub fn timeline_subject(&self) -> Option<OperationId> {
        let chosen = self.timeline_chosen().and_then(|row| self.sheet().key(row)).map(|(id, _)| id);
        chosen.or(self.timeline.only).or(self.timeline.lead)
    }

    /// The chapter that clocks and phases are about: that of the only operation shown, else of the lead.
    pub fn lead_chapter(&self) -> Option<&Chapter> {
        let chapters = &self.sheet().whole.operations;
        let lead = self.timeline.only.or(self.timeline.lead);
        chapters.iter().find(|it| Some(it.operation_id) == lead).or(chapters.first())
    }

    /// From when on the events are counted: the beginning of the incident, else the first of them.
    pub fn timeline_start(&self) -> Timestamp {
        let first = self.sheet().whole.operations.iter().map(|it| it.planned_at).min();
        self.timeline.began_at.or(first).unwrap_or(self.now())
    }

    /// The time between the two marked events, and their two times.
    pub fn timeline_measured(&self) -> Option<(Timestamp, Timestamp)> {
        let sheet = self.sheet();
        let at = |key: &EventKey| {
            let chapter = sheet.whole.operations.iter().find(|it| it.operation_id == key.0)?;
            chapter.events.get(key.1).map(|entry| entry.at)
        };
        match self.timeline.marked.as_slice() {
            [one, other] => at(one).zip(at(other)).map(|(one, other)| (one.min(other), one.max(other))),
            _ => None,
        }
    }

    /// The operations of the incident that an operation is part of, oldest first: those whose time overlaps, or follows
    /// soon.
    pub fn incident_of(&self, lead: OperationId) -> Vec<OperationId> {
        let now = self.now();
        let mut all: Vec<&Operation> = self.world.operations.values().map(|it| &it.operation).collect();
        all.sort_by_key(|it| (it.planned_at, it.id()));
        let mut group: Vec<OperationId> = Vec::new();
        let mut end: Option<Timestamp> = None;
        for operation in all {
            let apart = end.is_some_and(|end| operation.planned_at.duration_since(end) > TOGETHER);
            if apart {
                if group.contains(&lead) {
                    break;
                }
                group.clear();
                end = None;
            }
            group.push(operation.id());
            let own = last_sign(operation, now);
            end = Some(end.map_or(own, |end| end.max(own)));
        }
        if group.contains(&lead) { group } else { vec![lead] }
    }
}

/// When an operation was last heard of. What is not known to have ended may have lain about for weeks: it joins what
/// began while it was watched, and no more.
fn last_sign(operation: &Operation, now: Timestamp) -> Timestamp {
    let signs = [operation.ended_at, operation.last_polled_at, operation.accepted_at, operation.submitted_at];
    let last = signs.into_iter().flatten().max().unwrap_or(operation.planned_at);
    last.min(now.max(operation.planned_at))
}

fn is_shown(filter: &Filter, chapter: &Chapter, entry: &Entry) -> bool {
    if !filter.is_active() {
        return true;
    }
    let who = entry.person.as_deref().unwrap_or(entry.who.word());
    filter.shows(&[
        ("who", Cow::Borrowed(who)),
        ("what", Cow::Borrowed(entry.what.as_str())),
        ("target", Cow::Borrowed(chapter.instance.as_str())),
    ])
}

/// The moment that a person means: `12:04`, `12:04:31`, `45m` ago, `2h` ago, or a whole time such as
/// `2026-11-23T11:45Z`. A time of the day is the last one that is past, in UTC.
///
/// # Errors
/// It is none of these, or lies in the future; the words say so.
pub fn moment(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    let text = text.trim();
    let unknown = || "use 11:45, 45m, 2h, or 2026-11-23T11:45Z (UTC)".to_owned();
    let clock = text.trim_end_matches(['Z', 'z']);
    if let (false, Ok(time)) = (text.contains('-'), clock.parse::<jiff::civil::Time>()) {
        let today = Offset::UTC.to_datetime(now).date();
        let at = Offset::UTC.to_timestamp(today.to_datetime(time)).map_err(|_| unknown())?;
        let day = SignedDuration::from_hours(24);
        return if at <= now { Ok(at) } else { at.checked_sub(day).map_err(|_| unknown()) };
    }
    let ago = text.trim_end_matches(" ago");
    let at = match ago.parse::<SignedDuration>() {
        Ok(ago) => now.checked_sub(ago.unsigned_abs()).map_err(|_| unknown())?,
        Err(_) => whole(text).ok_or_else(unknown)?,
    };
    if at > now { Err("an incident cannot begin in the future".to_owned()) } else { Ok(at) }
}

/// A whole time; one without an offset is UTC.
fn whole(text: &str) -> Option<Timestamp> {
    let dated = || text.trim_end_matches(['Z', 'z']).parse::<jiff::civil::DateTime>().ok();
    let parsed = text.parse::<Timestamp>().ok();
    parsed.or_else(|| Offset::UTC.to_timestamp(dated()?).ok())
}
