//! The timeline: which events, in whose words, which report, and what becomes of a note.

use jiff::SignedDuration;
use lifeboat::console::intent::ReportFormat;
use lifeboat::console::model::timeline::{Names, moment};
use lifeboat::console::model::{Overlay, Place};
use lifeboat::console::preferences::{Glyphs, Preferences};
use lifeboat::console::world::stories::Told;
use lifeboat::console::{Effect, Msg, RequestId};
use lifeboat::domain::approval::{Acceptance, Checked};
use lifeboat::domain::operation::remark::remark;
use lifeboat::domain::operation::{Intent, Operation, OperationEvent, OperationId, Poll, Work};
use lifeboat::domain::plan::Plan;
use lifeboat::domain::problem::Problem;
use lifeboat::domain::report::{Objectives, Report, Story, markdown};
use lifeboat::domain::verdict::Verdict;

use super::frames::{SIZES, golden};
use super::stage::{self, Stage, accepted, ago, polled, restore};

pub(crate) fn id(number: u128) -> OperationId {
    OperationId::new(uuid::Uuid::from_u128(number << 96))
}

/// An operation whose journal tells this.
pub(crate) fn told(number: u128, plan: Plan, planned: i64, rest: Vec<(i64, OperationEvent)>) -> Told {
    let intent = Intent {
        operation_id: id(number),
        work: Work::Plan(plan),
        accepted: vec![Acceptance { finding: "target-traffic".to_owned(), reason: "probe only".to_owned() }],
        checks: [
            ("tier-equal", Verdict::Ok),
            ("target-idle", Verdict::Ok),
            ("target-traffic", Verdict::Warn),
        ]
        .map(|(finding, verdict)| Checked {
            finding: finding.to_owned(),
            verdict,
            summary: format!("{finding} as it stood"),
        })
        .to_vec(),
        resource_manager: "https://management.azure.com".to_owned(),
        tier: None,
        tool: "lifeboat 0.1.0".to_owned(),
        purpose: lifeboat::domain::operation::Purpose::Real,
    };
    let mut events = vec![(ago(planned), OperationEvent::Planned(Box::new(intent)))];
    events.extend(rest.into_iter().map(|(seconds, event)| (ago(seconds), event)));
    let mut operation = Operation::begun(&events[0].1, events[0].0).unwrap();
    for (at, event) in &events[1..] {
        operation.apply(*at, event).unwrap();
    }
    let lines =
        events.iter().map(|(_, event)| format!("{{\n  \"event\": \"{}\"\n}}", event.name())).collect();
    let objectives =
        Objectives { rpo: Some(SignedDuration::from_hours(24)), rto: Some(SignedDuration::from_mins(60)) };
    let hosts = vec!["jos-laptop".to_owned()];
    let story = Story { operation, events, damage: None, hosts, objectives };
    let file = format!("/home/jo/.local/state/lifeboat/operations/restore_{number}.jsonl");
    Told { story, file, lines }
}

fn running() -> Told {
    let throttled = OperationEvent::Polled(Poll {
        http_status: Some(429),
        problem: Some(Problem::new("Azure asks for patience")),
        next_in: 20,
        ..Poll::default()
    });
    told(
        1,
        restore("apim-pay-prod", "apim-pay-dr"),
        900,
        vec![
            (725, OperationEvent::Submitting),
            (724, accepted()),
            (660, polled("Updating")),
            (600, polled("Updating")),
            (540, remark("DNS still points to apim-pay-prod, TTL 300 s", "jo").unwrap()),
            (480, throttled),
            (420, polled("Updating")),
            (300, remark("mira called: 4 000 requests a minute are lost", "mira").unwrap()),
            (60, polled("Updating")),
        ],
    )
}

fn failed() -> Told {
    let mut sku = Problem::new("The restore failed");
    sku.server_message =
        Some("Cannot restore: current SKU is 'Standard', backup SKU is 'Premium'".to_owned());
    told(
        2,
        restore("apim-billing-prod", "apim-billing-dr"),
        1_500,
        vec![
            (1_499, OperationEvent::Submitting),
            (1_498, accepted()),
            (1_100, OperationEvent::Failed { problem: sku }),
        ],
    )
}

