//! One row of the table of scenarios, and how it is run.
#![expect(clippy::unwrap_used, reason = "a row that cannot be set up should stop the test")]

pub(crate) mod table;
#[path = "../support/trials.rs"]
mod trials;

use std::time::Duration;

use lifeboat::azure::listing::Listing;
use lifeboat::azure::polling::Bounds;
use lifeboat::domain::approval::ApprovedPlan;
use lifeboat::domain::backup::Backup;
use lifeboat::domain::operation::{Operation, Phase};
use lifeboat::domain::plan::{Access, Kind};
use lifeboat::domain::storage::Location;
use lifeboat::engine::survey::{ConfiguredLocation, Depth, Scope};
use lifeboat::engine::{Outcome, Report};
use serde_json::Value;
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::{advance, pause, resume, sleep, timeout};

use self::trials::trials;
use crate::engine_support::{Bench, SPEED, drain, id, stands, told};

const SOURCE: &str = "apim-core-prod";
const STANDBY: &str = "apim-core-dr";
/// For what a scenario does within minutes: an hour is half a minute.
const SLOWLY: f64 = 120.0;
/// How long an operation that never ends is watched: at the usual speed half an hour of Azure's.
const WATCHED: Duration = Duration::from_secs(3);
/// Longer than a POST, a reading or a sign-in may take.
const OUT_OF_PATIENCE: Duration = Duration::from_secs(125);

/// What must be found in the log of the pretend Azure: that the scenario has bitten.
#[derive(Debug)]
pub(crate) enum Bite {
    /// This fault has hit a request.
    Fault(&'static str),
    /// This status was answered.
    Status(u16),
    /// So many requests at least had this in their path.
    Times(&'static str, usize),
}

impl Bite {
    fn is_seen(&self, requests: &[Value]) -> bool {
        match self {
            Self::Fault(word) => requests.iter().any(|it| it["fault"] == *word),
            Self::Status(code) => requests.iter().any(|it| it["status"] == *code),
            Self::Times(part, least) => {
                let is_meant = |it: &&Value| it["path"].as_str().is_some_and(|path| path.contains(part));
                requests.iter().filter(is_meant).count() >= *least
            }
        }
    }
}

/// What one operation in one scenario must come to.
pub(crate) struct Row {
    pub(crate) scenario: &'static str,
    pub(crate) ends: Phase,
    pub(crate) posts: usize,
    kind: Kind,
    speed: f64,
    /// Every event but the polls and the notes, in order.
    told: &'static [&'static str],
    /// Azure's words that must arrive unchanged.
    words: Option<&'static str>,
    bites: Vec<Bite>,
    planned: Planned,
    /// Whether time is put forward as soon as a request is left without an answer.
    pace: Pace,
    /// Whether it is watched until the engine is done, or only for a while.
    watched: Option<Duration>,
}

/// Where the plan is made: the readings, the checks and the approval before the request.
#[derive(PartialEq)]
enum Planned {
    /// In the scenario, because it is about them.
    Here,
    /// In the scenario when everything is tried; else in a quiet pretend Azure, once for all rows.
    Anywhere,
    /// In a quiet one, because nothing can be read in the scenario, or not soon.
    OnAQuietDay,
}

/// The plans that were made on a quiet day.
pub(crate) struct Plans {
    restore: ApprovedPlan,
    backup: ApprovedPlan,
}

impl Plans {
    pub(crate) fn on_a_quiet_day() -> Self {
        runtime().block_on(async {
            let bench = Bench::start("quiet").await;
            let (restore, backup) = (plan(&bench, Kind::Restore).await, plan(&bench, Kind::Backup).await);
            Self { restore, backup }
        })
    }
}

#[derive(PartialEq)]
enum Pace {
    Real,
    Hurried,
}

/// What came of it.
struct Seen {
    operation: Operation,
    reports: Vec<Report>,
    requests: Vec<Value>,
    posts: usize,
    state: Value,
}

impl Row {
    pub(crate) fn restore(scenario: &'static str) -> Self {
        Self {
            scenario,
            ends: Phase::Succeeded,
            posts: 1,
            kind: Kind::Restore,
            speed: SPEED,
            told: &["planned", "submitting", "accepted", "succeeded"],
            words: None,
            bites: Vec::new(),
            planned: Planned::Anywhere,
            pace: Pace::Real,
            watched: None,
        }
    }

