//! The wire against the pretend Azure: an independent reading of the same protocols.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should say where")]

mod azure_support;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use azure_support::{connection, operation};
use lifeboat::azure::listing::Listing;
use lifeboat::azure::polling::{Answer, Bounds, UnreadableKind, wait};
use lifeboat::azure::sending::Sent;
use lifeboat::azure::{Azure, WriteMode};
use lifeboat::domain::backup::Blob;
use lifeboat::domain::instance::Instance;
use lifeboat::domain::operation::Acceptation;
use lifeboat::domain::permission::{BACKUP, LIST_KEYS, RESTORE};
use lifeboat::domain::plan::{Access, BackupPlan, Plan};
use lifeboat::domain::problem::Problem;
use lifeboat::domain::storage::{BackupAddress, Location, StorageAccount};
use lifeboat::sandbox::{Options, Sandbox, start};

#[expect(
    clippy::disallowed_methods,
    reason = "signatures and tokens are checked against the clock of the sandbox"
)]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

async fn sandbox(scenario: &str) -> (Sandbox, Azure) {
    let options = Options { scenario: scenario.to_owned(), speed: 600.0, ..Options::default() };
    let sandbox = start(options).await.unwrap();
    let mut connection = connection(sandbox.base_url(), WriteMode::Guarded);
    connection.clock = Arc::new(now);
    (sandbox, Azure::connect(connection).unwrap())
}

async fn fleet(azure: &Azure) -> (Vec<Instance>, Vec<StorageAccount>, Vec<Problem>) {
    let subscriptions = azure.subscriptions().await.unwrap();
    let mut instances = Vec::new();
    let mut problems = azure.instances(&subscriptions, &mut |page| instances.extend(page)).await;
    let (accounts, more) = azure.storage_accounts(&subscriptions).await;
    problems.extend(more);
    (instances, accounts, problems)
}

/// Every blob of every container that lets us in, with the codes of those that do not.
async fn blobs(
    azure: &Azure,
    accounts: &[StorageAccount],
    how: Listing,
) -> (BTreeSet<BackupAddress>, Vec<String>) {
    let (mut found, mut refused) = (BTreeSet::new(), Vec::new());
    for account in accounts {
        for container in azure.containers(account).await.unwrap() {
            let mut page = |page: Vec<Blob>| found.extend(page.into_iter().map(|blob| blob.address));
            if let Err(error) = azure.blobs(account, &container, how, &mut page).await {
                refused.push(error.problem().code.unwrap_or_default());
            }
        }
    }
    (found, refused)
}

#[tokio::test]
async fn the_fleet_is_read_and_what_is_hidden_is_named() {
    let (_sandbox, azure) = sandbox("quiet").await;
    let (instances, accounts, problems) = fleet(&azure).await;
    assert!(instances.len() >= 14 && instances.iter().all(|it| it.sku.is_some()), "{}", instances.len());
    assert!(accounts.iter().all(|it| it.blob_endpoint.is_some()));
    assert!(
        !problems.is_empty() && problems.iter().all(|it| it.scope.as_deref().unwrap().contains("HR")),
        "{problems:?}"
    );
    let core = instances.iter().find(|it| it.name == "apim-core-prod").unwrap();
    assert_eq!(azure.instance(&core.id).await.unwrap().name, core.name);
    let permissions = azure.permissions(&core.id).await.unwrap();
    assert!(permissions.allow(RESTORE) && permissions.allow(BACKUP) && permissions.allow(LIST_KEYS));
    let geo = instances.iter().find(|it| it.name == "apim-geo-prod").unwrap();
    assert_eq!((azure.workspaces(&geo.id).await.unwrap(), azure.workspaces(&core.id).await.unwrap()), (3, 0));
    let stcore = accounts.iter().find(|it| it.name == "stcorebackup").unwrap();
    let principal = core.identity.system.as_deref().unwrap();
    let roles = azure.role_assignments(&stcore.id, principal).await.unwrap();
    assert!(roles.iter().any(|it| it.role == "ba92f5b4-2d11-453d-a403-e96b0029c9fe"), "{roles:?}");
}

#[tokio::test]
async fn ragged_pages_and_little_patience_lose_nothing() {
    let (_quiet, azure) = sandbox("quiet").await;
    let (_, accounts, _) = fleet(&azure).await;
    let (all, refused) = blobs(&azure, &accounts, Listing::Auto).await;
    assert!(all.len() >= 150, "{}", all.len());
    let codes: BTreeSet<&str> = refused.iter().map(String::as_str).collect();
    assert!(codes.contains("AuthorizationFailure"), "the firewall names itself: {codes:?}");
    let (_ragged, azure) = sandbox("ragged").await;
    let (_, accounts, _) = fleet(&azure).await;
    let (ragged, refused) = blobs(&azure, &accounts, Listing::Auto).await;
    assert_eq!(ragged.len(), all.len(), "{refused:?}");
    let (by_key, refused) = blobs(&azure, &accounts, Listing::Key).await;
    assert!(by_key.is_subset(&ragged) && !by_key.is_empty());
    assert!(
        refused
            .iter()
            .any(|code| code == "KeyBasedAuthenticationNotPermitted" || code == "AuthorizationFailed"),
        "{refused:?}"
    );
}

