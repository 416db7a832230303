//! `restore`: check, one POST, watch.

use serde_json::json;

use super::check;
use super::judge::{Judged, judge};
use super::shapes::Verdict;
use super::watch::{Until, watch};
use crate::app::compose::House;
use crate::app::exit::Exit;
use crate::app::output::Paper;
use crate::cli::{Accepting, RestoreArguments, Waiting};
use crate::domain::approval::{ApprovedPlan, NotApproved};
use crate::domain::plan::Plan;
use crate::domain::problem::Problem;

/// Restores a backup.
///
/// # Errors
/// It came to no operation.
pub(super) async fn run(house: &House, paper: Paper, arguments: &RestoreArguments) -> Result<Exit, Problem> {
    house.may_write()?;
    let plan = check::plan(house, &arguments.words).await?;
    house.engine.catch_up(plan.instance()).await;
    let judged = judge(house, plan).await;
    let Plan::Restore(plan) = &judged.plan else { return Err(Problem::new("The plan is no restore")) };
    let accepted = &arguments.accepting.accepted;
    let approved = plan.clone().approve(&judged.preflight, &arguments.confirm, accepted, house.now());
    carry_out(house, paper, &judged, approved, (&arguments.accepting, arguments.waiting)).await
}

/// What the plans of both kinds have in common once they were judged: say what was found, pass the gate, go.
pub(super) async fn carry_out(
    house: &House,
    paper: Paper,
    judged: &Judged,
    approved: Result<ApprovedPlan, NotApproved>,
    (accepting, waiting): (&Accepting, Waiting),
) -> Result<Exit, Problem> {
    judged.tell(paper);
    let known = |id: &str| judged.preflight.findings.iter().any(|it| it.id() == id);
    for strange in accepting.accepted.iter().filter(|it| !known(&it.finding)) {
        paper.say(&format!("There is no finding '{}' to accept", strange.finding));
    }
    let line = json!({
        "at": house.now(), "operationId": null, "phase": null, "event": "checked",
        "verdict": judged.preflight.verdict(), "findings": judged.shapes(),
    });
    paper.event(&line, "");
    let approved = match approved {
        Ok(approved) => approved,
        Err(why) => {
            let (problem, exit) = judged.refusal(&why);
            return Ok(not_sent(paper, problem, exit));
        }
    };
    let tier = judged.facts.instance.value().and_then(|it| it.sku.as_ref()).map(|sku| sku.tier.clone());
    let until = if waiting.no_wait { Until::Answer } else { Until::Verdict };
    let id = House::new_id();
    Ok(watch(house, paper, until, |reports| async move {
        vec![house.engine.run(approved, id, tier, reports).await]
    })
    .await)
}

/// The last line of something that came to no operation.
pub(super) fn not_sent(paper: Paper, problem: Problem, exit: Exit) -> Exit {
    paper.problem(&problem);
    if paper.is_json() {
        drop(paper.answer(&Verdict::not_sent(problem), ""));
    }
    exit
}
