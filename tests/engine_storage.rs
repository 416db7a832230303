//! The way to storage, read over real HTTP from the pretend Azure, and judged: each fact arrives, the checks say what
//! the fleet is like, and where a check blocks, Azure refuses for the very reason that the check gave.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should say where")]

mod engine_support;

use std::sync::Arc;

use engine_support::{Bench, Meddling, id};
use lifeboat::azure::listing::Listing;
use lifeboat::domain::backup::Backup;
use lifeboat::domain::operation::Phase;
use lifeboat::domain::plan::{BackupPlan, Plan, RestorePlan};
use lifeboat::domain::preflight::{Finding, Preflight};
use lifeboat::domain::resource::ResourceId;
use lifeboat::domain::verdict::Verdict::{self, Blocked, Ok, Unknown, Warn};
use lifeboat::engine::survey::Scope;

/// What a check reads of the storage account at most through Resource Manager, when the account was met before: itself,
/// blob service, lifecycle rules, permissions, roles, denials, locks.
const MOST_READINGS: usize = 7;

/// A survey, and the plans that it makes possible.
struct Surveyed {
    bench: Bench,
    instances: Vec<(String, ResourceId)>,
    backups: Vec<Backup>,
}

impl Surveyed {
    async fn of(bench: Bench) -> Self {
        let seen = bench.survey(Scope::default()).await;
        let instances = seen.instances.into_iter().map(|it| (it.name, it.id)).collect();
        let mut backups = seen.backups;
        backups.sort_by_key(|it| std::cmp::Reverse(it.blob.created_at));
        Self { bench, instances, backups }
    }

    fn instance(&self, name: &str) -> ResourceId {
        self.instances.iter().find(|(own, _)| own == name).unwrap().1.clone()
    }

    /// A restore of backup `number` of a place, the newest being 0.
    fn restore(&self, (place, number): (&str, usize), target: &str, access: &str) -> RestorePlan {
        let of_place = |it: &&Backup| it.blob.address.location.to_string() == place;
        let backup = self.backups.iter().filter(of_place).nth(number).unwrap();
        RestorePlan {
            target: self.instance(target),
            backup: backup.blob.address.clone(),
            access: access.parse().unwrap(),
            source: backup.source.clone(),
            taken: backup.taken,
        }
    }

    fn backup(&self, of: &str, to: &str, access: &str) -> BackupPlan {
        BackupPlan { instance: self.instance(of), to: to.parse().unwrap(), access: access.parse().unwrap() }
    }
}

fn found<'a>(preflight: &'a Preflight, id: &str) -> &'a Finding {
    preflight.findings.iter().find(|it| it.id() == id).unwrap()
}

#[tokio::test]
async fn each_fact_arrives_and_a_check_asks_little() {
    let surveyed = Surveyed::of(Bench::start("quiet").await).await;
    let count = async || {
        let all = surveyed.bench.behind_the_scenes("requests").await;
        let all = all["requests"].as_array().unwrap().clone();
        let is_of_account = |it: &&serde_json::Value| {
            it["path"].as_str().unwrap().to_lowercase().contains("/storageaccounts/stcorebackup")
        };
        all.iter().filter(is_of_account).count()
    };
    let before = count().await;
    let plan = Plan::Restore(surveyed.restore(("stcorebackup/apim", 0), "apim-core-dr", "system"));
    let mut seen = 0;
    let facts = surveyed.bench.engine.facts(&plan, Listing::Auto, |_| seen += 1).await;
    let asked = count().await - before;
    println!("{asked} readings of the storage account, everything handed over in {seen} steps");
    assert!((6..=MOST_READINGS).contains(&asked), "{asked}");
    let service = facts.blob_service.value().unwrap();
    assert_eq!((service.cors.len(), service.keeps_deleted_for), (0, Some(7)));
    assert_eq!(facts.lifecycle.value().unwrap().len(), 0, "an account without a policy has no rules");
    assert!(facts.roles.value().unwrap().held.iter().any(|it| it.name() == "Storage Blob Data Contributor"));
    assert_eq!(facts.denials.value().unwrap().len(), 0);
    assert!(facts.account.value().unwrap().key_made_at.is_some());
    let backup = facts.backup.value().unwrap();
    assert_eq!(backup.blob.condition.lease.as_deref(), Some("available"));
    let preflight = Preflight::run(&plan, &facts, engine_support::clock()());
    assert_eq!(preflight.verdict(), Ok, "{:#?}", preflight.findings);
}

