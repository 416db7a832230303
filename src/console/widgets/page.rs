//! A text that may be longer than the screen: wrapped, with headings, scrolled by lines.

use ratatui::layout::Rect;

use super::canvas::{Canvas, Keys, Words};
use crate::console::layout::Size;
use crate::console::text;
use crate::console::theme::{Role, Theme};

/// Columns by which what stands under a heading is moved in.
const INDENT: usize = 2;
/// Columns of a label.
const LABEL: usize = 9;

/// Lines, ready to be drawn.
#[derive(Clone, Debug)]
pub(in crate::console) struct Page {
    theme: Theme,
    columns: usize,
    lines: Vec<Words>,
}

impl Page {
    /// An empty page for a pane that takes the whole body.
    pub(in crate::console) fn new(theme: Theme, size: Size) -> Self {
        Self { theme, columns: usize::from(size.columns.saturating_sub(4)), lines: Vec::new() }
    }

    /// One line as it is.
    pub(in crate::console) fn line(&mut self, words: Words) {
        self.lines.push(words);
    }

    /// Prose, wrapped.
    pub(in crate::console) fn prose(&mut self, role: Role, words: &str) {
        self.wrapped(0, role, words);
    }

    /// Prose under a heading, wrapped.
    pub(in crate::console) fn under(&mut self, role: Role, words: &str) {
        self.wrapped(INDENT, role, words);
    }

    /// A word, and beside it what may take several lines.
    pub(in crate::console) fn labelled(&mut self, label: &str, words: &Words) {
        let gap = INDENT + LABEL;
        let lines = text::wrap(&words.text(self.theme), self.columns.saturating_sub(gap));
        for (number, line) in lines.into_iter().enumerate() {
            let label = if number == 0 { label } else { "" };
            let label = Words::one(Role::Dim, format!("{:INDENT$}{label:<LABEL$}", ""));
            self.lines.push(label.then(Words::shown(Role::Plain, line)));
        }
    }

    /// A blank line and a heading.
    pub(in crate::console) fn heading(&mut self, words: &str) {
        self.lines.push(Words::new());
        self.lines.push(Words::one(Role::Strong, words));
    }

    fn wrapped(&mut self, indent: usize, role: Role, words: &str) {
        let room = self.columns.saturating_sub(indent);
        for line in self.theme.wrapped(words, room) {
            self.lines.push(Words::one(Role::Plain, " ".repeat(indent)).then(Words::shown(role, line)));
        }
    }

    /// The lines as text.
    pub(in crate::console) fn texts(&self) -> Vec<String> {
        self.lines.iter().map(|words| words.text(self.theme)).collect()
    }

    /// Draws it in a pane, from the line `scroll` on.
    pub(in crate::console) fn draw(
        &self,
        canvas: &mut Canvas<'_, '_>,
        body: Rect,
        (title, right): (&Words, &Words),
        scroll: usize,
    ) {
        let inner = canvas.pane(body, Keys::Here, title, right);
        let rows = usize::from(inner.height);
        let scroll = scroll.min(self.lines.len().saturating_sub(rows));
        let area = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
        for (line, words) in (0..inner.height).zip(self.lines.iter().skip(scroll)) {
            canvas.words(area, line, words);
        }
        canvas.part(body, scroll, rows, self.lines.len());
    }
}
