//! The operations wall: its panes and their ages, the log, the display that stands, what is asked while it is looked at.

use jiff::SignedDuration;
use lifeboat::console::model::{Pane, Place};
use lifeboat::console::palette::Palette;
use lifeboat::console::preferences::{Glyphs, Preferences};
use lifeboat::console::{Effect, Msg, RequestId};
use lifeboat::domain::deed::{Deed, Doer, End};
use lifeboat::domain::glance::{Glance, Left, Question, Quota};
use lifeboat::domain::operation::{OperationEvent, Poll};
use lifeboat::domain::plan::{BackupPlan, Plan};
use lifeboat::domain::problem::Problem;
use lifeboat::domain::pulse::{Beat, Pulse};
use lifeboat::domain::storage::Location;
use ratatui::style::{Color, Modifier};

use super::frames::{SIZES, golden};
use super::stage::{self, Stage, Told, accepted, ago, polled, restore};

/// Seven restores into apim-pay-dr of earlier days, each watched to its end.
fn history(stage: &mut Stage) {
    for (number, minutes) in (100..).zip([38, 52, 40, 36, 38, 30, 41]) {
        let began = 86_400 * (i64::try_from(number).unwrap() - 98);
        let mut run = Told::begin(number, restore("apim-pay-prod", "apim-pay-dr"), ago(began + 1));
        run.then(ago(began), OperationEvent::Submitting);
        run.then(ago(began - 1), accepted());
        run.then(ago(began - minutes * 60 + 30), polled("Updating"));
        let evidence = "the operation's address answered 200".to_owned();
        run.then(ago(began - minutes * 60), OperationEvent::Succeeded { evidence });
        run.send(stage);
    }
}

pub(crate) fn running(number: u128, since: i64) -> Told {
    let mut it = Told::begin(number, restore("apim-pay-prod", "apim-pay-dr"), ago(since + 1));
    it.then(ago(since), OperationEvent::Submitting);
    it.then(ago(since - 1), accepted());
    for poll in (1..since / 60).rev() {
        it.then(ago(poll * 60 + 4), polled("Updating"));
    }
    let mut trouble = Problem::new("Azure asks for patience");
    trouble.http_status = Some(429);
    let poll = Poll { http_status: Some(429), next_in: 20, problem: Some(trouble), ..Poll::default() };
    it.then(ago(40), OperationEvent::Polled(poll));
    it.then(ago(4), polled("Updating"));
    it
}

fn backup(number: u128, since: i64) -> Told {
    let instance = stage::instance("apim-core-prod", "Premium", 4, "westeurope").id;
    let to = Location::new("stcorebackup", "apim").at("apim-core-prod-2026-11-23-12-03.apimbackup");
    let access = lifeboat::domain::plan::Access::System;
    let mut it = Told::begin(number, Plan::Backup(BackupPlan { instance, to, access }), ago(since + 1));
    it.then(ago(since), OperationEvent::Submitting);
    it.then(ago(since - 1), accepted());
    it.then(ago(2), polled("InProgress"));
    it
}

/// A wall with a restore that runs, a backup that runs, and a history.
pub(crate) fn wall(columns: u16, rows: u16) -> Stage {
    let mut stage = Stage::full(columns, rows);
    history(&mut stage);
    let mut backup = backup(2, 72);
    backup.send(&mut stage);
    let mut restore = running(1, 724);
    restore.send(&mut stage);
    stage.press("4");
    stage.model.wall.cursor = Some(restore.operation.id());
    stage.model.notice = None;
    stage.tell(Msg::Tick(stage::now()));
    stage
}

/// The question about what the wall looks at that was asked last.
pub(crate) fn question(stage: &Stage) -> Option<(RequestId, Question)> {
    stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::Glance { request, what } => Some((*request, what.clone())),
        _ => None,
    })
}

pub(crate) fn quota() -> Quota {
    let left = |requests| Some(Left { requests, at: ago(4) });
    Quota {
        reads: left(249),
        writes: left(199),
        graph: None,
        answers: 38,
        throttled: 1,
        faults: 0,
        closed_until: Some(stage::now() + SignedDuration::from_secs(17)),
        token_until: Some(stage::now() + SignedDuration::from_mins(47)),
    }
}

