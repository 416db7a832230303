//! Choosing where to, and how Azure reaches the storage account.

use ratatui::layout::Rect;

use super::matrix;
use crate::console::draft::{Draft, Step, Task};
use crate::console::model::Model;
use crate::console::preferences::Importance;
use crate::console::theme::{self, Role, Theme};
use crate::console::update::writing::may_write;
use crate::console::widgets::canvas::{Canvas, Keys, Words};
use crate::domain::backup::Backup;
use crate::domain::candidate::{Candidate, Duty};
use crate::domain::instance::{Activity, Instance};
use crate::domain::plan::Access;
use crate::domain::resource::ResourceId;
use crate::domain::storage::Location;
use crate::domain::verdict::Verdict;

/// One thing to choose: its columns, and what it means.
struct Choice {
    line: Words,
    meaning: String,
}

/// Draws the list and what the chosen one means.
pub(in crate::console) fn draw(model: &Model, draft: &Draft, body: Rect, canvas: &mut Canvas<'_, '_>) {
    let below = model.size().below_choices();
    let list = Rect { height: body.height.saturating_sub(below), ..body };
    let rest = Rect { y: list.bottom(), height: body.height - list.height, ..body };
    let (title, at) = match (draft.step, &draft.task) {
        (Step::Where, Task::Restore { .. }) => ("Restore into", draft.choice),
        (Step::Where, Task::Backup { .. }) => ("Back up to", draft.choice),
        _ => ("Reach the storage with", draft.access),
    };
    let right = match draft.step {
        Step::Where => super::wizard::subject(draft, canvas),
        _ => Words::name(Role::Plain, draft.instance().map_or("", ResourceId::name)),
    };
    let inner = canvas.pane(list, Keys::Here, &Words::one(Role::Strong, title), &right);
    let height = usize::from(inner.height.saturating_sub(1));
    let count = if draft.step == Step::Where { draft.task.choices() } else { draft.accesses.len() };
    canvas.words(Rect { x: inner.x + 1, ..inner }, 0, &head(model, draft));
    let offset = (at + 1).saturating_sub(height.max(1));
    for (line, number) in (1..inner.height).zip(offset..count) {
        let choice = choice(model, draft, number, canvas);
        let area = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
        canvas.words(area, line, &choice.line);
        if number == at {
            canvas.words(inner, line, &Words::one(Role::Strong, canvas.theme.marker()));
            canvas.lay(inner, line, canvas.theme.chosen());
            canvas.cursor(inner.x, inner.y + line);
        }
    }
    canvas.part(list, offset, height, count);
    let meaning = choice(model, draft, at, canvas).meaning;
    let what = canvas.pane(rest, Keys::Elsewhere, &Words::one(Role::Strong, "What it means"), &Words::new());
    let what = Rect { x: what.x + 1, width: what.width.saturating_sub(2), ..what };
    canvas.paragraph(what, 0, Role::Plain, &meaning);
}

/// Columns of a region. The longest names are cut only where a word behind them would be.
fn region(model: &Model) -> usize {
    if model.size().columns >= 100 { 20 } else { 16 }
}

fn head(model: &Model, draft: &Draft) -> Words {
    Words::one(
        Role::Dim,
        match (draft.step, &draft.task) {
            (Step::Where, Task::Restore { .. }) => {
                let region = region(model);
                format!("{:<20}{:<13}{:<region$}{}", "TARGET", "TIER", "REGION", "VERDICT")
            }
            (Step::Where, Task::Backup { .. }) => format!("{:<36}{}", "LOCATION", "KNOWN FROM"),
            _ => format!("{:<48}{}", "ACCESS", "WHERE IT STANDS"),
        },
    )
}

fn choice(model: &Model, draft: &Draft, number: usize, canvas: &Canvas<'_, '_>) -> Choice {
    let none = || Choice { line: Words::new(), meaning: String::new() };
    match (draft.step, &draft.task) {
        (Step::Where, Task::Restore { backup, targets, proposed }) => {
            targets.get(number).map_or_else(none, |id| target(model, backup, (id, proposed.as_ref()), canvas))
        }
        (Step::Where, Task::Backup { locations, name, .. }) => {
            locations.get(number).map_or_else(none, |it| location(model, it, name, canvas.theme))
        }
        _ => {
            let instance = draft.instance().and_then(|id| model.world.inventory.instances.get(id));
            let access = draft.accesses.get(number);
            access.zip(instance).map_or_else(none, |(access, instance)| access_choice(access, instance))
        }
    }
}

