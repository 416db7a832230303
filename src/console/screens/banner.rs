//! What is said above every screen, and only when there is something to say: the gravest first. What was fetched before
//! stays below it, with its age.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::console::layout::Room;
use crate::console::model::{Model, Place, Times};
use crate::console::text;
use crate::console::theme::{Role, Theme};
use crate::console::widgets::canvas::Words;
use crate::console::world::Trouble;
use crate::console::world::inventory::{Inventory, Reading};
use crate::console::world::watched::Watched;
use crate::domain::duration;
use crate::domain::operation::Phase;
use crate::domain::problem::{Problem, Trouble as Kind};

/// So long a refusal of a question that nobody asks again by itself is told.
const LATELY: SignedDuration = SignedDuration::from_mins(2);

/// The lines, as many as there is room for.
pub(in crate::console) fn lines(model: &Model, theme: Theme) -> Vec<Words> {
    if model.size().room() == Room::TooSmall {
        return Vec::new();
    }
    let mut all = signed_out(model, theme);
    all.extend(offline(model, theme));
    // The wall says it of each operation; a wizard needs its lines.
    if !matches!(model.place(), Place::Operations | Place::Wizard(_)) {
        all.extend(unknown(model, theme));
        all.extend(throttled(model, theme));
    }
    let most = match model.place() {
        Place::Wizard(_) if model.size().rows < 30 => 1,
        _ => model.size().most_of_banner(),
    };
    all.truncate(most);
    all
}

/// An operation whose last poll failed so.
fn polled_in_vain(model: &Model, kind: Kind) -> impl Iterator<Item = &Watched> {
    let open = model.world.operations.values().filter(|it| !it.operation.phase.is_final());
    open.filter(move |it| it.operation.problem.as_ref().is_some_and(|problem| problem.kind == kind))
}

fn name(watched: &Watched) -> String {
    let work = &watched.operation.intent.work;
    format!("{} of {}", work.kind(), work.instance().name())
}

/// The AADSTS code of a problem, if Azure gave one.
fn code(problem: &Problem) -> Option<&str> {
    let message = problem.server_message.as_deref()?;
    let from = message.find("AADSTS")?;
    let rest = message.get(from..)?;
    let end = rest.char_indices().skip(6).find(|(_, c)| !c.is_ascii_digit()).map_or(rest.len(), |(at, _)| at);
    rest.get(..end)
}

/// The line that signs in, with the tenant that was signed in to before where the problem names none.
pub(in crate::console) fn sign_in_line(model: &Model, problem: &Problem) -> String {
    let line = problem.sign_in().unwrap_or("az login");
    let tenant = model.world.sign_in.as_ref().and_then(|it| it.tenant.as_deref());
    match tenant.or(model.preferences.tenant.as_deref()) {
        Some(tenant) if line.starts_with("az login") && !line.contains("--tenant") => {
            line.replacen("az login", &format!("az login --tenant {tenant}"), 1)
        }
        _ => line.to_owned(),
    }
}

/// The lost sign-in: of the last reading, else of the last poll of an operation.
pub(in crate::console) fn lost_sign_in(model: &Model) -> Option<(Timestamp, &Problem)> {
    let of_reading = model.world.inventory.signed_out().map(|it| (it.at, &it.problem));
    of_reading.or_else(|| {
        let watched = polled_in_vain(model, Kind::SignedOut).next()?;
        Some((watched.operation.last_polled_at.unwrap_or(model.now()), watched.operation.problem.as_ref()?))
    })
}

