//! What stands behind the chosen row of the fleet: in a strip where there is little room, else in panes.

use std::fmt::Display;

use ratatui::layout::Rect;

use super::operations;
use super::outline::as_of;
use crate::console::model::{FleetRow, Model};
use crate::console::text::{self, told};
use crate::console::theme::{self, Role};
use crate::console::widgets::canvas::{Canvas, Keys, Words};
use crate::console::world::inventory::Reading;
use crate::console::world::judgement::{Judged, Standby, Standing};
use crate::domain::backup::{Backup, Provenance};
use crate::domain::duration;
use crate::domain::instance::Instance;
use crate::domain::readiness::{Aim, Choice, Grade, Readiness};
use crate::domain::sku::BackupSupport;
use crate::domain::verdict::Verdict;

/// Draws the strip.
pub(in crate::console) fn strip(model: &Model, area: Rect, canvas: &mut Canvas<'_, '_>) {
    let area = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let Some((place, instance, judged)) = chosen(model) else {
        if model.fleet_chosen() == Some(FleetRow::Strays) {
            canvas.paragraph(area, 0, Role::Plain, STRAYS);
        }
        return;
    };
    let role = theme::of_standing(judged.standing);
    let (sign, name) = (canvas.theme.sign(role), &instance.name);
    let (grade, why) = (grade(model, place), why(model, instance, judged));
    let mut line = canvas.paragraph(area, 0, role, format_args!("{sign} {name}{grade}: {why}"));
    if let Some((role, words)) = standby(model, judged) {
        line += canvas.paragraph(area, line, role, words);
    }
    if line < area.height
        && let Some(trouble) = model.world.inventory.problems.first()
    {
        let words = Words::one(Role::Crit, canvas.theme.sign(Role::Crit))
            .and(Role::Crit, format_args!(" {}  (! shows all)", trouble.problem.summary));
        canvas.words(area, area.height - 1, &words);
    }
}

const STRAYS: &str = "These backups lie in a known location, but neither a manifest, the journal nor their name tells \
    of which instance they are. They can be restored; the checks will say what is not known.";

/// Draws the panes.
pub(in crate::console) fn panes(model: &Model, area: Rect, canvas: &mut Canvas<'_, '_>) {
    let left = Rect { width: area.width * 3 / 5, ..area };
    let right = Rect { x: left.right(), width: area.width - left.width, ..area };
    match chosen(model) {
        Some(chosen) => detail(model, chosen, left, canvas),
        None => {
            let inner = canvas.pane(left, Keys::Elsewhere, &Words::new(), &Words::new());
            if model.fleet_chosen() == Some(FleetRow::Strays) {
                canvas.paragraph(inset(inner), 0, Role::Plain, STRAYS);
            }
        }
    }
    let share = if model.world.inventory.problems.is_empty() { right.height } else { right.height - 5 };
    let upper = Rect { height: share, ..right };
    operations::summary(model, upper, canvas);
    if share < right.height {
        problems(model, Rect { y: upper.bottom(), height: right.height - share, ..right }, canvas);
    }
}

fn inset(area: Rect) -> Rect {
    Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area }
}

type Chosen<'a> = (usize, &'a Instance, &'a Judged);

fn chosen(model: &Model) -> Option<Chosen<'_>> {
    let Some(FleetRow::Instance(place)) = model.fleet_chosen() else { return None };
    Some((place, model.world.inventory.instances.all().get(place)?, model.judgement().instances.get(place)?))
}

fn detail(model: &Model, (place, instance, judged): Chosen<'_>, area: Rect, canvas: &mut Canvas<'_, '_>) {
    let title = Words::name(Role::Strong, &instance.name);
    let inner = inset(canvas.pane(area, Keys::Elsewhere, &title, &as_of(model)));
    let role = theme::of_standing(judged.standing);
    let sign = canvas.theme.sign(role);
    let why = why(model, instance, judged);
    let mut line = canvas.paragraph(inner, 0, role, format_args!("{sign} {why}"));
    if let Some((role, words)) = standby(model, judged) {
        let sign = canvas.theme.sign(role);
        line += canvas.paragraph(inner, line, role, format_args!("{sign} {words}"));
    }
    line += 1;
    let readiness = model.readiness(place);
    let aim = readiness.and_then(|it| it.into.as_ref());
    let right = Rect { x: inner.x + 10, width: inner.width.saturating_sub(10), ..inner };
    // What would be cut in the middle is left out: `y` copies the id, and groups and points have columns.
    let mut fits = |label: &str, words: &dyn Display| {
        let Some(lines) = canvas.whole_paragraph(right, line, Role::Plain, words) else { return };
        canvas.words(inner, line, &Words::one(Role::Dim, label));
        line += lines;
    };
    if let Some(readiness) = readiness {
        fits("Ready", &ready(readiness));
    }
    if let Some(aim) = aim {
        fits("Restore", &restore(model, place, aim));
    }
    fits("Tier", &tier(instance));
    fits("Points", &points(judged));
    fits("Newest", &newest(model, judged));
    fits("Identity", &identity(instance));
    fits("Group", &group(model, instance));
    fits("Id", &instance.id);
}