fn long_ago() -> Told {
    let done = OperationEvent::Succeeded { evidence: "200".to_owned() };
    told(
        3,
        restore("apim-docs-dev", "apim-docs-drill"),
        90_000,
        vec![(89_999, OperationEvent::Submitting), (89_998, accepted()), (88_000, done)],
    )
}

/// A console that knows these operations.
pub(crate) fn knows(mut stage: Stage, all: &[Told]) -> Stage {
    for one in all {
        let operation = Box::new(one.story.operation.clone());
        stage.tell(Msg::Operation { operation, event: None, at: stage::now() });
    }
    stage
}

/// What was asked of the journal last.
pub(crate) fn question(stage: &Stage) -> Option<(RequestId, Vec<OperationId>)> {
    stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::ReadStories { request, operations } => Some((*request, operations.clone())),
        _ => None,
    })
}

pub(crate) fn answer(stage: &mut Stage, all: &[Told]) {
    let (request, operations) = question(stage).unwrap();
    let meant = all.iter().filter(|it| operations.contains(&it.story.operation.id())).cloned().collect();
    stage.tell(Msg::Stories { request, told: meant, problems: Vec::new() });
    stage.tell(Msg::Drawn);
}

pub(crate) fn preferences() -> Preferences {
    Preferences { person: "jo".to_owned(), ..stage::preferences() }
}

pub(crate) fn all() -> Vec<Told> {
    vec![running(), failed(), long_ago()]
}

/// A console before the timeline of the incident that goes on.
pub(crate) fn open(columns: u16, rows: u16) -> Stage {
    let mut stage = Stage::with(preferences(), columns, rows);
    stage.load();
    let mut stage = knows(stage, &all());
    stage.press("6");
    answer(&mut stage, &all());
    stage
}

#[test]
fn timeline() {
    for (columns, rows) in SIZES {
        let at = |name: &str| format!("{name}_{columns}x{rows}");
        let mut stage = Stage::with(preferences(), columns, rows);
        stage.load();
        stage.press("6");
        golden(&at("timeline_none"), &stage);
        let mut stage = open(columns, rows);
        golden(&at("timeline"), &stage);
        stage.press("<Tab>");
        golden(&at("timeline_report"), &stage);
        stage.press("<Tab>kk kkm<PgUp>mr");
        golden(&at("timeline_chosen"), &stage);
        stage.press("t");
        golden(&at("timeline_moments"), &stage);
        stage.press("b11:40<Enter>");
        golden(&at("timeline_began"), &stage);
        stage.press("+the gateway answers");
        golden(&at("timeline_note"), &stage);
        stage.press("<Esc>w");
        golden(&at("timeline_formats"), &stage);
        stage.press("<Esc><Enter>");
        golden(&at("timeline_event"), &stage);
        stage.press("<Esc>/nobody<Enter>");
        golden(&at("timeline_filtered_to_nothing"), &stage);
    }
}

#[test]
fn an_incident_is_what_overlaps_or_follows_soon() {
    let mut stage = open(120, 35);
    let (_, asked) = question(&stage).unwrap();
    assert_eq!(asked, [id(2), id(1)], "the one of yesterday is another incident");
    assert!(stage.screen().contains("2 operations"), "{}", stage.screen());
    stage.press("l");
    assert_eq!(stage.model.timeline.only, Some(id(2)));
    assert!(stage.screen().contains("only the restore of apim-billing-dr"), "{}", stage.screen());
    stage.press("l");
    assert_eq!(stage.model.timeline.only, Some(id(1)));
    assert_eq!(stage.model.sheet().whole.operations.len(), 1);
    stage.press("hh");
    assert_eq!(stage.model.timeline.only, None);
    assert_eq!(stage.model.sheet().whole.operations.len(), 2);
}

