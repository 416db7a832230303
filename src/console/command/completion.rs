//! What a line that is being typed could become. Made once for every letter, and of a large fleet only as many as
//! anybody would look through.

use super::{COMMANDS, Command, Wants, split};
use crate::console::model::{Model, Place};
use crate::console::saved::Listing;

/// How many are offered at most.
pub const MOST: usize = 100;

/// One way to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The whole line, once it is chosen.
    pub line: String,
    /// What is listed.
    pub label: String,
    /// What it is.
    pub about: String,
}

/// Every way to go on, the likeliest first.
pub fn completions(model: &Model, line: &str) -> Vec<Completion> {
    let (word, rest) = split(line);
    let is_over = line.trim_start_matches(':').trim_start().contains(char::is_whitespace);
    if !is_over {
        return first(model, word);
    }
    let Some(command) = Command::named(word) else { return Vec::new() };
    // What was typed of the last word; the words before it stay.
    let (kept, typed) = match command.wants {
        Wants::Pair | Wants::PerhapsColumns | Wants::Order if !line.ends_with(char::is_whitespace) => {
            rest.rsplit_once(char::is_whitespace).unwrap_or(("", rest))
        }
        Wants::Pair | Wants::PerhapsColumns | Wants::Order => (rest, ""),
        _ => ("", rest),
    };
    let before = if kept.is_empty() { String::new() } else { format!("{kept} ") };
    let wanted = typed.to_lowercase();
    let fits = |label: &str| label.to_lowercase().contains(&wanted);
    let mut all: Vec<Completion> = values(model, command.wants, kept)
        .into_iter()
        .filter(|(label, _)| fits(label))
        .map(|(label, about)| Completion { line: format!("{word} {before}{label}"), label, about })
        .collect();
    all.sort_by_key(|it| !it.label.to_lowercase().starts_with(&wanted));
    all.truncate(MOST);
    all
}

/// Commands that begin so, then instances that have it.
fn first(model: &Model, word: &str) -> Vec<Completion> {
    let begins = |it: &&Command| it.name.starts_with(word) || it.also.iter().any(|it| it.starts_with(word));
    let commands = COMMANDS.iter().filter(begins).map(|it| Completion {
        line: it.name.to_owned(),
        label: it.usage(),
        about: it.about.to_owned(),
    });
    let wanted = word.to_lowercase();
    let instances = model.world.inventory.instances.all().iter();
    let instances = instances.filter(|it| !wanted.is_empty() && it.name.to_lowercase().contains(&wanted));
    let jumps = instances.map(|it| Completion {
        line: it.name.clone(),
        label: it.name.clone(),
        about: format!("its backups; {}", it.region.as_str()),
    });
    commands.chain(jumps).take(MOST).collect()
}

/// What could stand there, and what it is.
fn values(model: &Model, wants: Wants, kept: &str) -> Vec<(String, String)> {
    let list = if matches!(model.place(), Place::Backups(_)) { Listing::Backups } else { Listing::Fleet };
    let plain = |words: &str| (words.to_owned(), String::new());
    match wants {
        Wants::Nothing | Wants::Text => Vec::new(),
        Wants::Instance | Wants::PerhapsInstance | Wants::Pair => {
            let all = model.world.inventory.instances.all().iter();
            let others = all.filter(|it| !it.name.eq_ignore_ascii_case(kept));
            others.map(|it| (it.name.clone(), it.region.as_str().to_owned())).collect()
        }
        Wants::PerhapsOperation => model
            .world
            .operations()
            .into_iter()
            .map(|it| (it.operation.id().short(), it.operation.intent.work.to_string()))
            .collect(),
        Wants::Order if kept.is_empty() => list.orders().iter().map(|word| plain(word)).collect(),
        Wants::Order => vec![plain("up"), plain("down")],
        Wants::PerhapsColumns => list.columns().iter().map(|word| plain(word)).collect(),
        Wants::View => {
            let views = model.preferences.views.iter();
            views.map(|it| (it.name.clone(), format!("{} {}", it.list.word(), it.filter))).collect()
        }
        Wants::Subscription => {
            let all = std::iter::once(("all".to_owned(), "every subscription".to_owned()));
            let known = model.world.inventory.subscriptions.iter();
            all.chain(known.map(|it| (it.name.clone(), it.id.to_string()))).collect()
        }
        Wants::Theme => {
            let themes = model.preferences.themes.iter();
            themes.map(|it| (it.name.clone(), it.summary.clone())).collect()
        }
        Wants::Span => ["15m", "30m", "1h", "2h"].into_iter().map(plain).collect(),
    }
}
