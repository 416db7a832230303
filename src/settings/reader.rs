//! Reads a TOML tree key by key, and says of every key that it cannot use where it stands and what could stand there.

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::str::FromStr;

use jiff::SignedDuration;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::Written;
use crate::domain::problem::Problem;

/// The text that is read, and what was found wrong with it.
pub(super) struct Reader<'a> {
    file: &'a Path,
    text: &'a str,
    /// What could not be used.
    pub(super) problems: Vec<Problem>,
    /// Whether something unusable might have been a guard.
    pub(super) guard_lost: bool,
}

/// A table and how it is called in problems.
pub(super) struct Section<'a> {
    path: String,
    table: DeTable<'a>,
    span: Range<usize>,
}

impl<'a> Reader<'a> {
    /// Starts on a text. What is not TOML is reported, and what is around it is kept.
    pub(super) fn new(file: &'a Path, text: &'a str) -> (Self, Section<'a>) {
        let mut read = Self { file, text, problems: Vec::new(), guard_lost: false };
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            read.guard_lost = true;
            let at = error.span().map_or(0, |span| span.start);
            read.report(at, &format!("not TOML: {}", error.message()), "Correct the line");
        }
        let span = root.span();
        (read, Section { path: String::new(), table: root.into_inner(), span })
    }

    fn line(&self, at: usize) -> usize {
        self.text.get(..at).unwrap_or(self.text).matches('\n').count() + 1
    }

    fn report(&mut self, at: usize, what: &str, next: &str) {
        let line = self.line(at);
        let place = format!("{}:{line}", self.file.display());
        self.problems.push(
            Problem::usage(format!("Configuration, line {line}: {what}"))
                .meaning("This is left out; the rest of the file is used")
                .next(next)
                .about(place),
        );
    }
}

