//! How well an instance is covered by its backups: RPO, cover, usable points.

use jiff::{SignedDuration, Timestamp};

use super::backup::Backup;
use super::instance::Instance;

/// The cover of one instance at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Coverage {
    /// When the newest usable backup was taken.
    pub newest_taken_at: Option<Timestamp>,
    /// The name of that backup.
    pub newest: Option<String>,
    /// When the last usable backup expires: after it there is no recovery point.
    pub ends_at: Option<Timestamp>,
    /// Backups that could be restored.
    pub usable: usize,
    /// All backups that are known of it.
    pub total: usize,
}

impl Coverage {
    /// The cover that `backups` give `instance` at `now`.
    pub fn of<'a>(
        instance: &Instance,
        backups: impl IntoIterator<Item = &'a Backup>,
        now: Timestamp,
    ) -> Self {
        let mut cover = Self::default();
        for backup in backups.into_iter().filter(|backup| is_of(backup, instance)) {
            cover.count(backup, now);
        }
        cover
    }

    /// Adds one backup of the instance.
    pub fn count(&mut self, backup: &Backup, now: Timestamp) {
        self.total += 1;
        if !backup.is_usable(now) {
            return;
        }
        self.usable += 1;
        let taken = backup.taken.map(|taken| taken.at);
        if taken > self.newest_taken_at {
            self.newest_taken_at = taken;
            self.newest = Some(backup.blob.address.name.clone());
        }
        self.ends_at = self.ends_at.max(backup.expires_at());
    }

    /// The age of the newest usable backup: what a restore now would lose.
    pub fn rpo(&self, now: Timestamp) -> Option<SignedDuration> {
        self.newest_taken_at.map(|at| now.duration_since(at))
    }

    /// The time until the last usable backup expires.
    pub fn cover(&self, now: Timestamp) -> Option<SignedDuration> {
        self.ends_at.map(|at| at.duration_since(now))
    }
}

/// Whether `backup` is known to be one of `instance`. A name is enough, because names of instances are host names
/// and unique in a cloud.
pub fn is_of(backup: &Backup, instance: &Instance) -> bool {
    match (&backup.source.instance_id, &backup.source.instance) {
        (Some(id), _) => *id == instance.id,
        (None, Some(name)) => name.eq_ignore_ascii_case(&instance.name),
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::backup::samples::backup;
    use crate::domain::instance::samples::instance;
    use crate::domain::sku::Tier;

    #[test]
    fn only_usable_backups_of_the_instance_count() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let core = instance("apim-core", Tier::Premium);
        let mut archived = backup("apim-core", 1, now);
        archived.blob.access_tier = Some("Archive".into());
        let all = [
            backup("apim-core", 20, now),
            backup("APIM-Core", 50, now),
            backup("apim-core", 31 * 24, now),
            backup("apim-other", 2, now),
            archived,
        ];
        let cover = Coverage::of(&core, &all, now);
        assert_eq!((cover.usable, cover.total), (2, 4));
        assert_eq!(cover.rpo(now), Some(SignedDuration::from_hours(20)));
        assert_eq!(cover.cover(now), Some(SignedDuration::from_hours(30 * 24 - 20)));
        assert_eq!(Coverage::of(&core, &[], now).rpo(now), None);
    }
}
