//! The screen as it was when somebody let it stand. The model goes on; this is drawn instead of it.

use std::cell::OnceCell;

use jiff::Timestamp;
use ratatui::buffer::Buffer;

/// A display that stands.
#[derive(Debug)]
pub struct Frozen {
    /// Since when.
    pub at: Timestamp,
    cells: OnceCell<Buffer>,
}

impl Frozen {
    /// A display that stands from this moment on: with the frame that is drawn next.
    pub fn since(at: Timestamp) -> Self {
        Self { at, cells: OnceCell::new() }
    }

    /// Draws what stands; false when there is nothing yet, or on a terminal of another size.
    pub(in crate::console) fn lay(&self, cells: &mut Buffer) -> bool {
        match self.cells.get().filter(|own| own.area == cells.area) {
            Some(own) => {
                cells.content.clone_from(&own.content);
                true
            }
            None => false,
        }
    }

    /// Keeps what was drawn, the first time.
    pub(in crate::console) fn keep(&self, cells: &Buffer) {
        self.cells.get_or_init(|| cells.clone());
    }
}
