//! The head of the wall says how its panes stand, by the same rule as the panes themselves; two marks in its log measure
//! a time; and commands are remembered from run to run.

use jiff::SignedDuration;
use lifeboat::console::effect::Effect;
use lifeboat::console::message::Msg;
use lifeboat::console::model::Place;

use super::stage::{Stage, now};

/// What the head says, and what the titles of all nine panes say: live, loading, stale, failed.
fn counted(stage: &Stage) -> ([usize; 4], [usize; 4]) {
    let screen = stage.screen();
    let head = screen.lines().nth(2).unwrap().split_once("panes: ").map_or("", |(_, rest)| rest);
    let said = ["live", "loading", "STALE", "failed"].map(|word| {
        let before = head.split_once(&format!(" {word}")).map(|(before, _)| before);
        before.and_then(|it| it.split_whitespace().last()?.parse().ok()).unwrap_or(0)
    });
    let titles: Vec<&str> = screen.lines().skip(3).filter(|line| line.contains(['┐', '╗'])).collect();
    let shown = ["live  ", " loading ", "STALE ", "failed  "]
        .map(|word| titles.iter().map(|line| line.matches(word).count()).sum());
    (said, shown)
}

#[test]
fn o5_the_head_of_the_wall_counts_what_the_panes_say_and_stale_is_never_live() {
    let mut stage = Stage::full(200, 55);
    stage.wall();
    stage.press("4");
    let mut seen = Vec::new();
    for seconds in [0, 1, 60, 200, 400, 2_000] {
        stage.tell(Msg::Tick(now() + SignedDuration::from_secs(seconds)));
        let (said, shown) = counted(&stage);
        assert_eq!(said, shown, "after {seconds} s\n{}", stage.screen());
        seen.push(said);
    }
    assert_eq!(seen[0], seen[1], "a second changes nothing of it");
    assert!(seen[0][0] > 0 && seen[0][2] == 0, "{seen:?}");
    assert!(
        seen[5][0] == 0 && seen[5][2] > 0,
        "after half an hour without an answer nothing is live: {seen:?}"
    );
}

#[test]
fn two_marked_lines_of_the_log_measure_the_time_between_them() {
    let mut stage = Stage::full(120, 35);
    stage.wall();
    stage.press("4m");
    assert_eq!(stage.model.wall.marked.len(), 1, "{}", stage.screen());
    stage.press("jjm");
    assert!(stage.screen().contains(" between the two marked lines"), "{}", stage.screen());
    assert_eq!(stage.screen().matches('◆').count(), 2, "{}", stage.screen());
    stage.press("m");
    assert_eq!(stage.model.wall.marked.len(), 1, "the same again takes it away");
    stage.press("<Esc>");
    assert!(stage.model.wall.marked.is_empty());
    assert_eq!(*stage.model.place(), Place::Operations, "the marks go first");
}

#[test]
fn n6_commands_of_earlier_runs_come_back_with_up_and_those_that_ran_are_kept() {
    let mut stage = Stage::full(80, 24);
    assert!(stage.effects.contains(&Effect::RecallCommands));
    stage.tell(Msg::Commands(vec!["fleet".to_owned(), "problems".to_owned()]));
    stage.press(":<Up>");
    assert!(stage.screen().contains(":problems"), "{}", stage.screen());
    stage.press("<Enter>");
    assert_eq!(*stage.model.place(), Place::Problems);
    assert!(stage.effects.contains(&Effect::KeepCommand("problems".to_owned())));
    stage.press(":nonsense<Enter><Esc>");
    let kept = stage.effects.iter().filter(|it| matches!(it, Effect::KeepCommand(_))).count();
    assert_eq!(kept, 1, "what could not be run is not kept");
    stage.press(":<Up><Up><Up>");
    assert!(stage.screen().contains(":fleet"), "{}", stage.screen());
}
