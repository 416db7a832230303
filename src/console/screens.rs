//! One file per screen, each a function of the model.

pub(super) mod backups;
pub(super) mod banner;
pub(super) mod choices;
pub(super) mod confirm;
pub(super) mod findings;
pub(super) mod fleet;
pub(super) mod fleet_detail;
pub(super) mod help;
pub(super) mod matrix;
pub(super) mod menus;
pub(super) mod operations;
pub(super) mod outline;
pub(super) mod parity;
pub(super) mod problems;
pub(super) mod review;
pub(super) mod small;
pub(super) mod timeline;
pub(super) mod wizard;
