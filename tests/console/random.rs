//! Keys at random.