/// The grade as a word beside the name; none while it is not known yet, or where the question does not arise.
fn grade(model: &Model, place: usize) -> impl Display {
    let arriving = !matches!(model.world.inventory.reading, Reading::Done { .. });
    let grade = match model.grade(place) {
        Grade::Exempt => None,
        Grade::Unknown if arriving => None,
        grade => Some(grade),
    };
    told(move |f| grade.map_or(Ok(()), |grade| write!(f, ", {grade}")))
}

/// Whether it could be restored now, and what is missing.
fn ready(readiness: &Readiness) -> impl Display {
    told(move |f| {
        write!(f, "{}", readiness.grade)?;
        let mut lacks = readiness.weighing();
        lacks
            .try_fold(": ", |between, lack| write!(f, "{between}{}", lack.summary).map(|()| "; "))
            .map(|_| ())
    })
}

/// Where a restore would go, and how long that takes by the own history.
fn restore(model: &Model, place: usize, aim: &Aim) -> impl Display {
    let by = match aim.choice {
        Choice::Standby => "its standby",
        Choice::Proposed => "proposed",
    };
    told(move |f| {
        write!(f, "into {}, {by}; ", aim.instance.name())?;
        match model.usual_restore(place) {
            Some(usual) => write!(f, "usually {usual}"),
            None => f.write_str("how long it takes is not known: none was watched to its end here"),
        }
    })
}

fn tier(instance: &Instance) -> impl Display {
    let platform = instance.platform_version.as_deref().unwrap_or("platform not reported");
    let network = instance.virtual_network.as_deref().unwrap_or("not reported");
    told(move |f| {
        match &instance.sku {
            Some(sku) => write!(f, "{sku}")?,
            None => f.write_str("?")?,
        }
        write!(f, "   {platform}   network {network}   state {}", instance.activity())
    })
}

/// How many backups are known; a list that was not read to its end is never a count.
fn points(judged: &Judged) -> impl Display {
    told(move |f| match (judged.standing, judged.coverage.total) {
        (Standing::Loading, 0) => f.write_str("being read"),
        (Standing::Unknown, 0) => f.write_str("not known"),
        (_, total) => write!(f, "{} of {total} usable", judged.coverage.usable),
    })
}

fn identity(instance: &Instance) -> impl Display {
    let identity = &instance.identity;
    told(move |f| match (&identity.system, identity.user.len()) {
        (None, 0) => f.write_str("none"),
        (None, users) => write!(f, "{users} user-assigned"),
        (Some(_), 0) => f.write_str("system-assigned"),
        (Some(_), users) => write!(f, "system-assigned, {users} user-assigned"),
    })
}

fn newest(model: &Model, judged: &Judged) -> impl Display {
    let all: &[Backup] = model.world.inventory.backups.all();
    let newest = judged.newest_usable.and_then(|place| all.get(place));
    told(move |f| match newest {
        Some(backup) => write!(f, "{}   source known by {}", backup.blob.address, backup.source.provenance),
        None if judged.coverage.total > 0 => f.write_str("none usable"),
        None => f.write_str("none seen"),
    })
}

fn group<'a>(model: &'a Model, instance: &'a Instance) -> impl Display + 'a {
    let subscription = model.world.inventory.subscription_of(&instance.id);
    told(move |f| write!(f, "{}   subscription {subscription}", instance.id.resource_group()))
}

