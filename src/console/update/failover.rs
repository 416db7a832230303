//! What happens in a failover plan. A row is started as any restore is: by its own wizard, through the same gate.

use super::keys::{go, warn};
use super::moves::{step, stepped};
use super::writing::may_write;
use crate::console::acts;
use crate::console::draft::{Draft, Guard, Step, Task};
use crate::console::effect::Effect;
use crate::console::failover::{Begun, Failover, Row, Stand};
use crate::console::intent::Intent;
use crate::console::list::Move;
use crate::console::model::{Model, Place};
use crate::domain::backup::Backup;
use crate::domain::operation::{Operation, Phase};
use crate::domain::plan::{Kind, Plan};
use crate::domain::resource::ResourceId;

/// Opens a plan for the marked instances.
pub(super) fn begin(model: &mut Model) -> Vec<Effect> {
    if let Err(obstacle) = acts::failed_over(model) {
        warn(model, format!("not possible: {obstacle}"));
        return Vec::new();
    }
    let sources = model.marked();
    let mut rows: Vec<Row> = Vec::with_capacity(sources.len());
    for source in &sources {
        let row = propose(model, source, &sources, &rows);
        rows.push(row);
    }
    enter(model, Failover::new(rows));
    Vec::new()
}

/// Shows a plan.
pub(super) fn enter(model: &mut Model, failover: Failover) {
    model.overlay = None;
    model.failover = Some(failover);
    model.trail.retain(|place| !matches!(place, Place::Wizard(_) | Place::Failover));
    go(model, Place::Failover);
}

/// The newest usable backup of an instance and the best target that no row has yet.
pub(super) fn propose(model: &Model, source: &ResourceId, sources: &[ResourceId], rows: &[Row]) -> Row {
    let place = model.world.inventory.instances.place(source);
    let newest = place.and_then(|place| model.judgement().instances.get(place)?.newest_usable);
    let newest = newest.and_then(|at| model.world.inventory.backups.all().get(at));
    let impossible =
        |why: &str| Row { source: source.clone(), stand: Stand::Impossible(why.to_owned()), draft: None };
    let Some(place) = place else { return impossible("the instance is no longer in the inventory") };
    let Some(backup) = newest else { return impossible("no usable backup of it is known") };
    let free = |id: &ResourceId| is_free(model, id, sources, rows);
    match acts::restore_of(model, Some(place), backup, free) {
        Ok(draft) => Row { source: source.clone(), stand: Stand::Proposed, draft: Some(draft) },
        Err(why) => impossible(&why),
    }
}

/// A row that was not possible is looked at again: more may be known of it meanwhile.
fn propose_again(model: &mut Model) {
    let Some(failover) = model.failover.as_ref() else { return };
    let at = failover.cursor;
    let Some(row) = failover.rows.get(at).filter(|row| matches!(row.stand, Stand::Impossible(_))) else {
        return;
    };
    let sources: Vec<ResourceId> = failover.rows.iter().map(|row| row.source.clone()).collect();
    let again = propose(model, &row.source, &sources, &failover.rows);
    if let Some(row) = model.failover.as_mut().and_then(|failover| failover.rows.get_mut(at)) {
        *row = again;
    }
}

/// Whether a target may be proposed beside these rows.
fn is_free(model: &Model, id: &ResourceId, sources: &[ResourceId], rows: &[Row]) -> bool {
    let taken = rows.iter().filter(|row| row.stand != Stand::LeftOut).any(|row| row.target() == Some(id));
    !taken
        && !sources.contains(id)
        && !is_under_way(model, id)
        && !model.preferences.read_only_subscriptions.contains(&id.subscription())
}

/// Whether this console knows of an operation on an instance that has not ended.
fn is_under_way(model: &Model, id: &ResourceId) -> bool {
    let mut operations = model.world.operations.values().map(|it| &it.operation);
    model.world.starting.iter().any(|plan| plan.instance() == id)
        || operations.any(|it| !it.phase.is_final() && it.intent.work.instance() == id)
}

