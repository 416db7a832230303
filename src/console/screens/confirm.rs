//! The last question. Cancel is chosen, the name has to be typed, and nothing that was typed before it could be read
//! counts.

use ratatui::layout::Rect;

use crate::console::draft::{Button, Draft, Task};
use crate::console::model::Model;
use crate::console::preferences::Importance;
use crate::console::request;
use crate::console::text;
use crate::console::theme::{Role, Theme};
use crate::console::widgets::canvas::{Canvas, Words};
use crate::domain::backup::Backup;
use crate::domain::plan::Plan;

/// Draws it.
pub(in crate::console) fn draw(model: &Model, draft: &Draft, body: Rect, canvas: &mut Canvas<'_, '_>) {
    let Some(plan) = draft.plan() else { return };
    let production = model.preferences.importance_of(plan.instance()) == Importance::Production;
    let (role, mark) = if production {
        (Role::Production, Words::one(Role::Production, " PRODUCTION "))
    } else if model.preferences.purpose_of(&plan).is_drill() {
        (Role::Drill, Words::one(Role::Drill, format!(" {} ", canvas.theme.drill())))
    } else {
        (
            Role::Plain,
            model
                .preferences
                .marker
                .as_ref()
                .map_or(Words::new(), |it| Words::one(Role::Mark, format!(" {it} "))),
        )
    };
    let width = body.width.saturating_sub(8).min(76);
    match &draft.task {
        Task::Restore { backup, .. } => {
            let title = Words::one(Role::Strong, "Restore into ")
                .and_name(Role::Strong, plan.instance().name())
                .and(Role::Strong, "?");
            let said =
                restore_words(model, (&plan, backup), canvas.theme, usize::from(width.saturating_sub(4)));
            let lines = u16::try_from(said.len()).unwrap_or(u16::MAX);
            let inner = canvas.dialog((width, lines.saturating_add(7)), role, &title, &mark);
            for (line, words) in (0..).zip(&said) {
                canvas.words(inner, line, words);
            }
            canvas.field(inner, lines + 1, "    > ", &draft.typed);
            buttons((model, draft), inner, lines + 3, "Restore", canvas);
        }
        Task::Backup { .. } => {
            let title = Words::one(Role::Strong, "Back up ")
                .and_name(Role::Strong, plan.instance().name())
                .and(Role::Strong, "?");
            let words = backup_words(model, &plan);
            let columns = usize::from(width.saturating_sub(4));
            let lines: usize =
                words.iter().map(|(_, words)| canvas.theme.wrapped(words, columns).len()).sum();
            // Borders, an empty line and the buttons; the foot of the screen stays free.
            let height =
                u16::try_from(lines + 4).unwrap_or(u16::MAX).min(canvas.area().height.saturating_sub(4));
            let inner = canvas.dialog((width, height), role, &title, &mark);
            backup_now((model, draft), &words, inner, canvas);
        }
    }
}

/// Lines that the name of the backup may take here. Of a longer one the middle is left out.
const NAME_LINES: usize = 6;

/// What is said before a restore. The name of the backup is wrapped, not cut: whoever confirms must see all of it.
fn restore_words(
    model: &Model,
    (plan, backup): (&Plan, &Backup),
    theme: Theme,
    columns: usize,
) -> Vec<Words> {
    let instance = model.world.inventory.instances.get(plan.instance());
    let tier = instance.and_then(|it| it.sku.as_ref()).map_or("?".to_owned(), ToString::to_string);
    let region = instance.map_or("?".to_owned(), |it| it.region.to_string());
    let taken = backup.taken.as_ref().map_or("taken at an unknown time".to_owned(), |taken| {
        let age = text::age(model.now().duration_since(taken.at));
        format!("taken {age} ago, {},", text::day(taken.at))
    });
    let mut name = text::filled(&theme.named(&backup.blob.address.name), columns.saturating_sub(4));
    if name.len() > NAME_LINES {
        let middle = NAME_LINES / 2..name.len() - NAME_LINES / 2 + 1;
        name.splice(middle, [theme.ellipsis().to_owned()]);
    }
    let name = name.iter().map(|line| Words::one(Role::Plain, "    ").then(Words::shown(Role::Strong, line)));
    let source = Words::one(Role::Plain, format!("    {taken} from "));
    let source = match &backup.source.instance {
        Some(name) => source.and_name(Role::Plain, name.as_str()),
        None => source.and(Role::Plain, "an instance that is not recorded"),
    };
    let above = [
        Words::one(Role::Plain, "This REPLACES the configuration of"),
        Words::one(Role::Plain, "    ")
            .and_name(Role::Strong, plan.instance().name())
            .and(Role::Dim, format!("   {tier}   {region}")),
        Words::one(Role::Plain, "with"),
    ];
    let below = [
        source,
        Words::one(Role::Dim, "    what changed there since is not in it"),
        Words::new(),
        Words::one(Role::Warn, "It cannot be cancelled once Azure accepts it."),
        Words::one(Role::Dim, "Recorded restores took 7 to 19 minutes; documented: 30 or more."),
        Words::new(),
        Words::one(Role::Plain, "Type the name of the target to go on:"),
    ];
    above.into_iter().chain(name).chain(below).collect()
}

