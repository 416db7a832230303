//! A draft survives being left, and the end of the program: what was chosen and accepted is kept, on the disk too, and
//! offered when the same act is begun again. Its checks run again; its name is typed again.

use jiff::Timestamp;

use super::keys::{go, warn};
use super::writing::may_write;
use super::{failover, wizard};
use crate::console::acts::{self, Deed};
use crate::console::draft::{Draft, Step, Task};
use crate::console::effect::Effect;
use crate::console::failover::{Begun, Failover, Row, Stand};
use crate::console::intent::Intent;
use crate::console::model::{Model, Notice, Place, Tone};
use crate::console::text;
use crate::domain::approval::Acceptance;
use crate::domain::backup::Source;
use crate::domain::candidate;
use crate::domain::instance::Instance;
use crate::domain::operation::{Operation, Phase};
use crate::domain::plan::{Kind, Plan, RestorePlan};
use crate::domain::resource::ResourceId;
use crate::domain::sketch::{Line, Part, Sketch, Sketches};

/// What is to be kept after this message, when it is not what was kept before.
pub(super) fn keep(model: &mut Model) -> Option<Effect> {
    model.sketches = Sketches {
        restore: single(model, Kind::Restore),
        failover: plan(model),
        backup: single(model, Kind::Backup),
    };
    if model.sketches == model.sketches_on_disk {
        return None;
    }
    model.sketches_on_disk = model.sketches.clone();
    Some(Effect::KeepDrafts(Box::new(model.sketches.clone())))
}

/// The restore or backup in the wizard once it has a target or location, else the one that was left.
fn single(model: &Model, kind: Kind) -> Option<Sketch> {
    let before = model.sketches.single(kind);
    let is_row = model.failover.as_ref().is_some_and(|failover| failover.open.is_some());
    match model.draft.as_ref().filter(|draft| !is_row && draft.task.kind() == kind) {
        Some(draft) if !draft.accesses.is_empty() => {
            Some(dated(model, vec![line(None, Part::In, Some(draft))], read_at(draft), before))
        }
        _ => before.filter(|it| it.lasts(model.now())).cloned(),
    }
}

/// The failover plan while a row of it is to be done. One that is not on the way back, and too old, is given up.
fn plan(model: &mut Model) -> Option<Sketch> {
    let before = model.sketches.failover.clone().filter(|it| it.lasts(model.now()));
    let is_near = model.trail.contains(&Place::Failover);
    if before.is_none() && !is_near {
        model.failover = None;
    }
    let Some(failover) = &model.failover else { return before };
    let rows: Vec<(&Row, Option<&Draft>)> =
        failover.rows.iter().enumerate().map(|(at, row)| (row, model.row_draft(at))).collect();
    if !failover.rows.iter().any(Row::is_open) {
        return None;
    }
    let lines = rows.iter().map(|(row, draft)| {
        if let Stand::Started(begun) = &row.stand {
            let source = Some(row.source.clone());
            return Line { source, part: Part::Begun { at: begun.at }, ..Line::of(&begun.plan, &[]) };
        }
        let part = if row.stand == Stand::LeftOut { Part::Out } else { Part::In };
        let mut line = line(Some(row.source.clone()), part, *draft);
        if row.stand == Stand::Proposed {
            (line.target, line.access) = (None, None);
        }
        line
    });
    let newest = rows.iter().filter_map(|(_, draft)| read_at((*draft)?)).max();
    Some(dated(model, lines.collect(), newest, before.as_ref()))
}

fn read_at(draft: &Draft) -> Option<Timestamp> {
    draft.checks.as_ref()?.preflight.instance_read_at
}

/// Lines with their date: that of the checks, else that of the last change.
fn dated(model: &Model, lines: Vec<Line>, read_at: Option<Timestamp>, before: Option<&Sketch>) -> Sketch {
    let unchanged = before.filter(|it| it.lines == lines).map(|it| it.as_of);
    let as_of = read_at.or(unchanged).unwrap_or(model.now());
    Sketch { as_of, lines }
}

fn line(source: Option<ResourceId>, part: Part, draft: Option<&Draft>) -> Line {
    let backup = draft.and_then(|draft| match &draft.task {
        Task::Restore { backup, .. } => Some(backup.blob.address.clone()),
        Task::Backup { locations, name, .. } => locations.get(draft.choice).map(|it| it.at(name.as_str())),
    });
    Line {
        source,
        backup,
        target: draft.and_then(Draft::instance).cloned(),
        access: draft.and_then(|draft| draft.accesses.get(draft.access)).cloned(),
        accepted: draft.map_or(Vec::new(), |draft| draft.accepted.iter().map(Acceptance::discreet).collect()),
        part,
    }
}

/// What an earlier run kept. What is too old goes; the rest is offered by its act.
pub(super) fn recalled(model: &mut Model, found: Sketches) {
    let now = model.now();
    let fresh = |kept: Option<Sketch>| kept.filter(|it| it.lasts(now));
    let taken = Sketches {
        restore: fresh(found.restore.clone()),
        failover: fresh(found.failover.clone()),
        backup: fresh(found.backup.clone()),
    };
    if let Some(text) = told(&taken, &found) {
        model.notice = Some(Notice { text, tone: Tone::Plain });
        model.touch();
    }
    model.sketches_on_disk = found;
    let sketches = &mut model.sketches;
    sketches.restore = sketches.restore.take().or(taken.restore);
    sketches.failover = sketches.failover.take().or(taken.failover);
    sketches.backup = sketches.backup.take().or(taken.backup);
}

