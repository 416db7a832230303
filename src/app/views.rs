//! Saved views become what the console can show: each word is looked up among those that its list knows.

use crate::console::saved::{Listing, View};
use crate::domain::problem::Problem;
use crate::settings::views::{self, Placed};

/// The views that can be shown, and what of them cannot.
pub(super) fn read(written: &[views::View]) -> (Vec<View>, Vec<Problem>) {
    let mut problems = Vec::new();
    let views = written.iter().filter_map(|view| one(view, &mut problems)).collect();
    (views, problems)
}

fn one(written: &views::View, problems: &mut Vec<Problem>) -> Option<View> {
    let name = &written.name;
    let mut wrong = |key: &str, word: &Placed, wanted: &str| {
        problems.push(
            Problem::usage(format!(
                "Configuration, line {}: views.{name}.{key} = {} cannot be used",
                word.line,
                shown(&word.text)
            ))
            .meaning("This is left out; the rest of the file is used")
            .next(format!("Use {wanted}"))
            .about(format!("{}:{}", written.file.display(), word.line)),
        );
    };
    // A view named as a list is of that list, whatever it does not say.
    let by_name = Listing::named(name);
    let list = match &written.list {
        None => by_name.unwrap_or_default(),
        Some(word) => match Listing::named(&word.text) {
            Some(list) if by_name.is_none_or(|own| own == list) => list,
            Some(_) => {
                wrong("list", word, &format!("{name}, or another name for the view"));
                return None;
            }
            None => {
                wrong("list", word, "one of: fleet, backups");
                return None;
            }
        },
    };
    let order = written.sort.as_ref().and_then(|word| {
        list.order(&word.text).map_err(|wanted| wrong("sort", word, &format!("one of: {wanted}"))).ok()
    });
    let columns = written.columns.as_ref().map(|words| {
        let is_column = |word: &&Placed| list.choose(&[&word.text]).is_ok();
        for word in words.iter().filter(|word| !is_column(word)) {
            wrong("columns", word, &format!("some of: {}", list.columns().join(", ")));
        }
        let known: Vec<&str> = words.iter().filter(is_column).map(|word| word.text.as_str()).collect();
        list.choose(&known).unwrap_or_default()
    });
    Some(View {
        name: name.clone(),
        list,
        filter: written.filter.clone().unwrap_or_default(),
        order,
        columns: columns.filter(|columns| !columns.is_empty()),
    })
}

/// A word as it may be repeated: what is long is no misspelt word, and may be a key that stands there by mistake.
fn shown(word: &str) -> String {
    match word.chars().count() {
        0..=20 => format!("\"{word}\""),
        count => format!("(a text of {count} characters)"),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::console::list::Direction;
    use crate::console::model::BackupColumn;

    fn placed(text: &str, line: usize) -> Placed {
        Placed { text: text.to_owned(), line }
    }

    fn empty(name: &str) -> views::View {
        views::View {
            name: name.to_owned(),
            file: PathBuf::from("config.toml"),
            list: None,
            filter: None,
            sort: None,
            columns: None,
        }
    }

    #[test]
    fn c4_a_view_is_read_whole() {
        let written = views::View {
            list: Some(placed("backups", 2)),
            filter: Some("state:usable".to_owned()),
            sort: Some(placed("size down", 4)),
            columns: Some(vec![placed("fit", 5), placed("size", 5)]),
            ..empty("big")
        };
        let (views, problems) = read(&[written, empty("fleet"), empty("backups")]);
        assert!(problems.is_empty(), "{problems:?}");
        let order = views[0].order.and_then(|it| it.of_backups()).unwrap();
        assert_eq!((order.by, order.direction), (BackupColumn::Size, Direction::Down));
        assert_eq!(views[0].columns.as_deref(), Some(&["name", "fit", "size"][..]));
        assert_eq!([views[1].list, views[2].list], [Listing::Fleet, Listing::Backups]);
    }

    #[test]
    fn c4_what_cannot_be_used_is_told_with_its_line_and_what_could_stand_there() {
        let table = [
            (views::View { list: Some(placed("wall", 3)), ..empty("a") }, 3, "one of: fleet, backups"),
            (views::View { list: Some(placed("backups", 3)), ..empty("fleet") }, 3, "another name"),
            (views::View { sort: Some(placed("size", 7)), ..empty("a") }, 7, "expires, state, name"),
            (views::View { sort: Some(placed("rpo sideways", 7)), ..empty("a") }, 7, "up or down"),
            (
                views::View { columns: Some(vec![placed("rpo", 9), placed("colour", 10)]), ..empty("a") },
                10,
                "state, name, tier",
            ),
        ];
        for (written, line, words) in table {
            let (views, problems) = read(std::slice::from_ref(&written));
            assert_eq!(problems.len(), 1, "{written:?}");
            assert_eq!(problems[0].scope.as_deref(), Some(format!("config.toml:{line}").as_str()));
            assert!(problems[0].next.as_ref().unwrap().contains(words), "{problems:?}");
            assert_eq!(views.is_empty(), written.list.is_some(), "the rest is used: {written:?}");
        }
        let long = views::View { sort: Some(placed(&"k".repeat(88), 1)), ..empty("a") };
        let (_, problems) = read(&[long]);
        assert!(!problems[0].to_string().contains("kkk") && problems[0].summary.contains("88 characters"));
    }
}
