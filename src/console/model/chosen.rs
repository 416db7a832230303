//! What the cursor is on, where no list of its own says it.

use super::Model;
use crate::domain::operation::Operation;

impl Model {
    /// The operation that the cursor of the wall is on.
    pub fn operation_chosen(&self) -> Option<&Operation> {
        let all = self.world.operations();
        let chosen = all.iter().find(|it| Some(it.operation.id()) == self.wall.cursor);
        chosen.or(all.first()).map(|it| &it.operation)
    }
}
