//! A survey of thousands of readings, and operations that are watched meanwhile, before an Azure that counts.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use futures::StreamExt;
use serde_json::json;

use crate::domain::operation::{OperationId, PollStyle};
use crate::trials::{Chance, seeds, trials};

use super::*;
use crate::azure::polling::{Answer, UnreadableKind};

/// How many operations are watched.
const WATCHED: u64 = 20;

/// Azure's own accounts, kept by the other side, and what it saw.
struct Counting {
    began: Instant,
    chance: Mutex<Chance>,
    seen: Mutex<Seen>,
    /// Whether somebody else with the same identity uses an account up now and then.
    others: Others,
}

#[derive(Clone, Copy, PartialEq)]
enum Others {
    None,
    Greedy,
}

#[derive(Default)]
struct Seen {
    buckets: HashMap<String, (f64, Duration)>,
    graph: (Duration, u32),
    /// Until when nothing of a kind is to be sent, by what the other side was told.
    deadlines: HashMap<String, Duration>,
    asked: usize,
    refused: usize,
    early: Vec<String>,
    slowest_poll: Duration,
}

fn kind(request: &Request) -> String {
    let path = request.url().path();
    if path.contains("Microsoft.ResourceGraph") {
        return "graph".to_owned();
    }
    let subscription = path.strip_prefix("/subscriptions/").and_then(|rest| rest.split('/').next());
    format!(
        "{} {}",
        if request.method() == "GET" { "reads" } else { "writes" },
        subscription.unwrap_or("tenant")
    )
}

impl Counting {
    fn new(seed: u64, others: Others) -> Arc<Self> {
        Arc::new(Self {
            began: Instant::now(),
            chance: Mutex::new(Chance::new(seed)),
            seen: Mutex::default(),
            others,
        })
    }

    fn network(self: &Arc<Self>) -> Network {
        let own = self.clone();
        Network::new(move |request, _| {
            let own = own.clone();
            Box::pin(async move { own.serve(request).await })
        })
    }

    fn on_its_way(&self, least: u64, most: u64) -> Duration {
        Duration::from_millis(self.chance.lock().unwrap().between(least, most))
    }

    async fn serve(&self, request: Request) -> Heard {
        let kind = kind(&request);
        let sent = self.began.elapsed();
        {
            let mut seen = self.seen.lock().unwrap();
            seen.asked += 1;
            if seen.deadlines.get(&kind).is_some_and(|deadline| sent < *deadline) {
                let told = format!("{kind} at {sent:?}, before {:?}", seen.deadlines[&kind]);
                seen.early.push(told);
            }
        }
        tokio::time::sleep(self.on_its_way(1, 60)).await;
        let refused = self.count(&kind);
        tokio::time::sleep(self.on_its_way(5, 400)).await;
        let mut seen = self.seen.lock().unwrap();
        match refused {
            Ok(headers) => Ok(response(200, &headers, Self::body(&request))),
            Err(after) => {
                seen.refused += 1;
                let deadline = self.began.elapsed() + Duration::from_secs(after);
                let known = seen.deadlines.entry(kind).or_default();
                *known = (*known).max(deadline);
                Ok(response(429, &[("retry-after", after.to_string())], ""))
            }
        }
    }

    /// Counts a request that arrived, or says after how many seconds the next may.
    fn count(&self, kind: &str) -> Result<Vec<(&'static str, String)>, u64> {
        let now = self.began.elapsed();
        let mut seen = self.seen.lock().unwrap();
        if kind == "graph" {
            if now >= seen.graph.0 + Duration::from_secs(5) {
                seen.graph = (now, 0);
            }
            let resets = (seen.graph.0 + Duration::from_secs(5) - now).as_secs();
            if seen.graph.1 >= 15 {
                return Err(resets + 1);
            }
            seen.graph.1 += 1;
            let left = 15 - seen.graph.1;
            return Ok(vec![
                ("x-ms-user-quota-remaining", left.to_string()),
                ("x-ms-user-quota-resets-after", format!("00:00:{resets:02}")),
            ]);
        }
        let (size, per_second) = if kind.starts_with("reads") { (250.0, 25.0) } else { (200.0, 10.0) };
        let (level, at) = seen.buckets.get(kind).copied().unwrap_or((size, now));
        let mut level = (level + (now - at).as_secs_f64() * per_second).min(size);
        if self.others == Others::Greedy && self.chance.lock().unwrap().one_in(400) {
            level = 0.0;
        }
        let taken = if level >= 1.0 {
            level -= 1.0;
            let header = "x-ms-ratelimit-remaining-subscription-reads";
            Ok(if kind.starts_with("reads") { vec![(header, format!("{level:.0}"))] } else { Vec::new() })
        } else {
            Err(((1.0 - level) / per_second).ceil().max(1.0) as u64 + self.chance.lock().unwrap().below(20))
        };
        seen.buckets.insert(kind.to_owned(), (level, now));
        taken
    }

