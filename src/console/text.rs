//! Text in the columns of a terminal. What comes here is visible already, see [`crate::domain::visible`].

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::ops::Range;

use jiff::{SignedDuration, Timestamp};
use smallstr::SmallString;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::filter::has_capital;
use crate::domain::duration::Whole;
use crate::domain::visible;

/// Columns that the text takes: those of its graphemes, because each is drawn into a cell of its own. (The width of a
/// whole text can be less: Arabic letters that are joined.)
pub fn width(text: &str) -> usize {
    match text.is_ascii() {
        true => text.len(),
        false if visible::is_simple(text) => text.chars().count(),
        false => text.graphemes(true).map(UnicodeWidthStr::width).sum(),
    }
}

/// The text cut to `columns`, with `mark` at its end when something was cut.
pub fn cut<'a>(text: &'a str, columns: usize, mark: &str) -> Cow<'a, str> {
    match fitting(text, columns, mark) {
        (kept, "") if kept.len() == text.len() => Cow::Borrowed(text),
        (kept, mark) => Cow::Owned(format!("{kept}{mark}")),
    }
}

/// As much of the text as fits into `columns` with `mark` behind it, and the mark; no mark when nothing was cut.
pub fn fitting<'a, 'b>(text: &'a str, columns: usize, mark: &'b str) -> (&'a str, &'b str) {
    if width(text) <= columns {
        return (text, "");
    }
    let mark = if mark.width() <= columns { mark } else { "" };
    let mut left = columns - mark.width();
    let mut end = 0;
    for grapheme in text.graphemes(true) {
        if grapheme.width() > left {
            break;
        }
        left -= grapheme.width();
        end += grapheme.len();
    }
    (&text[..end], mark)
}

/// The text in lines of at most `columns`, broken between words where that is possible. Line ends in the text are kept,
/// and so is the indentation of a line in those that it is broken into.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for part in text.lines() {
        wrap_line(part, columns, &mut |indent, line| lines.push(format!("{:indent$}{line}", "")));
    }
    lines
}

/// Gives the lines into which one line is broken to `each`, with their indentation: see [`wrap`].
pub fn wrap_line<'a>(part: &'a str, columns: usize, each: &mut impl FnMut(usize, &'a str)) {
    let columns = columns.max(1);
    let words = part.trim_start_matches(' ');
    let indent = (part.len() - words.len()).min(columns / 2);
    // The line under way is `words[start..end]`; `used` counts its indentation too.
    let (mut start, mut end, mut used) = (0, 0, indent);
    for (number, word) in words.split(' ').enumerate() {
        let long = width(word) > columns;
        let mut gap = usize::from(number > 0);
        // A long address is broken behind a slash where that is possible.
        let pieces = word.split_inclusive(move |c| long && matches!(c, '/' | '?' | '&'));
        for piece in pieces.chain(word.is_empty().then_some("")) {
            let at = end + gap;
            if used + gap + width(piece) > columns && !words[start..end].trim().is_empty() {
                each(indent, words[start..end].trim_end());
                (start, used) = (at, indent);
            } else {
                used += gap;
            }
            (end, gap) = (at, 0);
            for grapheme in piece.graphemes(true) {
                if used + grapheme.width() > columns && start < end {
                    each(indent, &words[start..end]);
                    (start, used) = (end, indent);
                }
                end += grapheme.len();
                used += grapheme.width();
            }
        }
    }
    match words[start..end].trim_end() {
        "" => each(0, ""),
        line => each(indent, line),
    }
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

/// What is too short to be worth an allocation.
pub type Short = SmallString<[u8; 32]>;

/// Something short, written.
pub fn short(words: fmt::Arguments<'_>) -> Short {
    let mut short = Short::new();
    // Nothing that is written here refuses to be.
    let _: fmt::Result = short.write_fmt(words);
    short
}

/// Columns that something takes when it is shown, where that is short.
pub fn columns(shown: impl fmt::Display) -> usize {
    width(&short(format_args!("{shown}")))
}

/// What `write` writes, when it is shown and not before.
pub fn told<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result>(write: F) -> Told<F> {
    Told(write)
}

/// See [`told`].
pub struct Told<F>(F);

impl<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result> fmt::Display for Told<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.0)(f)
    }
}

/// An age to the minute: `12m`, `25h10m`, `29d04h`.
pub fn age(duration: SignedDuration) -> Short {
    let minutes = duration.as_mins().max(0);
    let (days, hours) = (minutes / 1_440, minutes / 60);
    match () {
        () if hours >= 48 => short(format_args!("{days}d{:02}h", hours % 24)),
        () if hours >= 1 => short(format_args!("{hours}h{:02}m", minutes % 60)),
        () if minutes >= 1 => short(format_args!("{minutes}m")),
        () => Short::from("<1m"),
    }
}

/// A goal: `24h`, `1h30m`.
pub fn goal(duration: SignedDuration) -> Short {
    short(format_args!("{}", Whole(duration)))
}

/// `12:04Z`.
pub fn clock(at: Timestamp) -> Short {
    short(format_args!("{}", at.strftime("%H:%MZ")))
}

/// `12:04:31Z`.
pub fn clock_to_second(at: Timestamp) -> Short {
    short(format_args!("{}", at.strftime("%H:%M:%SZ")))
}

/// `2026-11-22 10:54Z`.
pub fn day(at: Timestamp) -> Short {
    short(format_args!("{}", at.strftime("%Y-%m-%d %H:%MZ")))
}

/// A moment in few columns: `10:54Z` when it is less than a day away, else `11-22`.
pub fn near(at: Timestamp, now: Timestamp) -> Short {
    let away = at.duration_since(now).abs();
    if away < SignedDuration::from_hours(24) {
        clock(at)
    } else {
        short(format_args!("{}", at.strftime("%m-%d")))
    }
}

/// `11-22 10:54`.
pub fn short_day(at: Timestamp) -> Short {
    short(format_args!("{}", at.strftime("%m-%d %H:%M")))
}

/// `1 backup`, `2 backups`.
pub fn count(number: usize, one: &str) -> Short {
    if number == 1 { short(format_args!("1 {one}")) } else { short(format_args!("{number} {one}s")) }
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
        assert_eq!(wrap("  abcdef  g", 6), ["  abcd", "  ef", "  g"]);
        assert_eq!(wrap("one ", 3), ["one", ""]);
        assert_eq!(wrap("GET https://a/bcd/efg", 10), ["GET", "https://a/", "bcd/efg"]);
    }

    #[test]
    fn words_are_found_in_columns() {
        type Row<'a> = (&'a str, &'a str, &'a [(usize, usize)]);
        let table: [Row<'_>; 7] = [
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
