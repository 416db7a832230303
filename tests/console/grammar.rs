//! The grammar of the console: commands, places, filters, searches, columns, saved views; each line is named after what
//! it holds.

use jiff::SignedDuration;
use lifeboat::console::command::{COMMANDS, whereabouts};
use lifeboat::console::list::Direction;
use lifeboat::console::model::{BackupColumn, FleetColumn, FleetKey, Overlay, Place, Times};
use lifeboat::console::palette::Palette;
use lifeboat::console::preferences::{Mouse, Named, Preferences};
use lifeboat::console::saved::{Listing, Order, View};
use lifeboat::console::{Effect, Msg, shape};
use lifeboat::domain::writing::Wish;

use super::frames::{SIZES, golden};
use super::stage::{self, Stage};

/// Names as the test writes them.
fn backups_of(name: &str) -> Place {
    let all = stage::fleet();
    let found = all.iter().find(|it| it.name == name).expect("an instance of the made-up fleet");
    Place::Backups(FleetKey::Instance(found.id.clone()))
}

fn parity_of(name: &str) -> Place {
    let Place::Backups(FleetKey::Instance(id)) = backups_of(name) else { panic!("{name} is none") };
    Place::Parity(id)
}

fn views() -> Vec<View> {
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

fn preferences() -> Preferences {
    Preferences { views: views(), themes: themes(), ..stage::preferences() }
}

fn full(columns: u16, rows: u16) -> Stage {
    let mut stage = Stage::with(preferences(), columns, rows);
    stage.load();
    stage
}

/// Types a command and runs it.
fn say(stage: &mut Stage, line: &str) {
    stage.press(&format!(":{line}<Enter>"));
}

fn notice(stage: &Stage) -> String {
    stage.model.notice.as_ref().map_or(String::new(), |it| it.text.clone())
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
        say(&mut stage, line);
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
        say(&mut stage, line);
        assert!(notice(&stage).contains(words), "{before} :{line} said {:?}", notice(&stage));
        let screen = stage.screen();
        let shown: String = screen.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(shown.contains(&words.split_whitespace().collect::<Vec<_>>().join(" ")), "{words}\n{screen}");
        let Some(Overlay::Command(prompt)) = &stage.model.overlay else { panic!("it is closed\n{screen}") };
        assert_eq!((prompt.input.value(), stage.model.place()), (line, &place), "it can be mended");
    }
    let mut stage = Stage::full(80, 24);
    say(&mut stage, "view prod");
    assert!(notice(&stage).contains("[views.NAME]"), "{}", notice(&stage));
    say(&mut stage, "");
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
        say(&mut stage, said);
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
            say(&mut stage, &instance.name);
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
    say(&mut stage, "apim-core-prod");
    say(&mut stage, "ops");
    say(&mut stage, "apim-lab");
    say(&mut stage, "problems");
    let (core, lab) = (backups_of("apim-core-prod"), backups_of("apim-lab"));
    assert_eq!(place(&mut stage, "["), lab);
    assert_eq!(place(&mut stage, "["), Place::Operations);
    assert_eq!(place(&mut stage, "["), core);
    assert_eq!(place(&mut stage, "["), Place::Fleet);
    assert_eq!(place(&mut stage, "["), Place::Fleet);
    assert!(notice(&stage).contains("no place before"), "{}", notice(&stage));
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
    say(&mut stage, "ops");
    say(&mut stage, "apim-lab");
    say(&mut stage, "problems");
    stage.press("<C-r>");
    let rest = stage::fleet().into_iter().filter(|it| it.name != "apim-lab").collect();
    stage.part(lifeboat::console::message::Loaded::Instances(rest));
    stage.part(lifeboat::console::message::Loaded::Done { as_of: stage::now() });
    stage.press("[");
    assert_eq!(*stage.model.place(), Place::Operations);
    let mut stage = full(80, 24);
    stage.press("/core-p<Enter><Enter>ar");
    say(&mut stage, "ops");
    stage.press("[");
    assert_eq!(*stage.model.place(), backups_of("apim-core-prod"), "a wizard ends when it is left");
    assert!(stage.model.draft.is_none());
}

