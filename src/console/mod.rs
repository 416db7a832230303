//! The screen as values. Everything that happens is a [`Msg`]; [`update()`] turns it into a changed [`Model`] and a few
//! [`Effect`]s, which the app carries out; [`view()`] draws the model and cannot change it.
//!
//! A loop around it: send [`Msg::Tick`] and what else arrived, draw when [`Model::is_dirty`] and nothing more is
//! waiting, then send [`Msg::Drawn`]; sleep for [`Model::next_tick`]. Draw only when the inbox is empty: a dialog that
//! starts something drops what was typed before it could be seen.

pub mod acts;
pub mod command;
pub mod draft;
pub mod effect;
pub mod filter;
pub mod intent;
pub mod key;
pub mod keymap;
pub mod layout;
pub mod list;
pub mod message;
pub mod model;
pub mod palette;
pub mod preferences;
pub mod prompt;
pub mod recipe;
pub mod request;
pub mod saved;
mod screens;
pub mod shape;
pub mod text;
mod theme;
mod update;
mod view;
mod widgets;
pub mod world;

pub use self::effect::Effect;
pub use self::key::Key;
pub use self::message::{Msg, RequestId};
pub use self::model::Model;
pub use self::preferences::Preferences;
pub use self::update::update;
pub use self::view::view;