    pub(crate) fn backup(scenario: &'static str) -> Self {
        let told = &["planned", "submitting", "accepted", "succeeded", "manifestWritten"];
        Self { kind: Kind::Backup, told, ..Self::restore(scenario) }
    }

    pub(crate) fn ends(self, phase: Phase, told: &'static [&'static str]) -> Self {
        Self { ends: phase, told, ..self }
    }

    pub(crate) fn goes_on(self, phase: Phase, told: &'static [&'static str]) -> Self {
        Self { ends: phase, told, watched: Some(WATCHED), ..self }
    }

    pub(crate) fn posts(self, posts: usize) -> Self {
        Self { posts, ..self }
    }

    pub(crate) fn words(self, words: &'static str) -> Self {
        Self { words: Some(words), ..self }
    }

    pub(crate) fn bites(mut self, bite: Bite) -> Self {
        self.bites.push(bite);
        self
    }

    pub(crate) fn slowly(self) -> Self {
        self.at(SLOWLY)
    }

    pub(crate) fn at(self, speed: f64) -> Self {
        Self { speed, ..self }
    }

    pub(crate) fn planned_here(self) -> Self {
        Self { planned: Planned::Here, ..self }
    }

    pub(crate) fn planned_on_a_quiet_day(self) -> Self {
        Self { planned: Planned::OnAQuietDay, ..self }
    }

    pub(crate) fn hurried(self) -> Self {
        Self { pace: Pace::Hurried, ..self }
    }

    /// Whether it takes some seconds: the long ones begin first.
    pub(crate) fn is_long(&self) -> bool {
        self.ends == Phase::Unconfirmed
            || self.speed < SPEED
            || self.watched.is_some()
            || self.scenario == "slow"
    }

    fn name(&self) -> String {
        format!("{} in {}", self.kind, self.scenario)
    }

    /// Runs it in a runtime of its own, whose time can be put forward. Gives what is wrong.
    pub(crate) fn run(&self, plans: &Plans) -> Option<String> {
        let seen = runtime().block_on(self.rehearse(plans));
        let wrong = self.compare(&seen);
        let all = format!("{}: {}", self.name(), wrong.join("; "));
        (!wrong.is_empty()).then_some(all)
    }

    async fn rehearse(&self, plans: &Plans) -> Seen {
        let bench = Bench::paced(self.scenario, self.speed, self.bounds()).await;
        let is_here = self.planned == Planned::Here || self.planned == Planned::Anywhere && trials(0, 1) == 1;
        let approved = match self.kind {
            kind if is_here => plan(&bench, kind).await,
            Kind::Restore => plans.restore.clone(),
            Kind::Backup => plans.backup.clone(),
        };
        let (reports, mut heard) = unbounded_channel();
        let engine = bench.engine.clone();
        let mut running = tokio::spawn(async move { engine.run(approved, id(1), None, reports).await });
        if self.pace == Pace::Hurried {
            put_time_forward(&bench, &running).await;
        }
        let ended = match self.watched {
            Some(time) => timeout(time, &mut running).await.ok(),
            None => Some((&mut running).await),
        };
        running.abort();
        let reports = drain(&mut heard);
        let operation = match ended {
            Some(outcome) => stands(outcome.unwrap()),
            None => last(&reports),
        };
        bench.assert_replays(&operation);
        let requests = bench.behind_the_scenes("requests").await["requests"].as_array().unwrap().clone();
        let state = bench.behind_the_scenes("state").await;
        Seen { operation, reports, requests, posts: bench.posts().await.len(), state }
    }

    /// The documented bounds, as much faster as the pretend Azure. It cannot ask for less than a second, so the longest
    /// wait is the usual one.
    fn bounds(&self) -> Bounds {
        let faster = |seconds: f64| Duration::from_secs_f64(seconds / self.speed);
        Bounds { min: faster(10.0), max: faster(60.0), absent: faster(60.0), instance: faster(10.0) }
    }

    fn compare(&self, seen: &Seen) -> Vec<String> {
        let mut wrong = Vec::new();
        let operation = &seen.operation;
        if operation.phase != self.ends {
            wrong.push(format!("it is {:?}, not {:?} ({:?})", operation.phase, self.ends, operation.problem));
        }
        let told: Vec<&str> = milestones(&seen.reports);
        if told != self.told {
            wrong.push(format!("it was told {told:?}, not {:?}", self.told));
        }
        if seen.posts != self.posts {
            wrong.push(format!("{} POSTs, not {}", seen.posts, self.posts));
        }
        if let Some(words) = self.words
            && !heard_words(&seen.reports).iter().any(|heard| heard.contains(words))
        {
            wrong.push(format!("{words:?} is not among the words {:?}", heard_words(&seen.reports)));
        }
        let missing = self.bites.iter().filter(|bite| !bite.is_seen(&seen.requests));
        wrong.extend(missing.map(|bite| format!("the scenario has not bitten: {bite:?}")));
        wrong.extend(self.lies(seen));
        wrong
    }

    /// What was said of the operation against what the pretend Azure knows of it.
    fn lies(&self, seen: &Seen) -> Option<String> {
        let own = id(1).to_string();
        let operations = seen.state["operations"].as_array().unwrap();
        let truth = operations.iter().find(|it| it["clientRequestId"] == own.as_str());
        let end = truth.filter(|it| it["finished"] == true).map(|it| it["end"].as_str().unwrap());
        let is_true = match seen.operation.phase {
            Phase::Succeeded => matches!(end, Some("written" | "restored")),
            Phase::Failed => end == Some("failed"),
            Phase::Refused | Phase::NotSent => truth.is_none(),
            Phase::Planned | Phase::Submitting | Phase::Accepted | Phase::Untracked | Phase::Unconfirmed => {
                true
            }
        };
        (!is_true).then(|| format!("{:?} is a lie: {truth:?}", seen.operation.phase))
    }
}