/// Answers an intent at the table.
pub(super) fn act(model: &mut Model, intent: Intent) -> Vec<Effect> {
    let page = model.size.list_rows(model.size.below_choices());
    let Some(failover) = model.failover.as_mut() else { return super::keys::back(model) };
    if let (false, Some(step)) = (matches!(intent, Intent::Left | Intent::Right), step(intent, page)) {
        failover.cursor = stepped(failover.cursor, step, failover.rows.len());
        return Vec::new();
    }
    match intent {
        Intent::Open => open(model),
        Intent::Next => take(model),
        Intent::LeaveOut => leave_out(model),
        Intent::Left => turn_backup(model, -1),
        Intent::Right => turn_backup(model, 1),
        Intent::Refresh => check_again(model),
        Intent::Close => super::keys::back(model),
        _ => Vec::new(),
    }
}

/// The row under the cursor goes into the wizard, at the step that it is due for.
fn open(model: &mut Model) -> Vec<Effect> {
    propose_again(model);
    let Some(failover) = model.failover.as_mut() else { return Vec::new() };
    let at = failover.cursor;
    let Some(row) = failover.rows.get_mut(at) else { return Vec::new() };
    let refused = match &row.stand {
        Stand::Proposed | Stand::Chosen => None,
        Stand::LeftOut => Some("it is left out; Space takes it in again".to_owned()),
        Stand::Started(begun) => {
            let own = begun.operation(&model.world).map(|it| it.operation.id());
            model.wall.cursor = own.or(model.wall.cursor);
            go(model, Place::Operations);
            return Vec::new();
        }
        Stand::Impossible(why) => Some(format!("not possible: {why}")),
    };
    if let Some(why) = refused {
        warn(model, why);
        return Vec::new();
    }
    let Some(mut draft) = row.draft.take() else { return Vec::new() };
    draft.step = if row.stand == Stand::Chosen { Step::Findings } else { Step::Where };
    draft.disarm();
    failover.open = Some(at);
    model.draft = Some(draft);
    go(model, Place::Wizard(Kind::Restore));
    super::wizard::attend(model);
    // Checks that wait for their turn are what the person looks at now.
    let waits = model.draft.as_ref().is_some_and(|it| it.step == Step::Findings && needs_checks(it));
    if waits { model.gather_facts() } else { Vec::new() }
}

fn needs_checks(draft: &Draft) -> bool {
    draft.checks.is_none() || draft.is_gathering()
}

/// The draft leaves the wizard. One of a plan goes back to its row, as it is.
pub(super) fn put_back(model: &mut Model) {
    let draft = model.draft.take();
    let Some(failover) = model.failover.as_mut() else { return };
    let (Some(at), Some(mut draft)) = (failover.open.take(), draft) else { return };
    draft.disarm();
    draft.reason = None;
    draft.evidence = None;
    // What was chosen anew and not taken has to be taken.
    let is_other = draft.forget_other_answers();
    if let Some(row) = failover.rows.get_mut(at) {
        row.draft = Some(draft);
        if is_other && row.stand == Stand::Chosen {
            row.stand = Stand::Proposed;
        }
    }
    failover.guard = Guard::Unseen;
}

/// Takes what is proposed, as it is shown, and goes to the next row that waits for somebody.
fn take(model: &mut Model) -> Vec<Effect> {
    propose_again(model);
    let Some(failover) = model.failover.as_ref() else { return Vec::new() };
    let at = failover.cursor;
    let Some(row) = failover.rows.get(at) else { return Vec::new() };
    if let Stand::Impossible(why) = &row.stand {
        let why = format!("not possible: {why}");
        warn(model, why);
        return Vec::new();
    }
    if row.stand == Stand::Proposed {
        let target = row.target().cloned();
        let Some(target) = target else {
            warn(model, "nothing can be proposed for it: Enter chooses a target");
            return Vec::new();
        };
        if let Some(why) = refusal(model, at, &target) {
            warn(model, why);
            return Vec::new();
        }
        let Some(instance) = model.world.inventory.instances.get(&target) else { return Vec::new() };
        let (accesses, proposed) = acts::accesses(model, instance);
        if let Some(row) = model.failover.as_mut().and_then(|it| it.rows.get_mut(at)) {
            row.stand = Stand::Chosen;
            if let Some(draft) = &mut row.draft {
                let before = draft.accesses.get(draft.access);
                let same = before.and_then(|it| accesses.iter().position(|access| access == it));
                (draft.access, draft.accesses) = (same.unwrap_or(proposed), accesses);
                draft.forget_other_answers();
            }
        }
    }
    if let Some(failover) = model.failover.as_mut() {
        failover.cursor = failover.next_open(at + 1).unwrap_or(at);
    }
    next_check(model)
}

