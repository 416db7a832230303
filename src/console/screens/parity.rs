//! An instance beside its standby: what differs, what closes it, and what is not known.

use ratatui::layout::Rect;

use crate::console::layout::Room;
use crate::console::model::{Model, ParityRow, ParityRows};
use crate::console::screens::both_sides;
use crate::console::text;
use crate::console::theme::{Role, Theme};
use crate::console::widgets::canvas::{Canvas, Keys, Words};
use crate::domain::parity::{ClosedBy, Comparison, Difference, Side};

/// How wide the columns are; the last one takes what is left.
struct Widths {
    setting: usize,
    side: usize,
    /// What a restore makes of it, where there is room for a third value.
    restored: Option<usize>,
}

impl Widths {
    fn of(columns: u16, room: Room) -> Self {
        // The sign before, and what closes it behind.
        let all = usize::from(columns).saturating_sub(3 + CLOSED);
        let setting = (all * 3 / 10).clamp(24, 44);
        let sides = if room == Room::Huge { 3 } else { 2 };
        let side = all.saturating_sub(setting) / sides;
        Self { setting, side, restored: (sides == 3).then_some(side) }
    }
}

/// The column of what closes a difference.
const CLOSED: usize = 13;

/// Draws it.
pub(in crate::console) fn draw(model: &Model, body: Rect, canvas: &mut Canvas<'_, '_>) {
    let rows = model.parity_rows();
    let below = if rows.is_empty() { 0 } else { model.size().below_parity() };
    let list = Rect { height: body.height.saturating_sub(below), ..body };
    let rest = Rect { y: list.bottom(), height: body.height - list.height, ..body };
    let inner = canvas.pane(list, Keys::Here, &title(model), &age(model));
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    if rows.is_empty() {
        return canvas.words(inner, 1, &nothing(model));
    }
    let chosen = model.parity.row.min(rows.len() - 1);
    let widths = Widths::of(inner.width, model.size().room());
    canvas.words(inner, 0, &head(model, &widths, canvas.theme));
    let height = usize::from(inner.height.saturating_sub(1)).max(1);
    let offset = (chosen + 1).saturating_sub(height);
    for (line, at) in (1..inner.height).zip(offset..rows.len()) {
        canvas.words(inner, line, &row(&rows[at], &widths, canvas.theme));
        if at == chosen {
            let whole = Rect { x: inner.x - 1, width: inner.width + 2, ..inner };
            canvas.words(whole, line, &Words::one(Role::Strong, canvas.theme.marker()));
            canvas.lay(whole, line, canvas.theme.chosen());
            canvas.cursor(whole.x, whole.y + line);
        }
    }
    canvas.part(list, offset, height, rows.len());
    detail(model, &rows[chosen], rest, canvas);
}

/// What stands where there are no rows.
fn nothing(model: &Model) -> Words {
    match model.comparison() {
        None => Words::one(Role::Loading, "Reading both instances…"),
        Some(found) => match found.parity.ignored().count() {
            0 => Words::one(Role::Ok, "Nothing differs."),
            count => Words::one(Role::Ok, "Nothing differs")
                .and(Role::Plain, format!(" but {}: = shows it.", text::count(count, "ignored difference"))),
        },
    }
}

/// What the pane holds, and that Azure did not show the source when it did not.
fn title(model: &Model) -> Words {
    let mut words = Words::one(Role::Strong, "Differences");
    let source = model.world.compared.as_ref().map(|it| &it.source);
    let huge = model.size().room() == Room::Huge;
    if let Some(backup) = source.filter(|_| huge).and_then(|source| model.parity_backup(source)) {
        words = words
            .and(Role::Dim, "  after a restore of ")
            .and_name(Role::Dim, both_sides::backup_words(model, backup));
    }
    match model.comparison().map(|it| &it.source).filter(|it| it.manifest.is_some()) {
        None => words,
        Some(source) => {
            words.and(Role::Warn, format!("  source by its manifest, {}", model.stamp_of_day(source.as_of)))
        }
    }
}

/// How old the comparison is.
fn age(model: &Model) -> Words {
    match model.comparison() {
        None => Words::one(Role::Loading, "reading"),
        Some(found) => Words::one(Role::Dim, model.read("compared", found.standby.as_of)),
    }
}

