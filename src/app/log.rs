//! The log: a file in the state directory, never the screen. Only this program's own words go into it: the libraries
//! below would write addresses, and some addresses carry signatures.

use std::path::{Path, PathBuf};

use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::cli::LogLevel;
use crate::domain::problem::Problem;
use crate::journal::folder;

/// How many days are kept.
const DAYS: usize = 14;

/// Where the log files lie.
pub(super) fn directory(state: &Path) -> PathBuf {
    state.join("log")
}

/// Begins to log. What is returned must be kept until the end, or the last lines are lost.
///
/// # Errors
/// The files cannot be written. The program does its work without them.
pub(super) fn begin(state: &Path, level: LogLevel) -> Result<Option<WorkerGuard>, Problem> {
    let filter = match level {
        LogLevel::Off => return Ok(None),
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let directory = directory(state);
    let unwritable = |error: &dyn std::fmt::Display| {
        Problem::new(format!("No log is written: {error}")).about(directory.display().to_string())
    };
    folder::make_private(&directory).map_err(|error| unwritable(&error))?;
    let files = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("lifeboat")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(&directory)
        .map_err(|error| unwritable(&error))?;
    let (writer, guard) = tracing_appender::non_blocking(files);
    let layer = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(false);
    let ours = Targets::new().with_target("lifeboat", filter);
    // A second subscriber in one process happens in tests only; the first one stays.
    drop(tracing_subscriber::registry().with(layer).with(ours).try_init());
    Ok(Some(guard))
}