/// Why a row may not have a target; for people.
fn refusal(model: &Model, at: usize, target: &ResourceId) -> Option<String> {
    if !model.world.inventory.instances.all().iter().any(|it| it.id == *target) {
        return Some(format!("{} is no longer known", target.name()));
    }
    if let Err(why) = may_write(model, Some(target)) {
        return Some(why);
    }
    if is_under_way(model, target) {
        return Some(format!("an operation on {} has not ended yet", target.name()));
    }
    model.failover.as_ref().and_then(|failover| failover.conflict(at, target))
}

/// Why the draft in the wizard may not have its target, when it is a row of a plan.
pub(super) fn conflict(model: &Model) -> Option<String> {
    let failover = model.failover.as_ref()?;
    let at = failover.open?;
    failover.conflict(at, model.draft.as_ref()?.instance()?)
}

/// The draft in the wizard has its target and access: its row does too.
pub(super) fn chosen(model: &mut Model) {
    let Some(failover) = model.failover.as_mut() else { return };
    if let Some(row) = failover.open.and_then(|at| failover.rows.get_mut(at)) {
        row.stand = Stand::Chosen;
    }
}

/// The reason that was given for this finding in another row, to be offered again.
pub(super) fn reason_elsewhere(model: &Model, finding: &str) -> Option<String> {
    let failover = model.failover.as_ref()?;
    failover.reason_elsewhere(failover.open?, finding).map(str::to_owned)
}

/// The row in the wizard was confirmed and handed over: on to the next, or to the wall when all are done. Says whether
/// the draft was one of a plan.
pub(super) fn started(model: &mut Model, plan: &Plan) -> bool {
    let Some(at) = model.failover.as_ref().and_then(|failover| failover.open) else { return false };
    put_back(model);
    let now = model.now();
    let Some(failover) = model.failover.as_mut() else { return false };
    if let Some(row) = failover.rows.get_mut(at) {
        row.stand = Stand::Started(Box::new(Begun { plan: plan.clone(), at: now }));
    }
    let next = failover.next_open(at);
    failover.cursor = next.unwrap_or(at);
    model.trail = vec![Place::Fleet, Place::Failover];
    if next.is_none() {
        model.trail.push(Place::Operations);
    }
    true
}

/// No byte of it left: its row waits for its name again, unless another restore like it may have left. One of an earlier
/// run has no draft here, and is looked at again. Says whether it is one of a failover plan.
pub(super) fn not_sent(model: &mut Model, operation: &Operation) -> bool {
    let Some(failover) = model.failover.as_mut() else { return false };
    let world = &model.world;
    let others = world.operations.values().map(|it| &it.operation).filter(|it| it.id() != operation.id());
    let may_have_left: Vec<&Operation> = others.filter(|it| it.phase != Phase::NotSent).collect();
    let is_it = |row: &&mut Row| match &row.stand {
        Stand::Started(begun) => {
            let other =
                world.starting.contains(&begun.plan) || may_have_left.iter().any(|it| begun.is_of(it));
            begun.is_of(operation) && !other
        }
        _ => false,
    };
    let Some(row) = failover.rows.iter_mut().find(is_it) else { return false };
    row.stand = match row.draft {
        Some(_) => Stand::Chosen,
        None => Stand::Impossible("its request never left".to_owned()),
    };
    true
}

