//! The right to write, as far as the screen has a say: it asks for it and shows it. Who sends decides.

use super::keys::warn;
use crate::console::effect::Effect;
use crate::console::model::{Model, Notice, Tone};
use crate::console::text;
use crate::domain::resource::ResourceId;
use crate::domain::writing::{Permit, Wish};

impl Model {
    /// Asks for time to write, or for none: `:write 15m`, `:readonly`.
    pub fn ask_to_write(&mut self, wish: Wish) -> Vec<Effect> {
        if self.permit == Permit::Never {
            warn(self, format!("not possible: {}", Permit::Never.remedy().unwrap_or_default()));
            self.touch();
            return Vec::new();
        }
        vec![Effect::Writing(wish)]
    }
}

/// What may be written from now on.
pub(super) fn permitted(model: &mut Model, permit: Permit) {
    model.permit = permit;
    model.touch();
    let text = match permit.at(model.now()) {
        Permit::Until(end) => {
            format!("writing is allowed until {}, then this console is read-only", text::clock(end))
        }
        Permit::Guarded => "writing is allowed, through the whole wizard".to_owned(),
        other => other.remedy().unwrap_or_default().to_owned(),
    };
    model.notice = Some(Notice { text, tone: Tone::Plain });
}

/// Time goes on: says once that the time to write is over. Nothing of a draft is lost by it.
pub(super) fn expire(model: &mut Model) {
    let now = model.permit.at(model.now());
    if now == model.permit {
        return;
    }
    model.permit = now;
    model.touch();
    let draft = if model.draft.is_some() { " Nothing of the draft is lost." } else { "" };
    warn(model, format!("the time to write is over: read-only now.{draft} :write 15m lifts it"));
}

/// Whether something may be written to an instance, as far as the console knows; else why not, and what lifts it.
///
/// # Errors
/// Why not.
pub(in crate::console) fn may_write(model: &Model, id: Option<&ResourceId>) -> Result<(), String> {
    if let Some(remedy) = model.permit.remedy() {
        return Err(remedy.to_owned());
    }
    match id.filter(|id| model.preferences.read_only_subscriptions.contains(&id.subscription())) {
        Some(id) => Err(format!("the subscription of {} is read-only here, by the configuration", id.name())),
        None => Ok(()),
    }
}
