//! A row of a comparison with both its sides whole, what a restore makes of it, and what to do: a text to read or to take.

use crate::console::model::{Model, ParityRow, Sheet};
use crate::console::screens::sheet;
use crate::console::text;
use crate::domain::backup::Backup;
use crate::domain::duration;
use crate::domain::parity::{ClosedBy, Comparison, Difference, Side};
use crate::domain::visible;

/// The text about a row.
pub(in crate::console) fn of(model: &Model, row: &ParityRow<'_>) -> Sheet {
    let Some(found) = model.comparison() else { return Sheet::new("", "", "") };
    match row {
        ParityRow::Differs(it) => {
            let columns = sheet::columns(model).saturating_sub(2);
            let parts = [
                sides(found, (it.source.as_deref(), it.standby.as_deref())),
                after(model, it),
                advice(it, columns),
            ];
            Sheet::new(visible::text(&it.setting), lead(it), visible::lines(&parts.concat()))
        }
        ParityRow::Unread(it) => {
            let side = match it.side {
                Side::Source => &found.source.name,
                Side::Standby => &found.standby.name,
            };
            let text = format!("{side}\n  {}", it.reason);
            Sheet::new(visible::text(&it.setting), "Could not be read.", visible::lines(&text))
        }
        ParityRow::Same(it) => {
            let value = Some(it.value.as_str());
            let text = format!("{}\nid  {}", sides(found, (value, value)), it.id);
            Sheet::new(visible::text(&it.setting), "The same on both sides.", visible::lines(&text))
        }
    }
}

/// The backup that a restore would take, and how old it is.
pub(in crate::console) fn backup_words(model: &Model, backup: &Backup) -> String {
    let age = backup.taken.map_or(String::new(), |taken| {
        format!(", {} old", duration::short(model.now().duration_since(taken.at)))
    });
    format!("{}{age}", backup.blob.address.name)
}

fn lead(it: &Difference) -> String {
    let closed = match it.closed_by {
        ClosedBy::ByHand => "Closed by hand",
        ClosedBy::Restore => "Closed by a restore",
        ClosedBy::None => "Nothing has to be done about it",
    };
    let blocks = match it.blocks_switch {
        Some(true) => "blocks a switch",
        Some(false) => "does not block a switch",
        None => "whether it blocks a switch is not known",
    };
    let ignored = it.ignored.as_ref().map_or(String::new(), |by| format!("; ignored by {by}"));
    visible::text(&format!("{closed}; {blocks}{ignored}.")).into_owned()
}

fn sides(found: &Comparison, (source, standby): (Option<&str>, Option<&str>)) -> String {
    let side = |word: &str, seen: &crate::domain::parity::Seen, value: Option<&str>| {
        let by = seen.manifest.as_ref().map_or(String::new(), |it| format!(", by the manifest of {it}"));
        let at = seen.as_of.strftime("%Y-%m-%d %H:%M:%SZ");
        format!("{word} {} as of {at}{by}\n  {}\n\n", seen.name, value.unwrap_or("(none)"))
    };
    side("Source", &found.source, source) + &side("Standby", &found.standby, standby)
}

/// What the standby is expected to be after a restore.
fn after(model: &Model, it: &Difference) -> String {
    let source = model.world.compared.as_ref().map(|it| &it.source);
    let backup = source.and_then(|source| model.parity_backup(source));
    let of = backup.map_or(String::new(), |it| format!(" of\n  {}", backup_words(model, it)));
    let value = it.restored().unwrap_or("(none)");
    let words = match it.closed_by {
        ClosedBy::Restore => format!("{value}\n  which the source had when the backup was taken"),
        ClosedBy::ByHand | ClosedBy::None => format!("{value}\n  unchanged: a backup does not carry it"),
    };
    format!("After a restore{of}\n  {words}\n\n")
}

fn advice(it: &Difference, columns: usize) -> String {
    let mut text = String::new();
    if let Some(remedy) = &it.remedy {
        let advice = text::wrap(&remedy.advice, columns);
        text.push_str(&format!("What to do\n  {}\n\n", advice.join("\n  ")));
        if let Some(command) = &remedy.command {
            text.push_str(&format!("{command}\n\n"));
        }
    }
    text + &format!("id  {}", it.id)
}
