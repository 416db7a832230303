//! What the console is told of the settings. It reads none itself.

use crate::azure::WriteMode;
use crate::console::keymap::Keymap;
use crate::console::palette::Palette;
use crate::console::preferences::{
    Browser, Glyphs, Importance, InstancePreference, InstancePreferences, Mouse, Preferences, Writing,
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
    }
}

fn instance(own: &InstanceSettings) -> InstancePreference {
    InstancePreference {
        standby: own.standby.clone(),
        rpo: own.rpo,
        rto: own.rto,
        importance: if own.production { Importance::Production } else { Importance::Ordinary },
        access: own.access.clone(),
    }
}
