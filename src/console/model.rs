//! All that the console knows and shows. Rows and judgements are made when they are asked for and kept until the
//! facts beneath them change.

mod attention;
mod card;
mod chosen;
pub mod history;
mod marks;
mod narrowed;
mod parity;
mod ready;
mod rows;
pub mod search;
mod sheet;
mod ticking;
pub mod timeline;
mod times;
mod wall;

use std::cell::OnceCell;

use jiff::Timestamp;
use tui_input::Input;

pub use self::marks::{Grip, Marks};
pub use self::parity::{ParityList, ParityRow, ParityRows};
use self::ready::Contenders;
pub use self::rows::{BackupColumn, FleetColumn, FleetKey, FleetRow};
pub use self::sheet::Sheet;
pub use self::times::Times;
pub use self::wall::{Bell, Held, Pane, Wall, Zoom};
use super::acts::Deed;
use super::draft::{Draft, Step};
use super::effect::Effect;
use super::failover::Failover;
use super::keymap::Scope;
use super::layout::Size;
use super::list::{Direction, List};
use super::message::{Focus, RequestId};
use super::preferences::{Mouse, Preferences, Run};
use super::prompt::{Prompt, Said};
use super::shape::{self, Shape};
use super::widgets::picture::Frozen;
use super::world::World;
use super::world::judgement::Judgement;
use crate::domain::operation::OperationId;
use crate::domain::plan::Kind;
use crate::domain::readiness::Readiness;
use crate::domain::resource::{ResourceId, SubscriptionId};
use crate::domain::sketch::Sketches;
use crate::domain::storage::BackupAddress;
use crate::domain::writing::Permit;

/// The console.
#[derive(Debug)]
pub struct Model {
    /// Taste and intent.
    pub preferences: Preferences,
    /// Facts.
    pub world: World,
    /// What the sender lets pass, as it told last. It decides for itself.
    pub permit: Permit,
    /// The fleet.
    pub fleet: List<FleetKey, FleetColumn>,
    /// The marked instances.
    pub marks: Marks,
    /// The backups of what [`Place::Backups`] names.
    pub backups: List<BackupAddress, BackupColumn>,
    /// The target that backups are judged against; `None` means the proposed one.
    pub target: Option<ResourceId>,
    /// What the part below the backups shows.
    pub below: Below,
    /// Whether one cell of the matrix is shown whole, and how far it was scrolled.
    pub cell: Option<usize>,
    /// What is shown of a comparison.
    pub parity: ParityList,
    /// The problems, by their number from the newest.
    pub problem: usize,
    /// Whether one problem is shown whole, and how far it was scrolled.
    pub whole_problem: Option<usize>,
    /// The wall.
    pub wall: Wall,
    /// What was read, and what was asked by the clock.
    attention: attention::Attention,
    /// The timeline of an incident.
    pub timeline: timeline::Timeline,
    /// The wizard's draft.
    pub draft: Option<Draft>,
    /// The failover plan.
    pub failover: Option<Failover>,
    /// What is kept of drafts that are not finished.
    pub sketches: Sketches,
    /// What lies over the screen.
    pub overlay: Option<Overlay>,
    /// A word at the bottom, until the next key.
    pub notice: Option<Notice>,
    /// How times are shown.
    pub times: Times,
    /// Since when the display stands, and what it shows.
    pub frozen: Option<Frozen>,
    /// Which columns the lists show.
    pub shapes: Shapes,
    /// What is looked for in the text that is read.
    pub search: search::Search,
    /// The subscription that the fleet is narrowed to; `None` shows all.
    pub subscription: Option<SubscriptionId>,
    pub(super) history: history::History,
    pub(in crate::console) narrowed: narrowed::Narrowed,
    /// The commands that were run.
    pub(super) said: Said,
    /// Commands of the start that wait for what they speak of.
    pub(super) opening: Vec<String>,
    /// Whether the mouse does anything.
    pub mouse: Mouse,
    /// Where I am and how I came here; never empty, the fleet first.
    pub(super) trail: Vec<Place>,
    pub(super) last: Option<Place>,
    pub(super) subject: Option<FleetKey>,
    pub(super) size: Size,
    pub(super) focus: Focus,
    pub(super) interrupted: bool,
    now: Timestamp,
    drawn_at: Option<Timestamp>,
    dirty: bool,
    requests: u64,
    /// The question about facts that was asked last: it has ended every earlier one.
    pub(super) asked: RequestId,
    /// What was last handed to the disk, or found there.
    pub(super) sketches_on_disk: Sketches,
    judgement: OnceCell<Judgement>,
    fleet_rows: OnceCell<Vec<FleetRow>>,
    backup_rows: OnceCell<Vec<usize>>,
    targets: OnceCell<Vec<usize>>,
    readiness: OnceCell<Vec<OnceCell<Readiness>>>,
    pub(super) made: wall::Made,
    contenders: OnceCell<Contenders>,
}

