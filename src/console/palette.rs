//! How roles look, as data: a theme. Two are built in, because they must be there whatever else is: the sixteen colours
//! of the terminal itself, and none at all. The others are files.
//!
//! A look is written as words: `bold #ffb454`, `reverse red`, `black on yellow`.

use std::fmt;
use std::str::FromStr;

/// A colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Hue {
    /// The terminal's own text or background.
    #[default]
    Own,
    /// One of the sixteen that the terminal's user has chosen.
    Ansi(u8),
    /// One of the 256 that nearly every terminal has.
    Indexed(u8),
    /// Red, green and blue.
    Rgb(u8, u8, u8),
}

/// How one role looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Look {
    /// The letters.
    pub text: Hue,
    /// What is behind them.
    pub ground: Hue,
    /// With how much weight.
    pub weight: Weight,
    /// Whether letters and ground change places.
    pub turned: Turned,
}

/// With how much weight letters are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Weight {
    /// Less.
    Dim,
    /// As usual.
    #[default]
    Usual,
    /// More.
    Bold,
}

/// Whether letters and ground change places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Turned {
    /// They do not.
    #[default]
    No,
    /// They do.
    Yes,
}

/// How many colours a terminal can draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// The sixteen.
    Sixteen,
    /// 256.
    Indexed,
    /// Every one.
    True,
}

/// The words for what can have a look, in the order of [`Palette`].
pub const NAMES: [&str; 14] = [
    "plain",
    "dim",
    "strong",
    "ok",
    "warn",
    "crit",
    "unknown",
    "unsupported",
    "loading",
    "running",
    "key",
    "production",
    "mark",
    "chosen",
];

/// The look of everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette([Look; NAMES.len()]);

/// The text is no look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoLook(String);

const PLAIN: Look = Look { text: Hue::Own, ground: Hue::Own, weight: Weight::Usual, turned: Turned::No };
const DIM: Look = Look { weight: Weight::Dim, ..PLAIN };
const BOLD: Look = Look { weight: Weight::Bold, ..PLAIN };
const TURNED: Look = Look { turned: Turned::Yes, ..PLAIN };

const fn ansi(number: u8) -> Look {
    Look { text: Hue::Ansi(number), ..PLAIN }
}

impl Palette {
    /// The terminal's own sixteen colours on its own background.
    pub const TERMINAL: Self = Self([
        PLAIN,
        DIM,
        BOLD,
        ansi(2),
        ansi(3),
        Look { weight: Weight::Bold, ..ansi(1) },
        ansi(5),
        DIM,
        ansi(6),
        // Plain blue cannot be read on black in most terminals.
        Look { weight: Weight::Bold, ..ansi(12) },
        BOLD,
        Look { weight: Weight::Bold, turned: Turned::Yes, ..ansi(1) },
        Look { ground: Hue::Ansi(3), ..ansi(0) },
        TURNED,
    ]);

    /// No colour: weight and reverse only.
    pub const MONO: Self = {
        let mark = Look { weight: Weight::Bold, ..TURNED };
        Self([PLAIN, DIM, BOLD, PLAIN, BOLD, BOLD, BOLD, DIM, PLAIN, BOLD, BOLD, mark, mark, TURNED])
    };

    /// The look in this place of [`NAMES`].
    pub(super) fn at(&self, place: usize) -> Look {
        self.0[place]
    }

    /// The look that goes by this name.
    pub fn look(&self, name: &str) -> Option<Look> {
        place(name).map(|place| self.0[place])
    }

    /// The same with another look; `None` when nothing goes by this name.
    #[must_use]
    pub fn with(mut self, name: &str, look: Look) -> Option<Self> {
        self.0[place(name)?] = look;
        Some(self)
    }

    /// The same in colours that the terminal has; `None` when it has too few for this palette.
    #[must_use]
    pub fn within(mut self, depth: Depth) -> Option<Self> {
        for look in &mut self.0 {
            *look = Look { text: look.text.within(depth)?, ground: look.ground.within(depth)?, ..*look };
        }
        Some(self)
    }
}

fn place(name: &str) -> Option<usize> {
    NAMES.iter().position(|it| *it == name)
}

impl Hue {
    fn within(self, depth: Depth) -> Option<Self> {
        match (self, depth) {
            (Self::Own | Self::Ansi(_), _) | (_, Depth::True) | (Self::Indexed(_), Depth::Indexed) => {
                Some(self)
            }
            (Self::Rgb(red, green, blue), Depth::Indexed) => Some(Self::Indexed(nearest(red, green, blue))),
            (Self::Rgb(..) | Self::Indexed(_), Depth::Sixteen) => None,
        }
    }
}

