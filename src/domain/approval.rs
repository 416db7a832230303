//! The gate between a plan and Azure. [`ApprovedPlan`] is what the engine sends, and only this file can make one.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::discretion::discreet;
use super::operation::OperationId;
use super::plan::{BackupPlan, Plan, RestorePlan};
use super::preflight::{FRESH, Preflight};
use super::verdict::Verdict;

/// A plan that passed the gate. It has no public constructor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovedPlan {
    plan: Plan,
    accepted: Vec<Acceptance>,
    checks: Vec<Checked>,
    despite: Vec<OperationId>,
    approved_at: Timestamp,
}

/// A warning or an unknown that a person accepted, with the reason that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// The id of the finding.
    pub finding: String,
    /// Why.
    pub reason: String,
}

impl Acceptance {
    /// The same without what looks like a secret, as it is kept.
    #[must_use]
    pub fn discreet(&self) -> Self {
        Self { finding: self.finding.clone(), reason: discreet(&self.reason).into_owned() }
    }
}

/// A finding as it stood when the plan was approved, for the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// The id of the finding.
    pub finding: String,
    /// Its answer.
    pub verdict: Verdict,
    /// The answer in one line.
    pub summary: String,
}

/// Why a plan was not approved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotApproved {
    /// Findings that cannot be overridden.
    #[error("blocked by {}", .0.join(", "))]
    Blocked(Vec<String>),
    /// Warnings and unknowns that nobody accepted.
    #[error("not accepted: {}", .0.join(", "))]
    NotAccepted(Vec<String>),
    /// The instance could not be read, so nothing is known of what would be touched.
    #[error("the instance could not be read")]
    InstanceNotRead,
    /// The facts are too old.
    #[error("the {what} was read {} s ago; at most {} s are allowed", .age.as_secs(), FRESH.as_secs())]
    Stale {
        /// Which fact.
        what: &'static str,
        /// Its age.
        age: SignedDuration,
    },
    /// The typed name is not that of the target.
    #[error("'{typed}' is not the name of the target")]
    WrongName {
        /// What was typed.
        typed: String,
    },
    /// No check was run.
    #[error("no check was run")]
    NotChecked,
}

impl RestorePlan {
    /// Approves a restore.
    ///
    /// # Errors
    /// Says why not: a blocker, a finding that nobody accepted with a reason, facts older than [`FRESH`], an instance
    /// that could not be read, or a typed name that is not exactly the target's.
    pub fn approve(
        self,
        preflight: &Preflight,
        typed: &str,
        accepted: &[Acceptance],
        now: Timestamp,
    ) -> Result<ApprovedPlan, NotApproved> {
        if typed != self.target.name() {
            return Err(NotApproved::WrongName { typed: typed.to_owned() });
        }
        fresh("backup", preflight.backup_asked_at, now)?;
        pass(Plan::Restore(self), preflight, accepted, now)
    }
}

impl BackupPlan {
    /// Approves a backup. It overwrites nothing of the instance, so no name is typed.
    ///
    /// # Errors
    /// As for a restore, but for the name.
    pub fn approve(
        self,
        preflight: &Preflight,
        accepted: &[Acceptance],
        now: Timestamp,
    ) -> Result<ApprovedPlan, NotApproved> {
        pass(Plan::Backup(self), preflight, accepted, now)
    }
}

fn pass(
    plan: Plan,
    preflight: &Preflight,
    accepted: &[Acceptance],
    now: Timestamp,
) -> Result<ApprovedPlan, NotApproved> {
    if preflight.findings.is_empty() {
        return Err(NotApproved::NotChecked);
    }
    if preflight.instance_read_at.is_none() {
        return Err(NotApproved::InstanceNotRead);
    }
    fresh("instance", preflight.instance_read_at, now)?;
    let blocked: Vec<String> = preflight.with(Verdict::Blocked).map(|it| it.id().to_owned()).collect();
    if !blocked.is_empty() {
        return Err(NotApproved::Blocked(blocked));
    }
    let reasoned = |id: &str| accepted.iter().any(|it| it.finding == id && !it.reason.trim().is_empty());
    let open: Vec<String> =
        preflight.to_accept().filter(|it| !reasoned(it.id())).map(|it| it.id().to_owned()).collect();
    if !open.is_empty() {
        return Err(NotApproved::NotAccepted(open));
    }
    let needed = |it: &&Acceptance| preflight.to_accept().any(|finding| finding.id() == it.finding);
    let checks = preflight
        .findings
        .iter()
        .map(|it| Checked { finding: it.id().to_owned(), verdict: it.verdict, summary: it.summary.clone() })
        .collect();
    Ok(ApprovedPlan {
        plan,
        accepted: accepted.iter().filter(needed).map(Acceptance::discreet).collect(),
        checks,
        despite: preflight.unsettled.clone(),
        approved_at: now,
    })
}

