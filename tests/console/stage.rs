//! A made-up fleet, a console before it, and the hands that press its keys.

use jiff::{SignedDuration, Timestamp};
use lifeboat::console::layout::Size;
use lifeboat::console::message::{Gathering, Loaded};
use lifeboat::console::preferences::{Importance, InstancePreference, Preferences};
use lifeboat::console::{Effect, Key, Model, Msg, RequestId, update, view};
use lifeboat::domain::backup::{Backup, Blob, Condition, DateSource, Provenance, Source, Taken};
use lifeboat::domain::instance::{Identity, Instance, UserIdentity};
use lifeboat::domain::operation::{Acceptation, Intent, Operation, OperationEvent, OperationId, Poll, Work};
use lifeboat::domain::plan::{Access, Plan, RestorePlan};
use lifeboat::domain::preflight::Facts;
use lifeboat::domain::problem::{Problem, Trouble};
use lifeboat::domain::pulse::{Beat, Pulse};
use lifeboat::domain::region::Region;
use lifeboat::domain::resource::{Subscription, SubscriptionId};
use lifeboat::domain::sku::{Sku, Tier};
use lifeboat::domain::storage::Location;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

pub(crate) use super::facts::{account, facts, known};

pub(crate) fn now() -> Timestamp {
    "2026-11-23T12:04:31Z".parse().unwrap()
}

/// So many seconds before now.
pub(crate) fn ago(seconds: i64) -> Timestamp {
    now() - SignedDuration::from_secs(seconds)
}

/// So many seconds after now.
pub(crate) fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

pub(crate) fn instance(name: &str, tier: &str, units: u32, region: &str) -> Instance {
    let id = format!(
        "/subscriptions/6f1c/resourceGroups/rg-{name}/providers/Microsoft.ApiManagement/service/{name}"
    );
    Instance {
        id: id.parse().unwrap(),
        name: name.to_owned(),
        region: Region::new(region),
        additional_regions: Vec::new(),
        sku: Some(Sku { tier: Tier::from(tier), units: Some(units) }),
        state: Some("Succeeded".to_owned()),
        target_state: Some(String::new()),
        platform_version: Some("stv2".to_owned()),
        identity: Identity {
            system: Some("principal-1".to_owned()),
            user: vec![UserIdentity {
                id: "/subscriptions/6f1c/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/dr".into(),
                client_id: Some("c0ffee00-0000-4000-8000-000000000001".to_owned()),
                principal_id: None,
            }],
        },
        virtual_network: Some("External".to_owned()),
        gateway_url: None,
        hostnames: Vec::new(),
        min_api_version: Some(String::new()),
        created_at: None,
        etag: None,
    }
}

pub(crate) fn backup(of: &str, tier: Option<&str>, hours: i64, provenance: Provenance) -> Backup {
    let at = now() - SignedDuration::from_hours(hours) - SignedDuration::from_mins(10);
    let name = format!("{of}-{}.apimbackup", at.strftime("%Y-%m-%d-%H-%M"));
    let known = provenance != Provenance::Unknown;
    Backup {
        blob: Blob {
            address: Location::new("stcorebackup", "apim").at(if known {
                name
            } else {
                format!("export-{hours}.bin")
            }),
            size: Some(231 * 1_048_576),
            etag: Some("0x8DC41".to_owned()),
            access_tier: Some("Hot".to_owned()),
            created_at: Some(at),
            last_modified: Some(at),
            condition: Condition::default(),
        },
        source: Source {
            instance: known.then(|| of.to_owned()),
            instance_id: None,
            tier: tier.map(Tier::from),
            provenance,
        },
        taken: Some(Taken {
            at,
            by: if provenance == Provenance::Manifest {
                DateSource::Manifest
            } else {
                DateSource::CreationTime
            },
        }),
    }
}

pub(crate) fn fleet() -> Vec<Instance> {
    let mut all = vec![
        instance("apim-core-prod", "Premium", 4, "westeurope"),
        instance("apim-core-dr", "Premium", 4, "northeurope"),
        instance("apim-billing-prod", "Premium", 2, "westeurope"),
        instance("apim-billing-dr", "Standard", 1, "northeurope"),
        instance("apim-pay-prod", "Premium", 2, "germanywestcentral"),
        instance("apim-iot-prod", "Standard", 1, "francecentral"),
        instance("apim-partner-prod", "StandardV2", 1, "uksouth"),
        instance("apim-docs-dev", "Developer", 1, "eastus"),
        instance("apim-lab", "Basic", 1, "ukwest"),
        instance("apim-edge", "Consumption", 0, "westus2"),
    ];
    all[4].state = Some("Updating".to_owned());
    all[8].state = Some("Failed".to_owned());
    all
}

