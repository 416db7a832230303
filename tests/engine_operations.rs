//! Operations over real HTTP against the pretend Azure: whatever goes wrong, one POST and the right word at the end.

mod engine_support;

use std::fs;

use engine_support::{Bench, drain, id, stands, told};
use lifeboat::azure::listing::Listing;
use lifeboat::domain::backup::Provenance;
use lifeboat::domain::operation::{Operation, OperationEvent, Phase};
use lifeboat::domain::plan::Access;
use lifeboat::domain::pulse::Beat;
use lifeboat::domain::storage::Location;
use lifeboat::engine::survey::{ConfiguredLocation, Depth, Scope};
use lifeboat::engine::{Outcome, Report};
use tokio::sync::mpsc::unbounded_channel;

const SOURCE: &str = "apim-core-prod";
const STANDBY: &str = "apim-core-dr";

#[tokio::test]
async fn a_restore_goes_from_plan_to_verdict_with_one_post() {
    let bench = Bench::start("quiet").await;
    let approved = bench.approve_restore(SOURCE, STANDBY, Access::System).await;
    let (operation, reports) = bench.run(approved, id(1)).await;
    assert_eq!(operation.phase, Phase::Succeeded, "{:?}", operation.problem);
    assert_eq!(told(&reports), ["planned", "submitting", "accepted", "polled", "succeeded"]);
    let posts = bench.posts().await;
    assert_eq!(posts.len(), 1);
    assert_eq!(posts[0]["clientRequestId"], id(1).to_string());
    bench.assert_replays(&operation);
    let reads = |report: &&Report| matches!(report, Report::Pulse(it) if matches!(it.beat, Beat::InstanceRead { .. }));
    assert!(reports.iter().filter(reads).count() > 0, "the instance is read between polls");
}

#[tokio::test]
async fn a_key_is_used_and_written_nowhere() {
    let bench = Bench::start("quiet").await;
    let approved = bench.approve_restore(SOURCE, STANDBY, Access::Key).await;
    let (operation, _) = bench.run(approved, id(1)).await;
    assert_eq!(operation.phase, Phase::Succeeded, "{:?}", operation.problem);
    let url = format!("{}/_sandbox/requests", bench.sandbox.base_url());
    let asked = reqwest::get(url).await.unwrap().text().await.unwrap().to_lowercase();
    assert!(asked.contains("/listkeys"));
    let file = fs::read_to_string(bench.journal.read(id(1)).unwrap().path).unwrap();
    assert!(!file.contains("accessKey\"") && !file.contains("=="), "{file}");
}

#[tokio::test]
async fn a_backup_leaves_a_manifest_that_the_next_survey_believes() {
    let bench = Bench::start("quiet").await;
    let approved = bench.approve_backup(SOURCE, "stcorebackup/apim/of-ours", Access::System).await;
    let (operation, reports) = bench.run(approved, id(1)).await;
    assert_eq!(operation.phase, Phase::Succeeded, "{:?}", operation.problem);
    assert_eq!(told(&reports).last(), Some(&"manifestWritten"), "{reports:#?}");
    bench.assert_replays(&operation);
    let seen = bench.survey(Scope::default()).await;
    let backup = seen.backups.iter().find(|it| it.blob.address.name == "of-ours").unwrap();
    assert_eq!(backup.source.provenance, Provenance::Manifest);
    assert_eq!(backup.source.instance.as_deref(), Some(SOURCE));
    assert!(!seen.backups.iter().any(|it| it.blob.address.name.ends_with(".lifeboat.json")));
}

#[tokio::test]
async fn a_lost_answer_is_unknown_until_the_activity_log_tells() {
    let bench = Bench::start("lost-answer").await;
    let approved = bench.approve_restore(SOURCE, STANDBY, Access::System).await;
    let (operation, reports) = bench.run(approved, id(1)).await;
    assert_eq!(operation.phase, Phase::Succeeded, "{:?}", operation.problem);
    let told = told(&reports);
    assert_eq!(told[..3], ["planned", "submitting", "unconfirmed"], "{told:?}");
    assert_eq!(bench.posts().await.len(), 1);
    bench.assert_replays(&operation);
}

