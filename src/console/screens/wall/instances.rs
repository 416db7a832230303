//! The panes of the instances that an operation is about, of the container that its backup lies in, and of all
//! operations.

use jiff::{SignedDuration, Timestamp};

use super::operation;
use super::sheet::{Content, Freshness, Sheet};
use crate::console::model::{Model, Times};
use crate::console::screens::operations;
use crate::console::text;
use crate::console::theme::{self, Role};
use crate::console::widgets::canvas::Words;
use crate::console::world::inventory::STALE;
use crate::console::world::watched::Watched;
use crate::domain::instance::{Activity, Instance};
use crate::domain::operation::{Operation, Purpose};
use crate::domain::parity::Collection;
use crate::domain::plan::Kind;
use crate::domain::resource::ResourceId;
use crate::domain::size;

/// From so many columns on an operation of the list takes one line.
const WIDE: usize = 110;

/// Every operation.
pub(super) fn all(mut sheet: Sheet<'_>) -> (Content, usize) {
    let all = sheet.model.world.operations();
    let chosen = sheet.model.subject_operation().map(|it| it.operation.id());
    let at = all.iter().position(|it| Some(it.operation.id()) == chosen).unwrap_or(0);
    let per = if sheet.columns >= WIDE || sheet.rows < 2 * all.len().min(3) { 1 } else { 2 };
    let widest = widest(&sheet, &all);
    for watched in &all {
        one_of_all(&mut sheet, watched, Some(watched.operation.id()) == chosen, (per, widest));
    }
    let freshness = freshness_of_all(sheet.model);
    let title = Words::one(Role::Strong, "operations");
    let beside =
        Words::one(Role::Dim, format!("{} of {} running", sheet.model.world.unfinished(), all.len()));
    (sheet.content(title, freshness, beside), at * per)
}

/// How fresh what is known of all operations is: as the worst of those that run.
pub(super) fn freshness_of_all(model: &Model) -> Freshness {
    let all = || model.world.operations.values();
    let running = all().filter(|it| !it.operation.phase.is_final());
    let worst = running.map(|it| operation::freshness(model.now(), it)).max_by_key(|it| worst(*it));
    let ended = || all().filter_map(|it| it.operation.ended_at).max().map(Freshness::Ended);
    worst.or_else(ended).unwrap_or(Freshness::NotRead)
}

/// The worse, the greater.
fn worst(freshness: Freshness) -> u8 {
    match freshness {
        Freshness::Ended(_) | Freshness::NotRead | Freshness::Loading => 0,
        Freshness::Live(_) => 1,
        Freshness::Stale(_) => 2,
        Freshness::Failed(_) => 3,
    }
}

/// The sign and word of a drill, behind the name of an operation.
fn mark(sheet: &Sheet<'_>, watched: &Watched) -> Words {
    match watched.operation.intent.purpose {
        Purpose::Drill => Words::one(Role::Plain, " ").and(Role::Drill, sheet.theme.drill()),
        Purpose::Real => Words::new(),
    }
}

/// Columns for the names: as many as the longest needs, less what every state needs beside it.
fn widest(sheet: &Sheet<'_>, all: &[&Watched]) -> usize {
    let theme = sheet.theme;
    let name = |it: &&Watched| {
        text::width(&operations::what(&it.operation.intent.work, theme)) + mark(sheet, it).width(theme)
    };
    let names = all.iter().map(name).max().unwrap_or(0);
    let states = all.iter().map(|it| operations::state(sheet.model, it, theme).width(theme)).max();
    let beside = sheet.columns.saturating_sub(states.unwrap_or(0) + 3);
    names.min(beside.max(sheet.columns * 2 / 5))
}

/// What an operation does and whether it is a drill, in exactly so many columns.
fn named(sheet: &Sheet<'_>, watched: &Watched, (role, width): (Role, usize)) -> Words {
    let mark = mark(sheet, watched);
    let room = width.saturating_sub(mark.width(sheet.theme));
    let work = &watched.operation.intent.work;
    let whole = operations::what(work, sheet.theme);
    let fits = text::width(&whole) <= room;
    let what = if fits { whole } else { operations::in_short(work, sheet.theme) };
    let what = text::cut(&what, room, sheet.theme.ellipsis());
    let pad = " ".repeat(room.saturating_sub(text::width(&what)));
    Words::one(role, what).then(mark).and(Role::Plain, pad)
}

