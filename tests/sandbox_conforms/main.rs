//! The pretend Azure, asked in raw bytes over TCP: not with this program's own client, which is judged by it.
//!
//! - `peer`: a bare HTTP client, the tokens and the signatures.
//! - `identity`, `resource_manager`, `graph`, `blobs`, `activity`, `metrics`: each plane, its routes and its refusals.
//! - `transfers`: backup and restore, from the POST to the end, and every way to be refused.
//! - `scenarios`: what each scenario does to a request.
//! - `fleet`: what contoso has, and that the same seed gives the same.
//! - `recorded`: shapes compared with recorded traffic, where that is at hand.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what is unexpected ends the test"
)]
#![expect(clippy::disallowed_methods, reason = "tests have a clock and an environment of their own")]

mod activity;
mod blobs;
mod fleet;
mod graph;
mod identity;
mod metrics;
mod peer;
mod recorded;
mod resource_manager;
mod scenarios;
mod transfers;
