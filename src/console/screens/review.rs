//! What would happen, and the request exactly as it would leave.

use ratatui::layout::Rect;

use super::findings;
use crate::console::draft::{Draft, Task};
use crate::console::layout::Room;
use crate::console::model::Model;
use crate::console::preferences::Importance;
use crate::console::request;
use crate::console::text;
use crate::console::theme::{Role, Theme};
use crate::console::widgets::canvas::{Canvas, Keys, Words};
use crate::domain::backup::{Backup, not_carried};
use crate::domain::duration;
use crate::domain::instance::Instance;
use crate::domain::plan::{Access, Plan};
use crate::domain::provenance;
use crate::domain::size;
use crate::domain::usual::Usual;

/// Draws it.
pub(in crate::console) fn draw(model: &Model, draft: &Draft, body: Rect, canvas: &mut Canvas<'_, '_>) {
    let (Some(plan), Task::Restore { backup, .. }) = (draft.plan(), &draft.task) else { return };
    let narrow = model.size().room() == Room::Narrow;
    let upper = Rect { height: if narrow { 8 } else { 11 }, ..body };
    let left = Rect { width: if narrow { 44 } else { body.width / 2 }, ..upper };
    let right = Rect { x: left.right(), width: body.width - left.width, ..upper };
    let from_area = canvas.pane(left, Keys::Elsewhere, &Words::one(Role::Strong, "From"), &Words::new());
    pairs(canvas, from_area, &from(model, backup));
    let checks = draft.checks.as_ref();
    let fresh = checks.map_or(Words::new(), |checks| findings::freshness(model, checks));
    let to_area = canvas.pane(right, Keys::Elsewhere, &Words::one(Role::Strong, "To"), &fresh);
    pairs(canvas, to_area, &to(model, (draft, &plan), canvas.theme));
    let sent = Rect { y: upper.bottom(), height: if narrow { 11 } else { 12 }, ..body };
    let sent = Rect { height: sent.height.min(body.bottom().saturating_sub(sent.y)), ..sent };
    let inner = canvas.pane(sent, Keys::Here, &Words::one(Role::Strong, "Will be sent, once"), &Words::new());
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let line = written(model, &plan, inner, canvas);
    if narrow {
        return;
    }
    canvas.paragraph(inner, line + 1, Role::Dim, ONCE);
    let rest = Rect { y: sent.bottom(), height: body.bottom().saturating_sub(sent.bottom()), ..body };
    if rest.height >= 4 {
        let inner = canvas.pane(
            rest,
            Keys::Elsewhere,
            &Words::one(Role::Strong, "Afterwards, by hand"),
            &Words::new(),
        );
        let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
        let mut line = 0;
        for words in not_carried(model.preferences.purpose_of(&plan)) {
            line += canvas.paragraph(inner, line, Role::Plain, words);
        }
        accepted(
            draft,
            Rect { y: inner.y + line, height: inner.height.saturating_sub(line), ..inner },
            canvas,
        );
    }
}

/// Draws in three panes what is planned, beside something else.
pub(in crate::console) fn plan(model: &Model, draft: &Draft, area: Rect, canvas: &mut Canvas<'_, '_>) {
    let (Some(plan), Task::Restore { backup, .. }) = (draft.plan(), &draft.task) else { return };
    let mut pane = |y: u16, height: u16, title: &'static str| {
        let height = height.min(area.bottom().saturating_sub(y));
        let title = Words::one(Role::Strong, title);
        canvas.pane(Rect { y, height, ..area }, Keys::Elsewhere, &title, &Words::new())
    };
    let above = pane(area.y, 10, "From");
    let middle = pane(area.y + 10, 11, "To");
    let below = pane(area.y + 21, area.height, "Will be sent, once, after your last word");
    pairs(canvas, above, &from(model, backup));
    let theme = canvas.theme;
    pairs(canvas, middle, &to(model, (draft, &plan), theme));
    let below = Rect { x: below.x + 1, width: below.width.saturating_sub(2), ..below };
    let line = written(model, &plan, below, canvas);
    canvas.paragraph(below, line + 1, Role::Dim, ONCE);
}

const ONCE: &str = "It is never sent again by itself. If its answer is lost, the state is UNKNOWN until evidence settles it.";