fn one_of_all(sheet: &mut Sheet<'_>, watched: &Watched, is_chosen: bool, (per, widest): (usize, usize)) {
    let marker = if is_chosen { sheet.theme.marker() } else { " " };
    let role = if is_chosen { Role::Strong } else { Role::Plain };
    let left = Words::one(Role::Strong, format!("{marker} "));
    let standing = operations::standing(sheet.model, watched, sheet.theme);
    if per == 2 {
        let what = named(sheet, watched, (role, sheet.columns.saturating_sub(2)));
        sheet.line(left.then(what));
        return sheet.line(Words::one(Role::Plain, "    ").then(standing));
    }
    if sheet.columns < WIDE {
        // The target ends the name and tells one restore from another, so what is usual goes before it.
        let room = sheet.columns.saturating_sub(widest + 3);
        let standing = if standing.width(sheet.theme) <= room {
            standing
        } else {
            operations::state(sheet.model, watched, sheet.theme)
        };
        let what = named(sheet, watched, (role, widest));
        return sheet.line(left.then(what).and(Role::Plain, " ").then(standing));
    }
    let operation = &watched.operation;
    let shown = standing.width(sheet.theme);
    let polled = operation.last_polled_at.map_or("-".into(), |at| sheet.model.stamp_to_second(at));
    let words = left
        .then(named(sheet, watched, (role, widest.clamp(40, WIDE / 2))))
        .and(Role::Plain, "  ")
        .then(standing)
        .and(Role::Plain, " ".repeat(48_usize.saturating_sub(shown)))
        .and(Role::Dim, format!("polled {polled:<10} "))
        .then(operation::beside(sheet, watched))
        .and(Role::Dim, operation.correlation_id.as_deref().map_or(String::new(), |id| format!("   {id}")));
    sheet.line(words);
}

/// The instance that is worked on.
pub(super) fn target(mut sheet: Sheet<'_>, watched: &Watched) -> Content {
    let id = watched.operation.intent.work.instance();
    let word = match watched.operation.intent.work.kind() {
        Kind::Restore => "target ",
        Kind::Backup => "instance ",
    };
    let title = Words::one(Role::Strong, word).and_name(Role::Strong, id.name());
    let freshness = instance(&mut sheet, id, (Some(watched), contents));
    sheet.content(title, freshness, Words::new())
}

/// The instance that the backup was taken of.
pub(super) fn active(mut sheet: Sheet<'_>, watched: &Watched) -> Content {
    let operation = &watched.operation;
    let Some(id) = sheet.model.source_of(operation) else {
        let words = match operation.intent.work.kind() {
            Kind::Backup => "A backup has no other instance: the one that is backed up is in 4.",
            Kind::Restore => {
                "Which instance the backup was taken of is not known, or it is none that you can see."
            }
        };
        sheet.prose(Role::Dim, words);
        return sheet.content(Words::one(Role::Strong, "active"), Freshness::NotRead, Words::new());
    };
    let title = Words::one(Role::Strong, "active ").and_name(Role::Strong, id.name());
    let own = |sheet: &mut Sheet<'_>, id: &ResourceId| {
        points(sheet, id);
        if let Some(check) = operation.intent.checks.iter().find(|it| it.finding == "writes-lost") {
            let words = format!("{} (checked {})", check.summary, sheet.model.stamp(operation.planned_at));
            sheet.told("changes", theme::of_verdict(check.verdict), &words);
        }
        contents(sheet, id);
    };
    let freshness = instance(&mut sheet, &id, (None, own));
    sheet.content(title, freshness, Words::new())
}

