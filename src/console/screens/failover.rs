//! The failover plan: a row for each instance, from proposal to verdict.

use ratatui::layout::Rect;

use super::operations;
use crate::console::draft::{Draft, Task};
use crate::console::failover::{Begun, Due, Row, Stand};
use crate::console::layout::Room;
use crate::console::message::Gathering;
use crate::console::model::Model;
use crate::console::preferences::Importance;
use crate::console::text;
use crate::console::theme::{self, Role};
use crate::console::widgets::canvas::{Canvas, Keys, Words};
use crate::console::world::Checks;
use crate::domain::backup::Taken;
use crate::domain::duration;
use crate::domain::plan::{Access, Plan};
use crate::domain::resource::ResourceId;
use crate::domain::verdict::Verdict;

/// Columns of a row.
struct Columns {
    source: usize,
    backup: usize,
    target: usize,
    access: usize,
}

impl Columns {
    fn of(room: Room) -> Self {
        match room {
            Room::TooSmall | Room::Narrow => Self { source: 19, backup: 7, target: 19, access: 0 },
            Room::Wide => Self { source: 27, backup: 8, target: 27, access: 10 },
            Room::Huge => Self { source: 40, backup: 10, target: 40, access: 14 },
        }
    }
}

/// Draws it.
pub(in crate::console) fn draw(model: &Model, body: Rect, canvas: &mut Canvas<'_, '_>) {
    let Some(failover) = &model.failover else { return };
    let below = model.size().below_choices() + 2;
    let list = Rect { height: body.height.saturating_sub(below), ..body };
    let rest = Rect { y: list.bottom(), height: body.height - list.height, ..body };
    let right = Words::one(Role::Dim, text::count(failover.rows.len(), "instance"));
    let inner = canvas.pane(list, Keys::Here, &Words::one(Role::Strong, "Failover"), &right);
    let columns = Columns::of(model.size().room());
    canvas.words(Rect { x: inner.x + 1, ..inner }, 0, &head(&columns, canvas));
    let height = usize::from(inner.height.saturating_sub(1));
    let offset = (failover.cursor + 1).saturating_sub(height.max(1));
    for (line, at) in (1..inner.height).zip(offset..failover.rows.len()) {
        let area = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
        canvas.words(area, line, &row(model, at, &failover.rows[at], &columns, canvas));
        if at == failover.cursor {
            canvas.words(inner, line, &Words::one(Role::Strong, canvas.theme.marker()));
            canvas.lay(inner, line, canvas.theme.chosen());
            canvas.cursor(inner.x, inner.y + line);
        }
    }
    canvas.part(list, offset, height, failover.rows.len());
    let Some(row) = failover.chosen() else { return };
    if model.size().room() == Room::Narrow {
        return detail(model, row, rest, canvas);
    }
    let left = Rect { width: rest.width * 3 / 5, ..rest };
    detail(model, row, left, canvas);
    let running = Rect { x: left.right(), width: rest.width - left.width, ..rest };
    operations::summary(model, running, canvas);
}

fn head(columns: &Columns, canvas: &Canvas<'_, '_>) -> Words {
    let theme = canvas.theme;
    let words = Words::one(Role::Dim, "   ")
        .and_padded(Role::Dim, "INSTANCE", columns.source, theme)
        .and_padded(Role::Dim, "BACKUP", columns.backup, theme)
        .and_padded(Role::Dim, "INTO", columns.target, theme);
    let words = if columns.access == 0 {
        words
    } else {
        words.and_padded(Role::Dim, "ACCESS", columns.access, theme)
    };
    words.and(Role::Dim, "STANDS")
}

