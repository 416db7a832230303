//! Themes become palettes: what a file says in words, in colours that the terminal has.

use crate::console::palette::{Depth, NAMES, Palette};
use crate::console::preferences::Named;
use crate::domain::problem::Problem;
use crate::settings::themes::{self, Theme};
use crate::settings::{Appearance, Colour, ColourDepth};

/// The palette that is asked for, and what of it could not be had.
pub(super) fn palette(appearance: &Appearance) -> (Palette, Vec<Problem>) {
    if appearance.colour == Colour::Off {
        return (Palette::MONO, Vec::new());
    }
    let (palette, mut problems) = match &appearance.theme {
        Ok(theme) => read(theme),
        Err(problem) => (Palette::TERMINAL, vec![problem.clone()]),
    };
    let palette = palette.within(depth(appearance)).unwrap_or_else(|| {
        problems.push(
            Problem::usage("The theme needs more colours than this terminal says it has")
                .meaning(format!("The console is drawn with '{}'", themes::USUAL))
                .next("Set TERM to one of 256 colours, such as xterm-256color, when the terminal has them"),
        );
        Palette::TERMINAL
    });
    (palette, problems)
}

/// Every look that can be had here, with its name; none without colours.
pub(super) fn all(appearance: &Appearance) -> Vec<Named> {
    if appearance.colour == Colour::Off {
        return Vec::new();
    }
    // One of one's own that was asked for stands instead of a built-in one of its name.
    let asked = appearance.theme.as_ref().ok();
    let others = themes::built_in().filter(|theme| asked.is_none_or(|own| own.name != theme.name));
    let named = |theme: Theme| {
        let palette = read(&theme).0.within(depth(appearance))?;
        Some(Named { name: theme.name, summary: theme.summary, palette })
    };
    asked.cloned().into_iter().chain(others).filter_map(named).collect()
}

fn depth(appearance: &Appearance) -> Depth {
    match appearance.depth {
        ColourDepth::Sixteen => Depth::Sixteen,
        ColourDepth::Indexed => Depth::Indexed,
        ColourDepth::True => Depth::True,
    }
}

/// What a theme says. What it does not name looks as in the terminal's own.
pub(super) fn read(theme: &Theme) -> (Palette, Vec<Problem>) {
    let mut palette = Palette::TERMINAL;
    let mut problems = theme.problems.clone();
    for entry in &theme.entries {
        let place = format!("{}:{}", theme.file.display(), entry.line);
        let wrong = |why: String, next: String| {
            Problem::usage(format!("Theme {}, line {}: {why}", theme.name, entry.line))
                .meaning("This is left out; the rest of the theme is used")
                .next(next)
                .about(place.clone())
        };
        let look = match entry.look.parse() {
            Ok(look) => look,
            Err(error) => {
                let next = "Use words such as: bold red, #ffb454, black on yellow, reverse".to_owned();
                problems.push(wrong(format!("{}: {error}", entry.role), next));
                continue;
            }
        };
        match palette.with(&entry.role, look) {
            Some(changed) => palette = changed,
            None => {
                let next = format!("Use one of: {}", NAMES.join(", "));
                problems.push(wrong(format!("'{}' is nothing that has a look", entry.role), next));
            }
        }
    }
    (palette, problems)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::palette::{Hue, Look, Turned, Weight};

    fn built_in(name: &str) -> Palette {
        let theme = themes::built_in().find(|theme| theme.name == name).unwrap();
        let (palette, problems) = read(&theme);
        assert!(problems.is_empty(), "{name}: {problems:#?}");
        assert_eq!(theme.entries.len(), NAMES.len(), "{name} names every role");
        assert!(!theme.summary.is_empty(), "{name}");
        palette
    }

    #[test]
    fn the_files_of_the_two_in_the_program_say_the_same() {
        assert_eq!(built_in("terminal"), Palette::TERMINAL);
        assert_eq!(built_in("mono"), Palette::MONO);
    }

    /// Relative luminance and contrast as WCAG 2 has them.
    fn luminance(hue: Hue) -> f64 {
        let Hue::Rgb(red, green, blue) = hue else { panic!("{hue} has no certain colour") };
        let linear = |component: u8| {
            let part = f64::from(component) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.212_6 * linear(red) + 0.715_2 * linear(green) + 0.072_2 * linear(blue)
    }

    fn contrast(look: Look, plain: Look) -> f64 {
        let or = |hue: Hue, other: Hue| if hue == Hue::Own { other } else { hue };
        let (text, ground) = (luminance(or(look.text, plain.text)), luminance(or(look.ground, plain.ground)));
        (text.max(ground) + 0.05) / (text.min(ground) + 0.05)
    }

    #[test]
    fn v3_every_theme_that_paints_can_be_read() {
        for (name, least) in [("dark", 4.5), ("light", 4.5), ("colour-blind", 4.5), ("high-contrast", 7.0)] {
            let palette = built_in(name);
            let plain = palette.look("plain").unwrap();
            for role in NAMES {
                let look = palette.look(role).unwrap();
                let found = contrast(look, plain);
                println!("{name:<14} {role:<12} {found:.1}");
                assert!(found >= least, "{name} {role}: {found:.2}");
                // What is faint besides is not certain to be read at all.
                assert!(look.weight != Weight::Dim, "{name} {role} is dim by colour, not by weight");
                let indexed = palette.within(Depth::Indexed).unwrap();
                assert_ne!(indexed.look(role).unwrap().text, Hue::Own, "{name} {role}");
            }
        }
    }

    /// Where the user's own colours are used nothing can be computed; what is known to vanish is not used.
    #[test]
    fn the_terminals_own_colours_are_used_with_care() {
        for role in NAMES {
            let look = Palette::TERMINAL.look(role).unwrap();
            let is_painted = look.ground != Hue::Own;
            let is_lost =
                [Hue::Ansi(0), Hue::Ansi(4), Hue::Ansi(7), Hue::Ansi(8), Hue::Ansi(15)].contains(&look.text);
            assert!(is_painted || !is_lost, "{role}: {look:?}");
        }
        assert_eq!(Palette::TERMINAL.look("plain"), Some(Look::default()));
        assert_eq!(Palette::TERMINAL.look("chosen").unwrap().turned, Turned::Yes);
    }

    #[test]
    fn what_a_theme_gets_wrong_is_told_with_its_line() {
        let folder = tempfile::TempDir::new().unwrap();
        std::fs::create_dir(folder.path().join("themes")).unwrap();
        let text = "summary = \"mine\"\nok = \"grene\"\ncrit = 7\nwarm = \"red\"\nwarn = \"bold yellow\"\n";
        std::fs::write(folder.path().join("themes/mine.toml"), text).unwrap();
        let (palette, problems) = read(&themes::named("mine", folder.path()).unwrap());
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        for words in ["line 2", "'grene'", "line 3", "line 4", "'warm'", "unsupported, loading"] {
            assert!(told.iter().any(|it| it.contains(words)), "{words}: {told:#?}");
        }
        assert_eq!(palette.look("warn").unwrap().weight, Weight::Bold);
        assert_eq!(palette.look("ok"), Palette::TERMINAL.look("ok"));
        for name in ["../mine", "", "none"] {
            let problem = themes::named(name, folder.path()).unwrap_err();
            assert!(problem.next.unwrap().contains("high-contrast"), "{name}");
        }
    }
}
