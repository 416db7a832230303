use super::*;
use crate::domain::backup::samples::backup;
use crate::domain::fact::{Known, Unknown, Unreadable};
use crate::domain::instance::UserIdentity;
use crate::domain::instance::samples::instance;
use crate::domain::operation::{OperationId, Phase};
use crate::domain::permission::{BACKUP, Grant, LIST_KEYS, RESTORE};
use crate::domain::plan::samples::restore;
use crate::domain::plan::{Access, BackupPlan, Kind, RestorePlan};
use crate::domain::region::Region;
use crate::domain::sku::Tier;
use crate::domain::unfinished::Unfinished;
use Verdict::{Blocked, Ok, Unknown as Unclear, Warn};

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn known<T>(value: T) -> Fact<T> {
    Fact::Known(Known { value, source: "test".into(), read_at: now() })
}

fn unread<T>(reason: Unreadable) -> Fact<T> {
    Fact::Unknown(Unknown { reason, source: "test".into(), asked_at: now() })
}

fn grants(actions: &[&str]) -> Permissions {
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
        public_network_access: None,
        default_action: None,
        bypass: None,
        resource_rules: Vec::new(),
    }
}

fn open(phase: Phase) -> Unfinished {
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
fn fine() -> (RestorePlan, Facts) {
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
        unfinished: known(Vec::new()),
    };
    (plan, facts)
}

fn verdict_of(id: &str, change: impl FnOnce(&mut RestorePlan, &mut Facts)) -> Verdict {
    let (mut plan, mut facts) = fine();
    change(&mut plan, &mut facts);
    let preflight = Preflight::run(&Plan::Restore(plan), &facts, now());
    let finding = preflight.findings.iter().find(|it| it.id == id).unwrap();
    finding.verdict
}

fn edit<T>(fact: &mut Fact<T>, change: impl FnOnce(&mut T)) {
    match fact {
        Fact::Known(known) => change(&mut known.value),
        Fact::Unknown(_) | Fact::NotAsked => panic!("not known"),
    }
}

type Change = fn(&mut RestorePlan, &mut Facts);

const TABLE: &[(&str, Verdict, Change)] = &[
    ("permissions", Ok, |_, _| {}),
    ("permissions", Blocked, |_, f| f.permissions = known(grants(&["*/read"]))),
    ("permissions", Warn, |_, f| f.permissions = known(grants(&[RESTORE]))),
    ("permissions", Unclear, |_, f| f.permissions = unread(Unreadable::Forbidden("no".into()))),
    ("instance-idle", Ok, |_, _| {}),
    ("instance-idle", Blocked, |_, f| edit(&mut f.instance, |i| i.target_state = Some("Updating".into()))),
    ("instance-idle", Warn, |_, f| edit(&mut f.instance, |i| i.state = Some("Failed".into()))),
    ("instance-idle", Unclear, |_, f| edit(&mut f.instance, |i| i.state = Some("Dreaming".into()))),
    ("instance-idle", Unclear, |_, f| f.instance = unread(Unreadable::Unreachable("down".into()))),
    ("tier-supported", Ok, |_, _| {}),
    ("tier-supported", Blocked, |_, f| {
        edit(&mut f.instance, |i| i.sku.as_mut().unwrap().tier = Tier::BasicV2)
    }),
    ("tier-supported", Blocked, |_, f| f.workspaces = known(2)),
    ("tier-supported", Unclear, |_, f| f.workspaces = Fact::NotAsked),
    ("tier-supported", Unclear, |_, f| {
        edit(&mut f.instance, |i| i.sku.as_mut().unwrap().tier = Tier::Isolated)
    }),
    ("tier-supported", Unclear, |_, f| f.instance = Fact::NotAsked),
    ("tier-equal", Ok, |_, _| {}),
    ("tier-equal", Blocked, |_, f| edit(&mut f.backup, |b| b.source.tier = Some(Tier::Basic))),
    ("tier-equal", Warn, |_, f| {
        edit(&mut f.backup, |b| b.source.provenance = crate::domain::backup::Provenance::Name);
    }),
    ("tier-equal", Unclear, |_, f| {
        edit(&mut f.backup, |b| b.source = crate::domain::backup::Source::UNKNOWN)
    }),
    ("tier-equal", Unclear, |_, f| f.instance = Fact::NotAsked),
    ("other-instance", Ok, |_, _| {}),
    ("other-instance", Warn, |_, f| edit(&mut f.backup, |b| b.source.instance = Some("APIM-DR".into()))),
    ("other-instance", Unclear, |_, f| edit(&mut f.backup, |b| b.source.instance = None)),
    ("backup-readable", Ok, |_, _| {}),
    ("backup-readable", Blocked, |_, f| edit(&mut f.backup, |b| b.blob.access_tier = Some("Archive".into()))),
    ("backup-readable", Blocked, |_, f| edit(&mut f.backup, |b| b.blob.size = Some(0))),
    ("backup-readable", Blocked, |_, f| f.backup = unread(Unreadable::Absent("BlobNotFound".into()))),
    ("backup-readable", Unclear, |_, f| f.backup = unread(Unreadable::Forbidden("firewall".into()))),
    ("backup-age", Ok, |_, _| {}),
    ("backup-age", Blocked, |_, f| edit(&mut f.backup, |b| *b = backup("apim-core", 30 * 24, now()))),
    ("backup-age", Unclear, |_, f| edit(&mut f.backup, |b| b.taken = None)),
    ("backup-age", Unclear, |_, f| f.backup = Fact::NotAsked),
    ("access", Ok, |_, _| {}),
    ("access", Blocked, |_, f| edit(&mut f.instance, |i| i.identity.system = None)),
    ("access", Unclear, |_, f| f.instance = Fact::NotAsked),
    ("access", Blocked, |p, _| p.access = Access::User { client_id: "c-1".into() }),
    ("access", Ok, |p, f| {
        p.access = Access::User { client_id: "C-1".into() };
        let user = UserIdentity { id: "/x".into(), client_id: Some("c-1".into()), principal_id: None };
        edit(&mut f.instance, |i| i.identity.user = vec![user]);
    }),
    ("access", Ok, |p, _| p.access = Access::Key),
    ("access", Blocked, |p, f| {
        p.access = Access::Key;
        edit(&mut f.account, |a| a.shared_key_access = Some(false));
    }),
    ("access", Blocked, |p, f| {
        p.access = Access::Key;
        f.account_permissions = known(grants(&["*/read"]));
    }),
    ("access", Unclear, |p, f| {
        p.access = Access::Key;
        f.account = Fact::NotAsked;
    }),
    ("access", Unclear, |p, f| {
        p.access = Access::Key;
        f.account_permissions = Fact::NotAsked;
    }),
    ("unfinished", Ok, |_, _| {}),
    ("unfinished", Blocked, |_, f| f.unfinished = known(vec![open(Phase::Planned)])),
    ("unfinished", Blocked, |_, f| f.unfinished = known(vec![open(Phase::Submitting)])),
    ("unfinished", Blocked, |_, f| f.unfinished = known(vec![open(Phase::Accepted)])),
    ("unfinished", Unclear, |_, f| f.unfinished = known(vec![open(Phase::Unconfirmed)])),
    ("unfinished", Unclear, |_, f| f.unfinished = known(vec![open(Phase::Untracked)])),
    ("unfinished", Blocked, |_, f| {
        f.unfinished = known(vec![open(Phase::Unconfirmed), open(Phase::Accepted)])
    }),
    ("unfinished", Blocked, |_, f| f.unfinished = unread(Unreadable::NotRecorded("damaged".into()))),
];

