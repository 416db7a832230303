//! The way from a wish to an approved plan. Nothing here can start anything but through
//! [`RestorePlan::approve`](crate::domain::plan::RestorePlan::approve) and its sister.

use jiff::SignedDuration;
use tui_input::Input;

use super::keys::{back, go, warn};
use super::moves::{copy, step, stepped};
use super::writing::may_write;
use super::{drafts, failover};
use crate::console::acts::{self, Deed};
use crate::console::draft::{Button, Draft, Guard, Step, Task};
use crate::console::effect::Effect;
use crate::console::intent::Intent;
use crate::console::list::Move;
use crate::console::message::Gathering;
use crate::console::model::{Model, Overlay, Place};
use crate::console::request;
use crate::console::world::Checks;
use crate::domain::approval::{Acceptance, NotApproved};
use crate::domain::plan::{Kind, Plan};
use crate::domain::preflight::Finding;
use crate::domain::verdict::Verdict;
use crate::domain::visible;
use crate::domain::writing::Permit;

/// Facts older than this are read again while the last steps are on the screen, well before they are too old.
const REFRESH: SignedDuration = SignedDuration::from_secs(40);

/// Opens the wizard for an act, or says why not. What is kept of an earlier draft is offered first.
pub(super) fn begin(model: &mut Model, deed: Deed) -> Vec<Effect> {
    if drafts::kept(model, deed).is_some() {
        model.overlay = Some(Overlay::Offer(deed));
        return Vec::new();
    }
    begin_anew(model, deed)
}

/// Opens the wizard for an act, or says why not. Watching needs none: it changes nothing.
pub(super) fn begin_anew(model: &mut Model, deed: Deed) -> Vec<Effect> {
    let kind = match deed {
        Deed::Begin(kind) => kind,
        Deed::Attach => return attach(model),
        Deed::FailOver => return failover::begin(model),
    };
    match acts::prepare(model, kind) {
        Ok(draft) => {
            failover::put_back(model);
            model.overlay = None;
            model.trail.retain(|place| !matches!(place, Place::Wizard(_)));
            go(model, Place::Wizard(kind));
            model.draft = Some(draft);
        }
        Err(obstacle) => warn(model, format!("not possible: {obstacle}")),
    }
    Vec::new()
}

fn attach(model: &mut Model) -> Vec<Effect> {
    match acts::attached(model) {
        Ok(instance) => {
            model.overlay = None;
            go(model, Place::Operations);
            vec![Effect::Attach { instance }]
        }
        Err(obstacle) => {
            warn(model, format!("not possible: {obstacle}"));
            Vec::new()
        }
    }
}

/// Answers an intent in the wizard.
pub(super) fn act(model: &mut Model, intent: Intent) -> Vec<Effect> {
    let Some(draft) = model.draft.as_mut() else { return back(model) };
    if draft.reason.is_some() {
        return reason(model, intent);
    }
    let current = draft.step;
    match (current, intent) {
        (_, Intent::Close | Intent::Previous) => previous(model, intent),
        (Step::Where | Step::Access, Intent::Next) => next(model),
        (Step::Where | Step::Access, other) => {
            if let Some(step) = step(other, 10) {
                match current {
                    Step::Where => draft.choice = stepped(draft.choice, step, draft.task.choices()),
                    _ => draft.access = stepped(draft.access, step, draft.accesses.len()),
                }
            }
            Vec::new()
        }
        (Step::Findings, _) => findings(model, intent),
        (Step::Review, Intent::Next) => confirm(model),
        (Step::Review, Intent::CopyRequest) => {
            let request = draft.plan().map(|plan| plan.request(&model.preferences.resource_manager));
            request.map_or_else(Vec::new, |it| {
                copy(model, "request", visible::lines(&request::written_out(&it)))
            })
        }
        (Step::Review, Intent::Refresh) => model.gather_facts(),
        (Step::Confirm, Intent::Switch) => {
            switch_button(draft);
            Vec::new()
        }
        (Step::Confirm, Intent::Open) => press_button(model),
        _ => Vec::new(),
    }
}

