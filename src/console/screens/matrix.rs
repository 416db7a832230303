//! Backups against targets, and why one backup fits one target or does not.

use std::fmt::{self, Display};

use ratatui::layout::Rect;
use smallvec::SmallVec;

use super::days;
use crate::console::model::Model;
use crate::console::text;
use crate::console::theme::{self, Role, Theme};
use crate::console::widgets::canvas::{Canvas, Keys, Words};
use crate::console::widgets::page::Page;
use crate::domain::backup::Backup;
use crate::domain::candidate;
use crate::domain::compatibility::{self, Reason};
use crate::domain::duration;
use crate::domain::instance::Instance;
use crate::domain::size;
use crate::domain::sku::Tier;
use crate::domain::verdict::Verdict;

/// A reason in few words.
pub(in crate::console) fn in_short(reason: &Reason) -> impl Display {
    text::told(move |f| match reason {
        Reason::TierUnsupported(_) => f.write_str("no restore"),
        Reason::TierDiffers { .. } => f.write_str("tier differs"),
        Reason::TargetBusy(_) => f.write_str("busy"),
        Reason::AgeUnknown => f.write_str("date unknown"),
        Reason::BackupTierUnknown | Reason::TargetTierUnknown => f.write_str("tier unknown"),
        Reason::TargetUnknown(_) => f.write_str("state unknown"),
        Reason::OverwritesSource => f.write_str("its own source"),
        Reason::TierByHearsay(provenance) => write!(f, "tier by {provenance}"),
        Reason::Expired | Reason::Archived | Reason::TargetBroken(_) | Reason::Fits => reason.fmt(f),
    })
}

/// Columns of one target.
const CELL: usize = 23;
/// Columns of the names of the backups.
const NAMES: usize = 30;

/// Draws the matrix around the chosen cell.
pub(in crate::console) fn draw(model: &Model, area: Rect, canvas: &mut Canvas<'_, '_>) {
    let title = Words::one(Role::Strong, "Backup × target");
    let targets = model.targets();
    let right = Words::one(Role::Dim, text::count(targets.len(), "target"));
    let inner = canvas.pane(area, Keys::Elsewhere, &title, &right);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let instances = model.world.inventory.instances.all();
    let chosen = model.target_chosen().and_then(|it| model.world.inventory.instances.place(&it.id));
    let fit_in = usize::from(inner.width).saturating_sub(NAMES) / CELL;
    let at = targets.iter().position(|place| Some(*place) == chosen).unwrap_or(0);
    let first = (at + 1).saturating_sub(fit_in.max(1));
    let shown: SmallVec<[&Instance; 8]> =
        targets.iter().skip(first).take(fit_in.max(1)).filter_map(|&place| instances.get(place)).collect();
    for (number, target) in shown.iter().enumerate() {
        head(canvas, cell_area(inner, number), target, first + number == at);
    }
    let rows = model.backup_rows();
    let window = model.backup_window();
    let lines = inner.height.saturating_sub(3);
    let row = window.row.unwrap_or(0);
    // It moves on by half of what is seen, so that a step of the cursor does not change all of it.
    let half = usize::from(lines / 2).max(1);
    let offset = (row / half * half).saturating_sub(half / 2);
    let offset = offset.min(rows.len().saturating_sub(usize::from(lines)));
    for (line, at_row) in (2..2 + lines).zip(offset..rows.len()) {
        let backup = &model.world.inventory.backups.all()[rows[at_row]];
        let names = Rect { width: inner.width.min(30 - 1), ..inner };
        let room = usize::from(names.width);
        let name = super::backups::name(model, canvas.theme, backup, (Role::Plain, room));
        canvas.words(names, line, &name);
        for (number, target) in shown.iter().enumerate() {
            let cell = cell_area(inner, number);
            let words = verdict(model, canvas, backup, target);
            canvas.words(cell, line, &words);
            if at_row == row && first + number == at {
                let wide = u16::try_from(words.width(canvas.theme)).unwrap_or(u16::MAX).min(cell.width);
                canvas.lay(Rect { width: wide, ..cell }, line, canvas.theme.chosen());
            }
        }
    }
    let legend = match model.backup_chosen().zip(model.target_chosen()) {
        Some((backup, target)) if model.fit(backup, target).verdict == Verdict::Ok => {
            Words::one(Role::Ok, candidate::Why(&model.candidate(backup, target)))
        }
        Some((backup, target)) => sentence(model, backup, target),
        None => Words::one(Role::Dim, "Left and right choose the target"),
    };
    canvas.words(inner, inner.height.saturating_sub(1), &legend);
}