pub(crate) fn backups() -> Vec<Backup> {
    use Provenance::{Journal, Manifest, Name, Unknown};
    let mut all = Vec::new();
    for day in 0..33 {
        all.push(backup("apim-core-prod", Some("Premium"), 25 + day * 24, Manifest));
    }
    all.push(backup("apim-billing-prod", Some("Premium"), 29 * 24 + 4, Journal));
    for day in 1..9 {
        all.push(backup("apim-billing-prod", Some("Premium"), (30 + day) * 24, Name));
    }
    for day in 0..5 {
        all.push(backup("apim-pay-prod", Some("Premium"), 11 + day * 24, Manifest));
    }
    for day in 6..12 {
        all.push(backup("apim-iot-prod", Some("Standard"), 2 + day * 24, Name));
    }
    all.push(backup("apim-docs-dev", Some("Developer"), 9, Manifest));
    all.push(backup("export", None, 50, Unknown));
    all.push(backup("export", None, 80, Unknown));
    all
}

pub(crate) fn preferences() -> Preferences {
    let mut it = Preferences { scope: "contoso".to_owned(), ..Preferences::default() };
    let pair = |standby: &str| InstancePreference {
        standby: Some(standby.to_owned()),
        importance: Importance::Production,
        ..InstancePreference::default()
    };
    it.instances.set("apim-core-prod", pair("apim-core-dr"));
    it.instances.set("apim-billing-prod", pair("apim-billing-dr"));
    it.instances.set("apim-pay-prod", pair("apim-pay-dr"));
    it.locations.push(Location::new("stcorebackup", "apim"));
    it
}

pub(crate) fn subscription() -> Subscription {
    Subscription { id: SubscriptionId::new("6f1c"), name: "Core".to_owned(), state: None, tenant: None }
}

pub(crate) fn hr_problem() -> Problem {
    let mut problem = Problem::new("Subscription HR could not be read")
        .about("/subscriptions/9ce1")
        .meaning("Its instances are missing from the list")
        .next("Ask for Reader on /subscriptions/9ce1");
    problem.code = Some("AuthorizationFailed".to_owned());
    problem.server_message = Some(
        "The client does not have authorization to perform action 'Microsoft.ApiManagement/service/read'."
            .to_owned(),
    );
    problem.http_status = Some(403);
    problem.correlation_id = Some("7f1e2b6c".to_owned());
    problem.kind = Trouble::Forbidden;
    problem
}

/// A console and what it wished last.
pub(crate) struct Stage {
    pub(crate) model: Model,
    pub(crate) effects: Vec<Effect>,
}

impl Stage {
    /// A console of this size that has just begun to read.
    pub(crate) fn empty(columns: u16, rows: u16) -> Self {
        Self::with(preferences(), columns, rows)
    }

    pub(crate) fn with(preferences: Preferences, columns: u16, rows: u16) -> Self {
        let (model, effects) = Model::new(preferences, now(), Size::of(columns, rows));
        Self { model, effects }
    }

    /// A console that has read the made-up fleet.
    pub(crate) fn full(columns: u16, rows: u16) -> Self {
        let mut stage = Self::empty(columns, rows);
        stage.load();
        stage
    }

    pub(crate) fn load(&mut self) {
        self.part(Loaded::Subscriptions(vec![subscription()]));
        self.part(Loaded::Instances(fleet()));
        self.part(Loaded::Backups(backups()));
        self.part(Loaded::Listed(Location::new("stcorebackup", "apim")));
        self.part(Loaded::Done { as_of: now() });
        self.tell(Msg::Drawn);
    }

    /// The newest question about the inventory.
    pub(crate) fn question(&self) -> RequestId {
        let asked = self.effects.iter().rev().find_map(|effect| match effect {
            Effect::LoadInventory { request } => Some(*request),
            _ => None,
        });
        asked.unwrap_or(RequestId(1))
    }

    pub(crate) fn part(&mut self, what: Loaded) {
        let request = self.question();
        self.tell(Msg::Loaded { request, what });
    }

    pub(crate) fn tell(&mut self, msg: Msg) {
        let effects = update(&mut self.model, msg);
        self.effects.extend(effects);
    }

    /// Presses keys one by one, with the screen drawn after each: `"jj<Enter>ar"`.
    pub(crate) fn press(&mut self, keys: &str) -> &mut Self {
        for key in parse(keys) {
            self.tell(Msg::Key(key));
            self.tell(Msg::Drawn);
        }
        self
    }

