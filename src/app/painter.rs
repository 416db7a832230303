//! What a frame becomes for the terminal, in as few bytes as it can be said in.
//!
//! The backend of ratatui says each colour and each attribute in a sequence of its own, makes a text for every one of
//! them, and always says where the cursor goes in full. Here a look is one sequence with what differs from the look
//! before; a step to the right is said as such, or by the letters that stand there anyhow; and a cursor that is seen is
//! not told to be seen. Everything else is left to that backend.

use std::io::{self, Write};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::queue;
use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};

/// A backend that writes little.
#[derive(Debug)]
pub struct Painter<W: Write> {
    out: CrosstermBackend<W>,
    /// What the terminal shows, if that is known.
    shown: Option<Shown>,
    /// Whether it shows its cursor, if that is known.
    cursor: Option<Cursor>,
}

/// Whether the cursor is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cursor {
    Seen,
    Hidden,
}

/// The cells of a terminal, line by line. What is beyond them is blank.
#[derive(Debug, Default)]
struct Shown(Vec<Vec<Letter>>);

/// What a cell shows, if that is one byte of ASCII: everything else is 0.
#[derive(Clone, Copy, Debug)]
struct Letter {
    byte: u8,
    look: Look,
}

/// How a cell looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Look {
    text: Color,
    ground: Color,
    modifier: Modifier,
}

/// Where the last letter has left the cursor.
#[derive(Clone, Copy)]
struct Pen {
    x: u16,
    y: u16,
    /// Whether every terminal has it there.
    certain: bool,
}

/// How every frame begins and ends.
const PLAIN: Look = Look { text: Color::Reset, ground: Color::Reset, modifier: Modifier::empty() };

/// What a cell shows before anything was drawn there.
const BLANK: Letter = Letter { byte: b' ', look: PLAIN };

/// The most cells that are written again rather than passed over: to pass over more takes as few bytes.
const BRIDGE: u16 = 3;

/// The attributes that are seen where there is no letter.
const SEEN_ON_BLANKS: Modifier = Modifier::UNDERLINED.union(Modifier::REVERSED).union(Modifier::CROSSED_OUT);

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
    pub fn new(writer: W) -> Self {
        Self { out: CrosstermBackend::new(writer), shown: Some(Shown::default()), cursor: None }
    }

    /// Goes to a cell: by columns where it is certain in which one the cursor is. Behind a letter beyond ASCII it is
    /// not, because terminals disagree on the width of some.
    fn go(&mut self, (from, look): (Option<Pen>, Look), (x, y): (u16, u16)) -> io::Result<()> {
        match from {
            Some(from) if from.y == y && from.x == x => Ok(()),
            Some(from) if from.y == y && from.x < x && from.certain => match x - from.x {
                columns @ 1..=BRIDGE if self.bridge(from, columns, look)? => Ok(()),
                1 => self.out.write_all(b"\x1b[C"),
                columns => write!(self.out, "\x1b[{columns}C"),
            },
            Some(from) if from.y == y => write!(self.out, "\x1b[{}G", x + 1),
            _ if x == 0 => write!(self.out, "\x1b[{}H", y + 1),
            _ => write!(self.out, "\x1b[{};{}H", y + 1, x + 1),
        }
    }

    /// Writes the letters that stand there already, if they look the same in this look. Returns whether it did.
    fn bridge(&mut self, from: Pen, columns: u16, look: Look) -> io::Result<bool> {
        let mut bytes = [0; BRIDGE as usize];
        let Some(shown) = &self.shown else { return Ok(false) };
        let letters = (from.x..from.x + columns).map(|x| shown.at((x, from.y)));
        for (byte, letter) in bytes.iter_mut().zip(letters) {
            if letter.byte == 0 || !letter.is_same_in(look) {
                return Ok(false);
            }
            *byte = letter.byte;
        }
        self.out.write_all(&bytes[..usize::from(columns)]).map(|()| true)
    }

    /// Shows the cursor, or hides it, unless it is so already.
    fn cursor(&mut self, wanted: Cursor) -> io::Result<()> {
        if self.cursor == Some(wanted) {
            return Ok(());
        }
        self.cursor = Some(wanted);
        match wanted {
            Cursor::Seen => queue!(self.out, Show),
            Cursor::Hidden => queue!(self.out, Hide),
        }
    }

    /// Goes over from one look to another.
    fn change(&mut self, from: Look, to: Look) -> io::Result<()> {
        // No attribute can be turned off alone that another one does not share (22 ends bold and dim).
        let (mut from, mut between) = (from, "\x1b[");
        if to == PLAIN {
            return self.out.write_all(b"\x1b[m");
        }
        if !to.modifier.contains(from.modifier) {
            write!(self.out, "{between}0")?;
            (from, between) = (PLAIN, ";");
        }
        for (attribute, number) in ATTRIBUTES {
            if to.modifier.contains(attribute) && !from.modifier.contains(attribute) {
                write!(self.out, "{between}{number}")?;
                between = ";";
            }
        }
        for (before, colour, shift) in [(from.text, to.text, 0), (from.ground, to.ground, 10)] {
            if before != colour {
                self.out.write_all(between.as_bytes())?;
                self.colour(colour, shift)?;
                between = ";";
            }
        }
        self.out.write_all(b"m")
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
            Color::Indexed(index) => return write!(self.out, "{};5;{index}", 38 + shift),
            Color::Rgb(red, green, blue) => return write!(self.out, "{};2;{red};{green};{blue}", 38 + shift),
        };
        write!(self.out, "{}", number + shift)
    }
}

