//! What the console is told about taste and intent. The app builds it from the settings; nothing here is read anew.

use std::collections::{BTreeSet, HashMap};

use jiff::SignedDuration;

use super::keymap::Keymap;
use super::palette::Palette;
use super::saved::View;
use crate::domain::instance::{Instance, Mark};
use crate::domain::operation::Purpose;
use crate::domain::plan::{Access, Plan};
use crate::domain::provenance;
use crate::domain::resource::{ResourceId, SubscriptionId};
use crate::domain::storage::Location;
use crate::domain::writing::Permit;

/// How the console looks and what it proposes.
#[derive(Clone, Debug)]
pub struct Preferences {
    /// What stands beside the product's name: the cloud, a tenant.
    pub scope: String,
    /// A word that marks everything as not real, such as `SANDBOX`.
    pub marker: Option<String>,
    /// Whether anything can be written at all. The sender enforces it too.
    pub writing: Writing,
    /// Subscriptions in which nothing can be written.
    pub read_only_subscriptions: BTreeSet<SubscriptionId>,
    /// The root of ARM without a slash at its end, to show the exact request.
    pub resource_manager: String,
    /// The recovery point objective of instances that have none of their own.
    pub rpo: SignedDuration,
    /// The recovery time objective of instances that have none of their own.
    pub rto: Option<SignedDuration>,
    /// What is configured of single instances.
    pub instances: InstancePreferences,
    /// Configured locations, offered first when a backup is to be written.
    pub locations: Vec<Location>,
    /// The template of backup names; see [`provenance::make_name`].
    pub backup_name: String,
    /// The shapes that are drawn with.
    pub glyphs: Glyphs,
    /// How everything looks.
    pub palette: Palette,
    /// The tenant that was asked for, if one was.
    pub tenant: Option<String>,
    /// What the system calls the person at the keyboard; empty where it does not say.
    pub person: String,
    /// What the keys mean.
    pub keymap: Keymap,
    /// Whether the mouse is on from the start.
    pub mouse: Mouse,
    /// Whether an address can be opened.
    pub browser: Browser,
    /// What may change by itself.
    pub motion: Motion,
    /// Saved views.
    pub views: Vec<View>,
    /// Which differences of a comparison are set apart.
    pub ignore: Vec<String>,
    /// Every look that can be chosen; none without colours.
    pub themes: Vec<Named>,
    /// How this console was started, for a shell.
    pub launch: String,
    /// What is told of this program and its surroundings: a word, and what it means here.
    pub about: Vec<(String, String)>,
    /// Whether somebody was here before.
    pub run: Run,
}

/// Whether this program has run here before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Run {
    /// It keeps nothing here yet: whoever sits here may not know a key.
    First,
    /// It has.
    #[default]
    Later,
}

/// A look with a name.
#[derive(Clone, Debug)]
pub struct Named {
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub summary: String,
    /// The look.
    pub palette: Palette,
}

/// Whether this console may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Writing {
    /// Only through the whole wizard.
    #[default]
    Guarded,
    /// Not at all.
    ReadOnly,
}

/// Whether the mouse does anything. While it does the terminal itself selects no text with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mouse {
    /// It is the terminal's.
    #[default]
    Off,
    /// The wheel moves, a click chooses.
    On,
}

/// Whether an address can be opened where somebody would see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browser {
    /// It can.
    Here,
    /// It cannot; what is said instead.
    Elsewhere(&'static str),
}

impl Default for Browser {
    fn default() -> Self {
        Self::Elsewhere("Copied. There is no browser here.")
    }
}

/// The shapes that are drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Glyphs {
    /// Box lines and signs.
    #[default]
    Unicode,
    /// Plain ASCII.
    Ascii,
}

/// What may change on the screen by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Motion {
    /// Clocks and countdowns tick.
    #[default]
    Usual,
    /// Nothing but the minute: all else changes with a key or an answer.
    Reduced,
}

/// What is configured of single instances, found by name or by resource id.
#[derive(Clone, Debug, Default)]
pub struct InstancePreferences(HashMap<String, InstancePreference>);

