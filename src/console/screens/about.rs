//! What is known of this program and its surroundings, for whoever asks where a file lies.

use crate::console::command;
use crate::console::model::Model;
use crate::console::text;
use crate::console::theme::{Role, Theme};
use crate::console::widgets::canvas::{Canvas, Words};
use crate::console::widgets::page::Page;
use ratatui::layout::Rect;

/// Draws it over the body.
pub(in crate::console) fn draw(model: &Model, body: Rect, canvas: &mut Canvas<'_, '_>, scroll: usize) {
    canvas.blank(body);
    let title = Words::one(Role::Strong, "This console");
    page(model, canvas.theme).draw(canvas, body, (&title, &Words::one(Role::Dim, "Esc")), scroll);
}

/// Its lines.
pub(in crate::console) fn page(model: &Model, theme: Theme) -> Page {
    let mut page = Page::new(theme, model.size());
    page.prose(Role::Plain, "lifeboat info in a shell tells who is signed in and what can be reached.");
    for (label, value) in &model.preferences.about {
        page.heading(label);
        page.under(Role::Plain, value);
    }
    let inventory = &model.world.inventory;
    page.heading("seen");
    let seen = [
        text::count(inventory.subscriptions.len(), "subscription"),
        text::count(inventory.instances.all().len(), "instance"),
        text::count(inventory.backups.all().len(), "backup"),
        text::count(model.world.problems().len(), "problem"),
    ];
    page.under(Role::Plain, &seen.join(", "));
    page.heading("commands");
    for it in command::COMMANDS {
        let usage = it.usage();
        page.line(Words::one(Role::Key, format!("  :{usage:<22} ")).and(Role::Plain, it.about));
    }
    page
}
