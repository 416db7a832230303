//! What stands behind the chosen row of the fleet: in a strip where there is little room, else in panes.

use ratatui::layout::Rect;

use super::operations;
use super::outline::freshness;
use crate::console::model::{FleetRow, Model};
use crate::console::text;
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
    let Some((instance, judged)) = chosen(model) else {
        if model.fleet_chosen() == Some(FleetRow::Strays) {
            canvas.paragraph(area, 0, Role::Plain, STRAYS);
        }
        return;
    };
    let role = theme::of_standing(judged.standing);
    let head = format!("{} {}{}: ", canvas.theme.sign(role), instance.name, grade(model, instance));
    let mut line = canvas.paragraph(area, 0, role, &(head + &why(model, instance, judged)));
    if let Some((role, words)) = standby(model, judged) {
        line += canvas.paragraph(area, line, role, &words);
    }
    if line < area.height
        && let Some(trouble) = model.world.inventory.problems.first()
    {
        let words = format!("{} {}  (! shows all)", canvas.theme.sign(Role::Crit), trouble.problem.summary);
        canvas.words(area, area.height - 1, &Words::one(Role::Crit, words));
    }
}

const STRAYS: &str = "These backups lie in a known location, but neither a manifest, the journal nor their name tells \
    of which instance they are. They can be restored; the checks will say what is not known.";