/// What is said of drafts that were found: the weightiest that can be gone on with, else one that cannot.
fn told(taken: &Sketches, found: &Sketches) -> Option<String> {
    let all = [
        (&taken.restore, &found.restore, "a draft", "a r"),
        (&taken.failover, &found.failover, "a failover plan", "a f"),
        (&taken.backup, &found.backup, "a draft of a backup", "a b"),
    ];
    let kept = all.iter().find_map(|(taken, _, what, keys)| {
        let at = text::clock(taken.as_ref()?.as_of);
        Some(format!("{what} of {at} is kept: {keys} goes on with it"))
    });
    let given_up = all.iter().find_map(|(_, found, ..)| found.as_ref());
    kept.or_else(|| {
        let at = text::clock(given_up?.as_of);
        Some(format!("the draft of {at} is given up: its checks are older than 15 minutes"))
    })
}

/// No byte of a single restore or backup left: it is a draft again, unless another one took its place meanwhile. What
/// may have left never comes this way.
pub(super) fn not_sent(model: &mut Model, operation: &Operation) {
    let Some(plan) = operation.intent.work.plan().filter(|_| operation.phase == Phase::NotSent) else {
        return;
    };
    let sketch =
        Sketch { as_of: operation.planned_at, lines: vec![Line::of(plan, &operation.intent.accepted)] };
    let now = model.now();
    let slot = model.sketches.single_mut(plan.kind());
    if sketch.lasts(now) && slot.as_ref().is_none_or(|it| !it.lasts(now)) {
        *slot = Some(sketch);
    }
}

/// How an operation that was not sent is gone on with, when its draft is kept; to be said after its end.
pub(super) fn hint(model: &Model, operation: &Operation) -> &'static str {
    let kind = operation.intent.work.kind();
    let kept = model.sketches.single(kind).and_then(|it| it.lines.first());
    match kind {
        _ if operation.phase != Phase::NotSent || !kept.is_some_and(|line| line.is_of(kind, operation)) => "",
        Kind::Restore => "; a r goes on with its draft",
        Kind::Backup => "; a b goes on with its draft",
    }
}

/// What of the draft that is kept for an act can still be gone on with. What of it was begun is marked as such.
pub(in crate::console) fn kept(model: &Model, deed: Deed) -> Option<Sketch> {
    let (kind, sketch) = match deed {
        Deed::Begin(kind) => (kind, model.sketches.single(kind)),
        Deed::FailOver => (Kind::Restore, model.sketches.failover.as_ref()),
        Deed::Attach => return None,
    };
    let sketch = sketch.filter(|it| may_write(model, None).is_ok() && it.lasts(model.now()))?;
    let stands = |line: &Line| Line { part: part(model, (kind, line), sketch.as_of), ..line.clone() };
    let lines: Vec<Line> = sketch.lines.iter().map(stands).collect();
    let is_open = lines.iter().any(|line| line.part == Part::In);
    is_open.then_some(Sketch { as_of: sketch.as_of, lines })
}

/// How far a line is. The journal knows better than the draft: the program may end between the start and the disk that
/// forgets the draft, and what was handed over may never have left. What has not ended counts whatever its date: a clock
/// can be set back.
fn part(model: &Model, (kind, line): (Kind, &Line), as_of: Timestamp) -> Part {
    let since = if let Part::Begun { at } = line.part { at } else { as_of };
    let operations = model.world.operations.values().map(|it| &it.operation);
    let counts = |it: &&Operation| it.planned_at >= since || !it.phase.is_final();
    let own: Vec<&Operation> = operations.filter(|it| line.is_of(kind, it)).filter(counts).collect();
    let left = own.iter().filter(|it| it.phase != Phase::NotSent).map(|it| it.planned_at.min(since)).min();
    match (left, line.part) {
        (Some(at), _) => Part::Begun { at },
        (None, Part::Begun { .. }) if !own.is_empty() => Part::In,
        (None, part) => part,
    }
}

/// Answers the question whether to go on with what is kept.
pub(super) fn answer(model: &mut Model, deed: Deed, intent: Intent) -> Vec<Effect> {
    model.overlay = None;
    match intent {
        Intent::Next => return wizard::begin_anew(model, deed),
        Intent::Open => {}
        _ => return Vec::new(),
    }
    let Some(sketch) = kept(model, deed) else {
        warn(model, "it is older than 15 minutes meanwhile: begin anew");
        return Vec::new();
    };
    match deed {
        Deed::FailOver => go_on_with_plan(model, &sketch),
        Deed::Begin(kind) => go_on_with(model, kind, &sketch),
        Deed::Attach => Vec::new(),
    }
}