/// Answers the question: both instances, what the activity log tells, the quota.
pub(crate) fn answer(stage: &mut Stage) {
    let (request, what) = question(stage).expect("the wall asked");
    let instances = what.instances.iter().map(|id| {
        let mut instance = stage::instance(id.name(), "Premium", 2, "northeurope");
        if id.name() == "apim-pay-dr" {
            instance.target_state = Some("Updating".to_owned());
        }
        (id.clone(), Ok(instance))
    });
    let deed = |action: &str, seconds, end| Deed {
        action: format!("Microsoft.ApiManagement/service/{action}"),
        resource: what.instances[0].to_string(),
        began_at: ago(seconds),
        ended_at: (end != End::Open).then(|| ago(seconds - 2)),
        end,
        caller: Some("you@contoso.example".to_owned()),
        correlation_id: Some("7f1e2b6c-0000-4000-8000-00000000abcd".to_owned()),
        doer: Doer::Others,
    };
    let log = what.log.as_ref().map(|(id, _)| {
        let deeds =
            vec![deed("restore/action", 723, End::Open), deed("apis/policies/write", 392, End::Badly)];
        (id.clone(), Ok(deeds))
    });
    let glance = Glance { at: stage.model.now(), instances: instances.collect(), log, quota: quota() };
    stage.tell(Msg::Glanced { request, glance: Box::new(glance) });
    stage.tell(Msg::Drawn);
}

#[test]
fn the_wall_in_all_its_states() {
    for (columns, rows) in SIZES {
        let at = |name: &str| format!("wall_{name}_{columns}x{rows}");
        let mut stage = wall(columns, rows);
        golden(&at("loading"), &stage);
        answer(&mut stage);
        golden(&at("running"), &stage);
        stage.press("f");
        golden(&at("frozen"), &stage);
        stage.press("f");
        let operation = stage.model.wall.cursor.unwrap();
        let verdict_at = Some(stage::now() + SignedDuration::from_secs(55));
        stage.tell(Msg::Pulse(Pulse {
            operation,
            at: stage::now(),
            beat: Beat::InstanceFree { verdict_at },
        }));
        golden(&at("end_seen"), &stage);
        stage.tell(Msg::Tick(stage::now() + SignedDuration::from_mins(6)));
        golden(&at("stale"), &stage);

        let mut stage = wall(columns, rows);
        answer(&mut stage);
        let mut it = running(1, 724);
        it.send(&mut stage);
        it.then(
            stage::now(),
            OperationEvent::Succeeded { evidence: "the operation's address answered 200".to_owned() },
        );
        it.send(&mut stage);
        golden(&at("succeeded"), &stage);

        let mut stage = wall(columns, rows);
        answer(&mut stage);
        let mut it = running(1, 724);
        it.send(&mut stage);
        let mut problem = Problem::new("The restore failed").next("Choose a target of the tier Premium");
        problem.server_message =
            Some("Cannot restore: current SKU is 'Standard', backup SKU is 'Premium'".to_owned());
        it.then(stage::now(), OperationEvent::Failed { problem });
        it.send(&mut stage);
        golden(&at("failed"), &stage);
    }
}

#[test]
fn many_operations() {
    for (columns, rows) in SIZES {
        let mut stage = wall(columns, rows);
        for number in 10..20 {
            backup(number, i64::try_from(number).unwrap() * 30).send(&mut stage);
        }
        answer(&mut stage);
        golden(&format!("wall_many_{columns}x{rows}"), &stage);
        stage.press("2jj");
        golden(&format!("wall_many_chosen_{columns}x{rows}"), &stage);
    }
}

#[test]
fn each_pane_large_at_every_size() {
    for (columns, rows) in SIZES {
        let mut stage = wall(columns, rows);
        answer(&mut stage);
        stage.press("z");
        for pane in 1..=9 {
            stage.press(&pane.to_string());
            golden(&format!("wall_large_{pane}_{columns}x{rows}"), &stage);
        }
    }
    for pane in [3, 5, 6, 7, 8] {
        let mut stage = wall(80, 24);
        answer(&mut stage);
        stage.press(&pane.to_string());
        golden(&format!("wall_pane_{pane}_80x24"), &stage);
    }
}

