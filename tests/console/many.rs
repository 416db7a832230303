//! The checks when there are many of them: they come one by one, the worst is seen first, and all of one can be read.

use lifeboat::console::Effect;
use lifeboat::console::Msg;
use lifeboat::console::message::Gathering;
use lifeboat::domain::fact::Fact;
use lifeboat::domain::operation::OperationEvent;
use lifeboat::domain::preflight::{Evidence, Finding, Preflight, Remedy, Rule};

use super::frames::golden;
use super::stage::{self, Stage};

/// So many checks: the fourth and the twelfth doubtful, the ninth not known, the last but one blocked.
fn many(count: usize) -> Vec<Finding> {
    (1..=count).map(|number| finding(number, count)).collect()
}

fn finding(number: usize, count: usize) -> Finding {
    let rule: &'static Rule = Box::leak(Box::new(Rule {
        id: Box::leak(format!("check-{number:02}").into_boxed_str()),
        title: Box::leak(format!("made-up check number {number}").into_boxed_str()),
        documented: "\"A sentence of the documentation that says so\" (made up for this picture)",
    }));
    let known = |name: &str, value: &str| Evidence {
        name: name.to_owned(),
        value: Some(value.to_owned()),
        source: "ARM GET apim-core-dr".to_owned(),
        read_at: Some(stage::now()),
    };
    let missing = Evidence {
        name: "networkAcls.resourceAccessRules".to_owned(),
        value: None,
        source: "ARM GET stcorebackup: not allowed to read it: AuthorizationFailed".to_owned(),
        read_at: Some(stage::now()),
    };
    let remedy = Remedy::from("Turn the system-assigned identity of the target on, and keep the others").by(
        "az rest --method PATCH --url 'https://management.azure.com/subscriptions/6f1c/resourceGroups/rg/providers/Microsoft.ApiManagement/service/apim-core-dr?api-version=2024-05-01' --body '{\"identity\":{\"type\":\"SystemAssigned\"}}'",
    );
    match number {
        4 | 12 => rule.warn("it would do, but look at it first").resting_on(known("setting", "odd")),
        9 => rule.unknown("the rules of the firewall could not be read").resting_on(missing),
        n if n + 1 == count => rule
            .blocked("the target has no identity that storage would let in")
            .resting_on(known("identity.type", "None"))
            .resting_on(missing)
            .advising(remedy),
        _ => rule.ok("as it should be").resting_on(known("setting", "fine")),
    }
}

/// A console of this size that shows so many findings.
fn stage(count: usize, columns: u16, rows: u16) -> Stage {
    let mut stage = Stage::full(columns, rows);
    stage.check_a_restore();
    stage.answer(|_| {});
    let read_at = stage.model.draft.as_ref().unwrap().checks.as_ref().unwrap().preflight.instance_read_at;
    let preflight = Preflight { findings: many(count), instance_read_at: read_at, ..Preflight::default() };
    stage.model.draft.as_mut().unwrap().checks.as_mut().unwrap().preflight = preflight;
    stage.press("g");
    stage
}

fn chosen(stage: &Stage) -> String {
    let screen = stage.screen();
    let row = screen.lines().find(|line| line.contains('›') && line.contains("made-up check"));
    assert!(row.is_some(), "no chosen row\n{screen}");
    row.unwrap_or_default().to_owned()
}

#[test]
fn of_twenty_five_findings_the_worst_are_seen_first_and_all_can_be_reached() {
    for (columns, rows) in [(80, 24), (120, 35)] {
        let mut stage = stage(25, columns, rows);
        golden(&format!("restore_many_{columns}x{rows}"), &stage);
        let screen = stage.screen();
        assert!(screen.contains("21 ok") && screen.contains("2 warn"), "{screen}");
        assert!(screen.contains("1 unknown") && screen.contains("1 blocked"), "{screen}");
        assert!(screen.contains("of 25"), "it says that there is more\n{screen}");
        let mut order = Vec::new();
        for _ in 0..25 {
            let row = chosen(&stage);
            let number = row.split("number ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
            order.push(number.parse::<usize>().unwrap());
            stage.press("j");
        }
        let fine = (1..=25).filter(|it| ![4, 9, 12, 24].contains(it));
        let wanted: Vec<usize> = [24, 9, 4, 12].into_iter().chain(fine).collect();
        assert_eq!(order, wanted, "the worst first, then cheap before dear");
    }
}

#[test]
fn all_of_a_finding_can_be_read_and_its_command_copied() {
    for (columns, rows) in [(80, 24), (120, 35)] {
        let mut stage = stage(25, columns, rows);
        stage.press("<Enter>");
        golden(&format!("restore_whole_finding_{columns}x{rows}"), &stage);
        assert!(stage.screen().contains("1 of 25"), "{}", stage.screen());
        stage.press("y");
        let Some(Effect::Copy(command)) = stage.effects.last() else { panic!("nothing was copied") };
        assert!(command.starts_with("az rest --method PATCH") && command.ends_with("\"}}'"), "{command}");
        assert!(!command.contains('\n'), "a command is one line: {command}");
        stage.press("G");
        let end = stage.screen();
        assert!(end.contains("check check-24") && end.contains("documentation that says so"), "{end}");
        stage.press("<Up>");
        assert!(columns > 80 || stage.screen() != end, "one line back is one line back");
        stage.press("l");
        assert!(
            stage.screen().contains("2 of 25") && stage.screen().contains("number 9"),
            "{}",
            stage.screen()
        );
        stage.press("y");
        assert!(stage.screen().contains("no command is known for it"), "{}", stage.screen());
        stage.press("hh");
        assert!(stage.screen().contains("1 of 25"), "{}", stage.screen());
        stage.press("l ");
        assert!(stage.screen().contains("Why do you accept it?"), "{}", stage.screen());
        stage.press("drill<Enter>");
        assert!(chosen(&stage).contains("number 24"), "to the next that stands in the way");
        stage.press("<Enter><Esc>");
        assert!(stage.screen().contains("accepted: drill"), "{}", stage.screen());
    }
}

#[test]
fn findings_come_as_their_facts_arrive_and_stay_where_they_are_until_all_are_there() {
    let mut stage = Stage::full(80, 24);
    stage.check_a_restore();
    let (request, plan) = stage.gathering();
    let whole = stage::facts(&plan, stage.model.now());
    let mut part = lifeboat::domain::preflight::Facts::default();
    let titles = |stage: &Stage| -> Vec<&'static str> {
        let checks = stage.model.draft.as_ref().unwrap().checks.as_ref().unwrap();
        checks.order().iter().map(|&place| checks.preflight.findings[place].rule.title).collect()
    };
    part.instance = whole.instance.clone();
    stage.tell(Msg::Facts { request, facts: Box::new(part.clone()), gathering: Gathering::Open });
    let first = titles(&stage);
    let open = stage.model.draft.as_ref().unwrap().checks.as_ref().unwrap().open();
    assert!(open > 0 && open < first.len(), "{open} of {} are open", first.len());
    assert!(stage.screen().contains(&format!("{open} open")), "{}", stage.screen());
    assert!(stage.screen().contains("reading…"), "{}", stage.screen());
    part.permissions = Fact::Unknown(lifeboat::domain::fact::Unknown {
        reason: lifeboat::domain::fact::Unreadable::Forbidden("no".to_owned()),
        source: "test".to_owned(),
        asked_at: stage.model.now(),
    });
    stage.tell(Msg::Facts { request, facts: Box::new(part.clone()), gathering: Gathering::Open });
    assert_eq!(titles(&stage), first, "nothing moves while they come");
    assert!(stage.screen().contains("your permissions could not be read"), "{}", stage.screen());
    let mut last = whole;
    last.permissions = part.permissions;
    stage.tell(Msg::Facts { request, facts: Box::new(last), gathering: Gathering::Done });
    assert_eq!(titles(&stage)[0], "you may do it", "what stands in the way comes first");
    assert!(!stage.screen().contains("reading…") && !stage.screen().contains(" open"), "{}", stage.screen());
}

