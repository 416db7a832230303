//! The facts about many plans in one sweep over a fleet: what one plan has read of Resource Manager the others share.
//!
//! For looking, not for acting: what passes the gate is judged on facts of its own.

use crate::azure::listing::Listing;
use crate::domain::plan::Plan;
use crate::domain::preflight::Facts;

use super::Engine;

/// One sweep.
pub struct Sweep(Engine);

impl Engine {
    /// Begins a sweep. Everything is read anew, and once.
    pub fn sweep(&self) -> Sweep {
        Sweep(Self { azure: self.azure.sweeping(), ..self.clone() })
    }
}

impl Sweep {
    /// Reads everything that the rules need to judge a plan; see [`Engine::facts`].
    pub async fn facts(&self, plan: &Plan, how: Listing) -> Facts {
        self.0.facts(plan, how, |_| {}).await
    }
}
