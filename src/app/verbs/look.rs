//! `themes` and `keys`: what the console can be drawn with, and what its keys mean.

use serde::Serialize;

use crate::app::exit::Exit;
use crate::app::output::{Paper, Table};
use crate::console::keymap::{BINDINGS, Binding};
use crate::domain::problem::Problem;
use crate::settings::themes;

#[derive(Serialize)]
struct Themes {
    themes: Vec<Named>,
}

#[derive(Serialize)]
struct Named {
    name: String,
    summary: String,
}

#[derive(Serialize)]
struct Keys {
    keys: Vec<Bound>,
}

#[derive(Serialize)]
struct Bound {
    place: String,
    keys: Vec<String>,
    does: &'static str,
}

/// Lists the themes that come with the program.
///
/// # Errors
/// The answer could not be written.
pub(super) fn themes(paper: Paper) -> Result<Exit, Problem> {
    let all: Vec<Named> =
        themes::built_in().map(|theme| Named { name: theme.name, summary: theme.summary }).collect();
    let mut table = Table::telling(&["THEME", "IS"]);
    for theme in &all {
        table.row([&theme.name, &theme.summary]);
    }
    paper.say("A file themes/NAME.toml beside the configuration is a theme of your own: --theme NAME");
    paper.answer(&Themes { themes: all }, table)?;
    Ok(Exit::Done)
}

/// Lists the keys, place by place.
///
/// # Errors
/// The answer could not be written.
pub(super) fn keys(paper: Paper) -> Result<Exit, Problem> {
    let bound = |binding: &Binding| Bound {
        place: binding.scope.to_string(),
        keys: binding.keys.iter().map(ToString::to_string).collect(),
        does: binding.help,
    };
    let mut all: Vec<Bound> = BINDINGS.iter().map(bound).collect();
    // The places in the order of the table, each place together.
    let places: Vec<String> = all.iter().map(|it| it.place.clone()).collect();
    all.sort_by_key(|it| places.iter().position(|place| *place == it.place));
    let mut table = Table::telling(&["WHERE", "KEYS", "DOES"]);
    for key in &all {
        table.row([key.place.as_str(), &key.keys.join(" "), key.does]);
    }
    paper.answer(&Keys { keys: all }, table)?;
    Ok(Exit::Done)
}
