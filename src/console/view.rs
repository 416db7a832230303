//! Draws the model. Takes it by shared reference, so drawing cannot change behaviour.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::layout::{Room, Size};
use super::model::{Model, Overlay, Place};
use super::screens::{
    about, backups, copies, failover, fleet, help, menus, offer, outline, parity, problems, prompt, reading,
    shapes, sheet, small, timeline, wall, wizard,
};
use super::theme::Theme;
use super::widgets::canvas::Canvas;

/// Draws the whole screen.
///
/// A frame of another size than the last [`super::Msg::Resize`] told is drawn as large as both are.
pub fn view(model: &Model, frame: &mut Frame<'_>) {
    let area = frame.area();
    let canvas = &mut Canvas::new(frame, Theme::of(&model.preferences));
    let smallest = Size::of(area.width.min(model.size().columns), area.height.min(model.size().rows));
    if smallest.room() == Room::TooSmall {
        return small::draw(area, canvas);
    }
    match &model.frozen {
        Some(frozen) if frozen.lay(canvas.cells()) => outline::still(model, canvas),
        frozen => {
            let body = outline::draw(model, canvas);
            place(model, body, canvas);
            if let Some(frozen) = frozen {
                frozen.keep(canvas.cells());
            }
            outline::foot(model, canvas);
        }
    }
    match &model.overlay {
        None | Some(Overlay::Filter(_)) => {}
        Some(Overlay::Help { scroll }) => help::draw(model, canvas, *scroll),
        Some(Overlay::About { scroll }) => about::draw(model, outline::body(model, area), canvas, *scroll),
        Some(Overlay::Acts { chosen }) => menus::acts(model, canvas, *chosen),
        Some(Overlay::Columns { chosen }) => menus::columns(model, canvas, *chosen),
        Some(Overlay::Shape { chosen }) => shapes::draw(model, canvas, *chosen),
        Some(Overlay::Command(prompt)) => prompt::draw(model, prompt, canvas),
        Some(Overlay::Offer(deed)) => offer::draw(model, canvas, *deed),
        Some(Overlay::Leaving) => menus::leaving(model, canvas),
        Some(Overlay::Note { .. } | Overlay::Began(_)) => {}
        Some(Overlay::Formats { chosen }) => menus::formats(canvas, *chosen),
        Some(Overlay::Export { chosen }) => menus::export(model, canvas, *chosen),
        Some(Overlay::Copies { chosen }) => copies::draw(model, canvas, *chosen),
        Some(Overlay::Sheet(shown)) => sheet::draw(shown, canvas),
    }
    reading::mark(model, canvas);
}

fn place(model: &Model, body: Rect, canvas: &mut Canvas<'_, '_>) {
    match model.place() {
        Place::Fleet => fleet::draw(model, body, canvas),
        Place::Backups(_) => backups::draw(model, body, canvas),
        Place::Wizard(_) => wizard::draw(model, body, canvas),
        Place::Failover => failover::draw(model, body, canvas),
        Place::Operations => wall::draw(model, body, canvas),
        Place::Parity(_) => parity::draw(model, body, canvas),
        Place::Problems => problems::draw(model, body, canvas),
        Place::Timeline => timeline::draw(model, body, canvas),
    }
}
