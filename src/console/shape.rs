//! Which columns a list shows, and in which order. What a column shows is the screen's to know; here it is a name and a
//! place in the screen's own table. Which of the shown ones fit is decided anew for every width.

use std::borrow::Cow;

/// The columns of the fleet, in the order of its screen.
pub const FLEET: [&str; 13] = [
    "state",
    "name",
    "tier",
    "region",
    "rpo",
    "goal",
    "expires",
    "left",
    "points",
    "standby",
    "ready",
    "azure",
    "subscription",
];

/// The columns of the backups, in the order of their screen.
pub const BACKUPS: [&str; 11] =
    ["newest", "name", "taken", "age", "expires", "left", "tier", "known", "size", "location", "fit"];

/// The column without which no row could be told from another.
const FIXED: &str = "name";

/// The columns of one list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    names: &'static [&'static str],
    /// Every column once: its place among the names, and whether it is shown.
    columns: Vec<(usize, Seen)>,
}

/// Whether a column is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It is, where there is room.
    Yes,
    /// It is not.
    No,
}

impl Shape {
    /// Every column, in the usual order.
    pub fn usual(names: &'static [&'static str]) -> Self {
        Self { names, columns: (0..names.len()).map(|place| (place, Seen::Yes)).collect() }
    }

    /// Whether nothing was changed.
    pub fn is_usual(&self) -> bool {
        *self == Self::usual(self.names)
    }

    /// Every column in its order, and whether it is shown.
    pub fn columns(&self) -> impl Iterator<Item = (&'static str, Seen)> {
        self.columns.iter().map(|(place, seen)| (self.names[*place], *seen))
    }

    /// The names of those that are shown.
    pub fn shown(&self) -> Vec<&'static str> {
        self.columns().filter(|(_, seen)| *seen == Seen::Yes).map(|(name, _)| name).collect()
    }

    /// Shows or hides the column in this place of the order. Tells whether it could.
    pub fn toggle(&mut self, at: usize) -> bool {
        let Some((place, seen)) = self.columns.get_mut(at) else { return false };
        if self.names[*place] == FIXED {
            return false;
        }
        *seen = match seen {
            Seen::Yes => Seen::No,
            Seen::No => Seen::Yes,
        };
        true
    }

    /// Moves the column in this place of the order by one. Gives its place then.
    pub fn shift(&mut self, at: usize, by: isize) -> usize {
        let to = at.saturating_add_signed(by.signum());
        if at >= self.columns.len() || to >= self.columns.len() {
            return at;
        }
        self.columns.swap(at, to);
        to
    }

    /// As it was at first.
    pub fn reset(&mut self) {
        *self = Self::usual(self.names);
    }

    /// Shows these columns in this order and no others, but always the name.
    ///
    /// # Errors
    /// The first word that is no column.
    pub fn choose<'a>(&mut self, wanted: &[&'a str]) -> Result<(), &'a str> {
        let mut columns: Vec<(usize, Seen)> = Vec::new();
        for word in wanted {
            let place = self.names.iter().position(|name| name.eq_ignore_ascii_case(word)).ok_or(*word)?;
            if columns.iter().all(|(known, _)| *known != place) {
                columns.push((place, Seen::Yes));
            }
        }
        for (place, name) in self.names.iter().enumerate() {
            match columns.iter().any(|(known, _)| *known == place) {
                true => {}
                false if *name == FIXED => columns.insert(0, (place, Seen::Yes)),
                false => columns.push((place, Seen::No)),
            }
        }
        self.columns = columns;
        Ok(())
    }

    /// The screen's own table, as it is to be shown.
    pub fn of<'a, C: Copy>(&self, table: &'a [C]) -> Cow<'a, [C]> {
        if self.columns.iter().enumerate().all(|(at, column)| *column == (at, Seen::Yes)) {
            return Cow::Borrowed(table);
        }
        let shown = self.columns.iter().filter(|(_, seen)| *seen == Seen::Yes);
        Cow::Owned(shown.filter_map(|(place, _)| table.get(*place).copied()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s4_columns_are_hidden_moved_and_brought_back() {
        let mut it = Shape::usual(&FLEET);
        let table: Vec<usize> = (0..FLEET.len()).collect();
        assert!(matches!(it.of(&table), Cow::Borrowed(_)), "the usual costs nothing");
        assert!(it.toggle(2) && !it.toggle(1), "the name stays");
        assert_eq!(it.of(&table)[..3], [0, 1, 3]);
        assert_eq!((it.shift(3, -1), it.shift(0, -1), it.shift(12, 1)), (2, 0, 12));
        assert_eq!(it.shown()[..3], ["state", "name", "region"]);
        assert!(!it.is_usual());
        it.reset();
        assert!(it.is_usual());
    }

    #[test]
    fn s4_columns_are_chosen_by_name_and_the_name_is_always_there() {
        let mut it = Shape::usual(&BACKUPS);
        assert_eq!(it.choose(&["fit", "SIZE", "fit"]), Ok(()));
        assert_eq!(it.shown(), ["name", "fit", "size"]);
        assert_eq!(it.columns().count(), BACKUPS.len(), "those that are hidden can be shown again");
        assert_eq!(it.choose(&["fit", "colour"]), Err("colour"));
        assert_eq!(it.shown(), ["name", "fit", "size"], "a wrong word changes nothing");
    }
}
