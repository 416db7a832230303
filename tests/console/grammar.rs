//! The grammar of the console: commands, and where one is and was; each line is named after what it holds.

use jiff::SignedDuration;
use lifeboat::console::command::COMMANDS;
use lifeboat::console::list::Direction;
use lifeboat::console::model::{BackupColumn, FleetColumn, FleetKey, Overlay, Place, Times};
use lifeboat::console::palette::Palette;
use lifeboat::console::preferences::{Mouse, Named, Preferences};
use lifeboat::console::saved::{Listing, Order, View};
use lifeboat::console::{Effect, Msg};
use lifeboat::domain::writing::Wish;

use super::frames::{SIZES, golden};
use super::stage::{self, Stage};

/// Names as the test writes them.
pub(crate) fn backups_of(name: &str) -> Place {
    let all = stage::fleet();
    let found = all.iter().find(|it| it.name == name).expect("an instance of the made-up fleet");
    Place::Backups(FleetKey::Instance(found.id.clone()))
}

fn parity_of(name: &str) -> Place {
    let Place::Backups(FleetKey::Instance(id)) = backups_of(name) else { panic!("{name} is none") };
    Place::Parity(id)
}

pub(crate) fn views() -> Vec<View> {
    vec![
        View {
            name: "prod".to_owned(),
            list: Listing::Fleet,
            filter: "prod".to_owned(),
            order: Some(Order { by: 2, direction: Direction::Down }),
            columns: Some(vec!["state", "name", "ready"]),
        },
        View {
            name: "big".to_owned(),
            list: Listing::Backups,
            order: Some(Order { by: 3, direction: Direction::Down }),
            ..View::default()
        },
    ]
}

fn themes() -> Vec<Named> {
    let named = |name: &str, palette| Named { name: name.to_owned(), summary: format!("as {name}"), palette };
    vec![named("terminal", Palette::TERMINAL), named("mono", Palette::MONO)]
}

pub(crate) fn preferences() -> Preferences {
    Preferences { views: views(), themes: themes(), ..stage::preferences() }
}

pub(crate) fn full(columns: u16, rows: u16) -> Stage {
    let mut stage = Stage::with(preferences(), columns, rows);
    stage.load();
    stage
}

#[test]
fn n6_every_command_does_what_it_says() {
    type Row<'a> = (&'a str, &'a str, fn(&Stage) -> bool);
    let table: &[Row<'_>] = &[
        ("", "fleet", |it| *it.model.place() == Place::Fleet),
        ("4", "fleet", |it| *it.model.place() == Place::Fleet),
        ("", "backups apim-core-prod", |it| *it.model.place() == backups_of("apim-core-prod")),
        ("", "backups iot", |it| *it.model.place() == backups_of("apim-iot-prod")),
        ("", "backups", |it| matches!(it.model.place(), Place::Backups(_))),
        ("", "backups unknown", |it| *it.model.place() == Place::Backups(FleetKey::Strays)),
        ("", "ops", |it| *it.model.place() == Place::Operations),
        ("", "operations", |it| *it.model.place() == Place::Operations),
        ("", "parity apim-core-prod", |it| *it.model.place() == parity_of("apim-core-prod")),
        ("", "parity apim-lab apim-docs-dev", |it| {
            let asked = it.effects.iter().any(|effect| {
                matches!(effect, Effect::Compare { source, standby, .. }
                    if source.name() == "apim-lab" && standby.name() == "apim-docs-dev")
            });
            *it.model.place() == parity_of("apim-lab") && asked
        }),
        ("", "problems", |it| *it.model.place() == Place::Problems),
        ("/core-p<Enter>", "restore", |it| matches!(it.model.place(), Place::Wizard(_))),
        ("", "backup apim-core-prod", |it| matches!(it.model.place(), Place::Wizard(_))),
        ("/core-p<Enter>", "backup", |it| matches!(it.model.place(), Place::Wizard(_))),
        ("", "sort rpo down", |it| {
            (it.model.fleet.sort.by, it.model.fleet.sort.direction) == (FleetColumn::Rpo, Direction::Down)
        }),
        ("<Enter>", "sort size", |it| it.model.backups.sort.by == BackupColumn::Size),
        ("", "cols name rpo, expires", |it| it.model.shapes.fleet.shown() == ["name", "rpo", "expires"]),
        ("", "cols", |it| matches!(it.model.overlay, Some(Overlay::Shape { .. }))),
        ("", "filter name:core !dr", |it| it.model.fleet_rows().len() == 1),
        ("/core<Enter>", "filter", |it| !it.model.fleet.filter.is_active()),
        ("", "view prod", |it| it.model.fleet.filter.0 == "prod"),
        ("", "view big", |it| it.model.backups.sort.by == BackupColumn::Size),
        ("", "sub core", |it| it.model.subscription.is_some()),
        ("", "sub all", |it| it.model.subscription.is_none()),
        ("", "theme mono", |it| it.model.preferences.palette == Palette::MONO),
        ("", "times", |it| it.model.times == Times::Moments),
        ("", "mouse", |it| it.model.mouse == Mouse::On),
        ("", "where", |it| matches!(it.effects.last(), Some(Effect::Copy(_)))),
        ("", "info", |it| matches!(it.model.overlay, Some(Overlay::About { .. }))),
        ("", "keys", |it| matches!(it.model.overlay, Some(Overlay::Help { .. }))),
        ("", "quit", |it| it.effects.contains(&Effect::Quit)),
        ("", "q", |it| it.effects.contains(&Effect::Quit)),
        ("", "apim-pay-prod", |it| *it.model.place() == backups_of("apim-pay-prod")),
        ("4", "APIM-PAY-PROD", |it| *it.model.place() == backups_of("apim-pay-prod")),
        ("/core-p<Enter><Enter>arn", "apim-lab", |it| *it.model.place() == backups_of("apim-lab")),
    ];
    for (before, line, holds) in table {
        let mut stage = full(120, 35);
        stage.press(before);
        stage.say(line);
        assert!(holds(&stage), "{before} :{line}\n{}", stage.screen());
        assert_eq!(stage.started(), 0);
    }
    println!("N6: {} lines", table.len());
}

