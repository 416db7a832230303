//! The one request that starts something, on real sockets, against a server that does everything to it that a network
//! can do: it is on the wire once at most, and what is said of it is what is known.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should say where")]

#[path = "../azure_support/mod.rs"]
mod azure_support;
mod schedule;
mod server;
#[path = "../support/trials.rs"]
mod trials;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use azure_support::{connection, operation};
use lifeboat::azure::sending::Sent;
use lifeboat::azure::{Azure, Patience, WriteMode};
use lifeboat::domain::backup::Source;
use lifeboat::domain::plan::{Access, Plan, Request, RestorePlan};
use lifeboat::domain::storage::Location;

use schedule::{Schedule, Speech};
use server::Server;
use trials::{Chance, seeds, trials};

/// For whoever is answered at once.
const LONG: Patience = Patience {
    connect: Duration::from_secs(20),
    silence: Duration::from_secs(20),
    start: Duration::from_secs(20),
};
/// For whoever is not.
const SHORT: Patience = Patience { start: Duration::from_millis(300), ..LONG };
/// For TLS that never comes about.
const NO_TLS: Patience = Patience { connect: Duration::from_millis(300), ..LONG };

/// So many at the same time.
const WORKERS: usize = 8;

fn restore(base: &str, number: u64) -> Request {
    // Each in a subscription of its own: a 429 of one is no business of the next.
    let id = format!(
        "/subscriptions/00000000-0000-4000-8000-{number:012}/resourceGroups/rg/providers/Microsoft.ApiManagement/service/apim-dr"
    );
    let backup = Location::new("stcore", "apim").at("core.apimbackup");
    let target = id.parse().unwrap();
    Plan::Restore(RestorePlan {
        target,
        backup,
        access: Access::System,
        source: Source::UNKNOWN,
        taken: None,
    })
    .request(base)
}

fn word(sent: &Sent) -> &'static str {
    match sent {
        Sent::Accepted(_) => "accepted",
        Sent::Done { .. } => "done",
        Sent::NotSent(_) => "not sent",
        Sent::Refused(_) => "refused",
        Sent::Unconfirmed(_) => "unconfirmed",
    }
}

/// One server, and those who ask it.
struct Post {
    server: Server,
    plain: (String, Azure),
    slow: (String, Azure),
    tls: (String, Azure),
    refused: (String, Azure),
}

impl Post {
    async fn start() -> Self {
        let server = Server::start().await;
        let sign_in = azure_support::Server::start(|_, _| panic!("only sign-in")).await.base;
        let asking = |base: String, patience| {
            let mut connection = connection(&base, WriteMode::Guarded);
            connection.cloud.authority.clone_from(&sign_in);
            connection.patience = patience;
            let azure = Azure::connect(connection).unwrap();
            (base, azure)
        };
        let plain = format!("http://{}", server.address);
        Self {
            plain: asking(plain.clone(), LONG),
            slow: asking(plain, SHORT),
            tls: asking(format!("https://{}", server.address), NO_TLS),
            refused: asking(format!("http://{}", server.closed), LONG),
            server,
        }
    }

    async fn try_out(&self, seed: u64) -> (&'static str, Schedule) {
        let schedule = Schedule::of(&mut Chance::new(seed));
        let (base, azure) = match schedule.speech {
            Speech::Plain if schedule.is_slow() => &self.slow,
            Speech::Plain => &self.plain,
            Speech::Tls => &self.tls,
            Speech::Refused => &self.refused,
        };
        self.server.set(schedule.clone());
        // Signed in before, so that only the request itself is timed.
        azure.whoami().await.unwrap();
        let begun = Instant::now();
        let sent = azure.start(&restore(base, seed), None, operation()).await;
        let took = begun.elapsed();
        let seen = self.server.seen().await;
        let said = word(&sent);
        let told = format!("seed {seed}: {said} after {took:?}, {seen:?}\n{schedule:?}\n{sent:?}");
        assert!(seen.posts <= 1, "more than one POST. {told}");
        assert!(seen.connections <= 1, "more than one connection. {told}");
        assert!(schedule.verdicts().contains(&said), "expected {:?}. {told}", schedule.verdicts());
        assert!(
            said != "not sent" || seen.posts == 0 && (seen.bytes == 0 || schedule.speech == Speech::Tls),
            "something left. {told}"
        );
        assert!(
            !schedule.is_slow() || took < Duration::from_secs(15),
            "not ended by its own time-out. {told}"
        );
        (said, schedule)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_post_at_most_and_the_truth_about_it() {
    let count = trials(300, 10_000);
    let begun = Instant::now();
    let left = Arc::new(Mutex::new(seeds(count)));
    let tally: Arc<Mutex<BTreeMap<String, usize>>> = Arc::default();
    let workers = (0..WORKERS).map(|_| {
        let (left, tally) = (left.clone(), tally.clone());
        tokio::spawn(async move {
            let post = Post::start().await;
            loop {
                let Some(seed) = left.lock().unwrap().pop() else { return };
                let (said, schedule) = post.try_out(seed).await;
                *tally.lock().unwrap().entry(format!("{:?} {said}", schedule.speech)).or_default() += 1;
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.unwrap();
    }
    let tally = tally.lock().unwrap();
    println!("R1: seeds 1..={count}, {:?}: at most one POST in each; {tally:?}", begun.elapsed());
}
