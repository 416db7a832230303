//! What is meant.
mod file;
