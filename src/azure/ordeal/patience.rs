//! `Retry-After` in every spelling and misspelling: no reading hangs, and none runs hot.

use std::sync::Mutex;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName};

use crate::trials::{Chance, seeds, trials};

use super::*;
use crate::azure::polling::{Bounds, wait};
use crate::azure::retry::{self, Fault, PATIENCE};

const NAMES: [&str; 4] = ["retry-after", "retry-after", "x-ms-retry-after-ms", "retry-after-ms"];
const ODD: [&str; 22] = [
    "NaN",
    "inf",
    "-inf",
    "1e9",
    "-1",
    "-5",
    "soon",
    "",
    " ",
    "0",
    "00",
    "+7",
    "7.5",
    "0x10",
    "18446744073709551615",
    "18446744073709551616",
    "1000000000",
    "99999999999999999999",
    "7, 9",
    "Mon, 23 Nov 2026 25:61:61 GMT",
    "٣",
    "Thu, 01 Jan 1970 00:00:00 GMT",
];

fn value(chance: &mut Chance) -> String {
    match chance.below(6) {
        0 => chance.below(40).to_string(),
        1 => chance.bits().to_string(),
        2 => {
            let base: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
            let aside = chance.below(200_000).cast_signed() - 100_000;
            (base + SignedDuration::from_secs(aside)).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
        }
        3 => (0..chance.below(20)).map(|_| char::from(32 + chance.below(95) as u8)).collect(),
        _ => (*chance.pick(&ODD)).to_owned(),
    }
}

fn headers(chance: &mut Chance) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for _ in 0..chance.below(4) {
        if let Ok(value) = value(chance).parse() {
            headers.append(HeaderName::from_static(chance.pick::<&str>(&NAMES)), value);
        }
    }
    if chance.one_in(6) {
        headers.extend(value(chance).parse().ok().map(|value| (reqwest::header::DATE, value)));
    }
    headers
}

#[test]
fn whatever_an_answer_asks_for_waits_stay_in_their_bounds() {
    let count = trials(20_000, 100_000);
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let mut understood = 0;
    for seed in seeds(count) {
        let mut chance = Chance::new(seed);
        let asked = retry::retry_after(&headers(&mut chance), now);
        understood += u64::from(asked.is_some());
        let poll = wait(asked, &Bounds::default());
        assert!(poll >= Duration::from_secs(10) && poll <= Duration::from_secs(600), "seed {seed}: {poll:?}");
        assert!(asked.is_some() || poll == Duration::from_secs(60), "seed {seed}: {poll:?}");
        for tried in 1..6 {
            let pause = retry::pause(tried, Fault::Status(429, asked), chance.below(256) as u8);
            let fits = pause.is_none_or(|it| it >= Duration::from_millis(500) && it <= PATIENCE);
            assert!(fits && (tried < 4 || pause.is_none()), "seed {seed}: {pause:?}");
        }
    }
    println!("R11: seeds 1..={count}, {understood} understood");
}

#[tokio::test(start_paused = true)]
async fn no_reading_hangs_or_runs_hot() {
    let count = trials(1_500, 20_000);
    let mut longest = Duration::ZERO;
    for seed in seeds(count) {
        let at: Arc<Mutex<Vec<Instant>>> = Arc::default();
        let (log, chance) = (at.clone(), Mutex::new(Chance::new(seed)));
        let azure = azure(move |_| {
            log.lock().unwrap().push(Instant::now());
            let mut chance = chance.lock().unwrap();
            let mut answer = response(*chance.pick(&[429, 503, 500, 408]), &[], "");
            *answer.headers_mut() = headers(&mut chance);
            Ok(answer)
        });
        let begun = Instant::now();
        azure.subscriptions().await.unwrap_err();
        longest = longest.max(begun.elapsed());
        let at = at.lock().unwrap();
        assert!(at.len() <= 4, "seed {seed}: {} tries", at.len());
        assert!(at.windows(2).all(|two| two[1] - two[0] >= Duration::from_millis(500)), "seed {seed}: hot");
        assert!(begun.elapsed() <= PATIENCE * 4, "seed {seed}: {:?}", begun.elapsed());
    }
    println!("R11: seeds 1..={count}, four tries at most, {longest:?} at the longest");
}