#[tokio::test]
async fn a_lost_answer_of_a_backup_is_settled_too() {
    let bench = Bench::start("lost-answer").await;
    let approved = bench.approve_backup(SOURCE, "stcorebackup/apim/of-ours", Access::System).await;
    let (operation, reports) = bench.run(approved, id(1)).await;
    assert_eq!(operation.phase, Phase::Succeeded, "{:?}", operation.problem);
    assert!(told(&reports).contains(&"unconfirmed"));
    assert_eq!(bench.posts().await.len(), 1);
}

#[tokio::test]
async fn a_forbidden_address_is_unreadable_and_never_failed() {
    let bench = Bench::start("poll-forbidden").await;
    let approved = bench.approve_restore(SOURCE, STANDBY, Access::System).await;
    let (operation, reports) = bench.run(approved, id(1)).await;
    assert_eq!(operation.phase, Phase::Succeeded, "{:?}", operation.problem);
    let told = told(&reports);
    assert!(told.contains(&"untracked") && !told.contains(&"failed"), "{told:?}");
    assert_eq!(bench.posts().await.len(), 1);
    bench.assert_replays(&operation);
}

#[tokio::test]
async fn an_address_that_stumbles_is_asked_again() {
    let bench = Bench::start("poll-flaky").await;
    let approved = bench.approve_restore(SOURCE, STANDBY, Access::System).await;
    let (operation, reports) = bench.run(approved, id(1)).await;
    assert_eq!(operation.phase, Phase::Succeeded, "{:?}", operation.problem);
    assert_eq!(told(&reports), ["planned", "submitting", "accepted", "polled", "succeeded"]);
    assert!(operation.polls >= 4, "{} polls", operation.polls);
    assert_eq!(bench.posts().await.len(), 1);
    bench.assert_replays(&operation);
}

#[tokio::test]
async fn a_failure_arrives_word_for_word() {
    let bench = Bench::start("tier-mismatch").await;
    let location = Location::new("stcorebackup", "apim");
    let locations = vec![ConfiguredLocation { location, listing: Listing::Auto }];
    let seen = bench.survey(Scope { locations, depth: Depth::Configured, ..Scope::default() }).await;
    let newest = seen.backups.into_iter().max_by_key(|it| it.taken.map(|taken| taken.at)).unwrap();
    assert_eq!(newest.source.provenance, Provenance::Unknown, "nothing tells of which tier it is");
    let approved = bench.approve_restore_of(newest, STANDBY, Access::System).await;
    let (operation, _) = bench.run(approved, id(1)).await;
    assert_eq!(operation.phase, Phase::Failed);
    let problem = operation.problem.clone().unwrap();
    let words = problem.server_message.unwrap();
    assert!(words.starts_with("Cannot restore: current SKU is '"), "{words}");
    assert_eq!(bench.posts().await.len(), 1);
    bench.assert_replays(&operation);
}

#[tokio::test]
async fn a_busy_instance_refuses_and_is_not_asked_twice() {
    let bench = Bench::start("quiet").await;
    let first = bench.approve_restore(SOURCE, STANDBY, Access::System).await;
    let second = first.clone();
    let (reports, mut heard) = unbounded_channel();
    let engine = bench.engine.clone();
    let running = tokio::spawn(async move { engine.run(first, id(1), None, reports).await });
    until(&mut heard, Phase::Accepted).await;
    let (reports, _) = unbounded_channel();
    let elsewhere = tempfile::tempdir().unwrap();
    let operation = stands(bench.colleague(elsewhere.path()).run(second, id(2), None, reports).await);
    assert_eq!(operation.phase, Phase::Refused);
    assert_eq!(operation.problem.clone().unwrap().code.as_deref(), Some("ServiceLocked"));
    assert_eq!(stands(running.await.unwrap()).phase, Phase::Succeeded);
    assert_eq!(bench.posts().await.len(), 2, "one an operation");
}

