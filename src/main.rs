//! The door: parse, compose, run, exit code. With `cli.rs` the only file that knows the sandbox; what it hands on of it
//! is one address.

use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::Parser;

use lifeboat::app::{self, breakdown, core_files, exit::Exit};
use lifeboat::cli::{Cli, Global, SandboxArguments, Verb};
use lifeboat::domain::problem::Problem;
use lifeboat::sandbox::{self, Sandbox};
use lifeboat::settings::{Environment, Rehearsal, Settings};

fn main() -> ExitCode {
    app::keep_private();
    if let Err(error) = core_files::forbid() {
        app::refuse(
            &Problem::new(format!("A crash could write what is in memory to a core file: {error}"))
                .meaning("Tokens and keys are in memory; nothing else is amiss")
                .next("Set the limit outside: `ulimit -c 0`"),
        );
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => return app::misread(&error.to_string()).into(),
        // Help and version.
        Err(error) => error.exit(),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return app::refuse(&Problem::new(format!("The program could not start: {error}"))).into();
        }
    };
    let run = || runtime.block_on(door(cli)).unwrap_or_else(|problem| app::refuse(&problem));
    let exit = breakdown::outlive(run);
    // Readings that still wait for an answer are of no use to anybody now.
    runtime.shutdown_background();
    exit.into()
}

async fn door(cli: Cli) -> Result<Exit, Problem> {
    match cli.verb {
        Some(Verb::Completions { shell }) => return app::completions(shell),
        Some(Verb::Man) => return app::manual(),
        Some(Verb::Sandbox(arguments)) => return serve(&cli.global, &arguments).await,
        _ => {}
    }
    let pretended = rehearse(&cli.global).await?;
    let rehearsal = pretended.as_ref().map(|pretended| pretended.rehearsal(options(&cli.global)));
    let settings = Settings::load(&cli.global, &Environment::of_process(), rehearsal)?;
    app::run(settings, cli.verb, cli.global.output.unwrap_or_default()).await
}

/// The pretend Azure of a rehearsal: it ends with this program, or is somebody else's.
enum Pretended {
    Here(Sandbox),
    Elsewhere(String),
}

impl Pretended {
    fn rehearsal(&self, options: sandbox::Options) -> Rehearsal {
        let (base_url, scenario) = match self {
            Self::Here(sandbox) => (sandbox.base_url().to_owned(), options.scenario),
            Self::Elsewhere(url) => (url.clone(), url.trim_start_matches("http://").to_owned()),
        };
        Rehearsal { base_url, scenario, speed: options.speed }
    }
}

/// Starts the pretend Azure of a rehearsal, or finds the one that was named.
async fn rehearse(typed: &Global) -> Result<Option<Pretended>, Problem> {
    match &typed.sandbox {
        Some(Some(_)) if shapes(typed) => {
            let problem = Problem::usage(
                "--scenario, --instances and --backups are for a pretend Azure that is started here",
            )
            .next("Give them to `lifeboat sandbox` instead");
            return Err(problem);
        }
        Some(Some(url)) => return Ok(Some(Pretended::Elsewhere(url.clone()))),
        Some(None) => return start(options(typed)).await.map(|it| Some(Pretended::Here(it))),
        None => {}
    }
    if shapes(typed) || typed.speed.is_some() {
        let problem =
            Problem::usage("--scenario, --speed, --instances and --backups are for rehearsals only")
                .next("Add --sandbox, or leave them out");
        return Err(problem);
    }
    Ok(None)
}

/// Whether it was said what the pretend Azure holds.
fn shapes(typed: &Global) -> bool {
    typed.scenario.is_some() || typed.instances.is_some() || typed.backups.is_some()
}

/// Runs the pretend Azure alone until somebody ends it.
async fn serve(typed: &Global, arguments: &SandboxArguments) -> Result<Exit, Problem> {
    let wanted = sandbox::Options { port: arguments.port, ..options(typed) };
    let mut running = start(wanted).await?;
    let mut out = stdout();
    writeln!(out, "{}", running.base_url())
        .and_then(|()| out.flush())
        .map_err(|error| Problem::new(format!("The address could not be written: {error}")))?;
    tokio::select! {
        () = running.stopped() => Err(Problem::new("The pretend Azure has ended by itself")),
        () = app::asked_to_end() => {
            running.stop().await;
            Ok(Exit::Done)
        }
    }
}

async fn start(options: sandbox::Options) -> Result<Sandbox, Problem> {
    sandbox::start(options)
        .await
        .map_err(|error| Problem::new(format!("The pretend Azure did not start: {error}")))
}

fn options(typed: &Global) -> sandbox::Options {
    let usual = sandbox::Options::default();
    sandbox::Options {
        scenario: typed.scenario.clone().unwrap_or(usual.scenario),
        speed: typed.speed.unwrap_or(usual.speed),
        instances: typed.instances,
        backups: typed.backups,
        ..usual
    }
}
