//! Introduces the rooms to each other.
mod clock;
pub mod exit;
mod output;
pub mod terminal;
mod text;