fn go_on_with(model: &mut Model, kind: Kind, sketch: &Sketch) -> Vec<Effect> {
    let revived = sketch.lines.first().ok_or_else(|| "it is empty".to_owned());
    let revived = revived.and_then(|line| match kind {
        Kind::Restore => revive(model, line),
        Kind::Backup => revive_backup(model, line),
    });
    match revived {
        Ok(mut draft) => {
            failover::put_back(model);
            model.trail.retain(|place| !matches!(place, Place::Wizard(_)));
            go(model, Place::Wizard(kind));
            draft.step = Step::Findings;
            model.draft = Some(draft);
            model.gather_facts()
        }
        Err(why) => {
            warn(model, format!("not possible now: {why}"));
            Vec::new()
        }
    }
}

/// The draft of a line, without its answers.
fn revive(model: &Model, line: &Line) -> Result<Draft, String> {
    let inventory = &model.world.inventory;
    let (Some(address), Some(target)) = (&line.backup, &line.target) else {
        return Err("it has no target yet".to_owned());
    };
    let backup = inventory.backups.get(address);
    let backup = backup.ok_or_else(|| format!("its backup is not known here: {}", address.name))?;
    let gone = || format!("its target is not known here: {}", target.name());
    let instance = inventory.instances.get(target).ok_or_else(gone)?;
    may_write(model, Some(target))?;
    let source = match &line.source {
        Some(source) => inventory.instances.place(source),
        None => candidate::source_of(backup, inventory.instances.all())
            .and_then(|it| inventory.instances.place(&it.id)),
    };
    let mut draft = acts::restore_of(model, source, backup, |_| true)?;
    draft.choice = draft.place_of(target).ok_or_else(gone)?;
    take_up(model, &mut draft, instance, line);
    Ok(draft)
}

/// The draft of a backup, without its answers. The blob keeps the name that its checks were about.
fn revive_backup(model: &Model, line: &Line) -> Result<Draft, String> {
    let (Some(to), Some(id)) = (&line.backup, &line.target) else {
        return Err("it has no location yet".to_owned());
    };
    let instance = model.world.inventory.instances.get(id);
    let instance = instance.ok_or_else(|| format!("its instance is not known here: {}", id.name()))?;
    let mut draft = acts::backup_of(model, instance)?;
    let Task::Backup { locations, name, .. } = &mut draft.task else {
        return Err("it is no backup".to_owned());
    };
    let place = locations.iter().position(|it| *it == to.location);
    draft.choice = place.ok_or_else(|| format!("its location is not known here: {}", to.location))?;
    name.clone_from(&to.name);
    take_up(model, &mut draft, instance, line);
    Ok(draft)
}

/// The access and the accepted warnings of a line.
fn take_up(model: &Model, draft: &mut Draft, instance: &Instance, line: &Line) {
    let (accesses, proposed) = acts::accesses(model, instance);
    let same = accesses.iter().position(|it| Some(it) == line.access.as_ref());
    (draft.accesses, draft.access) = (accesses, same.unwrap_or(proposed));
    draft.accepted.clone_from(&line.accepted);
}

/// The plan as it was left in this run, else made anew from what was kept.
fn go_on_with_plan(model: &mut Model, sketch: &Sketch) -> Vec<Effect> {
    if model.failover.is_some() {
        go(model, Place::Failover);
        return failover::next_check(model);
    }
    let sources: Vec<ResourceId> = sketch.lines.iter().filter_map(|line| line.source.clone()).collect();
    // What was begun holds its targets against every other row, whatever the order.
    let begun: Vec<Row> = sketch.lines.iter().filter_map(|line| begun(model, line)).collect();
    let mut rows: Vec<Row> = Vec::with_capacity(sources.len());
    for line in &sketch.lines {
        let Some(source) = &line.source else { continue };
        if let Part::Begun { .. } = line.part {
            rows.extend(begun.iter().find(|row| row.source == *source).cloned());
            continue;
        }
        let mut row = match revive(model, line) {
            Ok(draft) => Row { source: source.clone(), stand: Stand::Chosen, draft: Some(draft) },
            Err(_) => {
                let taken: Vec<Row> = begun.iter().chain(&rows).cloned().collect();
                failover::propose(model, source, &sources, &taken)
            }
        };
        if line.part == Part::Out && row.is_open() {
            row.stand = Stand::LeftOut;
        }
        rows.push(row);
    }
    failover::enter(model, Failover::new(rows));
    failover::next_check(model)
}

/// The row of what was begun: with the plan of the journal, else as the draft has it. It is never to be done again.
fn begun(model: &Model, line: &Line) -> Option<Row> {
    let Part::Begun { at } = line.part else { return None };
    let plan = Plan::Restore(RestorePlan {
        target: line.target.clone()?,
        backup: line.backup.clone()?,
        access: line.access.clone()?,
        source: Source::UNKNOWN,
        taken: None,
    });
    let drafted = Begun { plan, at };
    let told = drafted.operation(&model.world).and_then(|it| it.operation.intent.work.plan());
    let plan = told.cloned().unwrap_or(drafted.plan);
    let stand = Stand::Started(Box::new(Begun { plan, at }));
    Some(Row { source: line.source.clone()?, stand, draft: None })
}
