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
    /// Whether the terminal takes a text for a clipboard.
    pub clipboard: Clipboard,
    /// Whether an address can be opened.
    pub browser: Browser,
}

/// Whether the terminal takes a text for a clipboard (OSC 52).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clipboard {
    /// As far as is known.
    There,
    /// It is known to have none: the consoles of Linux and the BSDs, and what calls itself a VT of old.
    Missing,
}

/// Whether a browser would be seen by the person at the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browser {
    /// It would.
    Here,
    /// The person sits at another machine.
    Remote,
    /// There is no display.
    NoDisplay,
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
    pub const PLAIN: Self = Self {
        notice: Notice::Bell,
        multiplexer: Multiplexer::None,
        clipboard: Clipboard::There,
        browser: Browser::NoDisplay,
    };

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
        Self { notice, multiplexer, clipboard: clipboard(environment), browser: browser(environment) }
    }
}

fn clipboard(environment: &Environment) -> Clipboard {
    let term = environment.get("TERM").unwrap_or_default();
    let old = ["linux", "vt", "cons", "sun", "wsvt"];
    if old.iter().any(|name| term.starts_with(name)) { Clipboard::Missing } else { Clipboard::There }
}

/// Over SSH the browser would open before somebody else, or before nobody; so even where a display is passed on.
fn browser(environment: &Environment) -> Browser {
    let is_set = |name: &str| environment.get(name).is_some_and(|value| !value.is_empty());
    if ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"].into_iter().any(is_set) {
        return Browser::Remote;
    }
    let has_display =
        cfg!(any(windows, target_os = "macos")) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
    if has_display { Browser::Here } else { Browser::NoDisplay }
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
    #[cfg(not(any(windows, target_os = "macos")))]
    fn a_browser_is_opened_where_it_would_be_seen() {
        type Row = (&'static [(&'static str, &'static str)], Browser);
        let table: [Row; 7] = [
            (&[], Browser::NoDisplay),
            (&[("DISPLAY", "")], Browser::NoDisplay),
            (&[("DISPLAY", ":0")], Browser::Here),
            (&[("WAYLAND_DISPLAY", "wayland-0")], Browser::Here),
            (&[("DISPLAY", "localhost:10.0"), ("SSH_CONNECTION", "10.0.0.1 5 10.0.0.2 22")], Browser::Remote),
            (&[("DISPLAY", ":0"), ("SSH_TTY", "/dev/pts/3")], Browser::Remote),
            (&[("SSH_CLIENT", "10.0.0.1 5 22")], Browser::Remote),
        ];
        for (variables, browser) in table {
            let found = Surroundings::of(&Environment::of(variables.iter().copied()), Notify::Auto);
            assert_eq!(found.browser, browser, "{variables:?}");
        }
    }

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
            assert_eq!((found.notice, found.multiplexer), (notice, multiplexer), "{variables:?}");
        }
        let clipboard = |term| Surroundings::of(&Environment::of([("TERM", term)]), Notify::Auto).clipboard;
        for (term, expected) in [
            ("linux", Clipboard::Missing),
            ("vt220", Clipboard::Missing),
            ("xterm-256color", Clipboard::There),
            ("tmux-256color", Clipboard::There),
        ] {
            assert_eq!(clipboard(term), expected, "{term}");
        }
        let kitty = Environment::of([("TERM", "xterm-kitty")]);
        assert_eq!(Surroundings::of(&kitty, Notify::Bell).notice, Notice::Bell);
        assert_eq!(Surroundings::of(&kitty, Notify::Off).notice, Notice::None);
    }
}
