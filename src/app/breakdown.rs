//! A panic, in whatever thread or task: the terminal is put back, a person is told, and the program ends. Nothing of it
//! goes on half alive: a task that is gone would leave a screen that looks as if somebody watched.

use std::io::{Write, stderr};
use std::panic::{self, AssertUnwindSafe};

use color_eyre::eyre::InstallError;

use super::exit::Exit;
use super::terminal::Held;
use crate::domain::discretion::discreet;
use crate::domain::visible;

/// Arranges that a panic in any thread first puts the terminal back for good, then is reported, then is told to `told`.
///
/// # Errors
/// A report handler is installed already.
pub fn on_panic(held: Held, log: &str, told: impl Fn() + Send + Sync + 'static) -> Result<(), InstallError> {
    let (report, errors) = color_eyre::config::HookBuilder::default()
        .panic_section(format!(
            "This is a fault of lifeboat, not of Azure. What was started in Azure goes on there;\n\
             `lifeboat operations resume --all` watches it again. The log is {log}"
        ))
        .display_env_section(false)
        .theme(color_eyre::config::Theme::new())
        .into_hooks();
    errors.install()?;
    panic::set_hook(Box::new(move |panicked| {
        held.put_back_for_good();
        tracing::error!(%panicked, "panic");
        // The words of a panic may quote what others wrote.
        let report = report.panic_report(panicked).to_string();
        let report = visible::lines(&discreet(&report));
        drop(writeln!(stderr(), "{report}"));
        told();
    }));
    Ok(())
}

/// Runs `work` and says how the program ends. A panic in it was reported when it happened; what that means for an
/// operation that was under way, nobody can say.
pub fn outlive(work: impl FnOnce() -> Exit) -> Exit {
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or(Exit::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_as_unknown_and_all_else_as_it_says() {
        assert_eq!(outlive(|| Exit::Blocked), Exit::Blocked);
        assert_eq!(outlive(|| panic!("it broke down")), Exit::Unknown);
    }
}