fn fresh(what: &'static str, read_at: Option<Timestamp>, now: Timestamp) -> Result<(), NotApproved> {
    let Some(read_at) = read_at else { return Err(NotApproved::NotChecked) };
    let age = now.duration_since(read_at);
    // Facts of the future mean that the clock was set back since: how old they are is not known.
    if age.abs() > FRESH { Err(NotApproved::Stale { what, age }) } else { Ok(()) }
}

impl ApprovedPlan {
    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The warnings that were accepted, with their reasons.
    pub fn accepted(&self) -> &[Acceptance] {
        &self.accepted
    }

    /// Every finding as it stood.
    pub fn checks(&self) -> &[Checked] {
        &self.checks
    }

    /// The operations on the same instance whose outcome is UNKNOWN and that the person knew of.
    pub fn despite(&self) -> &[OperationId] {
        &self.despite
    }

    /// When it passed the gate.
    pub fn approved_at(&self) -> Timestamp {
        self.approved_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::backup::samples::backup;
    use crate::domain::instance::samples::instance;
    use crate::domain::plan::samples::restore;
    use crate::domain::preflight::Rule;
    use crate::domain::sku::Tier;

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn plan() -> RestorePlan {
        restore(&backup("apim-core", 5, now()), &instance("apim-dr", Tier::Premium))
    }

    const fn named(id: &'static str) -> Rule {
        Rule { id, title: "", documented: "" }
    }

    fn preflight(verdicts: &[Verdict], age: i64) -> Preflight {
        let read_at = Some(now() - SignedDuration::from_secs(age));
        static RULES: [Rule; 3] = [named("one"), named("two"), named("three")];
        Preflight {
            findings: verdicts.iter().zip(&RULES).map(|(&verdict, rule)| rule.finds(verdict, "")).collect(),
            instance_read_at: read_at,
            backup_asked_at: read_at,
            unsettled: Vec::new(),
        }
    }

    fn accept(finding: &str, reason: &str) -> Acceptance {
        Acceptance { finding: finding.into(), reason: reason.into() }
    }

    #[test]
    fn a_secret_in_a_reason_goes_no_further() {
        let reason = "as agreed, AccountKey=c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0";
        let approved = plan()
            .approve(&preflight(&[Verdict::Warn], 1), "apim-dr", &[accept("one", reason)], now())
            .unwrap();
        let kept = &approved.accepted()[0].reason;
        assert!(kept.starts_with("as agreed") && !kept.contains("c2VjcmV0"), "{kept}");
    }

    #[test]
    fn the_gate_opens_for_fresh_and_fine_facts_and_the_right_name() {
        let approved = plan().approve(&preflight(&[Verdict::Ok], 60), "apim-dr", &[], now()).unwrap();
        assert_eq!(approved.plan().instance().name(), "apim-dr");
        assert_eq!(approved.checks().len(), 1);
    }

    #[test]
    fn each_fault_keeps_it_shut() {
        use Verdict::{Blocked, Ok, Unknown, Warn};
        let ids = |list: &[&str]| list.iter().map(|&s| s.to_owned()).collect::<Vec<_>>();
        let try_it = |verdicts: &[Verdict], age, typed: &str, accepted: &[Acceptance]| {
            plan().approve(&preflight(verdicts, age), typed, accepted, now()).unwrap_err()
        };
        let yes = [accept("one", "drill"), accept("two", "drill")];
        assert_eq!(try_it(&[Blocked, Ok], 1, "apim-dr", &yes), NotApproved::Blocked(ids(&["one"])));
        assert_eq!(
            try_it(&[Warn, Unknown], 1, "apim-dr", &yes[..1]),
            NotApproved::NotAccepted(ids(&["two"]))
        );
        assert_eq!(
            try_it(&[Warn], 1, "apim-dr", &[accept("one", " ")]),
            NotApproved::NotAccepted(ids(&["one"]))
        );
        assert!(matches!(try_it(&[Ok], 61, "apim-dr", &[]), NotApproved::Stale { what: "backup", .. }));
        assert!(matches!(try_it(&[Ok], 1, "apim-d", &[]), NotApproved::WrongName { .. }));
        assert!(matches!(try_it(&[Ok], 1, "", &[]), NotApproved::WrongName { .. }));
        assert!(matches!(try_it(&[Ok], 1, "APIM-DR", &[]), NotApproved::WrongName { .. }));
        assert_eq!(try_it(&[], 1, "apim-dr", &[]), NotApproved::NotChecked);
        // A clock that was set back says nothing about how old the facts are.
        assert!(matches!(try_it(&[Ok], -61, "apim-dr", &[]), NotApproved::Stale { what: "backup", .. }));
        let mut unread = preflight(&[Ok], 1);
        unread.instance_read_at = None;
        let error = plan().approve(&unread, "apim-dr", &[], now()).unwrap_err();
        assert_eq!(error, NotApproved::InstanceNotRead);
    }

    #[test]
    fn a_backup_passes_the_same_gate_without_a_name() {
        let RestorePlan { target: instance, backup: to, access, .. } = plan();
        let plan = || BackupPlan { instance: instance.clone(), to: to.clone(), access: access.clone() };
        let ids = |list: &[&str]| list.iter().map(|&s| s.to_owned()).collect::<Vec<_>>();
        let approved = plan().approve(&preflight(&[Verdict::Ok], 60), &[], now()).unwrap();
        assert_eq!(approved.plan(), &Plan::Backup(plan()));
        let stale = NotApproved::Stale { what: "instance", age: SignedDuration::from_secs(61) };
        let table = [
            (preflight(&[Verdict::Blocked], 1), NotApproved::Blocked(ids(&["one"]))),
            (preflight(&[Verdict::Ok, Verdict::Warn], 1), NotApproved::NotAccepted(ids(&["two"]))),
            (preflight(&[Verdict::Ok], 61), stale),
            (preflight(&[], 1), NotApproved::NotChecked),
            (
                Preflight { instance_read_at: None, ..preflight(&[Verdict::Ok], 1) },
                NotApproved::InstanceNotRead,
            ),
        ];
        for (preflight, expected) in table {
            assert_eq!(plan().approve(&preflight, &[], now()).unwrap_err(), expected);
        }
    }

    #[test]
    fn a_restore_whose_backup_was_not_asked_for_is_not_approved() {
        let never = Preflight { backup_asked_at: None, ..preflight(&[Verdict::Ok], 1) };
        let error = plan().approve(&never, "apim-dr", &[], now()).unwrap_err();
        assert_eq!(error, NotApproved::NotChecked);
    }

    #[test]
    fn what_passed_the_gate_keeps_what_it_rested_on() {
        let unknown = OperationId::new(uuid::Uuid::from_u128(7));
        let mut preflight = preflight(&[Verdict::Warn, Verdict::Ok], 1);
        preflight.unsettled = vec![unknown];
        preflight.findings[0].summary = "older than a day".into();
        let accepted = [accept("one", "drill")];
        let approved = plan().approve(&preflight, "apim-dr", &accepted, now()).unwrap();
        assert_eq!(approved.plan(), &Plan::Restore(plan()));
        assert_eq!(approved.despite(), [unknown]);
        assert_eq!(approved.approved_at(), now());
        let checked = |finding: &str, verdict, summary: &str| Checked {
            finding: finding.into(),
            verdict,
            summary: summary.into(),
        };
        let expected = [checked("one", Verdict::Warn, "older than a day"), checked("two", Verdict::Ok, "")];
        assert_eq!(approved.checks(), expected);
    }

    #[test]
    fn each_refusal_says_what_stands_in_the_way() {
        let two = || vec!["one".to_owned(), "two".to_owned()];
        let age = SignedDuration::from_secs(61);
        let table = [
            (NotApproved::Blocked(two()), "blocked by one, two"),
            (NotApproved::NotAccepted(two()), "not accepted: one, two"),
            (NotApproved::InstanceNotRead, "the instance could not be read"),
            (
                NotApproved::Stale { what: "backup", age },
                "the backup was read 61 s ago; at most 60 s are allowed",
            ),
            (NotApproved::WrongName { typed: "x".into() }, "'x' is not the name of the target"),
            (NotApproved::NotChecked, "no check was run"),
        ];
        for (refusal, words) in table {
            assert_eq!(refusal.to_string(), words);
        }
    }

    #[test]
    fn reasons_are_kept_for_what_needed_them_only() {
        let accepted = [accept("one", "drill"), accept("three", "in vain")];
        let approved = plan()
            .approve(&preflight(&[Verdict::Warn, Verdict::Ok, Verdict::Ok], 1), "apim-dr", &accepted, now())
            .unwrap();
        assert_eq!(approved.accepted(), &accepted[..1]);
    }
}
