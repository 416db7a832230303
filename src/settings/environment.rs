//! The environment, read once and here only.

use std::collections::HashMap;

use super::ColourDepth;

/// The variables that mean something to this program. Not `Debug`: one of them is a secret.
pub struct Environment(HashMap<&'static str, String>);

/// Every variable that is looked at, beside those that `directories` reads for the platform's paths and reqwest for
/// proxies.
const KNOWN: [&str; 27] = [
    "AZURE_TENANT_ID",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_AUTHORITY_HOST",
    "IDENTITY_ENDPOINT",
    "LIFEBOAT_CONFIG",
    "NO_COLOR",
    "TERM",
    "COLORTERM",
    "TERM_PROGRAM",
    "KITTY_WINDOW_ID",
    "WT_SESSION",
    "VTE_VERSION",
    "TMUX",
    "STY",
    "SSH_CONNECTION",
    "SSH_CLIENT",
    "SSH_TTY",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "LC_ALL",
    "LC_CTYPE",
    "LANG",
    "USER",
    "LOGNAME",
    "USERNAME",
];

impl Environment {
    /// The environment of this process.
    #[expect(clippy::disallowed_methods, reason = "this is the place that reads the environment")]
    pub fn of_process() -> Self {
        let read = |name: &'static str| std::env::var(name).ok().map(|value| (name, value));
        Self(KNOWN.into_iter().filter_map(read).collect())
    }

    /// An environment made by hand; names that mean nothing here are left out.
    pub fn of<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let known = |name: &str| KNOWN.into_iter().find(|known| *known == name);
        let variables = variables.into_iter();
        Self(variables.filter_map(|(name, value)| Some((known(name)?, value.to_owned()))).collect())
    }

    /// The value; an empty one counts as none.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// What the system calls the person at the keyboard.
    pub(super) fn person(&self) -> Option<&str> {
        ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| self.get(name))
    }

    /// How many colours the terminal says it has.
    pub(super) fn colours(&self) -> ColourDepth {
        let term = self.get("TERM").unwrap_or_default();
        match self.get("COLORTERM") {
            Some("truecolor" | "24bit") => ColourDepth::True,
            _ if term.ends_with("-direct") => ColourDepth::True,
            _ if term.contains("256color") => ColourDepth::Indexed,
            _ => ColourDepth::Sixteen,
        }
    }

    /// Whether characters beyond ASCII can be drawn: not in the C locale, nor on the bare Linux console.
    pub(super) fn draws_unicode(&self) -> bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| self.get(name));
        let plain = locale.is_some_and(|locale| locale == "C" || locale == "POSIX");
        !plain && self.get("TERM") != Some("linux")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_c_locale_and_the_bare_console_draw_ascii() {
        let table: [(&[(&str, &str)], bool); 5] = [
            (&[], true),
            (&[("LANG", "C")], false),
            (&[("LANG", "C"), ("LC_ALL", "en_GB.UTF-8")], true),
            (&[("LANG", "de_DE.UTF-8"), ("TERM", "linux")], false),
            (&[("LANG", "C.UTF-8")], true),
        ];
        for (variables, draws) in table {
            assert_eq!(Environment::of(variables.iter().copied()).draws_unicode(), draws, "{variables:?}");
        }
    }
}