#[test]
fn the_wall_opens_the_timeline_of_its_chosen_operation() {
    let mut stage = Stage::with(preferences(), 120, 35);
    stage.load();
    let mut stage = knows(stage, &all());
    stage.press("4");
    stage.model.wall.cursor = Some(id(3));
    stage.press("T");
    let chosen = stage.model.wall.cursor;
    assert_eq!(chosen, Some(id(3)));
    assert_eq!((stage.model.place(), stage.model.timeline.lead), (&Place::Timeline, chosen));
    assert_eq!(question(&stage).unwrap().1, [id(3)]);
    answer(&mut stage, &all());
    assert!(stage.screen().contains("restore of apim-docs-drill"), "{}", stage.screen());
    assert_eq!(stage.model.operation_named("00000001"), Some(id(1)));
    assert_eq!(stage.model.operation_named("0000000"), None, "three begin so");
    assert_eq!(stage.model.operation_named(""), None);
}

/// The preview is made of the report that is written, word for word.
#[test]
fn what_is_previewed_is_what_is_written() {
    let mut stage = open(200, 55);
    stage.press("b11:40<Enter>kkk<Home> ");
    let shown = stage.model.sheet().shown.clone();
    stage.press("w<Enter>");
    let Some(Effect::WriteReport { report, format }) = stage.effects.last() else {
        panic!("nothing is written")
    };
    assert_eq!(*format, ReportFormat::Markdown);
    assert_eq!(**report, shown);
    assert_eq!(report.operations.iter().map(|it| it.left_out).sum::<usize>(), 1);
    let words = markdown::write(report);
    assert!(words.contains("1 event was left out"), "{words}");
    let stories: Vec<Story> = [running(), failed()].map(|it| it.story).to_vec();
    let began = Some("2026-11-23T11:40:00Z".parse().unwrap());
    let whole = Report::of(&stories, began, stage.model.now());
    assert_eq!(stage.model.sheet().whole, whole, "the same code makes it");
    // Every line of the preview stands in the report.
    let screen = stage.screen();
    for part in
        ["# Recovery report", "Restore of apim-billing-dr: failed", "The incident began 2026-11-23 11:40:00Z"]
    {
        assert!(screen.contains(part), "{part}\n{screen}");
        assert!(words.contains(part), "{part}\n{words}");
    }
    for (key, format) in [("h", ReportFormat::Html), ("j", ReportFormat::Json), ("m", ReportFormat::Markdown)]
    {
        stage.press("w").press(key);
        let wrote =
            matches!(stage.effects.last(), Some(Effect::WriteReport { format: it, .. }) if *it == format);
        assert!(wrote, "{key}");
    }
    stage.tell(Msg::ReportWritten { path: "/state/reports/r.md".to_owned() });
    assert!(stage.screen().contains("…/reports/r.md"), "{}", stage.screen());
    assert!(matches!(stage.effects.last(), Some(Effect::Copy(path)) if path == "/state/reports/r.md"));
}

#[test]
fn redaction_takes_the_names_out_of_the_preview_and_of_what_is_written() {
    let mut stage = open(200, 55);
    stage.press("r");
    assert_eq!(stage.model.timeline.names, Names::TakenOut);
    stage.press("w<Enter>");
    let Some(Effect::WriteReport { report, .. }) = stage.effects.last() else { panic!("nothing is written") };
    assert!(report.redacted);
    let words = markdown::write(report);
    for name in ["apim-pay", "apim-billing", "mira", "stcorebackup"] {
        assert!(!words.contains(name), "{name}\n{words}");
    }
    stage.press("r");
    assert_eq!(stage.model.timeline.names, Names::Shown);
}

