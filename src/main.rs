//! The door: parse, compose, run, exit code.

fn main() {}
