//! A frame with a look: lines of styled words, panes, text fields. Every word that is drawn was made visible, once:
//! see [`crate::domain::visible`].

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Widget};
use tui_input::Input;

use crate::console::text;
use crate::console::theme::{Role, Theme};

/// Where everything is drawn.
pub(in crate::console) struct Canvas<'a, 'b> {
    frame: &'a mut Frame<'b>,
    /// The look.
    pub(in crate::console) theme: Theme,
}

/// Whether a pane has the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::console) enum Keys {
    /// It has.
    Here,
    /// Another pane has.
    Elsewhere,
}

/// Words of one line.
#[derive(Clone, Debug, Default)]
pub(in crate::console) struct Words(Vec<(Piece, Role)>);

/// Some words, by what must be done before they are drawn.
#[derive(Clone, Debug)]
enum Piece {
    /// Words of ours, perhaps with words of others in them.
    Prose(String),
    /// A name that others gave.
    Name(String),
    /// What is visible already.
    Shown(String),
}

impl Piece {
    fn drawn(&self, theme: Theme) -> Cow<'_, str> {
        match self {
            Self::Prose(words) => Cow::Owned(theme.spelled(words)),
            Self::Name(name) => Cow::Owned(theme.named(name)),
            Self::Shown(words) => Cow::Borrowed(words),
        }
    }
}

impl Words {
    /// No words.
    pub(in crate::console) fn new() -> Self {
        Self::default()
    }

    /// One text in one role.
    pub(in crate::console) fn one(role: Role, text: impl Into<String>) -> Self {
        Self::new().and(role, text)
    }

    /// More words.
    #[must_use]
    pub(in crate::console) fn and(mut self, role: Role, text: impl Into<String>) -> Self {
        self.0.push((Piece::Prose(text.into()), role));
        self
    }

    /// A name that others gave.
    pub(in crate::console) fn name(role: Role, name: impl Into<String>) -> Self {
        Self::new().and_name(role, name)
    }

    /// And a name that others gave.
    #[must_use]
    pub(in crate::console) fn and_name(mut self, role: Role, name: impl Into<String>) -> Self {
        self.0.push((Piece::Name(name.into()), role));
        self
    }

    /// And a name that others gave, in exactly this many columns, the last one blank.
    #[must_use]
    pub(in crate::console) fn and_padded(
        mut self,
        role: Role,
        name: &str,
        columns: usize,
        theme: Theme,
    ) -> Self {
        let name = theme.named(name);
        let cut = text::cut(&name, columns - 1, theme.ellipsis());
        let pad = columns.saturating_sub(text::width(&cut));
        self.0.push((Piece::Shown(format!("{cut}{}", " ".repeat(pad))), role));
        self
    }

    /// Words that were made visible before.
    pub(in crate::console) fn shown(role: Role, words: impl Into<String>) -> Self {
        Self(vec![(Piece::Shown(words.into()), role)])
    }

    /// These words, then those.
    #[must_use]
    pub(in crate::console) fn then(mut self, words: Self) -> Self {
        self.0.extend(words.0);
        self
    }

    /// All of them in one role.
    #[must_use]
    pub(in crate::console) fn in_role(mut self, role: Role) -> Self {
        self.0.iter_mut().for_each(|(_, own)| *own = role);
        self
    }

    /// The words as a line no wider than `columns`.
    pub(in crate::console) fn line(&self, theme: Theme, columns: usize) -> Line<'static> {
        let mut left = columns;
        let mut spans = Vec::with_capacity(self.0.len());
        for (words, role) in &self.0 {
            let words = words.drawn(theme);
            let shown = text::cut(&words, left, theme.ellipsis()).into_owned();
            let cut = shown != words;
            left -= text::width(&shown);
            spans.push(Span::styled(shown, theme.style(*role)));
            if cut || left == 0 {
                break;
            }
        }
        Line::from(spans)
    }

    /// The words as one visible text.
    pub(in crate::console) fn text(&self, theme: Theme) -> String {
        self.0.iter().map(|(words, _)| words.drawn(theme)).collect()
    }

    /// The columns that they take.
    pub(in crate::console) fn width(&self, theme: Theme) -> usize {
        self.0.iter().map(|(words, _)| text::width(&words.drawn(theme))).sum()
    }
}

