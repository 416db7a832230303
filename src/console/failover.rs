//! A failover plan: several instances, each with a backup and a standby of its own. Every row is a draft like that of a
//! single restore, with its own checks, its own accepted warnings and its own typed name; nothing is confirmed for two.

use jiff::Timestamp;

use super::draft::{Draft, Guard, Task};
use super::message::{Gathering, RequestId};
use super::world::watched::Watched;
use super::world::{Checks, World};
use crate::domain::operation::Operation;
use crate::domain::plan::Plan;
use crate::domain::resource::ResourceId;
use crate::domain::verdict::Verdict;

/// A failover plan.
#[derive(Clone, Debug)]
pub struct Failover {
    /// One for each marked instance.
    pub rows: Vec<Row>,
    /// The chosen row.
    pub cursor: usize,
    /// The row whose draft is in the wizard.
    pub open: Option<usize>,
    /// Whether the table takes keys: what nobody saw can have been meant by no key.
    pub guard: Guard,
}

/// One instance that is to live on elsewhere.
#[derive(Clone, Debug)]
pub struct Row {
    /// The instance.
    pub source: ResourceId,
    /// How far it is.
    pub stand: Stand,
    /// Its restore; `None` while it is in the wizard, or when there can be none.
    pub draft: Option<Draft>,
}

/// How far a row is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stand {
    /// A backup and perhaps a target are proposed; nobody took them yet.
    Proposed,
    /// A person chose backup, target and access.
    Chosen,
    /// It is no part of the plan.
    LeftOut,
    /// It was confirmed, and handed over once.
    Started(Box<Begun>),
    /// It cannot be restored from here: why.
    Impossible(String),
}

/// What was confirmed of a row. In this run, or in one before: then the journal tells the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// What was handed over.
    pub plan: Plan,
    /// When.
    pub at: Timestamp,
}

/// What a row waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// Somebody must take the proposal, or choose another target.
    Choice,
    /// The checks.
    Checks,
    /// Nothing helps: so many blockers.
    Blocked(usize),
    /// So many warnings and unknowns must be accepted.
    Acceptance(usize),
    /// Its name.
    Name,
}

impl Begun {
    /// Whether this operation came of it.
    pub fn is_of(&self, operation: &Operation) -> bool {
        let plan = operation.intent.work.plan();
        operation.planned_at >= self.at
            && plan.is_some_and(|it| {
                it.kind() == self.plan.kind()
                    && it.instance() == self.plan.instance()
                    && it.address() == self.plan.address()
            })
    }

    /// The newest operation that came of it; `None` while it is on its way to the journal.
    pub fn operation<'a>(&self, world: &'a World) -> Option<&'a Watched> {
        let own = world.operations.values().filter(|it| self.is_of(&it.operation));
        own.max_by_key(|it| it.operation.planned_at).filter(|_| !world.starting.contains(&self.plan))
    }
}

impl Row {
    /// The target, when one is chosen or proposed.
    pub fn target(&self) -> Option<&ResourceId> {
        if let Stand::Started(begun) = &self.stand {
            return Some(begun.plan.instance());
        }
        let draft = self.draft.as_ref()?;
        match (&self.stand, &draft.task) {
            (Stand::Proposed, Task::Restore { proposed, .. }) => {
                draft.instance().filter(|_| proposed.is_some())
            }
            _ => draft.instance(),
        }
    }

    /// Whether its target is taken: no other row may have it.
    fn holds(&self) -> bool {
        matches!(self.stand, Stand::Chosen | Stand::Started(_))
    }

    /// Whether it is still to be done.
    pub fn is_open(&self) -> bool {
        matches!(self.stand, Stand::Proposed | Stand::Chosen)
    }

