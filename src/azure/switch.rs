//! The one place that says whether anything may be changed now. Every clone of [`super::Azure`] shares it, and each
//! request that changes something asks it before it waits for anything and at the moment of leaving: when its own
//! connection is there, name, proxy and TLS included. What follows is the writing of the request itself, in which nothing
//! is waited for but the network's taking of it.
//!
//! Time to write ends by two clocks, whichever is there first: the one that nobody can set, which stands still while
//! the machine sleeps, and the one of the day, which does not but can be set back.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::WriteMode;
use crate::domain::writing::{LONGEST, Permit, Wish};

/// Whether anything may be changed.
#[derive(Debug)]
pub(crate) struct Switch {
    configured: WriteMode,
    state: Mutex<State>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Closed { since: Option<Timestamp> },
    Guarded,
    Until { watch: Instant, clock: Timestamp },
}

impl Switch {
    pub(crate) fn new(configured: WriteMode) -> Self {
        let state = match configured {
            WriteMode::Guarded => State::Guarded,
            WriteMode::ReadOnly => State::Closed { since: None },
        };
        Self { configured, state: Mutex::new(state) }
    }

    /// What may pass now.
    pub(crate) fn permit(&self, now: Timestamp) -> Permit {
        if self.configured == WriteMode::ReadOnly {
            return Permit::Never;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match *state {
            State::Closed { .. } => Permit::NotNow,
            State::Guarded => Permit::Guarded,
            State::Until { watch, clock } if Instant::now() < watch && now < clock => Permit::Until(clock),
            State::Until { clock, .. } => {
                // For good: a clock that is set back brings nothing back.
                *state = State::Closed { since: Some(clock.min(now)) };
                Permit::NotNow
            }
        }
    }

    /// Since when nothing may pass; `None` while something may, and when nothing ever could.
    pub(crate) fn closed_since(&self, now: Timestamp) -> Option<Timestamp> {
        self.permit(now);
        match *self.state.lock().unwrap_or_else(PoisonError::into_inner) {
            State::Closed { since } => since,
            State::Guarded | State::Until { .. } => None,
        }
    }

    /// Does what is wished where the configuration lets it, and says what may pass from now on.
    pub(crate) fn set(&self, wish: Wish, now: Timestamp) -> Permit {
        let asked = match wish {
            Wish::ReadOnly => None,
            Wish::For(time) => Duration::try_from(time.min(LONGEST)).ok(),
        };
        let until = asked.and_then(|time| {
            Some(State::Until {
                watch: Instant::now().checked_add(time)?,
                clock: now.checked_add(time).ok()?,
            })
        });
        // What has ended by itself has ended then, and what is closed is not closed anew.
        self.permit(now);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = match (until, *state) {
            (Some(until), _) => until,
            (None, closed @ State::Closed { .. }) => closed,
            (None, _) => State::Closed { since: Some(now) },
        };
        drop(state);
        self.permit(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    fn now() -> Timestamp {
        "2026-11-23T12:04:31Z".parse().unwrap()
    }

    fn minutes(count: i64) -> SignedDuration {
        SignedDuration::from_mins(count)
    }

    #[tokio::test(start_paused = true)]
    async fn time_to_write_ends_by_itself_and_leaves_read_only() {
        let switch = Switch::new(WriteMode::Guarded);
        assert_eq!(switch.permit(now()), Permit::Guarded);
        assert_eq!(switch.set(Wish::ReadOnly, now()), Permit::NotNow);
        let end = now() + minutes(15);
        assert_eq!(switch.set(Wish::For(minutes(15)), now()), Permit::Until(end));
        tokio::time::advance(Duration::from_secs(899)).await;
        assert_eq!(switch.permit(now() + SignedDuration::from_secs(899)), Permit::Until(end));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(switch.permit(now()), Permit::NotNow, "the clock of the day was set back");
    }

    #[tokio::test(start_paused = true)]
    async fn a_machine_that_slept_has_no_time_left() {
        let switch = Switch::new(WriteMode::Guarded);
        switch.set(Wish::For(minutes(15)), now());
        assert_eq!(switch.permit(now() + minutes(15)), Permit::NotNow, "the other clock stood still");
        assert_eq!(switch.permit(now()), Permit::NotNow, "and it does not come back");
        assert_eq!(
            switch.closed_since(now()),
            Some(now() + minutes(15)),
            "since its end, not since it was seen"
        );
        switch.set(Wish::ReadOnly, now() + minutes(20));
        assert_eq!(switch.closed_since(now()), Some(now() + minutes(15)), "it was closed already");
        switch.set(Wish::For(minutes(1)), now());
        assert_eq!(switch.closed_since(now()), None);
    }

    #[test]
    fn what_is_forbidden_stays_forbidden() {
        let switch = Switch::new(WriteMode::ReadOnly);
        for wish in [Wish::For(minutes(15)), Wish::ReadOnly] {
            assert_eq!(switch.set(wish, now()), Permit::Never);
        }
    }

    #[test]
    fn no_wish_opens_it_for_longer_than_is_given() {
        let switch = Switch::new(WriteMode::Guarded);
        assert_eq!(switch.set(Wish::For(SignedDuration::MAX), now()), Permit::Until(now() + LONGEST));
        assert_eq!(switch.set(Wish::For(SignedDuration::MIN), now()), Permit::NotNow);
        assert_eq!(switch.set(Wish::For(SignedDuration::ZERO), now()), Permit::NotNow);
    }
}