/// Which columns each list shows.
#[derive(Clone, Debug)]
pub struct Shapes {
    /// Of the fleet.
    pub fleet: Shape,
    /// Of the backups.
    pub backups: Shape,
}

impl Default for Shapes {
    fn default() -> Self {
        Self { fleet: Shape::usual(&shape::FLEET), backups: Shape::usual(&shape::BACKUPS) }
    }
}

/// A place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Every instance.
    Fleet,
    /// The backups of an instance, or those of unknown origin.
    Backups(FleetKey),
    /// The wizard of a restore or of a backup.
    Wizard(Kind),
    /// The failover plan.
    Failover,
    /// The operations wall.
    Operations,
    /// An instance beside its standby.
    Parity(ResourceId),
    /// What went wrong.
    Problems,
    /// What happened, and the report on it.
    Timeline,
}

/// What the part below the backups shows where there is room for one thing only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Below {
    /// Why the chosen backup fits the chosen target or does not.
    #[default]
    Why,
    /// Every backup against every target.
    Matrix,
}

/// What lies over the screen.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// The keys of the place.
    Help {
        /// The first shown line.
        scroll: usize,
    },
    /// What is known of this program and its surroundings.
    About {
        /// The first shown line.
        scroll: usize,
    },
    /// The menu of acts.
    Acts {
        /// The chosen act.
        chosen: usize,
    },
    /// Whether to go on with what is kept of a draft.
    Offer(Deed),
    /// The menu of columns.
    Columns {
        /// The chosen column.
        chosen: usize,
    },
    /// The menu of the columns that are shown.
    Shape {
        /// The chosen column.
        chosen: usize,
    },
    /// The command line.
    Command(Box<Prompt>),
    /// The filter is being typed.
    Filter(Input),
    /// Whether to leave while operations run.
    Leaving,
    /// A note on an operation is being typed.
    Note {
        /// The operation.
        operation: OperationId,
        /// The text.
        input: Input,
    },
    /// When the incident began is being typed.
    Began(Input),
    /// The menu of the report's formats.
    Formats {
        /// The chosen one.
        chosen: usize,
    },
    /// The menu of the formats of a list.
    Export {
        /// The chosen one.
        chosen: usize,
    },
    /// The menu of what can be copied.
    Copies {
        /// The chosen form.
        chosen: usize,
    },
    /// A text that is shown whole.
    Sheet(Sheet),
}

/// Whether a text is being typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typing {
    /// It is.
    Now,
    /// It is not.
    Done,
}

/// A word at the bottom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The word.
    pub text: String,
    /// How much it matters.
    pub tone: Tone,
}

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It says that something was done.
    Plain,
    /// It says that something was not done.
    Warning,
}

