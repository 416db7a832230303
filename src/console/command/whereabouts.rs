//! What opens this view in another terminal.

use crate::console::list::{Direction, Sort};
use crate::console::model::{BackupColumn, FleetColumn, FleetKey, Model, Place};
use crate::console::saved::written;
use crate::console::shape::Shape;

/// How the backups of unknown origin are called where a name is wanted.
pub const STRAYS: &str = "unknown";

/// The commands that lead here, one for each `--open`.
pub fn commands(model: &Model) -> Vec<String> {
    // A wizard has no address: what is begun is not handed on.
    let here = model.trail().iter().rev().find(|place| !matches!(place, Place::Wizard(_) | Place::Failover));
    match here.unwrap_or(&Place::Fleet) {
        Place::Backups(key) => {
            let name = match key {
                FleetKey::Instance(id) => id.name(),
                FleetKey::Strays => STRAYS,
            };
            let Sort { by, direction } = model.backups.sort;
            let usual = Sort { by: BackupColumn::Taken, direction: Direction::Down };
            let order = (model.backups.sort != usual).then(|| written(by.word(), direction));
            narrowed(format!("backups {name}"), &model.backups.filter.0, order, &model.shapes.backups)
        }
        Place::Parity(source) => {
            let standby = model.world.compared.as_ref().filter(|it| it.source == *source);
            let standby = standby.map_or(String::new(), |it| format!(" {}", it.standby.name()));
            vec![format!("parity {}{standby}", source.name())]
        }
        Place::Operations => vec!["ops".to_owned()],
        Place::Problems => vec!["problems".to_owned()],
        // Operations are those of one journal: their ids mean nothing to another machine.
        Place::Timeline => vec!["timeline".to_owned()],
        Place::Fleet | Place::Wizard(_) | Place::Failover => {
            let Sort { by, direction } = model.fleet.sort;
            let usual = Sort { by: FleetColumn::Expires, direction: Direction::Up };
            let order = (model.fleet.sort != usual).then(|| written(by.word(), direction));
            let mut all = narrowed("fleet".to_owned(), &model.fleet.filter.0, order, &model.shapes.fleet);
            if let Some(id) = &model.subscription {
                all.insert(1, format!("sub {id}"));
            }
            all
        }
    }
}

fn narrowed(place: String, filter: &str, order: Option<String>, shape: &Shape) -> Vec<String> {
    let mut all = vec![place];
    if !filter.trim().is_empty() {
        all.push(format!("filter {}", filter.trim()));
    }
    all.extend(order.map(|order| format!("sort {order}")));
    if !shape.is_usual() {
        all.push(format!("cols {}", shape.shown().join(" ")));
    }
    all
}

/// The line for a shell.
pub fn line(model: &Model) -> String {
    let opened = commands(model).into_iter().map(|it| format!(" --open {}", quoted(&it)));
    format!("{}{}", model.preferences.launch, opened.collect::<String>())
}

/// A text as one word for a shell. Double quotes are understood by all of them, but not everything in them.
pub fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || " -_.:,/=~+@".contains(c);
    if text.chars().all(is_plain) {
        return format!("\"{text}\"");
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n9_a_shell_gets_one_word() {
        for (text, wanted) in [
            ("backups apim-core-prod", "\"backups apim-core-prod\""),
            ("filter tier:premium ~cp", "\"filter tier:premium ~cp\""),
            ("filter !dr", "'filter !dr'"),
            ("filter $(reboot)", "'filter $(reboot)'"),
            ("filter it's", "'filter it'\\''s'"),
            ("filter a`b\"", "'filter a`b\"'"),
        ] {
            assert_eq!(quoted(text), wanted);
        }
    }
}