/// One step back; from the first one out of the wizard.
fn previous(model: &mut Model, intent: Intent) -> Vec<Effect> {
    let Some(draft) = model.draft.as_mut() else { return Vec::new() };
    if draft.evidence.is_some() && intent == Intent::Close {
        draft.evidence = None;
        return Vec::new();
    }
    let is_row = model.failover.as_ref().is_some_and(|failover| failover.open.is_some());
    if is_row && intent == Intent::Close && draft.step != Step::Confirm {
        return back(model);
    }
    draft.step = match (draft.step, draft.task.kind()) {
        (Step::Where, _) => return if intent == Intent::Close { back(model) } else { Vec::new() },
        (Step::Access, _) => Step::Where,
        (Step::Findings, _) => Step::Access,
        (Step::Review, _) | (Step::Confirm, Kind::Backup) => Step::Findings,
        (Step::Confirm, Kind::Restore) => Step::Review,
    };
    draft.evidence = None;
    draft.disarm();
    Vec::new()
}

/// Takes the choice and goes on.
fn next(model: &mut Model) -> Vec<Effect> {
    let Some(draft) = model.draft.as_ref() else { return Vec::new() };
    let instance = draft.instance().and_then(|id| model.world.inventory.instances.get(id));
    let Some(instance) = instance else {
        warn(model, "the instance is no longer known");
        return Vec::new();
    };
    if let Err(why) = may_write(model, Some(&instance.id)) {
        warn(model, why);
        return Vec::new();
    }
    if let Some(why) = failover::conflict(model) {
        warn(model, why);
        return Vec::new();
    }
    if draft.step == Step::Where {
        let (accesses, access) = acts::accesses(model, instance);
        if let Some(draft) = model.draft.as_mut() {
            (draft.accesses, draft.access, draft.step) = (accesses, access, Step::Access);
        }
        return Vec::new();
    }
    let plan = draft.plan();
    let same = draft.checks.as_ref().map(|checks| &checks.plan) == plan.as_ref();
    if let Some(draft) = model.draft.as_mut() {
        draft.step = Step::Findings;
        draft.finding = 0;
        if !same {
            draft.accepted.clear();
        }
    }
    failover::chosen(model);
    model.gather_facts()
}

fn findings(model: &mut Model, intent: Intent) -> Vec<Effect> {
    let turned = match intent {
        Intent::Left => Some(Move::By(-1)),
        Intent::Right => Some(Move::By(1)),
        _ => None,
    };
    if let Some(step) = turned.or_else(|| step(intent, usize::from(model.size.body() / 2))) {
        turn_finding(model, step);
        return Vec::new();
    }
    let Some(draft) = model.draft.as_mut() else { return Vec::new() };
    match intent {
        Intent::Open => draft.evidence = if draft.evidence.is_some() { None } else { Some(0) },
        Intent::Accept => start_reason(model),
        Intent::Copy => return copy_command(model),
        Intent::Refresh => return model.gather_facts(),
        Intent::Next => return leave_findings(model),
        _ => {}
    }
    Vec::new()
}

/// To another finding, in the order in which they are shown; its evidence begins at the top.
fn turn_finding(model: &mut Model, by: Move) {
    let Some(draft) = model.draft.as_mut() else { return };
    let Some(checks) = &draft.checks else { return };
    let order = checks.order();
    let at = order.iter().position(|&place| place == draft.finding).unwrap_or(0);
    draft.finding = order.get(stepped(at, by, order.len())).copied().unwrap_or(0);
    draft.evidence = draft.evidence.map(|_| 0);
}

/// The command is copied as it stands; where none is known to be right there is none.
fn copy_command(model: &mut Model) -> Vec<Effect> {
    let chosen = model.draft.as_ref().and_then(Draft::checked);
    let finding = chosen.and_then(|(draft, checks)| checks.preflight.findings.get(draft.finding));
    let command = finding.and_then(|it| it.remedy.as_ref()).and_then(|remedy| remedy.command.clone());
    match command {
        Some(command) => copy(model, "command", visible::lines(&command)),
        None => {
            warn(model, "no command is known for it");
            Vec::new()
        }
    }
}