impl Shown {
    fn at(&self, (x, y): (u16, u16)) -> Letter {
        let line = self.0.get(usize::from(y));
        line.and_then(|line| line.get(usize::from(x))).copied().unwrap_or(BLANK)
    }

    fn set(&mut self, (x, y): (u16, u16), letter: Letter) {
        let (x, y) = (usize::from(x), usize::from(y));
        if self.0.len() <= y {
            self.0.resize_with(y + 1, Vec::new);
        }
        let line = &mut self.0[y];
        if line.len() <= x {
            line.resize(x + 1, BLANK);
        }
        line[x] = letter;
    }
}

impl Letter {
    fn of(symbol: &str, look: Look) -> Self {
        let byte = match symbol.as_bytes() {
            &[byte] => byte,
            _ => 0,
        };
        Self { byte, look }
    }

    /// Whether nobody could tell if it were written in this look.
    fn is_same_in(self, look: Look) -> bool {
        let unseen = |look: Look| !look.modifier.intersects(SEEN_ON_BLANKS);
        let blank = self.byte == b' ' && self.look.ground == look.ground && unseen(self.look) && unseen(look);
        blank || self.look == look
    }
}

impl<W: Write> Write for Painter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(&mut self.out)
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
            return self.out.draw(content);
        }
        let (mut look, mut at) = (PLAIN, None);
        for (x, y, cell) in content {
            self.go((at, look), (x, y))?;
            let wanted = Look { text: cell.fg, ground: cell.bg, modifier: cell.modifier };
            if wanted != look {
                self.change(look, wanted)?;
                look = wanted;
            }
            self.out.write_all(cell.symbol().as_bytes())?;
            at = Some(Pen { x: x + 1, y, certain: cell.symbol().len() == 1 });
            if let Some(shown) = &mut self.shown {
                shown.set((x, y), Letter::of(cell.symbol(), wanted));
            }
        }
        if look == PLAIN { Ok(()) } else { self.change(look, PLAIN) }
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.cursor(Cursor::Hidden)
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.cursor(Cursor::Seen)
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.out.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let Position { x, y } = position.into();
        queue!(self.out, MoveTo(x, y))
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    /// Whoever has written to the terminal besides this painter clears it all, and the painter begins anew.
    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        self.shown = (clear_type == ClearType::All).then(Shown::default);
        self.cursor = None;
        self.out.clear_region(clear_type)
    }

    fn append_lines(&mut self, lines: u16) -> io::Result<()> {
        self.shown = None;
        self.out.append_lines(lines)
    }

    fn size(&self) -> io::Result<Size> {
        self.out.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.out.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.out)
    }
}

#[cfg(test)]
mod tests;