/// A runtime whose time can be put forward.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Plans a backup, or a restore of the newest backup of the series, through the whole gate.
async fn plan(bench: &Bench, kind: Kind) -> ApprovedPlan {
    if kind == Kind::Backup {
        return bench.approve_backup(SOURCE, "stcorebackup/apim/of-ours", Access::System).await;
    }
    let location = Location::new("stcorebackup", "apim");
    let locations = vec![ConfiguredLocation { location, listing: Listing::Auto }];
    let seen = bench.survey(Scope { locations, depth: Depth::Configured, ..Scope::default() }).await;
    let of_series = |it: &Backup| {
        let name = &it.blob.address.name;
        name.starts_with("core-2") && name.ends_with('Z')
    };
    let newest = seen.backups.into_iter().filter(of_series).max_by_key(|it| it.taken.map(|taken| taken.at));
    bench.approve_restore_of(newest.unwrap(), STANDBY, Access::System).await
}

/// Waits until a request is left without an answer, and puts time forward until the engine has given it up.
async fn put_time_forward(bench: &Bench, running: &tokio::task::JoinHandle<Outcome>) {
    let is_left =
        |it: &Value| it["status"].is_null() && (it["fault"] == "silence" || it["fault"] == "withholdAnswer");
    for _ in 0..100 {
        let requests = bench.behind_the_scenes("requests").await;
        if running.is_finished() {
            return;
        }
        if requests["requests"].as_array().unwrap().iter().any(is_left) {
            pause();
            advance(OUT_OF_PATIENCE).await;
            resume();
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// The events that were told, but for polls and notes.
fn milestones(reports: &[Report]) -> Vec<&'static str> {
    told(reports).into_iter().filter(|name| !matches!(*name, "polled" | "noted")).collect()
}

/// Azure's words in all that was told.
fn heard_words(reports: &[Report]) -> Vec<String> {
    let problem = |report: &Report| match report {
        Report::Operation(operation, _, _) => operation.problem.clone(),
        Report::Pulse(_) => None,
    };
    let mut words: Vec<String> =
        reports.iter().filter_map(problem).filter_map(|it| it.server_message).collect();
    words.dedup();
    words
}

fn last(reports: &[Report]) -> Operation {
    let operation = |report: &Report| match report {
        Report::Operation(operation, _, _) => Some(Operation::clone(operation)),
        Report::Pulse(_) => None,
    };
    reports.iter().rev().find_map(operation).unwrap()
}
