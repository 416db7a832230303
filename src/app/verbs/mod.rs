//! The verbs: one file each, on the same engine and the same rules as the console. Answers go to standard output in the
//! shapes of the CLI contract, everything for people to standard error.

mod backup;
mod backups;
mod check;
mod config;
mod estate;
mod info;
mod instances;
mod judge;
mod landscape;
mod lines;
mod look;
mod lookup;
mod note;
mod operations;
pub(super) mod parity;
pub(super) mod printed;
mod readiness;
mod report;
mod restore;
mod shapes;
mod standbys;
mod targets;
mod watch;

use super::compose::House;
use super::exit::Exit;
use super::output::Paper;
use crate::cli::Verb;
use crate::domain::problem::Problem;
use crate::engine::survey::Depth;
use crate::settings::Settings;

/// Does what the verb says.
///
/// # Errors
/// It could not be done; nothing was started in Azure.
pub(super) async fn run(settings: Settings, verb: &Verb, paper: Paper) -> Result<Exit, Problem> {
    for problem in &settings.problems {
        paper.problem(problem);
    }
    match (ask(settings, verb, paper).await, verb) {
        // A verb that starts something always ends with a verdict line, also when it came to nothing.
        (Err(problem), Verb::Restore(_) | Verb::Backup(_)) => {
            let exit = Exit::of_problem(&problem);
            Ok(restore::not_sent(paper, problem, exit))
        }
        (outcome, _) => outcome,
    }
}

async fn ask(settings: Settings, verb: &Verb, paper: Paper) -> Result<Exit, Problem> {
    if settings.broken && !matches!(verb, Verb::Info | Verb::Config(_) | Verb::Themes | Verb::Keys) {
        return Err(Problem::usage("Nothing is done on a configuration that could not be read whole")
            .meaning("What it forbids or narrows may be in the part that is missing")
            .next("Correct it, or name another with --config"));
    }
    match verb {
        Verb::Operations(arguments) => operations::run(settings, paper, arguments).await,
        Verb::Report(arguments) => report::run(&settings, paper, arguments),
        Verb::Instances { with_backups } => {
            let depth = if *with_backups { Depth::Discover } else { Depth::Instances };
            instances::run(&House::build(settings)?, paper, depth).await
        }
        Verb::Backups(arguments) => backups::run(&House::build(settings)?, paper, arguments).await,
        Verb::Check(arguments) => check::run(&House::build(settings)?, paper, arguments).await,
        Verb::Restore(arguments) => restore::run(&House::build(settings)?, paper, arguments).await,
        Verb::Backup(arguments) => backup::run(&House::build(settings)?, paper, arguments).await,
        Verb::Themes => look::themes(paper),
        Verb::Keys => look::keys(&settings, paper),
        Verb::Config(act) => config::run(&settings, paper, *act),
        Verb::Parity(arguments) => parity::run(&House::build(settings)?, paper, arguments).await,
        Verb::Info => info::run(&House::build(settings)?, paper).await,
        Verb::Completions { shell } => printed::completions(*shell).map(|()| Exit::Done),
        Verb::Man => printed::manual().map(|()| Exit::Done),
        Verb::Sandbox(_) => Err(Problem::new("The pretend Azure is started at the door")),
    }
}
