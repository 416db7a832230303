//! What is meant: file, environment and flags become settings.
