//! Draws the model. Takes it by shared reference, so drawing cannot change behaviour.

use ratatui::Frame;

use super::layout::{Room, Size};
use super::model::{Model, Overlay, Place};
use super::screens::{
    backups, fleet, help, menus, operations, outline, parity, problems, small, timeline, wizard,
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
    let body = outline::draw(model, canvas);
    match model.place() {
        Place::Fleet => fleet::draw(model, body, canvas),
        Place::Backups(_) => backups::draw(model, body, canvas),
        Place::Wizard(_) => wizard::draw(model, body, canvas),
        Place::Operations => operations::draw(model, body, canvas),
        Place::Parity(_) => parity::draw(model, body, canvas),
        Place::Problems => problems::draw(model, body, canvas),
        Place::Timeline => timeline::draw(model, body, canvas),
    }
    outline::foot(model, canvas);
    match &model.overlay {
        None | Some(Overlay::Filter(_)) => {}
        Some(Overlay::Help { scroll, search, typing }) => {
            help::draw(model, canvas, (*scroll, search, *typing))
        }
        Some(Overlay::Acts { chosen }) => menus::acts(model, canvas, *chosen),
        Some(Overlay::Columns { chosen }) => menus::columns(model, canvas, *chosen),
        Some(Overlay::Leaving) => menus::leaving(model, canvas),
        Some(Overlay::Note { .. } | Overlay::Began(_)) => {}
        Some(Overlay::Formats { chosen }) => menus::formats(canvas, *chosen),
    }
}
