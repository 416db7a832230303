//! An Azure in memory: one instance, its operations, its activity log and one storage account. It runs on the
//! simulated time of the runtime, so that an hour costs nothing, and it keeps count of what it was asked.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::{Body, Request, Response};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::faults::{Answer, Fault, Faults};
use crate::azure::simulation::{Line, Lost, Network, Reach};

pub(super) const ROOT: &str = "https://management.azure.com";
pub(super) const TARGET: &str =
    "/subscriptions/s-1/resourceGroups/rg/providers/Microsoft.ApiManagement/service/apim-dr";

const PAGE: &str = "<html><body>Sign in to the guest network</body></html>";

/// More requests than any day of one operation needs.
const HOT: u64 = 50_000;

/// What really becomes of a POST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    /// It never arrives, and nothing is logged.
    Vanishes,
    /// It is refused, and the refusal is logged.
    Refused,
    /// It is taken, and ends well after this time.
    Succeeds(Duration),
    /// It is taken, and ends badly after this time.
    Fails(Duration),
}

impl Truth {
    fn duration(self) -> Option<Duration> {
        match self {
            Self::Vanishes | Self::Refused => None,
            Self::Succeeds(after) | Self::Fails(after) => Some(after),
        }
    }
}

/// How a POST that arrives is answered, whatever becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// As it should be.
    Honest,
    /// The connection dies before the answer.
    Lost,
    /// Something in between answers with a page of its own and this status.
    Page(u16),
    /// Nobody ever answers.
    Silence,
    /// 202 without an address.
    NoAddress,
}

/// Where the process is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Before the request has any effect.
    Before,
    /// After it, before its answer is read.
    After,
}

/// The conditions of one story.
#[derive(Clone, Debug)]
pub(super) struct Conditions {
    pub(super) truth: Truth,
    pub(super) reply: Reply,
    /// How late the activity log is.
    pub(super) log_delay: Duration,
    /// Whether its entries carry the client's request id: not known of API Management.
    pub(super) log_names_client: bool,
    /// How long the address of an operation answers after its end.
    pub(super) address_lives: Duration,
    pub(super) retry_after: Option<u64>,
    /// The request at which the process dies, counted from 1, and on which side of it.
    pub(super) kill: Option<(u64, Side)>,
    /// When nothing gets through: from and until.
    pub(super) outage: Option<(Duration, Duration)>,
}

impl Default for Conditions {
    fn default() -> Self {
        Self {
            truth: Truth::Succeeds(Duration::from_secs(660)),
            reply: Reply::Honest,
            log_delay: Duration::from_secs(300),
            log_names_client: true,
            address_lives: Duration::from_secs(24 * 3600),
            retry_after: Some(60),
            kill: None,
            outage: None,
        }
    }
}

/// An operation that Azure knows of.
#[derive(Clone, Debug)]
struct Running {
    kind: String,
    client: String,
    correlation: String,
    begun: Duration,
    truth: Truth,
}

/// What was counted.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    pub(super) requests: u64,
    pub(super) posts: u64,
    pub(super) polls: u64,
    /// Polls that came before the time that the last answer asked for.
    pub(super) early: u64,
    pub(super) instance_reads: u64,
    /// Blobs that were written.
    pub(super) writes: u64,
    /// Requests that carried a token to another host.
    pub(super) strays: u64,
    /// When a poll was first answered in a readable way after an outage.
    pub(super) back_at: Option<Duration>,
}

struct State {
    conditions: Conditions,
    faults: Faults,
    operations: Vec<Running>,
    /// The manifest beside the backup.
    manifest: Option<String>,
    next_poll_not_before: Duration,
    counts: Counts,
}

impl fmt::Debug for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cloud")
    }
}

/// The cloud. Clones share it.
#[derive(Clone)]
pub(super) struct Cloud {
    begun: Instant,
    epoch: Timestamp,
    state: Arc<Mutex<State>>,
    /// How far the laptop's wall clock is off, in seconds.
    skew: Arc<Mutex<SignedDuration>>,
    killed: Arc<Notify>,
}

