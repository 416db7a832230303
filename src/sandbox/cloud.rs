//! What all planes share: the world, the scenario and the meters, each behind its own lock.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};

use super::arm::throttle::Meters;
use super::clock::Clock;
use super::conduct::Conduct;
use super::fleet::{self, Founding};
use super::logbook::Logbook;
use super::mischief::Mischief;
use super::scenario::Scenario;
use super::seed::Seed;
use super::server::Options;
use super::world::World;

/// The pretend Azure.
#[derive(Debug)]
pub(crate) struct Cloud {
    pub(crate) clock: Clock,
    pub(crate) seed: Seed,
    pub(crate) conduct: Conduct,
    /// The scenario in one sentence.
    pub(crate) summary: String,
    world: Mutex<World>,
    mischief: Mutex<Mischief>,
    meters: Mutex<Meters>,
    logbook: Mutex<Logbook>,
    half_read: Mutex<HalfRead>,
}

/// Answers of Resource Graph that were not read to their last page.
type HalfRead = BTreeMap<u64, Vec<Map<String, Value>>>;

impl Cloud {
    /// Founds it as the options say. The error is for people.
    pub(crate) fn found(options: &Options) -> Result<Cloud, String> {
        let scenario = Scenario::named(&options.scenario)?;
        let (clock, seed) = (Clock::new(options.speed), Seed(options.seed));
        let world = fleet::found(&Founding {
            seed,
            at: options.founded_at.unwrap_or_else(|| clock.now()),
            conduct: &scenario.conduct,
            instances: options.instances,
            backups: options.backups,
        })?;
        Ok(Cloud {
            clock,
            seed,
            world: Mutex::new(world),
            mischief: Mutex::new(Mischief::new(scenario.faults, clock)),
            meters: Mutex::new(Meters::new(&scenario.conduct)),
            logbook: Mutex::default(),
            half_read: Mutex::default(),
            conduct: scenario.conduct,
            summary: scenario.summary,
        })
    }

    /// The world. Whoever looks first lets it settle.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        locked(&self.world)
    }

    /// The scenario's faults.
    pub(crate) fn mischief(&self) -> MutexGuard<'_, Mischief> {
        locked(&self.mischief)
    }

    /// The throttling meters.
    pub(crate) fn meters(&self) -> MutexGuard<'_, Meters> {
        locked(&self.meters)
    }

    /// The answers that are being read page by page.
    pub(crate) fn half_read(&self) -> MutexGuard<'_, HalfRead> {
        locked(&self.half_read)
    }

    /// The request log.
    pub(crate) fn logbook(&self) -> MutexGuard<'_, Logbook> {
        locked(&self.logbook)
    }
}

/// A panic elsewhere must not take the whole sandbox down: what it guards is still whole enough to answer from.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