#[test]
fn n6_what_cannot_run_here_says_why_and_stays_in_the_line() {
    let table = [
        ("", "flete", "did you mean fleet?"),
        ("", "apim-core-prd", "did you mean apim-core-prod?"),
        ("", "xyzzy", "no command or instance is called 'xyzzy'; Tab shows the commands"),
        ("", "prod", "instances have 'prod'"),
        ("", "backups nowhere", "no instance is called 'nowhere'"),
        ("", "parity apim-lab apim-lab", "the same as itself"),
        ("", "parity a b c", "parity A B"),
        ("", "sort colour", "use expires, state, name, rpo"),
        ("4", "sort name", "nothing to order here"),
        ("4", "filter x", "nothing to filter here"),
        ("4", "cols", "no columns to choose here"),
        ("", "cols name colour", "'colour' is no column: use state, name, tier"),
        ("", "view prd", "did you mean prod?"),
        ("", "sub Cire", "did you mean Core?"),
        ("", "theme dusk", "there are terminal, mono"),
        ("", "write soon", "use one such as 15m"),
        ("", "write 9h", "up to 8h"),
        ("", "write", "use one such as 15m"),
        ("/edge<Enter>", "backup", "not possible: Consumption has no backups"),
        ("/core-p<Enter><Enter>ar", "restore", "leave it first"),
        ("", "timeline 12345", "no operation begins with '12345'"),
    ];
    for (before, line, words) in table {
        let mut stage = full(80, 24);
        stage.press(before);
        let place = stage.model.place().clone();
        stage.say(line);
        assert!(stage.notice().contains(words), "{before} :{line} said {:?}", stage.notice());
        let screen = stage.screen();
        let shown: String = screen.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(shown.contains(&words.split_whitespace().collect::<Vec<_>>().join(" ")), "{words}\n{screen}");
        let Some(Overlay::Command(prompt)) = &stage.model.overlay else { panic!("it is closed\n{screen}") };
        assert_eq!((prompt.input.value(), stage.model.place()), (line, &place), "it can be mended");
    }
    let mut stage = Stage::full(80, 24);
    stage.say("view prod");
    assert!(stage.notice().contains("[views.NAME]"), "{}", stage.notice());
    stage.say("");
    println!("N6: {} refusals", table.len() + 1);
}

#[test]
fn n6_tab_and_arrows_complete_what_enter_runs() {
    let line = |stage: &Stage| match &stage.model.overlay {
        Some(Overlay::Command(prompt)) => prompt.input.value().to_owned(),
        _ => panic!("no command line"),
    };
    let table = [
        (":fl<Tab>", "fleet "),
        (":back<Tab>", "backups"),
        (":back<Tab><Tab>", "backup"),
        (":back<Tab><Tab><Tab>", "back"),
        (":back<Down><Down><Up>", "backups"),
        (":back<BackTab>", "backup"),
        (":backups core-p<Tab>", "backups apim-core-prod "),
        (":parity apim-lab docs<Tab>", "parity apim-lab apim-docs-dev "),
        (":sort r<Tab>", "sort rpo"),
        (":sort rpo d<Tab>", "sort rpo down "),
        (":cols name rp<Tab>", "cols name rpo "),
        (":theme m<Tab>", "theme mono"),
        (":view p<Tab>", "view prod "),
        (":sub c<Tab>", "sub Core "),
        (":core-p<Tab>", "apim-core-prod "),
        (":write <Down>", "write 15m"),
        (":nothing<Tab>", "nothing"),
    ];
    for (keys, wanted) in table {
        let mut stage = full(80, 24);
        stage.press(keys);
        assert_eq!(line(&stage), wanted, "{keys}\n{}", stage.screen());
    }
    let mut stage = full(80, 24);
    stage.press(":back<Tab><Tab><Enter>");
    assert!(!matches!(stage.model.overlay, Some(Overlay::Command(_))), "what stands in the line is run");
    println!("N6: {} completions", table.len());
}

