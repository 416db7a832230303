//! Starting and stopping: a socket on the loopback, served until the [`Sandbox`] is dropped.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::cloud::Cloud;
use super::door::{self, Door};
use super::line::{Exchange, Scissors};

/// How long open connections may take to end when the sandbox is asked to stop.
const FAREWELL: Duration = Duration::from_secs(2);

/// How the pretend Azure is to be.
#[derive(Clone, Debug)]
pub struct Options {
    /// Port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// One of [`scenario_names`](super::scenario_names).
    pub scenario: String,
    /// How many times faster operations run, `Retry-After` counts and the activity log shows.
    pub speed: f64,
    /// The same seed gives the same ids, keys, sizes and ages.
    pub seed: u64,
    /// When it is founded: the ages and the names of backups count from here. `None`: now.
    pub founded_at: Option<Timestamp>,
    /// Readable instances in all; more than the fleet has are made up. `None`: the fleet as it is.
    pub instances: Option<usize>,
    /// Backups in all, in the same way.
    pub backups: Option<usize>,
}

impl Default for Options {
    fn default() -> Options {
        let scenario = "quiet".to_owned();
        Options { port: 0, scenario, speed: 1.0, seed: 1, founded_at: None, instances: None, backups: None }
    }
}

/// Why the sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The port is taken, or there is no loopback.
    #[error("the sandbox cannot listen on 127.0.0.1:{port}")]
    Socket {
        /// The port asked for.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// The scenario or the fleet cannot be read; an unknown scenario is named with those that exist.
    #[error("{0}")]
    Unreadable(String),
}

/// A running pretend Azure. Dropping it stops it.
#[derive(Debug)]
pub struct Sandbox {
    base_url: String,
    /// Dropping the sender is the signal to stop.
    stop: Option<watch::Sender<()>>,
    serving: JoinHandle<()>,
}

impl Sandbox {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Stops serving and waits until the last connection has ended, two seconds at most.
    pub async fn stop(mut self) {
        self.stop.take();
        if tokio::time::timeout(FAREWELL, &mut self.serving).await.is_err() {
            self.serving.abort();
        }
    }

    /// Waits until the sandbox serves no more, which by itself it never does.
    pub async fn stopped(&mut self) {
        // An error means that the task was ended from outside: it serves no more either way.
        let _ = (&mut self.serving).await;
    }
}

/// Starts a pretend Azure on the loopback.
///
/// # Errors
/// [`SandboxError::Unreadable`] for an unknown scenario, [`SandboxError::Socket`] when the port cannot be had.
pub async fn start(options: Options) -> Result<Sandbox, SandboxError> {
    let cloud = Cloud::found(&options).map_err(SandboxError::Unreadable)?;
    let socket = |source| SandboxError::Socket { port: options.port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await.map_err(socket)?;
    let address = listener.local_addr().map_err(socket)?;
    let (stop, stopping) = watch::channel(());
    let door = Arc::new(Door { cloud, stopping: stopping.clone() });
    let router = Router::new().fallback(door::admit).with_state(door);
    let serving = tokio::spawn(async move {
        let service = router.into_make_service_with_connect_info::<Scissors>();
        let told = async move {
            let mut stopping = stopping;
            // Nothing is ever sent: the end of the sender is the message.
            let _ = stopping.changed().await;
        };
        // Accepting never fails for good, so there is nothing to report.
        let _ = axum::serve(Exchange(listener), service).with_graceful_shutdown(told).await;
    });
    Ok(Sandbox { base_url: format!("http://{address}"), stop: Some(stop), serving })
}
