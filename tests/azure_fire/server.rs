//! A server that controls every byte, and counts every byte and every POST that reaches it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::schedule::{Act, Body, Cut, End, Pace, Place, Reading, Schedule};

/// Between two bytes of an answer that trickles.
const TRICKLE: Duration = Duration::from_millis(20);
/// Nobody is waited for longer.
const LONGEST: Duration = Duration::from_secs(30);

const ENVELOPE: &str = r#"{"error":{"code":"ServiceLocked","message":"busy"}}"#;
const IDLE: &str = r#"{"id":"/subscriptions/s/resourceGroups/rg/providers/Microsoft.ApiManagement/service/apim-dr","name":"apim-dr","sku":{"name":"Premium","capacity":1},"properties":{"provisioningState":"Succeeded","targetProvisioningState":""}}"#;
const PAGE: &str = "<html><body>Sign in to the network</body></html>";

/// What reached the server.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) connections: usize,
    pub(crate) posts: usize,
    pub(crate) bytes: usize,
}

#[derive(Default)]
struct State {
    schedule: Option<Schedule>,
    seen: Seen,
    running: Vec<JoinHandle<()>>,
    /// A connection of the test's own: whoever came before it has been accepted once it is.
    last: Option<(SocketAddr, oneshot::Sender<()>)>,
}

pub(crate) struct Server {
    /// `127.0.0.1:PORT`.
    pub(crate) address: String,
    /// An address that is taken and where nobody listens.
    pub(crate) closed: String,
    state: Arc<Mutex<State>>,
    _reserved: TcpSocket,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let reserved = TcpSocket::new_v4().unwrap();
        reserved.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let closed = reserved.local_addr().unwrap().to_string();
        let state: Arc<Mutex<State>> = Arc::default();
        let (own, here) = (state.clone(), address.clone());
        tokio::spawn(async move {
            while let Ok((stream, peer)) = listener.accept().await {
                let mut now = own.lock().unwrap();
                if let Some((_, accepted)) = now.last.take_if(|(last, _)| *last == peer) {
                    accepted.send(()).unwrap();
                    continue;
                }
                now.seen.connections += 1;
                let Some(schedule) = now.schedule.clone() else { continue };
                let connection =
                    Connection { stream, heard: Vec::new(), here: here.clone(), state: own.clone() };
                now.running.push(tokio::spawn(connection.follow(schedule)));
            }
        });
        Self { address, closed, state, _reserved: reserved }
    }

    /// What every further connection meets.
    pub(crate) fn set(&self, schedule: Schedule) {
        *self.state.lock().unwrap() = State { schedule: Some(schedule), ..State::default() };
    }

    /// What was seen, once every connection has ended.
    pub(crate) async fn seen(&self) -> Seen {
        let last = TcpSocket::new_v4().unwrap();
        last.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let (accepted, is_accepted) = oneshot::channel();
        self.state.lock().unwrap().last = Some((last.local_addr().unwrap(), accepted));
        let _last = last.connect(self.address.parse().unwrap()).await.unwrap();
        is_accepted.await.unwrap();
        loop {
            let running = std::mem::take(&mut self.state.lock().unwrap().running);
            if running.is_empty() {
                return self.state.lock().unwrap().seen;
            }
            for connection in running {
                timeout(LONGEST, connection).await.unwrap().unwrap();
            }
        }
    }
}

struct Connection {
    stream: TcpStream,
    /// What came so far.
    heard: Vec<u8>,
    here: String,
    state: Arc<Mutex<State>>,
}

