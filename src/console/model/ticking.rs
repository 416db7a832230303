//! When the screen must be drawn again although nothing happened: only when a text on it changes with time.
//!
//! Most ages are shown to the minute, so the screen of an idle console changes once a minute, with its clock. It
//! changes every second while a countdown below a day or a running operation is on it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{FleetRow, Model, Place};
use crate::console::draft::Step;
use crate::console::layout::Room;
use crate::console::preferences::Motion;
use crate::console::world::inventory::Reading;
use crate::domain::writing::Permit;

/// How fine the times on the screen are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grain {
    Second,
    Minute,
    /// No time is shown.
    Never,
}

impl Model {
    /// Whether what is on the screen is not what should be.
    pub fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// How long nothing changes by itself; `None` while no time is shown. Send [`crate::console::Msg::Tick`] then.
    pub fn next_tick(&self) -> Option<Duration> {
        let seconds = match self.grain() {
            Grain::Second => 1,
            Grain::Minute => 60,
            Grain::Never => return None,
        };
        let millis = self.now.as_millisecond().rem_euclid(seconds * 1_000);
        u64::try_from(seconds * 1_000 - millis).ok().map(Duration::from_millis)
    }

    /// Something that is shown changed.
    pub(in crate::console) fn touch(&mut self) {
        self.dirty = true;
    }

    /// The screen shows the model.
    pub(in crate::console) fn was_drawn(&mut self) {
        self.dirty = false;
        self.drawn_at = Some(self.now);
    }

    /// It is `now`.
    pub(in crate::console) fn tick(&mut self, now: Timestamp) {
        let over = self.judgement.get().and_then(|it| it.valid_until).is_some_and(|until| now >= until);
        self.now = now;
        if over {
            self.inventory_changed();
            self.touch();
        }
        if self.frozen.is_some() {
            return;
        }
        let step = match self.grain() {
            Grain::Second => 1,
            Grain::Minute => 60,
            Grain::Never => return,
        };
        let shown = self.drawn_at.map(|at| at.as_second().div_euclid(step));
        if shown != Some(now.as_second().div_euclid(step)) {
            self.touch();
        }
    }

    fn grain(&self) -> Grain {
        if self.size.room() == Room::TooSmall {
            return Grain::Never;
        }
        let running = matches!(self.world.inventory.reading, Reading::Running { .. });
        let writing = matches!(self.permit, Permit::Until(_));
        let fine = running
            || self.size.banner > 0
            || writing
            || match self.place() {
                Place::Fleet => {
                    self.fleet_counts_down() || self.world.unfinished() > 0 && self.shows_operations()
                }
                Place::Backups(_) => self.backups_count_down(),
                Place::Wizard(_) => self.draft.as_ref().is_some_and(|draft| draft.step >= Step::Findings),
                Place::Timeline => self.world.unfinished() > 0,
                Place::Operations => {
                    let begins = !self.world.starting.is_empty() || !self.world.glances.was_asked();
                    self.world.unfinished() > 0 || begins
                }
                Place::Failover => self.failover.as_ref().is_some_and(|it| {
                    it.rows.iter().any(|row| row.draft.as_ref().is_some_and(|draft| draft.checks.is_some()))
                }),
                Place::Parity(_) | Place::Problems => false,
            };
        if fine && self.preferences.motion == Motion::Usual { Grain::Second } else { Grain::Minute }
    }

    fn shows_operations(&self) -> bool {
        self.size.room() >= Room::Wide
    }

    /// Whether a row on the screen has less than a day left.
    fn fleet_counts_down(&self) -> bool {
        let window = self.fleet_window();
        let height = self.size.list_rows(self.size.below_fleet());
        self.fleet_rows().iter().skip(window.offset).take(height).any(|row| match row {
            FleetRow::Instance(place) => self
                .judgement()
                .instances
                .get(*place)
                .and_then(|it| it.coverage.ends_at)
                .is_some_and(|end| self.is_near(end)),
            FleetRow::Strays => false,
        })
    }

    fn backups_count_down(&self) -> bool {
        let window = self.backup_window();
        let height = self.size.list_rows(self.size.below_backups());
        let backups = self.world.inventory.backups.all();
        let mut shown = self.backup_rows().iter().skip(window.offset).take(height);
        shown.any(|&place| backups[place].expires_at().is_some_and(|end| self.is_near(end)))
    }

    /// Whether a countdown to `end` ticks every second: less than a day is left, and some.
    fn is_near(&self, end: Timestamp) -> bool {
        let left = end.duration_since(self.now);
        left > SignedDuration::ZERO && left <= SignedDuration::from_hours(24)
    }
}
