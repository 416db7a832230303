//! What `w` writes of a list: what is on the screen, whole, in its order; nothing that acts where it is opened.

use jiff::SignedDuration;
use lifeboat::console::effect::Effect;
use lifeboat::console::intent::ListFormat;
use lifeboat::console::message::{Loaded, Msg};
use lifeboat::domain::extract::Extract;
use lifeboat::domain::problem::Problem;

use super::frames::{SIZES, golden};
use super::stage::{Stage, fleet, now};

/// What was asked to be written last.
fn wrote(stage: &Stage) -> (&Extract, ListFormat) {
    match stage.effects.last() {
        Some(Effect::WriteList { list, format }) => (list, *format),
        other => panic!("nothing is written: {other:?}\n{}", stage.screen()),
    }
}

fn lines(list: &Extract) -> Vec<String> {
    list.csv().lines().map(str::to_owned).collect()
}

#[test]
fn the_fleet_is_written_with_its_filter_order_and_columns() {
    let mut stage = Stage::full(80, 24);
    stage.press("/name:core<Enter>snw");
    assert!(stage.screen().contains("Write the list as"), "{}", stage.screen());
    stage.press("c");
    let (list, format) = wrote(&stage);
    assert_eq!(
        (format, list.filter.as_str(), list.order.as_str()),
        (ListFormat::Csv, "name:core", "name, ascending")
    );
    assert_eq!((list.lacks.as_deref(), list.as_of), (None, Some(now())));
    assert_eq!(list.file(), "lifeboat-fleet");
    let csv = lines(list);
    // Every column, also those that 80 columns have no room for; a bar is none.
    let head = "state,name,tier,region,rpo,goal,expires,points,standby,ready,azure,subscription";
    assert_eq!(csv[0], head);
    let names: Vec<&str> = csv[1..].iter().map(|line| line.split(',').nth(1).unwrap()).collect();
    assert_eq!(names, ["apim-core-dr", "apim-core-prod"]);
    assert!(csv[2].contains("25h10m,24h,2026-12-22T10:54:31Z,29/33"), "{csv:#?}");
    assert!(csv[2].contains("apim-core-dr: ok"), "{csv:#?}");
    stage.press("<Esc>");
    stage.model.shapes.fleet.choose(&["region", "left", "name"]).unwrap();
    stage.press("snw<Down><Enter>");
    let (list, format) = wrote(&stage);
    assert_eq!((format, list.columns.as_slice()), (ListFormat::Json, &["region", "name"][..]));
    assert_eq!((list.filter.as_str(), list.order.as_str()), ("", "name, descending"));
    assert_eq!(list.len(), stage.model.fleet_rows().len());
    let json = serde_json::to_value(list).unwrap();
    assert_eq!(json["rows"][0]["name"], "apim-pay-prod");
    assert_eq!(json["lacks"], serde_json::Value::Null);
    assert_eq!(stage.started(), 0);
    stage.tell(Msg::ReportWritten { path: "/state/reports/lifeboat-fleet-1.csv".to_owned() });
    assert!(stage.screen().contains("…/reports/lifeboat-fleet-1.csv"), "{}", stage.screen());
    assert!(
        matches!(stage.effects.last(), Some(Effect::Copy(path)) if path.ends_with("lifeboat-fleet-1.csv"))
    );
}

#[test]
fn the_backups_are_written_with_moments_bytes_and_the_target_they_are_judged_against() {
    let mut stage = Stage::full(120, 35);
    stage.press("/core-prod<Enter><Enter>stwc");
    let (list, _) = wrote(&stage);
    assert!(list.about.as_deref().unwrap().ends_with("/apim-core-prod"), "{list:?}");
    let csv = lines(list);
    assert_eq!(csv[0], "newest,name,taken,age,expires,tier,known,size,location,fit");
    assert_eq!(csv.len(), 1 + stage.model.backup_rows().len());
    let newest = csv.iter().find(|line| line.starts_with("yes,")).unwrap();
    assert!(newest.contains("2026-11-22T10:54:31Z,25h10m,2026-12-22T10:54:31Z,Premium,manifest,242221056,"));
    assert!(newest.ends_with("\"apim-core-dr: ok\""), "{newest}");
    let oldest = &csv[1];
    assert!(oldest.contains("expired"), "the oldest comes first: {oldest}");
}

