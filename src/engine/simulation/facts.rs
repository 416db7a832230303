//! How soon the first findings are on the screen, counted in round trips: every one takes a second of simulated time, the
//! sign-in as well.

use super::*;
use crate::domain::plan::Plan;
use crate::domain::preflight::Facts;

const ROUND_TRIP: Duration = Duration::from_secs(1);

/// A sign-in that takes a round trip.
#[derive(Debug)]
struct SlowSignIn(Cloud);

#[async_trait::async_trait]
impl TokenCredential for SlowSignIn {
    async fn get_token(
        &self,
        _: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        tokio::time::sleep(ROUND_TRIP).await;
        let until = OffsetDateTime::from_unix_timestamp(self.0.wall().as_second() + 3600).unwrap();
        Ok(AccessToken::new("canary".to_owned(), until))
    }
}

/// An engine before an Azure in which everything takes a round trip and most things are not there.
fn engine(cloud: &Cloud, state: &Path) -> Engine {
    let sign_in = Arc::new(SlowSignIn(cloud.clone()));
    let source =
        Source { name: "simulated", issuer: None, credential: Box::new(move || Ok(sign_in.clone())) };
    let wall = cloud.clone();
    let clock: Clock = Arc::new(move || wall.wall());
    let connection = Connection {
        cloud: Addresses::public(),
        identity: Identity::default(),
        write_mode: WriteMode::ReadOnly,
        patience: Patience::default(),
        read_only_subscriptions: BTreeSet::new(),
        clock: clock.clone(),
    };
    let network = crate::azure::simulation::Network::new(|request, _| {
        Box::pin(async move {
            tokio::time::sleep(ROUND_TRIP).await;
            let body = match request.url().path() {
                path if path == cloud::TARGET => serde_json::json!({
                    "id": cloud::TARGET, "name": "apim-dr", "location": "North Europe",
                    "sku": {"name": "Premium", "capacity": 1},
                    "properties": {"provisioningState": "Succeeded", "targetProvisioningState": ""},
                })
                .to_string(),
                path if path.starts_with("/subscriptions") => r#"{"value":[]}"#.to_owned(),
                _ => String::new(),
            };
            Ok(cloud::response(if body.is_empty() { 404 } else { 200 }, &[], body))
        })
    });
    let azure = Azure::simulated(connection, network, vec![source]);
    let journal = Journal::open(state).unwrap();
    let engine = Engine::new(azure, journal, clock, Bounds::default());
    engine.meet(&[account()], &[instance("apim-core", Tier::Premium)]);
    engine
}

/// How many findings have their answer.
fn answered(plan: &Plan, facts: &Facts, now: Timestamp) -> usize {
    let findings = Preflight::run(plan, facts, now).findings;
    findings.iter().filter(|it| !it.evidence.iter().any(crate::domain::preflight::Evidence::is_open)).count()
}

#[test]
fn the_first_findings_are_there_within_two_round_trips() {
    let dir = scratch();
    let (seen, all) = simulate(async {
        let cloud = Cloud::new(Conditions::default(), Faults::none());
        let engine = engine(&cloud, dir.path());
        let plan = Plan::Restore(restore(
            &backup("apim-core", 5, cloud.wall()),
            &instance("apim-dr", Tier::Premium),
        ));
        let began = cloud.elapsed();
        let mut seen: Vec<(Duration, usize)> = Vec::new();
        let facts = engine
            .facts(&plan, crate::azure::listing::Listing::Entra, |facts| {
                // What the journal and the plan alone answer needs no round trip, and does not count.
                let at_home = Facts { unfinished: facts.unfinished.clone(), ..Facts::default() };
                let now = cloud.wall();
                let count = answered(&plan, facts, now).saturating_sub(answered(&plan, &at_home, now));
                seen.push((cloud.elapsed() - began, count));
            })
            .await;
        (seen, Preflight::run(&plan, &facts, cloud.wall()).findings.len())
    });
    let trips = |it: &Duration| it.as_millis().div_ceil(ROUND_TRIP.as_millis());
    println!(
        "{all} findings; round trips, and findings that Azure has answered by then: {:?}",
        seen.iter().map(|(at, answered)| (trips(at), *answered)).collect::<Vec<_>>()
    );
    let first = seen.iter().find(|(_, answered)| *answered > 0);
    assert!(first.is_some_and(|(at, _)| trips(at) <= 2), "one for the token, one for the answer: {seen:?}");
    assert!(seen.is_sorted_by_key(|(_, answered)| *answered), "an answered finding stays answered: {seen:?}");
}
