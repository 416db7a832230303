//! The console from outside: stories told in keys, frames compared with stored ones, keys pressed at random.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

#[path = "console/cached.rs"]
mod cached;
#[path = "console/cancelling.rs"]
mod cancelling;
#[path = "console/colourless.rs"]
mod colourless;
#[path = "console/columns.rs"]
mod columns;
#[path = "console/comparing.rs"]
mod comparing;
#[cfg(unix)]
#[path = "console/copying.rs"]
mod copying;
#[path = "console/drafts.rs"]
mod drafts;
#[path = "console/drills.rs"]
mod drills;
#[path = "console/every.rs"]
mod every;
#[path = "console/exporting.rs"]
mod exporting;
#[path = "console/facts.rs"]
mod facts;
#[path = "console/failover.rs"]
mod failover;
#[path = "console/failover_rows.rs"]
mod failover_rows;
#[path = "console/frames.rs"]
mod frames;
#[path = "console/frozen.rs"]
mod frozen;
#[path = "console/grammar.rs"]
mod grammar;
#[path = "console/health.rs"]
mod health;
#[path = "support/hostile.rs"]
mod hostile;
#[path = "console/hostile_names.rs"]
mod hostile_names;
#[path = "console/incidents.rs"]
mod incidents;
#[path = "console/last_question.rs"]
mod last_question;
#[path = "console/many.rs"]
mod many;
#[path = "console/many_drafts.rs"]
mod many_drafts;
#[path = "console/marks.rs"]
mod marks;
#[path = "console/mouse.rs"]
mod mouse;
#[path = "console/movement.rs"]
mod movement;
#[path = "console/promises.rs"]
mod promises;
#[path = "console/random.rs"]
mod random;
#[path = "console/rebound.rs"]
mod rebound;
#[path = "console/rules.rs"]
mod rules;
#[path = "console/safety.rs"]
mod safety;
#[path = "console/safety_frames.rs"]
mod safety_frames;
#[path = "console/searching.rs"]
mod searching;
#[path = "console/sizes.rs"]
mod sizes;
#[path = "console/stage.rs"]
mod stage;
#[path = "console/states.rs"]
mod states;
#[path = "console/stories.rs"]
mod stories;
#[path = "console/timeline.rs"]
mod timeline;
#[path = "console/times.rs"]
mod times;
#[path = "support/trials.rs"]
mod trials;
#[path = "console/unsent.rs"]
mod unsent;
#[path = "console/wall.rs"]
mod wall;
#[path = "console/watching.rs"]
mod watching;
