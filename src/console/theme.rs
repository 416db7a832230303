//! How roles are drawn: the looks of the palette, and a glyph for every state, so that nothing depends on colour. Without
//! colour the same roles are told apart by glyph, word, bold, dim and reverse.

use std::borrow::Cow;
use std::fmt::Display;

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

use super::list::Direction;
use super::palette::{Hue, Look, Palette, Turned, Weight};
use super::preferences::{Glyphs, Preferences};
use super::text;
use super::world::judgement::Standing;
use crate::domain::operation::Phase;
use crate::domain::readiness::Grade;
use crate::domain::verdict::Verdict;
use crate::domain::visible;

/// What a piece of text is. In the order of [`NAMES`](super::palette::NAMES).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Text.
    Plain,
    /// Text of less weight.
    Dim,
    /// Text of more weight: titles, names.
    Strong,
    /// Inside every limit.
    Ok,
    /// Past a limit that is not the last.
    Warn,
    /// Past the last limit; a blocker.
    Crit,
    /// Not known.
    Unknown,
    /// Not offered.
    Unsupported,
    /// Being read.
    Loading,
    /// Under way in Azure.
    Running,
    /// A key in a hint.
    Key,
    /// A production mark.
    Production,
    /// A mark that stands out: the sandbox, read-only.
    Mark,
    /// A drill. It looks as what is being read does, with a sign of its own.
    Drill,
}

/// The look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Theme {
    glyphs: Glyphs,
    palette: Palette,
}

/// The place of the chosen row in [`NAMES`](super::palette::NAMES), behind the roles.
const CHOSEN: usize = Role::Mark as usize + 1;

const ASCII: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

impl Theme {
    /// The look that is preferred.
    pub(super) fn of(preferences: &Preferences) -> Self {
        Self { glyphs: preferences.glyphs, palette: preferences.palette }
    }

    /// The style of a role.
    pub(super) fn style(self, role: Role) -> Style {
        let like = if role == Role::Drill { Role::Loading } else { role };
        drawn(self.palette.at(like as usize))
    }

    /// The style laid over the chosen row. Nothing in it stays dim: turned around, dim words are hard to read.
    pub(super) fn chosen(self) -> Style {
        let Look { text, ground, weight, turned } = self.palette.at(CHOSEN);
        let style = match weight {
            Weight::Dim => Style::new().add_modifier(Modifier::DIM),
            Weight::Usual => Style::new().remove_modifier(Modifier::DIM),
            Weight::Bold => Style::new().add_modifier(Modifier::BOLD).remove_modifier(Modifier::DIM),
        };
        let style = if turned == Turned::Yes { style.add_modifier(Modifier::REVERSED) } else { style };
        painted(style, text, ground)
    }

    /// What is painted before anything is drawn: nothing, where the terminal's own background stays.
    pub(super) fn ground(self) -> Style {
        let plain = self.palette.at(Role::Plain as usize);
        painted(Style::new(), plain.text, plain.ground)
    }

    fn pick(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        match self.glyphs {
            Glyphs::Unicode => unicode,
            Glyphs::Ascii => ascii,
        }
    }

