//! Being asked to end, by whatever the platform has for it.

/// Waits until somebody asks this process to end: Ctrl-C, or a signal that means the same. Listens from the call on, not
/// only once it is waited for: a signal that comes earlier would end the process as it stands.
pub(super) fn asked() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let signals: Vec<_> = {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        kinds.into_iter().filter_map(|kind| signal(kind).ok()).collect()
    };
    async move {
        #[cfg(unix)]
        if !signals.is_empty() {
            let waits = signals.into_iter().map(|mut signal| Box::pin(async move { signal.recv().await }));
            futures::future::select_all(waits).await;
            return;
        }
        // Without a handler the platform ends the process itself, so there is nothing to wait for.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
