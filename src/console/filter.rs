//! What is shown of a list, as a person writes it. A word that is half typed, such as `!` or `tier:`, hides nothing yet:
//! the list does not flicker while somebody types.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

/// What is shown of a list: every word must match. `!word` must not match, `column:word` looks in one column, `~word`
/// wants its letters in this order in the first column, and letter case counts as soon as a capital is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter(pub String);

/// One word of a filter, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Term<'a> {
    wanted: bool,
    loosely: bool,
    column: Option<&'a str>,
    value: &'a str,
}

impl<'a> Term<'a> {
    /// Takes a word apart. A name before a colon that is no column is part of the word.
    fn of(word: &'a str, is_column: impl Fn(&str) -> bool) -> Self {
        let (wanted, word) = word.strip_prefix('!').map_or((true, word), |rest| (false, rest));
        let (before, word) = loosely(word);
        let (column, word) = match word.split_once(':').filter(|(name, _)| is_column(name)) {
            Some((name, value)) => (Some(name), value),
            None => (None, word),
        };
        let (behind, value) = loosely(word);
        Self { wanted, loosely: before || behind, column, value }
    }

    fn is_found_in(&self, row: &[(&str, Cow<'_, str>)]) -> bool {
        let fits = |text: &str| match self.loosely {
            true => has_in_order(text, self.value),
            false => contains(text, self.value),
        };
        match (self.column, self.loosely) {
            (Some(name), _) => row.iter().any(|(own, text)| *own == name && fits(text)),
            // Spread over every column, a few letters would find nearly everything.
            (None, true) => row.first().is_some_and(|(_, text)| fits(text)),
            (None, false) => row.iter().any(|(_, text)| fits(text)),
        }
    }
}

fn loosely(word: &str) -> (bool, &str) {
    word.strip_prefix('~').map_or((false, word), |rest| (true, rest))
}

impl Filter {
    /// Whether anything is filtered.
    pub fn is_active(&self) -> bool {
        !self.0.trim().is_empty()
    }

    /// Whether it asks for this column by its name.
    pub fn names(&self, column: &str) -> bool {
        self.0.split_whitespace().any(|word| Term::of(word, |name| name == column).column.is_some())
    }

    /// Whether a row with these columns is shown. The first column is the one that a row is called by.
    pub fn shows(&self, row: &[(&str, Cow<'_, str>)]) -> bool {
        self.0.split_whitespace().all(|word| {
            let term = Term::of(word, |name| row.iter().any(|(own, _)| *own == name));
            term.value.is_empty() || term.is_found_in(row) == term.wanted
        })
    }
}

/// Whether `word` stands in `text`; letter case counts as soon as the word has a capital.
pub fn contains(text: &str, word: &str) -> bool {
    if has_capital(word) { text.contains(word) } else { text.to_lowercase().contains(&word.to_lowercase()) }
}

/// Whether a word has a capital.
pub fn has_capital(word: &str) -> bool {
    word.chars().any(char::is_uppercase)
}

/// Whether the letters of `word` stand in `text` in this order, whatever lies between. A letter is what a person takes
/// for one, its accents included.
fn has_in_order(text: &str, word: &str) -> bool {
    let fold = |text: &str| if has_capital(word) { text.to_owned() } else { text.to_lowercase() };
    let (text, word) = (fold(text), fold(word));
    let mut letters = text.graphemes(true);
    word.graphemes(true).all(|wanted| letters.any(|letter| letter == wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f1_words_exceptions_columns_and_capitals() {
        let row = [
            ("name", Cow::from("apim-Core-prod")),
            ("region", Cow::from("westeurope")),
            ("state", Cow::from("ok")),
        ];
        let table = [
            ("", true),
            ("   ", true),
            ("core west", true),
            ("west core", true),
            ("core east", false),
            ("!east", true),
            ("!west", false),
            ("!east !north", true),
            ("!east core", true),
            ("!east dr", false),
            ("region:core", false),
            ("region:west", true),
            ("name:core", true),
            ("!name:core", false),
            ("!region:core", true),
            ("region:west name:core", true),
            ("region:west name:billing", false),
            ("Core", true),
            ("CORE", false),
            ("!CORE", true),
            ("name:Core", true),
            ("name:cORE", false),
            ("odd:core", false),
            ("!odd:core", true),
            // Half typed.
            ("!", true),
            ("~", true),
            ("!~", true),
            ("name:", true),
            ("!name:", true),
            ("name:~", true),
        ];
        for (text, shown) in table {
            assert_eq!(Filter(text.to_owned()).shows(&row), shown, "{text}");
        }
        println!("F1: {} filters", table.len());
    }

    #[test]
    fn f2_a_few_letters_find_a_name_only_when_it_is_asked_for() {
        let row = [("name", Cow::from("apim-Core-prod")), ("region", Cow::from("westeurope"))];
        let table = [
            ("acp", false),
            ("~acp", true),
            ("~apimcoreprod", true),
            ("~pca", false),
            ("~aCp", true),
            ("~aCP", false),
            ("!~acp", false),
            ("!~xyz", true),
            ("~wte", false),
            ("region:~wte", true),
            ("~region:wte", true),
            ("region:~etw", false),
            ("!region:~wte", false),
            ("~acp west", true),
            ("~acp east", false),
        ];
        for (text, shown) in table {
            assert_eq!(Filter(text.to_owned()).shows(&row), shown, "{text}");
        }
    }

    #[test]
    fn f2_letters_of_every_script_are_whole() {
        let table = [
            ("東京-本番", "~東本", true),
            ("東京-本番", "~本東", false),
            ("Ångström", "~åt", true),
            // The ring belongs to its letter: without it, it is another one.
            ("A\u{30a}ngström", "~an", false),
            ("A\u{30a}ngström", "~a\u{30a}t", true),
            ("İstanbul", "~st", true),
            ("straße", "~ß", true),
            ("👩\u{200d}🚒-apim", "~👩\u{200d}🚒a", true),
            ("👩\u{200d}🚒-apim", "~🚒", false),
            ("ΣΊΣΥΦΟΣ", "~σφ", true),
        ];
        for (name, text, shown) in table {
            let row = [("name", Cow::from(name))];
            assert_eq!(Filter(text.to_owned()).shows(&row), shown, "{name} {text}");
        }
    }

    #[test]
    fn a_column_that_costs_is_asked_for_by_its_name_only() {
        for (text, named) in [
            ("ready:ok", true),
            ("!ready:ok", true),
            ("~ready:ok", true),
            ("!~ready:ok", true),
            ("ready", false),
            ("readyx:ok", false),
            ("core ready:", true),
        ] {
            assert_eq!(Filter(text.to_owned()).names("ready"), named, "{text}");
        }
    }
}