    /// The sign of a role: one column, or two in ASCII.
    pub(super) fn sign(self, role: Role) -> &'static str {
        match role {
            Role::Ok => self.pick("✓", "ok"),
            Role::Warn => self.pick("▲", "!"),
            Role::Crit | Role::Production => self.pick("●", "!!"),
            Role::Unknown => self.pick("?", "??"),
            Role::Unsupported => self.pick("–", "--"),
            Role::Loading => self.pick("◌", "~~"),
            Role::Running => self.pick("▶", ">>"),
            Role::Drill => self.pick("◇", "<>"),
            Role::Plain | Role::Dim | Role::Strong | Role::Key | Role::Mark => " ",
        }
    }

    /// The word for a drill, with its sign.
    pub(super) fn drill(self) -> String {
        format!("{} DRILL", self.sign(Role::Drill))
    }

    /// What stands before the chosen row.
    pub(super) fn marker(self) -> &'static str {
        self.pick("›", ">")
    }

    /// What stands behind the chosen row of a wide list.
    pub(super) fn marker_behind(self) -> &'static str {
        self.pick("‹", "<")
    }

    /// The sign of a marked row.
    pub(super) fn mark(self) -> &'static str {
        self.pick("◆", "*")
    }

    /// What stands where text was cut.
    pub(super) fn ellipsis(self) -> &'static str {
        self.pick("…", "~")
    }

    /// From one thing to another.
    pub(super) fn arrow(self) -> &'static str {
        self.pick("→", "->")
    }

    /// Between the steps of a path.
    pub(super) fn step(self) -> &'static str {
        self.pick(" › ", " > ")
    }

    /// The sign of an order.
    pub(super) fn order(self, direction: Direction) -> &'static str {
        match direction {
            Direction::Up => self.pick("↑", "^"),
            Direction::Down => self.pick("↓", "v"),
        }
    }

    /// A bar of `columns`, filled by `part` of `whole`.
    pub(super) fn bar(self, columns: usize, part: i64, whole: i64) -> impl Display {
        let wide = i64::try_from(columns).unwrap_or(0);
        let filled = if whole > 0 { (part.clamp(0, whole) * wide + whole / 2) / whole } else { 0 };
        let filled = usize::try_from(filled).unwrap_or(0).max(usize::from(part > 0));
        text::told(move |f| {
            (0..columns.max(filled)).try_for_each(|at| {
                f.write_str(if at < filled { self.pick("█", "#") } else { self.pick("░", ".") })
            })
        })
    }

    /// The lines of an ordinary pane.
    pub(super) fn thin(self) -> border::Set<'static> {
        match self.glyphs {
            Glyphs::Unicode => border::PLAIN,
            Glyphs::Ascii => ASCII,
        }
    }

    /// The lines of the pane that has the keys.
    pub(super) fn double(self) -> border::Set<'static> {
        match self.glyphs {
            Glyphs::Unicode => border::DOUBLE,
            Glyphs::Ascii => border::Set { horizontal_top: "=", horizontal_bottom: "=", ..ASCII },
        }
    }

    /// Words of ours, perhaps with words of others in them, as they are drawn. In ASCII a sign of ours becomes its
    /// nearest relative, and every other letter is written out.
    pub(super) fn spelled(self, words: &str) -> Cow<'_, str> {
        self.in_glyphs(visible::text(words))
    }

    /// A name that others gave, as it is drawn: no two names look the same.
    pub(super) fn named(self, name: &str) -> Cow<'_, str> {
        let shown = visible::name(name);
        match self.glyphs {
            Glyphs::Ascii if shown.contains('~') || !shown.is_ascii() => {
                // `~` stands where a name was cut.
                Cow::Owned(visible::ascii(&shown).replace('~', "<U+007E>"))
            }
            Glyphs::Unicode | Glyphs::Ascii => shown,
        }
    }

    /// Prose as it is drawn, in lines of at most `columns`.
    pub(super) fn wrapped(self, prose: &str, columns: usize) -> Vec<String> {
        let mut lines = Vec::new();
        self.wrap(prose, columns, |indent, line| lines.push(format!("{:indent$}{line}", "")));
        lines
    }

    /// Gives each line of prose as it is drawn, with its indentation, to `each`.
    pub(super) fn wrap(self, prose: &str, columns: usize, mut each: impl FnMut(usize, &str)) {
        for line in prose.split_terminator('\n') {
            text::wrap_line(&self.in_glyphs(visible::line(line)), columns, &mut |indent, part| {
                each(indent, part)
            });
        }
    }

    fn in_glyphs(self, shown: Cow<'_, str>) -> Cow<'_, str> {
        match self.glyphs {
            Glyphs::Ascii if !shown.is_ascii() => {
                let ours = shown
                    .replace('…', "...")
                    .replace('→', "->")
                    .replace('×', "x")
                    .replace(['·', '–'], "-")
                    .replace('›', ">");
                Cow::Owned(visible::ascii(&ours).into_owned())
            }
            Glyphs::Unicode | Glyphs::Ascii => shown,
        }
    }
}

fn drawn(look: Look) -> Style {
    // What stands on a faint frame is not faint itself: terminals disagree on what bold and faint together mean.
    let plain = Style::new().remove_modifier(Modifier::DIM);
    let style = match look.weight {
        Weight::Dim => Style::new().add_modifier(Modifier::DIM),
        Weight::Usual => plain,
        Weight::Bold => plain.add_modifier(Modifier::BOLD),
    };
    let style = if look.turned == Turned::Yes { style.add_modifier(Modifier::REVERSED) } else { style };
    painted(style, look.text, look.ground)
}

fn painted(style: Style, text: Hue, ground: Hue) -> Style {
    let style = colour(text).map_or(style, |colour| style.fg(colour));
    colour(ground).map_or(style, |colour| style.bg(colour))
}

fn colour(hue: Hue) -> Option<Color> {
    match hue {
        Hue::Own => None,
        Hue::Ansi(number) => SIXTEEN.get(usize::from(number)).copied(),
        Hue::Indexed(number) => Some(Color::Indexed(number)),
        Hue::Rgb(red, green, blue) => Some(Color::Rgb(red, green, blue)),
    }
}

/// The sixteen, as ratatui calls them.
const SIXTEEN: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];

/// The role of an answer.
pub(super) fn of_verdict(verdict: Verdict) -> Role {
    match verdict {
        Verdict::Ok => Role::Ok,
        Verdict::Warn => Role::Warn,
        Verdict::Unknown => Role::Unknown,
        Verdict::Blocked => Role::Crit,
    }
}

/// The role of how an instance stands.
pub(super) fn of_standing(standing: Standing) -> Role {
    match standing {
        Standing::Crit => Role::Crit,
        Standing::Warn => Role::Warn,
        Standing::Unknown => Role::Unknown,
        Standing::Loading => Role::Loading,
        Standing::Ok => Role::Ok,
        Standing::Unsupported => Role::Unsupported,
    }
}

/// The role of how ready an instance is.
pub(super) fn of_grade(grade: Grade) -> Role {
    match grade {
        Grade::NotReady => Role::Crit,
        Grade::Unknown => Role::Unknown,
        Grade::Degraded => Role::Warn,
        Grade::Ready => Role::Ok,
        Grade::Exempt => Role::Dim,
    }
}

/// The role of a phase.
pub(super) fn of_phase(phase: Phase) -> Role {
    match phase {
        Phase::Planned | Phase::Submitting => Role::Loading,
        Phase::Accepted => Role::Running,
        Phase::Untracked | Phase::Unconfirmed => Role::Unknown,
        Phase::Succeeded => Role::Ok,
        Phase::Failed | Phase::Refused => Role::Crit,
        Phase::NotSent => Role::Warn,
    }
}
