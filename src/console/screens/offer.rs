//! The question whether to go on with a draft that was left.

use crate::console::acts::Deed;
use crate::console::model::Model;
use crate::console::text;
use crate::console::theme::Role;
use crate::console::update::kept;
use crate::console::widgets::canvas::{Canvas, Words};
use crate::domain::plan::Kind;
use crate::domain::resource::ResourceId;
use crate::domain::sketch::{Line, Part};

/// How many lines of a plan are shown.
const SHOWN: usize = 5;

/// Draws it.
pub(in crate::console) fn draw(model: &Model, canvas: &mut Canvas<'_, '_>, deed: Deed) {
    let Some(sketch) = kept(model, deed) else { return };
    let open: Vec<&Line> =
        sketch.lines.iter().filter(|line| !matches!(line.part, Part::Begun { .. })).collect();
    let begun = sketch.lines.len() - open.len();
    let lines = open.len().min(SHOWN);
    let hidden = open.len() - lines;
    let height = u16::try_from(lines).unwrap_or(0) + 6 + u16::from(hidden > 0);
    let what = match deed {
        Deed::FailOver => "failover plan",
        Deed::Begin(Kind::Backup) => "draft of a backup",
        _ => "draft",
    };
    let title = format!("Go on with the {what} of {}?", model.stamp(sketch.as_of));
    let inner = canvas.dialog((72, height), Role::Plain, &Words::one(Role::Strong, title), &Words::new());
    let mut at = 0;
    for line in open.iter().take(lines) {
        canvas.words(inner, at, &one(line, deed, canvas));
        at += 1;
    }
    if hidden > 0 {
        canvas.words(inner, at, &Words::one(Role::Dim, format!("and {hidden} more")));
        at += 1;
    }
    let started = if begun > 0 { format!("{begun} started. ") } else { String::new() };
    let typed = match (deed, begun) {
        (Deed::Begin(Kind::Backup), _) => "The checks run again.",
        (_, 0) => "The checks run again; each name is typed again.",
        _ => "Checks run again; names are typed again.",
    };
    let accepted = format!("{started}{} accepted. {typed}", text::count(sketch.accepted(), "warning"));
    canvas.words(inner, at, &Words::one(Role::Dim, accepted));
    let keys = Words::one(Role::Key, "Enter")
        .and(Role::Plain, " goes on with it     ")
        .and(Role::Key, "n")
        .and(Role::Plain, " begins anew     ")
        .and(Role::Key, "Esc")
        .and(Role::Plain, " neither");
    canvas.words(inner, at + 2, &keys);
    canvas.cursor(inner.x, inner.y + at + 2);
}

fn one(line: &Line, deed: Deed, canvas: &Canvas<'_, '_>) -> Words {
    let arrow = format!("  {}  ", canvas.theme.arrow());
    if let (Deed::Begin(Kind::Backup), Some(id), Some(to)) = (deed, &line.target, &line.backup) {
        let words = Words::name(Role::Strong, id.name()).and(Role::Dim, arrow);
        return words.and_name(Role::Plain, to.location.to_string());
    }
    let from = line.source.as_ref().map(ResourceId::name);
    let from = from.or(line.backup.as_ref().map(|it| it.name.as_str())).unwrap_or("?");
    let words = Words::name(Role::Plain, from).and(Role::Dim, arrow);
    match &line.target {
        Some(target) => words.and_name(Role::Strong, target.name()),
        None => words.and(Role::Dim, "not chosen yet"),
    }
}
