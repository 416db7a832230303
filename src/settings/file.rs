//! The configuration file. Every key is optional; what cannot be used is reported with its line and the rest is
//! used, but never in a way that takes a guard away: see [`Configuration::guard_lost`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use jiff::SignedDuration;

use super::keys::Keys;
use super::reader::{Reader, Section};
use super::surroundings::Notify;
use super::views::{self, View};
use crate::azure::identity::AuthMode;
use crate::azure::listing::Listing;
use crate::domain::plan::Access;
use crate::domain::problem::Problem;
use crate::domain::resource::SubscriptionId;
use crate::domain::storage::Location;

/// What a configuration file says, as far as it could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Configuration {
    /// `defaults.cloud`
    pub(super) cloud: Option<String>,
    /// `defaults.auth`
    pub(super) auth: Option<AuthMode>,
    /// `defaults.read_only`
    pub(super) read_only: Option<bool>,
    /// `defaults.rpo`
    pub(super) rpo: Option<SignedDuration>,
    /// `defaults.notify`
    pub(super) notify: Option<Notify>,
    /// `defaults.theme`
    pub(super) theme: Option<String>,
    /// `defaults.reduced_motion`
    pub(super) reduced_motion: Option<bool>,
    /// `defaults.rto`
    pub(super) rto: Option<SignedDuration>,
    /// `[[locations]]`
    pub(super) locations: Vec<ConfiguredLocation>,
    /// `[instances."name or id"]`
    pub(super) instances: BTreeMap<String, InstanceSettings>,
    /// `[subscriptions."id"]` with `read_only = true`
    pub(super) read_only_subscriptions: BTreeSet<SubscriptionId>,
    /// `[polling]`
    pub(super) polling: Polling,
    /// `[clouds.NAME]`
    pub(super) clouds: BTreeMap<String, ConfiguredCloud>,
    /// `[views.NAME]`
    pub(super) views: Vec<View>,
    /// `parity.ignore`
    pub(super) ignore: Vec<String>,
    /// `[keys]`
    pub(super) keys: Keys,
    /// `defaults.mouse`
    pub(super) mouse: Option<bool>,
    /// What could not be used.
    pub(super) problems: Vec<Problem>,
    /// Something unusable might have said which cloud is meant or that nothing may be written. The program then
    /// writes nothing, rather than guess.
    pub(super) guard_lost: bool,
    /// The text is not TOML, or there is no text to be had: verbs do not start on it.
    pub(super) broken: bool,
}

/// A place where backups lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfiguredLocation {
    /// The container.
    pub location: Location,
    /// How it is listed.
    pub listing: Listing,
}

/// What the configuration says of one instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstanceSettings {
    /// The name or resource id of its standby.
    pub standby: Option<String>,
    /// How old its newest usable backup may be.
    pub rpo: Option<SignedDuration>,
    /// How long its recovery may take.
    pub rto: Option<SignedDuration>,
    /// Whether it carries production.
    pub production: bool,
    /// Whether restores into it are drills. Never beside `production`.
    pub drill: bool,
    /// How Azure reaches the storage account when it is the target.
    pub access: Option<Access>,
}

/// Bounds of the polling, as far as given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Polling {
    pub(super) min: Option<Duration>,
    pub(super) max: Option<Duration>,
    pub(super) absent: Option<Duration>,
    pub(super) instance: Option<Duration>,
}

/// A cloud of one's own; `resource_manager` is its only required key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ConfiguredCloud {
    pub(super) resource_manager: String,
    pub(super) scope: Option<String>,
    pub(super) authority: Option<String>,
    pub(super) storage_scope: Option<String>,
}