/// What is said before a backup: what it does, and the exact request.
fn backup_words(model: &Model, plan: &Plan) -> [(Role, String); 3] {
    let lead = "Nothing of the instance changes but its state while it runs. Changes made meanwhile may be missing \
        from the backup. This request is sent, once:\n\n";
    let request = plan.request(&model.preferences.resource_manager);
    [
        (Role::Plain, lead.to_owned()),
        (Role::Dim, format!("{} {}", request.method, request.url)),
        (Role::Dim, request::body(&request.body)),
    ]
}

fn backup_now(drawn: (&Model, &Draft), words: &[(Role, String)], inner: Rect, canvas: &mut Canvas<'_, '_>) {
    let above = Rect { height: inner.height.saturating_sub(2), ..inner };
    let mut line = 0;
    for (role, words) in words {
        line += canvas.paragraph(above, line, *role, words);
    }
    buttons(drawn, inner, inner.height.saturating_sub(1), "Back up", canvas);
}

fn buttons((model, draft): (&Model, &Draft), inner: Rect, line: u16, act: &str, canvas: &mut Canvas<'_, '_>) {
    let may = matches!(draft.task, Task::Backup { .. }) || draft.name_is_whole();
    let (cancel, chosen) = (" Cancel ", draft.button);
    let left = Rect { x: inner.x + 4, width: 10.min(inner.width), ..inner };
    let wide = u16::try_from(act.len() + 4).unwrap_or(12);
    let right = Rect { x: left.right() + 4, width: wide, ..inner };
    canvas.words(left, line, &Words::one(Role::Plain, format!("[{cancel}]")));
    let (role, shown) =
        if may { (Role::Strong, format!("[ {act} ]")) } else { (Role::Dim, format!("( {act} )")) };
    canvas.words(right, line, &Words::one(role, shown));
    match chosen {
        Button::Cancel => canvas.lay(left, line, canvas.theme.chosen()),
        Button::Act => canvas.lay(right, line, canvas.theme.chosen()),
    }
    let state =
        Rect { x: right.right() + 3, width: inner.right().saturating_sub(right.right() + 3), ..inner };
    canvas.words(state, line, &hint(model, draft));
}

/// What is missing, or what Enter would do.
fn hint(model: &Model, draft: &Draft) -> Words {
    if !model.permit.at(model.now()).allows() {
        return Words::one(Role::Warn, "read-only now");
    }
    let name = draft.instance().map_or("", crate::domain::resource::ResourceId::name);
    let typed = draft.typed.value();
    let missing = name.chars().count().saturating_sub(typed.chars().count());
    match (&draft.task, draft.button) {
        (Task::Backup { .. }, Button::Cancel) => Words::one(Role::Dim, "Tab chooses the other button"),
        (Task::Restore { .. }, Button::Act) | (Task::Backup { .. }, Button::Act) => {
            Words::one(Role::Strong, "Enter sends it")
        }
        (Task::Restore { .. }, Button::Cancel) if draft.name_is_whole() => {
            Words::one(Role::Dim, "Tab chooses Restore")
        }
        (Task::Restore { .. }, Button::Cancel) if name.starts_with(typed) => {
            Words::one(Role::Dim, format!("{} missing", text::count(missing, "character")))
        }
        (Task::Restore { .. }, Button::Cancel) => Words::one(Role::Warn, "that is another name"),
    }
}