fn leave_out(model: &mut Model) -> Vec<Effect> {
    let Some(failover) = model.failover.as_mut() else { return Vec::new() };
    let at = failover.cursor;
    let back = failover.conflict_of_return(at);
    let Some(row) = failover.rows.get_mut(at) else { return Vec::new() };
    match (&row.stand, back) {
        (Stand::Proposed | Stand::Chosen, _) => row.stand = Stand::LeftOut,
        (Stand::LeftOut, None) => row.stand = Stand::Proposed,
        (Stand::LeftOut, Some(why)) => {
            warn(model, why);
            return Vec::new();
        }
        (Stand::Started(_), _) => {
            warn(model, "it was sent already");
            return Vec::new();
        }
        (Stand::Impossible(_), _) => return Vec::new(),
    }
    failover.cursor = stepped(at, Move::By(1), failover.rows.len());
    next_check(model)
}

/// Another usable backup of the same instance: what was chosen and accepted for this one does not hold for that one.
fn turn_backup(model: &mut Model, by: isize) -> Vec<Effect> {
    let Some(failover) = model.failover.as_ref() else { return Vec::new() };
    let at = failover.cursor;
    let Some(row) = failover.rows.get(at).filter(|row| row.is_open()) else { return Vec::new() };
    let Some(Draft { task: Task::Restore { backup, .. }, .. }) = &row.draft else { return Vec::new() };
    let usable = usable(model, &row.source);
    let now = usable.iter().position(|it| it.blob.address == backup.blob.address).unwrap_or(0);
    let other = usable.get(stepped(now, Move::By(by), usable.len())).copied();
    let Some(other) = other.filter(|it| it.blob.address != backup.blob.address) else {
        warn(model, if by < 0 { "it is the newest usable backup" } else { "it is the oldest usable backup" });
        return Vec::new();
    };
    let sources: Vec<ResourceId> = failover.rows.iter().map(|row| row.source.clone()).collect();
    let others: Vec<Row> =
        failover.rows.iter().enumerate().filter(|(it, _)| *it != at).map(|(_, row)| row.clone()).collect();
    let place = model.world.inventory.instances.place(&row.source);
    let turned = acts::restore_of(model, place, other, |id| is_free(model, id, &sources, &others));
    match turned {
        Err(why) => warn(model, why),
        Ok(draft) => {
            if let Some(row) = model.failover.as_mut().and_then(|it| it.rows.get_mut(at)) {
                (row.draft, row.stand) = (Some(draft), Stand::Proposed);
            }
        }
    }
    next_check(model)
}

/// The usable backups of an instance, newest first.
fn usable<'a>(model: &'a Model, source: &ResourceId) -> Vec<&'a Backup> {
    let place = model.world.inventory.instances.place(source);
    let places = place.and_then(|at| model.judgement().instances.get(at)).map(|it| it.backups.as_slice());
    let backups = model.world.inventory.backups.all();
    let all = places.unwrap_or_default().iter().filter_map(|&at| backups.get(at));
    all.filter(|it| it.is_usable(model.now())).collect()
}

fn check_again(model: &mut Model) -> Vec<Effect> {
    let Some(failover) = model.failover.as_ref() else { return Vec::new() };
    match failover.chosen().map(|row| &row.stand) {
        Some(Stand::Chosen) => ask(model, failover.cursor),
        _ => {
            warn(model, "there is nothing to check before its target is taken");
            Vec::new()
        }
    }
}

/// Runs the checks of the next row that waits for them. One row is read at a time, so that a large plan costs Azure no
/// more at once than a small one.
pub(super) fn next_check(model: &mut Model) -> Vec<Effect> {
    if model.draft.as_ref().is_some_and(Draft::is_gathering) {
        return Vec::new();
    }
    let asked = model.asked;
    match model.failover.as_ref().and_then(|failover| failover.to_check(asked)) {
        Some(at) => ask(model, at),
        None => Vec::new(),
    }
}

fn ask(model: &mut Model, at: usize) -> Vec<Effect> {
    let request = model.next_request();
    let row = model.failover.as_mut().and_then(|failover| failover.rows.get_mut(at));
    let plan = row.and_then(|row| row.draft.as_mut()).and_then(|draft| draft.ask_about(request));
    let Some(plan) = plan else { return Vec::new() };
    model.asked = request;
    model.touch();
    vec![Effect::GatherFacts { request, plan: Box::new(plan) }]
}
