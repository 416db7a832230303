//! Differences that somebody decided to live with. They are set apart by rules and never dropped: each keeps the rule
//! that set it apart, so that it can be counted and shown.

use super::{Difference, Parity};

/// The rules in the order in which they are tried. A rule is the id of a difference; `*` in it stands for any characters,
/// also none. Capitals do not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Those of the configuration.
    pub configured: Vec<String>,
    /// Those that hold for this run only.
    pub of_run: Vec<String>,
}

/// What set a difference apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IgnoredBy {
    /// A rule of the configuration.
    Configured {
        /// Its place in the list, counted from 1.
        rule: usize,
        /// Its text.
        pattern: String,
    },
    /// A rule of this run, and its text.
    Run(String),
}

impl Rules {
    /// The first rule that fits an id.
    pub fn of(&self, id: &str) -> Option<IgnoredBy> {
        let configured = self.configured.iter().position(|pattern| fits(pattern, id));
        if let Some(place) = configured {
            return Some(IgnoredBy::Configured { rule: place + 1, pattern: self.configured[place].clone() });
        }
        self.of_run.iter().find(|pattern| fits(pattern, id)).map(|pattern| IgnoredBy::Run(pattern.clone()))
    }
}

impl Parity {
    /// Marks what the rules set apart, and takes the mark from all else.
    pub fn ignore(&mut self, rules: &Rules) {
        for difference in &mut self.differences {
            difference.ignored = rules.of(&difference.id);
        }
    }

    /// What differs and is not ignored.
    pub fn open(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|it| it.ignored.is_none())
    }

    /// What differs and is ignored.
    pub fn ignored(&self) -> impl Iterator<Item = (&Difference, &IgnoredBy)> {
        self.differences.iter().filter_map(|it| it.ignored.as_ref().map(|by| (it, by)))
    }

    /// How many of those that are ignored would make clients fail.
    pub fn ignored_blocking(&self) -> usize {
        self.ignored().filter(|(it, _)| it.blocks()).count()
    }
}

/// Whether a pattern fits the whole of an id.
fn fits(pattern: &str, id: &str) -> bool {
    let (pattern, id) = (pattern.to_lowercase(), id.to_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| id.strip_prefix(first)) else { return false };
    let Some(last) = pattern.contains('*').then(|| parts.next_back().unwrap_or_default()) else {
        return rest.is_empty();
    };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parity::ClosedBy;

    #[test]
    fn a_pattern_fits_the_whole_id_and_a_star_any_part_of_it() {
        for (pattern, id, expected) in [
            ("zones", "zones", true),
            ("zones", "zone", false),
            ("zone", "zones", false),
            ("Zones", "zoneS", true),
            ("protocol:*", "protocol:Security.Protocols.Tls10", true),
            ("protocol:*", "protocol:", true),
            ("protocol:*", "myprotocol:x", false),
            ("*:api.*", "hostname:api.contoso.example", true),
            ("*:api.*", "hostname:portal.contoso.example", false),
            ("*", "anything", true),
            ("a*b*a", "aba", true),
            ("a*b*a", "aa", false),
            ("a*a", "a", false),
            ("x*a*a", "xa", false),
            ("x*a*a", "xaa", true),
            ("ab*ba", "aba", false),
            ("**", "", true),
            ("*ß", "straße:ß", true),
            ("", "zones", false),
        ] {
            assert_eq!(fits(pattern, id), expected, "{pattern} {id}");
        }
    }

    fn difference(id: &str, blocks: bool) -> Difference {
        Difference::new(id, id, (Some("a".into()), None)).closed(ClosedBy::ByHand).blocking(Some(blocks))
    }

    #[test]
    fn what_is_ignored_counts_nowhere_else_keeps_its_rule_and_its_place_and_comes_back() {
        let names = ["hostname:a", "protocol:x", "zones"];
        let differences = names.map(|id| difference(id, id.starts_with("hostname"))).into();
        let mut parity = Parity { differences, ..Parity::default() };
        let rules = Rules {
            configured: vec!["tags.*".into(), "protocol:*".into(), "*:x".into()],
            of_run: vec!["hostname:a".into()],
        };
        parity.ignore(&rules);
        assert_eq!((parity.closed_by(ClosedBy::ByHand), parity.blocking()), (1, 0));
        assert_eq!(parity.ignored_blocking(), 1, "one that blocks is told of all the same");
        let by: Vec<_> = parity.ignored().map(|(it, by)| (it.id.as_str(), by.clone())).collect();
        let second = IgnoredBy::Configured { rule: 2, pattern: "protocol:*".into() };
        assert_eq!(
            by,
            [("hostname:a", IgnoredBy::Run("hostname:a".into())), ("protocol:x", second)],
            "the first rule that fits"
        );
        let both = Rules { of_run: vec!["protocol:x".into()], ..rules };
        let by = both.of("protocol:x");
        assert!(
            matches!(by, Some(IgnoredBy::Configured { rule: 2, .. })),
            "those of the configuration first"
        );
        parity.ignore(&Rules::default());
        let ids: Vec<&str> = parity.open().map(|it| it.id.as_str()).collect();
        assert_eq!(ids, names, "in the old order");
    }
}
