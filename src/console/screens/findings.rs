//! The findings of the checks: answer, what it rests on, what to do, and what was accepted and why.

use ratatui::layout::Rect;

use super::review;
use crate::console::draft::{Draft, Task};
use crate::console::layout::Room;
use crate::console::message::Gathering;
use crate::console::model::Model;
use crate::console::text;
use crate::console::theme::{self, Role, Theme};
use crate::console::widgets::canvas::{Canvas, Keys, Words};
use crate::console::widgets::page::Page;
use crate::console::world::{Checks, Run};
use crate::domain::duration;
use crate::domain::preflight::{Evidence, Finding};
use crate::domain::verdict::Verdict;

/// Draws them.
pub(in crate::console) fn draw(model: &Model, draft: &Draft, body: Rect, canvas: &mut Canvas<'_, '_>) {
    let Some(checks) = &draft.checks else { return };
    let body = beside(model, draft, body, canvas);
    let findings = &checks.preflight.findings;
    let order = checks.order();
    let at = order.iter().position(|&place| place == draft.finding).unwrap_or(0);
    if let (Some(scroll), Some(finding)) = (draft.evidence, findings.get(draft.finding)) {
        return whole(model, draft, (finding, at + 1, order.len()), (body, scroll), canvas);
    }
    let below = if findings.is_empty() { 0 } else { model.size().below_choices() + 2 };
    let list = Rect { height: body.height.saturating_sub(below), ..body };
    let rest = Rect { y: list.bottom(), height: body.height - list.height, ..body };
    let title = counts(checks, Words::one(Role::Strong, "Checks"), canvas);
    let inner = canvas.pane(list, Keys::Here, &title, &freshness(model, checks));
    if findings.is_empty() {
        let area = Rect { x: inner.x + 1, ..inner };
        let words = Words::one(Role::Loading, "Reading the instance, the backup, your permissions…");
        canvas.words(area, 1, &words);
    }
    let rows = usize::from(inner.height);
    let offset = (at + 1).saturating_sub(rows.max(1));
    for (line, place) in (0..inner.height).zip(order.iter().skip(offset)) {
        let area = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
        canvas.words(area, line, &row(model, draft, checks, &findings[*place], canvas));
        if *place == draft.finding {
            canvas.words(inner, line, &Words::one(Role::Strong, canvas.theme.marker()));
            canvas.lay(inner, line, canvas.theme.chosen());
            canvas.cursor(inner.x, inner.y + line);
        }
    }
    canvas.part(list, offset, rows, order.len());
    if let Some(finding) = findings.get(draft.finding) {
        detail(model, draft, finding, rest, canvas);
    }
}

/// Draws the plan to the right where there is room for it, and gives what is left.
fn beside(model: &Model, draft: &Draft, body: Rect, canvas: &mut Canvas<'_, '_>) -> Rect {
    if model.size().room() != Room::Huge || !matches!(draft.task, Task::Restore { .. }) {
        return body;
    }
    let left = Rect { width: body.width * 3 / 5, ..body };
    let right = Rect { x: left.right(), width: body.width - left.width, ..body };
    review::plan(model, draft, right, canvas);
    left
}

fn counts(checks: &Checks, words: Words, canvas: &Canvas<'_, '_>) -> Words {
    let open = checks.open();
    let words = [Verdict::Ok, Verdict::Warn, Verdict::Unknown, Verdict::Blocked].into_iter().fold(
        words,
        |words, verdict| {
            let role = theme::of_verdict(verdict);
            let pending = if verdict == Verdict::Unknown { open } else { 0 };
            match checks.preflight.with(verdict).count().saturating_sub(pending) {
                0 => words,
                count => words.and(role, format!("  {} {count} {verdict}", canvas.theme.sign(role))),
            }
        },
    );
    match open {
        0 => words,
        open => words.and(Role::Loading, format!("  {} {open} open", canvas.theme.sign(Role::Loading))),
    }
}

/// How old the facts are, or that they are being read.
pub(in crate::console) fn freshness(model: &Model, checks: &Checks) -> Words {
    if checks.gathering == Gathering::Open {
        let words = if checks.run == Run::Again { "reading again" } else { "reading" };
        return Words::one(Role::Loading, words);
    }
    match checks.preflight.instance_read_at {
        None => Words::one(Role::Unknown, "the instance could not be read"),
        Some(at) => {
            let age = model.now().duration_since(at);
            let stale = age > crate::domain::preflight::FRESH;
            match stale {
                true => Words::one(Role::Warn, "STALE  ").and(Role::Warn, model.read("read", at)),
                false => Words::one(Role::Dim, model.read("read", at)),
            }
        }
    }
}

