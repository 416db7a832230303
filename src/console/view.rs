//! Draws the model. Takes it by shared reference, so drawing cannot change behaviour.

use ratatui::Frame;

use super::model::Model;

/// Draws the whole screen.
pub fn view(model: &Model, frame: &mut Frame<'_>) {
    let _ = (model, frame);
}
