//! A restore that every rule finds fine, and the ways to spoil it.

use super::*;
use crate::domain::backup::samples::backup;
use crate::domain::deed::samples::log;
use crate::domain::fact::{Known, Unknown, Unreadable};
use crate::domain::instance::samples::instance;
use crate::domain::operation::{OperationId, Phase};
use crate::domain::parity::samples::{portrait, reference, settings};
use crate::domain::parity::{Collection, Contents};
use crate::domain::permission::Grant;
use crate::domain::plan::Kind;
use crate::domain::plan::samples::restore;
use crate::domain::region::Region;
use crate::domain::role::samples::contributor;
use crate::domain::session::Renewal;
use crate::domain::sku::Tier;
use crate::domain::unfinished::Unfinished;

/// How a case is spoiled.
pub(crate) type Change = fn(&mut RestorePlan, &mut Facts);

/// The id of a rule, its answer, and the case in which it gives it.
pub(crate) type Row = (&'static str, Verdict, Change);

pub(crate) fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

pub(crate) fn known<T>(value: T) -> Fact<T> {
    Fact::Known(Known { value, source: "test".into(), read_at: now() })
}

pub(crate) fn unread<T>(reason: Unreadable) -> Fact<T> {
    Fact::Unknown(Unknown { reason, source: "test".into(), asked_at: now() })
}

pub(crate) fn grants(actions: &[&str]) -> Permissions {
    Permissions(vec![Grant { actions: actions.iter().map(|&a| a.to_owned()).collect(), not_actions: vec![] }])
}

fn account() -> StorageAccount {
    StorageAccount {
        id: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/stcore"
            .parse()
            .unwrap(),
        name: "stcore".into(),
        region: Region::new("westeurope"),
        blob_endpoint: Some("https://stcore.blob.core.windows.net/".into()),
        shared_key_access: None,
        public_network_access: Some("Enabled".into()),
        default_action: Some("Allow".into()),
        bypass: Some("AzureServices".into()),
        resource_rules: Vec::new(),
        address_rules: Vec::new(),
        key_made_at: None,
        has_folders: None,
    }
}

/// A sign-in that ends in half an hour.
pub(crate) fn session(renewal: Renewal) -> Session {
    let expires_at = now() + SignedDuration::from_mins(30);
    Session { via: "Azure CLI".into(), name: Some("jo@contoso.example".into()), expires_at, renewal }
}

/// So many requests in the last minutes.
pub(crate) fn traffic(requests: u64) -> Traffic {
    Traffic { requests, since: now() - SignedDuration::from_mins(5), until: now() }
}

pub(crate) fn open(phase: Phase) -> Unfinished {
    Unfinished {
        id: OperationId::new(uuid::Uuid::from_u128(7)),
        kind: Kind::Restore,
        instance: "apim-dr".into(),
        phase,
        since: now(),
        driven_by: None,
    }
}

/// A restore that every rule finds fine.
pub(crate) fn fine() -> (RestorePlan, Facts) {
    let backup = backup("apim-core", 5, now());
    let target = instance("apim-dr", Tier::Premium);
    let plan = restore(&backup, &target);
    let facts = Facts {
        instance: known(target),
        workspaces: known(0),
        permissions: known(grants(&["*"])),
        account: known(account()),
        account_permissions: known(grants(&["*"])),
        backup: known(backup),
        blob_service: known(BlobService::default()),
        lifecycle: known(Vec::new()),
        roles: known(AccountRoles {
            account: account().id,
            held: vec![contributor("principal-1", account().id.as_str())],
        }),
        denials: known(Vec::new()),
        deleted: Fact::NotAsked,
        occupied: known(None),
        settings: known(settings()),
        manifest: unread(Unreadable::Absent("no manifest".into())),
        source: Portrait {
            contents: [(Collection::Gateways, known(Contents::default()))].into(),
            ..portrait("apim-core")
        },
        vault: known(vec![reference()]),
        portal: known(Portal { published: Some("20260901".into()) }),
        network: known(Vec::new()),
        unfinished: known(Vec::new()),
        session: known(session(Renewal::Assured)),
        usual: known(None),
        locks: known(Locks::default()),
        log: known(log(now() - SignedDuration::from_hours(9), Vec::new())),
        source_log: known(log(now() - SignedDuration::from_hours(9), Vec::new())),
        tier_changes: known(Vec::new()),
        platform_then: known("stv2".to_owned()),
        traffic: known(traffic(0)),
        mark: known(Mark::Unmarked),
    };
    (plan, facts)
}

pub(crate) fn finding_of(id: &str, change: impl FnOnce(&mut RestorePlan, &mut Facts)) -> Finding {
    let (mut plan, mut facts) = fine();
    change(&mut plan, &mut facts);
    let preflight = Preflight::run(&Plan::Restore(plan), &facts, now());
    preflight.findings.into_iter().find(|it| it.id() == id).unwrap()
}

pub(crate) fn verdict_of(id: &str, change: impl FnOnce(&mut RestorePlan, &mut Facts)) -> Verdict {
    finding_of(id, change).verdict
}

pub(crate) fn edit<T>(fact: &mut Fact<T>, change: impl FnOnce(&mut T)) {
    match fact {
        Fact::Known(known) => change(&mut known.value),
        Fact::Unknown(_) | Fact::NotAsked => panic!("not known"),
    }
}

/// Each row's rule gives its answer.
pub(crate) fn assert_rows(rows: &[Row]) {
    for (n, (id, expected, change)) in rows.iter().enumerate() {
        assert_eq!(verdict_of(id, change), *expected, "row {n}: {id}");
    }
}
