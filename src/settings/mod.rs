//! What is meant: the configuration file, the environment and the flags made into one [`Settings`]. The only room that
//! reads the environment and the configuration.
//!
//! Flags win over the file. One exception: what forbids writing is never lifted by anything above it.

mod environment;
mod file;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod keys;
mod paths;
mod reader;
pub mod schema;
mod surroundings;
pub mod themes;
pub mod views;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::SignedDuration;

use crate::azure::WriteMode;
use crate::azure::cloud::Cloud;
use crate::azure::identity::{AuthMode, EnvironmentVariables, Identity};
use crate::azure::polling::Bounds;
use crate::cli::{Color, Global, LogLevel};
use crate::domain::instance::Instance;
use crate::domain::problem::Problem;
use crate::domain::resource::SubscriptionId;
use file::{Configuration, ConfiguredCloud, Polling};

pub use environment::Environment;
pub use file::{ConfiguredLocation, InstanceSettings};
pub use paths::Paths;
pub use surroundings::{Browser, Clipboard, Multiplexer, Notice, Surroundings};

/// A commented configuration with every key and its default.
pub const SAMPLE: &str = include_str!("../../assets/lifeboat.toml");

/// The configuration of the pretend Azure's fleet.
const REHEARSAL: &str = include_str!("../../assets/sandbox/contoso.toml");

/// Everything that was decided before the start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which Azure.
    pub cloud: Cloud,
    /// Who to sign in as.
    pub identity: Identity,
    /// Whether anything may be changed.
    pub write_mode: WriteMode,
    /// Subscriptions in which nothing may be changed.
    pub read_only_subscriptions: BTreeSet<SubscriptionId>,
    /// The subscriptions to look at; empty means all.
    pub subscriptions: Vec<SubscriptionId>,
    /// Where backups are known to lie.
    pub locations: Vec<ConfiguredLocation>,
    /// What is said of instances, by name or resource id.
    pub instances: BTreeMap<String, InstanceSettings>,
    /// How old a newest usable backup may be where nothing else is said.
    pub rpo: SignedDuration,
    /// How long a recovery may take where nothing else is said.
    pub rto: Option<SignedDuration>,
    /// Bounds of the polling.
    pub bounds: Bounds,
    /// Where files lie.
    pub paths: Paths,
    /// How it looks.
    pub appearance: Appearance,
    /// Which keys mean what.
    pub keys: keys::Keys,
    /// How much is logged.
    pub log_level: LogLevel,
    /// The pretend Azure that this is about, when it is a rehearsal.
    pub rehearsal: Option<Rehearsal>,
    /// What the system calls the person at the keyboard, for notes; empty where it does not say.
    pub person: String,
    /// Saved views.
    pub views: Vec<views::View>,
    /// Which differences of a comparison are set apart.
    pub ignore: Vec<String>,
    /// Commands that the console is started with.
    pub open: Vec<String>,
    /// The configuration that was asked for, when one was.
    pub asked: Option<PathBuf>,
    /// What of the configuration could not be used.
    pub problems: Vec<Problem>,
    /// The configuration could not be read as a whole: a script should not run on half of it.
    pub broken: bool,
}

/// How the console looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appearance {
    /// Whether there are colours.
    pub colour: Colour,
    /// How many the terminal says it has.
    pub depth: ColourDepth,
    /// The theme that was asked for, or why there is none.
    pub theme: Result<themes::Theme, Problem>,
    /// Which characters are drawn.
    /// What stands between the program and the person.
    pub around: Surroundings,
    /// Which characters are drawn.
    pub glyphs: Glyphs,
    /// What may change by itself.
    pub motion: Motion,
    /// Whether a full screen can be drawn at all; not on `TERM=dumb`.
    pub screen: Terminal,
    /// Whether the mouse is on from the start.
    pub mouse: Mouse,
}

/// Whether the mouse does anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mouse {
    /// It is the terminal's.
    #[default]
    Off,
    /// The console takes it.
    On,
}

/// What may change on the screen by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// Clocks and countdowns tick.
    Usual,
    /// Nothing but the minute: all else changes with a key or an answer.
    Reduced,
}

/// Whether there are colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Colours.
    On,
    /// None.
    Off,
}

/// How many colours the terminal says it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColourDepth {
    /// Sixteen.
    Sixteen,
    /// 256.
    Indexed,
    /// All.
    True,
}

/// Which characters are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyphs {
    /// Lines and marks of Unicode.
    Unicode,
    /// ASCII only.
    Ascii,
}

/// What the terminal says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terminal {
    /// It can move its cursor.
    Capable,
    /// `TERM=dumb`: it cannot.
    Dumb,
}

