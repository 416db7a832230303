//! What is looked for: the filter of a list, the words of a text, and how many there are.

use lifeboat::console::Msg;

use super::grammar::full;
use super::stage::{self, Stage};

#[test]
fn f1_the_filter_is_always_seen_with_its_count() {
    let mut stage = full(80, 24);
    stage.press("/-core");
    assert!(stage.screen().contains("filter /-core   2/11"), "{}", stage.screen());
    for keys in ["<Enter>", "?", "<Esc>s", "<Esc>x", "<Esc>a", "<Esc>:", "<Esc>j", "4[", "<Enter>q"] {
        stage.press(keys);
        assert!(stage.screen().contains("filter /-core   2/11"), "after {keys}\n{}", stage.screen());
    }
    stage.press("<Esc>");
    assert!(stage.screen().contains("11/11"), "{}", stage.screen());
    stage.press("/~cpd<Enter>");
    assert_eq!(stage.model.fleet_rows().len(), 1, "{}", stage.screen());
    stage.press("/<C-u>name:core Tier:x<Enter>");
    assert!(stage.screen().contains("0/11"), "{}", stage.screen());
}

/// A text that is read, and the keys that lead there.
const TEXTS: [(&str, &str, &str); 5] = [
    ("?", "help", "the"),
    ("!<Enter>", "problem", "r"),
    ("/core-p<Enter><Enter><Enter>", "cell", "backup"),
    ("4z", "pane", "it"),
    ("49z", "log", "apim"),
];

#[test]
fn f3_words_are_found_in_every_text_with_their_count() {
    for (way, name, word) in TEXTS {
        let mut stage = full(80, 24);
        stage.wall();
        stage.tell(Msg::Trouble(stage::hr_problem()));
        stage.press(way);
        search(&mut stage, name, word);
    }
    let mut stage = full(80, 24);
    stage.check_a_restore();
    stage.answer(|_| {});
    stage.press("<Enter>");
    search(&mut stage, "evidence", "it");
}

fn counted(stage: &Stage) -> (usize, usize) {
    let screen = stage.screen();
    let is_count = |word: &str| {
        let (at, all) = word.split_once('/')?;
        Some((at.parse().ok()?, all.parse().ok()?))
    };
    let lines: Vec<&str> = screen.lines().rev().take(7).collect();
    let found = lines.iter().flat_map(|line| line.split_whitespace()).find_map(is_count);
    found.unwrap_or_else(|| panic!("no count\n{screen}"))
}

fn search(stage: &mut Stage, name: &str, word: &str) {
    stage.press(&format!("/{word}"));
    let (first, all) = counted(stage);
    assert!(first == 1 && all > 1, "{name}: {first}/{all}\n{}", stage.screen());
    stage.press("<Enter>");
    for wanted in (2..=all).chain([1]) {
        stage.press("n");
        assert_eq!(counted(stage), (wanted, all), "{name}\n{}", stage.screen());
        let (_, row) = stage.cursor();
        let line = stage.screen().lines().nth(usize::from(row)).unwrap().to_lowercase();
        assert!(line.contains(word), "{name}: the cursor stands on {line}\n{}", stage.screen());
    }
    stage.press("N");
    assert_eq!(counted(stage), (all, all), "{name}");
    stage.press("/zzzz");
    assert!(stage.screen().contains("not found"), "{name}\n{}", stage.screen());
    stage.press("<Esc>");
    let open = stage.screen();
    stage.press(&format!("/{word}<Enter><Esc>"));
    assert!(!stage.screen().contains("Esc clears"), "{name}: Esc clears the search first\n{open}");
    assert!(stage.model.text().is_some(), "{name}");
    stage.press("<Esc>");
    assert!(stage.model.text().is_none(), "{name}: then it closes the text");
    println!("F3: {name}: {all} lines have '{word}'");
}
