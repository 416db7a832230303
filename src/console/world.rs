//! Everything that was fetched, with its age and the question that it answers. Screens own cursors; the world owns
//! facts, so that leaving a screen loses nothing.

pub mod glances;
pub mod inventory;
pub mod judgement;
pub mod log;
pub mod outage;
pub mod shelf;
pub mod stories;
pub mod watched;

use std::collections::BTreeMap;

use jiff::Timestamp;

use self::glances::Glances;
use self::inventory::Inventory;
use self::log::Log;
use self::outage::Outage;
use self::stories::Stories;
use self::watched::Watched;
use super::message::{Gathering, RequestId};
use crate::domain::operation::OperationId;
use crate::domain::parity::Comparison;
use crate::domain::plan::Plan;
use crate::domain::preflight::{Evidence, Facts, Finding, Preflight};
use crate::domain::problem::Problem;
use crate::domain::resource::ResourceId;
use crate::domain::session::Renewal;
use crate::domain::verdict::Verdict;

/// All facts.
#[derive(Debug, Default)]
pub struct World {
    /// Instances, accounts, backups, and how far their reading is.
    pub inventory: Inventory,
    /// What was asked about an instance and its standby.
    pub compared: Option<Compared>,
    /// Operations of the journal and of this run.
    pub operations: BTreeMap<OperationId, Watched>,
    /// What was seen of the instances that they work on.
    pub glances: Glances,
    /// What happened, of all of them together.
    pub log: Log,
    /// Plans that were sent to be started and of which nothing was heard yet.
    pub starting: Vec<Plan>,
    /// What the journal told for the timeline.
    pub stories: Option<Stories>,
    /// The network, while it is down.
    pub outage: Option<Outage>,
    /// Who is signed in, once a token was given.
    pub sign_in: Option<SignIn>,
    /// What went wrong beside the inventory.
    pub troubles: Vec<Trouble>,
}

/// A sign-in, as far as its token tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// When the token ends.
    pub until: Timestamp,
    /// The tenant.
    pub tenant: Option<String>,
    /// Whether the next token comes by itself.
    pub renewal: Renewal,
}

/// An instance and its standby, and what was found when they were compared.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The one that is protected.
    pub source: ResourceId,
    /// The one that is kept to be restored into.
    pub standby: ResourceId,
    /// The question.
    pub request: RequestId,
    /// What was found; `None` while both are read.
    pub found: Option<Comparison>,
}

/// Something that went wrong, and when.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// When it was told.
    pub at: Timestamp,
    /// What.
    pub problem: Problem,
}

/// The facts about one plan and what they say. A draft owns them: several plans may be on their way at once.
#[derive(Clone, Debug)]
pub struct Checks {
    /// The plan that they are about.
    pub plan: Plan,
    /// The question that is under way or was answered last.
    pub request: RequestId,
    /// The facts.
    pub facts: Facts,
    /// What they say.
    pub preflight: Preflight,
    /// Whether more will come.
    pub gathering: Gathering,
    /// Whether an earlier run stays in force until this one is complete.
    pub run: Run,
}

/// Which run of the checks is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// The first: facts are shown as they arrive.
    First,
    /// A later one: what was known stays until all is known anew.
    Again,
}

impl Checks {
    /// Checks of a plan of which nothing is known yet.
    pub fn begin(plan: Plan, request: RequestId) -> Self {
        Self {
            plan,
            request,
            facts: Facts::default(),
            preflight: Preflight::default(),
            gathering: Gathering::Open,
            run: Run::First,
        }
    }

    /// Asks anew, under this id.
    pub fn again(&mut self, request: RequestId) {
        self.request = request;
        self.run = match self.preflight.instance_read_at {
            Some(_) => Run::Again,
            None => Run::First,
        };
        self.gathering = Gathering::Open;
    }

    /// Takes an answer. One to an earlier question is dropped.
    pub fn take(&mut self, request: RequestId, facts: Facts, gathering: Gathering, now: Timestamp) {
        if request != self.request {
            return;
        }
        self.gathering = gathering;
        if self.run == Run::First || gathering == Gathering::Done {
            self.facts = facts;
            self.judge(now);
        }
    }

    /// The places of the findings as they are shown. While they arrive each keeps its place, cheap before dear; when
    /// all are there, the worst come first, so that they are seen however many there are.
    pub fn order(&self) -> Vec<usize> {
        let findings = &self.preflight.findings;
        let mut order: Vec<usize> = (0..findings.len()).collect();
        if self.gathering == Gathering::Done || self.run == Run::Again {
            order.sort_by_key(|&place| std::cmp::Reverse(findings[place].verdict));
        }
        order
    }

    /// Whether a finding still waits for what it rests on.
    pub fn is_open(&self, finding: &Finding) -> bool {
        let reading = self.gathering == Gathering::Open && self.run == Run::First;
        let waits = finding.evidence.is_empty() || finding.evidence.iter().any(Evidence::is_open);
        reading && finding.verdict == Verdict::Unknown && waits
    }

    /// How many findings still wait.
    pub fn open(&self) -> usize {
        self.preflight.findings.iter().filter(|finding| self.is_open(finding)).count()
    }

    /// Runs the rules at this moment.
    pub fn judge(&mut self, now: Timestamp) {
        self.preflight = Preflight::run(&self.plan, &self.facts, now);
    }
}

impl World {
    /// Every problem, newest first: those of the inventory and the others.
    pub fn problems(&self) -> Vec<&Trouble> {
        let mut all: Vec<&Trouble> = self.inventory.problems.iter().chain(&self.troubles).collect();
        all.sort_by_key(|trouble| std::cmp::Reverse(trouble.at));
        all
    }

    /// Operations, the unfinished first, then the newest first.
    pub fn operations(&self) -> Vec<&Watched> {
        let mut all: Vec<&Watched> = self.operations.values().collect();
        all.sort_by_key(|it| (it.operation.phase.is_final(), std::cmp::Reverse(it.operation.planned_at)));
        all
    }

    /// How many operations are not finished.
    pub fn unfinished(&self) -> usize {
        self.operations.values().filter(|it| !it.operation.phase.is_final()).count()
    }
}