fn target(
    model: &Model,
    backup: &Backup,
    (id, proposed): (&ResourceId, Option<&ResourceId>),
    canvas: &Canvas<'_, '_>,
) -> Choice {
    let theme = canvas.theme;
    let Some(instance) = model.world.inventory.instances.get(id) else {
        let meaning = "It is no longer in the inventory.".to_owned();
        return Choice {
            line: Words::new().and_padded(Role::Dim, id.name(), 20, theme).and(Role::Dim, "gone"),
            meaning,
        };
    };
    let candidate = model.candidate(backup, instance);
    let fit = &candidate.fit;
    let role = theme::of_verdict(fit.verdict);
    let production = model.preferences.importance_of(id) == Importance::Production;
    let tier = instance.sku.as_ref().map_or("?".to_owned(), ToString::to_string);
    let strength = if production { Role::Strong } else { Role::Plain };
    let mut line = Words::new()
        .and_padded(strength, &instance.name, 20, theme)
        .and_padded(Role::Plain, &tier, 13, theme)
        .and_padded(Role::Plain, instance.region.as_str(), region(model), theme)
        .and(role, format!("{:<16}", format!("{} {}", theme.sign(role), matrix::in_short(&fit.reason))));
    if model.preferences.importance_of(id) == Importance::Drill {
        // There is no room for both words at 80 columns; what is proposed is said below too.
        line = line.and(Role::Plain, " ").and(Role::Drill, theme.drill());
    } else if proposed == Some(id) {
        line = line.and(Role::Plain, " ").and(Role::Key, "proposed");
    }
    if production {
        line = line.and(Role::Plain, " ").and(Role::Production, "PRODUCTION");
    }
    if may_write(model, Some(id)).is_err() {
        line = line.and(Role::Plain, " ").and(Role::Mark, "READ-ONLY");
    }
    Choice { line, meaning: meaning(model, &candidate, proposed) }
}

/// What it would mean to choose it, and why it stands where it stands.
fn meaning(model: &Model, candidate: &Candidate<'_>, proposed: Option<&ResourceId>) -> String {
    let Candidate { instance, fit, .. } = candidate;
    if fit.verdict == Verdict::Blocked {
        let sentence = fit.reason.servers_sentence();
        let sentence = sentence.map_or(String::new(), |it| format!(" Azure would answer: {it}."));
        let instead = match proposed {
            Some(other) => format!("Proposed instead: {}.", other.name()),
            None => "Nothing in the fleet can be proposed.".to_owned(),
        };
        let why = candidate.why();
        return format!("{} cannot take it now.{sentence} By the inventory: {why}. {instead}", instance.name);
    }
    let says = match instance.activity() {
        Activity::Idle => String::new(),
        other => format!(" Azure says {other}."),
    };
    let kept = match candidate.duty {
        Duty::Standby => String::new(),
        _ => kept_for(model, &instance.id),
    };
    let word = if proposed == Some(&instance.id) { "Proposed" } else { "By the inventory" };
    format!(
        "The configuration of {} is replaced by the backup. Its host names, certificates and network stay as they \
         are.{kept}{says} {word}: {}.",
        instance.name,
        candidate.why(),
    )
}

/// Whose standby it is.
fn kept_for(model: &Model, id: &ResourceId) -> String {
    let place = model.world.inventory.instances.place(id);
    let judged = place.and_then(|place| model.judgement().instances.get(place));
    let sources = judged.map_or(&[][..], |it| it.standby_of.as_slice());
    let names = sources.iter().filter_map(|&place| model.world.inventory.instances.all().get(place));
    match names.map(|it| it.name.as_str()).collect::<Vec<_>>().as_slice() {
        [] => String::new(),
        [one] => format!(" It is the standby of {one}."),
        several => format!(" It is the standby of {} instances.", several.len()),
    }
}

fn location(model: &Model, location: &Location, name: &str, theme: Theme) -> Choice {
    let configured = model.preferences.locations.contains(location);
    let known = if configured { "configuration" } else { "backups that lie there" };
    let account = model.world.inventory.accounts.all().iter().find(|it| it.name == location.account);
    let region = account.map_or(String::new(), |it| format!(" The account lies in {}.", it.region));
    let meaning =
        format!("The backup is written as {}.{region} Nothing of the instance changes.", location.at(name));
    Choice {
        line: Words::new().and_padded(Role::Plain, &location.to_string(), 36, theme).and(Role::Dim, known),
        meaning,
    }
}

fn access_choice(access: &Access, instance: &Instance) -> Choice {
    let name = &instance.name;
    let (word, role, stands, meaning) = match access {
        Access::System => match instance.identity.system {
            Some(_) => {
                ("system-assigned identity".to_owned(), Role::Ok, "the instance has it", String::new())
            }
            None => {
                ("system-assigned identity".to_owned(), Role::Crit, "the instance has none", String::new())
            }
        },
        Access::User { client_id } => {
            let has = instance.identity.user.iter().any(|it| it.client_id.as_deref() == Some(client_id));
            let (role, stands) = if has {
                (Role::Ok, "the instance has it")
            } else {
                (Role::Crit, "the instance does not have it")
            };
            (format!("user {client_id}"), role, stands, String::new())
        }
        Access::Key => {
            let meaning = " The key is read through ARM at the last moment, kept in memory, and never shown or written."
                .to_owned();
            ("account key".to_owned(), Role::Plain, "read at the last moment", meaning)
        }
    };
    let what = match access {
        Access::Key => format!("{name} reaches the storage account with the account's key.{meaning}"),
        _ => format!(
            "{name} reaches the storage account with this identity; it needs Storage Blob Data Contributor there. \
             Azure checks that before it accepts anything."
        ),
    };
    Choice { line: Words::one(Role::Plain, format!("{word:<48}")).and(role, stands), meaning: what }
}