impl<'a, 'b> Canvas<'a, 'b> {
    /// A canvas over the whole frame.
    pub(in crate::console) fn new(frame: &'a mut Frame<'b>, theme: Theme) -> Self {
        let mut canvas = Self { frame, theme };
        canvas.paint(canvas.area());
        canvas
    }

    /// Lays the ground of the palette, if it has one.
    fn paint(&mut self, area: Rect) {
        self.frame.buffer_mut().set_style(area, self.theme.ground());
    }

    /// All of it.
    pub(in crate::console) fn area(&self) -> Rect {
        self.frame.area()
    }

    /// The cells as they are drawn so far.
    pub(in crate::console) fn cells(&mut self) -> &mut ratatui::buffer::Buffer {
        self.frame.buffer_mut()
    }

    /// Takes away what was drawn in an area.
    pub(in crate::console) fn blank(&mut self, area: Rect) {
        Clear.render(area, self.frame.buffer_mut());
        self.paint(area);
    }

    /// Draws words at a line of an area; what does not fit is cut.
    pub(in crate::console) fn words(&mut self, area: Rect, line: u16, words: &Words) {
        let drawn = words.line(self.theme, usize::from(area.width));
        self.line(area, line, &drawn);
    }

    /// Draws words at the right end of a line.
    pub(in crate::console) fn words_right(&mut self, area: Rect, line: u16, words: &Words) {
        let wide = u16::try_from(words.width(self.theme)).unwrap_or(u16::MAX).min(area.width);
        let area = Rect { x: area.right() - wide, width: wide, ..area };
        self.words(area, line, words);
    }

    /// Draws two groups of words at both ends of a line. The right one is drawn whole, the left one as far as there
    /// is room.
    pub(in crate::console) fn both_ends(&mut self, area: Rect, line: u16, left: &Words, right: &Words) {
        let wide = u16::try_from(right.width(self.theme)).unwrap_or(u16::MAX);
        let room = Rect { width: area.width.saturating_sub(wide.saturating_add(1)), ..area };
        if room.width > 0 {
            self.words(room, line, left);
        }
        self.words_right(area, line, right);
    }

    /// Draws a line at a line of an area.
    pub(in crate::console) fn line(&mut self, area: Rect, line: u16, drawn: &Line<'_>) {
        let y = area.y.saturating_add(line);
        if line < area.height && area.width > 0 && y < self.frame.area().bottom() {
            self.frame.buffer_mut().set_line(area.x, y, drawn, area.width);
        }
    }

    /// Lays a style over a line of an area.
    pub(in crate::console) fn lay(&mut self, area: Rect, line: u16, style: Style) {
        if line < area.height {
            let row = Rect { y: area.y + line, height: 1, ..area };
            self.frame.buffer_mut().set_style(row, style);
        }
    }

    /// Draws wrapped text from a line on, at most to the end of the area, without its first `skip` lines. Returns
    /// how many lines it took.
    pub(in crate::console) fn paragraph(&mut self, area: Rect, line: u16, role: Role, words: &str) -> u16 {
        let lines = self.theme.wrapped(words, usize::from(area.width));
        let mut drawn = 0;
        for part in lines.into_iter().take(usize::from(area.height.saturating_sub(line))) {
            self.words(area, line + drawn, &Words::shown(role, part));
            drawn += 1;
        }
        drawn
    }

    /// Says in the lower border of a pane which part of its list is seen, when that is not all of it.
    pub(in crate::console) fn part(&mut self, pane: Rect, first: usize, rows: usize, all: usize) {
        if all > rows && pane.width > 4 {
            let words =
                Words::one(Role::Dim, format!(" {}-{} of {all} ", first + 1, (first + rows).min(all)));
            let border = Rect { x: pane.x + 2, width: pane.width - 4, ..pane };
            self.words_right(border, pane.height.saturating_sub(1), &words);
        }
    }