impl<'a> Section<'a> {
    fn name(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Every key, with its line counted from 1.
    pub(super) fn keys(&self, read: &Reader<'_>) -> Vec<(String, usize)> {
        self.table.keys().map(|key| (key.get_ref().to_string(), read.line(key.span().start))).collect()
    }

    /// Whether the key stands there, usable or not.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Reports every key but the allowed ones. A misspelt guard would be no guard, so one that looks like it counts
    /// as lost.
    pub(super) fn only(&self, read: &mut Reader<'_>, allowed: &[&str]) {
        for key in self.table.keys().filter(|key| !allowed.contains(&key.get_ref().as_ref())) {
            let word = key.get_ref();
            let plain = word.to_ascii_lowercase().replace(['-', '_'], "");
            let guards = ["readonly", "default", "cloud", "subscription"];
            read.guard_lost |= guards.iter().any(|guard| plain.starts_with(guard));
            let what = if self.path.is_empty() {
                format!("'{word}' is not a section")
            } else {
                format!("'{word}' is not a key of {}", self.path)
            };
            read.report(key.span().start, &what, &format!("Use one of: {}", allowed.join(", ")));
        }
    }

    /// Reports the whole section.
    pub(super) fn unusable(&self, read: &mut Reader<'_>, why: &str) {
        read.report(self.span.start, &format!("{}: {why}", self.path), "Correct it or take it out");
    }

    fn wrong(&self, read: &mut Reader<'_>, key: &str, found: &Spanned<DeValue<'_>>, wanted: &str) {
        let what = format!("{} = {} cannot be used", self.name(key), Shown(found.get_ref()));
        read.report(found.span().start, &what, &format!("Use {wanted}"));
    }

    /// A text.
    pub(super) fn text(&self, read: &mut Reader<'_>, key: &str) -> Option<String> {
        self.parsed(read, key, "a text in quotes")
    }

    /// A list of texts, each with its line counted from 1.
    pub(super) fn texts(&self, read: &mut Reader<'_>, key: &str) -> Option<Vec<(String, usize)>> {
        let found = self.table.get(key)?;
        let wanted = "a list of texts in quotes, such as [\"name\", \"rpo\"]";
        let Some(entries) = found.get_ref().as_array() else {
            self.wrong(read, key, found, wanted);
            return None;
        };
        let mut texts = Vec::new();
        for entry in entries.iter() {
            match entry.get_ref().as_str() {
                Some(text) if !text.trim().is_empty() => {
                    texts.push((text.to_owned(), read.line(entry.span().start)))
                }
                _ => self.wrong(read, key, entry, wanted),
            }
        }
        Some(texts)
    }

    /// Something with the place where its key is written.
    pub(super) fn written<T>(&self, read: &Reader<'_>, key: &str, what: T) -> Written<T> {
        let line = self.table.get_key_value(key).map_or(0, |(key, _)| read.line(key.span().start));
        Written { what, line, place: format!("{}:{line}", read.file.display()) }
    }

    /// A text that must be there.
    pub(super) fn required(&self, read: &mut Reader<'_>, key: &str) -> Option<String> {
        if !self.has(key) {
            let what = format!("{} has no {key}", self.path);
            read.report(self.span.start, &what, &format!("Add {key} = \"…\""));
        }
        self.text(read, key)
    }

    /// A text with a meaning.
    pub(super) fn parsed<T: FromStr>(&self, read: &mut Reader<'_>, key: &str, wanted: &str) -> Option<T> {
        let found = self.table.get(key)?;
        let value = found.get_ref().as_str().and_then(|text| text.parse().ok());
        if value.is_none() {
            self.wrong(read, key, found, wanted);
        }
        value
    }

    /// A positive duration such as `24h`.
    pub(super) fn duration(&self, read: &mut Reader<'_>, key: &str) -> Option<SignedDuration> {
        let found = self.table.get(key)?;
        let value = found.get_ref().as_str().and_then(|text| text.parse::<SignedDuration>().ok());
        let value = value.filter(SignedDuration::is_positive);
        if value.is_none() {
            self.wrong(read, key, found, "a duration above zero in quotes, such as \"24h\" or \"10s\"");
        }
        value
    }

    /// `true` or `false`.
    pub(super) fn switch(&self, read: &mut Reader<'_>, key: &str) -> Option<bool> {
        let found = self.table.get(key)?;
        let value = found.get_ref().as_bool();
        if value.is_none() {
            self.wrong(read, key, found, "true or false");
        }
        value
    }

    /// A switch that takes rights away. An unusable one counts as lost.
    pub(super) fn guard(&self, read: &mut Reader<'_>, key: &str) -> Option<bool> {
        let value = self.switch(read, key);
        read.guard_lost |= value.is_none() && self.has(key);
        value
    }

    fn below(&self, path: String, value: &Spanned<DeValue<'a>>) -> Option<Self> {
        match value.get_ref() {
            DeValue::Table(table) => Some(Self { path, table: table.clone(), span: value.span() }),
            _ => None,
        }
    }

    /// A table in this one.
    pub(super) fn table(&self, read: &mut Reader<'_>, key: &str) -> Option<Self> {
        let found = self.table.get(key)?;
        let section = self.below(self.name(key), found);
        if section.is_none() {
            read.guard_lost = true;
            self.wrong(read, key, found, &format!("a section: [{key}]"));
        }
        section
    }

    /// The tables in the table `key`, with their names.
    pub(super) fn tables(&self, read: &mut Reader<'_>, key: &str) -> Vec<(String, Self)> {
        let Some(section) = self.table(read, key) else { return Vec::new() };
        let names: Vec<String> = section.table.keys().map(|name| name.get_ref().to_string()).collect();
        names.into_iter().filter_map(|name| section.table(read, &name).map(|table| (name, table))).collect()
    }

    /// The tables of a list `[[key]]`.
    pub(super) fn list(&self, read: &mut Reader<'_>, key: &str) -> Vec<Self> {
        let Some(found) = self.table.get(key) else { return Vec::new() };
        let Some(entries) = found.get_ref().as_array() else {
            self.wrong(read, key, found, &format!("entries that begin with [[{key}]]"));
            return Vec::new();
        };
        let mut sections = Vec::new();
        for entry in entries.iter() {
            match self.below(self.name(key), entry) {
                Some(section) => sections.push(section),
                None => self.wrong(read, key, entry, &format!("entries that begin with [[{key}]]")),
            }
        }
        sections
    }
}

/// The longest text that is repeated in a problem. What is longer is no misspelt word, and may be a key that was
/// written where its name belongs.
const WORD: usize = 20;

/// A value as it may be repeated in a problem: short, and of a table only that it is one.
struct Shown<'a, 'i>(&'a DeValue<'i>);

impl fmt::Display for Shown<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            DeValue::String(text) if text.chars().count() <= WORD => write!(f, "\"{text}\""),
            DeValue::String(text) => write!(f, "(a text of {} characters)", text.chars().count()),
            DeValue::Boolean(value) => write!(f, "{value}"),
            DeValue::Integer(number) => write!(f, "{number}"),
            other => write!(f, "({})", other.type_str()),
        }
    }
}
