//! The end of the terminal itself: its window was closed, its line was cut, or it belongs to somebody else now.
//!
//! The signal for it may be ignored, or go to others only, and reading keys does not tell: crossterm 0.29 takes the end
//! of the input for a pause and reads on at full speed for ever (crossterm#793). So a thread waits for the end, and for
//! nothing else.

#[cfg(unix)]
use std::time::Duration;

/// How often it is looked whether the terminal belongs to somebody else, which wakes nobody. A cut line does.
#[cfg(unix)]
const LOOK: Duration = Duration::from_millis(500);

/// Returns when the terminal has ended.
#[cfg(unix)]
pub(super) async fn noticed() {
    let (tell, told) = tokio::sync::oneshot::channel();
    let watch = move || {
        while !tell.is_closed() {
            if is_over_within(LOOK) {
                // Whoever waited may have left by himself.
                let _ = tell.send(());
                return;
            }
        }
    };
    if let Err(error) = std::thread::Builder::new().name("hangup".to_owned()).spawn(watch) {
        tracing::warn!(%error, "the end of the terminal would not be noticed");
    }
    if told.await.is_err() {
        std::future::pending().await
    }
}

/// Whether the terminal has ended.
#[cfg(unix)]
pub(super) fn is_over() -> bool {
    is_over_within(Duration::ZERO)
}

#[cfg(unix)]
fn is_over_within(time: Duration) -> bool {
    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::io::Errno;
    let terminal = std::io::stdin();
    // Nothing is asked for: that the line is cut is told without asking.
    let mut line = [PollFd::new(&terminal, PollFlags::empty())];
    match poll(&mut line, time.try_into().ok().as_ref()) {
        Ok(0) => is_left_behind(&terminal),
        Ok(_) => true,
        Err(Errno::INTR) => false,
        Err(error) => {
            tracing::warn!(%error, "the terminal cannot be asked whether it is there");
            std::thread::sleep(time);
            false
        }
    }
}

/// Whether somebody else has the terminal, and no shell is above us that could give it back. Reading ends with an error
/// then, and what is drawn lands on a stranger's screen. Waiting for the output to be sent is what only the foreground
/// may do: it stops a process that a shell could bring back, and fails for one that none could (POSIX: tcdrain).
#[cfg(unix)]
fn is_left_behind(terminal: &std::io::Stdin) -> bool {
    rustix::termios::tcdrain(terminal) == Err(rustix::io::Errno::IO)
}

/// Never returns: the platform ends the process with its window.
#[cfg(not(unix))]
pub(super) async fn noticed() {
    std::future::pending().await
}

/// Never: the platform ends the process with its window.
#[cfg(not(unix))]
pub(super) fn is_over() -> bool {
    false
}
