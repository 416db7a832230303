//! Being stopped and going on. In raw mode the terminal does not send the signal of Ctrl-Z itself, so the program gives
//! the terminal back and stops itself, with whatever else runs in its pipeline. Somebody else's signal to stop is taken
//! in the same way: without it the shell would get a terminal in raw mode.

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind};

/// What somebody did to this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// It is to stop.
    Stop,
    /// It goes on after having been stopped.
    Continued,
}

/// Hears of being stopped, by itself or by somebody else.
pub(super) struct Suspension {
    #[cfg(unix)]
    stop: Option<Signal>,
    #[cfg(unix)]
    continued: Option<Signal>,
}

/// How long the system may take to stop us. A process group without a shell above it is not stopped at all (POSIX: in
/// orphaned process groups the signals from the terminal do not stop), and then the screen comes back after this time.
#[cfg(unix)]
const STOPPING: std::time::Duration = std::time::Duration::from_millis(50);

#[cfg(unix)]
impl Suspension {
    /// Begins to listen.
    pub(super) fn listen() -> Self {
        let number = |signal: rustix::process::Signal| SignalKind::from_raw(signal.as_raw());
        Self {
            stop: super::signals::listen(number(rustix::process::Signal::TSTP)),
            continued: super::signals::listen(number(rustix::process::Signal::CONT)),
        }
    }

    /// Returns when there is news.
    pub(super) async fn news(&mut self) -> News {
        tokio::select! {
            () = next(self.stop.as_mut()) => News::Stop,
            () = next(self.continued.as_mut()) => News::Continued,
        }
    }

    /// Stops the process group, as the terminal would have done, and returns when it goes on.
    ///
    /// Not with SIGTSTP, which is listened to, nor with SIGSTOP, which stops orphans too, for ever: SIGTTOU has the same
    /// default as SIGTSTP, and nobody listens to it.
    pub(super) fn stop(&self) {
        // A shell without job control has it ignored, and could not bring us back.
        if self.stop.is_none() {
            return;
        }
        if let Err(error) = rustix::process::kill_current_process_group(rustix::process::Signal::TTOU) {
            tracing::warn!(%error, "the process could not be stopped");
        }
        // The process stands still in here.
        std::thread::sleep(STOPPING);
    }
}

#[cfg(unix)]
async fn next(signal: Option<&mut Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}

#[cfg(not(unix))]
impl Suspension {
    /// There is no such thing here.
    pub(super) fn listen() -> Self {
        Self {}
    }

    /// Never returns.
    pub(super) async fn news(&mut self) -> News {
        std::future::pending().await
    }

    /// There is no such thing here.
    pub(super) fn stop(&self) {}
}