    fn body(request: &Request) -> String {
        if !request.url().path().contains("Microsoft.ResourceGraph") {
            return json!({ "value": [{ "name": "apim" }], "status": "InProgress" }).to_string();
        }
        let asked: serde_json::Value = serde_json::from_slice(body(request)).unwrap();
        let page = asked["options"]["$skipToken"].as_str().map_or(0, |token| token.parse::<u32>().unwrap());
        let row = json!({ "id": format!("/subscriptions/{SUB}/resourceGroups/rg/providers/Microsoft.ApiManagement/service/a{page}") });
        let mut answer = json!({ "data": [row] });
        if page < 60 {
            answer["$skipToken"] = json!((page + 1).to_string());
        }
        answer.to_string()
    }
}

/// Lists the containers of `accounts` accounts in a dozen subscriptions, most of them in one, and the instances, while
/// operations in the fullest subscription are polled.
async fn survey(counting: &Arc<Counting>, accounts: u64) {
    let azure = over(counting.network());
    let of = |number: u64| {
        let subscription = if number.is_multiple_of(3) { number % 12 } else { 1 };
        account(&format!("s-{subscription}"), &format!("st{number}"), "https://st.blob.core.windows.net/")
    };
    let lists = futures::stream::iter((0..accounts).map(of)).for_each_concurrent(200, |account| {
        let azure = azure.clone();
        async move {
            // What was refused is for the tests of the others to judge.
            let _ = azure.containers(&account).await;
        }
    });
    let graph = async {
        azure.instances(&[subscription(SUB)], &mut |_| {}).await;
        azure.instances(&[subscription(SUB)], &mut |_| {}).await;
    };
    let polls = futures::future::join_all((0..WATCHED).map(|number| poll(&azure, counting, number)));
    let work = async { futures::join!(lists, graph) };
    tokio::select! { _ = work => {}, _ = polls => {} }
}

async fn poll(azure: &Azure, counting: &Counting, number: u64) {
    let url = format!("{ARM}/subscriptions/s-1/operationresults/{number}");
    tokio::time::sleep(Duration::from_millis(number * 450)).await;
    loop {
        let begun = Instant::now();
        let answer =
            azure.poll(&url, PollStyle::Location, ARM, OperationId::new(uuid::Uuid::from_u128(1))).await;
        let is_told = matches!(&answer, Answer::Unreadable { kind: UnreadableKind::Throttled { .. }, .. });
        assert!(matches!(answer, Answer::Running(_)) || is_told, "{answer:?}");
        if !is_told {
            let mut seen = counting.seen.lock().unwrap();
            seen.slowest_poll = seen.slowest_poll.max(begun.elapsed());
        }
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_survey_of_thousands_of_readings_is_hardly_ever_refused() {
    let (count, accounts) = (trials(2, 40), 2_500);
    let (mut asked, mut refused, mut slowest) = (0, 0, Duration::ZERO);
    for seed in seeds(count) {
        let counting = Counting::new(seed, Others::None);
        survey(&counting, accounts).await;
        let seen = counting.seen.lock().unwrap();
        assert!(seen.asked as u64 > accounts, "seed {seed}: {}", seen.asked);
        assert!(seen.refused * 200 <= seen.asked, "seed {seed}: {} of {} refused", seen.refused, seen.asked);
        assert_eq!(seen.early, [""; 0], "seed {seed}");
        assert!(
            seen.slowest_poll < Duration::from_secs(2),
            "seed {seed}: starved for {:?}",
            seen.slowest_poll
        );
        asked += seen.asked;
        refused += seen.refused;
        slowest = slowest.max(seen.slowest_poll);
    }
    println!(
        "R24: {count} surveys, {asked} requests, {refused} refused, none early; slowest poll {slowest:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn before_a_deadline_nothing_of_its_kind_is_sent_however_many_wait() {
    let count = trials(2, 40);
    let (mut asked, mut refused) = (0, 0);
    for seed in seeds(count) {
        let counting = Counting::new(seed, Others::Greedy);
        survey(&counting, 1_500).await;
        let seen = counting.seen.lock().unwrap();
        assert_eq!(seen.early, [""; 0], "seed {seed}");
        asked += seen.asked;
        refused += seen.refused;
    }
    assert!(refused > 0, "the others were not greedy");
    println!("R24: {count} surveys beside somebody greedy, {asked} requests, {refused} refused, none early");
}