    /// Presses keys in a burst: nothing is drawn in between.
    pub(crate) fn burst(&mut self, keys: &str) -> &mut Self {
        for key in parse(keys) {
            self.tell(Msg::Key(key));
        }
        self.tell(Msg::Drawn);
        self
    }

    /// Types a command and runs it.
    pub(crate) fn say(&mut self, line: &str) {
        self.press(&format!(":{line}<Enter>"));
    }

    /// The word at the bottom.
    pub(crate) fn notice(&self) -> String {
        self.model.notice.as_ref().map_or(String::new(), |it| it.text.clone())
    }

    /// What was copied last.
    pub(crate) fn copied(&self) -> &str {
        let copied = self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Copy(text) => Some(text.as_str()),
            _ => None,
        });
        copied.expect("something was copied")
    }

    pub(crate) fn started(&self) -> usize {
        self.effects.iter().filter(|effect| matches!(effect, Effect::Start { .. })).count()
    }

    /// The question about facts that was asked last.
    pub(crate) fn gathering(&self) -> (RequestId, Plan) {
        let asked = self.effects.iter().rev().find_map(|effect| match effect {
            Effect::GatherFacts { request, plan } => Some((*request, (**plan).clone())),
            _ => None,
        });
        asked.expect("facts were asked for")
    }

    /// Answers it with facts about the made-up fleet, changed as wanted.
    pub(crate) fn answer(&mut self, change: impl FnOnce(&mut Facts)) {
        let (request, plan) = self.gathering();
        let mut facts = facts(&plan, self.model.now());
        change(&mut facts);
        self.tell(Msg::Facts { request, facts: Box::new(facts), gathering: Gathering::Done });
        self.tell(Msg::Drawn);
    }

    /// From the fleet to the findings of a restore of apim-core-prod into apim-core-dr.
    pub(crate) fn check_a_restore(&mut self) -> &mut Self {
        self.press("/core-prod<Enter><Enter>arnn");
        self
    }

    /// Four operations: one running, one of unknown outcome, one that failed, one that succeeded.
    pub(crate) fn wall(&mut self) {
        let mut running = Told::begin(1, restore("apim-pay-prod", "apim-pay-dr"), ago(725));
        running.then(ago(724), OperationEvent::Submitting);
        running.then(ago(723), accepted());
        for poll in (1..=11).rev() {
            running.then(ago(poll * 60), polled("Updating"));
        }
        running.send(self);
        let mut unknown = Told::begin(2, restore("apim-core-prod", "apim-core-dr"), ago(300));
        unknown.then(ago(299), OperationEvent::Submitting);
        let mut lost = Problem::new("The answer was lost after the request had been sent");
        lost.next = Some("It is looked up; it is not sent again".to_owned());
        unknown.then(ago(280), OperationEvent::Unconfirmed { problem: lost });
        unknown.send(self);
        self.tell(Msg::Pulse(Pulse {
            operation: unknown.operation.id(),
            at: ago(20),
            beat: Beat::Looking { what: "activity log of apim-core-dr: nothing yet".to_owned() },
        }));
        self.tell(Msg::Pulse(Pulse {
            operation: running.operation.id(),
            at: ago(5),
            beat: Beat::InstanceRead {
                state: Some("Updating".to_owned()),
                target_state: Some("Succeeded".to_owned()),
            },
        }));
        let mut failed = Told::begin(3, restore("apim-billing-prod", "apim-billing-dr"), ago(9_000));
        failed.then(ago(8_999), OperationEvent::Submitting);
        failed.then(ago(8_998), accepted());
        let mut sku = Problem::new("The restore failed");
        sku.code = Some("RestoreFailed".to_owned());
        sku.server_message =
            Some("Cannot restore: current SKU is 'Standard', backup SKU is 'Premium'".to_owned());
        failed.then(ago(8_400), OperationEvent::Failed { problem: sku });
        failed.send(self);
        let mut done = Told::begin(4, restore("apim-docs-dev", "apim-docs-drill"), ago(90_000));
        done.then(ago(89_999), OperationEvent::Submitting);
        done.then(ago(89_998), accepted());
        done.then(
            ago(88_000),
            OperationEvent::Succeeded { evidence: "the operation's address answered 200".to_owned() },
        );
        done.send(self);
        self.model.notice = None;
        self.load();
    }

    pub(crate) fn screen(&self) -> String {
        text(&self.buffer())
    }

    /// Where the terminal's cursor is.
    pub(crate) fn cursor(&self) -> (u16, u16) {
        let size = self.model.size();
        let mut terminal = Terminal::new(TestBackend::new(size.columns, size.rows)).unwrap();
        terminal.draw(|frame| view(&self.model, frame)).unwrap();
        let position = terminal.get_cursor_position().unwrap();
        (position.x, position.y)
    }

    pub(crate) fn buffer(&self) -> Buffer {
        let size = self.model.size();
        let mut terminal = Terminal::new(TestBackend::new(size.columns, size.rows)).unwrap();
        terminal.draw(|frame| view(&self.model, frame)).unwrap();
        terminal.backend().buffer().clone()
    }
}

