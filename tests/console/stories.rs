//! Stories told in keys: what follows from them, and what does not.

use jiff::SignedDuration;
use lifeboat::console::message::{Focus, Loaded};
use lifeboat::console::model::{FleetKey, Overlay, Place};
use lifeboat::console::palette::Palette;
use lifeboat::console::preferences::{Preferences, Writing};
use lifeboat::console::{Effect, Key, Msg, RequestId};
use lifeboat::domain::fact::{Fact, Unknown, Unreadable};
use lifeboat::domain::operation::OperationEvent;
use lifeboat::domain::plan::Plan;
use lifeboat::domain::problem::Problem;
use lifeboat::domain::storage::Location;
use ratatui::style::{Color, Modifier};

use super::stage::{self, Stage, Told, parse};

/// Every key of a restore, from launch to its start. The drills of the documentation press the same.
const RESTORE: [&str; 2] = ["/core-p<Enter><Enter>arnn", "nnapim-core-dr<Enter>"];

#[test]
fn a_restore_takes_at_most_thirty_six_keys_from_launch() {
    let keys: usize = RESTORE.iter().map(|part| parse(part).len()).sum();
    assert!(keys <= 36, "{keys} keys");
    let mut stage = Stage::full(80, 24);
    stage.press(RESTORE[0]);
    stage.answer(|_| {});
    stage.press(RESTORE[1]);
    assert_eq!(stage.started(), 1, "{}", stage.screen());
    let Some(Effect::Start { approved, tier }) = stage.effects.last() else { panic!("nothing was started") };
    assert_eq!(approved.plan().instance().name(), "apim-core-dr");
    assert_eq!(approved.plan().address().name, "apim-core-prod-2026-11-22-10-54.apimbackup");
    assert_eq!(approved.plan().access().to_string(), "system");
    assert_eq!(tier.as_ref().unwrap().to_string(), "Premium");
    assert_eq!(*stage.model.place(), Place::Operations);
    assert!(stage.model.draft.is_none());
}

#[test]
fn an_unknown_needs_a_reason_and_the_reason_is_kept() {
    let mut stage = Stage::full(80, 24);
    stage.check_a_restore();
    stage.answer(|facts| facts.workspaces = Fact::NotAsked);
    stage.press("n");
    assert!(stage.screen().contains("not accepted yet: tier has restore"), "{}", stage.screen());
    stage.press(" <Enter>");
    assert!(stage.screen().contains("a reason is needed"), "{}", stage.screen());
    stage.press("drill<Enter>nnapim-core-dr<Enter>");
    let Some(Effect::Start { approved, .. }) = stage.effects.last() else { panic!("{}", stage.screen()) };
    assert_eq!(approved.accepted().len(), 1);
    assert_eq!(approved.accepted()[0].reason, "drill");
}

#[test]
fn a6_a_blocker_can_be_neither_accepted_nor_passed() {
    let mut stage = Stage::full(80, 24);
    stage.press("/billing-prod<Enter><Enter>arnn");
    stage.answer(|_| {});
    stage.press(" ");
    assert!(stage.screen().contains("a blocker cannot be accepted"), "{}", stage.screen());
    stage.press("n<Enter>n<Enter>nnapim-billing-dr<Enter>");
    assert_eq!(stage.started(), 0);
}

fn asked() -> Stage {
    let mut stage = Stage::full(80, 24);
    stage.check_a_restore();
    stage.answer(|_| {});
    stage.press("nn");
    stage
}

#[test]
fn enter_before_the_whole_name_does_nothing() {
    let mut stage = asked();
    for typed in
        ["<Enter><Enter>", "apim-core-d<Enter>", "<Tab><Enter>", "x<Enter>", "<Back><BackTab><Enter>"]
    {
        stage.press(typed);
        assert_eq!(stage.started(), 0, "after {typed}");
        assert!(stage.screen().contains("Restore into apim-core-dr?"), "after {typed}\n{}", stage.screen());
    }
    stage.press("r<Enter>");
    assert_eq!(stage.started(), 1);
}

#[test]
fn letter_case_counts_and_cancel_can_be_chosen() {
    let mut stage = asked();
    stage.press("APIM-CORE-DR<Enter>");
    assert_eq!(stage.started(), 0);
    stage.press("<C-u>apim-core-dr<Tab><Enter>");
    assert_eq!(stage.started(), 0);
    assert!(stage.screen().contains("4 REVIEW"), "{}", stage.screen());
    stage.press("n");
    assert!(
        stage.screen().contains("12 characters missing"),
        "the name is asked for again\n{}",
        stage.screen()
    );
}

