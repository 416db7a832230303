//! What a pane of the wall shows: lines, and how fresh they are.

use jiff::{SignedDuration, Timestamp};

use crate::console::model::{Model, Times};
use crate::console::text::{self, Short};
use crate::console::theme::{Role, Theme};
use crate::console::widgets::canvas::Words;
use crate::domain::duration;

/// Columns of a label.
const LABEL: usize = 10;

/// Lines that are written into so many columns and rows.
pub(super) struct Sheet<'a> {
    /// What is shown.
    pub(super) model: &'a Model,
    /// How.
    pub(super) theme: Theme,
    /// The columns.
    pub(super) columns: usize,
    /// The rows that are seen at once.
    pub(super) rows: usize,
    lines: Vec<Words>,
}

/// How fresh a pane is. Shown with its age, always in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freshness {
    /// Read then, and read again in time.
    Live(Timestamp),
    /// Being read for the first time.
    Loading,
    /// Read then, and not read again as it should have been.
    Stale(Timestamp),
    /// The last reading, then, failed. What is shown is older.
    Failed(Timestamp),
    /// Nothing more can happen since then.
    Ended(Timestamp),
    /// Nobody has read it.
    NotRead,
}

/// A pane, ready to be drawn.
pub(super) struct Content {
    /// Its title, without its number.
    pub(super) title: Words,
    /// How fresh it is.
    pub(super) freshness: Freshness,
    /// What is said beside that.
    pub(super) beside: Words,
    /// Its lines.
    pub(super) lines: Vec<Words>,
}

impl Freshness {
    /// Live or stale, by the time that may pass between two readings.
    pub(super) fn by_age(at: Timestamp, interval: SignedDuration, now: Timestamp) -> Self {
        if now.duration_since(at) > interval * 3 { Self::Stale(at) } else { Self::Live(at) }
    }

    /// In words. A display that stands says so instead.
    pub(super) fn words(self, model: &Model) -> Words {
        let moments = model.times == Times::Moments;
        let age = |at: Timestamp| match moments {
            true => text::clock_to_second(at),
            false => coarse(model.now().duration_since(at)),
        };
        let ago = if moments { "" } else { " ago" };
        let (role, words) = match self {
            Self::Live(at) => (Role::Dim, format!("live  {}", age(at))),
            Self::Loading => (Role::Loading, "loading".to_owned()),
            Self::Stale(at) => (Role::Warn, format!("STALE {}", age(at))),
            Self::Failed(at) => (Role::Crit, format!("failed  {}{ago}", age(at))),
            Self::Ended(at) => (Role::Dim, format!("ended {}", model.stamp_to_second(at))),
            Self::NotRead => (Role::Dim, "not read".to_owned()),
        };
        if model.frozen.is_none() {
            return Words::one(role, words);
        }
        match self {
            Self::Loading | Self::NotRead | Self::Ended(_) => {
                Words::one(Role::Warn, format!("frozen  {words}"))
            }
            Self::Live(at) | Self::Stale(at) | Self::Failed(at) => {
                Words::one(Role::Warn, format!("frozen  {}", age(at)))
            }
        }
    }
}

/// An age to ten seconds: `<10s`, `20s`, `1m10s`. To the second it would move in every pane at once, and draw the eye
/// from what matters.
pub(super) fn coarse(age: SignedDuration) -> Short {
    match age.as_secs() / 10 * 10 {
        ..=0 => text::short(format_args!("<10s")),
        tens => text::short(format_args!("{}", duration::Short(SignedDuration::from_secs(tens)))),
    }
}

impl<'a> Sheet<'a> {
    /// An empty sheet.
    pub(super) fn new(model: &'a Model, theme: Theme, (columns, rows): (usize, usize)) -> Self {
        Self { model, theme, columns, rows, lines: Vec::new() }
    }

    /// One line.
    pub(super) fn line(&mut self, words: Words) {
        self.lines.push(words);
    }

    /// A label and what belongs to it.
    pub(super) fn fact(&mut self, label: &str, role: Role, words: impl std::fmt::Display) {
        self.labelled(label, Words::one(role, words));
    }

    /// The same of a name that others gave.
    pub(super) fn named(&mut self, label: &str, role: Role, name: impl std::fmt::Display) {
        self.labelled(label, Words::name(role, name));
    }

    /// The same of words.
    pub(super) fn labelled(&mut self, label: &str, words: Words) {
        self.lines.push(Words::one(Role::Dim, format!("{label:<LABEL$}")).then(words));
    }

    /// Prose, wrapped.
    pub(super) fn prose(&mut self, role: Role, words: &str) {
        for line in self.theme.wrapped(words, self.columns) {
            self.lines.push(Words::shown(role, line));
        }
    }

    /// A label and prose beside it, wrapped.
    pub(super) fn told(&mut self, label: &str, role: Role, words: &str) {
        let lines = self.theme.wrapped(words, self.columns.saturating_sub(LABEL).max(1));
        for (number, line) in lines.into_iter().enumerate() {
            let label = if number == 0 { label } else { "" };
            self.labelled(label, Words::shown(role, line));
        }
    }

    /// How many lines there are.
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// The pane. What is stale is grey.
    pub(super) fn content(self, title: Words, freshness: Freshness, beside: Words) -> Content {
        let lines = match freshness {
            Freshness::Stale(_) => self.lines.into_iter().map(|line| line.in_role(Role::Dim)).collect(),
            _ => self.lines,
        };
        Content { title, freshness, beside, lines }
    }
}