impl Model {
    /// The console as it starts, and what it wishes first.
    pub fn new(preferences: Preferences, now: Timestamp, size: Size) -> (Self, Vec<Effect>) {
        let (permit, mouse) = (preferences.permit(), preferences.mouse);
        let card = (preferences.run == Run::First).then(|| Notice::card(&preferences.keymap));
        let mut model = Self {
            preferences,
            world: World::default(),
            permit,
            fleet: List::sorted(FleetColumn::Expires, Direction::Up),
            marks: Marks::default(),
            backups: List::sorted(BackupColumn::Taken, Direction::Down),
            target: None,
            below: Below::default(),
            cell: None,
            parity: ParityList::default(),
            problem: 0,
            whole_problem: None,
            wall: Wall::default(),
            attention: attention::Attention::default(),
            timeline: timeline::Timeline::default(),
            draft: None,
            failover: None,
            sketches: Sketches::default(),
            overlay: None,
            notice: card,
            times: Times::default(),
            frozen: None,
            search: search::Search::default(),
            shapes: Shapes::default(),
            said: Said::default(),
            narrowed: narrowed::Narrowed::default(),
            opening: Vec::new(),
            subscription: None,
            history: history::History::default(),
            mouse,
            trail: vec![Place::Fleet],
            last: None,
            subject: None,
            size,
            focus: Focus::default(),
            interrupted: false,
            now,
            drawn_at: None,
            dirty: true,
            requests: 0,
            asked: RequestId::default(),
            sketches_on_disk: Sketches::default(),
            judgement: OnceCell::new(),
            fleet_rows: OnceCell::new(),
            backup_rows: OnceCell::new(),
            targets: OnceCell::new(),
            readiness: OnceCell::new(),
            made: wall::Made::default(),
            contenders: OnceCell::new(),
        };
        super::update::begin(&mut model);
        let request = model.next_request();
        model.world.inventory.ask(request, now);
        let mut first = vec![Effect::LoadInventory { request }, Effect::ResumeAll, Effect::RecallDrafts];
        first.push(Effect::RecallCommands);
        first.extend((mouse == Mouse::On).then_some(Effect::Mouse(mouse)));
        (model, first)
    }

    /// Where I am.
    pub fn place(&self) -> &Place {
        self.trail.last().unwrap_or(&Place::Fleet)
    }

    /// How I came here, the fleet first.
    pub fn trail(&self) -> &[Place] {
        &self.trail
    }

    /// The size of the terminal.
    pub fn size(&self) -> Size {
        self.size
    }

    /// The time of the last tick.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// An id for the next question, greater than all before.
    pub(super) fn next_request(&mut self) -> RequestId {
        self.requests += 1;
        RequestId(self.requests)
    }

    /// What the inventory says, as of now.
    pub fn judgement(&self) -> &Judgement {
        self.judgement.get_or_init(|| Judgement::of(&self.world.inventory, &self.preferences, self.now))
    }

    /// The inventory changed: everything made from it is made anew when it is asked for.
    pub(super) fn inventory_changed(&mut self) {
        self.judgement = OnceCell::new();
        self.fleet_rows_changed();
        self.backup_rows_changed();
        self.targets = OnceCell::new();
        self.readiness = OnceCell::new();
        self.made.inventory_changed();
        self.contenders = OnceCell::new();
    }

    /// The order or the filter of the fleet changed.
    pub(super) fn fleet_rows_changed(&mut self) {
        self.fleet_rows = OnceCell::new();
    }

    /// The order or the filter of the backups changed, or others are shown.
    pub(super) fn backup_rows_changed(&mut self) {
        self.backup_rows = OnceCell::new();
    }

    /// Other backups are shown: other targets are judged.
    pub(super) fn subject_changed(&mut self) {
        self.backup_rows_changed();
        self.targets = OnceCell::new();
        self.target = None;
        self.backups.reset_cursor();
    }

    /// The draft of a row of the failover plan, which may be in the wizard.
    pub fn row_draft(&self, at: usize) -> Option<&Draft> {
        let failover = self.failover.as_ref()?;
        match failover.open {
            Some(open) if open == at => self.draft.as_ref(),
            _ => failover.rows.get(at)?.draft.as_ref(),
        }
    }

