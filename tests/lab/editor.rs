//! A front of the pretend Azure that sees every request and may change every answer.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use reqwest::header::HeaderMap;
use tokio::net::TcpListener;

/// A request as it came.
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: String,
}

/// An answer as it goes out.
pub struct Answered {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answered {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// What is done to the answers.
pub type Edit = Arc<dyn Fn(&Asked, Answered) -> Answered + Send + Sync>;

#[derive(Clone)]
struct Front {
    honest: String,
    edit: Edit,
    client: reqwest::Client,
}

/// Listens before the honest address; returns the address to use.
pub async fn stand_before(honest: String, edit: Edit) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let client = reqwest::Client::builder().no_gzip().build().unwrap();
    let router = Router::new().fallback(answer).with_state(Front { honest, edit, client });
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn answer(State(front): State<Front>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 24).await.unwrap();
    let asked = Asked {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers.clone(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let address = format!("{}{}", front.honest, parts.uri);
    // The `Host` of the request goes along, so that addresses in the answer lead back here.
    let sent = front.client.request(parts.method, address).headers(parts.headers).body(body).send().await;
    let Ok(sent) = sent else {
        // The honest one hung up. So does this one: the body breaks off.
        let broken = futures::stream::once(async { Err::<Vec<u8>, _>(std::io::Error::other("cut")) });
        return Response::builder().header("content-length", "9").body(Body::from_stream(broken)).unwrap();
    };
    let (status, headers) = (sent.status().as_u16(), sent.headers().clone());
    let body = sent.bytes().await.unwrap_or_default().to_vec();
    let edited = (front.edit)(&asked, Answered { status, headers, body });
    let mut answer = Response::builder().status(edited.status);
    for (name, value) in &edited.headers {
        let told = asked.method == "HEAD" && *name == "content-length";
        if told || (*name != "content-length" && *name != "transfer-encoding") {
            answer = answer.header(name, value);
        }
    }
    answer.body(Body::from(edited.body)).unwrap()
}
