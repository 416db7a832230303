//! Order, filter and count of a list, at the right end of the second line. The count is always whole, and a filter is
//! always seen: where room is short the order goes first, then the filter's own end.

use crate::console::list::{Filter, Sort};
use crate::console::model::{Bell, Model, Overlay, Place};
use crate::console::text;
use crate::console::theme::{Role, Theme};
use crate::console::widgets::canvas::Words;

/// Columns that are left to the path, however long a filter is.
const PATH: usize = 24;

/// Draws it into a line of `columns`.
pub(in crate::console) fn narrowing(model: &Model, theme: Theme, columns: usize) -> Words {
    let shown =
        |by: &str, direction| Words::one(Role::Dim, format_args!("sort {by}{}   ", theme.order(direction)));
    match model.place() {
        Place::Fleet => {
            let Sort { by, direction } = model.fleet.sort;
            let all = model.world.inventory.instances.all().len()
                + usize::from(!model.judgement().strays.is_empty());
            let count = (model.fleet_rows().len(), all);
            listed(model, theme, (shown(by.word(), direction), &model.fleet.filter, count), columns)
        }
        Place::Backups(_) => {
            let Sort { by, direction } = model.backups.sort;
            let count = (model.backup_rows().len(), model.subject_backups().len());
            listed(model, theme, (shown(by.word(), direction), &model.backups.filter, count), columns)
        }
        Place::Wizard(_) => Words::one(Role::Dim, "nothing has been sent"),
        Place::Failover => Words::one(Role::Dim, "each name is typed before its restore is sent"),
        Place::Parity(_) => super::parity::narrowing(model),
        Place::Operations => {
            let bell = if model.wall.bell == Bell::Off { "bell off   " } else { "" };
            Words::one(Role::Warn, bell).and(Role::Dim, "Azure reports no percentage")
        }
        Place::Problems => Words::new(),
        Place::Timeline => super::timeline::clocks(model),
    }
}

/// How many instances are marked, and how many of them are not on the list.
fn marked(model: &Model) -> Words {
    let count = match (model.marks.count(), model.marks_hidden()) {
        (0, _) => return Words::new(),
        _ if *model.place() != Place::Fleet => return Words::new(),
        (count, 0) => format!("marked {count}"),
        (count, hidden) => format!("marked {count}, {hidden} not shown"),
    };
    let range = if model.marks.is_range() { ", range" } else { "" };
    Words::one(Role::Key, format!("{count}{range}   "))
}

fn listed(
    model: &Model,
    theme: Theme,
    (sort, filter, (shown, all)): (Words, &Filter, (usize, usize)),
    columns: usize,
) -> Words {
    let count = marked(model).and(Role::Plain, format_args!("{shown}/{all}"));
    let is_shown = filter.is_active() || matches!(model.overlay, Some(Overlay::Filter(_)));
    if !is_shown {
        return sort.then(count);
    }
    let room = columns.saturating_sub(PATH + count.width(theme) + 3);
    let words = format!("filter /{}", theme.spelled(&filter.0));
    let wide = text::width(&words);
    let words = Words::shown(Role::Warn, text::cut(&words, room, theme.ellipsis()).into_owned());
    let words = words.and(Role::Plain, "   ").then(count);
    if sort.width(theme) + wide <= room { sort.then(words) } else { words }
}
