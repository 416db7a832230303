//! The menu of what can be copied, the portal, and a text that is shown whole.

use super::keys::warn;
use super::moves::{copy, step, stepped};
use crate::console::effect::Effect;
use crate::console::intent::{Form, Intent};
use crate::console::model::{FleetRow, Model, Overlay, Place, Sheet};
use crate::console::preferences::Browser;
use crate::console::recipe::{self, FORMS};
use crate::console::screens::sheet;
use crate::domain::portal;
use crate::domain::problem::Problem;
use crate::domain::resource::ResourceId;

/// Opens the menu, when there is something to copy.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    match recipe::recipe(model) {
        Ok(_) => model.overlay = Some(Overlay::Copies { chosen: 0 }),
        Err(why) => warn(model, why),
    }
    Vec::new()
}

/// An intent while the menu is open.
pub(super) fn choose(model: &mut Model, chosen: usize, intent: Intent) -> Vec<Effect> {
    match (intent, step(intent, FORMS.len())) {
        (Intent::CopyAs(form), _) => copy_as(model, form),
        (Intent::Open, _) => FORMS.get(chosen).map_or_else(Vec::new, |(form, _, _)| copy_as(model, *form)),
        (_, Some(step)) => {
            model.overlay = Some(Overlay::Copies { chosen: stepped(chosen, step, FORMS.len()) });
            Vec::new()
        }
        _ => {
            model.overlay = None;
            Vec::new()
        }
    }
}

fn copy_as(model: &mut Model, form: Form) -> Vec<Effect> {
    model.overlay = None;
    let text = recipe::recipe(model).and_then(|recipe| recipe.text(form));
    let word = FORMS.iter().find(|(own, _, _)| *own == form).map_or("text", |(_, _, word)| *word);
    match text {
        Ok(text) => copy(model, word, text),
        Err(why) => {
            warn(model, why);
            Vec::new()
        }
    }
}

/// Nothing could carry a copy: the text is shown, so that it can be taken by hand.
pub(super) fn uncopied(model: &mut Model, text: String, problem: &Problem) {
    model.notice = None;
    model.overlay = Some(Overlay::Sheet(Sheet::new("Not copied", problem.summary.as_str(), text)));
    model.touch();
}

/// An intent while a text is shown whole.
pub(super) fn read(model: &mut Model, intent: Intent) -> Vec<Effect> {
    let furthest = match &model.overlay {
        Some(Overlay::Sheet(shown)) => sheet::furthest(model, shown),
        _ => return Vec::new(),
    };
    let page = usize::from(model.size().rows / 2);
    let Some(Overlay::Sheet(shown)) = model.overlay.as_mut() else { return Vec::new() };
    if let Some(step) = step(intent, page) {
        shown.scroll = stepped(shown.scroll, step, furthest + 1);
        return Vec::new();
    }
    if intent == Intent::Copy {
        let text = shown.text.clone();
        return copy(model, "text", text);
    }
    model.overlay = None;
    Vec::new()
}

/// The portal page of what the cursor is on: shown and copied always, opened where there is a browser to be seen.
pub(super) fn portal(model: &mut Model) -> Vec<Effect> {
    let Some((what, id)) = subject(model) else {
        warn(model, "nothing that has a portal page is chosen");
        return Vec::new();
    };
    let Some(page) = portal::page(&model.preferences.resource_manager, &id) else {
        warn(model, "no portal is known for this cloud");
        return Vec::new();
    };
    let (lead, opened) = match model.preferences.browser {
        Browser::Here => ("Copied, and handed to the browser.", Some(Effect::Browse(page.clone()))),
        Browser::Elsewhere(why) => (why, None),
    };
    let effects = copy(model, "address", page.clone());
    model.overlay = Some(Overlay::Sheet(Sheet::new(format!("Portal: {what}"), lead, page)));
    effects.into_iter().chain(opened).collect()
}

/// What has a page: the instance, the storage account of the backup, the instance that the operation works on.
fn subject(model: &Model) -> Option<(String, ResourceId)> {
    match model.place() {
        Place::Fleet => match model.fleet_chosen()? {
            FleetRow::Instance(place) => {
                let instance = model.world.inventory.instances.all().get(place)?;
                Some((instance.name.clone(), instance.id.clone()))
            }
            FleetRow::Strays => None,
        },
        Place::Backups(_) => {
            let account = &model.backup_chosen()?.blob.address.location.account;
            let known = model.world.inventory.accounts.all().iter().find(|it| it.name == *account)?;
            Some((format!("storage account {account}"), known.id.clone()))
        }
        Place::Operations => {
            let instance = model.operation_chosen()?.intent.work.instance();
            Some((instance.name().to_owned(), instance.clone()))
        }
        Place::Timeline => {
            let watched = model.world.operations.get(&model.timeline_subject()?)?;
            let instance = watched.operation.intent.work.instance();
            Some((instance.name().to_owned(), instance.clone()))
        }
        Place::Wizard(_) | Place::Failover | Place::Parity(_) | Place::Problems => None,
    }
}
