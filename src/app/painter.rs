//! What a frame becomes for the terminal, in as few bytes as it can be said in.
//!
//! The backend of ratatui says each colour and each attribute in a sequence of its own, makes a text for every one of
//! them, and always says where the cursor goes in full. Here a look is one sequence with what differs from the look
//! before, and a step to the right is said as such. Everything else is left to that backend.

use std::io::{self, Write};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::queue;
use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};

/// A backend that writes little.
#[derive(Debug)]
pub struct Painter<W: Write>(CrosstermBackend<W>);

/// How a cell looks.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Look {
    text: Color,
    ground: Color,
    modifier: Modifier,
}

/// Where the cursor is.
#[derive(Clone, Copy)]
struct Cursor {
    x: u16,
    y: u16,
    /// Whether every terminal has it there.
    certain: bool,
}

/// How every frame begins and ends.
const PLAIN: Look = Look { text: Color::Reset, ground: Color::Reset, modifier: Modifier::empty() };

/// The attributes that a terminal can be told, with the number that turns each on.
const ATTRIBUTES: [(Modifier, u8); 9] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::SLOW_BLINK, 5),
    (Modifier::RAPID_BLINK, 6),
    (Modifier::REVERSED, 7),
    (Modifier::HIDDEN, 8),
    (Modifier::CROSSED_OUT, 9),
];

impl<W: Write> Painter<W> {
    /// A painter that writes there.
    pub const fn new(writer: W) -> Self {
        Self(CrosstermBackend::new(writer))
    }

    /// Goes to a cell: by columns where it is certain in which one the cursor is. Behind a letter beyond ASCII it is
    /// not, because terminals disagree on the width of some.
    fn go(&mut self, from: Option<Cursor>, (x, y): (u16, u16)) -> io::Result<()> {
        match from {
            Some(from) if from.y == y && from.x == x => Ok(()),
            Some(from) if from.y == y && from.x < x && from.certain => match x - from.x {
                1 => self.0.write_all(b"\x1b[C"),
                columns => write!(self.0, "\x1b[{columns}C"),
            },
            Some(from) if from.y == y => write!(self.0, "\x1b[{}G", x + 1),
            _ if x == 0 => write!(self.0, "\x1b[{}H", y + 1),
            _ => write!(self.0, "\x1b[{};{}H", y + 1, x + 1),
        }
    }

    /// Goes over from one look to another.
    fn change(&mut self, from: Look, to: Look) -> io::Result<()> {
        // No attribute can be turned off alone that another one does not share (22 ends bold and dim).
        let (mut from, mut between) = (from, "\x1b[");
        if to == PLAIN {
            return self.0.write_all(b"\x1b[m");
        }
        if !to.modifier.contains(from.modifier) {
            write!(self.0, "{between}0")?;
            (from, between) = (PLAIN, ";");
        }
        for (attribute, number) in ATTRIBUTES {
            if to.modifier.contains(attribute) && !from.modifier.contains(attribute) {
                write!(self.0, "{between}{number}")?;
                between = ";";
            }
        }
        for (before, colour, shift) in [(from.text, to.text, 0), (from.ground, to.ground, 10)] {
            if before != colour {
                self.0.write_all(between.as_bytes())?;
                self.colour(colour, shift)?;
                between = ";";
            }
        }
        self.0.write_all(b"m")
    }

    /// The numbers of a colour; those of a ground are greater by ten.
    fn colour(&mut self, colour: Color, shift: u8) -> io::Result<()> {
        let number = match colour {
            Color::Reset => 39,
            Color::Black => 30,
            Color::Red => 31,
            Color::Green => 32,
            Color::Yellow => 33,
            Color::Blue => 34,
            Color::Magenta => 35,
            Color::Cyan => 36,
            Color::Gray => 37,
            Color::DarkGray => 90,
            Color::LightRed => 91,
            Color::LightGreen => 92,
            Color::LightYellow => 93,
            Color::LightBlue => 94,
            Color::LightMagenta => 95,
            Color::LightCyan => 96,
            Color::White => 97,
            Color::Indexed(index) => return write!(self.0, "{};5;{index}", 38 + shift),
            Color::Rgb(red, green, blue) => return write!(self.0, "{};2;{red};{green};{blue}", 38 + shift),
        };
        write!(self.0, "{}", number + shift)
    }
}

impl<W: Write> Write for Painter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(&mut self.0)
    }
}

impl<W: Write> Backend for Painter<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        // A console of Windows that is too old for sequences is told by its own interface.
        #[cfg(windows)]
        if !crossterm::ansi_support::supports_ansi() {
            return self.0.draw(content);
        }
        let (mut look, mut at) = (PLAIN, None);
        for (x, y, cell) in content {
            self.go(at, (x, y))?;
            let wanted = Look { text: cell.fg, ground: cell.bg, modifier: cell.modifier };
            if wanted != look {
                self.change(look, wanted)?;
                look = wanted;
            }
            self.0.write_all(cell.symbol().as_bytes())?;
            at = Some(Cursor { x: x + 1, y, certain: cell.symbol().len() == 1 });
        }
        if look == PLAIN { Ok(()) } else { self.change(look, PLAIN) }
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        queue!(self.0, Hide)
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        queue!(self.0, Show)
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.0.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let Position { x, y } = position.into();
        queue!(self.0, MoveTo(x, y))
    }

    fn clear(&mut self) -> io::Result<()> {
        self.0.clear()
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        self.0.clear_region(clear_type)
    }

    fn append_lines(&mut self, lines: u16) -> io::Result<()> {
        self.0.append_lines(lines)
    }

    fn size(&self) -> io::Result<Size> {
        self.0.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.0.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.0)
    }
}

#[cfg(test)]
mod tests;