impl Cloud {
    pub(super) fn new(conditions: Conditions, faults: Faults) -> Self {
        Self {
            begun: Instant::now(),
            epoch: "2026-11-23T12:00:00Z".parse().unwrap(),
            state: Arc::new(Mutex::new(State {
                conditions,
                faults,
                operations: Vec::new(),
                manifest: None,
                next_poll_not_before: Duration::ZERO,
                counts: Counts::default(),
            })),
            skew: Arc::default(),
            killed: Arc::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The time since the beginning, by Azure's clock.
    pub(super) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    pub(super) fn set_skew(&self, skew: SignedDuration) {
        *self.skew.lock().unwrap() = skew;
    }

    /// The laptop's clock.
    pub(super) fn wall(&self) -> Timestamp {
        self.at(self.elapsed()) + *self.skew.lock().unwrap()
    }

    fn at(&self, elapsed: Duration) -> Timestamp {
        self.epoch + SignedDuration::try_from(elapsed).unwrap()
    }

    pub(super) fn counts(&self) -> Counts {
        self.state().counts.clone()
    }

    /// When the first operation ended, by Azure's clock.
    pub(super) fn ended_at(&self) -> Option<Duration> {
        let state = self.state();
        state.operations.first().and_then(|it| Some(it.begun + it.truth.duration()?))
    }

    /// Somebody else's operation on the same instance.
    pub(super) fn meddle(&self, kind: &str, truth: Truth) {
        let begun = self.elapsed();
        let number = self.state().operations.len();
        self.state().operations.push(Running {
            kind: kind.to_owned(),
            client: format!("somebody-else-{number}"),
            correlation: format!("their-correlation-{number}"),
            begun,
            truth,
        });
    }

    /// Returns when the process is to die.
    pub(super) async fn killed(&self) {
        self.killed.notified().await;
    }

    /// No more deaths.
    pub(super) fn spare(&self) {
        self.state().conditions.kill = None;
    }

    pub(super) fn network(&self) -> Network {
        let cloud = self.clone();
        Network::new(move |request, line| {
            let cloud = cloud.clone();
            Box::pin(async move { cloud.serve(request, line).await })
        })
    }

    async fn serve(&self, request: Request, line: Line) -> Result<Response, Lost> {
        let (number, latency) = {
            let mut state = self.state();
            state.counts.requests += 1;
            assert!(
                state.counts.requests < HOT,
                "the console runs hot: the last request is {}",
                request.url()
            );
            if request.url().host_str() != Some("management.azure.com")
                && request.url().host_str() != Some("stcore.blob.core.windows.net")
                && request.headers().contains_key("authorization")
            {
                state.counts.strays += 1;
            }
            (state.counts.requests, state.faults.latency())
        };
        let dies = self.state().conditions.kill.filter(|(at, _)| *at == number).map(|(_, side)| side);
        if dies == Some(Side::Before) {
            self.die().await;
        }
        tokio::time::sleep(latency).await;
        let now = self.elapsed();
        if self.state().conditions.outage.is_some_and(|(from, until)| from <= now && now < until) {
            return Err(Lost { reach: Reach::NothingSent, cause: "network is unreachable".to_owned() });
        }
        let answer = self.answer(&request, line);
        if dies == Some(Side::After) {
            self.die().await;
        }
        match answer {
            Answer::Silence => std::future::pending().await,
            Answer::Lost(reach) => Err(Lost { reach, cause: "connection reset by peer".to_owned() }),
            Answer::Page(status) => Ok(response(status, &[], PAGE.to_owned())),
            Answer::Http(status, mut headers, body) => {
                headers.push(("x-ms-request-id".to_owned(), "r-1".to_owned()));
                Ok(response(status, &headers, body))
            }
        }
    }

    async fn die(&self) {
        self.killed.notify_one();
        std::future::pending::<()>().await;
    }

    fn answer(&self, request: &Request, line: Line) -> Answer {
        let path = request.url().path().to_owned();
        let lower = path.to_ascii_lowercase();
        match request.method().as_str() {
            "POST" if line == Line::Own => self.start(request),
            "POST" => Answer::json(200, &json!({"keys": [{"value": "Y2FuYXJ5"}]})),
            "GET" if lower.contains("/operationresults/") => self.poll(),
            "GET" if lower.contains("/eventtypes/") => self.log(),
            "GET" if lower == TARGET.to_ascii_lowercase() => self.instance(),
            "HEAD" => self.blob(),
            "GET" if lower.ends_with(".lifeboat.json") => match &self.state().manifest {
                Some(manifest) => Answer::Http(200, Vec::new(), manifest.clone()),
                None => Answer::absent(),
            },
            "PUT" => self.write(request),
            _ => Answer::error(404, "NotFound", "there is no such thing in this world"),
        }
    }

    fn start(&self, request: &Request) -> Answer {
        let now = self.elapsed();
        let mut state = self.state();
        state.counts.posts += 1;
        let truth = state.conditions.truth;
        let number = state.operations.len();
        let header = |name| request.headers().get(name).map(|it| it.to_str().unwrap().to_owned());
        if truth != Truth::Vanishes {
            state.operations.push(Running {
                kind: request.url().path().rsplit('/').next().unwrap_or_default().to_owned(),
                client: header("x-ms-client-request-id").unwrap_or_default(),
                correlation: format!("correlation-{number}"),
                begun: now,
                truth,
            });
        }
        match state.conditions.reply {
            Reply::Silence => Answer::Silence,
            Reply::Lost => Answer::Lost(Reach::MaybeSent),
            Reply::Page(status) => Answer::Page(status),
            Reply::NoAddress => Answer::Http(202, Vec::new(), String::new()),
            Reply::Honest => match truth {
                Truth::Vanishes => Answer::Lost(Reach::MaybeSent),
                Truth::Refused => {
                    Answer::error(400, "InvalidParameters", "Invalid parameter: not authorized")
                }
                Truth::Succeeds(_) | Truth::Fails(_) => {
                    state.accepted(now, &format!("{TARGET}/operationresults/eDox?serial=0"), number)
                }
            },
        }
    }

    fn poll(&self) -> Answer {
        let now = self.elapsed();
        let mut state = self.state();
        state.counts.polls += 1;
        if now + Duration::from_millis(1) < state.next_poll_not_before {
            state.counts.early += 1;
        }
        let Some(running) = state.operations.first().cloned() else {
            return Answer::error(404, "NotFound", "no such operation");
        };
        let end = running.begun + running.truth.duration().unwrap_or_default();
        if state.conditions.outage.is_some_and(|(_, until)| now >= until) {
            state.counts.back_at.get_or_insert(now);
        }
        if now >= end + state.conditions.address_lives {
            return Answer::error(404, "ResourceNotFound", "gone");
        }
        let fault = state.faults.of_poll(now);
        if let Some(fault) = fault {
            return state.faulty(fault, now);
        }
        if now < end {
            let serial = state.faults.serial();
            return state.accepted(now, &format!("{TARGET}/operationresults/eDox?serial={serial}"), 0);
        }
        state.faults.end(running.truth, &self.describe("Succeeded", ""))
    }

    fn instance(&self) -> Answer {
        let now = self.elapsed();
        let mut state = self.state();
        state.counts.instance_reads += 1;
        if let Some(answer) = state.faults.of_reading() {
            return answer;
        }
        let is_busy = state.operations.iter().any(|it| {
            it.truth.duration().is_some_and(|duration| it.begun <= now && now < it.begun + duration)
        });
        let target = if is_busy { "Updating" } else { "" };
        Answer::json(200, &self.describe("Succeeded", target))
    }

    fn describe(&self, state: &str, target: &str) -> Value {
        json!({
            "id": TARGET, "name": "apim-dr", "location": "North Europe", "sku": {"name": "Premium", "capacity": 1},
            "properties": {"provisioningState": state, "targetProvisioningState": target},
        })
    }

    /// Everything that happened and is late enough to be seen.
    fn log(&self) -> Answer {
        let now = self.elapsed();
        let mut state = self.state();
        if let Some(answer) = state.faults.of_reading() {
            return answer;
        }
        let mut entries = Vec::new();
        for it in &state.operations {
            let mut entry = |at: Duration, status: &str, sub_status: &str| {
                if at + state.conditions.log_delay <= now {
                    let client = state.conditions.log_names_client.then_some(&it.client);
                    entries.push(json!({
                        "eventTimestamp": self.at(at).to_string(),
                        "operationName": {"value": format!("Microsoft.ApiManagement/service/{}/action", it.kind)},
                        "status": {"value": status}, "subStatus": {"value": sub_status},
                        "httpRequest": {"clientRequestId": client}, "correlationId": it.correlation,
                    }));
                }
            };
            entry(it.begun, "Started", "");
            match it.truth {
                Truth::Vanishes => {}
                Truth::Refused => entry(it.begun + Duration::from_secs(20), "Failed", "BadRequest"),
                Truth::Succeeds(after) | Truth::Fails(after) => {
                    entry(it.begun + Duration::from_secs(1), "Accepted", "Accepted");
                    let good = matches!(it.truth, Truth::Succeeds(_));
                    entry(it.begun + after, if good { "Succeeded" } else { "Failed" }, "");
                }
            }
        }
        Answer::json(200, &json!({ "value": entries }))
    }

    fn write(&self, request: &Request) -> Answer {
        let mut state = self.state();
        if state.manifest.is_some() && request.headers().contains_key("if-none-match") {
            return Answer::Http(
                409,
                vec![("x-ms-error-code".into(), "BlobAlreadyExists".into())],
                String::new(),
            );
        }
        let body = request.body().and_then(Body::as_bytes).unwrap_or_default();
        state.manifest = Some(String::from_utf8(body.to_vec()).unwrap());
        state.counts.writes += 1;
        Answer::Http(201, Vec::new(), String::new())
    }

    /// What lies beside the backup.
    pub(super) fn manifest(&self) -> Option<String> {
        self.state().manifest.clone()
    }

    pub(super) fn lay_manifest(&self, text: &str) {
        self.state().manifest = Some(text.to_owned());
    }

    fn blob(&self) -> Answer {
        let now = self.elapsed();
        let state = self.state();
        let written = state.operations.iter().filter_map(|it| match it.truth {
            Truth::Succeeds(after) if it.kind == "backup" => Some(it.begun + after),
            _ => None,
        });
        let Some(written) = written.filter(|at| *at <= now).max() else { return Answer::absent() };
        let modified = self.at(written).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let headers = [("content-length", "24000000"), ("etag", "\"0x8D\""), ("last-modified", &modified)];
        Answer::Http(
            200,
            headers.map(|(name, value)| (name.into(), value.to_owned())).to_vec(),
            String::new(),
        )
    }
}

impl State {
    fn accepted(&mut self, now: Duration, location: &str, number: usize) -> Answer {
        let asked = self.faults.retry_after(self.conditions.retry_after);
        let wait = asked.as_ref().and_then(|text| text.parse::<u64>().ok()).unwrap_or(60).clamp(10, 600);
        self.next_poll_not_before = now + Duration::from_secs(wait);
        let mut headers = vec![
            ("location".to_owned(), self.faults.location(location)),
            ("x-ms-correlation-request-id".to_owned(), format!("correlation-{number}")),
        ];
        headers.extend(asked.map(|text| ("retry-after".to_owned(), text)));
        Answer::Http(202, headers, String::new())
    }

    fn faulty(&mut self, fault: Fault, now: Duration) -> Answer {
        let (answer, asked) = fault.answer(TARGET);
        // What an unreadable answer asks for binds only where it is a throttling.
        self.next_poll_not_before = asked.map_or(Duration::ZERO, |asked| now + asked);
        answer
    }
}

pub(super) fn response(status: u16, headers: &[(String, String)], body: String) -> Response {
    let mut built = http::Response::builder().status(status);
    for (name, value) in headers {
        built = built.header(name, value);
    }
    built.body(Body::from(body)).unwrap().into()
}
