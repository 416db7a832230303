//! Which operations are one incident, and what is kept when another one is looked at.

use jiff::SignedDuration;
use lifeboat::console::message::RequestId;
use lifeboat::console::{Effect, Msg};
use lifeboat::domain::operation::OperationEvent;
use lifeboat::domain::operation::remark::remark;
use lifeboat::domain::problem::Problem;

use super::stage::{Stage, accepted, ago, polled, restore};
use super::timeline::{answer, id, knows, open, preferences, question, told};

/// An operation that was begun and, if it was, ended so many seconds ago.
fn took(number: u128, planned: i64, ended: Option<i64>) -> lifeboat::console::world::stories::Told {
    let done = |at| (at, OperationEvent::Succeeded { evidence: "200".to_owned() });
    let mut events = vec![(planned - 1, OperationEvent::Submitting), (planned - 2, accepted())];
    events.extend(ended.map(done));
    told(number, restore("apim-docs-dev", "apim-docs-drill"), planned, events)
}

fn incident(all: &[(u128, i64, Option<i64>)], lead: u128) -> Vec<u128> {
    let told: Vec<_> = all.iter().map(|(number, planned, ended)| took(*number, *planned, *ended)).collect();
    let stage = knows(Stage::full(80, 24), &told);
    let found = stage.model.incident_of(id(lead));
    all.iter().map(|it| it.0).filter(|number| found.contains(&id(*number))).collect()
}

#[test]
fn half_an_hour_apart_is_another_incident() {
    let all = [(1, 20_000, Some(19_000)), (2, 17_200, Some(17_100)), (3, 15_299, Some(15_200))];
    assert_eq!(incident(&all, 1), [1, 2], "exactly half an hour is close");
    assert_eq!(incident(&all, 2), [1, 2]);
    assert_eq!(incident(&all, 3), [3], "a second more is not");
}

#[test]
fn an_incident_lasts_as_long_as_its_longest_operation() {
    let all = [(1, 40_000, Some(30_000)), (2, 39_000, Some(38_900)), (3, 31_000, Some(30_500))];
    for lead in [1, 2, 3] {
        assert_eq!(incident(&all, lead), [1, 2, 3], "{lead}");
    }
}

#[test]
fn what_was_never_heard_of_again_joins_no_later_incident() {
    let all = [(1, 200_000, None), (2, 100_000, Some(99_000))];
    assert_eq!(incident(&all, 2), [2]);
    assert_eq!(incident(&all, 1), [1]);
}

#[test]
fn events_of_several_operations_stand_in_the_order_of_time() {
    let (one, other) = (took(4, 1_200, Some(300)), took(5, 1_100, Some(600)));
    let all = [one, other];
    let mut stage = knows(Stage::full(120, 35), &all);
    stage.press("6");
    answer(&mut stage, &all);
    let sheet = stage.model.sheet();
    let times: Vec<_> = sheet.rows.iter().map(|row| sheet.entry(*row).unwrap().1.at).collect();
    assert!(times.is_sorted() && times.len() >= 8, "{times:?}");
}

#[test]
fn another_incident_begins_anew_and_the_same_one_goes_on() {
    let mut stage = open(120, 35);
    stage.press("kk +half a note<Esc>");
    assert_eq!(stage.model.timeline.left_out.len(), 1);
    // The same one again.
    stage.press("<Esc>4");
    stage.model.wall.cursor = Some(id(2));
    stage.press("T");
    assert_eq!(stage.model.timeline.left_out.len(), 1, "{}", stage.screen());
    assert!(stage.model.sheet().all > 0, "what was read is shown until more is");
    stage.press("<Esc>4");
    stage.model.wall.cursor = Some(id(3));
    stage.press("T");
    assert_eq!(stage.model.timeline.left_out.len(), 0, "{}", stage.screen());
    assert_eq!(stage.model.sheet().all, 0, "nothing of the other one is shown");
    assert_eq!(stage.model.timeline.unsaid, "half a note");
}

