//! Ctrl-Z. In raw mode the terminal does not send the signal itself, so the program gives the terminal back and stops
//! itself, with whatever else runs in its pipeline.

/// Waits until the process goes on after having been stopped, by itself or by somebody else.
pub(super) struct Continued {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Continued {
    /// Begins to listen.
    pub(super) fn listen() -> Self {
        use rustix::process::Signal;
        use tokio::signal::unix::{SignalKind, signal};
        let signal = signal(SignalKind::from_raw(Signal::CONT.as_raw()));
        Self { signal: signal.inspect_err(|error| tracing::warn!(%error, "no news of SIGCONT")).ok() }
    }

    /// Returns when the process goes on.
    pub(super) async fn wait(&mut self) {
        let told = match &mut self.signal {
            Some(signal) => signal.recv().await,
            None => None,
        };
        if told.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

/// How long the system may take to stop us. A process group without a shell above it is not stopped at all (POSIX: orphaned
/// process groups ignore SIGTSTP), and then the screen comes back after this time.
#[cfg(unix)]
const STOPPING: std::time::Duration = std::time::Duration::from_millis(50);

/// Stops the process group, as the terminal would have done, and returns when it goes on.
#[cfg(unix)]
pub(super) fn stop() {
    if let Err(error) = rustix::process::kill_current_process_group(rustix::process::Signal::TSTP) {
        tracing::warn!(%error, "the process could not be stopped");
    }
    // The process stands still in here.
    std::thread::sleep(STOPPING);
}

#[cfg(not(unix))]
impl Continued {
    /// There is no such thing here.
    pub(super) fn listen() -> Self {
        Self {}
    }

    /// Never returns.
    pub(super) async fn wait(&mut self) {
        std::future::pending::<()>().await;
    }
}

/// There is no such thing here.
#[cfg(not(unix))]
pub(super) fn stop() {}