#[test]
fn a_cell_of_the_matrix_shows_its_evidence_and_follows_the_target() {
    let mut stage = Stage::full(80, 24);
    stage.press("/core-prod<Enter><Enter><Tab><Enter>");
    assert!(stage.screen().contains("the configured standby, same tier, idle"), "{}", stage.screen());
    stage.press("l");
    assert!(stage.screen().contains("apim-billing-prod"), "{}", stage.screen());
    stage.press("l");
    let screen = stage.screen();
    assert!(screen.contains("Azure would answer: Cannot restore: current SKU is 'Standard'"), "{screen}");
    assert!(screen.contains("azure-powershell#25072"), "{screen}");
    stage.press("G");
    assert!(stage.screen().contains("the checks of a restore read all of"), "{}", stage.screen());
    stage.press("<Esc>");
    assert!(stage.screen().contains("Backup × target"), "{}", stage.screen());
    stage.press("<Enter><Tab>");
    assert!(!stage.screen().contains("What was asked"), "{}", stage.screen());
}

#[test]
fn the_fleet_can_be_sorted_and_filtered_by_how_ready_it_is() {
    let mut stage = Stage::full(120, 35);
    stage.press("sy");
    let screen = stage.screen();
    let grade = |line: &str| {
        let known = ["not ready", "unknown", "degraded", "ready", "exempt"];
        let row = line.contains("apim-") && line.starts_with('║');
        known.iter().position(|word| row && line.contains(&format!(" {word}")))
    };
    let grades: Vec<usize> = screen.lines().filter_map(grade).collect();
    assert!(grades.len() >= 10 && grades.is_sorted(), "{grades:?}\n{screen}");
    assert!(screen.contains("sort READY"), "{screen}");
    golden("fleet_ready_120x35", &stage);
    stage.press("/ready:degraded<Enter>");
    let screen = stage.screen();
    assert!(screen.contains("apim-core-prod") && !screen.contains("apim-edge"), "{screen}");
    let stage = Stage::full(80, 24);
    assert!(stage.screen().contains("apim-lab, not ready:"), "{}", stage.screen());
}

#[test]
fn how_long_a_restore_takes_is_told_by_what_was_seen_and_not_before() {
    let mut stage = Stage::full(120, 35);
    stage.press("/core-prod<Enter>");
    // The left pane, in one line: words are wrapped in it.
    let left = |stage: &Stage| {
        let lines = stage.screen();
        let left: String =
            lines.lines().map(|line| line.chars().take(71).collect::<String>() + " ").collect();
        left.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(left(&stage).contains("how long it takes is not known"), "{}", stage.screen());
    let ago = |seconds: i64| stage::now() - jiff::SignedDuration::from_secs(seconds);
    for (number, seconds) in [(7, 1200), (8, 1800), (9, 2400)] {
        let plan = stage::restore("apim-core-prod", "apim-core-dr");
        let mut done = stage::Told::begin(number, plan, ago(90_001));
        done.then(ago(90_000), OperationEvent::Submitting);
        done.then(ago(89_999), stage::accepted());
        done.then(ago(90_000 - seconds + 60), stage::polled("Updating"));
        done.then(ago(90_000 - seconds), OperationEvent::Succeeded { evidence: "200".to_owned() });
        done.send(&mut stage);
    }
    stage.load();
    assert!(left(&stage).contains("usually 30m00s, 9 of 10 within 40m00s (3 runs)"), "{}", stage.screen());
}