#[tokio::test]
async fn the_fleet_shows_what_stands_in_the_way_of_a_restore() {
    let surveyed = Surveyed::of(Bench::start("quiet").await).await;
    let core = ("stcorebackup/apim", 0);
    let mobile = ("stmobilebackup/apim", 0);
    let docs = ("stsharedbackup/docs", 0);
    let pay = ("stpaybackup/apim", 0);
    let user = "user:1d0a9170-0000-4000-8000-00000000c001";
    let table = [
        ("storage-firewall", core, "apim-core-dr", "system", Ok, "open"),
        ("storage-firewall", core, "apim-core-dr", "key", Ok, "open"),
        ("storage-firewall", ("stbilbackup/apim", 0), "apim-billing-dr", "system", Ok, "open"),
        ("storage-cors", core, "apim-core-dr", "system", Ok, "none"),
        ("storage-cors", mobile, "apim-mobile-dr", "key", Blocked, "PATCH"),
        ("storage-cors", mobile, "apim-mobile-dr", "system", Warn, "reported to work"),
        ("storage-role", core, "apim-core-dr", "system", Ok, "Contributor"),
        ("storage-role", docs, "apim-docs-dr", "system", Blocked, "no role"),
        ("storage-role", docs, "apim-docs-prod", "system", Warn, "through a group"),
        ("storage-role", docs, "apim-geo-prod", "system", Warn, "Contoso Backup Robot"),
        ("storage-role", ("stbilbackup/apim", 0), "apim-auth-dr", "system", Warn, "may not count"),
        ("storage-role", pay, "apim-pay-dr", user, Ok, "Contributor"),
        ("storage-role", pay, "apim-pay-dr", "system", Unknown, "does not have the identity"),
        ("storage-lifecycle", core, "apim-core-dr", "system", Ok, "no rule"),
        ("storage-lifecycle", pay, "apim-pay-dr", user, Ok, "is deleted by the rule 'tidy' from"),
        (
            "backup-readable",
            ("stmobilebackup/apim", 24),
            "apim-mobile-dr",
            "system",
            Blocked,
            "rehydrate-pending",
        ),
        (
            "backup-readable",
            ("stmobilebackup/apim", 3),
            "apim-mobile-dr",
            "system",
            Warn,
            "copying is 'pending'",
        ),
        ("backup-readable", ("stsharedbackup/docs", 2), "apim-docs-dr", "system", Ok, "it is there"),
    ];
    for (id, backup, target, access, verdict, words) in table {
        let plan = Plan::Restore(surveyed.restore(backup, target, access));
        let preflight = surveyed.bench.preflight(&plan).await;
        let finding = found(&preflight, id);
        assert!(
            finding.verdict == verdict && finding.summary.contains(words),
            "{id} of {target} by {access}: {finding:#?}"
        );
    }
}