#[test]
fn what_was_typed_before_the_dialog_was_drawn_is_dropped() {
    let mut stage = Stage::full(80, 24);
    stage.check_a_restore();
    stage.answer(|_| {});
    stage.press("n");
    stage.burst("napim-core-dr<Enter><Enter><Enter>");
    assert_eq!(stage.started(), 0);
    assert!(stage.screen().contains("12 characters missing"), "{}", stage.screen());
}

#[test]
fn a_held_enter_and_a_burst_with_the_name_confirm_nothing() {
    let mut stage = Stage::full(80, 24);
    stage.press(&"<Enter>".repeat(60));
    assert_eq!(stage.started(), 0);
    let mut stage = asked();
    stage.burst("apim-core-dr<Enter><Enter>");
    assert_eq!(stage.started(), 0, "the whole name was not seen yet");
    stage.press("<Enter>");
    assert_eq!(stage.started(), 1);
}

#[test]
fn a_dialog_that_was_hidden_has_to_be_seen_again() {
    let mut stage = asked();
    stage.press("apim-core-dr");
    stage.tell(Msg::Resize { columns: 20, rows: 5 });
    stage.tell(Msg::Drawn);
    stage.press("<Enter>");
    assert_eq!(stage.started(), 0);
    stage.tell(Msg::Resize { columns: 80, rows: 24 });
    stage.tell(Msg::Drawn);
    stage.press("<Enter>");
    assert_eq!(stage.started(), 1);
}

#[test]
fn pasting_the_name_is_refused() {
    let mut stage = asked();
    stage.tell(Msg::Paste("apim-core-dr\r".to_owned()));
    stage.tell(Msg::Drawn);
    stage.press("<Enter>");
    assert_eq!(stage.started(), 0);
    assert_eq!(stage.model.draft.as_ref().unwrap().typed.value(), "");
}

#[test]
fn t7_pasted_text_goes_into_text_fields_only() {
    let mut stage = Stage::full(80, 24);
    stage.tell(Msg::Paste("ar\rq".to_owned()));
    assert_eq!((stage.model.overlay.is_none(), stage.model.place()), (true, &Place::Fleet));
    stage.press("/");
    stage.tell(Msg::Paste("core\r".to_owned()));
    assert_eq!(stage.model.fleet.filter.0, "core");
}

#[test]
fn facts_are_read_again_before_they_are_too_old() {
    let mut stage = asked();
    let before = stage.gathering().0;
    stage.tell(Msg::Tick(stage::now() + SignedDuration::from_secs(41)));
    assert!(stage.gathering().0 > before);
    stage.press("apim-core-dr");
    stage.tell(Msg::Tick(stage::now() + SignedDuration::from_secs(70)));
    stage.press("<Enter>");
    assert_eq!(stage.started(), 0, "the facts are older than a minute");
    stage.answer(|_| {});
    stage.press("<Enter>");
    assert_eq!(stage.started(), 1);
}

#[test]
fn o6_an_answer_to_a_superseded_question_is_dropped() {
    let mut stage = Stage::full(80, 24);
    stage.press("<C-r>");
    stage.tell(Msg::Loaded {
        request: RequestId(1),
        what: Loaded::Instances(vec![stage::instance("late", "Basic", 1, "x")]),
    });
    assert!(!stage.screen().contains("late"));
    stage.check_a_restore();
    let (old, plan) = stage.gathering();
    stage.press("pn");
    let facts = Box::new(stage::facts(&plan, stage::now()));
    stage.tell(Msg::Facts { request: old, facts, gathering: lifeboat::console::message::Gathering::Done });
    assert!(stage.model.draft.as_ref().unwrap().checks.as_ref().unwrap().preflight.findings.is_empty());
}

