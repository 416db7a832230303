//! Text as it may be shown: nothing that came from outside reaches the screen unmasked, and widths are those of a
//! terminal.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// The text with every character that could move the cursor, turn the direction or hide itself written out as
/// `<U+202E>`. Names and messages from outside are shown through this function only.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_hidden(c) {
            shown.push_str(&format!("<U+{:04X}>", u32::from(c)));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Control characters, direction marks, zero-width characters, separators that break lines, fillers and tags.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Columns that the text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text cut to `columns`, with `mark` at its end when something was cut.
pub fn cut<'a>(text: &'a str, columns: usize, mark: &str) -> Cow<'a, str> {
    if text.width() <= columns {
        return Cow::Borrowed(text);
    }
    let mark = if mark.width() <= columns { mark } else { "" };
    let mut left = columns - mark.width();
    let kept: String = text
        .graphemes(true)
        .take_while(|grapheme| {
            let fits = grapheme.width() <= left;
            left = left.saturating_sub(grapheme.width());
            fits
        })
        .collect();
    Cow::Owned(kept + mark)
}

/// The text in lines of at most `columns`, broken between words where that is possible. Line ends in the text are kept,
/// and so is the indentation of a line in those that it is broken into; everything else that is hidden is made visible.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    for part in text.lines() {
        wrap_line(&visible(part), columns, &mut lines);
    }
    lines
}

fn wrap_line(part: &str, columns: usize, lines: &mut Vec<String>) {
    let words = part.trim_start_matches(' ');
    let indent = " ".repeat((part.len() - words.len()).min(columns / 2));
    let mut line = indent.clone();
    for (number, word) in words.split(' ').enumerate() {
        let long = word.width() > columns;
        let mut gap = usize::from(number > 0);
        // A long address is broken behind a slash where that is possible.
        let pieces = word.split_inclusive(move |c| long && matches!(c, '/' | '?' | '&'));
        for piece in pieces.chain(word.is_empty().then_some("")) {
            if line.width() + gap + piece.width() > columns && !line.trim().is_empty() {
                lines.push(std::mem::replace(&mut line, indent.clone()).trim_end().to_owned());
            } else {
                line.push_str(&" ".repeat(gap));
            }
            gap = 0;
            for grapheme in piece.graphemes(true) {
                if line.width() + grapheme.width() > columns && line != indent {
                    lines.push(std::mem::replace(&mut line, indent.clone()));
                }
                line.push_str(grapheme);
            }
        }
    }
    lines.push(line.trim_end().to_owned());
}

/// An age to the minute: `12m`, `25h10m`, `29d04h`.
pub fn age(duration: SignedDuration) -> String {
    let minutes = duration.as_mins().max(0);
    let (days, hours) = (minutes / 1_440, minutes / 60);
    match () {
        () if hours >= 48 => format!("{days}d{:02}h", hours % 24),
        () if hours >= 1 => format!("{hours}h{:02}m", minutes % 60),
        () if minutes >= 1 => format!("{minutes}m"),
        () => "<1m".to_owned(),
    }
}

/// A goal that was set in whole hours, or to the minute: `24h`, `1h30m`.
pub fn goal(duration: SignedDuration) -> String {
    let minutes = duration.as_mins().max(0);
    if minutes % 60 == 0 { format!("{}h", minutes / 60) } else { age(duration) }
}

/// `12:04Z`.
pub fn clock(at: Timestamp) -> String {
    at.strftime("%H:%MZ").to_string()
}

/// `12:04:31Z`.
pub fn clock_to_second(at: Timestamp) -> String {
    at.strftime("%H:%M:%SZ").to_string()
}

/// `2026-11-22 10:54Z`.
pub fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%MZ").to_string()
}

/// A moment in few columns: `10:54Z` when it is less than a day away, else `11-22`.
pub fn near(at: Timestamp, now: Timestamp) -> String {
    let away = at.duration_since(now).abs();
    if away < SignedDuration::from_hours(24) { clock(at) } else { at.strftime("%m-%d").to_string() }
}

/// `11-22 10:54`.
pub fn short_day(at: Timestamp) -> String {
    at.strftime("%m-%d %H:%M").to_string()
}

/// `1 backup`, `2 backups`.
pub fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_is_written_out() {
        let table = [
            ("apim-core", "apim-core"),
            ("a\u{202e}b", "a<U+202E>b"),
            ("a\u{200b}\u{7}\n", "a<U+200B><U+0007><U+000A>"),
            ("\u{1b}[31mred", "<U+001B>[31mred"),
            ("Zürich 東京", "Zürich 東京"),
        ];
        for (text, shown) in table {
            assert_eq!(visible(text), shown);
        }
    }

    #[test]
    fn cutting_and_wrapping_count_columns() {
        assert_eq!(cut("東京東京", 5, "…"), "東京…");
        assert_eq!(cut("abc", 3, "…"), "abc");
        assert_eq!(cut("abcd", 1, ".."), "a");
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("a\nb\u{202e}", 20), ["a", "b<U+202E>"]);
        assert_eq!(wrap("x", 0), ["x"]);
        assert_eq!(wrap("{\n  \"a\": 1\n}", 20), ["{", "  \"a\": 1", "}"]);
        assert_eq!(wrap("12345 67", 5), ["12345", "67"]);
        assert_eq!(wrap("a  b", 9), ["a  b"]);
        assert_eq!(wrap("  one two", 6), ["  one", "  two"]);
        assert_eq!(wrap("GET https://a/bcd/efg", 10), ["GET", "https://a/", "bcd/efg"]);
    }

    #[test]
    fn ages_are_to_the_minute_and_moments_short() {
        let now: Timestamp = "2026-11-23T12:04:31Z".parse().unwrap();
        assert_eq!(near(now + SignedDuration::from_hours(19), now), "07:04Z");
        assert_eq!(near(now + SignedDuration::from_hours(29 * 24), now), "12-22");
        assert_eq!(age(SignedDuration::from_secs(59)), "<1m");
        assert_eq!(age(SignedDuration::from_secs(724)), "12m");
        assert_eq!(age(SignedDuration::from_mins(25 * 60 + 10)), "25h10m");
        assert_eq!(age(SignedDuration::from_hours(29 * 24 + 4)), "29d04h");
    }
}