/// Draws the panes.
pub(in crate::console) fn panes(model: &Model, area: Rect, canvas: &mut Canvas<'_, '_>) {
    let left = Rect { width: area.width * 3 / 5, ..area };
    let right = Rect { x: left.right(), width: area.width - left.width, ..area };
    match chosen(model) {
        Some((instance, judged)) => detail(model, instance, judged, left, canvas),
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

fn chosen(model: &Model) -> Option<(&Instance, &Judged)> {
    let Some(FleetRow::Instance(place)) = model.fleet_chosen() else { return None };
    model.world.inventory.instances.all().get(place).zip(model.judgement().instances.get(place))
}

fn detail(model: &Model, instance: &Instance, judged: &Judged, area: Rect, canvas: &mut Canvas<'_, '_>) {
    let title = Words::name(Role::Strong, instance.name.as_str());
    let inner = inset(canvas.pane(area, Keys::Elsewhere, &title, &freshness(model)));
    let role = theme::of_standing(judged.standing);
    let sign = canvas.theme.sign(role);
    let mut line = canvas.paragraph(inner, 0, role, &format!("{sign} {}", why(model, instance, judged)));
    if let Some((role, words)) = standby(model, judged) {
        line += canvas.paragraph(inner, line, role, &format!("{} {words}", canvas.theme.sign(role)));
    }
    let tier = instance.sku.as_ref().map_or("?".to_owned(), ToString::to_string);
    let subscription = model.world.inventory.subscription_name(&instance.subscription()).to_owned();
    let platform = instance.platform_version.as_deref().unwrap_or("platform not reported");
    let network = instance.virtual_network.as_deref().unwrap_or("not reported");
    let place = model.world.inventory.instances.place(&instance.id);
    let readiness = place.and_then(|place| model.readiness(place));
    let aim = place.zip(readiness.and_then(|it| it.into.as_ref()));
    let about = readiness.map(|it| ("Ready", ready(it)));
    let about = about.into_iter().chain(aim.map(|(place, aim)| ("Restore", restore(model, place, aim))));
    let facts = [
        ("Tier", format!("{tier}   {platform}   network {network}   state {}", instance.activity())),
        ("Points", points(judged)),
        ("Newest", newest(model, judged)),
        ("Identity", identity(instance)),
        ("Group", format!("{}   subscription {subscription}", instance.id.resource_group())),
        ("Id", instance.id.to_string()),
    ];
    line += 1;
    let right = Rect { x: inner.x + 10, width: inner.width.saturating_sub(10), ..inner };
    for (label, words) in about.chain(facts) {
        // What would be cut in the middle is left out: `y` copies the id, and groups and points have columns.
        let lines = canvas.theme.wrapped(&words, usize::from(right.width)).len();
        if usize::from(line) + lines > usize::from(inner.height) {
            break;
        }
        canvas.words(inner, line, &Words::one(Role::Dim, label));
        line += canvas.paragraph(right, line, Role::Plain, &words);
    }
}

/// The grade as a word beside the name; none while it is not known yet, or where the question does not arise.
fn grade(model: &Model, instance: &Instance) -> String {
    let place = model.world.inventory.instances.place(&instance.id);
    match place.map(|place| model.grade(place)) {
        None | Some(Grade::Exempt) => String::new(),
        Some(Grade::Unknown) if !matches!(model.world.inventory.reading, Reading::Done { .. }) => {
            String::new()
        }
        Some(grade) => format!(", {grade}"),
    }
}

/// Whether it could be restored now, and what is missing.
fn ready(readiness: &Readiness) -> String {
    match readiness.words() {
        none if none.is_empty() => readiness.grade.to_string(),
        lacks => format!("{}: {lacks}", readiness.grade),
    }
}

/// Where a restore would go, and how long that takes by the own history.
fn restore(model: &Model, place: usize, aim: &Aim) -> String {
    let by = match aim.choice {
        Choice::Standby => "its standby",
        Choice::Proposed => "proposed",
    };
    let usual = match model.usual_restore(place) {
        Some(usual) => format!("usually {usual}"),
        None => "how long it takes is not known: none was watched to its end here".to_owned(),
    };
    format!("into {}, {by}; {usual}", aim.instance.name())
}

/// How many backups are known; a list that was not read to its end is never a count.
fn points(judged: &Judged) -> String {
    match (judged.standing, judged.coverage.total) {
        (Standing::Loading, 0) => "being read".to_owned(),
        (Standing::Unknown, 0) => "not known".to_owned(),
        (_, total) => format!("{} of {total} usable", judged.coverage.usable),
    }
}

fn identity(instance: &Instance) -> String {
    let system = instance.identity.system.as_ref().map(|_| "system-assigned".to_owned());
    let user = (!instance.identity.user.is_empty())
        .then(|| format!("{} user-assigned", instance.identity.user.len()));
    let all: Vec<String> = system.into_iter().chain(user).collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

fn newest(model: &Model, judged: &Judged) -> String {
    let all: &[Backup] = model.world.inventory.backups.all();
    match judged.newest_usable.and_then(|place| all.get(place)) {
        Some(backup) => format!("{}   source known by {}", backup.blob.address, backup.source.provenance),
        None if judged.coverage.total > 0 => "none usable".to_owned(),
        None => "none seen".to_owned(),
    }
}

/// Why an instance stands as it does, in a sentence.
fn why(model: &Model, instance: &Instance, judged: &Judged) -> String {
    let coverage = &judged.coverage;
    let state = match instance.activity() {
        crate::domain::instance::Activity::Idle => String::new(),
        other => format!(" Azure says {other}."),
    };
    if coverage.total == 0 && instance.backup_support() == BackupSupport::Unsupported {
        let tier = instance.sku.as_ref().map_or("Its tier".to_owned(), |sku| sku.tier.to_string());
        return format!("{tier} has no backup and restore; rebuild it from source.{state}");
    }
    if coverage.total == 0 && !judged.standby_of.is_empty() {
        return format!("kept to be restored into; has no backups of its own.{state}");
    }
    let Some((taken_at, ends_at)) = coverage.newest_taken_at.zip(coverage.ends_at) else {
        let words = [nothing_usable(model, judged), strays(model)].join(" ");
        return words.trim_end().to_owned() + &state;
    };
    let age = text::age(model.now().duration_since(taken_at));
    let goal = text::goal(model.preferences.rpo_of(&instance.id));
    let left = duration::countdown(ends_at.duration_since(model.now()));
    let hearsay = newest_is_hearsay(model, judged);
    format!(
        "newest usable backup is {age} old (goal {goal}); without another one no recovery point is left in \
         {left}, at {}.{hearsay}{state}",
        text::day(ends_at)
    )
}

fn nothing_usable(model: &Model, judged: &Judged) -> String {
    match (judged.standing, model.world.inventory.reading, judged.coverage.total) {
        (Standing::Loading, ..) => "its backups are being read.".to_owned(),
        (Standing::Unknown, ..) => {
            "no backup was seen, but not every location could be read: it may have some.".to_owned()
        }
        (_, Reading::Done { .. }, 0) => {
            "NO recovery point: no backup of it was found. a b takes the first one.".to_owned()
        }
        (_, _, total) => {
            format!("NO recovery point: none of its {} is usable.", text::count(total, "backup"))
        }
    }
}

/// Backups of unknown origin may be of any instance.
pub(super) fn strays(model: &Model) -> String {
    match model.judgement().strays.len() {
        0 => String::new(),
        1 => "1 backup of unknown origin, at the end of the fleet, may be of it.".to_owned(),
        n => format!("{n} backups of unknown origin, at the end of the fleet, may be of it."),
    }
}

fn newest_is_hearsay(model: &Model, judged: &Judged) -> &'static str {
    let newest = judged.newest_usable.and_then(|place| model.world.inventory.backups.all().get(place));
    match newest.map(|backup| backup.source.provenance) {
        Some(Provenance::Name) => " That it is of this instance is known by its name only.",
        Some(Provenance::Operator) => " That it is of this instance was said by an operator.",
        _ => "",
    }
}

fn standby(model: &Model, judged: &Judged) -> Option<(Role, String)> {
    let instances = model.world.inventory.instances.all();
    match judged.standby.as_ref()? {
        Standby::Missing(name) => Some((Role::Warn, format!("Its standby {name} is not in the inventory."))),
        Standby::Found(place, None) => {
            let name = &instances.get(*place)?.name;
            Some((Role::Plain, format!("Its standby is {name}; there is no backup to judge it with.")))
        }
        Standby::Found(place, Some(fit)) => {
            let standby = instances.get(*place)?;
            let (name, region) = (&standby.name, &standby.region);
            let words = match fit.verdict {
                Verdict::Ok => format!("The newest one fits its standby {name} in {region}."),
                Verdict::Blocked => format!("It would be refused by its standby {name}: {}.", fit.reason),
                Verdict::Warn | Verdict::Unknown => format!("Into its standby {name}: {}.", fit.reason),
            };
            Some((theme::of_verdict(fit.verdict), words))
        }
    }
}

fn problems(model: &Model, area: Rect, canvas: &mut Canvas<'_, '_>) {
    let all = &model.world.inventory.problems;
    let title = Words::one(Role::Strong, "Problems");
    let right = Words::one(Role::Crit, all.len().to_string());
    let inner = inset(canvas.pane(area, Keys::Elsewhere, &title, &right));
    for (line, trouble) in (0..inner.height).zip(all) {
        let scope = trouble.problem.scope.as_deref().map_or(String::new(), |scope| format!("  {scope}"));
        let words = Words::one(Role::Crit, format!("{} ", canvas.theme.sign(Role::Crit)))
            .and(Role::Plain, trouble.problem.summary.as_str())
            .and(Role::Dim, scope);
        canvas.words(inner, line, &words);
    }
}
