//! Saved views: a list with its filter, order and columns under a name. A view named as a list is how that list begins.

use super::list::{Direction, Sort};
use super::model::{BackupColumn, FleetColumn};
use super::shape::{self, Shape};

/// A list that can be narrowed, ordered and shaped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Listing {
    /// The instances.
    #[default]
    Fleet,
    /// The backups of an instance.
    Backups,
}

/// A saved view. What it does not say is as usual.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// What it is called.
    pub name: String,
    /// Of which list.
    pub list: Listing,
    /// What is shown of it.
    pub filter: String,
    /// By which of the list's orders, by their place in [`Listing::orders`].
    pub order: Option<Order>,
    /// Which columns, by name.
    pub columns: Option<Vec<&'static str>>,
}

/// An order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// The place in [`Listing::orders`].
    pub by: usize,
    /// Which way.
    pub direction: Direction,
}

impl Listing {
    /// Every list.
    pub const ALL: [Self; 2] = [Self::Fleet, Self::Backups];

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fleet => "fleet",
            Self::Backups => "backups",
        }
    }

    /// The list of this name.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.word() == word)
    }

    /// The words that it can be ordered by.
    pub fn orders(self) -> Vec<String> {
        let words: Vec<&str> = match self {
            Self::Fleet => FleetColumn::ALL.iter().map(|(_, _, word)| *word).collect(),
            Self::Backups => BackupColumn::ALL.iter().map(|(_, _, word)| *word).collect(),
        };
        words.into_iter().map(str::to_ascii_lowercase).collect()
    }

    /// The names of its columns.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Fleet => &shape::FLEET,
            Self::Backups => &shape::BACKUPS,
        }
    }

    /// An order from words: `rpo`, `rpo down`. Greatest first must be asked for.
    ///
    /// # Errors
    /// What could stand there.
    pub fn order(self, words: &str) -> Result<Order, String> {
        let orders = self.orders();
        let wanted = || format!("{}; with up or down behind it", orders.join(", "));
        let mut words = words.split_whitespace();
        let by = words.next().and_then(|word| orders.iter().position(|own| own.eq_ignore_ascii_case(word)));
        let direction = match words.next() {
            None | Some("up") => Some(Direction::Up),
            Some("down") => Some(Direction::Down),
            Some(_) => None,
        };
        match (by, direction, words.next()) {
            (Some(by), Some(direction), None) => Ok(Order { by, direction }),
            _ => Err(wanted()),
        }
    }

    /// Columns from words, between which are blanks or commas.
    ///
    /// # Errors
    /// The word that is none, and what could stand there.
    pub fn choose(self, words: &[&str]) -> Result<Vec<&'static str>, (String, String)> {
        let mut shape = Shape::usual(self.columns());
        match shape.choose(words) {
            Ok(()) => Ok(shape.shown()),
            Err(word) => Err((word.to_owned(), self.columns().join(", "))),
        }
    }
}

impl Order {
    /// Of the fleet.
    pub fn of_fleet(self) -> Option<Sort<FleetColumn>> {
        FleetColumn::ALL.get(self.by).map(|(by, _, _)| Sort { by: *by, direction: self.direction })
    }

    /// Of the backups.
    pub fn of_backups(self) -> Option<Sort<BackupColumn>> {
        BackupColumn::ALL.get(self.by).map(|(by, _, _)| Sort { by: *by, direction: self.direction })
    }
}

/// The words of an order, as [`Listing::order`] reads them.
pub fn written(word: &str, direction: Direction) -> String {
    let way = if direction == Direction::Down { " down" } else { "" };
    format!("{}{way}", word.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_and_columns_are_read_or_told_what_they_could_be() {
        let table = [
            ("rpo", Some(("RPO", Direction::Up))),
            ("RPO down", Some(("RPO", Direction::Down))),
            ("ready up", Some(("READY", Direction::Up))),
            ("", None),
            ("size", None),
            ("rpo sideways", None),
            ("rpo down down", None),
        ];
        for (words, wanted) in table {
            let read = Listing::Fleet.order(words);
            let found =
                read.as_ref().ok().and_then(|it| it.of_fleet()).map(|it| (it.by.word(), it.direction));
            assert_eq!(found, wanted, "{words}");
            assert!(read.is_ok() || read.unwrap_err().contains("expires, state, name"));
        }
        assert_eq!(Listing::Backups.order("size down").unwrap().of_backups().unwrap().by, BackupColumn::Size);
        assert_eq!(written("RPO", Direction::Down), "rpo down");
        let wrong = Listing::Backups.choose(&["fit", "rpo"]).unwrap_err();
        assert_eq!((wrong.0.as_str(), wrong.1.contains("taken, age")), ("rpo", true));
    }
}