#[tokio::test]
async fn a_second_operation_on_an_instance_is_not_sent_while_ours_is_open() {
    let bench = Bench::start("quiet").await;
    let first = bench.approve_restore(SOURCE, STANDBY, Access::System).await;
    let second = first.clone();
    let (reports, mut heard) = unbounded_channel();
    let engine = bench.engine.clone();
    let running = tokio::spawn(async move { engine.run(first, id(1), None, reports).await });
    until(&mut heard, Phase::Accepted).await;
    let (operation, told_of) = bench.run(second, id(2)).await;
    assert_eq!(operation.phase, Phase::NotSent);
    let problem = operation.problem.unwrap();
    assert!(problem.summary.contains(&id(1).to_string()), "{problem}");
    assert_eq!(told(&told_of), ["notSent"]);
    assert_eq!(stands(running.await.unwrap()).phase, Phase::Succeeded);
    assert_eq!(bench.posts().await.len(), 1);
    let third = bench.approve_restore(SOURCE, STANDBY, Access::System).await;
    assert_eq!(bench.run(third, id(3)).await.0.phase, Phase::Succeeded);
}

/// Nothing may ever tell whether Azure took it. Whoever knows of it and says why may begin another.
#[tokio::test]
async fn an_unknown_outcome_is_set_aside_by_whoever_knows_of_it() {
    let bench = Bench::start("quiet").await;
    let unaware = bench.approve_restore(SOURCE, STANDBY, Access::System).await;
    let at = (engine_support::clock())();
    let intent = Operation::intend(id(1), &unaware, bench.sandbox.base_url(), None);
    let mut file = bench.journal.create(intent, at).unwrap();
    file.append(at, &OperationEvent::Submitting).unwrap();
    let lost = lifeboat::domain::problem::Problem::new("the answer was lost");
    file.append(at, &OperationEvent::Unconfirmed { problem: lost }).unwrap();
    drop(file);

    assert_eq!(bench.run(unaware, id(2)).await.0.phase, Phase::NotSent);
    let aware = bench.approve_restore(SOURCE, STANDBY, Access::System).await;
    assert_eq!(aware.despite(), [id(1)]);
    let reason = aware.accepted().iter().find(|it| it.finding == "unfinished").unwrap();
    assert_eq!(reason.reason, "a test");
    let (operation, _) = bench.run(aware, id(3)).await;
    assert_eq!(operation.phase, Phase::Succeeded, "{:?}", operation.problem);
    bench.assert_replays(&operation);
    assert_eq!(bench.posts().await.len(), 1);
}

#[tokio::test]
async fn a_console_killed_after_the_202_finds_its_operation_again() {
    let mut bench = Bench::start("quiet").await;
    let approved = bench.approve_restore(SOURCE, STANDBY, Access::System).await;
    let (reports, mut heard) = unbounded_channel();
    let engine = bench.engine.clone();
    let running = tokio::spawn(async move { engine.run(approved, id(1), None, reports).await });
    until(&mut heard, Phase::Accepted).await;

    let (outcome, _) = bench.resume(id(1)).await;
    let Outcome::NotTaken(problem) = outcome else { panic!("two drivers") };
    assert!(problem.summary.contains("driven by pid"), "{problem}");

    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    bench.start_again();
    let unfinished = bench.engine.unfinished();
    assert_eq!(unfinished.iter().map(Operation::id).collect::<Vec<_>>(), [id(1)]);
    let (outcome, reports) = bench.resume(id(1)).await;
    let operation = stands(outcome);
    assert_eq!(operation.phase, Phase::Succeeded);
    assert_eq!(told(&reports).last(), Some(&"succeeded"));
    assert_eq!(bench.posts().await.len(), 1);
    assert!(bench.engine.unfinished().is_empty());
    bench.assert_replays(&operation);
    let (outcome, reports) = bench.resume(id(1)).await;
    assert_eq!(
        (stands(outcome), reports),
        (operation.clone(), Vec::new()),
        "what has ended is left as it is"
    );
    bench.assert_replays(&operation);
}

