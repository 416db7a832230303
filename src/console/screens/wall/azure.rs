//! The panes of what Azure still lets us ask, of what differs between the two instances, and of what is left to do.

use jiff::{SignedDuration, Timestamp};

use super::sheet::{Content, Freshness, Sheet, coarse};
use crate::console::model::Model;
use crate::console::text;
use crate::console::theme::Role;
use crate::console::widgets::canvas::Words;
use crate::console::world::watched::Watched;
use crate::domain::backup::not_carried;
use crate::domain::duration;
use crate::domain::glance::Left;
use crate::domain::operation::{Operation, Phase};
use crate::domain::parity::{ClosedBy, Comparison, Difference};
use crate::domain::plan::Kind;

/// Quota and throttling.
pub(super) fn quota(mut sheet: Sheet<'_>) -> Content {
    let title = Words::one(Role::Strong, "quota and throttling");
    let model = sheet.model;
    let Some((_, quota)) = &model.world.glances.quota else {
        sheet.line(Words::one(Role::Dim, "not read yet"));
        return sheet.content(title, Freshness::Loading, Words::new());
    };
    let now = model.now();
    let reads = left(&quota.reads, now);
    sheet.fact("reads", reads.0, reads.1);
    let patience = match quota.closed_until.map(|until| until.duration_since(now)) {
        Some(left) if left.is_positive() => format!("back-off {}", duration::short(left)),
        _ => "back-off none".to_owned(),
    };
    let role = if quota.throttled > 0 { Role::Warn } else { Role::Plain };
    sheet.fact("429", role, format!("{} in 15 min   {patience}", quota.throttled));
    slowed(&mut sheet);
    let role = if quota.faults > 0 { Role::Warn } else { Role::Plain };
    let answers = format!("{} in the last minute   5xx {} in 15 min", quota.answers, quota.faults);
    sheet.fact("answers", role, answers);
    match quota.token_until {
        Some(until) => {
            let left = until.duration_since(now).max(SignedDuration::ZERO);
            sheet.fact(
                "token",
                Role::Plain,
                format!("{} left, ends {}", text::age(left), text::clock(until)),
            );
        }
        None => sheet.fact("token", Role::Dim, "not known"),
    }
    for (label, kind) in [("writes", &quota.writes), ("graph", &quota.graph)] {
        let (role, words) = left(kind, now);
        sheet.fact(label, role, words);
    }
    sheet.told(
        "budget",
        Role::Dim,
        "250 reads at once, then 25 a second in each subscription; polls go first",
    );
    let freshness = freshness_of_quota(model);
    sheet.content(title, freshness, Words::new())
}

/// How fresh it is.
pub(super) fn freshness_of_quota(model: &Model) -> Freshness {
    match &model.world.glances.quota {
        Some((at, _)) => Freshness::by_age(*at, model.glance_interval(), model.now()),
        None => Freshness::Loading,
    }
}

/// What a header said is left, and how long ago.
fn left(left: &Option<Left>, now: Timestamp) -> (Role, String) {
    match left {
        Some(left) => {
            let age = coarse(now.duration_since(left.at));
            (Role::Plain, format!("{} left (header, {age} ago)", left.requests))
        }
        None => (Role::Dim, "not told".to_owned()),
    }
}

/// Whether panes are read more seldom than usual.
fn slowed(sheet: &mut Sheet<'_>) {
    let (usual, now) = (sheet.model.usual_glance_interval(), sheet.model.glance_interval());
    if sheet.model.is_slowed() {
        let words = format!("{} {} {}", duration::whole(usual), sheet.theme.arrow(), duration::whole(now));
        sheet.fact("slowed", Role::Warn, format!("4, 5, 7: {words}; polls keep Retry-After"));
    } else {
        sheet.fact("slowed", Role::Plain, format!("no pane; 4, 5, 7 every {}", duration::whole(now)));
    }
}

/// The comparison of both instances, when it was made.
fn comparison<'a>(model: &'a Model, operation: &Operation) -> Option<&'a Comparison> {
    let source = model.source_of(operation)?;
    let compared = model.world.compared.as_ref()?;
    let is_of = compared.source == source && compared.standby == *operation.intent.work.instance();
    compared.found.as_ref().filter(|_| is_of)
}

