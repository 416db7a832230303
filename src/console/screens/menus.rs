//! Small menus over a screen: acts, columns, and the question whether to leave.

use ratatui::layout::Rect;

use super::extracts;
use crate::console::acts;
use crate::console::model::{BackupColumn, FleetColumn, Model, Place};
use crate::console::text;
use crate::console::theme::Role;
use crate::console::update::export;
use crate::console::update::timeline::FORMATS;
use crate::console::widgets::canvas::{Canvas, Words};

/// Draws the menu of acts. What cannot be done is there too, and says why.
pub(in crate::console) fn acts(model: &Model, canvas: &mut Canvas<'_, '_>, chosen: usize) {
    let inner = canvas.dialog(
        (70, 12),
        Role::Plain,
        &Words::one(Role::Strong, "Acts"),
        &Words::one(Role::Dim, "Esc"),
    );
    for (line, act) in (0..).step_by(2).zip(acts::acts(model)) {
        let promise = format!("   {}", act.promise());
        let possible = act.obstacle.is_none();
        let role = if possible { Role::Plain } else { Role::Dim };
        let words = Words::one(Role::Key, format!("{}  ", act.letter)).and(role, act.word);
        canvas.words(inner, 1 + line, &words);
        let under = match act.obstacle {
            None => Words::one(Role::Dim, promise),
            Some(why) => Words::one(Role::Warn, format!("   not now: {why}")),
        };
        canvas.words(inner, 2 + line, &under);
        if usize::from(line / 2) == chosen {
            choose(canvas, inner, 1 + line);
        }
    }
}

/// Draws the menu of columns.
pub(in crate::console) fn columns(model: &Model, canvas: &mut Canvas<'_, '_>, chosen: usize) {
    let theme = canvas.theme;
    let entries: Vec<(char, &str, &str)> = match model.place() {
        Place::Backups(_) => BackupColumn::ALL
            .iter()
            .map(|(column, letter, word)| {
                let sorted = model.backups.sort.by == *column;
                (*letter, *word, if sorted { theme.order(model.backups.sort.direction) } else { "" })
            })
            .collect(),
        _ => FleetColumn::ALL
            .iter()
            .map(|(column, letter, word)| {
                let sorted = model.fleet.sort.by == *column;
                (*letter, *word, if sorted { theme.order(model.fleet.sort.direction) } else { "" })
            })
            .collect(),
    };
    let height = u16::try_from(entries.len()).unwrap_or(0) + 2;
    let title = Words::one(Role::Strong, "Sort by");
    let inner = canvas.dialog((30, height), Role::Plain, &title, &Words::one(Role::Dim, "Esc"));
    for (line, (letter, word, order)) in (0..).zip(entries) {
        let words = Words::one(Role::Key, format!("{letter}  ")).and(Role::Plain, format!("{word} {order}"));
        canvas.words(inner, line, &words);
        if usize::from(line) == chosen {
            choose(canvas, inner, line);
        }
    }
}

/// Draws the question whether to leave while operations run.
pub(in crate::console) fn leaving(model: &Model, canvas: &mut Canvas<'_, '_>) {
    let inner = canvas.dialog((64, 6), Role::Plain, &Words::one(Role::Strong, "Quit?"), &Words::new());
    let running = text::count(model.world.unfinished(), "operation");
    let (goes, them) = if model.world.unfinished() == 1 { ("goes", "it") } else { ("go", "them") };
    canvas.words(inner, 0, &Words::one(Role::Plain, format!("{running} {goes} on in Azure.")));
    let again = format!("The next start, or lifeboat operations, shows {them} again.");
    canvas.words(inner, 1, &Words::one(Role::Dim, again));
    let words = Words::one(Role::Key, "y")
        .and(Role::Plain, " quit     ")
        .and(Role::Key, "Esc")
        .and(Role::Plain, " stay");
    canvas.words(inner, 3, &words);
}

/// Draws the menu of the report's formats.
pub(in crate::console) fn formats(canvas: &mut Canvas<'_, '_>, chosen: usize) {
    let entries = FORMATS.map(|(letter, _, word)| (letter, word));
    written(canvas, ("Write the report as", &entries), chosen);
}

/// Draws the menu of the formats of a list.
pub(in crate::console) fn export(model: &Model, canvas: &mut Canvas<'_, '_>, chosen: usize) {
    let entries = export::FORMATS.map(|(letter, _, word)| (letter, word));
    let inner = written(canvas, ("Write the list as", &entries), chosen);
    if let Some(lacks) = extracts::lacks(model) {
        let words = format!("{} Not whole: {lacks}", canvas.theme.sign(Role::Warn));
        canvas.words(inner, 2, &Words::one(Role::Warn, words));
    }
}

/// A menu of formats, and where the file goes.
fn written(canvas: &mut Canvas<'_, '_>, (title, entries): (&str, &[(char, &str)]), chosen: usize) -> Rect {
    let title = Words::one(Role::Strong, title);
    let inner = canvas.dialog((60, 7), Role::Plain, &title, &Words::one(Role::Dim, "Esc"));
    for (line, (letter, word)) in (0..).zip(entries) {
        canvas.words(inner, line, &Words::one(Role::Key, format!("{letter}  ")).and(Role::Plain, word));
        if usize::from(line) == chosen {
            choose(canvas, inner, line);
        }
    }
    let words = "A new file in the state directory, for you only.";
    canvas.words(inner, 4, &Words::one(Role::Dim, words));
    inner
}

fn choose(canvas: &mut Canvas<'_, '_>, inner: Rect, line: u16) {
    canvas.lay(inner, line, canvas.theme.chosen());
    canvas.cursor(inner.x, inner.y + line);
}