fn signed_out(model: &Model, theme: Theme) -> Vec<Words> {
    let Some((at, problem)) = lost_sign_in(model) else { return Vec::new() };
    let wide = model.size().columns >= 100;
    let why = match (code(problem), problem.meaning.as_deref().map(|it| it.trim_end_matches('.'))) {
        (Some(code), Some(meaning)) if wide => format!(" ({code}: {meaning})"),
        (Some(code), _) => format!(" ({code})"),
        (None, Some(meaning)) if wide => format!(" ({meaning})"),
        (None, _) => String::new(),
    };
    let unread: Vec<String> = polled_in_vain(model, Kind::SignedOut).map(name).collect();
    let data = match model.world.inventory.shown_as_of() {
        _ if !wide && !unread.is_empty() => {
            format!(" {} in Azure, unread.", text::count(unread.len(), "running operation"))
        }
        Some(read) if model.times == Times::Moments => format!(" Data is of {}.", model.stamp(read)),
        Some(read) => format!(" Data is {} old.", duration::short(model.now().duration_since(read))),
        None => " Nothing was read yet.".to_owned(),
    };
    let first = format!("{} Signed out since {}{why}.{data}", theme.sign(Role::Crit), model.stamp(at));
    let line = sign_in_line(model, problem);
    let second = Words::one(Role::Plain, if wide { "  In another terminal:  " } else { "  " })
        .and(Role::Strong, line)
        .and(Role::Plain, "   then Ctrl-R");
    let mut lines = vec![Words::one(Role::Crit, first), second];
    if let Some(first) = unread.first() {
        let more = match unread.len() {
            1 => "goes on in Azure; its status is not being read.".to_owned(),
            n => format!("and {} more go on in Azure; their status is not being read.", n - 1),
        };
        lines.push(Words::one(Role::Running, format!("  The {first} {more}")));
    }
    lines
}

/// How long until a moment, or that it is now.
fn until(model: &Model, at: Timestamp) -> String {
    let left = at.duration_since(model.now());
    match model.times {
        _ if !left.is_positive() => "Trying now".to_owned(),
        Times::Moments => format!("Retry at {}", text::clock_to_second(at)),
        Times::Usual | Times::Durations => format!("Retry in {}", duration::short(left)),
    }
}

fn offline(model: &Model, theme: Theme) -> Option<Words> {
    let sign = theme.sign(Role::Warn);
    let reading = matches!(model.world.inventory.reading, Reading::Running { .. });
    if let Some(outage) = &model.world.outage {
        let next = if reading { "Trying now".to_owned() } else { until(model, outage.next_at) };
        let what = if model.size().columns < 100 { String::new() } else { format!(" ({})", outage.what) };
        let words = format!(
            "{sign} Network down since {}{what}. {next} (try {}). Ctrl-R now.",
            model.stamp(outage.since),
            outage.tries + 1
        );
        return Some(Words::one(Role::Warn, words));
    }
    let mut silent = model.world.operations.values().filter(|it| !it.operation.phase.is_final());
    let (watched, silence) = silent.find_map(|it| Some((it, it.silence.as_ref()?)))?;
    let next = watched.next_poll_at.map_or(String::new(), |at| format!(" {}", until(model, at)));
    let (since, tries) = (model.stamp(silence.since), silence.tries + 1);
    let words = if model.size().columns < 100 {
        let kind = watched.operation.intent.work.kind();
        format!("{sign} Network down since {since}: the {kind} is unread.{next} (try {tries}).")
    } else {
        format!(
            "{sign} Network down since {since}: the {} cannot be asked.{next} (try {tries}).",
            name(watched)
        )
    };
    Some(Words::one(Role::Warn, words))
}

fn unknown(model: &Model, theme: Theme) -> Option<Words> {
    let all = model.world.operations.values().filter(|it| it.operation.phase == Phase::Unconfirmed);
    let mut all: Vec<&Watched> = all.collect();
    all.sort_by_key(|it| std::cmp::Reverse(it.operation.submitted_at));
    let first = all.first()?;
    let work = &first.operation.intent.work;
    let sent =
        first.operation.submitted_at.map_or(String::new(), |at| format!(" {}", model.stamp_to_second(at)));
    let more = if all.len() > 1 { format!(" {} more like it.", all.len() - 1) } else { String::new() };
    let (sign, name, kind) = (theme.sign(Role::Unknown), work.instance().name(), work.kind());
    let words = if model.size().columns < 100 {
        format!("{sign} {name}: {kind} sent, no answer read; not sent again.{more}  4 shows it")
    } else {
        format!(
            "{sign} {name}: {kind} sent{sent}, no answer read. Looked up, not sent again.{more}  4 shows it"
        )
    };
    Some(Words::one(Role::Unknown, words))
}