impl Configuration {
    /// Reads what `text` says; `file` is only named in problems.
    pub(super) fn parse(file: &Path, text: &str) -> Self {
        let (mut read, root) = Reader::new(file, text);
        let mut found = Self { broken: read.guard_lost, ..Self::default() };
        let sections = [
            "defaults",
            "locations",
            "instances",
            "subscriptions",
            "polling",
            "clouds",
            "views",
            "parity",
            "keys",
        ];
        root.only(&mut read, &sections);
        if let Some(defaults) = root.table(&mut read, "defaults") {
            found.defaults(&mut read, &defaults);
        }
        for entry in root.list(&mut read, "locations") {
            found.locations.extend(location(&mut read, &entry));
        }
        for (name, entry) in root.tables(&mut read, "instances") {
            found.instances.insert(name, instance(&mut read, &entry));
        }
        for (id, entry) in root.tables(&mut read, "subscriptions") {
            entry.only(&mut read, &["read_only"]);
            if entry.guard(&mut read, "read_only") == Some(true) {
                found.read_only_subscriptions.insert(SubscriptionId::new(&id));
            }
        }
        if let Some(polling) = root.table(&mut read, "polling") {
            found.polling = bounds(&mut read, &polling);
        }
        if let Some(keys) = root.table(&mut read, "keys") {
            found.keys = Keys::read(&mut read, &keys);
        }
        for (name, entry) in root.tables(&mut read, "clouds") {
            found.clouds.extend(cloud(&mut read, &entry).map(|cloud| (name, cloud)));
        }
        for (name, entry) in root.tables(&mut read, "views") {
            found.views.push(views::view(&mut read, file, name, &entry));
        }
        if let Some(parity) = root.table(&mut read, "parity") {
            found.ignore = ignored(&mut read, &parity);
        }
        found.problems = read.problems;
        found.problems.extend(marked_twice(file, &found.instances));
        found.guard_lost = read.guard_lost;
        found
    }

    /// A configuration that could not be read at all.
    pub(super) fn unreadable(file: &Path, why: &std::io::Error) -> Self {
        let problem = Problem::usage(format!("The configuration {} cannot be read: {why}", file.display()))
            .meaning("Nothing of it is used; the console only looks until it can be read")
            .next("Correct the path, or what may read it")
            .about(file.display().to_string());
        Self { problems: vec![problem], guard_lost: true, broken: true, ..Self::default() }
    }

    fn defaults(&mut self, read: &mut Reader<'_>, section: &Section<'_>) {
        section.only(
            read,
            &["cloud", "auth", "read_only", "rpo", "rto", "theme", "notify", "mouse", "reduced_motion"],
        );
        self.cloud = section.text(read, "cloud");
        self.auth = section.parsed(read, "auth", "one of: auto, cli, azd, environment, workload, managed");
        self.read_only = section.guard(read, "read_only");
        self.rpo = section.duration(read, "rpo");
        self.rto = section.duration(read, "rto");
        self.theme = section.text(read, "theme");
        self.reduced_motion = section.switch(read, "reduced_motion");
        self.notify = section.parsed(read, "notify", "one of: auto, bell, off");
        self.mouse = section.switch(read, "mouse");
        if self.cloud.is_none() && section.has("cloud") {
            read.guard_lost = true;
        }
    }

    /// Puts `upper` on top: its single keys win, its lists are added.
    #[must_use]
    pub(super) fn under(mut self, upper: Self) -> Self {
        self.locations.extend(upper.locations);
        self.instances.extend(upper.instances);
        self.read_only_subscriptions.extend(upper.read_only_subscriptions);
        self.clouds.extend(upper.clouds);
        self.views.retain(|view| upper.views.iter().all(|it| it.name != view.name));
        self.views.extend(upper.views);
        self.ignore.extend(upper.ignore);
        self.problems.extend(upper.problems);
        let (ours, theirs) = (self.polling, upper.polling);
        let polling = Polling {
            min: theirs.min.or(ours.min),
            max: theirs.max.or(ours.max),
            absent: theirs.absent.or(ours.absent),
            instance: theirs.instance.or(ours.instance),
        };
        Self {
            cloud: upper.cloud.or(self.cloud),
            auth: upper.auth.or(self.auth),
            read_only: upper.read_only.or(self.read_only),
            rpo: upper.rpo.or(self.rpo),
            rto: upper.rto.or(self.rto),
            theme: upper.theme.or(self.theme),
            notify: upper.notify.or(self.notify),
            mouse: upper.mouse.or(self.mouse),
            keys: self.keys.under(upper.keys),
            reduced_motion: upper.reduced_motion.or(self.reduced_motion),
            polling,
            guard_lost: self.guard_lost || upper.guard_lost,
            broken: self.broken || upper.broken,
            ..self
        }
    }
}

