//! What holds for all rules together.

use super::samples::{Change, fine, grants, known, now, open, unread};
use super::*;
use crate::domain::fact::Unreadable;
use crate::domain::operation::Phase;
use crate::domain::permission::{BACKUP, LIST_KEYS};
use crate::domain::plan::{Access, BackupPlan};
use Verdict::{Ok, Unknown as Unclear};

#[test]
fn a_fine_restore_is_fine_and_says_what_it_rests_on() {
    let (plan, facts) = fine();
    let preflight = Preflight::run(&Plan::Restore(plan), &facts, now());
    assert_eq!(preflight.verdict(), Ok, "{:#?}", preflight.findings);
    assert_eq!(preflight.findings.len(), 25);
    assert!(preflight.findings.iter().all(|finding| !finding.evidence.is_empty()));
}

/// Removing any fact never turns a finding greener, and never leaves it ok when it rested on that fact.
#[test]
fn without_a_fact_nothing_gets_greener() {
    let changes: [Change; 28] = [
        |_, f| f.instance = Fact::NotAsked,
        |_, f| f.workspaces = Fact::NotAsked,
        |_, f| f.permissions = Fact::NotAsked,
        |_, f| f.account = Fact::NotAsked,
        |_, f| f.account_permissions = Fact::NotAsked,
        |_, f| f.backup = Fact::NotAsked,
        |_, f| f.blob_service = Fact::NotAsked,
        |_, f| f.lifecycle = Fact::NotAsked,
        |_, f| f.roles = Fact::NotAsked,
        |_, f| f.denials = Fact::NotAsked,
        |_, f| f.occupied = Fact::NotAsked,
        |_, f| f.session = Fact::NotAsked,
        |_, f| f.usual = Fact::NotAsked,
        |_, f| f.locks = Fact::NotAsked,
        |_, f| f.log = Fact::NotAsked,
        |_, f| f.source_log = Fact::NotAsked,
        |_, f| f.tier_changes = Fact::NotAsked,
        |_, f| f.platform_then = Fact::NotAsked,
        |_, f| f.traffic = Fact::NotAsked,
        |_, f| f.mark = unread(Unreadable::NotRecorded("damaged".into())),
        |_, f| f.settings = Fact::NotAsked,
        |_, f| f.source.settings = Fact::NotAsked,
        |_, f| f.source.portal = Fact::NotAsked,
        |_, f| f.source.vault = Fact::NotAsked,
        |_, f| f.source.contents.clear(),
        |_, f| f.vault = Fact::NotAsked,
        |_, f| f.portal = Fact::NotAsked,
        |_, f| f.network = Fact::NotAsked,
    ];
    for access in [Access::System, Access::Key] {
        for change in changes {
            let (mut plan, mut facts) = fine();
            plan.access = access.clone();
            let before = Preflight::run(&Plan::Restore(plan.clone()), &facts, now());
            change(&mut plan, &mut facts);
            let after = Preflight::run(&Plan::Restore(plan), &facts, now());
            for (old, new) in before.findings.iter().zip(&after.findings) {
                assert!(new.verdict >= old.verdict, "{} {:?} -> {:?}", old.id(), old.verdict, new.verdict);
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
        assert_eq!(finding.verdict, Unclear, "{}", finding.id());
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
    assert_eq!(preflight.findings.len(), 14);
}

/// Whoever accepts that an operation is UNKNOWN knows of that one; one that runs is accepted by nobody.
#[test]
fn only_an_unknown_outcome_can_be_set_aside() {
    for (phase, set_aside) in [(Phase::Accepted, 0), (Phase::Unconfirmed, 1), (Phase::Untracked, 1)] {
        let (plan, mut facts) = fine();
        facts.unfinished = known(vec![open(phase)]);
        let preflight = Preflight::run(&Plan::Restore(plan), &facts, now());
        assert_eq!(preflight.unsettled.len(), set_aside, "{phase:?}");
        let finding = preflight.findings.iter().find(|it| it.id() == "unfinished").unwrap();
        assert!(finding.summary.contains(&open(phase).id.to_string()), "{}", finding.summary);
        assert!(
            finding.remedy.as_ref().unwrap().to_string().contains("lifeboat operations resume"),
            "{finding:?}"
        );
    }
}
