//! The counters of an instance.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::peer::{Answer, CORE, HR, Peer, instance};

async fn requests(peer: &Peer, instance: &str, query: &str) -> Answer {
    let now = Timestamp::now();
    let span = format!("{:.0}/{now:.0}", now - SignedDuration::from_mins(8));
    let route = "providers/microsoft.insights/metrics?api-version=2018-01-01";
    peer.get(&format!("{instance}/{route}&timespan={span}{query}")).await
}

const TOTALS: &str = "&metricnames=Requests&aggregation=Total&interval=PT1M";

fn minutes(answer: &Answer) -> Vec<Value> {
    answer.json()["value"][0]["timeseries"][0]["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_newest_minutes_and_those_without_traffic_have_no_total() {
    let peer = Peer::quiet().await;
    let busy = requests(&peer, &instance(CORE, "rg-core", "apim-core-prod"), TOTALS).await;
    assert_eq!((busy.status, &busy.json()["value"][0]["name"]["value"]), (200, &"Requests".into()));
    let busy = minutes(&busy);
    assert!((8..=9).contains(&busy.len()), "{busy:?}");
    assert_eq!(busy[0]["total"], 420.0);
    assert!(busy.last().unwrap().get("total").is_none(), "{busy:?}");
    let quiet = minutes(&requests(&peer, &instance(CORE, "rg-core-dr", "apim-core-dr"), TOTALS).await);
    assert!(!quiet.is_empty() && quiet.iter().all(|it| it.get("total").is_none()), "{quiet:?}");
}

#[tokio::test]
async fn what_is_not_counted_is_refused_without_an_envelope() {
    let peer = Peer::quiet().await;
    let core = instance(CORE, "rg-core", "apim-core-prod");
    for query in ["&metricnames=Capacity", "&interval=PT1H", "&aggregation=Average"] {
        let answer = requests(&peer, &core, query).await;
        assert_eq!((answer.status, &answer.json()["code"]), (400, &"BadRequest".into()), "{query}");
    }
    let hidden = instance(HR, "rg-hr", "apim-hr-prod");
    assert_eq!(requests(&peer, &hidden, TOTALS).await.status, 403);
}
