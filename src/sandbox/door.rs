//! Every request enters here: it is read, noted, meets the scenario's faults, and is sorted into a plane.

use std::time::Duration;
use std::{io, sync::Arc};

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{CONTENT_LENGTH, HOST};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use futures::stream;
use tokio::sync::watch;

use super::cloud::Cloud;
use super::exchange::{Call, Content, Reply};
use super::line::Scissors;
use super::mischief::{Canned, Misbehaviour};
use super::{arm, blobs, identity};

/// Larger bodies are refused; a manifest has some kilobytes.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// The pretend Azure and the signal that it closes.
pub(crate) struct Door {
    pub(crate) cloud: Cloud,
    pub(crate) stopping: watch::Receiver<()>,
}

/// What the faults made of a request.
enum Fate {
    Answered(Reply),
    /// No byte of an answer leaves.
    Lost,
}

/// Lets a request in and sees its answer out.
pub(crate) async fn admit(
    State(door): State<Arc<Door>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response<Body> {
    let Some(call) = read(request, &door.cloud).await else {
        return sent(Reply::text(413, "text/plain", "The request body is too large."));
    };
    if call.path.starts_with("/_sandbox/") {
        return sent(behind_the_scenes(&door.cloud, &call));
    }
    let number = door.cloud.logbook().arrived(&call);
    let deeds = door.cloud.mischief().upon(&call);
    if let Some(fault) = deeds.last() {
        door.cloud.logbook().hit(number, fault.word());
    }
    let fate = door.decide(&call, &deeds).await;
    match fate {
        Fate::Answered(reply) => {
            door.cloud.logbook().answered(number, reply.status);
            sent(reply)
        }
        Fate::Lost => {
            scissors.cut();
            sent(Reply::empty(500))
        }
    }
}

impl Door {
    async fn decide(&self, call: &Call, deeds: &[Misbehaviour]) -> Fate {
        // What happens on the way there; the first that ends the request wins.
        for deed in deeds {
            match deed {
                Misbehaviour::Silence => {
                    self.wait(Duration::MAX).await;
                    return Fate::Lost;
                }
                Misbehaviour::Reset => return Fate::Lost,
                Misbehaviour::DelaySeconds(seconds) => {
                    self.wait(Duration::try_from_secs_f64(*seconds).unwrap_or_default()).await;
                }
                Misbehaviour::PonderSeconds(seconds) => {
                    let scaled = self.cloud.clock.scaled(*seconds);
                    self.wait(Duration::try_from(scaled).unwrap_or_default()).await;
                }
                Misbehaviour::Answer(canned) => {
                    return Fate::Answered(self.prepared(call, canned));
                }
                Misbehaviour::LoseAnswer
                | Misbehaviour::WithholdAnswer
                | Misbehaviour::CutAfter(_)
                | Misbehaviour::Disguise(_)
                | Misbehaviour::Headers(_) => {}
            }
        }
        let reply = sorted(&self.cloud, call);
        self.return_journey(call, deeds, reply).await
    }

    /// What happens to Azure's answer on its way back.
    async fn return_journey(&self, call: &Call, deeds: &[Misbehaviour], mut reply: Reply) -> Fate {
        for deed in deeds {
            match deed {
                Misbehaviour::LoseAnswer => return Fate::Lost,
                Misbehaviour::WithholdAnswer => {
                    self.wait(Duration::MAX).await;
                    return Fate::Lost;
                }
                Misbehaviour::CutAfter(bytes) => reply = reply.cut_after(*bytes),
                Misbehaviour::Disguise(canned) => reply = self.prepared(call, canned),
                Misbehaviour::Headers(headers) => {
                    reply = headers.iter().fold(reply, |reply, (name, value)| match value {
                        Some(value) => reply.with_only(name, value),
                        None => reply.without(name),
                    });
                }
                Misbehaviour::Silence
                | Misbehaviour::Reset
                | Misbehaviour::DelaySeconds(_)
                | Misbehaviour::PonderSeconds(_)
                | Misbehaviour::Answer(_) => {}
            }
        }
        Fate::Answered(reply)
    }

    /// A prepared answer; one that would be Azure's carries what all of its answers carry.
    fn prepared(&self, call: &Call, canned: &Canned) -> Reply {
        let reply = canned.reply();
        if canned.is_page() { reply } else { arm::dressed(&self.cloud, call, reply) }
    }

    /// Waits, but not beyond the end of the sandbox.
    async fn wait(&self, time: Duration) {
        let mut stopping = self.stopping.clone();
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            _ = stopping.changed() => {}
        }
    }
}

