//! A pretend Azure on the loopback.