#[test]
fn n6_earlier_lines_come_back_while_the_line_is_empty() {
    let line = |stage: &Stage| match &stage.model.overlay {
        Some(Overlay::Command(prompt)) => prompt.input.value().to_owned(),
        _ => panic!("no command line"),
    };
    let mut stage = full(80, 24);
    for said in ["ops", "fleet", "sort rpo"] {
        stage.say(said);
    }
    let mut seen = Vec::new();
    stage.press(":");
    for key in ["<Up>", "<Up>", "<Up>", "<Up>", "<Down>", "<Down>", "<Down>", "<Down>"] {
        stage.press(key);
        seen.push(line(&stage));
    }
    assert_eq!(seen, ["sort rpo", "fleet", "ops", "ops", "fleet", "sort rpo", "", "fleet"]);
    stage.press("<Esc>:x<Up>");
    assert_ne!(line(&stage), "sort rpo", "a line that is being written is not thrown away");
    stage.press("<Esc>");
    assert!(stage.model.overlay.is_none() && *stage.model.place() == Place::Fleet, "Esc runs nothing");
}

#[test]
fn n6_pasted_text_and_type_ahead_run_nothing_that_was_not_entered() {
    let mut stage = full(80, 24);
    stage.press(":");
    stage.tell(Msg::Paste("ops\r\n".to_owned()));
    assert_eq!(*stage.model.place(), Place::Fleet);
    stage.press("<Enter>");
    assert_eq!(*stage.model.place(), Place::Operations);
    let mut stage = full(80, 24);
    stage.burst(":restore<Enter>nnnn<Enter><Enter><Enter>");
    assert_eq!(stage.started(), 0);
}

#[test]
fn f4_any_instance_is_reached_by_its_name_from_anywhere() {
    let ways = ["", "<Enter>", "4", "5", "!", "/core-p<Enter><Enter>ar", "/core-p<Enter><Enter><Enter>"];
    let mut jumps = 0;
    for way in ways {
        for instance in stage::fleet() {
            let mut stage = full(80, 24);
            stage.press(way);
            stage.say(&instance.name);
            assert_eq!(*stage.model.place(), backups_of(&instance.name), "{way}\n{}", stage.screen());
            jumps += 1;
        }
    }
    println!("F4: {jumps} jumps from {} places", ways.len());
}

#[test]
fn n3_the_breadcrumb_says_everywhere_where_i_am() {
    let table = [
        ("", "Fleet"),
        ("<Enter>", "Fleet › apim-"),
        ("/core-p<Enter><Enter>", "Fleet › apim-core-prod"),
        ("/core-p<Enter><Enter><Enter>", "apim-core-prod › evidence"),
        ("/core-p<Enter><Enter>ar", "apim-core-prod › Restore › target"),
        ("/core-p<Enter><Enter>arn", "Restore › access"),
        ("/core-p<Enter><Enter>arnn", "Restore › checks"),
        ("/core-p<Enter>ab", "Fleet › Back up › location"),
        ("4", "Fleet › Operations"),
        ("!", "Fleet › Problems"),
        ("/core-p<Enter>5", "Fleet › apim-core-prod | apim-core-dr"),
        ("/core-p<Enter><Enter>5", "Fleet › apim-core-prod › apim-core-prod | apim-core-dr"),
        ("?", "Fleet"),
        ("s", "Fleet"),
        ("x", "Fleet"),
        (":", "Fleet"),
        ("a", "Fleet"),
        (":sub core<Enter>", "Fleet in Core"),
    ];
    for (columns, rows) in SIZES {
        for (way, crumbs) in table {
            let mut stage = full(columns, rows);
            stage.press(way);
            let line = stage.screen().lines().nth(1).unwrap().to_owned();
            assert!(line.contains(crumbs), "{way} at {columns}: {line}");
        }
    }
    println!("N3: {} places at {} sizes", table.len(), SIZES.len());
}

#[test]
fn n3_a_long_filter_hides_neither_the_place_nor_the_count() {
    let mut stage = full(80, 24);
    stage.press(&format!("<Enter>/{}", "abcdefgh ".repeat(20)));
    let line = stage.screen().lines().nth(1).unwrap().to_owned();
    assert!(line.contains("apim-") && line.contains("0/") && line.contains("filter /abc"), "{line}");
}