fn backup(instances: &[Instance]) -> Plan {
    let core = instances.iter().find(|it| it.name == "apim-core-prod").unwrap();
    let to = Location::new("stcorebackup", "apim").at("taken now/core+1.apimbackup");
    Plan::Backup(BackupPlan { instance: core.id.clone(), to, access: Access::System })
}

/// Polls as the engine would, six hundred times faster, until an answer ends it.
async fn follow(azure: &Azure, accepted: Acceptation) -> (Answer, Vec<UnreadableKind>) {
    let fast = Duration::from_millis(50);
    let bounds = Bounds { min: fast, max: Duration::from_millis(200), absent: fast, instance: fast };
    let (mut url, mut style, mut odd) = (accepted.operation_url, accepted.style, Vec::new());
    for _ in 0..200 {
        let after = match azure.poll(&url, style, azure.resource_manager(), operation()).await {
            Answer::Running(progress) => {
                url = progress.operation_url.unwrap_or(url);
                style = progress.style;
                progress.retry_after
            }
            Answer::Unreadable { kind, .. } => {
                odd.push(kind);
                None
            }
            ended => return (ended, odd),
        };
        tokio::time::sleep(wait(after, &bounds)).await;
    }
    panic!("it never ended: {odd:?}")
}

#[tokio::test]
async fn a_backup_is_taken_watched_and_written_down() {
    for (scenario, oddities) in [("quiet", false), ("poll-flaky", true)] {
        let (_sandbox, azure) = sandbox(scenario).await;
        let (instances, accounts, _) = fleet(&azure).await;
        let plan = backup(&instances);
        let sent = azure.start(&plan.request(azure.resource_manager()), None, operation()).await;
        let Sent::Accepted(accepted) = sent else { panic!("{sent:?}") };
        assert!(accepted.correlation_id.is_some() && accepted.retry_after.is_some());
        let (ended, odd) = follow(&azure, accepted).await;
        assert!(matches!(ended, Answer::Succeeded { .. }), "{scenario}: {ended:?}");
        assert_eq!(!odd.is_empty(), oddities, "{scenario}: {odd:?}");
        let stcore = accounts.iter().find(|it| it.name == "stcorebackup").unwrap();
        let blob = azure.blob(stcore, plan.address(), Listing::Auto).await.unwrap();
        assert!(blob.size.unwrap() > 0 && blob.etag.is_some());
        let manifest = plan.address().location.at("taken now/core+1.apimbackup.lifeboat.json");
        azure.write_blob(stcore, &manifest, Listing::Auto, b"{\"version\":1}".to_vec()).await.unwrap();
        let read = azure.read_blob(stcore, &manifest, Listing::Key, 1024).await.unwrap();
        assert_eq!(read, b"{\"version\":1}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_found_in_the_log_by_the_operations_id() {
    let (_sandbox, azure) = sandbox("lost-answer").await;
    let (instances, ..) = fleet(&azure).await;
    let plan = backup(&instances);
    let sent = azure.start(&plan.request(azure.resource_manager()), None, operation()).await;
    assert!(matches!(sent, Sent::Unconfirmed(_)), "{sent:?}");
    let since = now() - jiff::SignedDuration::from_mins(10);
    for _ in 0..100 {
        let events = azure.activity(plan.instance(), since, now()).await.unwrap();
        let ours = |id: &Option<String>| id.as_deref() == Some(operation().to_string().as_str());
        if events
            .iter()
            .any(|it| ours(&it.client_request_id) && it.status.is_some() && it.correlation_id.is_some())
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the log never showed it")
}

#[tokio::test]
async fn damaged_answers_are_problems_and_never_an_empty_fleet() {
    let (_sandbox, azure) = sandbox("garbled").await;
    let (instances, _, problems) = fleet(&azure).await;
    assert!(instances.len() >= 10, "{}", instances.len());
    assert!(problems.iter().all(|it| it.next.is_some() && it.scope.is_some()), "{problems:?}");
    let (_sandbox, azure) = sandbox("token-expiry").await;
    let (instances, ..) = fleet(&azure).await;
    assert!(instances.len() >= 14);
}