/// Why an instance stands as it does, in a sentence.
fn why(model: &Model, instance: &Instance, judged: &Judged) -> impl Display {
    told(move |f| {
        let coverage = &judged.coverage;
        if coverage.total == 0 && instance.backup_support() == BackupSupport::Unsupported {
            let tier = instance.sku.as_ref().map_or("Its tier", |sku| sku.tier.as_str());
            write!(f, "{tier} has no backup and restore; rebuild it from source.")?;
        } else if coverage.total == 0 && !judged.standby_of.is_empty() {
            f.write_str("kept to be restored into; has no backups of its own.")?;
        } else if let Some((taken_at, ends_at)) = coverage.newest_taken_at.zip(coverage.ends_at) {
            let age = text::age(model.now().duration_since(taken_at));
            let goal = text::goal(judged.goal);
            let left = duration::Countdown(ends_at.duration_since(model.now()));
            let (end, hearsay) = (text::day(ends_at), newest_is_hearsay(model, judged));
            write!(
                f,
                "newest usable backup is {age} old (goal {goal}); the last recovery point ends in {left}, at \
                 {end}.{hearsay}"
            )?;
        } else {
            write!(f, "{}", nothing_usable(model, judged))?;
            if !model.judgement().strays.is_empty() {
                write!(f, " {}", strays(model))?;
            }
        }
        match instance.activity() {
            crate::domain::instance::Activity::Idle => Ok(()),
            other => write!(f, " Azure says {other}."),
        }
    })
}

fn nothing_usable(model: &Model, judged: &Judged) -> impl Display {
    let reading = model.world.inventory.reading;
    told(move |f| match (judged.standing, reading, judged.coverage.total) {
        (Standing::Loading, ..) => f.write_str("its backups are being read."),
        (Standing::Unknown, ..) => {
            f.write_str("no backup was seen, but not every location could be read: it may have some.")
        }
        (_, Reading::Done { .. }, 0) => {
            f.write_str("NO recovery point: no backup of it was found. a b takes the first one.")
        }
        (_, _, total) => {
            write!(f, "NO recovery point: none of its {} is usable.", text::count(total, "backup"))
        }
    })
}

/// Backups of unknown origin may be of any instance. Nothing when there are none.
pub(super) fn strays(model: &Model) -> impl Display {
    let count = model.judgement().strays.len();
    told(move |f| match count {
        0 => Ok(()),
        1 => f.write_str("1 backup of unknown origin, at the end of the fleet, may be of it."),
        n => write!(f, "{n} backups of unknown origin, at the end of the fleet, may be of it."),
    })
}

fn newest_is_hearsay(model: &Model, judged: &Judged) -> &'static str {
    let newest = judged.newest_usable.and_then(|place| model.world.inventory.backups.all().get(place));
    match newest.map(|backup| backup.source.provenance) {
        Some(Provenance::Name) => " That it is of this instance is known by its name only.",
        Some(Provenance::Operator) => " That it is of this instance was said by an operator.",
        _ => "",
    }
}

fn standby(model: &Model, judged: &Judged) -> Option<(Role, impl Display)> {
    let instances = model.world.inventory.instances.all();
    let standby = judged.standby.as_ref()?;
    let role = match standby {
        Standby::Missing(_) => Role::Warn,
        Standby::Found(_, None) => Role::Plain,
        Standby::Found(_, Some(fit)) => theme::of_verdict(fit.verdict),
    };
    let found = match standby {
        Standby::Missing(_) => None,
        Standby::Found(place, _) => Some(instances.get(*place)?),
    };
    let words = told(move |f| match (standby, found) {
        (Standby::Missing(name), _) => write!(f, "Its standby {name} is not in the inventory."),
        (Standby::Found(_, Some(fit)), Some(Instance { name, region, .. })) => match fit.verdict {
            Verdict::Ok => write!(f, "The newest one fits its standby {name} in {region}."),
            Verdict::Blocked => write!(f, "It would be refused by its standby {name}: {}.", fit.reason),
            Verdict::Warn | Verdict::Unknown => write!(f, "Into its standby {name}: {}.", fit.reason),
        },
        (Standby::Found(..), found) => {
            let name = found.map_or("?", |it| it.name.as_str());
            write!(f, "Its standby is {name}; there is no backup to judge it with.")
        }
    });
    Some((role, words))
}

fn problems(model: &Model, area: Rect, canvas: &mut Canvas<'_, '_>) {
    let all = &model.world.inventory.problems;
    let title = Words::one(Role::Strong, "Problems");
    let right = Words::one(Role::Crit, all.len());
    let inner = inset(canvas.pane(area, Keys::Elsewhere, &title, &right));
    for (line, trouble) in (0..inner.height).zip(all) {
        let scope = trouble.problem.scope.as_deref().map_or(String::new(), |scope| format!("  {scope}"));
        let words = Words::one(Role::Crit, format_args!("{} ", canvas.theme.sign(Role::Crit)))
            .and(Role::Plain, trouble.problem.summary.as_str())
            .and(Role::Dim, scope);
        canvas.words(inner, line, &words);
    }
}
