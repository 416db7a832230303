//! Rules that set differences apart, and which pair is compared.

use lifeboat::console::message::Loaded;
use lifeboat::console::model::ParityRow;
use lifeboat::console::preferences::{InstancePreference, Preferences};

use super::comparing::{answer_badly, asked, compared, ruled};
use super::stage::{self, Stage};

/// Goes to a row.
fn to(stage: &mut Stage, wanted: impl Fn(&ParityRow<'_>) -> bool) {
    let place = stage.model.parity_rows().iter().position(wanted).unwrap();
    stage.press("gg").press(&"j".repeat(place));
}

#[test]
fn n_stops_at_what_somebody_must_do_and_at_what_nobody_read() {
    let mut stage = ruled(&["zones", "protocol:*"], 120, 35);
    stage.press("=gg");
    let (mut ignored, mut unread, mut before) = (0, 0, usize::MAX);
    while stage.model.parity.row != before {
        before = stage.model.parity.row;
        stage.press("n");
        match &stage.model.parity_rows()[stage.model.parity.row] {
            ParityRow::Differs(it) if it.ignored.is_some() => ignored += 1,
            ParityRow::Unread(_) => unread += 1,
            _ => {}
        }
    }
    assert_eq!(ignored, 0, "{}", stage.screen());
    assert!(unread > 0, "{}", stage.screen());
}

#[test]
fn a_rule_of_the_configuration_is_no_rule_of_the_run() {
    let mut stage = ruled(&["zones"], 120, 35);
    stage.press("=");
    to(&mut stage, |row| matches!(row, ParityRow::Differs(it) if it.id == "zones"));
    stage.press("i");
    assert_eq!(stage.model.parity.ignore, Vec::<String>::new());
}

#[test]
fn taking_one_in_again_leaves_the_others_ignored() {
    let mut stage = compared(120, 35);
    let ids: Vec<String> = stage
        .model
        .parity_rows()
        .iter()
        .filter_map(|row| match row {
            ParityRow::Differs(it) => Some(it.id.clone()),
            _ => None,
        })
        .take(2)
        .collect();
    stage.press("=");
    for id in &ids {
        to(&mut stage, |row| matches!(row, ParityRow::Differs(it) if it.id == *id));
        stage.press("i");
    }
    assert_eq!(stage.model.parity.ignore, ids);
    to(&mut stage, |row| matches!(row, ParityRow::Differs(it) if it.id == ids[0]));
    stage.press("i");
    assert_eq!(stage.model.parity.ignore, ids[1..]);
    assert_eq!(stage.model.comparison().unwrap().parity.ignored().count(), 1);
}

#[test]
fn the_line_for_the_configuration_can_be_read_by_it() {
    let ignore = vec![r#"hostname:a"b"#.to_owned(), r"c\d".to_owned()];
    let mut stage = Stage::with(Preferences { ignore, ..stage::preferences() }, 120, 35);
    stage.load();
    stage.press("/core-prod<Enter>5");
    answer_badly(&mut stage);
    stage.press("ggi");
    let line = stage.copied();
    let read: toml::Table = line.parse().unwrap();
    let rules: Vec<&str> = read["ignore"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    assert_eq!(rules[..2], [r#"hostname:a"b"#, r"c\d"], "{line}");
    assert_eq!(rules.len(), 3);
}

#[test]
fn a_comparison_that_is_asked_for_begins_at_its_top() {
    let mut stage = compared(120, 35);
    stage.press("G");
    assert!(stage.model.parity.row > 0);
    stage.press("<C-r>");
    assert_eq!(stage.model.parity.row, 0);
}

#[test]
fn each_pair_is_compared_for_itself_and_the_same_one_once() {
    let mut stage = compared(120, 35);
    let first = asked(&stage);
    stage.press("<Esc>5");
    assert_eq!(asked(&stage), first, "it is there already");
    stage.press("<Esc>/<C-u>billing-prod<Enter>5");
    let other = asked(&stage);
    assert_eq!((other.1.as_str(), other.2.as_str()), ("apim-billing-prod", "apim-billing-dr"));
    // Another standby was looked at: the next visit is about the configured one.
    let mut stage = compared(120, 35);
    stage.press("l");
    assert_ne!(asked(&stage).2, "apim-core-dr");
    answer_badly(&mut stage);
    stage.press("<Esc>5");
    assert_eq!(asked(&stage).2, "apim-core-dr", "{}", stage.screen());
}

#[test]
fn a_pair_that_differs_on_one_side_is_another_pair() {
    // Two with one standby.
    let mut preferences = stage::preferences();
    let standby = Some("apim-core-dr".to_owned());
    preferences.instances.set("apim-billing-prod", InstancePreference { standby, ..Default::default() });
    let mut stage = Stage::with(preferences, 120, 35);
    stage.load();
    stage.press("/core-prod<Enter>5");
    answer_badly(&mut stage);
    stage.press("<Esc>/<C-u>billing-prod<Enter>5");
    let other = asked(&stage);
    assert_eq!((other.1.as_str(), other.2.as_str()), ("apim-billing-prod", "apim-core-dr"));
    // One whose standby is found only later.
    let mut stage = Stage::full(120, 35);
    stage.press("/pay-prod<Enter>5");
    assert_ne!(asked(&stage).2, "apim-pay-dr");
    answer_badly(&mut stage);
    stage.press("<Esc>");
    stage.part(Loaded::Instances(vec![stage::instance("apim-pay-dr", "Premium", 2, "francecentral")]));
    stage.press("5");
    let found = asked(&stage);
    assert_eq!((found.1.as_str(), found.2.as_str()), ("apim-pay-prod", "apim-pay-dr"));
    // Two that are named.
    for (one, other) in [("core", "billing"), ("docs", "billing"), ("docs", "core")] {
        let pair = (format!("apim-{one}-prod").replace("docs-prod", "docs-dev"), format!("apim-{other}-dr"));
        stage.press(&format!(":parity {} {}<Enter>", pair.0, pair.1));
        let (_, source, standby, _) = asked(&stage);
        assert_eq!((source, standby), pair, "{}", stage.screen());
        answer_badly(&mut stage);
    }
}

#[test]
fn what_has_no_command_is_copied_with_the_source_first() {
    let mut stage = compared(120, 35);
    to(&mut stage, |row| {
        matches!(row, ParityRow::Differs(it)
            if it.remedy.as_ref().is_none_or(|remedy| remedy.command.is_none()) && it.source != it.standby)
    });
    let (source, standby) = match &stage.model.parity_rows()[stage.model.parity.row] {
        ParityRow::Differs(it) => (it.source.clone(), it.standby.clone()),
        _ => panic!("no difference"),
    };
    stage.press("y");
    let none = || "(none)".to_owned();
    let sides = format!("{} | {}", source.unwrap_or_else(none), standby.unwrap_or_else(none));
    assert!(stage.copied().ends_with(&sides), "{} is not {sides}", stage.copied());
}
