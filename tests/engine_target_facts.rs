//! What is read of target, source and caller before a restore, over real HTTP: each fact arrives, what may not be read is
//! unknown and holds nothing else up, and what a rule forbids is what the pretend Azure refuses.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should say where")]

mod engine_support;

use std::sync::Arc;

use engine_support::{Bench, Meddler, Meddling, id};
use jiff::Timestamp;
use lifeboat::azure::listing::Listing;
use lifeboat::domain::approval::{Acceptance, NotApproved};
use lifeboat::domain::backup::{DateSource, Provenance};
use lifeboat::domain::deed::Doer;
use lifeboat::domain::fact::{Fact, Unreadable};
use lifeboat::domain::operation::Phase;
use lifeboat::domain::plan::{Access, BackupPlan, Plan, RestorePlan};
use lifeboat::domain::preflight::{Facts, Finding, Preflight};
use lifeboat::domain::session::Renewal;
use lifeboat::domain::sku::Tier;
use lifeboat::domain::verdict::Verdict;
use lifeboat::engine::Report;
use lifeboat::engine::survey::{ConfiguredLocation, Depth, Scope};
use serde_json::Value;

fn now() -> Timestamp {
    (engine_support::clock())()
}

/// A restore of the newest backup of an instance.
async fn restore(bench: &Bench, source: &str, target: &str) -> RestorePlan {
    let seen = bench.survey(Scope::default()).await;
    let of = |it: &&lifeboat::domain::backup::Backup| it.source.instance.as_deref() == Some(source);
    let newest = seen.backups.iter().filter(of).max_by_key(|it| it.taken.map(|taken| taken.at));
    let newest = newest.unwrap_or_else(|| panic!("no backup of {source}"));
    plan(bench, newest.clone(), target).await
}

async fn plan(bench: &Bench, backup: lifeboat::domain::backup::Backup, target: &str) -> RestorePlan {
    RestorePlan {
        target: bench.instance(target).await.id,
        backup: backup.blob.address.clone(),
        access: Access::System,
        source: backup.source,
        taken: backup.taken,
    }
}

/// The newest backup of a container of which nothing tells where it came from.
async fn stray(bench: &Bench, account: &str, container: &str) -> lifeboat::domain::backup::Backup {
    let location = lifeboat::domain::storage::Location::new(account, container);
    let locations = vec![ConfiguredLocation { location, listing: Listing::Auto }];
    let seen = bench.survey(Scope { locations, depth: Depth::Configured, ..Scope::default() }).await;
    seen.backups.into_iter().max_by_key(|it| it.taken.map(|taken| taken.at)).unwrap()
}

async fn judged(bench: &Bench, plan: &RestorePlan) -> (Facts, Preflight) {
    let plan = Plan::Restore(plan.clone());
    let facts = bench.engine.facts(&plan, Listing::Auto, |_| {}).await;
    let preflight = Preflight::run(&plan, &facts, now());
    for finding in &preflight.findings {
        println!("{:?} {}: {}", finding.verdict, finding.id(), finding.summary);
    }
    (facts, preflight)
}

fn finding<'a>(preflight: &'a Preflight, id: &str) -> &'a Finding {
    preflight.findings.iter().find(|it| it.id() == id).unwrap_or_else(|| panic!("no finding {id}"))
}

fn answers(preflight: &Preflight, expected: &[(&str, Verdict)]) {
    for (id, verdict) in expected {
        let found = finding(preflight, id);
        assert_eq!(found.verdict, *verdict, "{id}: {}", found.summary);
    }
}

fn reasons(preflight: &Preflight) -> Vec<Acceptance> {
    preflight
        .to_accept()
        .map(|it| Acceptance { finding: it.id().to_owned(), reason: "a test".into() })
        .collect()
}

async fn asked(bench: &Bench, part: &str) -> usize {
    let requests = bench.behind_the_scenes("requests").await;
    let is_it = |it: &&Value| it["path"].as_str().is_some_and(|path| path.to_lowercase().contains(part));
    requests["requests"].as_array().unwrap().iter().filter(is_it).count()
}