fn row(model: &Model, at: usize, row: &Row, columns: &Columns, canvas: &Canvas<'_, '_>) -> Words {
    let theme = canvas.theme;
    let proposed = row.stand == Stand::Proposed;
    let role = if row.stand == Stand::LeftOut { Role::Dim } else { Role::Plain };
    let age = match (row.draft.as_ref().and_then(backup_of), &row.stand) {
        (Some(backup), _) => Some(backup.taken),
        (None, Stand::Started(begun)) => Some(taken(&begun.plan)),
        (None, _) => None,
    };
    let age = age.map_or("-".into(), |it| it.map_or("?".into(), |taken| model.age_of(taken.at)));
    let target = row.target().map_or("-", ResourceId::name);
    let words = Words::one(Role::Dim, format!("{:<3}", at + 1))
        .and_padded(role, row.source.name(), columns.source, theme)
        .and_padded(role, &age, columns.backup, theme)
        .and_padded(if proposed { Role::Dim } else { role }, target, columns.target, theme);
    let access = match &row.stand {
        Stand::Started(begun) => Some(begun.plan.access()),
        _ => row.draft.as_ref().and_then(|draft| draft.accesses.get(draft.access)),
    };
    let access = access.filter(|_| !proposed).map_or("-", access_word);
    let words =
        if columns.access == 0 { words } else { words.and_padded(role, access, columns.access, theme) };
    words.then(stands(model, row, canvas))
}

fn backup_of(draft: &Draft) -> Option<&crate::domain::backup::Backup> {
    match &draft.task {
        Task::Restore { backup, .. } => Some(backup),
        Task::Backup { .. } => None,
    }
}

/// When the backup of a plan was taken.
fn taken(plan: &Plan) -> Option<Taken> {
    match plan {
        Plan::Restore(plan) => plan.taken,
        Plan::Backup(_) => None,
    }
}

fn access_word(access: &Access) -> &'static str {
    match access {
        Access::Key => "key",
        Access::System => "system",
        Access::User { .. } => "user",
    }
}

/// How far a row is, in few words.
fn stands(model: &Model, row: &Row, canvas: &Canvas<'_, '_>) -> Words {
    let theme = canvas.theme;
    let signed = |role: Role, words: &str| Words::one(role, format!("{} {words}", theme.sign(role)));
    match &row.stand {
        Stand::LeftOut => Words::one(Role::Dim, "left out"),
        Stand::Impossible(_) => signed(Role::Crit, "not possible"),
        Stand::Started(begun) => started(model, begun, canvas),
        Stand::Proposed if row.target().is_some() => Words::one(Role::Key, "proposed: n takes it"),
        Stand::Proposed => signed(Role::Warn, "none fits: choose"),
        Stand::Chosen => {
            let checks = row.draft.as_ref().and_then(|draft| draft.checks.as_ref());
            let counted = checks.map_or(Words::new(), |checks| counts(checks, canvas));
            match row.due() {
                None | Some(Due::Choice) => Words::new(),
                Some(Due::Checks) if checks.is_none() => Words::one(Role::Loading, "checks wait"),
                Some(Due::Checks) => signed(Role::Loading, "checking"),
                Some(Due::Blocked(_)) => counted.and(Role::Crit, "blocked"),
                Some(Due::Acceptance(open)) => counted.and(Role::Warn, format!("{open} to accept")),
                Some(Due::Name) => counted.and(Role::Strong, "to confirm"),
            }
        }
    }
}

fn counts(checks: &Checks, canvas: &Canvas<'_, '_>) -> Words {
    let all = [Verdict::Ok, Verdict::Warn, Verdict::Unknown, Verdict::Blocked];
    all.into_iter().fold(Words::new(), |words, verdict| {
        let role = theme::of_verdict(verdict);
        match checks.preflight.with(verdict).count() {
            0 => words,
            count => words.and(role, format!("{} {count}  ", canvas.theme.sign(role))),
        }
    })
}

