//! What a line of the table is called in a configuration: the place and the meaning, in words that stay.

use super::{Binding, Scope};
use crate::console::intent::Intent;
use crate::console::key::Key;
use crate::console::list::Move;

impl Scope {
    /// The name of the section of a configuration: `matrix-cell`.
    pub fn section(self) -> String {
        self.to_string().replace(' ', "-")
    }
}

impl Binding {
    /// The name of the line within its section: `open`, `page-down`, `visit-parity`.
    pub fn name(&self) -> String {
        let word = match (self.intent, self.keys.first()) {
            // The lists have two lines for one step: along them, and across.
            (Intent::Go(_), Some(Key::Left)) => "left",
            (Intent::Go(_), Some(Key::Right)) => "right",
            (Intent::Go(Move::First), _) => "first",
            (Intent::Go(Move::Last), _) => "last",
            (Intent::Go(Move::By(rows)), _) => {
                if rows < 0 {
                    "up"
                } else {
                    "down"
                }
            }
            (Intent::Page(..=-100), _) => "page-up",
            (Intent::Page(100..), _) => "page-down",
            (Intent::Page(..0), _) => "half-page-up",
            (Intent::Page(_), _) => "half-page-down",
            (Intent::Last, _) => "place-before",
            (Intent::Shift(by), _) => {
                if by < 0 {
                    "shift-back"
                } else {
                    "shift-on"
                }
            }
            (Intent::Complete(by), _) => {
                if by < 0 {
                    "complete-back"
                } else {
                    "complete"
                }
            }
            (Intent::Pane(at), _) => return format!("pane-{}", at + 1),
            (other, _) => return kebab(&format!("{other:?}")),
        };
        word.to_owned()
    }
}

/// `Visit(Parity)` as `visit-parity`.
fn kebab(shown: &str) -> String {
    let mut name = String::with_capacity(shown.len() + 4);
    for c in shown.chars() {
        match c {
            'A'..='Z' => {
                if !name.is_empty() && !name.ends_with('-') {
                    name.push('-');
                }
                name.push(c.to_ascii_lowercase());
            }
            'a'..='z' | '0'..='9' => name.push(c),
            _ => {}
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::console::keymap::BINDINGS;

    #[test]
    fn every_line_has_a_name_of_its_own() {
        let names: BTreeSet<(String, String)> =
            BINDINGS.iter().map(|it| (it.scope.section(), it.name())).collect();
        assert_eq!(names.len(), BINDINGS.len(), "{names:#?}");
        for (section, name) in names {
            let is_plain =
                |text: &str| text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
            assert!(is_plain(&section) && is_plain(&name) && !name.is_empty(), "{section}.{name}");
        }
    }

    /// What a configuration may hold stays what it is: a name goes only with its line.
    #[test]
    fn names_stay() {
        let kept = "fleet.open fleet.filter fleet.sort fleet.acts fleet.copy backups.open backups.matrix backups.left \
             backups.right choice.next choice.previous checks.accept checks.next checks.open checks.refresh \
             evidence.copy review.next operations.zoom parity.equal problems.open lists.down lists.up lists.left \
             lists.right lists.page-down lists.page-up lists.half-page-down lists.half-page-up lists.first lists.last \
             everywhere.close everywhere.back everywhere.visit-fleet everywhere.visit-operations \
             everywhere.visit-parity everywhere.visit-problems everywhere.place-before everywhere.times \
             everywhere.refresh everywhere.help acts.attach acts.back-up acts.restore acts.open acts.close \
             sort-menu.open help.filter filter.open filter.close reason.open confirm-restore.open \
             confirm-restore.switch confirm-backup.open leaving.yes";
        let names: BTreeSet<String> =
            BINDINGS.iter().map(|it| format!("{}.{}", it.scope.section(), it.name())).collect();
        for name in kept.split_whitespace() {
            assert!(names.contains(name), "{name} is gone from {names:#?}");
        }
    }
}