fn location(read: &mut Reader<'_>, section: &Section<'_>) -> Option<ConfiguredLocation> {
    section.only(read, &["account", "container", "listing"]);
    let account = section.required(read, "account");
    let container = section.required(read, "container");
    let listing = section.parsed(read, "listing", "one of: auto, entra, key").unwrap_or_default();
    match format!("{}/{}", account?, container?).parse() {
        Ok(location) => Some(ConfiguredLocation { location, listing }),
        Err(error) => {
            section.unusable(read, &error.to_string());
            None
        }
    }
}

fn instance(read: &mut Reader<'_>, section: &Section<'_>) -> InstanceSettings {
    section.only(read, &["standby", "rpo", "rto", "production", "drill", "access"]);
    // A production mark that cannot be read stays a mark; a drill mark that cannot be read is none.
    let production = section.switch(read, "production").unwrap_or_else(|| section.has("production"));
    let drill = section.switch(read, "drill").unwrap_or(false);
    if production && drill {
        section.unusable(read, "marked as production and for drills: it counts as production");
    }
    InstanceSettings {
        standby: section.text(read, "standby"),
        rpo: section.duration(read, "rpo"),
        rto: section.duration(read, "rto"),
        production,
        drill: drill && !production,
        access: section.parsed(read, "access", "system, user:CLIENT_ID or key"),
    }
}

/// Instances that one table marks as production, by name or id, and another for drills.
fn marked_twice(file: &Path, all: &BTreeMap<String, InstanceSettings>) -> Vec<Problem> {
    let name = |key: &str| key.rsplit('/').next().unwrap_or(key).to_ascii_lowercase();
    let is_one = |a: &str, b: &str| {
        let same_kind = a.contains('/') == b.contains('/');
        if same_kind { a.eq_ignore_ascii_case(b) } else { name(a) == name(b) }
    };
    let drills = all.iter().filter(|(_, it)| it.drill);
    let twice = drills.filter(|(drill, _)| all.iter().any(|(key, it)| it.production && is_one(key, drill)));
    let problem = |drill: &String| {
        Problem::usage(format!("Configuration: {drill} is marked for drills, and elsewhere as production"))
            .meaning("It counts as production")
            .next("Take one of the marks out")
            .about(file.display().to_string())
    };
    twice.map(|(drill, _)| problem(drill)).collect()
}

fn bounds(read: &mut Reader<'_>, section: &Section<'_>) -> Polling {
    section.only(read, &["min", "max", "absent", "instance"]);
    let mut bound = |key| section.duration(read, key).map(SignedDuration::unsigned_abs);
    Polling { min: bound("min"), max: bound("max"), absent: bound("absent"), instance: bound("instance") }
}

/// The rules for what a comparison sets apart.
fn ignored(read: &mut Reader<'_>, section: &Section<'_>) -> Vec<String> {
    section.only(read, &["ignore"]);
    let rules = section.texts(read, "ignore").unwrap_or_default();
    rules.into_iter().map(|(rule, _)| rule).collect()
}

fn cloud(read: &mut Reader<'_>, section: &Section<'_>) -> Option<ConfiguredCloud> {
    section.only(read, &["resource_manager", "scope", "authority", "storage_scope"]);
    Some(ConfiguredCloud {
        scope: section.text(read, "scope"),
        authority: section.text(read, "authority"),
        storage_scope: section.text(read, "storage_scope"),
        resource_manager: section.required(read, "resource_manager")?,
    })
}

#[cfg(test)]
mod tests;
