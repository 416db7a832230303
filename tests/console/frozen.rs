//! The display that stands: what is seen, what goes on behind it, and that nothing acts on what is hidden.

use jiff::SignedDuration;
use lifeboat::console::message::Turn;
use lifeboat::console::{Effect, Msg};
use lifeboat::domain::operation::OperationEvent;

use super::stage::{self, Stage, polled};
use super::wall::{answer, running, wall};

/// O7: `f` lets the display stand while data go on being collected behind it.
#[test]
fn o7_a_frozen_display_stands_while_the_model_goes_on() {
    let mut stage = wall(120, 35);
    answer(&mut stage);
    stage.press("f");
    let still = stage.screen();
    assert!(still.contains("FROZEN 12:04:31Z"), "{still}");
    let polls = || Msg::Tick(stage::now() + SignedDuration::from_secs(30));
    stage.tell(polls());
    assert!(!stage.model.is_dirty(), "a display that stands need not be drawn");
    let mut it = running(1, 724);
    it.send(&mut stage);
    let seen = stage.model.world.operations.values().next().unwrap().operation.polls;
    it.then(stage::now(), polled("Behind"));
    it.send(&mut stage);
    assert_eq!(stage.model.world.operations.values().next().unwrap().operation.polls, seen + 1);
    assert_eq!(stage.screen(), still, "nothing of it is shown");
    stage.press("f");
    assert!(stage.screen().contains("Behind") && !stage.screen().contains("FROZEN"), "{}", stage.screen());
}

#[test]
fn keys_do_not_act_on_what_a_frozen_display_hides() {
    for way in ["", "/core-prod<Enter><Enter>", "4", "5"] {
        let mut stage = Stage::full(120, 35);
        stage.press(way).press("f");
        let place = stage.model.place().clone();
        for key in ["j", "<Enter>", "a", "q", "1", "4", "z", "e", "<Tab>", "s", "/", "y", "<C-r>"] {
            let before = stage.effects.len();
            stage.press(key);
            assert!(stage.screen().contains("the display is frozen: f goes on"), "{key}: {}", stage.screen());
            assert_eq!((stage.model.place(), stage.effects.len()), (&place, before), "{key} acted");
            assert!(stage.model.overlay.is_none(), "{key}");
        }
        stage.press("?");
        assert!(stage.screen().contains("Show again what is"), "{}", stage.screen());
        stage.press("<Esc>:theme");
        assert!(stage.model.frozen.is_some(), "typing a command shows nothing new");
        stage.press("<Esc><Esc>");
        assert!(stage.model.frozen.is_none());
        stage.press("f:ops<Enter>");
        assert!(stage.model.frozen.is_none(), "what a command does is seen");
        stage.press("f:q<Enter>");
        assert!(stage.effects.contains(&Effect::Quit), "and :q always leaves");
    }
}

#[test]
fn the_mouse_does_not_act_on_what_a_frozen_display_hides() {
    let mut stage = Stage::full(120, 35);
    stage.press("Mf");
    let before = stage.model.fleet.cursor.clone();
    for line in 0..35 {
        stage.tell(Msg::Click { column: 10, line });
        stage.tell(Msg::Wheel(Turn::Down));
    }
    assert_eq!(stage.model.fleet.cursor, before);
    stage.press("f");
    stage.tell(Msg::Click { column: 10, line: 8 });
    assert_ne!(stage.model.fleet.cursor, before, "or this proves nothing");
}

#[test]
fn an_end_is_told_on_a_frozen_display_too_and_another_size_lets_it_go_on() {
    let mut stage = wall(120, 35);
    let mut it = running(1, 724);
    it.send(&mut stage);
    stage.press("f");
    it.then(stage::now(), OperationEvent::Succeeded { evidence: "200".to_owned() });
    it.send(&mut stage);
    assert!(stage.screen().contains("restore apim-pay-dr: succeeded"), "{}", stage.screen());
    assert!(
        stage.effects.iter().any(|it| matches!(it, Effect::Announce(words) if words.contains("succeeded")))
    );
    stage.tell(Msg::Resize { columns: 120, rows: 35 });
    assert!(stage.model.frozen.is_some(), "the same size changes nothing");
    stage.tell(Msg::Resize { columns: 100, rows: 30 });
    assert!(
        stage.model.frozen.is_none() && stage.screen().contains("the display goes on"),
        "{}",
        stage.screen()
    );
}