fn cell_area(inner: Rect, number: usize) -> Rect {
    let x = inner.x.saturating_add(u16::try_from(NAMES + number * CELL).unwrap_or(u16::MAX));
    Rect { x, width: inner.right().saturating_sub(x).min(CELL as u16 - 1), ..inner }
}

fn head(canvas: &mut Canvas<'_, '_>, cell: Rect, target: &Instance, chosen: bool) {
    let role = if chosen { Role::Strong } else { Role::Plain };
    let marker = if chosen { canvas.theme.arrow() } else { "" };
    let space = if chosen { " " } else { "" };
    let name = Words::one(role, format_args!("{marker}{space}")).and_name(role, target.name.as_str());
    canvas.words(cell, 0, &name);
    let tier = match &target.sku {
        Some(sku) => Words::one(Role::Dim, sku),
        None => Words::one(Role::Dim, "?"),
    };
    canvas.words(cell, 1, &tier.and(Role::Dim, format_args!(" {}", target.region)));
}

fn verdict(model: &Model, canvas: &Canvas<'_, '_>, backup: &Backup, target: &Instance) -> Words {
    let fit = model.fit(backup, target);
    let role = theme::of_verdict(fit.verdict);
    Words::one(role, format_args!("{} {}", canvas.theme.sign(role), in_short(&fit.reason)))
}

/// What would happen, in one line.
fn sentence(model: &Model, backup: &Backup, target: &Instance) -> Words {
    let fit = model.fit(backup, target);
    let role = theme::of_verdict(fit.verdict);
    match (fit.verdict, fit.reason.servers_sentence()) {
        (Verdict::Ok, _) => {
            Words::one(Role::Ok, "fits, as far as the inventory tells; the checks read it anew")
        }
        (_, Some(words)) => Words::one(role, format_args!("Azure would answer: {words}")),
        (_, None) => Words::one(role, format_args!("{}: {}", fit.verdict, fit.reason)),
    }
}

/// Draws why the chosen backup fits the chosen target or does not.
pub(in crate::console) fn why(model: &Model, area: Rect, canvas: &mut Canvas<'_, '_>) {
    let Some((backup, target)) = model.backup_chosen().zip(model.target_chosen()) else {
        canvas.pane(area, Keys::Elsewhere, &Words::one(Role::Strong, "Why"), &Words::new());
        return;
    };
    let title = Words::name(Role::Strong, backup.blob.address.name.as_str())
        .and(Role::Plain, format_args!(" {} ", canvas.theme.arrow()))
        .and_name(Role::Strong, target.name.as_str());
    let inner = canvas.pane(area, Keys::Elsewhere, &title, &Words::new());
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    canvas.words(inner, 0, &sentence(model, backup, target));
    for (line, (label, words)) in (1..inner.height).zip(evidence(model, backup, target)) {
        canvas.words(inner, line, &Words::one(Role::Dim, format_args!("{label:<9}")).then(words));
    }
    if let Some(rest) = inner.height.checked_sub(9).filter(|rest| *rest >= days::LINES) {
        days::draw(model, Rect { y: inner.y + 9, height: rest, ..inner }, canvas);
    }
}

