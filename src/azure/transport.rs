//! How requests leave: over the network, without redirects and without anything being sent again behind our back.

use std::sync::{Arc, OnceLock};

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{Client, ClientBuilder, Request, Response, redirect, retry as resending};
use tower::BoxError;
use tower::util::AndThenLayer;
use url::Url;

use super::Patience;
use super::cloud::is_loopback;
use super::error::Reach;

/// The version of this program as servers see it.
const USER_AGENT: &str = concat!("lifeboat/", env!("CARGO_PKG_VERSION"));

/// Whether the proxy of the system stands between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// As the system says.
    Proxied,
    /// No proxy has any business with this machine's loopback, nor with the metadata address of a virtual machine.
    Direct,
}

impl Route {
    /// The route to an address.
    pub(crate) fn to(url: &Url) -> Self {
        if is_loopback(url) { Self::Direct } else { Self::Proxied }
    }
}

/// Whether what changes something may still leave. Asked once more when its connection is there.
pub(crate) type MayLeave = Arc<dyn Fn() -> bool + Send + Sync>;

/// A connection that came too late: the time to write had ended while it was made.
#[derive(Debug, thiserror::Error)]
#[error("the time to write ended before the connection was there")]
struct TooLate;

/// Which connection a request takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// One that others use too.
    Shared,
    /// One of its own, made for it and closed after it: a request that must not be sent twice cannot meet a connection
    /// that died unnoticed, and one that changes something finds none that was made while it was allowed.
    Own,
}

/// No answer came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lost {
    /// How far the request came.
    pub(crate) reach: Reach,
    /// What the network said.
    pub(crate) cause: String,
}

/// The way out.
#[derive(Clone)]
pub(crate) enum Transport {
    /// The network.
    Network {
        /// The connections that are shared.
        client: Client,
        /// Makes a connection for each request: see [`Line::Own`].
        alone: OnceLock<Client>,
        /// How they are made.
        route: Route,
        /// How long they wait.
        patience: Patience,
        /// Asked when a connection of [`Line::Own`] is there.
        may_leave: MayLeave,
    },
    /// An Azure in memory, on simulated time.
    #[cfg(test)]
    Simulated(simulated::Network, Patience),
}

impl Transport {
    /// Sends one request, once.
    ///
    /// # Errors
    /// No answer came.
    pub(crate) async fn send(&self, request: Request, line: Line) -> Result<Response, Lost> {
        match self {
            Self::Network { client, .. } => {
                let client = match line {
                    Line::Shared => client,
                    Line::Own => self.alone()?,
                };
                client.execute(request).await.map_err(|error| lost(&error))
            }
            #[cfg(test)]
            Self::Simulated(network, patience) => network.send(request, line, *patience).await,
        }
    }

    /// Does beforehand what takes time before a request on a line of its own can leave: reads the certificates that the
    /// platform trusts.
    ///
    /// # Errors
    /// They cannot be read.
    pub(crate) fn make_ready(&self) -> Result<(), Lost> {
        match self {
            Self::Network { .. } => self.alone().map(drop),
            #[cfg(test)]
            Self::Simulated(..) => Ok(()),
        }
    }

    fn alone(&self) -> Result<&Client, Lost> {
        match self {
            Self::Network { alone: kept, route, patience, may_leave, .. } => match kept.get() {
                Some(client) => Ok(client),
                None => {
                    let made = alone(builder(*route, *patience), *patience, may_leave);
                    let made = made.map_err(|error| lost(&error))?;
                    Ok(kept.get_or_init(|| made))
                }
            },
            #[cfg(test)]
            Self::Simulated(..) => Err(Lost { reach: Reach::NothingSent, cause: String::new() }),
        }
    }
}

fn lost(error: &reqwest::Error) -> Lost {
    let reach = if error.is_connect() || error.is_builder() { Reach::NothingSent } else { Reach::MaybeSent };
    Lost { reach, cause: cause(error) }
}

/// The proxy that the system puts before an address, without its user and password: the same one that reqwest takes.
pub(crate) fn proxy(url: &Url) -> Option<String> {
    let found = Matcher::from_system().intercept(&url.as_str().parse().ok()?)?;
    let (uri, mut words) = (found.uri(), String::new());
    if let Some(scheme) = uri.scheme_str() {
        words = format!("{scheme}://");
    }
    words.push_str(uri.host()?);
    if let Some(port) = uri.port() {
        words.push_str(&format!(":{port}"));
    }
    Some(words)
}

/// Every client of ours: rustls with the platform's trust, no redirects, nothing sent again.
pub(crate) fn builder(route: Route, patience: Patience) -> ClientBuilder {
    let builder = Client::builder()
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .retry(resending::never())
        .referer(false)
        .connect_timeout(patience.connect)
        .read_timeout(patience.silence);
    match route {
        Route::Proxied => builder,
        Route::Direct => builder.no_proxy(),
    }
}

