//! The disaster-recovery console for Azure API Management.
//!
//! This file is the map of the house; `ARCHITECTURE.md` is its drawing. From the ground up:
//!
//! - [`domain`]: words and rules. Pure values, no I/O, no clock.
//! - [`azure`]: the wire. Uses domain.
//! - [`journal`]: memory on disk. Uses domain.
//! - [`console`]: the screen as values. Uses domain, and ratatui in its view code.
//! - [`engine`]: carries an operation from approved plan to verdict. Uses domain, azure, journal.
//! - [`settings`]: what is meant, from file, environment and flags. Uses domain and azure.
//! - [`app`]: introduces the rooms to each other. Uses all but the sandbox.
//! - [`cli`]: what was typed.
//! - [`sandbox`]: a pretend Azure on the loopback. Imports nothing of this crate: a witness, not a mirror.

pub mod app;
pub mod azure;
pub mod cli;
pub mod console;
pub mod domain;
pub mod engine;
pub mod journal;
pub mod sandbox;
pub mod settings;

#[cfg(test)]
#[path = "../tests/support/trials.rs"]
mod trials;