/// The levels of each colour in the cube of 216 that xterm's 256 colours hold from 16 on; 24 greys follow it.
const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];

fn nearest(red: u8, green: u8, blue: u8) -> u8 {
    let far = |index: u8| {
        let (r, g, b) = components(index);
        let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
        square(r, red) + square(g, green) + square(b, blue)
    };
    (16..=255).min_by_key(|index| far(*index)).unwrap_or(16)
}

/// Red, green and blue of one of the 240 that no user changes.
fn components(index: u8) -> (u8, u8, u8) {
    if index >= 232 {
        let grey = 8 + 10 * (index - 232);
        return (grey, grey, grey);
    }
    let at = usize::from(index.saturating_sub(16));
    (LEVELS[at / 36], LEVELS[at / 6 % 6], LEVELS[at % 6])
}

/// The sixteen by name.
const COLOURS: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "bright-black",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "bright-white",
];

impl FromStr for Hue {
    type Err = NoLook;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let no = || NoLook(text.chars().take(20).collect());
        if text == "own" {
            return Ok(Self::Own);
        }
        if let Some(number) = COLOURS.iter().position(|name| *name == text) {
            return u8::try_from(number).map(Self::Ansi).map_err(|_| no());
        }
        let digits = text.strip_prefix('#').filter(|it| it.len() == 6 && it.is_ascii()).ok_or_else(no)?;
        let pair = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| no());
        Ok(Self::Rgb(pair(0)?, pair(2)?, pair(4)?))
    }
}

impl FromStr for Look {
    type Err = NoLook;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut look = Self::default();
        let mut words = text.split_whitespace();
        while let Some(word) = words.next() {
            match word {
                "bold" => look.weight = Weight::Bold,
                "dim" => look.weight = Weight::Dim,
                "reverse" => look.turned = Turned::Yes,
                "on" => look.ground = words.next().ok_or_else(|| NoLook("nothing".to_owned()))?.parse()?,
                colour => look.text = colour.parse()?,
            }
        }
        Ok(look)
    }
}

impl fmt::Display for NoLook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is neither a colour nor bold, dim, reverse or on", self.0)
    }
}

impl fmt::Display for Hue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own => f.write_str("own"),
            Self::Ansi(number) => f.write_str(COLOURS.get(usize::from(*number)).unwrap_or(&"own")),
            Self::Indexed(number) => {
                let (red, green, blue) = components(*number);
                write!(f, "{}", Self::Rgb(red, green, blue))
            }
            Self::Rgb(red, green, blue) => write!(f, "#{red:02x}{green:02x}{blue:02x}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_are_words() {
        let table = [
            ("", PLAIN),
            ("dim", DIM),
            ("bold red", Look { weight: Weight::Bold, ..ansi(1) }),
            ("black on yellow", Look { ground: Hue::Ansi(3), ..ansi(0) }),
            ("reverse bold bright-blue", Look { weight: Weight::Bold, turned: Turned::Yes, ..ansi(12) }),
            ("#ff8000 on #000000", Look { text: Hue::Rgb(255, 128, 0), ground: Hue::Rgb(0, 0, 0), ..PLAIN }),
        ];
        for (text, look) in table {
            assert_eq!(text.parse(), Ok(look), "{text}");
        }
    }

    #[test]
    fn what_is_no_look_is_told() {
        for text in ["bluu", "#12345", "#12345g", "#é1234", "red on", "red on on", "on 7"] {
            assert!(text.parse::<Look>().is_err(), "{text}");
        }
    }

    #[test]
    fn few_colours_get_the_nearest_and_the_fewest_none() {
        let palette = Palette::MONO.with("ok", "#5fd700 on #121212".parse().unwrap()).unwrap();
        let indexed = palette.within(Depth::Indexed).unwrap().look("ok").unwrap();
        assert_eq!((indexed.text, indexed.ground), (Hue::Indexed(76), Hue::Indexed(233)));
        assert_eq!(palette.within(Depth::Sixteen), None);
        assert_eq!(palette.within(Depth::True), Some(palette));
        for own in [Palette::TERMINAL, Palette::MONO] {
            assert_eq!(own.within(Depth::Sixteen), Some(own));
        }
    }

    /// Each of the 240 is nearest to itself, or to its twin.
    #[test]
    fn the_nearest_colour_is_as_near_as_can_be() {
        for index in 16..=255 {
            let (red, green, blue) = components(index);
            assert_eq!(components(nearest(red, green, blue)), (red, green, blue), "{index}");
        }
    }
}
