//! Makes the rooms and introduces them to each other, once, at the start.

use jiff::Timestamp;
use uuid::Uuid;

use super::clock;
use crate::azure::listing::Listing;
use crate::azure::{Azure, Clock, Connection, Patience, WriteMode};
use crate::domain::instance::Mark;
use crate::domain::operation::OperationId;
use crate::domain::problem::Problem;
use crate::domain::storage::Location;
use crate::engine::Engine;
use crate::engine::survey::{ConfiguredLocation, Depth, Scope};
use crate::journal::Journal;
use crate::journal::commands::Commands;
use crate::journal::drafts::Drafts;
use crate::settings::{InstanceSettings, Settings};

/// The rooms of this run.
#[derive(Clone)]
pub(super) struct House {
    /// What is meant.
    pub(super) settings: Settings,
    /// The wire.
    pub(super) azure: Azure,
    /// Memory on disk.
    pub(super) journal: Journal,
    /// What carries operations.
    pub(super) engine: Engine,
    clock: Clock,
}

/// Opens the journal. Nothing can be started without it.
///
/// # Errors
/// The state directory cannot be written.
pub(super) fn journal(settings: &Settings) -> Result<Journal, Problem> {
    Journal::open(&settings.paths.state).map_err(|error| {
        let problem = error.problem();
        Problem { summary: format!("The journal cannot be opened: {}", problem.summary), ..problem }
            .meaning("What cannot be written down is not started, because it could not be found again")
    })
}

/// What the configuration says of an instance.
fn mark(own: &InstanceSettings) -> Mark {
    match own {
        InstanceSettings { production: true, .. } => Mark::Production,
        InstanceSettings { drill: true, .. } => Mark::Drill,
        _ => Mark::Unmarked,
    }
}

impl House {
    /// Makes the rooms. Nobody is asked yet.
    ///
    /// # Errors
    /// The cloud or the identity cannot be used as configured, or the journal cannot be opened.
    pub(super) fn build(settings: Settings) -> Result<Self, Problem> {
        let clock = clock::system();
        let azure = Azure::connect(Connection {
            cloud: settings.cloud.clone(),
            identity: settings.identity.clone(),
            write_mode: settings.write_mode,
            read_only_subscriptions: settings.read_only_subscriptions.clone(),
            patience: Patience::default(),
            clock: clock.clone(),
        })
        .map_err(|error| error.problem())?;
        let journal = journal(&settings)?;
        let marks: Vec<(String, Mark)> =
            settings.instances.iter().map(|(name, own)| (name.clone(), mark(own))).collect();
        let engine = Engine::new(azure.clone(), journal.clone(), clock.clone(), settings.bounds);
        let engine = engine.marking(marks);
        Ok(Self { settings, azure, journal, engine, clock })
    }

    /// The time.
    pub(super) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// The clock.
    pub(super) fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// Where drafts are kept.
    pub(super) fn drafts(&self) -> Drafts {
        Drafts::new(&self.settings.paths.state, self.resource_manager())
    }

    /// Where commands are kept for later runs. Those of a rehearsal are about names that no other run knows.
    pub(super) fn commands(&self) -> Option<Commands> {
        let is_real = self.settings.rehearsal.is_none();
        is_real.then(|| Commands::new(&self.settings.paths.state))
    }

    /// A new operation's id.
    pub(super) fn new_id() -> OperationId {
        OperationId::new(Uuid::new_v4())
    }

    /// The root of ARM.
    pub(super) fn resource_manager(&self) -> &str {
        &self.settings.cloud.resource_manager
    }

    /// How the blobs of a location are read.
    pub(super) fn listing(&self, location: &Location) -> Listing {
        self.settings
            .locations
            .iter()
            .find(|it| it.location == *location)
            .map(|it| it.listing)
            .unwrap_or_default()
    }

    /// What a survey looks at. `locations` stand instead of the configured ones when there are any.
    pub(super) fn scope(&self, locations: &[Location], depth: Depth) -> Scope {
        let configured = |location: &Location| ConfiguredLocation {
            location: location.clone(),
            listing: self.listing(location),
        };
        let all: Vec<Location> = self.settings.locations.iter().map(|it| it.location.clone()).collect();
        let wanted = if locations.is_empty() { all.as_slice() } else { locations };
        Scope {
            subscriptions: self.settings.subscriptions.clone(),
            locations: wanted.iter().map(configured).collect(),
            depth,
        }
    }

    /// Whether this run may change anything at all.
    ///
    /// # Errors
    /// It may not; the problem says why.
    pub(super) fn may_write(&self) -> Result<(), Problem> {
        match self.settings.write_mode {
            WriteMode::Guarded => Ok(()),
            WriteMode::ReadOnly => Err(Problem::usage("This run is read-only: nothing can be started")
                .meaning(
                    "--read-only, defaults.read_only, or a configuration that could not be read forbids it",
                )
                .next("Leave --read-only out, or correct the configuration; `lifeboat info` names its file")),
        }
    }
}
