//! What people did to configurations before the start, as the activity log remembers it.

use jiff::SignedDuration;

use super::super::world::World;
use super::super::world::activity::{Event, Step};
use super::Founding;
use super::file::{ChangeRow, Ends};

/// Writes one change into the activity log: that it began, and how it ended.
pub(super) fn remember(world: &mut World, row: &ChangeRow, founding: &Founding<'_>) -> Result<(), String> {
    let instance = world.instances.get(&row.on).ok_or_else(|| format!("a change of nothing: {}", row.on))?;
    let below = if row.of.is_empty() { String::new() } else { format!("/{}", row.of) };
    let resource = format!("{}{below}", instance.id);
    let age = SignedDuration::try_from_secs_f64(row.hours_ago * 3600.0).unwrap_or_default();
    let began = founding.at - age;
    let label = format!("{resource}/{}/{}", row.action, row.hours_ago);
    let correlation = founding.seed.guid(&format!("correlation/{label}"));
    let client_request = founding.seed.guid(&format!("client/{label}"));
    let end = match row.ends {
        Ends::Well => Some(Step::Succeeded),
        Ends::Badly => Some(Step::Failed(
            r#"{"error":{"code":"ValidationError","message":"One or more fields contain incorrect values"}}"#
                .to_owned(),
        )),
        Ends::Never => None,
    };
    let ended = began + SignedDuration::from_secs(2);
    for (step, at) in std::iter::once((Step::Started, began)).chain(end.map(|step| (step, ended))) {
        world.events.push(Event {
            resource: resource.clone(),
            action: format!("Microsoft.ApiManagement/service/{}", row.action),
            step,
            at,
            visible: at,
            correlation: correlation.clone(),
            other_caller: Some(row.by.clone()),
            client_request: client_request.clone(),
        });
    }
    Ok(())
}