fn started(model: &Model, begun: &Begun, canvas: &Canvas<'_, '_>) -> Words {
    let signed = |role: Role, words: &str| Words::one(role, format!("{} {words}", canvas.theme.sign(role)));
    let Some(watched) = begun.operation(&model.world) else {
        return match model.world.starting.contains(&begun.plan) {
            true => signed(Role::Loading, "starting"),
            false => signed(Role::Unknown, "UNKNOWN: not recorded"),
        };
    };
    let operation = &watched.operation;
    let role = theme::of_phase(operation.phase);
    let phase = operation.phase.to_string().to_uppercase();
    Words::one(role, format!("{} {phase}", canvas.theme.sign(role)))
        .and(Role::Plain, format!("  {}", duration::short(operation.elapsed(model.now()))))
}

/// What the chosen row would do, why that is proposed, and what is to be done next.
fn detail(model: &Model, row: &Row, area: Rect, canvas: &mut Canvas<'_, '_>) {
    let title = Words::name(Role::Strong, row.source.name());
    let inner = canvas.pane(area, Keys::Elsewhere, &title, &freshness(model, row));
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    // The last line says what can be done here, however much there is to say.
    let said = Rect { height: inner.height.saturating_sub(1), ..inner };
    let mut line = 0;
    if let Some(backup) = row.draft.as_ref().and_then(backup_of) {
        let left = match backup.expires_at() {
            None => "its end is not known".to_owned(),
            Some(end) => format!("expires {}", model.in_time(end)),
        };
        // What is left of it comes first: a long name is cut at its end.
        let words = Words::one(Role::Dim, "Backup  ").and(Role::Plain, left).and(Role::Dim, "   ");
        canvas.words(said, 0, &words.and_name(Role::Plain, &*backup.blob.address.name));
        line += 1;
    }
    if let Some(target) = row.target() {
        let words = Words::one(Role::Dim, "Into    ").and_name(Role::Strong, target.name());
        let words = match model.preferences.importance_of(target) {
            Importance::Production => words.and(Role::Plain, " ").and(Role::Production, "PRODUCTION"),
            Importance::Drill => words.and(Role::Plain, " ").and(Role::Drill, canvas.theme.drill()),
            Importance::Ordinary => words,
        };
        canvas.words(said, line, &words);
        line += 1;
        line += canvas.paragraph(said, line, Role::Dim, why(model, row, target));
    }
    for (role, words) in troubles(model, row) {
        line += canvas.paragraph(said, line, role, &words);
    }
    canvas.words(inner, line.min(said.height), &Words::one(Role::Key, next(row)));
}

/// Why the target is proposed, or how the inventory sees the one that was chosen.
fn why(model: &Model, row: &Row, target: &ResourceId) -> String {
    let Some(Task::Restore { backup, proposed, .. }) = row.draft.as_ref().map(|draft| &draft.task) else {
        return String::new();
    };
    let instance = model.world.inventory.instances.get(target);
    let why = instance.map(|instance| model.candidate(backup, instance).why());
    let word = if proposed.as_ref() == Some(target) { "Proposed" } else { "By the inventory" };
    why.map_or("It is no longer known.".to_owned(), |why| format!("{word}: {why}"))
}

/// What is said of a row that an earlier run handed over, and that the journal does not tell of.
const MISSING: &str = "An earlier run handed it over, and the journal on this machine does not tell of it. Look at the \
    target before anything else is done to it.";

