//! What the console is told of the settings. It reads none itself.

use crate::azure::WriteMode;
use crate::console::palette::Palette;
use crate::console::preferences::{
    Glyphs, Importance, InstancePreference, InstancePreferences, Preferences, Writing,
};
use crate::domain::provenance;
use crate::settings::{self, InstanceSettings, Settings};

/// The console's part of the settings.
pub(super) fn of(settings: &Settings, palette: Palette) -> Preferences {
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
    }
}

fn instance(own: &InstanceSettings) -> InstancePreference {
    InstancePreference {
        standby: own.standby.clone(),
        rpo: own.rpo,
        importance: if own.production { Importance::Production } else { Importance::Ordinary },
        access: own.access.clone(),
    }
}