    /// Draws a pane and gives its inside.
    pub(in crate::console) fn pane(&mut self, area: Rect, keys: Keys, title: &Words, right: &Words) -> Rect {
        let (set, border) = match keys {
            Keys::Here => (self.theme.double(), Style::new()),
            Keys::Elsewhere => (self.theme.thin(), self.theme.style(Role::Dim)),
        };
        self.boxed(area, (set, border), title, right)
    }

    /// Clears an area in the middle and draws a dialog there. Gives its inside, one column and line within.
    pub(in crate::console) fn dialog(
        &mut self,
        size: (u16, u16),
        frame: Role,
        title: &Words,
        right: &Words,
    ) -> Rect {
        let all = self.area();
        let area = Rect {
            x: all.x + all.width.saturating_sub(size.0) / 2,
            y: all.y + all.height.saturating_sub(size.1) / 2,
            width: size.0.min(all.width),
            height: size.1.min(all.height),
        };
        Clear.render(area, self.frame.buffer_mut());
        self.paint(area);
        let style = match frame {
            Role::Production => self.theme.style(Role::Crit),
            _ => Style::new(),
        };
        let inner = self.boxed(area, (self.theme.double(), style), title, right);
        Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
    }

    fn boxed(
        &mut self,
        area: Rect,
        (set, style): (ratatui::symbols::border::Set<'static>, Style),
        title: &Words,
        right: &Words,
    ) -> Rect {
        let columns = usize::from(area.width.saturating_sub(4));
        let mut block = Block::bordered().border_set(set).border_style(style);
        let left = title.line(self.theme, columns.saturating_sub(2));
        let used = left.width();
        if used > 0 {
            block = block.title_top(padded(left));
        }
        let end = right.line(self.theme, columns.saturating_sub(used + 4));
        if end.width() > 0 && columns >= used + 4 {
            block = block.title_top(padded(end).right_aligned());
        }
        let inner = block.inner(area);
        block.render(area, self.frame.buffer_mut());
        inner
    }

    /// Puts the terminal's cursor there, so that a screen reader can follow.
    pub(in crate::console) fn cursor(&mut self, x: u16, y: u16) {
        let area = self.area();
        if x < area.right() && y < area.bottom() {
            self.frame.set_cursor_position(Position { x, y });
        }
    }

    /// Draws a text field in one line, scrolled so that its cursor is seen.
    pub(in crate::console) fn field(&mut self, area: Rect, line: u16, label: &str, input: &Input) {
        let label = Words::one(Role::Strong, label);
        let start = u16::try_from(label.width(self.theme)).unwrap_or(0).min(area.width);
        self.words(area, line, &label);
        let room = Rect { x: area.x + start, width: area.width - start, ..area };
        if line >= area.height || room.width == 0 {
            return;
        }
        let before: String = input.value().chars().take(input.cursor()).collect();
        let shown = self.theme.spelled(input.value());
        let column = text::width(&self.theme.spelled(&before));
        let hidden = column.saturating_sub(usize::from(room.width) - 1);
        let mut skipped = 0;
        let tail: String = shown
            .chars()
            .skip_while(|c| {
                let skip = skipped < hidden;
                skipped += if skip { text::width(&c.to_string()) } else { 0 };
                skip
            })
            .collect();
        self.words(room, line, &Words::shown(Role::Plain, tail));
        let x = u16::try_from(column - hidden.min(column)).unwrap_or(0);
        self.cursor(room.x + x, room.y + line);
    }
}

fn padded(line: Line<'static>) -> Line<'static> {
    let mut spans = vec![Span::raw(" ")];
    spans.extend(line.spans);
    spans.push(Span::raw(" "));
    Line::from(spans)
}