fn from(model: &Model, backup: &Backup) -> Vec<(&'static str, Words)> {
    let source = &backup.source;
    let taken = backup.taken.map_or("not known".to_owned(), |taken| {
        let age = text::age(model.now().duration_since(taken.at));
        format!("{age} ago, {}", text::day(taken.at))
    });
    let left = match backup.expires_at() {
        None => "not known".to_owned(),
        Some(end) if end > model.now() => format!(
            "{}, {}",
            format_args!("in {}", duration::Countdown(end.duration_since(model.now()))),
            text::day(end)
        ),
        Some(_) => "EXPIRED".to_owned(),
    };
    let tier = source.tier.as_ref().map_or("not recorded".to_owned(), ToString::to_string);
    let name = backup.blob.address.name.as_str();
    let stem = name.strip_suffix(provenance::EXTENSION).unwrap_or(name);
    let plain = |words: String| Words::one(Role::Plain, words);
    vec![
        ("Backup", Words::name(Role::Strong, stem)),
        ("Storage", Words::name(Role::Plain, backup.blob.address.location.to_string())),
        ("Source", super::matrix::source_of(backup)),
        ("Tier", plain(format!("{tier} (by {})", source.provenance))),
        ("Taken", plain(taken)),
        ("Expires", plain(left)),
        ("Size", plain(backup.blob.size.map_or("not known".to_owned(), size::short))),
    ]
}

fn to(model: &Model, (draft, plan): (&Draft, &Plan), theme: Theme) -> Vec<(&'static str, Words)> {
    let id = plan.instance();
    let instance = model.world.inventory.instances.get(id);
    let tier = instance.and_then(|it| it.sku.as_ref()).map_or("?".to_owned(), ToString::to_string);
    let region = instance.map_or("?".to_owned(), |it| it.region.to_string());
    let state = instance.map_or("?".to_owned(), |it| it.activity().to_string());
    let access = match plan.access() {
        Access::Key => "account key".to_owned(),
        Access::System => "system identity".to_owned(),
        Access::User { client_id } => format!("user {client_id}"),
    };
    let plain = |words: String| Words::one(Role::Plain, words);
    let mut pairs = vec![
        ("Target", Words::name(Role::Strong, id.name())),
        ("Tier", plain(format!("{tier}   {region}"))),
        ("State", plain(state)),
        ("Access", plain(access)),
        ("Typical", plain(typical(model, plan, instance))),
        ("Cancel", Words::one(Role::Plain, "never, once accepted")),
        ("Accepted", plain(text::count(draft.accepted.len(), "warning").to_string())),
    ];
    if model.preferences.importance_of(id) == Importance::Production {
        pairs.insert(1, ("", Words::one(Role::Production, " PRODUCTION ")));
    }
    if model.preferences.purpose_of(plan).is_drill() {
        pairs.insert(1, ("", Words::one(Role::Drill, theme.drill())));
    }
    pairs
}

/// How long such a one usually takes, by the own history.
fn typical(model: &Model, plan: &Plan, instance: Option<&Instance>) -> String {
    let tier = instance.and_then(|it| it.sku.as_ref()).map(|sku| &sku.tier);
    let journal = model.world.operations.values().map(|watched| &watched.operation);
    let usual = Usual::of(plan.kind(), plan.instance(), tier, journal);
    usual.map_or("no runs of your own yet".to_owned(), |it| it.brief())
}

fn pairs(canvas: &mut Canvas<'_, '_>, area: Rect, pairs: &[(&str, Words)]) {
    let area = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    for (line, (label, words)) in (0..area.height).zip(pairs) {
        canvas.words(area, line, &Words::one(Role::Dim, format!("{label:<9}")).then(words.clone()));
    }
}

fn written(model: &Model, plan: &Plan, area: Rect, canvas: &mut Canvas<'_, '_>) -> u16 {
    let request = plan.request(&model.preferences.resource_manager);
    let address = format!("{} {}", request.method, request.url);
    let mut line = canvas.paragraph(area, 0, Role::Plain, &address);
    line += canvas.paragraph(area, line, Role::Plain, request::body(&request.body));
    line
}

fn accepted(draft: &Draft, area: Rect, canvas: &mut Canvas<'_, '_>) {
    for (line, it) in (0..area.height).zip(&draft.accepted) {
        let words =
            Words::one(Role::Warn, format!("{} accepted {}: ", canvas.theme.sign(Role::Warn), it.finding));
        canvas.words(area, line, &words.and(Role::Plain, it.reason.as_str()));
    }
}