/// What stands in the way of the row, or what became of it.
fn troubles(model: &Model, row: &Row) -> Vec<(Role, String)> {
    match &row.stand {
        Stand::Impossible(why) => vec![(Role::Crit, format!("It cannot be restored from here: {why}."))],
        Stand::Started(begun) => {
            let own = begun.operation(&model.world);
            if own.is_none() && !model.world.starting.contains(&begun.plan) {
                return vec![(Role::Unknown, MISSING.to_owned())];
            }
            let problem = own.and_then(|it| it.operation.problem.as_ref());
            let words = problem.map(|it| match &it.server_message {
                Some(words) => format!("Azure says: {words}"),
                None => it.summary.clone(),
            });
            words.into_iter().map(|words| (Role::Crit, words)).collect()
        }
        Stand::Proposed if row.target().is_none() => {
            vec![(Role::Warn, "No instance that is free and idle fits this backup.".to_owned())]
        }
        Stand::Proposed | Stand::LeftOut => Vec::new(),
        Stand::Chosen => {
            let Some((draft, checks)) = row.draft.as_ref().and_then(Draft::checked) else {
                return Vec::new();
            };
            let findings = &checks.preflight.findings;
            let is_open = |place: &usize| match findings[*place].verdict {
                Verdict::Ok => false,
                Verdict::Blocked => true,
                Verdict::Warn | Verdict::Unknown => draft.reason_for(findings[*place].id()).is_none(),
            };
            let open = checks.order().into_iter().filter(is_open).map(|place| &findings[place]);
            let shown = open.filter(|it| !checks.is_open(it));
            shown
                .map(|it| (theme::of_verdict(it.verdict), format!("{}: {}", it.rule.title, it.summary)))
                .collect()
        }
    }
}

fn freshness(model: &Model, row: &Row) -> Words {
    let checks = row.draft.as_ref().and_then(|draft| draft.checks.as_ref());
    match checks.filter(|_| row.stand == Stand::Chosen) {
        Some(checks) if checks.gathering == Gathering::Open && checks.preflight.findings.is_empty() => {
            Words::one(Role::Loading, "reading")
        }
        Some(checks) => super::findings::freshness(model, checks),
        None => Words::new(),
    }
}

/// What a person does next with the row.
fn next(row: &Row) -> &'static str {
    match (&row.stand, row.due()) {
        (Stand::LeftOut, _) => "Space takes it in again.",
        (Stand::Impossible(_), _) => "The others go on without it. n looks again.",
        (Stand::Started(_), _) => "Enter shows the operations. What runs goes on in Azure.",
        (Stand::Proposed, _) if row.target().is_none() => {
            "Enter chooses a target; l proposes an older backup."
        }
        (Stand::Proposed, _) => "n takes it and checks; Enter: target, access; l: older backup.",
        (Stand::Chosen, Some(Due::Blocked(_))) => {
            "Enter shows what blocks it. p there goes back to its target."
        }
        (Stand::Chosen, Some(Due::Acceptance(_))) => "Enter opens its checks, to accept each with a reason.",
        (Stand::Chosen, Some(Due::Name)) => "Enter, then n: review, and its name is typed.",
        (Stand::Chosen, _) => "Its checks run; the others can be chosen meanwhile.",
    }
}

/// How many rows stand how.
pub(in crate::console) fn totals(model: &Model) -> Words {
    let Some(failover) = &model.failover else { return Words::new() };
    let count = |wanted: &dyn Fn(&Row) -> bool| failover.rows.iter().filter(|row| wanted(row)).count();
    let due = |wanted: fn(&Due) -> bool| move |row: &Row| row.due().as_ref().is_some_and(wanted);
    let parts: [(usize, Role, &str); 7] = [
        (count(&due(|it| *it == Due::Choice)), Role::Key, "to take"),
        (count(&due(|it| *it == Due::Checks)), Role::Loading, "checking"),
        (count(&due(|it| matches!(it, Due::Blocked(_)))), Role::Crit, "blocked"),
        (count(&due(|it| matches!(it, Due::Acceptance(_)))), Role::Warn, "to accept"),
        (count(&due(|it| *it == Due::Name)), Role::Strong, "to confirm"),
        (count(&|row| matches!(row.stand, Stand::Started(_))), Role::Running, "started"),
        (
            count(&|row| matches!(row.stand, Stand::LeftOut | Stand::Impossible(_))),
            Role::Dim,
            "not part of it",
        ),
    ];
    let shown = parts.into_iter().filter(|(number, ..)| *number > 0);
    shown.fold(Words::new(), |words, (number, role, word)| words.and(role, format!("{number} {word}   ")))
}