#[tokio::test]
async fn the_fleet_shows_what_stands_in_the_way_of_a_backup() {
    let surveyed = Surveyed::of(Bench::start("quiet").await).await;
    let leased = surveyed.restore(("stsharedbackup/docs", 2), "apim-docs-dr", "key").backup.to_string();
    let table = [
        ("name-free", "apim-core-prod", "stcorebackup/apim/of-ours", "system", Ok, "nothing"),
        ("name-free", "apim-core-prod", "stcorebackup/new/of-ours", "system", Ok, "nothing"),
        ("name-free", "apim-docs-prod", leased.as_str(), "key", Warn, "a lease"),
        ("name-free", "apim-auth-prod", "stauthvault/keep/x", "system", Unknown, "could not be read"),
        ("storage-lifecycle", "apim-pay-prod", "stpaybackup/apim/x", "system", Warn, "before it expires"),
        ("storage-lifecycle", "apim-pay-prod", "stpaybackup/other/x", "system", Ok, "no rule of the account"),
        ("storage-firewall", "apim-b2b-prod", "stb2bbackup/apim/x", "system", Ok, "trusted Azure services"),
        ("storage-firewall", "apim-b2b-prod", "stb2bbackup/apim/x", "key", Blocked, "a key"),
        ("storage-firewall", "apim-auth-prod", "stauthvault/keep/x", "system", Ok, "names the instance"),
        (
            "storage-firewall",
            "apim-core-prod",
            "stauthvault/keep/x",
            "system",
            Blocked,
            "neither trusted services",
        ),
        ("storage-firewall", "apim-docs-prod", "stdocsvault/keep/x", "key", Blocked, "own region"),
        ("storage-firewall", "apim-docs-dr", "stdocsvault/keep/x", "key", Unknown, "no longer published"),
        ("storage-firewall", "apim-docs-dr", "stdocsvault/keep/x", "system", Unknown, "no longer published"),
        ("storage-role", "apim-docs-dr", "stdocsvault/keep/x", "system", Warn, "deny-vault-writes"),
    ];
    for (id, of, to, access, verdict, words) in table {
        let preflight = surveyed.bench.preflight(&Plan::Backup(surveyed.backup(of, to, access))).await;
        let finding = found(&preflight, id);
        assert!(
            finding.verdict == verdict && finding.summary.contains(words),
            "{id} of {of} to {to} by {access}: {finding:#?}"
        );
    }
}

/// An Azure in which one thing may not be read.
async fn hiding(is_hidden: impl Fn(&str, &str) -> bool + Send + Sync + 'static) -> Surveyed {
    let meddler = move |method: &str, asked: &str| {
        let words = "The client 'oncall' does not have authorization to perform action 'Microsoft.Storage/x/read' over \
                     scope '/subscriptions'.";
        let body = serde_json::json!({ "error": { "code": "AuthorizationFailed", "message": words } });
        // What storage answers to a HEAD stands in its header alone.
        let code = vec![("x-ms-error-code", "AuthorizationPermissionMismatch")];
        is_hidden(method, asked).then(|| Meddling::Instead(403, code, body.to_string()))
    };
    Surveyed::of(Bench::behind(Arc::new(meddler)).await).await
}

/// What a check would block when it could see, is unknown when it cannot; whoever sends it all the same meets exactly
/// what the check predicts.
async fn forced(hidden: &'static str, id_of_rule: &str, plan: impl Fn(&Surveyed) -> Plan, refusal: &str) {
    let is_hidden = move |method: &str, asked: &str| method == "GET" && asked.ends_with(hidden);
    forced_where(is_hidden, id_of_rule, plan, refusal).await;
}

async fn forced_where(
    is_hidden: impl Fn(&str, &str) -> bool + Send + Sync + 'static,
    id_of_rule: &str,
    plan: impl Fn(&Surveyed) -> Plan,
    refusal: &str,
) {
    let open = Surveyed::of(Bench::start("quiet").await).await;
    let seeing = open.bench.preflight(&plan(&open)).await;
    assert_eq!(found(&seeing, id_of_rule).verdict, Blocked, "{:#?}", found(&seeing, id_of_rule));
    let surveyed = hiding(is_hidden).await;
    let plan = plan(&surveyed);
    let blind = surveyed.bench.preflight(&plan).await;
    let finding = found(&blind, id_of_rule);
    assert_eq!(finding.verdict, Unknown, "{finding:#?}");
    assert!(finding.remedy.as_ref().unwrap().advice.contains("Ask for "), "{finding:#?}");
    let reasons = engine_support::reasons(&blind);
    let now = engine_support::clock()();
    let approved = match plan {
        Plan::Restore(plan) => {
            let name = plan.target.name().to_owned();
            plan.approve(&blind, &name, &reasons, now)
        }
        Plan::Backup(plan) => plan.approve(&blind, &reasons, now),
    };
    let approved = approved.unwrap_or_else(|error| panic!("{id_of_rule}: {error:?} {:#?}", blind.findings));
    let (operation, _) = surveyed.bench.run(approved, id(1)).await;
    assert_eq!(operation.phase, Phase::Refused, "{:?}", operation.problem);
    let words = operation.problem.unwrap().server_message.unwrap();
    assert!(words.contains(refusal), "{words}");
}