/// A pretend Azure that was started for this run.
#[derive(Clone, Debug, PartialEq)]
pub struct Rehearsal {
    /// Its address on the loopback.
    pub base_url: String,
    /// What goes wrong in it.
    pub scenario: String,
    /// How many times faster than the real one it is.
    pub speed: f64,
}

impl Settings {
    /// Makes the settings of this run.
    ///
    /// # Errors
    /// Only what leaves nothing sensible to go on with: a cloud that nobody knows, no home for files.
    pub fn load(
        typed: &Global,
        environment: &Environment,
        rehearsal: Option<Rehearsal>,
    ) -> Result<Self, Problem> {
        let mut paths = Paths::of_platform().ok_or_else(no_home)?;
        let file = read_configuration(typed, environment, &mut paths, rehearsal.as_ref());
        let cloud = match &rehearsal {
            Some(rehearsal) => rehearsal.cloud(),
            None => cloud(typed.cloud.as_deref(), &file)?,
        };
        let appearance = appearance(typed, environment, &file, &paths);
        let guarded = !(typed.read_only || file.read_only == Some(true) || file.guard_lost);
        Ok(Self {
            cloud: cloud.checked().map_err(|error| error.problem())?,
            identity: identity(typed, environment, &file, rehearsal.as_ref()),
            write_mode: if guarded { WriteMode::Guarded } else { WriteMode::ReadOnly },
            read_only_subscriptions: file.read_only_subscriptions,
            subscriptions: typed.subscription.iter().map(|id| SubscriptionId::new(id)).collect(),
            locations: file.locations,
            instances: file.instances,
            rpo: file.rpo.unwrap_or(SignedDuration::from_hours(24)),
            rto: file.rto,
            bounds: bounds(file.polling, rehearsal.as_ref().map_or(1.0, |it| it.speed)),
            appearance,
            paths: if rehearsal.is_some() { paths.for_rehearsal() } else { paths },
            keys: file.keys,
            log_level: typed.log_level.unwrap_or_default(),
            rehearsal,
            person: environment.person().unwrap_or_default().to_owned(),
            views: file.views,
            ignore: file.ignore,
            open: typed.opened(),
            asked: typed.config.clone(),
            problems: file.problems,
            broken: file.broken,
        })
    }

    /// What is said of this instance, by its id or its name.
    pub fn of_instance(&self, instance: &Instance) -> Option<&InstanceSettings> {
        self.called(&[instance.id.as_str(), &instance.name])
    }

    /// What is said of the instance that goes by any of these words.
    pub fn called(&self, words: &[&str]) -> Option<&InstanceSettings> {
        let meant = |key: &str| words.iter().any(|word| key.eq_ignore_ascii_case(word));
        self.instances.iter().find(|(key, _)| meant(key)).map(|(_, settings)| settings)
    }
}

impl Rehearsal {
    /// The pretend Azure: one address for everything, tokens for the same audiences as the public cloud.
    fn cloud(&self) -> Cloud {
        Cloud {
            name: "sandbox".to_owned(),
            resource_manager: self.base_url.clone(),
            authority: self.base_url.clone(),
            ..Cloud::public()
        }
    }

    /// Somebody who exists there only. The secret is none.
    fn operator() -> EnvironmentVariables {
        EnvironmentVariables {
            tenant_id: Some("0f0f0f0f-0000-4000-8000-00000000c0de".to_owned()),
            client_id: Some("0f0f0f0f-0000-4000-8000-0000000000aa".to_owned()),
            client_secret: Some("rehearsal".into()),
            ..EnvironmentVariables::default()
        }
    }
}

fn no_home() -> Problem {
    Problem::usage("There is no home directory to keep journals in")
        .meaning("Without a journal nothing can be started, because it could not be found again")
        .next("Set HOME, or XDG_STATE_HOME, XDG_CONFIG_HOME and XDG_CACHE_HOME")
}

/// The file that was asked for, or the platform's own when there is one. A rehearsal has its own, with the one that was
/// asked for on top: the platform's describes instances that do not exist there.
fn read_configuration(
    typed: &Global,
    environment: &Environment,
    paths: &mut Paths,
    rehearsal: Option<&Rehearsal>,
) -> Configuration {
    let asked = typed.config.clone().or_else(|| environment.get("LIFEBOAT_CONFIG").map(Into::into));
    let own = asked.is_none().then(|| paths.config.clone());
    if let Some(asked) = &asked {
        paths.config.clone_from(asked);
    }
    let file = match (&asked, &own) {
        (Some(file), _) => read(file),
        (None, Some(file)) if rehearsal.is_none() && file.exists() => read(file),
        (None, _) => Configuration::default(),
    };
    match rehearsal {
        Some(_) => Configuration::parse(Path::new("contoso.toml"), REHEARSAL).under(file),
        None => file,
    }
}

