//! Does what the console wishes, in tasks that answer with messages. Nothing here is waited for.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::{AbortHandle, spawn_blocking};
use tokio::time::sleep;

use super::browser;
use super::compose::House;
use super::keeping::Keeping;
use super::stories;
use super::takeover::carry_on;
use crate::azure::identity::SignedIn;
use crate::console::effect::Effect;
use crate::console::message::{Cached, Gathering, Loaded, Msg, RequestId};
use crate::console::world::SignIn;
use crate::domain::approval::ApprovedPlan;
use crate::domain::glance::Question;
use crate::domain::operation::OperationId;
use crate::domain::plan::Plan;
use crate::domain::problem::Problem;
use crate::domain::resource::ResourceId;
use crate::domain::sku::Tier;
use crate::domain::storage::BackupAddress;
use crate::engine::parity::Recorded;
use crate::engine::survey::{Depth, Sighting};
use crate::engine::{Outcome, Report, Reports};
use crate::journal::cache::{Cache, CachedInventory};
use crate::journal::commands::Commands;

/// How often it is looked whether Azure has asked for patience.
const LISTEN: Duration = Duration::from_millis(500);

/// The tasks of the full screen.
pub(super) struct Executor {
    house: Arc<House>,
    inbox: UnboundedSender<Msg>,
    /// The reading of the inventory; a newer one ends it.
    survey: Option<AbortHandle>,
    /// The reading of facts; a newer one ends it.
    facts: Option<AbortHandle>,
    /// The reading of two instances; a newer one ends it.
    comparison: Option<AbortHandle>,
    /// The cache of an earlier run, until it was shown.
    cache: Option<Cache>,
    /// Operations that a task of this process follows.
    followed: BTreeSet<OperationId>,
    /// Where drafts are kept.
    keeping: Keeping,
    /// Where commands are kept, if they are.
    commands: Option<Commands>,
}

impl Executor {
    /// An executor that answers to this inbox.
    pub(super) fn new(house: House, inbox: UnboundedSender<Msg>) -> Self {
        let cache = Some(Cache::new(&house.settings.paths.cache));
        let keeping = Keeping::begin(house.drafts(), inbox.clone());
        let commands = house.commands();
        Self {
            house: Arc::new(house),
            inbox,
            survey: None,
            facts: None,
            comparison: None,
            cache,
            followed: BTreeSet::new(),
            keeping,
            commands,
        }
    }

    /// Begins to do what is wished. What concerns the screen itself is done by the stage.
    pub(super) fn act(&mut self, effect: Effect) {
        match effect {
            Effect::LoadInventory { request } => self.load(request),
            Effect::GatherFacts { request, plan } => self.gather(request, *plan),
            Effect::Start { approved, tier } => self.start(*approved, tier),
            Effect::Attach { instance } => self.attach(instance),
            Effect::Compare { request, source, standby, recorded } => {
                self.compare(request, (source, standby), recorded);
            }
            Effect::Glance { request, what } => self.glance(request, what),
            Effect::ResumeAll => self.resume_all(),
            Effect::KeepDrafts(sketches) => self.keeping.keep(*sketches),
            Effect::RecallDrafts => self.recall_drafts(),
            Effect::CancelInventory => self.survey.take().iter().for_each(AbortHandle::abort),
            Effect::RecallCommands => self.recall_commands(),
            Effect::KeepCommand(line) => self.keep_command(line),
            Effect::ReadStories { request, operations } => self.read_stories(request, operations),
            Effect::AskSignIn => drop(tokio::spawn(sign_in(Arc::clone(&self.house), self.inbox.clone()))),
            Effect::Note { operation, text } => self.note(operation, text),
            Effect::WriteReport { report, format } => {
                self.write(move |house| stories::write(&house.settings, &report, format));
            }
            Effect::WriteComparison { comparison, format } => self.write(move |house| {
                stories::write_comparison(&house.settings, &comparison, format, house.now())
            }),
            Effect::WriteList { list, format } => {
                self.write(move |house| stories::write_list(&house.settings, &list, format));
            }
            Effect::Browse(address) => browser::open(address, self.inbox.clone()),
            Effect::Writing(wish) => {
                let permit = self.house.azure.set_writing(wish);
                post(&self.inbox, Msg::Writing(permit));
                if permit.allows() {
                    self.make_up();
                }
            }
            Effect::Copy(_)
            | Effect::Mouse(_)
            | Effect::Announce(_)
            | Effect::Repaint
            | Effect::Suspend
            | Effect::Quit => {}
        }
    }

