//! Being asked to end, by whatever the platform has for it.

use super::exit::Exit;

/// Waits until somebody asks this process to end: Ctrl-C, or a signal that means the same. Listens from the call on, not
/// only once it is waited for: a signal that comes earlier would end the process as it stands. Gives the exit code that
/// tells who asked: a console that was ended from outside has not ended well by itself.
#[cfg(unix)]
pub(super) fn asked() -> impl Future<Output = Exit> {
    use tokio::signal::unix::SignalKind;
    // Quit too: its default leaves the terminal as it stands, and would write what is in memory to a core file.
    let kinds = [
        (SignalKind::interrupt(), Exit::Interrupted),
        (SignalKind::terminate(), Exit::Terminated),
        (SignalKind::hangup(), Exit::HungUp),
        (SignalKind::quit(), Exit::Quit),
    ];
    let listen = |(kind, exit)| Some((super::signals::listen(kind)?, exit));
    let signals: Vec<_> = kinds.into_iter().filter_map(listen).collect();
    async move {
        if signals.is_empty() {
            return std::future::pending().await;
        }
        let waits = signals.into_iter().map(|(mut signal, exit)| {
            Box::pin(async move {
                signal.recv().await;
                exit
            })
        });
        futures::future::select_all(waits).await.0
    }
}

/// Waits until somebody asks this process to end.
#[cfg(not(unix))]
pub(super) async fn asked() -> Exit {
    // Without a handler the platform ends the process itself, so there is nothing to wait for.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
    Exit::Interrupted
}
