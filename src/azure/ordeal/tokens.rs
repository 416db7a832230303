//! Tokens that end, are taken back, and cannot be had for a while, under five hundred callers and three hours long.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize};
use std::time::Duration;

use azure_core::error::{Error, ErrorKind};
use reqwest::header::AUTHORIZATION;

use crate::domain::operation::{OperationId, PollStyle};
use crate::trials::{Chance, seeds, trials};

use super::*;
use crate::azure::polling::{Answer, UnreadableKind};

const CALLERS: usize = 500;
const MINUTES: i64 = 180;

/// Who signs in, and the Azure that knows which of its tokens are good.
struct Realm {
    clock: Clock,
    /// How long the next token lives, in seconds.
    life: AtomicI64,
    is_out: AtomicBool,
    /// When each token ends; one that was taken back has ended.
    tokens: Mutex<Vec<i64>>,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
    requests: AtomicUsize,
}

struct Door(Arc<Realm>);

impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Door")
    }
}

#[async_trait::async_trait]
impl TokenCredential for Door {
    async fn get_token(
        &self,
        _: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let realm = &self.0;
        let now = realm.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        realm.most_in_flight.fetch_max(now, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(900)).await;
        realm.in_flight.fetch_sub(1, Ordering::SeqCst);
        if realm.is_out.load(Ordering::SeqCst) {
            return Err(Error::with_message(ErrorKind::Credential, "AADSTS70043: the session has ended"));
        }
        let until = (realm.clock)().as_second() + realm.life.load(Ordering::SeqCst);
        let mut tokens = realm.tokens.lock().unwrap();
        tokens.push(until);
        let until = OffsetDateTime::from_unix_timestamp(until).unwrap();
        Ok(AccessToken::new(format!("canary-{}", tokens.len() - 1), until))
    }
}

impl Realm {
    fn new(life: i64) -> Arc<Self> {
        Arc::new(Self {
            clock: clock(),
            life: AtomicI64::new(life),
            is_out: AtomicBool::new(false),
            tokens: Mutex::default(),
            in_flight: AtomicUsize::new(0),
            most_in_flight: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
        })
    }

    fn azure(self: &Arc<Self>) -> Azure {
        let (here, door) = (self.clone(), Arc::new(Door(self.clone())));
        let network = Network::new(move |request, _| {
            let here = here.clone();
            Box::pin(async move {
                here.requests.fetch_add(1, Ordering::SeqCst);
                let bearer = request.headers()[AUTHORIZATION].to_str().unwrap();
                let number: usize = bearer.strip_prefix("Bearer canary-").unwrap().parse().unwrap();
                let is_good = (here.clock)().as_second() < here.tokens.lock().unwrap()[number];
                tokio::time::sleep(Duration::from_millis(50)).await;
                Ok(if is_good { response(202, &[], "") } else { response(401, &[], "") })
            })
        });
        let source =
            Source { name: "simulated", issuer: None, credential: Box::new(move || Ok(door.clone())) };
        Azure::simulated(connection(self.clock.clone()), network, vec![source])
    }

    /// Ends every token that there is, though they look good.
    fn take_back(&self) {
        self.tokens.lock().unwrap().fill(0);
    }
}

/// Polls in subscriptions of their own, all at once, and how many of them were not answered.
async fn poll(azure: &Azure, callers: usize) -> usize {
    let one = |number: usize| async move {
        let url = format!("{ARM}/subscriptions/s-{number}/operationresults/1");
        azure.poll(&url, PollStyle::Location, ARM, OperationId::new(uuid::Uuid::from_u128(1))).await
    };
    let answers = futures::future::join_all((0..callers).map(one)).await;
    for answer in &answers {
        let is_told = matches!(answer, Answer::Unreadable { kind: UnreadableKind::SignedOut, .. });
        assert!(matches!(answer, Answer::Running(_)) || is_told, "{answer:?}");
    }
    answers.iter().filter(|answer| !matches!(answer, Answer::Running(_))).count()
}

#[tokio::test(start_paused = true)]
async fn a_token_may_end_at_any_minute_of_an_operation() {
    let count = trials(4, 180);
    let (mut requests, mut failures) = (0, 0);
    for minute in 1..=count {
        let minute = (minute * 180 / count).cast_signed();
        let realm = Realm::new(minute * 60);
        let azure = realm.azure();
        for now in 0..MINUTES {
            let callers = if (minute - 6..=minute + 1).contains(&now) { CALLERS } else { 1 };
            let before = realm.requests.load(Ordering::SeqCst);
            failures += poll(&azure, callers).await;
            let sent = realm.requests.load(Ordering::SeqCst) - before;
            assert!(sent <= 2 * callers, "minute {minute}, at {now}: {sent} requests of {callers}");
            realm.life.store(3600, Ordering::SeqCst);
            // Signed out for a while when the renewal is due, while the token is good.
            realm.is_out.store((minute - 5..minute - 3).contains(&now), Ordering::SeqCst);
            tokio::time::sleep(Duration::from_secs(59)).await;
        }
        assert_eq!(realm.most_in_flight.load(Ordering::SeqCst), 1, "minute {minute}");
        requests += realm.requests.load(Ordering::SeqCst);
    }
    assert_eq!(failures, 0);
    println!(
        "R9: {count} ends in three hours, {requests} requests, {failures} failures, one renewal at a time"
    );
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_taken_back_costs_each_caller_one_request_more() {
    let count = trials(20, 200);
    let mut renewals = 0;
    for seed in seeds(count) {
        let mut chance = Chance::new(seed);
        let realm = Realm::new(3600);
        let azure = realm.azure();
        assert_eq!(poll(&azure, CALLERS).await, 0);
        tokio::time::sleep(Duration::from_secs(chance.below(3000))).await;
        realm.take_back();
        let is_out = chance.one_in(2);
        realm.is_out.store(is_out, Ordering::SeqCst);
        let before = realm.requests.load(Ordering::SeqCst);
        let failed = poll(&azure, CALLERS).await;
        // Nobody can be let in while nobody is signed in; it is said so, and nothing else.
        assert_eq!(failed, if is_out { CALLERS } else { 0 }, "seed {seed}");
        assert!(realm.requests.load(Ordering::SeqCst) - before <= 2 * CALLERS, "seed {seed}");
        realm.is_out.store(false, Ordering::SeqCst);
        assert_eq!(poll(&azure, CALLERS).await, 0, "seed {seed}: signed in again");
        assert_eq!(realm.most_in_flight.load(Ordering::SeqCst), 1, "seed {seed}");
        renewals += realm.tokens.lock().unwrap().len();
    }
    println!(
        "R9: seeds 1..={count}, {CALLERS} callers each, {renewals} tokens in all, one renewal at a time"
    );
}
