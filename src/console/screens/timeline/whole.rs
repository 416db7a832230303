//! One event in full: its words, its ids, and its line of the journal.

use super::{chapter_of, who};
use crate::console::model::Model;
use crate::console::theme::{Role, Theme};
use crate::console::widgets::canvas::Words;
use crate::console::widgets::page::Page;
use crate::domain::report::outline::offset;

/// What is told of an event: a label and its words.
fn facts(model: &Model) -> Option<Vec<(&'static str, String)>> {
    let row = model.timeline_chosen()?;
    let sheet = model.sheet();
    let (chapter, entry) = sheet.entry(row)?;
    let mut facts = vec![
        ("what", entry.what.clone()),
        ("who", who(model, entry)),
        ("time", entry.at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()),
        ("offset", offset(entry.at.duration_since(model.timeline_start()).as_secs())),
    ];
    if entry.times > 1 {
        facts.push(("times", format!("{}, until {}", entry.times, model.stamp_to_second(entry.until))));
    }
    facts.push(("about", chapter.title()));
    facts.push(("id", chapter.operation_id.to_string()));
    if let Some(id) = &entry.correlation_id {
        facts.push(("correl.", id.clone()));
    }
    if let Some(id) = &chapter.request_id {
        facts.push(("request", id.clone()));
    }
    Some(facts)
}

/// All of the chosen event.
pub(in crate::console) fn whole_page(model: &Model, theme: Theme) -> Option<Page> {
    let facts = facts(model)?;
    let row = model.timeline_chosen()?;
    let sheet = model.sheet();
    let (chapter, entry) = (chapter_of(sheet, row)?, sheet.entry(row)?.1);
    let mut page = Page::new(theme, model.size());
    for (label, words) in facts {
        page.labelled(label, &Words::one(Role::Plain, words));
    }
    let told = model.world.stories.as_ref().and_then(|it| it.told.as_deref()).unwrap_or_default();
    if let Some(told) = told.iter().find(|it| it.story.operation.id() == chapter.operation_id) {
        page.heading("Its line of the journal");
        page.under(Role::Dim, &format!("line {} of {}", entry.line, told.file));
        if let Some(line) = told.lines.get(entry.line.saturating_sub(1)) {
            page.under(Role::Plain, line);
        }
    }
    Some(page)
}

/// The chosen event as text, to be copied.
pub(in crate::console) fn in_text(model: &Model) -> Option<String> {
    let lines = facts(model)?.into_iter().map(|(label, words)| format!("{label}: {words}"));
    Some(lines.collect::<Vec<_>>().join("\n"))
}