#[test]
fn s1_the_cursor_follows_its_instance_through_refresh_order_and_filter() {
    let mut stage = Stage::full(80, 24);
    stage.press("jjj");
    let chosen = |stage: &Stage| stage.model.fleet_chosen().map(|row| stage.model.fleet_key(row));
    let key = chosen(&stage);
    assert!(matches!(&key, Some(FleetKey::Instance(id)) if id.name() == "apim-core-prod"));
    for keys in ["sn", "sn", "st", "/apim-c<Enter>", "<Esc>", "<C-r>"] {
        stage.press(keys);
        assert_eq!(chosen(&stage), key, "after {keys}");
    }
    let mut shuffled = stage::fleet();
    shuffled.reverse();
    stage.part(Loaded::Instances(shuffled));
    assert_eq!(chosen(&stage), key);
    let rest = stage::fleet().into_iter().filter(|it| it.name != "apim-core-prod").collect();
    stage.press("<C-r>");
    stage.part(Loaded::Instances(rest));
    stage.part(Loaded::Done { as_of: stage::now() });
    assert!(chosen(&stage).is_some() && chosen(&stage) != key, "a neighbour takes over");
}

#[test]
fn what_could_not_be_read_keeps_what_was_known() {
    let mut stage = Stage::full(80, 24);
    stage.press("<C-r>");
    stage.part(Loaded::Problem(stage::hr_problem()));
    stage.part(Loaded::Done { as_of: stage::now() });
    assert_eq!(stage.model.world.inventory.instances.all().len(), stage::fleet().len());
    stage.press("<C-r>");
    stage.part(Loaded::Instances(stage::fleet()));
    stage.part(Loaded::Listed(Location::new("stcorebackup", "apim")));
    stage.part(Loaded::Done { as_of: stage::now() });
    assert!(stage.model.world.inventory.backups.all().is_empty(), "a location read to its end had none");
    assert!(stage.model.world.inventory.problems.is_empty());
}

#[test]
fn moves_work_in_every_list() {
    for way in ["", "/core-prod<Enter><Enter>", "/core-prod<Enter><Enter>ar", "/core-prod<Enter><Enter>arnn"]
    {
        let mut stage = Stage::full(80, 24);
        stage.press(way);
        if way.ends_with("nn") {
            stage.answer(|_| {});
        }
        if way.is_empty() {
            stage.press("/<Esc>");
        }
        for (there, back) in [
            ("j", "k"),
            ("<Down>", "<Up>"),
            ("G", "g"),
            ("<End>", "<Home>"),
            ("<PgDn>", "<PgUp>"),
            ("<C-d>", "<C-u>"),
        ] {
            stage.press("g");
            let start = stage.screen();
            stage.press(there);
            assert_ne!(stage.screen(), start, "{there} after {way}");
            stage.press(back);
            assert_eq!(stage.screen(), start, "{back} after {way}");
        }
    }
}

#[test]
fn n2_escape_never_quits_and_q_goes_back() {
    let mut stage = Stage::full(80, 24);
    stage.press("<Enter>arn?<Esc><Esc><Esc><Esc><Esc><Esc><Esc>");
    assert_eq!(*stage.model.place(), Place::Fleet);
    assert!(!stage.effects.contains(&Effect::Quit));
    stage.press("<Enter>q");
    assert!(!stage.effects.contains(&Effect::Quit));
    stage.press("q");
    assert!(stage.effects.contains(&Effect::Quit));
}

#[test]
fn o2_leaving_asks_only_while_operations_run() {
    let mut stage = Stage::full(80, 24);
    stage.wall();
    stage.press("q");
    assert!(matches!(stage.model.overlay, Some(Overlay::Leaving)));
    assert!(!stage.effects.contains(&Effect::Quit));
    stage.press("<Esc>qy");
    assert!(stage.effects.contains(&Effect::Quit));
    let mut stage = Stage::full(80, 24);
    stage.press("/x<C-c>j<C-c>");
    assert!(!stage.effects.contains(&Effect::Quit), "a key lies between the two");
    stage.press("<C-c>");
    assert!(stage.effects.contains(&Effect::Quit));
}

#[test]
fn a_read_only_console_begins_nothing() {
    let preferences = Preferences { writing: Writing::ReadOnly, ..stage::preferences() };
    let mut stage = Stage::with(preferences, 80, 24);
    stage.load();
    stage.press("/core-prod<Enter>a");
    assert!(stage.screen().contains("read-only"), "{}", stage.screen());
    stage.press("rb<Enter>");
    assert!(stage.model.draft.is_none());
    let mut preferences = stage::preferences();
    preferences.read_only_subscriptions.insert(stage::subscription().id);
    let mut stage = Stage::with(preferences, 80, 24);
    stage.load();
    stage.press("/core-prod<Enter><Enter>arn");
    assert!(stage.screen().contains("read-only here"), "{}", stage.screen());
}