impl Connection {
    async fn follow(mut self, schedule: Schedule) {
        self.read(schedule.reading).await;
        for status in &schedule.interim {
            let _ = self.stream.write_all(format!("HTTP/1.1 {status} Wait\r\n\r\n").as_bytes()).await;
        }
        let end = match &schedule.act {
            Act::Close => End::Close,
            Act::Reset => End::Reset,
            Act::Silence => End::Keep,
            Act::Garbage(bytes) => {
                let _ = self.stream.write_all(bytes).await;
                End::Close
            }
            Act::Answer { .. } => self.answer(&schedule.act).await,
        };
        if end != End::Keep {
            self.glance().await;
        }
        match end {
            End::Close => {}
            End::Reset => self.stream.set_zero_linger().unwrap(),
            End::Keep => while self.take(65_536).await > 0 {},
        }
    }

    async fn read(&mut self, reading: Reading) {
        let most = match reading {
            Reading::Nothing => return,
            Reading::Bytes(most) => most,
            Reading::Whole => usize::MAX,
        };
        while self.heard.len() < most && !is_whole(&self.heard) {
            if self.take((most - self.heard.len()).min(65_536)).await == 0 {
                return;
            }
        }
    }

    /// Counts what lies there unread, and leaves it: a close with unread bytes is a reset.
    async fn glance(&mut self) {
        let mut piece = vec![0; 65_536];
        let lies = timeout(Duration::ZERO, self.stream.peek(&mut piece)).await;
        if let Ok(Ok(bytes)) = lies {
            self.count(&piece[..bytes]);
        }
    }

    /// Reads at most so many bytes, and counts them and the requests that begin in them.
    async fn take(&mut self, most: usize) -> usize {
        let mut piece = vec![0; most];
        let read = timeout(LONGEST, self.stream.read(&mut piece)).await.unwrap().unwrap_or(0);
        self.count(&piece[..read]);
        read
    }

    fn count(&mut self, piece: &[u8]) {
        let before = posts(&self.heard);
        self.heard.extend_from_slice(piece);
        let mut state = self.state.lock().unwrap();
        state.seen.bytes += piece.len();
        state.seen.posts += posts(&self.heard) - before;
    }

    async fn answer(&mut self, act: &Act) -> End {
        let Act::Answer { status, place, body, is_signed, patience, cut, pace, end } = act else {
            return End::Close;
        };
        let here = &self.here;
        let location = match place {
            Place::Absent => String::new(),
            Place::Ours => format!("Location: http://{here}/operationresults/1\r\n"),
            Place::Relative => "location: /operationresults/1\r\n".to_owned(),
            Place::Stranger => "Location: https://evil.example/operationresults/1\r\n".to_owned(),
            Place::Itself => format!("LOCATION: http://{here}/subscriptions/s\r\n"),
        };
        let signature = if *is_signed { "x-ms-request-id: r-1\r\n" } else { "" };
        let patience = patience.map_or_else(String::new, |after| format!("Retry-After: {after}\r\n"));
        let body = match body {
            Body::Empty => "",
            Body::Envelope => ENVELOPE,
            Body::Idle => IDLE,
            Body::Page => PAGE,
        };
        let has_body = !matches!(status, 204 | 304);
        let length = if has_body { format!("Content-Length: {}\r\n", body.len()) } else { String::new() };
        let mut head =
            format!("HTTP/1.1 {status} Some\r\n{location}{signature}{patience}{length}\r\n").into_bytes();
        let mut body = if has_body { body.as_bytes().to_vec() } else { Vec::new() };
        match cut {
            Cut::Not => {}
            Cut::Head(at) => {
                head.truncate(1 + (head.len() - 2) * at / 1000);
                body.clear();
            }
            Cut::Body => drop(body.pop()),
        }
        let (at_once, slowly) = match pace {
            Pace::AtOnce => ([head, body].concat(), Vec::new()),
            Pace::TrickledHead => (Vec::new(), head),
            Pace::TrickledBody => (head, body),
        };
        let _ = self.stream.write_all(&at_once).await;
        for byte in slowly {
            sleep(TRICKLE).await;
            if self.stream.write_all(&[byte]).await.is_err() {
                break;
            }
        }
        *end
    }
}

fn posts(bytes: &[u8]) -> usize {
    bytes.windows(6).filter(|six| six == b"POST /").count()
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}