    /// What it waits for, while it is to be done and not in the wizard.
    pub fn due(&self) -> Option<Due> {
        let draft = self.draft.as_ref().filter(|_| self.is_open())?;
        let Some(checks) = draft.checks.as_ref().filter(|_| self.stand == Stand::Chosen) else {
            return Some(if self.stand == Stand::Chosen { Due::Checks } else { Due::Choice });
        };
        if checks.gathering == Gathering::Open {
            return Some(Due::Checks);
        }
        let blocked = checks.preflight.with(Verdict::Blocked).count();
        let open = checks.preflight.to_accept().filter(|it| draft.reason_for(it.id()).is_none()).count();
        Some(match (blocked, open) {
            (0, 0) => Due::Name,
            (0, open) => Due::Acceptance(open),
            (blocked, _) => Due::Blocked(blocked),
        })
    }
}

impl Failover {
    /// A plan of these rows, that nobody has seen.
    pub fn new(rows: Vec<Row>) -> Self {
        Self { rows, cursor: 0, open: None, guard: Guard::default() }
    }

    /// The row under the cursor.
    pub fn chosen(&self) -> Option<&Row> {
        self.rows.get(self.cursor)
    }

    /// Why the row at `at` may not have this target: it is another row's, or it is to live on elsewhere itself.
    pub fn conflict(&self, at: usize, target: &ResourceId) -> Option<String> {
        let others = || self.rows.iter().enumerate().filter(move |(other, _)| *other != at);
        let taken = others().find(|(_, row)| row.holds() && row.target() == Some(target));
        if let Some((other, _)) = taken {
            return Some(format!("{} is the target of row {}", target.name(), other + 1));
        }
        let source = self.rows.iter().position(|row| row.source == *target && row.stand != Stand::LeftOut)?;
        Some(format!("{} is to fail over itself, in row {}", target.name(), source + 1))
    }

    /// Why the row at `at` may not come back into the plan: its instance, or its target, is a target meanwhile.
    pub fn conflict_of_return(&self, at: usize) -> Option<String> {
        let row = self.rows.get(at)?;
        let over = self.rows.iter().position(|other| other.holds() && other.target() == Some(&row.source));
        over.map(|other| format!("row {} restores into {}", other + 1, row.source.name()))
    }

    /// The checks of the row that asked this question.
    pub fn checks_of(&mut self, request: RequestId) -> Option<&mut Checks> {
        let mut all = self.rows.iter_mut().filter_map(|row| row.draft.as_mut()?.checks.as_mut());
        all.find(|checks| checks.request == request)
    }

    /// The first row whose checks must be run: they never were, or a question that came later ended them. `None` while
    /// the newest question, `asked`, is one of these and under way.
    pub fn to_check(&self, asked: RequestId) -> Option<usize> {
        let is_under_way = |checks: &Checks| checks.request == asked && checks.gathering == Gathering::Open;
        let mut drafts = self.rows.iter().filter_map(|row| row.draft.as_ref());
        if drafts.any(|draft| draft.checks.as_ref().is_some_and(is_under_way)) {
            return None;
        }
        let waits = |row: &Row| {
            let draft = row.draft.as_ref().filter(|_| row.stand == Stand::Chosen);
            draft.is_some_and(|draft| {
                draft.checks.as_ref().is_none_or(|checks| checks.gathering == Gathering::Open)
            })
        };
        self.rows.iter().position(waits)
    }

    /// The next row that waits for a person, from `at` on and around; `None` when none does.
    pub fn next_open(&self, at: usize) -> Option<usize> {
        let count = self.rows.len();
        (0..count).map(|step| (at + step) % count).find(|&row| self.rows[row].is_open())
    }

    /// The reason that was given for this finding in another row; the nearest before `at` first.
    pub fn reason_elsewhere(&self, at: usize, finding: &str) -> Option<&str> {
        let before = self.rows[..at.min(self.rows.len())].iter().rev();
        let after = self.rows.iter().skip(at + 1);
        before.chain(after).find_map(|row| row.draft.as_ref()?.reason_for(finding))
    }
}