fn read(file: &Path) -> Configuration {
    match fs::read(file).and_then(|bytes| {
        String::from_utf8(bytes).map_err(|_| std::io::Error::new(ErrorKind::InvalidData, "it is not UTF-8"))
    }) {
        Ok(text) => Configuration::parse(file, &text),
        Err(error) => Configuration::unreadable(file, &error),
    }
}

fn cloud(typed: Option<&str>, file: &Configuration) -> Result<Cloud, Problem> {
    let name = typed.or(file.cloud.as_deref()).unwrap_or("public");
    let own = file.clouds.get(name).map(|configured| configured.named(name));
    own.or_else(|| Cloud::named(name)).ok_or_else(|| {
        let known: Vec<&str> =
            ["public", "usgov", "china"].into_iter().chain(file.clouds.keys().map(String::as_str)).collect();
        Problem::usage(format!("There is no cloud '{name}'"))
            .next(format!("Use one of: {}; or describe it as [clouds.{name}]", known.join(", ")))
    })
}

impl ConfiguredCloud {
    fn named(&self, name: &str) -> Cloud {
        let public = Cloud::public();
        let root = self.resource_manager.trim_end_matches('/').to_owned();
        Cloud {
            name: name.to_owned(),
            scope: self.scope.clone().unwrap_or_else(|| format!("{root}/.default")),
            resource_manager: root,
            authority: self.authority.clone().unwrap_or(public.authority),
            storage_scope: self.storage_scope.clone().unwrap_or(public.storage_scope),
        }
    }
}

fn identity(
    typed: &Global,
    environment: &Environment,
    file: &Configuration,
    rehearsal: Option<&Rehearsal>,
) -> Identity {
    if rehearsal.is_some() {
        let environment = Rehearsal::operator();
        return Identity { mode: AuthMode::Environment, tenant: None, environment };
    }
    let text = |name: &str| environment.get(name).map(str::to_owned);
    Identity {
        mode: typed.auth.or(file.auth).unwrap_or_default(),
        tenant: typed.tenant.clone(),
        environment: EnvironmentVariables {
            tenant_id: text("AZURE_TENANT_ID"),
            client_id: text("AZURE_CLIENT_ID"),
            client_secret: text("AZURE_CLIENT_SECRET").map(Into::into),
            federated_token_file: text("AZURE_FEDERATED_TOKEN_FILE"),
            authority_host: text("AZURE_AUTHORITY_HOST"),
            identity_endpoint: environment.get("IDENTITY_ENDPOINT").is_some(),
        },
    }
}

/// The configured bounds, a rehearsal's divided by its speed. Below a tenth of a second nobody would see more, and the
/// machine would do little else.
fn bounds(polling: Polling, speed: f64) -> Bounds {
    let usual = Bounds::default();
    let bound = |given: Option<Duration>, usual: Duration| {
        let full = given.unwrap_or(usual);
        let floor = full.min(Duration::from_millis(100));
        full.div_f64(speed).max(floor)
    };
    let (min, max) = (bound(polling.min, usual.min), bound(polling.max, usual.max));
    Bounds {
        min,
        max: max.max(min),
        absent: bound(polling.absent, usual.absent),
        instance: bound(polling.instance, usual.instance),
    }
}

fn appearance(typed: &Global, environment: &Environment, file: &Configuration, paths: &Paths) -> Appearance {
    let colour = match typed.color.unwrap_or_default() {
        Color::Always => Colour::On,
        Color::Never => Colour::Off,
        Color::Auto if environment.get("NO_COLOR").is_some() => Colour::Off,
        Color::Auto => Colour::On,
    };
    let ascii = typed.ascii || !environment.draws_unicode();
    let theme = typed.theme.as_deref().or(file.theme.as_deref()).unwrap_or(themes::USUAL);
    Appearance {
        colour,
        depth: environment.colours(),
        around: Surroundings::of(environment, file.notify.unwrap_or_default()),
        theme: themes::named(theme, paths.config.parent().unwrap_or(&paths.config)),
        glyphs: if ascii { Glyphs::Ascii } else { Glyphs::Unicode },
        mouse: if file.mouse == Some(true) { Mouse::On } else { Mouse::Off },
        motion: if typed.reduced_motion || file.reduced_motion == Some(true) {
            Motion::Reduced
        } else {
            Motion::Usual
        },
        screen: if environment.get("TERM") == Some("dumb") { Terminal::Dumb } else { Terminal::Capable },
    }
}

#[cfg(test)]
mod tests;
