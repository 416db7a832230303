//! A draft survives being left, and the end of the program: what was chosen and accepted is kept, on the disk too, and
//! offered when the same act is begun again. Its checks run again; its name is typed again.

use jiff::Timestamp;

use super::keys::{go, warn};
use super::writing::may_write;
use super::{failover, wizard};
use crate::console::acts::{self, Deed};
use crate::console::draft::{Draft, Step, Task};
use crate::console::effect::Effect;
use crate::console::failover::{Failover, Row, Stand};
use crate::console::intent::Intent;
use crate::console::model::{Model, Notice, Place, Tone};
use crate::console::text;
use crate::domain::approval::Acceptance;
use crate::domain::candidate;
use crate::domain::operation::Phase;
use crate::domain::plan::{Kind, Plan};
use crate::domain::resource::ResourceId;
use crate::domain::sketch::{Line, Part, Sketch, Sketches};

/// What is to be kept after this message, when it is not what was kept before.
pub(super) fn keep(model: &mut Model) -> Option<Effect> {
    model.sketches = Sketches { restore: restore(model), failover: plan(model) };
    if model.sketches == model.sketches_on_disk {
        return None;
    }
    model.sketches_on_disk = model.sketches.clone();
    Some(Effect::KeepDrafts(Box::new(model.sketches.clone())))
}

/// The restore in the wizard once it has a target, else the one that was left.
fn restore(model: &Model) -> Option<Sketch> {
    let before = model.sketches.restore.as_ref();
    let is_row = model.failover.as_ref().is_some_and(|failover| failover.open.is_some());
    match model.draft.as_ref().filter(|draft| !is_row && draft.task.kind() == Kind::Restore) {
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
    let is_left = |row: &Row| !matches!(row.stand, Stand::Started(_));
    let lines = rows.iter().filter(|(row, _)| is_left(row)).map(|(row, draft)| {
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
        Task::Backup { .. } => None,
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
    let taken = Sketches { restore: fresh(found.restore.clone()), failover: fresh(found.failover.clone()) };
    let words = match (&taken.restore, &taken.failover) {
        (Some(it), _) => Some(format!("a draft of {} is kept: a r goes on with it", text::clock(it.as_of))),
        (None, Some(it)) => {
            Some(format!("a failover plan of {} is kept: a f goes on with it", text::clock(it.as_of)))
        }
        (None, None) => found.restore.as_ref().or(found.failover.as_ref()).map(|it| {
            format!(
                "the draft of {} is given up: its checks are older than 15 minutes",
                text::clock(it.as_of)
            )
        }),
    };
    if let Some(text) = words {
        model.notice = Some(Notice { text, tone: Tone::Plain });
        model.touch();
    }
    model.sketches_on_disk = found;
    let sketches = &mut model.sketches;
    sketches.restore = sketches.restore.take().or(taken.restore);
    sketches.failover = sketches.failover.take().or(taken.failover);
}

/// What of the draft that is kept for an act can still be gone on with.
pub(in crate::console) fn kept(model: &Model, deed: Deed) -> Option<Sketch> {
    let sketch = match deed {
        Deed::Begin(Kind::Restore) => model.sketches.restore.as_ref(),
        Deed::FailOver => model.sketches.failover.as_ref(),
        Deed::Begin(Kind::Backup) | Deed::Attach => None,
    };
    let sketch = sketch.filter(|it| may_write(model, None).is_ok() && it.lasts(model.now()))?;
    let is_left = |line: &&Line| !was_begun(model, line, sketch.as_of);
    let lines: Vec<Line> = sketch.lines.iter().filter(is_left).cloned().collect();
    (!lines.is_empty()).then_some(Sketch { as_of: sketch.as_of, lines })
}

/// Whether the restore of a line was begun since its checks: the program may end between the start and the disk that
/// forgets the draft.
fn was_begun(model: &Model, line: &Line, as_of: Timestamp) -> bool {
    let operations = model.world.operations.values().map(|it| &it.operation);
    let mut since = operations.filter(|it| it.planned_at >= as_of && it.phase != Phase::NotSent);
    since.any(|it| match it.intent.work.plan() {
        Some(Plan::Restore(plan)) => {
            line.target.as_ref() == Some(&plan.target) && line.backup.as_ref() == Some(&plan.backup)
        }
        _ => false,
    })
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
        _ => go_on_with_restore(model, &sketch),
    }
}

fn go_on_with_restore(model: &mut Model, sketch: &Sketch) -> Vec<Effect> {
    let revived = sketch.lines.first().ok_or_else(|| "it is empty".to_owned());
    match revived.and_then(|line| revive(model, line)) {
        Ok(mut draft) => {
            failover::put_back(model);
            model.trail.retain(|place| !matches!(place, Place::Wizard(_)));
            go(model, Place::Wizard(Kind::Restore));
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
    let (accesses, proposed) = acts::accesses(model, instance);
    let same = accesses.iter().position(|it| Some(it) == line.access.as_ref());
    (draft.accesses, draft.access) = (accesses, same.unwrap_or(proposed));
    draft.accepted.clone_from(&line.accepted);
    Ok(draft)
}

/// The plan as it was left in this run, else made anew from what was kept.
fn go_on_with_plan(model: &mut Model, sketch: &Sketch) -> Vec<Effect> {
    if model.failover.is_some() {
        go(model, Place::Failover);
        return failover::next_check(model);
    }
    let sources: Vec<ResourceId> = sketch.lines.iter().filter_map(|line| line.source.clone()).collect();
    let mut rows: Vec<Row> = Vec::with_capacity(sources.len());
    for line in &sketch.lines {
        let Some(source) = &line.source else { continue };
        let chosen = revive(model, line);
        let mut row = match chosen {
            Ok(draft) => Row { source: source.clone(), stand: Stand::Chosen, draft: Some(draft) },
            Err(_) => failover::propose(model, source, &sources, &rows),
        };
        if line.part == Part::Out && row.is_open() {
            row.stand = Stand::LeftOut;
        }
        rows.push(row);
    }
    failover::enter(model, Failover::new(rows));
    failover::next_check(model)
}