#[tokio::test]
async fn a_fresh_restore_into_the_quiet_standby_is_fine_and_costs_three_more_requests() {
    let bench = Bench::start("quiet").await;
    let plan = restore(&bench, "apim-core-prod", "apim-core-dr").await;
    let parts = ["eventtypes", "/locks", "/metrics", "microsoft.resourcegraph", "/subscriptions?"];
    let mut before = Vec::new();
    for part in parts {
        before.push(asked(&bench, part).await);
    }
    let (facts, preflight) = judged(&bench, &plan).await;
    let mut more = Vec::new();
    for (part, before) in parts.iter().zip(before) {
        more.push(asked(&bench, part).await - before);
    }
    // Target and source are in one subscription, so its log is read once; the manifest tells the tier.
    assert_eq!(more, [1, 1, 1, 0, 0], "{parts:?}");
    assert_eq!(preflight.verdict(), Verdict::Ok);
    assert!(preflight.findings.iter().all(|it| it.verdict == Verdict::Ok));

    let session = facts.session.value().unwrap();
    assert_eq!((session.via.as_str(), session.renewal), ("environment", Renewal::Assured));
    assert_eq!(facts.usual.value(), Some(&None));
    let locks = facts.locks.value().unwrap();
    assert!(locks.standing.is_empty() && locks.unseen.is_none(), "{locks:?}");
    assert_eq!(facts.traffic.value().unwrap().requests, 0);
    assert_eq!(facts.platform_then.value().map(String::as_str), Some("stv2.1"));
    let (log, source_log) = (facts.log.value().unwrap(), facts.source_log.value().unwrap());
    let taken = facts.backup.value().unwrap().taken.unwrap().at;
    assert!(log.covers(taken) && source_log.covers(taken));
    let own = |it: &lifeboat::domain::deed::Deed| it.is_on(&plan.target);
    assert!(log.deeds.iter().all(own), "{:?}", log.deeds);
    assert!(source_log.deeds.iter().any(|it| it.transfer().is_some()), "its own backup is in it");
    assert_eq!(facts.tier_changes, Fact::NotAsked);
}

#[tokio::test]
async fn a_backup_that_only_its_name_tells_of_is_found_in_the_log_with_all_that_came_after_it() {
    let bench = Bench::start("quiet").await;
    let plan = restore(&bench, "apim-auth-prod", "apim-auth-dr").await;
    assert_eq!(plan.source.provenance, Provenance::Name);
    let (facts, preflight) = judged(&bench, &plan).await;
    let backup = facts.backup.value().unwrap();
    assert_eq!(backup.source.provenance, Provenance::ActivityLog);
    assert_eq!(backup.source.instance.as_deref(), Some("apim-auth-prod"));
    // The minute of the name is older than the second in which the log has it.
    assert_eq!(backup.taken.unwrap().by, DateSource::Name);
    assert_eq!(facts.tier_changes.value().map(Vec::len), Some(0));
    answers(
        &preflight,
        &[
            ("tier-equal", Verdict::Warn),
            ("platform-equal", Verdict::Unknown),
            ("target-changed", Verdict::Warn),
            ("writes-lost", Verdict::Warn),
            ("traffic", Verdict::Ok),
        ],
    );
    let words = &finding(&preflight, "tier-equal").summary;
    assert!(words.contains("no change of the tier since the backup"), "{words}");
    let lost = finding(&preflight, "writes-lost");
    assert_eq!(
        lost.summary,
        "5 changes (apis 2, namedValues 1, policies 1, …) of apim-auth-prod, newer than the backup, would be lost"
    );
    let last = lost.evidence.iter().find(|it| it.name == "last change").unwrap();
    assert!(last.value.as_deref().unwrap().contains("support@contoso.example"), "{last:?}");
    let changed = &finding(&preflight, "target-changed").summary;
    assert!(changed.starts_with("1 change (namedValues 1)"), "{changed}");
}