/// Asks why a warning is accepted. What is fine needs no reason, and a blocker takes none.
fn start_reason(model: &mut Model) {
    let chosen = model.draft.as_ref().and_then(Draft::checked);
    let finding = chosen.and_then(|(draft, checks)| checks.preflight.findings.get(draft.finding));
    let elsewhere = finding.and_then(|it| failover::reason_elsewhere(model, it.id()));
    let Some(draft) = model.draft.as_mut() else { return };
    let Some(checks) = &draft.checks else { return };
    let Some(finding) = checks.preflight.findings.get(draft.finding) else { return };
    match finding.verdict {
        Verdict::Warn | Verdict::Unknown if checks.gathering == Gathering::Open => {
            warn(model, "still reading; wait for the answer");
        }
        Verdict::Warn | Verdict::Unknown => {
            let own = draft.reason_for(finding.id()).map(str::to_owned);
            let earlier = own.or(elsewhere).unwrap_or_default();
            draft.evidence = None;
            draft.reason = Some(Input::from(earlier));
        }
        Verdict::Ok => warn(model, "nothing to accept here"),
        Verdict::Blocked => warn(model, "a blocker cannot be accepted"),
    }
}

/// The reason is done, or given up.
fn reason(model: &mut Model, intent: Intent) -> Vec<Effect> {
    let Some(draft) = model.draft.as_mut() else { return Vec::new() };
    let Some(input) = draft.reason.take() else { return Vec::new() };
    let Some(checks) = &draft.checks else { return Vec::new() };
    let Some(finding) = checks.preflight.findings.get(draft.finding) else { return Vec::new() };
    if intent != Intent::Open {
        return Vec::new();
    }
    let reason = input.value().trim().to_owned();
    if reason.is_empty() {
        draft.reason = Some(input);
        warn(model, "a reason is needed: it is kept in the journal and the report");
        return Vec::new();
    }
    draft.accepted.retain(|it| it.finding != finding.id());
    draft.accepted.push(Acceptance { finding: finding.id().to_owned(), reason });
    let open = obstacle(checks, draft);
    draft.finding = open.unwrap_or(draft.finding);
    Vec::new()
}

/// The first finding on the screen that stands in the way: a blocker, else one that nobody accepted yet.
fn obstacle(checks: &Checks, draft: &Draft) -> Option<usize> {
    let findings = &checks.preflight.findings;
    let open = |it: &Finding| match it.verdict {
        Verdict::Ok => false,
        Verdict::Warn | Verdict::Unknown => draft.reason_for(it.id()).is_none(),
        Verdict::Blocked => true,
    };
    checks.order().into_iter().find(|&place| open(&findings[place]))
}

/// All answers are there: the cursor goes to what stands in the way, unless it was moved already.
pub(super) fn attend(model: &mut Model) {
    let Some(draft) = model.draft.as_mut() else { return };
    let Some(checks) = &draft.checks else { return };
    if draft.finding == 0 && draft.reason.is_none() {
        draft.finding = obstacle(checks, draft).unwrap_or(0);
    }
}

/// Goes on from the findings when nothing stands in the way, else moves the cursor to what does.
fn leave_findings(model: &mut Model) -> Vec<Effect> {
    let Some(draft) = model.draft.as_mut() else { return Vec::new() };
    let Some(checks) = &draft.checks else { return Vec::new() };
    if checks.gathering == Gathering::Open && checks.run == crate::console::world::Run::First {
        warn(model, "the checks are not done yet");
        return Vec::new();
    }
    let findings = &checks.preflight.findings;
    if let Some(place) = obstacle(checks, draft) {
        let (title, verdict) = (findings[place].rule.title, findings[place].verdict);
        draft.finding = place;
        let text = match verdict {
            Verdict::Blocked => format!("blocked: {title}. A blocker cannot be accepted"),
            _ => format!("not accepted yet: {title}. Space accepts it, with a reason"),
        };
        warn(model, text);
        return Vec::new();
    }
    if findings.is_empty() {
        warn(model, "nothing was checked yet");
        return Vec::new();
    }
    draft.evidence = None;
    match draft.task {
        Task::Restore { .. } => draft.step = Step::Review,
        Task::Backup { .. } => return confirm(model),
    }
    keep_fresh(model)
}

fn confirm(model: &mut Model) -> Vec<Effect> {
    if let Some(draft) = model.draft.as_mut() {
        draft.ask();
    }
    keep_fresh(model)
}

