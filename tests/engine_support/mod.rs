//! A pretend Azure, an engine that speaks to it over real HTTP, and the way through the gate.
#![allow(dead_code, unused_imports, reason = "each test file uses a part of it")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up should stop")]
#![expect(clippy::disallowed_methods, reason = "these tests run in real time")]

mod proxy;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use jiff::Timestamp;
use lifeboat::azure::cloud::Cloud;
use lifeboat::azure::identity::{AuthMode, EnvironmentVariables, Identity};
use lifeboat::azure::listing::Listing;
use lifeboat::azure::polling::Bounds;
use lifeboat::azure::{Azure, Clock, Connection, Patience, WriteMode};
use lifeboat::domain::approval::{Acceptance, ApprovedPlan};
use lifeboat::domain::backup::Backup;
use lifeboat::domain::instance::Instance;
use lifeboat::domain::operation::{Operation, OperationEvent, OperationId};
use lifeboat::domain::plan::{Access, BackupPlan, Plan, RestorePlan};
use lifeboat::domain::preflight::Preflight;
use lifeboat::domain::problem::Problem;
use lifeboat::domain::storage::BackupAddress;
use lifeboat::engine::survey::{Depth, Scope, Sighting};
use lifeboat::engine::{Engine, Outcome, Report};
use lifeboat::journal::Journal;
use lifeboat::sandbox::{self, Options, Sandbox};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use uuid::Uuid;

pub(crate) use proxy::{Meddler, Meddling};

/// How many times faster the pretend Azure is: an hour is six seconds.
pub(crate) const SPEED: f64 = 600.0;

/// The names of backups tell their minute: with one founding for all, a plan made before one pretend Azure is good before
/// the others too.
static FOUNDED: LazyLock<Timestamp> = LazyLock::new(Timestamp::now);

/// Making a client reads the certificates of the machine, which costs more than all the requests of a test.
static BACKSTAGE: LazyLock<reqwest::Client> =
    LazyLock::new(|| reqwest::Client::builder().pool_max_idle_per_host(0).no_proxy().build().unwrap());

pub(crate) fn clock() -> Clock {
    Arc::new(Timestamp::now)
}

/// The documented bounds, as much faster as the pretend Azure.
pub(crate) fn bounds() -> Bounds {
    let faster = |seconds: f64| Duration::from_secs_f64(seconds / SPEED);
    Bounds { min: faster(10.0), max: faster(600.0), absent: faster(60.0), instance: faster(10.0) }
}

pub(crate) fn connect(base_url: &str) -> Azure {
    let cloud = Cloud {
        name: "sandbox".into(),
        resource_manager: base_url.into(),
        scope: "https://management.azure.com/.default".into(),
        authority: base_url.into(),
        storage_scope: "https://storage.azure.com/.default".into(),
    };
    let environment = EnvironmentVariables {
        tenant_id: Some("c0a70500-0000-4000-8000-00000000c0de".into()),
        client_id: Some("0c11ca11-0000-4000-8000-00000000c11e".into()),
        client_secret: Some("of no account".into()),
        ..EnvironmentVariables::default()
    };
    let identity = Identity { mode: AuthMode::Environment, tenant: None, environment };
    let (write_mode, clock) = (WriteMode::Guarded, clock());
    let read_only_subscriptions = BTreeSet::new();
    let patience = Patience::default();
    Azure::connect(Connection { cloud, identity, write_mode, read_only_subscriptions, patience, clock })
        .unwrap()
}

/// One laptop before one pretend Azure.
pub(crate) struct Bench {
    pub(crate) sandbox: Sandbox,
    pub(crate) journal: Journal,
    pub(crate) engine: Engine,
    pub(crate) state: tempfile::TempDir,
}

/// Everything that a survey saw.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) instances: Vec<Instance>,
    pub(crate) backups: Vec<Backup>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) all: Vec<Sighting>,
}

impl Bench {
    pub(crate) async fn start(scenario: &str) -> Self {
        Self::paced(scenario, SPEED, bounds()).await
    }