    /// Shows the cache of an earlier run, the first time; then surveys.
    fn load(&mut self, request: RequestId) {
        let root = self.house.resource_manager().to_owned();
        if let Some(cached) = self.cache.take().and_then(|cache| cache.load(&root)) {
            let what = Loaded::Cache(Box::new(Cached {
                as_of: cached.as_of,
                subscriptions: cached.subscriptions,
                instances: cached.instances,
                accounts: cached.accounts,
                backups: cached.backups,
            }));
            post(&self.inbox, Msg::Loaded { request, what });
        }
        let task = survey(Arc::clone(&self.house), self.inbox.clone(), request);
        replace(&mut self.survey, tokio::spawn(task).abort_handle());
    }

    fn gather(&mut self, request: RequestId, plan: Plan) {
        let (house, inbox) = (Arc::clone(&self.house), self.inbox.clone());
        let how = house.listing(&plan.address().location);
        let task = async move {
            let tell = |facts: &_, gathering| {
                post(&inbox, Msg::Facts { request, facts: Box::new(Clone::clone(facts)), gathering });
            };
            let facts = house.engine.facts(&plan, how, |facts| tell(facts, Gathering::Open)).await;
            tell(&facts, Gathering::Done);
            quota(&house, &inbox);
        };
        replace(&mut self.facts, tokio::spawn(task).abort_handle());
    }

    /// Compares two instances. A newer question ends this one.
    fn compare(
        &mut self,
        request: RequestId,
        (source, standby): (ResourceId, ResourceId),
        recorded: Option<BackupAddress>,
    ) {
        let (house, inbox) = (Arc::clone(&self.house), self.inbox.clone());
        let recorded = recorded.map(|backup| {
            let listing = house.listing(&backup.location);
            Recorded { backup, listing }
        });
        let task = async move {
            let comparison = Box::new(house.engine.parity(&source, recorded.as_ref(), &standby).await);
            post(&inbox, Msg::Compared { request, comparison });
            quota(&house, &inbox);
        };
        replace(&mut self.comparison, tokio::spawn(task).abort_handle());
    }

    /// Looks at what operations work on. The console asks again only when this is answered.
    fn glance(&self, request: RequestId, what: Question) {
        let (house, inbox) = (Arc::clone(&self.house), self.inbox.clone());
        tokio::spawn(async move {
            let glance = Box::new(house.engine.look_upon(what).await);
            post(&inbox, Msg::Glanced { request, glance });
        });
    }

    fn start(&mut self, approved: ApprovedPlan, tier: Option<Tier>) {
        let id = House::new_id();
        self.followed.insert(id);
        self.make_up();
        let (house, reports) = (Arc::clone(&self.house), self.reports());
        tokio::spawn(async move { house.engine.run(approved, id, tier, reports).await });
    }

    /// Writes the manifests that were not written when the time to write ended.
    fn make_up(&self) {
        let (house, reports) = (Arc::clone(&self.house), self.reports());
        tokio::spawn(async move { house.engine.make_up_manifests(reports).await });
    }

    /// Watches what somebody else has begun on an instance.
    fn attach(&mut self, instance: ResourceId) {
        let id = House::new_id();
        self.followed.insert(id);
        let (house, reports, inbox) = (Arc::clone(&self.house), self.reports(), self.inbox.clone());
        tokio::spawn(async move {
            let trouble = match house.engine.under_way(&instance).await {
                Err(problem) => problem,
                Ok(observed) => match house.engine.attach(observed, id, reports).await {
                    Outcome::Stands(_) => return,
                    Outcome::NotTaken(problem) => problem,
                },
            };
            post(&inbox, Msg::Trouble(trouble));
        });
    }

