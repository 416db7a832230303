//! The list of a place as it stands, for a file: what `w` writes. Only lists are written so; the timeline and a
//! comparison have reports of their own.

use jiff::Timestamp;

use super::{backups, banner, fleet};
use crate::console::draft::Draft;
use crate::console::list::Direction;
use crate::console::message::Gathering;
use crate::console::model::{Model, Place};
use crate::console::theme::Theme;
use crate::console::widgets::canvas::Words;
use crate::console::world::inventory::Reading;
use crate::console::world::{Checks, Trouble};
use crate::domain::extract::Extract;
use crate::domain::preflight::Finding;

/// The list of the place; `None` where there is none.
pub(in crate::console) fn of(model: &Model) -> Option<Extract> {
    match model.place() {
        Place::Fleet => Some(fleet::extract(model)),
        Place::Backups(_) => Some(backups::extract(model)),
        Place::Problems => Some(problems(model)),
        Place::Wizard(_) => {
            let (draft, checks) = model.draft.as_ref()?.checked()?;
            Some(match draft.evidence {
                None => findings(model, draft, checks),
                Some(_) => evidence(model, checks, checks.preflight.findings.get(draft.finding)?),
            })
        }
        Place::Failover | Place::Operations | Place::Parity(_) | Place::Timeline => None,
    }
}

/// Why the list of the place is not the whole truth.
pub(in crate::console) fn lacks(model: &Model) -> Option<String> {
    let inventory = &model.world.inventory;
    match (model.place(), inventory.reading) {
        (Place::Wizard(_), _) => {
            let (_, checks) = model.draft.as_ref()?.checked()?;
            (checks.gathering == Gathering::Open).then(|| "the checks are still running".to_owned())
        }
        (Place::Fleet | Place::Backups(_), Reading::NotAsked) => Some("nothing was read yet".to_owned()),
        (Place::Fleet | Place::Backups(_), Reading::Running { .. }) => {
            Some("it is still being read".to_owned())
        }
        (Place::Fleet | Place::Backups(_), Reading::Done { .. }) => {
            Some(banner::unreadable(inventory).trim().to_owned()).filter(|words| !words.is_empty())
        }
        _ => None,
    }
}

/// What is said of every list of the inventory.
pub(super) fn narrowed(model: &Model, mut list: Extract) -> Extract {
    let (filter, sort, direction) = match model.place() {
        Place::Backups(_) => {
            let sort = model.backups.sort;
            (&model.backups.filter.0, sort.by.word(), sort.direction)
        }
        _ => {
            let sort = model.fleet.sort;
            (&model.fleet.filter.0, sort.by.word(), sort.direction)
        }
    };
    let way = if direction == Direction::Up { "ascending" } else { "descending" };
    list.filter.clone_from(filter);
    list.order = format!("{}, {way}", sort.to_lowercase());
    list.about = model.subscription.as_ref().map(|id| id.as_str().to_owned());
    list.as_of = model.world.inventory.as_of();
    list.lacks = lacks(model);
    list
}

/// A moment to the second.
pub(super) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// What a cell says; nothing when it only says that nothing is known.
pub(super) fn told(model: &Model, words: &Words) -> Option<String> {
    Some(words.text(Theme::of(&model.preferences))).filter(|text| !text.starts_with(['?', '…', '.']))
}

fn problems(model: &Model) -> Extract {
    let columns = vec![
        "at",
        "problem",
        "about",
        "status",
        "code",
        "azureSays",
        "meaning",
        "next",
        "requestId",
        "correlationId",
    ];
    let mut list = Extract::new("problems", columns, model.now());
    list.order = "at, descending".to_owned();
    let all = model.world.problems();
    let only = model.whole_problem.map(|_| model.problem.min(all.len().saturating_sub(1)));
    for (_, Trouble { at, problem }) in
        all.iter().enumerate().filter(|(place, _)| only.is_none_or(|it| it == *place))
    {
        let it = problem.clone();
        list.row([
            Some(moment(*at)),
            Some(it.summary),
            it.scope,
            it.http_status.map(|status| status.to_string()),
            it.code,
            it.server_message,
            it.meaning,
            it.next,
            it.request_id,
            it.correlation_id,
        ]);
    }
    list
}

/// What is said of every list of the checks.
fn checked(model: &Model, checks: &Checks, list: &mut Extract) {
    list.about = Some(checks.plan.instance().to_string());
    list.as_of = checks.preflight.instance_read_at;
    list.lacks = lacks(model);
}

fn findings(model: &Model, draft: &Draft, checks: &Checks) -> Extract {
    let columns =
        vec!["state", "check", "id", "found", "accepted", "advice", "command", "restsOn", "documented"];
    let mut list = Extract::new("checks", columns, model.now());
    checked(model, checks, &mut list);
    list.order = "as on the screen, worst first once all are there".to_owned();
    for finding in checks.order().into_iter().filter_map(|place| checks.preflight.findings.get(place)) {
        let rests: Vec<String> = finding
            .evidence
            .iter()
            .map(|it| format!("{} = {}", it.name, it.value.as_deref().unwrap_or("not known")))
            .collect();
        list.row([
            Some(state(checks, finding)),
            Some(finding.rule.title.to_owned()),
            Some(finding.id().to_owned()),
            Some(finding.summary.clone()),
            draft.reason_for(finding.id()).map(str::to_owned),
            finding.remedy.as_ref().map(|it| it.advice.clone()),
            finding.remedy.as_ref().and_then(|it| it.command.clone()),
            Some(rests.join("; ")).filter(|text| !text.is_empty()),
            Some(finding.rule.documented.to_owned()),
        ]);
    }
    list
}

/// A check that is not answered yet is no answer.
fn state(checks: &Checks, finding: &Finding) -> String {
    if checks.is_open(finding) { "reading".to_owned() } else { finding.verdict.to_string() }
}

fn evidence(model: &Model, checks: &Checks, finding: &Finding) -> Extract {
    let columns = vec!["check", "id", "state", "found", "evidence", "value", "source", "read"];
    let mut list = Extract::new("evidence", columns, model.now());
    checked(model, checks, &mut list);
    let head = [
        Some(finding.rule.title.to_owned()),
        Some(finding.id().to_owned()),
        Some(state(checks, finding)),
        Some(finding.summary.clone()),
    ];
    for it in &finding.evidence {
        let own = [Some(it.name.clone()), it.value.clone(), Some(it.source.clone()), it.read_at.map(moment)];
        list.row(head.iter().cloned().chain(own));
    }
    if finding.evidence.is_empty() {
        list.row(head.into_iter().chain([None, None, None, None]));
    }
    list
}
