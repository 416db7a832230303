//! How the backups of each instance were narrowed when they were left: coming back finds them so. Other instances begin
//! as usual, because a filter that was meant for one must hide nothing of another.

use super::{FleetKey, Model};
use crate::console::list::Filter;
use crate::console::saved::Listing;
use crate::domain::storage::BackupAddress;

/// How many instances are remembered.
const KEPT: usize = 50;

/// What was left where.
#[derive(Clone, Debug, Default)]
pub(in crate::console) struct Narrowed(Vec<(FleetKey, Left)>);

/// How a list was left.
#[derive(Clone, Debug)]
pub(in crate::console) struct Left {
    /// Its filter.
    pub(in crate::console) filter: Filter,
    /// Its chosen row.
    pub(in crate::console) cursor: Option<BackupAddress>,
}

impl Narrowed {
    /// Remembers how the backups of an instance are left.
    pub(in crate::console) fn keep(&mut self, key: FleetKey, filter: Filter, cursor: Option<BackupAddress>) {
        self.0.retain(|(known, _)| *known != key);
        if self.0.len() == KEPT {
            self.0.remove(0);
        }
        self.0.push((key, Left { filter, cursor }));
    }

    /// How they were left.
    pub(in crate::console) fn of(&self, key: &FleetKey) -> Option<Left> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, left)| left.clone())
    }
}

impl Model {
    /// The filter that the backups of an instance begin with.
    pub(in crate::console) fn usual_filter(&self) -> Filter {
        let view = self.preferences.views.iter().find(|it| it.name == Listing::Backups.word());
        view.map_or_else(Filter::default, |it| Filter(it.filter.clone()))
    }
}
