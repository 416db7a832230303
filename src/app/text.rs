//! Text that others wrote, made harmless before it reaches a terminal.

/// Replaces what could move the cursor, change colours or reorder the line: control characters (`ESC` and the C1
/// range with them) and the invisible marks of bidirectional text. Line breaks become blanks.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c == '\n' || c == '\t' { ' ' } else { harmless(c) }).collect()
}

/// As [`one_line`], but line breaks stay.
pub(super) fn lines(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { c } else { harmless(c) }).collect()
}

fn harmless(c: char) -> char {
    let bidi = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if c.is_control() || bidi { '\u{fffd}' } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_hostile_name_reaches_the_terminal() {
        assert_eq!(one_line("a\u{1b}[2Jb\nc"), "a\u{fffd}[2Jb c");
        assert_eq!(lines("a\u{9b}31m\nb\r"), "a\u{fffd}31m\nb\u{fffd}");
        assert_eq!(one_line("\u{202e}drow\u{2069}"), "\u{fffd}drow\u{fffd}");
        assert_eq!(one_line("ünïcode 名前"), "ünïcode 名前");
    }
}
