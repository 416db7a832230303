//! What the console is told of the settings. It reads none itself.

use std::path::Path;

use super::{log, themes};
use crate::azure::WriteMode;
use crate::console::command::whereabouts;
use crate::console::keymap::Keymap;
use crate::console::palette::Palette;
use crate::console::preferences::{
    Browser, Glyphs, Importance, InstancePreference, InstancePreferences, Motion, Mouse, Preferences, Run,
    Writing,
};
use crate::domain::provenance;
use crate::settings::{self, InstanceSettings, Settings};

/// The console's part of the settings.
pub(super) fn of(settings: &Settings, palette: Palette, keymap: Keymap) -> Preferences {
    let mut instances = InstancePreferences::default();
    for (name, own) in &settings.instances {
        instances.set(name, instance(own));
    }
    Preferences {
        scope: settings.cloud.name.clone(),
        marker: settings.rehearsal.as_ref().map(|it| format!("SANDBOX {}", it.scenario)),
        writing: match settings.write_mode {
            WriteMode::Guarded => Writing::Guarded,
            WriteMode::ReadOnly => Writing::ReadOnly,
        },
        read_only_subscriptions: settings.read_only_subscriptions.clone(),
        resource_manager: settings.cloud.resource_manager.clone(),
        rpo: settings.rpo,
        rto: settings.rto,
        instances,
        locations: settings.locations.iter().map(|it| it.location.clone()).collect(),
        backup_name: provenance::TEMPLATE.to_owned(),
        glyphs: match settings.appearance.glyphs {
            settings::Glyphs::Unicode => Glyphs::Unicode,
            settings::Glyphs::Ascii => Glyphs::Ascii,
        },
        palette,
        tenant: settings.identity.tenant.clone(),
        person: settings.person.clone(),
        views: Vec::new(),
        ignore: settings.ignore.clone(),
        themes: themes::all(&settings.appearance),
        launch: launch(settings),
        about: about(settings),
        keymap,
        mouse: match settings.appearance.mouse {
            settings::Mouse::Off => Mouse::Off,
            settings::Mouse::On => Mouse::On,
        },
        browser: match settings.appearance.around.browser {
            settings::Browser::Here => Browser::Here,
            settings::Browser::Remote => {
                Browser::Elsewhere("Copied. Over SSH no browser is opened: open it on your own machine.")
            }
            settings::Browser::NoDisplay => {
                Browser::Elsewhere("Copied. There is no display to open a browser on.")
            }
        },
        run: run(&settings.paths.state),
        motion: match settings.appearance.motion {
            settings::Motion::Usual => Motion::Usual,
            settings::Motion::Reduced => Motion::Reduced,
        },
    }
}

/// Whether the journals were ever opened here. Their folder is made with the first console or verb that needs it.
fn run(state: &Path) -> Run {
    if state.join("operations").exists() { Run::Later } else { Run::First }
}

/// How a console like this one is started, for a shell. What is pretended lives as long as the console that began it.
fn launch(settings: &Settings) -> String {
    let mut line = "lifeboat".to_owned();
    let mut option = |name: &str, value: &str| line.push_str(&format!(" --{name}={}", plain(value)));
    match &settings.rehearsal {
        Some(rehearsal) => option("sandbox", &rehearsal.base_url),
        None if settings.cloud.name != "public" => option("cloud", &settings.cloud.name),
        None => {}
    }
    if let Some(file) = &settings.asked {
        option("config", &file.display().to_string());
    }
    if let Some(tenant) = &settings.identity.tenant {
        option("tenant", tenant);
    }
    for subscription in &settings.subscriptions {
        option("subscription", subscription.as_str());
    }
    line
}

/// A value for a shell: quoted only where it must be.
fn plain(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.:,/@".contains(c);
    if value.chars().all(is_plain) { value.to_owned() } else { whereabouts::quoted(value) }
}

/// What is told of this program and its surroundings.
fn about(settings: &Settings) -> Vec<(String, String)> {
    let paths = &settings.paths;
    let there = if paths.config.exists() { "" } else { " (not there)" };
    let rows = [
        ("lifeboat", env!("CARGO_PKG_VERSION").to_owned()),
        ("configuration", format!("{}{there}", paths.config.display())),
        ("journals", paths.state.join("operations").display().to_string()),
        ("log", log::directory(&paths.state).display().to_string()),
        ("cache", paths.cache.display().to_string()),
        ("cloud", format!("{}, {}", settings.cloud.name, settings.cloud.resource_manager)),
        ("sign-in", format!("--auth {}", settings.identity.mode.as_str())),
    ];
    rows.into_iter().map(|(label, value)| (label.to_owned(), value)).collect()
}

fn instance(own: &InstanceSettings) -> InstancePreference {
    InstancePreference {
        standby: own.standby.clone(),
        rpo: own.rpo,
        rto: own.rto,
        importance: match (own.production, own.drill) {
            (true, _) => Importance::Production,
            (false, true) => Importance::Drill,
            (false, false) => Importance::Ordinary,
        },
        access: own.access.clone(),
    }
}