/// What differs between both instances.
pub(super) fn parity(mut sheet: Sheet<'_>, operation: &Operation) -> Content {
    let title = Words::one(Role::Strong, "parity");
    let target = operation.intent.work.instance().name();
    let Some(source) = sheet.model.source_of(operation) else {
        sheet.prose(Role::Dim, "No second instance to compare with is known.");
        return sheet.content(title, Freshness::NotRead, Words::new());
    };
    let title = title
        .and(Role::Plain, " ")
        .and_name(Role::Plain, source.name())
        .and(Role::Dim, " | ")
        .and_name(Role::Plain, target);
    let Some(found) = comparison(sheet.model, operation) else {
        sheet.prose(Role::Dim, "Not read. Enter here reads both instances and compares them.");
        return sheet.content(title, Freshness::NotRead, Words::new());
    };
    let parity = &found.parity;
    let by = |by| parity.closed_by(by);
    let ignored = match parity.ignored().count() {
        0 => String::new(),
        count => format!("   {count} ignored"),
    };
    sheet.line(Words::one(Role::Strong, format!("{} differ", parity.open().count())).and(
        Role::Plain,
        format!(
            ": {} by hand, {} come with a restore   {} same   {} not readable{ignored}",
            by(ClosedBy::ByHand),
            by(ClosedBy::Restore),
            parity.equal.len(),
            parity.unreadable.len()
        ),
    ));
    for it in parity.open().filter(|it| it.closed_by == ClosedBy::ByHand) {
        sheet.line(difference(it));
    }
    let freshness = freshness_of_parity(sheet.model, operation);
    sheet.content(title, freshness, Words::one(Role::Dim, "Enter"))
}

/// How fresh the comparison is. Nobody reads it again by itself, so it is stale as soon as the operation may have changed
/// it.
pub(super) fn freshness_of_parity(model: &Model, operation: &Operation) -> Freshness {
    let Some(found) = comparison(model, operation) else { return Freshness::NotRead };
    let at = found.source.as_of.max(found.standby.as_of);
    match operation.ended_at {
        Some(end) if at < end => Freshness::Stale(at),
        _ => Freshness::by_age(at, SignedDuration::from_mins(5), model.now()),
    }
}

fn difference(it: &Difference) -> Words {
    let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "(none)".to_owned());
    let role = if it.blocks_switch == Some(true) { Role::Crit } else { Role::Plain };
    Words::one(role, format!("{}: ", it.setting))
        .and_name(Role::Plain, side(&it.source))
        .and(Role::Dim, " | ")
        .and_name(Role::Plain, side(&it.standby))
}

/// What is left to do by hand.
pub(super) fn afterwards(mut sheet: Sheet<'_>, watched: &Watched) -> Content {
    let operation = &watched.operation;
    let title = Words::one(Role::Strong, "afterwards, by hand");
    let over = operation.phase == Phase::Succeeded;
    let role = if over { Role::Plain } else { Role::Dim };
    let word = match (operation.phase, operation.intent.work.kind()) {
        (Phase::Succeeded, _) => "Left to do:",
        (phase, _) if phase.is_final() => "It did not succeed: nothing of this is due.",
        (_, Kind::Restore) => "When it has succeeded:",
        (_, Kind::Backup) => "Of a restore of this backup:",
    };
    sheet.prose(Role::Strong, word);
    let items = not_carried(operation.intent.purpose).into_iter().map(str::to_owned);
    for item in items {
        for (number, line) in
            sheet.theme.wrapped(&item, sheet.columns.saturating_sub(4)).into_iter().enumerate()
        {
            let mark = if number == 0 { "[ ] " } else { "    " };
            sheet.line(Words::one(Role::Dim, mark).then(Words::shown(role, line)));
        }
    }
    let found = comparison(sheet.model, operation);
    let by_hand = found.map(|found| found.parity.open().filter(|it| it.closed_by == ClosedBy::ByHand));
    for it in by_hand.into_iter().flatten() {
        sheet.line(Words::one(Role::Dim, "[ ] ").then(difference(it)));
    }
    if operation.intent.work.kind() == Kind::Restore {
        sheet.prose(
            Role::Dim,
            "Enter compares both instances (parity): what is left to set stands there, with commands.",
        );
    }
    let freshness = super::operation::freshness(sheet.model.now(), watched);
    sheet.content(title, freshness, Words::new())
}
