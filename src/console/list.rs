//! A list that remembers *which* row was chosen, not which number it had: cursor, filter, sort, scroll.

pub use super::filter::Filter;

/// The state of one list. `K` identifies a row, `C` names the columns it can be sorted by.
#[derive(Clone, Debug)]
pub struct List<K, C> {
    /// The chosen row; `None` until one was chosen, which means the first.
    pub cursor: Option<K>,
    /// Where the chosen row was last seen: its neighbour takes over when it goes away.
    row: usize,
    /// The first row that was shown last.
    offset: usize,
    /// What is shown.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort<C>,
}

/// An order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort<C> {
    /// The column.
    pub by: C,
    /// Which way.
    pub direction: Direction,
}

/// Which way a list is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Up,
    /// Greatest first.
    Down,
}

/// A step of the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// By rows; negative is up.
    By(isize),
    /// To the first row.
    First,
    /// To the last row.
    Last,
}

/// The part of a list that fits on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first shown row.
    pub offset: usize,
    /// The chosen row; `None` in an empty list.
    pub row: Option<usize>,
}

impl<K: Clone + PartialEq, C: Copy + PartialEq> List<K, C> {
    /// A list in this order.
    pub fn sorted(by: C, direction: Direction) -> Self {
        Self { cursor: None, row: 0, offset: 0, filter: Filter::default(), sort: Sort { by, direction } }
    }

    /// Where the cursor stands among `count` rows and what fits into `height` rows around it.
    pub fn window(&self, count: usize, height: usize, is: impl Fn(usize, &K) -> bool) -> Window {
        let Some(last) = count.checked_sub(1) else { return Window { offset: 0, row: None } };
        let guess = self.row.min(last);
        let row = match &self.cursor {
            None => 0,
            Some(key) if is(guess, key) => guess,
            Some(key) => (0..count).find(|&row| is(row, key)).unwrap_or(guess),
        };
        let height = height.max(1);
        let offset = self.offset.min(count.saturating_sub(height));
        let offset = offset.clamp((row + 1).saturating_sub(height), row);
        Window { offset, row: Some(row) }
    }

    /// Moves the cursor from where [`Self::window`] found it.
    pub fn go<'a>(&mut self, step: Move, window: Window, count: usize, key: impl Fn(usize) -> &'a K)
    where
        K: 'a,
    {
        let (Some(row), Some(last)) = (window.row, count.checked_sub(1)) else { return };
        self.row = match step {
            Move::By(rows) => row.saturating_add_signed(rows).min(last),
            Move::First => 0,
            Move::Last => last,
        };
        self.offset = window.offset;
        // A key takes the room of the one before it.
        match &mut self.cursor {
            Some(cursor) => cursor.clone_from(key(self.row)),
            none => *none = Some(key(self.row).clone()),
        }
    }

    /// Sorts by a column; the same column again turns the order.
    pub fn sort_by(&mut self, column: C) {
        let direction = match self.sort.direction {
            Direction::Up if self.sort.by == column => Direction::Down,
            _ => Direction::Up,
        };
        self.sort = Sort { by: column, direction };
    }

    /// Forgets the cursor: another thing is shown.
    pub fn reset_cursor(&mut self) {
        (self.cursor, self.row, self.offset) = (None, 0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> List<u32, ()> {
        List::sorted((), Direction::Up)
    }

    fn window(list: &List<u32, ()>, rows: &[u32], height: usize) -> Window {
        list.window(rows.len(), height, |row, key| rows[row] == *key)
    }

    #[test]
    fn the_cursor_follows_its_row_and_leaves_it_to_a_neighbour() {
        let mut it = list();
        let rows = [10, 20, 30, 40];
        it.go(Move::By(2), window(&it, &rows, 3), rows.len(), |row| &rows[row]);
        assert_eq!(it.cursor, Some(30));
        assert_eq!(window(&it, &[40, 30, 20, 10], 3).row, Some(1));
        assert_eq!(window(&it, &[10, 20, 40], 3).row, Some(2));
        assert_eq!(window(&it, &[10], 3).row, Some(0));
        assert_eq!(window(&it, &[], 3).row, None);
    }

    #[test]
    fn the_window_holds_the_cursor() {
        let mut it = list();
        let rows: Vec<u32> = (0..100).collect();
        for (step, offset, row) in [
            (Move::By(9), 0, 9),
            (Move::By(1), 1, 10),
            (Move::Last, 90, 99),
            (Move::By(-200), 0, 0),
            (Move::By(-1), 0, 0),
        ] {
            it.go(step, window(&it, &rows, 10), rows.len(), |row| &rows[row]);
            assert_eq!(window(&it, &rows, 10), Window { offset, row: Some(row) });
        }
        assert_eq!(window(&it, &rows, 0).offset, 0);
    }
}
