//! Words and rules: what the rest of the house talks about. Pure values; time is an argument.
//!
//! *instance*: an API Management service resource · *backup*: one restorable blob · *standby*: an instance kept to
//! be restored into · *plan*: what would be sent · *fact*: something read, with time and source · *finding*: a
//! check's answer · *operation*: one backup or restore from intent to verdict · *phase*: our state of it · *status*:
//! Azure's word, verbatim · *pulse*: progress that may be lost · *problem*: what a person reads · *error*: typed,
//! inside · *cover*: time until the last usable backup expires · *RPO*: age of the newest usable backup ·
//! *provenance*: how we know where a backup came from.

pub mod approval;
pub mod backup;
pub mod blob_service;
pub mod candidate;
pub mod compatibility;
pub mod coverage;
pub mod deed;
pub mod discretion;
pub mod duration;
pub mod extract;
pub mod fact;
pub mod glance;
pub mod instance;
pub mod lifecycle;
pub mod lock;
pub mod manifest;
pub mod operation;
pub mod parity;
pub mod permission;
pub mod plan;
pub mod portal;
pub mod preflight;
pub mod problem;
pub mod provenance;
pub mod pulse;
pub mod readiness;
pub mod region;
pub mod report;
pub mod resource;
pub mod rhythm;
pub mod role;
pub mod session;
pub mod shell;
pub mod size;
pub mod sketch;
pub mod sku;
pub mod storage;
pub mod tier_change;
pub mod traffic;
pub mod unfinished;
pub mod usual;
pub mod verdict;
pub mod visible;
pub mod writing;