#[tokio::test]
async fn a_cors_rule_with_patch_is_what_azure_cannot_read() {
    let plan = |it: &Surveyed| Plan::Restore(it.restore(("stmobilebackup/apim", 0), "apim-mobile-dr", "key"));
    let refusal = "Requested value 'GET,HEAD,POST,PUT,DELETE,OPTIONS,PATCH' was not found.";
    forced("/stmobilebackup/blobservices/default", "storage-cors", plan, refusal).await;
}

#[tokio::test]
async fn an_archived_backup_is_what_azure_cannot_read() {
    let plan =
        |it: &Surveyed| Plan::Restore(it.restore(("stmobilebackup/apim", 29), "apim-mobile-dr", "system"));
    let blob = |method: &str, _: &str| method == "HEAD";
    forced_where(blob, "backup-readable", plan, "This operation is not permitted on an archived blob.").await;
}

#[tokio::test]
async fn workspaces_are_what_azure_refuses() {
    let plan = |it: &Surveyed| Plan::Backup(it.backup("apim-geo-prod", "stsharedbackup/geo/x", "system"));
    forced("/apim-geo-prod/workspaces", "tier-supported", plan, "workspaces").await;
}

#[tokio::test]
async fn a_missing_role_is_what_azure_refuses() {
    let plan =
        |it: &Surveyed| Plan::Restore(it.restore(("stsharedbackup/docs", 0), "apim-docs-dr", "system"));
    let hidden = "/stsharedbackup/providers/microsoft.authorization/roleassignments";
    forced(hidden, "storage-role", plan, "to perform this operation using this permission.").await;
}

#[tokio::test]
async fn a_closed_firewall_is_what_azure_meets() {
    const REFUSAL: &str = "This request is not authorized to perform this operation.";
    let by_key = |it: &Surveyed| Plan::Backup(it.backup("apim-docs-prod", "stdocsvault/keep/x", "key"));
    forced("/storageaccounts/stdocsvault", "storage-firewall", by_key, REFUSAL).await;
    let system = |it: &Surveyed| Plan::Backup(it.backup("apim-core-prod", "stauthvault/keep/x", "system"));
    forced("/storageaccounts/stauthvault", "storage-firewall", system, REFUSAL).await;
}

/// The instance is made to show an identity that it does not have, the account to take keys, and so on: without that
/// the check blocks, with it nothing speaks against it, and Azure refuses for the very reason that the check would give.
async fn deceived(
    id_of_rule: &str,
    meddle: impl Fn(&str, &str) -> Option<Meddling> + Send + Sync + 'static,
    plan: impl Fn(&Surveyed) -> Plan,
    refusal: &str,
) {
    let open = Surveyed::of(Bench::start("quiet").await).await;
    let seeing = open.bench.preflight(&plan(&open)).await;
    assert_eq!(found(&seeing, id_of_rule).verdict, Blocked, "{:#?}", found(&seeing, id_of_rule));
    let surveyed = Surveyed::of(Bench::behind(Arc::new(meddle)).await).await;
    let plan = plan(&surveyed);
    let blind = surveyed.bench.preflight(&plan).await;
    assert_eq!(found(&blind, id_of_rule).verdict, Ok, "{:#?}", found(&blind, id_of_rule));
    let (reasons, now) = (engine_support::reasons(&blind), engine_support::clock()());
    let name = plan.instance().name().to_owned();
    let approved = match plan {
        Plan::Restore(plan) => plan.approve(&blind, &name, &reasons, now),
        Plan::Backup(plan) => plan.approve(&blind, &reasons, now),
    };
    let approved = approved.unwrap_or_else(|error| panic!("{id_of_rule}: {error:?} {:#?}", blind.findings));
    let (operation, _) = surveyed.bench.run(approved, id(1)).await;
    assert_eq!(operation.phase, Phase::Refused, "{:?}", operation.problem);
    let words = operation.problem.unwrap().server_message.unwrap();
    assert!(words.contains(refusal), "{words}");
}