/// N7: numbers and Tab go to panes, `z` makes one large and small again; the pane with the keys is always shown.
#[test]
fn n7_numbers_and_tab_turn_to_panes_and_z_makes_one_large() {
    for (columns, rows) in SIZES {
        let mut stage = wall(columns, rows);
        for pane in Pane::EVERY {
            let number = pane.number();
            stage.press(&number.to_string());
            assert_eq!((stage.model.wall.pane, stage.model.place()), (pane, &Place::Operations));
            let title = format!("╔ {number} ");
            assert!(stage.screen().contains(&title), "{number} at {columns}x{rows}\n{}", stage.screen());
            let all = stage.screen();
            stage.press("z");
            assert_eq!(stage.screen().matches('╔').count() + stage.screen().matches('┌').count(), 1);
            stage.press("z");
            assert_eq!(stage.screen(), all, "and back");
        }
        stage.press("1");
        for pane in Pane::EVERY.iter().cycle().skip(1).take(9) {
            stage.press("<Tab>");
            assert_eq!(stage.model.wall.pane, *pane);
        }
        stage.press("<BackTab>");
        assert_eq!(stage.model.wall.pane, Pane::Log);
    }
}

/// O3: elapsed and the own history, never a percentage.
#[test]
fn o3_the_own_history_instead_of_a_percentage() {
    let stage = wall(120, 35);
    let screen = stage.screen();
    assert!(screen.contains("RUNNING   12m04s   usual 38–52m (7 runs)"), "{screen}");
    assert!(screen.contains("no % from Azure"), "{screen}");
    let percentage = |word: &str| word.trim_end_matches('%').parse::<f64>().is_ok() && word.ends_with('%');
    assert!(!screen.split_whitespace().any(percentage), "{screen}");
    let mut first = Stage::full(120, 35);
    running(1, 724).send(&mut first);
    first.press("4");
    assert!(first.screen().contains("12m04s   no runs of your own yet"), "{}", first.screen());
    let mut late = wall(120, 35);
    late.tell(Msg::Tick(stage::now() + SignedDuration::from_mins(60)));
    assert!(late.screen().contains("longer than 9 of 10"), "{}", late.screen());
    let mut fleet = wall(120, 35);
    fleet.press("q");
    assert!(fleet.screen().contains("usual 38–52m"), "{}", fleet.screen());
}

/// The usual time is looked up once, until an operation comes or ends.
#[test]
fn a_run_that_ends_counts_from_then_on() {
    let mut stage = wall(120, 35);
    let mut other = running(50, 3_000);
    other.send(&mut stage);
    assert!(stage.screen().contains("(7 runs)"), "{}", stage.screen());
    other.then(stage::now(), OperationEvent::Succeeded { evidence: "200".to_owned() });
    other.send(&mut stage);
    assert!(stage.screen().contains("(8 runs)"), "{}", stage.screen());
}

/// O5: every pane says how old it is and how fresh, and what is stale is grey.
#[test]
fn o5_every_pane_says_its_age_and_what_is_stale_is_grey() {
    let words = ["live", "loading", "STALE", "frozen", "failed", "ended", "not read"];
    for change in ["", "answered", "late", "frozen"] {
        let mut stage = wall(200, 55);
        if !change.is_empty() {
            answer(&mut stage);
        }
        match change {
            "late" => stage.tell(Msg::Tick(stage::now() + SignedDuration::from_mins(10))),
            "frozen" => {
                stage.press("f");
            }
            _ => {}
        }
        let screen = stage.screen();
        for pane in 1..=9 {
            let start = screen.find(&format!("┌ {pane} ")).or_else(|| screen.find(&format!("╔ {pane} ")));
            let line = &screen[start.expect("each pane is shown")..];
            let title = &line[..line[3..].find(['┐', '╗']).unwrap() + 3];
            assert!(words.iter().any(|word| title.contains(word)), "{change}: {title}");
            if change == "frozen" {
                assert!(title.contains("frozen"), "{title}");
            }
        }
    }
    let mut stage = wall(120, 35);
    answer(&mut stage);
    stage.tell(Msg::Tick(stage::now() + SignedDuration::from_mins(10)));
    let (buffer, screen) = (stage.buffer(), stage.screen());
    let row = screen.lines().position(|line| line.contains("STALE") && line.contains("4 target")).unwrap();
    let inside = u16::try_from(row + 1).unwrap();
    for column in 2..50 {
        let cell = &buffer[(column, inside)];
        assert!(
            cell.symbol() == " " || cell.modifier.contains(Modifier::DIM),
            "{:?} at {column}",
            cell.symbol()
        );
    }
}

