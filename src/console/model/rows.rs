//! Which rows a list shows and in which order. Made once per change of facts, filter or order, however often they
//! are drawn.

use std::borrow::Cow;
use std::cmp::{Ordering, Reverse};

use jiff::Timestamp;

use super::Model;
use crate::console::list::{Direction, Window};
use crate::console::world::judgement::{Judged, Standing};
use crate::domain::backup::Backup;
use crate::domain::candidate::Duty;
use crate::domain::compatibility::{self, Fit};
use crate::domain::instance::Instance;
use crate::domain::resource::ResourceId;

/// What a row of the fleet stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FleetKey {
    /// An instance.
    Instance(ResourceId),
    /// The backups of which no known instance is the source.
    Strays,
}

/// A row of the fleet: the place of an instance, or the last row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FleetRow {
    /// The instance in this place.
    Instance(usize),
    /// The backups of unknown origin.
    Strays,
}

/// A column by which the fleet can be sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FleetColumn {
    /// How well it stands, worst first.
    State,
    /// Its name.
    Name,
    /// Its tier.
    Tier,
    /// Its region.
    Region,
    /// The age of its newest usable backup.
    Rpo,
    /// When its cover ends: without any cover first, and what is not known behind what is known to end soon.
    Expires,
    /// Usable backups.
    Points,
    /// Whether it could be restored now, worst first.
    Ready,
}

impl FleetColumn {
    /// The word of a column.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(column, ..)| *column == self).map_or("", |(_, _, word)| *word)
    }

    /// Every column, with the letter and the word of the menu.
    pub const ALL: [(Self, char, &'static str); 8] = [
        (Self::Expires, 'e', "EXPIRES"),
        (Self::State, 's', "STATE"),
        (Self::Name, 'n', "NAME"),
        (Self::Rpo, 'r', "RPO"),
        (Self::Points, 'p', "POINTS"),
        (Self::Tier, 't', "TIER"),
        (Self::Region, 'g', "REGION"),
        (Self::Ready, 'y', "READY"),
    ];
}

/// A column by which backups can be sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackupColumn {
    /// When it was taken.
    Taken,
    /// Its name.
    Name,
    /// The tier of its source.
    Tier,
    /// Its size.
    Size,
    /// Where it lies.
    Location,
}

impl BackupColumn {
    /// The word of a column.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(column, ..)| *column == self).map_or("", |(_, _, word)| *word)
    }

    /// Every column, with the letter and the word of the menu.
    pub const ALL: [(Self, char, &'static str); 5] = [
        (Self::Taken, 't', "TAKEN"),
        (Self::Name, 'n', "NAME"),
        (Self::Tier, 'i', "TIER"),
        (Self::Size, 'z', "SIZE"),
        (Self::Location, 'c', "LOCATION"),
    ];
}

impl Model {
    /// The rows of the fleet.
    pub fn fleet_rows(&self) -> &[FleetRow] {
        self.fleet_rows.get_or_init(|| {
            let instances = self.world.inventory.instances.all();
            let judged = &self.judgement().instances;
            let mut places: Vec<usize> = (0..instances.len())
                .filter(|&place| self.fleet_shows(&instances[place], &judged[place]))
                .collect();
            let sort = self.fleet.sort;
            places.sort_by(|&a, &b| {
                let (one, two) = ((&instances[a], &judged[a]), (&instances[b], &judged[b]));
                let by_column = match sort.by {
                    FleetColumn::Ready => self.grade(a).cmp(&self.grade(b)),
                    by => compare_instances(by, one, two, self.now()),
                };
                let by_column =
                    if sort.direction == Direction::Down { by_column.reverse() } else { by_column };
                by_column.then_with(|| instances[a].name.cmp(&instances[b].name))
            });
            let mut rows: Vec<FleetRow> = places.into_iter().map(FleetRow::Instance).collect();
            let strays = !self.judgement().strays.is_empty();
            if strays && self.fleet.filter.shows(&[("name", Cow::from("backups of unknown origin"))]) {
                rows.push(FleetRow::Strays);
            }
            rows
        })
    }

