//! A list as it stood on a screen, to be kept in a file: its columns, its order, what it was narrowed to, and what it
//! lacks. A spreadsheet and a terminal are harmed by none of it: secrets are taken out when it is made or written, and
//! in CSV nothing is a formula.

use jiff::Timestamp;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::discretion::discreet;
use super::visible;

/// What a spreadsheet takes for the beginning of a formula, in the width of every script.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// A list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extract {
    /// Which list: one word, also in the name of the file.
    pub list: &'static str,
    /// Whose, where it is the list of something.
    pub about: Option<String>,
    /// What it was narrowed to, as it was typed; empty for everything.
    pub filter: String,
    /// The column that it was sorted by, and which way.
    pub order: String,
    /// When what it shows was read; `None` when nothing was.
    pub as_of: Option<Timestamp>,
    /// Why it is not the whole truth; `None` when all of it was read.
    pub lacks: Option<String>,
    /// When it was made.
    pub made_at: Timestamp,
    /// The names of its columns.
    pub columns: Vec<&'static str>,
    rows: Vec<Vec<Option<String>>>,
}

impl Extract {
    /// A list without rows, whole and in its own order.
    pub fn new(list: &'static str, columns: Vec<&'static str>, made_at: Timestamp) -> Self {
        Self {
            list,
            about: None,
            filter: String::new(),
            order: String::new(),
            as_of: None,
            lacks: None,
            made_at,
            columns,
            rows: Vec::new(),
        }
    }

    /// Adds a row: a value for each column, `None` where none is known.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Option<String>>) {
        let screened = |cell: Option<String>| cell.map(|text| discreet(&text).into_owned());
        self.rows.push(cells.into_iter().map(screened).collect());
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The name of its file without the moment and the ending. One that lacks something says so before it is opened.
    pub fn file(&self) -> String {
        let partial = if self.lacks.is_some() { "-partial" } else { "" };
        format!("lifeboat-{}{partial}", self.list)
    }

    /// As RFC 4180 has it, the names of the columns first. A value that is not known is an empty cell.
    pub fn csv(&self) -> String {
        let mut text = String::new();
        line(&mut text, self.columns.iter().copied());
        for row in &self.rows {
            line(&mut text, row.iter().map(|cell| cell.as_deref().unwrap_or_default()));
        }
        text
    }
}

fn line<'a>(text: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            text.push(',');
        }
        quoted(text, cell);
    }
    text.push_str("\r\n");
}

/// A cell. What would act on a terminal is written out, and what a spreadsheet would reckon gets an apostrophe, which it
/// takes for the sign that text follows.
fn quoted(text: &mut String, cell: &str) {
    let shown = visible::text(cell);
    let defused = if shown.trim_start().starts_with(FORMULA) { "'" } else { "" };
    let plain = |c: char| !matches!(c, ',' | ';' | '"' | '\'') && !c.is_whitespace();
    if defused.is_empty() && shown.chars().all(plain) {
        return text.push_str(&shown);
    }
    text.push('"');
    text.push_str(defused);
    text.push_str(&shown.replace('"', "\"\""));
    text.push('"');
}

/// One document: what it is, then its rows, each by the names of the columns.
impl Serialize for Extract {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("list", self.list)?;
        map.serialize_entry("about", &self.about.as_deref().map(discreet))?;
        map.serialize_entry("filter", &discreet(&self.filter))?;
        map.serialize_entry("order", &self.order)?;
        map.serialize_entry("asOf", &self.as_of)?;
        map.serialize_entry("lacks", &self.lacks.as_deref().map(discreet))?;
        map.serialize_entry("madeAt", &self.made_at)?;
        let rows: Vec<Row<'_>> = self.rows.iter().map(|cells| Row { of: self, cells }).collect();
        map.serialize_entry("rows", &rows)?;
        map.end()
    }
}

struct Row<'a> {
    of: &'a Extract,
    cells: &'a [Option<String>],
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.of.columns.iter().zip(self.cells))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extract(cells: &[&str]) -> Extract {
        let mut it = Extract::new("fleet", vec!["name"], "2026-11-23T12:00:00Z".parse().unwrap());
        cells.iter().for_each(|cell| it.row([Some((*cell).to_owned())]));
        it
    }

    fn cell(text: &str) -> String {
        let csv = extract(&[text]).csv();
        csv.strip_prefix("name\r\n").and_then(|rest| rest.strip_suffix("\r\n")).unwrap().to_owned()
    }

    #[test]
    fn no_cell_is_a_formula_whatever_stands_before_it() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "\t=1", "\r=1", "\n=1", "  =1", "\u{feff}=1", "="]
        {
            let cell = cell(text);
            assert!(!cell.starts_with(FORMULA), "{text:?}: {cell}");
            let inside = cell.trim_matches('"');
            assert!(inside.starts_with(['\'', '<']), "{text:?}: {cell}");
            assert!(!cell.contains(char::is_control), "{text:?}: {cell}");
        }
        assert_eq!(cell("=HYPERLINK(\"http://x\")"), "\"'=HYPERLINK(\"\"http://x\"\")\"");
        assert_eq!(cell("apim-core-dr"), "apim-core-dr");
        // A semicolon parts cells where a comma is in numbers.
        assert_eq!(cell("a;=1"), "\"a;=1\"");
        assert_eq!(cell("a,\"b\""), "\"a,\"\"b\"\"\"");
    }

    #[test]
    fn a_line_of_the_file_is_a_row_whatever_a_cell_holds() {
        let csv = extract(&["one\r\ntwo", "a\u{1b}[31m", "b\u{202e}c"]).csv();
        assert_eq!(csv.lines().count(), 4, "{csv:?}");
        assert!(csv.contains("<U+001B>[31m") && csv.contains("<U+202E>"), "{csv:?}");
    }

    #[test]
    fn no_secret_gets_into_it() {
        let it = extract(&["https://st/c/b?sv=1&sig=c4n4ry&se=2", "AccountKey=c4n4ry;x"]);
        assert!(!it.csv().contains("c4n4ry") && !format!("{it:?}").contains("c4n4ry"), "{it:?}");
    }

    #[test]
    fn no_secret_gets_into_its_head() {
        let mut it = extract(&["ops"]);
        it.filter = "https://st/c/b?sv=1&sig=c4n4ry&se=2".to_owned();
        it.about = Some("AccountKey=c4n4ry;x".to_owned());
        it.lacks = Some("unreadable: st/c?sig=c4n4ry".to_owned());
        let json = serde_json::to_string(&it).unwrap();
        assert!(!json.contains("c4n4ry") && json.contains("sv=1&sig="), "{json}");
    }

    #[test]
    fn what_is_not_known_is_null_and_what_is_not_whole_says_so() {
        let mut it = extract(&[]);
        it.row([None]);
        assert_eq!((it.csv().as_str(), it.file().as_str()), ("name\r\n\r\n", "lifeboat-fleet"));
        it.lacks = Some("cancelled by you".to_owned());
        assert_eq!(it.file(), "lifeboat-fleet-partial");
        let json = serde_json::to_string(&it).unwrap();
        assert!(
            json.contains("\"lacks\":\"cancelled by you\"") && json.contains("[{\"name\":null}]"),
            "{json}"
        );
    }
}
