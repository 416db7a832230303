//! The few shapes that every screen is made of.

pub(super) mod canvas;
pub(super) mod columns;
pub(super) mod page;
pub(super) mod picture;
pub(super) mod words;
