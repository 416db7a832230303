//! The findings of the checks: answer, what it rests on, what to do, and what was accepted and why.

use ratatui::layout::Rect;

use crate::console::draft::Draft;
use crate::console::message::Gathering;
use crate::console::model::Model;
use crate::console::text;
use crate::console::theme::{self, Role};
use crate::console::widgets::canvas::{Canvas, Keys, Words};
use crate::console::world::{Checks, Run};
use crate::domain::duration;
use crate::domain::preflight::{Evidence, Finding};
use crate::domain::verdict::Verdict;

/// Draws them.
pub(in crate::console) fn draw(model: &Model, draft: &Draft, body: Rect, canvas: &mut Canvas<'_, '_>) {
    let Some(checks) = &model.world.checks else { return };
    let below = model.size().below_choices() + 2;
    let below = if draft.evidence.is_some() { below + 4 } else { below };
    let below = if checks.preflight.findings.is_empty() { 0 } else { below };
    let list = Rect { height: body.height.saturating_sub(below), ..body };
    let rest = Rect { y: list.bottom(), height: body.height - list.height, ..body };
    let title = Words::one(Role::Strong, "Checks");
    let title = counts(checks, title, canvas);
    let inner = canvas.pane(list, Keys::Here, &title, &freshness(model, checks));
    let findings = &checks.preflight.findings;
    if findings.is_empty() {
        let area = Rect { x: inner.x + 1, ..inner };
        canvas.words(
            area,
            1,
            &Words::one(Role::Loading, "Reading the instance, the backup, your permissions…"),
        );
    }
    let height = usize::from(inner.height);
    let offset = (draft.finding + 1).saturating_sub(height.max(1));
    for (line, at) in (0..inner.height).zip(offset..findings.len()) {
        let area = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
        canvas.words(area, line, &row(model, draft, checks, &findings[at], canvas));
        if at == draft.finding {
            canvas.words(inner, line, &Words::one(Role::Strong, canvas.theme.marker()));
            canvas.lay(inner, line, canvas.theme.chosen());
            canvas.cursor(inner.x, inner.y + line);
        }
    }
    if let Some(finding) = findings.get(draft.finding) {
        detail(draft, finding, rest, canvas);
    }
}

fn counts(checks: &Checks, words: Words, canvas: &Canvas<'_, '_>) -> Words {
    [Verdict::Ok, Verdict::Warn, Verdict::Unknown, Verdict::Blocked].into_iter().fold(
        words,
        |words, verdict| {
            let role = theme::of_verdict(verdict);
            match checks.preflight.with(verdict).count() {
                0 => words,
                count => words.and(role, format!("  {} {count} {verdict}", canvas.theme.sign(role))),
            }
        },
    )
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
            let role = if stale { Role::Warn } else { Role::Dim };
            Words::one(role, format!("read {} ago", duration::short(age)))
        }
    }
}

fn row(model: &Model, draft: &Draft, checks: &Checks, finding: &Finding, canvas: &Canvas<'_, '_>) -> Words {
    let theme = canvas.theme;
    let pending = finding.verdict == Verdict::Unknown
        && checks.gathering == Gathering::Open
        && checks.run == Run::First;
    let role = if pending { Role::Loading } else { theme::of_verdict(finding.verdict) };
    let room = if model.size().columns >= 100 { 30 } else { 25 };
    let words = Words::one(role, format!("{:<3}", theme.sign(role)))
        .and(Role::Plain, format!("{:<room$}", finding.rule.title));
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
fn detail(draft: &Draft, finding: &Finding, area: Rect, canvas: &mut Canvas<'_, '_>) {
    let role = theme::of_verdict(finding.verdict);
    let title = Words::one(Role::Strong, finding.rule.title);
    let right = Words::one(role, format!("{} {}", canvas.theme.sign(role), finding.verdict));
    let inner = canvas.pane(area, Keys::Elsewhere, &title, &right);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    if let Some(reason) = &draft.reason {
        canvas.words(
            inner,
            0,
            &Words::one(
                Role::Plain,
                "Why do you accept it? The reason is kept in the journal and the report.",
            ),
        );
        canvas.field(inner, 2, "reason: ", reason);
        return;
    }
    let mut line = canvas.paragraph(inner, 0, role, &finding.summary);
    if let Some(remedy) = &finding.remedy {
        line += canvas.paragraph(inner, line, Role::Plain, &remedy.advice);
        if let Some(command) = &remedy.command {
            line += canvas.paragraph(inner, line, Role::Key, command);
        }
    }
    for evidence in finding.evidence.iter().skip(draft.evidence.unwrap_or(0)) {
        line += canvas.paragraph(inner, line, Role::Dim, &evidence_line(evidence));
    }
    let hint = match finding.verdict {
        Verdict::Warn | Verdict::Unknown if draft.reason_for(finding.id()).is_none() => {
            "Space accepts it, with a reason."
        }
        Verdict::Blocked => "A blocker cannot be accepted.",
        _ => "",
    };
    if line < inner.height {
        canvas.words(inner, line, &Words::one(Role::Key, hint));
    }
}

fn evidence_line(evidence: &Evidence) -> String {
    let value = evidence.value.as_deref().unwrap_or("not known");
    let value = if value.is_empty() { "empty" } else { value };
    let at = evidence.read_at.map_or(String::new(), |at| format!(", {}", text::clock_to_second(at)));
    format!("{} = {value}   ({}{at})", evidence.name, evidence.source)
}
