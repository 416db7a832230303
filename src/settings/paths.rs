//! Where files lie: the platform's own places (XDG on Linux), a place apart for rehearsals.

use std::path::PathBuf;

use directories::ProjectDirs;

/// Every path that this program uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// The configuration that is read, when it is there.
    pub config: PathBuf,
    /// Journals and log.
    pub state: PathBuf,
    /// What can be thrown away.
    pub cache: PathBuf,
}

impl Paths {
    /// The platform's places, or `None` when this user has no home.
    pub(super) fn of_platform() -> Option<Self> {
        let places = ProjectDirs::from("", "", "lifeboat")?;
        Some(Self {
            config: places.config_dir().join("config.toml"),
            state: places.state_dir().unwrap_or_else(|| places.data_local_dir()).to_owned(),
            cache: places.cache_dir().to_owned(),
        })
    }

    /// The same places one level down, so that a rehearsal never writes among real journals.
    #[must_use]
    pub(super) fn for_rehearsal(self) -> Self {
        Self { config: self.config, state: self.state.join("sandbox"), cache: self.cache.join("sandbox") }
    }
}
