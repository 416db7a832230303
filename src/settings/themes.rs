//! Themes as files: those that come with the program, and `themes/NAME.toml` beside the configuration. What the words
//! of a look mean is the console's to say.

use std::fs;
use std::path::{Path, PathBuf};

use super::reader::Reader;
use crate::domain::problem::Problem;

/// The theme that is used when none is named.
pub const USUAL: &str = "terminal";

/// A theme as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// What it is called.
    pub name: String,
    /// What it is for, one line.
    pub summary: String,
    /// Where it is written.
    pub file: PathBuf,
    /// What it says.
    pub entries: Vec<Entry>,
    /// What of it is no text.
    pub problems: Vec<Problem>,
}

/// One line of a theme: what looks how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The role.
    pub role: String,
    /// Its look, in words.
    pub look: String,
    /// The line of the file, counted from 1.
    pub line: usize,
}

/// The themes that come with the program.
const BUILT_IN: [(&str, &str); 6] = [
    (USUAL, include_str!("../../assets/themes/terminal.toml")),
    ("dark", include_str!("../../assets/themes/dark.toml")),
    ("light", include_str!("../../assets/themes/light.toml")),
    ("high-contrast", include_str!("../../assets/themes/high-contrast.toml")),
    ("colour-blind", include_str!("../../assets/themes/colour-blind.toml")),
    ("mono", include_str!("../../assets/themes/mono.toml")),
];

/// Every theme that comes with the program.
pub fn built_in() -> impl Iterator<Item = Theme> {
    BUILT_IN.into_iter().map(|(name, text)| parse(name, Path::new("built in"), text))
}

/// The theme of this name: one's own before one that comes with the program.
///
/// # Errors
/// There is none, or its file cannot be read.
pub fn named(name: &str, folder: &Path) -> Result<Theme, Problem> {
    let file = folder.join("themes").join(format!("{name}.toml"));
    // A name is no path.
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "-_".contains(c));
    if is_name && file.exists() {
        return match fs::read_to_string(&file) {
            Ok(text) => Ok(parse(name, &file, &text)),
            Err(error) => Err(Problem::usage(format!("The theme {name} cannot be read: {error}"))
                .about(file.display().to_string())),
        };
    }
    let own = built_in().find(|theme| theme.name == name);
    own.ok_or_else(|| {
        let names = BUILT_IN.map(|(name, _)| name).join(", ");
        Problem::usage(format!("There is no theme '{name}'"))
            .meaning(format!("The console is drawn with '{USUAL}'"))
            .next(format!("Use one of: {names}; or write {}", file.display()))
    })
}

fn parse(name: &str, file: &Path, text: &str) -> Theme {
    let (mut read, root) = Reader::new(file, text);
    let summary = root.text(&mut read, "summary").unwrap_or_default();
    let mut entries = Vec::new();
    for (role, line) in root.keys(&read).into_iter().filter(|(role, _)| role != "summary") {
        if let Some(look) = root.text(&mut read, &role) {
            entries.push(Entry { role, look, line });
        }
    }
    Theme { name: name.to_owned(), summary, file: file.to_owned(), entries, problems: read.problems }
}