/// Sorts a request into its plane by the shape of its path.
fn sorted(cloud: &Cloud, call: &Call) -> Reply {
    cloud.world().settle(call.at);
    let segments = call.segments();
    let lower: Vec<String> = segments.iter().map(|segment| segment.to_ascii_lowercase()).collect();
    match lower.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [_, "oauth2", ..] | [.., ".well-known", "openid-configuration"] | ["common", "discovery", ..] => {
            identity::answer(cloud, call)
        }
        ["status-0123456789abcdef"] => arm::gateway::answer(cloud, call),
        ["subscriptions" | "providers" | "tenants" | "metadata", ..] | [] => arm::answer(cloud, call),
        _ => blobs::answer(cloud, call),
    }
}

/// What exists for tests only, and only for reading.
fn behind_the_scenes(cloud: &Cloud, call: &Call) -> Reply {
    match call.path.as_str() {
        "/_sandbox/requests" => Reply::json(200, &cloud.logbook().requests()),
        "/_sandbox/posts" => Reply::json(200, &cloud.logbook().posts()),
        "/_sandbox/state" => {
            let mut world = cloud.world();
            world.settle(call.at);
            let mut picture = world.picture();
            picture["scenario"] = cloud.summary.as_str().into();
            Reply::json(200, &picture)
        }
        _ => Reply::empty(404),
    }
}

async fn read(request: Request, cloud: &Cloud) -> Option<Call> {
    let (parts, body) = request.into_parts();
    let text = |name: &HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let scheme =
        parts.headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok()).unwrap_or("http");
    let host = text(&HOST).unwrap_or("127.0.0.1");
    let origin = format!("{scheme}://{host}");
    let body = axum::body::to_bytes(body, LARGEST_BODY).await.ok()?;
    let raw_query = parts.uri.query().unwrap_or_default().to_owned();
    Some(Call {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: Call::pairs(&raw_query),
        raw_query,
        headers: parts.headers,
        body,
        origin,
        at: cloud.clock.now(),
    })
}

fn sent(reply: Reply) -> Response<Body> {
    let (length, body) = match reply.content {
        Content::Empty => (0, Body::empty()),
        Content::Bytes(bytes) => (bytes.len() as u64, Body::from(bytes)),
        Content::Opaque(length) => (length, opaque(length)),
        Content::Cut { sent, promised } => (promised as u64, broken(sent)),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers {
        // A value that no header can hold is left out: the sandbox itself writes none.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    // The answer to HEAD has the length of what GET would have sent, and sets it itself.
    if !response.headers().contains_key(CONTENT_LENGTH) {
        response.headers_mut().insert(CONTENT_LENGTH, length.into());
    }
    response
}

/// A body of so many bytes, in pieces: it is never in memory as a whole.
fn opaque(length: u64) -> Body {
    const PIECE: u64 = 64 * 1024;
    let piece = Bytes::from_static(&[0xA7; PIECE as usize]);
    Body::from_stream(stream::unfold(length, move |left| {
        let next = left.min(PIECE);
        let bytes = piece.slice(..next as usize);
        async move { (next > 0).then_some((Ok::<_, io::Error>(bytes), left - next)) }
    }))
}

/// A body that breaks off: the error makes the server close the connection.
fn broken(sent: Vec<u8>) -> Body {
    let end = io::Error::from(io::ErrorKind::ConnectionAborted);
    Body::from_stream(stream::iter([Ok(Bytes::from(sent)), Err(end)]))
}