#[test]
fn n3_coming_back_to_a_comparison_asks_for_it() {
    let mut stage = full(80, 24);
    say(&mut stage, "parity apim-core-prod");
    say(&mut stage, "parity apim-billing-prod");
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
fn f1_the_filter_is_always_seen_with_its_count() {
    let mut stage = full(80, 24);
    stage.press("/-core");
    assert!(stage.screen().contains("filter /-core   2/11"), "{}", stage.screen());
    for keys in ["<Enter>", "?", "<Esc>s", "<Esc>x", "<Esc>a", "<Esc>:", "<Esc>j", "4[", "<Enter>q"] {
        stage.press(keys);
        assert!(stage.screen().contains("filter /-core   2/11"), "after {keys}\n{}", stage.screen());
    }
    stage.press("<Esc>");
    assert!(stage.screen().contains("11/11"), "{}", stage.screen());
    stage.press("/~cpd<Enter>");
    assert_eq!(stage.model.fleet_rows().len(), 1, "{}", stage.screen());
    stage.press("/<C-u>name:core Tier:x<Enter>");
    assert!(stage.screen().contains("0/11"), "{}", stage.screen());
}

/// A text that is read, and the keys that lead there.
const TEXTS: [(&str, &str, &str); 5] = [
    ("?", "help", "the"),
    ("!<Enter>", "problem", "r"),
    ("/core-p<Enter><Enter><Enter>", "cell", "backup"),
    ("4z", "pane", "it"),
    ("49z", "log", "apim"),
];

#[test]
fn f3_words_are_found_in_every_text_with_their_count() {
    for (way, name, word) in TEXTS {
        let mut stage = full(80, 24);
        stage.wall();
        stage.tell(Msg::Trouble(stage::hr_problem()));
        stage.press(way);
        search(&mut stage, name, word);
    }
    let mut stage = full(80, 24);
    stage.check_a_restore();
    stage.answer(|_| {});
    stage.press("<Enter>");
    search(&mut stage, "evidence", "it");
}

fn counted(stage: &Stage) -> (usize, usize) {
    let screen = stage.screen();
    let is_count = |word: &str| {
        let (at, all) = word.split_once('/')?;
        Some((at.parse().ok()?, all.parse().ok()?))
    };
    let lines: Vec<&str> = screen.lines().rev().take(7).collect();
    let found = lines.iter().flat_map(|line| line.split_whitespace()).find_map(is_count);
    found.unwrap_or_else(|| panic!("no count\n{screen}"))
}

fn search(stage: &mut Stage, name: &str, word: &str) {
    stage.press(&format!("/{word}"));
    let (first, all) = counted(stage);
    assert!(first == 1 && all > 1, "{name}: {first}/{all}\n{}", stage.screen());
    stage.press("<Enter>");
    for wanted in (2..=all).chain([1]) {
        stage.press("n");
        assert_eq!(counted(stage), (wanted, all), "{name}\n{}", stage.screen());
        let (_, row) = stage.cursor();
        let line = stage.screen().lines().nth(usize::from(row)).unwrap().to_lowercase();
        assert!(line.contains(word), "{name}: the cursor stands on {line}\n{}", stage.screen());
    }
    stage.press("N");
    assert_eq!(counted(stage), (all, all), "{name}");
    stage.press("/zzzz");
    assert!(stage.screen().contains("not found"), "{name}\n{}", stage.screen());
    stage.press("<Esc>");
    let open = stage.screen();
    stage.press(&format!("/{word}<Enter><Esc>"));
    assert!(!stage.screen().contains("Esc clears"), "{name}: Esc clears the search first\n{open}");
    assert!(stage.model.text().is_some(), "{name}");
    stage.press("<Esc>");
    assert!(stage.model.text().is_none(), "{name}: then it closes the text");
    println!("F3: {name}: {all} lines have '{word}'");
}

#[test]
fn s2_order_and_filter_are_as_they_were_left_in_each_list() {
    let mut stage = full(80, 24);
    stage.press("srsr/prod<Enter>");
    say(&mut stage, "apim-core-prod");
    stage.press("sz/2026-11<Enter>G");
    let chosen = stage.model.backup_chosen().unwrap().blob.address.clone();
    for way in ["q", "4", "!", ":apim-lab<Enter>"] {
        stage.press(way);
        say(&mut stage, "apim-core-prod");
        assert_eq!(stage.model.backups.sort.by, BackupColumn::Size, "{way}");
        assert_eq!(stage.model.backups.filter.0, "2026-11", "{way}");
        assert_eq!(stage.model.backup_chosen().unwrap().blob.address, chosen, "{way}");
        say(&mut stage, "fleet");
        let sort = stage.model.fleet.sort;
        assert_eq!((sort.by, sort.direction), (FleetColumn::Rpo, Direction::Down), "{way}");
        assert_eq!(stage.model.fleet.filter.0, "prod", "{way}");
    }
    say(&mut stage, "apim-pay-prod");
    assert!(!stage.model.backups.filter.is_active(), "what was meant for one hides nothing of another");
}

#[test]
fn s2_lists_begin_as_the_views_of_their_names_say() {
    let mut preferences = preferences();
    preferences.views = vec![
        View { name: "fleet".to_owned(), ..views()[0].clone() },
        View { name: "backups".to_owned(), filter: "2026-11".to_owned(), ..views()[1].clone() },
    ];
    let mut stage = Stage::with(preferences, 80, 24);
    stage.load();
    assert_eq!((stage.model.fleet.sort.by, stage.model.fleet.filter.0.as_str()), (FleetColumn::Name, "prod"));
    assert_eq!(stage.model.shapes.fleet.shown(), ["state", "name", "ready"]);
    say(&mut stage, "apim-core-prod");
    assert_eq!(
        (stage.model.backups.sort.by, stage.model.backups.filter.0.as_str()),
        (BackupColumn::Size, "2026-11")
    );
}

#[test]
fn s4_columns_are_hidden_moved_and_counted() {
    let mut stage = full(200, 55);
    let heads = |stage: &Stage| stage.screen().lines().nth(4).unwrap().to_owned();
    assert!(heads(&stage).contains("TIER") && heads(&stage).contains("REGION"));
    stage.press("xjj ");
    assert!(!heads(&stage).contains("TIER"), "{}", stage.screen());
    stage.press("j<<");
    stage.press("<Esc>");
    let line = heads(&stage);
    assert!(line.find("REGION") < line.find("NAME"), "{line}");
    stage.press("xj ");
    assert!(notice(&stage).is_empty() && stage.model.shapes.fleet.shown().len() == 11, "{}", stage.screen());
    stage.press("0<Esc>");
    assert!(stage.model.shapes.fleet.is_usual());
    for (columns, hidden) in [(80, "+6 cols"), (120, "+3 cols")] {
        let stage = full(columns, 35);
        assert!(stage.screen().contains(hidden), "{}", stage.screen());
    }
    let mut stage = full(80, 24);
    say(&mut stage, "cols name rpo");
    assert!(!stage.screen().contains(" cols "), "{}", stage.screen());
    assert!(matches!(stage.press("<Enter>x").model.overlay, Some(Overlay::Shape { .. })));
}

#[test]
fn s4_every_column_can_be_had_by_its_name() {
    let heads = [
        "ST",
        "NAME",
        "TIER",
        "REGION",
        "RPO",
        "GOAL",
        "EXPIRES",
        "LEFT",
        "POINTS",
        "STANDBY",
        "READY",
        "AZURE SAYS",
        "SUBSCRIPTION",
    ];
    for (name, head) in shape::FLEET.iter().zip(heads) {
        let mut stage = full(80, 24);
        say(&mut stage, &format!("cols {name}"));
        let line = stage.screen().lines().nth(4).unwrap().to_owned();
        assert!(line.contains(head), "{name}: {line}");
    }
    let heads = ["", "NAME", "TAKEN", "AGE", "EXPIRES", "LEFT", "TIER", "KNOWN BY", "SIZE", "LOCATION", "→"];
    for (name, head) in shape::BACKUPS.iter().zip(heads) {
        let mut stage = full(80, 24);
        stage.press("/core-p<Enter><Enter>");
        say(&mut stage, &format!("cols {name}"));
        let line = stage.screen().lines().nth(4).unwrap().to_owned();
        assert!(line.contains(head), "{name}: {line}");
    }
    println!("S4: {} columns", shape::FLEET.len() + shape::BACKUPS.len());
}

#[test]
fn n9_what_where_says_opens_the_same_view() {
    let ways = [
        "",
        "/core<Enter>",
        "srsr/!dr ~apd<Enter>",
        ":cols name rpo ready<Enter>",
        ":sub core<Enter>/x<Enter>",
        "/core-p<Enter><Enter>",
        "/core-p<Enter><Enter>sz/2026-11<Enter>",
        "/origin<Enter><Enter>",
        ":parity apim-lab apim-docs-dev<Enter>",
        "4",
        "!",
    ];
    for way in ways {
        let mut stage = full(120, 35);
        stage.press(way);
        let lines = whereabouts::commands(&stage.model);
        let mut other = Stage::with(preferences(), 120, 35);
        other.tell(Msg::Open(lines.clone()));
        other.load();
        stage.model.notice = None;
        // A row is chosen by whoever looks.
        let screen = |stage: &mut Stage| stage.press("gg").screen();
        assert_eq!(screen(&mut other), screen(&mut stage), "{way}: {lines:?}");
    }
    let mut stage = full(120, 35);
    stage.press("/core-p<Enter><Enter>");
    say(&mut stage, "where");
    let line = "lifeboat --open \"backups apim-core-prod\"";
    assert!(stage.screen().contains(line), "{}", stage.screen());
    assert_eq!(stage.effects.last(), Some(&Effect::Copy(line.to_owned())));
    println!("N9: {} views", ways.len());
}

#[test]
fn l5_what_is_opened_waits_for_its_instance_and_for_no_longer() {
    let open = |lines: &[&str]| {
        let mut stage = Stage::with(preferences(), 80, 24);
        stage.tell(Msg::Open(lines.iter().map(|it| (*it).to_owned()).collect()));
        stage
    };
    let mut stage = open(&["backups apim-core-prod", "filter 2026-11"]);
    assert_eq!(*stage.model.place(), Place::Fleet);
    stage.load();
    assert_eq!(*stage.model.place(), backups_of("apim-core-prod"));
    assert_eq!(stage.model.backups.filter.0, "2026-11");
    let mut stage = open(&["backups apim-core-prod"]);
    stage.press("j");
    stage.load();
    assert_eq!(*stage.model.place(), Place::Fleet, "nothing moves under the hands");
    let mut stage = open(&["backups nowhere"]);
    stage.load();
    assert!(stage.screen().contains("no instance is called 'nowhere'"), "{}", stage.screen());
    for line in ["write 15m", "q", "restore", "backup apim-core-prod", "report"] {
        let mut stage = open(&[line]);
        stage.load();
        assert!(stage.screen().contains("is not for the shell"), "{line}\n{}", stage.screen());
        assert!(stage.model.draft.is_none() && !stage.effects.contains(&Effect::Quit));
        assert!(!stage.effects.iter().any(|it| matches!(it, Effect::Writing(_))));
    }
    let stage = open(&["view prod"]);
    assert_eq!(stage.model.fleet.filter.0, "prod", "what needs nobody is there at once");
}

#[test]
fn a1_time_to_write_is_a_value_that_was_checked() {
    let mut stage = full(80, 24);
    say(&mut stage, "write 15m");
    assert_eq!(stage.effects.last(), Some(&Effect::Writing(Wish::For(SignedDuration::from_mins(15)))));
    say(&mut stage, "readonly");
    assert_eq!(stage.effects.last(), Some(&Effect::Writing(Wish::ReadOnly)));
}

#[test]
fn every_command_is_listed_with_what_it_does() {
    let mut stage = full(120, 60);
    say(&mut stage, "info");
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
            golden(&at(name), &stage.screen());
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