#[test]
fn each_rule_gives_each_of_its_answers() {
    for (n, (id, expected, change)) in TABLE.iter().enumerate() {
        assert_eq!(verdict_of(id, change), *expected, "row {n}: {id}");
    }
}

#[test]
fn a_fine_restore_is_fine_and_says_what_it_rests_on() {
    let (plan, facts) = fine();
    let preflight = Preflight::run(&Plan::Restore(plan), &facts, now());
    assert_eq!(preflight.verdict(), Ok, "{:#?}", preflight.findings);
    assert_eq!(preflight.findings.len(), 9);
    assert!(preflight.findings.iter().all(|finding| !finding.evidence.is_empty()));
}

/// Removing any fact never turns a finding greener, and never leaves it ok when it rested on that fact.
#[test]
fn without_a_fact_nothing_gets_greener() {
    let changes: [Change; 6] = [
        |_, f| f.instance = Fact::NotAsked,
        |_, f| f.workspaces = Fact::NotAsked,
        |_, f| f.permissions = Fact::NotAsked,
        |_, f| f.account = Fact::NotAsked,
        |_, f| f.account_permissions = Fact::NotAsked,
        |_, f| f.backup = Fact::NotAsked,
    ];
    for access in [Access::System, Access::Key] {
        for change in changes {
            let (mut plan, mut facts) = fine();
            plan.access = access.clone();
            let before = Preflight::run(&Plan::Restore(plan.clone()), &facts, now());
            change(&mut plan, &mut facts);
            let after = Preflight::run(&Plan::Restore(plan), &facts, now());
            for (old, new) in before.findings.iter().zip(&after.findings) {
                assert!(new.verdict >= old.verdict, "{} {:?} -> {:?}", old.id, old.verdict, new.verdict);
            }
        }
    }
}

#[test]
fn with_no_fact_at_all_nothing_is_ok() {
    let (mut plan, _) = fine();
    plan.source = crate::domain::backup::Source::UNKNOWN;
    plan.taken = None;
    let preflight = Preflight::run(&Plan::Restore(plan), &Facts::default(), now());
    for finding in &preflight.findings {
        assert_eq!(finding.verdict, Unclear, "{}", finding.id);
    }
    assert_eq!(preflight.instance_read_at, None);
}

#[test]
fn a_backup_asks_only_what_concerns_it() {
    let (plan, mut facts) = fine();
    facts.permissions = known(grants(&[BACKUP, "Microsoft.ApiManagement/service/*/read", LIST_KEYS]));
    facts.backup = Fact::NotAsked;
    let backup = BackupPlan { instance: plan.target, to: plan.backup, access: Access::System };
    let preflight = Preflight::run(&Plan::Backup(backup), &facts, now());
    assert_eq!(preflight.verdict(), Ok, "{:#?}", preflight.findings);
    assert_eq!(preflight.findings.len(), 5);
}

/// Whoever accepts that an operation is UNKNOWN knows of that one; one that runs is accepted by nobody.
#[test]
fn only_an_unknown_outcome_can_be_set_aside() {
    for (phase, set_aside) in [(Phase::Accepted, 0), (Phase::Unconfirmed, 1), (Phase::Untracked, 1)] {
        let (plan, mut facts) = fine();
        facts.unfinished = known(vec![open(phase)]);
        let preflight = Preflight::run(&Plan::Restore(plan), &facts, now());
        assert_eq!(preflight.unsettled.len(), set_aside, "{phase:?}");
        let finding = preflight.findings.last().unwrap();
        assert!(finding.summary.contains(&open(phase).id.to_string()), "{}", finding.summary);
        assert!(finding.remedy.as_ref().unwrap().contains("lifeboat operations resume"), "{finding:?}");
    }
}