/// An operation that is told event by event.
pub(crate) struct Told {
    pub(crate) operation: Operation,
    events: Vec<(Timestamp, OperationEvent)>,
}

impl Told {
    pub(crate) fn begin(number: u128, plan: Plan, at: Timestamp) -> Self {
        let intent = Intent {
            operation_id: OperationId::new(uuid::Uuid::from_u128(number << 96)),
            work: Work::Plan(plan),
            accepted: Vec::new(),
            checks: Vec::new(),
            resource_manager: "https://management.azure.com".to_owned(),
            tier: None,
            tool: "lifeboat 0.1.0".to_owned(),
            purpose: lifeboat::domain::operation::Purpose::Real,
        };
        let event = OperationEvent::Planned(Box::new(intent.clone()));
        Self { operation: Operation::planned(intent, at), events: vec![(at, event)] }
    }

    pub(crate) fn then(&mut self, at: Timestamp, event: OperationEvent) {
        self.events.push((at, event));
    }

    /// Tells everything so far.
    pub(crate) fn send(&mut self, stage: &mut Stage) {
        for (at, event) in std::mem::take(&mut self.events) {
            if !matches!(event, OperationEvent::Planned(_)) {
                self.operation.apply(at, &event).unwrap();
            }
            stage.tell(Msg::Operation {
                operation: Box::new(self.operation.clone()),
                event: Some(event),
                at,
            });
        }
        stage.tell(Msg::Drawn);
    }
}

pub(crate) fn restore(source: &str, target: &str) -> Plan {
    let backup = backup(source, Some("Premium"), 25, Provenance::Manifest);
    Plan::Restore(RestorePlan {
        target: instance(target, "Premium", 1, "northeurope").id,
        backup: backup.blob.address,
        access: Access::System,
        source: backup.source,
        taken: backup.taken,
    })
}

pub(crate) fn accepted() -> OperationEvent {
    OperationEvent::Accepted(Acceptation {
        operation_url: "https://management.azure.com/operationresults/5f".to_owned(),
        retry_after: Some(60),
        correlation_id: Some("7f1e2b6c-0000-4000-8000-00000000abcd".to_owned()),
        ..Acceptation::default()
    })
}

pub(crate) fn polled(status: &str) -> OperationEvent {
    OperationEvent::Polled(Poll {
        http_status: Some(202),
        status: Some(status.to_owned()),
        next_in: 71,
        ..Poll::default()
    })
}

/// Keys from text: characters stand for themselves, names in angle brackets for other keys.
pub(crate) fn parse(keys: &str) -> Vec<Key> {
    let mut rest = keys;
    let mut all = Vec::new();
    while let Some(c) = rest.chars().next() {
        let named = rest.strip_prefix('<').and_then(|tail| tail.split_once('>'));
        let Some((name, tail)) = named else {
            all.push(Key::Char(c));
            rest = &rest[c.len_utf8()..];
            continue;
        };
        rest = tail;
        all.push(match name {
            "Enter" => Key::Enter,
            "Esc" => Key::Esc,
            "Tab" => Key::Tab,
            "BackTab" => Key::BackTab,
            "Back" => Key::Backspace,
            "Down" => Key::Down,
            "Up" => Key::Up,
            "Left" => Key::Left,
            "Right" => Key::Right,
            "Home" => Key::Home,
            "End" => Key::End,
            "PgUp" => Key::PageUp,
            "PgDn" => Key::PageDown,
            "F1" => Key::F(1),
            ctrl => Key::Ctrl(ctrl.strip_prefix("C-").and_then(|c| c.chars().next()).expect("a known key")),
        });
    }
    all
}

/// The characters of a buffer, line by line.
pub(crate) fn text(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in 0..buffer.area.height {
        let mut x = 0;
        let mut line = String::new();
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += u16::try_from(unicode_width::UnicodeWidthStr::width(symbol).max(1)).unwrap();
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