/// A client that keeps no connection: each request gets one of its own. A connection takes time (names, proxy, TLS), and
/// a request leaves as soon as it is there: so it is handed over only while something may leave.
fn alone(builder: ClientBuilder, patience: Patience, may_leave: &MayLeave) -> reqwest::Result<Client> {
    let may_leave = Arc::clone(may_leave);
    builder
        .connector_layer(AndThenLayer::new(move |connection| {
            let may_leave = may_leave();
            async move { if may_leave { Ok(connection) } else { Err(BoxError::from(TooLate)) } }
        }))
        .http1_only()
        .pool_max_idle_per_host(0)
        .read_timeout(patience.start)
        .timeout(patience.start)
        .build()
}

/// What the network says, innermost cause included, without the address: that may hold a signature.
pub(crate) fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut words = Vec::new();
    let mut next = std::error::Error::source(error);
    while let Some(inner) = next {
        words.push(inner.to_string());
        next = inner.source();
    }
    words.pop().unwrap_or_else(|| "the request could not be sent".to_owned())
}

#[cfg(test)]
pub(crate) mod simulated {
    //! The network of a simulation: whoever simulates decides what becomes of each request, and how long it takes.

    use std::fmt;
    use std::sync::Arc;

    use futures::future::BoxFuture;

    use super::*;

    type Handler = dyn Fn(Request, Line) -> BoxFuture<'static, Result<Response, Lost>> + Send + Sync;

    /// Everything that is sent goes to one handler.
    #[derive(Clone)]
    pub(crate) struct Network(Arc<Handler>);

    impl fmt::Debug for Network {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Network")
        }
    }

    impl Network {
        pub(crate) fn new(
            handler: impl Fn(Request, Line) -> BoxFuture<'static, Result<Response, Lost>> + Send + Sync + 'static,
        ) -> Self {
            Self(Arc::new(handler))
        }

        /// As long as the real one waits, and no longer.
        pub(crate) async fn send(
            &self,
            request: Request,
            line: Line,
            patience: Patience,
        ) -> Result<Response, Lost> {
            let patience = match line {
                Line::Shared => patience.silence,
                Line::Own => patience.start,
            };
            let timed_out = || Lost { reach: Reach::MaybeSent, cause: "no answer in time".to_owned() };
            tokio::time::timeout(patience, (self.0)(request, line)).await.unwrap_or_else(|_| Err(timed_out()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::simulated::Network;
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    use reqwest::Method;
    use reqwest::dns::{Addrs, Name, Resolve, Resolving};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// Finds every name on this machine, and takes time for it: so much that the time to write ends.
    struct Slow(Arc<AtomicBool>);

    impl Resolve for Slow {
        fn resolve(&self, _: Name) -> Resolving {
            self.0.store(false, Ordering::SeqCst);
            let here: Addrs = Box::new(std::iter::once(([127, 0, 0, 1], 0).into()));
            Box::pin(std::future::ready(Ok(here)))
        }
    }

    /// What a server hears of a POST whose connection takes until the time to write has ended, or that has more time.
    async fn heard_of(may_leave: MayLeave, ended: &Arc<AtomicBool>) -> (Result<u16, Lost>, usize) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut heard = [0; 4096];
            let length = stream.read(&mut heard).await.unwrap_or_default();
            drop(stream.write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n").await);
            length
        });
        let patience = Patience::default();
        let slow = builder(Route::Direct, patience).dns_resolver(Arc::new(Slow(Arc::clone(ended))));
        let client = alone(slow, patience, &may_leave).unwrap();
        let (shared, route) = (Client::new(), Route::Direct);
        let network =
            Transport::Network { client: shared, alone: OnceLock::from(client), route, patience, may_leave };
        let url = format!("http://management.example:{port}/restore").parse().unwrap();
        let sent = network.send(Request::new(Method::POST, url), Line::Own).await;
        (sent.map(|answer| answer.status().as_u16()), server.await.unwrap())
    }

    #[tokio::test]
    async fn a2_no_byte_leaves_on_a_connection_that_came_after_the_time_to_write() {
        let open = Arc::new(AtomicBool::new(true));
        let asked = Arc::clone(&open);
        let (sent, bytes) = heard_of(Arc::new(move || asked.load(Ordering::SeqCst)), &open).await;
        let lost = sent.unwrap_err();
        assert_eq!((lost.reach, bytes), (Reach::NothingSent, 0), "{}", lost.cause);
        assert!(lost.cause.contains("the time to write ended"), "{}", lost.cause);
        let (sent, bytes) = heard_of(Arc::new(|| true), &open).await;
        assert_eq!(sent, Ok(202));
        assert!(bytes > 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_simulated_network_that_never_answers_is_given_up_like_a_real_one() {
        let patience = Patience::default();
        let silent = Transport::Simulated(Network::new(|_, _| Box::pin(std::future::pending())), patience);
        let begun = tokio::time::Instant::now();
        for (line, patience) in [(Line::Shared, patience.silence), (Line::Own, patience.start)] {
            let before = begun.elapsed();
            let request = Request::new(Method::POST, "https://management.azure.com/x".parse().unwrap());
            let lost = silent.send(request, line).await.unwrap_err();
            assert_eq!(lost.reach, Reach::MaybeSent);
            assert_eq!(begun.elapsed() - before, patience);
        }
    }
}
