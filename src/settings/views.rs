//! Saved views as they are written. Which words a list knows is the console's to say; here every word keeps its line, so
//! that what is wrong can be told where it stands.

use std::path::{Path, PathBuf};

use super::reader::{Reader, Section};

/// A word and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The word.
    pub text: String,
    /// The line of the file, counted from 1.
    pub line: usize,
}

/// A saved view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// What it is called.
    pub name: String,
    /// Where it is written.
    pub file: PathBuf,
    /// Of which list.
    pub list: Option<Placed>,
    /// What is shown of it.
    pub filter: Option<String>,
    /// In which order.
    pub sort: Option<Placed>,
    /// Which columns.
    pub columns: Option<Vec<Placed>>,
}

/// The keys of a view.
const KEYS: &[&str] = &["list", "filter", "sort", "columns"];

/// Reads one.
pub(super) fn view(read: &mut Reader<'_>, file: &Path, name: String, section: &Section<'_>) -> View {
    section.only(read, KEYS);
    let lines = section.keys(read);
    let placed = |text: String, key: &str| {
        let line = lines.iter().find(|(own, _)| own == key).map_or(0, |(_, line)| *line);
        Placed { text, line }
    };
    View {
        name,
        file: file.to_owned(),
        list: section.text(read, "list").map(|text| placed(text, "list")),
        filter: section.text(read, "filter"),
        sort: section.text(read, "sort").map(|text| placed(text, "sort")),
        columns: section
            .texts(read, "columns")
            .map(|all| all.into_iter().map(|(text, line)| Placed { text, line }).collect()),
    }
}
