//! Text in the columns of a terminal. What comes here is visible already, see [`crate::domain::visible`].

use std::borrow::Cow;
use std::ops::Range;

use jiff::{SignedDuration, Timestamp};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::filter::has_capital;

/// Columns that the text takes: those of its graphemes, because each is drawn into a cell of its own. (The width of a
/// whole text can be less: Arabic letters that are joined.)
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(UnicodeWidthStr::width).sum() }
}

/// The text cut to `columns`, with `mark` at its end when something was cut.
pub fn cut<'a>(text: &'a str, columns: usize, mark: &str) -> Cow<'a, str> {
    if width(text) <= columns {
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
/// and so is the indentation of a line in those that it is broken into.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    for part in text.lines() {
        wrap_line(part, columns, &mut lines);
    }
    lines
}

fn wrap_line(part: &str, columns: usize, lines: &mut Vec<String>) {
    let words = part.trim_start_matches(' ');
    let indent = " ".repeat((part.len() - words.len()).min(columns / 2));
    let mut line = indent.clone();
    for (number, word) in words.split(' ').enumerate() {
        let long = width(word) > columns;
        let mut gap = usize::from(number > 0);
        // A long address is broken behind a slash where that is possible.
        let pieces = word.split_inclusive(move |c| long && matches!(c, '/' | '?' | '&'));
        for piece in pieces.chain(word.is_empty().then_some("")) {
            if width(&line) + gap + width(piece) > columns && !line.trim().is_empty() {
                lines.push(std::mem::replace(&mut line, indent.clone()).trim_end().to_owned());
            } else {
                line.push_str(&" ".repeat(gap));
            }
            gap = 0;
            for grapheme in piece.graphemes(true) {
                if width(&line) + grapheme.width() > columns && line != indent {
                    lines.push(std::mem::replace(&mut line, indent.clone()));
                }
                line.push_str(grapheme);
            }
        }
    }
    lines.push(line.trim_end().to_owned());
}

/// The columns in which a word stands in a text; letter case counts as soon as the word has a capital.
pub fn found(text: &str, word: &str) -> Vec<Range<usize>> {
    let fold = |grapheme: &str| match has_capital(word) {
        true => grapheme.to_owned(),
        false => grapheme.to_lowercase(),
    };
    let wanted: Vec<String> = word.graphemes(true).map(fold).collect();
    let cells: Vec<(String, usize)> = text.graphemes(true).map(|it| (fold(it), it.width())).collect();
    let mut columns = Vec::new();
    let (mut at, mut column) = (0, 0);
    while !wanted.is_empty() && at + wanted.len() <= cells.len() {
        let here = &cells[at..at + wanted.len()];
        let is_here = here.iter().zip(&wanted).all(|((cell, _), wanted)| cell == wanted);
        let passed = if is_here { wanted.len() } else { 1 };
        let wide: usize = cells[at..at + passed].iter().map(|(_, wide)| wide).sum();
        if is_here {
            columns.push(column..column + wide);
        }
        (at, column) = (at + passed, column + wide);
    }
    columns
}

/// A name in lines of at most `columns`, each as full as it can be: where a line breaks, nothing is lost.
pub fn filled(name: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for grapheme in name.graphemes(true) {
        if used > 0 && used + grapheme.width() > columns {
            lines.push(String::new());
            used = 0;
        }
        used += grapheme.width();
        if let Some(line) = lines.last_mut() {
            line.push_str(grapheme);
        }
    }
    lines
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
    fn cutting_and_wrapping_count_columns() {
        assert_eq!(cut("東京東京", 5, "…"), "東京…");
        assert_eq!(cut("abc", 3, "…"), "abc");
        assert_eq!(cut("abcd", 1, ".."), "a");
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("a\nb", 20), ["a", "b"]);
        assert_eq!(width("لا"), 2, "each letter has its cell");
        assert_eq!(wrap("x", 0), ["x"]);
        assert_eq!(wrap("{\n  \"a\": 1\n}", 20), ["{", "  \"a\": 1", "}"]);
        assert_eq!(wrap("12345 67", 5), ["12345", "67"]);
        assert_eq!(wrap("a  b", 9), ["a  b"]);
        assert_eq!(wrap("  one two", 6), ["  one", "  two"]);
        assert_eq!(filled("ab cd東", 3), ["ab ", "cd", "東"]);
        assert_eq!(wrap("GET https://a/bcd/efg", 10), ["GET", "https://a/", "bcd/efg"]);
    }

    #[test]
    fn words_are_found_in_columns() {
        let table: [(&str, &str, &[(usize, usize)]); 7] = [
            ("core Core", "core", &[(0, 4), (5, 9)]),
            ("core Core", "Core", &[(5, 9)]),
            ("東京の本番", "本", &[(6, 8)]),
            ("aaa", "aa", &[(0, 2)]),
            ("abc", "", &[]),
            ("", "a", &[]),
            ("ÄÖ", "ö", &[(1, 2)]),
        ];
        for (text, word, columns) in table {
            let all: Vec<(usize, usize)> = found(text, word).iter().map(|it| (it.start, it.end)).collect();
            assert_eq!(all, columns, "{word} in {text}");
        }
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