#[tokio::test]
async fn an_identity_that_is_missing_is_what_azure_refuses() {
    let plan = |it: &Surveyed| Plan::Restore(it.restore(("stpaybackup/apim", 0), "apim-pay-dr", "system"));
    let meddle = |method: &str, path: &str| {
        let told = r#""type":"UserAssigned""#;
        let instead =
            r#""type":"SystemAssigned, UserAssigned","principalId":"00000000-0000-4000-8000-00000000cafe""#;
        match method {
            "GET" if path.ends_with("/service/apim-pay-dr") => Some(Meddling::Saying(told, instead)),
            // Nobody has a role by that id.
            "GET" if path.ends_with("/roleassignments") => {
                Some(Meddling::Instead(403, vec![], "{}".to_owned()))
            }
            _ => None,
        }
    };
    deceived("access", meddle, plan, "System-assigned managed identity is not enabled").await;
}

#[tokio::test]
async fn a_key_that_the_account_does_not_take_is_what_azure_refuses() {
    let plan = |it: &Surveyed| Plan::Backup(it.backup("apim-iot-prod", "stiotbackup/backups/x", "key"));
    let meddle = |method: &str, path: &str| {
        let of_account = path.contains("/storageaccounts/stiotbackup");
        let instead = |body: &str| Some(Meddling::Instead(200, vec![], body.to_owned()));
        match method {
            "GET" if path.ends_with("/storageaccounts/stiotbackup") => {
                Some(Meddling::Saying(r#""allowSharedKeyAccess":false"#, r#""allowSharedKeyAccess":true"#))
            }
            "GET" if of_account && path.ends_with("/permissions") => instead(
                r#"{"value":[{"actions":["*"],"notActions":[],"dataActions":[],"notDataActions":[]}]}"#,
            ),
            "POST" if of_account && path.ends_with("/listkeys") => {
                instead(r#"{"keys":[{"keyName":"key1","permissions":"FULL","value":"a2V5"}]}"#)
            }
            _ => None,
        }
    };
    deceived("access", meddle, plan, "Key based authentication is not permitted").await;
}

#[tokio::test]
async fn a_scenario_says_beforehand_what_it_will_do() {
    for (scenario, rule, command) in [
        ("role-missing", "storage-role", "az role assignment create --assignee-object-id"),
        ("storage-closed", "storage-firewall", "az storage account update"),
    ] {
        let bench = Bench::start("quiet").await;
        let backup = bench.newest_backup_of("apim-core-prod").await;
        let surveyed = Surveyed::of(Bench::start(scenario).await).await;
        let plan = RestorePlan {
            target: surveyed.instance("apim-core-dr"),
            backup: backup.blob.address.clone(),
            access: "system".parse().unwrap(),
            source: backup.source,
            taken: backup.taken,
        };
        let preflight = surveyed.bench.preflight(&Plan::Restore(plan)).await;
        let blocked: Vec<&Finding> = preflight.with(Verdict::Blocked).collect();
        assert_eq!(blocked.len(), 1, "{blocked:#?}");
        let remedy = blocked[0].remedy.as_ref().unwrap();
        assert_eq!(blocked[0].id(), rule);
        assert!(remedy.command.as_ref().unwrap().starts_with(command), "{remedy}");
    }
}

#[tokio::test]
async fn a_deleted_backup_is_found_while_it_is_kept() {
    let bench = Bench::start("blob-deleted").await;
    let backup = bench.newest_backup_of("apim-core-prod").await;
    let plan = RestorePlan {
        target: bench.instance("apim-core-dr").await.id,
        backup: backup.blob.address.clone(),
        access: "system".parse().unwrap(),
        source: backup.source.clone(),
        taken: backup.taken,
    };
    let approved = bench.approve_restore_of(backup, "apim-core-dr", "system".parse().unwrap()).await;
    assert_eq!(bench.run(approved, id(1)).await.0.phase, Phase::Refused);
    let preflight = bench.preflight(&Plan::Restore(plan)).await;
    let finding = found(&preflight, "backup-readable");
    assert!(finding.verdict == Blocked && finding.summary.contains("kept for 7 more days"), "{finding:#?}");
    let command = finding.remedy.as_ref().unwrap().command.as_ref().unwrap();
    assert!(command.starts_with("az storage blob undelete "), "{command}");
}