#[tokio::test]
async fn what_a_crash_left_open_is_said_as_it_is() {
    let bench = Bench::start("quiet").await;
    let approved = bench.approve_restore(SOURCE, STANDBY, Access::System).await;
    let at = (engine_support::clock())();
    let write = |n, submitting: bool| {
        let intent = Operation::intend(id(n), &approved, bench.sandbox.base_url(), None);
        // The second stays UNKNOWN; somebody wants the third all the same.
        let mut file = bench.journal.begin(intent, &[id(2)], at).unwrap();
        if submitting {
            file.append(at, &OperationEvent::Submitting).unwrap();
        }
        file.path().to_owned()
    };
    write(1, false);
    let operation = stands(bench.resume(id(1)).await.0);
    assert_eq!(operation.phase, Phase::NotSent);
    assert!(operation.problem.unwrap().summary.contains("never sent"));

    write(2, true);
    let (outcome, reports) = bench.resume(id(2)).await;
    assert_eq!(stands(outcome).phase, Phase::Unconfirmed, "nothing tells, so nothing is said");
    assert_eq!(told(&reports), ["unconfirmed", "noted"]);

    // The record that said "submitting" is damaged: it may have been sent.
    let path = write(3, true);
    let mut bytes = fs::read(&path).unwrap();
    let last = bytes.len() - 30;
    bytes[last] ^= 1;
    fs::write(&path, bytes).unwrap();
    let operation = stands(bench.resume(id(3)).await.0);
    assert_eq!(operation.phase, Phase::Unconfirmed);
    assert!(operation.problem.unwrap().meaning.unwrap().contains("damaged"));
    assert_eq!(bench.posts().await.len(), 0, "resuming sends nothing");
}

#[tokio::test]
async fn without_a_record_on_disk_nothing_is_sent() {
    let bench = Bench::start("quiet").await;
    let approved = bench.approve_restore(SOURCE, STANDBY, Access::System).await;
    fs::remove_dir_all(bench.journal.folder()).unwrap();
    let (operation, reports) = bench.run(approved, id(1)).await;
    assert_eq!(operation.phase, Phase::NotSent);
    assert!(operation.problem.unwrap().summary.contains("journal cannot be written"));
    assert_eq!(told(&reports), ["notSent"]);
    assert_eq!(bench.posts().await.len(), 0);
}

#[tokio::test]
async fn what_never_left_is_not_sent_and_can_be_said_so() {
    let bench = Bench::start("quiet").await;
    let approved = bench.approve_restore(SOURCE, STANDBY, Access::System).await;
    let Bench { sandbox, journal, engine, state: _state } = bench;
    sandbox.stop().await;
    let (reports, mut heard) = unbounded_channel();
    let operation = stands(engine.run(approved, id(1), None, reports).await);
    assert_eq!(operation.phase, Phase::NotSent, "{:?}", operation.problem);
    assert_eq!(told(&drain(&mut heard)), ["planned", "submitting", "notSent"]);
    assert_eq!(journal.read(id(1)).unwrap().operation.phase, Phase::NotSent);
}

#[tokio::test]
async fn an_operation_of_another_cloud_is_left_alone() {
    let here = Bench::start("quiet").await;
    let there = Bench::start("quiet").await;
    let approved = there.approve_restore(SOURCE, STANDBY, Access::System).await;
    let intent = Operation::intend(id(1), &approved, there.sandbox.base_url(), None);
    let mut file = there.journal.create(intent, (engine_support::clock())()).unwrap();
    file.append((engine_support::clock())(), &OperationEvent::Submitting).unwrap();
    let parcel = there.state.path().join("parcel");
    fs::write(&parcel, there.journal.export(id(1)).unwrap()).unwrap();
    here.journal.import(&parcel).unwrap();
    let Outcome::NotTaken(problem) = here.resume(id(1)).await.0 else { panic!("a stranger was taken") };
    assert!(problem.summary.contains("was started at"), "{problem}");
    assert!(here.engine.unfinished().is_empty());
}

/// Waits until the operation is told to be in this phase.
#[expect(clippy::panic, reason = "a test that waits in vain should say so")]
async fn until(heard: &mut tokio::sync::mpsc::UnboundedReceiver<Report>, phase: Phase) {
    while let Some(report) = heard.recv().await {
        if matches!(report, Report::Operation(operation, _, _) if operation.phase == phase) {
            return;
        }
    }
    panic!("it never came to {phase:?}");
}