    /// Tells of every operation of this cloud, and follows those that have not ended. Nobody is signed in to the
    /// clouds of the others.
    fn resume_all(&mut self) {
        let (listed, problems) = self.house.journal.list();
        for problem in problems {
            post(&self.inbox, Msg::Trouble(problem));
        }
        let root = self.house.resource_manager().to_owned();
        let now = self.house.now();
        for one in listed.into_iter().filter(|it| it.operation.intent.resource_manager == root) {
            let (id, over) = (one.operation.id(), one.operation.phase.is_final());
            let found = Msg::Operation { operation: Box::new(one.operation), event: None, at: now };
            post(&self.inbox, found);
            if !over && self.followed.insert(id) {
                let (house, reports, inbox) = (Arc::clone(&self.house), self.reports(), self.inbox.clone());
                tokio::spawn(async move { carry_on(&house, id, reports, inbox).await });
            }
        }
    }

    /// Tells what an earlier run kept of its drafts.
    fn recall_drafts(&mut self) {
        let message = match self.house.drafts().load(self.house.now()) {
            Ok(sketches) => Msg::Drafts(Box::new(sketches)),
            Err(problem) => Msg::Trouble(problem),
        };
        post(&self.inbox, message);
    }

    /// Tells which commands were run before.
    fn recall_commands(&self) {
        match self.commands.as_ref().map(|it| it.load(self.house.now())) {
            Some(Ok(lines)) => post(&self.inbox, Msg::Commands(lines)),
            Some(Err(problem)) => post(&self.inbox, Msg::Trouble(problem)),
            None => {}
        }
    }

    /// Keeps a command. That it could not be is no reason to disturb anybody.
    fn keep_command(&self, line: String) {
        let Some(commands) = self.commands.clone() else { return };
        spawn_blocking(move || {
            if let Err(error) = commands.keep(&line) {
                tracing::warn!(%error, "a command was not kept for the next start");
            }
        });
    }

    /// Reads operations of the journal event by event.
    fn read_stories(&self, request: RequestId, operations: Vec<OperationId>) {
        let (house, inbox) = (Arc::clone(&self.house), self.inbox.clone());
        spawn_blocking(move || {
            let (told, problems) = stories::told(&house.settings, &house.journal, &operations);
            post(&inbox, Msg::Stories { request, told, problems });
        });
    }

    /// Writes a note down.
    fn note(&self, operation: OperationId, text: String) {
        let (house, inbox) = (Arc::clone(&self.house), self.inbox.clone());
        spawn_blocking(move || {
            let noted = house.engine.note(operation, &text, &house.settings.person);
            post(
                &inbox,
                match noted {
                    Ok((event, at)) => Msg::Noted { operation, event, at },
                    Err(problem) => Msg::NotNoted(problem),
                },
            );
        });
    }

    /// Writes a file that is asked for, and tells its path.
    fn write(&self, made: impl FnOnce(&House) -> Result<String, Problem> + Send + 'static) {
        let (house, inbox) = (Arc::clone(&self.house), self.inbox.clone());
        spawn_blocking(move || {
            post(
                &inbox,
                match made(&house) {
                    Ok(path) => Msg::ReportWritten { path },
                    Err(problem) => Msg::Trouble(problem),
                },
            );
        });
    }

    /// Where an operation reports to: everything becomes a message.
    fn reports(&self) -> Reports {
        let (reports, mut told) = unbounded_channel();
        let inbox = self.inbox.clone();
        tokio::spawn(async move {
            while let Some(report) = told.recv().await {
                post(&inbox, message(report));
            }
        });
        reports
    }
}

fn replace(slot: &mut Option<AbortHandle>, newer: AbortHandle) {
    if let Some(older) = slot.replace(newer) {
        older.abort();
    }
}

fn message(report: Report) -> Msg {
    match report {
        Report::Operation(operation, event, at) => Msg::Operation { operation, event, at },
        Report::Pulse(pulse) => Msg::Pulse(pulse),
    }
}