#[tokio::test]
async fn what_is_under_way_and_what_is_in_use_is_said() {
    let bench = Bench::start("quiet").await;
    let mobile = restore(&bench, "apim-mobile-prod", "apim-mobile-dr").await;
    let (_, preflight) = judged(&bench, &mobile).await;
    answers(&preflight, &[("in-flight", Verdict::Warn), ("traffic", Verdict::Ok)]);
    assert!(finding(&preflight, "in-flight").summary.starts_with("sp-deploy began a write of its settings"));

    let backwards = RestorePlan { target: bench.instance("apim-mobile-prod").await.id, ..mobile };
    let (facts, preflight) = judged(&bench, &backwards).await;
    answers(&preflight, &[("traffic", Verdict::Warn), ("in-flight", Verdict::Ok)]);
    // Five to six of the last eight minutes are counted.
    let requests = facts.traffic.value().unwrap().requests;
    assert!((5 * 280..=7 * 280).contains(&requests), "{requests}");

    let locked = RestorePlan { target: bench.instance("apim-core-dr2").await.id, ..backwards };
    let (_, preflight) = judged(&bench, &locked).await;
    answers(&preflight, &[("locks", Verdict::Warn)]);
    assert!(finding(&preflight, "locks").summary.contains("do-not-touch"));
    let kept = RestorePlan { target: bench.instance("apim-core-prod").await.id, ..locked };
    answers(&judged(&bench, &kept).await.1, &[("locks", Verdict::Ok)]);
}

#[tokio::test]
async fn a_backup_is_told_of_locks_and_of_what_is_under_way_too() {
    let bench = Bench::start("quiet").await;
    let instance = bench.instance("apim-mobile-dr").await.id;
    let to = "stmobilebackup/apim/of-ours".parse().unwrap();
    let plan = Plan::Backup(BackupPlan { instance, to, access: Access::System });
    let facts = bench.engine.facts(&plan, Listing::Auto, |_| {}).await;
    let preflight = Preflight::run(&plan, &facts, now());
    answers(
        &preflight,
        &[
            ("sign-in", Verdict::Ok),
            ("locks", Verdict::Ok),
            ("api-version", Verdict::Ok),
            ("in-flight", Verdict::Warn),
        ],
    );
    assert!(preflight.findings.iter().all(|it| it.id() != "traffic" && it.id() != "writes-lost"));
    assert_eq!((&facts.traffic, &facts.source_log), (&Fact::NotAsked, &Fact::NotAsked));
}

#[tokio::test]
async fn what_ours_took_is_what_the_next_one_may_take() {
    let bench = Bench::start("quiet").await;
    let plan = restore(&bench, "apim-core-prod", "apim-core-dr").await;
    for number in 1..=5 {
        let (facts, preflight) = judged(&bench, &plan).await;
        let runs = facts.usual.value().unwrap().map_or(0, |it| it.runs);
        assert_eq!(runs + 1, usize::try_from(number).unwrap());
        let approved = plan.clone().approve(&preflight, "apim-core-dr", &reasons(&preflight), now()).unwrap();
        let (operation, _) = bench.run(approved, id(number)).await;
        assert_eq!(operation.phase, Phase::Succeeded);
    }
    let (facts, preflight) = judged(&bench, &plan).await;
    let usual = facts.usual.value().unwrap().unwrap();
    assert!(usual.runs == 5 && usual.p95.is_positive() && usual.p95.as_secs() < 60, "{usual}");
    answers(&preflight, &[("in-flight", Verdict::Ok), ("target-changed", Verdict::Ok)]);
    let ours = facts.log.value().unwrap().deeds.iter().filter(|it| it.doer == Doer::Us).count();
    assert_eq!(ours, 5);
}

