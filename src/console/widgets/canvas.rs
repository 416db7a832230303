//! A frame with a look: lines of styled words, panes, text fields. Every word that is drawn was made visible, once:
//! see [`crate::domain::visible`].

use std::fmt::{self, Display, Write};

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::widgets::{Clear, Widget};
use smallstr::SmallString;
use tui_input::Input;

use super::cells;
pub(in crate::console) use super::words::Words;
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

impl<'a, 'b> Canvas<'a, 'b> {
    /// A canvas over the whole frame.
    pub(in crate::console) fn new(frame: &'a mut Frame<'b>, theme: Theme) -> Self {
        let mut canvas = Self { frame, theme };
        canvas.paint(canvas.area());
        canvas
    }

    /// Lays the ground of the palette, if it has one.
    fn paint(&mut self, area: Rect) {
        let ground = self.theme.ground();
        if ground != Style::new() {
            self.frame.buffer_mut().set_style(area, ground);
        }
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
        let y = area.y.saturating_add(line);
        if line < area.height && y < self.frame.area().bottom() {
            self.put((area.x, y), usize::from(area.width), words);
        }
    }

    /// Draws words from a cell on, in at most so many columns. Returns how many they take.
    fn put(&mut self, (x, y): (u16, u16), columns: usize, words: &Words) -> usize {
        let (theme, buffer) = (self.theme, self.frame.buffer_mut());
        words.fit(theme, columns, |at, piece, role| {
            let x = x.saturating_add(u16::try_from(at).unwrap_or(u16::MAX));
            cells::write(buffer, (x, y), piece, columns - at, theme.style(role));
        })
    }

    /// Draws words in exactly so many columns of a line, from `column` on, and blanks behind them.
    pub(in crate::console) fn cell(
        &mut self,
        area: Rect,
        (line, column): (u16, usize),
        columns: usize,
        words: &Words,
    ) {
        let start = u16::try_from(column).unwrap_or(u16::MAX);
        let x = area.x.saturating_add(start).min(area.right());
        let room = usize::from(area.right() - x).min(columns);
        self.words(Rect { x, width: u16::try_from(room).unwrap_or(u16::MAX), ..area }, line, words);
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

    /// Marks the chosen row of a list: a sign at both of its ends, and its first columns laid out. The others
    /// keep their colours, and a step of the cursor changes few cells. The terminal's cursor stands there.
    pub(in crate::console) fn chosen(&mut self, area: Rect, line: u16, columns: usize) {
        let wide = u16::try_from(columns).unwrap_or(u16::MAX).min(area.width);
        self.words(area, line, &Words::one(Role::Strong, self.theme.marker()));
        self.lay(Rect { width: wide, ..area }, line, self.theme.chosen());
        // The other end of the row: the eye finds it across a wide screen.
        self.words_right(area, line, &Words::one(Role::Strong, self.theme.marker_behind()));
        self.cursor(area.x, area.y.saturating_add(line));
    }

    /// Lays a style over a line of an area.
    pub(in crate::console) fn lay(&mut self, area: Rect, line: u16, style: Style) {
        if line < area.height {
            let row = Rect { y: area.y + line, height: 1, ..area };
            self.frame.buffer_mut().set_style(row, style);
        }
    }

    /// Draws wrapped text from a line on, at most to the end of the area. Returns how many lines it took.
    pub(in crate::console) fn paragraph(
        &mut self,
        area: Rect,
        line: u16,
        role: Role,
        words: impl Display,
    ) -> u16 {
        self.wrapped(area, line, role, &prose(words))
    }

    /// Draws wrapped text from a line on if all of it fits. Returns how many lines it took.
    pub(in crate::console) fn whole_paragraph(
        &mut self,
        area: Rect,
        line: u16,
        role: Role,
        words: impl Display,
    ) -> Option<u16> {
        let words = prose(words);
        let mut lines = 0;
        self.theme.wrap(&words, usize::from(area.width), |_, _| lines += 1);
        (lines <= area.height.saturating_sub(line)).then(|| self.wrapped(area, line, role, &words))
    }

    fn wrapped(&mut self, area: Rect, line: u16, role: Role, words: &str) -> u16 {
        let room = area.height.saturating_sub(line);
        let (theme, style) = (self.theme, self.theme.style(role));
        let buffer = self.frame.buffer_mut();
        let mut drawn = 0;
        theme.wrap(words, usize::from(area.width), |indent, part| {
            if drawn == room {
                return;
            }
            let indent = u16::try_from(indent).unwrap_or(u16::MAX);
            let at = Position { x: area.x.saturating_add(indent), y: area.y + line + drawn };
            cells::write(buffer, at.into(), part, usize::from(area.width.saturating_sub(indent)), style);
            drawn += 1;
        });
        drawn
    }

    /// Says in the lower border of a pane which part of its list is seen, when that is not all of it.
    pub(in crate::console) fn part(&mut self, pane: Rect, first: usize, rows: usize, all: usize) {
        if all > rows && pane.width > 4 {
            let words =
                Words::one(Role::Dim, format_args!(" {}-{} of {all} ", first + 1, (first + rows).min(all)));
            let border = Rect { x: pane.x + 2, width: pane.width - 4, ..pane };
            self.words_right(border, pane.height.saturating_sub(1), &words);
        }
    }

    /// Draws a pane and gives its inside. The one that has the keys gets the terminal's cursor, until something in it is
    /// chosen: whoever reads with ears or fingers is led to it.
    pub(in crate::console) fn pane(&mut self, area: Rect, keys: Keys, title: &Words, right: &Words) -> Rect {
        let (set, border) = match keys {
            Keys::Here => (self.theme.double(), Style::new()),
            Keys::Elsewhere => (self.theme.thin(), self.theme.style(Role::Dim)),
        };
        let inner = self.boxed(area, (set, border), title, right);
        if keys == Keys::Here {
            self.cursor(inner.x, inner.y);
        }
        inner
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
            Role::Drill => self.theme.style(Role::Drill),
            _ => Style::new(),
        };
        let inner = self.boxed(area, (self.theme.double(), style), title, right);
        self.cursor(inner.x + 1, inner.y);
        Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
    }