    /// Which keys hold now, the innermost first.
    pub fn scopes(&self) -> &'static [Scope] {
        use Scope as S;
        match &self.overlay {
            _ if self.search.typing == Typing::Now => &[S::Searching],
            Some(Overlay::Filter(_)) => &[S::Typing],
            Some(Overlay::Help { .. } | Overlay::About { .. }) => &[S::Help, S::Reading, S::Lists],
            Some(Overlay::Acts { .. }) => &[S::Acts, S::Lists],
            Some(Overlay::Columns { .. }) => &[S::Columns, S::Lists],
            Some(Overlay::Shape { .. }) => &[S::Shape, S::Lists],
            Some(Overlay::Command(_)) => &[S::Command],
            Some(Overlay::Leaving) => &[S::Leaving],
            Some(Overlay::Note { .. } | Overlay::Began(_)) => &[S::Writing],
            Some(Overlay::Formats { .. }) => &[S::Formats, S::Lists],
            Some(Overlay::Copies { .. }) => &[S::Copies, S::Lists],
            Some(Overlay::Export { .. }) => &[S::Export, S::Lists],
            Some(Overlay::Sheet(_)) => &[S::Sheet, S::Lists],
            Some(Overlay::Offer(_)) => &[S::Offer],
            None => self.place_scopes(),
        }
    }

    /// Which keys hold in the place, whatever lies over it.
    pub fn place_scopes(&self) -> &'static [Scope] {
        use Scope as S;
        if self.frozen.is_some() {
            return &[S::Frozen];
        }
        match (self.place(), &self.draft) {
            (Place::Wizard(_), Some(draft)) => wizard_scopes(draft),
            (Place::Backups(_), _) if self.cell.is_some() => {
                &[S::Cell, S::Reading, S::Backups, S::Lists, S::Everywhere]
            }
            (Place::Backups(_), _) => &[S::Backups, S::Lists, S::Everywhere],
            (Place::Operations, _) if self.wall.zoom == Zoom::One => {
                &[S::Reading, S::Operations, S::Lists, S::Everywhere]
            }
            (Place::Failover, _) => &[S::Failover, S::Lists, S::Everywhere],
            (Place::Operations, _) => &[S::Operations, S::Lists, S::Everywhere],
            (Place::Parity(_), _) => &[S::Parity, S::Lists, S::Everywhere],
            (Place::Problems, _) if self.whole_problem.is_some() => {
                &[S::Reading, S::Problems, S::Lists, S::Everywhere]
            }
            (Place::Problems, _) => &[S::Problems, S::Lists, S::Everywhere],
            (Place::Timeline, _) if self.timeline.whole.is_some() => {
                &[S::Reading, S::Event, S::Lists, S::Everywhere]
            }
            (Place::Timeline, _) => &[S::Timeline, S::Lists, S::Everywhere],
            (Place::Fleet | Place::Wizard(_), _) => &[S::Fleet, S::Lists, S::Everywhere],
        }
    }
}

fn wizard_scopes(draft: &Draft) -> &'static [Scope] {
    use Scope as S;
    match (draft.step, draft.task.kind()) {
        _ if draft.reason.is_some() => &[S::Reason],
        (Step::Where | Step::Access, _) => &[S::Choice, S::Lists, S::Everywhere],
        (Step::Findings, _) if draft.evidence.is_some() => {
            &[S::Evidence, S::Reading, S::Lists, S::Everywhere]
        }
        (Step::Findings, _) => &[S::Findings, S::Lists, S::Everywhere],
        (Step::Review, _) => &[S::Review, S::Everywhere],
        (Step::Confirm, Kind::Restore) => &[S::Confirm],
        (Step::Confirm, Kind::Backup) => &[S::Ready],
    }
}