#[test]
fn what_happens_elsewhere_is_not_read() {
    let mut stage = open(120, 35);
    let before = question(&stage).unwrap().0;
    let far = took(3, 90_000, Some(88_000));
    let operation = Box::new(far.story.operation.clone());
    stage.tell(Msg::Operation { operation, event: Some(polled("Updating")), at: ago(0) });
    assert_eq!(question(&stage).unwrap().0, before);
}

#[test]
fn marks_measure_forwards_and_a_third_one_begins_anew() {
    let mut stage = open(120, 35);
    stage.press("<Home>m<End>m");
    assert!(stage.screen().contains("  24m00s between") || stage.screen().contains(" 24m00s between"));
    assert!(!stage.screen().contains("-24m"), "{}", stage.screen());
    let (from, until) = stage.model.timeline_measured().unwrap();
    assert!(from < until);
    stage.press("<Esc><End>m<Home>m");
    let (from, until) = stage.model.timeline_measured().unwrap();
    assert!(from < until, "whichever was marked first");
    stage.press("jm");
    assert_eq!(stage.model.timeline.marked.len(), 1);
}

#[test]
fn the_newest_is_followed_until_an_event_is_chosen() {
    let mut stage = open(120, 35);
    assert_eq!(stage.model.timeline.cursor, None);
    stage.press(" ");
    let left = *stage.model.timeline.left_out.iter().next().unwrap();
    assert_eq!(stage.model.timeline.cursor, Some(left), "what was left out stays chosen");
    stage.press("k<End>");
    assert_eq!(stage.model.timeline.cursor, None, "{}", stage.screen());
}

#[test]
fn a_note_that_could_not_be_kept_comes_back() {
    let mut stage = open(120, 35);
    stage.press("+DNS is over<Enter>");
    assert!(matches!(stage.effects.last(), Some(Effect::Note { text, .. }) if text == "DNS is over"));
    stage.tell(Msg::NotNoted(Problem::new("The disk is full")));
    stage.press("+");
    assert!(stage.screen().contains("DNS is over"), "{}", stage.screen());
}

#[test]
fn the_beginning_can_be_taken_back() {
    let mut stage = open(120, 35);
    stage.press("b11:40<Enter>");
    assert!(stage.model.timeline.began_at.is_some());
    stage.press("b<C-u><Enter>");
    assert_eq!(stage.model.timeline.began_at, None);
    assert_eq!(stage.model.sheet().shown.began_at, None);
}

#[test]
fn a_report_is_of_the_moment_at_which_it_is_written() {
    let mut stage = open(120, 35);
    stage.tell(Msg::Tick(ago(0) + SignedDuration::from_secs(100)));
    stage.press("w<Enter>");
    let Some(Effect::WriteReport { report, .. }) = stage.effects.last() else { panic!("nothing is written") };
    assert_eq!(report.generated_at, stage.model.now());
}

#[test]
fn what_could_not_be_read_is_kept_beside_what_was() {
    let mut stage = open(120, 35);
    let (request, _) = question(&stage).unwrap();
    let problems = vec![Problem::new("The journal of it is cut")];
    stage.tell(Msg::Stories { request, told: Vec::new(), problems: problems.clone() });
    assert_eq!(stage.model.world.stories.as_ref().unwrap().problems, problems);
    stage.tell(Msg::Stories { request: RequestId(1), told: Vec::new(), problems: Vec::new() });
    assert_eq!(stage.model.world.stories.as_ref().unwrap().problems, problems, "an older answer");
}

#[test]
fn no_name_is_no_operation() {
    let one = took(4, 1_200, Some(300));
    let stage = knows(Stage::with(preferences(), 80, 24), std::slice::from_ref(&one));
    assert_eq!(stage.model.operation_named(""), None, "also where there is one only");
    assert_eq!(stage.model.operation_named("0000"), Some(id(4)));
    assert!(remark("x", "jo").is_ok());
}
