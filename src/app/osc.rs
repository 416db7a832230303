//! What is told to the terminal beside the picture: a notification, a text for the clipboard. Each terminal has its own
//! words for the first; tmux and screen must be asked to pass both on.

use base64::prelude::{BASE64_STANDARD, Engine};

use crate::domain::problem::Problem;
use crate::domain::visible;
use crate::settings::{Clipboard, Multiplexer, Notice, Surroundings};

/// The longest text for the clipboard that terminals are known to take: xterm stops at 100 000 bytes of base64, and so
/// does tmux unless it is told otherwise.
const LONGEST: usize = 74_000;
const ESC: &str = "\x1b";
const BELL: &str = "\x07";

/// Why no terminal is asked to take a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Untaken {
    /// It is longer than terminals take.
    TooLong,
    /// The terminal is known to have no clipboard.
    NoClipboard,
}

impl Untaken {
    pub(super) fn problem(self) -> Problem {
        let why = match self {
            Self::TooLong => "The text is too long for the clipboard of a terminal",
            Self::NoClipboard => "This terminal has no clipboard",
        };
        Problem::new(why)
            .meaning("Nothing was copied")
            .next("Take it from the screen, or use the verb that prints it")
    }
}

/// The bytes that ring, and tell the words where the terminal can. Terminals that do not know the sequence show nothing
/// of it; which one is sent depends on what the terminal says it is, because some show what they do not know.
pub(super) fn announce(words: &str, around: Surroundings) -> String {
    // A control would end the sequence; `;` parts its fields.
    let words = visible::text(words).replace(';', ",");
    let sequence = match around.notice {
        Notice::None => return String::new(),
        Notice::Bell => return BELL.to_owned(),
        Notice::Osc9 => format!("{ESC}]9;{words}{BELL}"),
        Notice::Osc777 => format!("{ESC}]777;notify;lifeboat;{words}{BELL}"),
        Notice::Osc99 => {
            format!("{ESC}]99;i=lifeboat:d=0;lifeboat{ESC}\\{ESC}]99;i=lifeboat:p=body;{words}{ESC}\\")
        }
    };
    format!("{BELL}{}", passed(&sequence, around.multiplexer))
}

/// The bytes that put a text on the clipboard of the person's own machine (OSC 52).
///
/// # Errors
/// Terminals would cut it or leave it.
pub(super) fn clipboard(text: &str, around: Surroundings) -> Result<String, Untaken> {
    if around.clipboard == Clipboard::Missing && around.multiplexer == Multiplexer::None {
        return Err(Untaken::NoClipboard);
    }
    if text.len() > LONGEST {
        return Err(Untaken::TooLong);
    }
    let sequence = format!("{ESC}]52;c;{}{BELL}", BASE64_STANDARD.encode(text));
    // tmux takes this one for its own clipboard and for the terminal's, whether or not it passes others on.
    Ok(match around.multiplexer {
        Multiplexer::Tmux => format!("{sequence}{}", passed(&sequence, Multiplexer::Tmux)),
        other => passed(&sequence, other),
    })
}

/// A sequence as a multiplexer passes it on.
fn passed(sequence: &str, multiplexer: Multiplexer) -> String {
    match multiplexer {
        Multiplexer::None => sequence.to_owned(),
        Multiplexer::Tmux => format!("{ESC}Ptmux;{}{ESC}\\", sequence.replace(ESC, &ESC.repeat(2))),
        // screen takes 256 bytes at a time at most.
        Multiplexer::Screen => {
            let bytes = sequence.as_bytes().chunks(250);
            let parts = bytes.map(|part| format!("{ESC}P{}{ESC}\\", String::from_utf8_lossy(part)));
            parts.collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(notice: Notice, multiplexer: Multiplexer) -> Surroundings {
        Surroundings { notice, multiplexer, ..Surroundings::PLAIN }
    }

    #[test]
    fn each_terminal_is_told_in_its_words() {
        let table = [
            (Notice::None, ""),
            (Notice::Bell, "\x07"),
            (Notice::Osc9, "\x07\x1b]9;restore of apim-dr: succeeded\x07"),
            (Notice::Osc777, "\x07\x1b]777;notify;lifeboat;restore of apim-dr: succeeded\x07"),
            (
                Notice::Osc99,
                "\x07\x1b]99;i=lifeboat:d=0;lifeboat\x1b\\\x1b]99;i=lifeboat:p=body;restore of apim-dr: succeeded\x1b\\",
            ),
        ];
        for (notice, bytes) in table {
            let told = announce("restore of apim-dr: succeeded", around(notice, Multiplexer::None));
            assert_eq!(told, bytes, "{notice:?}");
        }
    }

    #[test]
    fn words_of_others_cannot_end_the_sequence() {
        let words = "a\x1b]52;c;aGFja2Vk\x07b\x1b\\c\u{9c}d";
        for notice in [Notice::Osc9, Notice::Osc777, Notice::Osc99] {
            let told = announce(words, around(notice, Multiplexer::None));
            let inner = told.trim_start_matches(BELL);
            assert!(!inner.contains("52;c"), "{told:?}");
            assert!(inner.matches('\x07').count() <= 1 && !inner.contains('\u{9c}'), "{told:?}");
        }
    }

    #[test]
    fn multiplexers_are_asked_to_pass_it_on() {
        let tmux = announce("x", around(Notice::Osc9, Multiplexer::Tmux));
        assert_eq!(tmux, "\x07\x1bPtmux;\x1b\x1b]9;x\x07\x1b\\");
        let screen = clipboard(&"y".repeat(600), around(Notice::Bell, Multiplexer::Screen)).unwrap();
        assert!(screen.split("\x1bP").all(|part| part.len() <= 256), "{screen:?}");
        let whole: String = screen.split("\x1bP").map(|part| part.trim_end_matches("\x1b\\")).collect();
        assert_eq!(whole, clipboard(&"y".repeat(600), around(Notice::Bell, Multiplexer::None)).unwrap());
        let tmux = clipboard("y", around(Notice::Bell, Multiplexer::Tmux)).unwrap();
        assert_eq!(tmux, "\x1b]52;c;eQ==\x07\x1bPtmux;\x1b\x1b]52;c;eQ==\x07\x1b\\");
    }

    #[test]
    fn what_no_terminal_would_take_whole_is_not_sent() {
        let none = around(Notice::Bell, Multiplexer::None);
        assert_eq!(clipboard(&"z".repeat(LONGEST + 1), none), Err(Untaken::TooLong));
        let console = Surroundings { clipboard: Clipboard::Missing, ..none };
        assert_eq!(clipboard("z", console), Err(Untaken::NoClipboard));
        let inside = Surroundings { multiplexer: Multiplexer::Tmux, ..console };
        assert!(clipboard("z", inside).is_ok(), "tmux has one of its own");
        let longest = clipboard(&"z".repeat(LONGEST), none).unwrap();
        assert!(longest.len() <= 100_000, "{}", longest.len());
    }
}
