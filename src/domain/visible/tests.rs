use std::collections::HashMap;

use super::*;
use crate::trials::{Chance, seeds, trials};

#[path = "../../../tests/support/hostile.rs"]
mod hostile;

/// The text that a rendering stands for.
fn read_back(shown: &str) -> String {
    let mut text = String::new();
    let mut rest = shown;
    while let Some(at) = rest.find("<U+") {
        let (before, code) = rest.split_at(at);
        let end = code.find('>').unwrap();
        text.push_str(before);
        text.push(char::from_u32(u32::from_str_radix(&code[3..end], 16).unwrap()).unwrap());
        rest = &code[end + 1..];
    }
    text + rest
}

fn text_of(chance: &mut Chance) -> String {
    hostile::text(|end| chance.below(end))
}

#[test]
fn what_hides_is_written_out() {
    let table = [
        ("apim-core", "apim-core"),
        ("a\u{202e}b", "a<U+202E>b"),
        ("a\u{200b}\u{7}\n", "a<U+200B><U+0007><U+000A>"),
        ("\u{1b}[31mred", "<U+001B>[31mred"),
        ("\u{9b}2J", "<U+009B>2J"),
        ("Zürich 東京", "Zürich 東京"),
        ("a<U+202E>b", "a<U+003C>U+202E>b"),
        ("a\u{a0}b\u{3000}c\u{2800}", "a<U+00A0>b<U+3000>c<U+2800>"),
        ("\u{e0041}\u{fe0f}\u{115f}\u{ad}", "<U+E0041><U+FE0F><U+115F><U+00AD>"),
        ("👍\u{1f3fd}", "👍<U+1F3FD>"),
    ];
    for (given, shown) in table {
        assert_eq!(text(given), shown);
    }
}

#[test]
fn what_unicode_holds_for_the_same_is_told_apart() {
    assert_eq!(text("Gr\u{fc}\u{df}e"), "Grüße");
    assert_eq!(text("Gru\u{308}\u{df}e"), "Gru<U+0308>ße");
    assert_eq!(text("\u{212b}\u{c5}"), "<U+212B>Å");
    assert_eq!(text("\u{1112}\u{1161}\u{11ab}"), "<U+1112><U+1161><U+11AB>");
    assert_eq!(text("\u{d55c}"), "한");
    // Thai and Hindi have no composed form.
    assert_eq!(text("ที่नि"), "ที่नि");
    // Two orders of the same marks.
    assert_ne!(text("a\u{323}\u{302}"), text("a\u{302}\u{323}"));
}

#[test]
fn a_mark_needs_a_letter_and_a_letter_bears_few() {
    assert_eq!(text("\u{30d}a"), "<U+030D>a");
    assert_eq!(text("a \u{30d}"), "a <U+030D>");
    assert_eq!(text("q\u{30d}\u{30d}\u{30d}\u{30d}\u{30d}"), "q\u{30d}\u{30d}\u{30d}\u{30d}<U+030D>");
}

#[test]
fn blanks_that_nobody_would_see_are_written_out_in_names() {
    assert_eq!(name("my backup"), "my backup");
    assert_eq!(name(" a"), "<U+0020>a");
    assert_eq!(name("a "), "a<U+0020>");
    assert_eq!(name("a  b"), "a <U+0020>b");
    assert_eq!(name("  "), "<U+0020><U+0020>");
    assert_eq!(name("a…"), "a<U+2026>");
    assert_eq!(lines("  a  b\nc \r\n"), "  a  b\nc <U+000D>\n");
    assert_eq!(lines("a  "), "a<U+0020><U+0020>");
}

#[test]
fn v4_ascii_needs_no_glyph() {
    assert_eq!(ascii(&name("Zürich…")), "Z<U+00FC>rich<U+2026>");
    assert_eq!(ascii("Zurich"), "Zurich");
}

#[test]
fn whatever_the_text_is_it_can_be_read_back_and_nothing_hides() {
    let (count, all) = (trials(20_000, 1_000_000), seeds(4));
    let (mut distinct, mut told) = (0, 0);
    for &seed in &all {
        let mut chance = Chance::new(seed);
        let mut seen = HashMap::new();
        for _ in 0..count / all.len() as u64 {
            let given = text_of(&mut chance);
            for shown in [text(&given), name(&given), lines(&given).into(), ascii(&name(&given))] {
                assert_eq!(read_back(&shown), given, "{shown}");
                assert!(!shown.contains(|c| c != '\n' && is_hidden(c)), "{shown:?}");
            }
            // What a reader takes for the same: the composed form, without the blanks around it.
            let shown = name(&given);
            let looks = ComposingNormalizerBorrowed::new_nfc().normalize(shown.trim()).into_owned();
            told += 1;
            match seen.insert(looks, given.clone()) {
                Some(other) => assert_eq!(other, given, "two names look the same"),
                None => distinct += 1,
            }
        }
    }
    println!("{told} texts, {distinct} of them distinct, seeds {all:?}");
}

#[test]
fn json_stays_the_same_json() {
    let seeds = seeds(2);
    let count = trials(2_000, 100_000);
    for &seed in &seeds {
        let mut chance = Chance::new(seed);
        for _ in 0..count {
            let given = serde_json::json!({ "name": text_of(&mut chance), text_of(&mut chance): [1, null] });
            let plain = given.to_string();
            let shown = json(&plain);
            assert!(!shown.contains(is_hidden), "{shown:?}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), given);
        }
    }
    assert_eq!(json("\"\u{9b}\u{7f}\u{e0041}\u{2028}ü\""), "\"\\u009b\\u007f\\udb40\\udc41\\u2028ü\"");
    println!("{count} documents, seeds {seeds:?}");
}