/// What is configured of one instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstancePreference {
    /// The name or resource id of its standby.
    pub standby: Option<String>,
    /// Its recovery point objective.
    pub rpo: Option<SignedDuration>,
    /// Its recovery time objective.
    pub rto: Option<SignedDuration>,
    /// How much it matters.
    pub importance: Importance,
    /// How it reaches the storage account.
    pub access: Option<Access>,
}

/// How much an instance matters. Of several marks the last one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Importance {
    /// As any other.
    #[default]
    Ordinary,
    /// Kept to be restored into for practice; marked by word, frame and colour.
    Drill,
    /// Marked by word, frame and colour.
    Production,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            scope: "public".to_owned(),
            marker: None,
            writing: Writing::default(),
            read_only_subscriptions: BTreeSet::new(),
            resource_manager: "https://management.azure.com".to_owned(),
            rpo: SignedDuration::from_hours(24),
            rto: None,
            instances: InstancePreferences::default(),
            locations: Vec::new(),
            backup_name: format!("{{instance}}-{{time}}{}", provenance::EXTENSION),
            glyphs: Glyphs::default(),
            palette: Palette::TERMINAL,
            tenant: None,
            person: String::new(),
            views: Vec::new(),
            ignore: Vec::new(),
            themes: Vec::new(),
            launch: "lifeboat".to_owned(),
            about: Vec::new(),
            keymap: Keymap::default(),
            mouse: Mouse::default(),
            browser: Browser::default(),
            motion: Motion::default(),
            run: Run::default(),
        }
    }
}

impl InstancePreferences {
    /// Sets what is configured of the instance with this name or resource id.
    pub fn set(&mut self, name_or_id: &str, preference: InstancePreference) {
        self.0.insert(name_or_id.to_ascii_lowercase(), preference);
    }

    /// What is configured of the instance with this id. The whole id goes before the name.
    pub fn of(&self, id: &ResourceId) -> Option<&InstancePreference> {
        let text = id.as_str().to_ascii_lowercase();
        self.0.get(&text).or_else(|| self.0.get(&id.name().to_ascii_lowercase()))
    }
}

impl Preferences {
    /// What may be written at the start.
    pub fn permit(&self) -> Permit {
        match self.writing {
            Writing::Guarded => Permit::Guarded,
            Writing::ReadOnly => Permit::Never,
        }
    }

    /// The recovery point objective of an instance.
    pub fn rpo_of(&self, id: &ResourceId) -> SignedDuration {
        self.instances.of(id).and_then(|it| it.rpo).unwrap_or(self.rpo)
    }

    /// The recovery time objective of an instance, if anybody set one.
    pub fn rto_of(&self, id: &ResourceId) -> Option<SignedDuration> {
        self.instances.of(id).and_then(|it| it.rto).or(self.rto)
    }

    /// How much an instance matters, by all that is said of its id and its name.
    pub fn importance_of(&self, id: &ResourceId) -> Importance {
        let all = [id.as_str(), id.name()].map(|it| self.instances.0.get(&it.to_ascii_lowercase()));
        all.into_iter().flatten().map(|it| it.importance).max().unwrap_or_default()
    }

    /// What a plan is for.
    pub fn purpose_of(&self, plan: &Plan) -> Purpose {
        let mark = match self.importance_of(plan.instance()) {
            Importance::Ordinary => Mark::Unmarked,
            Importance::Drill => Mark::Drill,
            Importance::Production => Mark::Production,
        };
        Purpose::of(plan, mark)
    }

    /// How the instance reaches a storage account: as configured, else with the first identity that it has, else
    /// with the account key.
    pub fn access_of(&self, instance: &Instance) -> Access {
        if let Some(access) = self.instances.of(&instance.id).and_then(|it| it.access.clone()) {
            return access;
        }
        if instance.identity.system.is_some() {
            return Access::System;
        }
        let client_id = instance.identity.user.iter().find_map(|user| user.client_id.clone());
        client_id.map_or(Access::Key, |client_id| Access::User { client_id })
    }
}