#[test]
fn the_log_follows_until_somebody_moves_and_again_when_asked() {
    let mut stage = wall(120, 35);
    answer(&mut stage);
    assert!(stage.screen().contains("FOLLOW"), "{}", stage.screen());
    stage.press("9jj");
    let line = stage.model.wall.line.unwrap();
    let chosen = |stage: &Stage| {
        let row = usize::from(stage.cursor().1);
        stage.screen().lines().nth(row).unwrap().to_owned()
    };
    let before = chosen(&stage);
    assert!(stage.screen().contains("stands, F follows"), "{}", stage.screen());
    let mut it = running(1, 724);
    it.send(&mut stage);
    for second in 0..50 {
        it.then(stage::now() + SignedDuration::from_secs(second), polled("More"));
    }
    it.send(&mut stage);
    assert_eq!(stage.model.wall.line, Some(line), "the chosen line stays chosen");
    assert_eq!(chosen(&stage), before, "and is the one that is shown as chosen");
    stage.press("F");
    assert!(stage.model.wall.line.is_none());
    assert!(stage.screen().contains("202 More"), "{}", stage.screen());
}

#[test]
fn levels_hide_and_e_goes_from_error_to_error() {
    let mut stage = wall(120, 35);
    answer(&mut stage);
    stage.tell(Msg::Trouble(Problem::new("The clipboard does not take so much")));
    stage.press("e");
    assert_eq!(stage.model.wall.pane, Pane::Log);
    let chosen = |stage: &Stage| {
        let newest = stage.model.world.log.newest(stage.model.wall.level);
        newest.into_iter().find(|it| Some(it.number) == stage.model.wall.line).map(|it| it.text.clone())
    };
    assert_eq!(chosen(&stage).unwrap(), "The clipboard does not take so much");
    stage.press("e");
    assert!(chosen(&stage).unwrap().contains("policies/write failed"), "{:?}", chosen(&stage));
    stage.press("E");
    assert_eq!(chosen(&stage).unwrap(), "The clipboard does not take so much");
    stage.press("L");
    let screen = stage.screen();
    assert!(
        screen.contains("level warn") && screen.contains("429") && !screen.contains("again in 1m11s"),
        "{screen}"
    );
    stage.press("L");
    assert!(!stage.screen().contains("polled: 429"), "{}", stage.screen());
    stage.press("Lf");
    assert!(stage.screen().contains("level info"), "{}", stage.screen());
}

#[test]
fn what_is_copied_from_the_log_holds_the_ids() {
    let mut stage = wall(120, 35);
    stage.press("9y");
    let copied = stage.copied();
    assert!(copied.contains("correlation 7f1e2b6c") && copied.contains("operation 0000000"), "{copied}");
}

#[test]
fn the_operation_that_is_watched_stays_before_the_eyes_when_it_ends() {
    let mut stage = Stage::full(120, 35);
    backup(2, 72).send(&mut stage);
    let mut watched = running(1, 20);
    watched.send(&mut stage);
    stage.press("4");
    assert!(stage.screen().contains("1 restore apim-pay-prod"), "the newest first\n{}", stage.screen());
    watched.then(stage::now(), OperationEvent::Succeeded { evidence: "200".to_owned() });
    watched.send(&mut stage);
    assert!(stage.screen().contains("1 restore apim-pay-prod"), "{}", stage.screen());
    stage.press("b");
    assert!(stage.screen().contains("bell off"), "{}", stage.screen());
}

