//! Columns, order and saved views: what a list shows, that it stays as it was left, and that another terminal opens the
//! same.

use lifeboat::console::command::whereabouts;
use lifeboat::console::list::Direction;
use lifeboat::console::model::{BackupColumn, FleetColumn, Overlay, Place};
use lifeboat::console::saved::View;
use lifeboat::console::{Effect, Msg, shape};

use super::grammar::{backups_of, full, preferences, views};
use super::stage::Stage;

#[test]
fn s2_order_and_filter_are_as_they_were_left_in_each_list() {
    let mut stage = full(80, 24);
    stage.press("srsr/prod<Enter>");
    stage.say("apim-core-prod");
    stage.press("sz/2026-11<Enter>G");
    let chosen = stage.model.backup_chosen().unwrap().blob.address.clone();
    for way in ["q", "4", "!", ":apim-lab<Enter>"] {
        stage.press(way);
        stage.say("apim-core-prod");
        assert_eq!(stage.model.backups.sort.by, BackupColumn::Size, "{way}");
        assert_eq!(stage.model.backups.filter.0, "2026-11", "{way}");
        assert_eq!(stage.model.backup_chosen().unwrap().blob.address, chosen, "{way}");
        stage.say("fleet");
        let sort = stage.model.fleet.sort;
        assert_eq!((sort.by, sort.direction), (FleetColumn::Rpo, Direction::Down), "{way}");
        assert_eq!(stage.model.fleet.filter.0, "prod", "{way}");
    }
    stage.say("apim-pay-prod");
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
    stage.say("apim-core-prod");
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
    assert!(stage.notice().is_empty() && stage.model.shapes.fleet.shown().len() == 11, "{}", stage.screen());
    stage.press("0<Esc>");
    assert!(stage.model.shapes.fleet.is_usual());
    for (columns, hidden) in [(80, "+6 cols"), (120, "+3 cols")] {
        let stage = full(columns, 35);
        assert!(stage.screen().contains(hidden), "{}", stage.screen());
    }
    let mut stage = full(80, 24);
    stage.say("cols name rpo");
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
        stage.say(&format!("cols {name}"));
        let line = stage.screen().lines().nth(4).unwrap().to_owned();
        assert!(line.contains(head), "{name}: {line}");
    }
    let heads = ["", "NAME", "TAKEN", "AGE", "EXPIRES", "LEFT", "TIER", "KNOWN BY", "SIZE", "LOCATION", "→"];
    for (name, head) in shape::BACKUPS.iter().zip(heads) {
        let mut stage = full(80, 24);
        stage.press("/core-p<Enter><Enter>");
        stage.say(&format!("cols {name}"));
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
    stage.say("where");
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
