//! How much room there is, as numbers: both the code that moves a cursor by a page and the code that draws ask here.

/// The size of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Columns.
    pub columns: u16,
    /// Rows.
    pub rows: u16,
    /// Those of them that a banner takes.
    pub banner: u16,
}

/// What is needed to work with it.
pub const NEEDED: Size = Size::of(80, 24);

/// Lines above the body: product, breadcrumb, totals.
pub const ABOVE: u16 = 3;
/// Lines below the body: message, hints.
pub const BELOW: u16 = 2;
/// Lines of a list that are not rows: two borders and the names of the columns.
pub const FRAME: u16 = 3;

/// The classes of size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Room {
    /// Nothing can be drawn but the wish for more.
    TooSmall,
    /// One list and a few lines that explain.
    Narrow,
    /// A list, and details below it.
    Wide,
    /// All of it, side by side.
    Huge,
}

impl Size {
    /// A terminal of this size, without a banner.
    pub const fn of(columns: u16, rows: u16) -> Self {
        Self { columns, rows, banner: 0 }
    }

    /// Lines that a banner may take at most.
    pub fn most_of_banner(self) -> usize {
        if self.rows < 30 { 2 } else { 3 }
    }

    /// The class of this size.
    pub fn room(self) -> Room {
        match self {
            Self { columns, rows, .. } if columns < NEEDED.columns || rows < NEEDED.rows => Room::TooSmall,
            Self { columns, rows, .. } if columns >= 160 && rows >= 45 => Room::Huge,
            Self { columns, rows, .. } if columns >= 100 && rows >= 30 => Room::Wide,
            _ => Room::Narrow,
        }
    }

    /// Lines between the head and the foot.
    pub fn body(self) -> u16 {
        self.rows.saturating_sub(ABOVE + BELOW + self.banner)
    }

    /// Lines of the part below the fleet.
    pub fn below_fleet(self) -> u16 {
        match self.room() {
            Room::TooSmall | Room::Narrow => 4,
            Room::Wide => 10,
            Room::Huge => 14,
        }
    }

    /// Lines of the part below the backups.
    pub fn below_backups(self) -> u16 {
        match self.room() {
            Room::TooSmall | Room::Narrow => 7,
            Room::Wide => 13,
            Room::Huge => 20,
        }
    }

    /// Lines of the part below findings, problems and choices.
    pub fn below_choices(self) -> u16 {
        match self.room() {
            Room::TooSmall | Room::Narrow => 6,
            Room::Wide => 11,
            Room::Huge => 20,
        }
    }

    /// Lines of the part below a comparison.
    pub fn below_parity(self) -> u16 {
        match self.room() {
            Room::TooSmall | Room::Narrow => 7,
            Room::Wide => 12,
            Room::Huge => 16,
        }
    }

    /// Rows of a list whose lower part takes `below` lines.
    pub fn list_rows(self, below: u16) -> usize {
        usize::from(self.body().saturating_sub(below + FRAME))
    }
}
