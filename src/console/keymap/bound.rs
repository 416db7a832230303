//! The keys as they hold in this run: the table, with what a configuration changes in it. Made once.

use smallvec::SmallVec;

use super::{BINDINGS, Scope};
use crate::console::intent::Intent;
use crate::console::key::Key;
use crate::console::text;

/// The keys of this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    pub(super) lines: Vec<Bound>,
}

/// A line of the table with the keys that it has in this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Where it holds.
    pub scope: Scope,
    /// What it is called within its place.
    pub name: String,
    /// The keys; the first is the one that is shown in hints. None when it was switched off.
    pub keys: Vec<Key>,
    /// What they mean.
    pub intent: Intent,
    /// One or two words for the hints; empty for none.
    pub word: &'static str,
    /// A line for the help.
    pub help: &'static str,
    /// Hints with greater rank go first when the line is narrow.
    pub rank: u8,
}

impl Default for Keymap {
    /// The table as it stands.
    fn default() -> Self {
        let lines = BINDINGS.iter().map(|binding| Bound {
            scope: binding.scope,
            name: binding.name(),
            keys: binding.keys.to_vec(),
            intent: binding.intent,
            word: binding.word,
            help: binding.help,
            rank: binding.rank,
        });
        Self { lines: lines.collect() }
    }
}

impl Keymap {
    /// Every line, in the order of the table.
    pub fn lines(&self) -> &[Bound] {
        &self.lines
    }

    /// What a key means where these scopes hold; the first scope that knows it decides.
    pub fn intent(&self, scopes: &[Scope], key: Key) -> Option<Intent> {
        scopes.iter().find_map(|scope| {
            let mut lines = self.lines.iter().filter(|line| line.scope == *scope);
            lines.find(|line| line.keys.contains(&key)).map(|line| line.intent)
        })
    }

    /// The lines that hold in these scopes, without those that an earlier scope hides or nobody can press.
    pub fn in_force<'a>(&'a self, scopes: &'a [Scope]) -> impl Iterator<Item = &'a Bound> {
        scopes.iter().enumerate().flat_map(move |(depth, scope)| {
            let lines = self.lines.iter().filter(move |line| line.scope == *scope);
            lines
                .filter(move |line| line.keys.iter().any(|key| self.intent(&scopes[..depth], *key).is_none()))
        })
    }

    /// The hints that fit into so many columns: the greater its rank, the longer one stays; in the order of the table.
    pub fn hints<'a>(&'a self, scopes: &'a [Scope], columns: usize) -> SmallVec<[&'a Bound; 48]> {
        let lines: SmallVec<[&Bound; 48]> = self.in_force(scopes).filter(|line| line.rank > 0).collect();
        let wide = |at: usize| {
            let key = lines[at].keys.first().map_or(0, text::columns);
            key + text::width(lines[at].word) + 3
        };
        let mut by_rank: SmallVec<[usize; 48]> = (0..lines.len()).collect();
        by_rank.sort_unstable_by_key(|&at| (std::cmp::Reverse(lines[at].rank), at));
        // Between two hints are two columns, before the first one none.
        let mut room = columns + 2;
        let mut shown: SmallVec<[usize; 48]> = SmallVec::new();
        for at in by_rank {
            if wide(at) > room {
                break;
            }
            room -= wide(at);
            shown.push(at);
        }
        shown.sort_unstable();
        shown.into_iter().map(|at| lines[at]).collect()
    }
}
