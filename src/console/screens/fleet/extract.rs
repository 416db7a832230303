//! The fleet for a file: the rows in their order, every column that was chosen, also where the screen is too narrow for
//! it. A bar says nothing in a file, and moments say more there than what is left until them.

use super::{COLUMNS, What, points, without};
use crate::console::model::{FleetRow, Model};
use crate::console::screens::extracts::{moment, narrowed, told};
use crate::console::text;
use crate::console::world::judgement::{Judged, Standby, Standing};
use crate::domain::extract::Extract;
use crate::domain::verdict::Verdict;

/// All of it.
pub(in crate::console) fn extract(model: &Model) -> Extract {
    let shape = &model.shapes.fleet;
    let all = shape.shown().into_iter().zip(shape.of(&COLUMNS).iter().map(|it| it.what).collect::<Vec<_>>());
    let chosen: Vec<(&'static str, What)> = all.filter(|(_, what)| *what != What::Bar).collect();
    let names = chosen.iter().map(|(name, _)| *name).collect();
    let mut list = narrowed(model, Extract::new("fleet", names, model.now()));
    for row in model.fleet_rows() {
        list.row(chosen.iter().map(|(_, what)| match row {
            FleetRow::Instance(place) => value(model, *place, *what),
            FleetRow::Strays => of_strays(model, *what),
        }));
    }
    list
}

fn of_strays(model: &Model, what: What) -> Option<String> {
    match what {
        What::State => Some(Standing::Unknown.word().to_owned()),
        What::Name => {
            let count = text::count(model.judgement().strays.len(), "backup");
            Some(format!("{count} of unknown origin"))
        }
        _ => None,
    }
}

fn value(model: &Model, place: usize, what: What) -> Option<String> {
    let instance = model.world.inventory.instances.all().get(place)?;
    let judged = model.judgement().instances.get(place)?;
    let coverage = &judged.coverage;
    Some(match what {
        What::State => judged.standing.word().to_owned(),
        What::Name => instance.name.clone(),
        What::Tier => instance.sku.as_ref()?.to_string(),
        What::Region => instance.region.as_str().to_owned(),
        What::Rpo => match coverage.newest_taken_at {
            Some(at) => text::age(model.now().duration_since(at)).to_string(),
            None => return told(model, &without(judged)),
        },
        What::Goal => text::goal(judged.goal).to_string(),
        What::Expires => match coverage.ends_at {
            Some(end) => moment(end),
            None => return told(model, &without(judged)),
        },
        What::Points => return told(model, &points(judged)),
        What::Standby => standby(model, judged)?,
        What::Ready => model.grade(place).to_string(),
        What::Azure => instance.activity().to_string(),
        What::Subscription => model.world.inventory.subscription_of(&instance.id).to_owned(),
        What::Bar => return None,
    })
}

fn standby(model: &Model, judged: &Judged) -> Option<String> {
    let instances = model.world.inventory.instances.all();
    let name = |place: usize| instances.get(place).map_or("?", |it| it.name.as_str());
    Some(match (&judged.standby, judged.standby_of.as_slice()) {
        (None, []) => return None,
        (None, of) => {
            let names: Vec<&str> = of.iter().map(|place| name(*place)).collect();
            format!("for {}", names.join(", "))
        }
        (Some(Standby::Missing(wanted)), _) => format!("{wanted}: not found"),
        (Some(Standby::Found(place, None)), _) => name(*place).to_owned(),
        (Some(Standby::Found(place, Some(fit))), _) if fit.verdict == Verdict::Ok => {
            format!("{}: ok", name(*place))
        }
        (Some(Standby::Found(place, Some(fit))), _) => {
            format!("{}: {}, {}", name(*place), fit.verdict, fit.reason)
        }
    })
}
