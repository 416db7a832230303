//! One file per screen, each a function of the model.

pub(super) mod about;
pub(super) mod backups;
pub(super) mod banner;
pub(super) mod choices;
pub(super) mod confirm;
pub(super) mod crumbs;
pub(super) mod findings;
pub(super) mod fleet;
pub(super) mod fleet_detail;
pub(super) mod help;
pub(super) mod matrix;
pub(super) mod menus;
pub(super) mod narrowing;
pub(super) mod operations;
pub(super) mod outline;
pub(super) mod parity;
pub(super) mod problems;
pub(super) mod prompt;
pub(super) mod reading;
pub(super) mod review;
pub(super) mod shapes;
pub(super) mod small;
pub(super) mod timeline;
pub(super) mod wall;
pub(super) mod wizard;