#[test]
fn the_wall_needs_neither_glyphs_nor_colour() {
    let preferences = Preferences { glyphs: Glyphs::Ascii, palette: Palette::MONO, ..stage::preferences() };
    for (columns, rows) in SIZES {
        let mut stage = Stage::with(preferences.clone(), columns, rows);
        stage.load();
        history(&mut stage);
        running(1, 724).send(&mut stage);
        stage.press("4");
        stage.tell(Msg::Tick(stage::now()));
        answer(&mut stage);
        for pane in 1..=9 {
            for keys in [pane.to_string().as_str(), "z", "f", "f", "z"] {
                stage.press(keys);
                assert!(stage.screen().is_ascii(), "{pane} {keys}\n{}", stage.screen());
                let buffer = stage.buffer();
                let coloured = buffer.content.iter().any(|it| it.fg != Color::Reset || it.bg != Color::Reset);
                assert!(!coloured, "{pane} {keys}");
            }
        }
    }
}

/// What the wall reads: the two instances and one log, never while another place is shown, one question at a time.
#[test]
fn the_wall_asks_only_while_it_is_looked_at_and_one_thing_at_a_time() {
    let mut stage = wall(120, 35);
    let asked = |stage: &Stage| stage.effects.iter().filter(|it| matches!(it, Effect::Glance { .. })).count();
    assert_eq!(asked(&stage), 1);
    let (_, what) = question(&stage).unwrap();
    let names: Vec<&str> = what.instances.iter().map(|id| id.name()).collect();
    assert_eq!(names, ["apim-pay-dr", "apim-pay-prod"]);
    assert_eq!(what.log.as_ref().unwrap().0.name(), "apim-pay-dr");
    let tick = |stage: &mut Stage, second| {
        stage.tell(Msg::Tick(stage::now() + SignedDuration::from_secs(second)));
    };
    for second in 1..60 {
        tick(&mut stage, second);
    }
    assert_eq!(asked(&stage), 1, "the first is not answered yet");
    answer(&mut stage);
    // Azure asked for patience in that answer: every thirty seconds instead of fifteen.
    for second in 60..120 {
        tick(&mut stage, second);
        if asked(&stage) == 2 {
            break;
        }
    }
    assert_eq!(asked(&stage), 2);
    answer(&mut stage);
    for second in 61..90 {
        tick(&mut stage, second);
    }
    assert_eq!(asked(&stage), 2, "slowed down by the 429");
    assert!(stage.screen().contains("15s → 30s"), "{}", stage.screen());
    tick(&mut stage, 91);
    assert_eq!(asked(&stage), 3);
    assert!(question(&stage).unwrap().1.log.is_none(), "the log is read once a minute");
    answer(&mut stage);
    stage.press("q");
    for second in 92..400 {
        tick(&mut stage, second);
    }
    assert_eq!(asked(&stage), 3, "nobody looks");
}

#[test]
fn an_answer_to_an_earlier_question_is_dropped_and_a_failure_is_said() {
    let mut stage = wall(120, 35);
    let (request, what) = question(&stage).unwrap();
    let failed = |what: &Question| Glance {
        at: stage::now(),
        instances: what
            .instances
            .iter()
            .map(|id| (id.clone(), Err(Problem::new("No answer within 20 s"))))
            .collect(),
        log: None,
        quota: Quota::default(),
    };
    stage.tell(Msg::Glanced { request: RequestId(request.0 + 7), glance: Box::new(failed(&what)) });
    assert!(!stage.screen().contains("No answer within 20 s"), "{}", stage.screen());
    stage.tell(Msg::Glanced { request, glance: Box::new(failed(&what)) });
    let screen = stage.screen();
    assert!(screen.contains("No answer within 20 s") && screen.contains("failed  <10s ago"), "{screen}");
}

/// Enter in the panes of parity and of what is left compares the two instances of the operation.
#[test]
fn enter_in_parity_compares_the_instances_of_the_operation() {
    for pane in ["3", "8"] {
        let mut stage = wall(120, 35);
        stage.press(pane).press("<Enter>");
        let Some(Effect::Compare { source, standby, .. }) = stage.effects.last() else {
            panic!("{}", stage.screen())
        };
        assert_eq!((source.name(), standby.name()), ("apim-pay-prod", "apim-pay-dr"));
        assert!(matches!(stage.model.place(), Place::Parity(_)));
    }
}
