//! What asks for attention whatever the screen: problems that nobody has read, a sign-in that ends.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{Model, Place};
use crate::console::effect::Effect;
use crate::console::update::refresh;
use crate::console::world::Trouble;
use crate::console::world::inventory::Reading;

/// This long before its end a token is renewed by whoever asks for one.
const RENEWAL: SignedDuration = SignedDuration::from_mins(5);
/// How often it is asked then.
const ASKED: SignedDuration = SignedDuration::from_mins(1);

/// What was read, and what was asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Attention {
    /// When the problems were last looked at.
    read_at: Option<Timestamp>,
    /// What was read then. The inventory is told of the same trouble with every reading.
    known: BTreeSet<(String, Option<String>)>,
    /// When it was last asked how long the sign-in lasts.
    asked_at: Option<Timestamp>,
}

fn gist(trouble: &Trouble) -> (String, Option<String>) {
    (trouble.problem.summary.clone(), trouble.problem.scope.clone())
}

impl Model {
    /// How many problems nobody has looked at yet.
    pub fn unread(&self) -> usize {
        let attention = &self.attention;
        let later = |it: &&Trouble| attention.read_at.is_none_or(|read| it.at > read);
        let new = |it: &&Trouble| !attention.known.contains(&gist(it));
        let of_inventory = self.world.inventory.problems.iter().filter(later).filter(new).count();
        of_inventory + self.world.troubles.iter().filter(later).count()
    }

    /// What is on the screen was seen.
    pub(in crate::console) fn problems_seen(&mut self) {
        if *self.place() == Place::Problems && self.overlay.is_none() {
            self.attention.read_at = Some(self.now());
            self.attention.known = self.world.inventory.problems.iter().map(gist).collect();
        }
    }

    /// What is due by the clock: another try of a network that was down, a look at a sign-in that ends.
    pub(in crate::console) fn due(&mut self) -> Vec<Effect> {
        let now = self.now();
        let mut effects = Vec::new();
        let running = matches!(self.world.inventory.reading, Reading::Running { .. });
        if !running && self.world.outage.as_ref().is_some_and(|it| now >= it.next_at) {
            effects.extend(refresh(self));
        }
        let ends = self.world.sign_in.as_ref().is_some_and(|it| it.until.duration_since(now) < RENEWAL);
        let asked = self.attention.asked_at.is_some_and(|at| now.duration_since(at) < ASKED);
        if ends && !asked {
            self.attention.asked_at = Some(now);
            effects.push(Effect::AskSignIn);
        }
        effects
    }
}
