//! The preflight of the verbs: the same facts and the same rules as in the console.

use serde::Serialize;

use crate::app::compose::House;
use crate::app::exit::Exit;
use crate::app::output::Paper;
use crate::domain::approval::NotApproved;
use crate::domain::fact::{Fact, Unreadable};
use crate::domain::plan::Plan;
use crate::domain::preflight::{Evidence, Facts, Finding, Preflight};
use crate::domain::problem::{Problem, Trouble};
use crate::domain::verdict::Verdict;

/// A plan with everything that was found out about it.
pub(super) struct Judged {
    /// The plan, with what the facts tell of its backup.
    pub(super) plan: Plan,
    /// The facts.
    pub(super) facts: Facts,
    /// What follows from them.
    pub(super) preflight: Preflight,
}

/// One finding in JSON.
#[derive(Serialize)]
pub(super) struct FindingShape {
    id: &'static str,
    status: Verdict,
    summary: String,
    evidence: Vec<Evidence>,
    remedy: Option<String>,
    command: Option<String>,
    documented: &'static str,
}

/// Gathers the facts about a plan and applies the rules.
pub(super) async fn judge(house: &House, mut plan: Plan) -> Judged {
    let how = house.listing(&plan.address().location);
    let facts = house.engine.facts(&plan, how, |_| {}).await;
    if let (Plan::Restore(restore), Some(backup)) = (&mut plan, facts.backup.value()) {
        restore.source = backup.source.clone();
        restore.taken = backup.taken;
    }
    let preflight = Preflight::run(&plan, &facts, house.now());
    Judged { plan, facts, preflight }
}

impl Judged {
    /// The findings in JSON.
    pub(super) fn shapes(&self) -> Vec<FindingShape> {
        let shape = |finding: &Finding| FindingShape {
            id: finding.id(),
            status: finding.verdict,
            summary: finding.summary.clone(),
            evidence: finding.evidence.clone(),
            remedy: finding.remedy.as_ref().map(|it| it.advice.clone()),
            command: finding.remedy.as_ref().and_then(|it| it.command.clone()),
            documented: finding.rule.documented,
        };
        self.preflight.findings.iter().map(shape).collect()
    }

    /// Tells a person what was found.
    pub(super) fn tell(&self, paper: Paper) {
        for finding in &self.preflight.findings {
            let verdict = finding.verdict.to_string();
            paper.say(&format!("{verdict:<8} {:<16} {}", finding.id(), finding.summary));
            if let Some(remedy) = finding.remedy.as_ref().filter(|_| finding.verdict != Verdict::Ok) {
                paper.say(&format!("{:<25} {remedy}", ""));
            }
        }
    }

    /// What stood in the way of reading the instance: without it there is nothing to judge.
    pub(super) fn instance_unread(&self) -> Option<Problem> {
        let Fact::Unknown(unknown) = &self.facts.instance else { return None };
        let name = self.plan.instance().name();
        let problem = Problem::new(format!("The instance {name} cannot be read: {}", unknown.reason))
            .meaning("Without a fresh reading of it nothing is sent")
            .about(self.plan.instance().to_string());
        let kind = match unknown.reason {
            Unreadable::Forbidden(_) => Trouble::Forbidden,
            Unreadable::Unreachable(_) => Trouble::Unreachable,
            Unreadable::Absent(_) => Trouble::Usage,
            Unreadable::NotRecorded(_) => Trouble::Other,
        };
        Some(Problem { kind, ..problem })
    }

    /// Why the plan did not pass the gate, for a person, and how the program ends.
    pub(super) fn refusal(&self, why: &NotApproved) -> (Problem, Exit) {
        let lines = |ids: &[String]| {
            let findings = self.preflight.findings.iter().filter(|it| ids.iter().any(|id| id == it.id()));
            findings.map(|it| format!("{}: {}", it.id(), it.summary)).collect::<Vec<_>>().join("; ")
        };
        match why {
            NotApproved::Blocked(ids) => {
                let problem = Problem::new(format!("Blocked by the preflight: {}", lines(ids)))
                    .meaning("Azure would refuse it, or it would do harm. Nothing was sent");
                let remedies = self
                    .preflight
                    .with(Verdict::Blocked)
                    .filter_map(|it| it.remedy.as_ref().map(ToString::to_string));
                let remedies: Vec<String> = remedies.collect();
                (if remedies.is_empty() { problem } else { problem.next(remedies.join("; ")) }, Exit::Blocked)
            }
            NotApproved::NotAccepted(ids) => {
                let accept: Vec<String> = ids.iter().map(|id| format!("--accept {id}=REASON")).collect();
                let problem = Problem::new(format!("Not accepted: {}", lines(ids)))
                    .meaning(
                        "What is doubtful or not known is only done when somebody says why. Nothing was sent",
                    )
                    .next(format!("Find out, or say why it may be done: {}", accept.join(" ")));
                (problem, Exit::Blocked)
            }
            NotApproved::WrongName { .. } => {
                let name = self.plan.instance().name();
                let problem = Problem::usage(format!("--confirm must be the target's name: {name}"))
                    .meaning("It was something else, so nothing was sent");
                (problem, Exit::Usage)
            }
            NotApproved::InstanceNotRead | NotApproved::Stale { .. } | NotApproved::NotChecked => {
                let problem =
                    self.instance_unread().unwrap_or_else(|| Problem::new(format!("Not sent: {why}")));
                let exit = Exit::of_problem(&problem);
                (problem, exit)
            }
        }
    }
}
