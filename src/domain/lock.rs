//! Management locks: what an administrator has put on a resource, its group or its subscription.

/// One lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// Its name.
    pub name: String,
    /// `ReadOnly` or `CanNotDelete`, verbatim.
    pub level: String,
    /// Where it was put: it holds there and below.
    pub scope: String,
    /// Why, in the words of who put it.
    pub notes: Option<String>,
}

/// The locks that hold on an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locks {
    /// Those that were seen.
    pub standing: Vec<Lock>,
    /// Where we could not look, and why; `None` when all three levels were seen.
    pub unseen: Option<String>,
}

impl Lock {
    /// Whether it forbids every change, and not only the deletion.
    pub fn is_read_only(&self) -> bool {
        self.level.eq_ignore_ascii_case("ReadOnly")
    }
}
