//! The engine against an Azure in memory, on simulated time: thousands of operations a minute, each with faults drawn
//! from its seed, and every verdict compared with what really happened.
//!
//! - `cloud`: what is true, and what is answered. `faults`: what goes wrong on the way.
//! - `polls`, `posts`, `outages`, `crashes`, `manifests`, `pace`, `facts`: the promises.

mod cloud;
mod crashes;
mod facts;
mod faults;
mod manifests;
mod outages;
mod pace;
mod polls;
mod posts;

use std::collections::BTreeSet;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::error::{Error, ErrorKind};
use azure_core::time::OffsetDateTime;
use jiff::SignedDuration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use uuid::Uuid;

use super::*;
use crate::azure::cloud::Cloud as Addresses;
use crate::azure::identity::Identity;
use crate::azure::simulation::Source;
use crate::azure::{Connection, Patience, WriteMode};
use crate::domain::backup::samples::backup;
use crate::domain::instance::samples::instance;
use crate::domain::plan::samples::restore;
use crate::domain::plan::{Access, BackupPlan, Kind};
use crate::domain::preflight::{Preflight, Rule};
use crate::domain::region::Region;
use crate::domain::storage::{Location, StorageAccount};

use cloud::{Cloud, Conditions, Reply, Side, Truth};
use faults::Faults;

/// Runs a story on one thread and on time that passes when everybody waits.
fn simulate<T>(story: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(story)
}

/// A directory for the journals of many stories, in memory where the system has such a thing.
fn scratch() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// Who gives the tokens: a new one an hour, and none while nobody is signed in.
#[derive(Debug)]
struct SignIn {
    signed_out: Arc<AtomicBool>,
    cloud: Cloud,
}

#[async_trait::async_trait]
impl TokenCredential for SignIn {
    async fn get_token(
        &self,
        _: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        if self.signed_out.load(Ordering::SeqCst) {
            return Err(Error::with_message(ErrorKind::Credential, "AADSTS70043: the session has ended"));
        }
        let until = OffsetDateTime::from_unix_timestamp(self.cloud.wall().as_second() + 3600).unwrap();
        Ok(AccessToken::new("canary".to_owned(), until))
    }
}

/// One console before a cloud.
struct Laptop {
    engine: Engine,
    journal: Journal,
    signed_out: Arc<AtomicBool>,
}

impl Laptop {
    /// A console on this state directory, just started.
    fn start(cloud: &Cloud, state: &Path) -> Self {
        let signed_out = Arc::new(AtomicBool::new(false));
        let sign_in = Arc::new(SignIn { signed_out: signed_out.clone(), cloud: cloud.clone() });
        let source =
            Source { name: "simulated", issuer: None, credential: Box::new(move || Ok(sign_in.clone())) };
        let wall = cloud.clone();
        let clock: Clock = Arc::new(move || wall.wall());
        let connection = Connection {
            cloud: Addresses::public(),
            identity: Identity::default(),
            write_mode: WriteMode::Guarded,
            patience: Patience::default(),
            read_only_subscriptions: BTreeSet::new(),
            clock: clock.clone(),
        };
        let azure = Azure::simulated(connection, cloud.network(), vec![source]);
        let journal = Journal::open(state).unwrap();
        let engine = Engine::new(azure, journal.clone(), clock, Bounds::default());
        engine.meet(&[account()], &[instance("apim-core", Tier::Premium)]);
        Self { engine, journal, signed_out }
    }

    /// Runs a plan to its end.
    async fn run(&self, approved: ApprovedPlan, number: u128) -> (Operation, Vec<Report>) {
        let (reports, mut heard) = unbounded_channel();
        let outcome = self.engine.run(approved, id(number), Some(Tier::Premium), reports).await;
        (stands(outcome), drain(&mut heard))
    }

    /// Takes an operation up again and follows it to its end.
    async fn resume(&self, number: u128) -> Operation {
        let (reports, _heard) = unbounded_channel();
        stands(self.engine.resume(id(number), reports).await)
    }
}

fn account() -> StorageAccount {
    let id = "/subscriptions/s-1/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stcore";
    StorageAccount {
        id: id.parse().unwrap(),
        name: "stcore".to_owned(),
        region: Region::new("westeurope"),
        blob_endpoint: Some("https://stcore.blob.core.windows.net/".to_owned()),
        shared_key_access: None,
        public_network_access: None,
        default_action: None,
        bypass: None,
        resource_rules: Vec::new(),
        address_rules: Vec::new(),
        key_made_at: None,
        has_folders: None,
    }
}

fn id(number: u128) -> OperationId {
    OperationId::new(Uuid::from_u128(number))
}

/// A plan that passed the gate: what it is about is not the question here.
fn approved(kind: Kind, now: Timestamp) -> ApprovedPlan {
    static FINE: Rule = Rule { id: "all-fine", title: "", documented: "" };
    let preflight = Preflight {
        findings: vec![FINE.ok("")],
        instance_read_at: Some(now),
        backup_asked_at: Some(now),
        unsettled: Vec::new(),
    };
    let target = instance("apim-dr", Tier::Premium);
    match kind {
        Kind::Restore => {
            let plan = restore(&backup("apim-core", 5, now), &target);
            plan.approve(&preflight, "apim-dr", &[], now).unwrap()
        }
        Kind::Backup => {
            let to = Location::new("stcore", "apim").at("ours.apimbackup".to_owned());
            BackupPlan { instance: target.id, to, access: Access::System }
                .approve(&preflight, &[], now)
                .unwrap()
        }
    }
}

fn stands(outcome: Outcome) -> Operation {
    match outcome {
        Outcome::Stands(operation) => *operation,
        Outcome::NotTaken(problem) => panic!("not taken: {problem}"),
    }
}

fn drain(heard: &mut UnboundedReceiver<Report>) -> Vec<Report> {
    std::iter::from_fn(|| heard.try_recv().ok()).collect()
}

/// Whether a verdict is wrong: it says something that is not so. To say that nothing is known is never wrong.
fn is_wrong(phase: Phase, truth: Truth) -> bool {
    match phase {
        Phase::Succeeded => !matches!(truth, Truth::Succeeds(_)),
        Phase::Failed => !matches!(truth, Truth::Fails(_)),
        Phase::Refused => truth != Truth::Refused,
        Phase::NotSent => truth != Truth::Vanishes,
        Phase::Planned | Phase::Submitting | Phase::Accepted | Phase::Untracked | Phase::Unconfirmed => false,
    }
}

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap()
}