#[test]
fn a_backup_needs_its_own_button() {
    let mut stage = Stage::full(80, 24);
    stage.press("/core-prod<Enter>abnn");
    stage.answer(|_| {});
    stage.press("n<Enter>");
    assert_eq!(stage.started(), 0, "Cancel is chosen first");
    stage.press("n<Tab><Enter>");
    assert_eq!(stage.started(), 1, "{}", stage.screen());
    let Some(Effect::Start { approved, .. }) = stage.effects.last() else { panic!("nothing was started") };
    assert!(
        matches!(approved.plan(), Plan::Backup(plan) if plan.to.name.starts_with("apim-core-prod-2026-11-23"))
    );
}

#[test]
fn a_backup_that_could_not_be_read_is_unknown_and_never_fine() {
    let mut stage = Stage::full(80, 24);
    stage.check_a_restore();
    stage.answer(|facts| {
        facts.backup = Fact::Unknown(Unknown {
            reason: Unreadable::Forbidden("AuthorizationPermissionMismatch".to_owned()),
            source: "storage HEAD".to_owned(),
            asked_at: stage::now(),
        });
    });
    stage.press("n");
    assert!(stage.screen().contains("not accepted yet"), "{}", stage.screen());
}

#[test]
fn o8_an_end_rings_unless_somebody_looks() {
    let bells = |focus: Focus| {
        let mut stage = Stage::full(80, 24);
        stage.tell(Msg::Focus(focus));
        stage.wall();
        stage.effects.iter().filter(|effect| matches!(effect, Effect::Announce(_))).count()
    };
    assert_eq!((bells(Focus::NotTold), bells(Focus::Lost), bells(Focus::Gained)), (2, 2, 0));
}

#[test]
fn a_plan_that_was_not_begun_says_so() {
    let mut stage = asked();
    stage.press("apim-core-dr<Enter>");
    let at = stage.model.now();
    let mut told = Told::begin(1, stage.model.world.starting[0].clone(), at);
    let problem = Problem::new("Not sent: the journal cannot be written (no space left)");
    told.then(at, OperationEvent::NotSent { problem });
    told.send(&mut stage);
    assert!(stage.model.world.starting.is_empty());
    assert!(stage.screen().contains("no space left"), "{}", stage.screen());
}

#[test]
fn an_idle_screen_draws_nothing() {
    let mut stage = Stage::empty(80, 24);
    stage.part(Loaded::Instances(stage::fleet()));
    stage.part(Loaded::Backups(vec![stage::backup(
        "apim-core-prod",
        Some("Premium"),
        5,
        lifeboat::domain::backup::Provenance::Manifest,
    )]));
    stage.part(Loaded::Done { as_of: stage::now() });
    assert!(stage.model.is_dirty());
    stage.tell(Msg::Drawn);
    for second in 1..29 {
        stage.tell(Msg::Tick(stage::now() + SignedDuration::from_secs(second)));
        assert!(!stage.model.is_dirty(), "after {second} s");
    }
    stage.tell(Msg::Tick(stage::now() + SignedDuration::from_secs(29)));
    assert!(stage.model.is_dirty(), "the minute is over");
    assert!(stage.model.next_tick().unwrap().as_secs() >= 59);
    let countdown = Stage::full(80, 24);
    assert!(countdown.model.next_tick().unwrap().as_secs() <= 1, "a countdown below a day ticks");
    stage.tell(Msg::Resize { columns: 20, rows: 5 });
    assert_eq!(stage.model.next_tick(), None);
}

#[test]
fn what_expires_while_it_is_shown_is_judged_anew() {
    let mut stage = Stage::full(80, 24);
    stage.press("/billing-prod<Enter>");
    assert!(stage.screen().contains("1/9"), "{}", stage.screen());
    stage.tell(Msg::Tick(stage::now() + SignedDuration::from_hours(20)));
    assert!(stage.screen().contains("0/9"), "{}", stage.screen());
    assert!(stage.screen().contains("NO recovery point"), "{}", stage.screen());
}

