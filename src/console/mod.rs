//! The screen as values: model, messages, update, effects, view.
