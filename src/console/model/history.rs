//! The places where somebody was, as a browser has them: back, forth, and what lies ahead is forgotten as soon as
//! another way is taken.

use super::{FleetKey, Model, Place};

/// How many places are kept in each direction.
pub const KEPT: usize = 50;

/// The places.
#[derive(Clone, Debug, Default)]
pub struct History {
    behind: Vec<Place>,
    ahead: Vec<Place>,
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To where I was before.
    Back,
    /// To where I was when I went back.
    Forth,
}

impl History {
    /// A place is left for another one.
    pub fn leave(&mut self, place: Place) {
        keep(&mut self.behind, place);
        self.ahead.clear();
    }

    /// The next place this way that is still there. Those that are gone are forgotten; where I am is kept on the other
    /// side.
    pub fn turn(&mut self, way: Way, here: Place, is_there: impl Fn(&Place) -> bool) -> Option<Place> {
        let (from, to) = match way {
            Way::Back => (&mut self.behind, &mut self.ahead),
            Way::Forth => (&mut self.ahead, &mut self.behind),
        };
        while let Some(place) = from.pop() {
            if place != here && is_there(&place) {
                keep(to, here);
                return Some(place);
            }
        }
        None
    }

    /// The places behind, the last one at the end.
    pub fn behind(&self) -> &[Place] {
        &self.behind
    }
}

fn keep(places: &mut Vec<Place>, place: Place) {
    if places.last() == Some(&place) {
        return;
    }
    if places.len() == KEPT {
        places.remove(0);
    }
    places.push(place);
}

impl Model {
    /// Whether a place can be gone to: an instance may have been deleted since, and a wizard ends when it is left.
    pub fn is_there(&self, place: &Place) -> bool {
        match place {
            Place::Backups(FleetKey::Strays) => !self.judgement().strays.is_empty(),
            Place::Backups(FleetKey::Instance(id)) | Place::Parity(id) => {
                self.world.inventory.instances.get(id).is_some()
            }
            Place::Wizard(_) => false,
            _ => true,
        }
    }

    /// The places that were left, the last one at the end.
    pub fn history(&self) -> &History {
        &self.history
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n3_back_and_forth_and_another_way() {
        let mut it = History::default();
        it.leave(Place::Fleet);
        it.leave(Place::Operations);
        assert_eq!(it.turn(Way::Back, Place::Problems, |_| true), Some(Place::Operations));
        assert_eq!(it.turn(Way::Back, Place::Operations, |_| true), Some(Place::Fleet));
        assert_eq!(it.turn(Way::Back, Place::Fleet, |_| true), None);
        assert_eq!(it.turn(Way::Forth, Place::Fleet, |_| true), Some(Place::Operations));
        it.leave(Place::Operations);
        assert_eq!(it.turn(Way::Forth, Place::Fleet, |_| true), None, "what lay ahead is forgotten");
    }

    #[test]
    fn n3_what_is_gone_is_skipped_and_no_more_is_kept_than_said() {
        let mut it = History::default();
        for place in [Place::Fleet, Place::Operations, Place::Backups(FleetKey::Strays)] {
            it.leave(place);
        }
        let gone = |place: &Place| !matches!(place, Place::Backups(_));
        assert_eq!(it.turn(Way::Back, Place::Problems, gone), Some(Place::Operations));
        for _ in 0..KEPT {
            it.leave(Place::Fleet);
            it.leave(Place::Problems);
        }
        assert_eq!(it.behind().len(), KEPT);
    }
}