#[tokio::test]
async fn what_is_ours_is_under_way_for_us_and_somebody_elses_for_others() {
    let bench = Bench::paced("quiet", 30.0, engine_support::bounds()).await;
    let plan = restore(&bench, "apim-core-prod", "apim-core-dr").await;
    let (_, preflight) = judged(&bench, &plan).await;
    let approved = plan.clone().approve(&preflight, "apim-core-dr", &reasons(&preflight), now()).unwrap();
    let (reports, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let engine = bench.engine.clone();
    let running = tokio::spawn(async move { engine.run(approved, id(1), None, reports).await });
    let is_accepted =
        |report: &Report| matches!(report, Report::Operation(it, ..) if it.phase == Phase::Accepted);
    while !is_accepted(&heard.recv().await.unwrap()) {}
    // The journal says that it runs; the log, that nobody else is at it.
    let (_, preflight) = judged(&bench, &plan).await;
    answers(&preflight, &[("unfinished", Verdict::Blocked), ("in-flight", Verdict::Ok)]);
    // Before another disk it is somebody else's.
    let elsewhere = tempfile::tempdir().unwrap();
    let plan = Plan::Restore(plan);
    let colleague = bench.colleague(elsewhere.path());
    let look = async || Preflight::run(&plan, &colleague.facts(&plan, Listing::Auto, |_| {}).await, now());
    let mut preflight = look().await;
    // The log tells of it a little later.
    for _ in 0..50 {
        if finding(&preflight, "in-flight").verdict != Verdict::Ok {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        preflight = look().await;
    }
    answers(&preflight, &[("in-flight", Verdict::Warn), ("unfinished", Verdict::Ok)]);
    running.abort();
}

/// Refuses every reading whose path holds one of these.
fn closed(parts: &'static [&'static str]) -> Meddler {
    let words =
        r#"{"error":{"code":"AuthorizationFailed","message":"The client does not have authorization."}}"#;
    Arc::new(move |_, path| {
        let is_closed = parts.iter().any(|part| path.contains(part));
        is_closed.then(|| Meddling::Instead(403, Vec::new(), words.to_owned()))
    })
}

#[tokio::test]
async fn what_may_not_be_read_is_unknown_names_the_right_and_holds_nothing_up() {
    let bench = Bench::behind(closed(&["/locks", "/metrics", "/eventtypes/"])).await;
    let plan = restore(&bench, "apim-core-prod", "apim-core-dr").await;
    let (facts, preflight) = judged(&bench, &plan).await;
    let unknown = [
        ("locks", "Microsoft.Authorization/locks/read"),
        ("traffic", "Microsoft.Insights/metrics/read"),
        ("in-flight", "Microsoft.Insights/eventtypes/values/read"),
        ("target-changed", "Microsoft.Insights/eventtypes/values/read"),
        ("writes-lost", "Microsoft.Insights/eventtypes/values/read"),
    ];
    for (id, right) in unknown {
        let found = finding(&preflight, id);
        assert_eq!(found.verdict, Verdict::Unknown, "{id}: {}", found.summary);
        assert!(found.remedy.as_ref().unwrap().advice.contains(right), "{id}: {:?}", found.remedy);
    }
    assert_eq!(preflight.with(Verdict::Unknown).count(), unknown.len());
    assert_eq!(preflight.with(Verdict::Ok).count(), preflight.findings.len() - unknown.len());
    assert!(facts.instance.value().is_some() && facts.backup.value().is_some());

    // Of the locks, those of the group are seen where those of the subscription may not be.
    let only_subscription: Meddler = Arc::new(|_, path| {
        let is_it =
            path.ends_with("/providers/microsoft.authorization/locks") && !path.contains("resourcegroups");
        is_it.then(|| {
            Meddling::Instead(
                403,
                Vec::new(),
                r#"{"error":{"code":"AuthorizationFailed","message":"no"}}"#.into(),
            )
        })
    });
    let bench = Bench::behind(only_subscription).await;
    let plan = restore(&bench, "apim-core-prod", "apim-core-dr").await;
    answers(&judged(&bench, &plan).await.1, &[("locks", Verdict::Unknown)]);
    let locked = RestorePlan { target: bench.instance("apim-core-dr2").await.id, ..plan };
    answers(&judged(&bench, &locked).await.1, &[("locks", Verdict::Warn)]);
}

#[tokio::test]
async fn a_source_that_nobody_knows_makes_the_loss_unknown() {
    let bench = Bench::behind(closed(&["/eventtypes/"])).await;
    let opaque = stray(&bench, "stsharedbackup", "search").await;
    assert_eq!(opaque.source.provenance, Provenance::Unknown);
    let hidden = plan(&bench, opaque.clone(), "apim-search-dr").await;
    let (facts, preflight) = judged(&bench, &hidden).await;
    assert!(
        matches!(&facts.source_log, Fact::Unknown(it) if matches!(it.reason, Unreadable::NotRecorded(_)))
    );
    let lost = finding(&preflight, "writes-lost");
    assert_eq!(lost.verdict, Verdict::Unknown);
    assert!(lost.summary.contains("where the backup came from is not known"), "{}", lost.summary);
    answers(&preflight, &[("tier-equal", Verdict::Unknown)]);

    // With the log its source is found, although nothing in its name tells it.
    let bench = Bench::start("quiet").await;
    let opaque = plan(&bench, stray(&bench, "stsharedbackup", "search").await, "apim-search-dr").await;
    let (facts, preflight) = judged(&bench, &opaque).await;
    let source = &facts.backup.value().unwrap().source;
    assert_eq!(
        (source.instance.as_deref(), source.provenance),
        (Some("apim-search-prod"), Provenance::ActivityLog)
    );
    answers(&preflight, &[("tier-equal", Verdict::Warn), ("writes-lost", Verdict::Ok)]);
}

/// The rule and the pretend Azure say the same, each for its own reason: one reads Resource Graph, the other knows what
/// is in the backup.
#[tokio::test]
async fn a_tier_that_was_changed_since_is_blocked_and_what_was_hidden_fails_as_foretold() {
    let bench = Bench::start("tier-changed").await;
    let told = plan(&bench, stray(&bench, "stcorebackup", "apim").await, "apim-core-dr").await;
    let (facts, preflight) = judged(&bench, &told).await;
    assert_eq!(facts.backup.value().unwrap().source.provenance, Provenance::ActivityLog);
    assert_eq!(facts.tier_changes.value().unwrap()[0].from, Some(Tier::Standard));
    let blocked = finding(&preflight, "tier-equal");
    assert_eq!(blocked.verdict, Verdict::Blocked, "{}", blocked.summary);
    let advice = &blocked.remedy.as_ref().unwrap().advice;
    let (_, foretold) = advice.split_once("Azure would answer: ").unwrap();
    let gate = told.clone().approve(&preflight, "apim-core-dr", &reasons(&preflight), now());
    assert!(matches!(gate, Err(NotApproved::Blocked(_))), "{gate:?}");

    let hidden = Bench::in_scenario_behind("tier-changed", closed(&["microsoft.resourcegraph"])).await;
    let plan = plan(&hidden, stray(&hidden, "stcorebackup", "apim").await, "apim-core-dr").await;
    let (facts, preflight) = judged(&hidden, &plan).await;
    assert!(matches!(facts.tier_changes, Fact::Unknown(_)), "{:?}", facts.tier_changes);
    answers(&preflight, &[("tier-equal", Verdict::Warn)]);
    let approved = plan.approve(&preflight, "apim-core-dr", &reasons(&preflight), now()).unwrap();
    let (operation, _) = hidden.run(approved, id(1)).await;
    assert_eq!(operation.phase, Phase::Failed);
    assert_eq!(operation.problem.unwrap().server_message.as_deref(), Some(foretold));
    assert_eq!(hidden.posts().await.len(), 1);
}

#[tokio::test]
async fn an_instance_pinned_to_newer_versions_is_blocked_and_refuses_where_that_was_hidden() {
    let bench = Bench::start("api-pinned").await;
    let plan = restore(&bench, "apim-core-prod", "apim-core-dr").await;
    let (_, preflight) = judged(&bench, &plan).await;
    let blocked = finding(&preflight, "api-version");
    assert_eq!(blocked.verdict, Verdict::Blocked, "{}", blocked.summary);
    assert!(blocked.remedy.as_ref().unwrap().command.as_deref().unwrap().contains("--method patch"));

    let told = r#""apiVersionConstraint":{"minApiVersion":"2025-03-01-preview"},"#;
    let silent: Meddler = Arc::new(move |method, path| {
        let is_reading = method == "GET" && path.ends_with("/service/apim-core-dr");
        is_reading.then_some(Meddling::Saying(told, ""))
    });
    let hidden = Bench::in_scenario_behind("api-pinned", silent).await;
    let plan = restore(&hidden, "apim-core-prod", "apim-core-dr").await;
    let (_, preflight) = judged(&hidden, &plan).await;
    answers(&preflight, &[("api-version", Verdict::Unknown)]);
    let approved = plan.approve(&preflight, "apim-core-dr", &reasons(&preflight), now()).unwrap();
    let (operation, _) = hidden.run(approved, id(1)).await;
    assert_eq!(operation.phase, Phase::Refused);
    let words = operation.problem.unwrap().server_message.unwrap();
    assert!(words.contains("accepts '2025-03-01-preview' and newer"), "{words}");
    assert_eq!(hidden.posts().await.len(), 1);
}
