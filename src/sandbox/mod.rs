//! A pretend Azure on the loopback. Imports nothing of this crate: a witness, not a mirror.
//!
//! What crosses the wall is one string, the base URL. Everything the program does for real it does here too:
//! real HTTP, real tokens, real signatures, real paging. The JSON is written from Microsoft's published shapes and
//! from recorded traffic, never from this program's own types, so that the two can disagree.
//!
//! - `server`, `line`: sockets; a connection can be cut in mid-answer.
//! - `door`: every request enters here, is logged, meets the scenario's faults, and is sorted into a plane.
//! - `identity`, `arm`, `blobs`: the three planes (sign-in, control, storage data).
//! - `world`: what exists and what happens to it. Time passes only when somebody looks.
//! - `fleet`: the company "contoso", read from `assets/sandbox/fleet/`.
//! - `scenario`, `conduct`, `mischief`: misbehaviour as data, read from `assets/sandbox/`.
//!
//! What it does not check: the signature of a bearer token. Any JSON Web Token with the right audience that has
//! neither expired nor been revoked is the operator; who signed it is Entra's business.

mod arm;
mod blobs;
mod clock;
mod cloud;
mod conduct;
mod door;
mod exchange;
mod fleet;
mod identity;
mod line;
mod logbook;
mod mischief;
mod scenario;
mod seed;
mod server;
mod world;

pub use scenario::{Chapter, chapters, scenario_names};
pub use server::{Options, Sandbox, SandboxError, start};