    fn fleet_shows(&self, instance: &Instance, judged: &Judged) -> bool {
        if self.subscription.as_ref().is_some_and(|only| *only != instance.subscription()) {
            return false;
        }
        if !self.fleet.filter.is_active() {
            return true;
        }
        let tier = instance.sku.as_ref().map_or(Cow::from(""), |sku| Cow::from(sku.to_string()));
        // Only looked at when it is asked for: it costs more than the other columns together.
        let place = self.world.inventory.instances.place(&instance.id);
        let wanted = place.filter(|_| self.fleet.filter.names("ready"));
        let ready = wanted.map_or(Cow::from(""), |place| Cow::from(self.grade(place).to_string()));
        self.fleet.filter.shows(&[
            ("name", Cow::from(instance.name.as_str())),
            ("region", Cow::from(instance.region.as_str())),
            ("tier", tier),
            ("group", Cow::from(instance.id.resource_group())),
            ("sub", Cow::from(self.world.inventory.subscription_of(&instance.id))),
            ("state", Cow::from(judged.standing.word())),
            ("ready", ready),
            ("azure", Cow::from(instance.activity().to_string())),
        ])
    }

    /// The key of a row.
    pub fn fleet_key(&self, row: FleetRow) -> FleetKey {
        match row {
            FleetRow::Instance(place) => {
                let instance = self.world.inventory.instances.all().get(place);
                instance.map_or(FleetKey::Strays, |it| FleetKey::Instance(it.id.clone()))
            }
            FleetRow::Strays => FleetKey::Strays,
        }
    }

    /// What of the fleet fits on the screen.
    pub fn fleet_window(&self) -> Window {
        let rows = self.fleet_rows();
        let instances = self.world.inventory.instances.all();
        self.fleet.window(rows.len(), self.fleet_height(), |row, key| match (rows[row], key) {
            (FleetRow::Instance(place), FleetKey::Instance(id)) => instances[place].id == *id,
            (FleetRow::Strays, FleetKey::Strays) => true,
            _ => false,
        })
    }

    fn fleet_height(&self) -> usize {
        self.size.list_rows(self.size.below_fleet())
    }

    /// The chosen row of the fleet.
    pub fn fleet_chosen(&self) -> Option<FleetRow> {
        self.fleet_window().row.and_then(|row| self.fleet_rows().get(row).copied())
    }

    /// Whose backups are shown.
    pub fn subject(&self) -> Option<&FleetKey> {
        self.subject.as_ref()
    }

    /// The place of the instance whose backups are shown.
    pub fn subject_place(&self) -> Option<usize> {
        match self.subject()? {
            FleetKey::Instance(id) => self.world.inventory.instances.place(id),
            FleetKey::Strays => None,
        }
    }

    /// Every backup of the subject, newest first.
    pub fn subject_backups(&self) -> &[usize] {
        match self.subject() {
            Some(FleetKey::Strays) => &self.judgement().strays,
            _ => self.subject_place().map_or(&[], |place| &self.judgement().instances[place].backups),
        }
    }

    /// The rows of the backups: places in the inventory.
    pub fn backup_rows(&self) -> &[usize] {
        self.backup_rows.get_or_init(|| {
            let backups = self.world.inventory.backups.all();
            let sort = self.backups.sort;
            let filter = &self.backups.filter;
            let shown =
                |&place: &usize| !filter.is_active() || filter.shows(&backup_columns(&backups[place], self));
            let mut rows: Vec<usize> = self.subject_backups().iter().copied().filter(shown).collect();
            rows.sort_by(|&a, &b| {
                let order = compare_backups(sort.by, &backups[a], &backups[b]);
                if sort.direction == Direction::Down { order.reverse() } else { order }
            });
            rows
        })
    }

    /// What of the backups fits on the screen.
    pub fn backup_window(&self) -> Window {
        let rows = self.backup_rows();
        let backups = self.world.inventory.backups.all();
        let height = self.size.list_rows(self.size.below_backups());
        self.backups.window(rows.len(), height, |row, key| backups[rows[row]].blob.address == *key)
    }

    /// The chosen backup.
    pub fn backup_chosen(&self) -> Option<&Backup> {
        let place = self.backup_window().row.and_then(|row| self.backup_rows().get(row))?;
        self.world.inventory.backups.all().get(*place)
    }

    /// The instances that the subject's backups are judged against, as places: the configured standby first, its
    /// source last, production never before anything else that fits.
    pub fn targets(&self) -> &[usize] {
        self.targets.get_or_init(|| {
            let newest = match self.subject_place() {
                Some(place) => self.judgement().instances[place].newest_usable,
                None => self.subject_backups().first().copied(),
            };
            let newest = newest.or_else(|| self.subject_backups().first().copied());
            let backup = newest.and_then(|place| self.world.inventory.backups.all().get(place));
            self.targets_for(self.subject_place(), backup)
        })
    }