    /// A laptop that polls within these bounds, before an Azure that is so many times faster.
    pub(crate) async fn paced(scenario: &str, speed: f64, bounds: Bounds) -> Self {
        let sandbox = pretend_azure(scenario, speed).await;
        let state = tempfile::tempdir().unwrap();
        let (journal, engine) = laptop(sandbox.base_url(), state.path(), bounds);
        Self { sandbox, journal, engine, state }
    }

    /// A laptop with something in between that answers in Azure's stead as it likes.
    pub(crate) async fn behind(meddler: Meddler) -> Self {
        Self::in_scenario_behind("quiet", meddler).await
    }

    /// The same in a scenario.
    pub(crate) async fn in_scenario_behind(scenario: &str, meddler: Meddler) -> Self {
        let sandbox = pretend_azure(scenario, SPEED).await;
        let state = tempfile::tempdir().unwrap();
        let base_url = proxy::start(sandbox.base_url().to_owned(), meddler).await;
        let (journal, engine) = laptop(&base_url, state.path(), bounds());
        Self { sandbox, journal, engine, state }
    }

    /// The console, started again on the same disk.
    pub(crate) fn start_again(&mut self) {
        (self.journal, self.engine) = laptop(self.sandbox.base_url(), self.state.path(), bounds());
    }

    /// The console of somebody who has another disk.
    pub(crate) fn colleague(&self, state: &Path) -> Engine {
        laptop(self.sandbox.base_url(), state, bounds()).1
    }

    pub(crate) async fn survey(&self, scope: Scope) -> Seen {
        let (sink, mut sightings) = unbounded_channel();
        let engine = self.engine.clone();
        tokio::spawn(async move { engine.survey(scope, sink).await }).await.unwrap();
        let mut seen = Seen::default();
        while let Ok(sighting) = sightings.try_recv() {
            match &sighting {
                Sighting::Instances(page) => seen.instances.extend(page.iter().cloned()),
                Sighting::Backups(page) => seen.backups.extend(page.iter().cloned()),
                Sighting::Problem(problem) => seen.problems.push(problem.clone()),
                _ => {}
            }
            seen.all.push(sighting);
        }
        seen
    }

    pub(crate) async fn instance(&self, name: &str) -> Instance {
        let seen = self.survey(Scope { depth: Depth::Instances, ..Scope::default() }).await;
        seen.instances.into_iter().find(|it| it.name == name).unwrap()
    }

    /// The newest backup that a survey finds of an instance.
    pub(crate) async fn newest_backup_of(&self, name: &str) -> Backup {
        let seen = self.survey(Scope::default()).await;
        let of = seen.backups.into_iter().filter(|it| it.source.instance.as_deref() == Some(name));
        of.max_by_key(|it| it.taken.map(|taken| taken.at)).unwrap()
    }

    /// A restore of the newest backup of `source` through the whole gate; every warning is accepted.
    pub(crate) async fn approve_restore(&self, source: &str, target: &str, access: Access) -> ApprovedPlan {
        let backup = self.newest_backup_of(source).await;
        self.approve_restore_of(backup, target, access).await
    }

    pub(crate) async fn approve_restore_of(
        &self,
        backup: Backup,
        target: &str,
        access: Access,
    ) -> ApprovedPlan {
        let plan = RestorePlan {
            target: self.instance(target).await.id,
            backup: backup.blob.address.clone(),
            access,
            source: backup.source,
            taken: backup.taken,
        };
        let preflight = self.preflight(&Plan::Restore(plan.clone())).await;
        plan.approve(&preflight, target, &reasons(&preflight), Timestamp::now()).unwrap()
    }

    pub(crate) async fn approve_backup(&self, source: &str, to: &str, access: Access) -> ApprovedPlan {
        let to: BackupAddress = to.parse().unwrap();
        let plan = BackupPlan { instance: self.instance(source).await.id, to, access };
        let preflight = self.preflight(&Plan::Backup(plan.clone())).await;
        plan.approve(&preflight, &reasons(&preflight), Timestamp::now()).unwrap()
    }

