//! Marking instances in the fleet.

use lifeboat::console::Msg;
use lifeboat::console::message::Loaded;
use lifeboat::console::preferences::{Glyphs, Preferences};

use super::frames::{SIZES, golden};
use super::stage::{self, Stage};

fn marked(stage: &Stage) -> Vec<&str> {
    stage.model.marks.all().map(|id| id.name()).collect()
}

#[test]
fn s5_space_marks_and_moves_down_and_the_count_is_on_the_screen() {
    let mut stage = Stage::full(80, 24);
    stage.press("sn  ");
    assert_eq!(marked(&stage), ["apim-billing-dr", "apim-billing-prod"]);
    assert!(stage.screen().contains("marked 2"), "{}", stage.screen());
    assert_eq!(stage.screen().matches('◆').count(), 2, "{}", stage.screen());
    stage.press("k ");
    assert_eq!(marked(&stage), ["apim-billing-dr"], "again takes the mark away");
}

#[test]
fn s5_a_range_marks_what_lies_between_and_is_taken_back_as_one() {
    let mut stage = Stage::full(80, 24);
    stage.press("sn vjj");
    assert_eq!(marked(&stage).len(), 4, "{}", stage.screen());
    assert!(stage.screen().contains("marked 4, range"), "{}", stage.screen());
    stage.press("k");
    assert_eq!(marked(&stage).len(), 3, "it follows the cursor back");
    stage.press("<Esc>");
    assert_eq!(marked(&stage), ["apim-billing-dr"]);
    stage.press("vjv");
    assert_eq!(marked(&stage).len(), 3);
    stage.press("j");
    assert_eq!(marked(&stage).len(), 3, "the range has ended");
    for key in [lifeboat::console::Key::ShiftDown, lifeboat::console::Key::ShiftDown] {
        stage.tell(Msg::Key(key));
    }
    assert_eq!(marked(&stage).len(), 6, "{}", stage.screen());
    stage.press("j");
    assert_eq!(marked(&stage).len(), 6, "a step without Shift marks nothing");
}

#[test]
fn s5_marks_follow_their_ids_and_survive_leaving() {
    let mut stage = Stage::full(80, 24);
    stage.press("/pay-prod<Enter> <Esc>/iot<Enter> <Esc>");
    let both = ["apim-iot-prod", "apim-pay-prod"];
    assert_eq!(marked(&stage), both);
    for keys in ["sn", "st", "st", "/name:core<Enter>", "<Esc>", "<Enter>", "q", "4", "q", "<C-r>", "!", "q"]
    {
        stage.press(keys);
        assert_eq!(marked(&stage), both, "after {keys}");
    }
    let mut shuffled = stage::fleet();
    shuffled.reverse();
    stage.part(Loaded::Instances(shuffled));
    assert_eq!(marked(&stage), both);
    stage.press("/name:core<Enter>");
    assert!(stage.screen().contains("marked 2, 2 not shown"), "{}", stage.screen());
}

#[test]
fn s5_escape_closes_inner_things_first_and_clears_marks_last() {
    let mut stage = Stage::full(80, 24);
    stage.press(" /prod<Enter>a");
    for (left, screen) in [(1, "filter"), (1, "marked 1"), (0, "1 mark taken back"), (0, "Fleet")] {
        stage.press("<Esc>");
        assert_eq!(marked(&stage).len(), left);
        assert!(stage.screen().contains(screen), "{screen}\n{}", stage.screen());
    }
    assert!(!stage.effects.contains(&lifeboat::console::Effect::Quit));
}

#[test]
fn s5_what_is_no_instance_cannot_be_marked() {
    let mut stage = Stage::full(80, 24);
    stage.press("G v");
    assert!(marked(&stage).is_empty());
    assert!(stage.screen().contains("only instances can be marked"), "{}", stage.screen());
}

#[test]
fn marked_rows_are_told_by_a_sign() {
    for (columns, rows) in SIZES {
        let mut stage = Stage::full(columns, rows);
        stage.press("j  j ");
        golden(&format!("fleet_marked_{columns}x{rows}"), &stage);
    }
    let mut stage = Stage::with(Preferences { glyphs: Glyphs::Ascii, ..stage::preferences() }, 80, 24);
    stage.load();
    stage.press("  ");
    assert!(stage.screen().is_ascii() && stage.screen().contains("!!*apim"), "{}", stage.screen());
}