#[test]
fn text_from_outside_cannot_play_tricks() {
    let mut stage = Stage::empty(120, 35);
    let mut instance = stage::instance("apim-x", "Basic", 1, "ukwest");
    instance.name = "apim-\u{202e}dorp\u{7}\u{200b}".to_owned();
    instance.state = Some("Fai\u{1b}[31mled".to_owned());
    stage.part(Loaded::Instances(vec![instance]));
    let mut problem = stage::hr_problem();
    problem.server_message = Some("no\u{2028}\u{9b}2J way".to_owned());
    stage.tell(Msg::Trouble(problem));
    assert!(stage.screen().contains("apim-<U+202E>dorp<U+0007>"), "{}", stage.screen());
    stage.press("!");
    let screen = stage.screen();
    assert!(screen.contains("no<U+2028><U+009B>2J way"), "{screen}");
    assert!(!screen.contains(['\u{202e}', '\u{7}', '\u{1b}', '\u{200b}', '\u{9b}']));
}

#[test]
fn v2_without_colour_nothing_is_coloured_and_the_cursor_is_still_seen() {
    let mut stage = Stage::with(Preferences { palette: Palette::MONO, ..stage::preferences() }, 120, 35);
    stage.load();
    for keys in ["", "/core-prod<Enter><Enter>", "arnn", "?"] {
        stage.press(keys);
        let buffer = stage.buffer();
        assert!(
            buffer.content().iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset),
            "after {keys}"
        );
    }
    let stage = Stage { ..Stage::full(80, 24) };
    let buffer = stage.buffer();
    let reversed: Vec<u16> =
        (0..24).filter(|&y| buffer[(2, y)].modifier.contains(Modifier::REVERSED)).collect();
    assert_eq!(reversed, [5], "one row is chosen");
    let painted = buffer.content().iter().any(|cell| cell.bg != Color::Reset);
    assert!(!painted, "the background is the terminal's");
}

#[test]
fn the_help_shows_every_key_of_the_screen() {
    let mut stage = Stage::full(120, 60);
    stage.press("<Enter>?");
    let screen = stage.screen();
    for binding in stage.model.preferences.keymap.in_force(stage.model.place_scopes()) {
        let words: String = binding.help.chars().take(40).collect();
        assert!(screen.contains(&words), "{} is missing\n{screen}", binding.help);
    }
}

#[test]
fn hints_go_by_rank_and_help_goes_last() {
    for columns in 80..=220 {
        let stage = Stage::full(columns, 30);
        let screen = stage.screen();
        let hints = screen.lines().last().unwrap();
        assert!(hints.contains("? help") && hints.contains("Enter open"), "{columns}: {hints}");
        assert!(!hints.contains('…'), "{columns}: {hints}");
    }
}

#[test]
fn v7_the_cursor_of_the_terminal_stands_on_the_chosen_row_or_in_the_field() {
    let mut stage = Stage::full(80, 24);
    assert_eq!(stage.cursor(), (1, 5));
    stage.press("jj");
    assert_eq!(stage.cursor(), (1, 7));
    stage.press("/co");
    assert_eq!(stage.cursor(), (4, 22));
    let mut stage = asked();
    stage.press("apim");
    assert_eq!(stage.cursor(), (16, 16));
}

#[test]
fn keys_that_mean_nothing_do_nothing() {
    let mut stage = Stage::full(80, 24);
    let before = stage.screen();
    for key in [Key::F(9), Key::Ctrl('x'), Key::Char('Z'), Key::Delete] {
        stage.tell(Msg::Key(key));
    }
    assert_eq!(stage.screen(), before);
}

#[test]
fn v1_states_have_the_sixteen_colours_of_the_terminal_and_unknown_is_never_green() {
    let stage = Stage::full(120, 35);
    let buffer = stage.buffer();
    let colour_of = |sign: &str| {
        let cell = buffer.content().iter().find(|cell| cell.symbol() == sign).unwrap();
        cell.fg
    };
    assert_eq!(colour_of("●"), Color::Red);
    assert_eq!(colour_of("▲"), Color::Yellow);
    assert_eq!(colour_of("✓"), Color::Green);
    assert_eq!(colour_of("?"), Color::Magenta);
    let named = {
        use Color::{Black, Cyan, Green, LightBlue, Magenta, Red, Reset, Yellow};
        [Reset, Black, Red, Green, Yellow, LightBlue, Magenta, Cyan]
    };
    assert!(
        buffer.content().iter().all(|cell| named.contains(&cell.fg)),
        "neither truecolour, ANSI 8, nor the blue that black swallows"
    );
}
