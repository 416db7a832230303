//! Something between a laptop and Azure: it hands on what it is asked, or answers itself. Azure's absolute addresses
//! follow the Host that they are asked under, so everything keeps coming through here.

use std::net::Ipv4Addr;
use std::panic::resume_unwind;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::Response;
use url::{Position, Url};

/// What to do with a request, by its method, its path in lower case, and how often such a path was asked.
pub(crate) type Meddler = Arc<dyn Fn(&str, &str) -> Option<Meddling> + Send + Sync>;

/// What is done instead of handing the answer on.
pub(crate) enum Meddling {
    /// Azure never hears of it; this is the answer.
    Instead(u16, Vec<(&'static str, &'static str)>, String),
    /// Azure does what it is asked, and this is the answer.
    After(u16, Vec<(&'static str, &'static str)>, String),
    /// Azure does what it is asked, and the answer has these headers instead of its own of that name; an empty one is
    /// taken away.
    Headers(Vec<(&'static str, &'static str)>),
    /// Azure does what it is asked, and the address in its answer has lost scheme and host.
    Relative,
    /// Azure does what it is asked, and where its answer says the one it is made to say the other.
    Saying(&'static str, &'static str),
    /// The connection is closed without an answer.
    Reset,
}

/// Starts it before the Azure at `upstream`; gives its own address.
pub(super) async fn start(upstream: String, meddler: Meddler) -> String {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let router = Router::new().fallback(move |request: Request| {
        let (upstream, meddler, client) = (upstream.clone(), meddler.clone(), client.clone());
        async move {
            let path = request.uri().path().to_ascii_lowercase();
            match meddler(request.method().as_str(), &path) {
                Some(Meddling::Instead(status, headers, body)) => made(status, &headers, body),
                Some(Meddling::After(status, headers, body)) => {
                    hand_on(&client, &upstream, request).await;
                    made(status, &headers, body)
                }
                Some(Meddling::Headers(headers)) => {
                    let mut answer = hand_on(&client, &upstream, request).await;
                    for (name, value) in headers {
                        if value.is_empty() {
                            answer.headers_mut().remove(name);
                        } else {
                            answer.headers_mut().insert(name, value.parse().unwrap());
                        }
                    }
                    answer
                }
                Some(Meddling::Relative) => {
                    let mut answer = hand_on(&client, &upstream, request).await;
                    if let Some(location) = answer.headers().get("location") {
                        let absolute = Url::parse(location.to_str().unwrap()).unwrap();
                        let relative = absolute[Position::BeforePath..].parse().unwrap();
                        answer.headers_mut().insert("location", relative);
                    }
                    answer
                }
                Some(Meddling::Saying(told, instead)) => {
                    let (mut parts, body) = hand_on(&client, &upstream, request).await.into_parts();
                    let body = to_bytes(body, usize::MAX).await.unwrap();
                    let body = String::from_utf8_lossy(&body).replace(told, instead);
                    parts.headers.remove("content-length");
                    Response::from_parts(parts, Body::from(body))
                }
                // Unwinding ends the connection's task, and no answer of any kind is written.
                Some(Meddling::Reset) => resume_unwind(Box::new("a reset")),
                None => hand_on(&client, &upstream, request).await,
            }
        }
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

async fn hand_on(client: &reqwest::Client, upstream: &str, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let url = format!("{upstream}{}", parts.uri);
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let answer = client.request(parts.method, url).headers(parts.headers).body(body).send().await.unwrap();
    let mut made = Response::builder().status(answer.status());
    for (name, value) in answer.headers().iter().filter(|(name, _)| *name != "transfer-encoding") {
        made = made.header(name, value);
    }
    made.body(Body::from(answer.bytes().await.unwrap())).unwrap()
}

fn made(status: u16, headers: &[(&'static str, &'static str)], body: String) -> Response<Body> {
    let mut made = Response::builder().status(status);
    for (name, value) in headers {
        made = made.header(*name, *value);
    }
    made.body(Body::from(body)).unwrap()
}
