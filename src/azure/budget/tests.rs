use super::*;

const S1: &str = "https://management.azure.com/subscriptions/S-1/providers/Microsoft.Storage/storageAccounts";

fn at(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn reads() -> Meter {
    Meter::of(&Method::GET, &S1.parse().unwrap())
}

#[test]
fn each_account_is_found_by_method_and_address() {
    let table = [
        (Method::GET, "/subscriptions/S-1/resourceGroups/g", Meter::Reads(Some(SubscriptionId::new("s-1")))),
        (Method::HEAD, "//Subscriptions/s-1", Meter::Reads(Some(SubscriptionId::new("s-1")))),
        (Method::POST, "/subscriptions/s-1/x/restore", Meter::Writes(Some(SubscriptionId::new("s-1")))),
        (Method::PUT, "/subscriptions/s-1/x", Meter::Writes(Some(SubscriptionId::new("s-1")))),
        (Method::GET, "/subscriptions", Meter::Reads(None)),
        (Method::GET, "/tenants", Meter::Reads(None)),
        (Method::POST, "/providers/Microsoft.ResourceGraph/resources", Meter::Graph),
    ];
    for (method, path, expected) in table {
        let url = format!("https://management.azure.com{path}?api-version=1").parse().unwrap();
        assert_eq!(Meter::of(&method, &url), expected, "{method} {path}");
    }
}

#[test]
fn o4_a_survey_leaves_a_reserve_and_polls_use_it() {
    let mut budget = Budget::default();
    let mut taken = 0;
    while budget.take(&reads(), Haste::InTurn, at(0.0)).is_ok() {
        taken += 1;
    }
    assert_eq!(taken, 225);
    for _ in 0..25 {
        budget.take(&reads(), Haste::Ahead, at(0.0)).unwrap();
    }
    assert_eq!(budget.take(&reads(), Haste::Ahead, at(0.0)), Err(Wait::Refill(at(0.04))));
    assert_eq!(budget.take(&reads(), Haste::InTurn, at(0.0)), Err(Wait::Refill(at(1.04))));
    budget.take(&reads(), Haste::InTurn, at(1.04)).unwrap();
    let other = Meter::Reads(Some(SubscriptionId::new("s-2")));
    budget.take(&other, Haste::InTurn, at(0.0)).unwrap();
}

#[test]
fn nothing_passes_a_deadline_and_only_its_own_kind_is_closed() {
    let mut budget = Budget::default();
    let writes = Meter::Writes(Some(SubscriptionId::new("s-1")));
    budget.heard(&reads(), Said { closed: Some(at(17.0)), left: None }, at(3.0));
    // A shorter one, heard later, takes nothing back.
    budget.heard(&reads(), Said { closed: Some(at(1.0)), left: None }, at(4.0));
    for haste in [Haste::Ahead, Haste::InTurn] {
        assert_eq!(budget.take(&reads(), haste, at(5.0)), Err(Wait::Deadline(at(15.0))));
    }
    assert_eq!(budget.take_at_once(&reads(), at(19.0)), Err(at(1.0)));
    assert_eq!(budget.take_at_once(&writes, at(5.0)), Ok(()));
    budget.take(&reads(), Haste::InTurn, at(20.0)).unwrap();
}

#[test]
fn what_starts_something_waits_for_no_account_to_fill() {
    let mut budget = Budget::default();
    for _ in 0..1_000 {
        budget.take_at_once(&reads(), at(0.0)).unwrap();
    }
    assert_eq!(budget.take(&reads(), Haste::Ahead, at(0.0)), Err(Wait::Refill(at(0.04))));
}

#[test]
fn graph_never_gets_more_than_fifteen_queries_in_five_seconds() {
    let mut budget = Budget::default();
    let mut sent: Vec<f64> = Vec::new();
    let mut now = 0.0;
    while now < 100.0 {
        match budget.take(&Meter::Graph, Haste::InTurn, at(now)) {
            Ok(()) => sent.push(now),
            Err(Wait::Refill(wait) | Wait::Deadline(wait)) => now += wait.as_secs_f64(),
        }
    }
    let most =
        sent.iter().map(|from| sent.iter().filter(|it| (*from..from + 5.0).contains(it)).count()).max();
    assert!(most <= Some(15), "{most:?}");
    assert!(sent.len() > 190, "{}", sent.len());
}

#[test]
fn what_others_use_up_shows_in_the_counters() {
    let mut budget = Budget::default();
    budget.heard(&reads(), Said { closed: None, left: Some(3) }, at(0.0));
    for _ in 0..3 {
        budget.take(&reads(), Haste::Ahead, at(0.0)).unwrap();
    }
    assert!(budget.take(&reads(), Haste::Ahead, at(0.0)).is_err());
    // A number that is higher than ours is older than ours.
    budget.heard(&reads(), Said { closed: None, left: Some(249) }, at(0.0));
    assert!(budget.take(&reads(), Haste::Ahead, at(0.0)).is_err());
}

fn said(status: u16, pairs: &[(&'static str, &str)]) -> Said {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(*name, value.parse().unwrap());
    }
    Said::of(status, &headers, "2026-11-23T12:00:00Z".parse().unwrap())
}

#[test]
fn answers_say_when_there_is_more() {
    const REMAINING: (&str, &str) = ("x-ms-user-quota-remaining", "0");
    const RESETS: (&str, &str) = ("x-ms-user-quota-resets-after", "00:00:04");
    const READS: (&str, &str) = ("x-ms-ratelimit-remaining-subscription-reads", "240");
    const GLOBAL: (&str, &str) = ("x-ms-ratelimit-remaining-subscription-global-reads", "12");
    let closed = |seconds, left| Said { closed: Some(Duration::from_secs(seconds)), left };
    type Headers = &'static [(&'static str, &'static str)];
    let table: [(u16, Headers, Said); 11] = [
        (200, &[], Said::default()),
        (200, &[("retry-after", "60")], Said::default()),
        (200, &[READS, GLOBAL], Said { closed: None, left: Some(12) }),
        (200, &[REMAINING, RESETS], closed(5, Some(0))),
        (200, &[("x-ms-user-quota-remaining", "7"), RESETS], Said { closed: None, left: Some(7) }),
        (200, &[("x-ms-user-quota-remaining", "many")], Said::default()),
        (429, &[("retry-after", "17")], closed(17, None)),
        (429, &[("retry-after", "1000000000")], closed(3600, None)),
        (429, &[("retry-after", "soon")], closed(5, None)),
        (429, &[REMAINING, RESETS], closed(5, Some(0))),
        (429, &[("x-ms-user-quota-resets-after", "99999999999:0:0")], closed(5, None)),
    ];
    for (status, headers, expected) in table {
        assert_eq!(said(status, headers), expected, "{status} {headers:?}");
    }
}
