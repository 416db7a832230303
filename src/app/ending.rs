//! Being asked to end, by whatever the platform has for it.

/// Waits until somebody asks this process to end: Ctrl-C, or a signal that means the same.
pub(super) async fn asked() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let waits = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
        let waits =
            waits.into_iter().flatten().map(|mut signal| Box::pin(async move { signal.recv().await }));
        let waits: Vec<_> = waits.collect();
        if !waits.is_empty() {
            futures::future::select_all(waits).await;
            return;
        }
    }
    // Without a handler the platform ends the process itself, so there is nothing to wait for.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