fn row(model: &Model, draft: &Draft, checks: &Checks, finding: &Finding, canvas: &Canvas<'_, '_>) -> Words {
    let theme = canvas.theme;
    let pending = checks.is_open(finding);
    let role = if pending { Role::Loading } else { theme::of_verdict(finding.verdict) };
    let room = if model.size().columns >= 100 { 33 } else { 26 };
    let words = Words::one(role, format!("{:<3}", theme.sign(role))).and_padded(
        Role::Plain,
        finding.rule.title,
        room,
        theme,
    );
    if pending {
        return words.and(Role::Loading, "reading…");
    }
    let needed = matches!(finding.verdict, Verdict::Warn | Verdict::Unknown);
    match draft.reason_for(finding.id()).filter(|_| needed) {
        Some(reason) => words
            .and(Role::Ok, format!("accepted: {reason}"))
            .and(Role::Dim, format!("   {}", finding.summary)),
        None if finding.verdict == Verdict::Ok => words.and(Role::Dim, finding.summary.as_str()),
        None => words.and(role, finding.summary.as_str()),
    }
}

/// What the finding means, what it rests on, and the reason that is typed.
fn detail(model: &Model, draft: &Draft, finding: &Finding, area: Rect, canvas: &mut Canvas<'_, '_>) {
    let role = theme::of_verdict(finding.verdict);
    let title = Words::one(Role::Strong, finding.rule.title);
    let right = Words::one(role, format!("{} {}", canvas.theme.sign(role), finding.verdict));
    let inner = canvas.pane(area, Keys::Elsewhere, &title, &right);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    if let Some(reason) = &draft.reason {
        let asked = "Why do you accept it? The reason is kept in the journal and the report.";
        canvas.words(inner, 0, &Words::one(Role::Plain, asked));
        canvas.field(inner, 2, "reason: ", reason);
        return;
    }
    // The last line says what can be done here, however much there is to say.
    let said = Rect { height: inner.height.saturating_sub(1), ..inner };
    let mut line = canvas.paragraph(said, 0, role, &finding.summary);
    if let Some(remedy) = &finding.remedy {
        line += canvas.paragraph(said, line, Role::Plain, &remedy.advice);
        if let Some(command) = &remedy.command {
            line += canvas.paragraph(said, line, Role::Key, command);
        }
    }
    for evidence in &finding.evidence {
        line += canvas.paragraph(said, line, Role::Dim, evidence_line(model, evidence));
    }
    let hint = match finding.verdict {
        Verdict::Warn | Verdict::Unknown if draft.reason_for(finding.id()).is_none() => {
            "Space accepts it, with a reason. "
        }
        Verdict::Blocked => "A blocker cannot be accepted. ",
        _ => "",
    };
    let hint = format!("{hint}Enter shows all of it.");
    canvas.words(inner, line.min(said.height), &Words::one(Role::Key, hint));
}

fn evidence_line(model: &Model, evidence: &Evidence) -> String {
    let at = evidence.read_at.map_or(String::new(), |at| format!(", {}", model.stamp_to_second(at)));
    format!("{} = {}   ({}{at})", evidence.name, value(evidence), evidence.source)
}

fn value(evidence: &Evidence) -> &str {
    match evidence.value.as_deref() {
        None => "not known",
        Some("") => "empty",
        Some(value) => value,
    }
}

/// All of one finding, over the whole screen.
fn whole(
    model: &Model,
    draft: &Draft,
    (finding, number, all): (&Finding, usize, usize),
    (body, scroll): (Rect, usize),
    canvas: &mut Canvas<'_, '_>,
) {
    let role = theme::of_verdict(finding.verdict);
    let title = Words::one(Role::Strong, finding.rule.title).and(Role::Dim, format!("  {number} of {all}"));
    let right = Words::one(role, format!("{} {}", canvas.theme.sign(role), finding.verdict));
    let page = page(model, draft, finding, canvas.theme);
    page.draw(canvas, body, (&title, &right), scroll);
}

/// All that is known of one finding.
pub(in crate::console) fn page(model: &Model, draft: &Draft, finding: &Finding, theme: Theme) -> Page {
    let mut page = Page::new(theme, model.size());
    page.prose(theme::of_verdict(finding.verdict), &finding.summary);
    if let Some(reason) = draft.reason_for(finding.id()) {
        page.prose(Role::Ok, &format!("accepted: {reason}"));
    }
    if let Some(remedy) = &finding.remedy {
        page.heading("What to do");
        page.under(Role::Plain, &remedy.advice);
        if let Some(command) = &remedy.command {
            page.heading("A command that does it; y copies it");
            page.under(Role::Key, command);
        }
    }
    page.heading("What it rests on");
    for evidence in &finding.evidence {
        page.under(Role::Plain, &format!("{} = {}", evidence.name, value(evidence)));
        let at = evidence.read_at.map_or(String::new(), |at| {
            let age = duration::short(model.now().duration_since(at));
            format!(", read {} ({age} ago)", text::clock_to_second(at))
        });
        page.under(Role::Dim, &format!("  {}{at}", evidence.source));
    }
    if finding.evidence.is_empty() {
        page.under(Role::Dim, "nothing was read for it");
    }
    page.heading("Where it is written");
    page.under(Role::Plain, finding.rule.documented);
    page.under(Role::Dim, &format!("check {}", finding.id()));
    page
}
