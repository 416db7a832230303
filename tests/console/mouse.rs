//! N8: the mouse is off until it is asked for; on, the wheel moves and a click chooses, and A5: it confirms nothing.

use lifeboat::console::message::Turn;
use lifeboat::console::model::Place;
use lifeboat::console::preferences::{Mouse, Preferences};
use lifeboat::console::{Effect, Msg};

use super::stage::{self, Stage};

fn click(stage: &mut Stage, line: u16) {
    stage.tell(Msg::Click { column: 10, line });
    stage.tell(Msg::Drawn);
}

#[test]
fn n8_it_is_off_and_a_key_or_the_configuration_switches_it() {
    let mut stage = Stage::full(80, 24);
    let before = stage.screen();
    click(&mut stage, 8);
    stage.tell(Msg::Wheel(Turn::Down));
    assert_eq!(stage.screen(), before);
    stage.press("M");
    assert!(stage.effects.contains(&Effect::Mouse(Mouse::On)), "{}", stage.screen());
    click(&mut stage, 8);
    assert_eq!(stage.cursor(), (1, 8));
    stage.press("M");
    assert!(stage.effects.contains(&Effect::Mouse(Mouse::Off)));
    let stage = Stage::with(Preferences { mouse: Mouse::On, ..stage::preferences() }, 80, 24);
    assert!(stage.effects.contains(&Effect::Mouse(Mouse::On)));
}

#[test]
fn n8_a_click_chooses_the_row_that_was_clicked() {
    for (columns, rows) in [(80, 24), (120, 35), (200, 55)] {
        let mut stage = Stage::full(columns, rows);
        stage.press("M");
        for line in [5, 9, 7, 12, 5] {
            click(&mut stage, line);
            assert_eq!(stage.cursor(), (1, line), "{columns}x{rows}");
        }
        let before = stage.screen();
        for line in [0, 3, 4, rows - 1, rows + 40] {
            click(&mut stage, line);
        }
        assert_eq!(stage.screen(), before, "nothing is there");
        stage.press("/core-prod<Enter><Enter>G");
        click(&mut stage, 7);
        assert_eq!(stage.cursor(), (1, 7), "{columns}x{rows}, scrolled\n{}", stage.screen());
        stage.tell(Msg::Wheel(Turn::Up));
        stage.tell(Msg::Drawn);
        assert_ne!(stage.cursor(), (1, 7));
        assert!(matches!(stage.model.place(), Place::Backups(_)));
    }
}

#[test]
fn n8_a_click_beside_the_list_or_under_something_else_chooses_nothing() {
    let mut stage = Stage::full(120, 35);
    stage.press("Mgg");
    let before = stage.cursor();
    // The list ends before the panes below it, whatever rows it would have there.
    let end = stage.model.size().list_rows(stage.model.size().below_fleet()) + 5;
    for line in end..34 {
        click(&mut stage, u16::try_from(line).unwrap());
        assert_eq!(stage.cursor(), before, "line {line}\n{}", stage.screen());
    }
    // Nor where it has more rows than are shown.
    stage.press("/core-prod<Enter><Enter>gg");
    let end = stage.model.size().list_rows(stage.model.size().below_backups()) + 5;
    assert!(stage.model.backup_rows().len() > 29, "there is a row for every line");
    let before = stage.cursor();
    for line in end..34 {
        click(&mut stage, u16::try_from(line).unwrap());
        assert_eq!(stage.cursor(), before, "line {line}\n{}", stage.screen());
    }
    stage.press("1<Esc>gg?");
    let chosen = stage.model.fleet_chosen();
    click(&mut stage, 9);
    stage.press("<Esc>");
    assert_eq!(stage.model.fleet_chosen(), chosen, "help lay over it");
    stage.press("jjjj");
    let below = stage.cursor();
    stage.tell(Msg::Wheel(Turn::Up));
    stage.tell(Msg::Drawn);
    assert!(stage.cursor().1 < below.1, "the wheel goes up where it is turned up");
}

#[test]
fn a5_no_number_of_clicks_and_turns_confirms_anything() {
    for way in [
        "",
        "/core-prod<Enter><Enter>",
        "a",
        "arnn",
        "arnnnn",
        "arnnnnapim-core-dr",
        "abnn",
        "abnnn",
        "abnnn<Tab>",
        "Y",
        "o",
    ] {
        let mut stage = Stage::full(80, 24);
        stage.press("M");
        for part in ["/core-prod<Enter><Enter>", way] {
            for key in super::stage::parse(part) {
                let asked = stage.effects.len();
                stage.tell(Msg::Key(key));
                stage.tell(Msg::Drawn);
                if stage.effects[asked..].iter().any(|it| matches!(it, Effect::GatherFacts { .. })) {
                    stage.answer(|_| {});
                }
            }
        }
        let place = stage.model.place().clone();
        for line in 0..24 {
            for column in [0, 8, 20, 40, 60, 79] {
                for _ in 0..2 {
                    stage.tell(Msg::Click { column, line });
                    stage.tell(Msg::Drawn);
                }
            }
            stage.tell(Msg::Wheel(Turn::Down));
            stage.tell(Msg::Wheel(Turn::Up));
        }
        assert_eq!((stage.started(), stage.model.place()), (0, &place), "after {way}");
    }
}