/// Reads the facts again before they are too old to be approved.
pub(super) fn keep_fresh(model: &mut Model) -> Vec<Effect> {
    let near = matches!(model.place(), Place::Wizard(_))
        && model.draft.as_ref().is_some_and(|draft| draft.step >= Step::Review);
    if !near || model.is_gathering() {
        return Vec::new();
    }
    let Some(checks) = model.draft.as_ref().and_then(|draft| draft.checks.as_ref()) else {
        return Vec::new();
    };
    let restore = matches!(checks.plan, Plan::Restore(_));
    let backup = if restore { checks.preflight.backup_asked_at } else { checks.preflight.instance_read_at };
    let oldest = checks.preflight.instance_read_at.into_iter().chain(backup).min();
    match oldest {
        Some(at) if model.now().duration_since(at) <= REFRESH => Vec::new(),
        _ => model.gather_facts(),
    }
}

/// A name that is whole chooses the button; one that is not takes the choice back.
pub(super) fn name_typed(model: &mut Model) {
    let Some(draft) = model.draft.as_mut().filter(|draft| draft.step == Step::Confirm) else { return };
    // The whole name has to be seen before Enter counts, so that a burst of "name, Enter" sends nothing.
    draft.guard = Guard::Open;
    draft.button = if draft.name_is_whole() { Button::Act } else { Button::Cancel };
}

fn switch_button(draft: &mut Draft) {
    let may_act = draft.task.kind() == Kind::Backup || draft.name_is_whole();
    draft.button = match draft.button {
        Button::Cancel if may_act => Button::Act,
        Button::Cancel | Button::Act => Button::Cancel,
    };
}

fn press_button(model: &mut Model) -> Vec<Effect> {
    let Some(draft) = model.draft.as_ref() else { return Vec::new() };
    match (draft.task.kind(), draft.button, draft.guard) {
        (Kind::Restore, _, _) if !draft.name_is_whole() => Vec::new(),
        (Kind::Restore, Button::Act, Guard::Armed)
        | (Kind::Backup, Button::Act, Guard::Open | Guard::Armed) => start(model),
        (_, Button::Act, _) => Vec::new(),
        (_, Button::Cancel, _) => previous(model, Intent::Previous),
    }
}

/// Through the gate, or back with the reason.
fn start(model: &mut Model) -> Vec<Effect> {
    let now = model.now();
    let target = model.draft.as_ref().and_then(Draft::instance);
    if let Err(why) = may_write(model, target) {
        let why = match model.permit {
            Permit::NotNow => "read-only now. Esc, :write 15m, and on".to_owned(),
            _ => why,
        };
        warn(model, format!("nothing was sent, nothing is lost: {why}"));
        return Vec::new();
    }
    if let Some(why) = failover::conflict(model) {
        warn(model, why);
        return Vec::new();
    }
    let Some(draft) = model.draft.as_mut() else { return Vec::new() };
    let plan = draft.plan();
    let Some(checks) = draft.checks.as_mut() else { return Vec::new() };
    let Some(plan) = plan.filter(|plan| *plan == checks.plan) else { return Vec::new() };
    checks.judge(now);
    let approved = match plan.clone() {
        Plan::Restore(restore) => {
            restore.approve(&checks.preflight, draft.typed.value(), &draft.accepted, now)
        }
        Plan::Backup(backup) => backup.approve(&checks.preflight, &draft.accepted, now),
    };
    match approved {
        Ok(approved) => {
            let tier =
                checks.facts.instance.value().and_then(|it| it.sku.as_ref()).map(|sku| sku.tier.clone());
            model.world.starting.push(plan.clone());
            model.last = None;
            model.wall = model.wall.begun();
            if !failover::started(model, &plan) {
                model.draft = None;
                *model.sketches.single_mut(plan.kind()) = None;
                model.trail = vec![Place::Fleet, Place::Operations];
            }
            vec![Effect::Start { approved: Box::new(approved), tier }]
        }
        Err(NotApproved::Stale { .. } | NotApproved::InstanceNotRead | NotApproved::NotChecked) => {
            warn(model, "the facts are too old: they are being read again, press Enter when they are there");
            if model.is_gathering() { Vec::new() } else { model.gather_facts() }
        }
        Err(error) => {
            draft.step = Step::Findings;
            draft.disarm();
            warn(model, format!("not sent: {error}"));
            Vec::new()
        }
    }
}
