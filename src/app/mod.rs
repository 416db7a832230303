//! Introduces the rooms to each other: compose, loop, executor, terminal, clock, verbs.