/// Reads the inventory, tells of each part as it arrives, and keeps all of it for the next start.
async fn survey(house: Arc<House>, inbox: UnboundedSender<Msg>, request: RequestId) {
    let (sink, mut sightings) = unbounded_channel();
    let mut kept = CachedInventory {
        as_of: house.now(),
        resource_manager: house.resource_manager().to_owned(),
        subscriptions: Vec::new(),
        instances: Vec::new(),
        accounts: Vec::new(),
        backups: Vec::new(),
    };
    let collect = async {
        while let Some(sighting) = sightings.recv().await {
            keep(&mut kept, &sighting);
            if let Some(what) = loaded(sighting) {
                post(&inbox, Msg::Loaded { request, what });
            }
        }
    };
    let read = async { tokio::join!(house.engine.survey(house.scope(&[], Depth::Discover), sink), collect) };
    tokio::select! {
        _ = read => {}
        () = tell_patience(&house, &inbox) => {}
    }
    quota(&house, &inbox);
    sign_in(Arc::clone(&house), inbox.clone()).await;
    // A survey that saw nothing knows less than the one before.
    if !kept.instances.is_empty() {
        let cache = Cache::new(&house.settings.paths.cache);
        let stored = spawn_blocking(move || cache.store(&kept)).await;
        if let Ok(Err(error)) = stored {
            tracing::warn!(%error, "the inventory was not kept for the next start");
        }
    }
}

/// Tells how much may still be asked. It is counted from the answers, so nothing is asked for it.
fn quota(house: &House, inbox: &UnboundedSender<Msg>) {
    post(inbox, Msg::Quota { at: house.now(), quota: house.azure.quota() });
}

/// Tells, while something is read, that Azure has asked for patience: a wait without a reason looks like a fault.
async fn tell_patience(house: &House, inbox: &UnboundedSender<Msg>) {
    let mut told = (0, None);
    loop {
        sleep(LISTEN).await;
        let now = house.azure.quota();
        let asked = (now.throttled, now.closed_until);
        if asked != told && asked != (0, None) {
            quota(house, inbox);
        }
        told = asked;
    }
}

/// Tells how long the sign-in lasts. A token that is good is not asked for anew; why there is none is told by whatever
/// needs one.
async fn sign_in(house: Arc<House>, inbox: UnboundedSender<Msg>) {
    if let Ok(who) = house.azure.whoami().await {
        let SignedIn { expires_at: until, tenant, renewal, .. } = who;
        post(&inbox, Msg::SignedIn(SignIn { until, tenant, renewal }));
    }
}

fn keep(kept: &mut CachedInventory, sighting: &Sighting) {
    match sighting {
        Sighting::Subscriptions(found) => kept.subscriptions.extend(found.iter().cloned()),
        Sighting::Instances(found) => kept.instances.extend(found.iter().cloned()),
        Sighting::Accounts(found) => kept.accounts.extend(found.iter().cloned()),
        Sighting::Backups(found) => kept.backups.extend(found.iter().cloned()),
        Sighting::Done { as_of } => kept.as_of = *as_of,
        Sighting::Listing { .. }
        | Sighting::Listed(_)
        | Sighting::Discovered { .. }
        | Sighting::Problem(_) => {}
    }
}

fn loaded(sighting: Sighting) -> Option<Loaded> {
    match sighting {
        Sighting::Subscriptions(found) => Some(Loaded::Subscriptions(found)),
        Sighting::Instances(found) => Some(Loaded::Instances(found)),
        Sighting::Accounts(found) => Some(Loaded::Accounts(found)),
        Sighting::Backups(found) => Some(Loaded::Backups(found)),
        Sighting::Listed(location) => Some(Loaded::Listed(location)),
        Sighting::Problem(problem) => Some(Loaded::Problem(problem)),
        Sighting::Done { as_of } => Some(Loaded::Done { as_of }),
        Sighting::Listing { .. } | Sighting::Discovered { .. } => None,
    }
}

/// Sends a message to the inbox. A closed inbox means that the screen is gone, and with it everybody who would care.
pub(super) fn post(inbox: &UnboundedSender<Msg>, message: Msg) {
    drop(inbox.send(message));
}
