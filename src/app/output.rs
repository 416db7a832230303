//! Where a verb writes: answers to standard output, everything for people to standard error.

use std::fmt;
use std::io::{self, Write};

use serde::Serialize;
use unicode_width::UnicodeWidthChar;

use crate::cli::Output;
use crate::domain::problem::Problem;
use crate::domain::visible;

/// The two streams of a verb.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paper {
    format: Output,
}

impl Paper {
    /// Paper for answers in this format.
    pub(super) fn new(format: Output) -> Self {
        Self { format }
    }

    /// Whether scripts read the answers.
    pub(super) fn is_json(self) -> bool {
        self.format == Output::Json
    }

    /// Writes the whole answer: one JSON document, or the table, in which everything is visible already.
    ///
    /// # Errors
    /// The reader of standard output went away.
    pub(super) fn answer(self, json: &impl Serialize, table: impl fmt::Display) -> Result<(), Problem> {
        let mut out = io::stdout().lock();
        let written = match self.format {
            Output::Json => write_json(&mut out, json),
            Output::Table => write!(out, "{table}"),
        };
        written.and_then(|()| out.flush()).map_err(|error| unwritable(&error))
    }

    /// Writes a document that is neither, in which everything is visible already.
    ///
    /// # Errors
    /// The reader of standard output went away.
    pub(super) fn document(self, text: &str) -> Result<(), Problem> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| unwritable(&error))
    }

    /// Writes one line of what happens. A reader that went away does not stop the watching, so errors are left.
    pub(super) fn event(self, json: &impl Serialize, line: &str) {
        if self.is_json() {
            let mut out = io::stdout().lock();
            drop(write_json(&mut out, json).and_then(|()| out.flush()));
        }
        self.say(line);
    }

    /// Tells a person something.
    pub(super) fn say(self, line: &str) {
        if !line.is_empty() {
            drop(writeln!(io::stderr().lock(), "{}", visible::lines(line)));
        }
    }

    /// Tells a person what went wrong.
    pub(super) fn problem(self, problem: &Problem) {
        self.say(&problem.to_string());
    }
}

fn unwritable(error: &io::Error) -> Problem {
    Problem::new(format!("The answer could not be written to standard output: {error}"))
}

/// Writes JSON that does nothing when it is not a program that reads it, but a terminal.
fn write_json(out: &mut impl Write, json: &impl Serialize) -> io::Result<()> {
    let json = serde_json::to_string(json)?;
    writeln!(out, "{}", visible::json(&json))
}

/// Rows under a head, as wide as they need to be.
#[derive(Clone, Debug)]
pub(super) struct Table {
    head: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    tells: bool,
}

impl Table {
    /// An empty table.
    pub(super) fn new(head: &[&'static str]) -> Self {
        Self { head: head.to_vec(), rows: Vec::new(), tells: false }
    }

    /// The same whose last column holds sentences: in a name an ellipsis would be written out.
    pub(super) fn telling(head: &[&'static str]) -> Self {
        Self { tells: true, ..Self::new(head) }
    }

    /// Adds a row; every cell is shown as a name is, but for sentences.
    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = impl AsRef<str>>) {
        let sentence = self.head.len().checked_sub(1).filter(|_| self.tells);
        let shown = |(column, cell): (usize, _)| {
            let cell: &str = AsRef::as_ref(&cell);
            if Some(column) == sentence { visible::text(cell) } else { visible::name(cell) }.into_owned()
        };
        self.rows.push(cells.into_iter().enumerate().map(shown).collect());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head: Vec<String> = self.head.iter().map(ToString::to_string).collect();
        let all = || std::iter::once(&head).chain(&self.rows);
        let widest = |column: usize| {
            all().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..head.len()).map(widest).collect();
        for row in all() {
            let mut line = String::new();
            for (cell, columns) in row.iter().zip(&widths) {
                line.push_str(cell);
                line.push_str(&" ".repeat(columns.saturating_sub(width(cell)) + 2));
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// Columns of a visible text. Not those of the whole text, which counts two joined Arabic letters as one: few terminals
/// join them.
fn width(cell: &str) -> usize {
    cell.chars().filter_map(UnicodeWidthChar::width).sum()
}

/// A value or the sign for one that is not known.
pub(super) fn or_unknown(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "?".to_owned(), |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_keeps_its_ellipsis_and_loses_what_acts_on_the_terminal() {
        let mut table = Table::telling(&["NAME", "FOUND"]);
        table.row(["a…", "too long…\u{1b}[31m"]);
        assert_eq!(table.to_string(), "NAME       FOUND\na<U+2026>  too long…<U+001B>[31m\n");
    }

    #[test]
    fn columns_stay_straight_with_wide_and_hostile_names() {
        let mut table = Table::new(&["NAME", "STATE"]);
        table.row(["名前", "ok"]);
        table.row(["a\u{1b}[31m ", "?"]);
        table.row(["q\u{30d}لا", "?"]);
        let hostile = "a<U+001B>[31m<U+0020>";
        let gap = " ".repeat(hostile.len() - 4);
        let expected = format!("NAME{gap}  STATE\n名前{gap}  ok\n{hostile}  ?\nq\u{30d}لا {gap}  ?\n");
        assert_eq!(table.to_string(), expected);
    }
}
