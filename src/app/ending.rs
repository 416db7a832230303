//! Being asked to end, by whatever the platform has for it.

/// Waits until somebody asks this process to end: Ctrl-C, or a signal that means the same. Listens from the call on, not
/// only once it is waited for: a signal that comes earlier would end the process as it stands.
#[cfg(unix)]
pub(super) fn asked() -> impl Future<Output = ()> {
    use tokio::signal::unix::SignalKind;
    // Quit too: its default leaves the terminal as it stands, and would write what is in memory to a core file.
    let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup(), SignalKind::quit()];
    let signals: Vec<_> = kinds.into_iter().filter_map(super::signals::listen).collect();
    async move {
        if signals.is_empty() {
            return std::future::pending().await;
        }
        let waits = signals.into_iter().map(|mut signal| Box::pin(async move { signal.recv().await }));
        futures::future::select_all(waits).await;
    }
}

/// Waits until somebody asks this process to end.
#[cfg(not(unix))]
pub(super) async fn asked() {
    // Without a handler the platform ends the process itself, so there is nothing to wait for.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