#[test]
fn a_note_is_about_the_operation_of_the_chosen_event_and_its_text_is_never_lost() {
    let mut stage = open(120, 35);
    stage.press("<Home>+gateway is down<Esc>");
    assert!(stage.model.overlay.is_none());
    stage.press("+");
    assert!(stage.screen().contains("note: gateway is down"), "{}", stage.screen());
    stage.press("<Enter>");
    let Some(Effect::Note { operation, text }) = stage.effects.last() else { panic!("nothing was noted") };
    assert_eq!(
        (*operation, text.as_str()),
        (id(2), "gateway is down"),
        "the first event is of the older one"
    );

    let mut busy = Problem::new("Not noted: the operation is driven by pid 7 on laptop-2");
    busy.next = Some("Note it in that console".to_owned());
    stage.tell(Msg::NotNoted(busy));
    assert!(stage.screen().contains("driven by pid 7 on laptop-2"), "{}", stage.screen());
    assert!(stage.screen().contains("+ has the text still"), "{}", stage.screen());
    stage.press("+");
    let Some(Overlay::Note { input, .. }) = &stage.model.overlay else { panic!("no field") };
    assert_eq!(input.value(), "gateway is down");
    stage.press("<Enter>");
    let event = remark("gateway is down", "jo").unwrap();
    stage.tell(Msg::Noted { operation: id(2), event, at: stage::now() });
    assert_eq!(stage.model.timeline.unsaid, "");
    assert!(
        stage
            .model
            .world
            .log
            .newest(lifeboat::console::world::log::Level::Info)
            .any(|it| it.text.contains("gateway is down"))
    );
    let asked = stage.effects.iter().filter(|it| matches!(it, Effect::ReadStories { .. })).count();
    assert_eq!(asked, 2, "the journal is read again");
}

#[test]
fn a_note_that_is_kept_late_takes_no_other_text_with_it() {
    let mut stage = open(120, 35);
    stage.press("+first<Enter>+<C-u>second<Esc>");
    let event = remark("first", "jo").unwrap();
    stage.tell(Msg::Noted { operation: id(2), event, at: stage::now() });
    assert_eq!(stage.model.timeline.unsaid, "second");
}

#[test]
fn a_secret_in_a_note_goes_no_further() {
    let mut stage = open(120, 35);
    stage.press("+");
    stage.tell(Msg::Paste("key AccountKey=c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0".to_owned()));
    stage.press("<Enter>");
    let Some(Effect::Note { text, .. }) = stage.effects.last().cloned() else { panic!("nothing was noted") };
    assert!(text.starts_with("key AccountKey=") && !text.contains("c2VjcmV0"), "{text}");
    let event = remark(&text, "jo").unwrap();
    stage.tell(Msg::Noted { operation: id(2), event, at: stage::now() });
    assert_eq!(stage.model.timeline.unsaid, "");
}

#[test]
fn what_is_no_note_stays_in_the_field_with_the_reason() {
    let mut stage = open(80, 24);
    let before = stage.effects.len();
    stage.press("+<Enter>");
    assert!(stage.screen().contains("a note needs a text"), "{}", stage.screen());
    stage.tell(Msg::Paste(format!("{}\r\n\u{1b}[31m", "x".repeat(501))));
    stage.press("<Enter>");
    assert!(stage.screen().contains("the note has 505 characters"), "{}", stage.screen());
    assert!(matches!(&stage.model.overlay, Some(Overlay::Note { .. })));
    assert_eq!(stage.effects.len(), before);
}

#[test]
fn the_clocks_follow_when_the_incident_began() {
    let mut stage = open(120, 35);
    assert!(stage.screen().contains("RTO 15m00s of 1h, running"), "{}", stage.screen());
    assert!(stage.screen().contains("not known: b says when it began"), "{}", stage.screen());
    stage.press("b11:00<Enter>");
    assert!(stage.screen().contains("RTO 1h04m of 1h, running"), "{}", stage.screen());
    assert!(stage.screen().contains("49m31s   until the plan"), "{}", stage.screen());
    stage.tell(Msg::Tick(stage::now() + SignedDuration::from_mins(10)));
    assert!(stage.screen().contains("RTO 1h14m of 1h"), "the clock runs\n{}", stage.screen());
    stage.press("bnonsense<Enter>");
    assert!(stage.screen().contains("use 11:45, 45m, 2h"), "{}", stage.screen());
}