fn head(model: &Model, widths: &Widths, theme: Theme) -> Words {
    let names = model.comparison().map_or(("", ""), |it| (it.source.name.as_str(), it.standby.name.as_str()));
    let narrow = model.size().room() == Room::Narrow;
    let titled = |word: &str, name: &str| if narrow { word.to_owned() } else { format!("{word} {name}") };
    let words = Words::one(Role::Dim, "   ")
        .and_padded(Role::Dim, "SETTING", widths.setting, theme)
        .and_padded(Role::Dim, &titled("SOURCE", names.0), widths.side, theme)
        .and_padded(Role::Dim, &titled("STANDBY", names.1), widths.side, theme);
    third(words, (Role::Dim, "AFTER A RESTORE"), widths, theme).and(Role::Dim, "CLOSED BY")
}

/// The same with the third value, where there is room for one.
fn third(words: Words, (role, value): (Role, &str), widths: &Widths, theme: Theme) -> Words {
    match widths.restored {
        Some(width) => words.and_padded(role, value, width, theme),
        None => words,
    }
}

/// What a restore makes of a difference.
fn restored(it: &Difference) -> (Role, &str) {
    match it.closed_by {
        ClosedBy::Restore => (Role::Running, it.restored().unwrap_or("(none)")),
        ClosedBy::ByHand | ClosedBy::None => (Role::Dim, "unchanged"),
    }
}

/// The role of a difference: red where clients would fail, and quiet where a restore, or nothing, has to close it.
fn role(it: &Difference) -> Role {
    match (it.closed_by, it.blocks_switch) {
        (ClosedBy::ByHand, Some(true)) => Role::Crit,
        (ClosedBy::ByHand, _) => Role::Warn,
        (ClosedBy::Restore, _) => Role::Running,
        (ClosedBy::None, _) => Role::Unsupported,
    }
}

fn row(row: &ParityRow<'_>, widths: &Widths, theme: Theme) -> Words {
    let words = |role: Role| Words::one(role, format!("{:<3}", theme.sign(role)));
    let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "(none)".to_owned());
    match row {
        ParityRow::Differs(it) => {
            let role = if it.ignored.is_some() { Role::Unsupported } else { role(it) };
            let faint = if role == Role::Unsupported { Role::Dim } else { Role::Plain };
            let line = words(role)
                .and_padded(faint, &it.setting, widths.setting, theme)
                .and_padded(faint, &side(&it.source), widths.side, theme)
                .and_padded(faint, &side(&it.standby), widths.side, theme);
            let closed = match it.ignored {
                Some(_) => "ignored".to_owned(),
                None => it.closed_by.to_string(),
            };
            third(line, restored(it), widths, theme).and(role, closed)
        }
        ParityRow::Unread(it) => {
            let reason = it.reason.to_string();
            let (one, other) = match it.side {
                Side::Source => (reason.as_str(), ""),
                Side::Standby => ("", reason.as_str()),
            };
            let line = words(Role::Unknown)
                .and_padded(Role::Unknown, &it.setting, widths.setting, theme)
                .and_padded(Role::Unknown, one, widths.side, theme)
                .and_padded(Role::Unknown, other, widths.side, theme);
            third(line, (Role::Unknown, "not known"), widths, theme).and(Role::Unknown, "not readable")
        }
        ParityRow::Same(it) => {
            let line = words(Role::Ok)
                .and_padded(Role::Dim, &it.setting, widths.setting, theme)
                .and_padded(Role::Dim, &it.value, widths.side, theme)
                .and_padded(Role::Dim, &it.value, widths.side, theme);
            third(line, (Role::Dim, ""), widths, theme).and(Role::Dim, "equal")
        }
    }
}

