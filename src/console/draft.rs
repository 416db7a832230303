//! A backup or a restore on its way through the wizard: what was chosen, accepted and typed so far.

use tui_input::Input;

use super::message::{Gathering, RequestId};
use super::world::Checks;
use crate::domain::approval::Acceptance;
use crate::domain::backup::Backup;
use crate::domain::plan::{Access, BackupPlan, Kind, Plan, RestorePlan};
use crate::domain::resource::ResourceId;
use crate::domain::storage::Location;

/// A draft.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What is to be done.
    pub task: Task,
    /// Where it stands.
    pub step: Step,
    /// The chosen target or location, as a place in the task's list.
    pub choice: usize,
    /// The ways to the storage account.
    pub accesses: Vec<Access>,
    /// The chosen one.
    pub access: usize,
    /// The finding under the cursor.
    pub finding: usize,
    /// How far its evidence was scrolled; `None` while it is folded.
    pub evidence: Option<usize>,
    /// What was asked about the plan, and what was answered.
    pub checks: Option<Checks>,
    /// Accepted warnings.
    pub accepted: Vec<Acceptance>,
    /// The reason that is being typed.
    pub reason: Option<Input>,
    /// The name that was typed.
    pub typed: Input,
    /// The chosen button.
    pub button: Button,
    /// Whether the last dialog takes input.
    pub guard: Guard,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub enum Task {
    /// Restore this backup into one of these.
    Restore {
        /// The backup.
        backup: Box<Backup>,
        /// What it can be restored into, the configured standby first.
        targets: Vec<ResourceId>,
        /// The one that would be best now, when there is one. Shown, never chosen by itself.
        proposed: Option<ResourceId>,
    },
    /// Back this instance up into one of these.
    Backup {
        /// The instance.
        instance: ResourceId,
        /// Where to, the proposed location first.
        locations: Vec<Location>,
        /// The name of the blob.
        name: String,
    },
}

/// A step of the wizard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Choose the target or the location.
    Where,
    /// Choose the way to the storage account.
    Access,
    /// Read the findings and accept what must be accepted.
    Findings,
    /// See the exact request.
    Review,
    /// Type the name, or press the button.
    Confirm,
}

/// The two buttons of the last dialog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Button {
    /// Nothing happens.
    #[default]
    Cancel,
    /// It is sent.
    Act,
}

/// What the last dialog believes of its input. A dialog that nobody has seen can have been meant by no key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Guard {
    /// It was not drawn yet: everything is dropped.
    #[default]
    Unseen,
    /// It was drawn: typing counts.
    Open,
    /// The whole name was drawn: Enter counts.
    Armed,
}

impl Task {
    /// Which of the two.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Restore { .. } => Kind::Restore,
            Self::Backup { .. } => Kind::Backup,
        }
    }

    /// How many targets or locations there are to choose from.
    pub fn choices(&self) -> usize {
        match self {
            Self::Restore { targets, .. } => targets.len(),
            Self::Backup { locations, .. } => locations.len(),
        }
    }
}

impl Draft {
    /// A draft at its first step.
    pub fn new(task: Task) -> Self {
        Self {
            task,
            step: Step::Where,
            choice: 0,
            accesses: Vec::new(),
            access: 0,
            finding: 0,
            evidence: None,
            checks: None,
            accepted: Vec::new(),
            reason: None,
            typed: Input::default(),
            button: Button::default(),
            guard: Guard::default(),
        }
    }

    /// The instance that the request would go to; `None` while there is nothing to choose from.
    pub fn instance(&self) -> Option<&ResourceId> {
        match &self.task {
            Task::Restore { targets, .. } => targets.get(self.choice),
            Task::Backup { instance, .. } => Some(instance),
        }
    }

    /// The place of a target among those to choose from.
    pub fn place_of(&self, target: &ResourceId) -> Option<usize> {
        match &self.task {
            Task::Restore { targets, .. } => targets.iter().position(|it| it == target),
            Task::Backup { .. } => None,
        }
    }

    /// The plan as chosen; `None` while something is not chosen.
    pub fn plan(&self) -> Option<Plan> {
        let access = self.accesses.get(self.access)?.clone();
        let instance = self.instance()?.clone();
        Some(match &self.task {
            Task::Restore { backup, .. } => Plan::Restore(RestorePlan {
                target: instance,
                backup: backup.blob.address.clone(),
                access,
                source: backup.source.clone(),
                taken: backup.taken,
            }),
            Task::Backup { locations, name, .. } => Plan::Backup(BackupPlan {
                instance,
                to: locations.get(self.choice)?.at(name.as_str()),
                access,
            }),
        })
    }

    /// Whether the typed name is exactly that of the target.
    pub fn name_is_whole(&self) -> bool {
        self.instance().is_some_and(|id| id.name() == self.typed.value())
    }

    /// The reason with which a finding was accepted.
    pub fn reason_for(&self, finding: &str) -> Option<&str> {
        self.accepted.iter().find(|it| it.finding == finding).map(|it| it.reason.as_str())
    }

    /// The answers about the plan, and the draft beside them.
    pub fn checked(&self) -> Option<(&Self, &Checks)> {
        self.checks.as_ref().map(|checks| (self, checks))
    }

    /// Whether the checks are under way.
    pub fn is_gathering(&self) -> bool {
        self.checks.as_ref().is_some_and(|checks| checks.gathering == Gathering::Open)
    }

    /// Begins a question about the plan, and gives the plan. What an earlier one found stays in force until this one
    /// is complete, when it was about the same plan.
    pub fn ask_about(&mut self, request: RequestId) -> Option<Plan> {
        let plan = self.plan()?;
        match &mut self.checks {
            Some(checks) if checks.plan == plan => checks.again(request),
            checks => *checks = Some(Checks::begin(plan.clone(), request)),
        }
        Some(plan)
    }

    /// Forgets answers about another plan than what is chosen now, and what was accepted of them. Says whether there
    /// were any.
    pub fn forget_other_answers(&mut self) -> bool {
        let plan = self.plan();
        let is_other = self.checks.as_ref().is_some_and(|checks| Some(&checks.plan) != plan.as_ref());
        if is_other {
            self.checks = None;
            self.accepted.clear();
        }
        is_other
    }

    /// Opens the last dialog: empty, unseen, with Cancel chosen.
    pub fn ask(&mut self) {
        self.step = Step::Confirm;
        self.disarm();
    }

    /// Empties the last dialog.
    pub fn disarm(&mut self) {
        self.typed = Input::default();
        self.button = Button::Cancel;
        self.guard = Guard::Unseen;
    }
}
