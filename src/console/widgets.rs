//! The few shapes that every screen is made of.

pub(super) mod canvas;
mod cells;
pub(super) mod columns;
pub(super) mod page;
pub(super) mod picture;
pub(super) mod words;
