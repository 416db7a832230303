//! What is typed is understood, or refused with what could be meant.

use super::*;
use clap::CommandFactory;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(line.split(' '))
}

#[test]
fn the_definitions_hold_together() {
    Cli::command().debug_assert();
}

#[test]
fn global_options_stand_before_or_after_the_verb() {
    for line in ["lifeboat --output json --tenant t instances", "lifeboat instances --tenant t --output json"]
    {
        let cli = parse(line).unwrap();
        assert_eq!(cli.global.output, Some(Output::Json), "{line}");
        assert_eq!(cli.global.tenant.as_deref(), Some("t"), "{line}");
    }
    let deep = parse("lifeboat operations resume --all --sandbox").unwrap();
    assert_eq!(deep.global.sandbox, Some(None));
    let there = parse("lifeboat --sandbox=http://127.0.0.1:8765/ instances").unwrap();
    assert_eq!(there.global.sandbox, Some(Some("http://127.0.0.1:8765".to_owned())));
}

#[test]
fn what_cannot_be_meant_is_refused_with_what_could() {
    let table = [
        ("lifeboat check --backup x --target t --access system", "ACCOUNT/CONTAINER/NAME"),
        ("lifeboat check --backup stcore/apim/b --target t --access keys", "user:CLIENT_ID"),
        ("lifeboat check --backup stcore/apim/b --target t", "--access"),
        ("lifeboat check --all --backup stcore/apim/b", "cannot be used"),
        ("lifeboat check --strict", "--backup"),
        ("lifeboat backups --location stcore", "ACCOUNT/CONTAINER"),
        ("lifeboat --speed 0 instances", "above 0"),
        ("lifeboat --scenario none instances", "quiet"),
        ("lifeboat --auth nobody instances", "workload"),
        ("lifeboat --sandbox=http://example.org instances", "127.0.0.1"),
        ("lifeboat --sandbox=http://127.0.0.1.example:1 instances", "127.0.0.1"),
        (
            "lifeboat restore --backup stcore/apim/b --target t --access key --confirm t --accept age",
            "FINDING=REASON",
        ),
        ("lifeboat operations resume", "--all"),
        ("lifeboat operations resume --all 12", "cannot be used"),
    ];
    for (line, wanted) in table {
        let text = parse(line).unwrap_err().to_string();
        assert!(text.contains(wanted), "{line}\n{text}");
    }
}

#[test]
fn the_help_of_the_sandbox_says_what_each_scenario_does() {
    let help = parse("lifeboat sandbox --help").unwrap_err().to_string();
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = words(&help);
    for (name, summary) in crate::sandbox::chapters().into_iter().flat_map(|it| it.scenarios) {
        assert!(plain.contains(&words(&format!("{name} {summary}"))), "{name}\n{help}");
    }
    let list = help.split("Scenarios (").nth(1).unwrap();
    let is_laid_out = |line: &str| line.chars().count() <= 80 && !line.starts_with(char::is_lowercase);
    assert!(list.lines().all(is_laid_out), "{list}");
}

#[test]
fn operations_takes_an_id_or_an_act() {
    let Some(Verb::Operations(shown)) = parse("lifeboat ops 1f2e --follow").unwrap().verb else { panic!() };
    assert_eq!((shown.id.as_deref(), shown.follow, shown.act.is_none()), (Some("1f2e"), true, true));
    let Some(Verb::Operations(resumed)) = parse("lifeboat operations resume 1f2e").unwrap().verb else {
        panic!()
    };
    assert!(matches!(resumed.act, Some(OperationsAct::Resume(Resumed { id: Some(_), all: false }))));
}
