//! `themes` and `keys`: what the console can be drawn with, and what its keys mean.

use serde::Serialize;

use crate::app::exit::Exit;
use crate::app::keys::keymap;
use crate::app::output::{Paper, Table};
use crate::console::keymap::Bound as Line;
use crate::domain::problem::Problem;
use crate::settings::{Settings, themes};

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
    /// What it is called in a configuration.
    name: String,
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
pub(super) fn keys(settings: &Settings, paper: Paper) -> Result<Exit, Problem> {
    let (keymap, unbound) = keymap(&settings.keys);
    unbound.iter().for_each(|problem| paper.problem(problem));
    let bound = |line: &Line| Bound {
        place: line.scope.to_string(),
        name: format!("{}.{}", line.scope.section(), line.name),
        keys: line.keys.iter().map(ToString::to_string).collect(),
        does: line.help,
    };
    let mut all: Vec<Bound> = keymap.lines().iter().map(bound).collect();
    // The places in the order of the table, each place together.
    let places: Vec<String> = all.iter().map(|it| it.place.clone()).collect();
    all.sort_by_key(|it| places.iter().position(|place| *place == it.place));
    let mut table = Table::telling(&["WHERE", "KEYS", "NAME", "DOES"]);
    for key in &all {
        table.row([key.place.as_str(), &key.keys.join(" "), &key.name, key.does]);
    }
    paper.answer(&Keys { keys: all }, table)?;
    Ok(Exit::Done)
}