    /// The instances that `backup` could be meant for; see [`Self::targets`].
    pub(super) fn targets_for(&self, source: Option<usize>, backup: Option<&Backup>) -> Vec<usize> {
        let instances = &self.world.inventory.instances;
        if let Some(backup) = backup {
            let ranked = self.candidates(source, backup);
            return ranked.iter().filter_map(|it| instances.place(&it.instance.id)).collect();
        }
        let mut places: Vec<usize> = (0..instances.all().len()).collect();
        places.sort_by_cached_key(|&place| {
            let duty = self.duty(source, place);
            (duty != Duty::Standby, source == Some(place), instances.all()[place].name.clone())
        });
        places
    }

    /// The target that backups are judged against.
    pub fn target_chosen(&self) -> Option<&Instance> {
        let instances = self.world.inventory.instances.all();
        let chosen = self.target.as_ref().and_then(|id| self.world.inventory.instances.get(id));
        chosen.or_else(|| self.targets().first().and_then(|&place| instances.get(place)))
    }

    /// Judges a backup against a target, now.
    pub fn fit(&self, backup: &Backup, target: &Instance) -> Fit {
        compatibility::fit(backup, target, self.now())
    }
}

impl Standing {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Crit => "critical",
            Self::Warn => "warning",
            Self::Unknown => "unknown",
            Self::Loading => "loading",
            Self::Ok => "ok",
            Self::Unsupported => "unsupported",
        }
    }
}

fn compare_instances(
    by: FleetColumn,
    (one, of_one): (&Instance, &Judged),
    (two, of_two): (&Instance, &Judged),
    now: Timestamp,
) -> Ordering {
    // Instances to which the question does not apply come after those to which it does.
    let spared = |judged: &Judged| {
        judged.coverage.total == 0
            && (judged.standing == Standing::Unsupported || !judged.standby_of.is_empty())
    };
    let (a, b) = (&of_one.coverage, &of_two.coverage);
    match by {
        FleetColumn::State => of_one.standing.cmp(&of_two.standing),
        FleetColumn::Name => one.name.cmp(&two.name),
        // Compared by the caller, who knows all of them.
        FleetColumn::Ready => Ordering::Equal,
        FleetColumn::Tier => {
            one.sku.as_ref().map(|sku| &sku.tier).cmp(&two.sku.as_ref().map(|sku| &sku.tier))
        }
        FleetColumn::Region => one.region.cmp(&two.region),
        FleetColumn::Rpo => (spared(of_one), a.newest_taken_at).cmp(&(spared(of_two), b.newest_taken_at)),
        FleetColumn::Expires => (spared(of_one), of_one.end(now)).cmp(&(spared(of_two), of_two.end(now))),
        FleetColumn::Points => (spared(of_one), a.usable).cmp(&(spared(of_two), b.usable)),
    }
}

fn compare_backups(by: BackupColumn, one: &Backup, two: &Backup) -> Ordering {
    let taken = |it: &Backup| it.taken.map(|taken| taken.at);
    let newest_first = || Reverse(taken(one)).cmp(&Reverse(taken(two)));
    match by {
        BackupColumn::Taken => taken(one).cmp(&taken(two)),
        BackupColumn::Name => one.blob.address.name.cmp(&two.blob.address.name),
        BackupColumn::Tier => one.source.tier.cmp(&two.source.tier).then_with(newest_first),
        BackupColumn::Size => one.blob.size.cmp(&two.blob.size).then_with(newest_first),
        BackupColumn::Location => {
            one.blob.address.location.cmp(&two.blob.address.location).then_with(newest_first)
        }
    }
}

fn backup_columns<'a>(backup: &'a Backup, model: &Model) -> [(&'static str, Cow<'a, str>); 6] {
    let tier = backup.source.tier.as_ref().map_or(Cow::from("?"), |tier| Cow::from(tier.to_string()));
    [
        ("name", Cow::from(backup.blob.address.name.as_str())),
        ("location", Cow::from(backup.blob.address.location.to_string())),
        ("tier", tier),
        ("state", Cow::from(backup.state(model.now()).to_string())),
        ("by", Cow::from(backup.source.provenance.to_string())),
        ("source", Cow::from(backup.source.instance.as_deref().unwrap_or("?"))),
    ]
}