/// A list that is still arriving, or that lacks a part, never passes for the whole one, nor does its file.
#[test]
fn what_is_not_whole_says_so_in_the_menu_in_the_document_and_in_the_name() {
    let mut stage = Stage::empty(120, 35);
    stage.press("w");
    assert!(stage.screen().contains("there is nothing to write here"), "{}", stage.screen());
    stage.part(Loaded::Instances(fleet()));
    stage.press("w");
    assert!(stage.screen().contains("Not whole: it is still being read"), "{}", stage.screen());
    stage.press("j");
    assert_eq!(wrote(&stage).0.file(), "lifeboat-fleet-partial");
    stage.part(Loaded::Problem(Problem::new("no")));
    stage.part(Loaded::Done { as_of: now() });
    stage.press("wj");
    let (list, _) = wrote(&stage);
    assert_eq!(list.lacks.as_deref(), Some("1 part unreadable (!)"));
    assert_eq!(list.file(), "lifeboat-fleet-partial");
}

#[test]
fn problems_are_written_without_secrets_escapes_or_formulas() {
    let mut stage = Stage::full(80, 24);
    stage.press("!w");
    assert!(stage.screen().contains("there is nothing to write here"), "{}", stage.screen());
    let mut problem = Problem::new("=HYPERLINK(\"http://x\")");
    problem.server_message = Some("\u{1b}[31m no\r\n+1 https://st/c?sig=c4n4ry".to_owned());
    problem.http_status = Some(403);
    stage.tell(Msg::Trouble(problem));
    stage.tell(Msg::Tick(now() + SignedDuration::from_secs(5)));
    stage.tell(Msg::Trouble(Problem::new("second")));
    stage.press("wc");
    let (list, _) = wrote(&stage);
    let csv = list.csv();
    assert_eq!(csv.lines().count(), 3, "{csv}");
    assert!(csv.lines().nth(1).unwrap().contains(",second,"), "newest first: {csv}");
    assert!(!csv.contains("c4n4ry") && !format!("{list:?}").contains("c4n4ry"), "{csv}");
    assert!(csv.contains("\"'=HYPERLINK(\"\"http://x\"\")\""), "{csv}");
    assert!(!csv.contains('\u{1b}') && csv.contains("<U+001B>[31m no<U+000D><U+000A>+1"), "{csv}");
    // The one that is shown whole is the one that is written.
    stage.press("g<Enter>wc");
    let csv = wrote(&stage).0.csv();
    assert!(csv.lines().count() == 2 && csv.contains("second"), "{csv}");
}

#[test]
fn checks_are_written_as_they_stand_and_the_evidence_of_one() {
    let mut stage = Stage::full(80, 24);
    stage.check_a_restore();
    stage.answer(|_| {});
    stage.press("wj");
    let (list, _) = wrote(&stage);
    let findings = stage.model.draft.as_ref().unwrap().checks.as_ref().unwrap().preflight.findings.len();
    assert_eq!((list.list, list.len(), list.lacks.as_deref()), ("checks", findings, None));
    assert!(list.about.as_deref().unwrap().ends_with("/apim-core-dr"), "{list:?}");
    stage.press("<Enter>wc");
    let (list, _) = wrote(&stage);
    assert_eq!(list.list, "evidence");
    assert!(!list.is_empty() && list.columns.contains(&"source"), "{list:?}");
    assert_eq!(stage.started(), 0);
}

#[test]
fn the_menu_looks_like_that_of_the_reports() {
    for (columns, rows) in SIZES {
        let mut stage = Stage::full(columns, rows);
        stage.press("w");
        golden(&format!("export_{columns}x{rows}"), &stage);
    }
}
