//! A front of the pretend Azure that answers some addresses with what no Azure should: a proxy's HTML, a cut document.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;

/// One lie: what an address that ends in `path` (without its query) or holds `query` is answered.
#[derive(Clone, Copy)]
pub struct Lie {
    pub path: &'static str,
    pub query: &'static str,
    pub status: u16,
    pub body: Untruth,
}

#[derive(Clone, Copy)]
pub enum Untruth {
    /// This text.
    Text(&'static str),
    /// The honest answer, cut in the middle.
    Half,
}

#[derive(Clone)]
struct Front {
    honest: String,
    lies: &'static [Lie],
}

/// Listens before the honest address; returns the address to use.
pub async fn stand_before(honest: String, lies: &'static [Lie]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(answer).with_state(Front { honest, lies });
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn answer(State(front): State<Front>, request: Request) -> Response {
    let (path, query) =
        (request.uri().path().to_owned(), request.uri().query().unwrap_or_default().to_owned());
    let lie = front.lies.iter().find(|lie| path.ends_with(lie.path) && query.contains(lie.query)).copied();
    if let Some(Lie { status, body: Untruth::Text(text), .. }) = lie {
        return (StatusCode::from_u16(status).unwrap(), [("content-type", "text/html")], text)
            .into_response();
    }
    let (status, headers, bytes) = forward(&front.honest, request).await;
    let half = lie.is_some();
    let mut answer = Response::builder().status(status);
    for (name, value) in
        headers.iter().filter(|(name, _)| *name != "content-length" && *name != "transfer-encoding")
    {
        answer = answer.header(name, value);
    }
    let kept = if half { bytes.len() / 2 } else { bytes.len() };
    answer.body(Body::from(bytes[..kept].to_vec())).unwrap()
}

/// Asks the honest one. The `Host` of the request goes along, so that addresses in the answer lead back here.
async fn forward(honest: &str, request: Request) -> (StatusCode, reqwest::header::HeaderMap, Vec<u8>) {
    let (parts, body) = request.into_parts();
    let address = format!("{honest}{}", parts.uri);
    let body = to_bytes(body, 1 << 24).await.unwrap();
    let client = reqwest::Client::builder().no_gzip().build().unwrap();
    let sent = client.request(parts.method, address).headers(parts.headers).body(body).send().await.unwrap();
    let (status, headers) = (sent.status(), sent.headers().clone());
    (status, headers, sent.bytes().await.unwrap().to_vec())
}