/// All that is known of the chosen cell, over the whole screen.
pub(in crate::console) fn whole(model: &Model, body: Rect, canvas: &mut Canvas<'_, '_>, scroll: usize) {
    let Some((backup, target)) = model.backup_chosen().zip(model.target_chosen()) else { return };
    let verdict = model.fit(backup, target).verdict;
    let role = theme::of_verdict(verdict);
    let title = Words::name(Role::Strong, backup.blob.address.name.as_str())
        .and(Role::Plain, format!(" {} ", canvas.theme.arrow()))
        .and_name(Role::Strong, target.name.as_str());
    let right = Words::one(role, format!("{} {verdict}", canvas.theme.sign(role)));
    page(model, backup, target, canvas.theme).draw(canvas, body, (&title, &right), scroll);
}

/// All that is known of a cell.
pub(in crate::console) fn page(model: &Model, backup: &Backup, target: &Instance, theme: Theme) -> Page {
    let mut page = Page::new(theme, model.size());
    page.line(sentence(model, backup, target));
    page.prose(Role::Plain, &format!("As a target: {}.", model.candidate(backup, target).why()));
    page.heading("What was asked");
    for (question, reason) in compatibility::answers(backup, target, model.now()) {
        let verdict = reason.as_ref().map_or(Verdict::Ok, Reason::verdict);
        let role = theme::of_verdict(verdict);
        let said = reason.as_ref().map_or("yes".to_owned(), ToString::to_string);
        page.line(
            Words::one(role, format!("  {:<3}", theme.sign(role)))
                .and(Role::Plain, format!("{:<25}", question.title))
                .and(if verdict == Verdict::Ok { Role::Dim } else { role }, said),
        );
        page.under(Role::Dim, &format!("   {}", question.documented));
    }
    page.heading("What it rests on");
    for (label, words) in evidence(model, backup, target) {
        page.labelled(label, &words);
    }
    let read =
        model.world.inventory.as_of().map_or("while it is being read".into(), |at| model.stamp_of_day(at));
    page.under(
        Role::Dim,
        &format!("the inventory as of {read}; the checks of a restore read all of it anew"),
    );
    page
}

fn evidence(model: &Model, backup: &Backup, target: &Instance) -> [(&'static str, Words); 7] {
    let source = &backup.source;
    let plain = |words: fmt::Arguments<'_>| Words::one(Role::Plain, words);
    let tier = source.tier.as_ref().map_or("not recorded", Tier::as_str);
    let target_tier = target.sku.as_ref().map_or("not reported", |sku| sku.tier.as_str());
    let left = match backup.time_left(model.now()) {
        None => plain(format_args!("date not known")),
        Some(left) if left.is_positive() => {
            plain(format_args!("{} of 30 days left", duration::Countdown(left)))
        }
        Some(left) => plain(format_args!("expired {} ago", text::age(left.abs()))),
    };
    let left = match backup.taken {
        Some(taken) => {
            left.and(Role::Plain, format_args!(", taken {} by {}", model.stamp_of_day(taken.at), taken.by))
        }
        None => left,
    };
    let size = match backup.blob.size {
        Some(size) => plain(format_args!("{}", size::Short(size))),
        None => plain(format_args!("not known")),
    };
    let access = backup.blob.access_tier.as_deref().unwrap_or("access tier not reported");
    let etag = backup.blob.etag.as_deref().unwrap_or("none");
    [
        ("tier", plain(format_args!("backup {tier} (by {}), target {target_tier}", source.provenance))),
        ("age", left),
        ("target", plain(format_args!("{} in {}", target.activity(), target.region))),
        ("source", source_of(backup)),
        ("blob", Words::name(Role::Plain, &backup.blob.address)),
        ("size", size.and(Role::Plain, format_args!("   {access}"))),
        ("etag", plain(format_args!("{etag}"))),
    ]
}

/// The instance that a backup is of.
pub(in crate::console) fn source_of(backup: &Backup) -> Words {
    match &backup.source.instance {
        Some(name) => Words::name(Role::Plain, name.as_str()),
        None => Words::one(Role::Plain, "not recorded"),
    }
}
