//! A text that is shown whole, over whatever is on the screen.

/// A text that is shown whole: where it could not be copied, or should be read as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// What it is.
    pub title: String,
    /// A line above it: what became of it.
    pub lead: String,
    /// The text.
    pub text: String,
    /// The first shown line.
    pub scroll: usize,
}

impl Sheet {
    /// A text from its beginning.
    pub fn new(title: impl Into<String>, lead: impl Into<String>, text: impl Into<String>) -> Self {
        Self { title: title.into(), lead: lead.into(), text: text.into(), scroll: 0 }
    }
}
