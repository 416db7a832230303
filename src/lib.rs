//! The disaster-recovery console for Azure API Management.
//!
//! This file is the map of the house; `ARCHITECTURE.md` is its drawing. Rooms, from the ground up:
//!
//! - [`domain`]: words and rules. Pure values, no I/O, no clock.
//! - [`sandbox`]: a pretend Azure on the loopback. Imports nothing of this crate: a witness, not a mirror.

pub mod domain;
pub mod sandbox;