fn throttled(model: &Model, theme: Theme) -> Option<Words> {
    let parts = model.world.inventory.problems.iter().filter(|it| it.problem.kind == Kind::Throttled).count();
    let polls: Vec<&Watched> = polled_in_vain(model, Kind::Throttled).collect();
    let mut slowed = Vec::new();
    if let Some(first) = polls.first() {
        let next =
            first.next_poll_at.map(|at| at.duration_since(model.now())).filter(|left| left.is_positive());
        let next = next.map_or(String::new(), |left| format!(", asked again in {}", duration::short(left)));
        let more = if polls.len() > 1 { format!(" and {} more", polls.len() - 1) } else { String::new() };
        slowed.push(format!("the {}{more}{next}", name(first)));
    }
    if parts > 0 {
        slowed.push(format!("{} of the inventory, read again with Ctrl-R", text::count(parts, "part")));
    }
    // Comparisons, checks and notes are asked anew by whoever asked for them.
    let refused = |it: &&Trouble| it.problem.kind == Kind::Throttled || it.problem.http_status == Some(429);
    let recent = |it: &&Trouble| model.now().duration_since(it.at) < LATELY;
    let others = model.world.troubles.iter().filter(refused).filter(recent).count();
    if others > 0 {
        slowed.push(format!("{} of late (!)", text::count(others, "other question")));
    }
    let narrow = model.size().columns < 100;
    match (model.closed_until(), model.refused_lately()) {
        (Some(until), _) => {
            let left = until.duration_since(model.now());
            slowed.push(format!("some kinds of question for {}", duration::short(left)));
        }
        (None, refused) if refused > 0 && slowed.is_empty() => {
            let told = text::count(usize::try_from(refused).unwrap_or(usize::MAX), "answer");
            let rate = if narrow { "" } else { ", the wall looks half as often" };
            slowed.push(format!("{told} in 15 min{rate}"));
        }
        _ => {}
    }
    if slowed.is_empty() {
        return None;
    }
    let asked = if narrow { "Asked to wait (429):" } else { "Azure asked us to wait (429). Slowed:" };
    let words = format!("{} {asked} {}", theme.sign(Role::Warn), slowed.join("; "));
    Some(Words::one(Role::Warn, words))
}

/// How much of the inventory could not be read, for the title of a pane: whole subscriptions first.
pub(in crate::console) fn unreadable(inventory: &Inventory) -> String {
    let id_of = |problem: &Problem| {
        let scope = problem.scope.as_deref()?;
        let named = scope.strip_prefix("/subscriptions/").filter(|id| !id.contains('/'));
        named
            .or_else(|| scope.strip_prefix("subscription ")?.split_once('(')?.1.strip_suffix(')'))
            .map(str::to_owned)
    };
    let failed: BTreeSet<String> = inventory.problems.iter().filter_map(|it| id_of(&it.problem)).collect();
    let seen = |id: &String| inventory.subscriptions.iter().any(|it| it.id.as_str().eq_ignore_ascii_case(id));
    let all = inventory.subscriptions.len() + failed.iter().filter(|id| !seen(id)).count();
    let rest = inventory.problems.iter().filter(|it| id_of(&it.problem).is_none()).count();
    // That it was cancelled is one of them, and said in words of its own.
    let rest = rest.saturating_sub(usize::from(inventory.is_cancelled()));
    let cancelled = if inventory.is_cancelled() { "  PARTIAL, cancelled by you" } else { "" };
    let (whole, parts) = (text::count(all, "subscription"), text::count(rest, "part"));
    match (failed.len(), rest) {
        (0, 0) => cancelled.to_owned(),
        (0, _) => format!("{cancelled}  {parts} unreadable (!)"),
        (count, 0) => format!("{cancelled}  {count} of {whole} FAILED (!)"),
        // Both in one breath: 80 columns hold no more.
        (count, _) => format!("{cancelled}  {count} of {whole}, {parts} FAILED (!)"),
    }
}
