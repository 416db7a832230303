//! Lifecycle rules of a storage account: what deletes or archives a backup while it could still be restored.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use super::storage::BackupAddress;

/// One rule that is on, as far as it concerns whole block blobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LifecycleRule {
    /// Its name.
    pub name: String,
    /// What the names of its blobs begin with, the container's name before them; every blob when empty.
    pub prefixes: Vec<String>,
    /// Whether it is for blobs with certain index tags only; no listing tells them.
    pub is_for_tagged: bool,
    /// What it does, and after how long.
    pub deeds: Vec<Deed>,
}

/// What a rule does to a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deed {
    /// What becomes of the blob.
    pub fate: Fate,
    /// After more than so many days.
    pub days: u32,
    /// Since when they count.
    pub since: Since,
}

/// What becomes of a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is deleted.
    Deleted,
    /// It is moved to the archive tier, from which nothing is restored.
    Archived,
}

/// Where a rule begins to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// At the last change; a metadata change counts too.
    Modification,
    /// When it was created.
    Creation,
    /// At the last reading, which is never before the last change.
    Access,
}

/// What will become of one blob, and from when on; a rule is carried out once a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doom {
    /// The rule's name.
    pub rule: String,
    /// What becomes of it.
    pub fate: Fate,
    /// Not before this.
    pub from: Timestamp,
    /// Whether something that is not read here decides too: index tags, or when the blob was last read.
    pub is_conditional: bool,
}

impl LifecycleRule {
    fn concerns(&self, address: &BackupAddress) -> bool {
        let path = format!("{}/{}", address.location.container, address.name);
        self.prefixes.is_empty() || self.prefixes.iter().any(|prefix| path.starts_with(prefix.as_str()))
    }
}

/// The first thing that the rules do to the blob at `address`.
pub fn doom(
    rules: &[LifecycleRule],
    address: &BackupAddress,
    created: Timestamp,
    modified: Timestamp,
) -> Option<Doom> {
    let of_rule = |rule: &LifecycleRule, deed: &Deed| {
        let start = if deed.since == Since::Creation { created } else { modified };
        let from = start.checked_add(SignedDuration::from_hours(24 * i64::from(deed.days))).ok()?;
        let is_conditional = rule.is_for_tagged || deed.since == Since::Access;
        Some(Doom { rule: rule.name.clone(), fate: deed.fate, from, is_conditional })
    };
    let concerned = rules.iter().filter(|rule| rule.concerns(address));
    let dooms = concerned.flat_map(|rule| rule.deeds.iter().filter_map(move |deed| of_rule(rule, deed)));
    dooms.min_by_key(|doom| (doom.from, doom.is_conditional))
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Deleted => "deleted",
            Self::Archived => "archived",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::storage::Location;

    fn rule(name: &str, prefixes: &[&str], deeds: &[(Fate, u32, Since)]) -> LifecycleRule {
        let deeds = deeds.iter().map(|&(fate, days, since)| Deed { fate, days, since }).collect();
        let prefixes = prefixes.iter().map(|&it| it.to_owned()).collect();
        LifecycleRule { name: name.to_owned(), prefixes, is_for_tagged: false, deeds }
    }

    fn day(n: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * n)
    }

    /// The rule, what becomes of the blob, on which day, and whether something else decides too.
    type Expected = Option<(&'static str, Fate, i64, bool)>;

    #[test]
    fn the_first_deed_of_the_rules_that_concern_it_counts() {
        use Fate::{Archived, Deleted};
        use Since::{Access, Creation, Modification};
        let address = Location::new("stcore", "apim").at("core/1.apimbackup");
        // Created on day 100, changed on day 110.
        let table: &[(&[LifecycleRule], Expected)] = &[
            (&[], None),
            (&[rule("a", &[], &[(Deleted, 20, Modification)])], Some(("a", Deleted, 130, false))),
            (&[rule("a", &[], &[(Deleted, 20, Creation)])], Some(("a", Deleted, 120, false))),
            (&[rule("a", &["apim"], &[(Deleted, 20, Access)])], Some(("a", Deleted, 130, true))),
            (
                &[rule("a", &["apim/core/"], &[(Archived, 0, Modification)])],
                Some(("a", Archived, 110, false)),
            ),
            (&[rule("a", &["logs/", "core/"], &[(Deleted, 1, Creation)])], None),
            (
                &[
                    rule("late", &[], &[(Deleted, 365, Creation), (Archived, 40, Creation)]),
                    rule("soon", &["apim/"], &[(Archived, 15, Modification)]),
                ],
                Some(("soon", Archived, 125, false)),
            ),
        ];
        for (rules, expected) in table {
            let found = doom(rules, &address, day(100), day(110));
            let found = found.as_ref().map(|it| (it.rule.as_str(), it.fate, it.from, it.is_conditional));
            assert_eq!(found, expected.map(|(name, fate, n, open)| (name, fate, day(n), open)), "{rules:?}");
        }
    }

    #[test]
    fn a_rule_for_tags_may_or_may_not_concern_it() {
        let mut tagged = rule("a", &[], &[(Fate::Deleted, 5, Since::Creation)]);
        tagged.is_for_tagged = true;
        let address = Location::new("stcore", "apim").at("x");
        assert!(doom(&[tagged], &address, day(0), day(0)).unwrap().is_conditional);
    }
}