/// An instance: as it was seen last, from wherever that is newest. `own` are the lines behind its state.
fn instance(
    sheet: &mut Sheet<'_>,
    id: &ResourceId,
    (watched, own): (Option<&Watched>, impl Fn(&mut Sheet<'_>, &ResourceId)),
) -> Freshness {
    let world = &sheet.model.world;
    let now = sheet.model.now();
    let sight = world.glances.of(id);
    let glanced = sight.and_then(|it| it.seen.as_ref()).map(|(at, instance)| (*at, instance));
    let listed = world.inventory.as_of().zip(world.inventory.instances.get(id));
    let seen = [glanced, listed].into_iter().flatten().max_by_key(|(at, _)| *at);
    let failed = sight.and_then(|it| it.problem.as_ref());
    if let Some((at, problem)) = failed {
        sheet.told(
            "not read",
            Role::Crit,
            &format!("{} (tried {})", problem.summary, sheet.model.stamp_to_second(*at)),
        );
    }
    let Some((at, instance)) = seen else {
        if failed.is_none() {
            let reads = !world.glances.is_free(now);
            sheet.line(Words::one(Role::Dim, if reads { "being read" } else { "not read yet" }));
        }
        return freshness_of(sheet.model, id);
    };
    state(sheet, instance, (at, watched));
    own(sheet, id);
    setup(sheet, instance, at);
    freshness_of(sheet.model, id)
}

/// How fresh what is known of an instance is.
pub(super) fn freshness_of(model: &Model, id: &ResourceId) -> Freshness {
    let world = &model.world;
    let sight = world.glances.of(id);
    if let Some((at, _)) = sight.and_then(|it| it.problem.as_ref()) {
        return Freshness::Failed(*at);
    }
    let glanced = sight.and_then(|it| it.seen.as_ref()).map(|(at, _)| *at);
    let listed = world.inventory.as_of().filter(|_| world.inventory.instances.get(id).is_some());
    let Some(at) = glanced.max(listed) else { return Freshness::Loading };
    let interval = if glanced.is_some() { model.glance_interval() } else { STALE / 3 };
    Freshness::by_age(at, interval, model.now())
}

/// How fresh what is known of a container is: it comes with the inventory.
pub(super) fn freshness_of_storage(model: &Model) -> Freshness {
    match model.world.inventory.as_of() {
        Some(at) => Freshness::by_age(at, STALE / 3, model.now()),
        None => Freshness::Loading,
    }
}

fn reported(word: &Option<String>) -> String {
    word.clone().filter(|it| !it.is_empty()).unwrap_or_else(|| "not reported".to_owned())
}

/// What it does, and what it is.
fn state(sheet: &mut Sheet<'_>, instance: &Instance, (at, watched): (Timestamp, Option<&Watched>)) {
    let role = match instance.activity() {
        Activity::Idle => Role::Ok,
        Activity::Busy(_) => Role::Running,
        Activity::Broken(_) => Role::Crit,
        Activity::Unknown(_) => Role::Unknown,
    };
    let sku = instance.sku.as_ref().map_or("tier not reported".to_owned(), ToString::to_string);
    // A sign of life may be newer than what was read whole.
    let sign = watched.and_then(|it| it.instance.as_ref()).filter(|sign| sign.at > at);
    let (role, state) = match sign.map(|sign| (&sign.state, sign.at)) {
        Some((Ok(words), at)) => (Role::Running, format!("{words} ({})", sheet.model.stamp_to_second(at))),
        _ => (role, instance.activity().to_string()),
    };
    let sign_of = sheet.theme.sign(role);
    sheet.line(
        Words::one(role, format!("{sign_of} {state}"))
            .and(Role::Plain, format!("   {sku}   {}", reported(&instance.platform_version)))
            .and(Role::Dim, format!("   {}", instance.region)),
    );
}

fn setup(sheet: &mut Sheet<'_>, instance: &Instance, at: Timestamp) {
    sheet.fact("network", Role::Plain, reported(&instance.virtual_network));
    let system = if instance.identity.system.is_some() { "system" } else { "no system identity" };
    let users = instance.identity.user.len();
    let words = format!("{system}, {users} user-assigned");
    sheet.fact("identity", Role::Plain, words);
    sheet.fact("gateway", Role::Dim, "not probed; management only");
    sheet.fact("read", Role::Dim, sheet.model.stamp_to_second(at));
}

/// The recovery points of the instance.
fn points(sheet: &mut Sheet<'_>, id: &ResourceId) {
    let model = sheet.model;
    let place = model.world.inventory.instances.place(id);
    let Some(judged) = place.and_then(|place| model.judgement().instances.get(place)) else { return };
    let cover = &judged.coverage;
    let newest = cover.newest_taken_at.map_or(String::new(), |at| {
        format!(
            ", newest {}",
            match model.times {
                Times::Moments => format!("of {}", model.age_of(at)),
                Times::Usual | Times::Durations => format!("{} old", model.age_of(at)),
            }
        )
    });
    let words = format!("{}/{} usable{newest}", cover.usable, cover.total);
    sheet.fact("backups", Role::Plain, words);
}

/// How much it holds, when a comparison has told it.
fn contents(sheet: &mut Sheet<'_>, id: &ResourceId) {
    let compared = sheet.model.world.compared.as_ref();
    let found = compared.filter(|it| it.source == *id || it.standby == *id).and_then(|it| {
        let is_source = it.source == *id;
        it.found.as_ref().map(|found| (found, is_source))
    });
    let Some((found, is_source)) = found else {
        return sheet.fact("contents", Role::Dim, "not read; 8, Enter compares");
    };
    let told = |of: Collection| {
        let path = of.path();
        let same = found.parity.equal.iter().find(|it| it.id == path).map(|it| it.value.clone());
        let differs = found.parity.differences.iter().find(|it| it.id == path);
        let own = differs.and_then(|it| if is_source { it.source.clone() } else { it.standby.clone() });
        same.or(own).map(|count| format!("{of} {count}"))
    };
    let counts =
        [Collection::Apis, Collection::Products, Collection::NamedValues].into_iter().filter_map(told);
    let at = if is_source { found.source.as_of } else { found.standby.as_of };
    let words = counts.collect::<Vec<_>>().join(", ");
    sheet.fact("contents", Role::Plain, format!("{words} (read {})", sheet.model.stamp(at)));
}

/// The container that the backup lies in.
pub(super) fn storage(mut sheet: Sheet<'_>, operation: &Operation) -> Content {
    let model = sheet.model;
    let Some(address) = operation.intent.work.address() else {
        sheet.prose(Role::Dim, "Which blob it is about is not known: the activity log does not name it.");
        return sheet.content(Words::one(Role::Strong, "storage"), Freshness::NotRead, Words::new());
    };
    let title = Words::one(Role::Strong, "storage ").and_name(Role::Strong, address.location.to_string());
    let inventory = &model.world.inventory;
    let freshness = freshness_of_storage(model);
    if let Some(held) = model.held_in(&address.location).filter(|it| it.backups > 0) {
        let count = text::count(held.backups, "backup");
        let day = SignedDuration::from_hours(24);
        let ((soon, past), (later, _)) =
            (held.expiring(model.now(), day), held.expiring(model.now(), day * 3));
        let words = format!("{count}   {}   {soon} expire in 24 h, {later} in 72 h", size::short(held.bytes));
        sheet.fact("container", if soon > 0 { Role::Warn } else { Role::Plain }, words);
        if let Some(newest) = held.newest.and_then(|place| inventory.backups.all().get(place)) {
            sheet.named("newest", Role::Plain, newest.blob.address.name.clone());
        }
        sheet.fact("expired", Role::Dim, format!("{past}, still stored"));
    } else {
        sheet.fact("container", Role::Dim, "no backup of it is in the inventory");
    }
    sheet.named("this one", Role::Plain, address.name.clone());
    let account = inventory.accounts.all().iter().find(|it| it.name == address.location.account);
    match account {
        Some(account) => {
            let open = account.default_action.as_deref().unwrap_or("firewall not reported");
            let public = account.public_network_access.as_deref().unwrap_or("not reported");
            let words = format!("{}   firewall {open}   public access {public}", account.region);
            sheet.fact("account", Role::Plain, words);
        }
        None => sheet.fact("account", Role::Dim, "not read"),
    }
    for check in operation.intent.checks.iter().filter(|it| it.finding.starts_with("storage-")) {
        let at = sheet.model.stamp(operation.planned_at);
        let words = format!("{} (checked {at})", check.summary);
        sheet.told(check.finding.trim_start_matches("storage-"), theme::of_verdict(check.verdict), &words);
    }
    sheet.content(title, freshness, Words::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_weighs_more_than_what_is_stale_or_live() {
        let at = Timestamp::UNIX_EPOCH;
        let order = [Freshness::Ended(at), Freshness::Live(at), Freshness::Stale(at), Freshness::Failed(at)];
        assert!(order.is_sorted_by_key(|it| worst(*it)));
    }
}
