//! Words and rules: what the rest of the house talks about.