    fn boxed(
        &mut self,
        area: Rect,
        (set, style): (ratatui::symbols::border::Set<'static>, Style),
        title: &Words,
        right: &Words,
    ) -> Rect {
        let inner = cells::border(self.frame.buffer_mut(), area, set, style);
        let columns = usize::from(area.width.saturating_sub(4));
        let used = self.title(area, columns.saturating_sub(2), title, |_| 0);
        if columns >= used + 4 {
            self.title(area, columns - (used + 4), right, |wide| usize::from(area.width) - wide - 4);
        }
        inner
    }

    /// Draws words with a blank at each side into the upper border, `before` columns behind its corner. Returns how many
    /// columns they take.
    fn title(
        &mut self,
        area: Rect,
        columns: usize,
        words: &Words,
        before: impl FnOnce(usize) -> usize,
    ) -> usize {
        let wide = words.fit(self.theme, columns, |_, _, _| {});
        if wide > 0 {
            let start = before(wide) + 2;
            for blank in [start - 1, start + wide] {
                let at = Position { x: area.x + u16::try_from(blank).unwrap_or(0), y: area.y };
                if let Some(cell) = self.frame.buffer_mut().cell_mut(at) {
                    cell.set_symbol(" ");
                }
            }
            self.cell(area, (0, start), wide, words);
        }
        wide
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

/// Words in a line of their own, on the stack as long as they are few.
fn prose(words: impl Display) -> SmallString<[u8; 512]> {
    let mut prose = SmallString::new();
    // Nothing that is shown refuses to be written; if it did, what there is of it would be shown.
    let _: fmt::Result = write!(prose, "{words}");
    prose
}
