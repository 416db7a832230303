//! Text that others wrote, as it may be shown: on the screen, in a verb's table, in the log.
//!
//! Two promises. Nothing of it acts on a terminal: what moves the cursor, turns the direction of writing or takes no
//! room is written out as `<U+202E>`. And texts that differ are shown differently: each of these functions can be
//! undone, because a `<U+` that stands in the text itself has its `<` written out too. Where Unicode holds two texts
//! for the same (`é` as one character or as two), only the composed one (NFC) is shown as it is.
//!
//! Not promised: that letters which look alike (Latin `a`, Cyrillic `а`) are told apart, nor in which order a terminal
//! draws the letters of a script that runs from right to left.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::props::{
    BinaryProperty, DefaultIgnorableCodePoint, EmojiModifier, EnumeratedProperty, GeneralCategory,
    RegionalIndicator,
};

/// Marks that one letter may bear. More of them are drawn over the lines above and below.
const MARKS: usize = 4;

/// The signs of the console.
const SIGNS: [char; 14] = ['✓', '▲', '●', '▶', '◌', '–', '›', '‹', '…', '→', '↑', '↓', '◆', '·'];

/// The sign that the console sets where a name was cut. In a name it is written out.
const CUT: char = '…';

/// The text in one line: line breaks and tabs are written out too.
pub fn text(text: &str) -> Cow<'_, str> {
    written(text, |_, _| false)
}

/// A name. Blanks that nobody would see (at its ends, or after another blank) are written out too, and so is the sign
/// that stands where a name is cut.
pub fn name(name: &str) -> Cow<'_, str> {
    let end = name.trim_end_matches(' ').len();
    written(name, |at, c| match c {
        ' ' => at >= end || at == 0 || name.as_bytes().get(at - 1) == Some(&b' '),
        other => other == CUT,
    })
}

/// Several lines of prose. Line breaks and blanks stay, but for blanks at the end of a line.
pub fn lines(text: &str) -> String {
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// One line of prose.
pub fn line(line: &str) -> Cow<'_, str> {
    let end = line.trim_end_matches(' ').len();
    written(line, |at, c| c == ' ' && at >= end)
}

/// The same JSON, with every hidden character in its strings as `\u202e`: read by a program it is what it was, and in a
/// terminal it does nothing.
pub fn json(json: &str) -> Cow<'_, str> {
    // JSON escapes the controls of ASCII itself; outside of its strings it has line feeds at most.
    if is_simple(json) || !json.contains(|c| c != '\n' && is_hidden(c)) {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if c != '\n' && is_hidden(c) {
            let units = &mut [0; 2];
            for unit in c.encode_utf16(units) {
                shown.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// What is left of a visible text beyond ASCII, written out as well: for terminals that cannot draw it.
pub fn ascii(shown: &str) -> Cow<'_, str> {
    if shown.is_ascii() {
        return Cow::Borrowed(shown);
    }
    let mut plain = String::with_capacity(shown.len() + 16);
    for c in shown.chars() {
        if c.is_ascii() { plain.push(c) } else { write_out(c, &mut plain) }
    }
    Cow::Owned(plain)
}

/// Whether a terminal would obey the character, or show nothing that tells it from another one.
pub fn is_hidden(c: char) -> bool {
    use GeneralCategory as Category;
    if matches!(c, ' '..='~') {
        return false;
    }
    let hides = matches!(
        Category::for_char(c),
        Category::Control
            | Category::Format
            | Category::LineSeparator
            | Category::ParagraphSeparator
            | Category::PrivateUse
            | Category::SpaceSeparator
            | Category::Surrogate
            | Category::Unassigned
    );
    // Two symbols that are drawn as a blank; two kinds that change the picture and the width of their neighbour.
    hides
        || matches!(c, '\u{2800}' | '\u{1d159}')
        || DefaultIgnorableCodePoint::for_char(c)
        || EmojiModifier::for_char(c)
        || RegionalIndicator::for_char(c)
}

/// Whether the text has only printable ASCII, lines, blocks and the signs of the console: letters that are what they are,
/// join with no other, and take one column each.
pub fn is_simple(text: &str) -> bool {
    let is_ascii = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    is_ascii || text.chars().all(|c| matches!(c, ' '..='~' | '\u{2500}'..='\u{259f}') || SIGNS.contains(&c))
}

/// Writes out what is hidden and what `also` asks for, given its place.
fn written(text: &str, also: impl Fn(usize, char) -> bool) -> Cow<'_, str> {
    let is_ours = |at: usize| text.get(at..).is_some_and(|rest| rest.starts_with("<U+"));
    if is_simple(text)
        && !(text.contains('<') && text.contains("<U+"))
        && !text.char_indices().any(|(at, c)| also(at, c))
    {
        return Cow::Borrowed(text);
    }
    let composing = ComposingNormalizerBorrowed::new_nfc();
    let is_composed = composing.is_normalized(text);
    // Most texts are shown as they are: only one in which something is written out is copied.
    let mut copy: Option<String> = None;
    // How many marks the letter before bears; none is borne where there is no letter.
    let mut bears = None;
    for (at, c) in text.char_indices() {
        let mark = is_mark(c);
        let is_loose = mark && (!is_composed || bears.is_none_or(|marks| marks >= MARKS));
        let is_other = !is_composed && (is_jamo(c) || !composing.is_normalized(c.encode_utf8(&mut [0; 4])));
        if is_hidden(c) || is_loose || is_other || is_ours(at) || also(at, c) {
            let before = || {
                let mut copy = String::with_capacity(text.len() + 16);
                copy.push_str(text.get(..at).unwrap_or_default());
                copy
            };
            write_out(c, copy.get_or_insert_with(before));
            bears = None;
        } else {
            if let Some(copy) = &mut copy {
                copy.push(c);
            }
            bears = match bears {
                Some(marks) if mark => Some(marks + 1),
                _ => (c != ' ').then_some(0),
            };
        }
    }
    copy.map_or(Cow::Borrowed(text), Cow::Owned)
}

fn write_out(c: char, shown: &mut String) {
    shown.push_str(&format!("<U+{:04X}>", u32::from(c)));
}

fn is_mark(c: char) -> bool {
    use GeneralCategory as Category;
    !c.is_ascii()
        && matches!(
            Category::for_char(c),
            Category::NonspacingMark | Category::SpacingMark | Category::EnclosingMark
        )
}

/// The letters of which Korean syllables are composed.
fn is_jamo(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{a960}'..='\u{a97f}' | '\u{d7b0}'..='\u{d7ff}')
}

#[cfg(test)]
mod tests;
