//! The survey and the facts over real HTTP against the pretend Azure.

mod engine_support;

use std::collections::BTreeSet;

use engine_support::Bench;
use lifeboat::azure::listing::Listing;
use lifeboat::domain::backup::Provenance;
use lifeboat::domain::fact::Fact;
use lifeboat::domain::plan::{Access, Plan, RestorePlan};
use lifeboat::domain::preflight::Preflight;
use lifeboat::domain::storage::Location;
use lifeboat::domain::verdict::Verdict;
use lifeboat::engine::survey::{ConfiguredLocation, Depth, Scope, Sighting};

#[tokio::test]
async fn the_whole_fleet_is_seen_and_what_cannot_be_read_hides_nothing() {
    let bench = Bench::start("quiet").await;
    let seen = bench.survey(Scope::default()).await;
    assert!(seen.instances.len() >= 14, "{} instances", seen.instances.len());
    assert!(seen.backups.len() >= 150, "{} backups", seen.backups.len());
    let addresses: BTreeSet<_> = seen.backups.iter().map(|it| it.blob.address.clone()).collect();
    assert_eq!(addresses.len(), seen.backups.len(), "each backup is told once");
    let grades: BTreeSet<_> = seen.backups.iter().map(|it| it.source.provenance).collect();
    assert!(grades.contains(&Provenance::Manifest) && grades.contains(&Provenance::Name), "{grades:?}");
    assert!(!seen.problems.is_empty(), "one subscription cannot be read");
    for problem in &seen.problems {
        println!("{problem}\n");
        assert!(problem.scope.is_some(), "{problem}");
    }
    assert!(matches!(seen.all.last(), Some(Sighting::Done { .. })));
    let passed = seen.all.iter().find_map(|it| match it {
        Sighting::Discovered { found, passed_over } => Some((*found, *passed_over)),
        _ => None,
    });
    println!(
        "{} instances, {} backups, discovered and passed over: {passed:?}",
        seen.instances.len(),
        seen.backups.len()
    );
    assert!(passed.unwrap().0 > 0);
}

#[tokio::test]
async fn configured_locations_come_first_and_alone_when_so_asked() {
    let bench = Bench::start("quiet").await;
    let location = |account: &str| ConfiguredLocation {
        location: Location::new(account, "apim"),
        listing: Listing::Auto,
    };
    let locations = vec![location("stcorebackup"), location("stnowhere")];
    let scope = Scope { locations, depth: Depth::Configured, ..Scope::default() };
    let seen = bench.survey(scope.clone()).await;
    let lain: BTreeSet<_> = seen.backups.iter().map(|it| it.blob.address.location.to_string()).collect();
    assert_eq!(lain, BTreeSet::from(["stcorebackup/apim".to_owned()]));
    assert!(seen.problems.iter().any(|it| it.scope.as_deref() == Some("stnowhere/apim")));

    let seen = bench.survey(Scope { depth: Depth::Discover, ..scope }).await;
    let mut listed = seen.all.iter().filter_map(|it| match it {
        Sighting::Listed(location) => Some(location.to_string()),
        _ => None,
    });
    assert_eq!(listed.next().as_deref(), Some("stcorebackup/apim"));
    assert!(listed.all(|it| it != "stcorebackup/apim"), "a container is listed once");
}

#[tokio::test]
async fn without_backups_storage_is_not_asked() {
    let bench = Bench::start("quiet").await;
    let seen = bench.survey(Scope { depth: Depth::Instances, ..Scope::default() }).await;
    assert!(seen.backups.is_empty() && !seen.instances.is_empty());
    let url = format!("{}/_sandbox/requests", bench.sandbox.base_url());
    let asked = reqwest::get(url).await.unwrap().text().await.unwrap();
    assert!(!asked.contains("comp=list") && !asked.contains("/containers"));
}

#[tokio::test]
async fn facts_come_one_by_one_each_with_source_and_time() {
    let bench = Bench::start("quiet").await;
    let backup = bench.newest_backup_of("apim-core-prod").await;
    let plan = Plan::Restore(RestorePlan {
        target: bench.instance("apim-core-dr").await.id,
        backup: backup.blob.address.clone(),
        access: Access::System,
        source: backup.source.clone(),
        taken: backup.taken,
    });
    let mut arrivals = 0;
    let facts = bench.engine.facts(&plan, Listing::Auto, |_| arrivals += 1).await;
    assert!(arrivals > 10, "{arrivals}");
    let now = (engine_support::clock())();
    let Fact::Known(instance) = &facts.instance else { panic!("{:?}", facts.instance) };
    assert_eq!(instance.source, "ARM GET apim-core-dr");
    assert!(now.duration_since(instance.read_at).as_secs() < 30);
    assert!(facts.workspaces.value().is_some(), "{:?}", facts.workspaces);
    assert!(facts.permissions.value().is_some(), "{:?}", facts.permissions);
    assert!(facts.account.value().is_some(), "{:?}", facts.account);
    assert!(facts.account_permissions.value().is_some(), "{:?}", facts.account_permissions);
    assert_eq!(facts.unfinished.value(), Some(&Vec::new()));
    // The manifest tells the source, so of all that a restore leaves to be done only the portal is asked for.
    assert!(
        facts.settings.value().is_some_and(|it| it.custom_hostnames().count() == 2),
        "{:?}",
        facts.settings
    );
    assert_eq!(facts.manifest.value().map(|it| it.version), Some(2));
    assert!(facts.source.settings.value().is_some() && facts.source.name == "apim-core-prod");
    assert!(facts.portal.value().is_some_and(|it| it.published.is_some()), "{:?}", facts.portal);
    assert_eq!((&facts.vault, &facts.network), (&Fact::NotAsked, &Fact::NotAsked));
    assert_eq!(facts.backup.value().unwrap().source, backup.source);
    let preflight = Preflight::run(&plan, &facts, now);
    for finding in &preflight.findings {
        println!("{:?} {}: {}", finding.verdict, finding.id(), finding.summary);
    }
    assert!(preflight.with(Verdict::Blocked).next().is_none());
}

#[tokio::test]
async fn what_cannot_be_read_is_unknown_with_the_reason() {
    let bench = Bench::start("quiet").await;
    let backup = bench.newest_backup_of("apim-core-prod").await;
    let mut plan = RestorePlan {
        target: bench.instance("apim-core-dr").await.id,
        backup: Location::new("stnowhere", "apim").at("x"),
        access: Access::System,
        source: backup.source,
        taken: backup.taken,
    };
    let facts = bench.engine.facts(&Plan::Restore(plan.clone()), Listing::Auto, |_| {}).await;
    let Fact::Unknown(unknown) = &facts.backup else { panic!("{:?}", facts.backup) };
    assert!(unknown.reason.to_string().contains("stnowhere"), "{}", unknown.reason);
    plan.backup = backup.blob.address.location.at("not there");
    let facts = bench.engine.facts(&Plan::Restore(plan), Listing::Auto, |_| {}).await;
    let Fact::Unknown(unknown) = &facts.backup else { panic!("{:?}", facts.backup) };
    assert!(unknown.reason.to_string().starts_with("not there"), "{}", unknown.reason);
}
