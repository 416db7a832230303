//! Where requests wait for the budget.
//!
//! Whoever comes in turn stands in one queue per account, so that a thousand waiting readings are one timer and leave
//! in the order in which they came. Whoever is ahead passes by the queue. A deadline of Azure's holds for all of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, sleep};

use super::budget::{Budget, Haste, Meter, Said, Wait};
use super::error::{AzureError, Plane};
use super::http::Ask;
use super::retry::PATIENCE;
use super::tally::Tally;
use super::transport::Line;
use crate::domain::glance::Quota;

/// The gate that everything to Resource Manager passes.
pub(crate) struct Gate {
    budget: Mutex<Budget>,
    queues: Mutex<HashMap<Meter, Arc<tokio::sync::Mutex<()>>>>,
    opened: Instant,
    tally: Mutex<Tally>,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self {
            budget: Mutex::default(),
            queues: Mutex::default(),
            opened: Instant::now(),
            tally: Mutex::default(),
        }
    }

    /// Waits until a request may leave.
    ///
    /// # Errors
    /// [`AzureError::Throttled`] when that is too far away to wait for; at once for the request that starts something.
    pub(crate) async fn pass(&self, ask: &Ask, line: Line) -> Result<(), AzureError> {
        let Some(meter) = meter(ask) else { return Ok(()) };
        if line == Line::Own {
            let taken = self.with(|budget, now| budget.take_at_once(&meter, now));
            return taken.map_err(|left| throttled(ask, left));
        }
        let _turn = match ask.haste {
            Haste::Ahead => None,
            Haste::InTurn => Some(self.queue(&meter).lock_owned().await),
        };
        loop {
            match self.with(|budget, now| budget.take(&meter, ask.haste, now)) {
                Ok(()) => return Ok(()),
                Err(Wait::Deadline(left)) if left > PATIENCE => return Err(throttled(ask, left)),
                Err(Wait::Deadline(left) | Wait::Refill(left)) => sleep(left).await,
            }
        }
    }

    /// Learns from an answer that came at this moment.
    pub(crate) fn heard(&self, ask: &Ask, status: u16, said: Said, at: Timestamp) {
        if let Some(meter) = meter(ask) {
            self.with(|budget, now| budget.heard(&meter, said, now));
            let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
            tally.heard(&meter, status, said, (self.opened.elapsed(), at));
        }
    }

    /// What the answers so far come to.
    pub(crate) fn quota(&self, at: Timestamp) -> Quota {
        let tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.quota((self.opened.elapsed(), at))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Budget, Duration) -> T) -> T {
        let now = self.opened.elapsed();
        act(&mut self.budget.lock().unwrap_or_else(PoisonError::into_inner), now)
    }

    fn queue(&self, meter: &Meter) -> Arc<tokio::sync::Mutex<()>> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.entry(meter.clone()).or_default().clone()
    }
}

/// Where a request counts. Storage counts for itself, and by far more.
fn meter(ask: &Ask) -> Option<Meter> {
    (ask.plane == Plane::ResourceManager).then(|| Meter::of(&ask.method, &ask.url))
}

fn throttled(ask: &Ask, left: Duration) -> AzureError {
    AzureError::Throttled { what: ask.what.clone(), seconds: left.as_secs_f64().ceil() as u64 }
}
