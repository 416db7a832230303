//! The log: a file in the state directory, never the screen. Only this program's own words go into it: the libraries
//! below would write addresses, and some addresses carry signatures. What others wrote is made visible, so one event is
//! one line and `cat` is safe.

use std::path::{Path, PathBuf};

use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::{FormatFields, format};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::cli::LogLevel;
use crate::domain::discretion::discreet;
use crate::domain::problem::Problem;
use crate::domain::visible;
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
    let layer = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(false).fmt_fields(fields());
    let ours = Targets::new().with_target("lifeboat", filter);
    // A second subscriber in one process happens in tests only; the first one stays.
    drop(tracing_subscriber::registry().with(layer).with(ours).try_init());
    Ok(Some(guard))
}

/// Message and fields of an event. By themselves the formatters of tracing would write an escape character as `\x1b`,
/// which a name may also hold letter by letter, and leave the direction marks in.
fn fields() -> impl for<'a> FormatFields<'a> + 'static {
    format::debug_fn(|out, field, value| {
        let shown = format!("{value:?}");
        let shown = discreet(&shown);
        let shown = visible::text(&shown);
        if field.name() == "message" { write!(out, "{shown}") } else { write!(out, "{field}={shown}") }
    })
    .delimited(" ")
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn one_event_is_one_line_in_which_nothing_hides() {
        let paper = Paper::default();
        let own = paper.clone();
        let layer = tracing_subscriber::fmt::layer()
            .with_writer(move || own.clone())
            .with_ansi(false)
            .without_time()
            .fmt_fields(fields());
        let hostile = "a\u{1b}[31m\n2026 ERROR b\u{202e}\\x1b\u{9b}";
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            tracing::warn!(error = %hostile, status = 7, what = hostile, "not {hostile}");
        });
        let written = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
        assert_eq!(written.matches('\n').count(), 1, "{written}");
        assert!(!written.trim_end().contains(visible::is_hidden), "{written:?}");
        let shown = "a<U+001B>[31m<U+000A>2026 ERROR b<U+202E>\\x1b<U+009B>";
        assert!(written.contains(&format!("not {shown} error={shown} status=7 what=")), "{written}");
    }
}