fn detail(model: &Model, row: &ParityRow<'_>, area: Rect, canvas: &mut Canvas<'_, '_>) {
    let (setting, right) = match row {
        ParityRow::Differs(Difference { ignored: Some(by), setting, .. }) => {
            (setting, Words::name(Role::Unsupported, format!("ignored by {by}")))
        }
        ParityRow::Differs(it) => (&it.setting, switch(it)),
        ParityRow::Unread(it) => (&it.setting, Words::one(Role::Unknown, "not known")),
        ParityRow::Same(it) => (&it.setting, Words::one(Role::Ok, "equal")),
    };
    let inner = canvas.pane(area, Keys::Elsewhere, &Words::name(Role::Strong, setting.as_str()), &right);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let none = "(none)";
    match row {
        ParityRow::Differs(it) => {
            let sides = (it.source.as_deref().unwrap_or(none), it.standby.as_deref().unwrap_or(none));
            let mut line = both(inner, sides, canvas);
            let Some(remedy) = &it.remedy else {
                let words = "Nothing has to be done about it.";
                return canvas.words(inner, line, &Words::one(Role::Dim, words));
            };
            line += canvas.paragraph(inner, line, Role::Plain, &remedy.advice);
            if let Some(command) = &remedy.command {
                let copy = "y copies the command";
                if model.size().room() == Room::Narrow {
                    return canvas.words(inner, line, &Words::one(Role::Key, copy));
                }
                line += canvas.paragraph(inner, line, Role::Key, command);
                canvas.words(inner, line, &Words::one(Role::Dim, copy));
            }
        }
        ParityRow::Unread(it) => {
            let side = match it.side {
                Side::Source => "The source could not be read",
                Side::Standby => "The standby could not be read",
            };
            canvas.paragraph(inner, 0, Role::Unknown, format!("{side}: {}", it.reason));
        }
        ParityRow::Same(it) => {
            both(inner, (&it.value, &it.value), canvas);
        }
    }
}

/// Both values in full, as far as two lines each go.
fn both(inner: Rect, (source, standby): (&str, &str), canvas: &mut Canvas<'_, '_>) -> u16 {
    let right = Rect { x: inner.x + 9, width: inner.width.saturating_sub(9), ..inner };
    let mut line = 0;
    for (label, value) in [("source", source), ("standby", standby)] {
        canvas.words(inner, line, &Words::one(Role::Dim, label));
        canvas.words(right, line, &Words::name(Role::Strong, value));
        line += 1;
    }
    line
}

/// What a difference means for whoever sends clients to the standby.
fn switch(it: &Difference) -> Words {
    match it.blocks_switch {
        Some(true) => Words::one(Role::Crit, "blocks a switch"),
        Some(false) => Words::one(Role::Dim, "does not block a switch"),
        None => Words::one(Role::Unknown, "whether it blocks a switch is not known"),
    }
}

/// How many differ how, for the head.
pub(in crate::console) fn totals(model: &Model, canvas: &Canvas<'_, '_>) -> Words {
    let Some(Comparison { parity, .. }) = model.comparison() else {
        return Words::one(Role::Loading, "Secrets are not read; named values are compared by hash");
    };
    let theme = canvas.theme;
    let counted = [
        (Role::Crit, parity.blocking(), "block a switch"),
        (Role::Warn, parity.closed_by(ClosedBy::ByHand), "by hand"),
        (Role::Running, parity.closed_by(ClosedBy::Restore), "by restore"),
        (Role::Ok, parity.equal.len(), "equal"),
        (Role::Unknown, parity.unreadable.len(), "unread"),
    ];
    let words = counted
        .into_iter()
        .filter(|(_, count, _)| *count > 0)
        .fold(Words::new(), |words, (role, count, word)| {
            words.and(role, format!("{} {count} {word}  ", theme.sign(role)))
        });
    match (parity.ignored().count(), parity.ignored_blocking()) {
        (0, _) => words,
        (count, 0) => {
            words.and(Role::Unsupported, format!("{} {count} ignored", theme.sign(Role::Unsupported)))
        }
        (count, blocking) => {
            words.and(Role::Warn, format!("{} {count} ignored, {blocking} blocking", theme.sign(Role::Warn)))
        }
    }
}

/// Which rows are shown, for the head.
pub(in crate::console) fn narrowing(model: &Model) -> Words {
    let Some(found) = model.comparison() else { return Words::new() };
    let parity = &found.parity;
    let all = parity.differences.len() + parity.unreadable.len() + parity.equal.len();
    let word = match model.parity.rows {
        ParityRows::Differing => "differ only   ",
        ParityRows::All => "all   ",
    };
    Words::one(Role::Dim, word).and(Role::Plain, format!("{} of {all}", model.parity_rows().len()))
}