    pub(crate) async fn preflight(&self, plan: &Plan) -> Preflight {
        let facts = self.engine.facts(plan, Listing::Auto, |_| {}).await;
        Preflight::run(plan, &facts, Timestamp::now())
    }

    /// Runs a plan to its end: the operation and all that was reported of it.
    pub(crate) async fn run(&self, approved: ApprovedPlan, id: OperationId) -> (Operation, Vec<Report>) {
        let (reports, mut heard) = unbounded_channel();
        let engine = self.engine.clone();
        let outcome = tokio::spawn(async move { engine.run(approved, id, None, reports).await });
        (stands(outcome.await.unwrap()), drain(&mut heard))
    }

    pub(crate) async fn resume(&self, id: OperationId) -> (Outcome, Vec<Report>) {
        let (reports, mut heard) = unbounded_channel();
        let engine = self.engine.clone();
        let outcome = tokio::spawn(async move { engine.resume(id, reports).await }).await.unwrap();
        (outcome, drain(&mut heard))
    }

    /// The POSTs for a backup or restore that the pretend Azure has seen.
    pub(crate) async fn posts(&self) -> Vec<Value> {
        self.behind_the_scenes("posts").await["requests"].as_array().unwrap().clone()
    }

    /// What the pretend Azure shows to tests only.
    pub(crate) async fn behind_the_scenes(&self, what: &str) -> Value {
        let url = format!("{}/_sandbox/{what}", self.sandbox.base_url());
        let body = BACKSTAGE.get(url).send().await.unwrap().text().await.unwrap();
        serde_json::from_str(&body).unwrap()
    }

    /// What the disk says of an operation must be what was told.
    pub(crate) fn assert_replays(&self, told: &Operation) {
        let mut on_disk = self.journal.read(told.id()).unwrap().operation;
        // The kind of trouble is for the running program only; the journal keeps Azure's words.
        if let (Some(own), Some(other)) = (&mut on_disk.problem, &told.problem) {
            own.kind = other.kind;
        }
        assert_eq!(&on_disk, told);
    }
}

async fn pretend_azure(scenario: &str, speed: f64) -> Sandbox {
    let founded_at = Some(*FOUNDED);
    let options = Options { scenario: scenario.into(), speed, founded_at, ..Options::default() };
    sandbox::start(options).await.unwrap()
}

fn laptop(base_url: &str, state: &Path, bounds: Bounds) -> (Journal, Engine) {
    let journal = Journal::open(state).unwrap();
    let engine = Engine::new(connect(base_url), journal.clone(), clock(), bounds);
    (journal, engine)
}

pub(crate) fn reasons(preflight: &Preflight) -> Vec<Acceptance> {
    let accept = |id: &str| Acceptance { finding: id.to_owned(), reason: "a test".into() };
    preflight.to_accept().map(|it| accept(it.id())).collect()
}

pub(crate) fn id(n: u128) -> OperationId {
    OperationId::new(Uuid::from_u128(n))
}

pub(crate) fn stands(outcome: Outcome) -> Operation {
    match outcome {
        Outcome::Stands(operation) => *operation,
        Outcome::NotTaken(problem) => panic!("not taken: {problem}"),
    }
}

pub(crate) fn drain(heard: &mut UnboundedReceiver<Report>) -> Vec<Report> {
    std::iter::from_fn(|| heard.try_recv().ok()).collect()
}

/// The names of the events that were told, repeated ones once.
pub(crate) fn told(reports: &[Report]) -> Vec<&'static str> {
    let name = |report: &Report| match report {
        Report::Operation(_, event, _) => event.as_ref().map(OperationEvent::name),
        Report::Pulse(_) => None,
    };
    let mut names: Vec<_> = reports.iter().filter_map(name).collect();
    names.dedup();
    names
}