#[test]
fn a_time_is_understood_as_it_is_said() {
    let now = stage::now();
    for (text, at) in [
        ("11:45", "2026-11-23T11:45:00Z"),
        ("11:45:03Z", "2026-11-23T11:45:03Z"),
        ("23:00", "2026-11-22T23:00:00Z"),
        ("45m", "2026-11-23T11:19:31Z"),
        ("2h ago", "2026-11-23T10:04:31Z"),
        ("2026-11-23T11:45Z", "2026-11-23T11:45:00Z"),
        ("2026-11-23 11:45", "2026-11-23T11:45:00Z"),
        ("2026-11-23T12:45:00+01:00", "2026-11-23T11:45:00Z"),
    ] {
        assert_eq!(moment(text, now), Ok(at.parse().unwrap()), "{text}");
    }
    for text in ["", "soon", "2026-11-24T00:00Z", "25:00"] {
        assert!(moment(text, now).is_err(), "{text}");
    }
}

#[test]
fn no_time_is_too_long_to_be_refused() {
    for text in ["-9223372036854775808s", "9223372036854775807s ago"] {
        assert!(moment(text, stage::now()).is_err(), "{text}");
    }
}

#[test]
fn two_marks_measure_and_escape_takes_them_away() {
    let mut stage = open(120, 35);
    stage.press("<End>m<Home>m");
    assert!(stage.screen().contains("24m00s between the two marked events"), "{}", stage.screen());
    stage.press("<Esc>");
    assert!(stage.model.timeline.marked.is_empty());
    assert_eq!(*stage.model.place(), Place::Timeline);
    stage.press("<Esc>");
    assert_eq!(*stage.model.place(), Place::Fleet);
}

#[test]
fn the_cursor_stays_with_its_event_and_at_the_newest_with_the_newest() {
    let mut stage = open(120, 35);
    let newest = stage.model.timeline_chosen().unwrap();
    stage.press("kkk");
    let chosen = stage.model.timeline.cursor.unwrap();
    let mut later = running();
    later.story.events.push((ago(1), remark("later", "jo").unwrap()));
    later.lines.push(String::new());
    let operation = Box::new(later.story.operation.clone());
    stage.tell(Msg::Operation { operation, event: Some(polled("Updating")), at: stage::now() });
    answer(&mut stage, &[later.clone(), failed()]);
    assert_eq!(stage.model.timeline.cursor, Some(chosen));
    stage.press("<End>");
    let last = stage.model.timeline_chosen().unwrap();
    assert_ne!(last, newest);
    assert_eq!(stage.model.sheet().entry(last).unwrap().1.what, "later");
    // An answer to an earlier question is dropped.
    stage.tell(Msg::Stories { request: RequestId(1), told: Vec::new(), problems: Vec::new() });
    assert!(stage.model.sheet().all > 0);
}

#[test]
fn filters_say_what_they_hide() {
    let mut stage = open(120, 35);
    let all = stage.model.sheet().all;
    stage.press("/who:jo<Enter>");
    assert_eq!(stage.model.sheet().rows.len(), 1);
    assert_eq!(stage.model.sheet().all, all);
    assert_eq!(stage.model.sheet().shown.operations.len(), 2, "a filter hides nothing from the report");
    stage.press("<Esc>/target:billing<Enter>");
    assert_eq!(stage.model.sheet().rows.len(), 5);
    stage.press("<Esc>");
    assert_eq!(stage.model.sheet().rows.len(), all);
}

#[test]
fn ascii_and_plain_need_no_glyph() {
    let mut stage = Stage::with(Preferences { glyphs: Glyphs::Ascii, ..preferences() }, 80, 24);
    stage.load();
    let mut stage = knows(stage, &all());
    stage.press("6");
    answer(&mut stage, &all());
    for keys in ["", "<Tab>", "<Tab>km ", "<Enter>", "<Esc>w", "<Esc>+x"] {
        stage.press(keys);
        assert!(stage.screen().is_ascii(), "after {keys}:\n{}", stage.screen());
    }
}
