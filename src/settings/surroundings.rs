//! What the program runs in, by what the environment says: which notification the terminal understands, and whether a
//! multiplexer stands between.

use super::environment::Environment;

/// What stands between the program and the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// How the end of an operation is told.
    pub notice: Notice,
    /// Who has to pass it on.
    pub multiplexer: Multiplexer,
}

/// How a terminal is told of something that happened while nobody looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Not at all.
    None,
    /// The bell.
    Bell,
    /// The bell and `OSC 9`: iTerm2, WezTerm, Ghostty, Windows Terminal.
    Osc9,
    /// The bell and `OSC 777`: urxvt, foot, VTE.
    Osc777,
    /// The bell and `OSC 99`: kitty.
    Osc99,
}

/// A program that has the terminal and shares it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Multiplexer {
    /// None.
    None,
    /// tmux.
    Tmux,
    /// GNU screen.
    Screen,
}

/// How much is told, as configured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Notify {
    /// As much as the terminal is known to understand.
    #[default]
    Auto,
    /// The bell.
    Bell,
    /// Nothing.
    Off,
}

impl std::str::FromStr for Notify {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self::Auto),
            "bell" => Ok(Self::Bell),
            "off" => Ok(Self::Off),
            _ => Err(()),
        }
    }
}

impl Surroundings {
    /// A terminal that says nothing of itself.
    pub const PLAIN: Self = Self { notice: Notice::Bell, multiplexer: Multiplexer::None };

    /// What the environment says.
    pub(super) fn of(environment: &Environment, notify: Notify) -> Self {
        let multiplexer = match (environment.get("TMUX"), environment.get("STY")) {
            (Some(_), _) => Multiplexer::Tmux,
            (None, Some(_)) => Multiplexer::Screen,
            (None, None) => Multiplexer::None,
        };
        let notice = match notify {
            Notify::Off => Notice::None,
            Notify::Bell => Notice::Bell,
            Notify::Auto => understood(environment),
        };
        Self { notice, multiplexer }
    }
}

/// What the terminal understands. One that says nothing gets the bell alone: some show what they do not know.
fn understood(environment: &Environment) -> Notice {
    let term = environment.get("TERM").unwrap_or_default();
    let program = environment.get("TERM_PROGRAM").unwrap_or_default();
    if environment.get("KITTY_WINDOW_ID").is_some() || term == "xterm-kitty" {
        return Notice::Osc99;
    }
    if matches!(program, "iTerm.app" | "WezTerm" | "ghostty") || environment.get("WT_SESSION").is_some() {
        return Notice::Osc9;
    }
    if term.starts_with("foot")
        || term.starts_with("rxvt-unicode")
        || environment.get("VTE_VERSION").is_some()
    {
        return Notice::Osc777;
    }
    Notice::Bell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_are_known_by_what_they_say() {
        type Row = (&'static [(&'static str, &'static str)], Notice, Multiplexer);
        let table: [Row; 8] = [
            (&[], Notice::Bell, Multiplexer::None),
            (&[("TERM", "xterm-256color")], Notice::Bell, Multiplexer::None),
            (&[("TERM_PROGRAM", "WezTerm")], Notice::Osc9, Multiplexer::None),
            (&[("WT_SESSION", "1")], Notice::Osc9, Multiplexer::None),
            (&[("TERM", "foot")], Notice::Osc777, Multiplexer::None),
            (&[("VTE_VERSION", "7600")], Notice::Osc777, Multiplexer::None),
            (
                &[("TERM", "tmux-256color"), ("TMUX", "/tmp/t"), ("KITTY_WINDOW_ID", "1")],
                Notice::Osc99,
                Multiplexer::Tmux,
            ),
            (&[("TERM", "screen"), ("STY", "1.pts")], Notice::Bell, Multiplexer::Screen),
        ];
        for (variables, notice, multiplexer) in table {
            let found = Surroundings::of(&Environment::of(variables.iter().copied()), Notify::Auto);
            assert_eq!(found, Surroundings { notice, multiplexer }, "{variables:?}");
        }
        let kitty = Environment::of([("TERM", "xterm-kitty")]);
        assert_eq!(Surroundings::of(&kitty, Notify::Bell).notice, Notice::Bell);
        assert_eq!(Surroundings::of(&kitty, Notify::Off).notice, Notice::None);
    }
}
