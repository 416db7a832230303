//! Introduces the rooms to each other and runs one of the two faces: the full screen or a verb. Both stand on the same
//! engine.

pub mod breakdown;
mod browser;
mod clock;
mod compose;
pub mod core_files;
mod ending;
mod executor;
pub mod exit;
mod hangup;
mod input;
mod keeping;
mod keys;
mod log;
mod osc;
mod output;
pub mod painter;
mod preferences;
mod signals;
mod stage;
mod stories;
mod suspension;
mod takeover;
pub mod terminal;
mod themes;
mod verbs;
mod views;

use std::io;

use tokio::sync::mpsc::unbounded_channel;

use crate::cli::{Output, Verb};
use crate::console::layout::Size;
use crate::console::preferences::Preferences;
use crate::console::{Model, Msg, update};
use crate::domain::discretion::discreet;
use crate::domain::problem::Problem;
use crate::settings::{Settings, Terminal};
use compose::House;
use executor::Executor;
use exit::Exit;
use output::Paper;
use stage::Stage;
use terminal::{Held, Screen};

/// From now on what this process makes is for its user only, whoever in it makes it. To be called before there are
/// threads: it concerns them all.
pub fn keep_private() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

/// Runs a verb, or the full screen when there is none.
///
/// # Errors
/// It could not be done, and nothing was started in Azure.
pub async fn run(settings: Settings, verb: Option<Verb>, output: Output) -> Result<Exit, Problem> {
    let held = Held::default();
    let (panics, panicked) = unbounded_channel();
    let log = log::directory(&settings.paths.state).display().to_string();
    // When nobody listens the screen is gone, and there is nobody to tell.
    breakdown::on_panic(held.clone(), &log, move || {
        let _ = panics.send(());
    })
    .map_err(|error| Problem::new(format!("The program could not start: {error}")))?;
    let paper = Paper::new(output);
    let guard = log::begin(&settings.paths.state, settings.log_level);
    let _log = guard.unwrap_or_else(|problem| {
        paper.problem(&problem);
        None
    });
    match verb {
        Some(verb) => verbs::run(settings, &verb, paper).await,
        None => show(settings, held, panicked).await,
    }
}

/// Runs the full screen.
async fn show(
    settings: Settings,
    held: Held,
    panicked: tokio::sync::mpsc::UnboundedReceiver<()>,
) -> Result<Exit, Problem> {
    if !terminal::is_there() || settings.appearance.screen == Terminal::Dumb {
        return Err(Problem::usage("The full screen needs a terminal")
            .meaning("Standard input or output is none, or TERM is dumb")
            .next("Use the verbs here: `lifeboat instances`, `lifeboat backups`, … (`lifeboat --help`)"));
    }
    let gone = |error: io::Error| Problem::new(format!("The full screen ended: {error}"));
    let (palette, mut unlike) = themes::palette(&settings.appearance);
    let (views, mut unread) = views::read(&settings.views);
    let (keymap, mut unbound) = keys::keymap(&settings.keys);
    let preferences = Preferences { views, ..preferences::of(&settings, palette, keymap) };
    let title = format!("lifeboat: {}", settings.cloud.name);
    let mut problems = settings.problems.clone();
    problems.append(&mut unlike);
    problems.append(&mut unread);
    problems.append(&mut unbound);
    let around = settings.appearance.around;
    let opened = settings.open.clone();
    let house = House::build(settings)?;
    let (columns, rows) = crossterm::terminal::size().map_err(gone)?;
    let (mut model, mut first) = Model::new(preferences, house.now(), Size::of(columns, rows));
    first.extend(update(&mut model, Msg::Open(opened)));
    let (sender, inbox) = unbounded_channel();
    for problem in problems {
        executor::post(&sender, Msg::Trouble(problem));
    }
    let clock = house.clock();
    let executor = Executor::new(house, sender);
    let ended = ending::asked();
    let mut screen = Screen::enter(held, around).map_err(gone)?;
    screen.name(&title).map_err(gone)?;
    Stage::new(screen, model, executor, clock).run(first, inbox, ended, panicked).await.map_err(gone)
}

/// Tells a person why nothing was done, and says how the program ends.
pub fn refuse(problem: &Problem) -> Exit {
    Paper::new(Output::Table).problem(problem);
    Exit::of_problem(problem)
}

/// Tells a person that the command line was not understood, and says how the program ends. The words quote what was
/// typed, which a script may have had from somewhere else, and which may be a key where its name belongs.
pub fn misread(words: &str) -> Exit {
    Paper::new(Output::Table).say(&discreet(words.trim_end()));
    Exit::Usage
}

/// Waits until somebody asks this process to end.
pub async fn asked_to_end() {
    let _ = ending::asked().await;
}

/// Prints the completions for a shell.
///
/// # Errors
/// Standard output cannot be written.
pub fn completions(shell: clap_complete::Shell) -> Result<Exit, Problem> {
    verbs::printed::completions(shell).map(|()| Exit::Done)
}

/// Prints the manual page.
///
/// # Errors
/// Standard output cannot be written.
pub fn manual() -> Result<Exit, Problem> {
    verbs::printed::manual().map(|()| Exit::Done)
}