#[test]
fn n3_back_and_forth_and_the_place_before() {
    let mut stage = full(80, 24);
    let place = |stage: &mut Stage, keys: &str| {
        stage.press(keys);
        stage.model.place().clone()
    };
    stage.say("apim-core-prod");
    stage.say("ops");
    stage.say("apim-lab");
    stage.say("problems");
    let (core, lab) = (backups_of("apim-core-prod"), backups_of("apim-lab"));
    assert_eq!(place(&mut stage, "["), lab);
    assert_eq!(place(&mut stage, "["), Place::Operations);
    assert_eq!(place(&mut stage, "["), core);
    assert_eq!(place(&mut stage, "["), Place::Fleet);
    assert_eq!(place(&mut stage, "["), Place::Fleet);
    assert!(stage.notice().contains("no place before"), "{}", stage.notice());
    assert_eq!(place(&mut stage, "]"), core);
    assert_eq!(place(&mut stage, "]]"), lab);
    assert_eq!(place(&mut stage, "-"), Place::Operations);
    assert_eq!(place(&mut stage, "-"), lab);
    assert_eq!(place(&mut stage, "-"), Place::Operations);
    assert_eq!(place(&mut stage, "]"), Place::Operations, "another way was taken");
}

#[test]
fn n3_a_place_that_is_gone_is_skipped() {
    let mut stage = full(80, 24);
    stage.say("ops");
    stage.say("apim-lab");
    stage.say("problems");
    stage.press("<C-r>");
    let rest = stage::fleet().into_iter().filter(|it| it.name != "apim-lab").collect();
    stage.part(lifeboat::console::message::Loaded::Instances(rest));
    stage.part(lifeboat::console::message::Loaded::Done { as_of: stage::now() });
    stage.press("[");
    assert_eq!(*stage.model.place(), Place::Operations);
    let mut stage = full(80, 24);
    stage.press("/core-p<Enter><Enter>ar");
    stage.say("ops");
    stage.press("[");
    assert_eq!(*stage.model.place(), backups_of("apim-core-prod"), "a wizard ends when it is left");
    assert!(stage.model.draft.is_none());
}

#[test]
fn n3_coming_back_to_a_comparison_asks_for_it() {
    let mut stage = full(80, 24);
    stage.say("parity apim-core-prod");
    stage.say("parity apim-billing-prod");
    let asked = |stage: &Stage| {
        let compares = stage.effects.iter().rev().find_map(|effect| match effect {
            Effect::Compare { source, .. } => Some(source.name().to_owned()),
            _ => None,
        });
        compares.unwrap()
    };
    assert_eq!(asked(&stage), "apim-billing-prod");
    stage.press("[");
    assert_eq!(*stage.model.place(), parity_of("apim-core-prod"));
    assert_eq!(asked(&stage), "apim-core-prod", "what is shown is about the place that is shown");
}

#[test]
fn a1_time_to_write_is_a_value_that_was_checked() {
    let mut stage = full(80, 24);
    stage.say("write 15m");
    assert_eq!(stage.effects.last(), Some(&Effect::Writing(Wish::For(SignedDuration::from_mins(15)))));
    stage.say("readonly");
    assert_eq!(stage.effects.last(), Some(&Effect::Writing(Wish::ReadOnly)));
}

#[test]
fn every_command_is_listed_with_what_it_does() {
    let mut stage = full(120, 60);
    stage.say("info");
    stage.press("G");
    for command in COMMANDS {
        assert!(stage.screen().contains(command.about), "{}\n{}", command.name, stage.screen());
    }
}

#[test]
fn frames_of_the_grammar() {
    for (columns, rows) in SIZES {
        let at = |name: &str| format!("{name}_{columns}x{rows}");
        let frame = |name: &str, way: &str| {
            let mut stage = full(columns, rows);
            stage.press(way);
            golden(&at(name), &stage);
        };
        frame("command", ":");
        frame("command_typing", ":ba");
        frame("command_chosen", ":core<Down>");
        frame("command_argument", ":parity apim-core-prod ");
        frame("command_refused", ":sort colour<Enter>");
        frame("columns", "xjj ");
        frame("columns_backups", "<Enter>x");
        frame("columns_chosen", ":view prod<Enter>");
        frame("help_found", "?/the<Enter>n");
        frame("cell_found", "/core-p<Enter><Enter><Enter>/backup");
        frame("info", ":info<Enter>");
        frame("where", "/core-p<Enter><Enter>:where<Enter>");
    }
}

#[test]
fn the_readme_lists_every_command() {
    let readme = include_str!("../../README.md");
    for command in COMMANDS {
        assert!(
            readme.contains(&format!("`{}`", command.usage())),
            "{} is not in README.md",
            command.usage()
        );
    }
}
